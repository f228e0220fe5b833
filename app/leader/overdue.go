package leader

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/tenants"
)

// How much of what is overdue the page shows; each unit's own list has the rest.
const (
	eachUnit  = 5
	mostUnits = 30
)

// overdue is a case past its deadline, among those of its unit.
type overdue struct {
	ID       uuid.UUID `bun:"type:uuid"`
	Number   string
	Title    []byte // sealed
	Class    string
	Unit     string // empty: at the command centre, not dispatched
	Stage    cases.Stage
	DueAt    time.Time
	Urges    int16
	Orders   bool     `bun:"supervised"` // a supervision order is in force
	Words    bool     `bun:"instructed"` // an instruction is not carried out yet
	Levels   []string `bun:",array"`     // degrees of supervision of which an order is open
	OfUnit   int      // overdue cases of the unit in all
	OfStreet int
}

// late lists what is overdue, unit by unit, that with the oldest case first.
func late(ctx context.Context, tx tenants.Tx) (out []overdue, err error) {
	seen, args := cases.Reached(tx)
	args = append(append([]any{int32(tx.ID())}, args...), eachUnit, eachUnit*mostUnits)
	err = tx.Raw(`SELECT * FROM (SELECT c.id, c.number, c.title, c.class, c.unit, c.stage, c.due_at, c.urges, c.supervised > 0 AS supervised, c.instructed > 0 AS instructed,
			ARRAY(SELECT o.level FROM supervision_orders o WHERE o.tenant_id = c.tenant_id AND o.case_id = c.id AND o.state IN ('proposed', 'signed', 'replied')) AS levels,
			count(*) OVER of_unit AS of_unit, count(*) OVER () AS of_street, min(c.due_at) OVER of_unit AS eldest, row_number() OVER (of_unit ORDER BY c.due_at, c.id) AS nth
		FROM cases c WHERE c.tenant_id = ? AND c.ended_at IS NULL AND c.late`+seen+` WINDOW of_unit AS (PARTITION BY c.unit)) l
		WHERE nth <= ? ORDER BY eldest, unit, due_at, id LIMIT ?`, args...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("what is overdue: %w", err)
	}
	return out, nil
}
