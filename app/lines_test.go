package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// An officer of the water bureau finds in the real configuration of the district's streets what is water's: the
// vendor's people need list nothing. How many live there is not theirs to say. Once somebody holds the whole district too,
// the line keeps nothing from them.
func TestALineIsReadFromTheStreetsConfiguration(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const code = 320583
	in := func(p *tenants.Plan) { p.District = code }
	street := h.Street(t, in)
	h.Street(t, in, func(p *tenants.Plan) { p.Kind, p.Blueprint = tenants.Centre, h.Blueprints["district-centre"] })
	var class string
	if err := h.App.DB.Read(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		class = cfg.ClassesOfLine([]string{"water"})[0]
		return err
	}); err != nil {
		t.Fatal(err)
	}
	tally(t, h.World, street, "class", class, "积水", 31)
	tally(t, h.World, street, "class", "matter-06010", "暴露垃圾", 888)
	tally(t, h.World, street, "unit", "waterworks", "水利站", 13)
	tally(t, h.World, street, "unit", blueprint.CentreUnit("water"), "区水务局", 18)
	tally(t, h.World, street, "unit", "sanitation", "环卫站", 888)
	tally(t, h.World, street, "unit", blueprint.CentreUnit("fire"), "区消防大队", 888)
	tally(t, h.World, street, "all", "", "", 919)

	var person int64
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(&person); err != nil {
		t.Fatal(err)
	}
	give := func(sector string) {
		t.Helper()
		if err := h.App.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return auth.GiveUpper(ctx, tx, auth.Machine(), person, auth.UpperGrant{Scope: auth.InDistrict, District: code, Role: auth.DistrictAnalyst, Sector: sector})
		}); err != nil {
			t.Fatal(err)
		}
	}
	h.Site.Visitor = func(*http.Request) (web.Visitor, error) {
		return web.Visitor{Person: person, Strong: true, Session: auth.Session{Person: person, AAL: 2}}, nil
	}
	enters := func(want int) {
		t.Helper()
		resp, err := http.PostForm(fmt.Sprintf("%s/d/%d/populations", h.server.URL, code), url.Values{ui.RequestField: {tenants.NewID().String()}, "as_of": {"2020-11-01"}, "source": {"演示公报"}, "residents-" + street.Slug: {"85210"}})
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != want {
			t.Errorf("entering a population: %s, want %d", resp.Status, want)
		}
	}
	board := func() string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/d/%d", h.server.URL, code), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %v: %s", resp.Status, err, body)
		}
		return string(body)
	}
	give("water")
	page := board()
	for _, want := range []string{"仅水务条线", "积水", "水利站", "区水务局", ">31<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the water bureau's board lacks %q", want)
		}
	}
	for _, not := range []string{"888", "919", "暴露垃圾", "环卫站", "消防大队"} {
		if strings.Contains(page, not) {
			t.Errorf("the water bureau's board holds %q", not)
		}
	}
	enters(http.StatusForbidden)
	give("")
	enters(http.StatusOK) // after the redirect
	if page = board(); !strings.Contains(page, "919") || strings.Contains(page, "条线范围") {
		t.Error("the whole district is kept from somebody who holds it")
	}
}

// tally puts so many cases received and closed this year behind the fence.
func tally(t *testing.T, w *tenantstest.World, of tenants.Tenant, dim, key, label string, n int) {
	t.Helper()
	c := w.Super(t, tenants.Home)
	for table, day := range map[string]string{"tallies": "now() AT TIME ZONE 'Asia/Shanghai'", "tally_months": "date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')", "tally_years": "date_trunc('year', now() AT TIME ZONE 'Asia/Shanghai')"} {
		if _, err := c.Exec(t.Context(), "INSERT INTO "+table+" VALUES ($1, ("+day+")::date, $2, $3, $4, $5, $5, $5, 0, 0)", int32(of.ID), dim, key, of.District, n); err != nil {
			t.Fatal(err)
		}
	}
	if label != "" {
		if _, err := c.Exec(t.Context(), "INSERT INTO labels VALUES ($1, $2, $3, $4, $5)", int32(of.ID), dim, key, of.District, label); err != nil {
			t.Fatal(err)
		}
	}
}
