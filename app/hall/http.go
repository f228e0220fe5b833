package hall

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/logo"
	"wanjie/app/module"
	"wanjie/app/web"
	view "wanjie/templates/hall"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/keys"
)

// Part is what the board brings to the module of cases.
var Part = module.Module{
	Routes: func(r web.Routes) {
		r.Get("/screens", auth.KeysRead, list)
		r.Post("/screens", auth.KeysGive, add)
		r.Post("/screens/{id}/revoke", auth.KeysGive, revoke)
	},
	Nav:  []module.Entry{{Title: ui.Key("指挥大屏"), Path: "/screens", May: auth.KeysRead}},
	Acts: []journal.Kind{{Name: "hall_screen.made", Version: 1}, {Name: "hall_screen.revoked", Version: 1}},
	Words: map[string]string{
		"object/hall_screen": ui.Key("指挥大屏"), "act/hall_screen.made": ui.Key("添加大屏"), "act/hall_screen.revoked": ui.Key("停用大屏"),
	},
	Data: []keys.Columns{{Table: "hall_screens", Plain: []string{"tenant_id", "id", "name", "hash", "made_by", "made_at", "expires_at", "revoked_by", "revoked_at", "seen_at"}}},
}

// Area is a grid of the street as it lies today, in CGCS2000.
type Area struct {
	Code, Name string
	Shape      geo.Shape
}

// AreasOf gives the street's grids; the wiring puts it here. Nil: the street has none.
var AreasOf func(ctx context.Context, tx tenants.Tx) ([]Area, error)

// Deps is what the screens' door needs of the rest of the product.
type Deps struct {
	Cookies auth.Cookies // of screens
	Live    *web.Live
}

// Routes puts the board under /hall/{tenant}.
func Routes(site *web.Site, d Deps) {
	site.Kiosk(http.MethodGet, "/{$}", view.Shell, func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		if err := shut(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		_, err := By(ctx, tx, d.Cookies.Token(r.Request))
		if fault.Is(err, fault.Unsigned) {
			return dark(ctx, tx, r, d.Cookies.Token(r.Request) != ""), nil
		}
		if err != nil {
			return web.Reply{}, err
		}
		b, err := board(ctx, tx, r)
		return web.Page(ui.T(ctx, "%s社会治理指挥中心", b.Street), view.BoardView(b)).Part(view.BoardView(b)), err
	})
	site.KioskLive(d.Live, func(ctx context.Context, tx tenants.Tx, r *web.Request) error {
		if err := shut(ctx, tx); err != nil {
			return err
		}
		_, err := By(ctx, tx, d.Cookies.Token(r.Request))
		return err
	})
	site.Kiosk(http.MethodPost, "/key", view.Shell, func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		if err := shut(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		key := r.Text("key")
		s, err := By(ctx, tx, key)
		if fault.Is(err, fault.Unsigned) {
			return dark(ctx, tx, r, true), nil
		}
		if err != nil {
			return web.Reply{}, err
		}
		s.SeenAt = clock.Now(ctx)
		if _, err := tx.Update(s).Column("seen_at").WherePK().Exec(ctx); err != nil {
			return web.Reply{}, fmt.Errorf("screen %s begins: %w", s.ID, err)
		}
		return web.See(r.Path("/")).Cookie(d.Cookies.Of(key, s.ExpiresAt)), nil
	})
}

// shut is the answer of a tenant that has no board.
func shut(ctx context.Context, tx tenants.Tx) error {
	cfg, err := blueprint.For(ctx, tx)
	if err == nil && (!cfg.On("cases") || tx.Tenant().State == tenants.Closed) {
		err = fault.New(fault.NotFound, "页面不存在")
	}
	return err
}

// dark asks for a key. It is the answer to the board's own asking too, so that a screen turns dark when its key is taken
// back.
func dark(ctx context.Context, tx tenants.Tx, r *web.Request, wrong bool) web.Reply {
	e := view.Enter{Guard: r.Guard(), Base: r.Base, Street: tx.Tenant().Name, Wrong: wrong}
	return web.Page(ui.T(ctx, "%s社会治理指挥中心", e.Street), view.EnterView(e)).Part(view.EnterView(e)).Status(http.StatusUnauthorized)
}

func list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return screens(ctx, tx, r, view.Screens{})
}

func screens(ctx context.Context, tx tenants.Tx, r *web.Request, p view.Screens) (web.Reply, error) {
	all, err := All(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	var people []int64
	for i := range all {
		people = append(people, all[i].MadeBy)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return web.Reply{}, err
	}
	p.Guard, p.Path, p.MayMake = r.Guard(), r.Path("/screens"), auth.CanSomewhere(tx.Actor(), auth.KeysGive)
	p.Address = r.Site() + "/hall/" + tx.Tenant().Slug + "/"
	now := clock.Now(ctx)
	for i := range all {
		s := &all[i]
		line := view.Screen{Guard: r.Guard(), Name: s.Name, Made: called.Of(ctx, s.MadeBy) + "　" + ui.Time(s.MadeAt), Until: ui.Date(s.ExpiresAt), Seen: ui.Time(s.SeenAt),
			Living: s.RevokedAt.IsZero() && s.ExpiresAt.After(now), Revoke: r.Path("/screens/%s/revoke", s.ID)}
		line.State, line.Tone = s.state(ctx, now)
		p.List = append(p.List, line)
	}
	return web.Page(ui.T(ctx, "指挥大屏"), view.ScreensView(p)), nil
}

// add answers with the key itself, this once: the reply is not kept for repeats, and the screen bears the request's number.
func add(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := uuid.Parse(r.Text(ui.RequestField))
	if err != nil {
		id = tenants.NewID() // its number stood in a header
	}
	_, key, err := Make(ctx, tx, id, r.Text("name"))
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		reply, err := screens(ctx, tx, r, view.Screens{Name: r.Text("name"), Wrong: ui.T(ctx, f.Fields["name"])})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return screens(ctx, tx, r, view.Screens{Key: key})
}

func revoke(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, errNoScreen()
	}
	if err := Revoke(ctx, tx, id); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/screens"), "已停用"), nil
}

