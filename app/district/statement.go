package district

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/clock"
	"wanjie/tenants/blueprint"
)

// statement builds SQL with its arguments.
type statement struct {
	b    strings.Builder
	args []any
}

func (s *statement) say(sql string, args ...any) {
	s.b.WriteString(sql)
	s.args = append(s.args, args...)
}

// streets are the tenants that the district adds up (of one tenant's board that tenant), others the rest
// of the district. Scans say <> ALL others: no index follows it, and the planner does not mistake it
// for a few rows.
const (
	streets = "ARRAY(SELECT tenant_id FROM s WHERE counts)"
	others  = "ARRAY(SELECT tenant_id FROM s WHERE NOT counts)"
)

// sql says the whole board in one statement: the district's tenants (s), the sums of each part and
// dimension (r), and from them rows of one shape.
func (q asked) sql(district int32) *statement {
	s := &statement{}
	s.say("WITH ")
	behind := "h.n - coalesce(c.n, 0)"
	if q.line != nil { // how much goes on outside the line is not for its officer
		behind = "sign(h.n - coalesce(c.n, 0))::bigint"
		s.say("line AS MATERIALIZED (SELECT * FROM unnest(?::int[], ?::text[], ?::text[]) l(tenant_id, dim, key)), ",
			pgdialect.Array(q.line.Tenants), pgdialect.Array(q.line.Dimensions), pgdialect.Array(q.line.Keys))
	}
	s.say(`s AS MATERIALIZED (SELECT t.tenant_id, t.slug, t.name, t.kind, l.lives, l.lives AND (t.kind = 'street' OR ?) AS counts, `+behind+` AS behind, h.at,
			(SELECT p.residents FROM populations p WHERE p.tenant_id = t.tenant_id AND p.as_of <= ? ORDER BY p.as_of DESC, p.at DESC LIMIT 1) AS residents
		FROM tenants t CROSS JOIN LATERAL (SELECT t.state NOT IN ('opening', 'closed') AS lives) l
		JOIN heads h ON h.tenant_id = t.tenant_id LEFT JOIN cursors c ON c.tenant_id = t.tenant_id AND c.follower = 'tally' WHERE t.district = ?`, q.tenant != 0, q.To.Format(time.DateOnly), district)
	if q.tenant != 0 {
		s.say(" AND t.tenant_id = ?", int32(q.tenant))
	}
	s.say("), r AS MATERIALIZED (")
	q.sums(s, district)
	s.say(`) SELECT 'place' AS part, tenant_id AS tenant, slug AS key, name AS label, kind AS at, behind AS a, (extract(epoch FROM at) * 1000000)::bigint AS b,
			(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS c, coalesce(residents, 0)::bigint AS d, 0::bigint AS e, 0::bigint AS f` + q.more("NULL::bigint[]") + ` FROM s WHERE lives
		UNION ALL SELECT part, tenant_id, '', '', '', sum(received), sum(on_time), sum(overdue), sum(late), 0, 0` + q.more(deeper) + ` FROM r WHERE dim = 'all' AND part <> 'point' GROUP BY 1, 2
		UNION ALL SELECT 'point', 0, '', '', at::text, sum(received), sum(on_time), sum(overdue), 0, 0, 0` + q.more("NULL") + `
			FROM r WHERE part = 'point' AND tenant_id = ANY (` + streets + `) GROUP BY at`)
	if len(q.seen()) > 0 {
		s.say(" UNION ALL ")
		q.groups(s, district)
	}
	return s
}

// want is the rows of one dimension that a part of the board is summed from, with the measures that it reads
// beyond the first ones.
type want struct {
	part, dim string
	terms     []term
	more      []string
}

// What a deep board reads besides: flows of the period, the base of the rates by the day of the deadline, and
// stocks. Each scan brings them as m1, m2 …, which deeper puts in the order of depth.
var (
	flows = []string{"returned", "reopened", "repeated", "handed_in", "handed_out", "called", "contacted", "solved", "satisfied", "basically"}
	bases = []string{"due", "met"}
	stock = []string{"suspended"}
	aged  = []string{"open"}
	ages  = [...]int{30, 60, 90} // days
)

// deeper is the array of all that: see depth.
var deeper = func() string {
	var all []string
	add := func(part string, n int) {
		for i := range n {
			all = append(all, fmt.Sprintf("coalesce(sum(m%d) FILTER (WHERE part = '%s'), 0)", i+1, part))
		}
	}
	add("now", len(flows))
	add("due", len(bases))
	add("whole", len(stock))
	for _, days := range ages {
		add(agedPart(days), len(aged))
	}
	return "ARRAY[" + strings.Join(all, ", ") + "]::bigint[]"
}()

