package geo

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/templates/ui"
)

// System is a coordinate system in which a file or a map says where things lie.
type System string

// The systems.
const (
	CGCS2000 System = "cgcs2000" // also WGS-84
	GCJ02    System = "gcj02"
	BD09     System = "bd09"
)

// Systems lists them, for forms.
var Systems = []System{CGCS2000, GCJ02, BD09}

// Title is the system's name on screens, a catalogue key.
func (s System) Title() string {
	switch s {
	case GCJ02:
		return ui.Key("GCJ-02（高德、腾讯、微信）")
	case BD09:
		return ui.Key("BD-09（百度）")
	case CGCS2000:
		return ui.Key("CGCS2000 或 WGS-84（天地图、GPS）")
	}
	return string(s)
}

// Short is the system's name in a table, the same in every language.
func (s System) Short() string {
	switch s {
	case GCJ02:
		return "GCJ-02"
	case BD09:
		return "BD-09"
	case CGCS2000:
	}
	return "CGCS2000"
}

// Known reports whether s is one of Systems.
func (s System) Known() bool { return s == CGCS2000 || s == GCJ02 || s == BD09 }

// In turns degrees of the system into CGCS2000.
func (s System) In(p geom.XY) geom.XY {
	switch s {
	case GCJ02:
		return fromGCJ(p)
	case BD09:
		return fromGCJ(fromBD(p))
	case CGCS2000:
	}
	return p
}

// Out turns CGCS2000 into degrees of the system.
func (s System) Out(p geom.XY) geom.XY {
	switch s {
	case GCJ02:
		return toGCJ(p)
	case BD09:
		return toBD(toGCJ(p))
	case CGCS2000:
	}
	return p
}

// The obfuscation of GCJ-02 is known from its reimplementations: Krasovsky's ellipsoid and a sum of sines around 105° E,
// 35° N. Outside the country's rectangle it is the identity. No library of it in Go is looked after, and it is forty lines.
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.006693421622965823
)

func abroad(p geom.XY) bool {
	return p.X < 72.004 || p.X > 137.8347 || p.Y < 0.8293 || p.Y > 55.8271
}

func toGCJ(p geom.XY) geom.XY {
	if abroad(p) {
		return p
	}
	d := drift(p)
	return geom.XY{X: p.X + d.X, Y: p.Y + d.Y}
}

// drift is how far GCJ-02 lies from a place, in degrees.
func drift(p geom.XY) geom.XY {
	x, y := p.X-105, p.Y-35
	waves := func(v float64, terms ...float64) (sum float64) { // pairs of amplitude and frequency
		for i := 0; i < len(terms); i += 2 {
			sum += terms[i] * math.Sin(terms[i+1]*v*math.Pi)
		}
		return sum * 2 / 3
	}
	lat := -100 + 2*x + 3*y + .2*y*y + .1*x*y + .2*math.Sqrt(math.Abs(x)) +
		waves(x, 20, 6, 20, 2) + waves(y, 20, 1, 40, 1./3) + waves(y, 160, 1./12, 320, 1./30)
	lon := 300 + x + 2*y + .1*x*x + .1*x*y + .1*math.Sqrt(math.Abs(x)) +
		waves(x, 20, 6, 20, 2) + waves(x, 20, 1, 40, 1./3) + waves(x, 150, 1./12, 300, 1./30)
	phi := p.Y * math.Pi / 180
	m := 1 - krasovskyE2*math.Pow(math.Sin(phi), 2)
	return geom.XY{
		X: lon * 180 / (krasovskyA / math.Sqrt(m) * math.Cos(phi) * math.Pi),
		Y: lat * 180 / (krasovskyA * (1 - krasovskyE2) / (m * math.Sqrt(m)) * math.Pi),
	}
}

// fromGCJ has no formula; drift changes so slowly that a few steps come within a millimetre.
func fromGCJ(p geom.XY) geom.XY {
	if abroad(p) {
		return p
	}
	return undo(toGCJ, p, p)
}

const baidu = math.Pi * 3000 / 180

func toBD(p geom.XY) geom.XY {
	z := math.Hypot(p.X, p.Y) + 2e-5*math.Sin(p.Y*baidu)
	t := math.Atan2(p.Y, p.X) + 3e-6*math.Cos(p.X*baidu)
	return geom.XY{X: z*math.Cos(t) + .0065, Y: z*math.Sin(t) + .006}
}

func fromBD(p geom.XY) geom.XY { return undo(toBD, p, geom.XY{X: p.X - .0065, Y: p.Y - .006}) }

// undo finds what f turns into p, beginning at guess.
func undo(f func(geom.XY) geom.XY, p, guess geom.XY) geom.XY {
	for range 10 {
		off := f(guess).Sub(p)
		guess = guess.Sub(off)
		if math.Abs(off.X) < 1e-10 && math.Abs(off.Y) < 1e-10 {
			break
		}
	}
	return guess
}
