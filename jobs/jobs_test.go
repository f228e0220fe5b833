package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// Redis is killed in the middle of a day's work and comes back without any memory: every job has
// taken effect, and each once.
func TestRedisKilledEmptyLosesNothing(t *testing.T) {
	w := tenantstest.Open(t)
	redis := startRedis(t)
	const each = 700
	var streets []tenants.Tenant
	for i := range 4 {
		place := tenants.Home
		if i%2 == 1 {
			place = tenantstest.Other
		}
		streets = append(streets, w.Street(t, tenantstest.At(place)))
	}
	var runs atomic.Int64
	kind := jobs.Kind{Name: "test.effect", Timeout: 2 * time.Second, Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
		runs.Add(1)
		return tick(ctx, tx, payload)
	}}
	run(t, w, redis, nil, kind)
	var adding sync.WaitGroup
	for _, s := range streets {
		adding.Go(func() {
			for i := range each / 10 {
				var list []jobs.Job
				for j := range 10 {
					list = append(list, kind.Job(fmt.Sprintf("effect %d", i*10+j)))
				}
				add(t, w, s.ID, list...)
			}
		})
	}
	all := int64(each * len(streets))
	eventually(t, 30*time.Second, "a quarter of the work", func() bool { return runs.Load() > all/4 })
	redis.kill()
	before := runs.Load()
	time.Sleep(500 * time.Millisecond)
	redis.start()
	adding.Wait()
	open := func() (n int) {
		for _, place := range []string{tenants.Home, tenantstest.Other} {
			n += count(t, w, place, "SELECT count(*) FROM outbox WHERE kind = 'test.effect' AND done_at IS NULL")
		}
		return n
	}
	eventually(t, 60*time.Second, "the end of all jobs", func() bool { return open() == 0 })
	var names, effects int
	for _, s := range streets {
		place := tenants.Home
		if count(t, w, place, "SELECT count(*) FROM tenants WHERE tenant_id = $1", int32(s.ID)) == 0 {
			place = tenantstest.Other
		}
		names += count(t, w, place, "SELECT count(*) FROM counters WHERE tenant_id = $1 AND name LIKE 'effect %'", int32(s.ID))
		effects += count(t, w, place, "SELECT coalesce(sum(n), 0) FROM counters WHERE tenant_id = $1 AND name LIKE 'effect %'", int32(s.ID))
	}
	if int64(names) != all || int64(effects) != all {
		t.Fatalf("%d jobs took effect %d times; want all %d once each", names, effects, all)
	}
	if before >= all {
		t.Fatalf("all %d jobs had run before Redis was killed: the test shows nothing", before)
	}
}

// A failing job is tried again, then given up; the vendor sees it without its payload and can retry it.
func TestFailedJobsAreListedAndRetried(t *testing.T) {
	w := tenantstest.Open(t)
	street := w.Street(t)
	var broken atomic.Bool
	broken.Store(true)
	kind := jobs.Kind{Name: "test.failing", Queue: jobs.Critical, Timeout: time.Second, MaxAttempts: 1,
		Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
			if err := tick(ctx, tx, payload); err != nil {
				return err
			}
			if broken.Load() {
				return errBroken
			}
			return nil
		}}
	panics := jobs.Kind{Name: "test.panic", Timeout: time.Second, MaxAttempts: 2,
		Run: func(context.Context, tenants.Tx, json.RawMessage) error { panic("ouch") }}
	run(t, w, startRedis(t), nil, kind, panics)
	add(t, w, street.ID, kind.Job("failing"), panics.Job(nil))
	var failed []jobs.Failure
	eventually(t, 20*time.Second, "two given-up jobs", func() bool {
		if err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
			failed, err = jobs.Failed(ctx, tx, 100)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		mine := failed[:0]
		for _, f := range failed {
			if f.TenantID == int32(street.ID) {
				mine = append(mine, f)
			}
		}
		failed = mine
		return len(failed) == 2
	})
	if f := failed[0]; f.Kind != "test.panic" || f.Attempts != 2 || f.Error != "panic: ouch" {
		t.Errorf("panicking job is listed as %+v", f)
	}
	if f := failed[1]; f.Kind != "test.failing" || f.Attempts != 1 || f.Error != errBroken.Error() {
		t.Errorf("failing job is listed as %+v", f)
	}
	if n := count(t, w, tenants.Home, "SELECT count(*) FROM counters WHERE tenant_id = $1", int32(street.ID)); n != 0 {
		t.Errorf("%d effects of failed jobs were kept", n)
	}
	broken.Store(false)
	retry := func(id uuid.UUID) error {
		return w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return jobs.Retry(ctx, tx, street.ID, id)
		})
	}
	if err := retry(failed[1].ID); err != nil {
		t.Fatal(err)
	}
	if err := retry(failed[1].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("retrying twice: %v, want fault.NotFound", err)
	}
	eventually(t, 10*time.Second, "the retried job", func() bool {
		return count(t, w, tenants.Home, "SELECT count(*) FROM outbox WHERE id = $1 AND done_at IS NOT NULL", failed[1].ID) == 1
	})
	err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		_, err := tx.Raw("SELECT payload FROM outbox LIMIT 1").Exec(ctx)
		return err
	})
	if err == nil {
		t.Error("the vendor can read the payload of a job")
	}
}

