package cases

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// The clocks of a case.
const (
	dueTimer     = "case.due"     // the light of the handling clock changes; at last its deadline has passed
	receiptTimer = "case.receipt" // the lead's unit should have signed; once it has, given the work to one of its own
	besideTimer  = "case.beside"  // the same of a co-handler or a hand, by the assignment

	suspensionTimer = "case.suspension" // work was to go on
	decisionTimer   = "case.decision"   // of an application: it should have been decided

	callTimer  = "case.callback" // the petitioner should have been called back
	replyTimer = "case.reply"    // the reply to an order from above should have been sent
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

// runReceipt notes that the lead's unit did not sign in time, or did not give the work on. Nothing else changes: the
// deadline runs on.
func runReceipt(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil || c.Stage != Handling || c.Lead == nil {
		return err
	}
	return runSign(ctx, tx, c, c.Lead)
}

// runBeside is runReceipt for an assignment that is not the lead's.
func runBeside(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	var of uuid.UUID
	if err := tx.Raw("SELECT case_id FROM assignments WHERE tenant_id = ? AND id = ?", int32(tx.ID()), id).Scan(ctx, &of); err != nil {
		return fmt.Errorf("case of assignment %s: %w", id, err)
	}
	c, err := lock(ctx, tx, of)
	if err != nil {
		return err
	}
	a := c.assignment(id)
	if a == nil {
		return nil
	}
	return runSign(ctx, tx, c, a)
}

// runSign marks an assignment whose clock of signing, or of the second dispatch, has run out.
func runSign(ctx context.Context, tx tenants.Tx, c *Case, a *Assignment) error {
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	var kind, column string
	seen := a.State
	switch a.State {
	case Dispatched, Handed: // what was handed over is signed for by whoever accepts it
		if a.Unsigned || a.ReceiveBy.After(s.at) || !a.ReceivedAt.IsZero() {
			return nil
		}
		kind, column, a.Unsigned = "case.unsigned", "unsigned", true
	case Received:
		if a.Role == HandRole || a.Unassigned || c.handOf(a) != nil {
			return nil
		}
		people, err := HandsOf(ctx, tx, a.Unit)
		if err != nil || !slices.ContainsFunc(people, func(h Hand) bool { return h.Person != a.ReceivedBy }) {
			return err // there is nobody to give it to: the liaison does the work
		}
		kind, column, a.Unassigned = "case.unassigned", "unassigned", true
	default:
		return nil
	}
	w := change{columns: []string{"stage"}}
	if a.Role == LeadRole {
		s.done(kind)
		w.lead, w.seen = []string{column}, seen
	} else {
		s.beside(kind, a)
		w.set(a, column)
	}
	return w.write(ctx, tx, c)
}
