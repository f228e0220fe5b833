package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func (b BarItem) fill() string {
	switch b.Tone {
	case Good, Warn, Bad:
		return "bar-fill " + b.Tone.class("bar-")
	}
	return "bar-fill"
}

// width is the bar's share of top in percent: an SVG attribute, since the CSP allows no style attribute.
func (b BarItem) width(top float64, items []BarItem) string {
	if top <= 0 {
		for _, i := range items {
			top = math.Max(top, i.Value)
		}
	}
	if top <= 0 || math.IsNaN(b.Value) {
		return "0%"
	}
	share := math.Min(math.Max(b.Value/top*100, 0), 100)
	return strconv.FormatFloat(share, 'f', 1, 64) + "%"
}

// top is a round number at or above every value: 1, 2 or 5 times a power of ten, and at least 2, so the middle of the
// scale is a whole number.
func (t Trend) top() float64 {
	most := 2.0
	for _, s := range t.Lines {
		for _, v := range s.Values {
			most = math.Max(most, v)
		}
	}
	power := math.Pow(10, math.Floor(math.Log10(most)))
	for _, step := range []float64{1, 2, 4, 6, 8, 10} {
		if step*power >= most {
			return step * power
		}
	}
	return 10 * power
}

// point is the place of value i in the 100×100 box.
func (t Trend) point(i int, v float64) string {
	x := 50.0
	if n := len(t.Points); n > 1 {
		x = float64(i) * 100 / float64(n-1)
	}
	return fmt.Sprintf("%.2f %.2f", x, 100-v/t.top()*100)
}

func (t Trend) path(s Series) string {
	parts := make([]string, 0, len(s.Values))
	for i, v := range s.Values {
		parts = append(parts, t.point(i, v))
	}
	if len(parts) == 1 { // a single point still deserves a mark
		return "M" + parts[0] + "h.01"
	}
	return "M" + strings.Join(parts, "L")
}

func (t Trend) area(s Series) string {
	if len(s.Values) < 2 {
		return ""
	}
	return t.path(s) + "V100H0Z"
}

// marks are the points named under the chart: first, middle, last.
func (t Trend) marks() []string {
	n := len(t.Points)
	if n < 5 {
		return t.Points
	}
	return []string{t.Points[0], t.Points[(n-1)/2], t.Points[n-1]}
}

func (s Series) at(i int) string {
	if i >= len(s.Values) {
		return None
	}
	return plainNumber(s.Values[i])
}

func lineClass(i int) string { return "trend-line trend-" + strconv.Itoa(i%3) }

// plainNumber shows whole numbers with thousands and others with one decimal.
func plainNumber(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return Number(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
