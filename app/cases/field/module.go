package field

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/geo"
	"wanjie/app/module"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Part is what the door brings to the module of cases.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("网格上报"), Path: "/field/", May: auth.PatrolsDo}},
}

// Grid is one of the street's grids as it lies today.
type Grid struct {
	Code, Name, ID, Community string
	Shape                     geo.Shape
}

// GridsOf gives the street's grids; the wiring puts it here. Nil: the street has none.
var GridsOf func(ctx context.Context, tx tenants.Tx) ([]Grid, error)

// StrongOf is the step of a street's colour on which white can be read, empty for what is no colour; the wiring puts it
// here. Nil: the colour itself.
var StrongOf func(colour string) string

func routes(r web.Routes) {
	r.Get("/field", auth.PatrolsDo, func(_ context.Context, _ tenants.Tx, r *web.Request) (web.Reply, error) {
		return web.See(r.Path("/field/")), nil
	})
	r.Get("/field/{$}", auth.PatrolsDo, page)
	r.Get("/field/worker.js", auth.PatrolsDo, worker)
	r.Get("/field/manifest.json", auth.PatrolsDo, manifest)
	r.Get("/field/me", auth.PatrolsDo, me)
	r.Get("/field/day", auth.PatrolsDo, today)
	r.Get("/field/sent", auth.PatrolsDo, sent)
	for _, i := range drawnIcons {
		r.Get("/field/"+i.name(), auth.PatrolsDo, i.serve)
	}
}
