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

var channels = []string{"phone", "window", "resident", "grid", "hotline", "city"}

// fill writes n cases into t through the verbs, as the people whose work each step is, spread over
// the last two months: most of them done, some at every stage. The desk's shifts, if it keeps any, end in between.
func fill(ctx context.Context, a *app.App, t tenants.Tenant, people troupe, n int, desk *watch) error {
	if begun, err := has(ctx, a, t.ID); err != nil || begun {
		return err // by a first start that was interrupted
	}
	r := rand.New(rand.NewPCG(uint64(t.ID), 7)) //nolint:gosec // the same made-up district every time
	communities, ground := division.Communities(t.Codes[0]), groundOf(t.Codes[0])
	now := clock.Now(ctx)
	for i := range n {
		var age time.Duration
		steps := 6 + r.IntN(4)
		switch day := 24 * time.Hour; {
		case i < n/6:
			age, steps = time.Duration(r.IntN(20))*time.Hour, 2+r.IntN(6)
		case i < n/3:
			age, steps = day+time.Duration(r.IntN(3*24))*time.Hour, 4+r.IntN(6)
		case i < 2*n/3:
			age = 4*day + time.Duration(r.IntN(26*24))*time.Hour
		default:
			age = 30*day + time.Duration(r.IntN(32*24))*time.Hour
		}
		at := byDay(now.Add(-age).Add(-time.Duration(r.IntN(3600)) * time.Second))
		if at.After(now) {
			at = now.Add(-time.Minute)
		}
		matter := matters[r.IntN(len(matters))]
		in := cases.Intake{
			Channel: channels[r.IntN(len(channels))], Class: matter.class, ReportedAt: at, Urgent: r.IntN(12) == 0,
			Words: cases.Words{Description: matter.text, Address: address(r), Petitioner: caller(r), Phone: fmt.Sprintf("138%08d", r.IntN(100000000))},
		}
		if len(communities) > 0 {
			in.Community = communities[r.IntN(len(communities))].Code
			in.Lon, in.Lat = ground.place(in.Community, r)
		}
		if r.IntN(6) == 0 { // some come again about what was closed
			who := r.IntN(6)
			in.Petitioner, in.Phone = surnames[who]+"女士", fmt.Sprintf("1390000%04d", who)
		}
		if in.Channel == "hotline" || in.Channel == "city" {
			in.UpperNo = fmt.Sprintf("%s%06d", at.In(clock.Zone).Format("20060102"), r.IntN(1000000))
		}
		if err := walk(ctx, a, t, people, in, at, steps, r); err != nil {
			return fmt.Errorf("case %d: %w", i+1, err)
		}
		if (i+1)*len(notes)%n < len(notes) {
			if err := desk.relieve(ctx); err != nil {
				return err
			}
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
func walk(ctx context.Context, a *app.App, t tenants.Tenant, people troupe, in cases.Intake, at time.Time, steps int, r *rand.Rand) error {
	var c *cases.Case
	before, after, err := shown(ctx, a, t.ID, in, r)
	if err != nil {
		return err
	}
	as := func(login string, f func(context.Context, tenants.Tx) error) error {
		held, _ := clock.Hold(ctx, at)
		return a.DB.Write(held, t.ID, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
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
				if !ok {
					return nil
				}
				order := cases.Order{Unit: unit, Basis: cases.Statutory}
				if c.Class == parking { // on no list of the street's: they have agreed on it
					order = cases.Order{Unit: "municipal", Basis: cases.Negotiated, Grounds: cases.Grounds{Parties: "市政站、综合执法局", Reason: "例会商定由市政站协调错时停车"}}
				}
				c, err = cases.Dispatch(ctx, tx, c.ID, order)
				return err
			})
		},
		func() error {
			return as(worker(t, c), func(ctx context.Context, tx tenants.Tx) (err error) {
				c, err = cases.Receive(ctx, tx, c.ID)
				return err
			})
		},
		func() error {
			return as(worker(t, c), func(ctx context.Context, tx tenants.Tx) (err error) {
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
		// The work of a unit without demo staff stays where it is: that is a full desk too.
		if f := fault.Of(err); f != nil && i >= 3 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		at = byDay(at.Add(time.Duration(20+r.IntN(300)) * time.Minute))
		if at.After(clock.Now(ctx)) {
			return nil
		}
	}
	return nil
}

// byDay moves what would be done at night to the next morning.
func byDay(at time.Time) time.Time {
	at = at.In(clock.Zone)
	switch h := at.Hour(); {
	case h < 7:
		return at.Add(time.Duration(8-h) * time.Hour)
	case h > 19:
		return at.Add(time.Duration(32-h) * time.Hour)
	}
	return at
}

// worker is who does the work of the unit that has a case; see unitsOf in cast.
func worker(t tenants.Tenant, c *cases.Case) string {
	for n, of := range division.Communities(t.Codes[0]) {
		switch {
		case of.Code == c.Unit && n == 0:
			return "community"
		case of.Code == c.Unit:
			return "others"
		}
	}
	switch c.Unit {
	case "urban-construction", "greening", "social-affairs", "social-governance", "judicial", "culture":
		return "others"
	}
	return "handler"
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
