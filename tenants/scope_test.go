package tenants_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// TestFewConnectionsManyTenants alternates tenants over two connections, with rollbacks, panics and
// cancelled contexts between: a connection must never carry one tenant into the next scope.
func TestFewConnectionsManyTenants(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	cfg := w.Config
	cfg.MaxConns = 2
	db, err := tenants.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	streets := make([]tenants.ID, 24)
	for i := range streets {
		streets[i] = w.Street(t).ID
	}
	stop := errors.New("stop")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 250 {
				id := streets[rand.IntN(len(streets))]
				mode := rand.IntN(5)
				ctx, cancel := context.WithCancel(t.Context())
				func() {
					defer func() { _ = recover() }()
					err := db.Write(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
						var seen []int32
						if err := tx.Raw("SELECT tenant_id FROM tenants UNION ALL SELECT tenant_id FROM heads UNION ALL SELECT wj_tenant()").Scan(ctx, &seen); err != nil {
							return err
						}
						for _, s := range seen {
							if tenants.ID(s) != id {
								t.Errorf("tenant %d saw a row of %d", id, s)
							}
						}
						switch mode {
						case 0:
							return stop
						case 1:
							panic("as if a verb had a bug")
						case 2:
							cancel()
							_, err := tx.Raw("SELECT 1").Exec(ctx)
							return err
						case 3:
							if _, err := tx.Next(ctx, "pool"); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil && !errors.Is(err, stop) && !errors.Is(err, context.Canceled) && mode != 2 {
						t.Errorf("mode %d: %v", mode, err)
					}
				}()
				cancel()
			}
		})
	}
	wg.Wait()
	var left int
	err = db.Gateway(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw("SELECT length(coalesce(current_setting('wj.tenant', true), ''))").Scan(ctx, &left)
	})
	if err != nil || left != 0 {
		t.Fatalf("a tenant is still set outside its scope (%d, %v)", left, err)
	}
}

func TestScopesDoNotNest(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b := w.Street(t), w.Street(t)
	err := w.DB.Read(t.Context(), a.ID, tenants.Machine(), func(ctx context.Context, _ tenants.Tx) error {
		return w.DB.Read(ctx, b.ID, tenants.Machine(), func(context.Context, tenants.Tx) error { return nil })
	})
	if err == nil || !strings.Contains(err.Error(), "scope inside a scope") {
		t.Fatalf("a scope inside a scope gave %v", err)
	}
}

func TestHiddenPoolIsUseless(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	err := w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error {
		// bun hands back the pool, but the pool knows nothing but scopes.
		pool := tx.Raw("SELECT 1").DB() //nolint:forbidigo // this test proves why the rule may be broken without harm
		_, err := pool.ExecContext(context.Background(), "SELECT count(*) FROM tenants")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "outside a scope") {
		t.Fatalf("the pool answered: %v", err)
	}
}

func TestReadsCannotWrite(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	err := w.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := tx.Next(ctx, "x")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("a read wrote: %v", err)
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	s := w.Street(t)
	req := &tenants.Request{ID: tenants.NewID(), Digest: [32]byte{1}}
	runs := 0
	post := func(e tenants.Entry) (loc string, err error) {
		err = w.DB.Enter(t.Context(), e, func(ctx context.Context, tx tenants.Tx) error {
			if was := tx.Repeat(); was != nil {
				loc = was.Location
				return nil
			}
			runs++
			n, err := tx.Next(ctx, "posts")
			if err != nil {
				return err
			}
			loc = fmt.Sprintf("/posts/%d", n)
			tx.Record(tenants.Act{Kind: "test.posted", Version: 1, Object: "test", ObjectID: uuid.New(), HappenedAt: clock.Now(ctx)})
			tx.Answer(tenants.Reply{Status: 303, Location: loc})
			return nil
		})
		return loc, err
	}
	e := tenants.Entry{Tenant: s.ID, Actor: tenants.Machine(), Request: req}
	var wg sync.WaitGroup
	locs := make([]string, 6)
	for i := range locs {
		wg.Go(func() {
			var err error
			if locs[i], err = post(e); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, l := range locs {
		if l != locs[0] || l == "" {
			t.Fatalf("six copies of one POST were answered %q", locs)
		}
	}
	var acts, posts int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT (SELECT count(*) FROM journal WHERE tenant_id=$1 AND kind='test.posted'), (SELECT n FROM counters WHERE tenant_id=$1 AND name='posts')", int32(s.ID)).Scan(&acts, &posts); err != nil {
		t.Fatal(err)
	}
	if acts != 1 || posts != 1 {
		t.Fatalf("six copies of one POST left %d acts and %d effects", acts, posts)
	}
	other := e
	other.Request = &tenants.Request{ID: req.ID, Digest: [32]byte{2}}
	if _, err := post(other); !fault.Is(err, fault.Conflict) {
		t.Fatalf("another body under the same number gave %v, want a conflict", err)
	}
}

func TestUnknownTenantIsNotFound(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err := w.DB.Read(ctx, 1_999_999, tenants.Machine(), func(context.Context, tenants.Tx) error { return nil })
	if !fault.Is(err, fault.NotFound) {
		t.Fatalf("got %v", err)
	}
	if _, err := w.DB.Find(ctx, "nobody-here"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestConnectionsKilledInThePoolAreReplaced(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	cfg := w.Config
	cfg.MaxConns = 1
	db, err := tenants.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := w.Street(t)
	super := w.Super(t, tenants.Home)
	for range 5 {
		var pid int
		if err := db.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			return tx.Raw("SELECT pg_backend_pid()").Scan(ctx, &pid)
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := super.Exec(t.Context(), "SELECT pg_terminate_backend($1, 5000)", pid); err != nil {
			t.Fatal(err)
		}
	}
}
