package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
	"wanjie/tenants/keys/reseal"
)

const (
	resealJob = "keys.reseal"
	retireJob = "keys.retire"
)

// resealBatch is how many rows one job brings over: a tenth of a second, so that nobody waits for a row.
var resealBatch = 500

// afterSettle is how much later than the new key's first use its values begin to be brought over: by
// then every transaction has ended that began before.
const afterSettle = time.Minute

// retireAfter is how long the old key is kept in use after the last value was brought over: jobs with
// sealed payloads lie in the outbox for a fortnight at most.
const retireAfter = 15 * 24 * time.Hour

// RenewKey gives a tenant a new data key, and the job that brings its values over to it. Conflict while
// that is still under way for the last one.
func RenewKey(ctx context.Context, db *tenants.DB, id tenants.ID) (v reseal.Version, err error) {
	wrapped, err := keys.Issue(ctx, db.Keys(), int32(id))
	if err != nil {
		return v, err
	}
	err = db.Write(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		var busy bool
		if err = tx.Raw("SELECT EXISTS (SELECT FROM outbox WHERE tenant_id = ? AND kind = ? AND done_at IS NULL AND failed_at IS NULL)", int32(id), resealJob).Scan(ctx, &busy); err != nil {
			return err
		}
		if busy {
			return reseal.ErrBusy
		}
		if v, err = reseal.Begin(ctx, tx, wrapped); err != nil {
			return err
		}
		_, err = jobs.Add(ctx, tx, jobs.Job{Kind: resealJob, Queue: jobs.Bulk, Payload: reseal.Place{Version: v.Version}, At: v.From.Add(afterSettle)})
		return err
	})
	return v, err
}

// KeysOf answers the versions of a tenant's data key, and how many rows of each table are still under
// an older one than the newest.
func KeysOf(ctx context.Context, db *tenants.DB, id tenants.ID) (all []reseal.Version, left map[string]int64, err error) {
	err = db.Read(ctx, id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		if all, err = reseal.Versions(ctx, tx); err != nil {
			return err
		}
		left, err = reseal.Left(ctx, tx, Columns())
		return err
	})
	return all, left, err
}

// resealKind brings a batch over and adds the job of the next one in the same transaction: wherever
// the process is killed, the batches before are done and the job comes again.
func resealKind() jobs.Kind {
	return jobs.Kind{Name: resealJob, Queue: jobs.Bulk, Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
		var p reseal.Place
		if err := json.Unmarshal(payload, &p); err != nil {
			return fmt.Errorf("reseal: %w", err)
		}
		next, done, err := reseal.Step(ctx, tx, Columns(), p, resealBatch)
		if err != nil {
			return err
		}
		job := jobs.Job{Kind: resealJob, Queue: jobs.Bulk, Payload: next}
		if done {
			reseal.Done(ctx, tx, next)
			if next.Bad > 0 {
				return nil // the old key stays in use: somebody must look why, and nothing more may be lost
			}
			job = jobs.Job{Kind: retireJob, Queue: jobs.Bulk, Payload: next, At: clock.Now(ctx).Add(retireAfter)}
		}
		_, err = jobs.Add(ctx, tx, job)
		return err
	}}
}

// retireKind takes the old key out of use. What was sealed with it after all, a row put back from a
// backup say, is brought over first.
func retireKind() jobs.Kind {
	return jobs.Kind{Name: retireJob, Queue: jobs.Bulk, Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
		var p reseal.Place
		if err := json.Unmarshal(payload, &p); err != nil {
			return fmt.Errorf("retire: %w", err)
		}
		newest, err := reseal.Newest(ctx, tx)
		if err != nil || newest.Version != p.Version { // a newer one has its own jobs
			return err
		}
		left, err := reseal.Left(ctx, tx, Columns())
		if err != nil {
			return err
		}
		if len(left) > 0 {
			_, err = jobs.Add(ctx, tx, jobs.Job{Kind: resealJob, Queue: jobs.Bulk, Payload: reseal.Place{Version: p.Version}})
			return err
		}
		return reseal.Retire(ctx, tx, Columns())
	}}
}
