package accounts

import (
	"context"
	"strconv"

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
	p := view.Providers{Frame: view.Frame{Base: r.Base}, Form: form, Back: a.Back, Meanings: meanings(ctx)}
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
	p := typed(r, int32(code))
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
		form := refusedForm(ctx, p, f)
		form.District = r.Text("district")
		return a.providersPage(ctx, r, list, form).Status(f.Kind.Status()), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/sign-in"), "已保存"), a.noteProvider(ctx, r, p)
}
