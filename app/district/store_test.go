package district

import (
	"context"
	"fmt"
	"net/url"
	"sort"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// fill writes made-up tallies behind the fence: perDay cases a day over days up to today, spread over
// classes, units and channels, closed two days later, one in ten late.
func fill(t testing.TB, c *pgx.Conn, tenant tenants.Tenant, days, perDay, classes, units int) {
	t.Helper()
	_, err := c.Exec(t.Context(), fmt.Sprintf(`INSERT INTO tallies (tenant_id, day, dim, key, district, received, closed, on_time, overdue, late)
		SELECT %[1]d, d::date, k.dim, k.key, %[2]d, k.n, k.n, k.n - k.n / 10, k.n / 10, 0
		FROM generate_series(CURRENT_DATE - %[3]d, CURRENT_DATE, interval '1 day') d, (
			SELECT 'all' AS dim, '' AS key, %[4]d AS n
			UNION ALL SELECT 'class', 'matter-' || i, %[4]d / %[5]d FROM generate_series(1, %[5]d) i
			UNION ALL SELECT 'unit', 'unit-' || i, %[4]d / %[6]d FROM generate_series(1, %[6]d) i
			UNION ALL SELECT 'community', 'c' || i, %[4]d / 12 FROM generate_series(1, 12) i
			UNION ALL SELECT 'channel', v, %[4]d / 8 FROM unnest(ARRAY['phone','window','resident','grid','hotline','city','district','import']) v) k`,
		tenant.ID, tenant.District, days-1, perDay, classes, units))
	if err == nil {
		_, err = c.Exec(t.Context(), `INSERT INTO tally_months SELECT tenant_id, date_trunc('month', day)::date, dim, key, district,
			sum(received), sum(closed), sum(on_time), sum(overdue), sum(late) FROM tallies WHERE tenant_id = $1 GROUP BY 1, 2, 3, 4, 5`, int32(tenant.ID))
	}
	if err == nil {
		_, err = c.Exec(t.Context(), `INSERT INTO tally_years SELECT tenant_id, date_trunc('year', month)::date, dim, key, district,
			sum(received), sum(closed), sum(on_time), sum(overdue), sum(late) FROM tally_months WHERE tenant_id = $1 GROUP BY 1, 2, 3, 4, 5`, int32(tenant.ID))
	}
	if err == nil {
		_, err = c.Exec(t.Context(), `INSERT INTO labels SELECT DISTINCT tenant_id, dim, key, district, '名' || key FROM tallies WHERE tenant_id = $1 AND dim <> 'all'`, int32(tenant.ID))
	}
	if err == nil {
		_, err = c.Exec(t.Context(), `INSERT INTO cursors SELECT tenant_id, 'tally', n FROM heads WHERE tenant_id = $1`, int32(tenant.ID))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The size that is promised: 14 streets of 100,000 cases each. The metric p50-ms is the whole of it: scope,
// statement, commit.
func BenchmarkBoard(b *testing.B) {
	w := tenantstest.Open(b)
	c := w.Super(b, tenants.Home)
	for range 14 {
		fill(b, c, w.Street(b, inDistrict(440307)), 365, 274, 60, 25)
	}
	if _, err := c.Exec(b.Context(), "VACUUM ANALYZE tallies, tally_months, tally_years, labels, cursors, heads, tenants"); err != nil {
		b.Fatal(err)
	}
	for _, period := range []string{Month, Thirty, Today, Week, Year} {
		p, err := ParsePeriod(url.Values{"period": {period}}, clock.Now(b.Context()))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(period, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				err := w.DB.District(b.Context(), 440307, func(ctx context.Context, tx tenants.DistrictTx) error {
					f, err := read(ctx, tx, asked{Period: p, dims: []string{"class", "unit", "channel"}, most: top})
					if err == nil && (len(f.places) < 14 || len(f.groups["class"]) != top || f.places[0].now.Received < 274) {
						return fmt.Errorf("%d places, %d classes", len(f.places), len(f.groups["class"]))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begun))
			}
			sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		})
	}
}

func inDistrict(code int32) func(*tenants.Plan) {
	return func(p *tenants.Plan) { p.District = code }
}
