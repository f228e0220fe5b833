package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/fault"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Frame is what a door puts around its pages.
type Frame struct {
	layout.Page
	Plain bool // no menu: sign-in and the choice of a place
	// Shell is the frame itself where it is another than the console's; it puts the page inside as its child.
	Shell func(layout.Page) templ.Component
}

// Site serves every door of the product. Its functions are given once by the wiring; web itself
// knows neither modules nor roles.
type Site struct {
	DB  *tenants.DB
	Log *slog.Logger
	URL string // the site's address as people type it; what is printed on paper leads there

	// Visitor answers who asks; the zero Visitor for nobody. An error is a broken sign-in service.
	Visitor func(*http.Request) (Visitor, error)
	// Admit refuses an actor or a module that is off, inside the tenant's transaction.
	Admit func(ctx context.Context, tx tenants.Tx, r *Request, module, may string) error
	// AdmitDistrict and AdmitVendor do the same above tenants, reading grants anew.
	AdmitDistrict func(r *Request, may string) (district int32, err error)
	AdmitVendor   func(r *Request, may string) error

	Programs Programs
	Uploads  Uploads

	// Refused hears of a signed-in visitor's request that was refused for lack of a right; optional.
	Refused func(r *Request)

	TenantFrame   func(ctx context.Context, tx tenants.Tx, r *Request) (Frame, error)
	DistrictFrame func(ctx context.Context, tx tenants.DistrictTx, r *Request) (Frame, error)
	VendorFrame   func(ctx context.Context, r *Request) (Frame, error)

	// Resident answers who asks at the residents' door, and ResidentFrame puts its frame around a page.
	Resident      func(*http.Request) (Visitor, error)
	ResidentFrame func(ctx context.Context, tx tenants.Tx, r *Request) (Frame, error)
	// ResidentError is its page for a failure.
	ResidentError func(r *Request, f layout.Failure) templ.Component
	// Street is the slug of the street to whose residents a host belongs; nil: they come by the address alone.
	Street func(host string) (slug string, ok bool)

	// ResidentsAt is the address of a street's residents' door, without a stroke at its end; nil: /r/<slug> of this site.
	ResidentsAt func(slug string) string

	mux     *http.ServeMux
	routes  []Route
	uploads map[string]upload // by pattern; see Routes.Upload and Take
	always  map[string]bool   // by pattern; see Routes.Always
}

// Route is one address of the product, for tests that probe every one of them.
type Route struct{ Method, Pattern, Door, Module string }

// Routes lists every address that was registered.
func (s *Site) Routes() []Route { return s.routes }

func (s *Site) note(r Route) { s.routes = append(s.routes, r) }

// Raw mounts a plain handler: static files, sign-in, webhooks.
func (s *Site) Raw(pattern string, h http.Handler) { s.muxed().Handle(pattern, h) }

func (s *Site) muxed() *http.ServeMux {
	if s.mux == nil {
		s.mux = http.NewServeMux()
	}
	return s.mux
}

// handle wraps a route: who asks, in which language, and what becomes of a failure.
func (s *Site) handle(pattern string, f func(http.ResponseWriter, *Request) error) {
	s.handleAt(nil, pattern, f)
}

