package handover

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/post"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// take takes a message of the other side into this tenant: once, in the order of writing.
func take(ctx context.Context, tx tenants.Tx, from post.Sender, l post.Letter[Told]) error {
	if Kind(l.Kind) == offer {
		return takeOffer(ctx, tx, from, l)
	}
	h, err := read(ctx, tx, from.Thread, holding)
	if fault.Is(err, fault.NotFound) {
		return post.ErrNoThread
	}
	if err != nil {
		return err
	}
	if h.Peer != from.ID {
		return errNone()
	}
	if again, err := line.Heard(ctx, tx, h.ID, &h.Heard, l); err != nil || again {
		return err
	}
	before, now := h.dims(), clock.Now(ctx)
	if err := hear[Kind(l.Kind)](ctx, tx, h, l.Told); err != nil {
		return err
	}
	record(tx, "handover."+l.Kind, h, now, before)
	if err := h.photographed(ctx, tx, l.Arrived); err != nil {
		return err
	}
	return h.update(ctx, tx)
}

// photographed takes the photos that came with a message: to our case, or until somebody accepts it to the handover.
func (h *Handover) photographed(ctx context.Context, tx tenants.Tx, came []photos.Arrival) (err error) {
	var c *cases.Case
	if len(came) == 0 {
		return nil
	}
	if h.CaseID != uuid.Nil {
		if c, _, err = cases.Find(ctx, tx, h.CaseID); err != nil {
			return err
		}
	}
	return photos.Arrive(ctx, tx, h.ID, c, came)
}

// takeOffer writes our side of a new handover.
func takeOffer(ctx context.Context, tx tenants.Tx, from post.Sender, l post.Letter[Told]) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	t, now := l.Told, clock.Now(ctx)
	h := &Handover{
		ID: from.Thread, Side: In, Peer: from.ID, PeerName: from.Name, PeerNo: t.Number, State: Offered, Unit: t.Unit, Class: t.Class, ClassName: t.ClassName, ClassAbroad: t.Abroad,
		Community: t.Community, Lon: t.Lon, Lat: t.Lat, Urgent: t.Urgent, Confidential: t.Secret, Due: t.Due, Rounds: 1, MadeAt: now,
	}
	h.seal(box, Words{Title: t.Title, Description: t.Description, Address: t.Address, Petitioner: t.Petitioner, Phone: t.Phone, Reason: t.Words})
	if err := h.wait(ctx, tx, now); err != nil {
		return err
	}
	res, err := tx.Insert(h).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("take handover %s: %w", h.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // taken before
	}
	if _, err := line.Heard(ctx, tx, h.ID, &h.Heard, l); err != nil {
		return err
	}
	if err := h.remind(ctx, tx); err != nil {
		return err
	}
	if err := tell(ctx, tx, h, arrived, Told{}); err != nil {
		return err
	}
	record(tx, "handover.offer", h, now, nil)
	if err := h.photographed(ctx, tx, l.Arrived); err != nil {
		return err
	}
	return h.update(ctx, tx)
}

// wait starts the clock by which an offer should be decided: the same as for signing.
func (h *Handover) wait(ctx context.Context, tx tenants.Tx, now time.Time) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	h.DecideBy, err = cases.DueBy(now, cfg.Limit("cases.receive_limit", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour}), cfg)
	return err
}

func (h *Handover) remind(ctx context.Context, tx tenants.Tx) error {
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: decideTimer, Object: h.ID, DueAt: h.DecideBy})
}

// hear is what each message does to the side that takes it. h is locked and written by the caller.
var hear map[Kind]func(context.Context, tenants.Tx, *Handover, Told) error

func init() { // it refers to itself by way of tell
	hear = map[Kind]func(context.Context, tenants.Tx, *Handover, Told) error{
		arrived: func(_ context.Context, _ tenants.Tx, h *Handover, _ Told) error {
			if h.State == Sent {
				h.State = Offered
			}
			return nil
		},
		accepted: func(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
			h.State, h.PeerNo, h.DecidedAt = Accepted, t.Number, clock.Now(ctx)
			return cases.TakenElsewhere(ctx, tx, h.CaseID, h.ID)
		},
		refused: func(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error { return back(ctx, tx, h, t.Words) },
		answered: func(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
			box, err := tx.Box(ctx)
			if err != nil {
				return err
			}
			h.State, h.AnsweredAt, h.Recall = Answered, t.At, ""
			h.seal(box, Words{Result: t.Words})
			return cases.DoneElsewhere(ctx, tx, h.CaseID, h.ID, t.Words, t.At)
		},
		again: repeat,
		due: func(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
			if h.Due = t.Due; h.CaseID == uuid.Nil {
				return nil
			}
			return cases.MoveUpperDue(ctx, tx, h.CaseID, t.Due)
		},
		asked:  func(context.Context, tenants.Tx, *Handover, Told) error { return nil }, // its words stand in the message
		recall: hearRecall, recalled: hearRecalled,
		kept: func(_ context.Context, _ tenants.Tx, h *Handover, _ Told) error {
			if h.Recall == RecallAsked {
				h.Recall = RecallKept
			}
			return nil
		},
	}
}

// back takes our case back that the other side does not take, with the ground that it cites.
func back(ctx context.Context, tx tenants.Tx, h *Handover, ground string) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	h.State, h.DecidedAt, h.Recall = Refused, clock.Now(ctx), ""
	h.seal(box, Words{Ground: ground})
	return cases.RefusedElsewhere(ctx, tx, h.CaseID, h.ID, ground)
}

// comeBack is back when the carrier learned it and no message did.
func comeBack(ctx context.Context, tx tenants.Tx, id uuid.UUID, _ post.Letter[Told], why string) error {
	h, err := read(ctx, tx, id, holding)
	if err != nil {
		return err
	}
	before := h.dims()
	if err := back(ctx, tx, h, why); err != nil {
		return err
	}
	record(tx, "handover.refused", h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// repeat takes work up again whose result was not good enough. Where there is none to repeat, as with a case that was
// answered at once, it is offered anew.
func repeat(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
	h.Rounds++
	h.AnsweredAt = time.Time{}
	if !t.Due.IsZero() {
		h.Due = t.Due
	}
	if h.CaseID != uuid.Nil && h.State == Answered {
		done, err := cases.Again(ctx, tx, h.CaseID, t.Words)
		if err != nil {
			return err
		}
		if done {
			h.State = Accepted
			return nil
		}
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	h.State, h.CaseID, h.DecidedBy, h.DecidedAt, h.Overlooked = Offered, uuid.Nil, 0, time.Time{}, false
	h.seal(box, Words{Reason: t.Words})
	if err := h.wait(ctx, tx, clock.Now(ctx)); err != nil {
		return err
	}
	return h.remind(ctx, tx)
}
