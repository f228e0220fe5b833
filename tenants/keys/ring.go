package keys

import (
	"container/list"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"wanjie/app/clock"
)

// MaxAge is how long a Ring keeps an opened box. It bounds how long another process can still read
// a tenant after its key was destroyed, and costs a busy tenant one Unwrap every ten minutes.
const MaxAge = 10 * time.Minute

// openTimeout bounds one opening (loader and key service), in place of the callers' own deadlines.
const openTimeout = 10 * time.Second

// Wrapped is one version of a tenant's data key as it is stored.
type Wrapped struct {
	Version int
	Key     []byte    // wrapped by the key service
	From    time.Time // when values begin to be sealed with it; zero: at once
}

// Settle is how long a new version must be readable everywhere before anything is sealed with it: by
// then no ring holds a box without it.
const Settle = MaxAge + 2*time.Minute

// Loader reads the versions of a tenant's data key that are in use from where they are stored: one, or
// two while values are brought over. Several callers share one call and any of them may give up first,
// so it must not use a transaction that it finds in ctx; ctx carries the values of the first caller,
// but not its deadline.
type Loader func(ctx context.Context, tenant int32) ([]Wrapped, error)

// Ring keeps the opened boxes of the tenants that were lately busy. Safe for concurrent use.
type Ring struct {
	service Service
	load    Loader
	size    int
	opening singleflight.Group

	mu     sync.Mutex
	held   map[int32]*list.Element // of *bunch
	recent list.List               // front: used last
	epoch  uint64                  // counts Forget, so that an opening under way does not undo it
}

// bunch is a tenant's versions, newest first, each as a box that seals with it and opens all.
type bunch struct {
	tenant int32
	boxes  []*Box
	from   []time.Time
	since  time.Time
}

// at is the box to seal with now: the newest version whose time has come.
func (b *bunch) at(now time.Time) *Box {
	for i, from := range b.from {
		if !now.Before(from) {
			return b.boxes[i]
		}
	}
	return b.boxes[len(b.boxes)-1]
}

// NewRing makes a ring of at most size boxes, about 1 KiB each.
func NewRing(service Service, size int, load Loader) *Ring {
	return &Ring{service: service, load: load, size: max(size, 1), held: make(map[int32]*list.Element)}
}

// Box returns the tenant's box, opening it if it is not held; many callers at once cause one
// opening. A failed opening is not remembered. Errors are the loader's, the service's
// (ErrUnknown, ErrDestroyed, ErrSealed) or ctx's.
func (r *Ring) Box(ctx context.Context, tenant int32) (*Box, error) {
	if box := r.find(ctx, tenant); box != nil {
		return box, nil
	}
	// The opening outlives its first caller, for the sake of those who wait with it.
	shared := context.WithoutCancel(ctx)
	answer := r.opening.DoChan(strconv.Itoa(int(tenant)), func() (any, error) {
		ctx, cancel := context.WithTimeout(shared, openTimeout)
		defer cancel()
		return r.open(ctx, tenant)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-answer:
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(*Box), nil
	}
}

// Forget drops the tenant's box: after its key was destroyed or changed.
func (r *Ring) Forget(tenant int32) {
	r.opening.Forget(strconv.Itoa(int(tenant)))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch++
	if e := r.held[tenant]; e != nil {
		r.drop(e)
	}
}

func (r *Ring) find(ctx context.Context, tenant int32) *Box {
	now := clock.Now(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.held[tenant]
	if e == nil {
		return nil
	}
	b := e.Value.(*bunch)
	if now.Sub(b.since) >= MaxAge {
		r.drop(e)
		return nil
	}
	r.recent.MoveToFront(e)
	return b.at(now)
}

func (r *Ring) open(ctx context.Context, tenant int32) (*Box, error) {
	// Somebody else's opening may have ended between our look and our turn.
	if box := r.find(ctx, tenant); box != nil {
		return box, nil
	}
	r.mu.Lock()
	epoch := r.epoch
	r.mu.Unlock()

	since := clock.Now(ctx)
	b, err := r.unwrap(ctx, tenant)
	if err != nil {
		return nil, err
	}
	b.since = since
	box := b.at(since)

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch != epoch {
		return box, nil // something was forgotten meanwhile, perhaps this: serve it, don't keep it
	}
	if e := r.held[tenant]; e != nil {
		r.drop(e)
	}
	r.held[tenant] = r.recent.PushFront(b)
	for len(r.held) > r.size {
		r.drop(r.recent.Back())
	}
	return box, nil
}

// unwrap opens every version of the tenant's data key.
func (r *Ring) unwrap(ctx context.Context, tenant int32) (*bunch, error) {
	stored, err := r.load(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return nil, fmt.Errorf("keys: tenant %d has no data key", tenant)
	}
	slices.SortFunc(stored, func(a, b Wrapped) int { return b.Version - a.Version })
	b := &bunch{tenant: tenant}
	var all []*opened
	for _, w := range stored {
		key, err := r.service.Unwrap(ctx, tenant, w.Key)
		if err != nil {
			return nil, err
		}
		o, err := open(tenant, w.Version, key)
		clear(key)
		if err != nil {
			return nil, err
		}
		all, b.from = append(all, o), append(b.from, w.From)
	}
	for _, o := range all {
		b.boxes = append(b.boxes, &Box{tenant, o, all})
	}
	return b, nil
}

// drop removes e; r.mu is held.
func (r *Ring) drop(e *list.Element) {
	r.recent.Remove(e)
	delete(r.held, e.Value.(*bunch).tenant)
}
