package cases

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/uptrace/bun"

	"wanjie/app/cases/heat"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// The map shows the cases of the list: a dot by its light for each, or how many lie in a square. It is drawn here as an SVG,
// like the grids: no tiles, no script, and it prints. Nothing on it is personal, and a table says the same.

// Bounds of a map, in cases: of all, and of those that have a dot each.
const (
	mapMost  = 5_000
	dotsMost = 1_500
	mapWidth = 1000
)

// Located is a case on the map.
type Located struct {
	bun.BaseModel `bun:"table:cases,alias:c"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Number    string
	Community string
	Stage     Stage
	Lon, Lat  *float64
	Clock
	SuspendedAt time.Time `bun:",nullzero"`
}

// Places are the cases that the filter finds within the actor's reach, newest first, at most mapMost.
func Places(ctx context.Context, tx tenants.Tx, f Filter) (out []Located, err error) {
	where, args, err := f.where(ctx, tx, reachOf(tx.Actor()))
	if err != nil {
		return nil, err
	}
	err = tx.Raw(`SELECT c.id, c.number, c.community, c.stage, c.lon, c.lat, c.warn_at, c.red_at, c.due_at, c.suspended_at
		FROM cases c WHERE `+where+` ORDER BY c.reported_at DESC, c.id DESC LIMIT ?`, append(args, mapMost)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("cases of a map: %w", err)
	}
	return out, nil
}

func caseMap(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	f := readFilter(r)
	f.Page = 0
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	spots, err := Places(ctx, tx, f)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Map{Desk: n.filters(tx, r, f), List: r.Path("/cases?%s", f.query().Encode()), Total: len(spots)}
	p.Path = r.Path("/cases/map")
	layer := r.Text("layer")
	at := func(layer string) string {
		q := f.query()
		if layer != "" {
			q.Set("layer", layer)
		}
		return p.Path + "?" + q.Encode()
	}
	p.Tabs = []ui.Tab{{Label: ui.T(ctx, "热力"), Href: at(""), Active: layer != "dots"}, {Label: ui.T(ctx, "亮灯点位"), Href: at("dots"), Active: layer == "dots"}}
	p.Layer = layer
	if len(spots) == mapMost {
		p.Notes = append(p.Notes, ui.T(ctx, "只显示最近的 %s 件，请缩小查询范围。", ui.Number(mapMost)))
	}
	shapes, err := Outlines(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	n.draw(r, &p, spots, shapes)
	p.Places = n.places(r, f, spots)
	return web.Page(ui.T(ctx, "案卷地图"), view.MapPage(p)).Part(view.MapPart(p)).
		Under(web.Crumb(ui.T(ctx, "案卷"), p.List), web.Crumb(ui.T(ctx, "地图"), "")), nil
}

func (n names) light(s *Located) Light { return s.Light(s.Stage, s.SuspendedAt, n.now) }

// draw lays the cases out: heat always, dots where they can be told apart.
func (n names) draw(r *web.Request, p *view.Map, spots []Located, shapes []geo.Shape) {
	var points []geom.XY
	var of []*Located
	for i := range spots {
		if s := &spots[i]; s.Lon != nil && s.Lat != nil {
			points, of = append(points, geom.XY{X: *s.Lon, Y: *s.Lat}), append(of, s)
		}
	}
	if none := len(spots) - len(points); none > 0 {
		p.Notes = append(p.Notes, ui.T(n.ctx, "%s 件没有坐标，不在图上，见下表。", ui.Number(none)))
	}
	if len(points) == 0 {
		return
	}
	bounds := geom.Envelope{}
	for _, s := range shapes {
		bounds = bounds.ExpandToIncludeEnvelope(s.Envelope())
	}
	if bounds.IsEmpty() {
		bounds = heat.Around(points)
	}
	c := geo.Fit(bounds, mapWidth)
	left, piles := heat.Piles(points)
	cells, metres, out := heat.Cells(c, points, left)
	p.Width, p.Height = c.Width, c.Height
	scale, units := c.Scale()
	if p.Scale, p.ScaleWidth = ui.T(n.ctx, "%d 米", scale), units; scale >= 1000 {
		p.Scale = ui.T(n.ctx, "%d 公里", scale/1000)
	}
	for _, s := range shapes {
		p.Outlines = append(p.Outlines, c.Path(s.AsGeometry()))
	}
	if out > 0 {
		p.Notes = append(p.Notes, ui.T(n.ctx, "%s 件的坐标在图外，请核对。", ui.Number(out)))
	}
	for _, pile := range piles {
		x, y := c.XY(pile.At)
		p.Piles = append(p.Piles, view.Pile{X: x, Y: y, N: ui.Number(pile.N)})
		p.Notes = append(p.Notes, ui.T(n.ctx, "%s 件标在同一点（%.5f，%.5f），可能是默认坐标，单独标出，不计入热力。", ui.Number(pile.N), pile.At.X, pile.At.Y))
	}
	if p.Layer != "dots" {
		p.Cell = ui.T(n.ctx, "每格 %d 米", metres)
		for _, cell := range cells {
			p.Cells = append(p.Cells, view.Cell{X: cell.X, Y: cell.Y, Size: cell.Size, Level: cell.Level, Title: ui.T(n.ctx, "%s 件", ui.Number(cell.N))})
		}
		return
	}
	if len(left) > dotsMost {
		p.Notes = append(p.Notes, ui.T(n.ctx, "超过 %s 件，只画最近的。", ui.Number(dotsMost)))
		left = left[:dotsMost]
	}
	slices.Reverse(left) // the newest on top
	for _, i := range left {
		x, y := c.XY(points[i])
		if x < 0 || y < 0 || x >= c.Width || y >= c.Height {
			continue
		}
		light := n.light(of[i])
		title := of[i].Number
		if light != Dark {
			title += " " + ui.T(n.ctx, light.Title())
		}
		p.Dots = append(p.Dots, view.MapDot{X: x, Y: y, Light: string(light), Title: title, Href: r.Path("/cases/%s", of[i].ID)})
	}
}

// places is the map as a table: by community, the fullest first.
func (n names) places(r *web.Request, f Filter, spots []Located) (out []view.MapPlace) {
	at := map[string]int{}
	count := func(s string) *view.MapPlace {
		i, is := at[s]
		if !is {
			i = len(out)
			f := f
			f.Community = s
			row := view.MapPlace{Name: n.unit(s), Href: r.Path("/cases?%s", f.query().Encode())}
			if s == "" {
				row = view.MapPlace{Name: ui.T(n.ctx, "未注明社区")}
			}
			at[s], out = i, append(out, row)
		}
		return &out[i]
	}
	for i := range spots {
		s := &spots[i]
		row := count(s.Community)
		row.All++
		switch n.light(s) {
		case Red:
			row.Red++
		case Yellow:
			row.Yellow++
		case Green, Dark:
		}
		if s.Lon == nil {
			row.Nowhere++
		}
	}
	slices.SortStableFunc(out, func(a, b view.MapPlace) int { return b.All - a.All })
	return out
}

// pointOf is where a case lies, for its sheet: a piece of the street around the point.
func (n names) pointOf(c *Case, shapes []geo.Shape) *view.Map {
	if c.Lon == nil || c.Lat == nil {
		return nil
	}
	const around = .0035 // degrees: some 400 m
	at := geom.XY{X: *c.Lon, Y: *c.Lat}
	sight := geom.NewEnvelope(geom.XY{X: at.X - around, Y: at.Y - around}, geom.XY{X: at.X + around, Y: at.Y + around})
	canvas := geo.Fit(sight, 600)
	p := &view.Map{Width: canvas.Width, Height: canvas.Height, Name: ui.T(n.ctx, "案卷位置：经度 %s，纬度 %s", degree(at.X), degree(at.Y))}
	metres, units := canvas.Scale()
	p.Scale, p.ScaleWidth = ui.T(n.ctx, "%d 米", metres), units
	for _, s := range shapes {
		if s.Envelope().Intersects(sight) {
			p.Outlines = append(p.Outlines, canvas.Path(s.AsGeometry()))
		}
	}
	x, y := canvas.XY(at)
	p.Dots = []view.MapDot{{X: x, Y: y, Light: string(Shine(c.Clock, c.Running(), n.now))}}
	return p
}

func degree(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }
