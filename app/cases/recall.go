package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// A dispatch that nobody has signed for may be taken back (撤回派遣): it counts as never sent. Its row stays, returned and
// recalled, so that who sent what where is known; figures of dispatches leave recalled ones out.

// unanswered reports whether neither the lead's unit nor a co-handler's has said anything to the dispatch yet.
func unanswered(c *Case, _ *Assignment, _ *blueprint.Config) bool {
	return c.Lead != nil && c.Lead.State == Dispatched && c.Asks == 0 &&
		!slices.ContainsFunc(c.Others, func(a Assignment) bool {
			return !a.DispatchedAt.Before(c.Lead.DispatchedAt) && a.State != Dispatched && a.State != Returned
		})
}

// Recall takes the dispatch back, and the co-handlers' with it. The case waits for a dispatch again as if there had been
// none: its deadline and lights run on, the receipt clocks end. Faults: Conflict once somebody has signed or answered.
func Recall(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToRecall)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Fit("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	if s.c.First, err = firstBefore(ctx, tx, id); err != nil {
		return nil, err
	}
	w := change{columns: []string{"first"}, remark: say(tx, s.box, s.c, "case.dispatch_recalled", words, s.at)}
	s.undispatch(&w)
	s.c.Lead.Recalled, w.lead = true, append(w.lead, "recalled")
	for i := range s.c.Others {
		if a := &s.c.Others[i]; a.State.Open() {
			a.State, a.Recalled = Returned, true
			w.set(a, "state", "recalled")
			w.hushOf(besideTimer, a.ID)
		}
	}
	s.done("case.dispatch_recalled")
	return s.c, w.write(ctx, tx, s.c)
}

// firstBefore is the unit that a case was first dispatched to by what was not taken back; empty: it was to none.
func firstBefore(ctx context.Context, tx tenants.Tx, id uuid.UUID) (unit string, err error) {
	err = tx.Raw(`SELECT unit FROM assignments WHERE tenant_id = ? AND case_id = ? AND role = 'lead' AND state = 'returned' AND NOT recalled AND NOT spot
		ORDER BY dispatched_at, id LIMIT 1`, int32(tx.ID()), id).Scan(ctx, &unit)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("first unit of case %s: %w", id, err)
	}
	return unit, nil
}

// orRecalled is what a unit hears that answers a dispatch after it was taken back: not that there is nothing, which would
// be true of anybody else.
func orRecalled(ctx context.Context, tx tenants.Tx, c *Case, m Move, refused error) error {
	if m.For == nil || c.Stage != Filed {
		return refused
	}
	var units []string
	if err := tx.Raw("SELECT DISTINCT unit FROM assignments WHERE tenant_id = ? AND case_id = ? AND recalled", int32(tx.ID()), c.ID).Scan(ctx, &units); err != nil {
		return fmt.Errorf("recalled dispatches of case %s: %w", c.ID, err)
	}
	for _, unit := range units {
		if slices.ContainsFunc(m.May, func(capability string) bool { return mayForUnit(tx.Actor(), capability, unit) }) {
			return fault.New(fault.Conflict, "派遣已被撤回，本单位无须办理")
		}
	}
	return refused
}

// undoable is the button that takes a fresh dispatch back, for whoever may; nil: it cannot be had.
func undoable(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, rules *blueprint.Config) *layout.Undo {
	if move(ToRecall).allows(tx.Actor(), c, nil, rules) != nil {
		return nil
	}
	return &layout.Undo{Label: ui.T(ctx, "撤回"), About: ui.T(ctx, move(ToRecall).Title) + " " + c.Number, Action: r.Path("/cases/%s/%s", c.ID, ToRecall), Guard: r.Guard()}
}

// sentUndo is undoable for the case that a list was told of as dispatched just now.
func sentUndo(ctx context.Context, tx tenants.Tx, r *web.Request) (*layout.Undo, error) {
	sent := picked(r.URL.Query()[sentField])
	if len(sent) == 0 || !r.Did(didDispatch) {
		return nil, nil //nolint:nilnil // most lists were told of none
	}
	c, rules, err := Find(ctx, tx, sent[0])
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // out of sight meanwhile
	}
	if err != nil {
		return nil, err
	}
	return undoable(ctx, tx, r, c, rules), nil
}

// didDispatch is what is said after a dispatch.
var didDispatch = ui.Key("已派遣")
