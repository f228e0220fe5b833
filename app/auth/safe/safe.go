// Package safe opens the deployment's own data key: number 0 with the key service, for what is sealed
// and belongs to no tenant, such as messages on their way out and where people signed in from.
package safe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// deployment is the number under which the key service holds the deployment's own key; tenants
// begin at 1.
const deployment = 0

// Safe keeps the deployment's box open while it is used.
type Safe struct {
	db   *tenants.DB
	ring *keys.Ring
}

// New makes a safe over the deployment's database and key service. The data key is made at first use.
func New(db *tenants.DB) *Safe {
	s := &Safe{db: db}
	s.ring = keys.NewRing(db.Keys(), 1, s.load)
	return s
}

// Box is the deployment's box. It opens a scope of its own when the key is not held, so it is asked
// for before a transaction and not inside one.
func (s *Safe) Box(ctx context.Context) (*keys.Box, error) { return s.ring.Box(ctx, deployment) }

// load reads the deployment's wrapped data key, and makes it when there is none. Two processes may
// race: the first row stays.
func (s *Safe) load(ctx context.Context, _ int32) (stored []keys.Wrapped, err error) {
	var w keys.Wrapped
	read := func() error {
		return s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
			return tx.Raw("SELECT wrapped, version FROM ctl.deployment_keys ORDER BY version DESC LIMIT 1").Scan(ctx, &w.Key, &w.Version)
		})
	}
	err = read()
	if errors.Is(err, sql.ErrNoRows) {
		made, issue := keys.Issue(ctx, s.db.Keys(), deployment)
		if issue != nil {
			return nil, issue
		}
		if err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
			_, err := tx.Raw("INSERT INTO ctl.deployment_keys (version, wrapped) VALUES (1, ?) ON CONFLICT DO NOTHING", made).Exec(ctx)
			return err
		}); err == nil {
			err = read()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("data key of the deployment: %w", err)
	}
	return []keys.Wrapped{w}, nil
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{{Table: "ctl.deployment_keys", Plain: []string{"version", "wrapped", "made_at"}}}
