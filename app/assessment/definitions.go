package assessment

import (
	"fmt"
	"math/big"

	"wanjie/tenants/blueprint"
)

// definition is what a formula counts: the rows that are judged, and what each is worth. All are conditions of one
// statement over the source; see [source.from] for their names.
type definition struct {
	measure blueprint.Measure
	more    bool // more is better
	from    source
	base    func(b *builder, i blueprint.Indicator) string
	hit     func(b *builder, i blueprint.Indicator) string // of a percentage: the row counts wholly
	worth   func(b *builder, i blueprint.Indicator) string // a number instead: hundredths; microseconds of hours; seconds of days
	// all counts what is excluded too.
	all bool
	// deducts: the figure is what is left of 100 after the rows' worth, in points, is taken from it; whoever has no rows has it all.
	deducts bool
}

type condition = func(*builder, blueprint.Indicator) string

func text(s string) condition { return func(*builder, blueprint.Indicator) string { return s } }

func within(column string) condition {
	return func(b *builder, _ blueprint.Indicator) string { return b.in(column) }
}

// dueToClose are the cases due in the term, and those due before it that were open when it began. While a case is
// suspended nothing is due.
func dueToClose(b *builder, _ blueprint.Indicator) string {
	return "c.due_at < " + b.to() + " AND c.suspended_at IS NULL AND c.stage <> 'merged' AND (c.due_at >= " + b.from() + " OR c.closed_at IS NULL OR c.closed_at >= " + b.from() + ")"
}

// dueToHandle is the same of the unit's own part: its result.
func dueToHandle(b *builder, _ blueprint.Indicator) string {
	return "c.due_at < " + b.to() + " AND c.suspended_at IS NULL AND (c.due_at >= " + b.from() + " OR a.state <> 'done' OR a.handled_at >= " + b.from() + ")"
}

// unfinished are the cases open at the end of what is counted.
func unfinished(b *builder, _ blueprint.Indicator) string {
	return "c.reported_at < " + b.to() + " AND (c.ended_at IS NULL OR c.ended_at >= " + b.to() + ") AND c.stage <> 'merged'"
}

func and(all ...condition) condition {
	return func(b *builder, i blueprint.Indicator) string {
		out := all[0](b, i)
		for _, c := range all[1:] {
			out += " AND " + c(b, i)
		}
		return out
	}
}

// lastValid are valid call-backs; of several about one case in the term the last one.
func lastValid(b *builder, _ blueprint.Indicator) string {
	return "b.valid AND " + b.in("b.at") + " AND NOT EXISTS (SELECT FROM callbacks l WHERE l.tenant_id = " + b.tenant() +
		" AND l.case_id = b.case_id AND l.valid AND " + b.in("l.at") + " AND (l.at, l.id) > (b.at, b.id))"
}

// repeated: the same petitioner, known by his phone number, came again about the same class after the case was closed.
func repeated(b *builder, i blueprint.Indicator) string {
	return "c.id IN (SELECT k.id FROM cases k JOIN cases r ON r.tenant_id = k.tenant_id AND r.phone_blind = k.phone_blind AND r.class = k.class AND r.id <> k.id" +
		" AND r.reported_at > k.closed_at AND r.reported_at <= k.closed_at + " + b.days(i.Days) + " WHERE k.tenant_id = " + b.tenant() + " AND r.tenant_id = " + b.tenant() +
		" AND " + b.in("k.closed_at") + " AND r.stage <> 'voided')"
}

// What is the same spot: a box around the point, about 50 metres to each side at the latitude of Suzhou.
const (
	spotLat = 0.00045
	spotLon = 0.00053
)

// recurred: the same class was filed again at the same spot. Points are joined by squares of the size of a spot and
// their neighbours, else each would be held against all others.
func recurred(b *builder, i blueprint.Indicator) string {
	square := func(c string, by float64) string { return fmt.Sprintf("floor(%s / %g)", c, by) }
	return "c.id IN (SELECT k.id FROM cases k CROSS JOIN generate_series(-1, 1) dx CROSS JOIN generate_series(-1, 1) dy JOIN cases r ON r.tenant_id = k.tenant_id AND r.class = k.class" +
		" AND " + square("r.lon", spotLon) + " = " + square("k.lon", spotLon) + " + dx AND " + square("r.lat", spotLat) + " = " + square("k.lat", spotLat) + " + dy" +
		" AND r.id <> k.id AND r.filed_at > k.closed_at AND r.filed_at <= k.closed_at + " + b.days(i.Days) +
		fmt.Sprintf(" AND abs(r.lon - k.lon) <= %g AND abs(r.lat - k.lat) <= %g", spotLon, spotLat) +
		" WHERE k.tenant_id = " + b.tenant() + " AND r.tenant_id = " + b.tenant() + " AND " + b.in("k.closed_at") + " AND r.stage <> 'voided')"
}

