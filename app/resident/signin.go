package resident

import (
	"context"
	"errors"
	"strings"
	"time"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// returnTo is a page of this door to go on to.
func returnTo(r *web.Request) string {
	to := r.Text("return_to")
	if rest, ours := strings.CutPrefix(to, r.Base+"/"); ours && !strings.HasPrefix(rest, "/") && !strings.ContainsAny(to, "\\\r\n") && len(to) < 500 {
		return to
	}
	return r.Path("/")
}

func (d *desk) signInForm(ctx context.Context, r *web.Request) (web.Reply, error) {
	return d.signInPage(ctx, r, view.SignIn{}, nil), nil
}

func (d *desk) signInPage(ctx context.Context, r *web.Request, p view.SignIn, f *fault.Error) web.Reply {
	p.Form, p.ReturnTo, p.Base, p.Version = form(ctx, r, f), returnTo(r), r.Base, NoticeVersion
	p.Phone, p.Unsent = r.Text("phone"), r.Text(web.Unsent) != ""
	reply := web.Page(ui.T(ctx, "登录"), view.SignInPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply
}

// sendCode has a code sent, once the notice is agreed to.
func (d *desk) sendCode(ctx context.Context, r *web.Request) (web.Reply, error) {
	var err error
	flow := ""
	if r.Text("agree") != NoticeVersion {
		err = errAgree()
	} else {
		flow, err = d.Door.Send(ctx, r.Request, r.Text("phone"))
	}
	if f := fault.Of(err); f != nil && !r.WantsJSON() && f.Kind != fault.Unavailable {
		return d.signInPage(ctx, r, view.SignIn{}, f), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	return d.signInPage(ctx, r, view.SignIn{Flow: flow, Messages: r.Text("messages") != ""}, nil), nil
}

// opened is what a program hears of a sign-in: the token that it brings from now on.
type opened struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// enter takes the code: the street knows the resident from now on.
func (d *desk) enter(ctx context.Context, r *web.Request) (web.Reply, error) {
	flow := r.Text("flow")
	t, err := d.Door.Enter(ctx, r.Request, flow, r.Text("phone"), r.Text("code"))
	var me *Resident
	if err == nil {
		err = d.within(ctx, r, t.Session.Person, func(ctx context.Context, tx tenants.Tx) (err error) {
			if me, err = Join(ctx, tx, r.Text("phone"), r.Text("agree"), way(r)); err == nil && r.Text("messages") != "" {
				err = Agree(ctx, tx, me, ForMessages, way(r))
			}
			return err
		})
		if err != nil {
			d.Door.Leave(ctx, t.Token)
		}
	}
	if f := fault.Of(err); f != nil && !r.WantsJSON() && f.Kind != fault.Unavailable && f.Kind != fault.NotFound {
		p := view.SignIn{Flow: flow, Messages: r.Text("messages") != ""}
		if !errors.Is(err, auth.ErrCode) {
			p.Flow = ""
		}
		return d.signInPage(ctx, r, p, f), nil
	}
	if err != nil {
		return web.Reply{}, err
	}
	taste := Taste{Elder: me.Elder || on(r.Request, elderCookie), Contrast: me.Contrast || on(r.Request, contrastCookie), Language: me.Language}
	if web.LocaleOf(r.Request) == ui.English {
		taste.Language = ui.English
	}
	reply := taste.leave(web.See(returnTo(r))).Or(opened{t.Token, t.Session.ExpiresAt})
	if way(r) == "page" {
		reply = reply.Cookie(d.Cookies.Of(t.Token, t.Session.ExpiresAt))
	}
	return reply, nil
}

// token is what whoever asks was signed in with.
func (d *desk) token(r *web.Request) string {
	if t := web.Bearer(r.Request); t != "" {
		return t
	}
	return d.Cookies.Token(r.Request)
}

func (d *desk) signOut(ctx context.Context, r *web.Request) (web.Reply, error) {
	d.Door.Leave(ctx, d.token(r))
	return web.See(r.Path("/")).Cookie(d.Cookies.Gone()).Or(struct{}{}), nil
}
