package whistle

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// Month is a month in Asia/Shanghai, by its first instant.
type Month struct{ time.Time }

// MonthOf is the month of an instant.
func MonthOf(t time.Time) Month {
	t = t.In(clock.Zone)
	return Month{time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, clock.Zone)}
}

// ParseMonth reads 2026-11; ok is false for anything else.
func ParseMonth(s string) (m Month, ok bool) {
	t, err := time.ParseInLocation(monthForm, s, clock.Zone)
	return Month{t}, err == nil
}

const monthForm = "2006-01"

func (m Month) String() string  { return m.Format(monthForm) }
func (m Month) from() time.Time { return m.UTC() }
func (m Month) to() time.Time   { return m.AddDate(0, 1, 0).UTC() }

// Share is part of a whole: 5 of 6.
type Share struct{ Hit, Of int }

// Answer is how one unit answered the whistles of a month. Those that were called off count for nobody, nor do calls that
// never reached the unit. A unit that declined let no clock pass: its refusal was judged instead.
type Answer struct {
	Unit     string
	Calls    int
	Reported Share // reported in within the limit, of those who did or whose limit has passed
	Arrived  Share // the same of arriving, where an hour was named
	Done     int
	Declined int
	Good     int
	Fair     int
	Poor     int
}

// Us stands for ourselves among those who whistled.
const Us = "us"

// Blower is how those who were called judge the whistles of one who whistled.
type Blower struct {
	Name     string // of the street; Us
	Whistles int
	Needed   Share // of the units that said so
	Facts    Share
}

// Figures are both sides of a month: how the units answered, and how they judge the whistling. A street counts its own units
// and the bureaus that it called; a centre its bureaus, and the streets that called them.
func Figures(ctx context.Context, tx tenants.Tx, m Month) (answers []Answer, blowers []Blower, err error) {
	if err := auth.Require(tx.Actor(), auth.BoardRead, ""); err != nil {
		return nil, nil, err
	}
	const counted = ` FROM whistle_calls k JOIN whistles w ON w.tenant_id = k.tenant_id AND w.id = k.whistle_id
		WHERE k.tenant_id = ? AND w.tenant_id = ? AND w.state <> 'called_off' AND k.state NOT IN ('sending', 'unreached') AND w.made_at >= ? AND w.made_at < ?`
	args := []any{int32(tx.ID()), int32(tx.ID()), m.from(), m.to()}
	var rows []struct {
		Unit                                                                              string
		Calls, Reported, ReportedOf, Arrived, ArrivedOf, Done, Declined, Good, Fair, Poor int
	}
	if err := tx.Raw(`SELECT k.unit, count(*) AS calls,
		count(*) FILTER (WHERE k.reported_at IS NOT NULL AND NOT k.silent) AS reported, count(*) FILTER (WHERE k.reported_at IS NOT NULL OR k.silent) AS reported_of,
		count(*) FILTER (WHERE k.arrived_at IS NOT NULL AND k.arrive_by IS NOT NULL AND NOT k.late) AS arrived,
		count(*) FILTER (WHERE k.arrived_at IS NOT NULL AND k.arrive_by IS NOT NULL OR k.late) AS arrived_of,
		count(*) FILTER (WHERE k.state = 'done') AS done, count(*) FILTER (WHERE k.state = 'declined') AS declined,
		count(*) FILTER (WHERE k.grade = 'good') AS good, count(*) FILTER (WHERE k.grade = 'fair') AS fair, count(*) FILTER (WHERE k.grade = 'poor') AS poor`+
		counted+" GROUP BY k.unit ORDER BY calls DESC, k.unit", args...).Scan(ctx, &rows); err != nil {
		return nil, nil, fmt.Errorf("whistles of %s by unit: %w", m, err)
	}
	for _, r := range rows {
		answers = append(answers, Answer{r.Unit, r.Calls, Share{r.Reported, r.ReportedOf}, Share{r.Arrived, r.ArrivedOf}, r.Done, r.Declined, r.Good, r.Fair, r.Poor})
	}
	var by []struct {
		Name                            string
		Whistles, Judged, Needed, Facts int
	}
	if err := tx.Raw(`SELECT CASE w.side WHEN 'in' THEN w.peer_name ELSE ? END AS name, count(DISTINCT w.id) AS whistles, count(*) FILTER (WHERE k.needed <> '') AS judged,
		count(*) FILTER (WHERE k.needed = 'yes') AS needed, count(*) FILTER (WHERE k.facts = 'yes') AS facts`+counted+" GROUP BY 1 ORDER BY whistles DESC, 1",
		append([]any{Us}, args...)...).Scan(ctx, &by); err != nil {
		return nil, nil, fmt.Errorf("whistles of %s by who whistled: %w", m, err)
	}
	for _, r := range by {
		blowers = append(blowers, Blower{r.Name, r.Whistles, Share{r.Needed, r.Judged}, Share{r.Facts, r.Judged}})
	}
	return answers, blowers, nil
}