// slots are m1, m2 … as a scan or a sum over scans names them.
func slots(form string) string {
	var b strings.Builder
	for i := range flows {
		fmt.Fprintf(&b, form, i+1)
	}
	return b.String()
}

func agedPart(days int) string { return "age" + strconv.Itoa(days) }

// more is a further column of a deep board, and nothing of another.
func (q asked) more(column string) string {
	if !q.deep {
		return ""
	}
	return ", " + column + " AS more"
}

// wants are the parts: the period (now) and the one before (was), everything up to the period's end
// (whole), and the trend by day or month (point).
func (q asked) wants() []want {
	now, whole := q.terms(q.Span), q.terms(Span{farBack, q.To})
	trend, monthly := q.trend()
	steps := []term{{from: trend.From, to: trend.To, sign: 1}}
	if monthly {
		steps = q.byMonth(trend)
	}
	out := []want{{"now", "all", now, flows}, {"was", "all", q.terms(q.Was), nil}, {"whole", "all", whole, stock}, {"point", "all", steps, nil}}
	for _, dim := range q.seen() {
		out = append(out, want{"now", dim, now, flows})
		if q.stock {
			out = append(out, want{"whole", dim, whole, stock})
		}
	}
	if !q.deep {
		return out
	}
	ahead := q.Period
	ahead.Today = endless // deadlines lie ahead: the present month is not whole before it ends
	base := ahead.terms(q.Span)
	for _, dim := range append([]string{"all"}, q.seen()...) {
		out = append(out, want{"due", dim, base, bases})
		for _, days := range ages {
			out = append(out, want{agedPart(days), dim, q.terms(Span{farBack, q.To.AddDate(0, 0, -days)}), aged})
		}
	}
	return out
}

// seen are the dimensions that are read. Of a line there are its classes and its units: what came in by a channel or
// from a community is not told apart by lines.
func (q asked) seen() (out []string) {
	for _, dim := range q.dims {
		if q.line == nil || dim == "class" || dim == "unit" {
			out = append(out, dim)
		}
	}
	return out
}

// from is the dimension whose rows are summed for dim. All cases of a line are those of its classes.
func (q asked) from(dim string) string {
	if q.line != nil && dim == "all" {
		return "class"
	}
	return dim
}

// endless is a today that no period reaches.
var endless = time.Date(9999, 1, 1, 0, 0, 0, 0, clock.Zone)

// sums says the sums of all wants, each term a scan of its own that is summed where it is read: the
// fewer columns and groups, the less a row costs, and 30 days of a district are tens of thousands. Classes
// and channels are the same thing in every street and are added up by key, which a blueprint never gives
// another meaning; a unit or community is one tenant's own. Row level security holds the district too;
// the explicit predicate is what the planner and a distributed PostgreSQL want. closed is on time and
// overdue together, so it is not read.
func (q asked) sums(s *statement, district int32) {
	_, monthly := q.trend()
	first := true
	for _, w := range q.wants() {
		for _, t := range w.terms {
			if !first {
				s.say(" UNION ALL ")
			}
			first = false
			table, day := "tallies", "day"
			switch t.unit {
			case months:
				table, day = "tally_months", "month"
			case years:
				table, day = "tally_years", "year"
			}
			tenant, at, by := "tenant_id", "NULL::date", []string{"tenant_id"}
			switch {
			case w.dim == "class" || w.dim == "channel":
				tenant, by = "0", nil
			case w.part == "point" && monthly:
				at, by = "date_trunc('month', "+day+")::date", append(by, "date_trunc('month', "+day+")")
			case w.part == "point":
				at, by = day, append(by, day)
			}
			key := "''"
			if w.dim != "all" {
				key, by = "key", append(by, "key")
			}
			s.say("SELECT ? AS part, ? AS dim, "+tenant+" AS tenant_id, "+key+" AS key, "+at+" AS at, max(tenant_id) AS named, ", w.part, w.dim)
			switch w.part {
			case "now", "was", "whole", "point":
				s.say("(? * sum(received))::int AS received, (? * sum(on_time))::int AS on_time, (? * sum(overdue))::int AS overdue, ", t.sign, t.sign, t.sign)
			default:
				s.say("0 AS received, 0 AS on_time, 0 AS overdue, ")
			}
			if w.part == "whole" {
				s.say("(? * sum(late))::int", t.sign)
			} else {
				s.say("0")
			}
			s.say(" AS late")
			if q.deep {
				for i := range flows {
					if i < len(w.more) {
						s.say(", (? * sum("+w.more[i]+"))::int AS m"+strconv.Itoa(i+1), t.sign)
					} else {
						s.say(", 0 AS m" + strconv.Itoa(i+1))
					}
				}
			}
			s.say(" FROM "+table+" WHERE district = ? AND dim = ? AND "+day+" BETWEEN ? AND ?", district, q.from(w.dim), t.from.Format(time.DateOnly), t.to.Format(time.DateOnly))
			if q.line != nil {
				s.say(" AND (tenant_id, key) IN (SELECT tenant_id, key FROM line WHERE dim = ?)", q.from(w.dim))
			}
			switch {
			case q.tenant != 0:
				s.say(" AND tenant_id = ?", int32(q.tenant))
			case tenant == "0":
				s.say(" AND tenant_id <> ALL (" + others + ")")
			}
			if q.unit != "" && w.dim == "unit" { // in the streets and in the centre itself
				s.say(" AND key IN (?, ?)", blueprint.CentreUnit(q.unit), q.unit)
			}
			s.say(" GROUP BY " + strings.Join(by, ", "))
		}
	}
}

