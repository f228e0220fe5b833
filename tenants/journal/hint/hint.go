// Package hint tells live screens, and the followers of other processes, that something happened.
// Hints travel over Redis and may be lost: a screen that gets one fetches, and one that gets none
// shows a little later what is there anyway. A hint says which object moved and never how.
package hint

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// Hint is what a screen hears.
type Hint struct {
	Object string    `json:"object"` // "case"
	ID     uuid.UUID `json:"id"`
	Kind   string    `json:"kind"` // of the act
}

// Channel is the Redis channel of a tenant's hints.
func Channel(tenant tenants.ID) string { return "wj:hint:" + tenant.String() }

// Name is the follower's name.
const Name = "hint"

// stale is the age from which an act is no news: after an outage nobody gets a flood of hints.
const stale = time.Minute

// pace gathers the acts of a busy moment into one batch: no eye sees a tenth of a second.
const pace = 100 * time.Millisecond

// Follower publishes the acts of the last minute, after their batch is committed.
func Follower(client redis.UniversalClient, log *slog.Logger) journal.Follower {
	return journal.Follower{Name: Name, Pace: pace, After: func(ctx context.Context, acts []journal.Act) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		type once struct {
			tenant tenants.ID
			hint   Hint
		}
		seen := map[once]bool{}
		pipe := client.Pipeline()
		now := clock.Now(ctx)
		for _, a := range acts {
			o := once{a.Tenant, Hint{a.Object, a.ObjectID, a.Kind}}
			if seen[o] || now.Sub(a.RecordedAt) > stale {
				continue
			}
			seen[o] = true
			body, _ := json.Marshal(o.hint) // three strings
			pipe.Publish(ctx, Channel(a.Tenant), body)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			log.Warn("hints were lost", "count", len(seen), "err", err)
		}
	}}
}

// wakes is the Redis channel on which processes tell the followers whose journals grew.
const wakes = "wj:acts"

// Heads are the tenants of one placement whose journals grew, each with the number of its last act.
type Heads = map[tenants.ID]int64

// Caller passes wake-ups on to other processes, many in one.
type Caller struct {
	client redis.UniversalClient
	mu     sync.Mutex
	grown  map[string]Heads // by placement
	some   chan struct{}
}

// NewCaller makes a caller; Run must run.
func NewCaller(client redis.UniversalClient) *Caller {
	return &Caller{client: client, grown: map[string]Heads{}, some: make(chan struct{}, 1)}
}

// Recorded notes that a tenant's journal reaches to act n. It never waits.
func (c *Caller) Recorded(placement string, tenant tenants.ID, n int64) {
	c.mu.Lock()
	heads := c.grown[placement]
	if heads == nil {
		heads = Heads{}
		c.grown[placement] = heads
	}
	heads[tenant] = max(heads[tenant], n)
	c.mu.Unlock()
	select {
	case c.some <- struct{}{}:
	default:
	}
}

// together is how long a caller gathers before it calls.
const together = 25 * time.Millisecond

// Run calls until ctx ends. What Redis does not take is dropped: followers look by themselves too.
func (c *Caller) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.some:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(together):
		}
		c.mu.Lock()
		grown := c.grown
		c.grown = map[string]Heads{}
		c.mu.Unlock()
		body, err := json.Marshal(grown)
		if err != nil {
			return err // numbers by names: cannot happen
		}
		_ = c.client.Publish(ctx, wakes, body).Err()
	}
}

// Listen wakes the runner whenever a caller calls, until ctx ends. It connects again by itself.
func Listen(ctx context.Context, client redis.UniversalClient, wake func(placement string, heads Heads)) error {
	sub := client.Subscribe(ctx, wakes)
	defer func() { _ = sub.Close() }()
	calls := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-calls:
			if !ok {
				return nil
			}
			var grown map[string]Heads
			if json.Unmarshal([]byte(m.Payload), &grown) != nil {
				continue // of another release: the look finds it
			}
			for placement, heads := range grown {
				wake(placement, heads)
			}
		}
	}
}
