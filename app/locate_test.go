package app_test

import (
	"context"
	"testing"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/tenants"
)

// A case finds its grid by its place when it is reported, and keeps it when the street is drawn anew; a street that
// switched its grids off has none for new cases.
func TestACaseFindsItsGrid(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s := h.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	draw := func(ctx context.Context, code, outline string) {
		t.Helper()
		list, problem := geo.Features([]byte(outline), geo.CGCS2000)
		if problem != nil {
			t.Fatal(problem)
		}
		if err := h.App.DB.Write(ctx, s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := grids.Draw(ctx, tx, "", grids.Drawing{Code: code, Name: code, Kind: grids.Comprehensive, Shape: list[0].Shape, System: geo.CGCS2000})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	report := func(ctx context.Context, lon, lat float64) (c *cases.Case) {
		t.Helper()
		if err := h.App.DB.Write(ctx, s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Community: "320505003001", Lon: &lon, Lat: &lat,
				Words: cases.Words{Description: "垃圾堆放"}})
			if err == nil {
				c, _, err = cases.Find(ctx, tx, c.ID)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	today, _ := clock.Hold(t.Context(), clock.Now(t.Context()))
	draw(today, "G1", `{"type":"Polygon","coordinates":[[[120.5,31.3],[120.52,31.3],[120.52,31.32],[120.5,31.32],[120.5,31.3]]]}`)
	kept := report(today, 120.515, 31.31)
	if kept.Grid != "G1" || report(today, 120.6, 31.31).Grid != "" {
		t.Fatalf("the case lies in %q", kept.Grid)
	}
	tomorrow, _ := clock.Hold(t.Context(), clock.DateOf(clock.Now(t.Context())).Add(1).Start().Add(9*60*60*1e9))
	draw(tomorrow, "G1", `{"type":"Polygon","coordinates":[[[120.5,31.3],[120.51,31.3],[120.51,31.32],[120.5,31.32],[120.5,31.3]]]}`)
	draw(tomorrow, "G2", `{"type":"Polygon","coordinates":[[[120.51,31.3],[120.52,31.3],[120.52,31.32],[120.51,31.32],[120.51,31.3]]]}`)
	if got := report(tomorrow, 120.515, 31.31).Grid; got != "G2" {
		t.Errorf("tomorrow the place lies in %q", got)
	}
	if err := h.App.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, kept.ID)
		if err == nil && c.Grid != "G1" {
			t.Errorf("the case moved to %q", c.Grid)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	off(t, h, s.ID, "grids")
	if got := report(tomorrow, 120.515, 31.31).Grid; got != "" {
		t.Errorf("without the module a case finds %q", got)
	}
}
