package cases

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Imported is a matter of another system's history. Only what that system told is kept: nobody here
// reported or filed it, so it has no reporter and no assignment (whose basis nobody knows), just the unit
// that did the work, and the deadline that it had there.
//
// One that is still open waits for dispatch here, under the deadline it came with, and is late when that
// has passed; what is done to it from now on is this street's work.
type Imported struct {
	SourceID   string // its number there, unique in its source
	Channel    string // item of the blueprint
	UpperNo    string
	Class      string // item of the blueprint, retired or not
	Community  string // 12-digit code, or empty
	Unit       string // unit of the blueprint, or empty
	Lon, Lat   *float64
	Words                // the title must be there
	ReportedAt time.Time // counted as received on this day
	DueAt      time.Time // zero: none is known
	ClosedAt   time.Time // counted as closed on this day; not before ReportedAt; zero: still open
	Outcome    string    // OnTime or Overdue, as the source says, or ByDeadline; empty while open
}

// ByDeadline leaves it to our clocks whether an imported case was closed on time.
const ByDeadline = "deadline"

// Standing answers which of these numbers of a source the tenant has already.
func Standing(ctx context.Context, tx tenants.Tx, source string, ids []string) (map[string]bool, error) {
	var found []string
	err := tx.Raw(`SELECT source_id FROM cases WHERE tenant_id = ? AND source = ? AND source_id <> '' AND source_id = ANY (?)`,
		int32(tx.ID()), source, pgdialect.Array(ids)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("cases of source %s: %w", source, err)
	}
	there := make(map[string]bool, len(found))
	for _, id := range found {
		there[id] = true
	}
	return there, nil
}

// Import writes history, a thousand rows or so at a time, and answers how many were new: a number of
// the source that is there already is left as it is. Each new case has one act, case.imported, which
// reaches seal and tally only. It is the product's own work (tenants.Machine); anybody else is
// fault.Forbidden. A row that breaks a rule fails the whole batch: the importer has checked before.
func Import(ctx context.Context, tx tenants.Tx, source string, rows []Imported) (int, error) {
	if !tx.Actor().Trusted() {
		return 0, errForbidden()
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return 0, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		if err := r.check(cfg, source); err != nil {
			return 0, fmt.Errorf("import %s %q: %w", source, r.SourceID, err)
		}
		ids[i] = r.SourceID
	}
	there, err := Standing(ctx, tx, source, ids)
	if err != nil {
		return 0, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return 0, err
	}
	now := clock.Now(ctx)
	var fresh []*Case
	for _, r := range rows {
		if there[r.SourceID] {
			continue
		}
		there[r.SourceID] = true // the file may repeat itself
		c := r.made(source, cfg, now)
		if c.Stage == Filed && !c.Late && !c.DueAt.IsZero() {
			due := c.DueAt
			if err := c.started(cfg, c.FiledAt, due); errors.Is(err, errNoWork) {
				c.Clock = Clock{DueAt: due} // farther ahead than any calendar: no light before
			} else if err != nil {
				return 0, err
			}
		}
		c.seal(box, r.Words)
		fresh = append(fresh, c)
	}
	if len(fresh) == 0 {
		return 0, nil
	}
	if err := number(ctx, tx, fresh); err != nil {
		return 0, err
	}
	written, err := insertAll(ctx, tx, fresh)
	if err != nil {
		return 0, err
	}
	for _, c := range fresh {
		if written[c.ID] {
			tx.Record(tenants.Act{Kind: "case.imported", Version: 1, Object: "case", ObjectID: c.ID, HappenedAt: now, After: c.dims(cfg), Imported: true})
		}
	}
	return len(written), nil
}

