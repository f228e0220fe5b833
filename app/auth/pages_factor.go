package auth

import (
	"errors"
	"net/http"

	"wanjie/app/auth/access"
	views "wanjie/templates/auth"
)

func (p *Pages) showFactor(w http.ResponseWriter, r *http.Request) error {
	token := p.Cookies.Token(r)
	s, err := p.Keeper.Fresh(r.Context(), token)
	if err != nil {
		return p.toLogin(w, r, err)
	}
	if s.AAL >= 2 && !s.Vouched { // what was shown elsewhere, Kratos does not know: before a change of the account it wants its own
		return see(w, r, home(returnTo(r)))
	}
	has, err := p.Keeper.Client.HasFactor(r.Context(), token)
	if err != nil {
		return p.toLogin(w, r, err)
	}
	if !has {
		return see(w, r, withReturn("/second-factor/enrol", returnTo(r)))
	}
	p.show(w, r, http.StatusOK, views.FactorPage(p.form(r, "二次验证", nil)))
	return nil
}

func (p *Pages) factor(w http.ResponseWriter, r *http.Request) error {
	token, s, err := p.signed(r)
	if err != nil {
		return p.toLogin(w, r, err)
	}
	err = p.take(w, r, map[Limit]string{FactorByPerson: s.Identity.String()})
	var t Ticket
	if err == nil {
		t, err = p.Keeper.Client.SecondFactor(r.Context(), token, r.PostFormValue("code"))
	}
	if errors.Is(err, ErrNoFactor) {
		return see(w, r, withReturn("/second-factor/enrol", returnTo(r)))
	}
	via := "totp"
	if !sixDigits.MatchString(compact(r.PostFormValue("code"))) {
		via = "lookup"
	}
	if err != nil {
		p.noteRefused(r, of(access.FactorRefused, s, via), err)
		return p.refuse(w, r, err, views.FactorPage(p.form(r, "二次验证", err)))
	}
	p.Tries.Clear(r.Context(), FactorByPerson, s.Identity.String())
	// Somebody may have enrolled where we did not see it; from now on we know.
	if err := p.Keeper.enrolled(r.Context(), s.Person); err != nil {
		return err
	}
	if err := p.note(r, of(access.Factor, s, via)); err != nil {
		return err
	}
	p.Keeper.Changed(r.Context(), token)
	p.Cookies.Set(w, t.Token, t.Session.ExpiresAt)
	return see(w, r, home(returnTo(r)))
}

func (p *Pages) showEnrol(w http.ResponseWriter, r *http.Request) error {
	token, _, err := p.signed(r)
	if err != nil {
		return p.toLogin(w, r, err)
	}
	e, err := p.Keeper.Client.EnrolBegin(r.Context(), token)
	if err != nil {
		return p.detour(w, r, err)
	}
	p.show(w, r, http.StatusOK, views.EnrolPage(p.enrolView(r, e, nil)))
	return nil
}

func (p *Pages) enrolView(r *http.Request, e Enrolment, err error) views.Enrol {
	return views.Enrol{Form: p.form(r, "绑定身份验证器", err), Flow: e.Flow, Secret: e.Secret, URL: e.URL, QR: e.QR}
}

// detour leads to what Kratos wants before a change of the account.
func (p *Pages) detour(w http.ResponseWriter, r *http.Request, err error) error {
	here := withReturn(r.URL.Path, returnTo(r))
	switch {
	case errors.Is(err, ErrStale):
		return see(w, r, withReturn("/login?again=1", here))
	case errors.Is(err, ErrFactor):
		return see(w, r, withReturn("/second-factor", here))
	case errors.Is(err, ErrExpired):
		return see(w, r, here)
	}
	return p.toLogin(w, r, err)
}

func (p *Pages) enrol(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	token, s, err := p.signed(r)
	if err != nil {
		return p.toLogin(w, r, err)
	}
	flow := r.PostFormValue("flow")
	err = p.take(w, r, map[Limit]string{FactorByPerson: s.Identity.String()})
	if err == nil {
		err = p.Keeper.Client.EnrolFinish(ctx, token, flow, r.PostFormValue("code"))
	}
	if errors.Is(err, ErrStale) || errors.Is(err, ErrFactor) || errors.Is(err, ErrExpired) {
		return p.detour(w, r, err)
	}
	if err != nil {
		p.noteRefused(r, of(access.FactorRefused, s, "totp"), err)
		e, again := p.Keeper.Client.EnrolAgain(ctx, token, flow)
		if again != nil {
			return p.detour(w, r, again)
		}
		return p.refuse(w, r, err, views.EnrolPage(p.enrolView(r, e, err)))
	}
	p.Tries.Clear(ctx, FactorByPerson, s.Identity.String())
	if err := p.Keeper.enrolled(ctx, s.Person); err != nil {
		return err
	}
	if err := p.note(r, of(access.Enrolled, s, "totp")); err != nil {
		return err
	}
	p.Keeper.Changed(ctx, token)
	codes, err := p.Keeper.Client.LookupCodes(ctx, token)
	if err != nil {
		return err
	}
	return p.showCodes(w, r, s, codes, true)
}
