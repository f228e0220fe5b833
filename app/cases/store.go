package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// remark is what was said at a step.
type remark struct {
	bun.BaseModel `bun:"table:remarks,alias:r"`

	ID     uuid.UUID `bun:",pk,type:uuid"`
	CaseID uuid.UUID `bun:"type:uuid"`
	Kind   string
	Person int64
	At     time.Time
	Words  []byte
}

// callback is one call-back.
type callback struct {
	bun.BaseModel `bun:"table:callbacks,alias:b"`

	ID           uuid.UUID `bun:",pk,type:uuid"`
	CaseID       uuid.UUID `bun:"type:uuid"`
	Person       int64
	At           time.Time
	Valid        bool
	Contacted    bool
	Solved       bool
	Satisfaction Satisfaction
}

// row is a case with its lead assignment, as one statement brings them.
type row struct {
	Case
	Led Assignment `bun:"embed:lead_"`
}

func (r *row) whole() *Case {
	if r.Led.ID != uuid.Nil {
		r.Lead = &r.Led
	}
	return &r.Case
}

const leadColumns = `a.id AS lead_id, a.case_id AS lead_case_id, a.role AS lead_role, a.unit AS lead_unit, a.state AS lead_state,
	a.basis AS lead_basis, a.duty AS lead_duty, a.parties AS lead_parties, a.designator AS lead_designator, a.ground AS lead_ground,
	a.reason AS lead_reason, a.expires_on AS lead_expires_on, a.dispatched_by AS lead_dispatched_by, a.dispatched_at AS lead_dispatched_at,
	a.receive_by AS lead_receive_by, a.received_by AS lead_received_by, a.received_at AS lead_received_at, a.unsigned AS lead_unsigned,
	a.handled_by AS lead_handled_by, a.handled_at AS lead_handled_at`

const (
	sharing = ""
	holding = " FOR NO KEY UPDATE"
)

// read is the case with its lead assignment in one statement; NotFound when the tenant has none of
// this id. Holding, both are locked, each in a query of its own level: so after a wait both are what the
// other transaction left, which a plain join would promise of the case alone.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string) (*Case, error) {
	of := how
	if how == holding {
		of += " OF c"
	}
	var r row
	err := tx.Raw(`SELECT c.*, `+leadColumns+` FROM cases c LEFT JOIN LATERAL (
		SELECT * FROM assignments WHERE tenant_id = ? AND case_id = ? AND role = 'lead' AND state <> 'returned'`+how+`) a ON true
		WHERE c.tenant_id = ? AND c.id = ?`+of, int32(tx.ID()), id, int32(tx.ID()), id).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoCase()
	}
	if err != nil {
		return nil, fmt.Errorf("read case %s: %w", id, err)
	}
	return r.whole(), nil
}

// lock reads the case and holds it until the transaction ends.
func lock(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	return read(ctx, tx, id, holding)
}

// Find reads a case that the actor may see, with the rules it was filed under. A case of another
// tenant, of another unit, and none at all are the same NotFound.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, *blueprint.Config, error) {
	c, err := read(ctx, tx, id, sharing)
	if err != nil {
		return nil, nil, err
	}
	if !sees(tx.Actor(), c) {
		return nil, nil, errNoCase()
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	return c, rules, err
}

// insert writes a new case, numbers it, and starts its deadline, in one statement.
func insert(ctx context.Context, tx tenants.Tx, c *Case) error {
	today := day(c.ReportedAt)
	prefix := today[:4] + today[5:7] + today[8:] + "-"
	q := tx.Insert(c).
		With("next", tx.Raw(`INSERT INTO counters (tenant_id, name, n) VALUES (?, ?, 1)
			ON CONFLICT (tenant_id, name) DO UPDATE SET n = counters.n + 1 RETURNING n`, int32(tx.ID()), "case "+today)).
		Value("number", "? || (SELECT lpad(n::text, greatest(5, length(n::text)), '0') FROM next)", prefix).
		Returning("number")
	if !c.DueAt.IsZero() {
		q = q.With("clock", remind(tx, dueTimer, c.ID, c.DueAt))
	}
	err := q.Scan(ctx, &c.Number)
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "23505" && pe.ConstraintName == "cases_pkey" {
		return fault.New(fault.Conflict, "该案卷已登记，请勿重复提交").Because(err)
	}
	if err != nil {
		return fmt.Errorf("insert case: %w", err)
	}
	return nil
}

// change is everything a verb writes, sent as one statement.
type change struct {
	columns []string // of the case

	dispatch bool     // the lead assignment is new
	lead     []string // or these of its columns change
	seen     State    // and only if it is still in this state

	remark   *remark
	callback *callback

	remind map[string]time.Time // timers to set or move
	hush   []string             // timers to drop
}

func (w change) write(ctx context.Context, tx tenants.Tx, c *Case) error {
	slices.Sort(w.columns)
	q := tx.Update(c).Column(slices.Compact(w.columns)...).WherePK()
	wrote := "1"
	switch {
	case w.dispatch:
		q = q.With("lead", tx.Insert(c.Lead).Returning("NULL"))
	case len(w.lead) > 0:
		q = q.With("lead", tx.Update(c.Lead).Column(w.lead...).WherePK().Where("a.state = ?", w.seen).Returning("a.id"))
		wrote = "(SELECT count(*) FROM lead)"
	}
	if w.remark != nil {
		q = q.With("said", tx.Insert(w.remark).Returning("NULL"))
	}
	if w.callback != nil {
		q = q.With("called", tx.Insert(w.callback).Returning("NULL"))
	}
	for kind, at := range w.remind {
		q = q.With("remind_"+kind[len("case."):], remind(tx, kind, c.ID, at))
	}
	if len(w.hush) > 0 {
		q = q.With("hush", hush(ctx, tx, c.ID, w.hush))
	}
	var n int
	if err := q.Returning(wrote).Scan(ctx, &n); err != nil {
		return fmt.Errorf("write case %s: %w", c.Number, err)
	}
	if n != 1 {
		return fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	return nil
}

// say seals words that were said at an act of kind; nil when nothing was said.
func say(tx tenants.Tx, box *keys.Box, c *Case, kind, words string, at time.Time) *remark {
	if words == "" {
		return nil
	}
	r := &remark{ID: tenants.NewID(), CaseID: c.ID, Kind: kind, Person: tx.Actor().Person, At: at}
	r.Words = box.Seal(keys.Addr{Table: "remarks", Column: "words", ID: r.ID}, words)
	return r
}

func (r *remark) open(box *keys.Box) (string, error) {
	return box.Open(keys.Addr{Table: "remarks", Column: "words", ID: r.ID}, r.Words)
}
