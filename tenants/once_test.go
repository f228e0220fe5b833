package tenants_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	var ran atomic.Int32
	do := func(r tenants.Request, person int64, reply *tenants.Reply, failing error) (*tenants.Reply, error) {
		return w.DB.Once(t.Context(), person, r, func(context.Context) (*tenants.Reply, error) {
			ran.Add(1)
			time.Sleep(30 * time.Millisecond)
			return reply, failing
		})
	}
	kept := &tenants.Reply{Status: 303, Location: "/v/streets/1\n{}"}
	r := tenants.Request{ID: tenants.NewID(), Digest: [32]byte{1}}
	if _, err := do(r, 7, nil, errors.New("away")); err == nil {
		t.Error("a failure is none")
	}
	if got, err := do(r, 7, nil, nil); err != nil || got != nil {
		t.Errorf("nothing to keep: %v %v", got, err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = w.DB.Once(t.Context(), 7, r, func(context.Context) (*tenants.Reply, error) { panic("broken") })
	}()
	ran.Store(0)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if got, err := do(r, 7, kept, nil); err != nil || got == nil || *got != *kept {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	wg.Wait()
	if ran.Load() != 1 {
		t.Errorf("six copies ran it %d times", ran.Load())
	}
	if _, err := do(r, 8, kept, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("another person: %v", err)
	}
	if _, err := do(tenants.Request{ID: r.ID, Digest: [32]byte{2}}, 7, kept, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("another body: %v", err)
	}
}

// A claim whose process died holds its repeats back for a minute, and no longer.
func TestOnceAfterADeath(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	r := tenants.Request{ID: tenants.NewID(), Digest: [32]byte{1}}
	c := w.Super(t, tenants.Home)
	if _, err := c.Exec(t.Context(), "INSERT INTO ctl.requests (id, person, digest, held_until) VALUES ($1, 7, $2, now() + interval '1 minute')", r.ID, r.Digest[:]); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	done := func(context.Context) (*tenants.Reply, error) { return &tenants.Reply{Status: 303, Location: "/"}, nil }
	if _, err := w.DB.Once(ctx, 7, r, done); err == nil {
		t.Error("a repeat did not wait for the first")
	}
	if _, err := c.Exec(t.Context(), "UPDATE ctl.requests SET held_until = now() - interval '1 second' WHERE id = $1", r.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.Once(t.Context(), 7, r, done); err != nil {
		t.Errorf("nobody takes over: %v", err)
	}
}
