package supervision

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// The clocks of supervision.
const (
	considerTimer    = "supervision.consider"    // of a case: perhaps an order is to be proposed
	replyTimer       = "supervision.reply"       // of an order: it should have been answered
	instructionTimer = "supervision.instruction" // it should have been done
)

// lit hears that the light of a locked case changed: the unit is urged once when it turns yellow, and orders are
// considered from the deadline on.
func lit(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config) error {
	now := clock.Now(ctx)
	if c.Late {
		if err := consider(ctx, tx, c, rules, now); err != nil {
			return err
		}
		next, err := nextShare(c, rules, now)
		if err != nil || next.IsZero() {
			return err
		}
		return jobs.Remind(ctx, tx, jobs.Timer{Kind: considerTimer, Object: c.ID, DueAt: next})
	}
	if cases.Shine(c.Clock, c.Running(), now) != cases.Yellow || !rules.Bool("urge.auto", true) || !mayBeUrged(c) || int64(c.Urges) >= most(rules) {
		return nil
	}
	return urge(ctx, tx, c, rules, "", byMachine)
}

// repeated hears that another report was merged into a case, and has it considered without waiting for its lock.
func repeated(ctx context.Context, tx tenants.Tx, into uuid.UUID) error {
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: considerTimer, Object: into, DueAt: clock.Now(ctx)})
}

// consider proposes the highest degree that a locked case has come to, if none so high was ever proposed for it.
func consider(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config, now time.Time) error {
	if !inHands(c) || !rules.Bool("supervise.auto", true) {
		return nil
	}
	var known struct{ Highest, Reports int }
	err := tx.Raw(`SELECT coalesce((SELECT max(rank) FROM supervision_orders WHERE tenant_id = ?0 AND case_id = ?1), 0) AS highest,
		1 + (SELECT count(*) FROM cases WHERE tenant_id = ?0 AND merged_into = ?1) AS reports`, int32(tx.ID()), c.ID).Scan(ctx, &known)
	if err != nil {
		return fmt.Errorf("consider case %s: %w", c.Number, err)
	}
	var o *Order
	for _, d := range Degrees(rules) {
		if d.Rank <= known.Highest {
			continue
		}
		late, err := overdueBy(c, rules, d, now)
		if err != nil {
			return err
		}
		switch {
		case late:
			o = &Order{Level: d.Key, Rank: int16(d.Rank), Ground: Overdue}
		case d.Repeats > 1 && known.Reports >= d.Repeats:
			o = &Order{Level: d.Key, Rank: int16(d.Rank), Ground: Repeated}
		}
	}
	if o == nil {
		return nil
	}
	return o.propose(ctx, tx, c, rules, "")
}

// overdueBy reports whether a case is overdue by the share of its limit that a degree asks for.
func overdueBy(c *cases.Case, rules *blueprint.Config, d blueprint.Supervision, now time.Time) (bool, error) {
	if d.Overdue == 0 || !c.Late || !c.Running() {
		return false, nil
	}
	at, err := cases.Past(c, rules, max(d.Overdue, 100))
	return !now.Before(at), err
}

// nextShare is when a late case comes to the share of another degree; zero: to none any more.
func nextShare(c *cases.Case, rules *blueprint.Config, now time.Time) (next time.Time, err error) {
	for _, d := range Degrees(rules) {
		if d.Overdue == 0 {
			continue
		}
		at, err := cases.Past(c, rules, max(d.Overdue, 100))
		if err != nil {
			return next, err
		}
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

func runConsider(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return err
	}
	return consider(ctx, tx, c, rules, clock.Now(ctx))
}

// nextConsider keeps looking while the case is open: work may come back late.
func nextConsider(ctx context.Context, tx tenants.Tx, id uuid.UUID) (time.Time, error) {
	c, rules, err := cases.Find(ctx, tx, id)
	if err != nil || !c.Late || c.Stage.Ended() {
		return time.Time{}, err
	}
	return nextShare(c, rules, clock.Now(ctx))
}

// runReply notes that an order was not answered in time, and calls the next degree.
func runReply(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	s, err := take(ctx, tx, id)
	if err != nil {
		return err
	}
	o := s.o
	if o.State != Signed || o.ReplyBy.After(s.at) {
		return nil // answered meanwhile
	}
	o.Missed = true
	s.note("case.supervision_missed")
	if err := s.write(ctx, "missed"); err != nil {
		return err
	}
	if !s.rules.Bool("supervise.escalate", true) || !inHands(s.c) {
		return nil
	}
	for _, d := range Degrees(s.rules) {
		if d.Rank <= int(o.Rank) {
			continue
		}
		known, err := tx.Select((*Order)(nil)).Where("o.case_id = ?", s.c.ID).Where("o.rank >= ?", d.Rank).Exists(ctx)
		if err != nil || known {
			return err
		}
		next := &Order{Level: d.Key, Rank: int16(d.Rank), Ground: Missed, Follows: o.ID}
		return next.propose(ctx, tx, s.c, s.rules, "")
	}
	return nil
}
