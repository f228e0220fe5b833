package jobs

import (
	"context"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// Announce is the follower that turns acts into jobs: notices, webhooks, whatever others should
// hear. what is pure; it may run again for an act whose transaction failed.
func Announce(what func(journal.Act) []Job) journal.Follower {
	return journal.Follower{Name: "announce", Apply: func(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
		var of []tenants.ID
		var all []Job
		for _, a := range acts {
			for _, j := range what(a) {
				of, all = append(of, a.Tenant), append(all, j)
			}
		}
		if len(all) == 0 {
			return nil
		}
		_, err := add(ctx, tx, of, all)
		return err
	}}
}
