package tally

import (
	"context"
	"fmt"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// chunk is how many acts a rebuild reads at a time.
const chunk = 5000

// Rebuild makes the tenant's tallies anew from its journal, up to where the follower stands, in one
// transaction; the follower waits for it, readers see the old figures until it is done. About
// fifty thousand acts a second.
func (b Book) Rebuild(ctx context.Context, db *tenants.DB, placement string, tenant tenants.ID) error {
	err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		var upto int64
		if err := tx.Raw(`INSERT INTO cursors AS c (tenant_id, follower, n) VALUES (?, ?, 0)
			ON CONFLICT (tenant_id, follower) DO UPDATE SET n = c.n RETURNING n`, int32(tenant), Name).Scan(ctx, &upto); err != nil {
			return err
		}
		for _, table := range []string{"tallies", "tally_months", "tally_years"} {
			if _, err := tx.Raw("DELETE FROM "+table+" WHERE tenant_id = ?", int32(tenant)).Exec(ctx); err != nil {
				return err
			}
		}
		all := b.sum(nil)
		for n := int64(0); n < upto; {
			acts, err := journal.Read(ctx, tx, tenant, n, int(min(chunk, upto-n)))
			if err != nil {
				return err
			}
			if len(acts) == 0 {
				return fmt.Errorf("the journal ends at act %d, its follower stands at %d", n, upto)
			}
			n = acts[len(acts)-1].N
			if err := b.Kinds.Lift(acts); err != nil {
				return err
			}
			for i := range acts {
				b.count(all, &acts[i])
			}
		}
		if err := all.write(ctx, tx); err != nil {
			return err
		}
		return (&names{m: map[nameKey]string{}}).write(ctx, tx, all.names)
	})
	if err != nil {
		return fmt.Errorf("rebuild tallies of tenant %s: %w", tenant, err)
	}
	return nil
}
