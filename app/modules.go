package app

import (
	"context"

	"wanjie/app/assessment"
	"wanjie/app/cases"
	"wanjie/app/cases/papers"
	"wanjie/app/cases/registers"
	"wanjie/app/cases/replies"
	"wanjie/app/cases/shifts"
	"wanjie/app/cases/supervision"
	"wanjie/app/grids"
	"wanjie/app/handover"
	"wanjie/app/module"
	"wanjie/app/orders"
	"wanjie/app/whistle"
	"wanjie/tenants"
)

func init() { // features do not import each other both ways
	cases.Locate, cases.HomeOf = grids.GridOf, grids.CommunityOf
	cases.Supervision = supervision.Beside
	cases.WorkersIn = func(ctx context.Context, tx tenants.Tx, community string) ([]cases.Hand, error) {
		staff, err := grids.StaffIn(ctx, tx, community)
		out := make([]cases.Hand, len(staff))
		for i, d := range staff {
			out[i] = cases.Hand{Person: d.Person, Grid: d.Grid}
		}
		return out, err
	}
	cases.Panels = append(cases.Panels, handover.Panel, whistle.Panel)
	cases.Beside = replies.Beside
}

// Modules are the street modules, in menu order. Deleting one is deleting its line here and its two
// folders.
var Modules = []module.Module{
	cases.Module.With(papers.Part, replies.Part, orders.Part, shifts.Part, supervision.Part, registers.Part),
	grids.Module,
	handover.Module,
	whistle.Module,
	assessment.Module,
}
