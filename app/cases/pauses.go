package cases

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// left is how much of a clock that runs by unit is left from at until due: working time for limits
// in working hours and days, else all time. Nothing once due has passed.
func left(at, due time.Time, unit blueprint.LimitUnit, cal blueprint.Calendar) (time.Duration, error) {
	if !at.Before(due) {
		return 0, nil
	}
	if unit == blueprint.UrgentHour || unit == blueprint.CalendarDay {
		return due.Sub(at), nil
	}
	var sum time.Duration
	for d := clock.Day(at); d.Before(due); d = d.AddDate(0, 0, 1) {
		spans, err := work(d, cal)
		if err != nil {
			return 0, err
		}
		for _, s := range spans {
			from, to := s.from, s.to
			if from.Before(at) {
				from = at
			}
			if to.After(due) {
				to = due
			}
			if from.Before(to) {
				sum += to.Sub(from)
			}
		}
	}
	return sum, nil
}

// resumed is the deadline of a clock that stood still from since until at: as much of its own time is
// left at the end as was left at the beginning.
func resumed(since, at, due time.Time, unit blueprint.LimitUnit, cal blueprint.Calendar) (time.Time, error) {
	rest, err := left(since, due, unit, cal)
	if err != nil {
		return time.Time{}, err
	}
	if unit == blueprint.UrgentHour || unit == blueprint.CalendarDay {
		return at.Add(rest).UTC(), nil
	}
	return afterWork(at, rest, cal)
}

// before is the instant a limit ahead of end: what [Due] would lead from there to end, near enough to
// leave at least the limit's time. Working days count back whole, to the end of business.
func before(end time.Time, limit blueprint.Limit, cal blueprint.Calendar) (time.Time, error) {
	switch limit.Unit {
	case blueprint.UrgentHour:
		return end.Add(-time.Duration(limit.Value) * time.Hour).UTC(), nil
	case blueprint.CalendarDay:
		return end.AddDate(0, 0, -limit.Value).UTC(), nil
	}
	need, days := time.Duration(limit.Value)*time.Hour, limit.Value
	if need == 0 {
		return end.UTC(), nil
	}
	for n, d := 0, clock.Day(end); n < farthest; n, d = n+1, d.AddDate(0, 0, -1) {
		spans, err := work(d, cal)
		if err != nil {
			return time.Time{}, err
		}
		if limit.Unit == blueprint.WorkingDay {
			if len(spans) == 0 || n == 0 {
				continue
			}
			if days--; days == 0 {
				return spans[len(spans)-1].to.UTC(), nil
			}
			continue
		}
		for i := len(spans) - 1; i >= 0; i-- {
			from, to := spans[i].from, spans[i].to
			if to.After(end) {
				to = end
			}
			if has := to.Sub(from); has >= need {
				return to.Add(-need).UTC(), nil
			} else if has > 0 {
				need -= has
			}
		}
	}
	return time.Time{}, errNoWork
}

// unitOfClock is the unit in which a case's handling clock runs.
func (c *Case) unitOfClock(cfg *blueprint.Config) blueprint.LimitUnit {
	return handleLimit(cfg, c.Condition).Unit
}

// Resume takes a suspended case up again: its deadline moves on by the time that it stood still.
func Resume(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	s, err := begin(ctx, tx, id, ToResume)
	if err != nil {
		return nil, err
	}
	w := change{}
	if err := s.resume(&w); err != nil {
		return nil, err
	}
	return s.c, w.write(ctx, tx, s.c)
}

// resume lets the clock of a suspended case run again.
func (s *step) resume(w *change) error {
	again, err := s.c.resumed(s.c.SuspendedAt, s.at, s.c.unitOfClock(s.rules), calendarOf(s.rules))
	if err != nil {
		return err
	}
	s.c.SuspendedAt, s.c.SuspendedUntil, s.c.Clock = time.Time{}, time.Time{}, again
	w.columns = append(w.columns, "suspended_at", "suspended_until", "due_at")
	if !again.DueAt.IsZero() {
		w.remind = map[string]time.Time{dueTimer: again.rings(s.at)}
	}
	w.hush = append(w.hush, suspensionTimer)
	s.done("case.resumed")
	return nil
}

