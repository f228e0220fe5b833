package assessment

import (
	"fmt"
	"time"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// source is the rows that a formula judges. c is the case in each of them.
type source string

// The sources.
const (
	ofCases      source = "cases"      // c
	ofWork       source = "work"       // a: the living lead assignment of a case
	ofDispatches source = "dispatches" // a: every lead assignment, returned ones too; one that was taken back was never sent
	ofCalls      source = "calls"      // b: call-backs
	ofPleas      source = "pleas"      // p: applications for return, extension, suspension
	ofResults    source = "results"    // m: results that units handed in
	ofOrders     source = "orders"     // o: supervision orders
)

// sources in the order in which a report asks them.
var sources = []source{ofCases, ofWork, ofDispatches, ofCalls, ofPleas, ofResults, ofOrders}

// from is the FROM clause, with the tenant named for every table. excluded joins what is left out.
func (s source) from(b *builder) string {
	t := b.tenant()
	of := map[source]string{
		ofCases:      "cases c",
		ofWork:       "assignments a JOIN cases c ON c.tenant_id = a.tenant_id AND c.id = a.case_id AND a.role = 'lead' AND a.state <> 'returned'",
		ofDispatches: "assignments a JOIN cases c ON c.tenant_id = a.tenant_id AND c.id = a.case_id AND a.role = 'lead' AND NOT a.recalled",
		ofCalls:      "callbacks b JOIN cases c ON c.tenant_id = b.tenant_id AND c.id = b.case_id",
		ofPleas:      "applications p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id",
		ofResults:    "remarks m JOIN cases c ON c.tenant_id = m.tenant_id AND c.id = m.case_id AND m.kind = 'case.handled'",
		ofOrders:     "supervision_orders o JOIN cases c ON c.tenant_id = o.tenant_id AND c.id = o.case_id",
	}[s]
	return of + " LEFT JOIN assess_exclusions x ON x.tenant_id = " + t + " AND x.case_id = c.id AND x.state = 'approved' WHERE c.tenant_id = " + t +
		map[source]string{ofWork: " AND a.tenant_id = " + t, ofDispatches: " AND a.tenant_id = " + t, ofCalls: " AND b.tenant_id = " + t,
			ofPleas: " AND p.tenant_id = " + t, ofResults: " AND m.tenant_id = " + t, ofOrders: " AND o.tenant_id = " + t}[s]
}

// key is what the rows of a report are told apart by.
func (s source) key(by blueprint.Rows) string {
	switch by {
	case blueprint.ByCommunity:
		return "c.community"
	case blueprint.ByClass:
		return "c.class"
	case blueprint.ByChannel:
		return "c.channel"
	}
	switch s { // the unit that it was asked of
	case ofDispatches:
		return "a.unit"
	case ofPleas:
		return "p.unit"
	case ofOrders:
		return "o.unit"
	}
	return "c.unit"
}

// id tells rows of a source apart, for an order that is always the same.
func (s source) id() string {
	return map[source]string{ofCases: "c.id", ofWork: "a.id", ofDispatches: "a.id", ofCalls: "b.id", ofPleas: "p.id", ofResults: "m.id", ofOrders: "o.id"}[s]
}

// span is what is counted: from the term's begin until the instant before to, which is its end or now.
type span struct{ from, to time.Time }

// builder writes conditions of one statement. Its arguments stand in it once however often they are named.
type builder struct {
	q     *tenants.Prepared
	cfg   *blueprint.Config
	span  span
	clock *worktime
	known map[string]string // argument's name → its place
}

func newBuilder(tx tenants.Tx, cfg *blueprint.Config, s span, w *worktime) *builder {
	return &builder{q: tx.Prepared().Afresh(), cfg: cfg, span: s, clock: w, known: map[string]string{}}
}

func (b *builder) arg(name, as string, v any) string {
	if _, ok := b.known[name]; !ok {
		b.known[name] = b.q.Arg(v) + "::" + as
	}
	return b.known[name]
}

func (b *builder) tenant() string {
	if b.known["tenant"] == "" {
		b.known["tenant"] = b.q.Tenant() + "::int"
	}
	return b.known["tenant"]
}

func (b *builder) from() string { return b.arg("from", "timestamptz", b.span.from) }
func (b *builder) to() string   { return b.arg("to", "timestamptz", b.span.to) }

// in says that an instant lies in what is counted.
func (b *builder) in(column string) string {
	return column + " >= " + b.from() + " AND " + column + " < " + b.to()
}

// days is an interval.
func (b *builder) days(n int) string { return fmt.Sprintf("interval '%d days'", n) }

// elastic says that the case is of a class that is not judged by its closing.
func (b *builder) elastic() string {
	return "c.class = ANY (" + b.arg("elastic", "text[]", classesWhere(b.cfg, b.cfg.Elastic)) + ")"
}

// judged says that the case is of a group of assessment. Classes that the blueprint lost count as services, as
// [blueprint.Config.JudgedOf] has it.
func (b *builder) judged(group blueprint.Judged) string {
	is, not := func(class string) bool { return b.cfg.JudgedOf(class) == group }, func(class string) bool { return b.cfg.JudgedOf(class) != group }
	if group == blueprint.Serving {
		return "NOT c.class = ANY (" + b.arg("others", "text[]", classesWhere(b.cfg, not)) + ")"
	}
	return "c.class = ANY (" + b.arg("judged "+string(group), "text[]", classesWhere(b.cfg, is)) + ")"
}

func classesWhere(cfg *blueprint.Config, is func(string) bool) []string {
	out := []string{} // nil would be NULL
	for _, k := range cfg.Classes.All() {
		if is(k.Key) {
			out = append(out, k.Key)
		}
	}
	return out
}

// worktime is a tenant's working time as sorted arrays, so that PostgreSQL finds in them by halves how much of it
// has passed until an instant. All in microseconds since 1970.
type worktime struct {
	begin, before, long []int64 // stretches: when they begin, how much there was before, how long they are
	day, end            []int64 // working days: midnight, and when their last stretch ends
}

// How far around the counted time working time is known. What began earlier is taken to begin there.
const (
	workBehind = 1100 * 24 * time.Hour
	workAhead  = 400 * 24 * time.Hour
)

func worktimeAround(cfg *blueprint.Config, s span) (*worktime, error) {
	cal := cases.CalendarOf(cfg)
	w := &worktime{begin: []int64{}, before: []int64{}, long: []int64{}, day: []int64{}, end: []int64{}}
	sum := int64(0)
	for d := clock.Day(s.from.Add(-workBehind)); d.Before(s.to.Add(workAhead)); d = d.AddDate(0, 0, 1) {
		shifts, err := cases.Shifts(d, cal)
		if err != nil {
			return nil, err
		}
		for _, h := range shifts {
			w.begin, w.before, w.long = append(w.begin, h.From.UnixMicro()), append(w.before, sum), append(w.long, h.To.Sub(h.From).Microseconds())
			sum += h.To.Sub(h.From).Microseconds()
		}
		if n := len(shifts); n > 0 {
			w.day, w.end = append(w.day, d.UnixMicro()), append(w.end, shifts[n-1].To.UnixMicro())
		}
	}
	return w, nil
}

// micros is an instant as worktime writes it.
func micros(instant string) string { return "(extract(epoch FROM " + instant + ") * 1000000)::bigint" }

// worked is how much working time has passed until an instant, from some fixed one on, in microseconds.
func (b *builder) worked(instant string) string {
	begin, before, long := b.arg("begin", "bigint[]", b.clock.begin), b.arg("before", "bigint[]", b.clock.before), b.arg("long", "bigint[]", b.clock.long)
	return fmt.Sprintf(`(SELECT CASE WHEN w.t IS NULL THEN NULL WHEN w.i = 0 THEN 0 ELSE (%s)[w.i] + least(w.t - (%s)[w.i], (%s)[w.i]) END
		FROM (SELECT v.t, width_bucket(v.t, %s) AS i FROM (SELECT %s AS t) v) w)`, before, begin, long, begin, micros(instant))
}

// due is the end of a limit that starts at an instant, in microseconds; the same as [cases.Due].
func (b *builder) due(start string, limit blueprint.Limit) string {
	const day = int64(24 * time.Hour / time.Microsecond)
	const zone = 8 * int64(time.Hour/time.Microsecond)
	t := micros(start)
	switch {
	case limit.Value == 0 && limit.Unit != blueprint.CalendarDay:
		return t
	case limit.Unit == blueprint.UrgentHour:
		return fmt.Sprintf("(%s + %d)", t, int64(limit.Value)*time.Hour.Microseconds())
	case limit.Unit == blueprint.CalendarDay:
		return fmt.Sprintf("((div((%s + %d)::numeric, %d) + %d) * %d - %d)::bigint", t, zone, day, limit.Value+1, day, zone)
	case limit.Unit == blueprint.WorkingDay:
		return fmt.Sprintf("(%s)[width_bucket(%s, %s) + %d]", b.arg("end", "bigint[]", b.clock.end), t, b.arg("day", "bigint[]", b.clock.day), limit.Value)
	}
	begin, before := b.arg("begin", "bigint[]", b.clock.begin), b.arg("before", "bigint[]", b.clock.before)
	return fmt.Sprintf(`(SELECT (%s)[w.i] + w.t - (%s)[w.i] FROM (SELECT v.t, width_bucket(v.t - 1, %s) AS i FROM (SELECT %s + %d AS t) v) w)`,
		begin, before, before, b.worked(start), int64(limit.Value)*time.Hour.Microseconds())
}

// by says that an instant is no later than a limit that starts at another.
func (b *builder) by(instant, start string, limit blueprint.Limit) string {
	return micros(instant) + " <= " + b.due(start, limit)
}

// limit is a setting of the street's, or what the standard blueprint says.
func (b *builder) limit(key string, hours int) blueprint.Limit {
	return b.cfg.Limit(key, blueprint.Limit{Value: hours, Unit: blueprint.WorkingHour})
}

// one is a condition as a number: what a row is worth, in hundredths.
func one(condition string) string { return "CASE WHEN " + condition + " THEN 100 ELSE 0 END" }
