package app

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// StreetPlan is what an operator says to open a street.
type StreetPlan struct {
	Code      string // division code, 9 digits
	Blueprint string // key; its newest version is used
	Slug      string
	Contract  string    // empty: a trial
	Until     time.Time // last day of the trial; zero: none was agreed
	Placement string
	Demo      bool
	Branding  tenants.Branding

	// Unlisted is the unit itself where the division list does not have Code: of a region that an import's map
	// declares. The console never sets it.
	Unlisted *division.Unit
}

// OpenStreet opens the street of a division code, or answers the one that is open already. Errors
// name the field: an unknown code, a placeholder of the list, an unknown blueprint.
func OpenStreet(ctx context.Context, db *tenants.DB, p StreetPlan) (tenants.Tenant, bool, error) {
	unit, ok := division.ByCode(p.Code)
	if !ok && p.Unlisted != nil {
		unit, ok = *p.Unlisted, true
	}
	if !ok {
		return tenants.Tenant{}, false, fault.Field("code", "区划代码不在名录中（名录截至2023-06-30）")
	}
	if unit.Placeholder() {
		return tenants.Tenant{}, false, fault.Field("code", "该代码是名录中的占位单元，没有街道机构")
	}
	edition, err := newest(ctx, db, p.Blueprint)
	if err != nil {
		return tenants.Tenant{}, false, err
	}
	plan := tenants.Plan{
		Kind: tenants.Street, Codes: []string{p.Code}, District: unit.District, Name: unit.Name, Slug: p.Slug,
		Blueprint: edition, Placement: p.Placement, Contract: p.Contract, State: tenants.Trial, Until: p.Until, Demo: p.Demo, Branding: p.Branding,
	}
	if p.Contract != "" {
		plan.State = tenants.Active
	}
	return db.OpenTenant(ctx, plan)
}

// OpenCentre opens a district's command centre, the tenant of the units that serve many streets.
func OpenCentre(ctx context.Context, db *tenants.DB, district int32, slug, placement string, demo bool) (tenants.Tenant, bool, error) {
	area, ok := division.District(district)
	if !ok {
		return tenants.Tenant{}, false, fault.Field("district", "区县代码不在名录中")
	}
	return OpenCentreOf(ctx, db, area, slug, placement, demo)
}

// OpenCentreOf is OpenCentre for an area that the division list need not have.
func OpenCentreOf(ctx context.Context, db *tenants.DB, area division.Area, slug, placement string, demo bool) (tenants.Tenant, bool, error) {
	edition, err := newest(ctx, db, "district-centre")
	if err != nil {
		return tenants.Tenant{}, false, err
	}
	return db.OpenTenant(ctx, tenants.Plan{
		Kind: tenants.Centre, Codes: []string{fmt.Sprint(area.Code)}, District: area.Code, Name: area.Name + "指挥中心", Slug: slug,
		Blueprint: edition, Placement: placement, State: tenants.Trial, Demo: demo,
	})
}

func newest(ctx context.Context, db *tenants.DB, key string) (int32, error) {
	var e *blueprint.Edition
	err := db.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		e, err = blueprint.Newest(ctx, tx, key)
		return err
	})
	if err != nil {
		return 0, err
	}
	if e == nil {
		return 0, fault.Field("blueprint", "没有已发布的这一蓝本")
	}
	return e.ID, nil
}
