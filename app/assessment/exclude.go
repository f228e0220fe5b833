package assessment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// State is where an exclusion stands.
type State string

// The states. An approved one takes its case out of all figures but the exclusion rate.
const (
	Open      State = "open"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Revoked   State = "revoked" // it was approved, and is taken back: see [AskUndo]
)

// Exclusion is a case left out of assessment, or asked to be (剔除).
type Exclusion struct {
	bun.BaseModel `bun:"table:assess_exclusions,alias:x"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	CaseID    uuid.UUID `bun:"type:uuid"`
	Unit      string    // for which the case would be counted; its people never decide
	Ground    string    // reason of the blueprint
	Words     []byte    // sealed
	Evidence  []byte    // sealed
	AskedBy   int64
	AskedAt   time.Time
	State     State
	DecidedBy int64     `bun:",nullzero"`
	DecidedAt time.Time `bun:",nullzero"`
	Verdict   []byte    // sealed

	Undo        Undo
	UndoWords   []byte    // sealed
	UndoBy      int64     `bun:",nullzero"`
	UndoAt      time.Time `bun:",nullzero"`
	UndoVerdict []byte    // sealed
	UndoneBy    int64     `bun:",nullzero"`
	UndoneAt    time.Time `bun:",nullzero"`
}

func (x *Exclusion) addr(column string) keys.Addr {
	return keys.Addr{Table: "assess_exclusions", Column: column, ID: x.ID}
}

// Told opens what was said: reason, evidence, verdict.
func (x *Exclusion) Told(box *keys.Box) (words, evidence, verdict string, err error) {
	for _, c := range []struct {
		name   string
		sealed []byte
		to     *string
	}{{"words", x.Words, &words}, {"evidence", x.Evidence, &evidence}, {"verdict", x.Verdict, &verdict}} {
		if len(c.sealed) == 0 {
			continue
		}
		text, err := box.Open(x.addr(c.name), c.sealed)
		if err != nil {
			return "", "", "", err
		}
		*c.to = text
	}
	return words, evidence, verdict, nil
}

// Wish is an exclusion as it is asked for.
type Wish struct {
	Number   string // of the case
	Ground   string
	Words    string
	Evidence string
}

const longText = 2000

func (w Wish) check(cfg *blueprint.Config) error {
	var f fault.Problems
	f.Need("number", w.Number, longText)
	grounds := cfg.ExcludeGrounds()
	n := slices.IndexFunc(grounds, func(r blueprint.Reason) bool { return r.Key == w.Ground && !r.Retired })
	if n < 0 {
		f.Add("ground", ui.Key("请选择剔除理由"))
	}
	f.Need("words", w.Words, longText)
	if n >= 0 && grounds[n].Proof {
		f.Need("evidence", w.Evidence, longText)
	}
	f.Fit("evidence", w.Evidence, longText)
	return f.Fault()
}

// asks reports whether the actor may ask for a case of a unit: its own people, and those who approve at the desk.
func asks(actor tenants.Actor, unit string) bool {
	if actor.Trusted() || auth.Can(actor, auth.CasesApprove, "") {
		return true
	}
	return unit != "" && slices.ContainsFunc(unitsOf(actor), func(u string) bool { return u == unit })
}

// unitsOf are the units for which the actor handles.
func unitsOf(actor tenants.Actor) (out []string) {
	for _, at := range auth.Where(actor, auth.CasesHandle) {
		switch {
		case at.Unit != "":
			out = append(out, at.Unit)
		case at.Community != "":
			out = append(out, at.Community)
		}
	}
	return out
}

// Ask asks for a case to be left out. Faults: NotFound for a case that is none of the actor's, Invalid for what is
// missing, Conflict when it was asked for already or too late.
func Ask(ctx context.Context, tx tenants.Tx, w Wish) (*Exclusion, error) {
	if !auth.CanSomewhere(tx.Actor(), auth.CasesApprove) && !auth.CanSomewhere(tx.Actor(), auth.CasesHandle) {
		return nil, errForbidden()
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := w.check(cfg); err != nil {
		return nil, err
	}
	var c struct {
		ID       uuid.UUID
		Unit     string
		Stage    string
		ClosedAt time.Time `bun:",nullzero"`
	}
	err = tx.Raw("SELECT id, unit, stage, closed_at FROM cases WHERE tenant_id = ? AND number = ? FOR KEY SHARE", int32(tx.ID()), w.Number).Scan(ctx, &c)
	switch {
	case errors.Is(err, sql.ErrNoRows) || err == nil && !asks(tx.Actor(), c.Unit):
		return nil, fault.Field("number", "没有此编号的案卷")
	case err != nil:
		return nil, fmt.Errorf("case to be excluded: %w", err)
	case c.Unit == "" || c.Stage == "voided" || c.Stage == "rejected" || c.Stage == "merged":
		return nil, fault.Field("number", "该案卷不计入任何承办单位的考核，无需剔除")
	}
	now := clock.Now(ctx)
	if err := inTime(ctx, tx, cfg, c.ClosedAt, now); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	x := &Exclusion{ID: tenants.NewID(), CaseID: c.ID, Unit: c.Unit, Ground: w.Ground, AskedBy: tx.Actor().Person, AskedAt: now, State: Open}
	x.Words = box.Seal(x.addr("words"), w.Words)
	if w.Evidence != "" {
		x.Evidence = box.Seal(x.addr("evidence"), w.Evidence)
	}
	res, err := tx.Insert(x).On("CONFLICT (tenant_id, case_id) WHERE state IN ('open', 'approved') DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("insert exclusion: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil, fault.New(fault.Conflict, "该案卷已申请剔除或已剔除")
	}
	x.record(tx, "exclusion.asked", now)
	return x, nil
}

// inTime: within the limit from the closing, or from the publication of a report that counts it. An open case has
// all the time.
func inTime(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, closed, now time.Time) error {
	if closed.IsZero() {
		return nil
	}
	var shown struct {
		At time.Time `bun:",nullzero"`
	}
	err := tx.Raw("SELECT max(made_at) AS at FROM assess_reports WHERE tenant_id = ? AND state = 'done' AND term_from <= ? AND term_to > ? AND made_at >= term_to",
		int32(tx.ID()), closed, closed).Scan(ctx, &shown)
	if err != nil {
		return fmt.Errorf("reports that count the case: %w", err)
	}
	if shown.At.After(closed) {
		closed = shown.At
	}
	last, err := cases.Due(closed, cfg.Limit("assess.exclude_within", blueprint.Limit{Value: 3, Unit: blueprint.WorkingDay}), cases.CalendarOf(cfg))
	if err != nil {
		return err
	}
	if now.After(last) {
		return fault.New(fault.Conflict, "已过剔除申请期限（%s）", ui.Time(last))
	}
	return nil
}

// decides reports whether the actor may decide on an exclusion: of the role that the street set (a leader may what a
// shift leader may), not the applicant, and not of the assessed unit.
func decides(actor tenants.Actor, cfg *blueprint.Config, x *Exclusion) error {
	if actor.Trusted() {
		return nil
	}
	role := cfg.Choice("assess.exclude_approver", auth.Leader)
	if !slices.ContainsFunc(actor.Grants, func(g tenants.Grant) bool { return g.Role == role || g.Role == auth.Leader }) {
		return fault.New(fault.Forbidden, "剔除由%s审批", auth.Title(role))
	}
	if x.AskedBy == actor.Person {
		return fault.New(fault.Forbidden, "本人提出的申请，须由他人审批")
	}
	if slices.ContainsFunc(actor.Grants, func(g tenants.Grant) bool { return g.Unit == x.Unit || g.Community == x.Unit }) {
		return fault.New(fault.Forbidden, "被考核单位的人员不得审批本单位的剔除")
	}
	return nil
}

// Decide approves or refuses an open exclusion; refusing needs words.
func Decide(ctx context.Context, tx tenants.Tx, id uuid.UUID, approve bool, words string) (*Exclusion, error) {
	x, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := decides(tx.Actor(), cfg, x); err != nil {
		return nil, err
	}
	if x.State != Open {
		return nil, errDecided()
	}
	if err := spoken("verdict_words", words, !approve); err != nil {
		return nil, err
	}
	kind := "exclusion.refused"
	if x.State = Refused; approve {
		x.State, kind = Approved, "exclusion.granted"
	}
	x.DecidedBy, x.DecidedAt = tx.Actor().Person, clock.Now(ctx)
	if words != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return nil, err
		}
		x.Verdict = box.Seal(x.addr("verdict"), words)
	}
	return x, x.change(ctx, tx, kind)
}

// Withdraw takes an open exclusion back; only who asked for it may.
func Withdraw(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Exclusion, error) {
	x, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if x.AskedBy != tx.Actor().Person {
		return nil, errForbidden()
	}
	if x.State != Open {
		return nil, errDecided()
	}
	x.State = Withdrawn
	return x, x.change(ctx, tx, "exclusion.withdrawn")
}

func (x *Exclusion) change(ctx context.Context, tx tenants.Tx, kind string) error {
	return x.write(ctx, tx, kind, "state", "decided_by", "decided_at", "verdict")
}

func (x *Exclusion) write(ctx context.Context, tx tenants.Tx, kind string, columns ...string) error {
	if _, err := tx.Update(x).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change exclusion %s: %w", x.ID, err)
	}
	x.record(tx, kind, clock.Now(ctx))
	return nil
}

func (x *Exclusion) record(tx tenants.Tx, kind string, at time.Time) {
	d := tenants.Dims{"exclusion": string(x.State), "ground": x.Ground, "case": x.CaseID.String()}
	if x.Unit != "" {
		d["unit"] = x.Unit
	}
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "exclusion", ObjectID: x.ID, HappenedAt: at, After: d})
}

// lock reads an exclusion that the actor may see and holds it.
func lock(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Exclusion, error) {
	x := new(Exclusion)
	err := tx.Select(x).Where("x.id = ?", id).For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNothing()
	}
	if err != nil {
		return nil, fmt.Errorf("exclusion %s: %w", id, err)
	}
	if !sightOf(tx.Actor()).sees(x.Unit) {
		return nil, errNothing()
	}
	return x, nil
}

// Line is an exclusion in the list, with its case's number.
type Line struct {
	bun.BaseModel `bun:"table:assess_exclusions,alias:x"`

	Exclusion
	Number string
}

// Exclusions lists those that the actor may see, newest first; state "" is any. more: there is another page.
func Exclusions(ctx context.Context, tx tenants.Tx, state State, page int) (out []Line, more bool, err error) {
	see := sightOf(tx.Actor())
	if !see.any() {
		return nil, false, errForbidden()
	}
	q := see.exclusions(tx.Select(&out), state).ColumnExpr("x.*, c.number").Join("JOIN cases c ON c.tenant_id = x.tenant_id AND c.id = x.case_id").
		OrderExpr("x.asked_at DESC, x.id DESC").Limit(PageSize + 1).Offset(int64(max(page, 1)-1) * PageSize)
	if err := q.Scan(ctx); err != nil {
		return nil, false, fmt.Errorf("list exclusions: %w", err)
	}
	if len(out) > PageSize {
		return out[:PageSize], true, nil
	}
	return out, false, nil
}

// countExclusions counts what Exclusions lists, up to most.
func countExclusions(ctx context.Context, tx tenants.Tx, state State, most int) (int, error) {
	var some []Line
	err := sightOf(tx.Actor()).exclusions(tx.Select(&some), state).Column("id").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return 0, fmt.Errorf("count exclusions: %w", err)
	}
	return len(some), nil
}

// exclusions narrows a query of them to the state, "" for any, and to what the actor sees.
func (see sight) exclusions(q *bun.SelectQuery, state State) *bun.SelectQuery {
	if state != "" {
		q = q.Where("x.state = ?", state)
	}
	if !see.all {
		q = q.Where("x.unit IN (?)", bun.List(see.units))
	}
	return q
}

// sight is whose figures an actor sees: the whole street's, or the own units' only.
type sight struct {
	all   bool
	units []string
}

func sightOf(actor tenants.Actor) sight {
	return sight{actor.Trusted() || auth.Can(actor, auth.BoardRead, ""), unitsOf(actor)}
}

func (s sight) any() bool { return s.all || len(s.units) > 0 }

func (s sight) sees(unit string) bool {
	return s.all || unit != "" && slices.Contains(s.units, unit)
}

func errForbidden() error { return fault.New(fault.Forbidden, "您没有进行此操作的权限") }

func errDecided() error { return fault.New(fault.Conflict, "该申请已办结，请刷新页面") }
