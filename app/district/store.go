package district

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// counts are the figures of one line, in cases.
type counts struct{ Received, Closed, OnTime, Overdue int64 }

func (c *counts) add(o counts) {
	c.Received += o.Received
	c.Closed += o.Closed
	c.OnTime += o.OnTime
	c.Overdue += o.Overdue
}

// place is one tenant of the district with its figures.
type place struct {
	id         tenants.ID
	slug, name string
	kind       tenants.Kind
	now, was   counts
	open, late int64
	behind     int64 // acts that are not in the figures yet
	head       time.Time
}

// group is one class, unit, channel or community with its figures.
type group struct {
	tenant     int32 // whose unit it is; 0 where the district adds up over tenants
	key, label string
	now        counts
	open, late int64
}

// point is one day or month of the trend.
type point struct {
	at time.Time
	counts
}

// figures are everything a board shows.
type figures struct {
	at     time.Time // database clock of the reading
	places []place
	points []point
	groups map[string][]group // by dimension, most received first
}

// asked is what is read: the dimensions, how many groups of each, of one tenant or of all.
type asked struct {
	Period
	dims   []string
	most   int        // groups of each dimension; 0: all
	stock  bool       // also open and late of the groups
	tenant tenants.ID // 0: the district
}

// statement builds SQL with its arguments.
type statement struct {
	b    strings.Builder
	args []any
}

func (s *statement) say(sql string, args ...any) {
	s.b.WriteString(sql)
	s.args = append(s.args, args...)
}

// want is the rows of one dimension that a part of the board is summed from.
type want struct {
	part, dim string
	term
}

// stored says the signed rows of wants from one table, each want by an index range of its own: OFFSET 0
// keeps the planner from joining the ranges any other way. Row level security holds the district too;
// the explicit predicate is what the planner and a distributed PostgreSQL want.
func (s *statement) stored(months bool, district int32, tenant tenants.ID, wants []want) {
	table, column := "tallies", "day"
	if months {
		table, column = "tally_months", "month"
	}
	s.say("SELECT w.part, w.sign, x.* FROM (VALUES ")
	for i, w := range wants {
		if i > 0 {
			s.say(", ")
		}
		s.say("(?, ? COLLATE \"C\", ?::date, ?::date, ?)", w.part, w.dim, w.from.Format(time.DateOnly), w.to.Format(time.DateOnly), w.sign)
	}
	s.say(`) w(part, dim, first, last, sign) CROSS JOIN LATERAL (SELECT tenant_id, dim, key, `+column+` AS at, received, closed, on_time, overdue, late
		FROM `+table+` WHERE district = ? AND dim = w.dim AND `+column+` BETWEEN w.first AND w.last`, district)
	if tenant != 0 {
		s.say(" AND tenant_id = ?", int32(tenant))
	}
	s.say(" OFFSET 0) x")
}

// rows says the signed rows of all wants, from both tables where both are needed.
func (s *statement) rows(district int32, tenant tenants.ID, wants []want) {
	var of [2][]want
	for _, w := range wants {
		if w.months {
			of[1] = append(of[1], w)
		} else {
			of[0] = append(of[0], w)
		}
	}
	for i, list := range of {
		if len(list) == 0 {
			continue
		}
		if i == 1 && len(of[0]) > 0 {
			s.say(" UNION ALL ")
		}
		s.stored(i == 1, district, tenant, list)
	}
}

// sums adds up signed rows.
const sums = "sum(sign * received)::bigint AS received, sum(sign * closed)::bigint AS closed, sum(sign * on_time)::bigint AS on_time, " +
	"sum(sign * overdue)::bigint AS overdue, sum(sign * late)::bigint AS late"

