package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/app/grids/patrol"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// centres is about where the busy streets lie, in degrees; their outlines are made up.
var centres = map[string]geom.XY{"320505003": {X: 120.545, Y: 31.318}, "320505001": {X: 120.598, Y: 31.272}, "320505002": {X: 120.552, Y: 31.296}}

// ground is a made-up lattice of fields over a street, one for each of its communities. Corners are moved a little from
// where a ruler would put them, and neighbours share them, so the fields tile the street.
type ground struct {
	west, south float64
	wide        int // fields in a row
	corner      map[[2]int]geom.XY
	codes       []string
}

// The size of a field, in degrees: about a kilometre.
const fieldLon, fieldLat = .0105, .009

func groundOf(code string) *ground {
	at, ok := centres[code]
	if !ok {
		at = geom.XY{X: 120.5, Y: 31.35}
	}
	g := &ground{wide: 4, corner: map[[2]int]geom.XY{}}
	for _, c := range division.Communities(code) {
		g.codes = append(g.codes, c.Code)
	}
	rows := (len(g.codes) + g.wide - 1) / g.wide
	g.west, g.south = at.X-fieldLon*float64(g.wide)/2, at.Y-fieldLat*float64(rows)/2
	r := rand.New(rand.NewPCG(11, uint64(len(g.codes)))) //nolint:gosec // the same made-up district every time
	for i := range 2*g.wide + 1 {                        // in half fields: each community has two grids
		for j := range rows + 1 {
			g.corner[[2]int{i, j}] = geom.XY{
				X: g.west + fieldLon*(float64(i)/2+(r.Float64()-.5)*.2), Y: g.south + fieldLat*(float64(j)+(r.Float64()-.5)*.3),
			}
		}
	}
	return g
}

// outline is the field of a community's first or second grid.
func (g *ground) outline(n, half int) geo.Shape {
	i, j := 2*(n%g.wide)+half, n/g.wide
	return shape(g.corner[[2]int{i, j}], g.corner[[2]int{i + 1, j}], g.corner[[2]int{i + 1, j + 1}], g.corner[[2]int{i, j + 1}])
}

func shape(corners ...geom.XY) geo.Shape {
	var ring []float64
	for _, p := range append(corners, corners[0]) {
		ring = append(ring, p.X, p.Y)
	}
	text, err := geom.NewSingleRingPolygonXY(ring...).MarshalJSON()
	if err != nil {
		panic(err) // finite numbers
	}
	list, problem := geo.Features(text, geo.CGCS2000)
	if problem != nil || list[0].Problem != nil {
		panic(fmt.Sprint("demo: ", problem, list[0].Problem)) // the lattice is ours
	}
	return list[0].Shape
}

// place is a point in the field of a community, near its middle.
func (g *ground) place(code string, r *rand.Rand) (lon, lat *float64) {
	for n, c := range g.codes {
		if c == code {
			x := g.west + fieldLon*(float64(n%g.wide)+.2+.6*r.Float64())
			y := g.south + fieldLat*(float64(n/g.wide)+.2+.6*r.Float64())
			return &x, &y
		}
	}
	return nil, nil
}