func fixedAtOnce(b *builder, i blueprint.Indicator) string {
	return "c.reworks = 0 AND c.reopened = 0 AND NOT " + repeated(b, i)
}

// asked says that the unit applied for something while it had the case.
func asked(kind, more string) condition {
	return func(b *builder, _ blueprint.Indicator) string {
		return "EXISTS (SELECT FROM applications p WHERE p.tenant_id = " + b.tenant() + " AND p.case_id = c.id AND p.kind = '" + kind + "'" + more + ")"
	}
}

// dispatchedFrom is when the clock of a dispatch began: with the filing, or with the last return that was granted.
func dispatchedFrom(b *builder) string {
	return "greatest(c.filed_at, (SELECT max(p.decided_at) FROM applications p WHERE p.tenant_id = " + b.tenant() +
		" AND p.case_id = c.id AND p.kind = 'return' AND p.state = 'approved' AND p.decided_at <= a.dispatched_at))"
}

// nearLimit: it was asked when the yellow light was on already: by the share of the working time from filing to the
// deadline then, or of all time where there is no working time in between.
func nearLimit(b *builder, _ blueprint.Indicator) string {
	due := "coalesce(p.due_at, c.due_at)"
	return fmt.Sprintf("(SELECT CASE WHEN v.whole > 0 THEN v.used * 100 >= v.whole * %[1]d ELSE %[2]s >= c.filed_at + (%[3]s - c.filed_at) * %[1]d / 100 END FROM (SELECT %[4]s - %[5]s AS whole, %[6]s - %[5]s AS used) v)",
		b.cfg.Int("cases.warn_percent", 80), "p.asked_at", due, b.worked(due), b.worked("c.filed_at"), b.worked("p.asked_at"))
}

// workedOn is the working time from dispatch to result without suspensions. A suspension ends with the act that says
// so, at the latest with the result.
func workedOn(b *builder, _ blueprint.Indicator) string {
	ended := "least(a.handled_at, coalesce((SELECT min(j.happened_at) FROM journal j WHERE j.tenant_id = " + b.tenant() +
		" AND j.object_id = c.id AND j.kind = 'case.resumed' AND j.happened_at >= p.decided_at), a.handled_at))"
	return b.worked("a.handled_at") + " - " + b.worked("a.dispatched_at") + " - coalesce((SELECT sum(" + b.worked(ended) + " - " + b.worked("p.decided_at") +
		") FROM applications p WHERE p.tenant_id = " + b.tenant() + " AND p.case_id = c.id AND p.assignment_id = a.id AND p.kind = 'suspend' AND p.state = 'approved' AND p.decided_at <= a.handled_at), 0)::bigint"
}

// copied: the unit handed in the same words for three cases of the term or more.
const copiesFrom = 3

func copied(b *builder, _ blueprint.Indicator) string {
	return "(c.unit, m.words_blind) IN (SELECT k.unit, s.words_blind FROM remarks s JOIN cases k ON k.tenant_id = s.tenant_id AND k.id = s.case_id WHERE s.tenant_id = " + b.tenant() +
		" AND k.tenant_id = " + b.tenant() + " AND s.kind = 'case.handled' AND s.words_blind IS NOT NULL AND k.unit <> '' AND " + b.in("s.at") +
		fmt.Sprintf(" GROUP BY 1, 2 HAVING count(DISTINCT s.case_id) >= %d)", copiesFrom)
}

// What a supervision order takes from the score, and what one that was not answered in time takes besides.
const (
	pointsOrder  = 5
	pointsMissed = 10
)

// Formulas that no blueprint names: what stands beside the official ones only.
const (
	callCoverage = "call_coverage"
	reopenedRate = "reopened_rate"
	copiedRate   = "copied_rate"
)

