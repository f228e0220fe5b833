package admin

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"wanjie/app/clock"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// noticed is the month in which the State Council's notice of the next year's holidays is out.
const noticed = time.November

// unfilled is the next year from November on while the calendar has none of its holidays; else 0.
func unfilled(cal blueprint.Calendar, now time.Time) int {
	now = now.In(clock.Zone)
	next := now.Year() + 1
	if now.Month() < noticed || slices.ContainsFunc(cal.Holidays, func(d string) bool { return len(d) > 4 && d[:4] == strconv.Itoa(next) }) {
		return 0
	}
	return next
}

// years draws this year of a calendar, and the next as far as it is known.
func (s *sheet) years(src blueprint.Source) (out []view.Year, warn string) {
	if src.Kind != blueprint.Calendars {
		return nil, ""
	}
	var cal blueprint.Calendar
	_ = json.Unmarshal(src.Effective.Body, &cal) // stored bodies were read before
	now := clock.Now(s.ctx)
	if next := unfilled(cal, now); next != 0 {
		warn = ui.T(s.ctx, "还没有 %s 年的放假日期，时限会把节假日算作工作日。请按国务院办公厅的通知填写放假和调休日期。", strconv.Itoa(next))
	}
	first := now.In(clock.Zone).Year()
	for _, year := range []int{first, first + 1} {
		if y := yearOf(cal, year); year == first || y.Holidays > 0 {
			out = append(out, y)
		}
	}
	return out, warn
}

// yearOf lays a calendar's days into months that begin on Monday.
func yearOf(cal blueprint.Calendar, year int) view.Year {
	y := view.Year{Number: year}
	for m := time.January; m <= time.December; m++ {
		first := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
		month, week := view.Month{Number: int(m)}, view.Week{}
		for d := first; d.Month() == m; d = d.AddDate(0, 0, 1) {
			at, key := (int(d.Weekday())+6)%7, d.Format(time.DateOnly)
			day := view.Day{Number: d.Day()}
			switch {
			case slices.Contains(cal.Holidays, key):
				day.Holiday = true
				y.Holidays++
			case slices.Contains(cal.Workdays, key):
				day.Work = true
				y.Workdays++
			case !slices.Contains(cal.Weekdays, at+1):
				day.Free = true
			}
			week[at] = day
			if at == 6 {
				month.Weeks, week = append(month.Weeks, week), view.Week{}
			}
		}
		if week != (view.Week{}) {
			month.Weeks = append(month.Weeks, week)
		}
		y.Months = append(y.Months, month)
	}
	return y
}
