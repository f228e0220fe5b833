package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

// A request above the tenants is several transactions, so its reply cannot stand in one with its
// effect, as a tenant's does: it is claimed first and answered afterwards.
const (
	held     = time.Minute      // for which a claimed request is believed to be at work
	patience = 10 * time.Second // for which a repeat waits for the first
	glance   = 50 * time.Millisecond
)

// errAtWork is the fault for a repeat that has waited long enough.
var errAtWork = fault.New(fault.Unavailable, "上一次提交仍在处理，请稍候再试")

// Once answers one of the vendor's POSTs. The first under a number runs f, and the reply that f gives is
// kept for its repeats, which do not run it and get the same reply; nil keeps nothing. A repeat that comes
// while the first is at work waits for it. When f fails, or nothing is kept, the number is as if it had
// never been used; when its process died, a repeat takes over after a minute, so f must be safe to
// repeat. Faults: ErrClash for another body or person under the number, Unavailable when waiting took
// too long.
func (db *DB) Once(ctx context.Context, person int64, r Request, f func(context.Context) (*Reply, error)) (*Reply, error) {
	for until := clock.Now(ctx).Add(patience); ; {
		mine, was, err := db.claim(ctx, person, r)
		if err != nil || was != nil {
			return was, err
		}
		if mine {
			break
		}
		if clock.Now(ctx).After(until) {
			return nil, errAtWork
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(glance):
		}
	}
	defer func() {
		if v := recover(); v != nil {
			_ = db.answer(ctx, r, nil)
			panic(v)
		}
	}()
	reply, err := f(ctx)
	if err != nil {
		reply = nil
	}
	return reply, errors.Join(err, db.answer(ctx, r, reply))
}

// answer keeps a request's reply, or lets go of its number.
func (db *DB) answer(ctx context.Context, r Request, reply *Reply) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitWithin)
	defer cancel()
	return db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		if reply == nil {
			_, err := tx.Raw("DELETE FROM ctl.requests WHERE id = ? AND status IS NULL", r.ID).Exec(ctx)
			return err
		}
		_, err := tx.Raw("UPDATE ctl.requests SET status = ?, reply = ? WHERE id = ?", reply.Status, []byte(reply.Location), r.ID).Exec(ctx)
		return err
	})
}

// claim takes the request for us, or answers what it was answered before; neither while somebody is at it.
func (db *DB) claim(ctx context.Context, person int64, r Request) (mine bool, was *Reply, err error) {
	now := clock.Now(ctx)
	err = db.Vendor(ctx, Home, func(ctx context.Context, tx VendorTx) error {
		err := tx.Raw(`INSERT INTO ctl.requests AS q (id, person, digest, held_until, made_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET held_until = excluded.held_until
			WHERE q.status IS NULL AND q.held_until < ? AND q.person = excluded.person AND q.digest = excluded.digest RETURNING true`,
			r.ID, person, r.Digest[:], now.Add(held), now, now).Scan(ctx, &mine)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var q struct {
			Person int64
			Digest []byte
			Status *int
			Reply  []byte
		}
		err = tx.Raw("SELECT person, digest, status, reply FROM ctl.requests WHERE id = ?", r.ID).Scan(ctx, &q)
		switch {
		case errors.Is(err, sql.ErrNoRows): // it failed this moment, and is free again
			return nil
		case err != nil:
			return err
		case q.Person != person || string(q.Digest) != string(r.Digest[:]):
			return ErrClash
		case q.Status != nil:
			was = &Reply{Status: *q.Status, Location: string(q.Reply)}
		}
		return nil
	})
	if err != nil {
		return false, nil, fmt.Errorf("request %s: %w", r.ID, err)
	}
	return mine, was, nil
}
