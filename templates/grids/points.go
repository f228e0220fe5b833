package grids

import (
	"context"
	"strconv"

	"wanjie/templates/ui"
)

func pointOptions(ctx context.Context, list []PointRow) (out []ui.Option) {
	for _, r := range list {
		out = append(out, ui.Option{Value: strconv.Itoa(r.N), Label: ui.T(ctx, "%s号点位", strconv.Itoa(r.N))})
	}
	return out
}
