package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// Timekeeper acts on deadlines. Any number of them may run.
type Timekeeper struct {
	DB      *tenants.DB
	Kinds   []TimerKind
	Allowed Allowed // nil: every module is on
	Log     *slog.Logger
	Workers int // deadlines at once per placement; 0 means 4
	// Only is the one tenant whose deadlines are kept, for tests that move its clock; 0: everybody's.
	Only tenants.ID
}

// Times of the timekeeper: how often it looks, how many it takes at a time, how long they are its
// own, and how long the timers of a module wait that is switched off.
const (
	glance      = 500 * time.Millisecond
	handful     = 400
	lease       = 30 * time.Second
	moduleSleep = 10 * time.Minute
)

type dueTimer struct {
	TenantID int32
	ID       uuid.UUID
	Kind     string
	ObjectID uuid.UUID
	Attempts int
}

// Run keeps time until ctx ends.
func (t *Timekeeper) Run(ctx context.Context) error {
	kinds, err := t.index()
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, placement := range t.DB.Placements() {
		wg.Go(func() {
			for ctx.Err() == nil {
				n, err := t.pass(ctx, placement, kinds)
				if err != nil && ctx.Err() == nil {
					t.Log.Warn("jobs: timekeeper", "placement", placement, "err", err)
				}
				if n > 0 && err == nil {
					continue
				}
				select {
				case <-ctx.Done():
				case <-time.After(glance):
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// Once acts on everything that is due now by the clock of ctx, everywhere, and answers how many
// timers that were; for tests that move the clock.
func (t *Timekeeper) Once(ctx context.Context) (int, error) {
	kinds, err := t.index()
	if err != nil {
		return 0, err
	}
	all := 0
	for _, placement := range t.DB.Placements() {
		for {
			n, err := t.pass(ctx, placement, kinds)
			all += n
			if err != nil {
				return all, err
			}
			if n == 0 {
				break
			}
		}
	}
	return all, nil
}

func (t *Timekeeper) index() (map[string]TimerKind, error) {
	m := map[string]TimerKind{}
	for _, k := range t.Kinds {
		if _, twice := m[k.Name]; twice || k.Name == "" || k.Run == nil {
			return nil, fmt.Errorf("jobs: timer kind %q is listed twice, or without name or Run", k.Name)
		}
		m[k.Name] = k
	}
	return m, nil
}

// pass claims a handful of due timers and acts on them. Half are the longest due and half the
// latest, so that a pile of old ones does not stand before a deadline of this moment.
func (t *Timekeeper) pass(ctx context.Context, placement string, kinds map[string]TimerKind) (int, error) {
	now := clock.Now(ctx)
	var due []dueTimer
	err := t.DB.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		pick := "SELECT tenant_id, id FROM timers WHERE done_at IS NULL AND next_at <= ?0"
		if t.Only != 0 {
			pick += " AND tenant_id = " + t.Only.String()
		}
		pick += " ORDER BY next_at"
		return tx.Raw(`WITH first AS MATERIALIZED (`+pick+` LIMIT ?1 FOR UPDATE SKIP LOCKED),
			last AS MATERIALIZED (`+pick+` DESC LIMIT ?1 FOR UPDATE SKIP LOCKED)
			UPDATE timers t SET next_at = ?2 FROM (SELECT * FROM first UNION SELECT * FROM last) d
			WHERE t.tenant_id = d.tenant_id AND t.id = d.id
			RETURNING t.tenant_id, t.id, t.kind, t.object_id, t.attempts`, now, handful/2, now.Add(lease)).Scan(ctx, &due)
	})
	if err != nil {
		return 0, fmt.Errorf("claim timers: %w", err)
	}
	work := make(chan dueTimer)
	var wg sync.WaitGroup
	for range min(len(due), max(t.Workers, 4)) {
		wg.Go(func() {
			for d := range work {
				t.act(ctx, kinds, d)
			}
		})
	}
	for _, d := range due {
		work <- d
	}
	close(work)
	wg.Wait()
	return len(due), nil
}

// act runs one timer. The timer is marked last and not locked first: verbs take the object and then
// its timer, and two orders would wait for each other.
func (t *Timekeeper) act(ctx context.Context, kinds map[string]TimerKind, d dueTimer) {
	if ctx.Err() != nil {
		return // the lease runs out and another takes it
	}
	now := clock.Now(ctx)
	off := false
	err := t.DB.Write(ctx, tenants.ID(d.TenantID), tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		defer func() {
			if v := recover(); v != nil {
				t.Log.Error("timer panicked", "kind", d.Kind, "timer", d.ID, "panic", v, "stack", string(debug.Stack()))
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		kind, known := kinds[d.Kind]
		if !known {
			return fmt.Errorf("this binary does not know timers of kind %q", d.Kind)
		}
		if kind.Module != "" && t.Allowed != nil {
			on, err := t.Allowed(ctx, tx, kind.Module)
			if err != nil {
				return err
			}
			if off = !on; off {
				_, err := tx.Raw(`UPDATE timers SET next_at = ? WHERE tenant_id = ? AND id = ? AND done_at IS NULL`,
					now.Add(moduleSleep), d.TenantID, d.ID).Exec(ctx)
				return err
			}
		}
		var open bool
		if err := tx.Raw(`SELECT EXISTS (SELECT FROM timers WHERE tenant_id = ? AND id = ? AND done_at IS NULL AND due_at <= ?)`,
			d.TenantID, d.ID, now).Scan(ctx, &open); err != nil {
			return err
		}
		if !open {
			return errGone
		}
		if err := kind.Run(ctx, tx, d.ObjectID); err != nil {
			return err
		}
		set, args := "done_at = ?", []any{clock.Now(ctx)}
		if kind.Again != nil {
			next, err := kind.Again(ctx, tx, d.ObjectID)
			if err != nil {
				return err
			}
			if !next.IsZero() {
				set, args = "due_at = ?, next_at = ?, attempts = 0", []any{next, next}
			}
		}
		res, err := tx.Raw(`UPDATE timers SET `+set+`, error = '' WHERE tenant_id = ? AND id = ? AND done_at IS NULL AND due_at <= ?`,
			append(args, d.TenantID, d.ID, now)...).Exec(ctx)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return errGone // cancelled, moved or done while we worked: roll back
		}
		return nil
	})
	if err == nil || errors.Is(err, errGone) || ctx.Err() != nil {
		return
	}
	t.Log.Warn("timer failed", "kind", d.Kind, "tenant", d.TenantID, "timer", d.ID, "attempt", d.Attempts+1, "err", err)
	if err := t.DB.Write(ctx, tenants.ID(d.TenantID), tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err2 := tx.Raw(`UPDATE timers SET attempts = attempts + 1, error = ?, next_at = ? WHERE tenant_id = ? AND id = ? AND done_at IS NULL`,
			brief(err), now.Add(min(Backoff(d.Attempts+1), time.Hour)), d.TenantID, d.ID).Exec(ctx)
		return err2
	}); err != nil {
		t.Log.Warn("timer's failure could not be written; it comes again when its lease ends", "timer", d.ID, "err", err)
	}
}
