package handover

import (
	"context"

	"wanjie/templates/ui"
)

// or shows a mark where nothing is known.
func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}

func listHint(ctx context.Context, p List) string {
	if p.In {
		return ui.T(ctx, "对方移交的案卷先在这里接收或退回，接收后成为本方案卷。")
	}
	return ui.T(ctx, "在待派遣的案卷页面可以移交；办理结果回到原案卷核查。")
}
