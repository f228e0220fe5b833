package auth

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/pquerna/otp/totp"

	"wanjie/app/clock"
	"wanjie/app/fault"
	views "wanjie/templates/auth"
	"wanjie/templates/ui"
)

// Demo is somebody of the development stack: how they sign in and where their day begins.
type Demo struct {
	Group, Role, About string // catalogue keys
	Name               string
	Login, Password    string // no password: they come through a door of their own
	Secret             string // of their authenticator (base32); empty: none
	Start              string // a whole address of ours
}

// Where a newcomer finds the people of the demo, and becomes one of them.
const (
	demoDoors = "/dev"
	enterDemo = "/dev/enter"
)

// MountDemo adds the page on which a newcomer becomes anybody of the demo with one press. It signs in as they would, with
// password and authenticator. Only `make dev` mounts it; a deployment never does.
func (p *Pages) MountDemo(raw func(pattern string, h http.Handler), people func() []Demo) {
	raw("GET "+demoDoors, p.handler(func(w http.ResponseWriter, r *http.Request) error { return p.showDoors(w, r, people()) }))
	raw("POST "+enterDemo, p.handler(func(w http.ResponseWriter, r *http.Request) error {
		for _, d := range people() {
			if d.Password != "" && d.Login == r.PostFormValue("login") {
				return p.enterAs(w, r, d)
			}
		}
		return fault.New(fault.NotFound, "页面不存在")
	}))
}

func (p *Pages) showDoors(w http.ResponseWriter, r *http.Request, people []Demo) error {
	ctx := r.Context()
	v := views.Doors{Page: p.frame(r)}
	v.Page.Title, v.Page.Wide = ui.T(ctx, "演示入口"), true
	for _, d := range people {
		group := ui.T(ctx, d.Group)
		at := slices.IndexFunc(v.Groups, func(g views.DoorGroup) bool { return g.Title == group })
		if at < 0 {
			at = len(v.Groups)
			v.Groups = append(v.Groups, views.DoorGroup{Title: group})
		}
		door := views.Door{Role: ui.T(ctx, d.Role), About: ui.T(ctx, d.About), Name: d.Name, Login: d.Login, Start: startOf(d)}
		if d.Password != "" {
			door.Enter = enterDemo
		}
		if d.Secret != "" {
			code, err := totp.GenerateCode(d.Secret, clock.Now(ctx))
			if err != nil {
				return err
			}
			door.Code = code
		}
		v.Groups[at].Doors = append(v.Groups[at].Doors, door)
	}
	p.show(w, r, http.StatusOK, views.DoorsPage(v))
	return nil
}

// enterAs signs in and leads to where that person's day begins. Who was signed in before in this browser is signed out.
func (p *Pages) enterAs(w http.ResponseWriter, r *http.Request, d Demo) error {
	ctx := r.Context()
	if token := p.Cookies.Token(r); plausible(token) {
		if err := p.Keeper.Client.Logout(ctx, token); err != nil {
			return err
		}
		p.Keeper.Changed(ctx, token)
	}
	t, err := p.Keeper.Client.Login(ctx, d.Login, d.Password)
	if err != nil {
		return err
	}
	if _, err := p.admit(w, r, t, "password"); err != nil {
		return err
	}
	if d.Secret != "" {
		code, err := totp.GenerateCode(d.Secret, clock.Now(ctx))
		if err != nil {
			return err
		}
		if t, err = p.Keeper.Client.SecondFactor(ctx, t.Token, code); err != nil {
			return err
		}
		p.Keeper.Changed(ctx, t.Token)
		p.Cookies.Set(w, t.Token, t.Session.ExpiresAt)
	}
	return see(w, r, cmp.Or(startOf(d), "/"))
}

// startOf is an address of ours without its host.
func startOf(d Demo) string {
	u, err := url.Parse(d.Start)
	if err != nil {
		return ""
	}
	return (&url.URL{Path: u.Path, Fragment: u.Fragment}).String()
}
