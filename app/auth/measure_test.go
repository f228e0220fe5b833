package auth

import (
	"context"
	"os"
	"sync"
	"testing"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// Whoever gave and ended what above the tenants can be read afterwards, and changed by nobody.
func TestGrantsAboveAreRecorded(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	guard, clerk := person(t), person(t)
	by, g := Officer{Person: guard, Grants: UpperGrants{{InVendor, 0, SecurityAdmin, ""}}}, UpperGrant{InDistrict, 320505, DistrictAnalyst, ""}
	must(t, w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		for range 2 { // the second gives nothing
			if err := GiveUpper(ctx, tx, by, clerk, g); err != nil {
				return err
			}
		}
		return EndUpper(ctx, tx, Machine(), clerk, g)
	}))
	var mine []UpperAct
	must(t, w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		acts, total, err := UpperActs(ctx, tx, 0, 1000)
		if total != len(acts) {
			t.Errorf("%d acts of %d", len(acts), total)
		}
		for _, a := range acts {
			if a.Person == clerk {
				mine = append(mine, a)
			}
		}
		return err
	}))
	if len(mine) != 2 || !mine[0].Ended || mine[0].Actor != 0 || mine[1].Ended || mine[1].Actor != guard || mine[1].UpperGrant != g || mine[0].At.Before(mine[1].At) {
		t.Errorf("recorded are %+v", mine)
	}
	for _, q := range []string{"UPDATE ctl.upper_acts SET actor = 0", "DELETE FROM ctl.upper_acts"} {
		if err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			_, err := tx.Raw(q).Exec(ctx)
			return err
		}); err == nil {
			t.Errorf("the vendor may %s", q)
		}
	}
}

// own is a keeper over a database of the test's own: of the vendor's last there is one in each.
func own(t *testing.T) *Keeper {
	t.Helper()
	w := tenantstest.Open(t)
	home, err := tenantstest.Database(t.Context(), os.Getenv(tenantstest.EnvURL), "t_officers")
	must(t, err)
	cfg := w.Config
	cfg.Placements = map[string]string{tenants.Home: home}
	db, err := tenants.Open(cfg)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return NewKeeper(client(), db, nil, quiet())
}

func TestTheVendorsLastSecurityAdministratorStays(t *testing.T) {
	t.Parallel()
	k := own(t)
	officer := func(roles ...string) (Officer, int64) {
		_, identity := employee(t)
		p, err := k.Person(t.Context(), identity, Employee)
		must(t, err)
		o := Officer{Person: p}
		for _, role := range roles {
			g := UpperGrant{InVendor, 0, role, ""}
			must(t, k.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error { return GiveUpper(ctx, tx, Machine(), p, g) }))
			o.Grants = append(o.Grants, g)
		}
		return o, p
	}
	first, a := officer(SecurityAdmin)
	end := func(by Officer, p int64) error {
		return k.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return EndUpper(ctx, tx, by, p, UpperGrant{InVendor, 0, SecurityAdmin, ""})
		})
	}
	if err := end(first, a); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last one ends his own grant: %v", err)
	}
	second, b := officer(SecurityAdmin)
	if err := k.Carry(t.Context(), SwitchOff, a, Order{By: a}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody switches himself off: %v", err)
	}
	if err := k.Carry(t.Context(), LoseFactor, a, Order{By: a}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody drops his own factor: %v", err)
	}
	must(t, k.Carry(t.Context(), SwitchOff, a, Order{By: b, Reason: "离职交接"}))
	if err := end(second, b); !fault.Is(err, fault.Conflict) {
		t.Errorf("the other one is switched off, and the last ends his own grant: %v", err)
	}
	_, c := officer(Operator)
	if err := k.Carry(t.Context(), SwitchOff, b, Order{By: c}); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last one is switched off: %v", err)
	}
	must(t, k.Carry(t.Context(), SwitchOn, a, Order{By: b}))
	must(t, end(second, b))
	must(t, k.Carry(t.Context(), SwitchOff, c, Order{By: a}))
	must(t, k.Carry(t.Context(), EndSessions, a, Order{By: a}))
	must(t, end(Machine(), a)) // on the command line everything goes
}

