package files

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
)

// Purge deletes the rows of what has expired at a placement.
func Purge(ctx context.Context, tx tenants.SystemTx) error {
	if _, err := tx.Raw("DELETE FROM files WHERE expires_at <= ?", clock.Now(ctx)).Exec(ctx); err != nil {
		return fmt.Errorf("purge files: %w", err)
	}
	return nil
}

// forgotten is how old content without a row must be: longer than any request or job that may still keep it.
const forgotten = 24 * time.Hour

// atOnce is how many names are asked about together.
const atOnce = 500

// Sweep takes away content that no row knows of: it was never kept, or its row was deleted. It goes over the whole store of
// the deployment. What lies there of a tenant that the directory does not know stays: nobody can say what it is.
func Sweep(ctx context.Context, db *tenants.DB) (removed int, err error) {
	var batch []blobs.Name
	flush := func() error {
		n, err := sweep(ctx, db, batch)
		removed, batch = removed+n, batch[:0]
		return err
	}
	before := clock.Now(ctx).Add(-forgotten)
	err = db.Blobs().List(ctx, db.Deployment(), func(name blobs.Name) error {
		sec, nsec := name.ID.Time().UnixTime()
		if time.Unix(sec, nsec).After(before) {
			return nil
		}
		if len(batch) == atOnce || len(batch) > 0 && batch[0].Tenant != name.Tenant {
			if err := flush(); err != nil {
				return err
			}
		}
		batch = append(batch, name)
		return nil
	})
	return removed, errors.Join(err, flush())
}

// sweep removes those of a tenant's names that no row knows of.
func sweep(ctx context.Context, db *tenants.DB, names []blobs.Name) (removed int, err error) {
	if len(names) == 0 {
		return 0, nil
	}
	tenant := tenants.ID(names[0].Tenant)
	ids := make([]uuid.UUID, len(names))
	for i, n := range names {
		ids[i] = n.ID
	}
	known := map[uuid.UUID]bool{}
	err = db.Read(ctx, tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		var rows []uuid.UUID
		if err := tx.Raw("SELECT blob FROM files WHERE tenant_id = ? AND blob IN (?)", int32(tenant), bun.List(ids)).Scan(ctx, &rows); err != nil {
			return err
		}
		for _, id := range rows {
			known[id] = true
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("files of tenant %s: %w", tenant, err)
	}
	for _, n := range names {
		if known[n.ID] {
			continue
		}
		if err := db.Blobs().Remove(ctx, n); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
