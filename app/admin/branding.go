package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/logo"
	"wanjie/app/qr"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Look is how a street wants to appear.
type Look struct {
	Name, ShortName string
	tenants.Branding
	Mark *files.Draft // a new logo, whole and known to nobody
	Drop bool         // go without one
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

// Rebrand gives the street another name, colours, welcome or logo and records "tenant.branded"; nothing when
// nothing changed. Without a Mark or Drop the logo stays. Faults: Forbidden without ConfigWrite, Invalid by field.
func Rebrand(ctx context.Context, tx tenants.Tx, l Look) error {
	if err := auth.Require(tx.Actor(), auth.ConfigWrite, ""); err != nil {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	was, err := lookNow(ctx, tx)
	if err != nil {
		return err
	}
	l.Logo = was.Logo
	if l.Mark != nil || l.Drop {
		if l.Logo, err = logo.Swap(ctx, tx, was.Logo, l.Mark); err != nil {
			return err
		}
	}
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
		return tenants.Dims{"name": name, "short_name": short, "colour": b.Colour, "accent": b.Accent, "welcome": b.Welcome, "logo": b.Logo}
	}
	tx.Record(tenants.Act{Kind: "tenant.branded", Version: 1, Object: "tenant", ObjectID: tx.Tenant().Object(), HappenedAt: clock.Now(ctx),
		Before: dims(was.Name, was.ShortName, was.Branding), After: dims(l.Name, l.ShortName, l.Branding)})
	return nil
}

// lookNow is how the street looks, held until the transaction ends: of two who change it at once, the second changes what the
// first has left.
func lookNow(ctx context.Context, tx tenants.Tx) (l Look, err error) {
	var raw string
	if err := tx.Raw("SELECT name, short_name, branding::text FROM tenants WHERE tenant_id = ? FOR UPDATE", int32(tx.ID())).Scan(ctx, &l.Name, &l.ShortName, &raw); err != nil {
		return l, fmt.Errorf("look of tenant %d: %w", tx.ID(), err)
	}
	if err := json.Unmarshal([]byte(raw), &l.Branding); err != nil {
		return l, fmt.Errorf("look of tenant %d: %w", tx.ID(), err)
	}
	return l, nil
}

// branding is the form, filled from the street or, where the address says so, with what is only being tried.
func (a *desk) branding(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	l := lookOf(tx.Tenant())
	if r.URL.Query().Has("name") {
		l = tried(r, tx.Tenant())
	}
	return a.brandForm(ctx, tx, r, l, nil)
}

func lookOf(t tenants.Tenant) Look {
	return Look{Name: t.Name, ShortName: t.ShortName, Branding: t.Branding}
}

// tried is the look that a form or an address tells. The logo is the present one, or none if it is to go.
func tried(r *web.Request, t tenants.Tenant) Look {
	l := Look{Name: r.Text("name"), ShortName: r.Text("short_name"), Drop: r.Text("drop") != "",
		Branding: tenants.Branding{Colour: strings.ToLower(r.Text("colour")), Accent: strings.ToLower(r.Text("accent")), Welcome: r.Text("welcome")}}
	if !l.Drop {
		l.Logo = t.Branding.Logo
	}
	return l
}

func (a *desk) brandForm(ctx context.Context, tx tenants.Tx, r *web.Request, l Look, refused *fault.Error) (web.Reply, error) {
	t := tx.Tenant()
	page := view.Branding{Frame: Frame(tx, r), Guard: r.Guard(), Name: l.Name, ShortName: l.ShortName, Colour: l.Colour, Accent: l.Accent, Welcome: l.Welcome, Slug: t.Slug,
		Logo: logo.Public(t), Drop: l.Drop}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	if t.Kind == tenants.Street && cfg.On("cases") {
		page.Door, page.Poster = r.Residents("/"), r.Path("/admin/branding/poster")
		if page.Code, err = qr.Data(page.Door, 4); err != nil {
			return web.Reply{}, err
		}
		page.Preview = &view.Preview{Path: r.Path("/admin/branding/preview?%s", l.query()), Steps: steps(l.Branding)}
	}
	status := 0
	if refused != nil {
		page.Say, page.Errors, status = ui.T(ctx, refused.Say, refused.Args...), refused.Fields, refused.Kind.Status()
	}
	reply := web.Page(ui.T(ctx, "街道形象"), view.BrandingView(page)).Status(status).Framing()
	if page.Preview != nil {
		reply = reply.Part(view.PreviewView(*page.Preview))
	}
	return reply, nil
}

// query is the look as the address of its preview tells it.
func (l Look) query() string {
	q := url.Values{"name": {l.Name}, "short_name": {l.ShortName}, "colour": {l.Colour}, "accent": {l.Accent}, "welcome": {l.Welcome}}
	if l.Drop {
		q.Set("drop", "on")
	}
	return q.Encode()
}

// steps say of each colour in which step of it words are set.
func steps(b tenants.Branding) (out []view.Step) {
	for _, c := range []struct{ title, colour string }{{ui.Key("主色"), b.Colour}, {ui.Key("辅色"), b.Accent}} {
		if c.colour == "" {
			continue
		}
		s := view.Step{Title: c.title, Colour: c.colour}
		s.Text, s.Was, s.Is, s.Known = corrected(c.colour)
		out = append(out, s)
	}
	return out
}

// preview is the residents' first page as it would look, for the frame beside the form. Nothing of it is saved.
func (a *desk) preview(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	t, l := tx.Tenant(), tried(r, tx.Tenant())
	for _, colour := range []*string{&l.Colour, &l.Accent} {
		if !colourForm.MatchString(*colour) {
			*colour = ""
		}
	}
	t.Name, t.ShortName, t.Branding = l.Name, l.ShortName, l.Branding
	c, err := a.Home(ctx, tx, r, t, ThemePath(t))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Document(c), nil
}

func (a *desk) rebrand(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	l := tried(r, tx.Tenant())
	marks, err := web.Taken[*files.Draft](r, "logo")
	if len(marks) > 0 {
		l.Mark = marks[0]
	}
	if err == nil {
		err = Rebrand(ctx, tx, l)
	} else if f := fault.Of(err); f != nil && len(f.Args) == 0 { // what is wrong with a picture is said at its field
		err = fault.Field("logo", f.Say)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return a.brandForm(ctx, tx, r, l, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/branding"), "已保存"), nil
}
