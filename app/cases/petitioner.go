package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/cases/alike"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// What petitioners do to their own matters, at the residents' door. No grant lets them: a matter is theirs because they
// reported it, and for anybody else it does not exist.

// ResidentChannel is the way in of the residents' door.
const ResidentChannel = "resident"

// Rateable is for how long after its closing a petitioner may rate a matter; afterwards he reports anew.
const Rateable = 30 * 24 * time.Hour

// owns reports whether the matter is the actor's own.
func owns(actor tenants.Actor, c *Case) bool {
	return actor.Person != tenants.System && c.ReportedBy == actor.Person && c.Channel == ResidentChannel
}

// ReportOwn takes in a matter of somebody who is signed in as a resident. Urgency, numbers from above and what was mended
// on the spot are not his to say.
func ReportOwn(ctx context.Context, tx tenants.Tx, in Intake) (*Case, error) {
	if tx.Actor().Person == tenants.System {
		return nil, errForbidden()
	}
	return takeIn(ctx, tx, Intake{
		ID: in.ID, Channel: ResidentChannel, Class: in.Class, Community: in.Community, Lon: in.Lon, Lat: in.Lat, Confidential: in.Confidential, Words: in.Words,
	})
}

// Mine are the actor's own matters, the newest first, with their leads; at most so many, 0: all.
func Mine(ctx context.Context, tx tenants.Tx, most int) ([]*Case, error) {
	var rows []row
	limit := ""
	if most > 0 {
		limit = " LIMIT " + strconv.Itoa(most)
	}
	q := tx.Prepared(int32(tx.ID()), tx.Actor().Person, ResidentChannel)
	err := q.Scan(ctx, `SELECT `+q.Columns("c", "", &Case{})+`, `+q.Columns("a", "lead_", &Assignment{})+` FROM cases c LEFT JOIN LATERAL (
			SELECT * FROM assignments WHERE tenant_id = $1 AND case_id = c.id AND role = 'lead' AND state <> 'returned') a ON true
		WHERE c.tenant_id = $1 AND c.reported_by = $2 AND c.channel = $3 ORDER BY c.reported_at DESC, c.id DESC`+limit, &rows)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("matters of a resident: %w", err)
	}
	out := make([]*Case, len(rows))
	for i := range rows {
		out[i] = rows[i].whole()
	}
	return out, nil
}

// MyCount says how many matters the actor has reported, and how many of them are not ended.
func MyCount(ctx context.Context, tx tenants.Tx) (all, open int, err error) {
	err = tx.Raw(`SELECT count(*), count(*) FILTER (WHERE NOT (stage IN (?))) FROM cases WHERE tenant_id = ? AND reported_by = ? AND channel = ?`,
		bun.List(endings), int32(tx.ID()), tx.Actor().Person, ResidentChannel).Scan(ctx, &all, &open)
	if err != nil {
		return 0, 0, fmt.Errorf("count a resident's matters: %w", err)
	}
	return all, open, nil
}

