package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// raw is what every transaction type offers.
type raw interface {
	Raw(query string, args ...any) *bun.RawQuery
	Prepared(args ...any) *tenants.Prepared
}

// Add writes the job into the tenant's transaction: it runs if and when that commits. The answer is
// the job's number.
func Add(ctx context.Context, tx tenants.Tx, j Job) (uuid.UUID, error) {
	id := tenants.NewID()
	return id, add(ctx, tx, []tenants.ID{tx.ID()}, []uuid.UUID{id}, []Job{j})
}

// AddOnce is Add under a number of the caller's: a second job with it changes nothing.
func AddOnce(ctx context.Context, tx tenants.Tx, id uuid.UUID, j Job) error {
	return add(ctx, tx, []tenants.ID{tx.ID()}, []uuid.UUID{id}, []Job{j})
}

// AddSystem writes a job of the deployment itself (tenant 0) into a system transaction; it runs at
// that transaction's placement.
func AddSystem(ctx context.Context, tx tenants.SystemTx, j Job) (uuid.UUID, error) {
	id := tenants.NewID()
	return id, add(ctx, tx, []tenants.ID{0}, []uuid.UUID{id}, []Job{j})
}

// add writes jobs in one statement; tenants and numbers go with jobs by position.
func add(ctx context.Context, tx raw, of []tenants.ID, ids []uuid.UUID, jobs []Job) error {
	now := clock.Now(ctx)
	var tenant []int64
	var queue, kind, payload []string
	var at []time.Time
	for i, j := range jobs {
		body, err := json.Marshal(j.Payload)
		if err != nil {
			return fmt.Errorf("add job %s: %w", j.Kind, err)
		}
		if j.Queue == "" {
			j.Queue = Default
		}
		if j.At.IsZero() {
			j.At = now
		}
		tenant = append(tenant, int64(of[i]))
		queue, kind = append(queue, string(j.Queue)), append(kind, j.Kind)
		payload, at = append(payload, string(body)), append(at, j.At)
	}
	_, err := tx.Prepared(tenant, ids, queue, kind, payload, at).Exec(ctx, `INSERT INTO outbox (tenant_id, id, queue, kind, payload, next_at)
		SELECT tenant_id, id, queue, kind, payload::jsonb, next_at
		FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) v(tenant_id, id, queue, kind, payload, next_at)
		ON CONFLICT (tenant_id, id) DO NOTHING`)
	if err != nil {
		return fmt.Errorf("add %d jobs (%s first): %w", len(jobs), jobs[0].Kind, err)
	}
	return nil
}
