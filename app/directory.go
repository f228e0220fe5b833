package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wanjie/billing"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// The directory at home tells a tenant before its scope is entered, wherever the tenant lives. No
// transaction spans placements, so what changes in a tenant reaches it as the act that was recorded
// there, carried by a job.

const (
	renameJob = "directory.rename"
	settleJob = "tenant.settle"
	namesJob  = "directory.names"
)

// renaming is a street's new name as of its act.
type renaming struct {
	Name string `json:"name"`
	Act  int64  `json:"act"`
}

// follow is what an act about the tenant itself sets going.
func follow(act journal.Act) []jobs.Job {
	if act.Kind == "tenant.branded" && act.After["name"] != act.Before["name"] {
		return []jobs.Job{{Kind: renameJob, Payload: renaming{act.After["name"], act.N}}}
	}
	if act.Kind == "tenant.state" { // whoever changed it settled it at once, unless something stopped them
		return []jobs.Job{{Kind: settleJob}}
	}
	return nil
}

// settleKind lets a tenant's state follow its newest standing.
func settleKind() jobs.Kind {
	return jobs.Kind{Name: settleJob, Outside: func(ctx context.Context, env jobs.Env, _ json.RawMessage) error {
		return env.DB.Settle(ctx, env.Tenant)
	}}
}

// renameKind brings a street's new name to the directory.
func renameKind() jobs.Kind {
	return jobs.Kind{Name: renameJob, Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
		var r renaming
		if err := json.Unmarshal(payload, &r); err != nil {
			return fmt.Errorf("renaming: %w", err)
		}
		return env.DB.Rename(ctx, env.Tenant, r.Name, r.Act)
	}}
}

// namesDaily compares all names of a placement with the directory, once a day.
func namesDaily() jobs.Periodic {
	return jobs.Periodic{Every: 24 * time.Hour, After: 4 * time.Hour, Kind: jobs.Kind{
		Name: namesJob, Queue: jobs.Bulk, Timeout: 10 * time.Minute,
		Outside: func(ctx context.Context, env jobs.Env, _ json.RawMessage) error {
			_, err := env.DB.Renamed(ctx, env.Placement)
			return err
		},
	}}
}

// usageDaily counts the months' sums of usage anew from their days.
func usageDaily() jobs.Periodic {
	return jobs.Periodic{Every: 24 * time.Hour, After: 3*time.Hour + 30*time.Minute, Kind: jobs.Kind{
		Name: "usage.recount", Queue: jobs.Bulk, Timeout: 10 * time.Minute,
		System: func(ctx context.Context, tx tenants.SystemTx, _ json.RawMessage) error {
			_, err := billing.Recount(ctx, tx)
			return err
		},
	}}
}