// OwnAlike is an open matter of the actor's own that a report seems to repeat: of its class, within the days in which the
// street merges, in similar words. nil: none.
func OwnAlike(ctx context.Context, tx tenants.Tx, in Intake) (*Case, error) {
	mine, err := Mine(ctx, tx, mostCandidates)
	if err != nil {
		return nil, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	since := n.now.AddDate(0, 0, -int(n.cfg.Int("cases.merge_days", 7)))
	for _, c := range mine {
		if c.Class != in.Class || c.Stage.Ended() || c.ReportedAt.Before(since) {
			continue
		}
		w, err := c.Open(n.box)
		if err != nil {
			return nil, err
		}
		if alike.Words(in.Description+in.Address, w.Description+w.Address) >= alikeAnywhere {
			return c, nil
		}
	}
	return nil, nil
}

// Own reads one of the actor's own matters, with the rules it was filed under. Anybody else's is NotFound.
func Own(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, *blueprint.Config, error) {
	return own(ctx, tx, id, sharing)
}

// HoldOwn is Own, locked until the transaction ends.
func HoldOwn(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, *blueprint.Config, error) {
	return own(ctx, tx, id, holding)
}

func own(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string) (*Case, *blueprint.Config, error) {
	c, err := read(ctx, tx, id, how)
	if err != nil {
		return nil, nil, err
	}
	if !owns(tx.Actor(), c) {
		return nil, nil, errNoCase()
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	return c, rules, err
}

// beginOwn is begin for a petitioner.
func beginOwn(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*step, error) {
	c, rules, err := HoldOwn(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return stepOf(ctx, tx, c, rules)
}

// Voice is the dimension that tells an act of the petitioner himself from one of somebody who works.
const Voice, Petitioners = "voice", "petitioner"

// Supplement adds words to a matter that is not ended (补充): whoever works on it reads them in its record.
func Supplement(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Case, error) {
	s, err := beginOwn(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if s.c.Stage.Ended() {
		return nil, fault.New(fault.Conflict, "该事项已经结束，如有新情况请重新反映")
	}
	var f problems
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	const kind = "case.supplemented"
	s.done(kind, Voice, Petitioners)
	return s.c, change{columns: []string{"stage"}, remark: say(tx, s.box, s.c, kind, words, s.at)}.write(ctx, tx, s.c)
}

// MayRate is nil when the actor may rate his own matter now: once after each closing, while it is fresh.
func MayRate(ctx context.Context, tx tenants.Tx, c *Case, at time.Time) error {
	if c.Stage != Closed && c.Stage != Archived {
		return fault.New(fault.Conflict, "事项办结后才能评价")
	}
	if at.After(c.ClosedAt.Add(Rateable)) {
		return fault.New(fault.Conflict, "已过评价期限，如仍有问题请重新反映")
	}
	rated, err := Rated(ctx, tx, c)
	if err == nil && rated != nil {
		err = fault.New(fault.Conflict, "您已评价过本次办理")
	}
	return err
}

// Rateables are those of the actor's own matters that he may rate now.
func Rateables(ctx context.Context, tx tenants.Tx, mine []*Case, at time.Time) (map[uuid.UUID]bool, error) {
	out := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, c := range mine {
		if (c.Stage == Closed || c.Stage == Archived) && !at.After(c.ClosedAt.Add(Rateable)) {
			out[c.ID] = true
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var rated []uuid.UUID
	err := tx.Raw(`SELECT b.case_id FROM callbacks b JOIN cases c ON c.tenant_id = b.tenant_id AND c.id = b.case_id
		WHERE b.tenant_id = ? AND b.case_id IN (?) AND b.round = c.reopened AND b.valid`, int32(tx.ID()), bun.List(ids)).Scan(ctx, &rated)
	if err != nil {
		return nil, fmt.Errorf("which matters were rated: %w", err)
	}
	for _, id := range rated {
		delete(out, id)
	}
	return out, nil
}

// Rating is what the petitioner said of a matter as it was closed last.
type Rating struct {
	At           time.Time
	Contacted    bool
	Solved       bool
	Satisfaction Satisfaction
}

// Rated is that rating, whoever took it down; nil: none.
func Rated(ctx context.Context, tx tenants.Tx, c *Case) (*Rating, error) {
	var r Rating
	err := tx.Raw(`SELECT at, contacted, solved, satisfaction FROM callbacks WHERE tenant_id = ? AND case_id = ? AND round = ? AND valid ORDER BY at DESC LIMIT 1`,
		int32(tx.ID()), c.ID, c.Reopened).Scan(ctx, &r.At, &r.Contacted, &r.Solved, &r.Satisfaction)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("rating of case %s: %w", c.Number, err)
	}
	return &r, nil
}

// Rate is the petitioner's own word on how his matter was handled. It is a valid call-back like one by telephone, whether
// or not the matter was drawn for one: it counts for the same rates, ends the call-back that is owed, and what is unsolved or
// found wanting goes back to its unit by the same rule. The act says that nobody asked.
func Rate(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Answer) (*Case, error) {
	s, err := beginOwn(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	c := s.c
	if err := MayRate(ctx, tx, c, s.at); err != nil {
		return nil, err
	}
	in.Ground = ""
	if in.Said == nil {
		in.Said = map[string]string{}
	}
	for _, q := range s.rules.QuestionsOf(c.Class) {
		if q.Counts == blueprint.CountsValid { // who rates has been reached
			in.Said[q.Key] = "yes"
		}
	}
	h, err := in.hear(s.rules, c.Class)
	if err != nil {
		return nil, err
	}
	w := change{columns: []string{"stage", "owes_call"}, remark: say(tx, s.box, c, "case.called_back", in.Remark, s.at)}
	if w.callback, err = s.callback(&in, h); err != nil {
		return nil, err
	}
	c.OwesCall, w.hush = false, append(w.hush, callTimer)
	again := h.wanting && in.Reopen
	if !again {
		c.settle()
	}
	s.done("case.called_back", append(append(h.told(c, ""), s.event(tally.Called)...), Voice, Petitioners)...)
	if again {
		w.hush = append(w.hush, replyTimer)
		return c, s.reopen(ctx, w)
	}
	return c, w.write(ctx, tx, c)
}

// Forgotten takes what tells who asked out of all the matters of a petitioner who leaves: name, telephone and his number.
// What happened stays, because the record of public work is kept, and with it what was filled in for the class: its personal
// fields name the parties of the matter (whose building, whose car), which are the street's to know until it is settled. It
// answers how many matters.
func Forgotten(ctx context.Context, tx tenants.Tx, person int64) (int64, error) {
	if tx.Actor().Person != person || person == tenants.System {
		return 0, errForbidden()
	}
	res, err := tx.Raw(`UPDATE cases SET petitioner = NULL, phone = NULL, phone_blind = NULL, reported_by = 0
		WHERE tenant_id = ? AND reported_by = ? AND channel = ?`, int32(tx.ID()), person, ResidentChannel).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forget a petitioner: %w", err)
	}
	n, err := res.RowsAffected()
	return n, err
}

// ByReceipt finds the matter of a receipt: its number and the last four digits of the telephone that was left with it. Any
// channel's: whoever holds both has the receipt in hand. NotFound tells nothing of which was wrong.
func ByReceipt(ctx context.Context, tx tenants.Tx, number, tail string) (*Case, *blueprint.Config, error) {
	wrong := fault.New(fault.NotFound, "没有找到，请核对编号和手机尾号")
	var id uuid.UUID
	err := tx.Raw(`SELECT id FROM cases WHERE tenant_id = ? AND number = ?`, int32(tx.ID()), number).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, wrong
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find a receipt: %w", err)
	}
	c, err := read(ctx, tx, id, sharing)
	if err != nil {
		return nil, nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, nil, err
	}
	w, err := c.Open(box)
	if err != nil {
		return nil, nil, err
	}
	if len(tail) != 4 || len(w.Phone) < 7 || w.Phone[len(w.Phone)-4:] != tail {
		return nil, nil, wrong
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	return c, rules, err
}

// Into is the case into which one was merged: its number, and how far it has come.
func Into(ctx context.Context, tx tenants.Tx, c *Case) (*Case, error) {
	return read(ctx, tx, c.MergedInto, sharing)
}

// petitionerTitle names the petitioner in the record of a case.
var petitionerTitle = ui.Key("诉求人")
