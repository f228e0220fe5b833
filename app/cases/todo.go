package cases

import (
	"context"

	"wanjie/app/auth"
	"wanjie/app/web"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// Todo is a task as it may be kept where there is no network.
type Todo struct {
	view.TaskRow
	ID       string // of the case
	Light    Light
	Lon, Lat *float64 // CGCS2000; nil: nobody said where
	Result   Verb     // by which the actor hands in; empty: he may not
}

// MyTasks are what waits for the actor, as the page of tasks says it, with where it lies and what he may do.
func MyTasks(ctx context.Context, tx tenants.Tx, r *web.Request) ([]Todo, error) {
	list, err := Tasks(ctx, tx)
	if err != nil {
		return nil, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	p, err := tasksPage(ctx, tx, r, list)
	if err != nil {
		return nil, err
	}
	out := make([]Todo, len(list))
	for i := range list {
		t := &list[i]
		out[i] = Todo{TaskRow: p.Rows[i], ID: t.ID.String(), Lon: t.Lon, Lat: t.Lat, Light: Shine(t.Clock, clockRuns(t.Stage, t.SuspendedAt), n.now)}
		switch {
		case t.Role == HandRole && t.Person == tx.Actor().Person:
			out[i].Result, out[i].Of = ToFeedBack, t.Assignment.String()
		case t.Role == HandRole || !mayForUnit(tx.Actor(), auth.CasesHandle, t.Unit):
		case t.Role == CoRole:
			out[i].Result, out[i].Of = ToAssist, t.Assignment.String()
		default:
			out[i].Result = ToHandle
		}
	}
	return out, nil
}
