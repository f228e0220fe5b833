package handover

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// FollowJob tells the other side what became of a case: what its acts say here is a message there.
const FollowJob = "handover.follow"

// news is the payload of FollowJob.
type news struct {
	Case uuid.UUID `json:"case"`
	Kind string    `json:"kind"` // of the act
}

// notify picks the acts of cases that the other side should hear of. Other cases cost nothing here.
func notify(a journal.Act) []jobs.Job {
	if a.Object != "case" {
		return nil
	}
	tell := false
	switch a.Kind {
	case "case.closed", "case.answered", "case.rejected", "case.voided", "case.merged":
		tell = paired(a.After["channel"])
	case "case.checked":
		tell = a.After["handed"] != "" && cases.Stage(a.After["stage"]) == cases.Handling
	case "case.reopened", "case.postponed":
		tell = a.After["handed"] != ""
	case "case.granted":
		tell = a.After["handed"] != "" && cases.Asked(a.After["asked"]) == cases.AskExtend
	}
	if !tell {
		return nil
	}
	return []jobs.Job{{Kind: FollowJob, Payload: news{a.ObjectID, a.Kind}}}
}

// Follow is the job that tells; like [Carry] it is no job of the module.
func Follow() jobs.Kind {
	return jobs.Kind{Name: FollowJob, Run: func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
		var n news
		if err := json.Unmarshal(payload, &n); err != nil {
			return fmt.Errorf("follow: %w", err)
		}
		return follow(ctx, tx, n)
	}}
}

func follow(ctx context.Context, tx tenants.Tx, n news) error {
	h, err := OfCase(ctx, tx, n.Case)
	if err != nil || h == nil {
		return err
	}
	if h, err = read(ctx, tx, h.ID, holding); err != nil {
		return err
	}
	c, _, err := cases.Find(ctx, tx, n.Case)
	if err != nil {
		return err
	}
	if h.Side == Out {
		return h.followOut(ctx, tx, c, n)
	}
	return h.followIn(ctx, tx, c)
}

// followOut tells of our own case, which is with the other side.
func (h *Handover) followOut(ctx context.Context, tx tenants.Tx, c *cases.Case, n news) error {
	if c.Lead == nil || c.Lead.State != cases.Handed || c.Lead.Handover != h.ID {
		return nil
	}
	if h.State != Answered { // nothing was answered that could be done again
		if c.DueAt.After(clock.Now(ctx)) && !c.DueAt.Equal(h.Due) {
			return h.postpone(ctx, tx, c.DueAt)
		}
		return nil
	}
	words, err := cases.Last(ctx, tx, c.ID, "case.checked", "case.called_back")
	if err != nil {
		return err
	}
	if words == "" {
		words = n.Kind // never empty: a failed check needs a remark, an unsolved call-back its cause
	}
	before := h.dims()
	h.State, h.AnsweredAt = Accepted, time.Time{}
	h.Rounds++
	t := Told{Words: words}
	if t.Photos, err = photos.Tell(ctx, tx, c, photos.Check); err != nil {
		return err
	}
	if c.DueAt.After(clock.Now(ctx)) {
		h.Due, t.Due = c.DueAt, c.DueAt
	}
	if err := tell(ctx, tx, h, again, t); err != nil {
		return err
	}
	record(tx, "handover.again", h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// followIn tells how the paired case ended.
func (h *Handover) followIn(ctx context.Context, tx tenants.Tx, c *cases.Case) error {
	if h.State != Accepted && h.State != Answered {
		return nil
	}
	switch c.Stage {
	case cases.Closed, cases.Archived, cases.Answered:
		return h.answer(ctx, tx, c)
	case cases.Rejected, cases.Voided:
		if h.State == Answered {
			return nil
		}
		words, err := cases.Last(ctx, tx, c.ID, "case.rejected", "case.voided")
		if err != nil {
			return err
		}
		return h.refuse(ctx, tx, words)
	case cases.Merged: // the other one's end is the answer; it is looked for until it is there
		return jobs.Remind(ctx, tx, jobs.Timer{Kind: mergedTimer, Object: h.ID, DueAt: clock.Now(ctx).Add(mergedEvery)})
	}
	return nil
}

// answer sends the result of the case that answers: the paired one, or the one that it was merged into.
func (h *Handover) answer(ctx context.Context, tx tenants.Tx, c *cases.Case) error {
	words, err := cases.Last(ctx, tx, c.ID, "case.handled", "case.answered")
	if err != nil {
		return err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	before := h.dims()
	h.State, h.AnsweredAt, h.Recall = Answered, c.ClosedAt, ""
	h.seal(box, Words{Result: words})
	shown, err := photos.Tell(ctx, tx, c, photos.After)
	if err != nil {
		return err
	}
	if err := tell(ctx, tx, h, answered, Told{Words: words, At: c.ClosedAt, Photos: shown}); err != nil {
		return err
	}
	record(tx, "handover.answered", h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// The clocks of a handover.
const (
	decideTimer = "handover.decide" // an offer should have been decided
	mergedTimer = "handover.merged" // has the case ended that ours was merged into?
	mergedEvery = time.Hour
)

// runDecide notes that nobody decided in time. Nothing else changes.
func runDecide(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	h, err := read(ctx, tx, id, holding)
	if err != nil || h.State != Offered || h.Overlooked || h.DecideBy.After(clock.Now(ctx)) {
		return err
	}
	before := h.dims()
	h.Overlooked = true
	record(tx, "handover.overlooked", h, clock.Now(ctx), before)
	return h.update(ctx, tx)
}

// main is the case that the paired one was merged into; nil when there is none that we wait for.
func (h *Handover) main(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
	if h.State != Accepted || h.CaseID == uuid.Nil {
		return nil, nil //nolint:nilnil // nothing to wait for
	}
	c, _, err := cases.Find(ctx, tx, h.CaseID)
	for hops := 0; err == nil && c.Stage == cases.Merged && hops < 10; hops++ {
		c, _, err = cases.Find(ctx, tx, c.MergedInto)
	}
	return c, err
}

// runMerged answers with the result of the case that the paired one was merged into, once there is one.
func runMerged(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	h, err := read(ctx, tx, id, holding)
	if err != nil {
		return err
	}
	c, err := h.main(ctx, tx)
	if err != nil || c == nil {
		return err
	}
	return h.followIn(ctx, tx, c)
}

func nextMerged(ctx context.Context, tx tenants.Tx, id uuid.UUID) (time.Time, error) {
	h, err := read(ctx, tx, id, sharing)
	if err != nil {
		return time.Time{}, err
	}
	c, err := h.main(ctx, tx)
	if err != nil || c == nil || c.Stage.Ended() {
		return time.Time{}, err
	}
	return clock.Now(ctx).Add(mergedEvery), nil
}
