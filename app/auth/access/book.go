package access

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/auth/safe"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Book writes the record at home.
type Book struct {
	db   *tenants.DB
	safe *safe.Safe
}

// NewBook makes a book over the deployment's database and its own key.
func NewBook(db *tenants.DB) *Book { return &Book{db, safe.New(db)} }

// Entry is an event sealed for home, ready to be written in a transaction.
type Entry struct {
	Event
	address, reason, blind []byte
	account                []byte // sealed, for the job that finds out whose it is
}

// Seal readies an event. It may open the deployment's key, so it stands before the transaction.
func (b *Book) Seal(ctx context.Context, e Event) (Entry, error) {
	box, err := b.safe.Box(ctx)
	if err != nil {
		return Entry{}, err
	}
	fill(ctx, &e)
	return Entry{
		Event:   e,
		address: box.Seal(at("ctl.accesses", "address", e.ID), e.Address),
		reason:  box.Seal(at("ctl.accesses", "reason", e.ID), e.Reason),
		blind:   box.Blind("account", e.Account),
		account: box.Seal(at("outbox", "payload", e.ID), e.Account),
	}, nil
}

func fill(ctx context.Context, e *Event) {
	if e.ID == uuid.Nil {
		e.ID = tenants.NewID()
	}
	if e.At.IsZero() {
		e.At = clock.Now(ctx)
	}
	e.Network = Network(e.Address)
}

func at(table, column string, id uuid.UUID) keys.Addr {
	return keys.Addr{Table: table, Column: column, ID: id}
}

// Write writes the entry and, when it is about somebody's account, the job that shows it to the
// tenants in which they work. tx is at tenants.Home.
func (e Entry) Write(ctx context.Context, tx tenants.SystemTx) error {
	_, err := tx.Raw(`INSERT INTO ctl.accesses (id, at, kind, person, made_by, via, ground, route, needs, session, network, address, reason, account_blind)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.ID, e.At, string(e.Kind), e.Person, e.By, e.Via, e.Ground, e.Route, e.Needs,
		orNull(e.Session), e.Network, e.address, e.reason, e.blind).Exec(ctx)
	if err == nil && e.shared() {
		_, err = jobs.AddSystem(ctx, tx, jobs.Job{Kind: ShareKind, Queue: jobs.Default, Payload: share{e.ID, e.account}})
	}
	if err != nil {
		return fmt.Errorf("record %s at the door: %w", e.Kind, err)
	}
	return nil
}

// shared reports whether the tenants of the person see the entry too.
func (e Entry) shared() bool {
	switch e.Kind {
	case Refused, Exported, Opened: // of the vendor's or a district's own door
		return false
	}
	return e.Person != 0 || e.account != nil
}

func orNull(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

// Write records an event at home. Not inside another scope.
func (b *Book) Write(ctx context.Context, e Event) error {
	sealed, err := b.Seal(ctx, e)
	if err != nil {
		return err
	}
	return b.db.System(ctx, tenants.Home, sealed.Write)
}

// WriteIn records an event in a tenant alone. Not inside another scope.
func (b *Book) WriteIn(ctx context.Context, tenant tenants.ID, e Event) error {
	return b.db.Write(ctx, tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Add(ctx, tx, e) })
}

// Add writes an event into the tenant's own record. Writing the same one twice changes nothing.
func Add(ctx context.Context, tx tenants.Tx, e Event) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	fill(ctx, &e)
	_, err = tx.Raw(`INSERT INTO accesses (tenant_id, id, at, kind, person, made_by, via, ground, route, needs, session, network, address, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, int32(tx.ID()), e.ID, e.At, string(e.Kind), e.Person, e.By, e.Via, e.Ground,
		e.Route, e.Needs, orNull(e.Session), e.Network, box.Seal(at("accesses", "address", e.ID), e.Address), box.Seal(at("accesses", "reason", e.ID), e.Reason)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record %s in tenant %d: %w", e.Kind, tx.ID(), err)
	}
	return nil
}

var common = []string{"id", "at", "kind", "person", "made_by", "via", "ground", "route", "needs", "session", "network"}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "accesses", Plain: append([]string{"tenant_id"}, common...), Sealed: []string{"address", "reason"}},
	{Table: "ctl.accesses", Plain: common, Sealed: []string{"address", "reason"}, Blind: []string{"account_blind"}},
}
