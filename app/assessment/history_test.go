package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// history is the raw rows of a small street: what the naive count reads, and what the database gets. Cases in it need
// not have come about by the verbs: a figure must be right for whatever rows there are.
type history struct {
	Cases   []*rawCase
	Work    []*rawWork
	Calls   []*rawCall
	Pleas   []*rawPlea
	Results []*rawResult
	Resumed []rawResumed
}

type rawCase struct {
	ID                                           uuid.UUID
	Number, Channel, Class, Community            string
	Unit, Stage, Outcome                         string
	ReportedAt                                   time.Time
	FiledAt, DueAt, CheckedAt, ClosedAt, EndedAt *time.Time
	SuspendedAt, SuspendedUntil                  *time.Time
	Reworks, Reopened, Extensions                int
	Lon, Lat                                     *float64
	Phone                                        *string `json:"phone_blind"`
	Excluded                                     bool
}

type rawWork struct {
	ID, CaseID            uuid.UUID
	Unit, State, Basis    string
	Spot                  bool
	DispatchedAt          time.Time
	ReceiveBy             time.Time
	ReceivedAt, HandledAt *time.Time
}

type rawCall struct {
	ID, CaseID               uuid.UUID
	At                       time.Time
	Valid, Contacted, Solved bool
	Satisfaction             string
}

type rawPlea struct {
	ID, CaseID, AssignmentID uuid.UUID
	Kind, Unit, State        string
	AskedAt                  time.Time
	DecidedAt, DueAt         *time.Time
}

type rawResult struct {
	ID, CaseID uuid.UUID
	At         time.Time
	Words      string
}

type rawResumed struct {
	CaseID uuid.UUID
	At     time.Time
}

// The term that the figures are about, and what lies around it.
var (
	termFrom = at("2026-10-19 00:00")
	termTo   = at("2026-11-19 00:00")
)

// instants lie around the term, some of them on its very borders.
var instants = rapid.Custom(func(t *rapid.T) time.Time {
	if rapid.IntRange(0, 3).Draw(t, "border") == 0 {
		return rapid.SampledFrom([]time.Time{termFrom, termTo, termTo.Add(-time.Second), termFrom.Add(-time.Second)}).Draw(t, "at")
	}
	return termFrom.AddDate(0, 0, -45).Add(time.Duration(rapid.IntRange(0, 110*24*4).Draw(t, "quarters")) * 15 * time.Minute)
})

func maybe[V any](t *rapid.T, g *rapid.Generator[V], name string) *V {
	if rapid.IntRange(0, 3).Draw(t, name+"?") == 0 {
		return nil
	}
	v := g.Draw(t, name)
	return &v
}

func pick(t *rapid.T, name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }

// drawHistory makes up to n cases with all that hangs on them.
func drawHistory(t *rapid.T, cfg *blueprint.Config, n int) *history {
	h := &history{}
	sometimes := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	for i := range rapid.SampledFrom([]int{n, n / 2, n / 4, 1, 0}).Draw(t, "cases") { // rapid prefers what stands first
		c := &rawCase{
			ID: tenants.NewID(), Number: fmt.Sprintf("20261101-%05d", i+1), Channel: pick(t, "channel", "phone", "grid", "hotline"),
			Class:     pick(t, "class", garbage, garbage, building, relocation, care, "gone-class"),
			Community: pick(t, "community", "", community), Unit: pick(t, "unit", sanitation, greening, ""),
			Stage:      pick(t, "stage", "closed", "handling", "archived", "checking", "answered", "filed", "reported", "merged", "rejected", "voided"),
			ReportedAt: instants.Draw(t, "reported"), FiledAt: maybe(t, instants, "filed"), DueAt: maybe(t, instants, "due"), CheckedAt: maybe(t, instants, "checked"),
			Reworks: rapid.IntRange(0, 2).Draw(t, "reworks"), Extensions: rapid.IntRange(0, 1).Draw(t, "extensions"),
			Excluded: rapid.IntRange(0, 9).Draw(t, "excluded") == 7,
		}
		if sometimes("just in time") {
			c.FiledAt = just(t, cfg, c.ReportedAt, "cases.file_limit", 4)
		}
		c.Reopened = rapid.IntRange(0, c.Reworks).Draw(t, "reopened")
		switch c.Stage {
		case "closed", "archived", "answered":
			end := instants.Draw(t, "closed")
			c.ClosedAt, c.EndedAt, c.Outcome = &end, &end, pick(t, "outcome", "on_time", "overdue")
		case "rejected", "merged", "voided":
			c.EndedAt = maybe(t, instants, "ended")
		case "handling":
			if sometimes("suspended") {
				c.SuspendedAt = &c.ReportedAt
				c.SuspendedUntil = &c.ReportedAt
			}
		}
		if sometimes("placed") {
			lon := 120.5 + float64(rapid.IntRange(0, 8).Draw(t, "x"))*0.0003
			lat := 31.3 + float64(rapid.IntRange(0, 8).Draw(t, "y"))*0.0003
			c.Lon, c.Lat = &lon, &lat
		}
		if sometimes("phone") {
			p := pick(t, "number", "a1", "b2")
			c.Phone = &p
		}
		h.Cases = append(h.Cases, c)
		h.drawWork(t, cfg, c)
		for range rapid.IntRange(0, 2).Draw(t, "calls") {
			b := &rawCall{ID: tenants.NewID(), CaseID: c.ID, At: instants.Draw(t, "called"), Valid: !sometimes("invalid"), Contacted: sometimes("contacted"), Solved: sometimes("solved")}
			if b.Valid {
				b.Satisfaction = pick(t, "satisfaction", "satisfied", "basically", "not")
			}
			h.Calls = append(h.Calls, b)
		}
	}
	return h
}

