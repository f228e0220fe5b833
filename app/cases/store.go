package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
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

	WordsBlind []byte // of a unit's result: see echo
}

// row is a case with its lead assignment, as one statement brings them.
type row struct {
	Case
	Led   Assignment `bun:"embed:lead_"`
	Today int64
}

func (r *row) whole() *Case {
	if r.Led.ID != uuid.Nil {
		r.Lead = &r.Led
	}
	r.drawnToday = r.Today
	return &r.Case
}

const (
	sharing = ""
	holding = " FOR NO KEY UPDATE"
)

// read is the case with its lead assignment in one statement; NotFound when the tenant has none of
// this id. Holding, both are locked, each in a query of its own level: so after a wait both are what the
// other transaction left, which a plain join would promise of the case alone.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string, drawn ...blueprint.Sampled) (*Case, error) {
	of := how
	if how == holding {
		of += " OF c"
	}
	var r row
	q := tx.Prepared(int32(tx.ID()), id)
	besides := ""
	for _, d := range drawn {
		besides = `, coalesce((SELECT k.n FROM counters k WHERE k.tenant_id = $1 AND k.name = ` + q.Arg(drawnName(d, clock.Now(ctx), "")) + ` || c.unit), 0) AS today`
	}
	err := q.Scan(ctx, `SELECT `+q.Columns("c", "", &Case{})+`, `+q.Columns("a", "lead_", &Assignment{})+besides+` FROM cases c LEFT JOIN LATERAL (
		SELECT * FROM assignments WHERE tenant_id = $1 AND case_id = $2 AND role = 'lead' AND state <> 'returned'`+how+`) a ON true
		WHERE c.tenant_id = $1 AND c.id = $2`+of, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoCase()
	}
	if err != nil {
		return nil, fmt.Errorf("read case %s: %w", id, err)
	}
	c := r.whole()
	return c, c.others(ctx, tx)
}

// others reads who stands beside the lead and beneath: of a plain case nobody, and then nothing is asked. They change
// under the lock of their case only.
func (c *Case) others(ctx context.Context, tx tenants.Tx) error {
	if c.Beside == 0 {
		return nil
	}
	if err := tx.Select(&c.Others).Where("a.case_id = ?", c.ID).Where("a.role <> ?", LeadRole).OrderExpr("a.dispatched_at, a.id").Scan(ctx); err != nil {
		return fmt.Errorf("others at case %s: %w", c.Number, err)
	}
	return nil
}

// lock reads the case and holds it until the transaction ends.
func lock(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	return read(ctx, tx, id, holding)
}

