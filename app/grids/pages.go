package grids

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/grids/patrol"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/grids"
)

// picture is the width of a map in its own units.
const picture = 1000

// mapOfGrids lays grids out; focus, if any, stands out and the others are faint.
func mapOfGrids(ctx context.Context, name string, list []Placed, focus uuid.UUID, href func(*Grid) string, more ...geom.Geometry) (view.Map, geo.Canvas) {
	var bounds, narrow geom.Envelope
	for _, p := range list {
		bounds = bounds.ExpandToIncludeEnvelope(p.Shape.Envelope())
		if p.ID == focus {
			narrow = p.Shape.Envelope()
		}
	}
	if !narrow.IsEmpty() {
		bounds = narrow
	}
	for _, g := range more {
		bounds = bounds.ExpandToIncludeEnvelope(g.Envelope())
	}
	c := geo.Fit(bounds, picture)
	m := blank(ctx, name, c)
	order := []Kind{Comprehensive, Dedicated, Micro} // what lies within others is drawn over them
	for _, kind := range order {
		for _, p := range list {
			if p.Kind != kind || !narrow.IsEmpty() && !p.Shape.Envelope().Intersects(sight(c)) {
				continue
			}
			a := view.Area{Path: c.Path(p.Shape.AsGeometry()), Kind: string(kind), Title: p.Name + " " + p.Code, Faint: focus != uuid.Nil && p.ID != focus}
			a.X, a.Y = c.XY(p.Shape.Label())
			if wide, ok := roomFor(c, p.Shape); ok && labelWidth(p.Name) <= wide {
				a.Label = p.Name
			} else if ok && labelWidth(short(p.Code)) <= wide {
				a.Label = short(p.Code)
			}
			if href != nil {
				a.Href = href(p.Grid)
			}
			m.Areas = append(m.Areas, a)
		}
	}
	thin(m.Areas)
	return m, c
}

// thin marks the labels that would lie on another one where a phone writes them larger (_map.scss).
func thin(areas []view.Area) {
	const larger, height = 1.6, 36
	for i := range areas {
		a := &areas[i]
		for _, b := range areas[:i] {
			if b.Label != "" && !b.Near && math.Abs(a.Y-b.Y) < height && 2*math.Abs(a.X-b.X) < larger*(labelWidth(a.Label)+labelWidth(b.Label)) {
				a.Near = a.Label != ""
			}
		}
	}
}

func blank(ctx context.Context, name string, c geo.Canvas) view.Map {
	metres, units := c.Scale()
	m := view.Map{Name: name, Width: c.Width, Height: c.Height, ScaleWidth: units, West: c.West, North: c.North, PerLon: c.PerLon, PerLat: c.PerLat}
	if m.Scale = ui.T(ctx, "%d 米", metres); metres >= 1000 {
		m.Scale = ui.T(ctx, "%d 公里", metres/1000)
	}
	return m
}

// sight is what a canvas shows.
func sight(c geo.Canvas) geom.Envelope {
	return geom.NewEnvelope(geom.XY{X: c.West, Y: c.North - c.Height/c.PerLat}, geom.XY{X: c.West + c.Width/c.PerLon, Y: c.North})
}

// roomFor is how many units wide a label inside a shape may be; ok is false where not even its height has room.
func roomFor(c geo.Canvas, s geo.Shape) (wide float64, ok bool) {
	low, high, _ := s.Envelope().MinMaxXYs()
	return (high.X - low.X) * c.PerLon * .9, (high.Y-low.Y)*c.PerLat >= 24
}

func labelWidth(s string) (units float64) {
	for _, r := range s {
		if r < 0x2e80 {
			units += 11
		} else {
			units += 20
		}
	}
	return units
}

// short is the end of a code, of community and grid: the rest is the street's and the same for all around.
func short(code string) string {
	if len(code) <= 7 {
		return code
	}
	return "…" + code[len(code)-6:]
}

// draw adds a route or points to a map.
func drawOn(m *view.Map, c geo.Canvas, g geom.Geometry) {
	for _, part := range g.Dump() {
		if p, ok := part.AsPoint(); ok {
			xy, _ := p.XY()
			x, y := c.XY(xy)
			m.Dots = append(m.Dots, view.Dot{X: x, Y: y})
			continue
		}
		m.Lines = append(m.Lines, c.Path(part))
	}
}

func kindTag(ctx context.Context, k Kind) view.Tag {
	tones := map[Kind]ui.Tone{Comprehensive: ui.Info, Dedicated: ui.Warn, Micro: ui.Good}
	return view.Tag{Tone: tones[k], Text: ui.T(ctx, k.Title())}
}

