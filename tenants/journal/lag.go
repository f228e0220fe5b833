package journal

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/tenants"
)

// Behind is how far one follower is behind at one placement.
type Behind struct {
	Placement string
	Follower  string
	Acts      int64         // not followed yet
	Tenants   int           // of so many tenants
	Oldest    time.Duration // age of the oldest of them; 0 when there is none
}

// Lag measures how far the named followers are behind, at every placement.
func Lag(ctx context.Context, db *tenants.DB, followers ...string) ([]Behind, error) {
	var out []Behind
	for _, placement := range db.Placements() {
		var found []struct {
			Follower string
			Acts     int64
			Tenants  int
			Seconds  float64
		}
		err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
			return tx.Raw(`SELECT f.name AS follower, coalesce(sum(b.acts), 0)::bigint AS acts, count(b.acts) AS tenants,
					coalesce(extract(epoch FROM clock_timestamp() - min(b.since)), 0)::float8 AS seconds
				FROM unnest(?::text[]) WITH ORDINALITY f(name, ord) LEFT JOIN LATERAL (
					SELECT h.n - coalesce(c.n, 0) AS acts,
						(SELECT j.recorded_at FROM journal j WHERE j.tenant_id = h.tenant_id AND j.n = coalesce(c.n, 0) + 1) AS since
					FROM heads h LEFT JOIN cursors c ON c.tenant_id = h.tenant_id AND c.follower = f.name
					WHERE h.n > coalesce(c.n, 0)) b ON true
				GROUP BY f.name, f.ord ORDER BY f.ord`, pgdialect.Array(followers)).Scan(ctx, &found)
		})
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			out = append(out, Behind{placement, f.Follower, f.Acts, f.Tenants, time.Duration(max(0, f.Seconds) * float64(time.Second))})
		}
	}
	return out, nil
}

// counts is what the runner counts as it goes.
type counts struct {
	acts, failures *prometheus.CounterVec
	batches        *prometheus.HistogramVec

	mu   sync.Mutex
	at   time.Time
	last []Behind
}

func newCounts() *counts {
	by := []string{"follower"}
	return &counts{
		acts:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wanjie_follower_acts_total", Help: "Acts followed by this process."}, by),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wanjie_follower_failures_total", Help: "Batches that failed down to one tenant, or lost their connection."}, by),
		batches: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wanjie_follower_batch_seconds", Help: "Time of one batch.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 9)}, by),
	}
}

var (
	lagActs = prometheus.NewDesc("wanjie_follower_lag_acts", "Acts not followed yet.", []string{"placement", "follower"}, nil)
	lagAge  = prometheus.NewDesc("wanjie_follower_lag_seconds", "Age of the oldest act not followed yet.", []string{"placement", "follower"}, nil)
)

// Describe and Collect make the runner a collector of its followers' lag and work. The lag is
// measured when somebody asks, at most every five seconds.
func (r *Runner) Describe(ch chan<- *prometheus.Desc) {
	ch <- lagActs
	ch <- lagAge
	r.counts.acts.Describe(ch)
	r.counts.failures.Describe(ch)
	r.counts.batches.Describe(ch)
}

// Collect implements prometheus.Collector.
func (r *Runner) Collect(ch chan<- prometheus.Metric) {
	r.counts.acts.Collect(ch)
	r.counts.failures.Collect(ch)
	r.counts.batches.Collect(ch)
	c := r.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.at) >= 5*time.Second {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		lag, err := Lag(ctx, r.db, r.Names()...)
		if err != nil {
			ch <- prometheus.NewInvalidMetric(lagActs, err)
			return
		}
		c.last, c.at = lag, tick()
	}
	for _, b := range c.last {
		ch <- prometheus.MustNewConstMetric(lagActs, prometheus.GaugeValue, float64(b.Acts), b.Placement, b.Follower)
		ch <- prometheus.MustNewConstMetric(lagAge, prometheus.GaugeValue, b.Oldest.Seconds(), b.Placement, b.Follower)
	}
}