func (r *Imported) check(cfg *blueprint.Config, source string) error {
	if source == "" || r.SourceID == "" || r.Title == "" {
		return fmt.Errorf("no source, number or title")
	}
	if _, ok := cfg.Channels.Find(r.Channel); !ok {
		return fmt.Errorf("the blueprint has no channel %q", r.Channel)
	}
	if _, ok := cfg.Classes.Find(r.Class); !ok {
		return fmt.Errorf("the tenant has no class %q", r.Class)
	}
	for _, key := range []string{r.Unit, r.Community} {
		if _, ok := cfg.UnitOf(key); key != "" && !ok {
			return fmt.Errorf("the tenant has no unit or community %q", key)
		}
	}
	open := r.ClosedAt.IsZero() && r.Outcome == ""
	closed := !r.ClosedAt.Before(r.ReportedAt) && slices.Contains([]string{OnTime, Overdue, ByDeadline}, r.Outcome)
	if r.ReportedAt.IsZero() || !open && !closed {
		return fmt.Errorf("neither an open case nor a closed one: reported %v, closed %v, %q", r.ReportedAt, r.ClosedAt, r.Outcome)
	}
	if (r.Lon == nil) != (r.Lat == nil) {
		return fmt.Errorf("half a point")
	}
	return nil
}

func (r *Imported) made(source string, cfg *blueprint.Config, now time.Time) *Case {
	c := &Case{
		ID: tenants.NewID(), Channel: r.Channel, UpperNo: r.UpperNo, Source: source, SourceID: r.SourceID, Class: r.Class,
		Community: r.Community, Lon: r.Lon, Lat: r.Lat, Stage: Archived, Unit: r.Unit, Blueprint: cfg.Version, Revision: cfg.Revision,
		ReportedBy: tenants.System, ReportedAt: r.ReportedAt, Clock: Clock{DueAt: r.DueAt}, ClosedAt: r.ClosedAt, EndedAt: r.ClosedAt, Outcome: r.Outcome, Telling: telling,
	}
	switch {
	case r.ClosedAt.IsZero(): // nobody here has it yet, whoever had it there
		c.Stage, c.Unit, c.FiledAt = Filed, "", r.ReportedAt
		c.Late = !c.DueAt.IsZero() && !c.DueAt.After(now)
	case c.Outcome == ByDeadline:
		c.Outcome = outcomeOf(r.ClosedAt, r.DueAt)
	}
	return c
}

// number gives readable numbers by the day of the report. Each day's counter is drawn once, in the
// order of the days, so that two imports cannot wait for each other.
func number(ctx context.Context, tx tenants.Tx, cases []*Case) error {
	count := map[string]int64{}
	for _, c := range cases {
		count[day(c.ReportedAt)]++
	}
	days := slices.Sorted(maps.Keys(count))
	names, many := make([]string, len(days)), make([]int64, len(days))
	for i, d := range days {
		names[i], many[i] = "case "+d, count[d]
	}
	var drawn []struct {
		Name string
		N    int64
	}
	err := tx.Raw(`INSERT INTO counters (tenant_id, name, n)
		SELECT ?, v.name, v.n FROM unnest(?::text[], ?::bigint[]) WITH ORDINALITY v(name, n, ord) ORDER BY ord
		ON CONFLICT (tenant_id, name) DO UPDATE SET n = counters.n + excluded.n RETURNING name, n`,
		int32(tx.ID()), pgdialect.Array(names), pgdialect.Array(many)).Scan(ctx, &drawn)
	if err != nil {
		return fmt.Errorf("counters of %d days: %w", len(days), err)
	}
	next := map[string]int64{}
	for _, d := range drawn {
		on := d.Name[len("case "):]
		next[on] = d.N - count[on]
	}
	for _, c := range cases {
		on := day(c.ReportedAt)
		next[on]++
		c.Number = fmt.Sprintf("%s%s%s-%05d", on[:4], on[5:7], on[8:], next[on])
	}
	return nil
}

// sealed is a sealed value on its way through JSON, as PostgreSQL reads bytea.
type sealed []byte

func (s sealed) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("null"), nil
	}
	out := append(make([]byte, 0, 2*len(s)+5), `"\\x`...)
	return append(hex.AppendEncode(out, s), '"'), nil
}

