package assessment

import (
	"context"

	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Daily is the day report of which the term ended last, in a few figures: those of all rows together.
type Daily struct {
	Title, Term, AsOf string
	Href              string // of the whole report
	Figures           []ui.Figure
}

// DailyOf is what a leader reads in the morning: the report as it was kept last, or counted now where it was not kept yet and
// the street is small. Figures is empty where it still has to be made. Nil: the street has no report by the day, or the actor
// may not see the figures of all.
func DailyOf(ctx context.Context, tx tenants.Tx, r *web.Request, cfg *blueprint.Config) (*Daily, error) {
	a := request{cfg: cfg, see: sightOf(tx.Actor())}
	has := false
	for _, rep := range cfg.Reports.All() {
		if c, ok := cfg.Cycles.Find(rep.Cycle); ok && !rep.Retired && c.Every == blueprint.EveryDay {
			a.report, a.cycle, has = rep, c, true
			break
		}
	}
	if !has || !a.see.all {
		return nil, nil //nolint:nilnil // said above
	}
	a.term = LastTerm(a.cycle, clock.Now(ctx))
	d := &Daily{Title: a.report.Title, Term: termLine(ctx, a.term), Href: r.Path("/assessment/reports/%s?on=%s", a.report.Key, a.term.on())}
	kept, err := newest(ctx, tx, a.report.Key, a.term.From)
	if err != nil {
		return nil, err
	}
	f := found{kept: kept}
	if kept != nil {
		f.sheet, err = kept.Whole(ctx, tx)
	} else {
		f, err = a.find(ctx, tx)
	}
	if err != nil || f.sheet == nil {
		return d, err
	}
	d.AsOf = ui.Time(f.sheet.AsOf)
	t := table(ctx, f.sheet, linkOf(r, f.sheet.Report, f.sheet.Term))
	for i, c := range t.Sum[0].Cells {
		one := ui.Figure{Label: t.Heads[i].Title, Value: c.Text, Href: c.Href}
		if len(t.Sum) > 2 && t.Sum[2].Cells[i].Text != ui.None {
			one.Note = ui.T(ctx, "较上期 %s", t.Sum[2].Cells[i].Text)
		}
		d.Figures = append(d.Figures, one)
	}
	return d, nil
}
