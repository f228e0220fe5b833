package assessment

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// naiveTerm is the term in which t lies, found by trying every day around it for a beginning: the last instant not after t
// that is the cycle's time of day on a day where a term begins, and the first one after it.
func naiveTerm(c blueprint.Cycle, t time.Time) (from, to time.Time) {
	at, _ := time.Parse("15:04", c.At)
	begins := func(d time.Time) bool {
		switch c.Every {
		case blueprint.EveryWeek:
			return (int(d.Weekday())+6)%7+1 == max(c.Day, 1)
		case blueprint.EveryMonth:
			return d.Day() == max(c.Day, 1)
		}
		return true
	}
	for d := clock.Day(t).AddDate(0, 0, -40); ; d = d.AddDate(0, 0, 1) {
		edge := d.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		if !begins(d) {
			continue
		}
		if edge.After(t) {
			return from, edge
		}
		from = edge
	}
}

// cycles are those of the blueprint's reports, noon to noon and from the 19th among them, and others like them.
func cyclesOf(cfg *blueprint.Config) []blueprint.Cycle {
	out := []blueprint.Cycle{
		{Every: blueprint.EveryDay, At: "12:00"}, {Every: blueprint.EveryMonth, Day: 19}, {Every: blueprint.EveryMonth, Day: 19, At: "12:00"},
		{Every: blueprint.EveryWeek, Day: 5, At: "17:30"}, {Every: blueprint.EveryMonth, Day: 28, At: "23:59"},
	}
	for _, c := range cfg.Cycles.All() {
		if c.Every != blueprint.EveryQuarter && c.Every != blueprint.EveryYear {
			out = append(out, c)
		}
	}
	return out
}

// TestTermsAtTheirBorders holds terms to the naive ones, and what they count to the very microsecond: of four cases, taken
// in just before a term, at its first instant, at its last and just after it, the term has the two in the middle, the
// term before the first, the next one the last; and with a border moved by the least that a clock can tell it has not.
func TestTermsAtTheirBorders(t *testing.T) {
	t.Parallel()
	fewer(t)
	s := openStreet(t)
	cfg := s.rules()
	cycles := cyclesOf(cfg)
	const least = time.Microsecond
	rapid.Check(t, func(r *rapid.T) {
		c := rapid.SampledFrom(cycles).Draw(r, "cycle")
		day := time.Date(2025, 12, 1, 0, 0, 0, 0, clock.Zone).AddDate(0, 0, rapid.IntRange(0, 800).Draw(r, "day"))
		near, _ := naiveTerm(c, day)
		at := rapid.SampledFrom([]time.Time{near, near.Add(-least), near.Add(least), day, day.Add(13 * time.Hour)}).Draw(r, "at")
		from, to := naiveTerm(c, at)
		term := c.TermAt(at)
		if !term.From.Equal(from) || !term.To.Equal(to) {
			r.Fatalf("%+v at %s: from %s to %s, naive %s to %s", c, at, term.From, term.To, from, to)
		}
		now := to.AddDate(0, 2, 0)
		whole := TermOf(c, at, now)
		s.fresh()
		h := &history{}
		for i, reported := range []time.Time{from.Add(-least), from, to.Add(-least), to} {
			h.Cases = append(h.Cases, &rawCase{ID: tenants.NewID(), Number: fmt.Sprintf("20261101-%05d", i+1), Channel: "phone", Class: garbage, Stage: "reported", ReportedAt: reported})
		}
		s.write(h)
		count := func(sp span) (n int64) {
			k, _ := count(blueprint.Indicator{Formula: "intake_count", WithElastic: true}, "")
			err := s.DB.Read(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				f, err := figureOf(ctx, tx, cfg, sp, blueprint.ByUnit, k, nil)
				n = f.N
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
			return n
		}
		if before, in, after := count(TermOf(c, from.Add(-least), now).span()), count(whole.span()), count(TermOf(c, to, now).span()); before != 1 || in != 2 || after != 1 {
			r.Fatalf("%+v from %s: counts %d before, %d in, %d after", c, from, before, in, after)
		}
		for name, moved := range map[string]span{
			"begins later": {from.Add(least), to}, "begins earlier": {from.Add(-least), to}, "ends earlier": {from, to.Add(-least)}, "ends later": {from, to.Add(least)},
		} {
			if count(moved) == 2 {
				r.Fatalf("%+v from %s: nobody notices that it %s", c, from, name)
			}
		}
	})
}
