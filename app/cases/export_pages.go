package cases

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// exportPageOf is the form of an export: by GET when it can leave at once, by POST when a job must write it.
func exportPageOf(ctx context.Context, tx tenants.Tx, r *web.Request, w Wish, refused *fault.Error) (view.ExportForm, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.ExportForm{}, err
	}
	count, err := w.Filter.count(ctx, tx, Wish{}.reach(tx.Actor()), exportMost+1)
	if err != nil {
		return view.ExportForm{}, err
	}
	query := w.Filter.query()
	p := view.ExportForm{
		Form:  view.Form{Key: "export", Action: r.Path("/cases/export/download"), Guard: r.Guard(), Values: map[string]string{"format": string(w.Format), "entire": "no", "purpose": w.Purpose}},
		Count: count, Later: count > exportAtOnce, Filter: n.filter(w.Filter), Exports: r.Path("/cases/exports"), Back: r.Path("/cases?%s", query.Encode()),
		Formats: []ui.Option{
			{Value: string(sheets.Excel), Label: "Excel", Help: ui.T(ctx, "办公软件直接打开")},
			{Value: string(sheets.CSV), Label: "CSV", Help: ui.T(ctx, "供其他系统读取")},
		},
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			p.Hidden = append(p.Hidden, ui.Option{Value: name, Label: value})
		}
	}
	switch {
	case count == 0:
		p.Stop = ui.T(ctx, "没有符合条件的案卷")
	case count > exportMost:
		p.Stop = ui.T(ctx, fault.Of(errExportMost()).Say)
	default:
		p.Filter = append(p.Filter, ui.Fact{Label: ui.T(ctx, "件数"), Value: ui.T(ctx, "%s 件", ui.Number(count))})
	}
	if p.Later {
		p.Action = r.Path("/cases/exports")
	}
	if p.Values["format"] == "" {
		p.Values["format"] = string(sheets.Excel)
	}
	if w.Entire {
		p.Values["entire"] = "yes"
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesDisclose) {
		p.Contents = []ui.Option{
			{Value: "no", Label: ui.T(ctx, "脱敏"), Help: ui.T(ctx, "不含详细地址和问题描述")},
			{Value: "yes", Label: ui.T(ctx, "完整信息"), Help: ui.T(ctx, "含诉求人姓名、电话、地址和问题描述")},
		}
		for _, key := range []string{"export_callback", "export_handling", "export_superior", "export_review"} {
			p.Purposes = append(p.Purposes, ui.Option{Value: key, Label: ui.T(ctx, exportPurposes[key])})
		}
	}
	if refused != nil {
		refuse(ctx, &p.Form, refused)
	}
	return p, nil
}

// filter says what is chosen, in words.
func (n names) filter(f Filter) []ui.Fact {
	stage := ui.T(n.ctx, "在办")
	switch {
	case f.Stage == Any:
		stage = ui.T(n.ctx, "全部")
	case f.Stage.Title() != "":
		stage = ui.T(n.ctx, f.Stage.Title())
	}
	out := []ui.Fact{{Label: ui.T(n.ctx, "状态"), Value: stage}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, ui.Fact{Label: label, Value: value})
		}
	}
	if f.Class != "" {
		add(ui.T(n.ctx, "类别"), n.meant(f.Class))
	}
	if f.Channel != "" {
		add(ui.T(n.ctx, "来源"), n.channel(f.Channel))
	}
	add(ui.T(n.ctx, "承办单位"), n.unit(f.Unit))
	add(ui.T(n.ctx, "社区"), n.unit(f.Community))
	add(ui.T(n.ctx, "案卷编号"), f.Number)
	if f.From != "" || f.To != "" {
		add(ui.T(n.ctx, "上报日期"), strings.TrimSpace(f.From+" — "+f.To))
	}
	if title := f.Light.Title(); title != "" {
		add(ui.T(n.ctx, "亮灯"), ui.T(n.ctx, title))
	}
	if f.Late {
		add(ui.T(n.ctx, "时限"), ui.T(n.ctx, "已超期"))
	}
	if f.Mine {
		add(ui.T(n.ctx, "上报人"), ui.T(n.ctx, "本人"))
	}
	if len(f.Cases) > 0 {
		add(ui.T(n.ctx, "勾选"), ui.T(n.ctx, "%s 件", ui.Number(len(f.Cases))))
	}
	return out
}

func exportsPage(ctx context.Context, tx tenants.Tx, r *web.Request, list []Export) (view.Exports, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Exports{}, err
	}
	p := view.Exports{Path: r.Path("/cases/exports")}
	for i := range list {
		x := &list[i]
		w, err := x.wish(n.box)
		if err != nil {
			return p, err
		}
		var what []string
		for _, f := range n.filter(w.Filter) {
			what = append(what, f.Label+"："+f.Value)
		}
		row := view.ExportRow{
			Asked: x.AskedAt, What: strings.Join(what, "；"), Format: map[sheets.Format]string{sheets.CSV: "CSV", sheets.Excel: "Excel"}[x.Format],
			Content: view.Tag{Tone: ui.Neutral, Text: ui.T(ctx, "脱敏")}, Remove: r.Path("/cases/exports/%s/remove", x.ID), Guard: r.Guard(),
		}
		if x.Entire {
			row.Content = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, "完整信息")}
		}
		retry := false
		switch progress := ui.Number(x.Written) + " / " + ui.Number(x.Total); {
		case x.Expired(n.now):
			row.State, row.Until, retry = view.Tag{Tone: ui.Neutral, Text: ui.T(ctx, "已过期")}, x.ExpiresAt, true
		case x.State == ExportDone:
			row.State, row.Until = view.Tag{Tone: ui.Good, Text: ui.T(ctx, "可下载")}, x.ExpiresAt
			row.Note, row.Download = ui.T(ctx, "%s 件", ui.Number(x.Written)), r.Path("/cases/exports/%s/download", x.ID)
		case x.State == ExportFailed:
			row.State, row.Note, retry = view.Tag{Tone: ui.Bad, Text: ui.T(ctx, "未完成")}, ui.T(ctx, x.Why), true
		case x.Stuck(n.now):
			row.State, row.Note, retry = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, "已中断")}, progress, true
		case x.State == ExportRunning:
			row.State, row.Note, p.Moving = view.Tag{Tone: ui.Info, Text: ui.T(ctx, "生成中")}, progress, true
		default:
			row.State, p.Moving = view.Tag{Tone: ui.Info, Text: ui.T(ctx, "排队中")}, true
		}
		if retry {
			row.Retry = r.Path("/cases/exports/%s/retry", x.ID)
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}
