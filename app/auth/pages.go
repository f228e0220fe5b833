package auth

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	views "wanjie/templates/auth"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Pages are the addresses of sign-in. They belong behind http.CrossOriginProtection, which keeps
// other sites from posting to them; they need no token of their own.
type Pages struct {
	Keeper  *Keeper
	Cookies Cookies
	Tries   *Tries // nil counts nothing
	Log     *slog.Logger

	Districts *providers.Shelf // nil: no district has its own sign-in
	URL       string           // of the console, as people reach it; a district's provider sends them back there

	Frame   func(*http.Request) layout.Page // nil: the product's bare frame
	Locale  func(*http.Request) string      // nil: Chinese
	Proxies access.Proxies                  // whose word about a browser's address is believed
	Demo    bool                            // the sign-in page leads to the page of MountDemo
}

// maxForm bounds a posted form: a password and a few short fields.
const maxForm = 16 << 10

// Mount hands every address to raw, in the patterns of http.ServeMux.
func (p *Pages) Mount(raw func(pattern string, h http.Handler)) {
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /login":                p.showLogin,
		"POST /login":               p.login,
		"GET /login/code":           p.showCode,
		"POST /login/code":          p.code,
		"GET /second-factor":        p.showFactor,
		"POST /second-factor":       p.factor,
		"GET /second-factor/enrol":  p.showEnrol,
		"POST /second-factor/enrol": p.enrol,
		"GET /welcome":              p.showWelcome,
		"POST /welcome":             p.welcome,
		"GET /recovery":             p.showRecovery,
		"POST /recovery":            p.recovery,
		"GET /password":             p.showPassword,
		"POST /password":            p.password,
		"GET /account":              p.showAccount,
		"POST /account/sessions":    p.endSessions,
		"POST /account/codes":       p.newCodes,
		"POST /logout":              p.logout,

		"GET /login/district":            p.showDistricts,
		"GET /login/district/{district}": p.toDistrict,
		"GET " + backFromDistrict:        p.fromDistrict,
	} {
		raw(pattern, p.handler(h))
	}
}

func (p *Pages) handler(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.Locale != nil {
			r = r.WithContext(ui.WithLocale(r.Context(), p.Locale(r)))
		}
		r = r.WithContext(withAgent(r.Context(), r.UserAgent()))
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "same-origin")
		err := h(w, r)
		if err == nil {
			return
		}
		f := p.faultOf(r, err)
		page := p.frame(r)
		page.Title = ui.T(r.Context(), "登录")
		p.show(w, r, f.Kind.Status(), layout.Error(page, layout.Failure{Status: f.Kind.Status(), Text: ui.T(r.Context(), f.Say, f.Args...), Back: "/login"}))
	})
}

// faultOf is what the person hears of err. What is no fault is logged here, once.
func (p *Pages) faultOf(r *http.Request, err error) *fault.Error {
	f := fault.Of(err)
	switch {
	case f == nil:
		p.log().ErrorContext(r.Context(), "sign-in page failed", "route", r.Pattern, "error", err)
		return fault.New(fault.Unavailable, "系统繁忙，请稍后重试")
	case f.Kind == fault.Unavailable:
		p.log().WarnContext(r.Context(), "sign-in unavailable", "route", r.Pattern, "error", err)
	}
	return f
}

func (p *Pages) log() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.Default()
}

func (p *Pages) frame(r *http.Request) layout.Page {
	var page layout.Page
	if p.Frame != nil {
		page = p.Frame(r)
	}
	page.Guard.Request = tenants.NewID().String()
	return page
}

// form is the part that every view of r shows, with what err refused.
func (p *Pages) form(r *http.Request, title string, err error) views.Form {
	ctx := r.Context()
	f := views.Form{Page: p.frame(r), ReturnTo: returnTo(r)}
	f.Page.Title = ui.T(ctx, title)
	if err == nil {
		return f
	}
	what := p.faultOf(r, err)
	f.Title = ui.T(ctx, what.Say, what.Args...)
	for name, text := range what.Fields {
		f.Errors = append(f.Errors, ui.FieldError{Name: name, Text: ui.T(ctx, text)})
	}
	return f
}

