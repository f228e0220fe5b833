package assessment

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants/blueprint"
)

// item is a row that the naive count judges.
type item struct {
	c     *rawCase
	unit  string
	worth int64
}

// naive counts a formula by looking at every row, in Go.
type naive struct {
	*history
	cfg *blueprint.Config
	cal blueprint.Calendar
	i   blueprint.Indicator
}

func in(t *time.Time) bool { return t != nil && !t.Before(termFrom) && t.Before(termTo) }

func before(t *time.Time, end time.Time) bool { return t != nil && t.Before(end) }

func (n naive) caseOf(id uuid.UUID) *rawCase {
	return n.Cases[slices.IndexFunc(n.Cases, func(c *rawCase) bool { return c.ID == id })]
}

// byLimit: no later than a limit from a start, by the rule that cases' clocks go by.
func (n naive) byLimit(t *time.Time, start time.Time, key string, hours int) bool {
	due, err := cases.Due(start, n.cfg.Limit(key, blueprint.Limit{Value: hours, Unit: blueprint.WorkingHour}), n.cal)
	if err != nil {
		panic(err)
	}
	return t != nil && !t.After(due)
}

// worked is the working time between two instants, by walking over the days.
func (n naive) worked(from, to time.Time) (sum time.Duration) {
	if to.Before(from) {
		return -n.worked(to, from)
	}
	for d := clock.Day(from); d.Before(to); d = d.AddDate(0, 0, 1) {
		shifts, err := cases.Shifts(d, n.cal)
		if err != nil {
			panic(err)
		}
		for _, s := range shifts {
			begin, end := s.From, s.To
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			if begin.Before(end) {
				sum += end.Sub(begin)
			}
		}
	}
	return sum
}

func yes(b bool) int64 {
	if b {
		return 100
	}
	return 0
}

func (n naive) each(judge func(c *rawCase) (int64, bool)) (out []item) {
	for _, c := range n.Cases {
		if worth, ok := judge(c); ok {
			out = append(out, item{c, c.Unit, worth})
		}
	}
	return out
}

// work judges lead assignments; all: returned ones too. One that was taken back was never sent.
func (n naive) work(all bool, judge func(c *rawCase, w *rawWork) (int64, bool)) (out []item) {
	for _, w := range n.Work {
		if w.Recalled || w.State == "returned" && !all {
			continue
		}
		c := n.caseOf(w.CaseID)
		if worth, ok := judge(c, w); ok {
			unit := c.Unit
			if all {
				unit = w.Unit
			}
			out = append(out, item{c, unit, worth})
		}
	}
	return out
}

func (n naive) calls(worth func(*rawCall) int64) (out []item) {
	last := map[uuid.UUID]*rawCall{}
	for _, b := range n.Calls {
		if !b.Valid || !in(&b.At) {
			continue
		}
		l := last[b.CaseID]
		if l == nil || b.At.After(l.At) || b.At.Equal(l.At) && b.ID.String() > l.ID.String() {
			last[b.CaseID] = b
		}
	}
	for id, b := range last {
		c := n.caseOf(id)
		out = append(out, item{c, c.Unit, worth(b)})
	}
	return out
}

func (n naive) again(c *rawCase) bool {
	return slices.ContainsFunc(n.Cases, func(r *rawCase) bool {
		return r != c && r.Stage != "voided" && r.Phone != nil && c.Phone != nil && *r.Phone == *c.Phone && r.Class == c.Class &&
			r.ReportedAt.After(*c.ClosedAt) && !r.ReportedAt.After(c.ClosedAt.AddDate(0, 0, n.i.Days))
	})
}

func (n naive) pleas(of func(p *rawPlea) bool) bool { return slices.ContainsFunc(n.Pleas, of) }

