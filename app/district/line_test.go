package district_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"context"

	"github.com/xuri/excelize/v2"

	"wanjie/app/district"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// bureau is the district's door with an officer at it who is narrowed to line.
func bureau(w *tenantstest.World, code int32, line *web.Line) http.Handler {
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor:       func(*http.Request) (web.Visitor, error) { return web.Visitor{Person: 7}, nil },
		AdmitDistrict: func(r *web.Request, _ string) (int32, error) { r.Line = line; return code, nil },
		DistrictFrame: func(context.Context, tenants.DistrictTx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	district.Routes(site)
	return site.Handler(web.Limits{})
}

// The officer of the water bureau sees water. Everything else of the district is marked here: its numbers are made
// of the digit 7, its names begin with 他, and neither is to be found in any page, print or file, sums included.
func TestABureauSeesItsOwnLine(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320571
	a, b := w.Street(t, in(code, "甲街道")), w.Street(t, in(code, "乙街道"))
	centre := w.Street(t, in(code, "指挥中心"), func(p *tenants.Plan) { p.Kind = tenants.Centre })
	water := blueprint.CentreUnit("water")
	count(t, w, a, "class", "drain", "积水", 30, 20, 2, 1)
	count(t, w, a, "class", "fire", "他消防", 777, 777, 77, 0)
	count(t, w, a, "all", "", "", 807, 797, 79, 1)
	count(t, w, a, "unit", "waterworks", "水利站", 12, 10, 1, 0)
	count(t, w, a, "unit", water, "区水务局", 18, 14, 0, 1)
	count(t, w, a, "unit", "squad", "他中队", 777, 777, 77, 0)
	count(t, w, a, "channel", "hotline", "他热线", 777, 777, 77, 0)
	count(t, w, a, "community", "320571001001", "他社区", 777, 777, 77, 0)
	count(t, w, b, "class", "drain", "积水", 11, 11, 0, 0)
	count(t, w, b, "class", "flood", "他防汛", 777, 777, 0, 0) // of the line in the other street alone
	count(t, w, b, "all", "", "", 788, 788, 0, 0)
	count(t, w, centre, "class", "drain", "积水", 9, 9, 0, 0)
	count(t, w, centre, "class", "gas", "他燃气", 777, 777, 0, 0)
	count(t, w, centre, "all", "", "", 786, 786, 0, 0)
	count(t, w, centre, "unit", "fire", "他消防大队", 777, 777, 0, 0)
	line := &web.Line{Names: []string{"水务"}}
	line.Add(int32(a.ID), "class", "drain", "flood")
	line.Add(int32(a.ID), "unit", "waterworks", water)
	line.Add(int32(b.ID), "class", "drain")
	line.Add(int32(b.ID), "unit", water)
	line.Add(int32(centre.ID), "class", "drain")
	line.Add(int32(centre.ID), "unit", "water")
	h := bureau(w, code, line)

	_, page := get(t, h, "/d/320571", 200)
	if got := fmt.Sprint(all(page, ".tile-value")); got != "[41 件 31 件 93.5% 2 件 10 件 1 件]" {
		t.Errorf("tiles %s: the classes of the line add up over the streets", got)
	}
	text := strings.Join(all(page, "main"), " ")
	for _, want := range []string{"仅水务条线", "1 甲街道 30 20 18 2 90.0% 10 1", "2 乙街道 11 11 11 0 100.0% 0 0", "指挥中心 （单列，不计入合计） 9 9", "合计 41 31", "水利站 甲街道 12 10", "区水务局 区级，服务 1 个街道 18 14"} {
		if !strings.Contains(text, want) {
			t.Errorf("the line's board lacks %q", want)
		}
	}
	clean := func(path, body string) {
		t.Helper()
		for _, not := range []string{"他", "777", "807", "797", "788", "786"} {
			if at := strings.Index(body, not); at >= 0 {
				t.Errorf("%s holds %q: …%s…", path, not, body[max(0, at-60):min(len(body), at+60)])
			}
		}
	}
	street := "/d/320571/streets/" + a.Slug
	for _, base := range []string{"/d/320571", street, "/d/320571/streets/" + b.Slug, "/d/320571/streets/" + centre.Slug} {
		for _, under := range []string{"", "/classes", "/units", "/print"} {
			for _, query := range []string{"", "?group=backlog", "?group=flow", "?period=year", "?period=today"} {
				path := base + under + query
				_, page := get(t, h, path, 200)
				clean(path, strings.Join(all(page, "main"), " "))
			}
		}
		get(t, h, base+"/channels", 404)
		get(t, h, base+"/export?table=channels&format=csv", 404)
		for _, table := range []string{"classes", "units"} {
			for _, group := range []string{"", "&group=backlog", "&group=flow"} {
				path := base + "/export?table=" + table + group
				rec, _ := get(t, h, path+"&format=csv", 200)
				clean(path, rec.Body.String())
				rec, _ = get(t, h, path+"&format=xlsx", 200)
				clean(path+" as Excel", cellsOf(t, rec.Body.Bytes()))
			}
		}
	}
	rec, _ := get(t, h, "/d/320571/export?table=streets&format=csv", 200)
	if body := rec.Body.String(); !strings.Contains(body, ",合计,41,31,29,2,93.5%,10,1,—\r\n") {
		t.Errorf("streets %q", body)
	}
	get(t, h, street+"/export?table=streets&format=csv", 404) // communities are of no line
	get(t, h, "/d/320571/units/water", 200)
	get(t, h, "/d/320571/units/fire", 404)
	get(t, h, "/d/320571/units/fire/export?format=csv", 404)

	// Somebody whose line nobody in the district has sees that there is nothing.
	_, page = get(t, bureau(w, code, &web.Line{Names: []string{"烟草"}}), "/d/320571", 200)
	if got := fmt.Sprint(all(page, ".tile-value")); got != "[0 件 0 件 — 0 件 0 件 0 件]" {
		t.Errorf("an empty line counts %s", got)
	}
}

// cellsOf are all cells of a workbook in one text.
func cellsOf(t *testing.T, book []byte) (out string) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		out += strings.Join(row, " ") + "\n"
	}
	return out
}