// shownBars is how many lines a panel has.
const shownBars = 8

// board turns the figures into the picture.
func board(ctx context.Context, tx tenants.Tx, r *web.Request) (b view.Board, err error) {
	f, err := Read(ctx, tx)
	if err != nil {
		return b, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return b, err
	}
	b = view.Board{Base: r.Base, Live: r.Listen(f.At, "case", "hall_screen"), Street: tx.Tenant().Name, Demo: tx.Tenant().Demo, Logo: logo.Public(tx.Tenant()), At: f.At, Numbers: numbers(ctx, f)}
	unit := func(key string) string { return cases.UnitName(cfg, key) }
	class := cfg.ClassTitle
	b.Units, b.Classes = bars(f.Units, unit), bars(f.Classes, class)
	b.Channels = bars(f.Channels, cfg.ChannelTitle)
	for _, l := range f.Late {
		line := view.Line{Number: l.Number, Class: class(l.Class), Over: over(ctx, l.DueAt, f.At)}
		if l.Community != "" {
			line.Place = unit(l.Community)
		}
		if l.Unit != "" && l.Unit != l.Community {
			line.Unit = unit(l.Unit)
		}
		b.Late = append(b.Late, line)
	}
	days(&b, f.Days)
	return b, draw(ctx, tx, &b, f, unit)
}

// numbers are the seven of the board.
func numbers(ctx context.Context, f *Figures) []view.Number {
	rate, base := ui.None, ui.T(ctx, "本月应结%d件", f.Due)
	if f.Due > 0 {
		rate = fmt.Sprintf("%.1f%%", 100*float64(f.Met)/float64(f.Due))
	}
	n := func(label string, v int, note string, tone ui.Tone) view.Number {
		if v == 0 {
			tone = ui.Neutral
		}
		return view.Number{Label: label, Value: ui.Number(v), Note: note, Tone: tone}
	}
	return []view.Number{
		n(ui.T(ctx, "今日上报"), f.Received, "", ui.Info), n(ui.T(ctx, "今日办结"), f.Closed, "", ui.Good), n(ui.T(ctx, "在办"), f.Open, "", ui.Info),
		n(ui.T(ctx, "黄灯"), f.Yellow, ui.T(ctx, "临近期限"), ui.Warn), n(ui.T(ctx, "红灯"), f.Red, ui.T(ctx, "已到或超过期限"), ui.Bad),
		{Label: ui.T(ctx, "本月按期结案率"), Value: rate, Note: base, Tone: ui.Info}, n(ui.T(ctx, "本月重新办理"), f.Again, ui.T(ctx, "回访未解决"), ui.Warn),
	}
}

// over says how far past its deadline something is, or that it is near.
func over(ctx context.Context, due, now time.Time) string {
	switch d := now.Sub(due); {
	case d < 0:
		return ui.T(ctx, "临近期限")
	case d < time.Hour:
		return ui.T(ctx, "刚超期")
	case d < 48*time.Hour:
		return ui.T(ctx, "超期%d小时", int(d.Hours()))
	default:
		return ui.T(ctx, "超期%d天", int(d.Hours()/24))
	}
}

func bars(parts []Count, name func(string) string) []view.Bar {
	out := make([]view.Bar, 0, shownBars)
	for _, p := range parts[:min(len(parts), shownBars)] {
		out = append(out, view.Bar{Label: name(p.Key), Open: p.Open, Red: p.Red, Share: max(1, 100*p.Open/parts[0].Open)})
	}
	return out
}

func days(b *view.Board, list []Day) {
	highest := 1
	for _, d := range list {
		highest = max(highest, d.Received, d.Closed)
	}
	for _, d := range list {
		b.Days = append(b.Days, view.Day{Label: string(d.On)[8:], Received: d.Received, Closed: d.Closed, Up: 100 * d.Received / highest, Down: 100 * d.Closed / highest})
	}
}

// The map: its width in its own units, and into how many shades what is open is put.
const (
	picture = 1000
	shades  = 5
)

// draw lays out the grids, each as dark as the share of open cases that lie in it.
func draw(ctx context.Context, tx tenants.Tx, b *view.Board, f *Figures, name func(string) string) error {
	var areas []Area
	if AreasOf != nil {
		var err error
		if areas, err = AreasOf(ctx, tx); err != nil {
			return err
		}
	}
	if len(areas) == 0 {
		b.Ungridded, b.Places = true, bars(f.Communities, name)
		return nil
	}
	var bounds geom.Envelope
	for _, a := range areas {
		bounds = bounds.ExpandToIncludeEnvelope(a.Shape.Envelope())
	}
	c := geo.Fit(bounds, picture)
	b.Width, b.Height = c.Width, c.Height
	in := map[string]Count{}
	busiest := 1
	for _, p := range f.Grids {
		in[p.Key] = p
		busiest = max(busiest, p.Open)
	}
	for _, a := range areas {
		p := in[a.Code]
		out := view.Area{Path: c.Path(a.Shape.AsGeometry()), Title: ui.T(ctx, "%s：在办%d件，红灯%d件", a.Name, p.Open, p.Red), Red: p.Red}
		if p.Open > 0 {
			out.Heat = 1 + (shades-2)*p.Open/busiest
		}
		out.X, out.Y = c.XY(a.Shape.Label())
		b.Areas = append(b.Areas, out)
	}
	return nil
}
