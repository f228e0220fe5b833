package alike

import (
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	heap := "小区东门垃圾堆放三天无人清理，气味很大"
	for _, c := range []struct {
		a, b        string
		least, most float64
	}{
		{heap, heap, 1, 1},
		{heap, "东门口垃圾堆放好几天，没有人清理", .35, .8},
		{heap, "广场舞音响太吵，影响孩子学习", 0, .05},
		{heap, "", 0, 0}, {"", "", 0, 0}, {"，。", "！", 0, 0},
		{"Gate 3", "gate-3", 1, 1},
	} {
		got := Words(c.a, c.b)
		if got < c.least || got > c.most {
			t.Errorf("%q and %q: %.2f, want %.2f to %.2f", c.a, c.b, got, c.least, c.most)
		}
		if back := Words(c.b, c.a); back != got {
			t.Errorf("%q and %q: %.2f and back %.2f", c.a, c.b, got, back)
		}
	}
}
