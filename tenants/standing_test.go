package tenants_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// stood reads a tenant's state at its placement, in the directory, and as its journal tells it.
func stood(t *testing.T, w *tenantstest.World, place string, id tenants.ID) (here, there tenants.State, told []string) {
	t.Helper()
	if err := w.Super(t, place).QueryRow(t.Context(), "SELECT state FROM tenants WHERE tenant_id = $1", int32(id)).Scan(&here); err != nil {
		t.Fatal(err)
	}
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT state FROM ctl.directory WHERE tenant_id = $1", int32(id)).Scan(&there); err != nil {
		t.Fatal(err)
	}
	rows, err := w.Super(t, place).Query(t.Context(), "SELECT actor || ' ' || (before->>'state') || '-' || (after->>'state') || ' ' || (after->>'ground') FROM journal WHERE tenant_id = $1 AND kind = 'tenant.state' ORDER BY n", int32(id))
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		told = append(told, s)
	}
	return here, there, told
}

// A street that lives elsewhere is suspended, goes on, is suspended again, closed and reopened; each step
// is told once, whoever repeats it.
func TestStandings(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t, tenantstest.At(tenantstest.Other))
	steps := []tenants.Change{
		{To: tenants.Suspended, Ground: "arrears", Note: "两次催缴未回复"}, {To: tenants.Trial, Ground: "settled", Note: "已到账"},
		{To: tenants.Suspended, Ground: "request", Note: "街道来函"}, {To: tenants.Closed, Ground: "contract", Note: "不再续签"}, {To: tenants.Active, Ground: "contract", Note: "签了新合同"},
	}
	for _, c := range steps {
		c.Request, c.By = tenants.NewID(), 7
		for range 2 {
			if err := w.DB.SetState(t.Context(), s.ID, c); err != nil {
				t.Fatalf("%s: %v", c.To, err)
			}
		}
		if here, there, _ := stood(t, w, tenantstest.Other, s.ID); here != c.To || there != c.To {
			t.Fatalf("after %s: %s at the placement, %s in the directory", c.To, here, there)
		}
	}
	_, _, told := stood(t, w, tenantstest.Other, s.ID)
	want := []string{"7 trial-suspended arrears", "7 suspended-trial settled", "7 trial-suspended request", "7 suspended-closed contract", "7 closed-active contract"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the journal (-want +got):\n%s", diff)
	}
	var list []tenants.Standing
	if err := w.DB.Vendor(t.Context(), tenantstest.Other, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		list, err = tenants.Standings(ctx, tx, s.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	last := tenants.Standing{N: 5, Was: tenants.Closed, State: tenants.Active, Ground: "contract", Note: "签了新合同", Person: 7}
	if len(list) != 5 || !cmp.Equal(list[0], last, cmpopts.IgnoreFields(tenants.Standing{}, "At")) || list[0].At.IsZero() {
		t.Errorf("the vendor's list begins with %+v", list)
	}
	for _, to := range []tenants.State{tenants.Closed, tenants.Active, tenants.Opening} {
		if err := w.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: to, Ground: "other"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("from active to %s: %v", to, err)
		}
	}
}

// The tenant's own hand reads why, and not what the vendor noted; people may look and not write.
func TestSuspendedTenantsRefusePeople(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	if err := w.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "arrears", Note: "内部说明", By: 7}); err != nil {
		t.Fatal(err)
	}
	nothing := func(context.Context, tenants.Tx) error { return nil }
	if err := w.DB.Write(t.Context(), s.ID, tenants.Actor{Person: 7}, nothing); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a suspended street took a write: %v", err)
	}
	if err := w.DB.Read(t.Context(), s.ID, tenants.Actor{Person: 7}, func(ctx context.Context, tx tenants.Tx) error {
		last, err := tenants.LastStanding(ctx, tx)
		if err != nil || last.Ground != "arrears" || last.Note != "" || last.At.IsZero() {
			t.Errorf("its people read %+v (%v)", last, err)
		}
		return nil
	}); err != nil {
		t.Fatalf("a suspended street cannot be read: %v", err)
	}
	var note string
	err := w.DB.Read(t.Context(), s.ID, tenants.Actor{Person: 7}, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT note FROM standings WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &note)
	})
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("its people read the note: %q %v", note, err)
	}
}

// A change that was written and did not settle is settled by whoever comes next, and an older one that
// settles late takes nothing back.
func TestStandingsSettle(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t, tenantstest.At(tenantstest.Other))
	if err := w.DB.Settle(t.Context(), s.ID); err != nil {
		t.Fatalf("a tenant as it was opened: %v", err)
	}
	if err := w.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "other"}); err != nil {
		t.Fatal(err)
	}
	for place, q := range map[string]string{tenantstest.Other: "UPDATE tenants SET state = 'trial' WHERE tenant_id = $1", tenants.Home: "UPDATE ctl.directory SET state = 'trial', stood = 0 WHERE tenant_id = $1"} {
		if _, err := w.Super(t, place).Exec(t.Context(), q, int32(s.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.DB.Settle(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	if here, there, _ := stood(t, w, tenantstest.Other, s.ID); here != tenants.Suspended || there != tenants.Suspended {
		t.Errorf("settled as %s and %s", here, there)
	}
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "UPDATE ctl.directory SET state = 'trial', stood = 2 WHERE tenant_id = $1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	if err := w.DB.Settle(t.Context(), s.ID); err != nil { // as if it had read the first standing before the second
		t.Fatal(err)
	}
	if _, there, _ := stood(t, w, tenantstest.Other, s.ID); there != tenants.Trial {
		t.Errorf("an older standing took the newer one back: %s", there)
	}
}

// Two operators suspend the same street at once: one of them does, the other hears that it is done.
func TestTwoOperatorsSuspendAtOnce(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			errs[i] = w.DB.SetState(context.WithoutCancel(t.Context()), s.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "other", By: int64(i + 1)})
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	if _, _, told := stood(t, w, tenants.Home, s.ID); done != 1 || len(told) != 1 {
		t.Errorf("%d succeeded, told %q: %v", done, told, errors.Join(errs...))
	}
}
