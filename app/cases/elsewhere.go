package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What a handover between tenants does to the case on either side; package handover carries the messages.

// Elsewhere is who is to handle a case beyond the tenant.
type Elsewhere struct {
	Handover uuid.UUID
	Unit     string // blueprint.CentreUnit or StreetUnit
	Reason   string // in words: why it belongs there
}

// HandOver gives a filed case to a unit of another tenant, as its lead. Where the duty lists say that the matter
// belongs above the street the basis is statutory; else it is negotiated, and what the other side's acceptance
// will confirm. The deadline of handling runs on, and so does the receipt clock until the other side accepts.
func HandOver(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Elsewhere) (*Case, error) {
	s, err := begin(ctx, tx, id, ToHandOver)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("reason", in.Reason, longText); f.Found != nil {
		return nil, f.Found
	}
	by, err := Due(s.at, receiveLimit(s.rules, s.c.Urgent), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	a := &Assignment{
		ID: tenants.NewID(), CaseID: s.c.ID, Role: LeadRole, Unit: in.Unit, State: Handed, Basis: Negotiated, Handover: in.Handover,
		DispatchedBy: tx.Actor().Person, DispatchedAt: s.at, ReceiveBy: by,
	}
	if d, above := dutyAbove(s.rules, s.c.Class, in.Unit); above {
		a.Basis, a.Duty = Statutory, d.Key
	}
	if !mayAtDesk(tx.Actor(), basisMay[a.Basis], s.c.Community) {
		return nil, fault.New(fault.Forbidden, "您没有按这种依据派遣的权限")
	}
	a.seal(s.box, Grounds{Reason: in.Reason})
	s.c.Lead, s.c.Unit, s.c.Stage = a, a.Unit, Handling
	if s.c.First == "" {
		s.c.First = a.Unit
	}
	s.done("case.handed_over")
	return s.c, change{columns: []string{"stage", "unit", "first"}, dispatch: true, remind: map[string]time.Time{receiptTimer: by}}.write(ctx, tx, s.c)
}

// dutyAbove is the row of the duty list by which a unit of the district's centre leads for a class.
func dutyAbove(cfg *blueprint.Config, class, unit string) (blueprint.Duty, bool) {
	there, _ := blueprint.OfCentre(unit)
	for _, d := range cfg.DutiesOf(class) {
		for _, sector := range d.Sectors {
			if sector == there {
				return d, true
			}
		}
	}
	return blueprint.Duty{}, false
}

// handed locks the case that a handover carries; nil when its lead is not (any more) with the other side: what it
// says then changes nothing here.
func handed(ctx context.Context, tx tenants.Tx, id, handover uuid.UUID) (*step, error) {
	c, err := lock(ctx, tx, id)
	if err != nil || c.Stage != Handling || c.Lead == nil || c.Lead.State != Handed || c.Lead.Handover != handover {
		return nil, err
	}
	return takeUp(ctx, tx, c)
}

// TakenElsewhere notes that the other side accepted the case.
func TakenElsewhere(ctx context.Context, tx tenants.Tx, id, handover uuid.UUID) error {
	s, err := handed(ctx, tx, id, handover)
	if err != nil || s == nil || !s.c.Lead.ReceivedAt.IsZero() {
		return err
	}
	s.c.Lead.ReceivedAt = s.at
	s.done("case.taken_there")
	return change{columns: []string{"stage"}, lead: []string{"received_at"}, seen: Handed, hush: []string{receiptTimer}}.write(ctx, tx, s.c)
}

// RefusedElsewhere takes the case back, with the ground that the other side cited: it waits for a dispatch again.
func RefusedElsewhere(ctx context.Context, tx tenants.Tx, id, handover uuid.UUID, ground string) error {
	s, err := handed(ctx, tx, id, handover)
	if err != nil || s == nil {
		return err
	}
	w := change{remark: say(tx, s.box, s.c, "case.handed_back", ground, s.at)}
	s.takeBack(&w)
	s.done("case.handed_back")
	return w.write(ctx, tx, s.c)
}

// RecalledElsewhere takes the case back because we asked for it: it waits for a dispatch again, its deadline runs on as it
// did. It is no return of the other side's; that the dispatch was not right is still so. A suspension ends: there is nobody who waits.
func RecalledElsewhere(ctx context.Context, tx tenants.Tx, id, handover uuid.UUID, words string) error {
	s, err := handed(ctx, tx, id, handover)
	if err != nil || s == nil {
		return err
	}
	w := change{remark: say(tx, s.box, s.c, "case.recalled", words, s.at)}
	if !s.c.SuspendedAt.IsZero() {
		if err := s.resume(&w); err != nil {
			return err
		}
	}
	s.relieve(&w)
	s.done("case.recalled")
	return w.write(ctx, tx, s.c)
}

// DoneElsewhere hands in the other side's result of the moment at. The case goes to the check, as with a unit's own.
func DoneElsewhere(ctx context.Context, tx tenants.Tx, id, handover uuid.UUID, result string, at time.Time) error {
	s, err := handed(ctx, tx, id, handover)
	if err != nil || s == nil {
		return err
	}
	if at.After(s.at) {
		at = s.at
	}
	var w change
	if !s.c.SuspendedAt.IsZero() {
		if err := s.resume(&w); err != nil {
			return err
		}
		w.remind = nil
	}
	a := s.c.Lead
	a.State, a.HandledAt = Done, at
	if a.ReceivedAt.IsZero() {
		a.ReceivedAt = at
	}
	s.c.Stage = Checking
	s.done("case.handled")
	w.columns = append(w.columns, "stage")
	w.lead, w.seen = []string{"state", "received_at", "handled_at"}, Handed
	w.remark, w.hush = say(tx, s.box, s.c, "case.handled", result, s.at), append(w.hush, dueTimer, receiptTimer)
	s.lapse(&w)
	if s.route().Skips(blueprint.StepCheck) {
		if err := s.close(&w); err != nil {
			return err
		}
	}
	return w.write(ctx, tx, s.c)
}

// HandBack ends a case that came from another tenant and goes back there before any unit has it. No figure counts it.
// It is fault.Conflict once the case was dispatched.
func HandBack(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Case, error) {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	switch c.Stage {
	case Reported, Verifying, Accepted, Filed:
	default:
		return nil, fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	c.Stage, c.EndedAt, c.Late = Rejected, s.at, false
	s.done("case.rejected")
	return c, change{
		columns: []string{"stage", "ended_at", "late"}, hush: []string{dueTimer}, remark: say(tx, s.box, c, "case.rejected", words, s.at),
	}.write(ctx, tx, c)
}

// Again takes a case up once more that was closed here and is not good enough for the tenant that handed it over.
// again is false where there is no work to repeat: the case was never dispatched, or is open still.
func Again(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (again bool, err error) {
	c, err := lock(ctx, tx, id)
	if err != nil || c.Stage != Closed && c.Stage != Archived || c.Lead == nil || c.Lead.State != Done {
		return false, err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return false, err
	}
	return true, s.reopen(ctx, change{remark: say(tx, s.box, c, "case.reopened", words, s.at)})
}

// MoveUpperDue notes a new deadline of the tenant that handed the case over, wherever the case stands; an ended one
// stays as it is.
func MoveUpperDue(ctx context.Context, tx tenants.Tx, id uuid.UUID, due time.Time) error {
	c, err := lock(ctx, tx, id)
	if err != nil || c.Stage.Ended() {
		return err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	if c.Stage == Filed || c.Stage == Handling {
		_, err := s.postpone(ctx, due)
		return err
	}
	c.UpperDue = due.UTC()
	s.done("case.postponed")
	return change{columns: []string{"upper_due"}}.write(ctx, tx, c)
}

// Last is what was said last at an act of one of the kinds ("case.handled"), and empty where nothing was.
func Last(ctx context.Context, tx tenants.Tx, id uuid.UUID, kinds ...string) (string, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return "", err
	}
	r := remark{}
	q := tx.Prepared(int32(tx.ID()), id, kinds)
	err = q.Scan(ctx, "SELECT r.id, r.words FROM remarks r WHERE r.tenant_id = $1 AND r.case_id = $2 AND r.kind = ANY($3) ORDER BY r.at DESC, r.id DESC LIMIT 1", &r.ID, &r.Words)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("words of case %s: %w", id, err)
	}
	return r.open(box)
}
