package supervision

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
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Instruction is a leader's word on a case.
type Instruction struct {
	bun.BaseModel `bun:"table:instructions,alias:n"`

	ID     uuid.UUID `bun:",pk,type:uuid"`
	CaseID uuid.UUID `bun:"type:uuid"`
	Words  []byte    // sealed
	Person int64
	At     time.Time
	DueAt  time.Time `bun:",nullzero"` // by when it is to be done

	Parts []Addressee `bun:"-"`
}

// Addressee is one addressee of an instruction, and what it reports.
type Addressee struct {
	bun.BaseModel `bun:"table:instruction_addressees,alias:p"`

	ID            uuid.UUID `bun:",pk,type:uuid"`
	InstructionID uuid.UUID `bun:"type:uuid"`
	Unit          string    // empty: the desk
	DoneBy        int64     `bun:",nullzero"`
	DoneAt        time.Time `bun:",nullzero"`
	Words         []byte    // sealed
	Missed        bool      // not done by the date
}

func (n *Instruction) at(column string) keys.Addr {
	return keys.Addr{Table: "instructions", Column: column, ID: n.ID}
}

func (p *Addressee) at(column string) keys.Addr {
	return keys.Addr{Table: "instruction_addressees", Column: column, ID: p.ID}
}

// Directive is an instruction as it is given.
type Directive struct {
	Words string
	To    []string // units that have the case, or "" for the desk
	DueAt time.Time
}

// Instruct gives an instruction on a case. Faults: NotFound, Forbidden without cases.instruct, Invalid when an addressee has
// nothing to do with the case or the date has passed.
func Instruct(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Directive) (*Instruction, error) {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !c.MayAtDesk(tx.Actor(), auth.CasesInstruct) {
		return nil, fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	now := clock.Now(ctx)
	known, err := addressees(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if err := in.check(known, now); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	n := &Instruction{ID: tenants.NewID(), CaseID: id, Person: tx.Actor().Person, At: now, DueAt: in.DueAt}
	n.Words = box.Seal(n.at("words"), in.Words)
	for _, unit := range in.To {
		n.Parts = append(n.Parts, Addressee{ID: tenants.NewID(), InstructionID: n.ID, Unit: unit})
	}
	if _, err := tx.Insert(n).Exec(ctx); err != nil {
		return nil, fmt.Errorf("instruct on case %s: %w", c.Number, err)
	}
	if _, err := tx.Insert(&n.Parts).Exec(ctx); err != nil {
		return nil, fmt.Errorf("addressees on case %s: %w", c.Number, err)
	}
	if !n.DueAt.IsZero() {
		if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: instructionTimer, Object: n.ID, DueAt: n.DueAt}); err != nil {
			return nil, err
		}
	}
	cases.Note(tx, c, rules, "case.instructed", now)
	return n, instructed(ctx, tx, c)
}

func (in *Directive) check(known []string, now time.Time) error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if err := fault.Of(told(in.Words, true)); err != nil {
		f.And("words", err.Fields["words"])
	}
	slices.Sort(in.To)
	in.To = slices.Compact(in.To)
	if len(in.To) == 0 || slices.ContainsFunc(in.To, func(unit string) bool { return !slices.Contains(known, unit) }) {
		f.And("to", "请选择批示对象")
	}
	if !in.DueAt.IsZero() && !in.DueAt.After(now) {
		f.And("due", "完成期限应晚于现在")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// addressees are whom an instruction on a case may go to: the desk, and whoever works on it.
func addressees(ctx context.Context, tx tenants.Tx, c *cases.Case) ([]string, error) {
	out := []string{""}
	err := tx.Raw(`SELECT unit FROM (SELECT unit, min(dispatched_at) AS at FROM assignments WHERE tenant_id = ? AND case_id = ? AND state <> 'returned'
		GROUP BY unit) u ORDER BY at, unit`, int32(tx.ID()), c.ID).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("units of case %s: %w", c.Number, err)
	}
	if !slices.Contains(out, "") {
		out = append([]string{""}, out...)
	}
	return out, nil
}

