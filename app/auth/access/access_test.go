package access

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// passed runs the share jobs that wait for an entry, as the worker would.
func passed(t *testing.T, w *tenantstest.World, b *Book, id uuid.UUID, f Found) (ran int) {
	t.Helper()
	var payloads []string
	rows, err := w.Super(t, tenants.Home).Query(t.Context(), "SELECT payload::text FROM outbox WHERE kind = $1 AND payload->>'id' = $2", ShareKind, id.String())
	must(t, err)
	for rows.Next() {
		var p string
		must(t, rows.Scan(&p))
		payloads = append(payloads, p)
	}
	must(t, rows.Err())
	for _, p := range payloads {
		must(t, b.Share(f).Outside(t.Context(), jobs.Env{}, json.RawMessage(p)))
	}
	return len(payloads)
}

func inTenant(t *testing.T, w *tenantstest.World, id tenants.ID, f Filter) (l List) {
	t.Helper()
	must(t, w.DB.Read(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		l, err = Browse(ctx, tx, f, 0, 20)
		return err
	}))
	return l
}

func atHome(t *testing.T, w *tenantstest.World, f Filter) (l List) {
	t.Helper()
	must(t, w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		l, err = BrowseHome(ctx, tx, f, 0, 20)
		return err
	}))
	return l
}

// A person who works in two streets signs in: both auditors see it, a third street's does not.
func TestSignInReachesTheTenantsOfThePerson(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b, c := w.Street(t), w.Street(t, tenantstest.At(tenantstest.Other)), w.Street(t)
	book, person := NewBook(w.DB), int64(7_000_001)
	e := Event{ID: tenants.NewID(), Kind: Login, Person: person, Via: "password", Session: uuid.New(), Address: "203.0.113.77"}
	must(t, book.Write(t.Context(), e))
	f := Found{Tenants: func(_ context.Context, p int64) ([]tenants.ID, error) {
		if p != person {
			t.Errorf("asked for the tenants of %d", p)
		}
		return []tenants.ID{a.ID, b.ID}, nil
	}}
	for range 2 { // a job may come twice
		if n := passed(t, w, book, e.ID, f); n != 1 {
			t.Fatalf("%d jobs", n)
		}
	}
	for _, s := range []tenants.Tenant{a, b} {
		l := inTenant(t, w, s.ID, Filter{})
		if len(l.Events) != 1 || l.Total != 1 {
			t.Fatalf("%s: %+v", s.Slug, l)
		}
		got := l.Events[0]
		if got.ID != e.ID || got.Person != person || got.Kind != Login || got.Via != "password" || got.Session != e.Session || got.Network != "203.0.113.0/24" || got.Address != "" {
			t.Errorf("%s: %+v", s.Slug, got)
		}
		must(t, w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			whole, err := Find(ctx, tx, e.ID)
			if err == nil && whole.Address != "203.0.113.77" {
				t.Errorf("opened as %q", whole.Address)
			}
			return err
		}))
	}
	if l := inTenant(t, w, c.ID, Filter{}); len(l.Events) != 0 {
		t.Errorf("a third street sees %+v", l.Events)
	}
	if l := atHome(t, w, Filter{Person: person}); len(l.Events) != 1 || l.Events[0].Network != "203.0.113.0/24" {
		t.Errorf("at home: %+v", l)
	}
	var dump string
	must(t, w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT string_agg(r::text, '|') FROM ctl.accesses r WHERE id = $1", e.ID).Scan(&dump))
	if strings.Contains(dump, "203.0.113.77") {
		t.Errorf("the whole address stands readable: %s", dump)
	}
}

