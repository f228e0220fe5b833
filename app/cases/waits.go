package cases

import (
	"context"
	"time"

	"wanjie/app/clock"
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// tasksWaiting is [Tasks] in words that name nobody: a title may.
func tasksWaiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]module.Wait, error) {
	list, err := Tasks(ctx, tx)
	if err != nil {
		return nil, err
	}
	n := names{ctx: ctx, cfg: cfg, now: clock.Now(ctx)}
	out := make([]module.Wait, len(list))
	for i := range list {
		t := &list[i]
		w := module.Wait{
			Path: "/cases/" + t.ID.String(), Number: t.Number, About: n.class(t.Class), Place: n.unit(t.Community), Unit: n.unit(t.Unit), Urgent: t.Urgent,
			State: ui.T(ctx, t.State.Title()), Fresh: t.State == Dispatched, Do: ui.T(ctx, "办理"), Due: t.DueAt, Light: string(t.Light(t.Stage, t.SuspendedAt, n.now)),
		}
		switch {
		case t.State == Dispatched: // what presses first is the receipt
			w.Do, w.Due, w.Light = ui.T(ctx, "签收"), t.ReceiveBy, ""
			if t.Role == HandRole {
				w.Do = ui.T(ctx, "接办")
			}
		case !t.SuspendedAt.IsZero():
			w.State, w.Due = ui.T(ctx, "已挂账"), time.Time{}
		}
		out[i] = w
	}
	return out, nil
}

// applicationsWaiting is [ToDecideOn] in the same way.
func applicationsWaiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]module.Wait, error) {
	list, err := ToDecideOn(ctx, tx, cfg)
	if err != nil {
		return nil, err
	}
	n := names{ctx: ctx, cfg: cfg}
	out := make([]module.Wait, len(list))
	for i := range list {
		p := &list[i]
		out[i] = module.Wait{
			Path: "/cases/" + p.CaseID.String(), Number: p.Number, About: n.class(p.Class), Unit: n.unit(p.Unit), State: ui.T(ctx, p.Kind.Name()), Fresh: true, Do: ui.T(ctx, "审批"), Due: p.DecideBy,
		}
	}
	return out, nil
}
