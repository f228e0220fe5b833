package district

import (
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/app/fault"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestParsePeriod(t *testing.T) {
	now := time.Date(2026, 3, 31, 1, 30, 0, 0, clock.Zone)
	for _, c := range []struct{ query, key, from, to, wasFrom, wasTo string }{
		{"", Month, "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"},
		{"period=today", Today, "2026-03-31", "2026-03-31", "2026-03-30", "2026-03-30"},
		{"period=7d", Week, "2026-03-25", "2026-03-31", "2026-03-18", "2026-03-24"},
		{"period=30d", Thirty, "2026-03-02", "2026-03-31", "2026-01-31", "2026-03-01"},
		{"period=year", Year, "2026-01-01", "2026-03-31", "2025-01-01", "2025-03-31"},
		{"from=2026-02-01&to=2026-02-10", Custom, "2026-02-01", "2026-02-10", "2026-01-22", "2026-01-31"},
	} {
		q, _ := url.ParseQuery(c.query)
		p, err := ParsePeriod(q, now)
		if err != nil {
			t.Fatalf("%q: %v", c.query, err)
		}
		if p.Key != c.key || p.Span != (Span{day(c.from), day(c.to)}) || p.Was != (Span{day(c.wasFrom), day(c.wasTo)}) {
			t.Errorf("%q: %s %v – %v, was %v – %v", c.query, p.Key, p.From, p.To, p.Was.From, p.Was.To)
		}
		again, err := ParsePeriod(p.Query(), now)
		if err != nil || again != p {
			t.Errorf("%q does not survive its own address: %v %v", c.query, again, err)
		}
	}
	for query, kind := range map[string]fault.Kind{
		"period=decade": fault.NotFound, "period=custom": fault.Invalid, "from=2026-03-02": fault.Invalid,
		"from=2026-03-02&to=2026-03-01": fault.Invalid, "from=2026-03-02&to=2026-04-01": fault.Invalid, "from=1999-12-31&to=2026-01-01": fault.Invalid,
	} {
		q, _ := url.ParseQuery(query)
		if _, err := ParsePeriod(q, now); !fault.Is(err, kind) {
			t.Errorf("%q: %v", query, err)
		}
	}
	leap, err := ParsePeriod(url.Values{"period": {"year"}}, time.Date(2024, 2, 29, 9, 0, 0, 0, clock.Zone))
	if err != nil || leap.Was.To != day("2023-02-28") {
		t.Errorf("the year before a leap day ends %v %v", leap.Was.To, err)
	}
}

// Whatever the span and the day: each day in it counts once, each day outside not at all, and few
// day rows are read.
func TestTerms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := day("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 500).Draw(t, "today"))
		to := today.AddDate(0, 0, -rapid.IntRange(0, 900).Draw(t, "back"))
		s := Span{to.AddDate(0, 0, -rapid.IntRange(0, 1500).Draw(t, "length")), to}
		count := map[time.Time]int{}
		read := 0
		terms := (Period{Today: today}).terms
		if rapid.Bool().Draw(t, "by month") {
			terms = (Period{Today: today}).byMonth
		}
		for _, e := range terms(s) {
			to := e.to
			switch e.unit {
			case months:
				to = e.to.AddDate(0, 1, -1)
				if e.from.Day() != 1 || e.to.Day() != 1 || e.from.After(e.to) {
					t.Fatalf("months from %v to %v", e.from, e.to)
				}
			case years:
				to = e.to.AddDate(1, 0, -1)
				if e.from.YearDay() != 1 || e.to.YearDay() != 1 || e.from.After(e.to) {
					t.Fatalf("years from %v to %v", e.from, e.to)
				}
			}
			for d := e.from; !d.After(to) && !d.After(today); d = d.AddDate(0, 0, 1) {
				count[d] += e.sign
				if e.unit == days {
					read++
				}
			}
		}
		for d, n := range count {
			if in := !d.Before(s.From) && !d.After(s.To); in && n != 1 || !in && n != 0 {
				t.Fatalf("%v counts %d times for %v – %v of %v", d, n, s.From, s.To, today)
			}
		}
		for d := s.From; !d.After(s.To); d = d.AddDate(0, 0, 1) {
			if count[d] != 1 {
				t.Fatalf("%v is missing for %v – %v of %v", d, s.From, s.To, today)
			}
		}
		if read > 31 {
			t.Errorf("%d days read one by one for %v – %v of %v", read, s.From, s.To, today)
		}
	})
}