// groups says the groups of each dimension, the largest first, named. A name is looked up for those
// alone that are shown.
func (q asked) groups(s *statement, district int32) {
	s.say(`SELECT dim, tenant, key, coalesce((SELECT label FROM labels l WHERE l.tenant_id = g.named AND l.dim = g.dim AND l.key = g.key AND l.district = ?), key),
		'', received, on_time, overdue, late, open, serves`, district)
	if q.deep {
		s.say(", more")
	}
	s.say(` FROM (
		SELECT g.*, row_number() OVER (PARTITION BY dim ORDER BY received DESC, open DESC, tenant, key) AS rank FROM (
			SELECT dim, tenant, key, max(named) AS named, sum(serves) AS serves,
				coalesce(sum(received) FILTER (WHERE part = 'now'), 0) AS received, coalesce(sum(on_time) FILTER (WHERE part = 'now'), 0) AS on_time,
				coalesce(sum(overdue) FILTER (WHERE part = 'now'), 0) AS overdue, coalesce(sum(late) FILTER (WHERE part = 'whole'), 0) AS late,
				coalesce(sum(received - on_time - overdue) FILTER (WHERE part = 'whole'), 0) AS open` + q.more(deeper) + `
			FROM (`)
	q.owned(s)
	some := "received <> 0 OR on_time <> 0 OR overdue <> 0 OR open <> 0"
	if q.deep {
		some += " OR more <> array_fill(0::bigint, ARRAY[cardinality(more)])"
	}
	s.say(`) o GROUP BY 1, 2, 3) g) g WHERE (rank <= ? OR ? = 0) AND (`+some+`)`, q.most, q.most)
}

// owned says whose each sum is; 0 is the district. A unit whose key says that it is the centre's
// (blueprint.CentreUnit) is added up over the streets. The cases in the centre itself are paired ones
// and would count twice: they stand for those units alone of which no street's figures tell.
func (q asked) owned(s *statement) {
	shared := blueprint.CentreUnit("")
	columns := "part, dim, tenant_id AS tenant, key, named, 0 AS serves, received, on_time, overdue, late"
	named, summed := "", ""
	if q.deep {
		named, summed = slots(", m%d"), slots(", sum(m%[1]d)::int AS m%[1]d")
		columns += named
	}
	switch {
	case q.tenant != 0:
		s.say("SELECT " + columns + " FROM r WHERE dim <> 'all'")
	case q.unit != "":
		s.say("SELECT "+columns+" FROM r WHERE dim = 'unit' AND starts_with(key, ?) = (tenant_id = ANY ("+streets+"))", shared)
	default:
		s.say("WITH c AS MATERIALIZED (SELECT part, tenant_id, key, sum(received)::int AS received, sum(on_time)::int AS on_time, sum(overdue)::int AS overdue, sum(late)::int AS late"+summed+
			" FROM r WHERE dim = 'unit' AND starts_with(key, ?) AND tenant_id = ANY ("+streets+") GROUP BY 1, 2, 3)"+
			" SELECT "+columns+" FROM r WHERE dim <> 'all' AND (tenant_id = 0 OR tenant_id = ANY ("+streets+")) AND NOT (dim = 'unit' AND starts_with(key, ?))"+
			" UNION ALL SELECT part, 'unit', 0, key, tenant_id, (part = 'now' AND (received <> 0 OR on_time <> 0 OR overdue <> 0))::int, received, on_time, overdue, late"+named+" FROM c"+
			" UNION ALL SELECT "+columns+" FROM r WHERE dim = 'unit' AND tenant_id = ANY (ARRAY(SELECT tenant_id FROM s WHERE lives AND NOT counts))"+
			" AND ? || key <> ALL (ARRAY(SELECT key FROM c WHERE part = 'now' AND (received <> 0 OR on_time <> 0 OR overdue <> 0) OR part = 'whole' AND received <> on_time + overdue))",
			shared, shared, shared)
	}
}
