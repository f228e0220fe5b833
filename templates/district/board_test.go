package district

import (
	"context"
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
