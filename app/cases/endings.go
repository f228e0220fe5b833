package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// SendToVerify asks the community where the matter lies to look at it before it is accepted.
func SendToVerify(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	s, err := begin(ctx, tx, id, ToVerify)
	if err != nil {
		return nil, err
	}
	s.c.Stage = Verifying
	s.done("case.sent_to_verify")
	return s.c, change{columns: []string{"stage"}}.write(ctx, tx, s.c)
}

// Confirm says what was found on the spot. Found as reported, the case is accepted; else it goes back to
// the desk, which decides with the remark before it.
func Confirm(ctx context.Context, tx tenants.Tx, id uuid.UUID, found bool, words string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToConfirm)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("remark", words, longText); f.Found != nil {
		return nil, f.Found
	}
	kind := "case.verified"
	if s.c.Stage = Accepted; !found {
		s.c.Stage, kind = Reported, "case.not_found"
	}
	s.done(kind)
	return s.c, change{columns: []string{"stage"}, remark: say(tx, s.box, s.c, kind, words, s.at)}.write(ctx, tx, s.c)
}

// AnswerAtOnce closes an inquiry with the words that the petitioner was given, where the route lets intake do so. By the
// rule of its channel and class it is called back like what a unit has handled.
func AnswerAtOnce(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToAnswer)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("answer", words, longText); f.Found != nil {
		return nil, f.Found
	}
	c := s.c
	c.Stage, c.ClosedAt, c.EndedAt, c.Outcome, c.Late, c.Calls, c.AnsweredBy = Answered, s.at, s.at, OnTime, false, 0, tx.Actor().Person
	if !c.DueAt.IsZero() && s.at.After(c.DueAt) {
		c.Outcome = Overdue
	}
	c.OwesReply = s.route().Replies(blueprint.ReplySend)
	w := change{columns: append([]string{"answered_by"}, closing...), hush: []string{dueTimer}, remark: say(tx, s.box, c, "case.answered", words, s.at)}
	how, err := s.drawCallBack(&w)
	if err != nil {
		return nil, err
	}
	s.done("case.answered", how...)
	if err := s.expectReply(&w); err != nil {
		return nil, err
	}
	return c, w.write(ctx, tx, c)
}

// Inform closes a matter that the street may not take on (渠道外事项: emergencies, what belongs to the courts, to reconsideration,
// to discipline inspection or to petition offices) with the blueprint's sentence for it, which the petitioner was told. It is
// counted by what it was.
func Inform(ctx context.Context, tx tenants.Tx, id uuid.UUID, outside string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToInform)
	if err != nil {
		return nil, err
	}
	o, ok := s.rules.Outsides.Find(outside)
	if !ok || o.Retired {
		return nil, fault.Field("outside", "请选择渠道外事项")
	}
	words := o.Say
	if o.Ground != "" {
		words += "（" + o.Ground + "）"
	}
	c := s.c
	c.Stage, c.ClosedAt, c.EndedAt, c.Outcome, c.Late = Answered, s.at, s.at, OnTime, false
	s.done("case.answered", "outside", outside, "outside_name", o.Title)
	return c, change{
		columns: []string{"stage", "closed_at", "ended_at", "outcome", "late"}, hush: []string{dueTimer},
		remark: say(tx, s.box, c, "case.answered", words, s.at),
	}.write(ctx, tx, c)
}

// Merge lays a repeated report to the case with the number into. The petitioner hears of that one's end.
func Merge(ctx context.Context, tx tenants.Tx, id uuid.UUID, into string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToMerge)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("into", into, longTitle); f.Found != nil {
		return nil, f.Found
	}
	var other struct {
		ID    uuid.UUID
		Stage Stage
	}
	// It is only read, and may be closed meanwhile: that harms nobody. Two cases merged into each
	// other at the same moment would, so the row is held.
	err = tx.Raw("SELECT id, stage FROM cases WHERE tenant_id = ? AND number = ? FOR SHARE", int32(tx.ID()), into).Scan(ctx, &other)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		f.Add("into", ui.Key("没有此编号的案卷"))
	case err != nil:
		return nil, fmt.Errorf("find the case to merge into: %w", err)
	case other.ID == id:
		f.Add("into", ui.Key("不能并入自身"))
	case other.Stage == Merged || other.Stage == Voided || other.Stage == Rejected:
		f.Add("into", ui.Key("该案卷已作废、并案或不予受理，请并入仍有效的案卷"))
	}
	if f.Found != nil {
		return nil, f.Found
	}
	s.c.Stage, s.c.EndedAt, s.c.MergedInto, s.c.Late = Merged, s.at, other.ID, false
	s.done("case.merged", s.event(tally.Repeated)...)
	if err := (change{columns: []string{"stage", "ended_at", "merged_into", "late"}, hush: []string{dueTimer}}).write(ctx, tx, s.c); err != nil || Supervision.Repeated == nil {
		return s.c, err
	}
	return s.c, Supervision.Repeated(ctx, tx, other.ID)
}

// Void takes a case out that should never have been taken in: entered twice, or for another street. No
// figure counts it; ground is one of the blueprint's.
func Void(ctx context.Context, tx tenants.Tx, id uuid.UUID, ground, words string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToVoid)
	if err != nil {
		return nil, err
	}
	var f problems
	f.ground(s.rules, blueprint.VoidReason, ground)
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	s.c.Stage, s.c.EndedAt, s.c.Late = Voided, s.at, false
	s.done("case.voided", "ground", ground)
	return s.c, change{
		columns: []string{"stage", "ended_at", "late"}, hush: []string{dueTimer}, remark: say(tx, s.box, s.c, "case.voided", words, s.at),
	}.write(ctx, tx, s.c)
}

// ground refuses a reason that is not on the list.
func (p *problems) ground(cfg *blueprint.Config, list blueprint.ReasonList, key string) (blueprint.Reason, bool) {
	for _, r := range cfg.ReasonsOf(list) {
		if r.Key == key && !r.Retired {
			return r, true
		}
	}
	p.Add("ground", ui.Key("请选择理由"))
	return blueprint.Reason{}, false
}

// errUpperDue is said of a deadline from above that has passed already.
var errUpperDue = ui.Key("上级期限应晚于现在")
