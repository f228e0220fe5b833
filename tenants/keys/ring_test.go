package keys

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
)

// vault is where the wrapped keys of a test lie, in place of the directory.
type vault struct {
	mu      sync.Mutex
	wrapped map[int32][]byte
	version int
	next    []Wrapped // further versions, the same for every tenant
	loads   atomic.Int64
	before  func() // in each load
}

func (v *vault) load(ctx context.Context, tenant int32) ([]Wrapped, error) {
	v.loads.Add(1)
	if v.before != nil {
		v.before()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	w, has := v.wrapped[tenant]
	if !has {
		return nil, errors.New("no such tenant")
	}
	return append([]Wrapped{{Version: v.version, Key: w}}, v.next...), ctx.Err()
}

func newVault(t testing.TB, f *File, tenants int32) *vault {
	t.Helper()
	v := &vault{wrapped: map[int32][]byte{}, version: 1}
	for i := int32(1); i <= tenants; i++ {
		w, err := Issue(context.Background(), f, i)
		must(t, err)
		v.wrapped[i] = w
	}
	return v
}

func TestRingKeepsTheRecent(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	v := newVault(t, f, 4)
	r := NewRing(f, 2, v.load)
	take := func(tenant int32, wantLoads int64) *Box {
		t.Helper()
		box, err := r.Box(ctx, tenant)
		must(t, err)
		if got := v.loads.Load(); got != wantLoads {
			t.Fatalf("%d loads, want %d", got, wantLoads)
		}
		if box.tenant != tenant {
			t.Fatalf("box of tenant %d for %d", box.tenant, tenant)
		}
		return box
	}
	one := take(1, 1)
	take(2, 2)
	if take(1, 2) != one {
		t.Fatal("not the box that is held")
	}
	take(3, 3) // 2 was used least lately and goes
	take(1, 3)
	take(2, 4)
	if r.Len() != 2 {
		t.Fatalf("%d boxes held", r.Len())
	}
	at := Addr{"cases", "phone", uuid.New()}
	sealed := one.Seal(at, "13800138000")
	r.Forget(1)
	if got, err := take(1, 5).Open(at, sealed); err != nil || got != "13800138000" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestRingOpensOnceForMany(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	v := newVault(t, f, 1)
	release := make(chan struct{})
	v.before = func() { <-release }
	r := NewRing(f, 10, v.load)

	// The first caller gives up; those behind it are served all the same.
	impatient, cancel := context.WithCancel(ctx)
	gaveUp := make(chan error)
	go func() { _, err := r.Box(impatient, 1); gaveUp <- err }()
	for v.loads.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	wantErr(t, context.Canceled, <-gaveUp)

	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := r.Box(ctx, 1); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	wg.Wait()
	if n := v.loads.Load(); n != 1 {
		t.Errorf("%d loads", n)
	}
}

func TestErasureReachesEveryRing(t *testing.T) {
	t.Parallel()
	ctx, now := clock.Hold(t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	path := inTemp(t)
	here, there := openFile(t, path), openFile(t, path)
	v := newVault(t, here, 1)
	r := NewRing(there, 10, v.load)
	_, err := r.Box(ctx, 1)
	must(t, err)

	must(t, here.Destroy(ctx, 1))
	now.Move(clock.Now(ctx).Add(MaxAge - time.Second))
	if _, err = r.Box(ctx, 1); err != nil {
		t.Fatalf("the box is promised for MaxAge: %v", err)
	}
	now.Move(clock.Now(ctx).Add(time.Second)) // being in use does not prolong it
	_, err = r.Box(ctx, 1)
	wantErr(t, ErrDestroyed, err)
	if r.Len() != 0 {
		t.Error("the erased tenant's box is held")
	}
}

func TestForgetDuringOpening(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	v := newVault(t, f, 1)
	r := NewRing(f, 10, v.load)
	v.before = func() { r.Forget(1) }
	_, err := r.Box(ctx, 1)
	must(t, err)
	if r.Len() != 0 {
		t.Error("the opening put back what was forgotten")
	}
	v.before = nil
	_, err = r.Box(ctx, 1)
	must(t, err)
	if r.Len() != 1 {
		t.Error("nothing is held any more")
	}
}

func TestNewDataKey(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	v := newVault(t, f, 1)
	r := NewRing(f, 10, v.load)
	old, err := r.Box(ctx, 1)
	must(t, err)
	next, err := Issue(ctx, f, 1)
	must(t, err)
	v.wrapped[1], v.version = next, 2
	r.Forget(1)
	box, err := r.Box(ctx, 1)
	must(t, err)
	at := Addr{"cases", "phone", uuid.New()}
	_, err = old.Open(at, box.Seal(at, "张三"))
	wantErr(t, ErrVersion, err)
}

// A new version is read from the moment that it is known, and sealed with from its time on; then what was
// sealed before still opens, and a search asks for both blind indexes.
func TestTwoVersionsAtOnce(t *testing.T) {
	t.Parallel()
	f := openFile(t, inTemp(t))
	ctx, now := clock.Hold(t.Context(), time.Now())
	v := newVault(t, f, 1)
	early := NewRing(f, 10, v.load) // of a process that has not looked since
	before, err := early.Box(ctx, 1)
	must(t, err)
	next, err := Issue(ctx, f, 1)
	must(t, err)
	from := clock.Now(ctx).Add(Settle)
	v.next = []Wrapped{{Version: 2, Key: next, From: from}}
	r := NewRing(f, 10, v.load)
	at := Addr{"cases", "phone", uuid.New()}
	box := func(r *Ring) *Box {
		t.Helper()
		b, err := r.Box(ctx, 1)
		must(t, err)
		return b
	}
	old := box(r).Seal(at, "13800138000")
	if VersionOf(old) != 1 || box(r).Version() != 1 || len(box(r).Blinds("phone", "13800138000")) != 2 {
		t.Errorf("before its time: sealed with %d", VersionOf(old))
	}
	// Whatever process looked last just before the key was made has looked again before it is used.
	now.Move(from.Add(-time.Second))
	if got := box(early).Version(); got != 1 {
		t.Errorf("a second before its time version %d seals", got)
	}
	now.Move(from)
	b := box(early)
	sealed := b.Seal(at, "13900139000")
	if VersionOf(sealed) != 2 || b.Version() != 2 {
		t.Errorf("at its time version %d seals", VersionOf(sealed))
	}
	for value, c := range map[string][]byte{"13800138000": old, "13900139000": sealed} {
		for name, b := range map[string]*Box{"the same process": b, "another": box(r)} {
			if got, err := b.Open(at, c); err != nil || got != value {
				t.Errorf("%s opens %s as %q, %v", name, value, got, err)
			}
		}
	}
	wanted := b.Blinds("phone", "13800138000")
	if len(wanted) != 2 || !bytes.Equal(wanted[0], b.Blind("phone", "13800138000")) || !bytes.Equal(wanted[1], before.Blind("phone", "13800138000")) || b.Blinds("phone", "") != nil {
		t.Errorf("a search asks for %x", wanted)
	}
	_, err = before.Open(at, sealed) // a box kept past its request
	wantErr(t, ErrVersion, err)
	for _, bad := range [][]byte{nil, []byte("short"), bytes.Repeat([]byte{9}, Overhead+1)} {
		if VersionOf(bad) != 0 {
			t.Errorf("%x has version %d", bad, VersionOf(bad))
		}
	}
}

func TestRingErrors(t *testing.T) {
	t.Parallel()
	ctx, f := t.Context(), openFile(t, inTemp(t))
	v := newVault(t, f, 2)
	r := NewRing(f, 10, v.load)
	for range 2 { // an error is not remembered, and neither is it turned into a box
		if _, err := r.Box(ctx, 3); err == nil {
			t.Fatal("box of nobody")
		}
	}
	if n := v.loads.Load(); n != 2 {
		t.Errorf("%d loads", n)
	}
	v.wrapped[1], v.wrapped[2] = v.wrapped[2], v.wrapped[1]
	_, err := r.Box(ctx, 1)
	wantErr(t, ErrSealed, err)
	v.version = 0
	v.wrapped[1] = v.wrapped[2]
	if _, err := r.Box(ctx, 1); err == nil {
		t.Fatal("version 0")
	}
}

func BenchmarkRing(b *testing.B) {
	f := openFile(b, inTemp(b))
	v := newVault(b, f, 1)
	r := NewRing(f, 10, v.load)
	b.Run("held", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := r.Box(context.Background(), 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("opening", func(b *testing.B) {
		for b.Loop() {
			r.Forget(1)
			if _, err := r.Box(context.Background(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Len is how many boxes are held now.
func (r *Ring) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.held)
}
