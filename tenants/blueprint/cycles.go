package blueprint

import (
	"slices"
	"strconv"
	"time"

	"wanjie/app/clock"
)

// Every is the length of a cycle.
type Every string

// The lengths.
const (
	EveryDay     Every = "day"
	EveryWeek    Every = "week"
	EveryMonth   Every = "month"
	EveryQuarter Every = "quarter"
	EveryYear    Every = "year"
)

// Lengths lists them, shortest first.
var Lengths = []Every{EveryDay, EveryWeek, EveryMonth, EveryQuarter, EveryYear}

// Cycle is a period of assessment (考核周期). A hotline's day often runs from noon to noon and its month
// from the 19th of the month before; others follow the calendar.
type Cycle struct {
	Entry
	Title string `json:"title"`
	Every Every  `json:"every"`
	At    string `json:"at,omitempty"`  // time of day at which one ends and the next begins; empty: midnight
	Day   int    `json:"day,omitempty"` // first day: of a week 1 Monday … 7; of a month 1 … 28; 0: the calendar's
}

// Term is one period of a cycle: from, until the instant before to.
type Term struct {
	From, To time.Time
	Name     string // by its last day: 2026-11-23, 2026年第48周, 2026年11月, 2026年第4季度, 2026年
}

// TermAt returns the period in which t lies, in the time of Asia/Shanghai.
func (c Cycle) TermAt(t time.Time) Term {
	at, _ := time.Parse("15:04", c.At) // checked; empty is midnight
	shift := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	d := clock.Day(t.Add(-shift)) // the day, were the boundary at midnight
	day := max(c.Day, 1)
	month := func(d time.Time) time.Time { // first day of d's month
		first := time.Date(d.Year(), d.Month(), day, 0, 0, 0, 0, clock.Zone)
		if first.After(d) {
			first = first.AddDate(0, -1, 0)
		}
		return first
	}
	var from, to time.Time
	switch c.Every {
	case EveryWeek:
		back := (int(d.Weekday()) - day + 7) % 7
		from = d.AddDate(0, 0, -back)
		to = from.AddDate(0, 0, 7)
	case EveryMonth:
		from = month(d)
		to = from.AddDate(0, 1, 0)
	case EveryQuarter, EveryYear:
		length := 3
		if c.Every == EveryYear {
			length = 12
		}
		end := month(d).AddDate(0, 1, 0) // its last day's month counts: a year from the 19th begins in December
		last := end.AddDate(0, 0, -1)
		behind := (int(last.Month()) - 1) % length
		from = end.AddDate(0, -1-behind, 0)
		to = from.AddDate(0, length, 0)
	default:
		from, to = d, d.AddDate(0, 0, 1)
	}
	last := to.AddDate(0, 0, -1)
	if c.Every == EveryDay && shift > 0 { // from noon to noon is the day on which it ends
		last = to
	}
	return Term{from.Add(shift), to.Add(shift), c.name(last)}
}

func (c Cycle) name(last time.Time) string {
	switch c.Every {
	case EveryWeek:
		year, week := last.ISOWeek()
		return strconv.Itoa(year) + "年第" + strconv.Itoa(week) + "周"
	case EveryMonth:
		return strconv.Itoa(last.Year()) + "年" + strconv.Itoa(int(last.Month())) + "月"
	case EveryQuarter:
		return strconv.Itoa(last.Year()) + "年第" + strconv.Itoa((int(last.Month())+2)/3) + "季度"
	case EveryYear:
		return strconv.Itoa(last.Year()) + "年"
	}
	return last.Format(time.DateOnly)
}

func (c *Cycle) alone(ck *checker) {
	ck.need("title", c.Title, 30)
	if !slices.Contains(Lengths, c.Every) {
		ck.bad("every", "没有“%s”这种周期", c.Every)
	}
	if c.At != "" && !clockTime(c.At) {
		ck.bad("at", "时刻“%s”应如 12:00", c.At)
	}
	most := 28
	switch c.Every {
	case EveryDay:
		most = 0
	case EveryWeek:
		most = 7
	}
	ck.between("day", c.Day, 0, most)
}

func (c *Cycle) among(*Config, *checker) {}
