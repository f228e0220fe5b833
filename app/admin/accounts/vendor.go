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
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
	"wanjie/tenants/keys/mask"
)

func (a *desk) accounts(ctx context.Context, persons ...int64) (list []auth.Account, err error) {
	err = a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		list, err = auth.Accounts(ctx, tx, persons...)
		return err
	})
	return list, err
}

// officers lists who holds a grant above the tenants.
func (a *desk) officers(ctx context.Context, r *web.Request) (web.Reply, error) {
	return a.officersPage(ctx, r, view.OfficerForm{}, view.FindForm{}, 0)
}

func (a *desk) officersPage(ctx context.Context, r *web.Request, form view.OfficerForm, find view.FindForm, status int) (web.Reply, error) {
	by, err := a.Officer(r)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := a.accounts(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	staff, err := a.Staff(ctx, list)
	if err != nil {
		return web.Reply{}, err
	}
	form.Guard, find.Guard = r.Guard(), r.Guard()
	sectors, err := sectorOptions()
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Officers{Frame: view.Frame{Base: r.Base}, MayGive: by.Grants.Vendor(auth.GrantsGive), MayWrite: by.Grants.Vendor(auth.PeopleWrite),
		Invite: form, Find: find, Roles: roleOptions(ctx), Sectors: sectors}
	for _, x := range list {
		s := staff[x.Person]
		o := view.Officer{Number: x.Person, Name: s.Name, Contact: contact(s), SecondFactor: x.SecondFactor, Off: !x.Off.IsZero(), Self: x.Person == by.Person}
		for _, g := range x.Grants {
			o.Roles = append(o.Roles, view.UpperRole{Title: ui.T(ctx, auth.Title(g.Role)), Where: where(ctx, g)})
		}
		p.List = append(p.List, o)
	}
	return web.Page(ui.T(ctx, "人员与授权"), view.OfficersView(p)).Status(status), nil
}

// contact is how an account is told from others, shortened.
func contact(s auth.Staff) string {
	if s.Phone != "" {
		return mask.Phone(s.Phone)
	}
	name, host, ok := strings.Cut(s.Email, "@")
	if !ok {
		return ""
	}
	return mask.Name(name) + "@" + host
}

// where says over what a grant above the tenants reaches.
func where(ctx context.Context, g auth.UpperGrant) string {
	if g.Scope == auth.InVendor {
		return ui.T(ctx, "运营方")
	}
	name := strconv.Itoa(int(g.District))
	if area, ok := division.District(g.District); ok {
		name = area.Name
	}
	if g.Sector == "" {
		return name
	}
	return name + " · " + ui.T(ctx, "仅%s条线", blueprint.SectorTitle(g.Sector))
}

// sectorOptions are the lines of departments that a district's grant may be narrowed to.
func sectorOptions() (out []ui.Option, err error) {
	all, err := blueprint.ShippedSectors()
	for _, s := range all {
		out = append(out, ui.Option{Value: s.Key, Label: s.Title})
	}
	return out, err
}

// roleOptions are the roles above the tenants, as "scope/role".
func roleOptions(ctx context.Context) (out []ui.Option) {
	for _, s := range []struct {
		scope auth.Scope
		title string
	}{{auth.InVendor, ui.Key("运营方")}, {auth.InDistrict, ui.Key("区县")}} {
		for _, role := range auth.RolesIn(s.scope) {
			out = append(out, ui.Option{Value: string(s.scope) + "/" + role.Key, Label: ui.T(ctx, role.Title), Group: ui.T(ctx, s.title)})
		}
	}
	return out
}

// grantOf reads a grant above the tenants from a form.
func grantOf(r *web.Request) (auth.UpperGrant, error) {
	scope, role, ok := strings.Cut(r.Text("role"), "/")
	g := auth.UpperGrant{Scope: auth.Scope(scope), Role: role, Sector: r.Text("sector")}
	if !ok {
		return g, fault.Field("role", "请选择角色")
	}
	if g.Scope == auth.InDistrict {
		code, _ := strconv.ParseInt(r.Text("district"), 10, 32)
		if _, known := division.District(int32(code)); !known {
			return g, fault.Field("district", "请填写6位区县代码")
		}
		g.District = int32(code)
	}
	if g.Sector != "" && blueprint.SectorTitle(g.Sector) == g.Sector {
		return g, fault.Field("sector", "没有这个条线")
	}
	return g, g.Check()
}

// find leads to the account of whoever signs in with what was typed, or has that number.
func (a *desk) find(ctx context.Context, r *web.Request) (web.Reply, error) {
	typed := r.Text("account")
	person, err := strconv.ParseInt(typed, 10, 32) // a phone number is longer
	if err != nil || person <= 0 {
		person, err = a.Find(ctx, typed)
	}
	if err == nil {
		if list, look := a.accounts(ctx, person); look != nil {
			return web.Reply{}, look
		} else if len(list) == 0 {
			err = fault.New(fault.NotFound, "没有此人员")
		}
	}
	if fault.Is(err, fault.NotFound) {
		return a.officersPage(ctx, r, view.OfficerForm{}, view.FindForm{Account: typed, Error: ui.T(ctx, "没有此账号或人员编号")}, fault.NotFound.Status())
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.See(r.Path("/people/%d", person)), nil
}

// invite brings somebody in above the tenants: account, message, grant. Each part may be repeated.
func (a *desk) invite(ctx context.Context, r *web.Request) (web.Reply, error) {
	form := view.OfficerForm{Name: r.Text("name"), Phone: r.Text("phone"), Email: r.Text("email"), Role: r.Text("role"), District: r.Text("district"), Sector: r.Text("sector")}
	g, err := grantOf(r)
	if err == nil {
		err = checkForm(form)
	}
	var by auth.Officer
	if err == nil {
		by, err = a.Officer(r)
	}
	if err == nil {
		at := ui.T(ctx, "运营平台")
		if g.Scope == auth.InDistrict {
			at = where(ctx, g)
		}
		var person int64
		if person, err = a.Invite(ctx, auth.Staff{Name: form.Name, Phone: form.Phone, Email: form.Email}, at); err == nil {
			err = a.grant(ctx, by, person, g)
		}
	}
	if f := formFault(err); f != nil {
		form.Say, form.Errors = ui.T(ctx, f.Say, f.Args...), f.Fields
		return a.officersPage(ctx, r, form, view.FindForm{}, f.Kind.Status())
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/people"), "已发出邀请"), nil
}

func checkForm(f view.OfficerForm) error {
	bad := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if f.Name == "" {
		bad.And("name", "请填写姓名")
	}
	switch {
	case f.Phone == "" && f.Email == "":
		bad.And("phone", "请填写手机号码或电子邮箱")
	case f.Phone != "" && !auth.IsPhone(auth.Identifier(f.Phone)):
		bad.And("phone", "手机号码不正确")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (a *desk) grant(ctx context.Context, by auth.Officer, person int64, g auth.UpperGrant) error {
	return a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error { return auth.GiveUpper(ctx, tx, by, person, g) })
}

// acts shows who gave and ended what above the tenants.
func (a *desk) acts(ctx context.Context, r *web.Request) (web.Reply, error) {
	const size = 20
	page := max(1, r.Int("page", 1))
	var list []auth.UpperAct
	var total int
	if err := a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		list, total, err = auth.UpperActs(ctx, tx, (page-1)*size, size)
		return err
	}); err != nil {
		return web.Reply{}, err
	}
	var persons []int64
	for _, x := range list {
		persons = append(persons, x.Actor)
		if !x.Signs {
			persons = append(persons, x.Person)
		}
	}
	names, err := a.names(ctx, persons)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.UpperActs{Frame: view.Frame{Base: r.Base}, Pages: ui.Pages{Number: page, Size: size, Total: total, Path: r.Path("/acts"), List: "acts"}}
	for _, x := range list {
		act := view.UpperAct{At: x.At, Who: ui.T(ctx, "命令行"), Ended: x.Ended, Whom: names[x.Person], Role: ui.T(ctx, auth.Title(x.Role)), Where: where(ctx, x.UpperGrant)}
		if x.Actor != tenants.System {
			act.Who = names[x.Actor]
		}
		if x.Signs {
			act.Signs, act.Role = true, ""
		}
		p.List = append(p.List, act)
	}
	return web.Page(ui.T(ctx, "授权留痕"), view.UpperActsView(p)), nil
}

// names are how persons are called; who is unknown to the sign-in service has a number.
func (a *desk) names(ctx context.Context, persons []int64) (map[int64]string, error) {
	names := map[int64]string{}
	if len(persons) == 0 {
		return names, nil
	}
	list, err := a.accounts(ctx, persons...)
	if err != nil {
		return nil, err
	}
	staff, err := a.Staff(ctx, list)
	for _, p := range persons {
		if names[p] = staff[p].Name; names[p] == "" {
			names[p] = ui.T(ctx, "%d 号人员", int(p))
		}
	}
	return names, err
}
