package auth

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// person draws a number of a person who exists at home.
func person(t *testing.T) int64 {
	t.Helper()
	n, err := deaf(t).Person(t.Context(), uuid.New(), Employee)
	must(t, err)
	return n
}

// employ makes somebody a member with grants, by the product's own hand.
func employ(t *testing.T, w *tenantstest.World, at tenants.Tenant, who int64, name string, gives ...Give) {
	t.Helper()
	must(t, w.DB.Write(t.Context(), at.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := AddMember(ctx, tx, who, name, "13812345678"); err != nil {
			return err
		}
		for _, g := range gives {
			g.Person = who
			if _, err := Grant(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	}))
}

// as runs f in the street as somebody.
func as(t *testing.T, w *tenantstest.World, at tenants.Tenant, who int64, f func(context.Context, tenants.Tx) error) error {
	t.Helper()
	return w.DB.Write(t.Context(), at.ID, tenants.Actor{Person: who}, f)
}

func TestGrantTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street, other := w.Street(t), w.Street(t)
	guard, clerk := person(t), person(t)
	employ(t, w, street, guard, "沈岚", Give{Role: SecurityAdmin})
	employ(t, w, street, clerk, "陆明")
	may := func(at tenants.Tenant) (ok bool) {
		must(t, as(t, w, at, clerk, func(_ context.Context, tx tenants.Tx) error {
			ok = Can(tx.Actor(), CasesDispatch, "")
			return nil
		}))
		return ok
	}
	if may(street) {
		t.Fatal("may dispatch before the grant")
	}
	var id uuid.UUID
	give := func(ctx context.Context, tx tenants.Tx) (err error) {
		id, err = Grant(ctx, tx, Give{Person: clerk, Role: Dispatcher})
		return err
	}
	must(t, as(t, w, street, guard, give))
	first := id
	must(t, as(t, w, street, guard, give))
	if id != first {
		t.Error("the same grant was given twice")
	}
	if !may(street) || may(other) {
		t.Errorf("after the grant: here %v, in another street %v", may(street), may(other))
	}
	must(t, as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return End(ctx, tx, id) }))
	must(t, as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return End(ctx, tx, id) }))
	if may(street) {
		t.Error("may dispatch after the grant ended")
	}
	var kinds []string
	rows, err := w.Super(t, tenants.Home).Query(t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(street.ID), first)
	must(t, err)
	for rows.Next() {
		var k string
		must(t, rows.Scan(&k))
		kinds = append(kinds, k)
	}
	if fmt.Sprint(kinds) != "[grant.given grant.ended]" {
		t.Errorf("the journal says %v", kinds)
	}
	must(t, as(t, w, street, guard, give)) // it can be given again
}

func TestWhoMayGrant(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street, elsewhere := w.Street(t), w.Street(t)
	guard, clerk, stranger := person(t), person(t), person(t)
	employ(t, w, street, guard, "沈岚", Give{Role: SecurityAdmin})
	employ(t, w, elsewhere, stranger, "外人", Give{Role: SecurityAdmin})
	employ(t, w, street, clerk, "陆明")
	for _, role := range []string{Dispatcher, ShiftLead, Leader, StreetAdmin, AuditAdmin} {
		somebody := person(t)
		employ(t, w, street, somebody, "某人", Give{Role: role})
		if err := as(t, w, street, somebody, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Grant(ctx, tx, Give{Person: clerk, Role: Dispatcher})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s gives grants: %v", role, err)
		}
	}
	for what, c := range map[string]struct {
		by   int64
		give Give
		kind fault.Kind
	}{
		"to oneself":         {guard, Give{Person: guard, Role: Dispatcher}, fault.Forbidden},
		"by a stranger":      {stranger, Give{Person: clerk, Role: Dispatcher}, fault.Forbidden},
		"to no member":       {guard, Give{Person: stranger, Role: Dispatcher}, fault.NotFound},
		"no such role":       {guard, Give{Person: clerk, Role: "emperor"}, fault.Invalid},
		"the vendor's role":  {guard, Give{Person: clerk, Role: Operator}, fault.Invalid},
		"handler of no unit": {guard, Give{Person: clerk, Role: Handler}, fault.Invalid},
		"admin of one unit":  {guard, Give{Person: clerk, Role: SystemAdmin, Unit: "office-1"}, fault.Invalid},
	} {
		if err := as(t, w, street, c.by, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Grant(ctx, tx, c.give)
			return err
		}); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want kind %d", what, err, c.kind)
		}
	}
	if err := as(t, w, street, clerk, func(ctx context.Context, tx tenants.Tx) error { return End(ctx, tx, uuid.New()) }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk ends grants: %v", err)
	}
	if err := as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return End(ctx, tx, uuid.New()) }); !fault.Is(err, fault.NotFound) {
		t.Errorf("ending nothing: %v", err)
	}
}