// mayDo reports whether the actor answers for an addressee.
func mayDo(actor tenants.Actor, c *cases.Case, unit string) bool {
	if unit == "" {
		return c.MayAtDesk(actor, auth.CasesDispatch)
	}
	return cases.MayForUnit(actor, auth.CasesHandle, unit)
}

// Carry reports that an addressee has done what it was told. Faults: NotFound, Forbidden, Conflict when it has been
// reported already, Invalid without words.
func Carry(ctx context.Context, tx tenants.Tx, part uuid.UUID, words string) error {
	c, rules, p, err := partOf(ctx, tx, part)
	if err != nil {
		return err
	}
	if !mayDo(tx.Actor(), c, p.Unit) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !p.DoneAt.IsZero() {
		return fault.New(fault.Conflict, "该批示已反馈落实")
	}
	if err := told(words, true); err != nil {
		return err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	p.DoneBy, p.DoneAt, p.Words = tx.Actor().Person, clock.Now(ctx), box.Seal(p.at("words"), words)
	if _, err := tx.Update(p).Column("done_by", "done_at", "words").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("report on an instruction: %w", err)
	}
	cases.Note(tx, c, rules, "case.instruction_done", p.DoneAt, "addressee", p.Unit)
	return instructed(ctx, tx, c)
}

// partOf holds the case of an addressee and reads the addressee under that lock.
func partOf(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*cases.Case, *blueprint.Config, *Addressee, error) {
	of, err := caseOfPart(ctx, tx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	c, rules, err := cases.Hold(ctx, tx, of)
	if err != nil {
		return nil, nil, nil, err
	}
	p := new(Addressee)
	if err := tx.Select(p).Where("p.id = ?", id).Scan(ctx); err != nil {
		return nil, nil, nil, fmt.Errorf("addressee %s: %w", id, err)
	}
	return c, rules, p, nil
}

// caseOfPart is the case of an addressee; NotFound when the tenant has none of this id.
func caseOfPart(ctx context.Context, tx tenants.Tx, id uuid.UUID) (of uuid.UUID, err error) {
	err = tx.Raw(`SELECT n.case_id FROM instruction_addressees p JOIN instructions n ON n.tenant_id = p.tenant_id AND n.id = p.instruction_id
		WHERE p.tenant_id = ? AND p.id = ?`, int32(tx.ID()), id).Scan(ctx, &of)
	if errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, errNoOrder()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("addressee %s: %w", id, err)
	}
	return of, nil
}

// instructed keeps how many addressees of a case still have something to report.
func instructed(ctx context.Context, tx tenants.Tx, c *cases.Case) error {
	_, err := tx.Raw(`UPDATE cases SET instructed = (SELECT count(*) FROM instruction_addressees p JOIN instructions n ON n.tenant_id = p.tenant_id AND n.id = p.instruction_id
		WHERE n.tenant_id = cases.tenant_id AND n.case_id = cases.id AND p.done_at IS NULL) WHERE tenant_id = ? AND id = ?`, int32(tx.ID()), c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("instructions on case %s: %w", c.Number, err)
	}
	return nil
}

// runInstruction notes which addressees had nothing to report by the date.
func runInstruction(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	n := new(Instruction)
	if err := tx.Select(n).Where("n.id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("instruction %s: %w", id, err)
	}
	c, rules, err := cases.Hold(ctx, tx, n.CaseID)
	if err != nil {
		return err
	}
	var late []string
	err = tx.Raw(`UPDATE instruction_addressees SET missed = true WHERE tenant_id = ? AND instruction_id = ? AND done_at IS NULL AND NOT missed RETURNING unit`,
		int32(tx.ID()), id).Scan(ctx, &late)
	if err != nil {
		return fmt.Errorf("instruction %s: %w", id, err)
	}
	slices.Sort(late)
	for _, unit := range late {
		cases.Note(tx, c, rules, "case.instruction_missed", clock.Now(ctx), "addressee", unit)
	}
	return nil
}