func (n naive) count() []item {
	shut := func(judge func(c *rawCase) bool) []item {
		return n.each(func(c *rawCase) (int64, bool) {
			if !in(c.ClosedAt) {
				return 0, false
			}
			return yes(judge(c)), true
		})
	}
	filed := func(judge func(c *rawCase) bool) []item {
		return n.each(func(c *rawCase) (int64, bool) {
			if !in(c.FiledAt) {
				return 0, false
			}
			return yes(judge(c)), true
		})
	}
	sent := func(judge func(c *rawCase, w *rawWork) bool) []item {
		return n.work(true, func(c *rawCase, w *rawWork) (int64, bool) {
			if !in(&w.DispatchedAt) {
				return 0, false
			}
			return yes(judge(c, w)), true
		})
	}
	due := func(judge func(c *rawCase) bool) []item {
		return n.each(func(c *rawCase) (int64, bool) {
			if c.Stage == "merged" || !before(c.DueAt, termTo) || c.SuspendedAt != nil || before(c.DueAt, termFrom) && before(c.ClosedAt, termFrom) {
				return 0, false
			}
			return yes(before(c.ClosedAt, termTo) && judge(c)), true
		})
	}
	owed := func(judge func(c *rawCase, w *rawWork) bool) []item {
		return n.work(false, func(c *rawCase, w *rawWork) (int64, bool) {
			if !before(c.DueAt, termTo) || c.SuspendedAt != nil || before(c.DueAt, termFrom) && w.State == "done" && before(w.HandledAt, termFrom) {
				return 0, false
			}
			return yes(w.State == "done" && before(w.HandledAt, termTo) && judge(c, w)), true
		})
	}
	open := func(c *rawCase) bool {
		return c.Stage != "merged" && c.ReportedAt.Before(termTo) && (c.EndedAt == nil || !c.EndedAt.Before(termTo))
	}
	switch n.i.Formula {
	case "intake_count":
		return n.each(func(c *rawCase) (int64, bool) { return 1, in(&c.ReportedAt) })
	case "handled_count":
		return n.each(func(c *rawCase) (int64, bool) { return 1, in(c.ClosedAt) })
	case "valid_calls":
		return n.calls(func(*rawCall) int64 { return 1 })
	case "response_rate":
		return n.calls(func(b *rawCall) int64 { return yes(b.Contacted) })
	case "resolution_rate":
		return n.calls(func(b *rawCall) int64 { return yes(b.Solved) })
	case "satisfaction_rate":
		return n.calls(func(b *rawCall) int64 {
			return map[string]int64{"satisfied": 100, "basically": int64(n.i.Factor)}[b.Satisfaction]
		})
	case "closing_rate":
		return due(func(*rawCase) bool { return true })
	case "on_time_closing_rate":
		return due(func(c *rawCase) bool { return c.Outcome == "on_time" })
	case "handling_rate":
		return owed(func(*rawCase, *rawWork) bool { return true })
	case "on_time_handling_rate":
		return owed(func(c *rawCase, w *rawWork) bool { return !w.HandledAt.After(*c.DueAt) })
	case "on_time_filing_rate":
		return filed(func(c *rawCase) bool { return n.byLimit(c.FiledAt, c.ReportedAt, "cases.file_limit", 4) })
	case "on_time_dispatch_rate":
		return sent(func(c *rawCase, w *rawWork) bool {
			var start *time.Time
			begin := func(t *time.Time) {
				if t != nil && (start == nil || t.After(*start)) {
					start = t
				}
			}
			begin(c.FiledAt)
			for _, p := range n.Pleas {
				if p.CaseID == c.ID && p.Kind == "return" && p.State == "approved" && !p.DecidedAt.After(w.DispatchedAt) {
					begin(p.DecidedAt)
				}
			}
			return start != nil && n.byLimit(&w.DispatchedAt, *start, "cases.dispatch_limit", 1)
		})
	case "accurate_dispatch_rate":
		return sent(func(_ *rawCase, w *rawWork) bool { return w.State != "returned" })
	case "statutory_rate":
		return sent(func(_ *rawCase, w *rawWork) bool { return w.Basis == "statutory" })
	case "return_rate":
		return sent(func(_ *rawCase, w *rawWork) bool {
			return n.pleas(func(p *rawPlea) bool { return p.AssignmentID == w.ID && p.Kind == "return" })
		})
	case "on_time_receipt_rate":
		return n.work(true, func(_ *rawCase, w *rawWork) (int64, bool) {
			over := w.ReceiveBy.Before(termTo) && w.State != "returned"
			return yes(w.ReceivedAt != nil && !w.ReceivedAt.After(w.ReceiveBy)), in(&w.DispatchedAt) && (w.ReceivedAt != nil || over)
		})
	case "on_time_check_rate":
		return n.work(false, func(c *rawCase, w *rawWork) (int64, bool) {
			if w.State != "done" || !in(w.HandledAt) {
				return 0, false
			}
			last := termTo.Add(-time.Microsecond)
			overdue := c.Stage == "checking" && !n.byLimit(&last, *w.HandledAt, "cases.check_limit", 8)
			return yes(n.byLimit(c.CheckedAt, *w.HandledAt, "cases.check_limit", 8)), c.CheckedAt != nil || overdue
		})
	case "check_pass_rate":
		return n.each(func(c *rawCase) (int64, bool) { return yes(c.Reworks == c.Reopened), in(c.CheckedAt) })
	case "rework_rate":
		return filed(func(c *rawCase) bool { return c.Reworks > 0 })
	case "extension_rate":
		return filed(func(c *rawCase) bool { return c.Extensions > 0 })
	case "suspension_rate":
		return filed(func(c *rawCase) bool {
			return n.pleas(func(p *rawPlea) bool { return p.CaseID == c.ID && p.Kind == "suspend" && p.State == "approved" })
		})
	case "near_limit_rate":
		return n.countPleas()
	case "exclusion_rate":
		return shut(func(c *rawCase) bool { return c.Excluded })
	case "repeat_rate":
		return shut(n.again)
	case "recurrence_rate":
		return n.recurred()
	case "first_fix_rate":
		return shut(func(c *rawCase) bool { return c.Reworks == 0 && c.Reopened == 0 && !n.again(c) })
	case "on_spot_rate":
		return n.each(func(c *rawCase) (int64, bool) {
			mended := slices.ContainsFunc(n.Work, func(w *rawWork) bool { return w.CaseID == c.ID && w.Spot && w.State == "done" })
			return yes(mended && before(c.ClosedAt, termTo)), in(&c.ReportedAt) && c.Channel == "grid"
		})
	case "open_count":
		return n.each(func(c *rawCase) (int64, bool) { return 1, open(c) })
	case "long_open_count":
		return n.each(func(c *rawCase) (int64, bool) {
			return 1, open(c) && before(c.FiledAt, termTo.AddDate(0, 0, -n.i.Days))
		})
	case "open_age":
		return n.each(func(c *rawCase) (int64, bool) {
			if !open(c) || !before(c.FiledAt, termTo) {
				return 0, false
			}
			return int64(termTo.Sub(*c.FiledAt).Seconds()), true
		})
	case "supervision_count", "supervision_score":
		return n.supervised()
	case "handling_hours":
		return n.hours()
	case callCoverage:
		return shut(func(c *rawCase) bool {
			return slices.ContainsFunc(n.Calls, func(b *rawCall) bool { return b.Valid && b.CaseID == c.ID })
		})
	case reopenedRate:
		return shut(func(c *rawCase) bool { return c.Reopened > 0 })
	case copiedRate:
		return n.copies()
	}
	panic("no naive count of " + n.i.Formula)
}

