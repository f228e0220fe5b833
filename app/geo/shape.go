package geo

import (
	"fmt"
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/templates/ui"
)

// Shape is the outline of a grid in degrees of CGCS2000.
type Shape struct {
	geom.MultiPolygon
	box geom.Envelope // kept, because every comparison begins with it
}

func shapeOf(m geom.MultiPolygon) Shape { return Shape{m, m.Envelope()} }

// Envelope is the rectangle around the shape.
func (s Shape) Envelope() geom.Envelope { return s.box }

// ShapeOf reads what Shape.AsBinary wrote (WKB).
func ShapeOf(wkb []byte) (Shape, error) {
	g, err := geom.UnmarshalWKB(wkb, geom.NoValidate{})
	if err != nil {
		return Shape{}, fmt.Errorf("stored outline: %w", err)
	}
	s, ok := areaOf(g)
	if !ok {
		return Shape{}, fmt.Errorf("stored outline is a %s", g.Type())
	}
	return s, nil
}

// areaOf takes a polygon or several, without heights.
func areaOf(g geom.Geometry) (Shape, bool) {
	g = g.Force2D()
	if p, ok := g.AsPolygon(); ok {
		return shapeOf(p.AsMultiPolygon()), true
	}
	m, ok := g.AsMultiPolygon()
	return shapeOf(m), ok
}

// degree is a degree of latitude in metres, the mean of the country.
const degree = 110_950.0

// squareMetres is a square degree at a latitude.
func squareMetres(lat float64) float64 { return degree * 111_320 * math.Cos(lat*math.Pi/180) }

// Metres is the distance of two places that are near each other, in metres.
func Metres(a, b geom.XY) float64 {
	middle := (a.Y + b.Y) / 2 * math.Pi / 180
	return math.Hypot((b.X-a.X)*math.Cos(middle), b.Y-a.Y) * 111_320
}

// Area is the shape's area in square metres.
func (s Shape) Area() float64 {
	c, ok := s.Envelope().Center().XY()
	if !ok {
		return 0
	}
	return s.MultiPolygon.Area() * squareMetres(c.Y)
}

// Size is how many points the outline has.
func (s Shape) Size() int { return s.DumpCoordinates().Length() }

// Overlap is the area in square metres that two shapes share.
func Overlap(a, b Shape) (float64, error) {
	if !a.Envelope().Intersects(b.Envelope()) {
		return 0, nil
	}
	shared, err := geom.Intersection(a.AsGeometry(), b.AsGeometry())
	if err != nil {
		return 0, fmt.Errorf("intersect outlines: %w", err)
	}
	c, ok := shared.Envelope().Center().XY()
	if !ok {
		return 0, nil
	}
	return shared.Area() * squareMetres(c.Y), nil
}

// Label is a point inside the shape where its name may stand.
func (s Shape) Label() geom.XY {
	p, _ := s.PointOnSurface().XY()
	return p
}

// What an outline may be.
const (
	mostPoints = 20_000
	leastArea  = 100.0 // square metres: a stairwell
	mostArea   = 3e9   // a large town in the mountains
)

// Check says what is wrong with an outline, nil when nothing is: rings that do not close or cross themselves, holes
// outside, areas that cover each other, places outside the country, and sizes that are no grid's.
func (s Shape) Check() *Problem {
	if s.IsEmpty() {
		return problem(ui.Key("没有边界坐标"))
	}
	if n := s.Size(); n > mostPoints {
		return problem(ui.Key("边界有 %d 个点，超过 %d 个，请先抽稀"), n, mostPoints)
	}
	if p := s.inside(); p != nil {
		return p
	}
	if p := s.sound(); p != nil {
		return p
	}
	switch area := s.Area(); {
	case area < leastArea:
		return problem(ui.Key("面积只有 %.0f 平方米，不像网格"), area)
	case area > mostArea:
		return problem(ui.Key("面积达 %.0f 平方公里，不像网格"), area/1e6)
	}
	return nil
}

// knot is how much of its area an outline may gain or lose when its knots are cut.
const knot = 1e-4

