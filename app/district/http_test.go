package district_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"wanjie/app/clock"
	"wanjie/app/district"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// door is a site with an officer of one district at it.
func door(w *tenantstest.World, code int32) http.Handler {
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(*http.Request) (web.Visitor, error) { return web.Visitor{Person: 7}, nil },
		AdmitDistrict: func(r *web.Request, _ string) (int32, error) {
			r.May = func(string) bool { return true }
			if n, _ := strconv.Atoi(r.PathValue("district")); int32(n) != code {
				return 0, fault.New(fault.Forbidden, "您没有进行此操作的权限")
			}
			return code, nil
		},
		DistrictFrame: func(context.Context, tenants.DistrictTx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	district.Routes(site)
	return site.Handler(web.Limits{})
}

func get(t *testing.T, h http.Handler, path string, want int) (*httptest.ResponseRecorder, *html.Node) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	if rec.Code != want {
		t.Fatalf("%s: %d, want %d: %s", path, rec.Code, want, rec.Body)
	}
	n, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return rec, n
}

// all answers the texts of what the selector finds.
func all(n *html.Node, selector string) (out []string) {
	var text func(*html.Node) string
	text = func(n *html.Node) string {
		if n.Type == html.TextNode {
			return n.Data
		}
		var b strings.Builder
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			b.WriteString(text(c) + " ")
		}
		return b.String()
	}
	for _, m := range cascadia.QueryAll(n, cascadia.MustCompile(selector)) {
		out = append(out, strings.Join(strings.Fields(text(m)), " "))
	}
	return out
}

// count puts a tally of cases received and closed today behind the fence.
func count(t *testing.T, w *tenantstest.World, of tenants.Tenant, dim, key, label string, received, closed, overdue, late int) {
	t.Helper()
	c := w.Super(t, tenants.Home)
	today := clock.Day(clock.Now(t.Context())).Format("2006-01-02")
	for _, table := range []string{"tallies", "tally_months", "tally_years"} {
		day := "'" + today + "'::date"
		if table == "tally_months" {
			day = "date_trunc('month', '" + today + "'::date)"
		}
		if table == "tally_years" {
			day = "date_trunc('year', '" + today + "'::date)"
		}
		if _, err := c.Exec(t.Context(), "INSERT INTO "+table+" VALUES ($1, "+day+", $2, $3, $4, $5, $6, $7, $8, $9)",
			int32(of.ID), dim, key, of.District, received, closed, closed-overdue, overdue, late); err != nil {
			t.Fatal(err)
		}
	}
	if label != "" {
		if _, err := c.Exec(t.Context(), "INSERT INTO labels VALUES ($1, $2, $3, $4, $5)", int32(of.ID), dim, key, of.District, label); err != nil {
			t.Fatal(err)
		}
	}
}

func followed(t *testing.T, w *tenantstest.World, of tenants.Tenant) {
	t.Helper()
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "INSERT INTO cursors SELECT tenant_id, 'tally', n FROM heads WHERE tenant_id = $1", int32(of.ID)); err != nil {
		t.Fatal(err)
	}
}

func in(code int32, name string) func(*tenants.Plan) {
	return func(p *tenants.Plan) { p.District, p.Name = code, name }
}

