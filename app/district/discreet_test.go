package district

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	view "wanjie/templates/district"
)

func TestDiscreet(t *testing.T) {
	line := func(name string, n int64) view.Line { return view.Line{Name: name, Counts: view.Counts{Received: n}} }
	apart := view.Line{Name: "中心", Apart: true, Counts: view.Counts{Received: 2}}
	for _, c := range []struct {
		what string
		in   []view.Line
		want string
	}{
		{"nothing small", []view.Line{line("a", 9), line("b", 5), line("c", 0)}, "[a 9] [b 5] [c 0]"},
		{"two small ones", []view.Line{line("a", 9), line("b", 4), line("c", 3)}, "[a 9] [件数少、合并显示的 2 项 7]"},
		{"one small one takes the next", []view.Line{line("a", 9), line("b", 6), line("c", 3)}, "[a 9] [件数少、合并显示的 2 项 9]"},
		{"two with hardly a case", []view.Line{line("a", 9), line("b", 6), line("c", 1), line("d", 1)}, "[a 9] [件数少、合并显示的 3 项 8]"},
		{"nothing else", []view.Line{line("a", 3)}, "[件数少、合并显示的 1 项 3]"},
		{"the centre stays last", []view.Line{line("a", 9), line("b", 4), line("c", 1), apart}, "[a 9] [件数少、合并显示的 2 项 5] [中心 2]"},
	} {
		got := ""
		for _, l := range discreet(context.Background(), c.in) {
			got += fmt.Sprintf(" [%s %d]", l.Name, l.Received)
		}
		if got[1:] != c.want {
			t.Errorf("%s:%s, want %s", c.what, got, c.want)
		}
	}
}

// Whatever the lines: sums hold, nobody small stands alone, and what is merged cannot be worked out.
func TestDiscreetTellsOfNobody(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var in []view.Line
		for i := range rapid.IntRange(0, 12).Draw(rt, "lines") {
			in = append(in, view.Line{Name: fmt.Sprint(i), Counts: view.Counts{Received: rapid.Int64Range(0, 9).Draw(rt, "received"), Closed: rapid.Int64Range(0, 9).Draw(rt, "closed")}})
		}
		before := append([]view.Line{}, in...)
		out := discreet(context.Background(), in)
		if diff := cmp.Diff(view.Sum(before), view.Sum(out)); diff != "" {
			rt.Fatalf("the sum changed: %s", diff)
		}
		shown, merged := 0, 0
		for _, l := range out {
			n := max(l.Received, l.Closed)
			if l.Rest {
				merged = len(before) - (len(out) - 1)
				continue
			}
			if n > 0 {
				shown++
			}
			if n > 0 && n < showFrom {
				rt.Fatalf("%s stands alone with %d", l.Name, n)
			}
		}
		if merged == 1 && shown > 0 {
			rt.Fatal("one merged line is the sum less the others")
		}
	})
}
