package auth

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth/access"
	"wanjie/app/fault"
	views "wanjie/templates/auth"
)

// showWelcome is where the link of an invitation leads.
func (p *Pages) showWelcome(w http.ResponseWriter, r *http.Request) error {
	flow := r.FormValue("flow")
	if flow == "" {
		return see(w, r, "/login")
	}
	if id, err := uuid.Parse(flow); err == nil { // text messages carry it without its strokes
		flow = id.String()
	}
	p.show(w, r, http.StatusOK, views.RedeemPage(views.Redeem{Form: p.form(r, "接受邀请", nil), Flow: flow, Invite: true}))
	return nil
}

// welcome takes the code of an invitation or a recovery, signs in and leads to a new password.
func (p *Pages) welcome(w http.ResponseWriter, r *http.Request) error {
	flow, address := r.PostFormValue("flow"), p.address(r)
	err := p.take(w, r, map[Limit]string{CodeByAccount: flow, CodeByAddress: address})
	var t Ticket
	if err == nil {
		t, err = p.Keeper.Client.Redeem(r.Context(), flow, r.PostFormValue("code"))
	}
	var s Session
	if err == nil {
		s, err = p.admit(w, r, t, "code")
	}
	if err != nil {
		p.noteRefused(r, access.Event{Kind: access.LoginRefused, Via: "code"}, err)
		return p.refuse(w, r, err, views.RedeemPage(views.Redeem{Form: p.form(r, "接受邀请", err), Flow: flow, Invite: true}))
	}
	p.Tries.Back(r.Context(), CodeByAddress, address)
	if s.Enrolled { // who has a second factor must show it before changing anything
		return see(w, r, withReturn("/second-factor", "/password"))
	}
	return see(w, r, "/password")
}

func (p *Pages) showRecovery(w http.ResponseWriter, r *http.Request) error {
	p.show(w, r, http.StatusOK, views.RecoveryPage(p.form(r, "找回密码", nil)))
	return nil
}

func (p *Pages) recovery(w http.ResponseWriter, r *http.Request) error {
	email := Identifier(r.PostFormValue("email"))
	var err error
	if !strings.Contains(email, "@") {
		err = fault.Field("email", "电子邮箱不正确")
	}
	if err == nil {
		err = p.take(w, r, map[Limit]string{SendAgain: email, SendByAccount: email, SendByAddress: p.address(r)})
	}
	var flow string
	if err == nil {
		flow, err = p.Keeper.Client.RequestRecovery(r.Context(), email)
	}
	if err != nil {
		return p.refuse(w, r, err, views.RecoveryPage(p.form(r, "找回密码", err)))
	}
	p.show(w, r, http.StatusOK, views.RedeemPage(views.Redeem{Form: p.form(r, "找回密码", nil), Flow: flow}))
	return nil
}

func (p *Pages) showPassword(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := p.signed(r); err != nil {
		return see(w, r, withReturn("/login", "/password"))
	}
	p.show(w, r, http.StatusOK, views.PasswordPage(p.form(r, "设置密码", nil)))
	return nil
}

func (p *Pages) password(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	token, s, err := p.signed(r)
	if err != nil {
		return see(w, r, withReturn("/login", "/password"))
	}
	password := r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		err = fault.Field("again", "两次输入的密码不一致")
	} else {
		err = p.Keeper.Client.SetPassword(ctx, token, password)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Unavailable) {
		return p.refuse(w, r, err, views.PasswordPage(p.form(r, "设置密码", err)))
	}
	if err != nil {
		return p.detour(w, r, err)
	}
	if err := p.note(r, of(access.Password, s, "")); err != nil {
		return err
	}
	if err := p.Keeper.EndOthers(ctx, token, s); err != nil {
		return err
	}
	return p.onward(w, r, s, returnTo(r))
}
