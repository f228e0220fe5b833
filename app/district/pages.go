package district

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	view "wanjie/templates/district"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

type crumb = layout.Crumb

// lay turns figures into the board's page; to is the address of a street's board or of a unit's page.
func lay(ctx context.Context, b *view.Board, f figures, q asked, to func(kind, key string) string) {
	b.At = f.at
	b.PerHead = !b.Street && q.unit == ""
	owner := map[int32]place{}
	var now, was counts
	for _, p := range f.places {
		owner[int32(p.id)] = p
		b.Behind += p.behind
		line := view.Line{Name: p.name, Href: to("streets", p.slug), Counts: line(p.now, p.open, p.late), Depth: view.Depth(p.deep), Apart: p.kind == tenants.Centre, Residents: p.residents}
		if !b.Street && q.unit == "" {
			b.Places = append(b.Places, line)
		}
		if line.Apart && !b.Street {
			continue
		}
		now.add(p.now)
		was.add(p.was)
		b.Now.Open += p.open
		b.Now.Late += p.late
	}
	b.Now = line(now, b.Now.Open, b.Now.Late)
	b.Was = line(was, 0, 0)
	slices.SortStableFunc(b.Places, most)
	for dim, lines := range map[string]*[]view.Line{"class": &b.Classes, "unit": &b.Units, "channel": &b.Channels, "community": &b.Places} {
		for _, g := range f.groups[dim] {
			l := view.Line{Name: g.label, Owner: owner[g.tenant].name, Counts: line(g.now, g.open, g.late), Depth: view.Depth(g.deep)}
			if g.key == "" {
				l.Name = unsaid(ctx, dim)
			}
			if there, ok := blueprint.OfCentre(g.key); ok && dim == "unit" && g.tenant == 0 {
				l.Serves, l.Href = int(g.serves), to("units", there)
			}
			*lines = append(*lines, l)
		}
		slices.SortStableFunc(*lines, most)
	}
	if q.unit != "" { // its lines are where it worked
		for _, g := range f.groups["unit"] {
			p := owner[g.tenant]
			b.Places = append(b.Places, view.Line{Name: p.name, Href: to("streets", p.slug), Counts: line(g.now, g.open, g.late), Depth: view.Depth(g.deep), Apart: p.kind == tenants.Centre})
		}
		slices.SortStableFunc(b.Places, most)
	}
	if b.Street || q.unit != "" { // lines of one street are small enough to tell of people
		for _, lines := range []*[]view.Line{&b.Places, &b.Classes, &b.Units, &b.Channels} {
			*lines = discreet(ctx, *lines)
			if q.shown > 0 && len(*lines) > q.shown && lines != &b.Places {
				*lines = (*lines)[:q.shown]
			}
		}
	}
	b.Trend = trend(ctx, q.Period, f.points)
}

// unsaid is what the figures without a key of a dimension are called.
func unsaid(ctx context.Context, dim string) string {
	if dim == "unit" { // a case gets its unit by being dispatched
		return ui.T(ctx, "未派遣")
	}
	return ui.T(ctx, "未填写")
}

// most puts those with the most received first, and what is not in the total last.
func most(x, y view.Line) int {
	return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Received, x.Received), cmp.Compare(y.Open, x.Open), strings.Compare(x.Name, y.Name))
}

// rank puts the centre after the streets.
func rank(l view.Line) int {
	if l.Apart {
		return 1
	}
	return 0
}

func line(c counts, open, late int64) view.Counts {
	return view.Counts{Received: c.Received, Closed: c.Closed, OnTime: c.OnTime, Overdue: c.Overdue, Open: open, Late: late}
}

// trend has a point for each day or month of the span, also those without cases.
func trend(ctx context.Context, p Period, points []point) ui.Trend {
	at := map[time.Time]counts{}
	for _, p := range points {
		at[p.at] = p.counts
	}
	span, monthly := p.trend()
	t := ui.Trend{Name: ui.T(ctx, "每日收件与结案（件）")}
	next := func(d time.Time) time.Time { return d.AddDate(0, 0, 1) }
	form, d := "01-02", span.From
	if monthly {
		t.Name = ui.T(ctx, "每月收件与结案（件）")
		next = func(d time.Time) time.Time { return d.AddDate(0, 1, 0) }
		form, d = "2006-01", d.AddDate(0, 0, 1-d.Day())
	}
	var received, closed, overdue []float64
	for ; !d.After(span.To); d = next(d) {
		c := at[d]
		t.Points = append(t.Points, d.Format(form))
		received = append(received, float64(c.Received))
		closed = append(closed, float64(c.Closed))
		overdue = append(overdue, float64(c.Overdue))
	}
	for i, values := range [][]float64{received, closed, overdue} {
		t.Lines = append(t.Lines, ui.Series{Name: ui.T(ctx, trendLines[i]), Values: values})
	}
	return t
}

// trendLines are the lines of a trend; catalogue keys.
var trendLines = []string{ui.Key("收件"), ui.Key("结案"), ui.Key("超期结案")}
