package cases

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What a case that came from above owes whoever sent it. The reply itself is [wanjie/app/cases/replies]'s business.

// ReplyDue is when the reply should be sent: the configured lead before the deadline from above, wherever its issuer
// has moved that. Zero: the order has no deadline.
func (c *Case) ReplyDue(cfg *blueprint.Config) (time.Time, error) {
	if c.UpperDue.IsZero() {
		return time.Time{}, nil
	}
	return before(c.UpperDue, cfg.Limit("upper.reply_lead", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour}), calendarOf(cfg))
}

// expectReply starts the clock of the reply when the work is handed in.
func (s *step) expectReply(w *change) error {
	if s.c.UpperDue.IsZero() || !s.route().Replies(blueprint.ReplySend) {
		return nil
	}
	due, err := s.c.ReplyDue(s.rules)
	if err != nil {
		return err
	}
	w.alarm(replyTimer, due)
	return nil
}

// alarm sets a timer of the case.
func (w *change) alarm(kind string, at time.Time) {
	if w.remind == nil {
		w.remind = map[string]time.Time{}
	}
	w.remind[kind] = at
}

// runReply notes that no reply was sent in time, once the work was handed in; before that the case itself is late.
func runReply(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	c, err := lock(ctx, tx, id)
	if err != nil || c.Unreplied || !c.awaitsReply() {
		return err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	if due, err := c.ReplyDue(s.rules); err != nil || due.After(s.at) {
		return err
	}
	c.Unreplied = true
	s.done("case.unreplied")
	return change{columns: []string{"unreplied"}}.write(ctx, tx, c)
}

func (c *Case) awaitsReply() bool { return c.OwesReply || c.Stage == Checking }

// nextReply is when it rings again: the issuer has moved the deadline.
func nextReply(ctx context.Context, tx tenants.Tx, id uuid.UUID) (time.Time, error) {
	c, err := read(ctx, tx, id, sharing)
	if err != nil || c.Unreplied || !c.awaitsReply() {
		return time.Time{}, err
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return time.Time{}, err
	}
	due, err := c.ReplyDue(rules)
	if err != nil || !due.After(clock.Now(ctx)) {
		return time.Time{}, err
	}
	return due, nil
}

// Replied notes that the reply of a held case was sent by way; owing nothing more, it is archived.
func Replied(ctx context.Context, tx tenants.Tx, c *Case, way string) error {
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	c.OwesReply = false
	c.settle()
	s.done("case.replied", "way", way)
	return change{columns: []string{"stage", "owes_reply"}, hush: []string{replyTimer}}.write(ctx, tx, c)
}

// MayFor reports whether the actor may draft what goes up about a case: its unit's handlers, and the desk.
func MayFor(actor tenants.Actor, c *Case) bool {
	return c.Unit != "" && mayForUnit(actor, auth.CasesHandle, c.Unit) || mayAtDesk(actor, auth.CasesFile, c.Community)
}

// Acceptable is what [Report] would refuse an intake for, without taking it in.
func Acceptable(ctx context.Context, tx tenants.Tx, in *Intake) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	return in.check(cfg, tx.Tenant().Codes)
}
