package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// pleas are what the made-up units ask for: two that wait, one that was granted and one that was not.
var pleas = []struct {
	kind   cases.Asked
	ground string
	words  string
	longer time.Duration // than the deadline; a return has no date
	by     string
	answer string // of the decision; empty: nobody has decided
	yes    bool
}{
	{cases.AskExtend, "extend-materials", "同规格的窨井盖缺货，厂家承诺明天到货，已先用围挡隔离。", 24 * time.Hour, "", "", false},
	{cases.AskReturn, "return-not-mine", "该处道路尚未移交街道，养护单位为区市政集团，附移交清单编号。", 0, "", "", false},
	{cases.AskExtend, "extend-complex", "涉及三家商户共用的排水管，已约周五现场协商。", 24 * time.Hour, "lead", "同意延期，请先做临时疏通。", true},
	{cases.AskReturn, "return-not-here", "定位在邻近街道一侧，请核实。", 0, "lead", "已现场复核，属本街道，请继续办理。", false},
}

// plead has the units ask about cases that they have, and the desk decide some of it.
func plead(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	as := func(login string, f func(context.Context, tenants.Tx) error) error {
		return a.DB.Write(ctx, t.ID, tenants.Actor{Person: people[login+"@wanjie.example"]}, f)
	}
	var tasks []cases.Task
	if err := as("handler", func(ctx context.Context, tx tenants.Tx) (err error) {
		tasks, err = cases.Tasks(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for _, p := range pleas {
		var id uuid.UUID
		for len(tasks) > 0 && id == uuid.Nil {
			one := tasks[0]
			tasks = tasks[1:]
			if one.State != cases.Received || one.Role != cases.LeadRole || one.DueAt.Before(clock.Now(ctx)) {
				continue
			}
			plea := cases.Plea{Kind: p.kind, Ground: p.ground, Words: p.words}
			if p.kind == cases.AskExtend {
				plea.Until = one.DueAt.Add(p.longer)
			}
			err := as("handler", func(ctx context.Context, tx tenants.Tx) error {
				_, err := cases.Apply(ctx, tx, one.ID, plea)
				return err
			})
			if err != nil && fault.Of(err) == nil {
				return err
			}
			if err == nil { // not every case may wait so long
				id = one.ID
			}
		}
		if id == uuid.Nil {
			return nil // a quiet month
		}
		if p.by == "" {
			continue
		}
		if err := as(p.by, func(ctx context.Context, tx tenants.Tx) error {
			all, err := cases.Applications(ctx, tx, id)
			if err != nil {
				return err
			}
			_, err = cases.Decide(ctx, tx, id, cases.Decision{Application: all[0].ID, Approve: p.yes, Words: p.answer})
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
