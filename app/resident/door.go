package resident

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/fault"
	"wanjie/app/logo"
	"wanjie/app/web"
	"wanjie/templates/layout"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Deps is what the door needs of the rest of the product.
type Deps struct {
	DB      *tenants.DB
	Door    *auth.ResidentDoor
	Cookies auth.Cookies
	// GCJ turns degrees of GCJ-02, as Chinese maps and WeChat give them, into CGCS2000.
	GCJ func(lon, lat float64) (float64, float64)
	// Stylesheet answers the colours in its address as a stylesheet; ThemeQuery puts a street's there.
	Stylesheet http.HandlerFunc
	ThemeQuery func(tenants.Branding) string
	// Colours are the same for programs; nil for the product's own.
	Colours func(colour string) *view.Theme
	// Parts are the pages that features have at the door.
	Parts []func(Door)
	// Words are what looks at personal data are for, in catalogue keys: "purpose/contact".
	Words map[string]string
}

// StreetsPath is where a program learns of the streets of a district.
const StreetsPath = "/api/v1/districts/{district}/streets"

type desk struct{ Deps }

// handler is a page or verb of a resident whom the street knows.
type handler func(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error)

// Routes opens the door of every street.
func Routes(site *web.Site, deps Deps) {
	d, r := &desk{deps}, site.Residents()
	r.Open("/{$}", d.open(d.home))
	r.Open("/privacy", d.open(d.notice))
	r.Open("/follow", d.open(d.followForm))
	r.Outside(http.MethodPost, "/follow", d.follow)
	r.Outside(http.MethodGet, "/sign-in", d.signInForm)
	r.Outside(http.MethodPost, "/sign-in", d.sendCode)
	r.Outside(http.MethodPost, "/sign-in/code", d.enter)
	r.Outside(http.MethodPost, "/sign-out", d.signOut)
	r.Outside(http.MethodPost, "/look", d.look)

	r.Get("/report", d.signed(d.reportForm))
	r.Take("/report", mostPhotos, photos.Take, d.mayReport, d.signed(d.report))
	r.Get("/matters", d.signed(d.matters))
	r.Get("/matters/{id}", d.signed(d.matter))
	r.Post("/matters/{id}/words", d.signed(d.supplement))
	r.Post("/matters/{id}/urge", d.signed(d.urge))
	r.Get("/matters/{id}/rate", d.signed(d.rateForm))
	r.Post("/matters/{id}/rate", d.signed(d.rate))
	r.Get("/messages", d.signed(d.messages))
	r.Post("/messages/read", d.signed(d.readMessages))
	r.Get("/me", d.signed(d.me))
	r.Post("/me/name", d.signed(d.call))
	r.Post("/me/consents", d.signed(d.consent))
	r.Look("/me/export", d.signed(d.export))
	r.Outside(http.MethodGet, "/me/leave", d.leaveForm)
	r.Outside(http.MethodPost, "/me/leave", d.leaveCode)
	r.Outside(http.MethodPost, "/me/leave/code", d.leave)
	site.Raw("GET /r/{tenant}/theme.css", deps.Stylesheet)
	site.Raw("GET "+StreetsPath, http.HandlerFunc(d.streets))
	site.ResidentFrame = d.frame
	site.ResidentError = d.failure
	for _, part := range deps.Parts {
		part(Door{d, r})
	}
}

// closed is the answer of a tenant that has no residents' door: a district's centre, a street that ended its contract or
// does not work on cases.
func (d *desk) closed(ctx context.Context, tx tenants.Tx) error {
	t := tx.Tenant()
	if t.Kind != tenants.Street || t.State == tenants.Closed {
		return fault.New(fault.NotFound, "页面不存在")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err == nil && !cfg.On("cases") {
		err = fault.New(fault.NotFound, "页面不存在")
	}
	return err
}

// open serves everybody; me is nil for whom the street does not know.
func (d *desk) open(h handler) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		if err := d.closed(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		me, err := Known(ctx, tx)
		if err != nil && !fault.Is(err, fault.Unsigned) {
			return web.Reply{}, err
		}
		return h(ctx, tx, r, me)
	}
}

// signed serves residents of this street only: whoever signed in at another one's door signs in anew.
func (d *desk) signed(h handler) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		if err := d.closed(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		me, err := Known(ctx, tx)
		if err != nil {
			return web.Reply{}, err
		}
		return h(ctx, tx, r, me)
	}
}

// The cookies of a taste. They tell nothing of who it is.
const (
	elderCookie    = "wanjie-elder"
	contrastCookie = "wanjie-contrast"
)

func on(r *http.Request, cookie string) bool {
	c, err := r.Cookie(cookie)
	return err == nil && c.Value == "1"
}

func keep(name string, is bool) *http.Cookie {
	c := &http.Cookie{Name: name, Value: "1", Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if !is {
		c.Value, c.MaxAge = "", -1
	}
	return c
}

// hotline is the street's telephone for residents.
func hotline(cfg *blueprint.Config) string { return cfg.Line("grids.supervise_phone", "12345") }

// frame is the frame around every page: the street's name and colour, the ways on, and how somebody likes it.
func (d *desk) frame(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Frame, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Frame{}, err
	}
	t := tx.Tenant()
	f := d.bare(r)
	f.Hotline = hotline(cfg)
	d.dress(&f, r, t)
	switch me, err := Known(ctx, tx); {
	case err == nil:
		f.Signed = true
		if f.Unread, err = Unread(ctx, tx, me); err != nil {
			return web.Frame{}, err
		}
	case !fault.Is(err, fault.Unsigned):
		return web.Frame{}, err
	}
	return web.Frame{Shell: func(p layout.Page) templ.Component { f.Page = p; return view.Shell(f) }}, nil
}

