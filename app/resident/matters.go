package resident

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/cases/supervision"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func (d *desk) matters(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	mine, err := cases.Mine(ctx, tx, 100)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Matters{Base: r.Base}
	if p.Rows, err = rows(ctx, tx, r, cfg, mine); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "我的事项"), view.MattersPage(p)).Data(p), nil
}

// rows are matters in a list.
func rows(ctx context.Context, tx tenants.Tx, r *web.Request, cfg *blueprint.Config, mine []*cases.Case) ([]view.Row, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	rateable, err := cases.Rateables(ctx, tx, mine, clock.Now(ctx))
	if err != nil {
		return nil, err
	}
	out := make([]view.Row, 0, len(mine))
	for _, c := range mine {
		w, err := c.Open(box)
		if err != nil {
			return nil, err
		}
		row := view.Row{ID: c.ID.String(), Number: c.Number, Words: w.Title, Href: r.Path("/matters/%s", c.ID), At: c.ReportedAt, Due: due(c)}
		row.Icon, row.Title = tileOf(ctx, cfg, c.Class)
		row.State, row.Tone = stateOf(ctx, c)
		row.Rate = rateable[c.ID]
		out = append(out, row)
	}
	return out, nil
}

func (d *desk) matter(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	id, err := id(r)
	if err != nil {
		return web.Reply{}, err
	}
	return d.showMatter(ctx, tx, r, id, nil)
}

func (d *desk) showMatter(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, f *fault.Error) (web.Reply, error) {
	c, rules, err := cases.Own(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := d.sheet(ctx, tx, r, c, rules)
	if err != nil {
		return web.Reply{}, err
	}
	p.Form = form(ctx, r, f)
	reply := web.Page(p.Title, view.MatterPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

func (d *desk) sheet(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, rules *blueprint.Config) (p view.Matter, err error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	w, err := c.Open(box)
	if err != nil {
		return p, err
	}
	p = view.Matter{Base: r.Base, ID: c.ID.String(), Number: c.Number, Class: c.Class, Words: w.Description, Address: w.Address, At: c.ReportedAt, Due: due(c), Late: c.Late, Hotline: hotline(rules)}
	p.Icon, p.Title = tileOf(ctx, rules, c.Class)
	p.State, p.Tone = stateOf(ctx, c)
	if c.Community != "" {
		p.Community = cases.UnitName(rules, c.Community)
	}
	sent, err := photos.Of(ctx, tx, c)
	if err != nil {
		return p, err
	}
	for _, f := range sent {
		if f.Phase == photos.Before && f.RemovedAt.IsZero() {
			p.Photos++
		}
	}
	if p.Steps, err = steps(ctx, tx, c, rules); err != nil {
		return p, err
	}
	events, err := cases.Record(ctx, tx, c.ID)
	if err != nil {
		return p, err
	}
	result := ""
	for _, e := range events {
		switch e.Kind {
		case "case.handled", "case.answered", "case.rejected":
			result = e.Words
		}
		if m, ok := tell(ctx, rules, e); ok {
			p.Record = append(p.Record, m)
		}
	}
	if c.Stage.Ended() { // until it is checked, a result is the unit's own word
		p.Result = result
	}
	if c.Stage == cases.Merged {
		into, err := cases.Into(ctx, tx, c)
		if err != nil {
			return p, err
		}
		p.Into = into.Number
		p.IntoState, _ = stateOf(ctx, into)
	}
	p.Open = !c.Stage.Ended()
	if p.Open {
		if p.Urged, err = supervision.HastenedToday(ctx, tx, c.ID); err != nil {
			return p, err
		}
	}
	now := clock.Now(ctx)
	switch err := cases.MayRate(ctx, tx, c, now); {
	case err == nil:
		p.MayRate, p.Rate = true, r.Path("/matters/%s/rate", c.ID)
	case fault.Of(err) == nil:
		return p, err
	}
	p.Again = r.Path("/report?class=%s", c.Class)
	if r.Text("new") != "" && c.Stage == cases.Reported {
		by, err := cases.DueBy(c.ReportedAt, rules.Limit("cases.accept_limit", blueprint.Limit{Value: 1, Unit: blueprint.WorkingDay}), rules)
		if err != nil {
			return p, err
		}
		p.Receipt, p.Accept = rules.Text("report.done"), by
	}
	return p, nil
}

// verb serves what a resident does to a matter: done, it leads back to the matter; refused for its fields, the matter comes
// back with what was typed.
func (d *desk) verb(ctx context.Context, tx tenants.Tx, r *web.Request, say string, do func(context.Context, tenants.Tx, uuid.UUID) error) (web.Reply, error) {
	id, err := id(r)
	if err != nil {
		return web.Reply{}, err
	}
	err = do(ctx, tx, id)
	if f := refused(r, err); f != nil {
		return d.showMatter(ctx, tx, r, id, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/matters/%s", id), say).Or(struct{}{}), nil
}

func (d *desk) supplement(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	return d.verb(ctx, tx, r, "已补充", func(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
		_, err := cases.Supplement(ctx, tx, id, r.Text("words"))
		return err
	})
}

func (d *desk) urge(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	return d.verb(ctx, tx, r, "已催办", supervision.Hasten)
}
