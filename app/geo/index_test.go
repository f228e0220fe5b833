package geo

import (
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// eastward moves a place of Boston to the same latitude in China, so that the rules of outlines hold for it.
const eastward = 187

func city(tb testing.TB, name string) []Feature {
	tb.Helper()
	f := real(tb, name)
	if f == nil {
		return nil
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	list, problem := Features(text, CGCS2000)
	if problem != nil {
		tb.Fatal(problem)
	}
	for i := range list {
		s := &list[i].Shape
		*s = shapeOf(s.TransformXY(func(p geom.XY) geom.XY { return geom.XY{X: p.X + eastward, Y: p.Y} }))
		if list[i].Problem = s.Check(); list[i].Problem != nil {
			tb.Logf("%s, feature %d: %s", name, i+1, list[i].Problem)
			if m, ok := s.mended(); ok {
				*s, list[i].Problem, list[i].Mended = m, nil, true
			}
		}
	}
	return list
}

func indexOf(list []Feature) *Index {
	shapes := make([]Shape, len(list))
	for i := range list {
		shapes[i] = list[i].Shape
	}
	return NewIndex(shapes)
}

// Real outlines are sound, and neighbours share nothing worth speaking of: the limit of overlap leaves them in peace.
func TestRealOutlines(t *testing.T) {
	for _, name := range []string{"boston_wards_22.geojson.gz", "boston_precincts_255.geojson.gz"} {
		list := city(t, name)
		unsound, worst := 0, 0.
		for i := range list {
			if list[i].Problem != nil {
				unsound++
				continue
			}
			for j := range i {
				if list[j].Problem != nil {
					continue
				}
				shared, err := Overlap(list[i].Shape, list[j].Shape)
				if err != nil {
					t.Fatal(err)
				}
				worst = max(worst, shared/min(list[i].Shape.Area(), list[j].Shape.Area()))
			}
		}
		t.Logf("%s: %d outlines, %d unsound, worst overlap %.4f %% of the smaller", name, len(list), unsound, worst*100)
		if worst > .005 || unsound > 0 {
			t.Errorf("%s: %d unsound, worst overlap %f", name, unsound, worst)
		}
	}
}

// The index says what the library says, for points inside, outside, on corners and in holes.
func TestIndexAgreesWithGeometry(t *testing.T) {
	ring := func(t *rapid.T, x, y, r float64) []float64 {
		n := rapid.IntRange(3, 9).Draw(t, "corners")
		var out []float64
		for i := range n {
			a := float64(i) / float64(n)
			far := r * rapid.Float64Range(.5, 1).Draw(t, "radius")
			out = append(out, x+far*cosine(a), y+far*cosine(a-.25))
		}
		return append(out, out[0], out[1])
	}
	rapid.Check(t, func(t *rapid.T) {
		var shapes []Shape
		for range rapid.IntRange(1, 12).Draw(t, "shapes") {
			x, y := rapid.Float64Range(0, 10).Draw(t, "x"), rapid.Float64Range(0, 10).Draw(t, "y")
			rings := [][]float64{ring(t, x, y, 2)}
			if rapid.Bool().Draw(t, "hole") {
				rings = append(rings, ring(t, x, y, .4))
			}
			shapes = append(shapes, shapeOf(geom.NewPolygonXY(rings...).AsMultiPolygon()))
		}
		x := NewIndex(shapes)
		for range 20 {
			p := geom.XY{X: rapid.Float64Range(-1, 11).Draw(t, "px"), Y: rapid.Float64Range(-1, 11).Draw(t, "py")}
			got := map[int]bool{}
			x.At(p, func(i int) { got[i] = true })
			for i, s := range shapes {
				if d, _ := geom.Distance(s.AsGeometry().Boundary(), p.AsPoint().AsGeometry()); d < 1e-9 {
					continue // whose the border is, the library and we need not agree
				}
				if want := geom.Intersects(s.AsGeometry(), p.AsPoint().AsGeometry()); want != got[i] {
					t.Fatalf("%v in %s: %v, want %v", p, s.AsText(), got[i], want)
				}
			}
		}
	})
}

func cosine(turn float64) float64 { return math.Cos(2 * math.Pi * turn) } // of a part of a full turn

// A point on a border that neighbours share lies in exactly one of them.
func TestBordersBelongToOne(t *testing.T) {
	var tiles []Shape
	for i := range 8 {
		for j := range 8 {
			tiles = append(tiles, square(120+float64(i)/8, 31+float64(j)/8, 1./8))
		}
	}
	x := NewIndex(tiles)
	for i := range 16 {
		for j := range 16 {
			n := 0
			x.At(geom.XY{X: 120 + float64(i)/16, Y: 31 + float64(j)/16}, func(int) { n++ })
			if n != 1 {
				t.Fatalf("point %d, %d lies in %d tiles", i, j, n)
			}
		}
	}
}

// A city's wards and precincts at once, and points all over it.
func BenchmarkIndex(b *testing.B) {
	list := append(city(b, "boston_wards_22.geojson.gz"), city(b, "boston_precincts_255.geojson.gz")...)
	if len(list) == 0 {
		for i := range 2500 {
			list = append(list, Feature{Shape: square(120+float64(i%50)/50, 31+float64(i/50)/50, .02)})
		}
	}
	points := make([]geom.XY, 0, 1000)
	for len(points) < cap(points) {
		points = append(points, list[rand.IntN(len(list))].Shape.Label())
	}
	x := indexOf(list)
	found := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		x.At(points[i%len(points)], func(int) { found++ })
	}
	b.ReportMetric(float64(found)/float64(b.N), "grids/point")
}