func TestThreeAdministratorsAreSeparated(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street, other := w.Street(t), w.Street(t)
	admins := []string{StreetAdmin, SystemAdmin, SecurityAdmin, AuditAdmin}
	for _, first := range admins {
		for _, second := range admins {
			if first == second {
				continue
			}
			who := person(t)
			employ(t, w, street, who, "某人", Give{Role: first}, Give{Role: Dispatcher})
			err := w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				_, err := Grant(ctx, tx, Give{Person: who, Role: second})
				return err
			})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s and %s in one person: %v", first, second, err)
			}
			employ(t, w, other, who, "某人", Give{Role: second}) // another street is another scope
		}
	}
}

// Two grants that race, and code that forgets the rule, meet the same answer in PostgreSQL.
func TestSeparationHoldsInPostgreSQL(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street, who := w.Street(t), person(t)
	employ(t, w, street, who, "某人")
	var mu sync.Mutex
	var given int
	var all sync.WaitGroup
	for _, role := range []string{SystemAdmin, SecurityAdmin, AuditAdmin, StreetAdmin} {
		all.Go(func() {
			err := w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				_, err := Grant(ctx, tx, Give{Person: who, Role: role})
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				given++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if given != 1 {
		t.Errorf("%d administrators in one person", given)
	}
	insert := func(role string) error {
		return w.DB.Write(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := tx.Insert(&Held{ID: tenants.NewID(), Person: who, Role: role}).Exec(ctx)
			return err
		})
	}
	// One of the two is not the role that won.
	if err1, err2 := insert(SystemAdmin), insert(AuditAdmin); !isSeparation(err1) && !isSeparation(err2) {
		t.Errorf("past the verb: %v, %v", err1, err2)
	}
	for _, r := range Roles {
		if r.Power == "" {
			continue
		}
		var in bool
		must(t, w.Super(t, tenants.Home).QueryRow(t.Context(),
			"SELECT bool_and(position(quote_literal($1) IN indexdef) > 0) FROM pg_indexes WHERE indexname IN ('grants_separated', 'upper_grants_separated')", r.Key).Scan(&in))
		if !in {
			t.Errorf("%s exercises a power, and the indexes do not know it", r.Key)
		}
	}
}

func TestUpperGrants(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), deaf(t)
	_, _, s := signedIn(t, k)
	guard := person(t)
	vendor := func(f func(context.Context, tenants.VendorTx) error) error {
		return w.DB.Vendor(t.Context(), tenants.Home, f)
	}
	give := func(by Officer, g UpperGrant) error {
		return vendor(func(ctx context.Context, tx tenants.VendorTx) error { return GiveUpper(ctx, tx, by, s.Person, g) })
	}
	byGuard := Officer{Person: guard, Grants: UpperGrants{{InVendor, 0, SecurityAdmin, ""}}}
	must(t, give(byGuard, UpperGrant{InVendor, 0, Operator, ""}))
	must(t, give(byGuard, UpperGrant{InVendor, 0, Operator, ""}))
	must(t, give(byGuard, UpperGrant{InVendor, 0, SystemAdmin, ""}))
	must(t, give(Machine(), UpperGrant{InDistrict, 320505, DistrictLeader, ""}))
	must(t, give(Machine(), UpperGrant{InDistrict, 320505, AuditAdmin, ""})) // another scope than the vendor's
	if err := give(byGuard, UpperGrant{InVendor, 0, AuditAdmin, ""}); !fault.Is(err, fault.Conflict) {
		t.Errorf("two powers with the vendor: %v", err)
	}
	if err := give(byGuard, UpperGrant{InDistrict, 320505, SecurityAdmin, ""}); !fault.Is(err, fault.Conflict) {
		t.Errorf("two powers in a district: %v", err)
	}
	if err := vendor(func(ctx context.Context, tx tenants.VendorTx) error {
		_, err := tx.Raw("INSERT INTO ctl.upper_grants (person, scope, role) VALUES (?, 'vendor', 'audit_admin')", s.Person).Exec(ctx)
		return err
	}); !isSeparation(err) {
		t.Errorf("past the verb: %v", err)
	}
	for what, c := range map[string]struct {
		by   Officer
		g    UpperGrant
		kind fault.Kind
	}{
		"by an operator":              {Officer{Person: guard, Grants: UpperGrants{{InVendor, 0, Operator, ""}}}, UpperGrant{InVendor, 0, Operator, ""}, fault.Forbidden},
		"to oneself":                  {Officer{Person: s.Person, Grants: UpperGrants{{InVendor, 0, SecurityAdmin, ""}}}, UpperGrant{InVendor, 0, Operator, ""}, fault.Forbidden},
		"another district's security": {Officer{Person: guard, Grants: UpperGrants{{InDistrict, 440310, SecurityAdmin, ""}}}, UpperGrant{InDistrict, 320505, DistrictLeader, ""}, fault.Forbidden},
		"a district's to the vendor":  {Officer{Person: guard, Grants: UpperGrants{{InDistrict, 320505, SecurityAdmin, ""}}}, UpperGrant{InVendor, 0, Operator, ""}, fault.Forbidden},
		"a tenant's role":             {Machine(), UpperGrant{InVendor, 0, Dispatcher, ""}, fault.Invalid},
		"no district":                 {Machine(), UpperGrant{InDistrict, 0, DistrictLeader, ""}, fault.Invalid},
	} {
		if err := give(c.by, c.g); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want kind %d", what, err, c.kind)
		}
	}
	got, err := k.Upper(t.Context(), s)
	must(t, err)
	if len(got) != 4 || !got.Vendor(StreetsOpen) || got.Vendor(JournalRead) || !got.District(BoardRead, 320505) || got.District(BoardRead, 440310) {
		t.Errorf("holds %+v", got)
	}
	if d := got.Districts(); len(d) != 1 || d[0] != 320505 {
		t.Errorf("districts %v", d)
	}
	if got.RequireVendor(StreetsOpen) != nil || !fault.Is(got.RequireVendor(GrantsGive), fault.Forbidden) || !fault.Is(got.RequireDistrict(BoardRead, 1), fault.Forbidden) {
		t.Error("Require and Can differ")
	}
	end := func() error {
		return vendor(func(ctx context.Context, tx tenants.VendorTx) error {
			return EndUpper(ctx, tx, byGuard, s.Person, UpperGrant{InVendor, 0, Operator, ""})
		})
	}
	must(t, end())
	if err := end(); !fault.Is(err, fault.NotFound) {
		t.Errorf("ending nothing: %v", err)
	}
	got, err = k.Upper(t.Context(), s)
	must(t, err)
	if got.Vendor(StreetsOpen) {
		t.Error("an ended grant is still read")
	}
}

