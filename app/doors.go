package app

import (
	"context"
	"fmt"

	"wanjie/app/auth"
	"wanjie/app/fault"
	waiting "wanjie/app/mine"
	"wanjie/app/web"
	"wanjie/templates/places"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// plain reports whether people come over plain http from another name than this machine, where
// browsers refuse a __Host- cookie.
func plain(public string) bool {
	return len(public) > 7 && public[:7] == "http://" && !local(public[7:])
}

func local(host string) bool {
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
		if len(host) >= len(name) && host[:len(name)] == name {
			return true
		}
	}
	return false
}

// home is the first page after sign-in: straight into the only place somebody works in, or the
// choice between them.
func (a *App) home(ctx context.Context, r *web.Request) (web.Reply, error) {
	session, ok := r.Visitor.Session.(auth.Session)
	if !ok {
		return web.Reply{}, fault.New(fault.Unsigned, "请先登录")
	}
	upper, err := a.Keeper.Upper(ctx, session)
	if err != nil {
		return web.Reply{}, err
	}
	mine, err := a.Keeper.Places(ctx, session.Person)
	if err != nil {
		return web.Reply{}, err
	}
	var page places.Page
	if first := vendorHome(upper); first != "" {
		page.Places = append(page.Places, places.Place{Name: ui.T(ctx, "运营平台"), Note: ui.T(ctx, "运营方"), Href: first})
	}
	for _, d := range upper.Districts() {
		area, _ := division.District(d)
		place := places.Place{Name: area.Name, Note: ui.T(ctx, "区级看板"), Href: fmt.Sprintf("/d/%d", d)}
		if !upper.District(auth.BoardRead, d) {
			if !upper.District(auth.PeopleWrite, d) {
				continue // nothing there is theirs to open
			}
			place.Note, place.Href = ui.T(ctx, "统一登录"), place.Href+districtSignIn
		}
		page.Places = append(page.Places, place)
	}
	for _, p := range mine {
		place := places.Place{Name: p.Name, Href: "/s/" + p.Slug + "/"}
		for _, role := range p.Roles {
			if place.Note != "" {
				place.Note += "、"
			}
			place.Note += ui.T(ctx, auth.Title(role))
		}
		page.Places = append(page.Places, place)
	}
	if len(page.Places) == 1 {
		return web.See(page.Places[0].Href), nil
	}
	if len(mine) > 1 {
		page.All = waiting.Path
	}
	return web.Page(ui.T(ctx, "选择工作台"), places.Choose(page)), nil
}

// tenantHome sends staff to the first page that they may use.
func tenantHome(_ context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	actor := tx.Actor()
	for _, to := range []struct{ may, path string }{
		{auth.CasesInstruct, "/leader"}, {auth.CasesDispatch, "/cases"}, {auth.CasesAccept, "/cases"}, {auth.CasesHandle, "/tasks"}, {auth.CasesRead, "/cases"},
		{auth.ModulesSwitch, "/admin/modules"}, {auth.PeopleRead, "/admin/people"}, {auth.JournalRead, "/admin/audit"}, {auth.PatrolsDo, "/field/"}, {auth.CommunityRead, "/community"}, {auth.CasesReport, "/cases/new"},
	} {
		if auth.CanSomewhere(actor, to.may) {
			return web.See(r.Base + to.path), nil
		}
	}
	return web.Reply{}, errNowhere
}
