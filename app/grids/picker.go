package grids

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/grids"
)

// picker is a map of the street's grids from which a form picks a place; into begins the ids of the form's fields.
func picker(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	list, err := On(ctx, tx, clock.DateOf(clock.Now(ctx)))
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) == 0 {
		p := ui.Empty(ui.T(ctx, "还没有划分网格"), ui.T(ctx, "请直接填写经纬度，或先划分网格。"))
		return web.Page(ui.T(ctx, "选点"), p).Part(p), nil
	}
	m, _ := mapOfGrids(ctx, ui.T(ctx, "选点"), list, uuid.Nil, nil)
	p := view.Picker(m, r.Text("into"))
	return web.Page(ui.T(ctx, "选点"), p).Part(p), nil
}