func TestMembersAreSealed(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street, other := w.Street(t), w.Street(t)
	guard, clerk := person(t), person(t)
	employ(t, w, street, guard, "沈岚", Give{Role: SecurityAdmin})
	must(t, as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error {
		return AddMember(ctx, tx, clerk, " 陆明 ", "+86 138-1234-5678")
	}))
	list := func() (out []Member) {
		must(t, as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) (err error) {
			out, err = Members(ctx, tx)
			return err
		}))
		return out
	}
	got := list()
	if len(got) != 2 || got[1].Name != "陆明" || got[1].Phone != "13812345678" || len(got[0].Grants) != 1 {
		t.Fatalf("members %+v", got)
	}
	var raw string
	must(t, w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT encode(name, 'escape') || encode(phone, 'escape') FROM members WHERE tenant_id = $1 AND person = $2", int32(street.ID), clerk).Scan(&raw))
	if raw == "" || containsAny(raw, "陆明", "13812345678", `\351\231\206`) {
		t.Errorf("the database reads %q", raw)
	}
	if err := as(t, w, street, clerk, func(ctx context.Context, tx tenants.Tx) error { return AddMember(ctx, tx, guard, "改名", "") }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk changes members: %v", err)
	}
	if err := as(t, w, other, guard, func(ctx context.Context, tx tenants.Tx) error { _, err := Members(ctx, tx); return err }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a stranger reads members: %v", err)
	}
	if err := as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return AddMember(ctx, tx, clerk, " ", "") }); !fault.Is(err, fault.Invalid) {
		t.Errorf("a member without a name: %v", err)
	}
	if err := as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return Leave(ctx, tx, guard) }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("leaves by their own hand: %v", err)
	}
	employ(t, w, street, clerk, "陆明", Give{Role: Dispatcher})
	must(t, as(t, w, street, guard, func(ctx context.Context, tx tenants.Tx) error { return Leave(ctx, tx, clerk) }))
	if got := list(); len(got) != 1 {
		t.Errorf("after leaving: %+v", got)
	}
	must(t, as(t, w, street, clerk, func(ctx context.Context, tx tenants.Tx) error {
		if len(tx.Actor().Grants) != 0 {
			t.Error("grants outlive the leaving")
		}
		names, err := Names(ctx, tx, guard, clerk)
		if names[clerk] != "陆明" || names[guard] != "沈岚" || names[tenants.System] != "系统" {
			t.Errorf("names %v", names)
		}
		return err
	}))
	employ(t, w, street, clerk, "陆明", Give{Role: Dispatcher}) // and comes back
	if got := list(); len(got) != 2 || len(got[1].Grants) != 1 {
		t.Errorf("after coming back: %+v", got)
	}
}

