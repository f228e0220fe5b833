package tenants_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func TestOpeningIsIdempotent(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	key := uuid.NewString()
	plan := tenants.Plan{Key: key, Kind: tenants.Street, District: 320505, Name: "枫桥街道", Blueprint: 1, State: tenants.Trial, Codes: []string{"320505003"}}
	var wg sync.WaitGroup
	ids := make([]tenants.ID, 8)
	for i := range ids {
		wg.Go(func() {
			got, _, err := w.DB.OpenTenant(t.Context(), plan)
			if err != nil {
				t.Error(err)
			}
			ids[i] = got.ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || id < 1_000_001 {
			t.Fatalf("eight openings with one key gave tenants %v", ids)
		}
	}
	var acts int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM journal WHERE tenant_id=$1", int32(ids[0])).Scan(&acts); err != nil || acts != 1 {
		t.Fatalf("journal has %d acts (%v), want the opening alone", acts, err)
	}
}

func TestActsAreNumberedAndRolledBackTogether(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	for _, place := range []string{tenants.Home, tenantstest.Other} {
		s := w.Street(t, tenantstest.At(place))
		act := tenants.Act{Kind: "test.done", Version: 1, Object: "test", ObjectID: tenants.NewID(), HappenedAt: clock.Now(t.Context())}
		err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error {
			tx.Record(act)
			tx.Record(act)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error {
			tx.Record(act)
			return fault.New(fault.Conflict, "不行")
		}); !fault.Is(err, fault.Conflict) {
			t.Fatalf("want the fault back, got %v", err)
		}
		var ns []int64
		if err := w.Super(t, place).QueryRow(t.Context(), "SELECT array_agg(n ORDER BY n) FROM journal WHERE tenant_id=$1", int32(s.ID)).Scan(&ns); err != nil {
			t.Fatal(err)
		}
		if len(ns) != 3 || ns[0] != 1 || ns[2] != 3 {
			t.Fatalf("numbers %v, want 1 2 3", ns)
		}
	}
}

// TestBox opens a tenant's key in the middle of a read.
func TestBox(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	err := w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Box(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
