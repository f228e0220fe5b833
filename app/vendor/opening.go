package vendor

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// A street is opened in steps: the unit, the terms, a preview of what will be opened. Where the wizard stands is its address
// alone, so that it can be gone back in, sent to a colleague and reloaded; the one post at the end does it, as often as it is
// repeated. The first administrator is asked for with that post and not before: nobody's name stands in an address.

const (
	choices      = 50 // how many units the first step offers
	usualDays    = 90 // of a trial
	mostDays     = 365
	longContract = 60 // characters
)

// opening is the first step, and the second once a unit is chosen.
func (c *console) opening(ctx context.Context, r *web.Request) (web.Reply, error) {
	o := wished(r)
	if o.Unit.Code == "" {
		return c.find(ctx, r, o)
	}
	if at, err := c.standsAt(ctx, r, o.Unit.Code); err != nil || at != "" {
		return web.See(at), err
	}
	return c.terms(ctx, r, o, nil)
}

// wished reads what the steps before have settled. A code of no unit is searched for, which says so.
func wished(r *web.Request) view.Opening {
	o := view.Opening{Query: r.Text("q"), Terms: r.Text("terms"), Days: r.Text("days"), Contract: r.Text("contract"), Slug: r.Text("slug"), Blueprint: r.Text("blueprint"), Placement: r.Text("placement"), Demo: r.Text("demo") != ""}
	if u, ok := division.ByCode(r.Text("code")); ok && !u.Placeholder() {
		o.Unit = lineOf(u)
	} else if o.Query == "" {
		o.Query = r.Text("code")
	}
	if o.Terms == "" {
		o.Terms = view.OnTrial
		if o.Contract != "" {
			o.Terms = view.UnderContract
		}
	}
	o.Days = cmp.Or(o.Days, strconv.Itoa(usualDays))
	return o
}

// address is where the wizard stands with what is settled.
func address(path string, o view.Opening) string {
	q := url.Values{"code": {o.Unit.Code}, "terms": {o.Terms}, "days": {o.Days}, "contract": {o.Contract}, "slug": {o.Slug}, "blueprint": {o.Blueprint}, "placement": {o.Placement}}
	if o.Demo {
		q.Set("demo", "on")
	}
	return path + "?" + q.Encode()
}

// find is the first step: the units that a search finds.
func (c *console) find(ctx context.Context, r *web.Request, o view.Opening) (web.Reply, error) {
	var codes []string
	if o.Query != "" {
		for _, u := range division.Search(o.Query, choices) {
			o.Found, codes = append(o.Found, lineOf(u)), append(codes, u.Code)
		}
	}
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		have, err := byCodes(ctx, tx, codes)
		for i := range o.Found {
			s := have[o.Found[i].Code]
			o.Found[i].Tenant, o.Found[i].State = s.TenantID, s.State
		}
		return err
	})
	return wizard(ctx, r, view.OpeningView(o)), err
}

// standsAt is the page of the tenant that holds a unit's code, "" for none. One whose opening broke off is opened again.
func (c *console) standsAt(ctx context.Context, r *web.Request, code string) (at string, err error) {
	err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		have, err := byCodes(ctx, tx, []string{code})
		if s, ok := have[code]; ok && tenants.State(s.State) != tenants.Opening {
			at = r.Path("/streets/%d", s.TenantID)
		}
		return err
	})
	return at, err
}

// wizard puts a step under its title.
func wizard(ctx context.Context, r *web.Request, step templ.Component) web.Reply {
	title := ui.T(ctx, "开通街道")
	return web.Page(title, step).Under(web.Crumb(ui.T(ctx, "街道总览"), r.Path("/streets")), web.Crumb(title, ""))
}

