package billing

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// Meter is one thing that is counted. Its code and meaning never change once used: another meaning
// is another meter.
type Meter struct {
	Code string // "cases.filed"
	Name string // as people read it
	Unit string // of the quantity, as people read it
	// Once meters count a day at most once, by its largest reading; the others add up.
	Once bool
	// Read says what an act counts for this meter; 0 is nothing, less takes back. It is pure: the same act gives
	// the same reading for ever, or recomputing would not find the invoice again.
	Read func(journal.Act) int64
}

// Meters is every meter, in the order of the vendor's page.
var Meters = []Meter{
	{Code: "cases.filed", Name: "立案案件", Unit: "件", Read: func(a journal.Act) int64 {
		if a.Kind == "case.filed" {
			return 1
		}
		return 0
	}},
	{Code: "cases.closed", Name: "结案案件", Unit: "件", Read: func(a journal.Act) int64 {
		if a.Kind == "case.closed" {
			return 1
		}
		return 0
	}},
	{Code: "tenant.day", Name: "活跃天数", Unit: "天", Once: true, Read: func(a journal.Act) int64 {
		if a.Actor != tenants.System { // somebody worked; our own housekeeping is not activity
			return 1
		}
		return 0
	}},
}

// Name is the follower's name.
const Name = "meter"

// pace gathers the acts of a second: nobody waits for the meter.
const pace = time.Second

// Follower meters acts into usage, by the Asia/Shanghai day of their recording: a month is closed by
// what was recorded in it, whenever it is claimed to have happened. Imported history is not metered.
func Follower(meters []Meter) journal.Follower {
	return journal.Follower{Name: Name, Pace: pace, Apply: func(ctx context.Context, tx tenants.SystemTx, acts []journal.Act) error {
		return write(ctx, tx, read(meters, acts))
	}}
}

type address struct {
	tenant tenants.ID
	day    string
	meter  string
	once   bool
}

func read(meters []Meter, acts []journal.Act) map[address]int64 {
	sums := map[address]int64{}
	for _, a := range acts {
		day := a.RecordedAt.In(clock.Zone).Format(time.DateOnly)
		for _, m := range meters {
			n := m.Read(a)
			if n == 0 {
				continue
			}
			at := address{a.Tenant, day, m.Code, m.Once}
			if m.Once {
				sums[at] = max(sums[at], n)
			} else {
				sums[at] += n
			}
		}
	}
	return sums
}

func write(ctx context.Context, tx tenants.SystemTx, sums map[address]int64) error {
	var tenant, qty []int64
	var day, meter []string
	var once []bool
	for _, at := range slices.SortedFunc(maps.Keys(sums), func(a, b address) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.day, b.day), cmp.Compare(a.meter, b.meter))
	}) {
		if sums[at] != 0 {
			tenant, day, meter = append(tenant, int64(at.tenant)), append(day, at.day), append(meter, at.meter)
			once, qty = append(once, at.once), append(qty, sums[at])
		}
	}
	if len(tenant) == 0 {
		return nil
	}
	// A once meter rises to its largest reading: what is added is what it still lacks. The month takes
	// what the days take, in the same statement.
	_, err := tx.Raw(`WITH v AS MATERIALIZED (
			SELECT v.tenant_id, v.day, v.meter, CASE WHEN v.once THEN greatest(0, v.qty - coalesce(o.qty, 0)) ELSE v.qty END AS qty
			FROM unnest(?::int[], ?::date[], ?::text[], ?::boolean[], ?::bigint[]) v(tenant_id, day, meter, once, qty)
			LEFT JOIN usage o ON v.once AND o.tenant_id = v.tenant_id AND o.day = v.day AND o.meter = v.meter),
		days AS (
			INSERT INTO usage AS u (tenant_id, day, meter, qty) SELECT * FROM v WHERE qty <> 0
			ON CONFLICT (tenant_id, day, meter) DO UPDATE SET qty = u.qty + excluded.qty)
		INSERT INTO usage_months AS u (tenant_id, month, meter, qty)
			SELECT tenant_id, date_trunc('month', day)::date, meter, sum(qty)::bigint FROM v GROUP BY 1, 2, 3 HAVING sum(qty) <> 0 ORDER BY 1, 2, 3
			ON CONFLICT (tenant_id, month, meter) DO UPDATE SET qty = u.qty + excluded.qty`,
		pgdialect.Array(tenant), pgdialect.Array(day), pgdialect.Array(meter), pgdialect.Array(once), pgdialect.Array(qty)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("usage of %d meters and days: %w", len(tenant), err)
	}
	return nil
}