// refuse shows a form again with what was wrong.
func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error, view templ.Component) error {
	status := http.StatusServiceUnavailable
	if f := fault.Of(err); f != nil {
		status = f.Kind.Status()
	}
	p.show(w, r, status, view)
	return nil
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, view templ.Component) {
	var b bytes.Buffer
	if err := view.Render(r.Context(), &b); err != nil {
		p.log().ErrorContext(r.Context(), "sign-in page not rendered", "route", r.Pattern, "error", err)
		http.Error(w, "系统繁忙，请稍后重试", http.StatusInternalServerError)
		return
	}
	if status == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "5")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// returnTo is where r wants to go on to: a path of our own, or "".
func returnTo(r *http.Request) string { return ownPath(r.FormValue("return_to")) }

// ownPath lets through only what a browser reads as a path of this very host.
func ownPath(to string) string {
	if len(to) > 2000 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f }) {
		return ""
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") {
		return ""
	}
	return to
}

// withReturn is an address of ours that carries the way on.
func withReturn(path, to string) string {
	if to == "" {
		return path
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return path + sep + url.Values{"return_to": {to}}.Encode()
}

func see(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func home(to string) string {
	if to == "" {
		return "/"
	}
	return to
}

// take counts a try against each limit, by whom; too many is fault.TooMany with Retry-After set.
func (p *Pages) take(w http.ResponseWriter, r *http.Request, limits map[Limit]string) error {
	var longest time.Duration
	for l, whom := range limits {
		if wait, ok := p.Tries.Take(r.Context(), l, whom); !ok {
			longest = max(longest, wait)
		}
	}
	if longest == 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int((longest+time.Second-1)/time.Second)))
	return fault.New(fault.TooMany, "尝试次数过多，请%d分钟后再试", int((longest+time.Minute-1)/time.Minute))
}

// from is the browser's whole address; address is what counts as one for limits.
func (p *Pages) from(r *http.Request) string    { return p.Proxies.Address(r) }
func (p *Pages) address(r *http.Request) string { return network(p.from(r)) }

// signed is who is signed in, or Unsigned.
func (p *Pages) signed(r *http.Request) (token string, s Session, err error) {
	token = p.Cookies.Token(r)
	s, err = p.Keeper.Session(r.Context(), token)
	if err == nil && s.Kind != Employee { // residents have a door of their own
		err = errUnsigned()
	}
	return token, s, err
}

// toLogin sends whoever is not signed in to the form, and hands other failures on.
func (p *Pages) toLogin(w http.ResponseWriter, r *http.Request, err error) error {
	if fault.Is(err, fault.Unsigned) {
		return see(w, r, withReturn("/login", returnTo(r)))
	}
	return err
}

// enter leaves the cookie of a fresh sign-in and leads on: to the second factor where one is due.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, t Ticket, via, to string) error {
	s, err := p.admit(w, r, t, via)
	if err != nil {
		return err
	}
	return p.onward(w, r, s, to)
}

// admit writes a fresh sign-in down and leaves its cookie. ErrDisabled for somebody switched off.
func (p *Pages) admit(w http.ResponseWriter, r *http.Request, t Ticket, via string) (Session, error) {
	if t.Session.Kind != Employee { // residents have a door of their own
		_ = p.Keeper.Client.Logout(r.Context(), t.Token)
		return t.Session, ErrCode
	}
	s, err := p.Keeper.known(r.Context(), t.Session)
	if err == nil {
		err = p.note(r, of(access.Login, s, via))
	}
	if err != nil {
		_ = p.Keeper.Client.Logout(r.Context(), t.Token) // nobody has the token; it also ends by itself
		if fault.Is(err, fault.Unsigned) {
			err = ErrDisabled
		}
		return s, err
	}
	p.Cookies.Set(w, t.Token, t.Session.ExpiresAt)
	return s, nil
}

// onward leads somebody who is signed in to their page, or to the second factor that they owe. When
// the grants cannot be read it leads to the page: its door asks again, and refuses.
func (p *Pages) onward(w http.ResponseWriter, r *http.Request, s Session, to string) error {
	weak, err := p.Keeper.Weak(r.Context(), s)
	if err != nil && !errors.Is(err, r.Context().Err()) {
		p.log().WarnContext(r.Context(), "need of a second factor not known at sign-in; the door asks again", "error", err)
	}
	if weak {
		return see(w, r, withReturn("/second-factor", to))
	}
	return see(w, r, home(to))
}