// terms is the second step. What nobody has chosen yet is proposed: the blueprint by the kind of unit, and the placement of
// the district's other tenants.
func (c *console) terms(ctx context.Context, r *web.Request, o view.Opening, refused *fault.Error) (web.Reply, error) {
	u, _ := division.ByCode(o.Unit.Code)
	_, streets, err := c.editions(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	proposed := blueprint.Suited(u.Kind)
	for _, e := range streets {
		o.Blueprints = append(o.Blueprints, ui.Option{Value: e.Key, Label: editionName(e)})
		if e.Key == proposed {
			o.Blueprint = cmp.Or(o.Blueprint, e.Key)
			o.Ground = ui.T(ctx, "“%s”在名录中为%s，建议用“%s”", u.Name, ui.T(ctx, kinds[u.Kind]), e.Title)
		}
	}
	for _, name := range c.DB.Placements() {
		o.Placements = append(o.Placements, ui.Option{Value: name, Label: name})
	}
	if o.Together, err = c.neighbours(ctx, o.Unit.Code); err != nil {
		return web.Reply{}, err
	}
	o.Placement = cmp.Or(o.Placement, o.Together, tenants.Home)
	status := 0
	if refused != nil {
		o.Say, o.Errors, status = ui.T(ctx, refused.Say, refused.Args...), refused.Fields, refused.Kind.Status()
	}
	return wizard(ctx, r, view.TermsView(o)).Status(status), nil
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

// plan is what the wizard has settled, as the opening wants it. fault.Invalid names every field that is wrong; what only the
// opening itself can know, it says.
func (c *console) plan(ctx context.Context, o view.Opening) (Plan, error) {
	p := Plan{Code: o.Unit.Code, Blueprint: o.Blueprint, Slug: o.Slug, Placement: o.Placement, Demo: o.Demo}
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	switch days, err := strconv.Atoi(o.Days); {
	case o.Terms == view.UnderContract:
		if p.Contract = o.Contract; p.Contract == "" || utf8.RuneCountInString(p.Contract) > longContract {
			f.And("contract", "请填写合同编号，不超过60个字")
		}
	case o.Terms != view.OnTrial:
		f.And("terms", "请选择试运行或正式运行")
	case err != nil || days < 1 || days > mostDays:
		f.And("days", "试运行应为1至365天")
	default:
		p.Until = clock.Day(clock.Now(ctx)).AddDate(0, 0, days)
	}
	if p.Slug != "" && !tenants.Named(p.Slug) {
		f.And("slug", "网址名应为2至40位小写字母、数字或短横线，以字母开头")
	}
	together, err := c.neighbours(ctx, p.Code)
	if err != nil {
		return p, err
	}
	if together != "" && p.Placement != together {
		f.And("placement", "同一区县的街道须放在一处")
	}
	if len(f.Fields) > 0 {
		return p, f
	}
	return p, nil
}

// preview is the third step: what will be opened, and the post that does it.
func (c *console) preview(ctx context.Context, r *web.Request) (web.Reply, error) {
	o := wished(r)
	if o.Unit.Code == "" {
		return c.find(ctx, r, o)
	}
	if at, err := c.standsAt(ctx, r, o.Unit.Code); err != nil || at != "" {
		return web.See(at), err
	}
	p, err := c.plan(ctx, o)
	if err == nil {
		err = c.free(ctx, p)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return c.terms(ctx, r, o, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return c.previewOf(ctx, r, o, p, view.Invitation{Role: admins[0]}, nil)
}

// free refuses a slug that another tenant has.
func (c *console) free(ctx context.Context, p Plan) error {
	var taken bool
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT EXISTS (SELECT FROM ctl.directory d WHERE slug = ? AND NOT EXISTS (SELECT FROM ctl.divisions v WHERE v.tenant_id = d.tenant_id AND v.code = ?))", p.Slug, p.Code).Scan(ctx, &taken)
	})
	if err == nil && taken {
		return fault.Field("slug", "该网址名已被使用")
	}
	return err
}

func (c *console) previewOf(ctx context.Context, r *web.Request, o view.Opening, p Plan, first view.Invitation, refused *fault.Error) (web.Reply, error) {
	v := view.Preview{Guard: r.Guard(), Opening: o, Back: address(r.Path("/open"), o), Until: p.Until, First: first, Communities: len(division.Communities(p.Code))}
	u, _ := division.ByCode(p.Code)
	area, _ := division.District(u.District)
	v.District = area.Path()
	if p.Slug != "" {
		v.Staff, v.Residents = c.Site+"/s/"+p.Slug+"/", c.Residents(p.Slug)+"/"
	}
	for _, role := range admins {
		v.Roles = append(v.Roles, ui.Option{Value: role, Label: ui.T(ctx, auth.Title(role))})
	}
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		e, err := blueprint.Newest(ctx, tx, p.Blueprint)
		if err != nil {
			return err
		}
		if e == nil || e.For != string(tenants.Street) {
			return fault.Field("blueprint", "没有已发布的这一蓝本")
		}
		cfg, err := blueprint.Contents(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		v.Edition, v.Summary = editionName(*e), e.Summary
		v.Counts = counts(ctx, cfg)
		for _, m := range cfg.Modules.All() {
			if m.On {
				v.On = append(v.On, m.Title)
			} else {
				v.Off = append(v.Off, m.Title)
			}
		}
		return nil
	})
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return c.terms(ctx, r, o, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	status := 0
	if refused != nil {
		v.First.Say, v.First.Errors, status = ui.T(ctx, refused.Say, refused.Args...), refused.Fields, refused.Kind.Status()
	}
	return wizard(ctx, r, view.PreviewView(v)).Status(status), nil
}

// counts are how much of each kind a street gets.
func counts(ctx context.Context, cfg *blueprint.Config) []ui.Fact {
	var out []ui.Fact
	for _, k := range []struct {
		label, unit string
		n           int
	}{
		{ui.Key("承办单位"), ui.Key("个"), cfg.Units.Len()}, {ui.Key("案卷类别"), ui.Key("个"), cfg.Classes.Len()},
		{ui.Key("职责清单"), ui.Key("条"), cfg.Duties.Len()}, {ui.Key("服务事项"), ui.Key("项"), cfg.Services.Len()},
	} {
		out = append(out, ui.Fact{Label: ui.T(ctx, k.label), Value: ui.Number(k.n) + " " + ui.T(ctx, k.unit)})
	}
	return out
}

// open opens the street and invites its first administrator, if one is named. Doing it twice answers the same street, and
// invites once.
func (c *console) open(ctx context.Context, r *web.Request) (web.Reply, error) {
	o := wished(r)
	if o.Unit.Code == "" {
		return web.Reply{}, fault.Field("code", "区划代码不在名录中（名录截至2023-06-30）")
	}
	first := view.Invitation{Role: cmp.Or(r.Text("role"), admins[0]), Name: r.Text("name"), Phone: r.Text("phone"), Email: r.Text("email")}
	p, err := c.plan(ctx, o)
	invites := first.Name+first.Phone+first.Email != ""
	if err == nil && invites {
		if f := fault.Of(checkInvitation(first)); f != nil {
			return c.previewOf(ctx, r, o, p, first, f)
		}
	}
	var t tenants.Tenant
	var fresh bool
	if err == nil {
		t, fresh, err = c.Open(ctx, p)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return c.terms(ctx, r, o, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	if invites {
		err = c.Invite(ctx, Invitation{Tenant: t.ID, Request: r.Claimed(), Role: first.Role, Name: first.Name, Phone: first.Phone, Email: first.Email})
	}
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) { // it is open, and goes on there
		first.Say, first.Errors = ui.T(ctx, f.Say, f.Args...), f.Fields
		s, err := c.byNumber(ctx, t.ID)
		if err != nil {
			return web.Reply{}, err
		}
		return c.show(ctx, r, s, page{invitation: &first, status: f.Kind.Status()})
	}
	if err != nil {
		return web.Reply{}, err
	}
	to := r.Path("/streets/%s", strconv.Itoa(int(t.ID)))
	if fresh {
		return web.See(to + "?fresh=1"), nil // the page says it, with what comes next
	}
	return web.Done(to, "已开通"), nil
}

// over reports whether a trial's last day has passed.
func over(ctx context.Context, s street) bool {
	return tenants.State(s.State) == tenants.Trial && !s.TrialUntil.IsZero() && s.TrialUntil.Format(time.DateOnly) < clock.Now(ctx).In(clock.Zone).Format(time.DateOnly)
}
