package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// Standing is one change of a tenant's state by the vendor. The newest one is the tenant's state: the
// rows that the doors read, at the placement and in the directory, follow it.
type Standing struct {
	N      int64
	Was    State
	State  State
	Ground string // kind of reason, two to twenty small letters
	Note   string // the vendor's own words; not for the tenant, and empty when its people read it
	Person int64
	At     time.Time
}

// Change is what the vendor wants of a tenant's state.
type Change struct {
	Request uuid.UUID // asked again under the same number, it is the same change
	To      State
	Ground  string
	Note    string
	By      int64
}

// ways are the states that may follow each. Closing takes two steps, so that nobody who works is cut
// off by one click; a closed tenant that goes on is trial or active again, with all its data.
var ways = map[State][]State{
	Trial: {Suspended}, Active: {Suspended}, Suspended: {Trial, Active, Closed}, Closed: {Trial, Active},
}

// errWay is the fault for a state that does not follow the present one.
var errWay = fault.New(fault.Conflict, "租户当前状态不能这样变更，请刷新后再试")

// SetState suspends a tenant, lets it go on, closes or reopens it: the change and its reason are written
// with an act of the tenant's journal in one transaction, then the tenant settles into it. Repeating it
// changes nothing more. Faults: Conflict where the state does not follow the present one.
func (db *DB) SetState(ctx context.Context, id ID, c Change) error {
	err := db.Write(ctx, id, Actor{Person: c.By, trust: true}, func(ctx context.Context, tx Tx) error {
		// The head's lock makes changes of one tenant wait for each other.
		if _, err := tx.Raw("SELECT n FROM heads WHERE tenant_id = ? FOR UPDATE", int32(id)).Exec(ctx); err != nil {
			return err
		}
		var again bool
		if err := tx.Raw("SELECT EXISTS (SELECT FROM standings WHERE tenant_id = ? AND id = ?)", int32(id), c.Request).Scan(ctx, &again); err != nil || again {
			return err
		}
		was, err := LastStanding(ctx, tx)
		if err != nil {
			return err
		}
		if was.N == 0 {
			was.State = tx.Tenant().State
		}
		if !slices.Contains(ways[was.State], c.To) {
			return errWay
		}
		now := clock.Now(ctx)
		if _, err := tx.Raw("INSERT INTO standings (tenant_id, n, id, was, state, ground, note, person, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			int32(id), was.N+1, c.Request, string(was.State), string(c.To), c.Ground, c.Note, c.By, now).Exec(ctx); err != nil {
			return err
		}
		tx.Record(Act{
			Kind: "tenant.state", Version: 1, Object: "tenant", ObjectID: idOf(id), HappenedAt: now,
			Before: Dims{"state": string(was.State)}, After: Dims{"state": string(c.To), "ground": c.Ground},
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("state of tenant %d: %w", id, err)
	}
	return db.Settle(ctx, id)
}

// Settle lets the rows that doors read follow the tenant's newest standing: its own row at the
// placement, then the directory's. Repeating it is safe; what stands since changes nothing back.
func (db *DB) Settle(ctx context.Context, id ID) error {
	placement, err := db.placementOf(ctx, id)
	if err != nil {
		return err
	}
	var n int64
	var state State
	err = db.Vendor(ctx, placement, func(ctx context.Context, tx VendorTx) error {
		if _, err := tx.Raw("SELECT FROM tenants WHERE tenant_id = ? FOR UPDATE", int32(id)).Exec(ctx); err != nil {
			return err
		}
		if err := tx.Raw("SELECT n, state FROM standings WHERE tenant_id = ? ORDER BY n DESC LIMIT 1", int32(id)).Scan(ctx, &n, &state); err != nil {
			return err
		}
		_, err := tx.Raw("UPDATE tenants SET state = ? WHERE tenant_id = ? AND state <> ?", string(state), int32(id), string(state)).Exec(ctx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil // as it was opened
	}
	if err == nil {
		err = db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
			_, err := tx.Raw("UPDATE ctl.directory SET state = ?, stood = ? WHERE tenant_id = ? AND stood < ?", string(state), n, int32(id), n).Exec(ctx)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("tenant %d settles as %s: %w", id, state, err)
	}
	return nil
}

// LastStanding is the newest change of the tenant's state, without the vendor's note; N is 0 when it is
// as it was opened.
func LastStanding(ctx context.Context, tx Tx) (s Standing, err error) {
	err = tx.Raw("SELECT n, was, state, ground, person, at FROM standings WHERE tenant_id = ? ORDER BY n DESC LIMIT 1", int32(tx.ID())).Scan(ctx, &s)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("standing of tenant %d: %w", tx.ID(), err)
	}
	return s, nil
}

// Standings are all changes of a tenant's state with their notes, newest first; the transaction is at
// the tenant's placement.
func Standings(ctx context.Context, tx VendorTx, id ID) ([]Standing, error) {
	var out []Standing
	err := tx.Raw("SELECT n, was, state, ground, note, person, at FROM standings WHERE tenant_id = ? ORDER BY n DESC", int32(id)).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("standings of tenant %d: %w", id, err)
	}
	return out, nil
}
