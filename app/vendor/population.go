package vendor

import (
	"context"
	"fmt"

	view "wanjie/templates/fleet"
	"wanjie/tenants"
)

// populations are a street's figures as they were entered, the newest first.
func (c *console) populations(ctx context.Context, s street) (out []view.Population, err error) {
	err = c.DB.Vendor(ctx, s.Placement, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT DISTINCT ON (populations.as_of) residents::text AS residents, source, as_of::text AS as_of FROM populations WHERE tenant_id = ? ORDER BY populations.as_of DESC, at DESC LIMIT 5", s.TenantID).Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("populations of tenant %d: %w", s.TenantID, err)
	}
	return out, nil
}
