package journal_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/tenantstest"
)

func record(t *testing.T, w *tenantstest.World, id tenants.ID, acts ...tenants.Act) {
	t.Helper()
	if err := w.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for _, a := range acts {
			if a.Version == 0 {
				a.Version = 1
			}
			if a.ObjectID == uuid.Nil {
				a.ObjectID = tenants.NewID()
			}
			a.Object, a.HappenedAt = "test", clock.Now(ctx)
			tx.Record(a)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func drainAll(t *testing.T, w *tenantstest.World, kinds journal.Kinds, followers ...journal.Follower) {
	t.Helper()
	r, err := journal.NewRunner(w.DB, kinds, quiet, followers...)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// collect is a follower that remembers one tenant's acts.
func collect(tenant tenants.ID, into *[]journal.Act) journal.Follower {
	return journal.Follower{Name: "t" + uuid.NewString(), Apply: func(_ context.Context, _ tenants.SystemTx, acts []journal.Act) error {
		for _, a := range acts {
			if a.Tenant == tenant {
				*into = append(*into, a)
			}
		}
		return nil
	}}
}

// An act of an older version is lifted when it is read; the stored row, and whoever asks for it, keeps the old one.
func TestUpcasting(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	kinds := journal.Kinds{{Name: "test.renamed", Version: 3, Upcast: func(from int16, before, after tenants.Dims) (tenants.Dims, tenants.Dims) {
		for _, d := range []tenants.Dims{before, after} {
			if from < 2 && d != nil {
				d["class"] = d["type"]
				delete(d, "type")
			}
			if from < 3 && d != nil {
				d["class"] = "c-" + d["class"]
			}
		}
		return before, after
	}}}
	object := tenants.NewID()
	record(t, w, s.ID,
		tenants.Act{Kind: "test.renamed", ObjectID: object, After: tenants.Dims{"type": "a"}},
		tenants.Act{Kind: "test.renamed", ObjectID: object, Version: 2, Before: tenants.Dims{"class": "a"}, After: tenants.Dims{"class": "b"}},
		tenants.Act{Kind: "test.renamed", ObjectID: object, Version: 3, After: tenants.Dims{"class": "c-c"}})
	var lifted, stored []journal.Act
	asStored := collect(s.ID, &stored)
	asStored.Stored = true
	drainAll(t, w, kinds, collect(s.ID, &lifted), asStored)
	after := func(acts []journal.Act) (out []tenants.Dims) {
		for _, a := range acts {
			if a.Kind == "test.renamed" {
				out = append(out, a.After)
			}
		}
		return out
	}
	if diff := cmp.Diff([]tenants.Dims{{"class": "c-a"}, {"class": "c-b"}, {"class": "c-c"}}, after(lifted)); diff != "" {
		t.Errorf("lifted acts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]tenants.Dims{{"type": "a"}, {"class": "b"}, {"class": "c-c"}}, after(stored)); diff != "" {
		t.Errorf("stored acts (-want +got):\n%s", diff)
	}
	var history []journal.Act
	if err := w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		history, err = journal.History(ctx, tx, kinds, object)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after(lifted), after(history)); diff != "" || history[2].N != 4 || history[0].Version != 3 {
		t.Errorf("history %+v (-want +got):\n%s", history, diff)
	}

	// A binary that is older than an act must not guess at it.
	record(t, w, s.ID, tenants.Act{Kind: "test.renamed", Version: 4})
	r, err := journal.NewRunner(w.DB, kinds, quiet, collect(s.ID, &lifted))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context()); err == nil || !strings.Contains(err.Error(), "run the newer one") {
		t.Errorf("an act from the future gave %v", err)
	}
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), "UPDATE journal SET version = 3 WHERE tenant_id = $1 AND version = 4", int32(s.ID)); err != nil {
		t.Fatal(err) // the other tests follow this tenant too
	}
}

