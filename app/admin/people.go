package admin

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys/mask"
)

func (a *desk) people(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return a.peoplePage(ctx, tx, r, view.GrantForm{Role: r.Text("role")}, view.InviteForm{}, 0)
}

func (a *desk) peoplePage(ctx context.Context, tx tenants.Tx, r *web.Request, grant view.GrantForm, invite view.InviteForm, status int) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	members, err := auth.Members(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.People{
		Frame: Frame(tx, r), MayGive: auth.CanSomewhere(tx.Actor(), auth.GrantsGive), MayWrite: auth.CanSomewhere(tx.Actor(), auth.PeopleWrite),
		Grant: grant, Invite: invite,
	}
	page.Grant.Guard, page.Invite.Guard = r.Guard(), r.Guard()
	for _, role := range auth.RolesIn(auth.InTenant) {
		page.Roles = append(page.Roles, ui.Option{Value: role.Key, Label: ui.T(ctx, role.Title)})
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		page.Units = append(page.Units, ui.Option{Value: u.Key, Label: u.Name, Group: ui.T(ctx, unitKind(u.Kind))})
	}
	if key := r.Text("unit"); key != "" && r.Method == http.MethodGet {
		page.At = cfg.UnitTitle(key)
		members = slices.DeleteFunc(members, func(m auth.Member) bool {
			return !slices.ContainsFunc(m.Grants, func(g auth.Held) bool { return g.Unit == key || g.Community == key })
		})
	}
	for _, m := range members {
		p := view.Person{Guard: r.Guard(), Number: m.Person, Name: m.Name, Phone: mask.Phone(m.Phone), Self: m.Person == tx.Actor().Person, Off: !m.Off.IsZero()}
		for _, g := range m.Grants {
			where := ""
			for _, key := range []string{g.Unit, g.Community, g.Grid} {
				if key == "" {
					continue
				}
				where = key
				if u, ok := cfg.UnitOf(key); ok {
					where = u.Short
				}
			}
			p.Grants = append(p.Grants, view.Grant{Guard: r.Guard(), ID: g.ID.String(), Role: ui.T(ctx, auth.Title(g.Role)), Where: where})
		}
		page.List = append(page.List, p)
	}
	return web.Page(ui.T(ctx, "人员与授权"), view.PeopleView(page)).Status(status), nil
}

// place checks the unit that a role is to be narrowed to. A community is a unit too, but a grant keeps
// it as one.
func place(ctx context.Context, tx tenants.Tx, role, unit string) (give auth.Give, err error) {
	give.Role = role
	if unit == "" {
		return give, nil
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return give, err
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Key == unit {
			give.Unit = unit
			if u.Kind == blueprint.Community && role == auth.GridWorker {
				give.Unit, give.Community = "", unit
			}
			return give, nil
		}
	}
	return give, fault.Field("unit", "没有这个承办单位")
}

// formFault is the fault that belongs beside a form's fields, or nil.
func formFault(err error) *fault.Error {
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		return f
	}
	return nil
}

func (a *desk) grant(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	give, err := place(ctx, tx, r.Text("role"), r.Text("unit"))
	give.Person = int64(r.Int("person", 0))
	switch {
	case err == nil && give.Person == 0:
		err = fault.Field("person", "请选择人员")
	case err == nil:
		_, err = auth.Grant(ctx, tx, give)
	}
	if f := formFault(err); f != nil {
		return a.peoplePage(ctx, tx, r, view.GrantForm{Person: r.Text("person"), Role: r.Text("role"), Unit: r.Text("unit"), Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields},
			view.InviteForm{}, f.Kind.Status())
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/people"), "已授权"), nil
}

func (a *desk) end(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := uuid.Parse(r.Text("grant"))
	if err != nil {
		return web.Reply{}, fault.New(fault.NotFound, "没有这项授权")
	}
	if err := auth.End(ctx, tx, id); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/people"), "已收回"), nil
}

func (a *desk) leave(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	if err := auth.Leave(ctx, tx, int64(r.Int("person", 0))); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/people"), "已收回"), nil
}

func (a *desk) invite(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	i := Invitation{Name: r.Text("name"), Phone: r.Text("phone"), Email: r.Text("email"), Role: r.Text("role"), Unit: r.Text("unit")}
	err := i.check(ctx, tx)
	if err == nil {
		err = a.Invite(ctx, tx, i)
	}
	if f := formFault(err); f != nil {
		return a.peoplePage(ctx, tx, r, view.GrantForm{}, view.InviteForm{Name: i.Name, Phone: i.Phone, Email: i.Email, Role: i.Role, Unit: i.Unit,
			Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields}, f.Kind.Status())
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/people"), "已发出邀请"), nil
}

// check finds what the job would refuse later, when nobody is there to read it.
func (i Invitation) check(ctx context.Context, tx tenants.Tx) error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if i.Name == "" {
		f.And("name", "请填写姓名")
	}
	switch {
	case i.Phone == "" && i.Email == "":
		f.And("phone", "请填写手机号码或电子邮箱")
	case i.Phone != "" && !auth.IsPhone(auth.Identifier(i.Phone)):
		f.And("phone", "手机号码不正确")
	}
	role, known := auth.RoleOf(i.Role)
	switch {
	case i.Role == "":
	case !auth.CanSomewhere(tx.Actor(), auth.GrantsGive):
		f.And("role", "授权须由安全管理员办理")
	case !known:
		f.And("role", "请选择角色")
	case role.Unit && i.Unit == "":
		f.And("unit", "该角色须指定承办单位")
	case role.Power != "" && i.Unit != "":
		f.And("unit", "管理员角色只能授予全街道范围")
	}
	if len(f.Fields) > 0 {
		return f
	}
	_, err := place(ctx, tx, i.Role, i.Unit)
	return err
}
