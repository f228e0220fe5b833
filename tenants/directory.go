package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wanjie/app/fault"
)

// A tenant's placement and slug never change while the product runs (a move restarts it), so
// both are remembered without end; the directory's other columns are read anew each time. Its name
// follows the tenant's, which lives at the placement.

// Find answers the number of the tenant with this slug, or fault.NotFound.
func (db *DB) Find(ctx context.Context, slug string) (ID, error) {
	db.mu.RLock()
	id, ok := db.slugs[slug]
	db.mu.RUnlock()
	if ok {
		return id, nil
	}
	var placement string
	err := db.Gateway(ctx, Home, func(ctx context.Context, tx GatewayTx) error {
		return tx.Raw("SELECT tenant_id, placement FROM ctl.directory WHERE slug = ?", slug).Scan(ctx, &id, &placement)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return 0, fmt.Errorf("find tenant %q: %w", slug, err)
	}
	db.remember(id, slug, placement)
	return id, nil
}

// Rename lets the directory follow a tenant's name as of one of its acts. It may be repeated and come
// late: a name as of an older act changes nothing.
func (db *DB) Rename(ctx context.Context, id ID, name string, act int64) error {
	err := db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		_, err := tx.Raw("UPDATE ctl.directory SET name = ?, named = ? WHERE tenant_id = ? AND named < ?", name, act, int32(id), act).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("name of tenant %d in the directory: %w", id, err)
	}
	return nil
}

// Renamed looks through a placement for tenants that the directory knows by another name, and lets it
// follow: streets renamed while nothing followed, or whose job was given up. It answers how many.
func (db *DB) Renamed(ctx context.Context, placement string) (int, error) {
	type name struct {
		TenantID int32
		Name     string
		N        int64
	}
	var here, there []name
	if err := db.Vendor(ctx, placement, func(ctx context.Context, tx VendorTx) error {
		return tx.Raw("SELECT tenant_id, name, n FROM tenants JOIN heads USING (tenant_id)").Scan(ctx, &here)
	}); err != nil {
		return 0, fmt.Errorf("names at %s: %w", placement, err)
	}
	if err := db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		return tx.Raw("SELECT tenant_id, name FROM ctl.directory WHERE placement = ?", placement).Scan(ctx, &there)
	}); err != nil {
		return 0, fmt.Errorf("names of %s in the directory: %w", placement, err)
	}
	known := make(map[int32]string, len(there))
	for _, t := range there {
		known[t.TenantID] = t.Name
	}
	fixed := 0
	for _, t := range here {
		if was, ok := known[t.TenantID]; !ok || was == t.Name {
			continue
		}
		if err := db.Rename(ctx, ID(t.TenantID), t.Name, t.N); err != nil {
			return fixed, err
		}
		fixed++
	}
	return fixed, nil
}

func (db *DB) remember(id ID, slug, placement string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.known[id] = placement
	if slug != "" {
		db.slugs[slug] = id
	}
}

func (db *DB) placementOf(ctx context.Context, id ID) (string, error) {
	db.mu.RLock()
	placement, ok := db.known[id]
	db.mu.RUnlock()
	if ok {
		return placement, nil
	}
	var slug string
	err := db.Gateway(ctx, Home, func(ctx context.Context, tx GatewayTx) error {
		return tx.Raw("SELECT slug, placement FROM ctl.directory WHERE tenant_id = ?", int32(id)).Scan(ctx, &slug, &placement)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return "", fmt.Errorf("find tenant %d: %w", id, err)
	}
	db.remember(id, slug, placement)
	return placement, nil
}

func (db *DB) placementOfDistrict(ctx context.Context, district int32) (string, error) {
	if len(db.names) == 1 {
		return db.names[0], nil
	}
	var placement string
	err := db.Gateway(ctx, Home, func(ctx context.Context, tx GatewayTx) error {
		return tx.Raw("SELECT placement FROM ctl.directory WHERE district = ? ORDER BY tenant_id LIMIT 1", district).Scan(ctx, &placement)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "该区县尚未开通任何街道")
	}
	if err != nil {
		return "", fmt.Errorf("find district %d: %w", district, err)
	}
	return placement, nil
}

// StreetOf is a street of a district as everybody may know of it: that it is there, its name, and its name in addresses.
type StreetOf struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// StreetsOf lists the streets of a district that people can come to, in the order in which they were opened.
func (db *DB) StreetsOf(ctx context.Context, district int32) (out []StreetOf, err error) {
	err = db.Gateway(ctx, Home, func(ctx context.Context, tx GatewayTx) error {
		return tx.Raw("SELECT slug, name FROM ctl.directory WHERE district = ? AND kind = 'street' AND state IN ('trial', 'active', 'suspended') ORDER BY tenant_id", district).Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("streets of district %d: %w", district, err)
	}
	return out, nil
}
