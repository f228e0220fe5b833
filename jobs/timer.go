package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// TimerKind is one sort of deadline. Run does what is due for the object, in a transaction of the
// tenant that also marks the timer done. It should look whether the object still waits for it, and
// it locks the object first, as verbs do.
type TimerKind struct {
	Name   string // "case.limit"
	Module string // empty when always on; while a module is off its timers wait
	Run    func(ctx context.Context, tx tenants.Tx, object uuid.UUID) error
	// Again is asked after Run when the same timer rings next, for what comes round; zero: never. Nil
	// for deadlines, which ring once. Run itself must not set the timer that rings.
	Again func(ctx context.Context, tx tenants.Tx, object uuid.UUID) (time.Time, error)
}

// Timer is one deadline of one object.
type Timer struct {
	Kind   string
	Object uuid.UUID
	DueAt  time.Time
}

// Remind sets the object's timer of this kind, or moves it when one is open: there is at most one.
func Remind(ctx context.Context, tx tenants.Tx, t Timer) error {
	_, err := tx.Raw(`INSERT INTO timers (tenant_id, id, kind, object_id, due_at, next_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, object_id, kind) WHERE done_at IS NULL
		DO UPDATE SET due_at = excluded.due_at, next_at = excluded.next_at, attempts = 0, error = ''`,
		int32(tx.ID()), tenants.NewID(), t.Kind, t.Object, t.DueAt, t.DueAt).Exec(ctx)
	if err != nil {
		return fmt.Errorf("set timer %s of %s: %w", t.Kind, t.Object, err)
	}
	return nil
}

// Cancel drops the object's open timer of this kind, if there is one. Without kinds it drops all of
// the object's timers.
func Cancel(ctx context.Context, tx tenants.Tx, object uuid.UUID, kinds ...string) error {
	q, args := `UPDATE timers SET done_at = ?, cancelled = true WHERE tenant_id = ? AND object_id = ? AND done_at IS NULL`,
		[]any{clock.Now(ctx), int32(tx.ID()), object}
	if len(kinds) > 0 {
		q, args = q+` AND kind IN (?)`, append(args, bun.List(kinds))
	}
	if _, err := tx.Raw(q, args...).Exec(ctx); err != nil {
		return fmt.Errorf("cancel timers of %s: %w", object, err)
	}
	return nil
}
