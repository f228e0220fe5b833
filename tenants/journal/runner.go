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
	seen   map[tenants.ID]int64 // head of each tenant when it was last queued; one goroutine's own
	queues []*queue             // one a follower, in the runner's order
	memory *memory

	mu   sync.Mutex
	told map[tenants.ID]int64 // heads that Wake told of
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
		p := &place{name: name, wake: make(chan struct{}, 1), seen: map[tenants.ID]int64{}, told: map[tenants.ID]int64{}, memory: newMemory()}
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

// Wake tells the runner of journals that grew, each to its last act, so that it need not look. What
// it is not told of it finds within a second.
func (r *Runner) Wake(placement string, heads map[tenants.ID]int64) {
	p := r.places[placement]
	if p == nil {
		return
	}
	p.mu.Lock()
	for id, n := range heads {
		p.told[id] = max(p.told[id], n)
	}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
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
			if err := r.sweep(ctx, p); err != nil {
				return err
			}
			moved := 0
			for i, f := range r.followers {
				for chunk := p.queues[i].take(f.Tenants); len(chunk) > 0; chunk = p.queues[i].take(f.Tenants) {
					n, again, err := r.batch(ctx, p, f, chunk)
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
	often   = time.Second            // between two looks at the heads that moved of late
	surely  = 30 * time.Second       // between two looks at all heads
	overlap = 2 * time.Second        // a head's time is taken just before its commit, which takes a while
	share   = 25                     // a look's rest is so many times its work: at most 4 % of one core
	again   = 500 * time.Millisecond // after a lost connection
)

// look finds tenants that are behind and queues them for each follower.
func (r *Runner) look(ctx context.Context, p *place) {
	var sure time.Time
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
			p.mu.Lock()
			told := p.told
			p.told = map[tenants.ID]int64{}
			p.mu.Unlock()
			p.grown(told)
			continue
		case <-rest.C:
		}
		begun := tick()
		all := begun.Sub(sure) >= surely
		find := r.glance
		if all {
			find = r.sweep
		}
		err := find(ctx, p)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				r.log.Error("journal: looking for new acts failed", "placement", p.name, "err", err)
			}
			sure = time.Time{} // what moved meanwhile may have left the window
		case all:
			sure = begun
		}
		rest.Reset(max(often, share*time.Since(begun)))
	}
}

// grown queues tenants for every follower whose journals are longer than when they were last queued.
func (p *place) grown(heads map[tenants.ID]int64) {
	var list []behind
	for id, n := range heads {
		last, known := p.seen[id]
		if n > last {
			p.seen[id] = n
			list = append(list, behind{int32(id), !known})
		}
	}
	for _, q := range p.queues {
		q.add(list)
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
		for full := true; full && ctx.Err() == nil; {
			chunk := q.take(f.Tenants)
			if len(chunk) == 0 {
				break
			}
			more := r.halve(ctx, p, f, q, chunk)
			full = len(chunk) == f.Tenants || len(more) > 0 // else the rest of the moment's acts may come along
			q.add(more)
		}
		sleep(ctx, f.Pace-time.Since(begun))
	}
}

// halve follows the chunk, and where that fails its halves, down to the tenant that is the cause;
// it answers the tenants of which more is to be read.
func (r *Runner) halve(ctx context.Context, p *place, f Follower, q *queue, chunk []behind) []behind {
	_, more, err := r.batch(ctx, p, f, chunk)
	switch {
	case err == nil || ctx.Err() != nil:
		return more
	case passing(err):
		r.log.Warn("journal: follower lost its connection", "follower", f.Name, "placement", p.name, "err", err)
		r.counts.failures.WithLabelValues(f.Name).Inc()
		sleep(ctx, again)
		return chunk
	case len(chunk) > 1:
		half := len(chunk) / 2
		return append(r.halve(ctx, p, f, q, chunk[:half]), r.halve(ctx, p, f, q, chunk[half:])...)
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
