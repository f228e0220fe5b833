package geo

import (
	"math"
	"strconv"

	"github.com/peterstace/simplefeatures/geom"
)

// Canvas lays shapes out on a drawing of Width × Height units, north at the top, nothing stretched.
type Canvas struct {
	Width, Height float64
	West, North   float64 // degrees at the upper left corner
	PerLon        float64 // units for a degree of longitude
	PerLat        float64 // units for a degree of latitude
}

// Fit makes the canvas of a width that shows everything in bounds with a margin; its height follows, within reason.
func Fit(bounds geom.Envelope, width float64) Canvas {
	low, high, _ := bounds.MinMaxXYs()
	mid := geom.XY{X: (low.X + high.X) / 2, Y: (low.Y + high.Y) / 2}
	squeeze := math.Cos(mid.Y * math.Pi / 180)
	const margin, least = 1.08, .006                    // a single point has half a kilometre around it
	wide := max((high.X-low.X)*squeeze, least) * margin // in degrees of latitude
	tall := max(high.Y-low.Y, least) * margin
	tall, wide = max(tall, wide*.4), max(wide, tall*1.3) // as screens and sheets of paper are
	c := Canvas{Width: width, PerLat: width / wide}
	c.PerLon, c.Height = c.PerLat*squeeze, math.Round(tall*c.PerLat)
	c.West, c.North = mid.X-width/2/c.PerLon, mid.Y+c.Height/2/c.PerLat
	return c
}

// XY is where a place lies on the canvas.
func (c Canvas) XY(p geom.XY) (x, y float64) {
	return (p.X - c.West) * c.PerLon, (c.North - p.Y) * c.PerLat
}

// Metre is a metre in units.
func (c Canvas) Metre() float64 { return c.PerLat / degree }

// Path is the outline of a geometry as the d of an SVG path, to a tenth of a unit: what is finer nobody sees.
func (c Canvas) Path(g geom.Geometry) string {
	var b []byte
	for _, part := range g.Dump() {
		switch {
		case part.IsPolygon():
			for _, ring := range part.MustAsPolygon().DumpRings() {
				b = append(c.line(b, ring.Coordinates()), 'Z')
			}
		case part.IsLineString():
			b = c.line(b, part.MustAsLineString().Coordinates())
		}
	}
	return string(b)
}

func (c Canvas) line(b []byte, seq geom.Sequence) []byte {
	begin, last := len(b), ""
	for i := range seq.Length() {
		x, y := c.XY(seq.GetXY(i))
		at := tenth(x) + " " + tenth(y)
		if at == last {
			continue
		}
		last = at
		if len(b) == begin {
			b = append(b, 'M')
		} else {
			b = append(b, 'L')
		}
		b = append(b, at...)
	}
	return b
}

func tenth(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// Scale is a round length in metres for a scale bar of about a fifth of the width, and its length in units.
func (c Canvas) Scale() (metres int, units float64) {
	most := c.Width / 5 / c.Metre()
	metres = 1
	for _, m := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000} {
		if float64(m) <= most {
			metres = m
		}
	}
	return metres, float64(metres) * c.Metre()
}
