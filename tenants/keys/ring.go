package keys

import (
	"container/list"
	"context"
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

// Loader reads a tenant's wrapped data key and its version from where it is stored. Several callers
// share one call and any of them may give up first, so it must not use a transaction that it finds
// in ctx; ctx carries the values of the first caller, but not its deadline.
type Loader func(ctx context.Context, tenant int32) (wrapped []byte, version int, err error)

// Ring keeps the opened boxes of the tenants that were lately busy. Safe for concurrent use.
type Ring struct {
	service Service
	load    Loader
	size    int
	opening singleflight.Group

	mu     sync.Mutex
	held   map[int32]*list.Element // of *opened
	recent list.List               // front: used last
	epoch  uint64                  // counts Forget, so that an opening under way does not undo it
}

type opened struct {
	tenant int32
	box    *Box
	since  time.Time
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

// Len is how many boxes are held now.
func (r *Ring) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.held)
}

func (r *Ring) find(ctx context.Context, tenant int32) *Box {
	now := clock.Now(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.held[tenant]
	if e == nil {
		return nil
	}
	o := e.Value.(*opened)
	if now.Sub(o.since) >= MaxAge {
		r.drop(e)
		return nil
	}
	r.recent.MoveToFront(e)
	return o.box
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
	wrapped, version, err := r.load(ctx, tenant)
	if err != nil {
		return nil, err
	}
	key, err := r.service.Unwrap(ctx, tenant, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	box, err := NewBox(tenant, version, key)
	if err != nil {
		return nil, err
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch != epoch {
		return box, nil // something was forgotten meanwhile, perhaps this: serve it, don't keep it
	}
	if e := r.held[tenant]; e != nil {
		r.drop(e)
	}
	r.held[tenant] = r.recent.PushFront(&opened{tenant, box, since})
	for len(r.held) > r.size {
		r.drop(r.recent.Back())
	}
	return box, nil
}

// drop removes e; r.mu is held.
func (r *Ring) drop(e *list.Element) {
	r.recent.Remove(e)
	delete(r.held, e.Value.(*opened).tenant)
}
