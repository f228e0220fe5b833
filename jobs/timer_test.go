package jobs_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// record is what a timer of these tests does: an act on its object.
func record(ctx context.Context, tx tenants.Tx, object uuid.UUID) error {
	tx.Record(tenants.Act{Kind: "test.due", Version: 1, Object: "test", ObjectID: object, HappenedAt: clock.Now(ctx)})
	return nil
}

func remind(t *testing.T, w *tenantstest.World, id tenants.ID, list ...jobs.Timer) {
	t.Helper()
	if err := w.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for _, timer := range list {
			if err := jobs.Remind(ctx, tx, timer); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Deadlines of many tenants fall due at once, and two timekeepers are at work: each becomes one act
// within two seconds; one whose handler always fails holds up nobody.
func TestDeadlinesAreActedWithinTwoSeconds(t *testing.T) {
	w := tenantstest.Open(t)
	due := clock.Now(t.Context()).Add(3 * time.Second)
	objects := map[tenants.ID][]uuid.UUID{}
	var streets []tenants.Tenant
	for i := range 20 {
		place := tenants.Home
		if i%2 == 1 {
			place = tenantstest.Other
		}
		s := w.Street(t, tenantstest.At(place))
		streets = append(streets, s)
		var list []jobs.Timer
		for range 15 {
			object := tenants.NewID()
			objects[s.ID] = append(objects[s.ID], object)
			list = append(list, jobs.Timer{Kind: "test.limit", Object: object, DueAt: due})
		}
		list = append(list, jobs.Timer{Kind: "test.broken", Object: tenants.NewID(), DueAt: due})
		remind(t, w, s.ID, list...)
	}
	var tries atomic.Int64
	kinds := []jobs.TimerKind{
		{Name: "test.limit", Run: record},
		{Name: "test.broken", Run: func(ctx context.Context, tx tenants.Tx, object uuid.UUID) error {
			tries.Add(1)
			_ = record(ctx, tx, object)
			return errBroken
		}},
	}
	one, two := &jobs.Timekeeper{DB: w.DB, Kinds: kinds, Log: quiet}, &jobs.Timekeeper{DB: w.DB, Kinds: kinds, Log: quiet}
	background(t, one.Run, two.Run)
	if wait := time.Until(due); wait < 0 {
		t.Fatalf("setting the timers took %v too long", -wait)
	}
	time.Sleep(time.Until(due.Add(2 * time.Second)))
	for i, s := range streets {
		place := []string{tenants.Home, tenantstest.Other}[i%2]
		c := w.Super(t, place)
		var acts, distinct int
		var latest time.Duration
		err := c.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT object_id), coalesce(max(recorded_at), '-infinity'::timestamptz) - $2
			FROM journal WHERE tenant_id = $1 AND kind = 'test.due' AND recorded_at <= $2 + interval '2 seconds'`, int32(s.ID), due).Scan(&acts, &distinct, &latest)
		if err != nil {
			t.Fatal(err)
		}
		if acts != len(objects[s.ID]) || distinct != acts {
			t.Errorf("street %d: %d acts of %d objects within two seconds, want %d, one each", s.ID, acts, distinct, len(objects[s.ID]))
		}
		if latest > 2*time.Second || latest < 0 {
			t.Errorf("street %d: last deadline acted after %v", s.ID, latest)
		}
		c.Close(t.Context())
	}
	if n := tries.Load(); n < 20 {
		t.Errorf("broken timers were tried %d times, want each of 20 at least once", n)
	}
}

// A timer can be moved and cancelled, whether or not the timekeeper is just at it.
func TestTimersMoveAndCancel(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	now := clock.Now(t.Context())
	moved, cancelled, acted := tenants.NewID(), tenants.NewID(), tenants.NewID()
	remind(t, w, s.ID,
		jobs.Timer{Kind: "test.limit", Object: moved, DueAt: now.Add(time.Hour)}, jobs.Timer{Kind: "test.limit", Object: moved, DueAt: now.Add(3 * time.Hour)},
		jobs.Timer{Kind: "test.limit", Object: cancelled, DueAt: now.Add(time.Hour)}, jobs.Timer{Kind: "test.limit", Object: acted, DueAt: now.Add(time.Hour)},
		jobs.Timer{Kind: "test.other", Object: acted, DueAt: now.Add(time.Hour)})
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if err := jobs.Cancel(ctx, tx, acted, "test.other"); err != nil {
			return err
		}
		return jobs.Cancel(ctx, tx, cancelled)
	}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen []uuid.UUID
	keeper := &jobs.Timekeeper{DB: w.DB, Log: quiet, Kinds: []jobs.TimerKind{
		{Name: "test.limit", Run: func(_ context.Context, _ tenants.Tx, object uuid.UUID) error {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, object)
			return nil
		}},
		{Name: "test.other", Run: record},
	}}
	ctx, held := clock.Hold(t.Context(), now.Add(2*time.Hour))
	if _, err := keeper.Once(ctx); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0] != acted {
		t.Fatalf("after two hours acted on %v, want %v alone", seen, acted)
	}
	held.Move(now.Add(4 * time.Hour))
	if _, err := keeper.Once(ctx); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[1] != moved {
		t.Fatalf("after four hours acted on %v, want %v last", seen, moved)
	}
	if n := count(t, w, tenants.Home, "SELECT count(*) FROM journal WHERE tenant_id = $1 AND kind = 'test.due'", int32(s.ID)); n != 0 {
		t.Error("a cancelled timer acted")
	}
}

// While a module is off its timers wait.
func TestTimersOfAModuleThatIsOffWait(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	now := clock.Now(t.Context())
	remind(t, w, s.ID, jobs.Timer{Kind: "test.limit", Object: tenants.NewID(), DueAt: now.Add(time.Hour)})
	on := false
	keeper := &jobs.Timekeeper{DB: w.DB, Log: quiet, Kinds: []jobs.TimerKind{{Name: "test.limit", Module: "m", Run: record}},
		Allowed: func(context.Context, tenants.Tx, string) (bool, error) { return on, nil }}
	acts := func() int {
		return count(t, w, tenants.Home, "SELECT count(*) FROM journal WHERE tenant_id = $1 AND kind = 'test.due'", int32(s.ID))
	}
	ctx, held := clock.Hold(t.Context(), now.Add(2*time.Hour))
	if _, err := keeper.Once(ctx); err != nil || acts() != 0 {
		t.Fatalf("%d acts of a module that is off (%v)", acts(), err)
	}
	on = true
	held.Move(now.Add(3 * time.Hour))
	if _, err := keeper.Once(ctx); err != nil || acts() != 1 {
		t.Fatalf("%d acts after the module was switched on (%v), want 1", acts(), err)
	}
}

// Three tickers make one job a tick, at midnight in Shanghai.
func TestTicksComeOnce(t *testing.T) {
	w := tenantstest.Open(t)
	name := "test.tick." + uuid.NewString()
	daily := jobs.Periodic{Kind: jobs.Kind{Name: name}, Every: 24 * time.Hour, After: 10 * time.Minute, Home: true}
	midnight := time.Date(2026, 11, 24, 0, 0, 0, 0, clock.Zone)
	ctx, held := clock.Hold(t.Context(), midnight)
	var tickers []map[string]time.Time
	for range 3 {
		tickers = append(tickers, map[string]time.Time{})
	}
	for _, at := range []time.Duration{0, 9 * time.Minute, 10 * time.Minute, time.Hour, 23 * time.Hour, 25 * time.Hour} {
		held.Move(midnight.Add(at))
		for _, done := range tickers {
			if err := (&jobs.Ticker{DB: w.DB, Periodics: []jobs.Periodic{daily}, Log: quiet}).Once(ctx, done); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows, err := w.Super(t, tenants.Home).Query(t.Context(), "SELECT (payload->>'at')::timestamptz FROM outbox WHERE kind = $1 ORDER BY 1", name)
	if err != nil {
		t.Fatal(err)
	}
	var got []time.Time
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			t.Fatal(err)
		}
		got = append(got, at)
	}
	first := midnight.Add(10 * time.Minute)
	want := []time.Time{first.AddDate(0, 0, -1), first, first.AddDate(0, 0, 1)}
	if len(got) != len(want) {
		t.Fatalf("ticks at %v, want %v", got, want)
	}
	for i := range want {
		if !got[i].Equal(want[i]) {
			t.Errorf("tick %d at %v, want %v", i, got[i], want[i])
		}
	}
}
