package app

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/cases/field"
	"wanjie/app/grids/patrol"
	"wanjie/tenants"
)

// walks are the open rounds of whoever asks, for the grid worker's page.
func walks(ctx context.Context, tx tenants.Tx) ([]field.Round, error) {
	open, err := patrol.Waiting(ctx, tx)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	ids, patrols := make([]uuid.UUID, len(open)), make([]uuid.UUID, len(open))
	for i := range open {
		ids[i], patrols[i] = open[i].ID, open[i].PatrolID
	}
	checked, err := patrol.ChecksOf(ctx, tx, ids...)
	if err != nil {
		return nil, err
	}
	of, err := patrol.FindAll(ctx, tx, patrols...)
	if err != nil {
		return nil, err
	}
	out := make([]field.Round, len(open))
	for i := range open {
		x := &open[i]
		p := of[x.PatrolID] // a round has its patrol: the key says so
		route, err := p.Lies()
		if err != nil {
			return nil, err
		}
		one := field.Round{ID: x.ID.String(), Title: x.Title, Grid: x.GridName, Note: p.Note, Until: x.UntilOn, Route: route}
		for _, at := range patrol.Points(route) {
			one.Points = append(one.Points, field.Point{At: at})
		}
		for _, k := range checked {
			if k.RoundID == x.ID && int(k.Point) <= len(one.Points) {
				at := &one.Points[k.Point-1]
				at.Seen, at.Found = k.SeenAt, k.Found
			}
		}
		out[i] = one
	}
	return out, nil
}
