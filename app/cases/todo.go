package cases

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

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
	Waiting  string   // co-handlers still at work beside the lead whose task it is; empty: none
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
	waiting, err := n.stillAtWork(tx, list)
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
			out[i].Result, out[i].Waiting = ToHandle, strings.Join(waiting[t.ID], "、")
		}
	}
	return out, nil
}

// stillAtWork names the co-handlers of tasks' cases whose work is not done, as the desk's form does.
func (n names) stillAtWork(tx tenants.Tx, list []Task) (map[uuid.UUID][]string, error) {
	out := map[uuid.UUID][]string{}
	ids := make([]uuid.UUID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		CaseID uuid.UUID
		Unit   string
	}
	err := tx.Raw("SELECT case_id, unit FROM assignments WHERE tenant_id = ? AND case_id IN (?) AND role = ? AND state IN ('dispatched', 'received', 'working') ORDER BY case_id, id",
		int32(tx.ID()), bun.List(ids), CoRole).Scan(n.ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("co-handlers of tasks: %w", err)
	}
	for _, r := range rows {
		out[r.CaseID] = append(out[r.CaseID], n.unit(r.Unit))
	}
	return out, nil
}
