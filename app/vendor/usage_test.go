package vendor_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"

	"wanjie/app/clock"
	"wanjie/billing"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// meter puts usage of a day and its month behind the fence.
func (o *office) meter(t *testing.T, place string, of tenants.Tenant, day, meter string, qty int) {
	t.Helper()
	c := o.Super(t, place)
	for _, q := range []string{"INSERT INTO usage VALUES ($1, $2::text::date, $3, $4)",
		"INSERT INTO usage_months AS m VALUES ($1, date_trunc('month', $2::text::date), $3, $4) ON CONFLICT (tenant_id, month, meter) DO UPDATE SET qty = m.qty + excluded.qty"} {
		if _, err := c.Exec(t.Context(), q, int32(of.ID), day, meter, qty); err != nil {
			t.Fatal(err)
		}
	}
}

func (o *office) file(t *testing.T, path string) string {
	t.Helper()
	rec := httptest.NewRecorder()
	o.h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	if rec.Code != 200 || !strings.HasPrefix(rec.Body.String(), "\ufeff") || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s: %d %q", path, rec.Code, rec.Header())
	}
	return rec.Body.String()
}

func TestUsage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a, b := o.Street(t, func(p *tenants.Plan) { p.Name = "计量一街道" }), o.Street(t, tenantstest.At(tenantstest.Other), func(p *tenants.Plan) { p.Name = "=计量二街道" })
	idle := o.Street(t, func(p *tenants.Plan) { p.Name = "计量三街道" })
	today := clock.Now(t.Context()).In(clock.Zone).Format(time.DateOnly)
	o.meter(t, tenants.Home, a, "2024-02-29", "cases.filed", 5)
	o.meter(t, tenants.Home, a, "2024-03-01", "cases.filed", 1000)
	o.meter(t, tenants.Home, a, today, "cases.filed", 77)
	o.meter(t, tenantstest.Other, b, "2024-02-01", "cases.filed", 4)
	o.meter(t, tenantstest.Other, b, "2024-02-03", "cases.filed", 3)
	o.meter(t, tenantstest.Other, b, "2024-02-03", "cases.closed", 3)
	o.meter(t, tenantstest.Other, b, "2024-02-04", "of.the.future", 9)

	page := o.get(t, "/v/usage?month=2024-02", 200)
	if got := all(page, ".tile-value"); len(got) < 2 || got[0] != "12 件" || got[1] != "3 件" {
		t.Errorf("totals of both placements: %q", got)
	}
	if got := all(o.get(t, "/v/usage?month=2024-02&q=计量", 200), "tbody tr"); len(got) != 3 || !strings.Contains(strings.Join(got, "|"), "计量三街道") {
		t.Errorf("search finds %q, whether they used anything or not", got)
	}
	line := o.get(t, "/v/usage?month=2024-02&q=计量二", 200)
	if got := all(line, "tbody tr"); len(got) != 1 || !strings.HasSuffix(got[0], "7 3 0") {
		t.Errorf("one street's: %q", got)
	}
	if got := all(o.get(t, "/v/usage?month=2024-02&q="+b.Slug+"&page=2", 200), ".empty strong"); len(got) != 1 || got[0] != "没有符合条件的租户" {
		t.Errorf("behind the last page: %q", got)
	}
	if got := all(o.get(t, "/v/usage?month=2019-02", 200), ".empty strong"); len(got) != 1 || got[0] != "该月没有用量" {
		t.Errorf("a month without usage: %q", got)
	}

	link := ""
	for _, n := range cascadia.QueryAll(line, cascadia.MustCompile("tbody a")) {
		link = n.Attr[0].Val
	}
	if link != "/v/usage/"+b.ID.String()+"?month=2024-02" {
		t.Fatalf("the line opens %q", link)
	}
	days := o.get(t, link, 200)
	if got := strings.Join(all(days, "#usage > .table-wrap tbody tr"), "|"); got != "2024-02-01 4 0 0|2024-02-03 3 3 0|合计 7 3 0" {
		t.Errorf("its days: %q", got)
	}
	if got := all(o.get(t, "/v/usage/"+idle.ID.String()+"?month=2024-02", 200), ".empty strong"); len(got) != 1 {
		t.Errorf("who used nothing: %q", got)
	}
	for _, path := range []string{"/v/usage?month=2024-13", "/v/usage/export?month=x", "/v/usage/" + b.ID.String() + "?month=2024"} {
		o.get(t, path, 422)
	}
	o.get(t, "/v/usage/999999999", 404)

	body := o.file(t, "/v/usage/export?month=2024-02")
	for _, want := range []string{"2024-02," + b.ID.String() + ",'=计量二街道,", ",cases.filed,7,件\r\n", "2024-02," + a.ID.String() + ",计量一街道,"} {
		if !strings.Contains(body, want) {
			t.Errorf("csv lacks %q: %q", want, body)
		}
	}
	if body := o.file(t, "/v/usage/export?month=2024-02&q=计量一"); strings.Count(body, "\r\n") != 2 || strings.Contains(body, "计量二") {
		t.Errorf("csv of a search %q", body)
	}
	if body := o.file(t, "/v/usage/"+b.ID.String()+"/export?month=2024-02"); !strings.Contains(body, "2024-02-03,"+b.ID.String()+",'=计量二街道,cases.closed,3,件\r\n") || strings.Count(body, "\r\n") != 4 {
		t.Errorf("csv of days %q", body)
	}
	if got := text(o.get(t, "/v/streets/"+a.ID.String(), 200)); !strings.Contains(got, "77 件") {
		t.Error("a tenant's page lacks its usage of this month")
	}
	o.refuse["usage.read"] = true
	for _, path := range []string{"/v/usage", "/v/usage/" + b.ID.String(), "/v/usage/" + b.ID.String() + "/export"} {
		o.get(t, path, 403)
	}
}

// Meters stand outside the views, where the catalogue's test looks for what has no English.
func TestMetersHaveEnglish(t *testing.T) {
	ctx := ui.WithLocale(t.Context(), ui.English)
	for _, m := range billing.Meters {
		for _, s := range []string{m.Name, m.Unit} {
			if ui.T(ctx, s) == s {
				t.Errorf("%s: %q has no English", m.Code, s)
			}
		}
	}
}