func TestBoard(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320506
	fengqiao, shishan := w.Street(t, in(code, "枫桥街道")), w.Street(t, in(code, "狮山街道"))
	centre := w.Street(t, in(code, "吴中区指挥中心"), func(p *tenants.Plan) { p.Kind = tenants.Centre })
	other := w.Street(t, in(320507, "别区街道"))
	count(t, w, fengqiao, "all", "", "", 100, 80, 8, 3)
	count(t, w, fengqiao, "class", "matter-09006", "占道经营", 100, 80, 8, 3)
	count(t, w, fengqiao, "unit", "enforcement", "综合行政执法局", 60, 50, 8, 3)
	count(t, w, fengqiao, "community", "320505003001", "枫桥社区", 40, 30, 1, 0)
	count(t, w, shishan, "all", "", "", 50, 40, 4, 0)
	count(t, w, shishan, "class", "matter-09006", "占道经营", 50, 40, 4, 0)
	count(t, w, shishan, "unit", "enforcement", "综合行政执法局", 50, 40, 4, 0)
	count(t, w, centre, "all", "", "", 9, 9, 0, 0)
	count(t, w, centre, "unit", "water", "区水务局", 9, 9, 0, 0)
	count(t, w, other, "all", "", "", 7777, 7777, 0, 0)
	count(t, w, other, "class", "matter-1", "别区类别", 7777, 7777, 0, 0)
	count(t, w, other, "unit", "u", "别区单位", 7777, 7777, 0, 0)
	for _, s := range []tenants.Tenant{fengqiao, shishan, centre} {
		followed(t, w, s)
	}
	for of, residents := range map[*tenants.Tenant]int{&fengqiao: 80000, &other: 5} {
		if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "INSERT INTO populations VALUES ($1, '2020-11-01', $2, '演示', $3, 1, now())", int32(of.ID), residents, of.District); err != nil {
			t.Fatal(err)
		}
	}
	h := door(w, code)

	_, page := get(t, h, "/d/320506", 200)
	tiles := all(page, ".tile-value")
	if got := fmt.Sprint(tiles); got != "[150 件 120 件 90.0% 12 件 30 件 3 件]" {
		t.Errorf("tiles %s: streets add up, the centre does not", got)
	}
	rows := all(page, ".card:nth-of-type(1) tbody tr")
	text := strings.Join(all(page, "main"), " ")
	for _, want := range []string{"1 枫桥街道 100 80 72 8 90.0% 20 3 12.5", "2 狮山街道 50 40 36 4 90.0% 10 0 —", "3 吴中区指挥中心 （单列，不计入合计） 9 9 9 0 100.0% 0 0", "合计 150 120 108 12 90.0% 30 3 —",
		"综合行政执法局 枫桥街道 60 50", "综合行政执法局 狮山街道 50 40", "区水务局 吴中区指挥中心 9 9", "数据截至"} {
		if !strings.Contains(text, want) {
			t.Errorf("the board lacks %q (rows %v)", want, rows)
		}
	}
	if strings.Contains(text, "别区") || strings.Contains(text, "7,777") {
		t.Error("another district's figures show")
	}
	if got := all(page, ".bars .bar-value"); len(got) == 0 || got[0] != "150" {
		t.Errorf("classes %v: the same class of two streets is one line", got)
	}

	_, page = get(t, h, "/d/320506/streets/"+fengqiao.Slug, 200)
	if got := fmt.Sprint(all(page, ".tile-value")); got != "[100 件 80 件 90.0% 8 件 20 件 3 件]" {
		t.Errorf("a street's tiles %s", got)
	}
	if text := strings.Join(all(page, "main"), " "); !strings.Contains(text, "枫桥社区 40 30") || strings.Contains(text, "狮山") {
		t.Error("a street's board shows its communities and no other street")
	}
	get(t, h, "/d/320506/streets/"+other.Slug, 404)
	get(t, h, "/d/320506/streets/nobody", 404)
	get(t, h, "/d/320507", 403)
	get(t, h, "/d/320506?period=never", 404)
	get(t, h, "/d/320506?period=custom&from=2026-02-30&to=2026-03-01", 422)

	_, page = get(t, h, "/d/320506?period=custom&from=2020-01-01&to=2020-12-31", 200)
	if got := fmt.Sprint(all(page, ".tile-value")); got != "[0 件 0 件 — 0 件 0 件 —]" {
		t.Errorf("a year without cases %s", got)
	}
	_, page = get(t, h, "/d/320506/units", 200)
	if got := all(page, "tbody tr"); len(got) != 3 || !strings.HasSuffix(got[0], "60 50 42 8 84.0% 10 3") {
		t.Errorf("units in full: %q", got)
	}
	for _, path := range []string{"/classes", "/channels", "/print", "/streets/" + fengqiao.Slug + "/units", "/streets/" + fengqiao.Slug + "/print"} {
		get(t, h, "/d/320506"+path, 200)
	}
}

