package cases

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants/blueprint"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

var office = blueprint.Calendar{
	Hours:    []blueprint.Period{{From: "09:00", To: "12:00"}, {From: "13:30", To: "17:30"}},
	Weekdays: []int{1, 2, 3, 4, 5},
	Holidays: []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"},
	Workdays: []string{"2026-09-20", "2026-10-10"},
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		name, start string
		value       int
		unit        blueprint.LimitUnit
		want        string
	}{
		{"an urgent hour runs over the night", "2026-11-23 23:30", 2, blueprint.UrgentHour, "2026-11-24 01:30"},
		{"working hours stop at noon", "2026-11-23 11:00", 2, blueprint.WorkingHour, "2026-11-23 14:30"},
		{"and may end exactly with the day", "2026-11-23 16:30", 1, blueprint.WorkingHour, "2026-11-23 17:30"},
		{"and run on after the weekend", "2026-11-27 17:00", 1, blueprint.WorkingHour, "2026-11-30 09:30"},
		{"what comes at night begins in the morning", "2026-11-23 03:00", 4, blueprint.WorkingHour, "2026-11-23 14:30"},
		{"a holiday week does not count", "2026-09-30 17:00", 1, blueprint.WorkingHour, "2026-10-08 09:30"},
		{"a make-up Saturday does", "2026-10-09 17:00", 1, blueprint.WorkingHour, "2026-10-10 09:30"},
		{"a working day leaves out its first", "2026-11-23 09:01", 1, blueprint.WorkingDay, "2026-11-24 17:30"},
		{"over a holiday week", "2026-09-30 10:00", 2, blueprint.WorkingDay, "2026-10-09 17:30"},
		{"counting the make-up day", "2026-10-09 10:00", 1, blueprint.WorkingDay, "2026-10-10 17:30"},
		{"from a Sunday", "2026-11-22 10:00", 1, blueprint.WorkingDay, "2026-11-23 17:30"},
		{"calendar days run through holidays", "2026-09-30 10:00", 3, blueprint.CalendarDay, "2026-10-04 00:00"},
	} {
		got, err := Due(at(c.start), blueprint.Limit{Value: c.value, Unit: c.unit}, office)
		if err != nil || !got.Equal(at(c.want)) {
			t.Errorf("%s: due %s (%v), want %s", c.name, got.In(clock.Zone).Format("2006-01-02 15:04"), err, c.want)
		}
	}
}

func TestDueRefusesBrokenCalendars(t *testing.T) {
	if _, err := Due(at("2026-11-23 10:00"), blueprint.Limit{Value: 1, Unit: blueprint.WorkingHour}, blueprint.Calendar{}); err == nil {
		t.Error("a calendar without working time must not loop or answer")
	}
	broken := office
	broken.Hours = []blueprint.Period{{From: "9 Uhr", To: "12:00"}}
	if _, err := Due(at("2026-11-23 10:00"), blueprint.Limit{Value: 1, Unit: blueprint.WorkingDay}, broken); err == nil {
		t.Error("hours that cannot be read must be an error")
	}
	if _, err := Due(at("2026-11-23 10:00"), blueprint.Limit{Value: 1, Unit: "moon"}, office); err == nil {
		t.Error("an unknown unit must be an error")
	}
}

// worksAt reports whether the minute that begins at t is worked, and knows nothing of spans.
func worksAt(t time.Time, cal blueprint.Calendar) bool {
	date, hm := t.In(clock.Zone).Format("2006-01-02"), t.In(clock.Zone).Format("15:04")
	wd := (int(t.In(clock.Zone).Weekday())+6)%7 + 1
	on := false
	for _, d := range cal.Weekdays {
		on = on || d == wd
	}
	for _, d := range cal.Holidays {
		on = on && d != date
	}
	for _, d := range cal.Workdays {
		on = on || d == date
	}
	for _, h := range cal.Hours {
		if on && hm >= h.From && hm < h.To {
			return true
		}
	}
	return false
}

// naive walks minute by minute.
func naive(start time.Time, l blueprint.Limit, cal blueprint.Calendar) time.Time {
	civil := func(t time.Time) string { return t.In(clock.Zone).Format("2006-01-02") }
	works := func(t time.Time) bool { return worksAt(t, cal) }
	t := start
	switch l.Unit {
	case blueprint.UrgentHour:
		for n := 0; n < l.Value*60; n++ {
			t = t.Add(time.Minute)
		}
	case blueprint.WorkingHour:
		for n := 0; n < l.Value*60; t = t.Add(time.Minute) {
			if works(t) {
				n++
			}
		}
	case blueprint.WorkingDay:
		first, last, days := civil(start), "", 0
		end := t
		for ; days <= l.Value; t = t.Add(time.Minute) {
			if !works(t) || civil(t) == first {
				continue
			}
			if civil(t) != last {
				if last, days = civil(t), days+1; days > l.Value {
					break
				}
			}
			end = t.Add(time.Minute)
		}
		return end
	case blueprint.CalendarDay:
		last, days := civil(start), 0
		for ; ; t = t.Add(time.Minute) {
			if d := civil(t); d != last {
				if last, days = d, days+1; days > l.Value {
					break
				}
			}
		}
	}
	return t
}

