package community

import (
	"context"
	"time"

	"wanjie/app/clock"
	"wanjie/app/logo"
	"wanjie/app/qr"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/community"
	posters "wanjie/templates/posters"
)

// doorOf is the address of a post's page at the residents' door.
func doorOf(r *web.Request, o *Post) string { return r.Residents("/news/%s", o.ID) }

// scan is the code of an event for its sheet.
func scan(r *web.Request, o *Post) (s view.Scan, err error) {
	s.Door, s.Poster = doorOf(r, o), r.Path("/community/%s/poster", o.ID)
	s.Code, err = qr.Data(s.Door, 4)
	return s, err
}

// poster is a sheet for notice boards that leads residents to an event. Only what is published has one.
func poster(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	o, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	if o.Form != Event || o.State != Published {
		return web.Reply{}, errNone()
	}
	p := posters.Poster{Street: tx.Tenant().Name, Title: o.Title, Scan: "微信或手机相机扫一扫，查看详情", CodeName: ui.T(ctx, "活动二维码"), Logo: logo.Public(tx.Tenant()),
		Lines: []string{"时间：" + printed(o.BeginsAt), "地点：" + o.Venue}, Door: doorOf(r, o), Back: r.Path("/community/%s", o.ID)}
	if o.Audience != "" {
		p.Lines = append(p.Lines, "对象："+o.Audience)
	}
	if !o.SignupUntil.IsZero() {
		p.Scan += "、报名"
		p.Lines = append(p.Lines, "报名截止："+printed(o.SignupUntil))
	}
	if o.Contact != "" {
		p.Hotline = "联系方式 " + o.Contact
	}
	if p.Code, err = qr.Data(p.Door, 12); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "打印海报"), posters.PosterView(p)).
		Under(web.Crumb(ui.T(ctx, "社区生活"), r.Path("/community")), web.Crumb(o.Title, p.Back), web.Crumb(ui.T(ctx, "打印海报"), "")), nil
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

// printed is a point in time as residents read it on paper.
func printed(t time.Time) string {
	t = t.In(clock.Zone)
	return t.Format("2006年1月2日") + "（周" + weekdays[t.Weekday()] + "）" + t.Format("15:04")
}
