package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/app/logo"
	"wanjie/app/module"
	"wanjie/app/support"
	"wanjie/app/vendor"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// What every frame has.
const (
	account  = "/account"
	signOut  = "/logout"
	language = "/locale"
	density  = "/density"
)

// tenantFrame is the console of a street or centre: the menu of its modules that are on, as far as
// the actor may use them.
func (a *App) tenantFrame(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Frame, error) {
	t, actor := tx.Tenant(), tx.Actor()
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Frame{}, err
	}
	name, err := a.names.of(ctx, tx)
	if err != nil {
		return web.Frame{}, err
	}
	notice, err := vendor.Notice(ctx, tx)
	if err != nil {
		return web.Frame{}, err
	}
	p := layout.Page{
		Tenant: t.Name, Notice: notice, Home: r.Base + "/", Demo: t.Demo, Theme: admin.ThemePath(t), Logo: logo.Public(t), Account: account, SignOut: signOut, Language: language, Density: density,
		User: layout.User{Name: name, Role: roles(ctx, actor)},
	}
	for _, m := range Modules {
		if !cfg.On(m.Key) {
			continue
		}
		for _, e := range m.Nav {
			if !offered(actor, e) || auth.Shut(actor, m.Key, e.May) {
				continue
			}
			item := layout.NavItem{Label: ui.T(ctx, e.Title), Href: r.Base + e.Path, Active: under(r, e.Path)}
			if e.Badge != nil {
				if item.Badge, err = e.Badge(ctx, tx, cfg); err != nil {
					return web.Frame{}, err
				}
			}
			p.Nav = append(p.Nav, item)
		}
	}
	p.Nav = append(p.Nav, a.adminNav(ctx, actor, r)...)
	if auth.CanSomewhere(actor, auth.SupportRead) {
		item := layout.NavItem{Label: ui.T(ctx, "运营进入"), Href: r.Base + "/admin/support", Active: under(r, "/admin/support")}
		if auth.CanSomewhere(actor, auth.SupportDecide) {
			if item.Badge, err = support.Waiting(ctx, tx); err != nil {
				return web.Frame{}, err
			}
		}
		p.Nav = append(p.Nav, item)
	}
	return web.Frame{Page: p}, nil
}

// offered reports whether a line of the menu is of use to the actor.
func offered(actor tenants.Actor, e module.Entry) bool {
	if e.May != "" {
		return auth.CanSomewhere(actor, e.May)
	}
	return len(e.Any) == 0 || slices.ContainsFunc(e.Any, func(may string) bool { return auth.CanSomewhere(actor, may) })
}

// adminNav is the menu of those who look after the tenant itself.
func (a *App) adminNav(ctx context.Context, actor tenants.Actor, r *web.Request) []layout.NavItem {
	var out []layout.NavItem
	for _, e := range []struct{ title, path, may string }{
		{ui.Key("模块"), "/admin/modules", auth.ModulesSwitch},
		{ui.Key("参数设置"), "/admin/settings", auth.ConfigRead},
		{ui.Key("配置项"), "/admin/items", auth.ConfigRead},
		{ui.Key("承办单位"), "/admin/units", auth.ConfigRead},
		{ui.Key("职责清单"), "/admin/duties", auth.ConfigRead},
		{ui.Key("街道形象"), "/admin/branding", auth.ConfigWrite},
		{ui.Key("人员与授权"), "/admin/people", auth.PeopleRead},
		{ui.Key("操作留痕"), "/admin/audit", auth.JournalRead},
		{ui.Key("访问记录"), "/admin/access", auth.AccessRead},
	} {
		if auth.CanSomewhere(actor, e.may) {
			out = append(out, layout.NavItem{Label: ui.T(ctx, e.title), Href: r.Base + e.path, Active: under(r, e.path)})
		}
	}
	return out
}

// districtSignIn is the page on which a district looks after its own sign-in, under its door.
const districtSignIn = "/sign-in"

