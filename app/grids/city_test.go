package grids

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/tenants"
)

// A real city's wards and reports; the files lie beside the repository and not in it. eastward moves them to the same
// latitude in this country, because a grid abroad is a mistake.
const eastward = 187

func cityFile(tb testing.TB, name string) io.Reader {
	tb.Helper()
	f, err := os.Open("../../../shared/data/" + name)
	if err != nil {
		tb.Logf("NOT TESTED ON REAL DATA: %v", err)
		return nil
	}
	tb.Cleanup(func() { _ = f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

func wards(tb testing.TB, s *street) bool {
	tb.Helper()
	f := cityFile(tb, "boston_wards_22.geojson.gz")
	if f == nil {
		return false
	}
	text, err := io.ReadAll(f)
	if err != nil {
		tb.Fatal(err)
	}
	list, problem := geo.Features([]byte(eastwards(string(text))), geo.CGCS2000)
	if problem != nil {
		tb.Fatal(problem)
	}
	in := Import{From: "2015-01-01"}
	for _, f := range list {
		in.List = append(in.List, Drawing{N: f.N, Code: "W" + f.Text("WARD"), Name: "Ward " + f.Text("WARD"), Kind: Comprehensive, Shape: f.Shape, System: geo.CGCS2000,
			Problem: f.Problem, Mended: f.Mended})
	}
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error {
		r, err := Take(ctx, tx, in)
		for _, row := range r.Rows {
			for _, p := range row.Problems {
				tb.Errorf("%s: %s", row.Code, p)
			}
		}
		if !r.Written {
			tb.Fatal("the wards were refused")
		}
		return err
	})
	return true
}

// eastwards turns the longitudes of a GeoJSON text, which are the first numbers of pairs.
func eastwards(text string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "[-")
		if i < 0 {
			return b.String() + text
		}
		end := i + 1 + strings.IndexByte(text[i+1:], ',')
		lon, err := strconv.ParseFloat(text[i+1:end], 64)
		if err != nil {
			panic(err)
		}
		b.WriteString(text[:i+1] + strconv.FormatFloat(lon+eastward, 'f', 6, 64))
		text = text[end:]
	}
}

// reports are the places of the first half-year, without those on the city's default point, with the ward that the city
// itself names.
func reports(tb testing.TB) (points []geom.XY, ward []string) {
	tb.Helper()
	f := cityFile(tb, "boston_311_2015h1.csv.gz")
	if f == nil {
		return nil, nil
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, row := range rows[1:] {
		lat, lon := row[at["LATITUDE"]], row[at["LONGITUDE"]]
		y, err1 := strconv.ParseFloat(lat, 64)
		x, err2 := strconv.ParseFloat(lon, 64)
		n, err3 := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(row[at["ward"]], "Ward ")))
		if err1 != nil || err2 != nil || err3 != nil || lat == "42.3594" && lon == "-71.0587" {
			continue
		}
		points, ward = append(points, geom.XY{X: x + eastward, Y: y}), append(ward, "W"+strconv.Itoa(n))
	}
	return points, ward
}

// Imported through the front door, overlaps and knots included, a city's wards say of its reports what the city says.
func TestARealCity(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	points, ward := reports(t)
	if points == nil || !wards(t, s) {
		return
	}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		m, err := mapOf(ctx, tx)
		if err != nil {
			return err
		}
		same := 0
		for i, p := range points {
			if m.at(p, "2015-03-01").Grid == ward[i] {
				same++
			}
		}
		if len(points) < 49000 { // 58,219 less 8,752 on the default point and 10 without a ward
			t.Errorf("only %d reports have a place", len(points))
		}
		share := float64(same) / float64(len(points))
		t.Logf("%d of %d reports (%.2f %%) lie in the ward that the city names", same, len(points), share*100)
		if share < .988 {
			t.Errorf("agreement %.4f", share)
		}
		if got := m.at(points[0], "2014-12-31"); got != (Place{}) {
			t.Errorf("before the first day: %+v", got)
		}
		p, err := Locate(ctx, tx, points[0].X, points[0].Y, at("2015-03-01 12:00"))
		if p != m.at(points[0], "2015-03-01") {
			t.Errorf("Locate says %+v", p)
		}
		return err
	})
}

// What a place costs: in memory, and with the one row that is asked of the database.
func BenchmarkLocate(b *testing.B) {
	s := openStreet(b)
	points, _ := reports(b)
	if points == nil || !wards(b, s) {
		points = nil
		for i := range 400 {
			d := comprehensive(fmt.Sprintf("G%03d", i), 0)
			d.Shape = box(float64(i%20)*10, float64(i/20)*10, 10, 10)
			s.drawn("2015-01-01", d)
			points = append(points, d.Shape.Label())
		}
	}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		m, err := mapOf(ctx, tx)
		if err != nil {
			return err
		}
		b.Run("memory", func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				m.at(points[i%len(points)], clock.Date("2015-03-01"))
			}
		})
		b.Run("transaction", func(b *testing.B) {
			day := at("2015-03-01 12:00")
			for i := range b.N {
				p := points[i%len(points)]
				if _, err := Locate(ctx, tx, p.X, p.Y, day); err != nil {
					b.Fatal(err)
				}
			}
		})
		return nil
	})
}
