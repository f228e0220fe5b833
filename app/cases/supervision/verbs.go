package supervision

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// longText is the longest text, in characters.
const longText = 2000

// told refuses words that are missing where they must be there, too long, or unreadable.
func told(words string, must bool) error {
	switch {
	case must && strings.TrimSpace(words) == "":
		return fault.Field("words", "请填写此项")
	case utf8.RuneCountInString(words) > longText:
		return fault.Field("words", "内容过长，请精简")
	case !utf8.ValidString(words) || strings.ContainsRune(words, 0):
		return fault.Field("words", "含有无法识别的字符")
	}
	return nil
}

// Propose asks for an order of a degree in a case, and says what it is to demand. Faults: NotFound, Forbidden, Conflict when
// the case is in no unit's hands or an order of that degree is open, Invalid.
func Propose(ctx context.Context, tx tenants.Tx, id uuid.UUID, level, words string) (*Order, error) {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := move(ToPropose).allows(tx.Actor(), c, blueprint.Supervision{}, nil); err != nil {
		return nil, err
	}
	degree, ok := rules.Supervisions.Find(level)
	if !ok || degree.Retired {
		return nil, fault.Field("level", "请选择督办级别")
	}
	if err := told(words, true); err != nil {
		return nil, err
	}
	o := &Order{Level: degree.Key, Rank: int16(degree.Rank), Ground: Judged}
	return o, o.propose(ctx, tx, c, rules, words)
}

// propose writes a new order of the case, which is locked.
func (o *Order) propose(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config, words string) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	o.ID, o.CaseID, o.Unit, o.Class = tenants.NewID(), c.ID, c.Unit, c.Class
	o.State, o.ProposedBy, o.ProposedAt = Proposed, tx.Actor().Person, clock.Now(ctx)
	if words != "" {
		o.Words = box.Seal(o.at("words"), words)
	}
	if _, err := tx.Insert(o).Exec(ctx); err != nil {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.ConstraintName == "supervision_orders_open" {
			return fault.New(fault.Conflict, "该案卷已有同级督办未办结").Because(err)
		}
		return fmt.Errorf("propose supervision of case %s: %w", c.Number, err)
	}
	o.note(tx, c, rules, "case.supervision_proposed", o.ProposedAt)
	return nil
}

// step is one verb at work on an order of a locked case.
type step struct {
	tx     tenants.Tx
	c      *cases.Case
	rules  *blueprint.Config
	degree blueprint.Supervision
	o      *Order
	at     time.Time
}

// begin holds the order's case and asks the table.
func begin(ctx context.Context, tx tenants.Tx, id uuid.UUID, v Verb) (*step, error) {
	s, err := take(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return s, move(v).allows(tx.Actor(), s.c, s.degree, s.o)
}

// take holds the order's case, and reads the order as it stands under that lock.
func take(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*step, error) {
	o, err := Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	s := &step{tx: tx, at: clock.Now(ctx)}
	if s.c, s.rules, err = cases.Hold(ctx, tx, o.CaseID); err != nil {
		return nil, err
	}
	if s.o, err = Find(ctx, tx, id); err != nil {
		return nil, err
	}
	s.degree = s.o.degree(s.rules)
	return s, nil
}

// write changes columns of the order and keeps what the case shows of its orders.
func (s *step) write(ctx context.Context, columns ...string) error {
	if _, err := s.tx.Update(s.o).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write order %s: %w", s.o.ID, err)
	}
	_, err := s.tx.Raw(`UPDATE cases SET supervised = coalesce((SELECT max(rank) FROM supervision_orders
		WHERE tenant_id = cases.tenant_id AND case_id = cases.id AND state IN ('signed', 'replied')), 0) WHERE tenant_id = ? AND id = ?`,
		int32(s.tx.ID()), s.c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("orders of case %s: %w", s.c.Number, err)
	}
	return nil
}

func (s *step) note(kind string) { s.o.note(s.tx, s.c, s.rules, kind, s.at) }

func (o *Order) note(tx tenants.Tx, c *cases.Case, rules *blueprint.Config, kind string, at time.Time) {
	besides := []string{"level", o.Level, "ground", string(o.Ground), "order_unit", o.Unit}
	if o.Number != "" {
		besides = append(besides, "order", o.Number)
	}
	cases.Note(tx, c, rules, kind, at, besides...)
}

