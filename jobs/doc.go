// Package jobs carries out what must happen after a transaction, or at a time.
//
// A verb that wants something done writes a row with [Add] in its own transaction: no commit without
// the job, no job without the commit. The [Relay] goes round the tenants, a bounded number of jobs
// each, and hands the rows' numbers to Redis (asynq); a [Worker] enters the tenant, runs the [Kind]
// and marks the row done in the same transaction, so the effect happens exactly once. Redis only
// carries: if it loses everything, the relay sends again what is not done. Retries, failures and
// the list of failed jobs live in PostgreSQL.
//
//	var remindUnit = jobs.Kind{Name: "cases.remind", Queue: jobs.Default, Timeout: time.Minute,
//		Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error { … }}
//
//	err := jobs.Add(ctx, tx, remindUnit.Job(reminder{Case: c.ID}))
//
// What leaves the house (an SMS, a webhook) cannot be rolled back: such a kind has Outside instead of
// Run, works without a transaction, and passes the job's number on as idempotency key.
//
// A deadline is a row too: [Remind] sets it, [Cancel] drops it, and the [Timekeeper] runs its
// [TimerKind] in the tenant within two seconds of the time. Periodic work is a [Periodic]: whichever
// process writes the tick's row adds its job, so any number of processes may run.
//
// Jobs of the deployment itself belong to tenant 0.
package jobs
