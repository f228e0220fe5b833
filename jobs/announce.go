package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// pace gathers the acts of a busy moment into one batch of jobs.
const pace = 100 * time.Millisecond

// Announce is the follower that turns acts into jobs: notices, webhooks, whatever others should
// hear. what is pure; it may run again for an act whose transaction failed.
func Announce(what func(journal.Act) []Job) journal.Follower {
	return journal.Follower{Name: "announce", Pace: pace, Apply: func(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
		var of []tenants.ID
		var all []Job
		var ids []uuid.UUID
		for _, a := range acts {
			for _, j := range what(a) {
				of, all, ids = append(of, a.Tenant), append(all, j), append(ids, tenants.NewID())
			}
		}
		if len(all) == 0 {
			return nil
		}
		return add(ctx, tx, of, ids, all)
	}}
}
