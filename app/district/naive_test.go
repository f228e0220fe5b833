package district

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// cell is one made-up tally.
type cell struct {
	of       int // which tenant
	day      time.Time
	dim, key string
	counts
	late int64
	more []int64 // flows, then due, met, suspended and open
}

// Whatever is tallied where, and whatever the period: the one statement says what a plain loop over
// all tallies says.
func TestBoardSaysWhatAPlainLoopSays(t *testing.T) {
	w := tenantstest.Open(t)
	const code = 320412
	c := w.Super(t, tenants.Home)
	in := func(p *tenants.Plan) { p.District = code }
	all := []tenants.Tenant{w.Street(t, in), w.Street(t, in), w.Street(t, in), w.Street(t, in, func(p *tenants.Plan) { p.Kind = tenants.Centre })}
	if _, err := c.Exec(t.Context(), "UPDATE tenants SET state = 'closed' WHERE tenant_id = $1", int32(all[2].ID)); err != nil {
		t.Fatal(err)
	}
	today := day("2026-11-15")
	keys := []string{"", "a", "b", blueprint.CentreUnit("a")}
	rapid.Check(t, func(rt *rapid.T) {
		var cells []cell
		for range rapid.IntRange(0, 40).Draw(rt, "cells") {
			n := func(what string) int64 { return rapid.Int64Range(0, 5).Draw(rt, what) }
			x := cell{of: rapid.IntRange(0, 3).Draw(rt, "of"), day: today.AddDate(0, 0, -rapid.IntRange(0, 800).Draw(rt, "back")), dim: rapid.SampledFrom([]string{"all", "class", "unit", "channel"}).Draw(rt, "dim"),
				counts: counts{Received: n("received"), OnTime: n("on time"), Overdue: n("overdue")}, late: n("late")}
			for _, c := range measured {
				x.more = append(x.more, n(c))
			}
			if rapid.Bool().Draw(rt, "ahead") { // what is due lies ahead of today too
				x = cell{of: x.of, day: today.AddDate(0, 0, rapid.IntRange(1, 40).Draw(rt, "on")), dim: x.dim, more: append(make([]int64, 10), x.more[10], x.more[11], 0, 0)}
			}
			x.Closed = x.OnTime + x.Overdue
			if x.dim != "all" {
				x.key = rapid.SampledFrom(keys).Draw(rt, "key")
			}
			cells = append(cells, x)
		}
		for _, table := range []string{"tallies", "tally_months", "tally_years"} {
			if _, err := c.Exec(t.Context(), "DELETE FROM "+table+" WHERE district = $1", code); err != nil {
				rt.Fatal(err)
			}
			for _, x := range cells {
				at, name := x.day, "day"
				switch table {
				case "tally_months":
					at, name = at.AddDate(0, 0, 1-at.Day()), "month"
				case "tally_years":
					at, name = at.AddDate(0, 0, 1-at.YearDay()), "year"
				}
				names := append([]string{"received", "closed", "on_time", "overdue", "late"}, measured...)
				args := []any{int32(all[x.of].ID), at.Format(time.DateOnly), x.dim, x.key, code, x.Received, x.Closed, x.OnTime, x.Overdue, x.late}
				places, sums := "", ""
				for i, m := range names {
					places += fmt.Sprintf(", $%d", i+6)
					sums += fmt.Sprintf(", %[1]s = t.%[1]s + excluded.%[1]s", m)
				}
				for _, n := range x.more {
					args = append(args, n)
				}
				if _, err := c.Exec(t.Context(), "INSERT INTO "+table+" AS t (tenant_id, "+name+", dim, key, district, "+strings.Join(names, ", ")+") VALUES ($1, $2::text::date, $3, $4, $5"+places+
					") ON CONFLICT (tenant_id, "+name+", dim, key) DO UPDATE SET "+sums[2:], args...); err != nil {
					rt.Fatal(err)
				}
			}
		}
		now := today.Add(9 * time.Hour)
		p, err := ParsePeriod(url.Values{"period": {rapid.SampledFrom([]string{Today, Week, Thirty, Month, Year}).Draw(rt, "period")}}, now)
		if err != nil {
			rt.Fatal(err)
		}
		q := asked{Period: p, dims: []string{"class", "unit", "channel"}, stock: true, deep: rapid.Bool().Draw(rt, "deep")}
		ctx, _ := clock.Hold(t.Context(), now)
		var got figures
		if err := w.DB.District(ctx, code, func(ctx context.Context, tx tenants.DistrictTx) (err error) {
			got, err = read(ctx, tx, q)
			return err
		}); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(loop(all, cells, p, q.deep), summary(got)); diff != "" {
			rt.Fatalf("%s (-loop +statement):\n%s", p.Key, diff)
		}
	})
}

