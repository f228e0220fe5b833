package vendor

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/jobs"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// shown is how many failed jobs of a placement the page lists.
const shown = 50

// health measures each placement; one that does not answer is a line of the page, not the page's end.
func (c *console) health(ctx context.Context, r *web.Request) (web.Reply, error) {
	h := view.Health{At: clock.Now(ctx), MayRetry: c.May(r, auth.StreetsOpen)}
	var missing []int32
	for _, name := range c.DB.Placements() {
		p := view.Place{Name: name, Wanted: c.Migration}
		err := c.DB.Vendor(ctx, name, func(ctx context.Context, tx tenants.VendorTx) error {
			s, err := serverOf(ctx, tx)
			if err != nil {
				return err
			}
			p.Version, p.Migration, p.Bytes, p.Tenants = s.Version, s.Migration, s.Bytes, s.Tenants
			stand, err := jobs.Stand(ctx, tx)
			if err != nil {
				return err
			}
			p.TimersDue, p.OldestTimer, p.TimersFailed = stand.TimersDue, stand.OldestTimer, stand.TimersFailed
			kinds, err := jobsByKind(ctx, tx)
			if err != nil {
				return err
			}
			for _, k := range kinds {
				h.Jobs = append(h.Jobs, view.Jobs{Placement: name, Kind: k.Kind, Queue: k.Queue, Waiting: k.Waiting, Sent: k.Sent, Retrying: k.Retrying, Failed: k.Failed, Oldest: seconds(k.Oldest)})
			}
			failed, err := jobs.Failed(ctx, tx, shown)
			for _, f := range failed {
				missing = append(missing, f.TenantID)
				h.Failures = append(h.Failures, view.Failure{Guard: r.Guard(), Placement: name, TenantID: f.TenantID, Kind: f.Kind, Error: f.Error, ID: f.ID.String(), FailedAt: f.FailedAt, Attempts: f.Attempts})
			}
			return err
		})
		if err != nil {
			if ctx.Err() != nil {
				return web.Reply{}, err
			}
			p.Down = ui.T(ctx, "详见系统日志")
		}
		h.Places = append(h.Places, p)
	}
	if refused, err := c.Refused(ctx, h.At.Add(-24*time.Hour)); err == nil { // home is down, and stands among the places
		h.Refused = refused
	}
	names, err := c.namesOf(ctx, missing)
	if err != nil {
		return web.Reply{}, err
	}
	for i := range h.Failures {
		h.Failures[i].Tenant = names[h.Failures[i].TenantID].Name
	}
	if lags, err := c.Lag(ctx); err == nil { // a placement that is down is on the page already
		for _, l := range lags {
			h.Lags = append(h.Lags, view.Lag{Placement: l.Placement, Follower: l.Follower, Acts: l.Acts, Tenants: l.Tenants, Oldest: l.Oldest})
		}
	}
	return web.Page(ui.T(ctx, "运行健康"), view.HealthView(h)), nil
}

// retry makes a job that was given up due again. Repeating it says that it is no longer failed.
func (c *console) retry(ctx context.Context, r *web.Request) (web.Reply, error) {
	placement, known := r.Text("placement"), false
	for _, name := range c.DB.Placements() {
		known = known || name == placement
	}
	id, err := uuid.Parse(r.Text("job"))
	tenant := r.Int("tenant", -1)
	if !known || err != nil || tenant < 0 {
		return web.Reply{}, fault.New(fault.NotFound, "没有这个失败的任务，可能已被重试")
	}
	err = c.DB.Vendor(ctx, placement, func(ctx context.Context, tx tenants.VendorTx) error {
		return jobs.Retry(ctx, tx, tenants.ID(tenant), id)
	})
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/health"), "已重新排队"), nil
}