// lockToClose reads with the case how many call-backs of its unit were drawn today, in the same statement.
func lockToClose(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	return read(ctx, tx, id, holding, blueprint.OfCallBacks)
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

// insert writes a new case, numbers it, and starts its clocks, in one statement; with what was said at it, if
// anything was. One that was mended on the spot has no clock.
func insert(ctx context.Context, tx tenants.Tx, c *Case, said *remark) error {
	today := day(c.ReportedAt)
	q := tx.Prepared(int32(tx.ID()), "case "+today, today[:4]+today[5:7]+today[8:]+"-")
	with := `WITH next AS (INSERT INTO counters (tenant_id, name, n) VALUES ($1, $2, 1)
		ON CONFLICT (tenant_id, name) DO UPDATE SET n = counters.n + 1 RETURNING n)`
	if c.Stage == Filed || c.Stage == Handling {
		with += ", clock AS (" + remind(q, dueTimer, c.ID, c.rings(c.FiledAt)) + ")"
	}
	if c.Lead != nil {
		with += ", lead AS (" + q.Insert(c.Lead) + ")"
		if c.Lead.State == Dispatched {
			with += ", receipt AS (" + remind(q, receiptTimer, c.ID, c.Lead.ReceiveBy) + ")"
		}
	}
	if said != nil {
		with += ", said AS (" + q.Insert(said) + ")"
	}
	err := q.Scan(ctx, with+q.Insert(c, "number", "$3 || (SELECT lpad(n::text, greatest(5, length(n::text)), '0') FROM next)")+" RETURNING number", &c.Number)
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

	apply  *Application // a new one
	settle *Application // one that was decided or withdrawn
	lapse  bool         // whatever is open lapses

	remind map[string]time.Time // timers of the case to set or move
	hush   []string             // timers of the case to drop
	also   []func(ctx context.Context, q *tenants.Prepared) string
}

// remindOf sets a timer of another object in the same statement; hushOf drops one.
func (w *change) remindOf(kind string, object uuid.UUID, at time.Time) {
	w.also = append(w.also, func(_ context.Context, q *tenants.Prepared) string { return remind(q, kind, object, at) })
}

func (w *change) hushOf(kind string, object uuid.UUID) {
	w.also = append(w.also, func(ctx context.Context, q *tenants.Prepared) string { return hush(ctx, q, object, []string{kind}) })
}

// put inserts a row in the same statement.
func (w *change) put(row any) {
	w.also = append(w.also, func(_ context.Context, q *tenants.Prepared) string { return q.Insert(row) })
}

// set changes columns of an assignment that is not the lead's. Each at most once: a statement changes a row once.
func (w *change) set(a *Assignment, columns ...string) {
	w.also = append(w.also, func(_ context.Context, q *tenants.Prepared) string { return q.Update(a, columns...) })
}

func (w change) write(ctx context.Context, tx tenants.Tx, c *Case) error {
	q := tx.Prepared()
	var with []string
	part := func(name, text string) { with = append(with, name+" AS ("+text+")") }
	wrote := "1"
	switch {
	case w.dispatch:
		part("lead", q.Insert(c.Lead))
	case len(w.lead) > 0:
		part("lead", q.Update(c.Lead, w.lead...)+" AND a.state = "+q.Arg(w.seen)+" RETURNING a.id")
		wrote = "(SELECT count(*) FROM lead)"
	}
	if w.remark != nil {
		part("said", q.Insert(w.remark))
	}
	if w.callback != nil {
		part("called", q.Insert(w.callback))
	}
	if w.apply != nil {
		part("asks", q.Insert(w.apply))
	}
	if w.settle != nil {
		part("settles", q.Update(w.settle, "state", "decided_by", "decided_at", "granted", "verdict", "unreviewed"))
	}
	if w.lapse {
		open := "UPDATE applications SET state = 'lapsed' WHERE tenant_id = " + q.Tenant() + " AND case_id = " + q.Arg(c.ID) + " AND state = 'open'"
		if w.settle != nil { // a row is changed once in a statement
			open += " AND id <> " + q.Arg(w.settle.ID)
		}
		part("lapses", open)
	}
	for i, text := range w.also {
		part("also_"+strconv.Itoa(i), text(ctx, q))
	}
	for _, kind := range slices.Sorted(maps.Keys(w.remind)) {
		part("remind_"+kind[len("case."):], remind(q, kind, c.ID, w.remind[kind]))
	}
	if len(w.hush) > 0 {
		part("hush", hush(ctx, q, c.ID, w.hush))
	}
	text := ""
	if len(with) > 0 {
		text = "WITH " + strings.Join(with, ", ") + " "
	}
	if slices.Contains(w.columns, "due_at") { // the lights are the clock's
		w.columns = append(w.columns, "warn_at", "red_at")
	}
	slices.Sort(w.columns)
	var n int
	if err := q.Scan(ctx, text+q.Update(c, slices.Compact(w.columns)...)+" RETURNING "+wrote, &n); err != nil {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.ConstraintName == "applications_open" {
			return fault.New(fault.Conflict, "已有同类申请待审批").Because(err)
		}
		return fmt.Errorf("write case %s: %w", c.Number, err)
	}
	if n != 1 {
		return fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	if c.Lead != nil && c.Lead.State == Returned {
		c.Lead = nil
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

// echo marks a unit's result by its words, so that assessment can tell copied ones (雷同结果) and nobody need read them.
func (r *remark) echo(box *keys.Box, words string) *remark {
	if r != nil {
		r.WordsBlind = box.Blind("words", words)
	}
	return r
}

func (r *remark) open(box *keys.Box) (string, error) {
	return box.Open(keys.Addr{Table: "remarks", Column: "words", ID: r.ID}, r.Words)
}