func areaText(ctx context.Context, m2 float64) string {
	if m2 < 100_000 {
		return ui.T(ctx, "%s 平方米", ui.Number(int64(m2)))
	}
	return ui.T(ctx, "%.2f 平方公里", m2/1e6)
}

func communityName(cfg *blueprint.Config, code string) string {
	u, ok := cfg.UnitOf(code)
	switch {
	case code == "" || !ok:
		return code
	case u.Short != "":
		return u.Short
	}
	return u.Name
}

func tabs(ctx context.Context, r *web.Request, patrols bool) []ui.Tab {
	return []ui.Tab{
		{Label: ui.T(ctx, "网格"), Href: r.Path("/grids"), Active: !patrols},
		{Label: ui.T(ctx, "巡查"), Href: r.Path("/patrols"), Active: patrols},
	}
}

func deskPage(ctx context.Context, tx tenants.Tx, r *web.Request) (view.Desk, error) {
	on := dayAsked(ctx, r)
	p := view.Desk{Tabs: tabs(ctx, r, false), On: string(on), Path: r.Path("/grids"), File: r.Path("/grids/export") + "?on=" + string(on)}
	if auth.CanSomewhere(tx.Actor(), auth.GridsDraw) {
		p.New, p.Import = r.Path("/grids/new"), r.Path("/grids/import")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	list, err := On(ctx, tx, on)
	if err != nil {
		return p, err
	}
	staff, err := Staff(ctx, tx, "")
	if err != nil {
		return p, err
	}
	names, err := namesOf(ctx, tx, staff)
	if err != nil {
		return p, err
	}
	by := map[string][]Duty{}
	for _, d := range staff {
		by[d.Grid] = append(by[d.Grid], d)
	}
	p.Map, _ = mapOfGrids(ctx, ui.T(ctx, "网格图"), list, uuid.Nil, func(g *Grid) string { return r.Path("/grids/%s", g.ID) })
	now := clock.Now(ctx)
	for _, g := range list {
		c := crew(by[g.Code], now)
		p.Rows = append(p.Rows, view.Row{
			Href: r.Path("/grids/%s", g.ID), Sheet: r.Path("/grids/%s/sheet", g.ID), Code: g.Code, Name: g.Name, Kind: ui.T(ctx, g.Kind.Title()),
			Community: communityName(cfg, g.Community), Heads: people(ctx, names, c.Heads), Workers: people(ctx, names, c.Workers), Area: areaText(ctx, g.Outline.Area),
			Since: string(g.Outline.ValidFrom),
		})
	}
	if len(list) == 0 {
		p.File = ""
	}
	return p, nil
}

func namesOf(ctx context.Context, tx tenants.Tx, staff []Duty) (auth.Called, error) {
	var persons []int64
	for _, d := range staff {
		persons = append(persons, d.Person)
	}
	return auth.Names(ctx, tx, persons...)
}

func people(ctx context.Context, names auth.Called, duties []Duty) string {
	var out []string
	for _, d := range duties {
		out = append(out, names.Of(ctx, d.Person))
	}
	return strings.Join(out, "、")
}

func gridPage(ctx context.Context, tx tenants.Tx, r *web.Request, g *Grid, tried attempt) (view.Grid, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Grid{}, err
	}
	now := clock.Now(ctx)
	today := clock.DateOf(now)
	have, err := load(ctx, tx, today)
	if err != nil {
		return view.Grid{}, err
	}
	around := have.on(today)
	if !onMap(around, g.ID) { // not yet in force, or no longer
		if o := have.last[g.ID]; o != nil {
			around = append(around, Placed{g, o, have.shape[g.ID]})
		}
	}
	p := view.Grid{Name: g.Name, Code: g.Code, Kind: kindTag(ctx, g.Kind), Board: r.Path("/grids/%s/sheet", g.ID)}
	focus := g.ID
	if !onMap(around, g.ID) {
		focus = uuid.Nil
	}
	p.Map, _ = mapOfGrids(ctx, ui.T(ctx, "%s的位置", g.Name), around, focus, nil)
	p.Facts = []ui.Fact{{Label: ui.T(ctx, "编号"), Value: g.Code}, {Label: ui.T(ctx, "社区"), Value: communityName(cfg, g.Community)}, {Label: ui.T(ctx, "值班电话"), Value: g.Phone}}
	if parent := have.byID[g.Parent]; parent != nil {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "上级网格"), Body: link(r.Path("/grids/%s", parent.ID), parent.Name)})
	}
	if g.ClosedOn != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "撤销日期"), Value: string(g.ClosedOn)})
	}
	for _, child := range have.grids {
		if child.Parent == g.ID && child.Open(today) {
			p.Children = append(p.Children, ui.Fact{Label: child.Code, Body: link(r.Path("/grids/%s", child.ID), child.Name)})
		}
	}
	if p.Versions, err = versionRows(ctx, tx, g, today); err != nil {
		return p, err
	}
	if p.Patrols, err = patrolsOf(ctx, tx, r, g.ID); err != nil {
		return p, err
	}
	return p, gridForms(ctx, tx, r, cfg, g, tried, now, &p)
}

