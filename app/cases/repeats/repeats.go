package repeats

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Repeat is a class that was dispatched to a unit again and again though no list says so.
type Repeat struct {
	Class, Unit            string
	Negotiated, Designated int
	Last                   time.Time
	Community              bool // the unit is a community: its list is the communities' list
}

// Count is how often, by either basis.
func (r Repeat) Count() int { return r.Negotiated + r.Designated }

// most is how many pairs a page shows.
const most = 100

// Threshold is from how many dispatches within how many days on a pair is a repeat.
func Threshold(cfg *blueprint.Config) (times, days int) {
	return int(cfg.Int("duties.suggest_repeats", 3)), int(cfg.Int("duties.suggest_days", 180))
}

// Since is the beginning of the days that are looked at.
func Since(ctx context.Context, cfg *blueprint.Config) time.Time {
	_, days := Threshold(cfg)
	return clock.Day(clock.Now(ctx)).AddDate(0, 0, 1-days)
}

// All lists the repeats, the most frequent first. What today's list says already is none any more.
func All(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]Repeat, error) {
	times, _ := Threshold(cfg)
	var out []Repeat
	err := tx.Raw(`SELECT c.class, a.unit, count(*) FILTER (WHERE a.basis = 'negotiated') AS negotiated,
			count(*) FILTER (WHERE a.basis = 'designated') AS designated, max(a.dispatched_at) AS last
		FROM assignments a JOIN cases c ON c.tenant_id = a.tenant_id AND c.id = a.case_id
		WHERE a.tenant_id = ? AND a.basis <> 'statutory' AND a.role <> 'hand' AND NOT a.recalled AND a.dispatched_at >= ?
		GROUP BY c.class, a.unit HAVING count(*) >= ? ORDER BY count(*) DESC, max(a.dispatched_at) DESC LIMIT ?`,
		int32(tx.ID()), Since(ctx, cfg), times, most).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("dispatches outside the list: %w", err)
	}
	for i := range out {
		u, ok := cfg.UnitOf(out[i].Unit)
		out[i].Community = ok && u.Kind == blueprint.Community
	}
	return slices.DeleteFunc(out, func(r Repeat) bool { return listed(cfg, r) }), nil
}

// listed reports whether the duty list of today names the unit for the class.
func listed(cfg *blueprint.Config, r Repeat) bool {
	community := ""
	if r.Community {
		community = r.Unit
	}
	return slices.ContainsFunc(cfg.DutiesOf(r.Class), func(d blueprint.Duty) bool {
		return d.List != blueprint.Withdrawn && blueprint.Answers(d.Unit, d.UnitKind, community) == r.Unit
	})
}

// Dispatch is one of those that make a repeat. What was said for it is sealed in its assignment.
type Dispatch struct {
	Assignment uuid.UUID
	Case       uuid.UUID
	Number     string
	Role       string
	Basis      string
	Person     int64
	At         time.Time
	Parties    []byte
	Designator []byte
	Ground     []byte
	Reason     []byte
}

// mostReasons is how many dispatches are opened at a time, the latest first: a look at each is written down.
const mostReasons = 50

// Of lists the dispatches of a class to a unit, the latest first.
func Of(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, class, unit string) ([]Dispatch, error) {
	var out []Dispatch
	err := tx.Raw(`SELECT a.id AS assignment, c.id AS case, c.number, a.role, a.basis, a.dispatched_by AS person, a.dispatched_at AS at, a.parties, a.designator, a.ground, a.reason
		FROM assignments a JOIN cases c ON c.tenant_id = a.tenant_id AND c.id = a.case_id
		WHERE a.tenant_id = ? AND a.basis <> 'statutory' AND a.role <> 'hand' AND NOT a.recalled AND a.dispatched_at >= ? AND a.unit = ? AND c.class = ?
		ORDER BY a.dispatched_at DESC, a.id LIMIT ?`, int32(tx.ID()), Since(ctx, cfg), unit, class, mostReasons).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("dispatches of %s to %s: %w", class, unit, err)
	}
	return out, nil
}
