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

// Follower publishes the acts of the last minute, after their batch is committed.
func Follower(client redis.UniversalClient, log *slog.Logger) journal.Follower {
	return journal.Follower{Name: Name, After: func(ctx context.Context, acts []journal.Act) {
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

// wakes is the Redis channel on which processes tell the followers that a placement has new acts.
const wakes = "wj:acts"

// Caller passes wake-ups on to other processes, many in one.
type Caller struct {
	client redis.UniversalClient
	mu     sync.Mutex
	places map[string]bool
	some   chan struct{}
}

// NewCaller makes a caller; Run must run.
func NewCaller(client redis.UniversalClient) *Caller {
	return &Caller{client: client, places: map[string]bool{}, some: make(chan struct{}, 1)}
}

// Recorded notes that acts were committed at the placement. It never waits.
func (c *Caller) Recorded(placement string) {
	c.mu.Lock()
	c.places[placement] = true
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
		places := c.places
		c.places = map[string]bool{}
		c.mu.Unlock()
		for p := range places {
			_ = c.client.Publish(ctx, wakes, p).Err()
		}
	}
}

// Listen wakes the runner whenever a caller calls, until ctx ends. It connects again by itself.
func Listen(ctx context.Context, client redis.UniversalClient, wake func(placement string)) error {
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
			wake(m.Payload)
		}
	}
}