// Jobs of a module that is off are skipped; jobs outside a transaction get their idempotency key;
// jobs of the deployment run in the system's scope.
func TestKindsOfJobs(t *testing.T) {
	w := tenantstest.Open(t)
	street := w.Street(t, tenantstest.At(tenantstest.Other))
	keys := make(chan jobs.Env, 10)
	off := jobs.Kind{Name: "test.off", Module: "off", Run: tick}
	on := jobs.Kind{Name: "test.on", Module: "on", Queue: jobs.Bulk, Run: tick}
	outside := jobs.Kind{Name: "test.outside", Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		keys <- env
		if env.Attempt == 1 {
			return errBroken
		}
		return nil
	}}
	system := jobs.Kind{Name: "test.system", System: func(ctx context.Context, tx tenants.SystemTx, payload json.RawMessage) error {
		_, err := tx.Raw("INSERT INTO ctl.ticks (name, tick_at) VALUES (?, now())", string(payload)).Exec(ctx)
		return err
	}}
	run(t, w, startRedis(t), func(_ context.Context, _ tenants.Tx, module string) (bool, error) { return module == "on", nil }, off, on, outside, system)
	add(t, w, street.ID, off.Job("off"), on.Job("on"), outside.Job(nil), on.Job("later").Later(time.Now().Add(time.Hour)))
	name := uuid.NewString()
	if err := w.DB.System(t.Context(), tenantstest.Other, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := jobs.AddSystem(ctx, tx, system.Job(name))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, "four done jobs", func() bool {
		return count(t, w, tenantstest.Other, "SELECT count(*) FROM outbox WHERE tenant_id IN (0, $1) AND done_at IS NOT NULL", int32(street.ID)) == 4
	})
	if n := count(t, w, tenantstest.Other, "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND skipped AND kind = 'test.off'", int32(street.ID)); n != 1 {
		t.Error("the job of a switched-off module is not marked skipped")
	}
	var effects []string
	if err := w.Super(t, tenantstest.Other).QueryRow(t.Context(), "SELECT array_agg(name) FROM counters WHERE tenant_id = $1", int32(street.ID)).Scan(&effects); err != nil {
		t.Fatal(err)
	}
	if len(effects) != 1 || effects[0] != "on" {
		t.Errorf("effects %v, want that of the module that is on", effects)
	}
	first, second := <-keys, <-keys
	if first.Job != second.Job || first.Job == uuid.Nil || second.Attempt != 2 || first.Tenant != street.ID || first.Placement != tenantstest.Other {
		t.Errorf("outside calls got %+v and %+v, want one idempotency key and attempts 1, 2", first, second)
	}
	if n := count(t, w, tenantstest.Other, "SELECT count(*) FROM ctl.ticks WHERE name = $1", `"`+name+`"`); n != 1 {
		t.Errorf("the deployment's job ran %d times", n)
	}
}

// A tenant with ten thousand jobs does not stand before another's single one.
func TestTenantsTakeTurns(t *testing.T) {
	w := tenantstest.Open(t)
	busy, calm := w.Street(t), w.Street(t)
	if calm.ID < busy.ID {
		t.Fatal("the calm street should be the later one")
	}
	kind := jobs.Kind{Name: "test.turns", Timeout: 5 * time.Second, Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
		time.Sleep(2 * time.Millisecond)
		return nil
	}}
	if err := w.DB.Write(t.Context(), busy.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Raw(`INSERT INTO outbox (tenant_id, id, queue, kind, payload) SELECT ?, gen_random_uuid(), 'default', 'test.turns', '1' FROM generate_series(1, 10000)`,
			int32(busy.ID)).Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	run(t, w, startRedis(t), nil, kind)
	done := func(s tenants.Tenant) int {
		return count(t, w, tenants.Home, "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND done_at IS NOT NULL", int32(s.ID))
	}
	eventually(t, 20*time.Second, "the busy street's first jobs", func() bool { return done(busy) > 50 })
	add(t, w, calm.ID, kind.Job(nil))
	eventually(t, 3*time.Second, "the calm street's job", func() bool { return done(calm) == 1 })
	if n := done(busy); n > 9000 {
		t.Errorf("the busy street had %d of 10000 jobs done already: the test shows nothing", n)
	}
	// The rest would only keep the other tests waiting. What the relay holds this moment is left to it.
	if _, err := w.Super(t, tenants.Home).Exec(t.Context(), `DELETE FROM outbox WHERE tenant_id = $1
		AND id IN (SELECT id FROM outbox WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED)`, int32(busy.ID)); err != nil {
		t.Fatal(err)
	}
}
