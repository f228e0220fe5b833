package geo

import (
	"math"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// The pairs are what gcoord 1.0.7 gives, which many Chinese maps use; on the way back it stops a little earlier than we do.
func TestSystems(t *testing.T) {
	for _, c := range []struct {
		from, to System
		in, want geom.XY
	}{
		{CGCS2000, GCJ02, geom.XY{X: 120.583318601, Y: 31.342002076}, geom.XY{X: 120.5875015, Y: 31.3398345}},
		{CGCS2000, BD09, geom.XY{X: 120.583318601, Y: 31.342002076}, geom.XY{X: 120.5939435, Y: 31.3461259}},
		{GCJ02, CGCS2000, geom.XY{X: 120.5875015, Y: 31.3398345}, geom.XY{X: 120.583318601, Y: 31.342002076}},
		{CGCS2000, BD09, geom.XY{X: 116.403988, Y: 39.914266}, geom.XY{X: 116.4166156, Y: 39.9219658}},
		{BD09, CGCS2000, geom.XY{X: 116.4166156, Y: 39.9219658}, geom.XY{X: 116.403988, Y: 39.914266}},
		{GCJ02, CGCS2000, geom.XY{X: 123, Y: 45}, geom.XY{X: 122.99395597, Y: 44.99804071}},
		{CGCS2000, CGCS2000, geom.XY{X: 123, Y: 45}, geom.XY{X: 123, Y: 45}},
		{GCJ02, CGCS2000, geom.XY{X: -71.0587, Y: 42.3594}, geom.XY{X: -71.0587, Y: 42.3594}}, // abroad nothing is moved
	} {
		got := c.to.Out(c.from.In(c.in))
		if math.Abs(got.X-c.want.X) > 2e-7 || math.Abs(got.Y-c.want.Y) > 2e-7 {
			t.Errorf("%v from %s to %s is %v, want %v", c.in, c.from, c.to, got, c.want)
		}
	}
}

// Whatever place in the country is turned out and in again comes back within a millimetre.
func TestSystemsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geom.XY{X: rapid.Float64Range(73.5, 135).Draw(t, "lon"), Y: rapid.Float64Range(4, 53.5).Draw(t, "lat")}
		for _, s := range Systems {
			q := s.In(s.Out(p))
			if d := q.Sub(p).Length() * 111_000; d > .001 {
				t.Fatalf("%s: %v comes back %.4f m off", s, p, d)
			}
		}
	})
}