func (n naive) countPleas() (out []item) {
	warn := time.Duration(n.cfg.Int("cases.warn_percent", 80))
	for _, p := range n.Pleas {
		if !in(&p.AskedAt) {
			continue
		}
		c := n.caseOf(p.CaseID)
		due := p.DueAt
		if due == nil {
			due = c.DueAt
		}
		whole, used := n.worked(*c.FiledAt, *due), n.worked(*c.FiledAt, p.AskedAt)
		near := used*100 >= whole*warn
		if whole <= 0 {
			near = !p.AskedAt.Before(c.FiledAt.Add(due.Sub(*c.FiledAt) * warn / 100))
		}
		out = append(out, item{c, p.Unit, yes(near)})
	}
	return out
}

func (n naive) supervised() (out []item) {
	for _, o := range n.Orders {
		if !in(o.SignedAt) {
			continue
		}
		worth := int64(5)
		if o.Missed {
			worth = 15
		}
		out = append(out, item{n.caseOf(o.CaseID), o.Unit, worth})
	}
	return out
}

func (n naive) recurred() []item {
	return n.each(func(c *rawCase) (int64, bool) {
		if !in(c.ClosedAt) || c.Lon == nil {
			return 0, false
		}
		return yes(slices.ContainsFunc(n.Cases, func(r *rawCase) bool {
			return r != c && r.Stage != "voided" && r.Class == c.Class && r.Lon != nil && r.FiledAt != nil && r.FiledAt.After(*c.ClosedAt) && !r.FiledAt.After(c.ClosedAt.AddDate(0, 0, n.i.Days)) &&
				math.Abs(*r.Lon-*c.Lon) <= spotLon && math.Abs(*r.Lat-*c.Lat) <= spotLat
		})), true
	})
}

