package demo

import (
	"context"
	"time"

	"wanjie/app"
	"wanjie/app/clock"
	"wanjie/app/config"
	"wanjie/app/hall"
	"wanjie/app/support"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// visited lets the vendor's operator into the street for an hour, three days ago, and asks for another visit.
func visited(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	for _, v := range []struct {
		ago    time.Duration
		wish   support.Wish
		answer string
	}{
		{74 * time.Hour, support.Wish{Purpose: "fault", Words: "街道来电：导出文件打不开，需在现场设置中核对文件格式。", Hours: 2}, "同意，请在下班前完成。"},
		{time.Hour, support.Wish{Purpose: "setup", Words: "协助配置新的12345对接密钥和派单时限。", Hours: 4}, ""},
	} {
		at := clock.Now(ctx).Add(-v.ago)
		as := func(login string, f func(context.Context, tenants.Tx) error) error {
			held, _ := clock.Hold(ctx, at)
			at = at.Add(20 * time.Minute)
			return a.DB.Write(held, t.ID, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
		}
		v.wish.ID, v.wish.Name = tenants.NewID(), nameOf("operator@wanjie.example")
		if err := as("operator", func(ctx context.Context, tx tenants.Tx) error {
			_, err := support.Ask(ctx, tx, v.wish)
			return err
		}); err != nil {
			return err
		}
		if v.answer == "" {
			continue
		}
		if err := as("security", func(ctx context.Context, tx tenants.Tx) error {
			_, err := support.Decide(ctx, tx, v.wish.ID, true, v.answer)
			return err
		}); err != nil {
			return err
		}
		if err := as("operator", func(ctx context.Context, tx tenants.Tx) error {
			_, err := support.Leave(ctx, tx, v.wish.ID)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// hang puts a screen on the wall of the street's hall, and answers its door: the key is part of the address.
func hang(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) (config.Account, error) {
	wall := config.Account{Group: theStreet, Door: ui.Key("指挥大屏"), About: ui.Key("挂在指挥大厅的大屏，实时更新，没有个人信息"), Name: "指挥大厅"}
	return wall, a.DB.Write(ctx, t.ID, tenants.Actor{Person: people["security@wanjie.example"]}, func(ctx context.Context, tx tenants.Tx) error {
		_, key, err := hall.Make(ctx, tx, tenants.NewID(), wall.Name)
		wall.URL = a.Config.PublicURL + "/hall/" + t.Slug + "/#" + key
		return err
	})
}
