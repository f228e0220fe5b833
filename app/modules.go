package app

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/admin"
	"wanjie/app/assessment"
	"wanjie/app/cases"
	"wanjie/app/cases/field"
	"wanjie/app/cases/papers"
	"wanjie/app/cases/photos"
	"wanjie/app/cases/receipts"
	"wanjie/app/cases/registers"
	"wanjie/app/cases/replies"
	"wanjie/app/cases/shifts"
	"wanjie/app/cases/supervision"
	"wanjie/app/clock"
	"wanjie/app/community"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/app/hall"
	"wanjie/app/handover"
	"wanjie/app/leader"
	"wanjie/app/module"
	"wanjie/app/orders"
	"wanjie/app/resident"
	"wanjie/app/services"
	"wanjie/app/whistle"
	"wanjie/tenants"
)

func init() { // features do not import each other both ways
	cases.Locate, cases.HomeOf = grids.GridOf, grids.CommunityOf
	cases.Outlines = func(ctx context.Context, tx tenants.Tx) ([]geo.Shape, error) {
		return grids.Outlines(ctx, tx, clock.DateOf(clock.Now(ctx)))
	}
	cases.Supervision = supervision.Beside
	cases.CrewOf = func(ctx context.Context, tx tenants.Tx, grid string) (out []int64, err error) {
		crew, err := grids.OnDuty(ctx, tx, grid, clock.Now(ctx))
		for _, d := range append(crew.Heads, crew.Workers...) {
			out = append(out, d.Person)
		}
		return out, err
	}
	cases.WorkersIn = func(ctx context.Context, tx tenants.Tx, community string) ([]cases.Hand, error) {
		staff, err := grids.StaffIn(ctx, tx, community)
		out := make([]cases.Hand, len(staff))
		for i, d := range staff {
			out[i] = cases.Hand{Person: d.Person, Grid: d.Grid}
		}
		return out, err
	}
	field.GridsOf = func(ctx context.Context, tx tenants.Tx) (out []field.Grid, err error) {
		list, err := grids.Lie(ctx, tx, clock.DateOf(clock.Now(ctx)))
		for _, g := range list {
			out = append(out, field.Grid{Code: g.Code, Name: g.Name, ID: g.ID.String(), Community: g.Community, Shape: g.Shape})
		}
		return out, err
	}
	field.RoundsOf = walks
	field.StrongOf = func(colour string) string {
		_, strong, _, _, _ := admin.Colours(colour)
		return strong
	}
	hall.AreasOf = func(ctx context.Context, tx tenants.Tx) (out []hall.Area, err error) {
		list, err := grids.Lie(ctx, tx, clock.DateOf(clock.Now(ctx)))
		for _, g := range list {
			if g.Kind == grids.Comprehensive {
				out = append(out, hall.Area{Code: g.Code, Name: g.Name, Shape: g.Shape})
			}
		}
		return out, err
	}
	photos.Join()
	photos.MayHandover = func(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
		_, err := handover.Find(ctx, tx, id)
		return err
	}
	cases.Panels = []cases.Panel{photos.Panel, receipts.Panel, supervision.Panel, replies.Panel, handover.Panel, whistle.Panel}
	cases.MayText, cases.Unreached = resident.MayText, receipts.Unreached
	resident.Kept = []resident.Keeping{services.Kept, community.Kept}
	resident.Fresh = community.Fresh
}

// Modules are the street modules, in menu order. Deleting one is deleting its line here and its two
// folders.
var Modules = []module.Module{
	cases.Module.With(papers.Part, photos.Part, replies.Part, receipts.Part, orders.Part, shifts.Part, supervision.Part, registers.Part, field.Part, leader.Part, hall.Part),
	grids.Module,
	handover.Module,
	whistle.Module,
	assessment.Module,
	services.Module,
	community.Module,
}