// definitions by the key of the formula.
var definitions = map[string]definition{
	"intake_count":  {from: ofCases, base: within("c.reported_at")},
	"handled_count": {from: ofCases, base: within("c.closed_at")},
	"valid_calls":   {from: ofCalls, base: lastValid},

	"response_rate":   {from: ofCalls, base: lastValid, hit: text("b.contacted")},
	"resolution_rate": {from: ofCalls, base: lastValid, hit: text("b.solved")},
	"satisfaction_rate": {from: ofCalls, base: lastValid, worth: func(_ *builder, i blueprint.Indicator) string {
		return fmt.Sprintf("CASE b.satisfaction WHEN 'satisfied' THEN 100 WHEN 'basically' THEN %d ELSE 0 END", i.Factor)
	}},

	"closing_rate": {from: ofCases, base: dueToClose, hit: func(b *builder, _ blueprint.Indicator) string { return "c.closed_at < " + b.to() }},
	"on_time_closing_rate": {from: ofCases, base: dueToClose, hit: func(b *builder, _ blueprint.Indicator) string {
		return "c.closed_at < " + b.to() + " AND c.outcome = 'on_time'"
	}},
	"handling_rate": {from: ofWork, base: dueToHandle, hit: func(b *builder, _ blueprint.Indicator) string {
		return "a.state = 'done' AND a.handled_at < " + b.to()
	}},
	"on_time_handling_rate": {from: ofWork, base: dueToHandle, hit: func(b *builder, _ blueprint.Indicator) string {
		return "a.state = 'done' AND a.handled_at < " + b.to() + " AND a.handled_at <= c.due_at"
	}},
	"handling_hours": {measure: blueprint.Hours, from: ofWork, base: and(text("a.state = 'done'"), within("a.handled_at")), worth: workedOn},

	"on_time_filing_rate": {from: ofCases, base: within("c.filed_at"), hit: func(b *builder, _ blueprint.Indicator) string {
		return b.by("c.filed_at", "c.reported_at", b.limit("cases.file_limit", 4))
	}},
	"on_time_dispatch_rate": {from: ofDispatches, base: within("a.dispatched_at"), hit: func(b *builder, _ blueprint.Indicator) string {
		return b.by("a.dispatched_at", dispatchedFrom(b), b.limit("cases.dispatch_limit", 1))
	}},
	"accurate_dispatch_rate": {from: ofDispatches, base: within("a.dispatched_at"), hit: text("a.state <> 'returned'")},
	"statutory_rate":         {from: ofDispatches, base: within("a.dispatched_at"), hit: text("a.basis = 'statutory'")},
	"return_rate":            {from: ofDispatches, base: within("a.dispatched_at"), hit: asked("return", " AND p.assignment_id = a.id")},
	"on_time_receipt_rate": {from: ofDispatches, hit: text("a.received_at <= a.receive_by"), base: func(b *builder, _ blueprint.Indicator) string {
		return b.in("a.dispatched_at") + " AND (a.received_at IS NOT NULL OR a.receive_by < " + b.to() + " AND a.state <> 'returned')"
	}},
	"on_time_check_rate": {
		from: ofWork,
		base: func(b *builder, _ blueprint.Indicator) string {
			return "a.state = 'done' AND " + b.in("a.handled_at") + " AND (c.checked_at IS NOT NULL OR c.stage = 'checking' AND " +
				b.due("a.handled_at", b.limit("cases.check_limit", 8)) + " < " + micros(b.to()) + ")"
		},
		hit: func(b *builder, _ blueprint.Indicator) string {
			return b.by("c.checked_at", "a.handled_at", b.limit("cases.check_limit", 8))
		},
	},

	"check_pass_rate": {from: ofCases, base: within("c.checked_at"), hit: text("c.reworks = c.reopened")},
	"rework_rate":     {from: ofCases, base: within("c.filed_at"), hit: text("c.reworks > 0")},
	"extension_rate":  {from: ofCases, base: within("c.filed_at"), hit: text("c.extensions > 0")},
	"suspension_rate": {from: ofCases, base: within("c.filed_at"), hit: asked("suspend", " AND p.state = 'approved'")},
	"near_limit_rate": {from: ofPleas, base: within("p.asked_at"), hit: nearLimit},
	"exclusion_rate":  {from: ofCases, base: within("c.closed_at"), hit: text("x.case_id IS NOT NULL"), all: true},

	"repeat_rate":     {from: ofCases, base: within("c.closed_at"), hit: repeated},
	"recurrence_rate": {from: ofCases, base: and(within("c.closed_at"), text("c.lon IS NOT NULL")), hit: recurred},
	"first_fix_rate":  {from: ofCases, base: within("c.closed_at"), hit: fixedAtOnce},

	"on_spot_rate": {from: ofCases, base: and(within("c.reported_at"), text("c.channel = 'grid'")), hit: func(b *builder, _ blueprint.Indicator) string {
		return "c.closed_at < " + b.to() + " AND EXISTS (SELECT FROM assignments s WHERE s.tenant_id = " + b.tenant() + " AND s.case_id = c.id AND s.role = 'lead' AND s.spot AND s.state = 'done')"
	}},

	"open_count": {from: ofCases, base: unfinished},
	"long_open_count": {from: ofCases, base: and(unfinished, func(b *builder, i blueprint.Indicator) string {
		return "c.filed_at < " + b.to() + " - " + b.days(i.Days)
	})},
	"open_age": {measure: blueprint.Days, from: ofCases, base: and(unfinished, func(b *builder, _ blueprint.Indicator) string { return "c.filed_at < " + b.to() }),
		worth: func(b *builder, _ blueprint.Indicator) string {
			return "floor(extract(epoch FROM " + b.to() + " - c.filed_at))::bigint"
		}},

	// The same orders as [supervision.CountedIn] has: those of force, by the day of their signature, of the unit that had the case.
	"supervision_count": {from: ofOrders, base: within("o.signed_at")},
	"supervision_score": {from: ofOrders, base: within("o.signed_at"), deducts: true, worth: func(*builder, blueprint.Indicator) string {
		return fmt.Sprintf("CASE WHEN o.missed THEN %d ELSE %d END", pointsOrder+pointsMissed, pointsOrder)
	}},

	callCoverage: {measure: blueprint.Percent, more: true, from: ofCases, base: within("c.closed_at"), hit: func(b *builder, _ blueprint.Indicator) string {
		return "EXISTS (SELECT FROM callbacks v WHERE v.tenant_id = " + b.tenant() + " AND v.case_id = c.id AND v.valid)"
	}},
	reopenedRate: {measure: blueprint.Percent, from: ofCases, base: within("c.closed_at"), hit: text("c.reopened > 0")},
	copiedRate:   {measure: blueprint.Percent, from: ofResults, base: and(within("m.at"), text("m.words_blind IS NOT NULL")), hit: copied},
}

