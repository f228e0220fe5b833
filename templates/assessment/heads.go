package assessment

import (
	"context"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

func (p Cases) heads(ctx context.Context) []ui.Column {
	out := []ui.Column{
		{Label: ui.T(ctx, "案卷编号")}, {Label: ui.T(ctx, "标题"), Title: true}, {Label: ui.T(ctx, "类别")}, {Label: ui.T(ctx, "承办单位")}, {Label: ui.T(ctx, "状态")},
		{Label: ui.T(ctx, "上报时间")}, {Label: ui.T(ctx, "处置期限"), Wide: true}, {Label: ui.T(ctx, "结案时间")},
	}
	if p.Worth != "" {
		out = append(out, ui.Column{Label: p.Worth, Number: true})
	}
	return out
}

// asking lets the page ask again while a job counts.
func (w Wait) asking() templ.Attributes {
	if w.Refresh == "" {
		return nil
	}
	return templ.Attributes{"hx-get": w.Refresh, "hx-trigger": "every 3s", "hx-target": "#main", "hx-select": "#main", "hx-swap": "outerHTML"}
}
