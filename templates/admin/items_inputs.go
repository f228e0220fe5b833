package admin

import (
	"context"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

func openWord(ctx context.Context, may bool) string {
	if may {
		return ui.T(ctx, "修改")
	}
	return ui.T(ctx, "查看")
}

func (in ItemInput) tall(rows int) ui.Input {
	in.Rows = rows
	return in.Input
}

// choosing is a select that may stay empty, or must be chosen from.
func choosing(ctx context.Context, in ui.Input) ui.Input {
	in.Placeholder = ui.T(ctx, "不选")
	if in.Required {
		in.Placeholder = ui.T(ctx, "请选择")
	}
	return in
}

// ticking is a checkbox that sends true.
func ticking(in ui.Input) ui.Input {
	in.Value, in.Required = "true", false
	return in
}

func numeric(in ui.Input) ui.Input {
	in.Type, in.Attrs = "number", templ.Attributes{"inputmode": "numeric", "min": "0"}
	return in
}