func init() { // what a formula yields, and whether more of it is better, is the blueprint's word
	for _, f := range blueprint.Formulas {
		if d, ok := definitions[f.Key]; ok {
			d.measure, d.more = f.Unit, f.More
			definitions[f.Key] = d
		}
	}
}

// counted is a definition with how one indicator uses it, in one report.
type counted struct {
	definition
	indicator blueprint.Indicator
	judged    blueprint.Judged
}

// count finds what an indicator counts; false for a formula that is not known.
func count(i blueprint.Indicator, judged blueprint.Judged) (counted, bool) {
	d, ok := definitions[i.Formula]
	return counted{d, i, judged}, ok
}

// settle brings a figure to the value that is shown.
func (k counted) settle(f *Figure) {
	if !k.deducts {
		f.settle(k.measure)
		return
	}
	f.Value = new(big.Rat).SetInt64(max(0, 100-f.Sum))
}

// rows is the condition for the rows that are judged. left: instead of them those that an exclusion took out.
func (k counted) rows(b *builder, left bool) string {
	out := "c.stage NOT IN ('voided', 'rejected') AND " + k.base(b, k.indicator)
	if !k.indicator.WithElastic {
		out += " AND NOT " + b.elastic()
	}
	if k.judged != "" {
		out += " AND " + b.judged(k.judged)
	}
	switch {
	case left:
		out += " AND x.case_id IS NOT NULL"
	case !k.all:
		out += " AND x.case_id IS NULL"
	}
	return "(" + out + ")"
}

// each is what a row is worth; 1 where rows are counted only.
func (k counted) each(b *builder) string {
	switch {
	case k.worth != nil:
		return "(" + k.worth(b, k.indicator) + ")"
	case k.hit != nil:
		return one(k.hit(b, k.indicator))
	}
	return "1"
}