// communities employs somebody in each of a street's communities: one person in the first, another in all the others.
func communities(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	for n, c := range division.Communities(t.Codes[0]) {
		login := others
		if n == 0 && people["community@wanjie.example"] != people[others] {
			login = "community@wanjie.example"
		}
		if err := a.Employ(ctx, t.ID, people[login], nameOf(login), "", auth.Give{Role: auth.Handler, Unit: c.Code}); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// survey draws a street's grids, posts a head and a worker, and has them walk. Drawing the same again changes nothing.
func survey(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	g := groundOf(t.Codes[0])
	var list []grids.Drawing
	for n, c := range division.Communities(t.Codes[0]) {
		for half, name := range []string{"第一网格", "第二网格"} {
			list = append(list, grids.Drawing{N: len(list) + 1, Code: fmt.Sprintf("%s%03d", c.Code, half+1), Name: strings.TrimSuffix(c.Name, "居委会") + name, Kind: grids.Comprehensive,
				Phone: fmt.Sprintf("0512-0000%04d", 10*n+half), Shape: g.outline(n, half), System: geo.CGCS2000})
		}
	}
	if len(list) == 0 {
		return nil
	}
	middle := list[0].Shape.Label()
	part := func(dx, dy, size float64) geo.Shape {
		x, y := middle.X+dx, middle.Y+dy
		return shape(geom.XY{X: x, Y: y}, geom.XY{X: x + size, Y: y}, geom.XY{X: x + size, Y: y + size}, geom.XY{X: x, Y: y + size})
	}
	list = append(list,
		grids.Drawing{N: len(list) + 1, Code: list[0].Code + "-01", Name: "演示小区微网格", Kind: grids.Micro, Parent: list[0].Code, Shape: part(-.001, .001, .001), System: geo.CGCS2000},
		grids.Drawing{N: len(list) + 2, Code: list[0].Code[:12] + "901", Name: "演示农贸市场", Kind: grids.Dedicated, Shape: part(.0002, -.002, .0012), System: geo.CGCS2000})
	return a.DB.Write(ctx, t.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if old, err := grids.On(ctx, tx, clock.DateOf(clock.Now(ctx))); err != nil || len(old) > 0 {
			return err // by a first start that was interrupted
		}
		done, err := grids.Take(ctx, tx, grids.Import{From: clock.DateOf(clock.Now(ctx)).Add(-90), List: list})
		if err != nil {
			return err
		}
		if !done.Written {
			return fmt.Errorf("grids of %s: %d of %d refused, such as %v", t.Name, done.Refused, len(list), done.Rows[0].Problems)
		}
		return staff(ctx, tx, people)
	})
}

// staff posts the made-up head and worker in the street's first grid and plans two patrols there.
func staff(ctx context.Context, tx tenants.Tx, people troupe) error {
	all, err := grids.On(ctx, tx, clock.DateOf(clock.Now(ctx)))
	if err != nil {
		return err
	}
	first := all[0]
	// They have been there for weeks, so that they had work yesterday too.
	then, _ := clock.Hold(ctx, clock.Now(ctx).AddDate(0, 0, -60))
	for _, p := range []struct{ login, role string }{{"gridhead@wanjie.example", auth.GridHead}, {"grid@wanjie.example", auth.GridWorker}} {
		if err := auth.AddMember(ctx, tx, people[p.login], nameOf(p.login), ""); err != nil {
			return err
		}
		if _, err := grids.Post(then, tx, first.ID, grids.Posting{Person: people[p.login], Role: p.role}); err != nil {
			return err
		}
	}
	at := first.Shape.Label()
	way := geom.NewLineStringXY(at.X-.002, at.Y-.002, at.X, at.Y, at.X+.0015, at.Y-.001, at.X+.001, at.Y+.002).AsGeometry()
	for _, o := range []patrol.Order{
		{Title: "消防通道和充电飞线", Note: "看楼道堆物、电动自行车飞线充电和消防通道占用", Route: geom.NewMultiPointXY(at.X-.001, at.Y, at.X+.001, at.Y+.001).AsGeometry(), Frequency: patrol.Frequency{Every: patrol.EveryDay}},
		{Title: "沿河巡查", Note: "看排口、护栏和警示牌", Route: way, Frequency: patrol.Frequency{Every: patrol.EveryWeek, Days: []int{1, 2, 3, 4, 5}}, Within: 2},
	} {
		o.Grid = first.ID
		if _, err := patrol.Plan(ctx, tx, o); err != nil {
			return err
		}
	}
	return nil
}

func nameOf(login string) string {
	for _, p := range cast {
		if p.login == login {
			return p.name
		}
	}
	return login
}
