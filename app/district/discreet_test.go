package district

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
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
		{"of three with four each the sum would tell", []view.Line{line("a", 9), line("b", 5), line("c", 4), line("d", 4), line("e", 4)}, "[a 9] [件数少、合并显示的 4 项 17]"},
		{"of five with one each too", []view.Line{line("a", 9), line("b", 1), line("c", 1), line("d", 1), line("e", 1), line("f", 1)}, "[件数少、合并显示的 6 项 14]"},
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
		if diff := gocmp.Diff(view.Sum(before), view.Sum(out)); diff != "" {
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

// Somebody who knows the rule, the total and everything shown tries all figures that the merged lines could have:
// of none of them is one figure left.
func TestNoMergedLineIsDetermined(t *testing.T) {
	line := func(n int64) view.Line { return view.Line{Counts: view.Counts{Received: n}} }
	say := func(lines []view.Line) string {
		out := ""
		for _, l := range discreet(context.Background(), lines) {
			out += fmt.Sprint(l.Name, l.Received, " ")
		}
		return out
	}
	rapid.Check(t, func(rt *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Int64Range(1, 9), 1, 6).Draw(rt, "sizes")
		slices.SortFunc(sizes, func(a, b int64) int { return cmp.Compare(b, a) })
		var in, shown []view.Line
		for _, n := range sizes {
			in = append(in, line(n))
		}
		var sum int64
		out := discreet(context.Background(), in)
		for _, l := range out {
			if l.Rest {
				sum = l.Received
			} else {
				shown = append(shown, l)
			}
		}
		hidden := len(in) - len(shown)
		if hidden == 0 || len(shown) == 0 { // nothing is hidden, or nothing was left to hide it with
			return
		}
		want, varied := say(in), false
		var try func(n int, left, most int64, lines []view.Line)
		try = func(n int, left, most int64, lines []view.Line) { // the figures of hidden lines, largest first
			if n == 0 {
				if left == 0 && lines[len(shown)].Received != lines[len(lines)-1].Received && say(lines) == want {
					varied = true // which of the lines has which figure is open
				}
				return
			}
			for v := min(most, left); v >= 1 && !varied; v-- {
				try(n-1, left-v, v, append(slices.Clone(lines), line(v)))
			}
		}
		try(hidden, sum, sum, shown)
		if !varied {
			rt.Fatalf("%v shows as %s, which tells of each hidden line", sizes, want)
		}
	})
}
