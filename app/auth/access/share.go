package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
)

// ShareKind is the job that shows an entry to the tenants of its person.
const ShareKind = "access.share"

type share struct {
	ID      uuid.UUID `json:"id"`
	Account []byte    `json:"account,omitempty"` // sealed
}

// Found is what Share must be told of people.
type Found struct {
	// Person is who signs in with an account, or 0; it asks the sign-in service.
	Person func(ctx context.Context, account string) (int64, error)
	// Tenants are those in which a person works.
	Tenants func(ctx context.Context, person int64) ([]tenants.ID, error)
}

// Share is the job that finds out whose account was typed at a refused sign-in, and copies an entry to
// the tenants in which the person works. It may come twice.
func (b *Book) Share(f Found) jobs.Kind {
	return jobs.Kind{Name: ShareKind, Outside: func(ctx context.Context, _ jobs.Env, payload json.RawMessage) error {
		var s share
		if err := json.Unmarshal(payload, &s); err != nil {
			return fmt.Errorf("share: %w", err)
		}
		return b.share(ctx, s, f)
	}}
}

func (b *Book) share(ctx context.Context, s share, f Found) error {
	e, err := b.Find(ctx, s.ID)
	if err != nil {
		return err
	}
	if e.Person == 0 && s.Account != nil {
		box, err := b.safe.Box(ctx)
		if err != nil {
			return err
		}
		account, err := box.Open(at("outbox", "payload", s.ID), s.Account)
		if err != nil {
			return err
		}
		if e.Person, err = f.Person(ctx, account); err != nil {
			return err
		}
		if e.Person != 0 {
			if err := b.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
				_, err := tx.Raw("UPDATE ctl.accesses SET person = ? WHERE id = ? AND person = 0", e.Person, e.ID).Exec(ctx)
				return err
			}); err != nil {
				return fmt.Errorf("whose account it was: %w", err)
			}
		}
	}
	if e.Person == 0 {
		return nil
	}
	ids, err := f.Tenants(ctx, e.Person)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := b.WriteIn(ctx, id, e); err != nil {
			return err
		}
	}
	return nil
}

// Find opens one entry at home. An unknown one is an error: a job names it.
func (b *Book) Find(ctx context.Context, id uuid.UUID) (Event, error) {
	box, err := b.safe.Box(ctx)
	if err != nil {
		return Event{}, err
	}
	var r row
	if err := b.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT "+columns+", address, reason, account_blind FROM ctl.accesses WHERE id = ?", id).Scan(ctx, &r)
	}); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return Event{}, errNone()
		}
		return Event{}, fmt.Errorf("entry at the door: %w", err)
	}
	return r.open("ctl.accesses", box)
}

// Kept is how long entries are kept: a year, so that the yearly assessment (等保三级) finds a whole one.
const Kept = 365 * 24 * time.Hour

// Purge deletes entries older than Kept, at one placement.
func Purge(ctx context.Context, tx tenants.SystemTx) error {
	for _, table := range []string{"accesses", "ctl.accesses"} {
		if _, err := tx.Raw("DELETE FROM "+table+" WHERE at < ?", clock.Now(ctx).Add(-Kept)).Exec(ctx); err != nil {
			return fmt.Errorf("delete old entries of %s: %w", table, err)
		}
	}
	return nil
}
