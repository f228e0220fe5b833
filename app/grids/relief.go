package grids

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// begin gives the grant of a posting whose first day has come, and sets the clocks of what is ahead.
func (p *posting) begin(ctx context.Context, tx tenants.Tx, g *Grid, now time.Time) error {
	if p.FromOn > clock.DateOf(now) {
		if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: postTimer, Object: p.ID, DueAt: p.FromOn.Start()}); err != nil {
			return err
		}
	} else if _, err := auth.Grant(ctx, tx, auth.Give{ID: p.ID, Person: p.Person, Role: p.Role, Grid: g.Code}); err != nil {
		return err
	}
	if p.ToOn == "" {
		return nil
	}
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: relieveTimer, Object: p.ID, DueAt: p.ToOn.Add(1).Start()})
}

// postingOf reads and locks a posting, with its grid; nil when there is none of this id.
func postingOf(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*posting, *Grid, error) {
	p := new(posting)
	err := tx.Select(p).Where("p.id = ?", id).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("posting %s: %w", id, err)
	}
	g, err := Find(ctx, tx, p.GridID)
	return p, g, err
}

// Relieve ends a duty of a grid with a last day; a day that is over, or none, ends it at once. One that is ahead is called
// off. It records "grid.relieved". Faults: Forbidden without GridsStaff, NotFound.
func Relieve(ctx context.Context, tx tenants.Tx, grid, duty uuid.UUID, last clock.Date) error {
	g, err := Find(ctx, tx, grid)
	if err != nil {
		return err
	}
	if !auth.CanAt(tx.Actor(), auth.GridsStaff, auth.At{Community: g.Community, Grid: g.Code}) {
		return errForbidden()
	}
	all, err := Staff(ctx, tx, g.Code)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.ID == duty {
			return relieve(ctx, tx, g, d, last)
		}
	}
	return fault.New(fault.NotFound, "没有这项网格职责")
}

func relieve(ctx context.Context, tx tenants.Tx, g *Grid, d Duty, last clock.Date) error {
	now := clock.Now(ctx)
	p, _, err := postingOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if p == nil { // a grant that nobody posted
		p = &posting{ID: d.ID, GridID: g.ID, Person: d.Person, Role: d.Role, FromOn: d.From, MadeBy: tx.Actor().Person, MadeAt: now}
		if _, err := tx.Insert(p).Exec(ctx); err != nil {
			return fmt.Errorf("relieve in grid %s: %w", g.Code, err)
		}
	}
	before := p.dims(g)
	soon := last == "" || last < clock.DateOf(now)
	p.ToOn, p.Void = max(last, p.FromOn), !d.InForce && (soon || last < p.FromOn)
	if soon {
		p.ToOn = max(clock.DateOf(now), p.FromOn)
	}
	if _, err := tx.Update(p).Column("to_on", "void").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("relieve in grid %s: %w", g.Code, err)
	}
	record(tx, "grid.relieved", g, now, before, p.dims(g))
	switch {
	case p.Void:
		return jobs.Cancel(ctx, tx, p.ID, postTimer, relieveTimer)
	case soon:
		if err := jobs.Cancel(ctx, tx, p.ID, relieveTimer); err != nil {
			return err
		}
		return auth.End(ctx, tx, p.ID)
	}
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: relieveTimer, Object: p.ID, DueAt: p.ToOn.Add(1).Start()})
}

// relieveAll ends the duties of a grid that is closed from a day on.
func relieveAll(ctx context.Context, tx tenants.Tx, g *Grid, from clock.Date) error {
	all, err := Staff(ctx, tx, g.Code)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.To == "" || d.To >= from {
			if err := relieve(ctx, tx, g, d, from.Add(-1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// runPost makes a posting a duty on its first day. Somebody who has left meanwhile has none.
func runPost(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p, g, err := postingOf(ctx, tx, id)
	if err != nil || p == nil || p.Void {
		return err
	}
	now := clock.Now(ctx)
	today := clock.DateOf(now)
	if p.FromOn > today || p.ToOn != "" && p.ToOn < today {
		return nil
	}
	// The clock of an earlier duty of the same person may come a moment later than ours: a living grant would be taken for
	// this one.
	var over []uuid.UUID
	if err := tx.Raw(`SELECT p.id FROM postings p JOIN grants g ON g.tenant_id = p.tenant_id AND g.id = p.id AND g.ended_at IS NULL
		WHERE p.tenant_id = ? AND p.grid_id = ? AND p.person = ? AND p.role = ? AND p.to_on < ?`,
		int32(tx.ID()), p.GridID, p.Person, p.Role, today).Scan(ctx, &over); err != nil {
		return fmt.Errorf("earlier duties: %w", err)
	}
	for _, old := range over {
		if err := auth.End(ctx, tx, old); err != nil {
			return err
		}
	}
	if err := member(ctx, tx, p.Person); fault.Of(err) != nil {
		p.Void = true
		_, err = tx.Update(p).Column("void").WherePK().Exec(ctx)
		return err
	} else if err != nil {
		return err
	}
	return p.begin(ctx, tx, g, now)
}

// runRelieve ends a duty whose last day is over.
func runRelieve(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p, _, err := postingOf(ctx, tx, id)
	if err != nil || p == nil || p.Void || p.ToOn == "" || p.ToOn >= clock.DateOf(clock.Now(ctx)) {
		return err
	}
	if err := auth.End(ctx, tx, id); !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil // it never began
}