// sql says the whole board: the district's tenants, the sums of each part and dimension (r), and
// from them rows of one shape.
func (q asked) sql(district int32) *statement {
	var wants []want
	put := func(part, dim string, terms []term) {
		for _, t := range terms {
			wants = append(wants, want{part, dim, t})
		}
	}
	whole := q.terms(Span{farBack, q.To})
	put("now", "all", q.terms(q.Span))
	put("was", "all", q.terms(q.Was))
	put("whole", "all", whole)
	trend, monthly := q.trend()
	step, at := []term{{from: trend.From, to: trend.To, sign: 1}}, "at"
	if monthly {
		step, at = q.terms(trend), "date_trunc('month', at)::date"
	}
	put("point", "all", step)
	for _, dim := range q.dims {
		put("now", dim, q.terms(q.Span))
		if q.stock {
			put("whole", dim, whole)
		}
	}
	s := &statement{}
	s.say(`WITH s AS MATERIALIZED (SELECT t.tenant_id, t.slug, t.name, t.kind, h.n - coalesce(c.n, 0) AS behind, h.at
		FROM tenants t JOIN heads h ON h.tenant_id = t.tenant_id LEFT JOIN cursors c ON c.tenant_id = t.tenant_id AND c.follower = 'tally'
		WHERE t.district = ? AND t.state NOT IN ('opening', 'closed')`, district)
	if q.tenant != 0 {
		s.say(" AND t.tenant_id = ?", int32(q.tenant))
	}
	s.say("), r AS MATERIALIZED (SELECT part, tenant_id, dim, key, CASE part WHEN 'point' THEN " + at + " END AS at, " + sums + " FROM (")
	s.rows(district, q.tenant, wants)
	s.say(") u GROUP BY 1, 2, 3, 4, 5)")
	s.say(`
		SELECT 'place' AS part, tenant_id AS tenant, slug AS key, name AS label, kind AS at, behind AS a, (extract(epoch FROM at) * 1000000)::bigint AS b,
			(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS c, 0::bigint AS d, 0::bigint AS e, 0::bigint AS f FROM s
		UNION ALL SELECT part, tenant_id, '', '', '', received, closed, on_time, overdue, received - closed, late FROM r WHERE dim = 'all' AND part <> 'point'`)

	// The centre's paired cases would count twice.
	s.say(` UNION ALL SELECT 'point', 0, '', '', at::text, sum(received)::bigint, sum(closed)::bigint, sum(on_time)::bigint, sum(overdue)::bigint, 0, 0
		FROM r WHERE part = 'point' AND tenant_id = ANY (ARRAY(SELECT tenant_id FROM s WHERE kind = 'street' OR ?)) GROUP BY at`, q.tenant != 0)

	// Classes and channels are the same thing in every street and are added up by key, which a blueprint
	// never gives another meaning; a unit or community is one tenant's own. The centre counts as units
	// only: its cases are paired ones. A name is looked up for those alone that are shown.
	if len(q.dims) > 0 {
		s.say(` UNION ALL SELECT dim, tenant, key, coalesce((SELECT label FROM labels l WHERE l.tenant_id = g.named AND l.dim = g.dim AND l.key = g.key AND l.district = ?), key),
			'', received, closed, on_time, overdue, open, late FROM (
			SELECT g.*, row_number() OVER (PARTITION BY dim ORDER BY received DESC, open DESC, tenant, key) AS rank FROM (
				SELECT dim, CASE WHEN dim IN ('unit', 'community') THEN tenant_id ELSE 0 END AS tenant, key, max(tenant_id) AS named,
					coalesce(sum(received) FILTER (WHERE part = 'now'), 0)::bigint AS received, coalesce(sum(closed) FILTER (WHERE part = 'now'), 0)::bigint AS closed,
					coalesce(sum(on_time) FILTER (WHERE part = 'now'), 0)::bigint AS on_time, coalesce(sum(overdue) FILTER (WHERE part = 'now'), 0)::bigint AS overdue,
					coalesce(sum(received - closed) FILTER (WHERE part = 'whole'), 0)::bigint AS open, coalesce(sum(late) FILTER (WHERE part = 'whole'), 0)::bigint AS late
				FROM r WHERE dim <> 'all' AND (dim = 'unit' OR tenant_id = ANY (ARRAY(SELECT tenant_id FROM s WHERE kind = 'street' OR ?)))
				GROUP BY 1, 2, 3) g) g
			WHERE (rank <= ? OR ? = 0) AND (received <> 0 OR closed <> 0 OR open <> 0)`, district, q.tenant != 0, q.most, q.most)
	}
	return s
}

// read fetches a board in one statement.
func read(ctx context.Context, tx tenants.DistrictTx, q asked) (figures, error) {
	s := q.sql(tx.District())
	var rows []struct {
		Part, Key, Label, At string
		Tenant               int32
		A, B, C, D, E, F     int64
	}
	if err := tx.Raw(s.b.String(), s.args...).Scan(ctx, &rows); err != nil {
		return figures{}, fmt.Errorf("board of district %d: %w", tx.District(), err)
	}
	f := figures{groups: map[string][]group{}}
	at := map[int32]int{}
	for _, r := range rows {
		if r.Part == "place" {
			at[r.Tenant] = len(f.places)
			f.places = append(f.places, place{id: tenants.ID(r.Tenant), slug: r.Key, name: r.Label, kind: tenants.Kind(r.At), behind: r.A, head: time.UnixMicro(r.B)})
			f.at = time.UnixMicro(r.C)
		}
	}
	for _, r := range rows {
		c := counts{r.A, r.B, r.C, r.D}
		switch r.Part {
		case "place":
		case "now", "was", "whole":
			i, ok := at[r.Tenant]
			if !ok { // closed: its past stays in nobody's line
				continue
			}
			switch p := &f.places[i]; r.Part {
			case "now":
				p.now = c
			case "was":
				p.was = c
			default:
				p.open, p.late = r.E, r.F
			}
		case "point":
			day, err := time.ParseInLocation(time.DateOnly, r.At, clock.Zone)
			if err != nil {
				return f, fmt.Errorf("board: day %q: %w", r.At, err)
			}
			f.points = append(f.points, point{day, c})
		default:
			f.groups[r.Part] = append(f.groups[r.Part], group{tenant: r.Tenant, key: r.Key, label: r.Label, now: c, open: r.E, late: r.F})
		}
	}
	return f, nil
}

// find answers the tenant with this slug in the district.
func find(ctx context.Context, tx tenants.DistrictTx, slug string) (tenants.ID, string, error) {
	var found []struct {
		TenantID int32
		Name     string
	}
	err := tx.Raw("SELECT tenant_id, name FROM tenants WHERE district = ? AND slug = ? AND state <> 'closed' AND state <> 'opening'", tx.District(), slug).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return 0, "", err
	}
	return tenants.ID(found[0].TenantID), found[0].Name, nil
}
