package auth

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/clock"
	views "wanjie/templates/auth"
	"wanjie/tenants/division"
)

// backFromDistrict is where a district's provider sends people back to.
const backFromDistrict = "/login/district/callback"

// awayCookie is what the browser carries while it is at a district's provider. Lax: it comes back from another site.
func (p *Pages) awayCookie(value string, until time.Time) *http.Cookie {
	return Cookies{Plain: p.Cookies.Plain, At: p.Cookies.At + "-away"}.Of(value, until)
}

// districts are the providers that work, or nobody's.
func (p *Pages) districts(r *http.Request) ([]providers.Provider, error) {
	if p.Districts == nil {
		return nil, nil
	}
	all, err := p.Districts.All(r.Context())
	var on []providers.Provider
	for _, d := range all {
		if d.Enabled {
			on = append(on, d)
		}
	}
	return on, err
}

// showDistricts lets people choose their district.
func (p *Pages) showDistricts(w http.ResponseWriter, r *http.Request) error {
	list, err := p.districts(r)
	if err != nil {
		return err
	}
	v := views.Districts{Form: p.form(r, "区县统一登录", nil)}
	for _, d := range list {
		name := strconv.Itoa(int(d.District))
		if area, ok := division.District(d.District); ok {
			name = area.Name
		}
		v.List = append(v.List, views.District{Name: name, Title: d.Title, Href: withReturn("/login/district/"+strconv.Itoa(int(d.District)), v.ReturnTo)})
	}
	p.show(w, r, http.StatusOK, views.DistrictsPage(v))
	return nil
}

// toDistrict sends the browser to a district's provider.
func (p *Pages) toDistrict(w http.ResponseWriter, r *http.Request) error {
	code, err := strconv.ParseInt(r.PathValue("district"), 10, 32)
	if err != nil || p.Districts == nil {
		return providers.None()
	}
	if err := p.take(w, r, map[Limit]string{CodeByAddress: p.address(r)}); err != nil {
		return err
	}
	to, carried, err := p.Districts.Begin(r.Context(), int32(code), p.BackHere(), returnTo(r))
	if err != nil {
		return err
	}
	p.Tries.Back(r.Context(), CodeByAddress, p.address(r))
	http.SetCookie(w, p.awayCookie(carried, clock.Now(r.Context()).Add(providers.Goodbye)))
	return see(w, r, to)
}

// BackHere is the address to which a district's provider sends people back; it must be told there.
func (p *Pages) BackHere() string { return strings.TrimRight(p.URL, "/") + backFromDistrict }

// fromDistrict takes the browser back and signs in whom the provider names.
func (p *Pages) fromDistrict(w http.ResponseWriter, r *http.Request) error {
	cookie, err := r.Cookie(p.awayCookie("", time.Time{}).Name)
	if err != nil || p.Districts == nil {
		return providers.ErrWay
	}
	http.SetCookie(w, Cookies{Plain: p.Cookies.Plain, At: p.Cookies.At + "-away"}.Gone()) // it counts once
	if err := p.take(w, r, map[Limit]string{CodeByAddress: p.address(r)}); err != nil {
		return err
	}
	shown, err := p.Districts.Finish(r.Context(), cookie.Value, r.URL.Query(), p.BackHere())
	var t Ticket
	var who named
	if err == nil {
		if who, err = p.Keeper.whom(r.Context(), p.Districts, shown); err == nil {
			t, err = p.Keeper.Client.open(r.Context(), who.identity)
		}
	}
	if err == nil {
		var session uuid.UUID
		if session, err = uuid.Parse(t.Session.ID); err == nil {
			err = p.Districts.Opened(r.Context(), session, who.person, shown)
		}
	}
	if err == nil {
		p.Tries.Back(r.Context(), CodeByAddress, p.address(r))
		return p.enter(w, r, t, "district", ownPath(shown.ReturnTo))
	}
	p.noteRefused(r, access.Event{Kind: access.LoginRefused, Via: "district", Person: who.person}, err)
	p.log().WarnContext(r.Context(), "a sign-in by a district's provider is refused", "district", shown.District, "error", err)
	return err
}
