package patrol

import (
	"slices"
	"strconv"
	"strings"

	"wanjie/app/clock"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// Every is how often a patrol is due.
type Every string

// The frequencies.
const (
	EveryDay     Every = "day"
	EveryWorkday Every = "workday" // by the street's calendar
	EveryWeek    Every = "week"    // on chosen days
	EveryMonth   Every = "month"   // on chosen days
)

// Frequencies lists them, for forms.
var Frequencies = []Every{EveryDay, EveryWorkday, EveryWeek, EveryMonth}

// Title is the frequency's name on screens, a catalogue key.
func (e Every) Title() string { return everyTitles[e] }

var everyTitles = map[Every]string{EveryDay: ui.Key("每天"), EveryWorkday: ui.Key("每个工作日"), EveryWeek: ui.Key("每周"), EveryMonth: ui.Key("每月")}

// Frequency is how often, on which days.
type Frequency struct {
	Every Every
	Days  []int // of a week 1 Monday to 7 Sunday, of a month 1 to 31
}

func parseDays(s string) (out []int) {
	for _, word := range strings.Fields(s) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}

func writeDays(days []int) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = strconv.Itoa(d)
	}
	return strings.Join(words, " ")
}

// sound puts the days in order and reports whether they are some.
func (f *Frequency) sound() bool {
	slices.Sort(f.Days)
	f.Days = slices.Compact(f.Days)
	switch f.Every {
	case EveryDay, EveryWorkday:
		f.Days = nil
		return true
	case EveryWeek:
		return len(f.Days) > 0 && f.Days[0] >= 1 && f.Days[len(f.Days)-1] <= 7
	case EveryMonth:
		return len(f.Days) > 0 && f.Days[0] >= 1 && f.Days[len(f.Days)-1] <= 31
	}
	return false
}

// due reports whether a round begins on a day. A day of the month that the month has not falls on its last.
func (f Frequency) due(d clock.Date, cal blueprint.Calendar) bool {
	switch f.Every {
	case EveryDay:
		return true
	case EveryWorkday:
		if slices.Contains(cal.Workdays, string(d)) {
			return true
		}
		return slices.Contains(cal.Weekdays, d.Weekday()) && !slices.Contains(cal.Holidays, string(d))
	case EveryWeek:
		return slices.Contains(f.Days, d.Weekday())
	case EveryMonth:
		n := d.Start().Day()
		last := d.Add(1).Start().Day() == 1
		return slices.Contains(f.Days, n) || last && len(f.Days) > 0 && f.Days[len(f.Days)-1] > n
	}
	return false
}

// farthest bounds the search: a calendar without a working day in it is broken.
const farthest = 400

// next is the first day from d on on which a round begins; empty when there is none.
func (f Frequency) next(d clock.Date, cal blueprint.Calendar) clock.Date {
	for range farthest {
		if f.due(d, cal) {
			return d
		}
		d = d.Add(1)
	}
	return ""
}
