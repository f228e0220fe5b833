package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"wanjie/tenants"
)

// Allowed answers whether a module (Kind.Module, TimerKind.Module; never empty) is switched on in the transaction's tenant.
type Allowed func(ctx context.Context, tx tenants.Tx, module string) (bool, error)

// Worker runs jobs. Any number of them may run.
type Worker struct {
	DB      *tenants.DB
	Redis   redis.UniversalClient
	Kinds   []Kind
	Allowed Allowed // nil: every module is on
	Log     *slog.Logger

	Concurrency int           // jobs at once in this process; 0 means 8
	Grace       time.Duration // for running jobs to end at the stop; 0 means 20 s
	// Done is called after each job, to wake the relay; optional.
	Done func()

	kinds map[string]Kind
}

// outcomeWithin bounds writing down how a job went.
const outcomeWithin = 10 * time.Second

// Run works until ctx ends, then lets running jobs finish for Grace; what is still running is rolled
// back and comes again.
func (w *Worker) Run(ctx context.Context) error {
	var err error
	if w.kinds, err = index(w.Kinds); err != nil {
		return err
	}
	if w.Concurrency <= 0 {
		w.Concurrency = 8
	}
	if w.Grace <= 0 {
		w.Grace = 20 * time.Second
	}
	server := asynq.NewServerFromRedisClient(w.Redis, asynq.Config{
		Concurrency:       w.Concurrency,
		Queues:            map[string]int{string(Critical): 6, string(Default): 3, string(Bulk): 1},
		TaskCheckInterval: 200 * time.Millisecond,
		ShutdownTimeout:   w.Grace,
		Logger:            asynqLog{w.Log},
		LogLevel:          asynq.WarnLevel,
		// What failed inside the database is retried from there; only an unreachable database gets here.
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 5 * time.Second },
	})
	// The server pings Redis at its start; a Redis that comes later must not end the process.
	for {
		if err = w.Redis.Ping(ctx).Err(); err == nil {
			break
		}
		w.Log.Warn("jobs: waiting for Redis", "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	if err := server.Start(asynq.HandlerFunc(w.process)); err != nil {
		return fmt.Errorf("jobs: start worker: %w", err)
	}
	<-ctx.Done()
	server.Stop()
	server.Shutdown()
	return nil
}

// errGone says that the row is done, failed, or held by another worker: nothing to do.
var errGone = errors.New("nothing to do")

// process runs one delivery. It answers an error only when the outcome could not be written.
func (w *Worker) process(ctx context.Context, task *asynq.Task) error {
	var p parcel
	if err := json.Unmarshal(task.Payload(), &p); err != nil {
		return fmt.Errorf("parcel: %w: %w", err, asynq.SkipRetry)
	}
	kind, known := w.kinds[task.Type()]
	begun := time.Now() //nolint:forbidigo // how long it takes, not what time it is
	err := errors.New("this binary does not know the kind; a newer one will take it")
	if known {
		run, cancel := context.WithTimeout(ctx, kind.Timeout)
		err = w.run(run, kind, p)
		cancel()
	}
	if w.Done != nil {
		defer w.Done()
	}
	switch {
	case err == nil:
		w.Log.Debug("job done", "kind", task.Type(), "tenant", int32(p.Tenant), "job", p.ID, "took", time.Since(begun))
		return nil
	case errors.Is(err, errGone):
		return nil
	}
	w.Log.Warn("job failed", "kind", task.Type(), "tenant", int32(p.Tenant), "job", p.ID, "err", err)
	limit := kind.MaxAttempts
	if !known {
		limit = 1000
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return w.putBack(ctx, p) // the process stops: not the job's fault
	}
	return w.failed(ctx, p, limit, err)
}

// run runs the job and marks it done; its panic is an error.
func (w *Worker) run(ctx context.Context, kind Kind, p parcel) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.Log.Error("job panicked", "kind", kind.Name, "job", p.ID, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	switch {
	case kind.Outside != nil || kind.Errand != nil:
		return w.outside(ctx, kind, p)
	case kind.System != nil:
		return w.DB.System(ctx, p.Placement, func(ctx context.Context, tx tenants.SystemTx) error {
			payload, err := take(ctx, tx, p)
			if err != nil {
				return err
			}
			if err := kind.System(ctx, tx, payload); err != nil {
				return err
			}
			return done(ctx, tx, p, false)
		})
	}
	return w.DB.Write(ctx, p.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		payload, err := take(ctx, tx, p)
		if err != nil {
			return err
		}
		if on, err := w.on(ctx, tx, kind.Module); err != nil || !on {
			return errors.Join(err, done(ctx, tx, p, true))
		}
		if err := kind.Run(ctx, tx, payload); err != nil {
			return err
		}
		return done(ctx, tx, p, false)
	})
}

func (w *Worker) on(ctx context.Context, tx tenants.Tx, module string) (bool, error) {
	if module == "" || w.Allowed == nil {
		return true, nil
	}
	return w.Allowed(ctx, tx, module)
}

