package vendor

import (
	"cmp"
	"context"
	"strconv"

	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// choices is how many units the first step offers.
const choices = 50

// opening is the form: first the unit, then how it is opened.
func (c *console) opening(ctx context.Context, r *web.Request) (web.Reply, error) {
	o := view.Opening{Query: r.Text("q")}
	codes := []string{}
	if code := r.Text("code"); code != "" {
		u, ok := division.ByCode(code)
		if !ok || u.Placeholder() {
			o.Query = code // no such unit: search for it, which says so
		} else {
			o.Unit, codes = lineOf(u), append(codes, code)
		}
	}
	if o.Unit.Code == "" && o.Query != "" {
		for _, u := range division.Search(o.Query, choices) {
			o.Found, codes = append(o.Found, lineOf(u)), append(codes, u.Code)
		}
	}
	var have map[string]street
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		have, err = byCodes(ctx, tx, codes)
		return err
	})
	if err != nil {
		return web.Reply{}, err
	}
	for i := range o.Found {
		s := have[o.Found[i].Code]
		o.Found[i].Tenant, o.Found[i].State = s.TenantID, s.State
	}
	if s, ok := have[o.Unit.Code]; ok && tenants.State(s.State) != tenants.Opening {
		return web.See(r.Path("/streets/%d", s.TenantID)), nil
	}
	return c.form(ctx, r, o)
}

// form lays out the second step.
func (c *console) form(ctx context.Context, r *web.Request, o view.Opening) (web.Reply, error) {
	o.Guard = r.Guard()
	_, streets, err := c.editions(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	for _, e := range streets {
		o.Blueprints = append(o.Blueprints, ui.Option{Value: e.Key, Label: editionName(e)})
	}
	if o.Blueprint == "" && len(streets) > 0 {
		o.Blueprint = streets[0].Key
	}
	for _, name := range c.DB.Placements() {
		o.Placements = append(o.Placements, ui.Option{Value: name, Label: name})
	}
	if o.Placement == "" {
		together, err := c.neighbours(ctx, o.Unit.Code)
		if err != nil {
			return web.Reply{}, err
		}
		o.Placement = cmp.Or(together, tenants.Home)
	}
	title := ui.T(ctx, "开通街道")
	return web.Page(title, view.OpeningView(o)).Under(web.Crumb(ui.T(ctx, "街道总览"), r.Path("/streets")), web.Crumb(title, "")), nil
}

// neighbours is the placement of the district's other tenants, since they stay together; empty for a
// district's first.
func (c *console) neighbours(ctx context.Context, code string) (placement string, err error) {
	u, ok := division.ByCode(code)
	if !ok {
		return "", nil
	}
	var found []string
	err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT placement FROM ctl.directory WHERE district = ? AND state <> 'closed' ORDER BY tenant_id LIMIT 1", u.District).Scan(ctx, &found)
	})
	if len(found) > 0 {
		placement = found[0]
	}
	return placement, err
}

// open opens the street. Doing it twice answers the same street.
func (c *console) open(ctx context.Context, r *web.Request) (web.Reply, error) {
	p := Plan{Code: r.Text("code"), Blueprint: r.Text("blueprint"), Slug: r.Text("slug"), Contract: r.Text("contract"), Placement: r.Text("placement"), Demo: r.Text("demo") != ""}
	u, ok := division.ByCode(p.Code)
	if !ok {
		return web.Reply{}, fault.Field("code", "区划代码不在名录中（名录截至2023-06-30）")
	}
	together, err := c.neighbours(ctx, p.Code)
	if err != nil {
		return web.Reply{}, err
	}
	var t tenants.Tenant
	var fresh bool
	if together != "" && p.Placement != together {
		err = fault.Field("placement", "同一区县的街道须放在一处")
	} else {
		t, fresh, err = c.Open(ctx, p)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		o := view.Opening{Unit: lineOf(u), Slug: p.Slug, Blueprint: p.Blueprint, Contract: p.Contract, Placement: p.Placement, Demo: p.Demo,
			Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields}
		reply, err := c.form(ctx, r, o)
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	to := r.Path("/streets/%s", strconv.Itoa(int(t.ID)))
	if fresh {
		to += "?fresh=1"
	}
	return web.Done(to, "已开通"), nil
}