func TestDueAgreesWithMinuteByMinute(t *testing.T) {
	day0 := at("2026-09-14 00:00")
	rapid.Check(t, func(t *rapid.T) {
		cal := anyCalendar(t, day0)
		l := blueprint.Limit{
			Value: rapid.IntRange(1, 12).Draw(t, "value"),
			Unit:  rapid.SampledFrom([]blueprint.LimitUnit{blueprint.UrgentHour, blueprint.WorkingHour, blueprint.WorkingDay, blueprint.CalendarDay}).Draw(t, "unit"),
		}
		start := day0.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "start")) * time.Minute)
		got, err := Due(start, l, cal)
		if want := naive(start, l, cal); err != nil || !got.Equal(want) {
			t.Fatalf("%d %s from %s: due %s (%v), minute by minute %s", l.Value, l.Unit, start, got.In(clock.Zone), err, want.In(clock.Zone))
		}
	})
}

// anyCalendar is a random calendar of the forty days from day0 on.
func anyCalendar(t *rapid.T, day0 time.Time) blueprint.Calendar {
	date := rapid.Custom(func(t *rapid.T) string {
		return day0.AddDate(0, 0, rapid.IntRange(0, 40).Draw(t, "day")).Format("2006-01-02")
	})
	noon := rapid.IntRange(9*60+1, 12*60).Draw(t, "noon")
	hm := func(m int) string { return at("2026-01-01 00:00").Add(time.Duration(m) * time.Minute).Format("15:04") }
	return blueprint.Calendar{
		Hours: []blueprint.Period{{From: hm(rapid.IntRange(6*60, noon-1).Draw(t, "from")), To: hm(noon)},
			{From: hm(rapid.IntRange(noon, 15*60).Draw(t, "again")), To: hm(rapid.IntRange(15*60+1, 22*60).Draw(t, "to"))}},
		Weekdays: rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID[int]).Draw(t, "weekdays"),
		Holidays: rapid.SliceOfN(date, 0, 10).Draw(t, "holidays"),
		Workdays: rapid.SliceOfN(date, 0, 5).Draw(t, "workdays"),
	}
}

// What is left of a clock is the minutes that it would still run; after it stood still as much is left
// as before; and the instant ahead of an end leaves at least the limit.
func TestStandingStillAgreesWithMinuteByMinute(t *testing.T) {
	day0 := at("2026-09-14 00:00")
	count := func(from, to time.Time, unit blueprint.LimitUnit, cal blueprint.Calendar) (n time.Duration) {
		for m := from; m.Before(to); m = m.Add(time.Minute) {
			if unit == blueprint.UrgentHour || unit == blueprint.CalendarDay || worksAt(m, cal) {
				n += time.Minute
			}
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		cal := anyCalendar(t, day0)
		unit := rapid.SampledFrom([]blueprint.LimitUnit{blueprint.UrgentHour, blueprint.WorkingHour, blueprint.WorkingDay, blueprint.CalendarDay}).Draw(t, "unit")
		instant := func(name string) time.Time {
			return day0.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, name)) * time.Minute)
		}
		since, due, on := instant("since"), instant("due"), instant("on")
		rest, err := left(since, due, unit, cal)
		if want := count(since, due, unit, cal); err != nil || rest != want {
			t.Fatalf("left from %s to %s in %s: %s (%v), counted %s", since, due, unit, rest, err, want)
		}
		moved, err := resumed(since, on, due, unit, cal)
		if err != nil {
			t.Fatal(err)
		}
		if again := count(on, moved, unit, cal); again != rest {
			t.Fatalf("%s were left in %s; after it went on at %s until %s it has %s", rest, unit, on, moved, again)
		}
		l := blueprint.Limit{Value: rapid.IntRange(0, 9).Draw(t, "value"), Unit: unit}
		end := day0.AddDate(0, 0, 30).Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "end")) * time.Minute)
		start, err := before(end, l, cal)
		if err != nil {
			t.Fatal(err)
		}
		if start.After(end) {
			t.Fatalf("%d %s ahead of %s is %s", l.Value, unit, end, start)
		}
		if unit == blueprint.WorkingHour {
			if has := count(start, end, unit, cal); has != time.Duration(l.Value)*time.Hour {
				t.Fatalf("%d working hours ahead of %s is %s, which leaves %s", l.Value, end, start, has)
			}
		}
	})
}
