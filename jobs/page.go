package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// Failure is a job that was given up, as the vendor's page shows it; never its payload.
type Failure struct {
	TenantID int32 // 0: of the deployment
	ID       uuid.UUID
	Kind     string
	Queue    Queue
	MadeAt   time.Time
	FailedAt time.Time
	Attempts int
	Error    string
}

// Failed lists given-up jobs at the transaction's placement, newest first.
func Failed(ctx context.Context, tx tenants.VendorTx, limit int) ([]Failure, error) {
	var out []Failure
	err := tx.Raw(`SELECT tenant_id, id, kind, queue, made_at, failed_at, attempts, error FROM outbox
		WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT ?`, limit).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("failed jobs: %w", err)
	}
	return out, nil
}

// Retry makes a given-up job due again, with all its attempts before it. fault.NotFound when there is
// no such failed job.
func Retry(ctx context.Context, tx tenants.VendorTx, tenant tenants.ID, id uuid.UUID) error {
	res, err := tx.Raw(`UPDATE outbox SET failed_at = NULL, attempts = 0, sent_at = NULL, held_until = NULL, next_at = ?
		WHERE tenant_id = ? AND id = ? AND failed_at IS NOT NULL`, clock.Now(ctx), int32(tenant), id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.New(fault.NotFound, "没有这个失败的任务，可能已被重试")
	}
	return nil
}

// Health is how the jobs of one placement stand.
type Health struct {
	Waiting      int           // due and not with a worker
	Sent         int           // with Redis or a worker
	Later        int           // not due yet, failed attempts included
	Failed       int           // given up
	OldestDue    time.Duration // of the waiting ones
	TimersDue    int           // past their time and not acted
	OldestTimer  time.Duration
	TimersFailed int // with a failed attempt
}

// longestWait is how far the next try of a due timer can lie ahead; it lets the index on next_at find them.
const longestWait = time.Hour + lease

// Stand measures the jobs at the transaction's placement.
func Stand(ctx context.Context, tx tenants.VendorTx) (Health, error) {
	var h Health
	var oldestDue, oldestTimer float64
	now := clock.Now(ctx)
	err := tx.Raw(`SELECT count(*) FILTER (WHERE sent_at IS NULL AND next_at <= ?0), count(*) FILTER (WHERE sent_at IS NOT NULL),
			count(*) FILTER (WHERE sent_at IS NULL AND next_at > ?0),
			coalesce(extract(epoch FROM ?0 - min(next_at) FILTER (WHERE sent_at IS NULL AND next_at <= ?0)), 0)::float8,
			(SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL)
		FROM outbox WHERE done_at IS NULL AND failed_at IS NULL`, now).
		Scan(ctx, &h.Waiting, &h.Sent, &h.Later, &oldestDue, &h.Failed)
	if err != nil {
		return h, fmt.Errorf("stand of jobs: %w", err)
	}
	err = tx.Raw(`SELECT count(*) FILTER (WHERE due_at <= ?0), coalesce(extract(epoch FROM ?0 - min(due_at) FILTER (WHERE due_at <= ?0)), 0)::float8,
			count(*) FILTER (WHERE attempts > 0) FROM timers WHERE done_at IS NULL AND next_at <= ?1 AND due_at <= ?0`, now, now.Add(longestWait)).
		Scan(ctx, &h.TimersDue, &oldestTimer, &h.TimersFailed)
	if err != nil {
		return h, fmt.Errorf("stand of timers: %w", err)
	}
	h.OldestDue, h.OldestTimer = time.Duration(oldestDue*float64(time.Second)), time.Duration(oldestTimer*float64(time.Second))
	return h, nil
}
