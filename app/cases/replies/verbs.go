package replies

import (
	"context"
	"database/sql"
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
	"wanjie/tenants/keys"
)

// Wording is a draft as it is handed in.
type Wording struct {
	Words     string
	Contacted bool
	Solved    bool
}

// longText is the longest reply, in characters.
const longText = 4000

// said refuses words that are missing, too long or unreadable.
func said(field, words string) error {
	switch {
	case strings.TrimSpace(words) == "":
		return fault.Field(field, ui.Key("请填写此项"))
	case utf8.RuneCountInString(words) > longText:
		return fault.Field(field, ui.Key("内容过长，请精简"))
	case !utf8.ValidString(words) || strings.ContainsRune(words, 0):
		return fault.Field(field, ui.Key("含有无法识别的字符"))
	}
	return nil
}

// step is one verb at work on the reply of one held case.
type step struct {
	tx    tenants.Tx
	c     *cases.Case
	p     *Reply // of the present handling; nil: nothing is worded
	rules *blueprint.Config
	box   *keys.Box
	at    time.Time
}

// begin holds the case, finds the reply to its present handling, and asks the table.
func begin(ctx context.Context, tx tenants.Tx, id uuid.UUID, v Verb) (*step, error) {
	c, rules, err := cases.Hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	p, err := current(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if err := move(v).allows(tx.Actor(), c, p, rules); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	return &step{tx, c, p, rules, box, clock.Now(ctx)}, nil
}

// current is the newest reply to the present handling; nil: there is none.
func current(ctx context.Context, tx tenants.Tx, c *cases.Case) (*Reply, error) {
	p := new(Reply)
	err := tx.Select(p).Where("p.case_id = ?", c.ID).Where("p.attempt = ?", c.Reworks).OrderExpr("p.drafted_at DESC, p.id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reply of case %s: %w", c.Number, err)
	}
	return p, nil
}

// Draft words the reply and hands it to the reviewer; on a route without review it waits to be sent at once.
func Draft(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Wording) (*cases.Case, error) {
	s, err := begin(ctx, tx, id, ToDraft)
	if err != nil {
		return nil, err
	}
	if err := said("words", in.Words); err != nil {
		return nil, err
	}
	p := &Reply{ID: tenants.NewID(), CaseID: s.c.ID, Attempt: s.c.Reworks, Channel: s.c.Channel, State: Review, Contacted: in.Contacted, Solved: in.Solved,
		DraftedBy: tx.Actor().Person, DraftedAt: s.at}
	p.Words = s.box.Seal(p.addr("words"), strings.TrimSpace(in.Words))
	if routeOf(s.c, s.rules).Replies(blueprint.ReplyReview) {
		p.ReviewBy, err = cases.Due(s.at, s.rules.Limit("reply.review_limit", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour}), cases.CalendarOf(s.rules))
		if err != nil {
			return nil, err
		}
		if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: reviewTimer, Object: p.ID, DueAt: p.ReviewBy}); err != nil {
			return nil, err
		}
	} else if err := s.approve(ctx, p); err != nil {
		return nil, err
	}
	if _, err := tx.Insert(p).Exec(ctx); err != nil {
		var pe *pgconn.PgError
		if errors.As(err, &pe) && pe.ConstraintName == "replies_living" {
			return nil, fault.New(fault.Conflict, "回复的状态已经变化，不能进行此操作").Because(err)
		}
		return nil, fmt.Errorf("write the reply of case %s: %w", s.c.Number, err)
	}
	cases.Note(tx, s.c, s.rules, "case.reply_drafted", s.at)
	return s.c, nil
}

// approve gives the reply its place in the row of those to be sent. The counter's row is held until the commit, so
// places become visible in their order, and whoever reads on after one misses none.
func (s *step) approve(ctx context.Context, p *Reply) (err error) {
	p.State = Approved
	p.Seq, err = s.tx.Next(ctx, "replies")
	return err
}

// Judge approves the reply, or returns it with words for the drafter.
func Judge(ctx context.Context, tx tenants.Tx, id uuid.UUID, approve bool, words string) (*cases.Case, error) {
	v, kind := ToReturn, "case.reply_returned"
	if approve {
		v, kind = ToApprove, "case.reply_approved"
	}
	s, err := begin(ctx, tx, id, v)
	if err != nil {
		return nil, err
	}
	if approve {
		err = s.approve(ctx, s.p)
	} else if err = said("verdict_words", words); err == nil {
		s.p.State, s.p.Verdict = Returned, s.box.Seal(s.p.addr("verdict"), strings.TrimSpace(words))
	}
	if err != nil {
		return nil, err
	}
	s.p.ReviewedBy, s.p.ReviewedAt = tx.Actor().Person, s.at
	if err := s.write(ctx, "state", "seq", "verdict", "reviewed_by", "reviewed_at"); err != nil {
		return nil, err
	}
	if err := jobs.Cancel(ctx, tx, s.p.ID, reviewTimer); err != nil {
		return nil, err
	}
	cases.Note(tx, s.c, s.rules, kind, s.at)
	return s.c, nil
}

