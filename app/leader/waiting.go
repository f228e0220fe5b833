package leader

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/assessment"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/replies"
	"wanjie/app/cases/supervision"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// waits is what waits for the actor's word.
type waits struct {
	applications []cases.Pending
	exclusions   []assessment.Line
	orders       []supervision.Waiting // to be signed, or their answer to be judged
	undecided    []undesignated
	replies      int // to the hotline, to be read whole where they stand
}

func (w waits) count() int {
	return len(w.applications) + len(w.exclusions) + len(w.orders) + len(w.undecided) + w.replies
}

// undesignated is a case that came back so often that a leader has to say whose it is (指定).
type undesignated struct {
	ID      uuid.UUID `bun:"type:uuid"`
	Number  string
	Title   []byte // sealed
	Class   string
	Returns int16
	FiledAt time.Time
}

func waiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (w waits, err error) {
	if w.applications, err = cases.ToDecideOn(ctx, tx, cfg); err != nil {
		return w, err
	}
	if cfg.On(assessment.Module.Key) {
		if w.exclusions, err = assessment.ToDecideOn(ctx, tx, cfg); err != nil {
			return w, err
		}
	}
	mine, err := supervision.Mine(ctx, tx)
	if err != nil {
		return w, err
	}
	for _, o := range mine {
		if o.Kind == supervision.WaitsToSign || o.Kind == supervision.WaitsToJudge {
			w.orders = append(w.orders, o)
		}
	}
	if w.replies, err = replies.Waiting(ctx, tx, cfg); err != nil || !auth.CanSomewhere(tx.Actor(), auth.CasesDesignate) {
		return w, err
	}
	seen, args := cases.Reached(tx)
	args = append([]any{int32(tx.ID()), cfg.Int("return.most", 2)}, args...)
	err = tx.Raw(`SELECT c.id, c.number, c.title, c.class, c.returns, c.filed_at FROM cases c
		WHERE c.tenant_id = ? AND c.ended_at IS NULL AND c.stage = 'filed' AND c.returns >= ?`+seen+` ORDER BY c.filed_at, c.id LIMIT 50`, args...).Scan(ctx, &w.undecided)
	if err != nil {
		return w, fmt.Errorf("cases to be designated: %w", err)
	}
	return w, nil
}
