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
)

// own is the page on which a district's security administrator looks after its sign-in.
func (a *desk) own(ctx context.Context, r *web.Request) (web.Reply, error) {
	p, err := a.Providers.Of(ctx, r.District)
	if err != nil {
		return web.Reply{}, err
	}
	form := view.ProviderForm{Claim: "phone_number", Means: string(providers.Phone)}
	if p.Issuer != "" {
		form = view.ProviderForm{Title: p.Title, Issuer: p.Issuer, Client: p.Client, Claim: p.Claim, Means: string(p.Means), Strong: p.Strong, Enabled: p.Enabled, Known: true}
	}
	return a.ownPage(ctx, r, p, form), nil
}

func (a *desk) ownPage(ctx context.Context, r *web.Request, now providers.Provider, form view.ProviderForm) web.Reply {
	form.Guard = r.Guard()
	p := view.OwnProvider{Path: r.Path("/sign-in"), Back: a.Back, Form: form, Test: r.Guard(), Meanings: meanings(ctx), Tested: tested(ctx, now)}
	if now.Issuer != "" {
		state := ui.T(ctx, "已停用")
		if now.Enabled {
			state = ui.T(ctx, "已启用")
		}
		p.Facts = []ui.Fact{{Label: ui.T(ctx, "状态"), Value: state}, {Label: ui.T(ctx, "签发者地址"), Value: now.Issuer}, {Label: ui.T(ctx, "客户端编号"), Value: now.Client},
			{Label: ui.T(ctx, "更改时间"), Value: ui.Time(now.ChangedAt)}}
	}
	return web.Page(ui.T(ctx, "统一登录"), view.OwnProviderView(p))
}

func meanings(ctx context.Context) (out []ui.Option) {
	for _, m := range providers.Meanings {
		out = append(out, ui.Option{Value: string(m.Means), Label: ui.T(ctx, m.Title)})
	}
	return out
}

func tested(ctx context.Context, p providers.Provider) view.Tested {
	switch p.Tested {
	case providers.Answers:
		return view.Tested{Tone: ui.Good, Text: ui.T(ctx, "已连通"), At: p.TestedAt}
	case providers.Away:
		return view.Tested{Tone: ui.Bad, Text: ui.T(ctx, "未连通"), Help: ui.T(ctx, "连接不上该平台，请核对签发者地址，并请平台管理方放通本系统的访问。"), At: p.TestedAt}
	case providers.Wrong:
		return view.Tested{Tone: ui.Bad, Text: ui.T(ctx, "答复不符"), Help: ui.T(ctx, "该地址答复的不是这个签发者的 OpenID Connect 配置，请向平台管理方核对签发者地址（区分大小写和末尾斜杠）。"), At: p.TestedAt}
	}
	return view.Tested{}
}

// typed is a provider as the form says it.
func typed(r *web.Request, district int32) providers.Provider {
	return providers.Provider{District: district, Title: r.Text("title"), Issuer: r.Text("issuer"), Client: r.Text("client"), Secret: r.Text("secret"),
		Claim: r.Text("claim"), Means: providers.Means(r.Text("means")), Strong: r.Text("strong"), Enabled: r.Text("enabled") != ""}
}

// refusedForm is the form again, without its secret, and with what is wrong.
func refusedForm(ctx context.Context, p providers.Provider, f *fault.Error) view.ProviderForm {
	return view.ProviderForm{Title: p.Title, Issuer: p.Issuer, Client: p.Client, Claim: p.Claim, Means: string(p.Means), Strong: p.Strong, Enabled: p.Enabled,
		Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields}
}

// saveOwn writes the provider of the district asked for.
func (a *desk) saveOwn(ctx context.Context, r *web.Request) (web.Reply, error) {
	p := typed(r, r.District)
	err := a.Providers.Save(ctx, p, r.Visitor.Person)
	if f := formFault(err); f != nil {
		now, err := a.Providers.Of(ctx, r.District)
		if err != nil {
			return web.Reply{}, err
		}
		form := refusedForm(ctx, p, f)
		form.Known = now.Issuer != ""
		return a.ownPage(ctx, r, now, form).Status(f.Kind.Status()), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/sign-in"), "已保存"), a.noteProvider(ctx, r, p)
}

// testOwn asks the district's provider about itself. No scope is open meanwhile.
func (a *desk) testOwn(ctx context.Context, r *web.Request) (web.Reply, error) {
	if _, err := a.Providers.Test(ctx, r.District); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/sign-in"), "已测试连接"), nil
}

// noteProvider writes a change into the door's record, beside the act.
func (a *desk) noteProvider(ctx context.Context, r *web.Request, p providers.Provider) error {
	return a.Note(ctx, access.Event{Kind: access.Provider, By: r.Visitor.Person, Reason: strconv.Itoa(int(p.District)) + " " + p.Issuer, Address: a.Proxies.Address(r.Request)})
}