// handleAt is handle at a door of its own.
func (s *Site) handleAt(at *door, pattern string, f func(http.ResponseWriter, *Request) error) {
	most := max(s.uploads[pattern].most, maxForm)
	s.muxed().HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
		q.Body = http.MaxBytesReader(w, q.Body, most)
		r := &Request{Request: q.WithContext(ui.WithLocale(q.Context(), LocaleOf(q))), number: Number(q.Context()), site: s.URL, residentsAt: s.ResidentsAt, door: at}
		ask := s.Visitor
		if at != nil {
			at.enter(r)
			ask = s.Resident
		}
		v, err := ask(r.Request)
		if err != nil {
			s.fail(w, r, fault.New(fault.Unavailable, "登录服务暂时不可用，请稍后重试").Because(err))
			return
		}
		r.Visitor = v
		noteWho(q.Context(), v.Person, q.PathValue("tenant"))
		if err := f(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// rendered is a reply in memory, ready to leave once the transaction has committed.
type rendered struct {
	status   int
	kind     string
	body     []byte
	location string
	name     string  // of a download
	stream   *stream // in place of body; log hears when it breaks off
	log      *slog.Logger
	cookies  []*http.Cookie
	policy   string // its own Content-Security-Policy
}

func (s *Site) render(ctx context.Context, r *Request, reply Reply, frame func(context.Context) (Frame, error)) (rendered, error) {
	out := rendered{status: reply.status, kind: "text/html; charset=utf-8", cookies: reply.cookies, policy: reply.policy}
	if out.status == 0 {
		out.status = http.StatusOK
	}
	if reply.json != nil && reply.see != "" && r.WantsJSON() {
		reply.see, out.status = "", http.StatusOK
	}
	switch {
	case reply.see != "":
		out.location = reply.see
		return out, nil
	case reply.file != nil:
		out.kind, out.body, out.name = reply.file.kind, reply.file.body, reply.file.name
		return out, nil
	case reply.stream != nil:
		out.kind, out.name, out.stream, out.log = reply.stream.kind, reply.stream.name, reply.stream, s.Log
		return out, nil
	case reply.data != nil && r.WantsJSON():
		body, err := json.Marshal(reply.data)
		out.kind, out.body = "application/json", body
		return out, err
	case reply.json != nil:
		body, err := json.Marshal(reply.json)
		out.kind, out.body = "application/json", body
		return out, err
	}
	c := reply.page
	switch {
	case reply.part != nil && r.Boosted():
		c = reply.part
	case !reply.whole:
		f, err := frame(ctx)
		if err != nil {
			return out, err
		}
		f.Title, f.Crumbs = reply.title, reply.crumbs
		f.Guard = r.Guard()
		f.Flash = flashOf(r)
		f.Flash.Undo = reply.undo
		f.Dense = denseOf(r.Request)
		shell := layout.Shell(f.Page)
		switch {
		case f.Shell != nil:
			shell = f.Shell(f.Page)
		case f.Plain:
			shell = layout.Plain(f.Page)
		}
		ctx = templ.WithChildren(ctx, c)
		c = shell
	}
	var buf bytes.Buffer
	if err := c.Render(ctx, &buf); err != nil {
		return out, fmt.Errorf("render %s: %w", r.URL.Path, err)
	}
	out.body = buf.Bytes()
	return out, nil
}

func (o rendered) send(w http.ResponseWriter, r *Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	for _, c := range o.cookies {
		http.SetCookie(w, c)
	}
	if o.location != "" {
		if r.Boosted() { // htmx follows a redirect by itself and would swap the page into a part
			h.Set("HX-Redirect", o.location)
			w.WriteHeader(http.StatusOK)
			return
		}
		http.Redirect(w, r.Request, o.location, o.status)
		return
	}
	h.Set("Content-Type", o.kind)
	h.Set("Vary", "HX-Request, Cookie")
	if o.policy != "" {
		h.Set("Content-Security-Policy", o.policy)
	}
	if o.stream != nil && o.stream.shown {
		o.beside(h)
	} else if o.name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.name}))
	}
	if o.stream != nil {
		o.pour(w, r)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(o.body)))
	w.WriteHeader(o.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(o.body)
	}
}

// statusOf is the status that an error is answered with.
func statusOf(err error) int {
	if f := fault.Of(err); f != nil {
		return f.Kind.Status()
	}
	return http.StatusInternalServerError
}

