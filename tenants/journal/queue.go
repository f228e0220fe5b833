package journal

import (
	"sync"
	"time"
)

// behind is a tenant whose journal is longer than a follower's cursor says.
type behind struct {
	TenantID int32
	Fresh    bool // no cursor yet
}

// queue is the tenants that a follower should look at, each once, first come first served.
type queue struct {
	some chan struct{} // has a value when the queue may be non-empty

	mu    sync.Mutex
	in    map[int32]bool
	list  []behind
	stuck map[int32]time.Time
}

func newQueue() *queue {
	return &queue{some: make(chan struct{}, 1), in: map[int32]bool{}, stuck: map[int32]time.Time{}}
}

func (q *queue) add(list []behind) {
	if len(list) == 0 {
		return
	}
	q.mu.Lock()
	for _, b := range list {
		if until, held := q.stuck[b.TenantID]; held {
			if tick().Before(until) {
				continue
			}
			delete(q.stuck, b.TenantID)
		}
		if !q.in[b.TenantID] {
			q.in[b.TenantID] = true
			q.list = append(q.list, b)
		}
	}
	q.mu.Unlock()
	select {
	case q.some <- struct{}{}:
	default:
	}
}

func (q *queue) take(n int) []behind {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.list))
	out := make([]behind, n)
	copy(out, q.list)
	q.list = q.list[n:]
	for _, b := range out {
		delete(q.in, b.TenantID)
	}
	return out
}

// hold keeps a tenant out until then; the next look at all heads after it brings it back.
func (q *queue) hold(tenant int32, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stuck[tenant] = until
}
