package tenants_test

import (
	"context"
	"sync"
	"sync/atomic"
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

// TestOpeningSurvivesACrashAnywhere cuts the saga off at its first, second, third … statement, as a
// killed process would, and repeats it: one tenant, one opening act, nothing half laid.
func TestOpeningSurvivesACrashAnywhere(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	for place := range map[string]bool{tenants.Home: true, tenantstest.Other: true} {
		cut := 0
		for done := false; !done; {
			cut++
			plan := tenants.Plan{Key: uuid.NewString(), Kind: tenants.Street, District: 320505, Name: "枫桥街道", Blueprint: 1, State: tenants.Trial, Placement: place, Codes: []string{"320505003"}}
			ctx, kill := context.WithCancel(t.Context())
			var statements atomic.Int32
			cfg := w.Config
			cfg.Trace = func(tenants.Statement) {
				if int(statements.Add(1)) == cut {
					kill()
				}
			}
			db, err := tenants.Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = db.OpenTenant(ctx, plan)
			done = err == nil && int(statements.Load()) < cut
			kill()
			db.Close()
			got, _, err := w.DB.OpenTenant(t.Context(), plan)
			if err != nil {
				t.Fatalf("cut at statement %d, then repeated: %v", cut, err)
			}
			var rows, acts, wrapped int
			var state, listed string
			if err := w.Super(t, place).QueryRow(t.Context(), `SELECT (SELECT count(*) FROM tenants WHERE tenant_id=$1), (SELECT count(*) FROM journal WHERE tenant_id=$1 AND kind='tenant.opened'),
				(SELECT count(*) FROM data_keys WHERE tenant_id=$1), (SELECT state FROM tenants WHERE tenant_id=$1)`, int32(got.ID)).Scan(&rows, &acts, &wrapped, &state); err != nil {
				t.Fatal(err)
			}
			if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT string_agg(state, ',') FROM ctl.directory WHERE opening=$1", plan.Key).Scan(&listed); err != nil {
				t.Fatal(err)
			}
			if rows != 1 || acts != 1 || wrapped != 1 || state != "trial" || listed != "trial" {
				t.Fatalf("cut at statement %d at %s: %d rows, %d opening acts, %d keys, state %s, directory %s", cut, place, rows, acts, wrapped, state, listed)
			}
		}
		if cut < 10 {
			t.Fatalf("the saga had only %d statements to cut", cut)
		}
	}
}
