package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// Usage is what one tenant used of one meter in a month.
type Usage struct {
	TenantID int32
	Meter    string
	Qty      int64
}

// Total is what all tenants of a placement used of one meter in a month.
type Total struct {
	Meter   string
	Qty     int64
	Tenants int // that used any of it
}

// Day is what one tenant used of one meter on a day.
type Day struct {
	Day   string // 2006-01-02, in Asia/Shanghai
	Meter string
	Qty   int64
}

// ErrMonth is the fault for a month that is none.
var ErrMonth = fault.New(fault.Invalid, "月份应为四位年和两位月，例如2026-11")

// span is the first day of a month ("2026-11") and the first one after it.
func span(month string) (first, after string, err error) {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return "", "", ErrMonth
	}
	return t.Format(time.DateOnly), t.AddDate(0, 1, 0).Format(time.DateOnly), nil
}

// Month answers everybody's usage of a month at the transaction's placement, by tenant and meter.
func Month(ctx context.Context, tx tenants.VendorTx, month string) ([]Usage, error) {
	first, _, err := span(month)
	if err != nil {
		return nil, err
	}
	var out []Usage
	err = tx.Raw("SELECT tenant_id, meter, qty FROM usage_months WHERE month = ? AND qty <> 0 ORDER BY tenant_id, meter", first).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("usage of %s: %w", month, err)
	}
	return out, nil
}

// MonthOf answers the usage of a month of some tenants at the transaction's placement.
func MonthOf(ctx context.Context, tx tenants.VendorTx, month string, ids []int32) ([]Usage, error) {
	first, _, err := span(month)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var out []Usage
	err = tx.Raw("SELECT tenant_id, meter, qty FROM usage_months WHERE tenant_id IN (?) AND month = ? AND qty <> 0 ORDER BY tenant_id, meter", bun.List(ids), first).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("usage of %d tenants in %s: %w", len(ids), month, err)
	}
	return out, nil
}

// Totals answers what everybody at the transaction's placement used in a month, by meter. With 41,352
// tenants it reads 124,056 rows, in some 30 ms.
func Totals(ctx context.Context, tx tenants.VendorTx, month string) ([]Total, error) {
	first, _, err := span(month)
	if err != nil {
		return nil, err
	}
	var out []Total
	err = tx.Raw("SELECT meter, sum(qty)::bigint AS qty, count(*) FILTER (WHERE qty <> 0) AS tenants FROM usage_months WHERE month = ? GROUP BY meter ORDER BY meter", first).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("totals of %s: %w", month, err)
	}
	return out, nil
}

// Days answers one tenant's usage of a month day by day, which is what a bill is computed from.
func Days(ctx context.Context, tx tenants.VendorTx, month string, id tenants.ID) ([]Day, error) {
	first, after, err := span(month)
	if err != nil {
		return nil, err
	}
	var out []Day
	err = tx.Raw("SELECT to_char(day, 'YYYY-MM-DD') AS day, meter, qty FROM usage WHERE tenant_id = ? AND day >= ? AND day < ? AND qty <> 0 ORDER BY 1, 2",
		int32(id), first, after).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("usage of tenant %s in %s: %w", id, month, err)
	}
	return out, nil
}

// Recount makes the sums of the present and the last month at the transaction's placement anew from
// their days, and answers how many were wrong: none, unless a binary from before the sums was metering
// beside this one. Followers wait meanwhile, some seconds with 41,352 tenants.
func Recount(ctx context.Context, tx tenants.SystemTx) (wrong int64, err error) {
	now := clock.Now(ctx).In(clock.Zone)
	first := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, clock.Zone).Format(time.DateOnly)
	if _, err := tx.Raw("LOCK TABLE usage_months IN SHARE ROW EXCLUSIVE MODE").Exec(ctx); err != nil {
		return 0, fmt.Errorf("recount usage: %w", err)
	}
	res, err := tx.Raw(`WITH d AS (SELECT tenant_id, date_trunc('month', day)::date AS month, meter, sum(qty)::bigint AS qty FROM usage WHERE day >= ? GROUP BY 1, 2, 3)
		INSERT INTO usage_months AS m (tenant_id, month, meter, qty)
			SELECT tenant_id, month, meter, coalesce(d.qty, 0) FROM d FULL JOIN (SELECT * FROM usage_months WHERE month >= ?) o USING (tenant_id, month, meter)
			WHERE coalesce(d.qty, 0) <> coalesce(o.qty, 0) ORDER BY 1, 2, 3
			ON CONFLICT (tenant_id, month, meter) DO UPDATE SET qty = excluded.qty`, first, first).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("recount usage since %s: %w", first, err)
	}
	return res.RowsAffected()
}
