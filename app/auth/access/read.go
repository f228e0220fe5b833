package access

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Filter says which entries are wanted.
type Filter struct {
	Kind     Kind // empty: all; AnyRefused: every refusal
	Person   int64
	From, To time.Time // from the one to before the other; zero: open
	Looks    bool      // with the looks at residents' data; in a tenant only
}

// List is one page of entries, newest first.
type List struct {
	Events []Event
	Total  int  // counted up to Countable
	More   bool // more than Countable
}

// Countable is how far a list is counted.
const Countable = 1000

type row struct {
	ID                            uuid.UUID
	At                            time.Time
	Kind                          string
	Person, MadeBy                int64
	Via, Ground, Route, Needs     string
	Session                       uuid.NullUUID
	Network                       string
	Address, Reason, AccountBlind []byte
	Object, Fields, Purpose       string
	ObjectID                      uuid.NullUUID
}

func (r *row) event() Event {
	e := Event{ID: r.ID, At: r.At, Kind: Kind(r.Kind), Person: r.Person, By: r.MadeBy, Via: r.Via, Ground: r.Ground, Route: r.Route, Needs: r.Needs,
		Session: r.Session.UUID, Network: r.Network, Object: r.Object, ObjectID: r.ObjectID.UUID, Fields: r.Fields, Purpose: r.Purpose}
	if len(r.AccountBlind) >= 4 {
		e.Again = hex.EncodeToString(r.AccountBlind[:4])
	}
	return e
}

// open is the event with what is sealed in it.
func (r *row) open(table string, box *keys.Box) (Event, error) {
	e := r.event()
	var err1, err2 error
	e.Address, err1 = box.Open(at(table, "address", r.ID), r.Address)
	e.Reason, err2 = box.Open(at(table, "reason", r.ID), r.Reason)
	return e, errors.Join(err1, err2)
}

const columns = "id, at, kind, person, made_by, via, ground, route, needs, session, network"

// raw is what the transactions of both doors offer.
type raw interface {
	Raw(query string, args ...any) *bun.RawQuery
}

// query is the filtered rows of one or both tables. It keeps the arguments in the order of the text.
type query struct {
	parts []string
	args  []any
}

// where is f for a table whose person column is called person.
func (f Filter) where(first, person string, args []any) (string, []any) {
	w := first
	and := func(s string, a ...any) { w, args = w+" AND "+s, append(args, a...) }
	if f.Person != 0 {
		and(person+" = ?", f.Person)
	}
	if !f.From.IsZero() {
		and("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		and("at < ?", f.To)
	}
	return w, args
}

func (f Filter) entries(table, first string, args []any, extra string) query {
	w, args := f.where(first, "person", args)
	switch f.Kind {
	case "":
	case AnyRefused:
		w += " AND kind IN ('login.refused', 'factor.refused', 'request.refused')"
	default:
		w, args = w+" AND kind = ?", append(args, string(f.Kind))
	}
	return query{[]string{"SELECT " + columns + extra + " FROM " + table + " WHERE " + w}, args}
}

// inTenant is what f asks of a tenant's tables.
func (f Filter) inTenant(id tenants.ID) query {
	const none = ", '' AS object, NULL::uuid AS object_id, '' AS fields, '' AS purpose"
	var q query
	if f.Kind != Look {
		q = f.entries("accesses", "tenant_id = ?", []any{int32(id)}, none)
	}
	if f.Looks && (f.Kind == "" || f.Kind == Look) {
		w, args := f.where("tenant_id = ?", "actor", []any{int32(id)})
		q.parts = append(q.parts, `SELECT id, at, 'look' AS kind, actor AS person, 0::bigint AS made_by, '' AS via, '' AS ground, '' AS route, '' AS needs,
			NULL::uuid AS session, '' AS network, object, object_id, fields, purpose FROM looks WHERE `+w)
		q.args = append(q.args, args...)
	}
	return q
}

// rows is the union of the parts, each cut at its newest n rows, so that no part is sorted whole.
func (q query) rows(n int) (string, []any) {
	var text []string
	var args []any
	rest := q.args
	for _, p := range q.parts {
		own := strings.Count(p, "?")
		text = append(text, "("+p+" ORDER BY at DESC, id DESC LIMIT ?)")
		args = append(append(args, rest[:own]...), n)
		rest = rest[own:]
	}
	return strings.Join(text, " UNION ALL "), args
}

// browse reads rows skip+1 to skip+size, and counts.
func browse(ctx context.Context, tx raw, q query, skip, size int) (List, error) {
	var l List
	if len(q.parts) == 0 {
		return l, nil
	}
	text, args := q.rows(skip + size)
	var found []row
	if err := tx.Raw("SELECT * FROM ("+text+") u ORDER BY at DESC, id DESC OFFSET ? LIMIT ?", append(args, skip, size)...).Scan(ctx, &found); err != nil {
		return l, fmt.Errorf("entries at the door: %w", err)
	}
	text, args = q.rows(Countable + 1)
	if err := tx.Raw("SELECT count(*) FROM ("+text+") u", args...).Scan(ctx, &l.Total); err != nil {
		return l, fmt.Errorf("count entries at the door: %w", err)
	}
	if l.Total > Countable {
		l.Total, l.More = Countable, true
	}
	for i := range found {
		l.Events = append(l.Events, found[i].event())
	}
	return l, nil
}

// Browse reads a page of the tenant's record.
func Browse(ctx context.Context, tx tenants.Tx, f Filter, skip, size int) (List, error) {
	return browse(ctx, tx, f.inTenant(tx.ID()), skip, size)
}

// BrowseHome reads a page of the deployment's record. tx is at tenants.Home.
func BrowseHome(ctx context.Context, tx tenants.VendorTx, f Filter, skip, size int) (List, error) {
	if f.Kind == Look {
		return List{}, nil
	}
	return browse(ctx, tx, f.entries("ctl.accesses", "true", nil, ", account_blind"), skip, size)
}

func errNone() error { return fault.New(fault.NotFound, "没有这条记录") }

// Find opens one entry of the tenant's record, with address and reason.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (Event, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return Event{}, err
	}
	var r row
	err = tx.Raw("SELECT "+columns+", address, reason FROM accesses WHERE tenant_id = ? AND id = ?", int32(tx.ID()), id).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return Event{}, errNone()
	}
	if err != nil {
		return Event{}, fmt.Errorf("entry at the door: %w", err)
	}
	return r.open("accesses", box)
}

// Came is how and from where the person came in, by Kratos's number of the session, as far as the record reaches.
// Not inside another scope.
func (b *Book) Came(ctx context.Context, person int64) (map[string]Event, error) {
	var rows []row
	if err := b.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT "+columns+" FROM ctl.accesses WHERE person = ? AND kind = 'login' AND session IS NOT NULL ORDER BY at DESC LIMIT ?", person, Countable).Scan(ctx, &rows)
	}); err != nil {
		return nil, fmt.Errorf("sign-ins of person %d: %w", person, err)
	}
	out := make(map[string]Event, len(rows))
	for i := range rows {
		out[rows[i].Session.UUID.String()] = rows[i].event()
	}
	return out, nil
}
