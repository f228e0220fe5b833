package resident

import (
	"context"
	"io"
	"net/url"

	"github.com/a-h/templ"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/logo"
	"wanjie/app/web"
	"wanjie/templates/layout"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func (d *desk) home(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	p, err := d.homeOf(ctx, tx, r, tx.Tenant(), me)
	return web.Page(p.Street, view.HomePage(p)).Data(p), err
}

// homeOf is the first page of a street that looks like t.
func (d *desk) homeOf(ctx context.Context, tx tenants.Tx, r *web.Request, t tenants.Tenant, me *Resident) (p view.Home, err error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	p = view.Home{Base: r.Base, Street: t.Name, Welcome: t.Branding.Welcome, Hotline: hotline(cfg), Signed: me != nil, Emergencies: emergencies(cfg), Guide: cfg.On("services"), Paused: !t.State.Writable(), Theme: d.Colours(t.Branding.Colour)}
	if me != nil {
		mine, err := cases.Mine(ctx, tx, 3)
		if err != nil {
			return p, err
		}
		if p.Matters, err = rows(ctx, tx, r, cfg, mine); err != nil {
			return p, err
		}
	}
	p.Fresh, err = Fresh(ctx, tx, r)
	return p, err
}

// Preview is the first page as everybody would see it, if the street looked like t, in the colours of the stylesheet at theme.
// Whatever is touched on it leads to the page itself: it is to be looked at.
func Preview(deps Deps) func(ctx context.Context, tx tenants.Tx, r *web.Request, t tenants.Tenant, theme string) (templ.Component, error) {
	d := &desk{deps}
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, t tenants.Tenant, theme string) (templ.Component, error) {
		if err := d.closed(ctx, tx); err != nil {
			return nil, err
		}
		here := *r
		here.Base = staying(r.URL)
		p, err := d.homeOf(ctx, tx, &here, t, nil)
		if err != nil {
			return nil, err
		}
		f := view.Frame{Base: here.Base, Street: t.Name, Short: t.ShortName, Demo: t.Demo, Theme: theme, Logo: logo.Public(t), Hotline: p.Hotline}
		f.Page = layout.Page{Title: t.Name, Guard: r.Guard()}
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return view.Shell(f).Render(templ.WithChildren(ctx, view.HomePage(p)), w)
		}), nil
	}
}

// staying is the address of a page with whatever follows it, the last thing that was touched left out.
func staying(u *url.URL) string {
	q := u.Query()
	q.Del("at")
	return u.EscapedPath() + "?" + q.Encode() + "&at="
}

func (d *desk) notice(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Notice{Street: tx.Tenant().Name, Hotline: hotline(cfg), Version: NoticeVersion, Base: r.Base}
	p.Parts = view.NoticeParts(ctx, p)
	return web.Page(ui.T(ctx, "隐私政策"), view.NoticePage(p)).Data(p), nil
}

func (d *desk) followForm(ctx context.Context, _ tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	return d.followPage(ctx, r, view.Follow{Receipt: r.Text("number")}, nil), nil
}

func (d *desk) followPage(ctx context.Context, r *web.Request, p view.Follow, f *fault.Error) web.Reply {
	p.Form, p.Base = form(ctx, r, f), r.Base
	reply := web.Page(ui.T(ctx, "查询进度"), view.FollowPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply
}

// follow shows how far a matter has come to whoever holds its receipt: steps and dates, none of its words.
func (d *desk) follow(ctx context.Context, r *web.Request) (web.Reply, error) {
	p := view.Follow{}
	err := d.Door.Take(r.Request, followsByAddress, d.Door.ByAddress(r.Request))
	if err == nil {
		var id tenants.ID
		if id, err = d.DB.Find(ctx, r.PathValue("tenant")); err != nil {
			return web.Reply{}, err
		}
		err = d.DB.Read(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			if err := d.closed(ctx, tx); err != nil {
				return err
			}
			c, rules, err := cases.ByReceipt(ctx, tx, r.Text("number"), r.Text("tail"))
			if err != nil {
				return err
			}
			p.Number = c.Number
			p.State, p.Tone = stateOf(ctx, c)
			p.Steps, err = steps(ctx, tx, c, rules)
			p.Due = due(c)
			return err
		})
	}
	if f := fault.Of(err); f != nil && !r.WantsJSON() && (f.Kind == fault.NotFound || f.Kind == fault.TooMany) {
		return d.followPage(ctx, r, view.Follow{}, f), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return d.followPage(ctx, r, p, nil), nil
}
