package community

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// The timers of a post.
const (
	expireTimer = "community.expire" // its last day is over
	remindTimer = "community.remind" // the event is tomorrow
)

// reminded is how long before an event those who come are reminded.
const reminded = 24 * time.Hour

const longReason = 500

// change reads a post for its change, lets do change it, writes it and records the act.
func change(ctx context.Context, tx tenants.Tx, id uuid.UUID, act string, from State, may func(tenants.Actor, *Post) bool, do func(*Post, *keys.Box) error) (*Post, error) {
	p, err := read(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	if !may(tx.Actor(), p) {
		return nil, errForbidden()
	}
	if p.State != from {
		return nil, errMoved()
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	before := p.dims()
	if err := do(p, box); err != nil {
		return nil, err
	}
	if _, err := tx.Update(p).Where("p.id = ?", p.ID).Exec(ctx); err != nil {
		return nil, fmt.Errorf("write post %s: %w", p.ID, err)
	}
	tx.Record(tenants.Act{Kind: "post." + act, Version: 1, Object: "post", ObjectID: p.ID, HappenedAt: clock.Now(ctx), Before: before, After: p.dims()})
	return p, nil
}

// Submit hands a draft in for its review.
func Submit(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Post, error) {
	return change(ctx, tx, id, "submitted", Drafted, func(a tenants.Actor, p *Post) bool { return p.DraftedBy == a.Person }, func(p *Post, _ *keys.Box) error {
		if !p.ValidUntil.After(clock.Now(ctx)) || p.Form == Event && !p.BeginsAt.After(clock.Now(ctx)) {
			return fault.New(fault.Conflict, "内容已过期，请修改日期后再提交")
		}
		p.State, p.SubmittedAt = InReview, clock.Now(ctx)
		return nil
	})
}

// Publish is the reviewer's yes: from now on residents are shown it.
func Publish(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Post, error) {
	p, err := change(ctx, tx, id, "published", InReview, mayReview, func(p *Post, _ *keys.Box) error {
		if !p.ValidUntil.After(clock.Now(ctx)) || p.Form == Event && !p.BeginsAt.After(clock.Now(ctx)) {
			return fault.New(fault.Conflict, "内容已过期，请退回修改")
		}
		p.State, p.ReviewedBy, p.ReviewedAt, p.Remark = Published, tx.Actor().Person, clock.Now(ctx), nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p, p.clocks(ctx, tx)
}

// clocks set the timers of a published post anew. Who signs up on the eve is not reminded: he has just read it.
func (p *Post) clocks(ctx context.Context, tx tenants.Tx) error {
	if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: expireTimer, Object: p.ID, DueAt: p.ValidUntil}); err != nil || p.Form != Event {
		return err
	}
	eve := p.BeginsAt.Add(-reminded)
	if !eve.After(clock.Now(ctx)) {
		return jobs.Cancel(ctx, tx, p.ID, remindTimer)
	}
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: remindTimer, Object: p.ID, DueAt: eve})
}

// Return is the reviewer's no, with what should be mended.
func Return(ctx context.Context, tx tenants.Tx, id uuid.UUID, remark string) (*Post, error) {
	return change(ctx, tx, id, "returned", InReview, mayReview, func(p *Post, box *keys.Box) error {
		var f fault.Problems
		if f.Need("remark", remark, longReason); f.Found != nil {
			return f.Fault()
		}
		p.State, p.ReviewedBy, p.ReviewedAt, p.Remark = Drafted, tx.Actor().Person, clock.Now(ctx), box.Seal(p.at("remark"), remark)
		return nil
	})
}

// Withdraw takes a published post away again, with the reason. It calls an event off: whoever signed up is told.
func Withdraw(ctx context.Context, tx tenants.Tx, id uuid.UUID, reason string) (*Post, error) {
	p, err := change(ctx, tx, id, "withdrawn", Published, mayWithdraw, func(p *Post, box *keys.Box) error {
		var f fault.Problems
		if f.Need("reason", reason, longReason); f.Found != nil {
			return f.Fault()
		}
		p.State, p.WithdrawnBy, p.WithdrawnAt, p.Reason = Withdrawn, tx.Actor().Person, clock.Now(ctx), box.Seal(p.at("reason"), reason)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := jobs.Cancel(ctx, tx, p.ID); err != nil {
		return nil, err
	}
	return p, callOff(ctx, tx, p)
}

// Rearrange changes when and where a published event is. It is a second look too: not by who drafted it. Whoever signed up is
// told of another time or place, and who waited moves up where there is more room now.
func Rearrange(ctx context.Context, tx tenants.Tx, id uuid.UUID, a Arrangement) (*Post, error) {
	moved := false
	p, err := change(ctx, tx, id, "rearranged", Published, mayReview, func(p *Post, _ *keys.Box) error {
		if p.Form != Event || !p.BeginsAt.After(clock.Now(ctx)) {
			return errMoved()
		}
		var f fault.Problems
		a.check(&f, clock.Now(ctx))
		taken, err := heads(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if a.Capacity > 0 && a.Capacity < taken[p.ID] {
			f.Add("capacity", "人数上限不能少于已报名的人数")
		}
		if f.Found != nil {
			return f.Fault()
		}
		moved = !a.Begins.Equal(p.BeginsAt) || !a.Ends.Equal(p.EndsAt) || a.Venue != p.Venue
		p.arrange(a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := p.clocks(ctx, tx); err != nil {
		return nil, err
	}
	if moved { // more room alone is no news for who has a place
		if err := tell(ctx, tx, p, "signup.changed"); err != nil {
			return nil, err
		}
	}
	return p, moveUp(ctx, tx, p)
}

// expire puts a post into the archive when its last day is over.
func expire(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p, err := read(ctx, tx, id, true)
	if err != nil || p.State != Published || p.ValidUntil.After(clock.Now(ctx)) {
		return err
	}
	_, err = change(ctx, tx, id, "archived", Published, func(tenants.Actor, *Post) bool { return true }, func(p *Post, _ *keys.Box) error {
		p.State = Archived
		return nil
	})
	return err
}

// remind tells whoever has a place that the event is tomorrow.
func remind(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p, err := read(ctx, tx, id, true)
	if err != nil || p.State != Published || !p.BeginsAt.After(clock.Now(ctx)) {
		return err
	}
	return tell(ctx, tx, p, "signup.reminded")
}
