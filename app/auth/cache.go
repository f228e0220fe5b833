package auth

import (
	"container/list"
	"sync"
	"time"
)

// cache keeps sessions by their key, the least recently used ones leaving first. What it holds is
// good until a time of its own.
type cache struct {
	mu     sync.Mutex
	size   int
	held   map[Key]*list.Element // of *entry
	recent list.List             // front: used last
	epoch  uint64                // counts what was dropped, so that a load under way does not undo it
}

type entry struct {
	key     Key
	session Session // of a refusal: the zero Session
	until   time.Time
}

func newCache(size int) *cache { return &cache{size: size, held: make(map[Key]*list.Element)} }

// get answers what is held for k and still good at now.
func (c *cache) get(k Key, now time.Time) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.held[k]
	if e == nil {
		return Session{}, false
	}
	held := e.Value.(*entry)
	if !now.Before(held.until) {
		c.drop(e)
		return Session{}, false
	}
	c.recent.MoveToFront(e)
	return held.session, true
}

// at is the number to give to put: it changes whenever something is dropped on purpose.
func (c *cache) at() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch
}

// put holds s until a time, unless something was dropped since epoch was read: it may be this.
func (c *cache) put(k Key, s Session, until time.Time, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return
	}
	if e := c.held[k]; e != nil {
		c.drop(e)
	}
	c.held[k] = c.recent.PushFront(&entry{k, s, until})
	for len(c.held) > c.size {
		c.drop(c.recent.Back())
	}
}

// forget drops every entry that gone says is over. It looks at all of them: a millisecond for fifty
// thousand, and revoking is rare.
func (c *cache) forget(gone func(Key, Session) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		if held := e.Value.(*entry); gone(held.key, held.session) {
			c.drop(e)
		}
		e = next
	}
}

// drop removes e; c.mu is held.
func (c *cache) drop(e *list.Element) {
	c.recent.Remove(e)
	delete(c.held, e.Value.(*entry).key)
}