// A unit of the centre stands once, with the sum of the streets that it serves, and opens to them; a
// street's own unit of the same name or key stands for itself, and paired cases are not counted again.
func TestUnitsOfTheCentre(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	const code = 320585
	a, b := w.Street(t, in(code, "城厢镇")), w.Street(t, in(code, "沙溪镇"))
	centre := w.Street(t, in(code, "太仓市指挥中心"), func(p *tenants.Plan) { p.Kind = tenants.Centre })
	other := w.Street(t, in(320583, "别区街道"))
	water, labour := blueprint.CentreUnit("water"), blueprint.CentreUnit("labour")
	count(t, w, a, "unit", water, "市水务局", 30, 20, 2, 1)
	count(t, w, b, "unit", water, "市水务局", 12, 12, 0, 0)
	count(t, w, other, "unit", water, "别区水务局", 5000, 5000, 0, 0)
	count(t, w, a, "unit", "water", "城厢水务站", 25, 25, 0, 0) // its own, whatever its key is in the centre
	count(t, w, a, "unit", "labour", "人社所", 9, 9, 0, 0)
	count(t, w, b, "unit", "labour", "人社所", 8, 8, 0, 0)
	count(t, w, b, "unit", labour, "市人社局", 0, 0, 0, 0)
	count(t, w, centre, "unit", "water", "市水务局", 33, 33, 0, 0) // the pairs of its streets' cases
	count(t, w, centre, "unit", "labour", "市人社局", 7, 7, 0, 0)
	count(t, w, centre, "unit", "", "", 1, 1, 0, 0)
	h := door(w, code)

	_, page := get(t, h, "/d/320585/units", 200)
	want := []string{
		"1 市水务局 区级，服务 2 个街道 42 32 30 2 93.8% 10 1", "2 城厢水务站 城厢镇 25 25 25 0 100.0% 0 0", "3 人社所 城厢镇 9 9 9 0 100.0% 0 0",
		"4 人社所 沙溪镇 8 8 8 0 100.0% 0 0", "5 市人社局 太仓市指挥中心 7 7 7 0 100.0% 0 0", "6 未派遣 太仓市指挥中心 1 1 1 0 100.0% 0 0",
	}
	if diff := cmp.Diff(want, all(page, "tbody tr")); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	href := ""
	for _, link := range cascadia.QueryAll(page, cascadia.MustCompile("tbody a")) {
		href += link.Attr[0].Val
	}
	if href != "/d/320585/units/water?period=month" {
		t.Errorf("the centre's units alone open: %q", href)
	}
	_, page = get(t, h, href, 200)
	want = []string{"1 城厢镇 30 20 18 2 90.0% 10 1", "2 沙溪镇 12 12 12 0 100.0% 0 0", "3 太仓市指挥中心 （单列，不计入合计） 33 33 33 0 100.0% 0 0", "合计 42 32 30 2 93.8% 10 1"}
	if diff := cmp.Diff(want, all(page, "tbody tr")); diff != "" {
		t.Errorf("the streets it serves (-want +got):\n%s", diff)
	}
	if got := strings.Join(all(page, "h1"), ""); got != "市水务局分街道情况" {
		t.Errorf("headed %q", got)
	}
	rec, _ := get(t, h, "/d/320585/units/water/export?format=csv", 200)
	if body := rec.Body.String(); !strings.Contains(body, "1,城厢镇,30,20,18,2,90.0%,10,1\r\n") || !strings.Contains(body, ",合计,42,32,30,2,93.8%,10,1\r\n") {
		t.Errorf("csv %q", body)
	}
	rec, _ = get(t, h, "/d/320585/export?table=units&format=csv", 200)
	if body := rec.Body.String(); !strings.Contains(body, "1,市水务局,区级，服务 2 个街道,42,32,") {
		t.Errorf("csv %q", body)
	}
	if _, page = get(t, h, "/d/320585/streets/"+a.Slug+"/units", 200); all(page, "tbody tr")[0] != "1 市水务局 30 20 18 2 90.0% 10 1" {
		t.Errorf("a street's own board: %q", all(page, "tbody tr"))
	}
	if _, page = get(t, h, "/d/320585/units/labour?period=today", 200); len(all(page, "tbody tr")) != 1 {
		t.Errorf("in the centre alone: %q", all(page, "tbody tr"))
	}
	get(t, h, "/d/320585/units/water?period=custom&from=2020-01-01&to=2020-12-31", 200)
	get(t, h, "/d/320585/units/nobody", 404)
}