// runSuspension looks at a suspended case: when work was expected to go on it does, else the review is
// noted, and the unit must say that the ground still holds.
func runSuspension(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil || c.SuspendedAt.IsZero() || c.Stage != Handling {
		return err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	w := change{columns: []string{"stage"}}
	if s.at.Before(c.SuspendedUntil) {
		s.done("case.suspension_reviewed")
		return w.write(ctx, tx, c)
	}
	if err := s.resume(&w); err != nil {
		return err
	}
	w.hush = nil // it is the one that rings
	return w.write(ctx, tx, c)
}

// nextReview is when a suspended case is looked at next.
func nextReview(ctx context.Context, tx tenants.Tx, id uuid.UUID) (time.Time, error) {
	c, err := read(ctx, tx, id, sharing)
	if err != nil || c.SuspendedAt.IsZero() {
		return time.Time{}, err
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return time.Time{}, err
	}
	return review(clock.Now(ctx), c.SuspendedUntil, nil, rules)
}

// review is the next look at a suspension: after the period of its ground, or the tenant's, but not
// after work is expected to go on.
func review(at, until time.Time, ground *blueprint.Limit, cfg *blueprint.Config) (time.Time, error) {
	period := cfg.Limit("suspend.review", blueprint.Limit{Value: 30, Unit: blueprint.CalendarDay})
	if ground != nil {
		period = *ground
	}
	next, err := Due(at, period, calendarOf(cfg))
	if err != nil || next.After(until) {
		return until, err
	}
	return next, nil
}

// Postpone notes that the issuer of an order moved its deadline. Nobody else moves it; ours stays the
// configured lead ahead of it, and never beyond what the filing condition gives.
func Postpone(ctx context.Context, tx tenants.Tx, id uuid.UUID, upper time.Time) (*Case, error) {
	s, err := begin(ctx, tx, id, ToPostpone)
	if err != nil {
		return nil, err
	}
	var f problems
	if !upper.After(s.at) {
		f.Add("upper_due", errUpperDue)
		return nil, f.Fault()
	}
	return s.postpone(ctx, upper)
}

func (s *step) postpone(ctx context.Context, upper time.Time) (*Case, error) {
	c := s.c
	c.UpperDue = upper.UTC()
	own, err := Due(c.FiledAt, handleLimit(s.rules, c.Condition), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	due, err := ahead(own, c.UpperDue, s.at, s.rules)
	if err != nil {
		return nil, err
	}
	if err := c.started(s.rules, c.FiledAt, due); err != nil {
		return nil, err
	}
	w := change{columns: []string{"upper_due", "due_at", "late"}}
	if c.DueAt.After(s.at) {
		c.Late = false
		if c.SuspendedAt.IsZero() {
			w.remind = map[string]time.Time{dueTimer: c.rings(s.at)}
		}
	}
	s.done("case.postponed")
	return c, w.write(ctx, s.tx, c)
}

// ahead is our deadline for an order that must be answered by upper: own, or earlier by the configured
// lead. Where there is no room for the lead any more it is upper itself.
func ahead(own, upper, at time.Time, cfg *blueprint.Config) (time.Time, error) {
	if upper.IsZero() {
		return own, nil
	}
	lead, err := before(upper, cfg.Limit("cases.upper_lead", blueprint.Limit{Value: 4, Unit: blueprint.WorkingHour}), calendarOf(cfg))
	if err != nil {
		return own, err
	}
	if !lead.After(at) {
		lead = upper
	}
	if lead.Before(own) {
		return lead.UTC(), nil
	}
	return own, nil
}
