package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/templates/ui"
)

// Feature is one area of a GeoJSON file, in CGCS2000.
type Feature struct {
	N          int // place in the file, from 1
	Properties map[string]any
	Shape      Shape
	Problem    *Problem // why Shape cannot be used; nil when it can
	Mended     bool     // tiny knots were cut: see Shape
}

// Text is a property as text: a number is written as people write it.
func (f Feature) Text(name string) string {
	switch v := f.Properties[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// mostFeatures is more grids than the largest street has; a file with more is a whole city's.
const mostFeatures = 5_000

// Features reads a GeoJSON FeatureCollection, Feature or bare geometry whose places are in the given system (RFC 7946
// leaves none but WGS-84; files of this country keep to no such rule). What is wrong with one feature is its Problem; what
// is wrong with the file as a whole is the second answer.
func Features(text []byte, in System) ([]Feature, *Problem) {
	var doc struct {
		Type     string
		Features []json.RawMessage
	}
	text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("\ufeff"))
	if len(text) == 0 {
		return nil, problem(ui.Key("没有内容"))
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, notJSON(err)
	}
	switch doc.Type {
	case "FeatureCollection":
	case "Feature":
		doc.Features = []json.RawMessage{text}
	case "Polygon", "MultiPolygon":
		f := read(text, in)
		f.N = 1
		return []Feature{f}, nil
	default:
		return nil, problem(ui.Key("不是 GeoJSON：应为 FeatureCollection、Feature、Polygon 或 MultiPolygon"))
	}
	if len(doc.Features) == 0 {
		return nil, problem(ui.Key("文件里没有网格"))
	}
	if len(doc.Features) > mostFeatures {
		return nil, problem(ui.Key("文件里有 %d 个网格，一次最多 %d 个"), len(doc.Features), mostFeatures)
	}
	out := make([]Feature, len(doc.Features))
	for i, raw := range doc.Features {
		out[i] = feature(raw, in)
		out[i].N = i + 1
	}
	return out, nil
}

func notJSON(err error) *Problem {
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // the package returns it bare
		return problem(ui.Key("不是有效的 JSON：第 %d 个字节处有误"), int(syntax.Offset))
	}
	return problem(ui.Key("不是 GeoJSON：应为 FeatureCollection、Feature、Polygon 或 MultiPolygon"))
}

func feature(raw []byte, in System) Feature {
	var doc struct {
		Type       string
		Properties map[string]any
		Geometry   json.RawMessage
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // codes of twelve and more digits must not become floats
	if err := d.Decode(&doc); err != nil || doc.Type != "Feature" {
		return Feature{Problem: problem(ui.Key("不是 Feature"))}
	}
	f := Feature{Problem: problem(ui.Key("没有边界坐标"))}
	if len(doc.Geometry) > 0 && !bytes.Equal(doc.Geometry, []byte("null")) {
		f = read(doc.Geometry, in)
	}
	f.Properties = doc.Properties
	return f
}

// read understands a geometry and checks it.
func read(raw []byte, in System) (f Feature) {
	g, err := geom.UnmarshalGeoJSON(raw, geom.NoValidate{})
	if err != nil {
		f.Problem = problem(ui.Key("坐标的写法有误"))
		return f
	}
	shape, ok := areaOf(g)
	if !ok {
		f.Problem = problem(ui.Key("是 %s，应为 Polygon 或 MultiPolygon"), g.Type().String())
		return f
	}
	// The points are turned only where they are degrees of this country; elsewhere Check says what they are.
	if shape.inside() == nil {
		shape = shapeOf(shape.TransformXY(in.In))
	}
	f.Shape, f.Problem = shape, shape.Check()
	if f.Problem != nil && shape.inside() == nil && shape.Size() <= mostPoints {
		if m, ok := shape.mended(); ok {
			f.Shape, f.Problem, f.Mended = m, nil, true
		}
	}
	return f
}

// Route reads where a patrol goes: a GeoJSON Point, MultiPoint, LineString or MultiLineString, bare or in a Feature.
func Route(text []byte, in System) (geom.Geometry, *Problem) {
	var doc struct {
		Type     string
		Geometry json.RawMessage
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return geom.Geometry{}, notJSON(err)
	}
	if doc.Type == "Feature" {
		text = doc.Geometry
	}
	g, err := geom.UnmarshalGeoJSON(text)
	if err != nil {
		return g, problem(ui.Key("坐标的写法有误"))
	}
	if g = g.Force2D(); g.Dimension() > 1 || g.IsGeometryCollection() || g.IsEmpty() {
		return g, problem(ui.Key("是 %s，应为点或线"), g.Type().String())
	}
	if n := g.DumpCoordinates().Length(); n > mostPoints/10 {
		return g, problem(ui.Key("路线有 %d 个点，超过 %d 个"), n, mostPoints/10)
	}
	low, high, _ := g.Envelope().MinMaxXYs()
	if !Home.Contains(low) || !Home.Contains(high) {
		return g, problem(ui.Key("坐标在国境之外"))
	}
	return g.TransformXY(in.In), nil
}

// Collection writes features as a GeoJSON FeatureCollection, in CGCS2000.
func Collection(features []Feature) ([]byte, error) {
	out := geom.GeoJSONFeatureCollection{Features: make([]geom.GeoJSONFeature, len(features))}
	for i, f := range features {
		out.Features[i] = geom.GeoJSONFeature{Geometry: f.Shape.AsGeometry().SnapToGrid(8), Properties: f.Properties}
	}
	b, err := out.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("write GeoJSON: %w", err)
	}
	return b, nil
}
