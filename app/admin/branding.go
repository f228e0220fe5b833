package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/qr"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Look is how a street wants to appear.
type Look struct {
	Name, ShortName string
	tenants.Branding
}

// check names every field that is wrong.
func (l *Look) check() error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	bound := func(field, value string, least, most int, say string) {
		if n := utf8.RuneCountInString(value); n < least || n > most {
			f.And(field, say)
		}
	}
	bound("name", l.Name, 2, 30, "全称应为2至30个字")
	bound("short_name", l.ShortName, 1, 12, "简称应为1至12个字")
	bound("welcome", l.Welcome, 0, 60, "欢迎语不超过60个字")
	for field, colour := range map[string]*string{"colour": &l.Colour, "accent": &l.Accent} {
		if *colour = strings.ToLower(*colour); *colour != "" && !colourForm.MatchString(*colour) {
			f.And(field, "颜色应写成 #1677ff 的形式")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Rebrand gives the street another name, colours or welcome and records "tenant.branded"; nothing when
// nothing changed. Faults: Forbidden without ConfigWrite, Invalid by field.
func Rebrand(ctx context.Context, tx tenants.Tx, l Look) error {
	if err := auth.Require(tx.Actor(), auth.ConfigWrite, ""); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	was := tx.Tenant()
	l.Logo = was.Branding.Logo
	if l.Name == was.Name && l.ShortName == was.ShortName && l.Branding == was.Branding {
		return nil
	}
	branding, err := json.Marshal(l.Branding)
	if err != nil {
		return err
	}
	if _, err := tx.Raw("UPDATE tenants SET name = ?, short_name = ?, branding = ? WHERE tenant_id = ?", l.Name, l.ShortName, string(branding), int32(tx.ID())).Exec(ctx); err != nil {
		return fmt.Errorf("rebrand tenant %d: %w", tx.ID(), err)
	}
	dims := func(name, short string, b tenants.Branding) tenants.Dims {
		return tenants.Dims{"name": name, "short_name": short, "colour": b.Colour, "accent": b.Accent, "welcome": b.Welcome}
	}
	tx.Record(tenants.Act{Kind: "tenant.branded", Version: 1, Object: "tenant", ObjectID: was.Object(), HappenedAt: clock.Now(ctx),
		Before: dims(was.Name, was.ShortName, was.Branding), After: dims(l.Name, l.ShortName, l.Branding)})
	return nil
}

func (a *desk) branding(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	t := tx.Tenant()
	return a.brandForm(ctx, tx, r, Look{t.Name, t.ShortName, t.Branding}, nil)
}

func (a *desk) brandForm(ctx context.Context, tx tenants.Tx, r *web.Request, l Look, refused *fault.Error) (web.Reply, error) {
	page := view.Branding{Frame: Frame(tx, r), Guard: r.Guard(), Name: l.Name, ShortName: l.ShortName, Colour: l.Colour, Accent: l.Accent, Welcome: l.Welcome, Slug: tx.Tenant().Slug}
	if tx.Tenant().Kind == tenants.Street {
		page.Door, page.Poster = r.Residents("/"), r.Path("/admin/branding/poster")
		var err error
		if page.Code, err = qr.Data(page.Door, 4); err != nil {
			return web.Reply{}, err
		}
	}
	status := 0
	if refused != nil {
		page.Say, page.Errors, status = ui.T(ctx, refused.Say, refused.Args...), refused.Fields, refused.Kind.Status()
	}
	return web.Page(ui.T(ctx, "街道形象"), view.BrandingView(page)).Status(status), nil
}

func (a *desk) rebrand(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	l := Look{Name: r.Text("name"), ShortName: r.Text("short_name"), Branding: tenants.Branding{Colour: r.Text("colour"), Accent: r.Text("accent"), Welcome: r.Text("welcome")}}
	err := Rebrand(ctx, tx, l)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return a.brandForm(ctx, tx, r, l, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/branding"), "已保存"), nil
}

// ThemePath is the address of the tenant's stylesheet, new with every colour; "" for the product's own.
func ThemePath(t tenants.Tenant) string {
	if t.Branding.Colour == "" {
		return ""
	}
	return "/s/" + t.Slug + "/theme.css?c=" + strings.TrimPrefix(t.Branding.Colour, "#")
}

// theme answers the stylesheet of a tenant. A colour is no secret, so nobody has to sign in for it.
func theme(db *tenants.DB) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		var b tenants.Branding
		id, err := db.Find(r.Context(), r.PathValue("tenant"))
		if err == nil {
			err = db.Read(r.Context(), id, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error { b = tx.Tenant().Branding; return nil })
		}
		switch {
		case fault.Is(err, fault.NotFound):
			http.NotFound(w, r)
			return
		case err != nil:
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "private, max-age=86400")
		_, _ = w.Write([]byte(Theme(b.Colour)))
	}
}

// Theme is the stylesheet for a primary colour (#rrggbb): lines and charts in the colour itself, text
// and buttons in darker steps that reach 4.5:1 and 7:1 on white (WCAG 2.2, 1.4.3 and 1.4.6), selected
// ground in a light one.
func Theme(colour string) string {
	accent, strong, stronger, tint, ok := Colours(colour)
	if !ok {
		return ""
	}
	return fmt.Sprintf(":root{--wj-accent:%s;--wj-strong:%s;--wj-stronger:%s;--wj-tint:%s}\n", accent, strong, stronger, tint)
}

// Colours are the steps of a primary colour that [Theme] writes; ok is false for what is no colour.
func Colours(colour string) (accent, strong, stronger, tint string, ok bool) {
	c, ok := parse(colour)
	if !ok {
		return "", "", "", "", false
	}
	return c.String(), c.until(4.6).String(), c.until(7).String(), c.mix(white, .9).String(), true
}

// rgb is a colour in sRGB, each part from 0 to 1.
type rgb [3]float64

var white = rgb{1, 1, 1}

func parse(s string) (c rgb, ok bool) {
	if !colourForm.MatchString(s) {
		return c, false
	}
	for i := range c {
		n, _ := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8) // the form is checked
		c[i] = float64(n) / 255
	}
	return c, true
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", uint8(math.Round(c[0]*255)), uint8(math.Round(c[1]*255)), uint8(math.Round(c[2]*255)))
}

// mix goes the part share of the way from c to o.
func (c rgb) mix(o rgb, share float64) (m rgb) {
	for i := range c {
		m[i] = c[i] + (o[i]-c[i])*share
	}
	return m
}

// light is the relative luminance of WCAG 2.2.
func (c rgb) light() float64 {
	lin := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c[0]) + 0.7152*lin(c[1]) + 0.0722*lin(c[2])
}

// contrast is the contrast ratio with white.
func (c rgb) contrast() float64 { return 1.05 / (c.light() + 0.05) }

// until darkens c until it reaches the contrast with white.
func (c rgb) until(ratio float64) rgb {
	for share := 0.0; share < 1; share += 0.02 {
		if d := c.mix(rgb{}, share); d.contrast() >= ratio {
			return d
		}
	}
	return rgb{}
}
