package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"wanjie/tenants"
)

// Relay carries the outbox to Redis. Any number of them may run.
type Relay struct {
	DB    *tenants.DB
	Redis redis.UniversalClient
	Kinds []Kind
	Log   *slog.Logger

	// InFlight is how many jobs of one tenant and queue may be with the workers at once; 0 means 50.
	// It is what keeps one tenant's import from standing before everybody else's notices.
	InFlight int
	// Slack is added to a kind's Timeout: so long after sending, a job that is not done is sent again.
	// 0 means two minutes; less would compete with asynq's own recovery.
	Slack time.Duration

	kinds map[string]Kind
	wake  chan struct{}
	once  sync.Once
}

// rounds bounds one round: so many tenants, so many jobs of each.
const (
	roundTenants = 100
	roundJobs    = 10
	// confirmed within: a job claimed by a relay that died before sending is sent by another after it.
	confirmWithin = 15 * time.Second
	idle          = 100 * time.Millisecond
)

// parcel is what travels through Redis: where the job is, not what it says.
type parcel struct {
	Placement string     `json:"placement"`
	Tenant    tenants.ID `json:"tenant"`
	ID        uuid.UUID  `json:"id"`
}

func (r *Relay) init() {
	r.once.Do(func() {
		r.wake = make(chan struct{}, 1)
		if r.InFlight <= 0 {
			r.InFlight = 50
		}
		if r.Slack <= 0 {
			r.Slack = 2 * time.Minute
		}
	})
}

// Wake makes the relay look now instead of in a tenth of a second.
func (r *Relay) Wake() {
	r.init()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run relays until ctx ends.
func (r *Relay) Run(ctx context.Context) error {
	r.init()
	var err error
	if r.kinds, err = index(r.Kinds); err != nil {
		return err
	}
	client := asynq.NewClientFromRedisClient(r.Redis)
	inspector := asynq.NewInspectorFromRedisClient(r.Redis)
	var wg sync.WaitGroup
	for _, placement := range r.DB.Placements() {
		wg.Go(func() { r.serve(ctx, client, inspector, placement) })
	}
	wg.Wait()
	return nil
}

func (r *Relay) serve(ctx context.Context, client *asynq.Client, inspector *asynq.Inspector, placement string) {
	after := map[Queue]int32{} // where each queue's round left off
	for q := range queues {
		after[queues[q]] = -1
	}
	for ctx.Err() == nil {
		sent, failed := 0, false
		for _, q := range queues {
			n, err := r.round(ctx, client, inspector, placement, q, after)
			sent += n
			if err != nil && ctx.Err() == nil {
				r.Log.Warn("jobs: relay", "placement", placement, "queue", q, "err", err)
				failed = true
				break // most likely Redis: it is the same for the other queues
			}
		}
		wait := idle
		switch {
		case failed:
			wait = time.Second
		case sent > 0:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		}
		timer.Stop()
	}
}

type claimed struct {
	TenantID int32
	ID       uuid.UUID
	Kind     string
	SentAt   time.Time
	Sends    int
}

// round claims due jobs of the next tenants, sends them, and confirms. Claim and confirmation are two
// transactions so that none is open while Redis is spoken to.
func (r *Relay) round(ctx context.Context, client *asynq.Client, inspector *asynq.Inspector, placement string, q Queue, after map[Queue]int32) (int, error) {
	list, err := r.claim(ctx, placement, q, after)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	var tenant, next []int64
	var id []uuid.UUID
	var sentAt []time.Time
	var sendErr error
	for _, c := range list {
		kind, known := r.kinds[c.Kind]
		if !known {
			kind = Kind{Timeout: DefaultTimeout}
		}
		until := int64(1) // not sent: it may be claimed again at once
		if sendErr == nil {
			if sendErr = send(ctx, client, inspector, placement, q, c, kind.Timeout); sendErr == nil {
				until = (kind.Timeout + r.Slack).Milliseconds()
			}
		}
		tenant, id = append(tenant, int64(c.TenantID)), append(id, c.ID)
		sentAt, next = append(sentAt, c.SentAt), append(next, until)
	}
	// A job that was meanwhile done, or failed and put back, has another sent_at.
	err = r.DB.Follow(context.WithoutCancel(ctx), placement, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Prepared(tenant, id, sentAt, next).Exec(ctx, `UPDATE outbox o
			SET next_at = clock_timestamp() + v.wait * interval '1 millisecond', sent_at = CASE WHEN v.wait > 1 THEN o.sent_at END
			FROM unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::bigint[]) v(tenant_id, id, sent_at, wait)
			WHERE o.tenant_id = v.tenant_id AND o.id = v.id AND o.sent_at = v.sent_at AND o.done_at IS NULL`)
		return err
	})
	return len(list), errors.Join(sendErr, err)
}

