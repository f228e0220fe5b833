package auth

import (
	"errors"
	"net/http"
	"strings"

	"wanjie/app/auth/access"
	"wanjie/app/fault"
	views "wanjie/templates/auth"
	"wanjie/templates/ui"
)

func (p *Pages) showLogin(w http.ResponseWriter, r *http.Request) error {
	again := r.FormValue("again") != "" // something wants a fresh sign-in
	if !again {
		if _, s, err := p.signed(r); err == nil {
			return p.onward(w, r, s, returnTo(r))
		}
	}
	v := p.loginView(r, nil)
	if again {
		v.Note = ui.T(r.Context(), ErrStale.Say)
	} else if r.FormValue("unsent") != "" { // as web.Unsent
		v.Note = ui.T(r.Context(), "登录已过期，刚才的内容没有提交。登录后可按浏览器的“后退”找回。")
	}
	p.show(w, r, http.StatusOK, views.LoginPage(v))
	return nil
}

func (p *Pages) loginView(r *http.Request, err error) views.Login {
	list, unread := p.districts(r)
	if unread != nil {
		p.log().WarnContext(r.Context(), "the sign-in page does not know the districts' providers", "error", unread)
	}
	v := views.Login{Form: p.form(r, "登录", err), Identifier: strings.TrimSpace(r.PostFormValue("identifier")), Recovery: true, Districts: len(list) > 0}
	if p.Demo {
		v.Demo = demoDoors
	}
	return v
}

func (p *Pages) login(w http.ResponseWriter, r *http.Request) error {
	account, address := Identifier(r.PostFormValue("identifier")), p.address(r)
	refused := func(err error) error {
		p.noteRefused(r, access.Event{Kind: access.LoginRefused, Via: "password", Account: account}, err)
		return p.refuse(w, r, err, views.LoginPage(p.loginView(r, err)))
	}
	err := p.take(w, r, map[Limit]string{PasswordByAccount: account, PasswordByAddress: address})
	var t Ticket
	if err == nil {
		t, err = p.Keeper.Client.Login(r.Context(), account, r.PostFormValue("password"))
	}
	if err != nil {
		if fault.Is(err, fault.Unavailable) { // nothing was tried
			p.Tries.Clear(r.Context(), PasswordByAccount, account)
			p.Tries.Back(r.Context(), PasswordByAddress, address)
		}
		return refused(err)
	}
	p.Tries.Clear(r.Context(), PasswordByAccount, account)
	p.Tries.Back(r.Context(), PasswordByAddress, address)
	if err := p.enter(w, r, t, "password", returnTo(r)); err != nil {
		return refused(err)
	}
	return nil
}

func (p *Pages) showCode(w http.ResponseWriter, r *http.Request) error {
	p.show(w, r, http.StatusOK, views.CodePage(views.Code{Form: p.form(r, "短信验证码登录", nil)}))
	return nil
}

// code is both steps: without a flow it has a code sent, with one it takes the code.
func (p *Pages) code(w http.ResponseWriter, r *http.Request) error {
	typed, flow, address := strings.TrimSpace(r.PostFormValue("phone")), r.PostFormValue("flow"), p.address(r)
	phone := Identifier(typed)
	view := func(flow string, err error) views.Code {
		return views.Code{Form: p.form(r, "短信验证码登录", err), Phone: typed, Flow: flow}
	}
	if flow == "" {
		var err error
		if !IsPhone(phone) {
			err = fault.Field("phone", "手机号码不正确")
		}
		if err == nil {
			err = p.take(w, r, map[Limit]string{SendAgain: phone, SendByAccount: phone, SendByAddress: address})
		}
		if err == nil {
			flow, err = p.Keeper.Client.SendCode(r.Context(), phone)
		}
		if err != nil {
			return p.refuse(w, r, err, views.CodePage(view("", err)))
		}
		p.show(w, r, http.StatusOK, views.CodePage(view(flow, nil)))
		return nil
	}
	err := p.take(w, r, map[Limit]string{CodeByAccount: phone, CodeByAddress: address})
	var t Ticket
	if err == nil {
		t, err = p.Keeper.Client.LoginCode(r.Context(), flow, phone, strings.TrimSpace(r.PostFormValue("code")))
	}
	if err == nil {
		p.Tries.Clear(r.Context(), CodeByAccount, phone)
		p.Tries.Back(r.Context(), CodeByAddress, address)
		err = p.enter(w, r, t, "sms", returnTo(r))
	}
	if err != nil {
		p.noteRefused(r, access.Event{Kind: access.LoginRefused, Via: "sms", Account: phone}, err)
		if errors.Is(err, ErrExpired) {
			flow = ""
		}
		return p.refuse(w, r, err, views.CodePage(view(flow, err)))
	}
	return nil
}

func (p *Pages) logout(w http.ResponseWriter, r *http.Request) error {
	if token := p.Cookies.Token(r); plausible(token) {
		s, unknown := p.Keeper.Session(r.Context(), token)
		if err := p.Keeper.Client.Logout(r.Context(), token); err != nil {
			return err // the session would live on: better to say so and keep the button
		}
		p.Keeper.Changed(r.Context(), token)
		if unknown == nil {
			if err := p.note(r, of(access.Logout, s, "")); err != nil {
				p.log().ErrorContext(r.Context(), "a sign-out is not recorded", "person", s.Person, "error", err)
			}
		}
	}
	p.Cookies.Clear(w)
	return see(w, r, "/login")
}
