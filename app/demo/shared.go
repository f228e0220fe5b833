package demo

import (
	"context"

	"wanjie/app"
	"wanjie/app/cases"
	"wanjie/app/handover"
	"wanjie/app/whistle"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// share hands one case of the street up to the police of its district, and calls two units of its own and two bureaus of
// the district to a collapsed wall.
func share(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	begun := false
	if err := a.DB.Read(ctx, t.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		list, _, err := handover.Browse(ctx, tx, handover.Out, true, 1)
		begun = len(list) > 0
		return err
	}); err != nil || begun {
		return err
	}
	community := ""
	if all := division.Communities(t.Codes[0]); len(all) > 0 {
		community = all[0].Code
	}
	as := func(login string, f func(context.Context, tenants.Tx) error) error {
		return a.DB.Write(ctx, t.ID, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
	}
	var c, wall *cases.Case
	if err := as("intake", func(ctx context.Context, tx tenants.Tx) (err error) {
		in := cases.Intake{Channel: "phone", Class: "extension-35", Community: community, Words: cases.Words{
			Title: "烧烤店门前夜间斗殴", Description: "烧烤店门前连续两晚有人酒后斗殴，居民不敢出门，请公安到场处理。", Address: "演示路18号", Petitioner: "演示居民", Phone: "13800000018"}}
		if c, err = cases.Report(ctx, tx, in); err != nil {
			return err
		}
		if c, err = cases.File(ctx, tx, c.ID, cases.Filing{}); err != nil {
			return err
		}
		in.Class, in.Urgent = "extension-23002", true
		in.Words = cases.Words{Title: "围墙倒塌压住行道树", Description: "停车场西侧围墙倒塌，压住行道树和三辆电动自行车，砖块散落人行道。", Address: "演示路27号西侧"}
		wall, err = cases.Report(ctx, tx, in)
		return err
	}); err != nil {
		return err
	}
	if err := as("dispatcher", func(ctx context.Context, tx tenants.Tx) error {
		_, err := handover.HandOver(ctx, tx, c.ID, handover.Order{To: "police", Reason: "治安案件由公安主责：《治安管理处罚法》"})
		return err
	}); err != nil {
		return err
	}
	return as("lead", func(ctx context.Context, tx tenants.Tx) error {
		_, err := whistle.Blow(ctx, tx, whistle.Order{
			Kind: whistle.Emergency, Case: wall.ID, Units: []string{"urban-construction", "sanitation", blueprint.CentreUnit("housing"), blueprint.CentreUnit("emergency")}, Purpose: "围墙倒塌，须支护、清障、扶正行道树", Address: "演示路27号西侧", Community: community,
		})
		return err
	})
}
