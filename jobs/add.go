package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// raw is what every transaction type offers.
type raw interface {
	Raw(query string, args ...any) *bun.RawQuery
}

// Add writes the job into the tenant's transaction: it runs if and when that commits. The answer is
// the job's number.
func Add(ctx context.Context, tx tenants.Tx, j Job) (uuid.UUID, error) {
	ids, err := add(ctx, tx, []tenants.ID{tx.ID()}, []Job{j})
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// AddSystem writes a job of the deployment itself (tenant 0) into a system transaction; it runs at
// that transaction's placement.
func AddSystem(ctx context.Context, tx tenants.SystemTx, j Job) (uuid.UUID, error) {
	ids, err := add(ctx, tx, []tenants.ID{0}, []Job{j})
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}

// add writes jobs in one statement; tenants go with jobs by position.
func add(ctx context.Context, tx raw, of []tenants.ID, jobs []Job) ([]uuid.UUID, error) {
	now := clock.Now(ctx)
	ids := make([]uuid.UUID, len(jobs))
	var tenant []int64
	var id, queue, kind, payload, at []string
	for i, j := range jobs {
		body, err := json.Marshal(j.Payload)
		if err != nil {
			return nil, fmt.Errorf("add job %s: %w", j.Kind, err)
		}
		if j.Queue == "" {
			j.Queue = Default
		}
		if j.At.IsZero() {
			j.At = now
		}
		ids[i] = tenants.NewID()
		tenant = append(tenant, int64(of[i]))
		id, queue, kind = append(id, ids[i].String()), append(queue, string(j.Queue)), append(kind, j.Kind)
		payload, at = append(payload, string(body)), append(at, j.At.UTC().Format(time.RFC3339Nano))
	}
	_, err := tx.Raw(`INSERT INTO outbox (tenant_id, id, queue, kind, payload, next_at)
		SELECT * FROM unnest(?::int[], ?::uuid[], ?::text[], ?::text[], ?::jsonb[], ?::timestamptz[])`,
		pgdialect.Array(tenant), pgdialect.Array(id), pgdialect.Array(queue), pgdialect.Array(kind),
		pgdialect.Array(payload), pgdialect.Array(at)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("add %d jobs (%s first): %w", len(jobs), jobs[0].Kind, err)
	}
	return ids, nil
}
