package leader

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/module"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Part is what the door brings to the module of cases.
var Part = module.Module{
	Routes: routes,
	Nav:    []module.Entry{{Title: ui.Key("领导首页"), Path: "/leader", May: auth.CasesInstruct, Badge: badge}},
}

// badge counts what waits for the actor's word.
func badge(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (int, error) {
	if !auth.CanSomewhere(tx.Actor(), auth.CasesInstruct) {
		return 0, nil
	}
	w, err := waiting(ctx, tx, cfg)
	return w.count(), err
}

func routes(r web.Routes) {
	r.Get("/leader", auth.CasesInstruct, func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		return show(ctx, tx, r, tried{})
	})
	r.Post("/leader/applications/{id}", auth.CasesApprove, post("已审批", decideApplication))
	r.Post("/leader/exclusions/{id}", auth.CasesApprove, post("已审批", decideExclusion))
	r.Post("/leader/orders/{id}", auth.CasesSupervise, post("已审批", decideOrder))
	r.Post("/leader/cases/{id}/instruct", auth.CasesInstruct, post("已批示", instruct))
	r.Post("/leader/cases/{id}/supervise", auth.CasesSupervise, post("已签发督办单", supervise))
}
