package app

import (
	"context"
	"fmt"

	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// lineOf is what somebody narrowed to sectors sees of a district: the classes for which its tenants' duty lists
// name one of them above, the units that belong to one, and those of the centre under the streets' keys for them.
// What no configuration says is theirs, is not in it.
func (a *App) lineOf(ctx context.Context, district int32, sectors []string) (*web.Line, error) {
	line := &web.Line{}
	for _, s := range sectors {
		line.Names = append(line.Names, blueprint.SectorTitle(s))
	}
	var all []struct {
		TenantID int32
		Kind     tenants.Kind
	}
	if err := a.DB.District(ctx, district, func(ctx context.Context, tx tenants.DistrictTx) error {
		return tx.Raw("SELECT tenant_id, kind FROM tenants WHERE district = ? AND state NOT IN ('opening', 'closed') ORDER BY tenant_id", district).Scan(ctx, &all)
	}); err != nil {
		return nil, fmt.Errorf("tenants of district %d: %w", district, err)
	}
	configs := map[int32]*blueprint.Config{}
	var shared []string // keys of the centre's units; without a centre, streets know a sector's bureau by the sector
	shared = append(shared, sectors...)
	for _, t := range all {
		err := a.DB.Read(ctx, tenants.ID(t.TenantID), tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			configs[t.TenantID], err = blueprint.For(ctx, tx)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("line of tenant %d: %w", t.TenantID, err)
		}
		if t.Kind == tenants.Centre {
			shared = configs[t.TenantID].UnitsOfLine(sectors)
		}
	}
	for _, t := range all {
		cfg := configs[t.TenantID]
		line.Add(t.TenantID, "class", cfg.ClassesOfLine(sectors)...)
		line.Add(t.TenantID, "unit", cfg.UnitsOfLine(sectors)...)
		if t.Kind == tenants.Centre {
			continue
		}
		for _, key := range shared {
			line.Add(t.TenantID, "unit", blueprint.CentreUnit(key))
		}
	}
	return line, nil
}
