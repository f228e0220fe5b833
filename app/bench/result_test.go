package bench

import (
	"testing"
	"time"
)

func TestQuantiles(t *testing.T) {
	var s sample
	if s.at(.5) != 0 {
		t.Error("an empty sample has a median")
	}
	for _, n := range []int{5, 1, 4, 2, 3} {
		s = append(s, time.Duration(n)*time.Second)
	}
	for q, want := range map[float64]time.Duration{0: time.Second, .5: 3 * time.Second, .625: 3500 * time.Millisecond, .75: 4 * time.Second, 1: 5 * time.Second} {
		if got := s.at(q); got != want {
			t.Errorf("quantile %g is %v, want %v", q, got, want)
		}
	}
	if s[0] != 5*time.Second {
		t.Error("the sample was sorted in place")
	}
	if middle([]float64{9, 1, 2, 4}) != 3 || middle([]float64{7, 1, 2}) != 2 || middle(nil) != 0 {
		t.Error("medians of ratios are wrong")
	}
}

func TestGoals(t *testing.T) {
	r := (&Result{Value: 12.34567, Floor: 12345.6}).finish(atMost("a", 5.0004, 5), atLeast("b", 3, 3))
	if r.Detail["met"] != false || r.Value != 12.346 || r.Floor != 12346 {
		t.Errorf("%+v", r)
	}
	if g := r.Detail["goals"].([]Goal); g[0].Met || !g[1].Met {
		t.Errorf("%+v", g)
	}
	if (&Result{}).finish(atMost("a", 5, 5)).Detail["met"] != true {
		t.Error("a goal that was met is not")
	}
}
