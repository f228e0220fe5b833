package auth

import (
	"context"
	"errors"
	"net/http"

	"wanjie/app/auth/access"
	"wanjie/app/fault"
	views "wanjie/templates/auth"
	"wanjie/templates/ui"
	"wanjie/tenants/keys/mask"
)

// own is who looks after their own account: signed in, with the second factor if they have one.
func (p *Pages) own(w http.ResponseWriter, r *http.Request) (token string, s Session, ok bool, err error) {
	token, s, err = p.signed(r)
	if err != nil {
		return "", s, false, p.toAccount(w, r, err)
	}
	if s.Short(nil, nil) {
		return "", s, false, p.toAccount(w, r, ErrFactor)
	}
	return token, s, true, nil
}

// toAccount leads to what is wanted before a change of the account, and from there back to it.
func (p *Pages) toAccount(w http.ResponseWriter, r *http.Request, err error) error {
	switch {
	case errors.Is(err, ErrStale):
		return see(w, r, withReturn("/login?again=1", "/account"))
	case errors.Is(err, ErrFactor):
		return see(w, r, withReturn("/second-factor", "/account"))
	case fault.Is(err, fault.Unsigned):
		return see(w, r, withReturn("/login", "/account"))
	}
	return err
}

func (p *Pages) showAccount(w http.ResponseWriter, r *http.Request) error {
	token, s, ok, err := p.own(w, r)
	if !ok {
		return err
	}
	v, err := p.account(r, token, s)
	if err != nil {
		return p.toAccount(w, r, err)
	}
	p.show(w, r, http.StatusOK, views.AccountPage(v))
	return nil
}

// account is what the page of one's own account shows.
func (p *Pages) account(r *http.Request, token string, s Session) (views.Account, error) {
	ctx := r.Context()
	v := views.Account{Form: p.form(r, "我的账号", nil), Factor: s.Enrolled}
	v.Page.Wide = true
	known, err := p.Keeper.Client.Staff(ctx, s.Identity)
	if err != nil {
		return v, err
	}
	who := known[s.Identity]
	v.Name, v.Phone, v.Email = who.Name, mask.Phone(who.Phone), who.Email
	if s.Enrolled {
		if v.CodesLeft, err = p.Keeper.Client.CodesLeft(ctx, s.Identity); err != nil {
			return v, err
		}
	}
	list, err := p.Keeper.Client.Sessions(ctx, token)
	if err != nil {
		return v, err
	}
	came, err := p.Keeper.Door.Came(ctx, s.Person)
	if err != nil {
		return v, err
	}
	for _, l := range list {
		d := views.Device{ID: l.ID, Name: Device(l.Agent), Since: l.Since, Here: l.Here, Via: ui.T(ctx, access.ViaWord(came[l.ID].Via)), Network: came[l.ID].Network}
		if d.Name == "" {
			d.Name = ui.T(ctx, "未知设备")
		}
		v.Devices = append(v.Devices, d)
	}
	return v, nil
}

// endSessions ends one other session of one's own, or all of them.
func (p *Pages) endSessions(w http.ResponseWriter, r *http.Request) error {
	token, s, ok, err := p.own(w, r)
	if !ok {
		return err
	}
	if id := r.PostFormValue("session"); id != "" {
		err = p.Keeper.EndSession(r.Context(), token, s, id)
	} else {
		err = p.Keeper.EndOthers(r.Context(), token, s)
	}
	if err != nil {
		return p.toAccount(w, r, err)
	}
	if err := p.note(r, of(access.Revoked, s, "")); err != nil {
		return err
	}
	return see(w, r, "/account")
}

// newCodes makes new recovery codes and shows them, once.
func (p *Pages) newCodes(w http.ResponseWriter, r *http.Request) error {
	token, s, ok, err := p.own(w, r)
	if !ok {
		return err
	}
	if !s.Enrolled {
		return see(w, r, "/second-factor/enrol?return_to=/account")
	}
	codes, err := p.Keeper.Client.LookupCodes(r.Context(), token)
	if err != nil {
		return p.toAccount(w, r, err)
	}
	if err := p.note(r, of(access.Codes, s, "")); err != nil {
		return err
	}
	return p.showCodes(w, r, s, codes, false)
}

// showCodes is the sheet of recovery codes, which nobody sees a second time.
func (p *Pages) showCodes(w http.ResponseWriter, r *http.Request, s Session, codes []string, enrolled bool) error {
	v := views.Codes{Form: p.form(r, "恢复码", nil), Codes: codes, Enrolled: enrolled, Account: p.accountName(r.Context(), s)}
	if !enrolled {
		v.ReturnTo = "/account"
	}
	p.show(w, r, http.StatusOK, views.CodesPage(v))
	return nil
}

// accountName is how a person tells this account from another; a sheet of codes is worth showing without it too.
func (p *Pages) accountName(ctx context.Context, s Session) string {
	known, err := p.Keeper.Client.Staff(ctx, s.Identity)
	if err != nil {
		p.log().WarnContext(ctx, "recovery codes are shown without the account's name", "error", err)
	}
	who := known[s.Identity]
	if who.Phone != "" {
		return who.Name + " " + mask.Phone(who.Phone)
	}
	return who.Name + " " + who.Email
}
