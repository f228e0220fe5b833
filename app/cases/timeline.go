package cases

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Event is one line of a case's record: an act, and what was said at it.
type Event struct {
	Kind   string
	Person int64
	Name   string // of the person, when the tenant knows him
	At     time.Time
	Before tenants.Dims
	After  tenants.Dims
	Words  string
}

// Record reads what happened to a case, oldest first: its acts from the journal, with the words that
// were sealed beside them and the names of those who acted.
func Record(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Event, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Kind       string
		Actor      int64
		HappenedAt time.Time
		Before     tenants.Dims `bun:"type:jsonb"`
		After      tenants.Dims `bun:"type:jsonb"`
		RemarkID   uuid.UUID
		Words      []byte
	}
	err = tx.Raw(`SELECT j.kind, j.actor, j.happened_at, j.before, j.after, r.id AS remark_id, r.words
		FROM journal j
		LEFT JOIN remarks r ON r.tenant_id = j.tenant_id AND r.case_id = j.object_id AND r.kind = j.kind AND r.at = j.happened_at
		WHERE j.tenant_id = ? AND j.object_id = ? ORDER BY j.n`, int32(tx.ID()), id).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("record of case %s: %w", id, err)
	}
	persons := make([]int64, len(rows))
	for i, r := range rows {
		persons[i] = r.Actor
	}
	names, err := auth.Names(ctx, tx, persons...)
	if err != nil {
		return nil, err
	}
	out := make([]Event, len(rows))
	for i, r := range rows {
		e := Event{Kind: r.Kind, Person: r.Actor, Name: names[r.Actor], At: r.HappenedAt, Before: r.Before, After: r.After}
		said := remark{ID: r.RemarkID, Words: r.Words}
		if e.Words, err = said.open(box); err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// Told are the lines of a record as people read them, in the language of ctx.
func Told(ctx context.Context, rules *blueprint.Config, events []Event) []ui.Moment {
	n := names{ctx: ctx, cfg: rules}
	out := make([]ui.Moment, 0, len(events))
	for _, e := range events {
		out = append(out, n.moment(e))
	}
	return out
}
