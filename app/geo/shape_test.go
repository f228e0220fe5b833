package geo

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"
)

// square is a square of so many degrees with its lower left corner at a place.
func square(lon, lat, side float64) Shape {
	return shapeOf(geom.NewSingleRingPolygonXY(lon, lat, lon+side, lat, lon+side, lat+side, lon, lat+side, lon, lat).AsMultiPolygon())
}

func TestFeaturesSayWhatIsWrong(t *testing.T) {
	polygon := func(rings string) string {
		return `{"type":"Feature","properties":{"code":"G1"},"geometry":{"type":"Polygon","coordinates":` + rings + `}}`
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":        {"  ", "没有内容"},
		"no JSON":        {`{"type":"FeatureCollection",]`, "第 29 个字节"},
		"other JSON":     {`{"type":"Topology"}`, "不是 GeoJSON"},
		"a list":         {`[]`, "不是 GeoJSON"},
		"no features":    {`{"type":"FeatureCollection","features":[]}`, "没有网格"},
		"no geometry":    {`{"type":"Feature","geometry":null}`, "没有边界坐标"},
		"empty":          {polygon(`[]`), "没有边界坐标"},
		"a line":         {`{"type":"Feature","geometry":{"type":"LineString","coordinates":[[120,31],[120.1,31]]}}`, "是 LineString，应为 Polygon"},
		"not closed":     {polygon(`[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.4]]]`), "没有闭合"},
		"two points":     {polygon(`[[[120.5,31.3],[120.6,31.3],[120.5,31.3]]]`), "少于三个点"},
		"bow tie":        {polygon(`[[[120.5,31.3],[120.6,31.4],[120.6,31.3],[120.5,31.4],[120.5,31.3]]]`), "(120.550000, 31.350000) 附近自相交"},
		"spike":          {polygon(`[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.6,31.3],[120.5,31.3]]]`), "自"},
		"hole open":      {polygon(`[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]],[[120.59,31.32],[120.595,31.32],[120.595,31.33],[120.59,31.33]]]`), "内环（洞）没有闭合"},
		"hole outside":   {polygon(`[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]],[[121,31.3],[121.1,31.3],[121.1,31.4],[121,31.3]]]`), "内环（洞）与外环"},
		"parts overlap":  {`{"type":"MultiPolygon","coordinates":[[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]]],[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]]]]}`, "互相重叠"},
		"metres":         {polygon(`[[[40520123,3470123],[40520223,3470123],[40520223,3470223],[40520123,3470123]]]`), "不是经纬度"},
		"turned round":   {polygon(`[[[31.3,120.5],[31.3,120.6],[31.4,120.6],[31.3,120.5]]]`), "写反"},
		"abroad":         {polygon(`[[[-71,42],[-71.1,42],[-71.1,42.1],[-71,42]]]`), "国境之外"},
		"a speck":        {polygon(`[[[120.5,31.3],[120.50001,31.3],[120.50001,31.30001],[120.5,31.3]]]`), "不像网格"},
		"a province":     {polygon(`[[[118,30],[121,30],[121,33],[118,33],[118,30]]]`), "不像网格"},
		"words for lons": {polygon(`[[["a",1],[2,3],[4,5],["a",1]]]`), "写法有误"},
	} {
		got, problem := Features([]byte(c.text), CGCS2000)
		if problem == nil && len(got) == 1 {
			problem = got[0].Problem
		}
		if problem == nil || !strings.Contains(problem.String(), c.want) {
			t.Errorf("%s: %v, want …%s…", name, problem, c.want)
		}
	}
}

