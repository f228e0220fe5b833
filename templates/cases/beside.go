package cases

import (
	"context"

	"wanjie/templates/ui"
)

func unitLabel(ctx context.Context, p Dispatch) string {
	if p.Joining {
		return ui.T(ctx, "协办单位")
	}
	return ui.T(ctx, "承办单位")
}

func dispatchButton(ctx context.Context, p Dispatch) string {
	if p.Joining {
		return ui.T(ctx, "增派协办")
	}
	return ui.T(ctx, "派遣")
}
