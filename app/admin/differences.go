package admin

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// differences is everything that the street made its own of the blueprint, over all kinds.
func (a *desk) differences(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	var by []int64
	for _, src := range s.sources {
		if src.Own != nil {
			by = append(by, src.Own.By)
		}
	}
	names, err := auth.Names(ctx, tx, by...)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Differences{Frame: Frame(tx, r), May: s.may()}
	for _, src := range s.sources {
		if src.Own == nil {
			continue
		}
		d := s.difference(src)
		d.At, d.By = src.Own.At, names.Of(ctx, src.Own.By)
		d.Guard = r.Guard()
		page.List = append(page.List, d)
	}
	return web.Page(ui.T(ctx, "与蓝本的差异"), view.DifferencesView(page)).Under(web.Crumb(ui.T(ctx, "配置项"), r.Path("/admin/items")), web.Crumb(ui.T(ctx, "与蓝本的差异"), "")), nil
}

// difference is one own item beside the blueprint's.
func (s *sheet) difference(src blueprint.Source) view.Difference {
	d := view.Difference{Source: origin(src), Behind: src.Behind}
	k, shown := kindOf(string(src.Kind))
	if src.Kind == blueprint.Modules || !shown {
		d.Kind, d.Title, d.Href = ui.T(s.ctx, "模块"), titleOf(src.Effective), s.r.Path("/admin/modules")
		say := map[bool]string{true: ui.T(s.ctx, "启用"), false: ui.T(s.ctx, "停用")}
		if src.Blueprint != nil {
			d.Rows = []view.ItemRow{{Blueprint: say[isOn(*src.Blueprint)], Own: say[isOn(src.Effective)]}}
		}
		return d
	}
	line := s.line(k, src)
	d.Kind, d.Title, d.Href = line.Kind, line.Title, line.Href
	if src.Blueprint != nil {
		d.Back = line.Href + "/back"
	}
	if k.kind == blueprint.Settings {
		now := body(&src.Effective)
		row := view.ItemRow{Own: words(s.ctx, now, now.Value)}
		if src.Blueprint != nil {
			row.Blueprint = words(s.ctx, now, body(src.Blueprint).Value)
		}
		d.Rows = []view.ItemRow{row}
		return d
	}
	s.kind = k
	for _, row := range s.compare(src) {
		if row.Differs {
			row.Own = row.Effect
			d.Rows = append(d.Rows, row)
		}
	}
	return d
}

// isOn reports whether a module's item has it on.
func isOn(i blueprint.Item) bool { return string(fieldsOf(i.Body)["on"]) == "true" }
