package district

import (
	"net/url"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
)

// Span is a run of days, both ends included, each at its first moment in Asia/Shanghai.
type Span struct{ From, To time.Time }

// Days is how many days the span has.
func (s Span) Days() int { return int(s.To.Sub(s.From).Hours()/24) + 1 } // no summer time in China

// Period is what the board is asked about.
type Period struct {
	Key string // today, 7d, 30d, month, year or custom
	Span
	Was   Span // what it is compared with
	Today time.Time
}

// Keys of periods in the order in which they are offered.
const (
	Today  = "today"
	Week   = "7d"
	Thirty = "30d"
	Month  = "month"
	Year   = "year"
	Custom = "custom"
)

// farBack is the first day that a custom period may name.
var farBack = time.Date(2000, 1, 1, 0, 0, 0, 0, clock.Zone)

// ParsePeriod reads period, from and to of an address; nothing asked is the month. A custom period needs
// both days, in order, not after today: fault.Invalid names the field.
func ParsePeriod(q url.Values, now time.Time) (Period, error) {
	today := clock.Day(now)
	y, m, d := today.Date()
	first := time.Date(y, m, 1, 0, 0, 0, 0, clock.Zone)
	back := func(from time.Time, days int) time.Time { return from.AddDate(0, 0, -days) }
	p := Period{Key: q.Get("period"), Today: today, Span: Span{To: today}}
	if p.Key == "" && (q.Get("from") != "" || q.Get("to") != "") {
		p.Key = Custom
	}
	switch p.Key {
	case Today:
		p.From = today
	case Week:
		p.From = back(today, 6)
	case Thirty:
		p.From = back(today, 29)
	case "", Month:
		p.Key, p.From = Month, first
		lastMonth := first.AddDate(0, -1, 0)
		p.Was = Span{lastMonth, lastMonth.AddDate(0, 0, min(d, first.AddDate(0, 0, -1).Day())-1)}
		return p, nil
	case Year:
		p.From = time.Date(y, 1, 1, 0, 0, 0, 0, clock.Zone)
		last := time.Date(y-1, m, 1, 0, 0, 0, 0, clock.Zone)
		p.Was = Span{time.Date(y-1, 1, 1, 0, 0, 0, 0, clock.Zone), last.AddDate(0, 0, min(d, last.AddDate(0, 1, -1).Day())-1)}
		return p, nil
	case Custom:
		from, err1 := time.ParseInLocation(time.DateOnly, q.Get("from"), clock.Zone)
		to, err2 := time.ParseInLocation(time.DateOnly, q.Get("to"), clock.Zone)
		switch {
		case err1 != nil:
			return p, fault.Field("from", "请填写起始日期")
		case err2 != nil:
			return p, fault.Field("to", "请填写截止日期")
		case to.Before(from):
			return p, fault.Field("to", "截止日期不能早于起始日期")
		case to.After(today):
			return p, fault.Field("to", "截止日期不能晚于今天")
		case from.Before(farBack):
			return p, fault.Field("from", "起始日期不能早于2000年")
		}
		p.Span = Span{from, to}
	default:
		return p, fault.New(fault.NotFound, "页面不存在")
	}
	p.Was = Span{back(p.From, p.Days()), back(p.From, 1)}
	return p, nil
}

// Query is the period as an address says it.
func (p Period) Query() url.Values {
	q := url.Values{"period": {p.Key}}
	if p.Key == Custom {
		q.Set("from", p.From.Format(time.DateOnly))
		q.Set("to", p.To.Format(time.DateOnly))
	}
	return q
}

// against says what the figures are compared with; a catalogue key.
func (p Period) against() string {
	switch p.Key {
	case Today:
		return ui.Key("较昨日")
	case Week:
		return ui.Key("较前7日")
	case Thirty:
		return ui.Key("较前30日")
	case Month:
		return ui.Key("较上月同期")
	case Year:
		return ui.Key("较上年同期")
	}
	return ui.Key("较前一时段")
}

// longest is how many days a trend shows one by one; beyond, it goes by month.
const longest = 62

// trend is the span that the trend shows: at least a week, or it would be no trend.
func (p Period) trend() (s Span, monthly bool) {
	s = p.Span
	if s.Days() < 7 {
		s.From = s.To.AddDate(0, 0, -6)
	}
	return s, s.Days() > longest
}

// unit is the span of a stored row.
type unit int

// The units, each with a table of its own.
const (
	days unit = iota
	months
	years
)

// term is one range of stored rows that is added (sign 1) or taken away again (sign -1).
type term struct {
	unit     unit
	from, to time.Time // first days of the first and last row
	sign     int
}

// terms says how the sum over a span is read from the fewest rows: as byMonth does, with the whole years
// in it from tally_years. The year of today counts as whole up to today's month.
func (p Period) terms(s Span) (out []term) {
	for _, t := range p.byMonth(s) {
		first, last := t.from.Year(), t.to.Year()
		if t.from.Month() != time.January {
			first++
		}
		if now := p.Today.AddDate(0, 0, 1-p.Today.Day()); t.to.Month() != time.December && !t.to.Equal(now) {
			last--
		}
		if t.unit != months || first > last {
			out = append(out, t)
			continue
		}
		year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, clock.Zone) }
		out = append(out, term{unit: years, from: year(first), to: year(last), sign: t.sign})
		if t.from.Before(year(first)) {
			out = append(out, term{unit: months, from: t.from, to: year(first).AddDate(0, -1, 0), sign: t.sign})
		}
		if after := year(last + 1); !t.to.Before(after) {
			out = append(out, term{unit: months, from: after, to: t.to, sign: t.sign})
		}
	}
	return out
}

// byMonth says how the sum over a span is read month by month: whole months from tally_months,
// and at either end the days, or a whole month less the days outside it, whichever are fewer. The
// month of today counts as whole up to today, because nothing lies after it.
func (p Period) byMonth(s Span) (out []term) {
	monthOf := func(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
	endOf := func(t time.Time) time.Time {
		if end := monthOf(t).AddDate(0, 1, -1); end.Before(p.Today) {
			return end
		}
		return p.Today
	}
	first, last := monthOf(s.From), monthOf(s.To)
	if first.Equal(last) {
		outside := Span{first, endOf(first)}.Days() - s.Days()
		if s.Days() <= outside {
			return []term{{from: s.From, to: s.To, sign: 1}}
		}
	} else {
		// The ends are judged one by one; in between lie whole months.
		if head := (Span{s.From, endOf(first)}).Days(); head < s.From.Day()-1 {
			out = append(out, term{from: s.From, to: endOf(first), sign: 1})
			first, s.From = first.AddDate(0, 1, 0), first.AddDate(0, 1, 0)
		}
		if tail := s.To.Day(); tail < (Span{s.To, endOf(last)}).Days()-1 {
			out = append(out, term{from: last, to: s.To, sign: 1})
			last = last.AddDate(0, -1, 0)
			s.To = endOf(last)
		}
		if first.After(last) {
			return out
		}
	}
	out = append(out, term{unit: months, from: first, to: last, sign: 1})
	if s.From.After(first) {
		out = append(out, term{from: first, to: s.From.AddDate(0, 0, -1), sign: -1})
	}
	if end := endOf(last); s.To.Before(end) {
		out = append(out, term{from: s.To.AddDate(0, 0, 1), to: end, sign: -1})
	}
	return out
}
