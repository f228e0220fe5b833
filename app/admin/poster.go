package admin

import (
	"context"

	"wanjie/app/fault"
	"wanjie/app/logo"
	"wanjie/app/qr"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/posters"
)

// poster is a sheet for notice boards that leads residents to their door. A tenant without residents has none.
func poster(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	t := tx.Tenant()
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	if t.Kind != tenants.Street || !cfg.On("cases") {
		return web.Reply{}, fault.New(fault.NotFound, "页面不存在")
	}
	p := view.Poster{Street: t.Name, Title: "有事扫码说", Scan: "微信或手机相机扫一扫", CodeName: ui.T(ctx, "居民端二维码"), Door: r.Residents("/"), Back: r.Path("/admin/branding"), Logo: logo.Public(t),
		Lines: []string{"反映身边的问题，拍照即可", "查询办理进度，评价办理结果"}}
	if cfg.On("services") {
		p.Lines = append(p.Lines, "预约帮办代办和上门服务")
	}
	if hotline := cfg.Line("grids.supervise_phone", "12345"); hotline != "" { // the one at the residents' door
		p.Hotline = "服务电话 " + hotline
	}
	if p.Code, err = qr.Data(p.Door, 12); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "打印海报"), view.PosterView(p)).
		Under(web.Crumb(ui.T(ctx, "街道形象"), p.Back), web.Crumb(ui.T(ctx, "打印海报"), "")), nil
}
