package accounts

import (
	"bytes"
	"context"
	"slices"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/sheets"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// roles is the page of who can do what: every role of the tenant, what it may do, and who holds it now.
func (a *desk) roles(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := a.held(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "角色与权限"), view.RolesView(p)).Under(web.Crumb(ui.T(ctx, "人员与授权"), r.Path("/admin/people")), web.Crumb(ui.T(ctx, "角色与权限"), "")), nil
}

func (a *desk) held(ctx context.Context, tx tenants.Tx, r *web.Request) (view.Roles, error) {
	p := view.Roles{Frame: a.Frame(tx, r), Here: r.Path("/admin/people/roles"), Role: r.Text("role"), Right: r.Text("right")}
	members, err := auth.Members(ctx, tx)
	if err != nil {
		return p, err
	}
	say, err := newReach(ctx, tx, members)
	if err != nil {
		return p, err
	}
	may, offered := auth.Can(tx.Actor(), auth.GrantsGive, ""), map[string]bool{}
	for _, role := range auth.RolesIn(auth.InTenant) {
		p.Roles = append(p.Roles, ui.Option{Value: role.Key, Label: ui.T(ctx, role.Title)})
		line := view.RoleLine{Title: ui.T(ctx, role.Title), Note: ui.T(ctx, role.Note)}
		for _, c := range role.Can {
			word := ui.T(ctx, auth.CapabilityWord(c))
			line.Rights = append(line.Rights, word)
			if !offered[c] {
				offered[c] = true
				p.Rights = append(p.Rights, ui.Option{Value: c, Label: word})
			}
		}
		if p.Role != "" && p.Role != role.Key || p.Right != "" && !slices.Contains(role.Can, p.Right) {
			continue
		}
		if may {
			line.Give = r.Path("/admin/people?role=%s", role.Key) + "#give"
		}
		for _, m := range members {
			for _, g := range m.Grants {
				if g.Role == role.Key {
					line.Holders = append(line.Holders, view.Holder{Name: m.Name, Href: r.Path("/admin/people/%d", m.Person), Off: !m.Off.IsZero(),
						Where: say.where(g), Since: g.MadeAt, By: say.names.Of(ctx, g.MadeBy)})
				}
			}
		}
		p.List = append(p.List, line)
	}
	return p, nil
}

// rolesFile is the same as a file: one line for each who holds a role, and one for a role that nobody holds.
func (a *desk) rolesFile(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := a.held(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	var out bytes.Buffer
	w, err := sheets.New(&out, sheets.Excel, ui.T(ctx, "角色与权限"), []sheets.Column{{Title: ui.T(ctx, "角色"), Width: 16}, {Title: ui.T(ctx, "可以做什么"), Width: 60},
		{Title: ui.T(ctx, "姓名"), Width: 12}, {Title: ui.T(ctx, "范围"), Width: 24}, {Title: ui.T(ctx, "授权时间"), Width: 17}, {Title: ui.T(ctx, "授权人"), Width: 12}})
	if err != nil {
		return web.Reply{}, err
	}
	for _, line := range p.List {
		rights := line.Said(ctx)
		if len(line.Holders) == 0 {
			err = w.Row(line.Title, rights, ui.T(ctx, "无人担任"), "", "", "")
		}
		for _, h := range line.Holders {
			if err == nil {
				err = w.Row(line.Title, rights, h.Name, h.Where, h.Since, h.By)
			}
		}
		if err != nil {
			return web.Reply{}, err
		}
	}
	if err := w.Close(); err != nil {
		return web.Reply{}, err
	}
	return web.File("roles_"+string(clock.DateOf(clock.Now(ctx)))+".xlsx", sheets.Excel.Kind(), out.Bytes()), nil
}

// rights are what somebody may do by the grants they hold, in the order of the roles.
func rights(ctx context.Context, tx tenants.Tx, m auth.Member) (out []view.Right, err error) {
	say, err := newReach(ctx, tx, []auth.Member{m})
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, g := range m.Grants {
		role, _ := auth.RoleOf(g.Role)
		by := view.RightBy{Role: ui.T(ctx, auth.Title(g.Role)), Where: say.where(g), Since: g.MadeAt, Giver: say.names.Of(ctx, g.MadeBy)}
		for _, c := range role.Can {
			n, has := at[c]
			if !has {
				n = len(out)
				at[c] = n
				out = append(out, view.Right{Title: ui.T(ctx, auth.CapabilityWord(c))})
			}
			out[n].By = append(out[n].By, by)
		}
	}
	return out, nil
}

// reach says how far grants reach, and who gave them.
type reach struct {
	ctx   context.Context
	cfg   *blueprint.Config
	names auth.Called
}

func newReach(ctx context.Context, tx tenants.Tx, members []auth.Member) (s reach, err error) {
	s.ctx = ctx
	if s.cfg, err = blueprint.For(ctx, tx); err != nil {
		return s, err
	}
	var givers []int64
	for _, m := range members {
		for _, g := range m.Grants {
			givers = append(givers, g.MadeBy)
		}
	}
	s.names, err = auth.Names(ctx, tx, givers...)
	return s, err
}

func (s reach) where(g auth.Held) string {
	switch {
	case g.Grid != "":
		return ui.T(s.ctx, "网格 %s", g.Grid)
	case g.Community != "":
		return s.cfg.UnitTitle(g.Community)
	case g.Unit != "":
		return s.cfg.UnitTitle(g.Unit)
	}
	return ui.T(s.ctx, "全街道")
}

// may reports whether the reader of a person's page may do something about the account.
func may(tx tenants.Tx) bool { return auth.CanSomewhere(tx.Actor(), auth.PeopleWrite) }
