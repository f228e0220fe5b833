package app

import (
	"context"
	"encoding/json"

	"wanjie/app/auth"
	"wanjie/jobs"
	"wanjie/tenants"
)

// measure is what a tenant's security administrator decided about an account.
type measure struct {
	Measure auth.Measure
	Person  int64
	Order   auth.Order
}

const measureJob = "account.measure"

// measureLater takes a measure once tx has committed: the account is the sign-in service's, which no
// transaction waits for.
func (a *App) measureLater(ctx context.Context, tx tenants.Tx, m auth.Measure, person int64, o auth.Order) error {
	s, err := sealJob(ctx, tx, measure{m, person, o})
	if err != nil {
		return err
	}
	_, err = jobs.Add(ctx, tx, jobs.Job{Kind: measureJob, Queue: jobs.Critical, Payload: s})
	return err
}

// measureKind is the job that carries a measure out.
func (a *App) measureKind() jobs.Kind {
	return jobs.Kind{Name: measureJob, Queue: jobs.Critical, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var m measure
		if err := a.openJob(ctx, env.Tenant, payload, &m); err != nil {
			return err
		}
		return a.Keeper.Carry(ctx, m.Measure, m.Person, m.Order)
	}}
}
