package tenants

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"wanjie/tenants/keys"
)

// openBoxes is how many tenants' keys are held open at once: a busy day of the whole deployment.
const openBoxes = 20_000

// vault opens tenants' data keys. Its reader has a pool of its own: a transaction that waits for a
// key must not wait for the connections that other such transactions hold.
type vault struct {
	db      *DB
	ring    *keys.Ring
	service keys.Service
}

func newVault(db *DB, service keys.Service) *vault {
	v := &vault{db: db, service: service}
	v.ring = keys.NewRing(service, openBoxes, func(ctx context.Context, tenant int32) (stored []keys.Wrapped, err error) {
		ctx = context.WithValue(ctx, scopeKey{}, nil)
		placement, err := db.placementOf(ctx, ID(tenant))
		if err != nil {
			return nil, err
		}
		s := &scope{surface: onTenant, tenant: ID(tenant), readOnly: true, aside: true}
		err = db.run(ctx, placement, s, func(ctx context.Context, tx bun.Tx) error {
			return tx.NewRaw(`SELECT version, wrapped AS key, from_at AS "from" FROM data_keys WHERE tenant_id = ? AND retired_at IS NULL`, tenant).Scan(ctx, &stored)
		})
		if err != nil {
			return nil, fmt.Errorf("data key of tenant %d: %w", tenant, err)
		}
		return stored, nil
	})
	return v
}

// Box opens the tenant's data key, from memory when it was used lately. Sealed columns are written
// and read through it.
func (t Tx) Box(ctx context.Context) (*keys.Box, error) {
	return t.boxes.ring.Box(ctx, int32(t.scope.tenant))
}

// Keys is the key service of the deployment, for signing and for the deployment's own secrets.
func (db *DB) Keys() keys.Service { return db.vault.service }