// A file in another system is turned at the edge, codes stay text, and what was written is read again.
func TestFeaturesAreTurnedAtTheEdge(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":320505003001001,"name":" 一网格 "},
		"geometry":{"type":"Polygon","coordinates":[[[120.5875015,31.3398345,7],[120.6,31.3398345,7],[120.6,31.35,7],[120.5875015,31.3398345,7]]]}}]}`
	got, problem := Features([]byte(text), GCJ02)
	if problem != nil || len(got) != 1 || got[0].Problem != nil {
		t.Fatal(problem, got)
	}
	if f := got[0]; f.Text("code") != "320505003001001" || f.Text("name") != "一网格" || f.Text("none") != "" {
		t.Errorf("properties %q", f.Properties)
	}
	at := got[0].Shape.PolygonN(0).ExteriorRing().Coordinates().GetXY(0)
	if math.Abs(at.X-120.583318601) > 1e-6 || math.Abs(at.Y-31.342002076) > 1e-6 {
		t.Errorf("first corner at %v", at)
	}
	again, err := Collection(got)
	if err != nil || !json.Valid(again) {
		t.Fatal(err)
	}
	back, _ := Features(again, CGCS2000)
	if lost, err := Overlap(back[0].Shape, got[0].Shape); err != nil || math.Abs(lost/got[0].Shape.Area()-1) > 1e-6 {
		t.Errorf("written and read: %f of %f m² (%v)", lost, got[0].Shape.Area(), err)
	}
	stored, err := ShapeOf(got[0].Shape.AsBinary())
	if err != nil || stored.AsText() != got[0].Shape.AsText() {
		t.Errorf("stored and read: %v", err)
	}
}

func TestAreas(t *testing.T) {
	s := square(120.5, 31.3, .01) // 1,109.5 m × 951 m
	if got := s.Area(); math.Abs(got/1_055_000-1) > .005 {
		t.Errorf("area %.0f m²", got)
	}
	for _, c := range []struct {
		other Shape
		want  float64
	}{
		{square(120.505, 31.3, .01), .5}, {square(120.51, 31.3, .01), 0}, {square(120.6, 31.3, .01), 0}, {square(120.502, 31.302, .002), .04},
	} {
		got, err := Overlap(s, c.other)
		if err != nil || math.Abs(got/s.Area()-c.want) > 1e-6 {
			t.Errorf("overlap %f of the area, want %f (%v)", got/s.Area(), c.want, err)
		}
	}
}

func TestRoutes(t *testing.T) {
	for text, want := range map[string]string{
		`{"type":"LineString","coordinates":[[120.5,31.3],[120.51,31.31]]}`:                                           "",
		`{"type":"Feature","properties":{},"geometry":{"type":"MultiPoint","coordinates":[[120.5,31.3],[120.6,31]]}}`: "",
		`{"type":"Polygon","coordinates":[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]]]}`:                    "应为点或线",
		`{"type":"LineString","coordinates":[[120.5,31.3]]}`:                                                          "写法有误",
		`{"type":"Point","coordinates":[12,31.3]}`:                                                                    "国境之外",
		`{"type":"Point","coordinates":[]}`:                                                                           "应为点或线",
		`nonsense`:                                                                                                    "JSON",
	} {
		_, problem := Route([]byte(text), CGCS2000)
		if want == "" && problem != nil || want != "" && (problem == nil || !strings.Contains(problem.String(), want)) {
			t.Errorf("%s: %v, want %q", text, problem, want)
		}
	}
}

// Nothing that stands in a file brings the reader down.
func FuzzFeatures(f *testing.F) {
	f.Add(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1},"geometry":{"type":"Polygon","coordinates":[[[120.5,31.3],[120.6,31.3],[120.6,31.4],[120.5,31.3]]]}}]}`)
	f.Add(`{"type":"MultiPolygon","coordinates":[[[[120.5,31.3],[120.6,31.4],[120.6,31.3],[120.5,31.4],[120.5,31.3]]]]}`)
	f.Add(`{"type":"Polygon","coordinates":[[[1e308,31.3],[120.6,-1e308],[120.6,31.4],[1e308,31.3]]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, in := range Systems {
			got, problem := Features([]byte(text), in)
			for _, f := range got {
				if problem != nil || f.Problem == nil && f.Shape.Check() != nil {
					t.Errorf("%q: %v %v", text, problem, f.Shape.Check())
				}
			}
			_, _ = Route([]byte(text), in)
		}
	})
}

func TestCanvas(t *testing.T) {
	s := square(120.5, 31.3, .01)
	c := Fit(s.Envelope(), 1000)
	x, y := c.XY(s.Label())
	if math.Abs(x-c.Width/2) > 1 || math.Abs(y-c.Height/2) > 1 {
		t.Errorf("the middle lies at %f %f of %f × %f", x, y, c.Width, c.Height)
	}
	path := c.Path(s.AsGeometry())
	if !strings.HasPrefix(path, "M") || !strings.HasSuffix(path, "Z") || strings.Count(path, "L") != 4 {
		t.Errorf("path %q", path)
	}
	metres, units := c.Scale()
	if metres != 200 || math.Abs(units/c.PerLat*degree-200) > 1e-6 {
		t.Errorf("scale of %d m is %f units", metres, units)
	}
	if c := Fit(geom.Envelope{}, 1000); c.Height < 100 || math.IsNaN(c.West) {
		t.Errorf("a canvas of nothing: %+v", c)
	}
}

// real opens a file of the real city that lies beside the repository and not in it; nil, said loudly, when it is absent.
func real(tb testing.TB, name string) *os.File {
	tb.Helper()
	f, err := os.Open("../../../shared/data/" + name)
	if err != nil {
		tb.Logf("NOT TESTED ON REAL DATA: %v", err)
		return nil
	}
	tb.Cleanup(func() { _ = f.Close() })
	return f
}

func TestMetres(t *testing.T) {
	t.Parallel()
	at := geom.XY{X: 120.5, Y: 31.3}
	if got := Metres(at, geom.XY{X: 120.5, Y: 31.301}); math.Abs(got-111.32) > .1 {
		t.Errorf("a thousandth of a degree north is %.2f m", got)
	}
	if got := Metres(at, geom.XY{X: 120.501, Y: 31.3}); math.Abs(got-95.1) > .5 {
		t.Errorf("a thousandth of a degree east is %.2f m", got)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for at, want := range map[geom.XY]bool{{X: 120.5, Y: 31.3}: true, {X: 31.3, Y: 120.5}: false, {X: 73, Y: 54}: true, {X: 136.1, Y: 40}: false, {X: 116, Y: 2.9}: false} {
		if Within(at.X, at.Y) != want {
			t.Errorf("%v lies in the country: %v", at, !want)
		}
	}
}