func onMap(list []Placed, id uuid.UUID) bool {
	for _, p := range list {
		if p.ID == id {
			return true
		}
	}
	return false
}

func versionRows(ctx context.Context, tx tenants.Tx, g *Grid, today clock.Date) ([]view.Version, error) {
	list, err := Versions(ctx, tx, g.ID)
	if err != nil {
		return nil, err
	}
	var persons []int64
	for _, o := range list {
		persons = append(persons, o.DrawnBy)
	}
	names, err := auth.Names(ctx, tx, persons...)
	if err != nil {
		return nil, err
	}
	var out []view.Version
	for i := range list {
		o := &list[i]
		state := ui.T(ctx, "已失效")
		switch {
		case o.ValidTo != "" && o.ValidTo <= o.ValidFrom:
			state = ui.T(ctx, "当日被替换")
		case o.In(today):
			state = ui.T(ctx, "现行")
		case o.ValidFrom > today:
			state = ui.T(ctx, "待启用")
		}
		out = append(out, view.Version{Span: span(ctx, o.ValidFrom, o.ValidTo.Add(-1)), Area: areaText(ctx, o.Area), System: o.SourceCRS.Short(),
			By: names.Of(ctx, o.DrawnBy), At: ui.Time(o.DrawnAt), State: state})
	}
	return out, nil
}

// span says from when until when, both included.
func span(ctx context.Context, from, to clock.Date) string {
	if to == "" {
		return ui.T(ctx, "%s 起", string(from))
	}
	if to < from {
		to = from
	}
	return ui.T(ctx, "%s 至 %s", string(from), string(to))
}

func patrolsOf(ctx context.Context, tx tenants.Tx, r *web.Request, grid uuid.UUID) ([]view.PatrolRow, error) {
	all, err := patrol.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []view.PatrolRow
	for i := range all {
		if grid == uuid.Nil || all[i].GridID == grid {
			out = append(out, patrolRow(ctx, r, &all[i]))
		}
	}
	return out, nil
}

// boardDays is how far ahead the public sheet names substitutes.
const boardDays = 30

func boardPage(ctx context.Context, tx tenants.Tx, r *web.Request, g *Grid) (view.Board, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Board{}, err
	}
	now := clock.Now(ctx)
	around, err := On(ctx, tx, clock.DateOf(now))
	if err != nil {
		return view.Board{}, err
	}
	staff, err := Staff(ctx, tx, g.Code)
	if err != nil {
		return view.Board{}, err
	}
	names, err := namesOf(ctx, tx, staff)
	if err != nil {
		return view.Board{}, err
	}
	p := view.Board{
		Street: tx.Tenant().Name, Name: g.Name, Code: g.Code, Kind: ui.T(ctx, g.Kind.Title()), Community: communityName(cfg, g.Community), Phone: g.Phone,
		Supervise: cfg.Line("grids.supervise_phone", ""), At: now, Demo: tx.Tenant().Demo, Back: r.Path("/grids/%s", g.ID),
		Duties: strings.FieldsFunc(cfg.Text("grids.duties"), func(c rune) bool { return strings.ContainsRune("；;。\n", c) }),
	}
	focus := g.ID
	if !onMap(around, g.ID) {
		focus = uuid.Nil
	}
	p.Map, _ = mapOfGrids(ctx, ui.T(ctx, "%s的位置", g.Name), around, focus, nil)
	var heads, workers []Duty
	var stand []string
	for _, d := range staff {
		switch {
		case d.StandsIn != uuid.Nil:
			if d.From <= clock.DateOf(now).Add(boardDays) {
				stand = append(stand, ui.T(ctx, "%s（%s）", names.Of(ctx, d.Person), span(ctx, d.From, d.To)))
			}
		case !d.InForce:
		case d.Role == auth.GridHead:
			heads = append(heads, d)
		default:
			workers = append(workers, d)
		}
	}
	p.Heads, p.Workers, p.StandIns = people(ctx, names, heads), people(ctx, names, workers), strings.Join(stand, "、")
	return p, nil
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ui.Time(t)
}