func TestBehind(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	w.Street(t, in(320508, "姑苏街道")) // its opening is an act that nobody has followed
	_, page := get(t, door(w, 320508), "/d/320508", 200)
	if note := strings.Join(all(page, ".page-head p"), ""); !strings.Contains(note, "另有 1 项变动正在汇总") {
		t.Errorf("the board says %q", note)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t, in(320509, "=松陵街道"))
	count(t, w, s, "all", "", "", 1234, 1000, 0, 0)
	count(t, w, s, "class", "c", "占道经营", 1234, 1000, 0, 0)
	h := door(w, 320509)
	rec, _ := get(t, h, "/d/320509/export?table=streets&format=csv", 200)
	if body := rec.Body.String(); !strings.HasPrefix(body, "\ufeff序号,") || !strings.Contains(body, "1,'=松陵街道,1234,1000,1000,0,100.0%,234,0,—\r\n") {
		t.Errorf("csv %q", body)
	}
	if got := rec.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("disposition %q", got)
	}
	rec, _ = get(t, h, "/d/320509/export?table=classes&format=xlsx&period=7d", 200)
	f, err := excelize.OpenReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil || rows[0][0] != "吴江区分类别情况" || rows[2][1] != "类别" || strings.Join(rows[3], " ") != "1 占道经营 1,234 1,000 1,000 0 100.0% 234 0" {
		t.Errorf("workbook %v %v", rows, err)
	}
	get(t, h, "/d/320509/export?table=members&format=csv", 404)
	get(t, h, "/d/320509/export?table=streets&format=pdf", 404)
}

// The district's hand reaches counts of its own tenants and nothing else, whatever SQL it runs.
func TestDistrictReadsCountsOnly(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	mine, other := w.Street(t, in(320581, "常熟街道")), w.Street(t, in(320582, "张家港街道"))
	count(t, w, mine, "all", "", "", 1, 1, 0, 0)
	count(t, w, other, "all", "", "", 1, 1, 0, 0)
	followed(t, w, mine)
	followed(t, w, other)

	run := func(sql string) (n int, err error) {
		err = w.DB.District(t.Context(), 320581, func(ctx context.Context, tx tenants.DistrictTx) error {
			return tx.Raw(sql).Scan(ctx, &n)
		})
		return n, err
	}
	for _, table := range []string{"tallies", "tally_months", "tally_years", "tenants", "heads", "cursors"} {
		if n, err := run("SELECT count(tenant_id) FROM " + table); err != nil || n != 1 {
			t.Errorf("%s: %d rows of the district (%v), want its own street's alone", table, n, err)
		}
	}
	// Every other tenant table, those of features to come included.
	c := w.Super(t, tenants.Home)
	rows, err := c.Query(t.Context(), `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname NOT IN ('tallies', 'tally_months', 'tally_years', 'tenants', 'heads', 'cursors', 'labels', 'populations')`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	seen := strings.Join(names, " ")
	for _, must := range []string{"journal", "members", "grants", "overrides", "cases"} {
		if !strings.Contains(" "+seen+" ", " "+must+" ") {
			t.Errorf("no table %s among %s", must, seen)
		}
	}
	for _, name := range names {
		if _, err := run("SELECT count(*) FROM " + name); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("a district reads %s: %v", name, err)
		}
	}
	for _, sql := range []string{"SELECT blueprint FROM tenants", "UPDATE tallies SET received = 0 RETURNING 1", "SELECT 1 FROM ctl.people"} {
		if _, err := run(sql); err == nil {
			t.Errorf("a district may %s", sql)
		}
	}
}
