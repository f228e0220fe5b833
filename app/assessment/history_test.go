package assessment

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/cases"
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
	Orders  []*rawOrder
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
	Spot, Recalled        bool
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

type rawOrder struct {
	ID, CaseID  uuid.UUID
	Unit, Class string
	SignedAt    *time.Time // nil: of no force
	Missed      bool
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
		for range rapid.IntRange(0, 2).Draw(t, "orders") {
			o := &rawOrder{ID: tenants.NewID(), CaseID: c.ID, Unit: pick(t, "supervised", sanitation, greening), Class: c.Class, SignedAt: maybe(t, instants, "signed")}
			o.Missed = o.SignedAt != nil && sometimes("missed")
			h.Orders = append(h.Orders, o)
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
			w.State, w.Recalled = "returned", rapid.Bool().Draw(t, "recalled")
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
		if err := put(`INSERT INTO assignments (tenant_id, id, case_id, role, unit, state, basis, spot, recalled, dispatched_by, dispatched_at, receive_by, received_at, handled_at)
			SELECT ?, r."ID", r."CaseID", 'lead', r."Unit", r."State", r."Basis", r."Spot", r."Recalled", 0, r."DispatchedAt", r."ReceiveBy", r."ReceivedAt", r."HandledAt"
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "Unit" text, "State" text, "Basis" text, "Spot" boolean, "Recalled" boolean, "DispatchedAt" timestamptz, "ReceiveBy" timestamptz, "ReceivedAt" timestamptz, "HandledAt" timestamptz)`, h.Work); err != nil {
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
		if err := put(`INSERT INTO supervision_orders (tenant_id, id, case_id, level, rank, number, unit, class, ground, words, state, proposed_by, proposed_at, signed_by, signed_at, reply_by, missed, ended_at)
			SELECT ?, r."ID", r."CaseID", 'first', 1, CASE WHEN r."SignedAt" IS NULL THEN '' ELSE r."ID"::text END, r."Unit", r."Class", 'judged', '', CASE WHEN r."SignedAt" IS NULL THEN 'declined' ELSE 'settled' END, 0,
				coalesce(r."SignedAt", now()), CASE WHEN r."SignedAt" IS NOT NULL THEN 0 END, r."SignedAt", r."SignedAt", r."Missed", now()
			FROM jsonb_to_recordset(?::jsonb) r("ID" uuid, "CaseID" uuid, "Unit" text, "Class" text, "SignedAt" timestamptz, "Missed" boolean)`, h.Orders); err != nil {
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
