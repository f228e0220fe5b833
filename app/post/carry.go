package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Line is one kind of threads. T is everything that may cross: a fixed list of fields.
type Line[T any] struct {
	Job    string // kind of the job that carries
	Module string // whoever has it off is begun no thread with
	Table  string // of messages
	Thread string // the column there that names the thread

	Begins func(kind string) bool // whether such a message begins a thread, or asks for work anew

	// Peer is who is on the other side of a thread.
	Peer func(ctx context.Context, tx tenants.Tx, thread uuid.UUID) (tenants.ID, error)
	// Photos are those that go along; nil: none do.
	Photos func(T) []photos.Told
	// Take takes a letter into the other tenant. It says by Heard whether it has it already.
	Take func(ctx context.Context, tx tenants.Tx, from Sender, letter Letter[T]) error
	// Returned tells the writer's side that a letter was not welcome, once.
	Returned func(ctx context.Context, tx tenants.Tx, thread uuid.UUID, letter Letter[T], why string) error
	// Off, Foreign are the sentences of a tenant that has the module off, and of one that is not of the same district.
	Off, Foreign string
}

// parcel is the payload of the job that carries.
type parcel struct {
	Thread uuid.UUID `json:"handover"` // as jobs have it that were written before there were other threads
}

// Sender is the tenant that wrote.
type Sender struct {
	tenants.Tenant
	Thread uuid.UUID
	to     tenants.ID
}

// Letter is a message outside of any tenant: in the carrier's memory only.
type Letter[T any] struct {
	ID      uuid.UUID
	N       int32
	Kind    string
	At      time.Time
	Told    T
	Arrived []photos.Arrival // photos as the other side will have them

	photos []photos.Parcel // as the writer has them
}

// Carry is the job that carries. It is no job of a module: what was begun is finished also where the module was switched
// off since.
func (l *Line[T]) Carry() jobs.Kind {
	return jobs.Kind{Name: l.Job, Queue: jobs.Critical, Errand: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) (jobs.Call, error) {
		var p parcel
		if err := json.Unmarshal(payload, &p); err != nil {
			return nil, fmt.Errorf("carry: %w", err)
		}
		from, letters, err := l.Collect(ctx, tx, p.Thread)
		if err != nil || len(letters) == 0 {
			return nil, err
		}
		return func(ctx context.Context, env jobs.Env) error {
			for _, letter := range letters {
				why, err := l.HandIn(ctx, env.DB, from, letter)
				if err != nil {
					return err
				}
				if err := l.Mark(ctx, env.DB, from, letter, why); err != nil { // stopped before it, the letter is handed in again
					return err
				}
			}
			return nil
		}, nil
	}}
}

// Collect is the carrier's first step: it opens what is on its way, in order.
func (l *Line[T]) Collect(ctx context.Context, tx tenants.Tx, thread uuid.UUID) (from Sender, out []Letter[T], err error) {
	from = Sender{Tenant: tx.Tenant(), Thread: thread}
	if from.to, err = l.Peer(ctx, tx, thread); err != nil {
		return from, nil, err
	}
	list, err := l.messages(ctx, tx, thread, "AND box = 'out' AND carried_at IS NULL ORDER BY n")
	if err != nil {
		return from, nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return from, nil, err
	}
	for i := range list {
		m := &list[i]
		letter := Letter[T]{ID: m.ID, N: m.N, Kind: m.Kind, At: m.At}
		if letter.Told, err = l.Open(box, m); err != nil {
			return from, nil, err
		}
		if l.Photos != nil {
			if letter.photos, err = photos.Open(ctx, tx, l.Photos(letter.Told)); err != nil {
				return from, nil, err
			}
		}
		out = append(out, letter)
	}
	return from, out, nil
}

// ErrNoThread is what [Line.Take] answers for a letter of a thread that its tenant does not have. Whatever else is not found
// there is a failure, and the letter is handed in again.
var ErrNoThread = errors.New("the tenant has no such thread")

// HandIn is the carrier's second step: it has a letter taken in the other tenant's scope. why: it is not welcome.
func (l *Line[T]) HandIn(ctx context.Context, db *tenants.DB, from Sender, letter Letter[T]) (why string, err error) {
	for _, p := range letter.photos {
		a, err := p.Copy(ctx, db.Blobs(), from.to)
		if err != nil {
			return "", fmt.Errorf("photos of %s for tenant %d: %w", from.Thread, from.to, err)
		}
		letter.Arrived = append(letter.Arrived, a)
	}
	entered := false
	err = db.Write(ctx, from.to, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		entered = true
		if why, err = l.unwelcome(ctx, tx, from, letter.Kind); err != nil || why != "" {
			return err
		}
		return l.Take(ctx, tx, from, letter)
	})
	if errors.Is(err, ErrNoThread) || !entered && fault.Is(err, fault.NotFound) { // no such thread there, or no such tenant
		if l.Begins(letter.Kind) {
			return ui.Key("对方尚未开通"), nil
		}
		return "", nil // the message that should have begun the thread was not welcome: nobody waits for this one
	}
	if err != nil {
		return "", fmt.Errorf("message %d of %s for tenant %d: %w", letter.N, from.Thread, from.to, err)
	}
	return why, nil
}

// Mark is the carrier's last step: it notes in the writer's scope that a letter was taken, or why it was not.
func (l *Line[T]) Mark(ctx context.Context, db *tenants.DB, from Sender, letter Letter[T], why string) error {
	return db.Write(ctx, from.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		res, err := tx.Raw("UPDATE ? SET carried_at = ? WHERE tenant_id = ? AND id = ? AND carried_at IS NULL", bun.Ident(l.Table), clock.Now(ctx), int32(tx.ID()), letter.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("mark message %s: %w", letter.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || why == "" {
			return err
		}
		return l.Returned(ctx, tx, from.Thread, letter, why)
	})
}

// unwelcome says why the tenant takes no new work from that one; empty where it does. Whatever belongs to a thread that it
// took before is welcome at any time: the record arrives although nobody may write today.
func (l *Line[T]) unwelcome(ctx context.Context, tx tenants.Tx, from Sender, kind string) (string, error) {
	t := tx.Tenant()
	if t.District != from.District || t.Kind == from.Kind {
		return l.Foreign, nil
	}
	if !l.Begins(kind) {
		return "", nil
	}
	if !t.State.Writable() {
		return ui.Key("对方当前不可办理业务，请联系运营方"), nil
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return "", err
	}
	if !cfg.On(l.Module) {
		return l.Off, nil
	}
	return "", nil
}
