package accounts

import (
	"context"
	"strconv"

	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants/division"
)

// providers lists the districts that have a sign-in of their own, and a form for one of them.
func (a *desk) providers(ctx context.Context, r *web.Request) (web.Reply, error) {
	list, err := a.Providers.All(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.ProviderForm{Claim: "phone_number", Means: string(providers.Phone)}
	for _, p := range list {
		if strconv.Itoa(int(p.District)) == r.Text("district") {
			form = view.ProviderForm{District: r.Text("district"), Title: p.Title, Issuer: p.Issuer, Client: p.Client, Claim: p.Claim, Means: string(p.Means), Strong: p.Strong, Enabled: p.Enabled, Known: true}
		}
	}
	return a.providersPage(ctx, r, list, form), nil
}

func (a *desk) providersPage(ctx context.Context, r *web.Request, list []providers.Provider, form view.ProviderForm) web.Reply {
	form.Guard = r.Guard()
	p := view.Providers{Frame: view.Frame{Base: r.Base}, Form: form, Back: a.Back}
	for _, m := range providers.Meanings {
		p.Meanings = append(p.Meanings, ui.Option{Value: string(m.Means), Label: ui.T(ctx, m.Title)})
	}
	for _, x := range list {
		p.List = append(p.List, view.Provider{District: districtName(x.District), Title: x.Title, Issuer: x.Issuer, Enabled: x.Enabled, At: x.ChangedAt,
			Href: r.Path("/sign-in") + "?district=" + strconv.Itoa(int(x.District))})
	}
	return web.Page(ui.T(ctx, "区县统一登录"), view.ProvidersView(p))
}

func districtName(code int32) string {
	if area, ok := division.District(code); ok {
		return area.Name
	}
	return strconv.Itoa(int(code))
}

// saveProvider writes a district's provider, and who did it into the door's record.
func (a *desk) saveProvider(ctx context.Context, r *web.Request) (web.Reply, error) {
	code, _ := strconv.ParseInt(r.Text("district"), 10, 32)
	p := providers.Provider{District: int32(code), Title: r.Text("title"), Issuer: r.Text("issuer"), Client: r.Text("client"), Secret: r.Text("secret"),
		Claim: r.Text("claim"), Means: providers.Means(r.Text("means")), Strong: r.Text("strong"), Enabled: r.Text("enabled") != ""}
	var err error
	if _, known := division.District(p.District); !known {
		err = fault.Field("district", "请填写6位区县代码")
	} else {
		err = a.Providers.Save(ctx, p, r.Visitor.Person)
	}
	if f := formFault(err); f != nil {
		list, err := a.Providers.All(ctx)
		if err != nil {
			return web.Reply{}, err
		}
		form := view.ProviderForm{District: r.Text("district"), Title: p.Title, Issuer: p.Issuer, Client: p.Client, Claim: p.Claim, Means: string(p.Means), Strong: p.Strong, Enabled: p.Enabled,
			Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields}
		return a.providersPage(ctx, r, list, form).Status(f.Kind.Status()), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	if err := a.Note(ctx, access.Event{Kind: access.Provider, By: r.Visitor.Person, Reason: r.Text("district") + " " + p.Issuer, Address: a.Proxies.Address(r.Request)}); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/sign-in"), "已保存"), nil
}