// Sign issues an order: it gets its number and the unit's clock begins. words replace what was proposed, unless empty.
func Sign(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Order, error) {
	s, err := begin(ctx, tx, id, ToSign)
	if err != nil {
		return nil, err
	}
	if err := told(words, false); err != nil {
		return nil, err
	}
	o := s.o
	if words != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return nil, err
		}
		o.Words = box.Seal(o.at("words"), words)
	}
	year := s.at.In(clock.Zone).Format("2006")
	n, err := tx.Next(ctx, "supervision "+year)
	if err != nil {
		return nil, err
	}
	o.Number = fmt.Sprintf("督〔%s〕%05d号", year, n)
	o.State, o.SignedBy, o.SignedAt, o.Unit, o.Deduct = Signed, tx.Actor().Person, s.at, s.c.Unit, int16(s.degree.Deduct)
	if err := s.clock(ctx); err != nil {
		return nil, err
	}
	s.note("case.supervised")
	return o, s.write(ctx, "words", "number", "state", "signed_by", "signed_at", "unit", "deduct", "reply_by")
}

// clock starts the unit's clock.
func (s *step) clock(ctx context.Context) (err error) {
	if s.o.ReplyBy, err = cases.DueBy(s.at, s.degree.Reply, s.rules); err != nil {
		return err
	}
	return jobs.Remind(ctx, s.tx, jobs.Timer{Kind: replyTimer, Object: s.o.ID, DueAt: s.o.ReplyBy})
}

// Decline refuses a proposal, and says why.
func Decline(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Order, error) {
	s, err := begin(ctx, tx, id, ToDecline)
	if err != nil {
		return nil, err
	}
	if err := told(words, true); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	s.o.State, s.o.EndedBy, s.o.EndedAt = Declined, tx.Actor().Person, s.at
	s.o.Verdict = box.Seal(s.o.at("verdict"), words)
	s.note("case.supervision_declined")
	return s.o, s.write(ctx, "state", "ended_by", "ended_at", "verdict")
}

// Answer hands in what the unit has to say.
func Answer(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Order, error) {
	s, err := begin(ctx, tx, id, ToReply)
	if err != nil {
		return nil, err
	}
	if err := told(words, true); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	y := &Reply{ID: tenants.NewID(), OrderID: id, Person: tx.Actor().Person, At: s.at}
	y.Words = box.Seal(y.at("words"), words)
	if _, err := tx.Insert(y).Exec(ctx); err != nil {
		return nil, fmt.Errorf("answer to order %s: %w", s.o.Number, err)
	}
	if err := jobs.Cancel(ctx, tx, id, replyTimer); err != nil {
		return nil, err
	}
	s.o.State = Replied
	s.note("case.supervision_replied")
	return s.o, s.write(ctx, "state")
}

// Judge accepts the answer, which settles the order; or refuses it with a reason, and the unit's clock begins anew.
func Judge(ctx context.Context, tx tenants.Tx, id uuid.UUID, accept bool, words string) (*Order, error) {
	verb := ToRefuse
	if accept {
		verb = ToAccept
	}
	s, err := begin(ctx, tx, id, verb)
	if err != nil {
		return nil, err
	}
	if err := told(words, !accept); err != nil {
		return nil, err
	}
	y := new(Reply)
	if err := tx.Select(y).Where("y.order_id = ?", id).Where("y.accepted IS NULL").Scan(ctx); err != nil {
		return nil, fmt.Errorf("answer to order %s: %w", s.o.Number, err)
	}
	y.Accepted, y.JudgedBy, y.JudgedAt = &accept, tx.Actor().Person, s.at
	if words != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return nil, err
		}
		y.Verdict = box.Seal(y.at("verdict"), words)
	}
	if _, err := tx.Update(y).Column("accepted", "verdict", "judged_by", "judged_at").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("judge the answer to order %s: %w", s.o.Number, err)
	}
	if accept {
		s.o.State, s.o.EndedBy, s.o.EndedAt = Settled, tx.Actor().Person, s.at
		s.note("case.supervision_settled")
		return s.o, s.write(ctx, "state", "ended_by", "ended_at")
	}
	s.o.State = Signed
	s.o.Refusals++
	if err := s.clock(ctx); err != nil {
		return nil, err
	}
	s.note("case.supervision_refused")
	return s.o, s.write(ctx, "state", "refusals", "reply_by")
}

// errNoOrder is the answer for an order that is not there, another street's, or of a case that is none of the actor's business.
func errNoOrder() error { return fault.New(fault.NotFound, "页面不存在") }

var actTitles = map[string]string{
	"case.urged": ui.Key("催办"), "case.urge_seen": ui.Key("阅知催办"),
	"case.supervision_proposed": ui.Key("提出督办"), "case.supervised": ui.Key("签发督办单"), "case.supervision_declined": ui.Key("不予督办"),
	"case.supervision_replied": ui.Key("反馈督办"), "case.supervision_refused": ui.Key("督办反馈被退回"), "case.supervision_settled": ui.Key("督办销号"),
	"case.supervision_missed": ui.Key("督办未按期反馈"),
	"case.instructed":         ui.Key("领导批示"), "case.instruction_done": ui.Key("批示已落实"), "case.instruction_missed": ui.Key("批示未按期落实"),
}
