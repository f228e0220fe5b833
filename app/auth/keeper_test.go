package auth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// gate stands before Kratos: it counts questions and can be shut.
type gate struct {
	*httptest.Server
	asked atomic.Int64
	shut  atomic.Bool
	slow  atomic.Int64 // milliseconds
}

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	target, err := url.Parse(to)
	must(t, err)
	g, proxy := new(gate), httputil.NewSingleHostReverseProxy(target)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.asked.Add(1)
		time.Sleep(time.Duration(g.slow.Load()) * time.Millisecond)
		if g.shut.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

// gated is a deaf keeper whose Kratos stands behind a gate.
func gated(t *testing.T) (*Keeper, *gate) {
	t.Helper()
	g := newGate(t, world.public)
	return NewKeeper(NewClient(g.URL, world.admin), tenantstest.Open(t).DB, nil, quiet()), g
}

func TestSessionIsRememberedForSeconds(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	s, identity := employee(t)
	token := login(t, s).Token
	ctx, held := clock.Hold(t.Context(), time.Now())
	for range 3 {
		got, err := k.Session(ctx, token)
		must(t, err)
		if got.Identity != identity || got.Person == 0 || got.Kind != Employee || got.Key != KeyOf(token) {
			t.Fatalf("session %+v", got)
		}
	}
	if n := g.asked.Load(); n != 1 {
		t.Errorf("asked Kratos %d times within a moment", n)
	}
	held.Move(clock.Now(ctx).Add(staffTTL - time.Millisecond))
	_, err := k.Session(ctx, token)
	must(t, err)
	if n := g.asked.Load(); n != 1 {
		t.Errorf("asked %d times just before the time is over", n)
	}
	held.Move(clock.Now(ctx).Add(2 * time.Millisecond))
	_, err = k.Session(ctx, token)
	must(t, err)
	if n := g.asked.Load(); n != 2 {
		t.Errorf("asked %d times after the time was over", n)
	}
	_, err = k.Fresh(ctx, token)
	must(t, err)
	if n := g.asked.Load(); n != 3 {
		t.Errorf("asked %d times when it had to be fresh", n)
	}
}