// just is the very end of a limit, or a little after it: in the evening, when no working time passes.
func just(t *rapid.T, cfg *blueprint.Config, start time.Time, key string, hours int) *time.Time {
	due, err := cases.Due(start, cfg.Limit(key, blueprint.Limit{Value: hours, Unit: blueprint.WorkingHour}), cases.CalendarOf(cfg))
	if err != nil {
		t.Fatal(err)
	}
	due = due.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "after")) * time.Minute)
	return &due
}

func (h *history) drawWork(t *rapid.T, cfg *blueprint.Config, c *rawCase) {
	n := rapid.IntRange(0, 2).Draw(t, "dispatches")
	for i := range n {
		w := &rawWork{
			ID: tenants.NewID(), CaseID: c.ID, Unit: pick(t, "to", sanitation, greening), State: pick(t, "state", "done", "received", "working", "dispatched"),
			Basis: pick(t, "basis", "statutory", "negotiated", "designated"), Spot: rapid.Bool().Draw(t, "spot"), DispatchedAt: instants.Draw(t, "dispatched"), ReceivedAt: maybe(t, instants, "received"),
		}
		if c.FiledAt != nil && rapid.Bool().Draw(t, "just dispatched") {
			w.DispatchedAt = *just(t, cfg, *c.FiledAt, "cases.dispatch_limit", 1)
		}
		w.ReceiveBy = w.DispatchedAt.Add(2 * time.Hour)
		if i < n-1 {
			w.State = "returned"
		} else if w.State == "done" {
			end := w.DispatchedAt.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "took")) * time.Hour)
			w.HandledAt = &end
			if rapid.Bool().Draw(t, "just checked") {
				c.CheckedAt = just(t, cfg, end, "cases.check_limit", 8)
			}
			h.Results = append(h.Results, &rawResult{ID: tenants.NewID(), CaseID: c.ID, At: end, Words: pick(t, "words", "done", "cleared", "done again")})
		}
		h.Work = append(h.Work, w)
		for range rapid.IntRange(0, 2).Draw(t, "pleas") {
			if c.FiledAt == nil || c.DueAt == nil {
				continue
			}
			p := &rawPlea{ID: tenants.NewID(), CaseID: c.ID, AssignmentID: w.ID, Kind: pick(t, "plea", "return", "extend", "suspend"), Unit: w.Unit,
				State: pick(t, "verdict", "approved", "refused", "withdrawn"), AskedAt: instants.Draw(t, "asked"), DueAt: maybe(t, instants, "due then")}
			decided := p.AskedAt.Add(time.Hour)
			p.DecidedAt = &decided
			h.Pleas = append(h.Pleas, p)
			if p.Kind == "suspend" && rapid.Bool().Draw(t, "resumed") {
				h.Resumed = append(h.Resumed, rawResumed{c.ID, decided.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "stood")) * time.Hour)})
			}
		}
	}
}

