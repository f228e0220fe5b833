package support

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Wish is what somebody of the vendor's says to enter. The person is the actor.
type Wish struct {
	ID      uuid.UUID // of the request: asked again, it is the same access
	Name    string
	Purpose string
	Words   string
	Hours   int
}

func (w *Wish) check() error {
	w.Words = strings.TrimSpace(w.Words)
	var f fault.Problems
	if purposeTitle(w.Purpose) == w.Purpose {
		f.Add("purpose", ui.Key("请选择事由"))
	}
	f.Need("words", w.Words, longText)
	if w.Hours < 1 || w.Hours > mostHours {
		f.Add("hours", ui.Key("时长为1至24小时"))
	}
	return f.Fault()
}

// Ask asks the street for access; where it wants no approval, the access begins at once. The door has seen that the actor
// is one of the vendor's who may. Faults: Invalid, Conflict for somebody who works in the street or has an open access.
func Ask(ctx context.Context, tx tenants.Tx, w Wish) (*Access, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	person, now := tx.Actor().Person, clock.Now(ctx)
	if again, err := find(ctx, tx, w.ID, false); err == nil && again.Person == person {
		return again, nil
	}
	if here, err := auth.Works(ctx, tx, person); err != nil || here {
		if err == nil {
			err = fault.New(fault.Conflict, "您已是该街道人员，或已在进入中，无须申请")
		}
		return nil, err
	}
	if open, err := openOf(ctx, tx, person); err != nil || open != nil {
		if err == nil {
			err = errAsked()
		}
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	a := &Access{ID: w.ID, Person: person, Purpose: w.Purpose, Hours: w.Hours, State: Asked, AskedAt: now}
	a.Name, a.Words = box.Seal(a.at("name"), w.Name), box.Seal(a.at("words"), w.Words)
	res, err := tx.Insert(a).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("write access: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // another request of theirs came while this one was read
		return nil, cmp.Or(err, errAsked())
	}
	tx.Record(tenants.Act{Kind: "support.asked", Version: 1, Object: "support", ObjectID: a.ID, HappenedAt: now, After: a.dims()})
	if cfg.Bool(auth.ApprovalSetting, true) {
		return a, nil
	}
	return a, begin(ctx, tx, a)
}

// Decide lets somebody in, or refuses, with a sentence. Faults: Forbidden without SupportDecide, Invalid for a refusal
// without a sentence, Conflict when it is decided.
func Decide(ctx context.Context, tx tenants.Tx, id uuid.UUID, yes bool, answer string) (*Access, error) {
	if err := auth.Require(tx.Actor(), auth.SupportDecide, ""); err != nil {
		return nil, err
	}
	a, err := waiting(ctx, tx, id, Asked)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	if answer = strings.TrimSpace(answer); !yes {
		f.Need("answer", answer, longText)
	}
	f.Fit("answer", answer, longText)
	if f.Found != nil {
		return nil, f.Fault()
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	if answer != "" {
		a.Answer = box.Seal(a.at("answer"), answer)
	}
	if yes {
		return a, begin(ctx, tx, a)
	}
	before := a.dims()
	a.State, a.DecidedBy, a.DecidedAt = Refused, tx.Actor().Person, clock.Now(ctx)
	return a, write(ctx, tx, a, "refused", before)
}

// Leave is what somebody of the vendor's does with their own access before its time: what the street has not decided is
// withdrawn, what lasts is ended. Repeating it changes nothing. Faults: Forbidden for anybody else, Conflict for what was
// refused.
func Leave(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Access, error) {
	a, err := find(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	if a.Person != tx.Actor().Person {
		return nil, fault.New(fault.Forbidden, "只能由申请人撤回或结束")
	}
	switch a.State {
	case Asked:
		before := a.dims()
		a.State, a.DecidedBy, a.DecidedAt = Withdrawn, tx.Actor().Person, clock.Now(ctx)
		return a, write(ctx, tx, a, "withdrawn", before)
	case Begun:
		return a, endNow(ctx, tx, a)
	case Refused:
		return nil, errMoved()
	case Withdrawn, Ended:
	}
	return a, nil
}

// End puts somebody out before their time; the street does. Faults: Forbidden without SupportDecide, Conflict when it does not
// last.
func End(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Access, error) {
	if err := auth.Require(tx.Actor(), auth.SupportDecide, ""); err != nil {
		return nil, err
	}
	a, err := waiting(ctx, tx, id, Begun)
	if err != nil {
		return nil, err
	}
	return a, endNow(ctx, tx, a)
}

// endNow ends what lasts before its timer does.
func endNow(ctx context.Context, tx tenants.Tx, a *Access) error {
	if err := jobs.Cancel(ctx, tx, a.ID, endTimer); err != nil {
		return err
	}
	return over(ctx, tx, a, tx.Actor().Person)
}

// begin lets them in from now on, for the hours they asked for.
func begin(ctx context.Context, tx tenants.Tx, a *Access) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	said, err := a.Open(box)
	if err != nil {
		return err
	}
	before, now := a.dims(), clock.Now(ctx)
	if a.GrantID, err = auth.Lend(ctx, tx, a.Person, said.Name); err != nil {
		return err
	}
	a.State, a.DecidedBy, a.DecidedAt, a.Until = Begun, tx.Actor().Person, now, now.Add(time.Duration(a.Hours)*time.Hour)
	if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: endTimer, Object: a.ID, DueAt: a.Until}); err != nil {
		return err
	}
	return write(ctx, tx, a, "begun", before)
}

// over takes back what was lent.
func over(ctx context.Context, tx tenants.Tx, a *Access, by int64) error {
	if err := auth.TakeBack(ctx, tx, a.Person, a.GrantID); err != nil {
		return err
	}
	before := a.dims()
	a.State, a.EndedBy, a.EndedAt = Ended, by, clock.Now(ctx)
	return write(ctx, tx, a, "ended", before)
}

const endTimer = "support.end"

// Timer ends an access when its time is over.
func Timer() jobs.TimerKind {
	return jobs.TimerKind{Name: endTimer, Run: func(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
		a, err := find(ctx, tx, id, true)
		if err != nil || a.State != Begun || clock.Now(ctx).Before(a.Until) {
			return err
		}
		return over(ctx, tx, a, tenants.System)
	}}
}

// write writes what became of an access and records it.
func write(ctx context.Context, tx tenants.Tx, a *Access, act string, before tenants.Dims) error {
	if _, err := tx.Update(a).Where("s.id = ?", a.ID).Exec(ctx); err != nil {
		return fmt.Errorf("write access %s: %w", a.ID, err)
	}
	tx.Record(tenants.Act{Kind: "support." + act, Version: 1, Object: "support", ObjectID: a.ID, HappenedAt: clock.Now(ctx), Before: before, After: a.dims()})
	return nil
}