// dress puts the street's name, mark and colours on a frame.
func (d *desk) dress(f *view.Frame, r *web.Request, t tenants.Tenant) {
	f.Street, f.Short, f.Demo, f.Logo = t.Name, t.ShortName, t.Demo, logo.Path(r.Base, t)
	if q := d.ThemeQuery(t.Branding); q != "" {
		f.Theme = r.Path("/theme.css?") + q
	}
}

// bare is the frame without what only the street's data tells.
func (d *desk) bare(r *web.Request) view.Frame {
	rest := strings.TrimPrefix(r.Own(), r.Base)
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		rest = rest[:i]
	}
	f := view.Frame{Base: r.Base, Here: rest, Elder: on(r.Request, elderCookie), Contrast: on(r.Request, contrastCookie), Hotline: "12345"}
	first, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	f.Tab = first
	return f
}

// failure is the page for what went wrong.
func (d *desk) failure(r *web.Request, f layout.Failure) templ.Component {
	frame := d.bare(r)
	if id, err := d.DB.Find(r.Context(), r.PathValue("tenant")); err == nil {
		// Without the street's name a failure is still a page.
		_ = d.DB.Read(r.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			if d.closed(ctx, tx) == nil {
				d.dress(&frame, r, tx.Tenant())
			}
			return nil
		})
	}
	frame.Page = layout.Page{Title: f.Text}
	frame.Page.Guard = r.Guard()
	return view.FailurePage(frame, f)
}

// within runs f as whoever asks, in a writing transaction of the street in the address.
func (d *desk) within(ctx context.Context, r *web.Request, person int64, f func(context.Context, tenants.Tx) error) error {
	id, err := d.DB.Find(ctx, r.PathValue("tenant"))
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, id, tenants.Actor{Person: person}, func(ctx context.Context, tx tenants.Tx) error {
		if err := d.closed(ctx, tx); err != nil {
			return err
		}
		return f(ctx, tx)
	})
}

// refused is the fault of a form that a person should see again, with its fields; nil otherwise.
func refused(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid || r.WantsJSON() {
		return nil
	}
	return f
}

// form is the part that every form shows: its number, and what was refused.
func form(ctx context.Context, r *web.Request, f *fault.Error) view.Form {
	out := view.Form{Fresh: r.Guard, Values: map[string]string{}, Errors: map[string]string{}}
	for name := range r.PostForm {
		out.Values[name] = r.Text(name)
	}
	if f != nil {
		out.Title = ui.T(ctx, f.Say, f.Args...)
		for name, say := range f.Fields {
			out.Errors[name] = ui.T(ctx, say)
		}
		cases.Lost(ctx, out.Values, out.Errors)
	}
	return out
}

// look remembers how somebody likes the pages, in this browser and, signed in, for the next.
func (d *desk) look(ctx context.Context, r *web.Request) (web.Reply, error) {
	t := Taste{Elder: on(r.Request, elderCookie), Contrast: on(r.Request, contrastCookie), Language: web.LocaleOf(r.Request)}
	flip := func(to *bool, said string) {
		if said != "" {
			*to = said == "on"
		}
	}
	flip(&t.Elder, r.Text("elder"))
	flip(&t.Contrast, r.Text("contrast"))
	if l := r.Text("language"); l == ui.English || l == ui.Chinese {
		t.Language = l
	}
	if r.Visitor.Person != 0 {
		err := d.within(ctx, r, r.Visitor.Person, func(ctx context.Context, tx tenants.Tx) error {
			me, err := Known(ctx, tx)
			if err != nil {
				return err
			}
			return Prefer(ctx, tx, me, t)
		})
		// For whom the street does not know, and while it is paused, it stays with this browser.
		if err != nil && !fault.Is(err, fault.Unsigned) && !fault.Is(err, fault.Conflict) {
			return web.Reply{}, err
		}
	}
	return t.leave(web.See(r.Path("%s", back(r)))).Or(t), nil
}

// leave keeps a taste in the browser.
func (t Taste) leave(reply web.Reply) web.Reply {
	return reply.Cookie(keep(elderCookie, t.Elder)).Cookie(keep(contrastCookie, t.Contrast)).Cookie(web.LocaleCookie(t.Language))
}

// back is the page of this door that a form came from.
func back(r *web.Request) string {
	to := r.Text("back")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") || len(to) > 200 {
		return "/"
	}
	return to
}

// way is what stands in the record of consents.
func way(r *web.Request) string {
	if strings.HasPrefix(r.Base, "/api/") {
		return "api"
	}
	return "page"
}

func id(r *web.Request) (uuid.UUID, error) { return r.ID("id") }

// followsByAddress bounds guessing at receipts.
var followsByAddress = auth.Limit{Name: "resident-follow", Max: 30, Per: time.Hour}
