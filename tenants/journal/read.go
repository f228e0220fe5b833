package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/tenants"
)

const columns = `j.tenant_id, t.district, j.n, j.kind, j.version, j.object, j.object_id, j.actor,
	j.happened_at, j.recorded_at, j.imported, j.before, j.after`

// Read answers up to limit acts of one tenant after number n, in order, as they were stored.
// Lift them with Kinds.Lift where their meaning matters.
func Read(ctx context.Context, tx tenants.SystemTx, tenant tenants.ID, n int64, limit int) ([]Act, error) {
	return scan(ctx, nil, tx.Raw(`SELECT `+columns+` FROM journal j JOIN tenants t ON t.tenant_id = j.tenant_id
		WHERE j.tenant_id = ? AND j.n > ? ORDER BY j.n LIMIT ?`, int32(tenant), n, limit))
}

// History answers every act of one object of the tenant, in order, lifted to the present.
func History(ctx context.Context, tx tenants.Tx, kinds Kinds, object uuid.UUID) ([]Act, error) {
	acts, err := scan(ctx, nil, tx.Raw(`SELECT `+columns+` FROM journal j JOIN tenants t ON t.tenant_id = j.tenant_id
		WHERE j.tenant_id = ? AND j.object_id = ? ORDER BY j.n`, int32(tx.ID()), object))
	if err != nil {
		return nil, err
	}
	return acts, kinds.Lift(acts)
}

// Lift brings acts to their kinds' present versions, in place.
func (ks Kinds) Lift(acts []Act) error {
	l, err := ks.lifter()
	if err != nil {
		return err
	}
	return l.all(acts)
}

func (l lifter) all(acts []Act) error {
	for i := range acts {
		if err := l.lift(&acts[i]); err != nil {
			return err
		}
	}
	return nil
}

func scan(ctx context.Context, m *memory, q *bun.RawQuery) ([]Act, error) {
	var rows []row
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	acts := make([]Act, len(rows))
	for i := range rows {
		var err error
		if acts[i], err = m.recall(&rows[i]); err != nil {
			return nil, err
		}
	}
	return acts, nil
}
