package auth

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"wanjie/app/auth/access"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// record is what the vendor's auditor sees of a person, oldest first, after the jobs have run.
func record(t *testing.T, k *Keeper, w *tenantstest.World, person int64) (out []access.Event) {
	t.Helper()
	share(t, k, w)
	var l access.List
	must(t, k.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		l, err = access.BrowseHome(ctx, tx, access.Filter{Person: person}, 0, 100)
		return err
	}))
	slices.Reverse(l.Events)
	return l.Events
}

// share runs every share job that waits, as the worker would.
func share(t *testing.T, k *Keeper, w *tenantstest.World) {
	t.Helper()
	rows, err := w.Super(t, tenants.Home).Query(t.Context(), "SELECT payload::text FROM outbox WHERE kind = $1", access.ShareKind)
	must(t, err)
	var payloads []string
	for rows.Next() {
		var p string
		must(t, rows.Scan(&p))
		payloads = append(payloads, p)
	}
	must(t, rows.Err())
	for _, p := range payloads {
		if err := k.Share().Outside(t.Context(), jobs.Env{}, json.RawMessage(p)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheDoorKeepsARecord(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), deaf(t)
	srv, p := site(t, k)
	p.Proxies = access.Proxies{netip.MustParsePrefix("127.0.0.0/8")}
	s, identity := employee(t)
	who, err := k.Person(t.Context(), identity, Employee)
	must(t, err)
	street := w.Street(t)
	employ(t, w, street, who, "陆明", Give{Role: StreetAdmin})

	v := visit(t, srv)
	v.Transport = from("203.0.113.9")
	v.post("/login", "identifier", s.Phone, "password", "wrong").want(t, 422, "/login", "登录")
	v.post("/login", "identifier", s.Phone, "password", s.Password).want(t, 200, "/second-factor/enrol", "绑定身份验证器")
	page := v.get("/second-factor/enrol")
	secret := strings.ReplaceAll(page.text("#secret"), " ", "")
	page = v.post("/second-factor/enrol", "flow", page.attr("[name=flow]", "value"), "code", "000000")
	v.post("/second-factor/enrol", "flow", page.attr("[name=flow]", "value"), "code", codeOf(t, secret)).want(t, 200, "/second-factor/enrol", "恢复码")
	v.post("/logout").want(t, 200, "/login", "登录")
	v.post("/login", "identifier", s.Phone, "password", s.Password)
	v.post("/second-factor", "code", "12").want(t, 422, "/second-factor", "二次验证")
	v.post("/second-factor", "code", codeOf(t, secret)).want(t, 200, "/", "at level 2")
	must(t, k.Revoke(t.Context(), who, Order{By: 42, Reason: "手机遗失", Address: "198.51.100.7"}))
	must(t, k.Disable(t.Context(), who, Order{By: 42, Reason: "离职"}))
	visit(t, srv).post("/login", "identifier", s.Phone, "password", s.Password).want(t, 403, "/login", "登录")

	want := []struct {
		kind        access.Kind
		via, ground string
		by          int64
	}{
		{access.LoginRefused, "password", "wrong", 0}, {access.Login, "password", "", 0}, {access.FactorRefused, "totp", "wrong", 0}, {access.Enrolled, "totp", "", 0},
		{access.Logout, "", "", 0}, {access.Login, "password", "", 0}, {access.FactorRefused, "lookup", "wrong", 0}, {access.Factor, "totp", "", 0},
		{access.Revoked, "", "", 42}, {access.Disabled, "", "", 42}, {access.LoginRefused, "password", "disabled", 0},
	}
	for place, events := range map[string][]access.Event{"at home": record(t, k, w, who), "in the street": inStreet(t, w, street.ID)} {
		if len(events) != len(want) {
			t.Errorf("%s: %d entries, want %d: %+v", place, len(events), len(want), events)
			continue
		}
		for i, e := range events {
			if e.Kind != want[i].kind || e.Via != want[i].via || e.Ground != want[i].ground || e.By != want[i].by || e.Person != who {
				t.Errorf("%s, entry %d: %+v, want %+v", place, i+1, e, want[i])
			}
			if e.By == 0 && e.Network != "203.0.113.0/24" && e.Network != "127.0.0.0/24" {
				t.Errorf("%s, entry %d comes from %q", place, i+1, e.Network)
			}
		}
		if in, out := events[1], events[4]; in.Session != out.Session || events[5].Session == in.Session {
			t.Errorf("%s: coming and going do not find each other: %v, %v, %v", place, in.Session, out.Session, events[5].Session)
		}
	}
	must(t, w.DB.Read(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		events := inStreet(t, w, street.ID)
		e, err := access.Find(ctx, tx, events[8].ID)
		if err == nil && (e.Reason != "手机遗失" || e.Address != "198.51.100.7") {
			t.Errorf("the administrator's word is %+v", e)
		}
		return err
	}))
}

// inStreet is what the street's auditor sees, oldest first.
func inStreet(t *testing.T, w *tenantstest.World, id tenants.ID) []access.Event {
	t.Helper()
	var l access.List
	must(t, w.DB.Read(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		l, err = access.Browse(ctx, tx, access.Filter{}, 0, 100)
		return err
	}))
	slices.Reverse(l.Events)
	return l.Events
}

// A sign-in that cannot be written down does not happen.
func TestNobodyComesInUnrecorded(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	cfg := w.Config
	db, err := tenants.Open(cfg)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	k := NewKeeper(client(), w.DB, nil, quiet())
	must(t, db.Close())
	k.Door = access.NewBook(db) // its database is away
	srv, _ := site(t, k)
	s, _ := employee(t)
	v := visit(t, srv)
	page := v.post("/login", "identifier", s.Phone, "password", s.Password)
	page.want(t, 503, "/login", "登录")
	if len(page.header.Values("Set-Cookie")) != 0 {
		t.Error("somebody came in unrecorded")
	}
	v.get("/").want(t, 401, "/", "")
}
