package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wanjie/app"
	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// matters are what the made-up cases are about: class and words.
var matters = []struct{ class, text string }{
	{rubbish, "小区东门外人行道上堆着三四袋生活垃圾，天热有异味，请尽快清运。"},
	{"matter-06013", "路口非机动车道有一处约半米宽的坑洞，夜间骑车容易摔倒。"},
	{"matter-09005", "沿街水果店把货架摆到盲道上，早晚高峰行人只能绕行。"},
	{"matter-09009", "幼儿园门口上下学时段机动车乱停，堵住斑马线。"},
	{"component-01003", "雨水井盖松动，车辆经过发出很大响声，居民夜里休息不好。"},
	{"matter-07001", "楼道里贴满疏通管道的小广告，刚清理又被贴上。"},
	{"matter-06028", "楼下烧烤店营业到凌晨两点，排风机噪声很大。"},
	{"extension-21002", "单元门禁坏了两周，报修后一直没有人来。"},
	{"extension-23003", "有人从三楼拉电线下来给电动自行车充电，存在火灾隐患。"},
	{"matter-06012", "农贸市场后门地面油污严重，老人走路打滑。"},
	{"extension-22001", "独居老人腿脚不便，想了解助餐和上门助浴怎么申请。"},
	{"matter-06042", "3号楼旁的垃圾箱满溢，厨余桶没有盖子。"},
}

var channels = []string{"phone", "window", "resident", "grid", "hotline", "city"}

// fill writes n cases into t through the verbs, as the people whose work each step is, spread over
// the last thirty days: most of them done, some at every stage.
func fill(ctx context.Context, a *app.App, t tenants.Tenant, people troupe, n int) error {
	if begun, err := has(ctx, a, t.ID); err != nil || begun {
		return err // by a first start that was interrupted
	}
	r := rand.New(rand.NewPCG(uint64(t.ID), 7)) //nolint:gosec // the same made-up district every time
	communities, ground := division.Communities(t.Codes[0]), groundOf(t.Codes[0])
	now := clock.Now(ctx)
	for i := range n {
		age := time.Duration(r.IntN(30*24)) * time.Hour
		if i < n/5 {
			age = time.Duration(r.IntN(20)) * time.Hour
		}
		at := now.Add(-age).Add(-time.Duration(r.IntN(3600)) * time.Second)
		matter := matters[r.IntN(len(matters))]
		in := cases.Intake{
			Channel: channels[r.IntN(len(channels))], Class: matter.class, ReportedAt: at, Urgent: r.IntN(12) == 0,
			Words: cases.Words{Description: matter.text, Address: fmt.Sprintf("演示路%d号", 1+r.IntN(300)), Petitioner: "演示居民", Phone: fmt.Sprintf("138%08d", r.IntN(100000000))},
		}
		if len(communities) > 0 {
			in.Community = communities[r.IntN(len(communities))].Code
			in.Lon, in.Lat = ground.place(in.Community, r)
		}
		if r.IntN(6) == 0 { // some come again about what was closed
			in.Petitioner, in.Phone = "演示居民", fmt.Sprintf("1390000%04d", r.IntN(6))
		}
		if in.Channel == "hotline" || in.Channel == "city" {
			in.UpperNo = fmt.Sprintf("%s%06d", at.In(clock.Zone).Format("20060102"), r.IntN(1000000))
		}
		steps := 2 + r.IntN(6)
		if age > 4*24*time.Hour {
			steps = 6 + r.IntN(4)
		}
		if err := walk(ctx, a, t.ID, people, in, at, steps, r); err != nil {
			return fmt.Errorf("case %d: %w", i+1, err)
		}
	}
	return nil
}

// has reports whether a street has any case.
func has(ctx context.Context, a *app.App, id tenants.ID) (some bool, err error) {
	err = a.DB.Read(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		l, err := cases.Browse(ctx, tx, cases.Filter{Stage: cases.Any})
		some = l.Total > 0
		return err
	})
	return some, err
}