func (s *step) write(ctx context.Context, columns ...string) error {
	if _, err := s.tx.Update(s.p).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write the reply of case %s: %w", s.c.Number, err)
	}
	return nil
}

// reviewTimer: the reply should have been reviewed.
const reviewTimer = "reply.review"

// runReview notes that nobody reviewed in time.
func runReview(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p := new(Reply)
	if err := tx.Select(p).Where("p.id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("read reply %s: %w", id, err)
	}
	c, rules, err := cases.Hold(ctx, tx, p.CaseID)
	if err != nil {
		return err
	}
	now, err := current(ctx, tx, c)
	if err != nil || now == nil || now.ID != id || now.State != Review || now.Unreviewed {
		return err // reviewed meanwhile, or the work was taken up again
	}
	now.Unreviewed = true
	s := &step{tx: tx, c: c, p: now}
	if err := s.write(ctx, "unreviewed"); err != nil {
		return err
	}
	cases.Note(tx, c, rules, "case.reply_unreviewed", clock.Now(ctx))
	return nil
}

// mostTaken is how many replies leave in one file, or one answer to a program.
const mostTaken = 500

// Ready is an approved reply on its way.
type Ready struct {
	Reply
	Number   string
	UpperNo  string
	UpperDue time.Time
	Unit     string
}

// ready lists the replies of a channel that are approved, or with them those that were sent, after a place; only
// those that speak of the present handling.
func ready(ctx context.Context, tx tenants.Tx, channel string, after int64, states string, most int) ([]Ready, error) {
	var out []Ready
	err := tx.Raw(`SELECT p.*, c.number, c.upper_no, c.upper_due, c.unit FROM replies p JOIN cases c ON c.tenant_id = p.tenant_id AND c.id = p.case_id
		WHERE p.tenant_id = ? AND p.seq > ? AND p.channel = ? AND p.state IN (`+states+`) AND p.attempt = c.reworks AND c.stage IN ('closed', 'answered', 'archived')
		ORDER BY p.seq LIMIT ?`, int32(tx.ID()), after, channel, most).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("replies of %s: %w", channel, err)
	}
	return out, nil
}

// send marks one as sent, by way. It says false for one that is no longer to be sent.
func send(ctx context.Context, tx tenants.Tx, r *Ready, way string, batch uuid.UUID) (bool, error) {
	s, err := begin(ctx, tx, r.CaseID, ToSend)
	if fault.Is(err, fault.Conflict) || err == nil && s.p.ID != r.ID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s.p.State, s.p.SentBy, s.p.SentAt, s.p.Way, s.p.Batch = Sent, tx.Actor().Person, s.at, way, batch
	if err := s.write(ctx, "state", "sent_by", "sent_at", "way", "batch"); err != nil {
		return false, err
	}
	r.Reply = *s.p
	return true, cases.Replied(ctx, tx, s.c, way)
}

// hold lets nobody else send replies of the channel until the commit: whoever reads meanwhile would miss what this one sends.
func hold(ctx context.Context, tx tenants.Tx, channel string) error {
	_, err := tx.Next(ctx, "replies "+channel)
	return err
}

// Take puts the approved replies of a channel into an answer file under the number batch, and marks them sent. It
// answers how many; none is fault.Conflict.
func Take(ctx context.Context, tx tenants.Tx, channel string, batch uuid.UUID) (int, error) {
	if err := hold(ctx, tx, channel); err != nil {
		return 0, err
	}
	list, err := ready(ctx, tx, channel, 0, "'approved'", mostTaken)
	if err != nil {
		return 0, err
	}
	n := 0
	for i := range list {
		sent, err := send(ctx, tx, &list[i], File, batch)
		if err != nil {
			return 0, err
		}
		if sent {
			n++
		}
	}
	if n == 0 {
		return 0, fault.New(fault.Conflict, "没有待发送的回复")
	}
	return n, nil
}

// Fetch answers a channel's replies after a place, in their order, and marks those sent that were not. Asking again
// after the same place gives the same replies, also while the first time is not over: an answer that was lost on its way
// is lost to nobody. more: there are further ones after these.
func Fetch(ctx context.Context, tx tenants.Tx, channel string, after int64, most int) (out []Ready, more bool, err error) {
	if err := hold(ctx, tx, channel); err != nil {
		return nil, false, err
	}
	most = min(most, mostTaken)
	list, err := ready(ctx, tx, channel, after, "'approved', 'sent'", most)
	if err != nil {
		return nil, false, err
	}
	out = list[:0]
	for i := range list {
		if list[i].State == Approved {
			sent, err := send(ctx, tx, &list[i], API, uuid.Nil)
			if err != nil {
				return nil, false, err
			}
			if !sent {
				continue
			}
		}
		out = append(out, list[i])
	}
	return out, len(list) == most, nil
}
