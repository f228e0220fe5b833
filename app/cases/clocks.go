package cases

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants/blueprint"
)

// farthest bounds the search for working time: a calendar that offers none within it is broken.
const farthest = 3 * 366

// errNoWork is a calendar without working time; blueprint checks keep it out.
var errNoWork = errors.New("the calendar has no working time in three years")

// Due is the last instant of a limit that starts at start. Days and hours are those of Asia/Shanghai.
//
//   - urgent hours run on, day and night;
//   - working hours run only in the calendar's hours of its working days, from the very moment;
//   - working days leave out the day of the start and end with the last working hour of the last day;
//   - calendar days leave out the day of the start and end at its last day's midnight, holidays or not.
//
// The two rules for days, and the one for hours, are those of 民法典 arts. 201 and 203.
func Due(start time.Time, limit blueprint.Limit, cal blueprint.Calendar) (time.Time, error) {
	if limit.Value < 0 {
		return time.Time{}, fmt.Errorf("time limit of %d", limit.Value)
	}
	switch limit.Unit {
	case blueprint.UrgentHour:
		return start.Add(time.Duration(limit.Value) * time.Hour).UTC(), nil
	case blueprint.CalendarDay:
		return clock.Day(start).AddDate(0, 0, limit.Value+1).UTC(), nil
	case blueprint.WorkingHour:
		return afterWork(start, time.Duration(limit.Value)*time.Hour, cal)
	case blueprint.WorkingDay:
		return afterDays(start, limit.Value, cal)
	}
	return time.Time{}, fmt.Errorf("time limit in unknown unit %q", limit.Unit)
}

// span is a stretch of working time, the end not included.
type span struct{ from, to time.Time }

// afterWork is the first instant at which need of working time has passed since start.
func afterWork(start time.Time, need time.Duration, cal blueprint.Calendar) (time.Time, error) {
	if need == 0 {
		return start.UTC(), nil
	}
	for n, d := 0, clock.Day(start); n < farthest; n, d = n+1, d.AddDate(0, 0, 1) {
		spans, err := work(d, cal)
		if err != nil {
			return time.Time{}, err
		}
		for _, s := range spans {
			if s.from.Before(start) {
				s.from = start
			}
			has := s.to.Sub(s.from)
			if has >= need {
				return s.from.Add(need).UTC(), nil
			}
			if has > 0 {
				need -= has
			}
		}
	}
	return time.Time{}, errNoWork
}

// afterDays is the end of business on the nth working day after start's day; of start's own for 0.
func afterDays(start time.Time, n int, cal blueprint.Calendar) (time.Time, error) {
	if n == 0 {
		return start.UTC(), nil
	}
	for i, d := 0, clock.Day(start).AddDate(0, 0, 1); i < farthest; i, d = i+1, d.AddDate(0, 0, 1) {
		spans, err := work(d, cal)
		if err != nil {
			return time.Time{}, err
		}
		if len(spans) == 0 {
			continue
		}
		if n--; n == 0 {
			return spans[len(spans)-1].to.UTC(), nil
		}
	}
	return time.Time{}, errNoWork
}

// work is the working time of the day that begins at d.
func work(d time.Time, cal blueprint.Calendar) ([]span, error) {
	if !worksOn(d, cal) {
		return nil, nil
	}
	spans := make([]span, 0, len(cal.Hours))
	for _, h := range cal.Hours {
		from, err1 := minutes(h.From)
		to, err2 := minutes(h.To)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("calendar %s: %w", cal.Key, err)
		}
		spans = append(spans, span{d.Add(from), d.Add(to)})
	}
	return spans, nil
}

// Shift is a stretch of working time, the end not included.
type Shift struct{ From, To time.Time }

// Shifts are the working time of the day that begins at d, in Asia/Shanghai; none on a day off.
func Shifts(d time.Time, cal blueprint.Calendar) ([]Shift, error) {
	spans, err := work(d, cal)
	out := make([]Shift, len(spans))
	for i, s := range spans {
		out[i] = Shift{s.from, s.to}
	}
	return out, err
}

// CalendarOf is the calendar by which a tenant works.
func CalendarOf(cfg *blueprint.Config) blueprint.Calendar { return calendarOf(cfg) }

// worksOn: a make-up day (调休) is worked whatever else it is; a holiday is not; else the weekday says.
func worksOn(d time.Time, cal blueprint.Calendar) bool {
	name := d.In(clock.Zone).Format(time.DateOnly)
	if slices.Contains(cal.Workdays, name) {
		return true
	}
	if slices.Contains(cal.Holidays, name) {
		return false
	}
	weekday := int(d.In(clock.Zone).Weekday())
	if weekday == 0 {
		weekday = 7
	}
	return slices.Contains(cal.Weekdays, weekday)
}

// minutes reads "15:04" as the time since midnight; "24:00" is the day's end.
func minutes(s string) (time.Duration, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%2d:%2d", &h, &m); n != 2 || err != nil || h < 0 || h > 24 || m < 0 || m > 59 || h == 24 && m > 0 {
		return 0, fmt.Errorf("%q is no time of day", s)
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, nil
}

// calendarOf is the calendar by which a tenant works.
func calendarOf(cfg *blueprint.Config) blueprint.Calendar {
	if cal, ok := cfg.Calendars.Find("default"); ok {
		return cal
	}
	if all := cfg.Calendars.All(); len(all) > 0 {
		return all[0]
	}
	return blueprint.Calendar{}
}

// conditionFor is the filing condition that fits when nobody chose one: for something urgent the first
// in urgent hours, else the first that is not.
func conditionFor(cfg *blueprint.Config, class string, urgent bool) string {
	for _, c := range cfg.ConditionsOf(class) {
		if (c.Limit.Unit == blueprint.UrgentHour) == urgent {
			return c.Key
		}
	}
	if all := cfg.ConditionsOf(class); len(all) > 0 {
		return all[0].Key
	}
	return ""
}

// handleLimit is how long a case may be handled: by its condition, else by the tenant's general limit.
func handleLimit(cfg *blueprint.Config, condition string) blueprint.Limit {
	if c, ok := cfg.Conditions.Find(condition); ok {
		return c.Limit
	}
	return cfg.Limit("cases.handle_limit", blueprint.Limit{Value: 5, Unit: blueprint.WorkingDay})
}

// receiveLimit is how long a unit may take to sign; for emergencies what the tenant says of those, if it does.
func receiveLimit(cfg *blueprint.Config, urgent bool) blueprint.Limit {
	limit := cfg.Limit("cases.receive_limit", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour})
	if urgent {
		limit = cfg.Limit("cases.urgent_receive_limit", limit)
	}
	return limit
}

// secondLimit is how long a unit may take from its signature until one of its own has the work.
func secondLimit(cfg *blueprint.Config) blueprint.Limit {
	return cfg.Limit("cases.second_dispatch_limit", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour})
}