func (n naive) hours() []item {
	return n.work(false, func(c *rawCase, w *rawWork) (int64, bool) {
		if w.State != "done" || !in(w.HandledAt) {
			return 0, false
		}
		sum := n.worked(w.DispatchedAt, *w.HandledAt)
		for _, p := range n.Pleas {
			if p.AssignmentID != w.ID || p.Kind != "suspend" || p.State != "approved" || p.DecidedAt.After(*w.HandledAt) {
				continue
			}
			end := *w.HandledAt
			for _, r := range n.Resumed {
				if r.CaseID == c.ID && !r.At.Before(*p.DecidedAt) && r.At.Before(end) {
					end = r.At
				}
			}
			sum -= n.worked(*p.DecidedAt, end)
		}
		return sum.Microseconds(), true
	})
}

func (n naive) copies() (out []item) {
	type same struct{ unit, words string }
	of := map[same]map[uuid.UUID]bool{}
	for _, r := range n.Results {
		if c := n.caseOf(r.CaseID); in(&r.At) && c.Unit != "" {
			k := same{c.Unit, r.Words}
			if of[k] == nil {
				of[k] = map[uuid.UUID]bool{}
			}
			of[k][r.CaseID] = true
		}
	}
	for _, r := range n.Results {
		if c := n.caseOf(r.CaseID); in(&r.At) {
			out = append(out, item{c, c.Unit, yes(len(of[same{c.Unit, r.Words}]) >= copiesFrom)})
		}
	}
	return out
}

// counts: the naive one applies what holds for every indicator, and adds up by row.
func (n naive) figures(by blueprint.Rows, judged blueprint.Judged) map[string]Figure {
	out, ages := map[string]Figure{}, map[string][]int64{}
	d := definitions[n.i.Formula]
	for _, it := range n.count() {
		c := it.c
		if c.Stage == "voided" || c.Stage == "rejected" || !n.i.WithElastic && n.cfg.Elastic(c.Class) || judged != "" && n.cfg.JudgedOf(c.Class) != judged {
			continue
		}
		key := map[blueprint.Rows]string{blueprint.ByUnit: it.unit, blueprint.ByCommunity: c.Community, blueprint.ByClass: c.Class, blueprint.ByChannel: c.Channel}[by]
		for _, k := range []string{key, "sum of all"} {
			f := out[k]
			if c.Excluded && !d.all {
				f.Left++
			} else {
				f.N++
				if d.measure != blueprint.Count {
					f.Sum += it.worth
				}
				ages[k] = append(ages[k], it.worth)
			}
			out[k] = f
		}
	}
	if d.measure == blueprint.Days {
		for k, list := range ages {
			slices.Sort(list)
			f, m := out[k], len(list)
			f.Sum = (list[(m-1)/2] + list[m/2]) / 2
			out[k] = f
		}
	}
	return out
}