func TestTheStreetsLastSecurityAdministratorStays(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	street := w.Street(t)
	a, b, clerk := person(t), person(t), person(t)
	employ(t, w, street, a, "沈岚", Give{Role: SecurityAdmin})
	employ(t, w, street, clerk, "陆明", Give{Role: Intake})
	decide := func(by int64, m Measure, about int64) (changed bool, err error) {
		err = as(t, w, street, by, func(ctx context.Context, tx tenants.Tx) error {
			changed, err = Decide(ctx, tx, m, about)
			return err
		})
		return changed, err
	}
	ended := func(by, of int64) error {
		return as(t, w, street, by, func(ctx context.Context, tx tenants.Tx) error {
			held, err := Grants(ctx, tx, of)
			if err != nil || len(held) == 0 {
				return err
			}
			return End(ctx, tx, held[0].ID)
		})
	}
	if err := ended(a, a); !fault.Is(err, fault.Conflict) {
		t.Errorf("the last one ends his own grant: %v", err)
	}
	employ(t, w, street, b, "周敏", Give{Role: SecurityAdmin})
	for what, c := range map[string]struct {
		by    int64
		m     Measure
		about int64
		kind  fault.Kind
	}{
		"a clerk":                 {clerk, SwitchOff, a, fault.Forbidden},
		"oneself off":             {a, SwitchOff, a, fault.Forbidden},
		"one's own factor":        {a, LoseFactor, a, fault.Forbidden},
		"nobody of this street's": {a, EndSessions, person(t), fault.NotFound},
	} {
		if _, err := decide(c.by, c.m, c.about); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want kind %d", what, err, c.kind)
		}
	}
	for _, c := range []struct {
		m       Measure
		changed bool
	}{{EndSessions, true}, {LoseFactor, true}, {SwitchOn, false}, {SwitchOff, true}, {SwitchOff, false}} {
		if changed, err := decide(a, c.m, clerk); err != nil || changed != c.changed {
			t.Errorf("%s: %v, %v", c.m, changed, err)
		}
	}
	must(t, as(t, w, street, a, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Members(ctx, tx)
		for _, m := range all {
			if (m.Person == clerk) == m.Off.IsZero() {
				t.Errorf("%s is off since %v", m.Name, m.Off)
			}
		}
		return err
	}))
	_, err := decide(a, SwitchOff, b)
	must(t, err)
	if err := ended(a, a); !fault.Is(err, fault.Conflict) {
		t.Errorf("the other one is switched off, and the last ends his own grant: %v", err)
	}
	_, err = decide(a, SwitchOn, b)
	must(t, err)
	// Two who switch each other off at once: one is left.
	var all sync.WaitGroup
	var mu sync.Mutex
	off := 0
	for _, pair := range [][2]int64{{a, b}, {b, a}} {
		all.Go(func() {
			_, err := decide(pair[0], SwitchOff, pair[1])
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				off++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if off != 1 {
		t.Errorf("%d of two were switched off", off)
	}
}

// Whose account serves other places too is not one street's to switch off.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), deaf(t)
	here, there := w.Street(t), w.Street(t, tenantstest.At(tenantstest.Other))
	only, both, upper := person(t), person(t), person(t)
	for _, p := range []int64{only, both, upper} {
		employ(t, w, here, p, "陆明", Give{Role: Intake})
	}
	employ(t, w, there, both, "陆明", Give{Role: Intake})
	must(t, w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return GiveUpper(ctx, tx, Machine(), upper, UpperGrant{InDistrict, 320505, DistrictLeader, ""})
	}))
	for p, want := range map[int64]bool{only: false, both: true, upper: true} {
		if got, err := k.Elsewhere(t.Context(), p, here.ID); err != nil || got != want {
			t.Errorf("person %d works elsewhere: %v, %v", p, got, err)
		}
	}
}
