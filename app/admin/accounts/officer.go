package accounts

import (
	"context"
	"strconv"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys/mask"
)

// file is one account as the vendor's security administrator sees it.
type file struct {
	auth.Account
	by      auth.Officer
	name    string
	facts   []ui.Fact
	offered []auth.MeasureWord
	sectors []ui.Option
}

// open finds the account of the address. A resident's is nobody's here.
func (a *desk) open(ctx context.Context, r *web.Request) (f file, err error) {
	person, err := personOf(r)
	if err != nil {
		return f, err
	}
	list, err := a.accounts(ctx, person)
	if err != nil {
		return f, err
	}
	if len(list) == 0 {
		return f, fault.New(fault.NotFound, "没有此人员")
	}
	f.Account = list[0]
	if f.by, err = a.Officer(r); err != nil {
		return f, err
	}
	staff, err := a.Staff(ctx, list)
	if err != nil {
		return f, err
	}
	places, err := a.Places(ctx, person)
	if err != nil {
		return f, err
	}
	if f.sectors, err = sectorOptions(); err != nil {
		return f, err
	}
	s := staff[person]
	// Somebody above the tenants is the vendor's own to know; of a street's clerk the surname does.
	if f.name = s.Name; len(f.Grants) == 0 {
		f.name = mask.Name(s.Name)
	}
	if f.name == "" {
		f.name = ui.T(ctx, "%d 号人员", int(person))
	}
	var works []string
	for _, p := range places {
		works = append(works, p.Name)
	}
	factor := ui.T(ctx, "未绑定")
	if f.SecondFactor {
		factor = ui.T(ctx, "已绑定")
	}
	f.facts = []ui.Fact{{Label: ui.T(ctx, "人员编号"), Value: strconv.FormatInt(person, 10)}, {Label: ui.T(ctx, "联系方式"), Value: contact(s)},
		{Label: ui.T(ctx, "身份验证器"), Value: factor}, {Label: ui.T(ctx, "任职单位"), Value: strings.Join(works, "、")}}
	f.offered = auth.Offered(!f.Off.IsZero(), person == f.by.Person, false)
	return f, nil
}

func (a *desk) officer(ctx context.Context, r *web.Request) (web.Reply, error) {
	f, err := a.open(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return a.officerPage(ctx, r, f, nil, view.OfficerForm{}), nil
}

// officerPage is the page of an account with a measure or a grant as it was refused, if it was.
func (a *desk) officerPage(ctx context.Context, r *web.Request, f file, refused *fault.Error, form view.OfficerForm) web.Reply {
	form.Guard = r.Guard()
	own := f.Person == f.by.Person
	p := view.OfficerPage{
		Account: view.Account{Frame: view.Frame{Base: r.Base}, Here: r.Path("/people/%d", f.Person), Title: f.name, Facts: f.facts, Off: f.Off, List: forms(ctx, r, f.name, f.offered, refused)},
		MayGive: f.by.Grants.Vendor(auth.GrantsGive) && !own, Give: form, Roles: roleOptions(ctx), Sectors: f.sectors,
	}
	if own {
		p.Notice = ui.T(ctx, "这是您自己的账号，授权、停用和解除身份验证器须由另一位安全管理员办理")
	}
	for _, g := range f.Grants {
		title := ui.T(ctx, auth.Title(g.Role))
		p.Held = append(p.Held, view.UpperRole{Title: title, Where: where(ctx, g), Guard: r.Guard(), Key: string(g.Scope) + "/" + g.Role, District: strconv.Itoa(int(g.District)), Sector: g.Sector,
			Confirm: ui.T(ctx, "收回%s的“%s”角色？", f.name, title)})
	}
	reply := web.Page(f.name, view.OfficerView(p)).Under(web.Crumb(ui.T(ctx, "人员与授权"), r.Path("/people")), web.Crumb(f.name, ""))
	switch {
	case refused != nil:
		reply = reply.Status(refused.Kind.Status())
	case form.Say != "":
		reply = reply.Status(fault.Invalid.Status())
	}
	return reply
}

func (a *desk) carry(ctx context.Context, r *web.Request) (web.Reply, error) {
	f, err := a.open(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	m, typed := asked(r)
	if !offers(f.offered, m) {
		return web.Reply{}, errNotOffered()
	}
	reason, err := auth.Reason(typed)
	if err == nil {
		err = a.Carry(ctx, m, f.Person, a.order(r, reason))
	}
	if refused := formFault(err); refused != nil {
		return a.officerPage(ctx, r, f, refused, view.OfficerForm{}), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/people/%d", f.Person), "已办理"), nil
}

func (a *desk) give(ctx context.Context, r *web.Request) (web.Reply, error) {
	f, err := a.open(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	g, err := grantOf(r)
	if err == nil {
		err = a.grant(ctx, f.by, f.Person, g)
	}
	if bad := formFault(err); bad != nil {
		form := view.OfficerForm{Role: r.Text("role"), District: r.Text("district"), Sector: r.Text("sector"), Say: ui.T(ctx, bad.Say, bad.Args...), Errors: bad.Fields}
		return a.officerPage(ctx, r, f, nil, form), nil //nolint:nilerr // the form comes back with what was wrong
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/people/%d", f.Person), "已授权"), nil
}

func (a *desk) end(ctx context.Context, r *web.Request) (web.Reply, error) {
	f, err := a.open(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	scope, role, _ := strings.Cut(r.Text("role"), "/")
	g := auth.UpperGrant{Scope: auth.Scope(scope), District: int32(r.Int("district", 0)), Role: role, Sector: r.Text("sector")}
	if err := a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return auth.EndUpper(ctx, tx, f.by, f.Person, g)
	}); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/people/%d", f.Person), "已收回"), nil
}
