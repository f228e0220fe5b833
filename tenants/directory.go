package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wanjie/app/fault"
)

// A tenant's placement and slug never change while the product runs (a move restarts it), so
// both are remembered without end; the directory's other columns are read anew each time.

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