var measured = append(append(append(append([]string{}, flows...), bases...), stock...), aged...)

// summary is figures as lines of text by what they are about; what is nothing is left out.
func summary(f figures) map[string]string {
	out := map[string]string{}
	put := func(key string, c counts, open, late int64, d depth) {
		if c != (counts{}) || open != 0 || d != (depth{}) {
			out[key] = fmt.Sprint(c, open, late, d)
		}
	}
	for _, p := range f.places {
		put(fmt.Sprint("place ", p.id), p.now, p.open, p.late, p.deep)
		put(fmt.Sprint("was ", p.id), p.was, 0, 0, depth{})
	}
	for dim, list := range f.groups {
		for _, g := range list {
			put(fmt.Sprint(dim, " ", g.tenant, " ", g.key), g.now, g.open, g.late, g.deep)
			if g.serves > 0 {
				out["serves "+g.key] = fmt.Sprint(g.serves)
			}
		}
	}
	var trend counts
	for _, p := range f.points {
		trend.add(p.counts)
	}
	put("trend", trend, 0, 0, depth{})
	return out
}

// loop counts the same from the cells, as doc.go says it. The third tenant is closed, the fourth the centre.
func loop(all []tenants.Tenant, cells []cell, p Period, deep bool) map[string]string {
	const closed, centre = 2, 3
	type sum struct {
		counts
		open, late int64
		depth
	}
	sums, served := map[string]*sum{}, map[string]map[int]bool{}
	in := func(s Span, d time.Time) bool { return !d.Before(s.From) && !d.After(s.To) }
	add := func(key string, x cell, s Span, stock bool) {
		if sums[key] == nil {
			sums[key] = &sum{}
		}
		if in(s, x.day) {
			sums[key].counts.add(x.counts)
		}
		if !stock {
			return
		}
		if !x.day.After(p.To) {
			sums[key].open += x.Received - x.Closed
			sums[key].late += x.late
		}
		if !deep {
			return
		}
		more := make([]int64, 16)
		if in(s, x.day) {
			copy(more, x.more[:12])
		}
		if !x.day.After(p.To) {
			more[12] = x.more[12]
		}
		for i, days := range []int{30, 60, 90} {
			if !x.day.After(p.To.AddDate(0, 0, -days)) {
				more[13+i] = x.more[13]
			}
		}
		sums[key].depth.add(more)
	}
	tells := func(key string) bool { // do figures of streets tell of this unit of the centre?
		open := map[int]int64{}
		for _, x := range cells {
			if x.dim == "unit" && x.key == key && x.of < closed {
				if open[x.of] += x.Received - x.Closed; in(p.Span, x.day) && x.counts != (counts{}) {
					return true
				}
			}
		}
		return open[0] != 0 || open[1] != 0
	}
	trend, _ := p.trend()
	for _, x := range cells {
		id := all[x.of].ID
		_, shared := blueprint.OfCentre(x.key)
		switch {
		case x.of == closed:
		case x.dim == "all":
			add(fmt.Sprint("place ", id), x, p.Span, true)
			add(fmt.Sprint("was ", id), x, p.Was, false)
			if x.of != centre {
				add("trend", x, trend, false)
			}
		case x.of == centre && x.dim == "unit" && !tells(blueprint.CentreUnit(x.key)):
			add(fmt.Sprint("unit ", id, " ", x.key), x, p.Span, true)
		case x.of == centre:
		case x.dim == "unit" && !shared:
			add(fmt.Sprint("unit ", id, " ", x.key), x, p.Span, true)
		default:
			add(fmt.Sprint(x.dim, " 0 ", x.key), x, p.Span, true)
			if x.dim == "unit" && in(p.Span, x.day) && x.counts != (counts{}) {
				if served[x.key] == nil {
					served[x.key] = map[int]bool{}
				}
				served[x.key][x.of] = true
			}
		}
	}
	out := map[string]string{}
	for key, s := range sums {
		if s.counts != (counts{}) || s.open != 0 || s.depth != (depth{}) {
			out[key] = fmt.Sprint(s.counts, s.open, s.late, s.depth)
		}
	}
	for key, of := range served {
		out["serves "+key] = fmt.Sprint(len(of))
	}
	return out
}
