package tally

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// Line is one line of a board.
type Line struct {
	TenantID int32  // 0 when the line is over all tenants
	Key      string // of the dimension
	Label    string // as the tenants call the key; empty when none of them ever said
	Counts
}

// Period is the days From … To, both included; only their date in Asia/Shanghai counts.
type Period struct{ From, To time.Time }

// asDate is t's calendar day in Asia/Shanghai as SQL wants it.
func asDate(t time.Time) string { return t.In(clock.Zone).Format(time.DateOnly) }

// source is the rows of a period: whole months from tally_months, the days at either end from
// tallies. Its arguments come from Period.arguments.
var source = `(
	SELECT tenant_id, key, month AS day, ` + list("%s") + ` FROM tally_months
	WHERE district = ? AND dim = ? AND month >= ? AND month < ?
	UNION ALL
	SELECT tenant_id, key, day, ` + list("%s") + ` FROM tallies
	WHERE district = ? AND dim = ? AND (day >= ? AND day < ? OR day >= ? AND day < ?)) v`

// arguments splits the period into whole months and the days at either end. The present month is not whole
// before it ends, because deadlines lie ahead.
func (p Period) arguments(district int32, dim string) []any {
	from, end := clock.Day(p.From), clock.Day(p.To).AddDate(0, 0, 1) // half open
	first, last := month(from), month(end)
	if first.Before(from) {
		first = first.AddDate(0, 1, 0)
	}
	if !first.Before(last) { // no whole month in it
		first, last = end, end
	}
	return []any{district, dim, asDate(first), asDate(last), district, dim, asDate(from), asDate(first), asDate(last), asDate(end)}
}

func month(t time.Time) time.Time {
	y, m, _ := t.Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, clock.Zone)
}

var measures = list("sum(%[1]s) AS %[1]s")

// ByKey is the district's figures of a period by the keys of one dimension, most received first.
func ByKey(ctx context.Context, tx tenants.DistrictTx, p Period, dim string) ([]Line, error) {
	return lines(ctx, tx, `SELECT coalesce((SELECT min(l.label) FROM labels l WHERE l.district = ? AND l.dim = ? AND l.key = v.key), '') AS label, v.*
		FROM (SELECT key, `+measures+` FROM `+source+` GROUP BY key) v ORDER BY v.received DESC, v.closed DESC, v.key`,
		append([]any{tx.District(), dim}, p.arguments(tx.District(), dim)...)...)
}

// ByTenant is the district's figures of a period by tenant.
func ByTenant(ctx context.Context, tx tenants.DistrictTx, p Period) ([]Line, error) {
	return lines(ctx, tx, `SELECT tenant_id, `+measures+` FROM `+source+` GROUP BY tenant_id ORDER BY tenant_id`, p.arguments(tx.District(), "all")...)
}

func lines(ctx context.Context, tx tenants.DistrictTx, q string, args ...any) ([]Line, error) {
	var out []Line
	if err := tx.Raw(q, args...).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("district %d: board: %w", tx.District(), err)
	}
	return out, nil
}

// Point is one day of a trend.
type Point struct {
	Day string // 2006-01-02; days without any case are absent
	Counts
}

// Trend is the district's figures day by day.
func Trend(ctx context.Context, tx tenants.DistrictTx, p Period) ([]Point, error) {
	var out []Point
	err := tx.Raw(`SELECT to_char(day, 'YYYY-MM-DD') AS day, `+measures+` FROM tallies
		WHERE district = ? AND dim = 'all' AND day BETWEEN ? AND ? GROUP BY day ORDER BY day`,
		tx.District(), asDate(p.From), asDate(p.To)).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("district %d: trend: %w", tx.District(), err)
	}
	return out, nil
}