// Imported acts reach only who wants them, and everybody's cursor passes them.
func TestImportedActs(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	record(t, w, s.ID, tenants.Act{Kind: "test.old", Imported: true}, tenants.Act{Kind: "test.new"}, tenants.Act{Kind: "test.old", Imported: true})
	var live, all []journal.Act
	one, two := collect(s.ID, &live), collect(s.ID, &all)
	two.Imported = true
	drainAll(t, w, nil, one, two)
	if len(live) != 2 || live[1].N != 3 || len(all) != 4 {
		t.Errorf("the follower of live acts got %d acts, that of all %d; want 2 and 4", len(live), len(all))
	}
	lag, err := journal.Lag(t.Context(), w.DB, one.Name, two.Name, "nobody")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range lag {
		if b.Follower != "nobody" && (b.Acts != 0 || b.Oldest != 0) {
			t.Errorf("after draining: %+v", b)
		}
		if b.Follower == "nobody" && b.Placement == tenants.Home && (b.Acts < 4 || b.Tenants < 1 || b.Oldest <= 0) {
			t.Errorf("a follower that never ran: %+v", b)
		}
	}
}

// A tenant whose acts a follower cannot take holds up nobody else, is retried, and shows in the metrics.
func TestAStuckTenantHoldsUpNobody(t *testing.T) {
	w := tenantstest.Open(t)
	var streets []tenants.Tenant
	for range 5 {
		streets = append(streets, w.Street(t))
	}
	bad := streets[2].ID
	var mu sync.Mutex
	seen := map[tenants.ID]int{}
	f := journal.Follower{Name: "t" + uuid.NewString(), Apply: func(_ context.Context, _ tenants.SystemTx, acts []journal.Act) error {
		for _, a := range acts {
			if a.Tenant == bad {
				return errors.New("this act means nothing to me")
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for _, a := range acts {
			seen[a.Tenant]++
		}
		return nil
	}}
	r, err := journal.NewRunner(w.DB, nil, quiet, f)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = r.Run(ctx) })
	for _, s := range streets {
		record(t, w, s.ID, tenants.Act{Kind: "test.done"})
	}
	good := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for i, s := range streets {
			if i != 2 && seen[s.ID] == 2 {
				n++
			}
		}
		return n
	}
	for end := time.Now().Add(5 * time.Second); good() < 4; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("only %d of 4 streets were followed beside the stuck one", good())
		}
	}
	stop()
	wg.Wait()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(r)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == "wanjie_follower_failures_total" {
				got[f.GetName()] += m.Counter.GetValue()
			}
			if f.GetName() == "wanjie_follower_lag_acts" {
				got[f.GetName()] += m.Gauge.GetValue()
			}
		}
	}
	if got["wanjie_follower_failures_total"] < 1 || got["wanjie_follower_lag_acts"] < 2 {
		t.Errorf("metrics %v do not show the stuck tenant", got)
	}
}

// A hole in the journal stops the follower in front of it.
func TestNobodyFollowsOverAHole(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	record(t, w, s.ID, tenants.Act{Kind: "test.done"}, tenants.Act{Kind: "test.done"}, tenants.Act{Kind: "test.done"})
	c := w.Super(t, tenants.Home)
	for _, n := range []int{1, 3} {
		if _, err := c.Exec(t.Context(), "CREATE TEMP TABLE kept AS SELECT * FROM journal WHERE tenant_id = $1 AND n = $2", int32(s.ID), n); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(t.Context(), "DELETE FROM journal WHERE tenant_id = $1 AND n = $2", int32(s.ID), n); err != nil {
			t.Fatal(err)
		}
		var acts []journal.Act
		r, err := journal.NewRunner(w.DB, nil, quiet, collect(s.ID, &acts))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Drain(t.Context()); err == nil {
			t.Errorf("without act %d nobody complained", n)
		}
		if _, err := c.Exec(t.Context(), "INSERT INTO journal SELECT * FROM kept"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(t.Context(), "DROP TABLE kept"); err != nil {
			t.Fatal(err)
		}
	}
}
