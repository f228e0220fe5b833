package demo

import (
	"context"
	"slices"
	"time"

	"wanjie/app"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// given is what the first community gave its grid worker: one to sign for, one at work, one that is done and waits for the
// community to hand in.
var given = []struct{ class, title, text, address, then string }{
	{"matter-06036", "楼道堆物", "2号楼三单元一楼楼梯下堆满纸箱和旧沙发，晚上看不清容易绊倒。", "演示路33号2号楼", ""},
	{"extension-23003", "飞线充电", "5号楼北侧有两辆电动自行车从窗户拉线充电。", "演示路33号5号楼北侧", "take"},
	{"extension-20001", "空调滴水纠纷", "楼上空调水滴在晾晒的被子上，两家为此吵了几次。", "演示路33号1号楼", "done"},
}

// give hands the worker of the first grid something to do, for the community that is answerable.
func give(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	all := division.Communities(t.Codes[0])
	if len(all) == 0 {
		return nil
	}
	community := all[0].Code
	for i, g := range given {
		at := clock.Now(ctx).Add(-time.Duration(3+4*i) * time.Hour)
		var c *cases.Case
		as := func(login string, f func(context.Context, tenants.Tx) error) error {
			at = at.Add(10 * time.Minute)
			held, _ := clock.Hold(ctx, at)
			return a.DB.Write(held, t.ID, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
		}
		steps := []struct {
			as string
			do func(context.Context, tenants.Tx) error
		}{
			{"intake", func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: g.class, Community: community, ReportedAt: at,
					Words: cases.Words{Title: g.title, Description: g.text, Address: g.address, Petitioner: "赵阿姨", Phone: "13800000036"}})
				return err
			}},
			{"intake", func(ctx context.Context, tx tenants.Tx) (err error) {
				if c.Stage == cases.Reported || c.Stage == cases.Accepted {
					c, err = cases.File(ctx, tx, c.ID, cases.Filing{})
				}
				return err
			}},
			{"dispatcher", func(ctx context.Context, tx tenants.Tx) (err error) {
				cfg, err := blueprint.For(ctx, tx)
				if err != nil || c.Stage != cases.Filed {
					return err
				}
				unit, _, _ := cfg.Propose(c.Class, c.Community)
				c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: unit, Basis: cases.Statutory})
				return err
			}},
			{"community", func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.Receive(ctx, tx, c.ID)
				return err
			}},
			{"community", func(ctx context.Context, tx tenants.Tx) error {
				grid, err := gridOf(ctx, tx, people["grid@wanjie.example"], community)
				if err != nil {
					return err
				}
				c, err = cases.Assign(ctx, tx, c.ID, c.Lead.ID, grid)
				return err
			}},
			{"grid", func(ctx context.Context, tx tenants.Tx) error {
				mine, err := cases.Tasks(ctx, tx)
				if err != nil {
					return err
				}
				of := mine[slices.IndexFunc(mine, func(m cases.Task) bool { return m.ID == c.ID })].Assignment
				switch g.then {
				case "take":
					c, err = cases.Take(ctx, tx, c.ID, of)
				case "done":
					c, err = cases.FeedBack(ctx, tx, c.ID, of, "上门看过，楼上已接好冷凝水管，两家握手言和。")
				}
				return err
			}},
		}
		for _, s := range steps {
			if err := as(s.as, s.do); err != nil {
				return err
			}
		}
	}
	return nil
}

// gridOf is somebody as the worker of their grid in a community.
func gridOf(ctx context.Context, tx tenants.Tx, person int64, community string) (cases.Hand, error) {
	people, err := cases.HandsOf(ctx, tx, community)
	for _, h := range people {
		if h.Person == person {
			return h, err
		}
	}
	return cases.Hand{}, err
}