// enter runs f in the job's tenant, or for tenant 0 in the system's scope.
func (w *Worker) enter(ctx context.Context, p parcel, f func(context.Context, raw) error) error {
	if p.Tenant == 0 {
		return w.DB.System(ctx, p.Placement, func(ctx context.Context, tx tenants.SystemTx) error { return f(ctx, tx) })
	}
	return w.DB.Write(ctx, p.Tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { return f(ctx, tx) })
}

// outside holds the job, calls the world without a transaction, and marks the job done.
func (w *Worker) outside(ctx context.Context, kind Kind, p parcel) error {
	env := Env{DB: w.DB, Placement: p.Placement, Tenant: p.Tenant, Job: p.ID}
	var call Call
	err := w.enter(ctx, p, func(ctx context.Context, tx raw) error {
		payload, attempt, err := hold(ctx, tx, p, kind.Timeout+outcomeWithin)
		if err != nil {
			return err
		}
		env.Attempt = attempt
		if in, is := tx.(tenants.Tx); is {
			if on, err := w.on(ctx, in, kind.Module); err != nil || !on {
				return errors.Join(err, done(ctx, tx, p, true))
			}
			if kind.Errand != nil {
				if call, err = kind.Errand(ctx, in, payload); err == nil && call == nil {
					return done(ctx, tx, p, false)
				}
				return err
			}
		}
		if kind.Outside == nil {
			return errors.New("an errand of no tenant")
		}
		call = func(ctx context.Context, env Env) error { return kind.Outside(ctx, env, payload) }
		return nil
	})
	if err != nil || call == nil {
		return err
	}
	if err := call(ctx, env); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeWithin)
	defer cancel()
	return w.DB.Follow(ctx, p.Placement, func(ctx context.Context, tx tenants.SystemTx) error { return done(ctx, tx, p, false) })
}

// take locks the job's row and reads its payload; errGone when it is no longer open.
func take(ctx context.Context, tx raw, p parcel) (json.RawMessage, error) {
	var payload []byte // bun would scan a json.RawMessage as a list of numbers
	err := tx.Prepared(int32(p.Tenant), p.ID).Scan(ctx, `SELECT payload FROM outbox
		WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL FOR UPDATE`, &payload)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errGone
	}
	return payload, err
}

// hold keeps other workers off the job for so long, beyond the transaction, and reads its payload and
// which attempt this is; errGone when it is no longer open or another holds it.
func hold(ctx context.Context, tx raw, p parcel, long time.Duration) (payload json.RawMessage, attempt int, err error) {
	var body []byte
	err = tx.Prepared(int32(p.Tenant), p.ID, long.Milliseconds()).Scan(ctx, `UPDATE outbox
		SET held_until = clock_timestamp() + $3 * interval '1 millisecond'
		WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND failed_at IS NULL AND (held_until IS NULL OR held_until < clock_timestamp())
		RETURNING payload, attempts + 1`, &body, &attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, errGone
	}
	return body, attempt, err
}

func done(ctx context.Context, tx raw, p parcel, skipped bool) error {
	_, err := tx.Prepared(int32(p.Tenant), p.ID, skipped).Exec(ctx, `UPDATE outbox
		SET done_at = clock_timestamp(), skipped = $3, error = '', held_until = NULL WHERE tenant_id = $1 AND id = $2`)
	return err
}

// failed writes down the failure: another attempt later, or none any more.
func (w *Worker) failed(ctx context.Context, p parcel, limit int, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeWithin)
	defer cancel()
	return w.enter(ctx, p, func(ctx context.Context, tx raw) error {
		var attempts int
		err := tx.Raw(`SELECT attempts FROM outbox WHERE tenant_id = ? AND id = ? AND done_at IS NULL AND failed_at IS NULL FOR UPDATE`,
			int32(p.Tenant), p.ID).Scan(ctx, &attempts)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		attempts++
		_, err = tx.Raw(`UPDATE outbox SET attempts = ?, error = ?, sent_at = NULL, held_until = NULL,
				next_at = clock_timestamp() + ?::interval, failed_at = CASE WHEN ? THEN clock_timestamp() END
			WHERE tenant_id = ? AND id = ?`,
			attempts, brief(why), fmt.Sprintf("%d milliseconds", Backoff(attempts).Milliseconds()), attempts >= limit, int32(p.Tenant), p.ID).Exec(ctx)
		return err
	})
}

// putBack makes the job due again at once.
func (w *Worker) putBack(ctx context.Context, p parcel) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeWithin)
	defer cancel()
	return w.enter(ctx, p, func(ctx context.Context, tx raw) error {
		_, err := tx.Raw(`UPDATE outbox SET sent_at = NULL, held_until = NULL, next_at = clock_timestamp()
			WHERE tenant_id = ? AND id = ? AND done_at IS NULL`, int32(p.Tenant), p.ID).Exec(ctx)
		return err
	})
}

// brief is the error as it is kept: the first 500 characters.
func brief(err error) string {
	s := []rune(err.Error())
	return string(s[:min(len(s), 500)])
}

// asynqLog passes asynq's own messages on.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Debug("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Warn("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }
func (l asynqLog) Fatal(args ...any) { l.log.Error("asynq: " + fmt.Sprint(args...)) }