// walk takes one case through so many steps, each some hours after the last, as long as that is not
// in the future.
func walk(ctx context.Context, a *app.App, id tenants.ID, people troupe, in cases.Intake, at time.Time, steps int, r *rand.Rand) error {
	var c *cases.Case
	before, after, err := shown(ctx, a, id, in, r)
	if err != nil {
		return err
	}
	as := func(login string, f func(context.Context, tenants.Tx) error) error {
		held, _ := clock.Hold(ctx, at)
		return a.DB.Write(held, id, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
	}
	todo := []func() error{
		func() error {
			return as("intake", func(ctx context.Context, tx tenants.Tx) (err error) {
				if c, err = cases.Report(ctx, tx, in); err != nil {
					return err
				}
				return photos.Add(ctx, tx, c, photos.Before, before...)
			})
		},
		func() error {
			if c.Stage != cases.Reported && c.Stage != cases.Accepted {
				return nil // its route has filed it already
			}
			return as("intake", func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.File(ctx, tx, c.ID, cases.Filing{Urgent: in.Urgent})
				return err
			})
		},
		func() error {
			if c.Stage != cases.Filed {
				return nil // an emergency was dispatched with the report
			}
			return as("dispatcher", func(ctx context.Context, tx tenants.Tx) error {
				cfg, err := blueprint.For(ctx, tx)
				if err != nil {
					return err
				}
				unit, _, ok := cfg.Propose(c.Class, c.Community)
				order := cases.Order{Unit: unit, Basis: cases.Statutory}
				if !ok {
					return nil
				}
				c, err = cases.Dispatch(ctx, tx, c.ID, order)
				return err
			})
		},
		func() error {
			return as("handler", func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.Receive(ctx, tx, c.ID)
				return err
			})
		},
		func() error {
			return as("handler", func(ctx context.Context, tx tenants.Tx) (err error) {
				if c, err = cases.Handle(ctx, tx, c.ID, result(r)); err != nil {
					return err
				}
				return photos.Add(ctx, tx, c, photos.After, after...)
			})
		},
		func() error {
			return as("checker", func(ctx context.Context, tx tenants.Tx) (err error) {
				if r.IntN(8) == 0 {
					c, err = cases.Check(ctx, tx, c.ID, cases.Finding{Remark: "现场仍有残留，请返工。"})
					return err
				}
				c, err = cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true})
				return err
			})
		},
		func() error {
			return as("lead", func(ctx context.Context, tx tenants.Tx) (err error) { c, err = cases.Close(ctx, tx, c.ID); return err })
		},
		func() error {
			if c.Stage != cases.Closed {
				return nil
			}
			return as("caller", func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.CallBack(ctx, tx, c.ID, answers[r.IntN(len(answers))])
				return err
			})
		},
	}
	for i, step := range todo {
		if i >= steps {
			return nil
		}
		err := step()
		// Community work and a unit without demo staff stay where they are: that is a full desk too.
		if f := fault.Of(err); f != nil && i >= 3 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		at = at.Add(time.Duration(20+r.IntN(400)) * time.Minute)
		if at.After(clock.Now(ctx)) {
			return nil
		}
	}
	return nil
}

// shown are pictures of a matter of rubbish before and after the work; of others there are none.
func shown(ctx context.Context, a *app.App, id tenants.ID, in cases.Intake, r *rand.Rand) (before, after []*photos.Upload, err error) {
	if in.Class != rubbish {
		return nil, nil, nil
	}
	for range 1 + r.IntN(2) {
		for _, tidy := range []bool{false, true} {
			body, err := picture(r, tidy)
			if err != nil {
				return nil, nil, err
			}
			up, err := photos.Receive(ctx, a.DB.Blobs(), id, body)
			if err != nil {
				return nil, nil, err
			}
			if tidy {
				after = append(after, up)
			} else {
				before = append(before, up)
			}
		}
	}
	return before, after, nil
}

// rubbish is the class of what lies about (暴露垃圾).
const rubbish = "matter-06010"

// result is what a unit writes: mostly of the very case, sometimes the same words as ever.
func result(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return "已派人到现场处理，问题已解决，并拍照留存。"
	}
	who := []string{"两名工作人员", "中队队员", "社区和物业", "承包单位", "片区负责人"}[r.IntN(5)]
	what := []string{"已清理完毕", "已当场整改", "已修复并恢复通行", "已劝离并责令改正", "已与当事人协商一致"}[r.IntN(5)]
	return fmt.Sprintf("%s于%d时%02d分到场，%s，并已告知诉求人。", who, 8+r.IntN(10), r.IntN(60), what)
}

// answers are what residents say when they are called back, and one who never picks up.
var answers = []cases.Answer{
	{Said: said("yes", "satisfied")}, {Said: said("yes", "satisfied")}, {Said: said("yes", "basically")},
	{Said: said("no", "not"), Remark: "清理后第二天又出现。", Reopen: true},
	{Ground: "invalid-wrong-number"},
}

func said(solved, satisfied string) map[string]string {
	return map[string]string{"reached": "yes", "contacted": "yes", "solved": solved, "unsolved-why": "again", "satisfaction": satisfied, "unsatisfied-why": "unsolved"}
}