// fail turns an error into what the person should see. What is no fault is logged whole, once.
func (s *Site) fail(w http.ResponseWriter, r *Request, err error) {
	ctx := r.Context()
	f := fault.Of(err)
	if f == nil {
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return // the person left
		}
		s.Log.ErrorContext(ctx, "request failed", "request", r.number, "method", r.Method, "route", r.Pattern, "error", err)
		f = fault.New(0, "系统繁忙，请稍后重试")
	} else if f.Kind == fault.Unavailable {
		s.Log.WarnContext(ctx, "unavailable", "request", r.number, "route", r.Pattern, "error", err)
		w.Header().Set("Retry-After", "2")
	}
	if f.Kind == fault.Forbidden && s.Refused != nil && r.Visitor.Person != 0 && r.door == nil {
		s.Refused(r)
	}
	if f.Kind == fault.Unsigned && !r.WantsJSON() {
		to := "/login"
		if errors.Is(err, ErrWeak) {
			to = "/second-factor"
		}
		way := r.URL.RequestURI()
		if r.door != nil {
			to, way = r.door.signIn(r), r.Own()
		}
		ask := url.Values{}
		if r.Method != http.MethodGet { // the session ended while the form was open
			if s.expired(w, r, to, err) {
				return
			}
			way = safeReferer(r.Request, "")
			ask.Set(Unsent, "yes")
		}
		if way != "" {
			ask.Set("return_to", way)
		}
		if len(ask) > 0 {
			to += "?" + ask.Encode()
		}
		rendered{location: to, status: http.StatusSeeOther}.send(w, r)
		return
	}
	s.sendFault(w, r, f)
}

func (s *Site) sendFault(w http.ResponseWriter, r *Request, f *fault.Error) {
	ctx := r.Context()
	say := ui.T(ctx, f.Say, f.Args...)
	w.Header().Set("Cache-Control", "no-store")
	if f.Wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.Wait+time.Second-1)/time.Second)))
	}
	if r.WantsJSON() {
		fields := map[string]string{}
		for k, v := range f.Fields {
			fields[k] = ui.T(ctx, v)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.Kind.Status())
		_ = json.NewEncoder(w).Encode(map[string]any{"code": f.Kind.String(), "error": say, "fields": fields, "request": r.number})
		return
	}
	failure := layout.Failure{Status: f.Kind.Status(), Text: say, Number: r.number, Advice: advice(ctx, f), Back: r.Base}
	if r.Method == http.MethodPost {
		failure.Back = safeReferer(r.Request, r.Base)
	}
	s.sendFailure(w, r, failure)
}

// sendFailure shows a failure as a page, or as the part that a script puts where messages stand.
func (s *Site) sendFailure(w http.ResponseWriter, r *Request, failure layout.Failure) {
	ctx, say := r.Context(), failure.Text
	w.Header().Set("Cache-Control", "no-store")
	c := layout.Error(layout.Page{Title: say}, failure)
	if r.door != nil && s.ResidentError != nil {
		c = s.ResidentError(r, failure)
	}
	if r.Boosted() {
		w.Header().Set("HX-Retarget", "#flash")
		w.Header().Set("HX-Reswap", "innerHTML")
		c = layout.ErrorPart(failure)
	}
	var buf bytes.Buffer
	if err := c.Render(ctx, &buf); err != nil {
		http.Error(w, say, failure.Status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(failure.Status)
	_, _ = w.Write(buf.Bytes())
}

// advice says what to do now; with an invalid form it is the fields' messages.
func advice(ctx context.Context, f *fault.Error) string {
	switch f.Kind {
	case fault.Invalid:
		var lines []string
		for _, m := range f.Fields {
			lines = append(lines, ui.T(ctx, m))
		}
		return strings.Join(lines, "；")
	case fault.NotFound:
		return ui.T(ctx, "请核对网址，或从菜单重新进入。")
	case fault.Forbidden:
		return ui.T(ctx, "如工作需要，请联系本单位管理员开通权限。")
	case fault.Conflict:
		return ui.T(ctx, "请返回刷新后查看最新情况。")
	case fault.Unavailable, fault.TooMany:
		return ui.T(ctx, "请稍候几秒再试。")
	case fault.Unsigned:
		return ""
	}
	return ui.T(ctx, "如反复出现，请将请求编号告知运维人员。")
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// safeReferer is where a refused form came from, if that was one of our own pages.
func safeReferer(r *http.Request, fallback string) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || u.Path == "" {
		return fallback
	}
	return u.RequestURI()
}

// Pattern is the pattern of the route that serves a request, "" for none.
func (s *Site) Pattern(r *http.Request) string {
	_, pattern := s.muxed().Handler(r)
	return pattern
}