func (a *App) districtFrame(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Frame, error) {
	area, _ := division.District(tx.District())
	p := layout.Page{Tenant: area.Name, Home: r.Base, Account: account, SignOut: signOut, Language: language, Density: density, User: layout.User{Name: called(r), Role: ui.T(ctx, "区级部门")}}
	signs, months := under(r, districtSignIn), under(r, "/months")
	if r.Line != nil || r.May(auth.BoardRead) {
		p.Nav = append(p.Nav, layout.NavItem{Label: ui.T(ctx, "运行看板"), Href: r.Base, Active: !signs && !months})
	} else {
		p.Home += districtSignIn
	}
	if r.Line == nil && r.May(auth.BoardRead) {
		p.Nav = append(p.Nav, layout.NavItem{Label: ui.T(ctx, "月报"), Href: r.Base + "/months", Active: months})
	}
	if r.May(auth.PeopleWrite) {
		p.Nav = append(p.Nav, layout.NavItem{Label: ui.T(ctx, "统一登录"), Href: r.Base + districtSignIn, Active: signs})
	}
	return web.Frame{Page: p}, nil
}

func (a *App) vendorFrame(ctx context.Context, r *web.Request) (web.Frame, error) {
	grants, err := a.upper(r)
	if err != nil {
		return web.Frame{}, err
	}
	p := layout.Page{Tenant: ui.T(ctx, "运营平台"), Home: vendorHome(grants), Account: account, SignOut: signOut, Language: language, Density: density, User: layout.User{Name: called(r), Role: ui.T(ctx, "运营方")}}
	for _, e := range vendorMenu {
		if grants.Vendor(e.may) {
			here := under(r, e.path) || e.path == "/streets" && under(r, "/open") // opening starts from the list of streets
			p.Nav = append(p.Nav, layout.NavItem{Label: ui.T(ctx, e.title), Href: "/v" + e.path, Active: here})
		}
	}
	return web.Frame{Page: p}, nil
}

// ownFrame is the frame of the pages over all the places of whoever is signed in.
func (a *App) ownFrame(ctx context.Context) web.Frame {
	return web.Frame{Page: layout.Page{Home: "/", Account: account, SignOut: signOut, Language: language, Density: density, User: layout.User{Name: ui.T(ctx, "我的账号")}}}
}

// vendorMenu is the vendor's menu, in order.
var vendorMenu = []struct{ title, path, may string }{
	{ui.Key("街道总览"), "/streets", auth.StreetsRead},
	{ui.Key("小程序"), "/mini-programs", auth.StreetsRead},
	{ui.Key("运行健康"), "/health", auth.HealthRead},
	{ui.Key("用量"), "/usage", auth.UsageRead},
	{ui.Key("人员与授权"), "/people", auth.PeopleRead},
	{ui.Key("区县统一登录"), "/sign-in", auth.PeopleWrite},
	{ui.Key("授权留痕"), "/acts", auth.JournalRead},
	{ui.Key("访问记录"), "/access", auth.AccessRead},
	{ui.Key("进入记录"), "/support", auth.SupportRead},
}

// vendorDoor leads to the first page of the console that the visitor may see.
func (a *App) vendorDoor(_ context.Context, r *web.Request) (web.Reply, error) {
	grants, err := a.upper(r)
	if err != nil {
		return web.Reply{}, err
	}
	home := vendorHome(grants)
	if home == "/v/streets" {
		home += "?scope=opened" // the vendor's own streets first, not the country's
	}
	return web.See(home), nil
}

// vendorHome is the first page of the vendor's console that somebody may see; "" when there is none.
func vendorHome(grants auth.UpperGrants) string {
	for _, e := range vendorMenu {
		if grants.Vendor(e.may) {
			return "/v" + e.path
		}
	}
	return ""
}

// under reports whether the page asked for lies under path of its door.
func under(r *web.Request, path string) bool {
	rest := strings.TrimPrefix(r.URL.Path, r.Base)
	return rest == path || strings.HasPrefix(rest, path+"/")
}

// roles are the actor's roles in words.
func roles(ctx context.Context, actor tenants.Actor) string {
	var out []string
	seen := map[string]bool{}
	for _, g := range actor.Grants {
		if !seen[g.Role] {
			seen[g.Role] = true
			out = append(out, ui.T(ctx, auth.Title(g.Role)))
		}
	}
	return strings.Join(out, "、")
}

// called is how the sign-in service calls whoever stands above the tenants.
func called(r *web.Request) string {
	if s, ok := r.Visitor.Session.(auth.Session); ok && s.Name != "" {
		return s.Name
	}
	return number(r.Visitor.Person)
}

// number is what stands for a person whose name the tenant does not know.
func number(person int64) string { return fmt.Sprintf("#%d", person) }
