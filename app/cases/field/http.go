package field

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/static"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/field"
)

// channel is by which grid workers' reports come.
const channel = "grid"

// page is the whole page, as the phone keeps it: of the street, and of nobody in it.
func page(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Page{
		Street: tx.Tenant().Name, Demo: tx.Tenant().Demo, Colour: colourOf(tx), Base: r.Base, Guard: r.Guard(), Case: tenants.NewID().String(),
		Channel: channel, System: string(geo.CGCS2000),
	}
	if cfg.On("grids") {
		p.Grids, p.Patrols = r.Path("/grids"), r.Path("/patrols")
	}
	often, err := oftenReported(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p.Tiles, p.Groups = classes(cfg, often)
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			p.Communities = append(p.Communities, ui.Option{Value: u.Key, Label: u.Name})
		}
	}
	var whole bytes.Buffer
	if err := view.FieldPage(p).Render(ctx, &whole); err != nil {
		return web.Reply{}, fmt.Errorf("render the field page: %w", err)
	}
	return web.File("", "text/html; charset=utf-8", whole.Bytes()), nil
}

// The classes that stand on tiles: what grid workers reported most of late.
const (
	mostTiles = 8
	lately    = 90 * 24 * time.Hour
	mostRead  = 5000 // of their reports
)

func oftenReported(ctx context.Context, tx tenants.Tx) ([]string, error) {
	var out []string
	err := tx.Raw(`SELECT class FROM (SELECT class FROM cases WHERE tenant_id = ? AND channel = ? AND reported_at > ? ORDER BY reported_at DESC LIMIT ?) c
		GROUP BY class ORDER BY count(*) DESC, class LIMIT ?`, int32(tx.ID()), channel, clock.Now(ctx).Add(-lately), mostRead, 4*mostTiles).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("what grid workers report most: %w", err)
	}
	return out, nil
}

// classes are the tiles, and every class in its group. A street where little was reported gets the first ones that may be
// mended on the spot on its tiles.
func classes(cfg *blueprint.Config, often []string) (tiles []view.Class, groups []view.Group) {
	var fill []view.Class
	byKey := map[string]view.Class{}
	for _, top := range cfg.ClassesUnder("") {
		g := view.Group{Title: top.Title}
		for i, k := range append([]blueprint.Class{top}, cfg.ClassesUnder(top.Key)...) {
			c := view.Class{Key: k.Key, Title: k.Title, Spot: cfg.RouteFor(channel, k.Key, false).OnSpot}
			g.Classes, byKey[k.Key] = append(g.Classes, c), c
			if i == 1 && c.Spot { // one of each group
				fill = append(fill, c)
			}
		}
		groups = append(groups, g)
	}
	for _, key := range often {
		if c, ok := byKey[key]; ok && len(tiles) < mostTiles {
			tiles = append(tiles, c)
		}
	}
	for _, c := range fill {
		if len(tiles) < mostTiles && !slices.Contains(tiles, c) {
			tiles = append(tiles, c)
		}
	}
	return tiles, groups
}

// worker is the service worker; where it lies says which pages are its own.
func worker(context.Context, tenants.Tx, *web.Request) (web.Reply, error) {
	style := static.Path("wanjie.css")
	assets, err := json.Marshal(map[string]any{
		"edition": style, // its digest is the whole set's
		"files":   []string{style, static.Path("fieldqueue.js"), static.Path("fieldphotos.js"), static.Path("fieldday.js"), static.Path("field.js"), static.Path("mark.svg"), static.Path("chevron.svg"), static.Path("check.svg")},
	})
	script := fmt.Appendf(nil, "self.fieldAssets = %s;\nimportScripts(%q, %q);\n", assets, static.Path("fieldqueue.js"), static.Path("fieldworker.js"))
	return web.File("", "text/javascript; charset=utf-8", script), err
}

// manifest lets the page be installed under the street's name.
func manifest(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return web.JSON(map[string]any{
		"id": r.Path("/field/"), "start_url": r.Path("/field/"), "scope": r.Path("/field/"), "display": "standalone", "lang": ui.Lang(ctx),
		"name": ui.T(ctx, "%s网格上报", tx.Tenant().Name), "short_name": ui.T(ctx, "网格上报"), "theme_color": colourOf(tx), "background_color": "#f4f6f9",
		"icons": icons(r),
	}), nil
}

type myGrid struct {
	Name string `json:"name"`
	Href string `json:"href"`
}

// me says who is signed in, by our own number, and what the page should know of him.
func me(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	out := struct {
		Person    int64    `json:"person"`
		Spot      bool     `json:"spot"`
		Community string   `json:"community"`
		Grids     []myGrid `json:"grids"`
	}{Person: tx.Actor().Person, Spot: cases.OnSpot(tx.Actor(), cfg)}
	for _, at := range auth.Where(tx.Actor(), auth.PatrolsDo) {
		if out.Community == "" {
			out.Community = at.Community
		}
	}
	if GridsOf == nil || !cfg.On("grids") {
		return web.JSON(out), nil
	}
	list, err := grids(ctx, tx)
	for _, g := range list {
		out.Grids = append(out.Grids, myGrid{g.Name, r.Path("/grids/%s", g.ID)})
		if out.Community == "" {
			out.Community = g.Community
		}
	}
	return web.JSON(out), err
}

// sent says whether a report of the asker's own came in, by its number.
func sent(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := uuid.Parse(r.Text("id"))
	if err != nil {
		return web.Reply{}, fault.New(fault.NotFound, "页面不存在")
	}
	var number string
	err = tx.Raw("SELECT number FROM cases WHERE tenant_id = ? AND id = ? AND reported_by = ?", int32(tx.ID()), id, tx.Actor().Person).Scan(ctx, &number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return web.Reply{}, fmt.Errorf("the report %s: %w", id, err)
	}
	return web.JSON(map[string]string{"number": number}), nil
}
