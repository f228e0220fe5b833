package blueprint

import (
	"container/list"
	"sync"
)

// Cache keeps configurations that were assembled: one per version, shared by all its unchanged
// tenants, and one per revision of each changed tenant. It is bounded; the least recently used go
// first. Entries never grow stale, because versions and revisions never change.
type Cache struct {
	mu    sync.Mutex
	most  int
	byUse *list.List // of *slot, newest first
	slots map[slotKey]*list.Element
}

// slotKey names a configuration. Tenant and revision are 0 for a bare version.
type slotKey struct {
	deployment any // whose version numbers and tenants these are
	version    int32
	tenant     int32
	revision   int64
}

type slot struct {
	key    slotKey
	config *Config
	source *Version // with bare versions only
}

// NewCache makes a cache of at most most configurations.
func NewCache(most int) *Cache {
	return &Cache{most: most, byUse: list.New(), slots: map[slotKey]*list.Element{}}
}

func (c *Cache) find(k slotKey) (slot, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.slots[k]
	if !ok {
		return slot{}, false
	}
	c.byUse.MoveToFront(e)
	return *e.Value.(*slot), true
}

// keep puts s in, unless somebody was faster, and returns the one that is kept: equal keys share one.
func (c *Cache) keep(s slot) slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.slots[s.key]; ok {
		c.byUse.MoveToFront(e)
		return *e.Value.(*slot)
	}
	c.slots[s.key] = c.byUse.PushFront(&s)
	for c.byUse.Len() > c.most {
		last := c.byUse.Back()
		c.byUse.Remove(last)
		delete(c.slots, last.Value.(*slot).key)
	}
	return s
}

// Len is the number of configurations kept.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byUse.Len()
}
