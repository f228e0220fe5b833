package assessment

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// mostPending is how many a page shows.
const mostPending = 100

// ToDecideOn lists the exclusions, and the wishes to revoke one, that wait for the actor's word, the oldest first.
func ToDecideOn(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (out []Line, err error) {
	err = tx.Select(&out).ColumnExpr("x.*, c.number").Join("JOIN cases c ON c.tenant_id = x.tenant_id AND c.id = x.case_id").
		Where("x.state = ? OR x.state = ? AND x.undo = ?", Open, Approved, UndoOpen).OrderExpr("x.asked_at, x.id").Limit(mostPending).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("exclusions to decide on: %w", err)
	}
	return slices.DeleteFunc(out, func(x Line) bool {
		if x.State == Approved {
			return decidesUndo(tx.Actor(), cfg, &x.Exclusion) != nil
		}
		return decides(tx.Actor(), cfg, &x.Exclusion) != nil
	}), nil
}

// FindExclusion holds an exclusion that the actor may see; NotFound where there is none.
func FindExclusion(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Exclusion, error) {
	return lock(ctx, tx, id)
}