func TestResidentsAreRememberedLonger(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	c, number := client(), phone()
	_, _, err := c.CreateResident(t.Context(), number)
	must(t, err)
	flow, err := c.SendCode(t.Context(), number)
	must(t, err)
	in, err := c.LoginCode(t.Context(), flow, number, messageTo(t, Identifier(number), 0))
	must(t, err)
	ctx, held := clock.Hold(t.Context(), time.Now())
	_, err = k.Session(ctx, in.Token)
	must(t, err)
	held.Move(clock.Now(ctx).Add(residentTTL - time.Millisecond))
	_, err = k.Session(ctx, in.Token)
	must(t, err)
	if n := g.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestNothingIsRememberedPastItsEnd(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	s, _ := employee(t)
	in := login(t, s)
	ctx, held := clock.Hold(t.Context(), in.Session.ExpiresAt.Add(-time.Second))
	_, err := k.Session(ctx, in.Token)
	must(t, err)
	held.Move(in.Session.ExpiresAt)
	_, _ = k.Session(ctx, in.Token)
	if n := g.asked.Load(); n != 2 {
		t.Errorf("asked %d times: a session was believed past its end", n)
	}
}

func TestRefusalIsRememberedForASecond(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	ctx, held := clock.Hold(t.Context(), time.Now())
	const token = "ory_st_0123456789abcdefghij"
	for range 3 {
		if _, err := k.Session(ctx, token); !fault.Is(err, fault.Unsigned) {
			t.Fatalf("a made-up token: %v", err)
		}
	}
	if n := g.asked.Load(); n != 1 {
		t.Errorf("asked %d times within a moment", n)
	}
	held.Move(clock.Now(ctx).Add(refusalTTL + time.Millisecond))
	_, _ = k.Session(ctx, token)
	if n := g.asked.Load(); n != 2 {
		t.Errorf("asked %d times after a second", n)
	}
	for _, odd := range []string{"", "short", string(make([]byte, 10_000))} {
		if _, err := k.Session(ctx, odd); !fault.Is(err, fault.Unsigned) {
			t.Errorf("an odd token: %v", err)
		}
	}
	if n := g.asked.Load(); n != 2 {
		t.Error("odd tokens reach Kratos")
	}
}

func TestManyAskOnce(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	s, _ := employee(t)
	token := login(t, s).Token
	g.slow.Store(200)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := k.Session(t.Context(), token); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := g.asked.Load(); n != 1 {
		t.Errorf("fifty requests asked %d times", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := k.Fresh(ctx, token); err == nil {
		t.Error("a caller that gave up got an answer")
	}
}

func TestKeeperFailsClosed(t *testing.T) {
	t.Parallel()
	k, g := gated(t)
	s, _ := employee(t)
	token := login(t, s).Token
	ctx, held := clock.Hold(t.Context(), time.Now())
	_, err := k.Session(ctx, token)
	must(t, err)
	g.shut.Store(true)
	if _, err := k.Session(ctx, token); err != nil {
		t.Errorf("within the time it is still believed: %v", err)
	}
	held.Move(clock.Now(ctx).Add(staffTTL + time.Second))
	if got, err := k.Session(ctx, token); !fault.Is(err, fault.Unavailable) || got.Person != 0 {
		t.Errorf("Kratos is away, and the keeper says %+v, %v", got, err)
	}
	if _, err := k.Fresh(ctx, token); !fault.Is(err, fault.Unavailable) {
		t.Errorf("fresh: %v", err)
	}
	g.shut.Store(false)
	if _, err := k.Session(ctx, token); err != nil {
		t.Errorf("Kratos is back: %v", err) // the failure was not remembered
	}
}

func TestPersonKeepsTheirNumber(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	identity := uuid.New()
	var all sync.WaitGroup
	var mu sync.Mutex
	numbers := map[int64]bool{}
	for range 8 {
		all.Go(func() {
			n, err := k.Person(t.Context(), identity, Employee)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			numbers[n] = true
		})
	}
	all.Wait()
	if len(numbers) != 1 || numbers[0] {
		t.Errorf("one person has the numbers %v", numbers)
	}
}

// signedIn is somebody with a session that k remembers.
func signedIn(t *testing.T, k *Keeper) (Staff, Ticket, Session) {
	t.Helper()
	s, _ := employee(t)
	in := login(t, s)
	got, err := k.Session(t.Context(), in.Token)
	must(t, err)
	return s, in, got
}

func TestRevocationTakesEffectAtOnce(t *testing.T) {
	t.Parallel()
	here, there := keeper(t), keeper(t)
	_, in, s := signedIn(t, there)
	must(t, here.Revoke(t.Context(), s.Person, Order{}))
	begun := time.Now()
	wait(t, "the other process to hear of it", func() bool {
		_, err := there.Session(t.Context(), in.Token)
		return fault.Is(err, fault.Unsigned)
	})
	if took := time.Since(begun); took > staffTTL/4 {
		t.Errorf("took %v: that was the time, not the call", took)
	}
}

func TestRevocationWithoutRedisTakesSeconds(t *testing.T) {
	t.Parallel()
	here, there := deaf(t), deaf(t)
	ctx, held := clock.Hold(t.Context(), time.Now())
	s, _ := employee(t)
	in := login(t, s)
	got, err := there.Session(ctx, in.Token)
	must(t, err)
	_, err = there.Upper(ctx, got)
	must(t, err)
	must(t, here.Revoke(ctx, got.Person, Order{}))
	if _, err := there.Session(ctx, in.Token); err != nil {
		t.Fatalf("nothing was heard, and yet: %v", err) // else the next line tests nothing
	}
	if _, err := there.Upper(ctx, got); !fault.Is(err, fault.Unsigned) {
		t.Errorf("a door above the tenants must see it at once: %v", err)
	}
	got, err = there.Session(ctx, login(t, s).Token)
	must(t, err)
	must(t, here.Revoke(ctx, got.Person, Order{}))
	held.Move(clock.Now(ctx).Add(staffTTL))
	if _, err := there.Session(ctx, in.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after the time: %v", err)
	}
}

// PostgreSQL's word is enough: a Kratos that keeps the session does not bring it back.
func TestRevocationHoldsWithoutKratos(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	staff, in, s := signedIn(t, k)
	k.Client = NewClient(world.public, "http://127.0.0.1:9")
	if err := k.Revoke(t.Context(), s.Person, Order{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Kratos did not answer, and Revoke says %v", err)
	}
	if _, err := client().Whoami(t.Context(), in.Token); err != nil {
		t.Fatalf("Kratos ended it after all: %v", err)
	}
	if _, err := k.Session(t.Context(), in.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := k.Session(t.Context(), login(t, staff).Token); err != nil {
		t.Errorf("a new sign-in: %v", err)
	}
}

func TestDisabledPerson(t *testing.T) {
	t.Parallel()
	k := keeper(t)
	staff, in, s := signedIn(t, k)
	must(t, k.Disable(t.Context(), s.Person, Order{}))
	if _, err := k.Session(t.Context(), in.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("switched off: %v", err)
	}
	if _, err := k.Client.Login(t.Context(), staff.Phone, staff.Password); err == nil {
		t.Error("a person switched off signs in")
	}
	must(t, k.Enable(t.Context(), s.Person, Order{}))
	got, err := k.Session(t.Context(), login(t, staff).Token)
	must(t, err)
	if got.Person != s.Person {
		t.Errorf("switched on again as %d, was %d", got.Person, s.Person)
	}
	if err := k.Disable(t.Context(), 1<<60, Order{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// What is called out while the line is down is lost, so a new line empties the memory.
func TestNewLineEmptiesTheMemory(t *testing.T) {
	k := keeper(t) // not parallel: it cuts every line
	ctx, _ := clock.Hold(t.Context(), time.Now())
	s, _ := employee(t)
	in := login(t, s)
	_, err := k.Session(ctx, in.Token)
	must(t, err)
	if k.sessions.len() != 1 {
		t.Fatalf("remembers %d", k.sessions.len())
	}
	must(t, rdb(t).ClientKillByFilter(t.Context(), "TYPE", "pubsub").Err())
	wait(t, "the memory to be emptied", func() bool { return k.sessions.len() == 0 })
}

func TestCacheForgetsTheLeastUsed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	c := newCache(3)
	for i := range 3 {
		c.put(Key{byte(i)}, Session{Person: int64(i)}, now.Add(time.Hour), c.at())
	}
	c.get(Key{0}, now)
	c.put(Key{3}, Session{}, now.Add(time.Hour), c.at())
	if _, ok := c.get(Key{1}, now); ok {
		t.Error("the least used one stayed")
	}
	if _, ok := c.get(Key{0}, now); !ok || c.len() != 3 {
		t.Errorf("a used one left, %d stay", c.len())
	}
	epoch := c.at()
	c.forget(func(k Key, _ Session) bool { return k == Key{9} })
	c.put(Key{9}, Session{}, now.Add(time.Hour), epoch)
	if _, ok := c.get(Key{9}, now); ok {
		t.Error("what ended while it was asked for is held")
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	w, k := tenantstest.Open(t), deaf(t)
	_, _, s := signedIn(t, k)
	a, b, c := w.Street(t), w.Street(t, tenantstest.At(tenantstest.Other)), w.Street(t)
	for _, at := range []tenants.Tenant{a, b, c} {
		employ(t, w, at, s.Person, "陆明", Give{Role: Dispatcher}, Give{Role: Handler, Unit: "office-1"})
	}
	must(t, w.DB.Write(t.Context(), c.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return Leave(ctx, tx, s.Person) }))
	got, err := k.Places(t.Context(), s.Person)
	must(t, err)
	if len(got) != 2 || got[0].Tenant != a.ID || got[1].Tenant != b.ID || got[1].Slug != b.Slug || len(got[0].Roles) != 2 {
		t.Errorf("places %+v, want %d and %d with two roles each", got, a.ID, b.ID)
	}
	none, err := k.Places(t.Context(), 1<<60)
	if err != nil || len(none) != 0 {
		t.Errorf("nobody works at %v, %v", none, err)
	}
}

func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.held)
}