// Whoever keeps the grids says who walks them, and gives no right beyond that.
func TestWhoKeepsTheGridsPostsTheirWorkers(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street := w.Street(t)
	keeper, worker := person(t), person(t)
	employ(t, w, street, keeper, "赵管理", Give{Role: StreetAdmin})
	employ(t, w, street, worker, "陆明")
	for name, give := range map[string]Give{
		"another role":  {Person: worker, Role: Intake, Grid: "G1"},
		"without grid":  {Person: worker, Role: GridWorker},
		"in a unit":     {Person: worker, Role: GridWorker, Unit: "sanitation"},
		"to themselves": {Person: keeper, Role: GridWorker, Grid: "G1"},
	} {
		if err := as(t, w, street, keeper, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Grant(ctx, tx, give)
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, as(t, w, street, keeper, func(ctx context.Context, tx tenants.Tx) error {
		id, err := Grant(ctx, tx, Give{Person: worker, Role: GridWorker, Grid: "G1"})
		if err != nil {
			return err
		}
		living, err := Grants(ctx, tx, keeper)
		if err != nil {
			return err
		}
		if err := End(ctx, tx, living[0].ID); !fault.Is(err, fault.Forbidden) {
			t.Errorf("ending another role: %v", err)
		}
		return End(ctx, tx, id)
	}))
	if err := as(t, w, street, worker, func(ctx context.Context, tx tenants.Tx) error { return End(ctx, tx, uuid.New()) }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("ending by nobody in particular: %v", err)
	}
}