// wireCase is a row of insertAll.
type wireCase struct {
	ID          uuid.UUID `json:"id"`
	Number      string    `json:"number"`
	Channel     string    `json:"channel"`
	UpperNo     string    `json:"upper_no"`
	SourceID    string    `json:"source_id"`
	Class       string    `json:"class"`
	Community   string    `json:"community"`
	Lon         *float64  `json:"lon"`
	Lat         *float64  `json:"lat"`
	Unit        string    `json:"unit"`
	Title       sealed    `json:"title"`
	Description sealed    `json:"description"`
	Address     sealed    `json:"address"`
	Petitioner  sealed    `json:"petitioner"`
	Phone       sealed    `json:"phone"`
	PhoneBlind  sealed    `json:"phone_blind"`
	ReportedAt  time.Time `json:"reported_at"`
	FiledAt     time.Time `json:"filed_at,omitzero"`
	WarnAt      time.Time `json:"warn_at,omitzero"`
	RedAt       time.Time `json:"red_at,omitzero"`
	DueAt       time.Time `json:"due_at,omitzero"`
	RingsAt     time.Time `json:"rings_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	Stage       Stage     `json:"stage"`
	Late        bool      `json:"late"`
	Outcome     string    `json:"outcome"`
	Timer       uuid.UUID `json:"timer,omitzero"` // of a deadline to come
}

// insertAll writes the rows in one statement and answers those that were written: a number of the
// source that another import wrote meanwhile is passed over.
func insertAll(ctx context.Context, tx tenants.Tx, cases []*Case) (map[uuid.UUID]bool, error) {
	wire := make([]wireCase, len(cases))
	for i, c := range cases {
		wire[i] = wireCase{
			ID: c.ID, Number: c.Number, Channel: c.Channel, UpperNo: c.UpperNo, SourceID: c.SourceID, Class: c.Class, Community: c.Community,
			Lon: c.Lon, Lat: c.Lat, Unit: c.Unit, Title: c.Title, Description: c.Description, Address: c.Address, Petitioner: c.Petitioner,
			Phone: c.Phone, PhoneBlind: c.PhoneBlind, ReportedAt: c.ReportedAt, FiledAt: c.FiledAt, WarnAt: c.WarnAt, RedAt: c.RedAt, DueAt: c.DueAt, ClosedAt: c.ClosedAt,
			Stage: c.Stage, Late: c.Late, Outcome: c.Outcome,
		}
		if c.Stage == Filed && !c.Late && !c.DueAt.IsZero() {
			wire[i].Timer, wire[i].RingsAt = tenants.NewID(), c.rings(clock.Now(ctx))
		}
	}
	body, err := json.Marshal(wire)
	if err != nil {
		return nil, fmt.Errorf("encode cases: %w", err)
	}
	first := cases[0] // what all have in common
	var ids []uuid.UUID
	err = tx.Raw(`WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(?3::jsonb) r(id uuid, number text, channel text, upper_no text, source_id text,
			class text, community text, lon double precision, lat double precision, unit text, title bytea, description bytea, address bytea, petitioner bytea,
			phone bytea, phone_blind bytea, reported_at timestamptz, filed_at timestamptz, warn_at timestamptz, red_at timestamptz,
			due_at timestamptz, rings_at timestamptz, closed_at timestamptz, stage text, late boolean,
			outcome text, timer uuid)),
		written AS (INSERT INTO cases (tenant_id, id, number, channel, upper_no, source, source_id, class, community, lon, lat, stage, unit, title, description,
			address, petitioner, phone, phone_blind, blueprint, revision, reported_by, reported_at, filed_at, warn_at, red_at, due_at, closed_at, ended_at,
			late, outcome, telling)
		SELECT ?0, r.id, r.number, r.channel, r.upper_no, ?1, r.source_id, r.class, r.community, r.lon, r.lat, r.stage, r.unit, r.title, r.description,
			r.address, r.petitioner, r.phone, r.phone_blind, ?4, ?5, ?2, r.reported_at, r.filed_at, r.warn_at, r.red_at, r.due_at, r.closed_at, r.closed_at, r.late, r.outcome, ?7 FROM r
		ON CONFLICT (tenant_id, source, source_id) WHERE source_id <> '' DO NOTHING RETURNING id),
		reminded AS (INSERT INTO timers (tenant_id, id, kind, object_id, due_at, next_at)
			SELECT ?0, r.timer, ?6, r.id, r.rings_at, r.rings_at FROM r JOIN written USING (id) WHERE r.timer IS NOT NULL)
		SELECT id FROM written`,
		int32(tx.ID()), first.Source, first.ReportedBy, string(body), first.Blueprint, first.Revision, dueTimer, first.Telling).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("insert %d cases: %w", len(cases), err)
	}
	written := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		written[id] = true
	}
	return written, nil
}
