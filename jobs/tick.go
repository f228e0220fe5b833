package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// Periodic is work that comes again and again: a job of the deployment (tenant 0) at every placement,
// or at home only. Ticks missed while nothing ran are not made up for, except the latest.
type Periodic struct {
	Kind  Kind
	Every time.Duration // whole days count from midnight in Asia/Shanghai
	After time.Duration // into each period
	Home  bool          // once for the deployment, and not at every placement
}

// Tick is the payload of a periodic job.
type Tick struct {
	At time.Time `json:"at"` // beginning of the period plus After
}

// Ticker adds the jobs of periodic work. Any number of them may run: whoever writes the tick's row
// adds its job, in the same transaction.
type Ticker struct {
	DB        *tenants.DB
	Periodics []Periodic
	Log       *slog.Logger
}

// latest is the newest tick not after now.
func (p Periodic) latest(now time.Time) time.Time {
	_, offset := now.In(clock.Zone).Zone()
	shift := time.Duration(offset) * time.Second
	return now.UTC().Add(shift - p.After).Truncate(p.Every).Add(p.After - shift)
}

// Run ticks until ctx ends.
func (t *Ticker) Run(ctx context.Context) error {
	for _, p := range t.Periodics {
		if p.Every < time.Second || p.Kind.Name == "" {
			return fmt.Errorf("jobs: periodic %q needs a name and a period of a second or more", p.Kind.Name)
		}
	}
	done := map[string]time.Time{}
	for ctx.Err() == nil {
		if err := t.Once(ctx, done); err != nil && ctx.Err() == nil {
			t.Log.Warn("jobs: ticker", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

// Once adds the jobs of the present ticks that done does not name, and notes them there.
func (t *Ticker) Once(ctx context.Context, done map[string]time.Time) error {
	now := clock.Now(ctx)
	for _, placement := range t.DB.Placements() {
		for _, p := range t.Periodics {
			at, key := p.latest(now), placement+"/"+p.Kind.Name
			if p.Home && placement != tenants.Home || done[key].Equal(at) {
				continue
			}
			err := t.DB.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
				res, err := tx.Raw(`INSERT INTO ctl.ticks (name, tick_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, p.Kind.Name, at).Exec(ctx)
				if err != nil {
					return err
				}
				if n, _ := res.RowsAffected(); n == 0 {
					return nil // another process was first
				}
				_, err = AddSystem(ctx, tx, p.Kind.Job(Tick{at}))
				return err
			})
			if err != nil {
				return fmt.Errorf("tick %s at %s: %w", p.Kind.Name, placement, err)
			}
			done[key] = at
		}
	}
	return nil
}

// keep is how long done jobs, acted timers and ticks are kept for whoever asks what happened.
const keep = 14 * 24 * time.Hour

// sweepings is how many rows one run of Housekeeping deletes of each table; the next hour goes on.
const sweepings = 50_000

// Housekeeping deletes what is long done: jobs and timers after a fortnight, replies to requests after 90 days.
var Housekeeping = Periodic{Every: time.Hour, After: 7 * time.Minute, Kind: Kind{
	Name: "jobs.housekeeping", Queue: Bulk, Timeout: 5 * time.Minute,
	System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
		now := clock.Now(ctx)
		for _, d := range []struct {
			table, by string
			before    time.Time
		}{{"outbox", "done_at", now.Add(-keep)}, {"timers", "done_at", now.Add(-keep)}, {"ctl.ticks", "tick_at", now.Add(-keep)},
			{"requests", "made_at", now.AddDate(0, 0, -90)}} {
			if _, err := tx.Raw(`DELETE FROM `+d.table+` WHERE ctid = ANY(ARRAY(SELECT ctid FROM `+d.table+` WHERE `+d.by+` < ? LIMIT ?))`,
				d.before, sweepings).Exec(ctx); err != nil {
				return fmt.Errorf("delete old rows of %s: %w", d.table, err)
			}
		}
		return nil
	},
}}