// mended cuts the tiny knots that rounding leaves where an outline nearly touches itself. An outline that really crosses
// itself would lose or gain land by it, and stays as it is.
func (s Shape) mended() (Shape, bool) {
	g, err := geom.Buffer(s.AsGeometry(), 0)
	if err != nil {
		return s, false
	}
	m, ok := areaOf(g)
	if !ok || m.Check() != nil || math.Abs(m.Area()-s.Area()) > knot*s.Area() {
		return s, false
	}
	return m, true
}

// Home is the rectangle around the country, the sea included: a place outside it is a mistake.
var Home = geom.NewEnvelope(geom.XY{X: 73, Y: 3}, geom.XY{X: 136, Y: 54})

// Within reports whether a place in degrees lies in the country.
func Within(lon, lat float64) bool { return Home.Contains(geom.XY{X: lon, Y: lat}) }

func (s Shape) inside() *Problem {
	low, high, _ := s.Envelope().MinMaxXYs()
	switch {
	case Home.Contains(low) && Home.Contains(high):
		return nil
	case Home.Contains(geom.XY{X: low.Y, Y: low.X}) && Home.Contains(geom.XY{X: high.Y, Y: high.X}):
		return problem(ui.Key("经度和纬度写反了，应先经度后纬度"))
	case math.Abs(low.X) > 180 || math.Abs(low.Y) > 90 || math.Abs(high.X) > 180 || math.Abs(high.Y) > 90:
		return problem(ui.Key("坐标不是经纬度，请先转换为经纬度（度）"))
	}
	return problem(ui.Key("坐标在国境之外"))
}

// sound checks what makes an outline an outline; the library decides, we find the words and the place.
func (s Shape) sound() *Problem {
	for _, p := range s.Dump() {
		for i, ring := range p.DumpRings() {
			if prob := ringSound(ring.Coordinates(), i > 0); prob != nil {
				return prob
			}
		}
		if err := p.Validate(); err != nil {
			return problem(ui.Key("内环（洞）与外环相交、相套或在外环之外"))
		}
	}
	if err := s.Validate(); err != nil {
		return problem(ui.Key("组成网格的几块区域互相重叠"))
	}
	return nil
}

func ringSound(ring geom.Sequence, hole bool) *Problem {
	n := ring.Length()
	if n == 0 || ring.GetXY(0) != ring.GetXY(n-1) {
		if hole {
			return problem(ui.Key("内环（洞）没有闭合：首尾两点不同"))
		}
		return problem(ui.Key("边界没有闭合：首尾两点不同"))
	}
	if n < 4 {
		return problem(ui.Key("边界少于三个点"))
	}
	if geom.NewLineString(ring).IsSimple() {
		return nil
	}
	at, found := crossing(ring)
	if !found {
		return problem(ui.Key("边界与自身相接或重叠"))
	}
	return problem(ui.Key("边界在 (%.6f, %.6f) 附近自相交"), at.X, at.Y)
}

// crossing finds where a ring that is not simple meets itself. It compares every pair of sides, which a ring in need of
// it can bear.
func crossing(ring geom.Sequence) (geom.XY, bool) {
	n := ring.Length() - 1
	for i := range n {
		a, b := ring.GetXY(i), ring.GetXY(i+1)
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue // first and last side meet at the start
			}
			if p, ok := meet(a, b, ring.GetXY(j), ring.GetXY(j+1)); ok {
				return p, true
			}
		}
	}
	return geom.XY{}, false
}

// meet is where the lines from a to b and from c to d cross or touch; parallel ones do not.
func meet(a, b, c, d geom.XY) (geom.XY, bool) {
	ab, cd, ac := b.Sub(a), d.Sub(c), c.Sub(a)
	det := ab.Cross(cd)
	if det == 0 {
		return geom.XY{}, false
	}
	t, u := ac.Cross(cd)/det, ac.Cross(ab)/det
	return a.Add(ab.Scale(t)), t >= 0 && t <= 1 && u >= 0 && u <= 1
}
