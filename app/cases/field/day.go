package field

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// day is what a worker has before him, to be kept on his phone: see the package for what stands in it, and for how long.
type day struct {
	Person int64   `json:"person"` // whose it is, by our own number
	At     int64   `json:"at"`     // milliseconds
	Map    *canvas `json:"map"`
	Tasks  []task  `json:"tasks"`
	Rounds []round `json:"rounds"`
}

// canvas is the ground of the map, in its own units; the phone puts itself upon it.
type canvas struct {
	Width      float64  `json:"width"`
	Height     float64  `json:"height"`
	West       float64  `json:"west"`
	North      float64  `json:"north"`
	PerLon     float64  `json:"perLon"`
	PerLat     float64  `json:"perLat"`
	Scale      string   `json:"scale"`
	ScaleWidth float64  `json:"scaleWidth"`
	Areas      []string `json:"areas"` // paths
}

// spot is a place on the map; nil: it has none.
type spot struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

type task struct {
	ID      string `json:"id"`
	Of      string `json:"of"`
	Number  string `json:"number"`
	Class   string `json:"class"`
	Place   string `json:"place"`
	State   string `json:"state"`
	Light   string `json:"light"`
	Due     string `json:"due"`
	Href    string `json:"href"`
	Spot    *spot  `json:"spot"`
	Receive string `json:"receive"` // where it is signed for; empty: it was, or by others
	Result  string `json:"result"`  // where its result is handed in; empty: by others
	Waiting string `json:"waiting"` // co-handlers still at work, for whose sake a result must say why it does not wait
}

type round struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Grid   string  `json:"grid"`
	Note   string  `json:"note"`
	Until  string  `json:"until"`
	Href   string  `json:"href"`
	Path   string  `json:"path"` // of its lines
	Points []point `json:"points"`
}

type point struct {
	spot
	Seen  int64 `json:"seen"` // milliseconds; 0: not yet
	Found bool  `json:"found"`
}

// Round is a patrol's round that is open.
type Round struct {
	ID, Title, Grid, Note string
	Until                 clock.Date
	Route                 geom.Geometry
	Points                []Point
}

// Point is one of its places. Seen is zero while nobody was there.
type Point struct {
	At    geom.XY
	Seen  time.Time
	Found bool
}

// RoundsOf gives the open rounds that the actor may walk; the wiring puts it here. Nil: the street has none.
var RoundsOf func(ctx context.Context, tx tenants.Tx) ([]Round, error)

// canvasWidth is the width of the map in its own units: about what a phone has.
const canvasWidth = 600

func today(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := cases.MyTasks(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	var mine []Grid
	var rounds []Round
	if cfg.On("grids") && GridsOf != nil && RoundsOf != nil {
		if mine, err = grids(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		if rounds, err = RoundsOf(ctx, tx); err != nil {
			return web.Reply{}, err
		}
	}
	c, drawn := lay(mine, list, rounds)
	out := day{Person: tx.Actor().Person, At: clock.Now(ctx).UnixMilli(), Tasks: []task{}, Rounds: []round{}}
	for _, t := range list {
		one := task{ID: t.ID, Of: t.Of, Number: t.Number, Class: t.Class, Place: t.Place, State: t.Assigned.Text, Light: string(t.Light), Href: t.Href, Receive: t.Receive, Waiting: t.Waiting}
		if !t.Due.At.IsZero() {
			one.Due = ui.T(ctx, "%s 前办结", ui.Time(t.Due.At))
		}
		if t.Result != "" {
			one.Result = r.Path("/cases/%s/%s", t.ID, t.Result)
		}
		if t.Lon != nil && t.Lat != nil {
			s := onMap(c, geom.XY{X: *t.Lon, Y: *t.Lat})
			one.Spot = &s
		}
		out.Tasks = append(out.Tasks, one)
	}
	for _, x := range rounds {
		one := round{ID: x.ID, Title: x.Title, Grid: x.Grid, Note: x.Note, Until: string(x.Until), Href: r.Path("/rounds/%s", x.ID), Path: c.Path(x.Route), Points: []point{}}
		for _, p := range x.Points {
			q := point{spot: onMap(c, p.At), Found: p.Found}
			if !p.Seen.IsZero() {
				q.Seen = p.Seen.UnixMilli()
			}
			one.Points = append(one.Points, q)
		}
		out.Rounds = append(out.Rounds, one)
	}
	if drawn {
		out.Map = ground(ctx, c, mine)
	}
	return web.JSON(out), nil
}

// lay makes the canvas on which the worker's grids, tasks and rounds lie; drawn is false where nothing lies anywhere.
func lay(mine []Grid, list []cases.Todo, rounds []Round) (c geo.Canvas, drawn bool) {
	var bounds geom.Envelope
	for _, g := range mine {
		bounds = bounds.ExpandToIncludeEnvelope(g.Shape.Envelope())
	}
	for _, x := range rounds {
		bounds = bounds.ExpandToIncludeEnvelope(x.Route.Envelope())
	}
	if bounds.IsEmpty() { // a street without grids: only the points
		for _, t := range list {
			if t.Lon != nil && t.Lat != nil {
				bounds = bounds.ExpandToIncludeXY(geom.XY{X: *t.Lon, Y: *t.Lat})
			}
		}
	}
	if bounds.IsEmpty() {
		return geo.Canvas{}, false
	}
	return geo.Fit(bounds, canvasWidth), true
}

func ground(ctx context.Context, c geo.Canvas, mine []Grid) *canvas {
	metres, units := c.Scale()
	m := &canvas{Width: c.Width, Height: c.Height, West: c.West, North: c.North, PerLon: c.PerLon, PerLat: c.PerLat, Scale: ui.T(ctx, "%d 米", metres), ScaleWidth: units, Areas: []string{}}
	if metres >= 1000 {
		m.Scale = ui.T(ctx, "%d 公里", metres/1000)
	}
	for _, g := range mine {
		m.Areas = append(m.Areas, c.Path(g.Shape.AsGeometry()))
	}
	return m
}

func onMap(c geo.Canvas, p geom.XY) spot {
	x, y := c.XY(p)
	return spot{X: round1(x), Y: round1(y)}
}

// grids are those in which the actor walks: by their own codes, or all of his communities.
func grids(ctx context.Context, tx tenants.Tx) (out []Grid, err error) {
	at := auth.Where(tx.Actor(), auth.PatrolsDo)
	list, err := GridsOf(ctx, tx)
	for _, g := range list {
		if slices.ContainsFunc(at, func(at auth.At) bool {
			return at.Unit == "" && (at.Grid == g.Code || at.Grid == "" && at.Community != "" && at.Community == g.Community)
		}) {
			out = append(out, g)
		}
	}
	return out, err
}

// round1 is a tenth of a unit: what is finer nobody sees.
func round1(v float64) float64 { return math.Round(v*10) / 10 }