// write puts the history into the street.
func (s *street) write(h *history) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		id := int32(tx.ID())
		put := func(query string, rows any) error {
			body, err := json.Marshal(rows)
			if err != nil {
				return err
			}
			if string(body) == "null" {
				return nil
			}
			_, err = tx.Raw(query, id, string(body)).Exec(ctx)
			return err
		}
		if err := put(`INSERT INTO cases (tenant_id, id, number, channel, class, community, unit, stage, outcome, reported_at, filed_at, due_at, checked_at, closed_at, ended_at,
				suspended_at, suspended_until, reworks, reopened, extensions, lon, lat, phone_blind, title, blueprint, revision, reported_by)
			SELECT ?, r."ID", r."Number", r."Channel", r."Class", r."Community", r."Unit", r."Stage", r."Outcome", r."ReportedAt", r."FiledAt", r."DueAt", r."CheckedAt", r."ClosedAt", r."EndedAt",
				r."SuspendedAt", r."SuspendedUntil", r."Reworks", r."Reopened", r."Extensions", r."Lon", r."Lat", decode(r.phone_blind, 'hex'), '', 1, 0, 0
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "Number" text, "Channel" text, "Class" text, "Community" text, "Unit" text, "Stage" text, "Outcome" text, "ReportedAt" timestamptz,
				"FiledAt" timestamptz, "DueAt" timestamptz, "CheckedAt" timestamptz, "ClosedAt" timestamptz, "EndedAt" timestamptz, "SuspendedAt" timestamptz, "SuspendedUntil" timestamptz,
				"Reworks" smallint, "Reopened" smallint, "Extensions" smallint, "Lon" float8, "Lat" float8, phone_blind text)`, h.Cases); err != nil {
			return err
		}
		if err := put(`INSERT INTO assignments (tenant_id, id, case_id, role, unit, state, basis, spot, dispatched_by, dispatched_at, receive_by, received_at, handled_at)
			SELECT ?, r."ID", r."CaseID", 'lead', r."Unit", r."State", r."Basis", r."Spot", 0, r."DispatchedAt", r."ReceiveBy", r."ReceivedAt", r."HandledAt"
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "Unit" text, "State" text, "Basis" text, "Spot" boolean, "DispatchedAt" timestamptz, "ReceiveBy" timestamptz, "ReceivedAt" timestamptz, "HandledAt" timestamptz)`, h.Work); err != nil {
			return err
		}
		if err := put(`INSERT INTO callbacks (tenant_id, id, case_id, person, at, valid, contacted, solved, satisfaction)
			SELECT ?, r."ID", r."CaseID", 0, r."At", r."Valid", r."Contacted", r."Solved", r."Satisfaction"
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "At" timestamptz, "Valid" boolean, "Contacted" boolean, "Solved" boolean, "Satisfaction" text)`, h.Calls); err != nil {
			return err
		}
		if err := put(`INSERT INTO applications (tenant_id, id, case_id, assignment_id, kind, unit, ground, words, until, asked_by, asked_at, decide_by, state, decided_at, due_at)
			SELECT ?, r."ID", r."CaseID", r."AssignmentID", r."Kind", r."Unit", '', '', CASE WHEN r."Kind" <> 'return' THEN r."AskedAt" END, 0, r."AskedAt", r."AskedAt", r."State", r."DecidedAt", r."DueAt"
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "AssignmentID" uuid, "Kind" text, "Unit" text, "State" text, "AskedAt" timestamptz, "DecidedAt" timestamptz, "DueAt" timestamptz)`, h.Pleas); err != nil {
			return err
		}
		if err := put(`INSERT INTO remarks (tenant_id, id, case_id, kind, person, at, words, words_blind)
			SELECT ?, r."ID", r."CaseID", 'case.handled', 0, r."At", '', convert_to(r."Words", 'UTF8')
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "At" timestamptz, "Words" text)`, h.Results); err != nil {
			return err
		}
		var out []*rawCase
		for _, c := range h.Cases {
			if c.Excluded {
				out = append(out, c)
			}
		}
		if err := put(`INSERT INTO assess_exclusions (tenant_id, id, case_id, unit, ground, words, asked_by, asked_at, state, decided_by, decided_at)
			SELECT ?, gen_random_uuid(), r."ID", r."Unit", '', '', 1, now(), 'approved', 2, now() FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "Unit" text)`, out); err != nil {
			return err
		}
		for _, r := range h.Resumed {
			tx.Record(tenants.Act{Kind: "case.resumed", Version: 1, Object: "case", ObjectID: r.CaseID, HappenedAt: r.At})
		}
		return nil
	})
}

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

// work judges lead assignments; all: returned ones too.
func (n naive) work(all bool, judge func(c *rawCase, w *rawWork) (int64, bool)) (out []item) {
	for _, w := range n.Work {
		if w.State == "returned" && !all {
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
