package district

import (
	"context"
	"fmt"
	"testing"

	"wanjie/templates/ui/uitest"
)

func TestGolden(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) { uitest.Golden(t, s.Name, s.View) })
	}
}

func TestChange(t *testing.T) {
	ctx := context.Background()
	b := Board{Against: "较昨日"}
	for _, c := range []struct {
		now, was int64
		want     string
	}{{0, 0, "较昨日 —"}, {5, 0, "较昨日 +5"}, {5, 5, "较昨日持平"}, {15, 10, "较昨日 +50.0%"}, {5, 10, "较昨日 −50.0%"}, {0, 10, "较昨日 −100.0%"}} {
		if got := b.change(ctx, c.now, c.was); got != c.want {
			t.Errorf("%d after %d: %q, want %q", c.now, c.was, got, c.want)
		}
	}
	for _, c := range []struct {
		now, was Counts
		want     string
	}{
		{Counts{}, Counts{OnTime: 1}, "较昨日 —"},
		{Counts{OnTime: 3, Overdue: 1}, Counts{OnTime: 1, Overdue: 1}, "较昨日 +25.0个百分点"},
		{Counts{OnTime: 1, Overdue: 1}, Counts{OnTime: 2, Overdue: 1}, "较昨日 −16.7个百分点"},
		{Counts{OnTime: 1}, Counts{OnTime: 2}, "较昨日 +0.0个百分点"},
	} {
		b.Now, b.Was = c.now, c.was
		if got := b.points(ctx); got != c.want {
			t.Errorf("%+v after %+v: %q, want %q", c.now, c.was, got, c.want)
		}
	}
}

// Below the least sample there is no rank, equal shares share one, and the centre is not in it.
func TestRanked(t *testing.T) {
	line := func(due, met int64) Line { return Line{Depth: Depth{Due: due, Met: met}} }
	centre := line(100, 100)
	centre.Apart = true
	var got []int
	for _, l := range ranked([]Line{line(20, 18), line(9, 9), line(10, 10), line(100, 90), line(50, 10), centre, {}}) {
		got = append(got, l.Rank)
	}
	if fmt.Sprint(got) != "[2 0 1 2 4 0 0]" {
		t.Errorf("ranks %v", got)
	}
}
