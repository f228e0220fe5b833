package journal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wanjie/tenants"
)

// Runner runs followers over every placement.
type Runner struct {
	db        *tenants.DB
	kinds     lifter
	log       *slog.Logger
	followers []Follower
	places    map[string]*place
	counts    *counts
}

// place is the followers of one placement.
type place struct {
	name   string
	wake   chan struct{}
	seen   map[int32]int64 // head of each tenant when it was last queued; one goroutine's own
	queues []*queue        // one a follower, in the runner's order
}

// NewRunner checks the wiring. kinds may be nil.
func NewRunner(db *tenants.DB, kinds Kinds, log *slog.Logger, followers ...Follower) (*Runner, error) {
	l, err := kinds.lifter()
	if err != nil {
		return nil, err
	}
	r := &Runner{db: db, kinds: l, log: log, places: map[string]*place{}, counts: newCounts()}
	seen := map[string]bool{}
	for _, f := range followers {
		if f.Name == "" || seen[f.Name] || f.Apply == nil && f.After == nil {
			return nil, fmt.Errorf("journal: follower %q is listed twice, or without name or effect", f.Name)
		}
		seen[f.Name] = true
		if f.Batch <= 0 {
			f.Batch = DefaultBatch
		}
		if f.Tenants <= 0 {
			f.Tenants = DefaultTenants
		}
		r.followers = append(r.followers, f)
	}
	for _, name := range db.Placements() {
		p := &place{name: name, wake: make(chan struct{}, 1), seen: map[int32]int64{}}
		for range r.followers {
			p.queues = append(p.queues, newQueue())
		}
		r.places[name] = p
	}
	return r, nil
}

// Names are the followers' names, as Lag wants them.
func (r *Runner) Names() []string {
	var names []string
	for _, f := range r.followers {
		names = append(names, f.Name)
	}
	return names
}

// Wake makes the runner look at the placement now instead of in up to a second.
func (r *Runner) Wake(placement string) {
	if p := r.places[placement]; p != nil {
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// Run follows until ctx ends; what is under way then rolls back and comes again at the next start.
func (r *Runner) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, p := range r.places {
		wg.Go(func() { r.look(ctx, p) })
		for i, f := range r.followers {
			wg.Go(func() { r.follow(ctx, p, f, p.queues[i]) })
		}
	}
	wg.Wait()
	return nil
}

// Drain follows in this goroutine until nothing is behind, for tests and commands. Tenants whose
// cursors another process holds are left to it.
func (r *Runner) Drain(ctx context.Context) error {
	for _, p := range r.places {
		for {
			if _, err := r.sweep(ctx, p); err != nil {
				return err
			}
			moved := 0
			for i, f := range r.followers {
				for chunk := p.queues[i].take(f.Tenants); len(chunk) > 0; chunk = p.queues[i].take(f.Tenants) {
					n, again, err := r.batch(ctx, p.name, f, chunk)
					if err != nil {
						return fmt.Errorf("follower %s: %w", f.Name, err)
					}
					moved += n
					p.queues[i].add(again)
				}
			}
			if moved == 0 {
				break
			}
		}
	}
	return nil
}

// Times of the look.
const (
	slowest = time.Second            // between two looks when nothing happens
	fastest = 50 * time.Millisecond  // when much does
	surely  = 30 * time.Second       // between two looks at all heads
	overlap = 2 * time.Second        // a head's time is taken just before its commit, which takes a while
	gap     = 20 * time.Millisecond  // after a wake-up, for its neighbours to come along
	share   = 25                     // a look's rest is so many times its work: at most 4 % of one core
	again   = 500 * time.Millisecond // after a lost connection
)

// look finds tenants that are behind and queues them for each follower.
func (r *Runner) look(ctx context.Context, p *place) {
	delay, sure := fastest, time.Time{}
	for ctx.Err() == nil {
		begun := tick()
		all := begun.Sub(sure) >= surely
		find := r.glance
		if all {
			find = r.sweep
		}
		found, err := find(ctx, p)
		took := time.Since(begun)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				r.log.Error("journal: looking for new acts failed", "placement", p.name, "err", err)
			}
			delay, sure = slowest, time.Time{} // what moved meanwhile may have left the window
		case found > 0:
			delay = fastest
		default:
			delay = min(2*delay, slowest)
		}
		if err == nil && all {
			sure = begun
		}
		timer := time.NewTimer(min(max(delay, share*took), slowest))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-p.wake:
			sleep(ctx, gap)
			delay = fastest
		}
		timer.Stop()
	}
}

// follow is one follower at one placement.
func (r *Runner) follow(ctx context.Context, p *place, f Follower, q *queue) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-q.some:
		}
		begun := tick()
		for chunk := q.take(f.Tenants); len(chunk) > 0 && ctx.Err() == nil; chunk = q.take(f.Tenants) {
			q.add(r.halve(ctx, p.name, f, q, chunk))
		}
		sleep(ctx, f.Pace-time.Since(begun))
	}
}

// halve follows the chunk, and where that fails its halves, down to the tenant that is the cause;
// it answers the tenants of which more is to be read.
func (r *Runner) halve(ctx context.Context, placement string, f Follower, q *queue, chunk []behind) []behind {
	_, more, err := r.batch(ctx, placement, f, chunk)
	switch {
	case err == nil || ctx.Err() != nil:
		return more
	case passing(err):
		r.log.Warn("journal: follower lost its connection", "follower", f.Name, "placement", placement, "err", err)
		r.counts.failures.WithLabelValues(f.Name).Inc()
		sleep(ctx, again)
		return chunk
	case len(chunk) > 1:
		half := len(chunk) / 2
		return append(r.halve(ctx, placement, f, q, chunk[:half]), r.halve(ctx, placement, f, q, chunk[half:])...)
	default:
		r.log.Error("journal: follower cannot take this tenant's next acts", "follower", f.Name, "tenant", chunk[0].TenantID, "err", err)
		r.counts.failures.WithLabelValues(f.Name).Inc()
		q.hold(chunk[0].TenantID, tick().Add(stuckFor))
		return nil
	}
}

// stuckFor is how long a tenant is left alone whose acts a follower cannot take.
const stuckFor = 20 * time.Second

// tick is for durations, which no test holds still.
func tick() time.Time { return time.Now() } //nolint:forbidigo // never the time of day

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
