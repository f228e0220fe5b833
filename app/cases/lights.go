package cases

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Light is how far a handling clock has run, as the desk's lamps show it (红黄灯). It is made of four moments and the
// present by [Shine], wherever it is shown, and each moment is an act within two seconds.
type Light string

// The lights. Dark is a clock that does not run: nothing to handle, or suspended.
const (
	Dark   Light = ""
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// Title is the light's name on screens, a catalogue key.
func (l Light) Title() string { return lightTitles[l] }

var lightTitles = map[Light]string{Green: ui.Key("绿灯"), Yellow: ui.Key("黄灯"), Red: ui.Key("红灯")}

// Clock is the handling clock of a case: when its lights change, and when it has run out. Zero moments never come; a
// clock without lights of its own turns red when it has run out.
type Clock struct {
	WarnAt time.Time `bun:",nullzero"` // 黄灯
	RedAt  time.Time `bun:",nullzero"` // 红灯; DueAt unless the street wants it earlier
	DueAt  time.Time `bun:",nullzero"` // the deadline of handling
}

// Shine is the light of a clock at a moment; runs is false for one that stands still or counts no more.
func Shine(c Clock, runs bool, now time.Time) Light {
	passed := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	switch {
	case !runs || c.DueAt.IsZero():
		return Dark
	case passed(c.DueAt) || passed(c.RedAt):
		return Red
	case passed(c.WarnAt):
		return Yellow
	}
	return Green
}

// Light is how the clock of a case shines that is at a stage, and suspended since a moment or not (zero).
func (c Clock) Light(at Stage, suspended, now time.Time) Light {
	return Shine(c, clockRuns(at, suspended), now)
}

// clockFrom is a clock that runs from start to due. It turns yellow and red when a share of its own time has passed:
// working time for limits in working hours and days, else all time, and all time too where there is no work between.
func clockFrom(start, due time.Time, unit blueprint.LimitUnit, cfg *blueprint.Config) (Clock, error) {
	c, cal := Clock{DueAt: due}, calendarOf(cfg)
	whole, err := left(start, due, unit, cal)
	if err != nil {
		return c, err
	}
	if whole == 0 {
		unit, whole = blueprint.UrgentHour, due.Sub(start)
	}
	at := func(percent int64) (time.Time, error) {
		part := whole / 100 * time.Duration(percent)
		if percent >= 100 {
			return due, nil
		}
		if unit == blueprint.UrgentHour || unit == blueprint.CalendarDay {
			return start.Add(part).UTC(), nil
		}
		return afterWork(start, part, cal)
	}
	if c.WarnAt, err = at(cfg.Int("cases.warn_percent", 80)); err == nil {
		c.RedAt, err = at(cfg.Int("cases.red_percent", 100))
	}
	return c, err
}

// resumed is the clock after it stood still from since until at. What had passed before has passed.
func (c Clock) resumed(since, at time.Time, unit blueprint.LimitUnit, cal blueprint.Calendar) (out Clock, err error) {
	for _, m := range []struct {
		from time.Time
		to   *time.Time
	}{{c.WarnAt, &out.WarnAt}, {c.RedAt, &out.RedAt}, {c.DueAt, &out.DueAt}} {
		*m.to = m.from
		if m.from.After(since) || m.to == &out.DueAt && !m.from.IsZero() {
			if *m.to, err = resumed(since, at, m.from, unit, cal); err != nil {
				return c, err
			}
		}
	}
	return out, nil
}

// rings is when the light changes next after at; where it changes no more, the deadline, if there is one.
func (c Clock) rings(at time.Time) time.Time {
	next := c.DueAt
	for _, m := range []time.Time{c.WarnAt, c.RedAt} {
		if m.After(at) && m.Before(next) {
			next = m
		}
	}
	return next
}

// started begins the handling clock of the case anew, from start to due.
func (c *Case) started(cfg *blueprint.Config, start, due time.Time) (err error) {
	c.Clock, err = clockFrom(start, due, c.unitOfClock(cfg), cfg)
	return err
}

// Running reports whether the case's handling clock runs.
func (c *Case) Running() bool { return clockRuns(c.Stage, c.SuspendedAt) }

func clockRuns(s Stage, suspended time.Time) bool {
	return (s == Filed || s == Handling) && suspended.IsZero()
}

// Past is when percent (100 or more) of the handling limit will have passed since the deadline was set: as much of the
// clock's own time after the deadline as the limit has.
func Past(c *Case, cfg *blueprint.Config, percent int) (time.Time, error) {
	unit, cal := c.unitOfClock(cfg), calendarOf(cfg)
	own, err := Due(c.FiledAt, handleLimit(cfg, c.Condition), cal)
	if err != nil {
		return time.Time{}, err
	}
	whole, err := left(c.FiledAt, own, unit, cal)
	if err != nil {
		return time.Time{}, err
	}
	more := whole / 100 * time.Duration(percent-100)
	if unit == blueprint.UrgentHour || unit == blueprint.CalendarDay {
		return c.DueAt.Add(more).UTC(), nil
	}
	return afterWork(c.DueAt, more, cal)
}

// runDue notes that a case's light changed, and marks it late when its deadline has passed and its work was not handed in.
func runDue(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if !c.Running() || c.DueAt.IsZero() {
		return nil
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return err
	}
	before, light := c.dims(rules), Shine(c.Clock, true, now)
	switch {
	case c.Late: // it came back late
	case !c.DueAt.After(now):
		c.Late = true
		record(tx, "case.overdue", c, now, before, c.dims(rules))
		if err := (change{columns: []string{"late"}}).write(ctx, tx, c); err != nil {
			return err
		}
	case light == Red:
		record(tx, "case.red", c, now, before, before)
	case light == Yellow:
		record(tx, "case.yellow", c, now, before, before)
	default:
		return nil // its deadline moved meanwhile
	}
	if Supervision.Lit == nil {
		return nil
	}
	return Supervision.Lit(ctx, tx, c, rules)
}

// nextLight is when the clock that has just rung rings next.
func nextLight(ctx context.Context, tx tenants.Tx, id uuid.UUID) (time.Time, error) {
	c, err := read(ctx, tx, id, sharing)
	if err != nil || c.Late || !c.Running() {
		return time.Time{}, err
	}
	return c.rings(clock.Now(ctx)), nil
}
