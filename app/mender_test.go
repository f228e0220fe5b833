package app_test

import (
	"context"
	"testing"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/tenants"
)

// Whoever walks a grid mends for the community of the grid, and the community's liaison may give him work there.
func TestAGridWorkerWorksForTheGridsCommunity(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s := h.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	const walker, community, grid = 91_001, "320505003002", "320505003002001"
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		list, problem := geo.Features([]byte(`{"type":"Polygon","coordinates":[[[120.5,31.3],[120.52,31.3],[120.52,31.32],[120.5,31.32],[120.5,31.3]]]}`), geo.CGCS2000)
		if problem != nil {
			t.Fatal(problem)
		}
		_, err := grids.Draw(ctx, tx, "", grids.Drawing{Code: grid, Name: "第一网格", Kind: grids.Comprehensive, Shape: list[0].Shape, System: geo.CGCS2000})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.Employ(t.Context(), s.ID, walker, "卫网格", "13900000001", auth.Give{Role: auth.GridWorker, Grid: grid}); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: walker}, func(ctx context.Context, tx tenants.Tx) error {
		c, err := cases.Report(ctx, tx, cases.Intake{Channel: "grid", Class: "matter-06036", Fixed: "已清走", Words: cases.Words{Description: "楼道堆物"}})
		if err == nil && (c.Unit != community || c.Community != community || c.Stage != cases.Checking) {
			t.Errorf("mended: %s of %s in %s", c.Stage, c.Unit, c.Community)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		people, err := cases.HandsOf(ctx, tx, community)
		if err == nil && (len(people) != 1 || people[0] != cases.Hand{Person: walker, Grid: grid}) {
			t.Errorf("the community's people: %+v", people)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
