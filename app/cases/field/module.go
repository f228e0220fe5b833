package field

import (
	"context"

	"wanjie/app/auth"
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

// Grid is one of the street's grids, by its code.
type Grid struct{ Code, Name, ID, Community string }

// GridsOf gives the grids of these codes; the wiring puts it here. Nil: the street has none.
var GridsOf func(ctx context.Context, tx tenants.Tx, codes []string) ([]Grid, error)

func routes(r web.Routes) {
	r.Get("/field", auth.PatrolsDo, func(_ context.Context, _ tenants.Tx, r *web.Request) (web.Reply, error) {
		return web.See(r.Path("/field/")), nil
	})
	r.Get("/field/{$}", auth.PatrolsDo, page)
	r.Get("/field/worker.js", auth.PatrolsDo, worker)
	r.Get("/field/manifest.json", auth.PatrolsDo, manifest)
	r.Get("/field/me", auth.PatrolsDo, me)
	r.Get("/field/tasks", auth.PatrolsDo, tasks)
	r.Get("/field/sent", auth.PatrolsDo, sent)
}
