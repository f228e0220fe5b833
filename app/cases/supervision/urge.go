package supervision

import (
	"context"
	"fmt"
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

// Urge is one urging of the unit that handles a case.
type Urge struct {
	bun.BaseModel `bun:"table:urges,alias:u"`

	ID     uuid.UUID `bun:",pk,type:uuid"`
	CaseID uuid.UUID `bun:"type:uuid"`
	Unit   string
	Words  []byte // sealed; nil: the street's standard words
	Person int64
	Auto   bool // by the product, when the light turned yellow
	At     time.Time
	SeenBy int64     `bun:",nullzero"`
	SeenAt time.Time `bun:",nullzero"`
}

func (u *Urge) at(column string) keys.Addr {
	return keys.Addr{Table: "urges", Column: column, ID: u.ID}
}

func mayBeUrged(c *cases.Case) bool {
	return c.Stage == cases.Handling && c.Lead != nil && c.Lead.State != cases.Done
}

// most is how often a case may be urged; afterwards one supervises.
func most(rules *blueprint.Config) int64 { return rules.Int("urge.most", 3) }

// urgeable is nil when the desk may urge the unit of the case now.
func urgeable(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config) error {
	if !c.MayAtDesk(tx.Actor(), auth.CasesUrge) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !mayBeUrged(c) {
		return fault.New(fault.Conflict, "案卷不在承办单位办理，不能催办")
	}
	if int64(c.Urges) >= most(rules) {
		return fault.New(fault.Conflict, "该案卷已催办%d次，请转督办", int(c.Urges))
	}
	var last bun.NullTime
	if err := tx.Raw(`SELECT max(at) FROM urges WHERE tenant_id = ? AND case_id = ? AND NOT auto`, int32(tx.ID()), c.ID).Scan(ctx, &last); err != nil {
		return fmt.Errorf("last urging of case %s: %w", c.Number, err)
	}
	if last.IsZero() {
		return nil
	}
	again, err := cases.DueBy(last.Time, rules.Limit("urge.gap", blueprint.Limit{Value: 4, Unit: blueprint.WorkingHour}), rules)
	if err != nil {
		return err
	}
	if clock.Now(ctx).Before(again) {
		return fault.New(fault.Conflict, "刚催办过，%s 之后才能再次催办", ui.Time(again))
	}
	return nil
}

// Press urges the unit of a case; without words in the street's own. Faults: NotFound, Forbidden, Conflict when nobody is
// to be urged, too soon after the last time, or too often.
func Press(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) error {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := urgeable(ctx, tx, c, rules); err != nil {
		return err
	}
	if err := told(words, false); err != nil {
		return err
	}
	return urge(ctx, tx, c, rules, words, byPerson)
}

// pressShort is Press in the street's own words, for many cases at once.
func pressShort(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	return Press(ctx, tx, id, "")
}

// Who urges, as the act says it.
const (
	byPerson     = "person"
	byMachine    = "auto"
	byPetitioner = cases.Petitioners
)

// hastened is what the unit reads when the petitioner himself urges.
const hastened = "诉求人催办，请抓紧办理"

// Hasten is a petitioner's urging of his own matter, once a calendar day at most. While a unit has it the unit is urged; else
// the desk reads it in the record. Faults: NotFound, Conflict.
func Hasten(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, rules, err := cases.HoldOwn(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.Stage.Ended() {
		return fault.New(fault.Conflict, "该事项已经结束，如有新情况请重新反映")
	}
	if done, err := HastenedToday(ctx, tx, id); err != nil {
		return err
	} else if done {
		return fault.New(fault.Conflict, "今天已经催办过，请明天再试")
	}
	if mayBeUrged(c) {
		return urge(ctx, tx, c, rules, hastened, byPetitioner)
	}
	cases.Note(tx, c, rules, "case.urged", clock.Now(ctx), "urge", byPetitioner, cases.Voice, cases.Petitioners)
	return nil
}

// HastenedToday reports whether the actor urged the matter today.
func HastenedToday(ctx context.Context, tx tenants.Tx, id uuid.UUID) (done bool, err error) {
	err = tx.Raw(`SELECT EXISTS (SELECT FROM journal WHERE tenant_id = ? AND object_id = ? AND kind = 'case.urged' AND actor = ? AND happened_at >= ?)`,
		int32(tx.ID()), id, tx.Actor().Person, clock.Day(clock.Now(ctx))).Scan(ctx, &done)
	if err != nil {
		return false, fmt.Errorf("urgings of today: %w", err)
	}
	return done, nil
}

// urge writes an urging of the case, which is locked.
func urge(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config, words, by string) error {
	u := &Urge{ID: tenants.NewID(), CaseID: c.ID, Unit: c.Unit, Person: tx.Actor().Person, Auto: by == byMachine, At: clock.Now(ctx)}
	if words != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		u.Words = box.Seal(u.at("words"), words)
	}
	if _, err := tx.Insert(u).Exec(ctx); err != nil {
		return fmt.Errorf("urge case %s: %w", c.Number, err)
	}
	c.Urges++
	if _, err := tx.Update(c).Column("urges").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("count the urging of case %s: %w", c.Number, err)
	}
	told := []string{"urge", by}
	if by == byPetitioner {
		told = append(told, cases.Voice, cases.Petitioners)
	}
	cases.Note(tx, c, rules, "case.urged", u.At, told...)
	return nil
}

// See notes that the unit has read all that it was urged (已阅). A second time changes nothing.
func See(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.Unit == "" || !cases.MayForUnit(tx.Actor(), auth.CasesReceive, c.Unit) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	now := clock.Now(ctx)
	res, err := tx.Raw(`UPDATE urges SET seen_by = ?, seen_at = ? WHERE tenant_id = ? AND case_id = ? AND unit = ? AND seen_at IS NULL`,
		tx.Actor().Person, now, int32(tx.ID()), id, c.Unit).Exec(ctx)
	if err != nil {
		return fmt.Errorf("read the urging of case %s: %w", c.Number, err)
	}
	if n, _ := res.RowsAffected(); n > 0 {
		cases.Note(tx, c, rules, "case.urge_seen", now)
	}
	return nil
}
