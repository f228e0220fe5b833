package cases

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// The clocks of a case.
const (
	dueTimer     = "case.due"     // the deadline of handling
	receiptTimer = "case.receipt" // the unit should have signed
)

// remind and hush are jobs.Remind and jobs.Cancel as parts of a larger statement: a verb makes one
// round trip, not three. A test runs both against the timekeeper.
func remind(tx tenants.Tx, kind string, object uuid.UUID, at time.Time) *bun.RawQuery {
	return tx.Raw(`INSERT INTO timers (tenant_id, id, kind, object_id, due_at, next_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, object_id, kind) WHERE done_at IS NULL
		DO UPDATE SET due_at = excluded.due_at, next_at = excluded.next_at, attempts = 0, error = ''`,
		int32(tx.ID()), tenants.NewID(), kind, object, at, at)
}

func hush(ctx context.Context, tx tenants.Tx, object uuid.UUID, kinds []string) *bun.RawQuery {
	return tx.Raw(`UPDATE timers SET done_at = ?, cancelled = true WHERE tenant_id = ? AND object_id = ? AND kind IN (?) AND done_at IS NULL`,
		clock.Now(ctx), int32(tx.ID()), object, bun.List(kinds))
}

// runDue marks a case late when its deadline has passed and its work was not handed in.
func runDue(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if c.Late || c.DueAt.After(now) || c.Stage != Filed && c.Stage != Handling {
		return nil
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return err
	}
	before := c.dims(rules)
	c.Late = true
	record(tx, "case.overdue", c, now, before, c.dims(rules))
	return change{columns: []string{"late"}}.write(ctx, tx, c)
}

// runReceipt notes that a unit did not sign in time. Nothing else changes: the deadline runs on.
func runReceipt(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if c.Stage != Handling || c.Lead == nil || c.Lead.State != Dispatched || c.Lead.Unsigned || c.Lead.ReceiveBy.After(now) {
		return nil
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return err
	}
	c.Lead.Unsigned = true
	record(tx, "case.unsigned", c, now, c.dims(rules), c.dims(rules))
	return change{columns: []string{"stage"}, lead: []string{"unsigned"}, seen: Dispatched}.write(ctx, tx, c)
}
