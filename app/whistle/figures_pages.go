package whistle

import (
	"context"
	"net/url"

	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/whistle"
)

func figures(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	now := clock.Now(ctx)
	m, ok := ParseMonth(r.Text("month"))
	if !ok || m.After(now) {
		m = MonthOf(now)
	}
	answers, blowers, err := Figures(ctx, tx, m)
	if err != nil {
		return web.Reply{}, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Figures{Month: m.String(), AsOf: now, List: r.Path("/whistles"), Before: figuresPath(r, Month{m.AddDate(0, -1, 0)})}
	if next := (Month{m.AddDate(0, 1, 0)}); !next.After(now) {
		p.After = figuresPath(r, next)
	}
	for _, a := range answers {
		p.Units = append(p.Units, view.UnitFigures{
			Unit: n.unit(a.Unit), Href: behind(r, m, "unit", a.Unit), Calls: a.Calls, Reported: view.Share(a.Reported), Arrived: view.Share(a.Arrived), Done: a.Done, Declined: a.Declined,
			Good: a.Good, Fair: a.Fair, Poor: a.Poor,
		})
	}
	for _, b := range blowers {
		name := b.Name
		if name == Us {
			name = tx.Tenant().Name
		}
		p.Blowers = append(p.Blowers, view.BlowerFigures{Name: name, Href: behind(r, m, "from", b.Name), Whistles: b.Whistles, Needed: view.Share(b.Needed), Facts: view.Share(b.Facts)})
	}
	return web.Page(ui.T(ctx, "吹哨考核"), view.FiguresPage(p)).Under(web.Crumb(ui.T(ctx, "吹哨报到"), r.Path("/whistles")), web.Crumb(ui.T(ctx, "吹哨考核"), "")), nil
}

func figuresPath(r *web.Request, m Month) string { return r.Path("/whistles/figures?month=%s", m) }

// behind is the list of the whistles behind a row.
func behind(r *web.Request, m Month, what, value string) string {
	return r.Path("/whistles?month=%s", m) + "&" + what + "=" + url.QueryEscape(value)
}
