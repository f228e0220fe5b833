package cases

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// The clocks of a case.
const (
	dueTimer     = "case.due"     // the deadline of handling
	receiptTimer = "case.receipt" // the unit should have signed

	suspensionTimer = "case.suspension" // work was to go on
	decisionTimer   = "case.decision"   // of an application: it should have been decided
)

// remind and hush are jobs.Remind and jobs.Cancel as parts of a larger statement: a verb makes one
// round trip, not three. A test runs both against the timekeeper.
func remind(q *tenants.Prepared, kind string, object uuid.UUID, at time.Time) string {
	due := q.Arg(at)
	return `INSERT INTO timers (tenant_id, id, kind, object_id, due_at, next_at)
		VALUES (` + q.Tenant() + `, ` + q.Arg(tenants.NewID()) + `, ` + q.Arg(kind) + `, ` + q.Arg(object) + `, ` + due + `, ` + due + `)
		ON CONFLICT (tenant_id, object_id, kind) WHERE done_at IS NULL
		DO UPDATE SET due_at = excluded.due_at, next_at = excluded.next_at, attempts = 0, error = ''`
}

func hush(ctx context.Context, q *tenants.Prepared, object uuid.UUID, kinds []string) string {
	return `UPDATE timers SET done_at = ` + q.Arg(clock.Now(ctx)) + `, cancelled = true
		WHERE tenant_id = ` + q.Tenant() + ` AND object_id = ` + q.Arg(object) + ` AND kind = ANY(` + q.Arg(kinds) + `) AND done_at IS NULL`
}

// runDue marks a case late when its deadline has passed and its work was not handed in.
func runDue(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if c.Late || !c.SuspendedAt.IsZero() || c.DueAt.After(now) || c.Stage != Filed && c.Stage != Handling {
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