// What a stranger typed is nobody's business; that it was the same one again is.
func TestRefusedAccountsAreFoundOutAfterwards(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	book, person := NewBook(w.DB), int64(7_000_002)
	known := Event{ID: tenants.NewID(), Kind: LoginRefused, Via: "password", Ground: "wrong", Account: "+8613812345678", Address: "2001:db8:1:2::9"}
	first := Event{ID: tenants.NewID(), Kind: LoginRefused, Via: "password", Ground: "wrong", Account: "+8613700001111", Address: "198.51.100.1"}
	again, other := first, first
	again.ID, other.ID, other.Account = tenants.NewID(), tenants.NewID(), "+8613700002222"
	f := Found{
		Person: func(_ context.Context, account string) (int64, error) {
			if account == known.Account {
				return person, nil
			}
			return 0, nil
		},
		Tenants: func(context.Context, int64) ([]tenants.ID, error) { return []tenants.ID{s.ID}, nil },
	}
	seen := map[uuid.UUID]Event{}
	for _, e := range []Event{known, first, again, other} {
		must(t, book.Write(t.Context(), e))
		if n := passed(t, w, book, e.ID, f); n != 1 {
			t.Fatalf("%d jobs", n)
		}
		got, err := book.Find(t.Context(), e.ID)
		must(t, err)
		seen[e.ID] = got
	}
	if got := seen[known.ID]; got.Person != person || got.Network != "2001:db8:1::/48" {
		t.Errorf("a known account: %+v", got)
	}
	if a, b, c := seen[first.ID], seen[again.ID], seen[other.ID]; a.Person != 0 || a.Again == "" || a.Again != b.Again || a.Again == c.Again {
		t.Errorf("unknown accounts are told apart as %q, %q and %q", a.Again, b.Again, c.Again)
	}
	if l := inTenant(t, w, s.ID, Filter{}); len(l.Events) != 1 || l.Events[0].ID != known.ID {
		t.Errorf("the street sees %+v", l.Events)
	}
	var dump string
	must(t, w.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT (SELECT string_agg(r::text, '|') FROM ctl.accesses r) || (SELECT string_agg(r::text, '|') FROM outbox r WHERE kind = $1)`, ShareKind).Scan(&dump))
	for _, secret := range []string{"13812345678", "13700001111", "3133373030303031313131"} {
		if strings.Contains(dump, secret) {
			t.Errorf("%s stands readable", secret)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s, neighbour := w.Street(t), w.Street(t)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, clock.Zone)
	must(t, w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for i, e := range []Event{
			{Kind: Login, Person: 1}, {Kind: LoginRefused, Person: 2, Ground: "wrong"}, {Kind: Refused, Person: 1, Route: "GET /admin/people", Needs: "people.read"}, {Kind: Logout, Person: 1},
		} {
			e.At = noon.Add(time.Duration(i) * time.Hour)
			if err := Add(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, id := range []tenants.ID{s.ID, neighbour.ID} {
		must(t, w.DB.Write(t.Context(), id, tenants.Actor{Person: 1}, func(ctx context.Context, tx tenants.Tx) error {
			return tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: tenants.NewID(), Fields: []string{"姓名"}, Purpose: "办理案卷"})
		}))
	}
	for name, c := range map[string]struct {
		Filter
		want []Kind
	}{
		"everything":      {Filter{Looks: true}, []Kind{Look, Logout, Refused, LoginRefused, Login}},
		"without looks":   {Filter{}, []Kind{Logout, Refused, LoginRefused, Login}},
		"looks only":      {Filter{Kind: Look, Looks: true}, []Kind{Look}},
		"looks not given": {Filter{Kind: Look}, nil},
		"refusals":        {Filter{Kind: AnyRefused, Looks: true}, []Kind{Refused, LoginRefused}},
		"of one person":   {Filter{Person: 2, Looks: true}, []Kind{LoginRefused}},
		"one kind of one": {Filter{Person: 1, Kind: Login}, []Kind{Login}},
		"from and to":     {Filter{From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour), Looks: true}, []Kind{Refused, LoginRefused}},
	} {
		l := inTenant(t, w, s.ID, c.Filter)
		var got []Kind
		for _, e := range l.Events {
			got = append(got, e.Kind)
		}
		if len(got) != len(c.want) || l.Total != len(c.want) {
			t.Errorf("%s: %v of %d, want %v", name, got, l.Total, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
}

// Nobody changes an entry, and nobody deletes a young one: PostgreSQL says no, whatever the code asks.
func TestTheRecordStays(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	book, now := NewBook(w.DB), clock.Now(t.Context())
	young, old := Event{ID: tenants.NewID(), Kind: Login, Person: 7_000_003, At: now.AddDate(0, -5, 0)}, Event{ID: tenants.NewID(), Kind: Login, Person: 7_000_003, At: now.AddDate(-1, -1, 0)}
	for _, e := range []Event{young, old} {
		must(t, book.Write(t.Context(), e))
		must(t, book.WriteIn(t.Context(), s.ID, e))
	}
	// A purge that has lost its patience finds nothing young.
	must(t, w.DB.System(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		for _, table := range []string{"accesses", "ctl.accesses"} {
			if _, err := tx.Raw("DELETE FROM " + table + " WHERE at < now()").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, l := range []List{inTenant(t, w, s.ID, Filter{}), atHome(t, w, Filter{Person: 7_000_003})} {
		if len(l.Events) != 1 || l.Events[0].ID != young.ID {
			t.Errorf("left are %+v", l.Events)
		}
	}
	for what, q := range map[string]string{"change": "UPDATE accesses SET person = 9", "delete": "DELETE FROM accesses"} {
		err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := tx.Raw(q).Exec(ctx)
			return err
		})
		var pe *pgconn.PgError
		if !errors.As(err, &pe) || pe.Code != "42501" {
			t.Errorf("a tenant may %s its record: %v", what, err)
		}
	}
	must(t, w.DB.System(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		res, err := tx.Raw("UPDATE ctl.accesses SET person = 9 WHERE id = ?", young.ID).Exec(ctx)
		if err == nil {
			if n, _ := res.RowsAffected(); n != 0 {
				t.Error("whose account it was changes a second time")
			}
		}
		return err
	}))
	must(t, w.DB.System(t.Context(), tenants.Home, Purge))
}

func TestAddressBehindProxies(t *testing.T) {
	t.Parallel()
	ours := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		proxies      Proxies
		remote, said string
		want         string
	}{
		"no proxy, nothing said":          {ours, "203.0.113.7:1", "", "203.0.113.7"},
		"a stranger says what he likes":   {ours, "203.0.113.7:1", "1.2.3.4", "203.0.113.7"},
		"our proxy says":                  {ours, "10.1.1.1:1", "203.0.113.7", "203.0.113.7"},
		"before our proxy a lie":          {ours, "10.1.1.1:1", "1.2.3.4, 203.0.113.7", "203.0.113.7"},
		"two proxies of ours":             {ours, "[::1]:1", "203.0.113.7,10.2.2.2", "203.0.113.7"},
		"nobody is believed":              {nil, "10.1.1.1:1", "203.0.113.7", "10.1.1.1"},
		"rubbish stays with the last hop": {ours, "10.1.1.1:1", "203.0.113.7, rubbish", "10.1.1.1"},
		"only our own":                    {ours, "10.1.1.1:1", "10.3.3.3", "10.3.3.3"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.said != "" {
			r.Header.Set("X-Forwarded-For", c.said)
		}
		if got := c.proxies.Address(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNetworkIsNoHousehold(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"203.0.113.77": "203.0.113.0/24", "::ffff:203.0.113.77": "203.0.113.0/24", "2001:db8:1:2::9": "2001:db8:1::/48",
		"fe80::1%eth0": "fe80::/48", "": "", "unix": ""} {
		if got := Network(address); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
}
