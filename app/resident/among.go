package resident

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"wanjie/tenants"
)

// Among are those of some persons who have, or had, an account as residents of the street.
func Among(ctx context.Context, tx tenants.Tx, persons []int64) (map[int64]bool, error) {
	var found []int64
	if err := tx.Raw("SELECT person FROM residents WHERE tenant_id = ? AND person IN (?)", int32(tx.ID()), bun.List(persons)).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("residents among persons: %w", err)
	}
	out := make(map[int64]bool, len(found))
	for _, p := range found {
		out[p] = true
	}
	return out, nil
}
