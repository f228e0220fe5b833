package whistle

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// read is a whistle of this tenant with its calls; locked it is held until the transaction ends, and its calls with it.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, lock bool) (*Whistle, error) {
	w := new(Whistle)
	q := tx.Select(w).Where("w.id = ?", id)
	if lock {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("whistle %s: %w", id, err)
	}
	return w, withCalls(ctx, tx, w)
}

func withCalls(ctx context.Context, tx tenants.Tx, list ...*Whistle) error {
	if len(list) == 0 {
		return nil
	}
	byID, ids := map[uuid.UUID]*Whistle{}, []uuid.UUID{}
	for _, w := range list {
		byID[w.ID], ids = w, append(ids, w.ID)
	}
	var calls []*Call
	if err := tx.Select(&calls).Where("k.whistle_id IN (?)", bun.List(ids)).OrderExpr("starts_with(k.unit, ?), k.unit", blueprint.CentreUnit("")).Scan(ctx); err != nil {
		return fmt.Errorf("calls of whistles: %w", err)
	}
	for _, k := range calls {
		byID[k.WhistleID].Calls = append(byID[k.WhistleID].Calls, k)
	}
	return nil
}

// Find reads a whistle that the actor may see.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Whistle, error) {
	w, err := read(ctx, tx, id, false)
	if err != nil {
		return nil, err
	}
	if !sees(tx.Actor(), w) {
		return nil, errNone()
	}
	return w, nil
}

// PageSize is how many a page of the list holds.
const PageSize = 20

// Wanted is which whistles are listed: those that are open, unless it says otherwise.
type Wanted struct {
	All   bool   // the ended ones too
	Month Month  // those of a month that figures count
	Unit  string // that call this unit
	From  string // of the street of this name, of [Us] our own
}

// Browse lists the whistles that the actor may see, the newest first; more: there is a further page.
func Browse(ctx context.Context, tx tenants.Tx, want Wanted, page int) (list []*Whistle, more bool, err error) {
	q := tx.Select(&list).Order("w.made_at DESC", "w.id DESC").Limit(PageSize + 1).Offset(int64((max(page, 1) - 1) * PageSize))
	switch {
	case !want.Month.IsZero(): // the same as [Figures] count
		q = q.Where("w.state <> 'called_off' AND w.made_at >= ? AND w.made_at < ?", want.Month.from(), want.Month.to()).
			Where("EXISTS (SELECT FROM whistle_calls u WHERE u.tenant_id = w.tenant_id AND u.whistle_id = w.id AND u.state NOT IN ('sending', 'unreached'))")
	case !want.All:
		q = q.Where("w.state = 'open'")
	}
	if want.Unit != "" {
		q = q.Where("EXISTS (SELECT FROM whistle_calls u WHERE u.tenant_id = w.tenant_id AND u.whistle_id = w.id AND u.unit = ? AND u.state NOT IN ('sending', 'unreached'))", want.Unit)
	}
	switch want.From {
	case "":
	case Us:
		q = q.Where("w.side = 'out'")
	default:
		q = q.Where("w.side = 'in' AND w.peer_name = ?", want.From)
	}
	if units, every := reach(tx.Actor()); !every {
		if len(units) == 0 {
			return nil, false, nil
		}
		q = q.Where("EXISTS (SELECT FROM whistle_calls k WHERE k.tenant_id = w.tenant_id AND k.whistle_id = w.id AND k.unit IN (?))", bun.List(units))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, false, fmt.Errorf("whistles: %w", err)
	}
	if len(list) > PageSize {
		list, more = list[:PageSize], true
	}
	return list, more, withCalls(ctx, tx, list...)
}

// reach is for which units the actor sees whistles; every: for all.
func reach(actor tenants.Actor) (units []string, every bool) {
	if auth.Can(actor, auth.CasesRead, "") || auth.Can(actor, auth.WhistlesBlow, "") {
		return nil, true
	}
	return own(actor)
}

// own is for which units the actor answers whistles; every: for all.
func own(actor tenants.Actor) (units []string, every bool) {
	for _, at := range auth.Where(actor, auth.CasesReceive) {
		switch {
		case at.Grid != "":
		case at.Unit != "":
			units = append(units, at.Unit)
		case at.Community != "":
			units = append(units, at.Community)
		default:
			return nil, true
		}
	}
	return units, false
}

// OfCase lists the whistles that hang on a case, the newest first.
func OfCase(ctx context.Context, tx tenants.Tx, id uuid.UUID) (list []*Whistle, err error) {
	if err := tx.Select(&list).Where("w.case_id = ?", id).Order("w.made_at DESC", "w.id DESC").Limit(PageSize).Scan(ctx); err != nil {
		return nil, fmt.Errorf("whistles of case %s: %w", id, err)
	}
	return list, withCalls(ctx, tx, list...)
}

// Waiting counts the calls that the actor's units have not answered.
func Waiting(ctx context.Context, tx tenants.Tx) (int, error) {
	q := tx.Select((*Call)(nil)).Where("k.state = 'called' AND NOT starts_with(k.unit, ?)", blueprint.CentreUnit("")).Where("EXISTS (SELECT FROM whistles w WHERE w.tenant_id = k.tenant_id AND w.id = k.whistle_id AND w.state = 'open')")
	if units, every := reach(tx.Actor()); !every {
		if len(units) == 0 {
			return 0, nil
		}
		q = q.Where("k.unit IN (?)", bun.List(units))
	}
	n, err := q.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("whistles that wait: %w", err)
	}
	return int(n), nil
}