// claim takes up to roundJobs due jobs of each of the next tenants that have any.
func (r *Relay) claim(ctx context.Context, placement string, q Queue, after map[Queue]int32) ([]claimed, error) {
	var list []claimed
	err := r.DB.Follow(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		const open = "done_at IS NULL AND failed_at IS NULL"
		return tx.Prepared(string(q), after[q], roundTenants, roundJobs, r.InFlight, confirmWithin.Milliseconds()).Scan(ctx, `WITH RECURSIVE round AS (
				(SELECT tenant_id, 1 AS nth FROM outbox WHERE queue = $1 AND `+open+` AND tenant_id > $2 ORDER BY tenant_id LIMIT 1)
				UNION ALL
				SELECT (SELECT o.tenant_id FROM outbox o WHERE o.queue = $1 AND `+open+` AND o.tenant_id > r.tenant_id ORDER BY o.tenant_id LIMIT 1), r.nth + 1
				FROM round r WHERE r.tenant_id IS NOT NULL AND r.nth < $3),
			due AS MATERIALIZED (
				SELECT d.tenant_id, d.id FROM round r CROSS JOIN LATERAL (
					SELECT o.tenant_id, o.id FROM outbox o WHERE o.queue = $1 AND o.tenant_id = r.tenant_id AND `+open+` AND o.next_at <= now()
					ORDER BY o.next_at LIMIT least($4, greatest(0, $5 - (
						SELECT count(*) FROM outbox f WHERE f.queue = $1 AND f.tenant_id = r.tenant_id AND f.done_at IS NULL AND f.failed_at IS NULL
							AND f.sent_at IS NOT NULL AND f.next_at > now())))
					FOR UPDATE SKIP LOCKED) d
				WHERE r.tenant_id IS NOT NULL)
			, seen AS (SELECT max(tenant_id) AS last, count(tenant_id) AS n FROM round)
			, sent AS (UPDATE outbox u SET sent_at = clock_timestamp(), next_at = now() + $6 * interval '1 millisecond', sends = sends + 1
				FROM due WHERE u.tenant_id = due.tenant_id AND u.id = due.id
				RETURNING u.tenant_id, u.id, u.kind, u.sent_at, u.sends)
			SELECT tenant_id, id, kind, sent_at, sends FROM sent
			UNION ALL SELECT CASE WHEN n < $3 THEN -1 ELSE last END, NULL, NULL, NULL, NULL FROM seen`, &list)
	})
	if err != nil {
		return nil, fmt.Errorf("claim jobs: %w", err)
	}
	// The last row says where the round ended; a short one begins anew.
	after[q] = list[len(list)-1].TenantID
	return list[:len(list)-1], nil
}

// send enqueues one job under its row's number, so that it is in Redis once. Where asynq still holds
// an older delivery that cannot run any more (archived, or active without a worker), it makes way.
func send(ctx context.Context, client *asynq.Client, inspector *asynq.Inspector, placement string, q Queue, c claimed, timeout time.Duration) error {
	body, err := json.Marshal(parcel{placement, tenants.ID(c.TenantID), c.ID})
	if err != nil {
		return err
	}
	enqueue := func(id string) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		// asynq retries only what never reached the database; recovery after a killed worker counts too.
		_, err := client.EnqueueContext(ctx, asynq.NewTask(c.Kind, body), asynq.Queue(string(q)), asynq.TaskID(id),
			asynq.MaxRetry(25), asynq.Timeout(timeout+outcomeWithin))
		return err
	}
	err = enqueue(c.ID.String())
	if !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	info, err := inspector.GetTaskInfo(string(q), c.ID.String())
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound):
		err = enqueue(c.ID.String())
	case err != nil:
		return err
	case info.State == asynq.TaskStateArchived || info.State == asynq.TaskStateCompleted:
		if err := inspector.DeleteTask(string(q), c.ID.String()); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
			return err
		}
		err = enqueue(c.ID.String())
	case info.State == asynq.TaskStateActive && c.Sends > 1:
		err = enqueue(fmt.Sprintf("%s.%d", c.ID, c.Sends))
	}
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil // it is there
	}
	return err
}
