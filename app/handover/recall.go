package handover

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
)

// Taking back what was handed over. Only the side that has the matter can say that it lets go of it, else both would work
// on it, or nobody: so the wish travels, and nothing changes here until the answer comes.
//
//	it was not accepted        it lets go at once, and nobody there need decide
//	it was accepted            its people are asked: they consent while no unit of theirs has the case, or go on
//	it was answered, refused   that news is on its way to us already, and the wish is moot

// TakeBack asks to have a matter back that we handed over.
func TakeBack(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToRecall)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	before := h.dims()
	h.Recall = RecallAsked
	if err := tell(ctx, tx, h, recall, Told{Words: words}); err != nil {
		return nil, err
	}
	record(tx, "handover.recall", h, clock.Now(ctx), before)
	return h, h.update(ctx, tx)
}

// Consent lets an accepted matter go back because the other side asks for it. It is fault.Conflict once the case was
// dispatched: then a unit is at it, and the work is finished.
func Consent(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToConsent)
	if err != nil {
		return nil, err
	}
	words, err := h.wish(ctx, tx)
	if err != nil {
		return nil, err
	}
	if _, err := cases.HandBack(ctx, tx, h.CaseID, words); err != nil {
		return nil, err
	}
	before := h.dims()
	h.letGo(ctx)
	h.DecidedBy = tx.Actor().Person
	return h, h.decided(ctx, tx, recalled, Told{Words: words}, before)
}

// Keep goes on with a matter that the other side asks to have back.
func Keep(ctx context.Context, tx tenants.Tx, id uuid.UUID, words string) (*Handover, error) {
	h, err := begin(ctx, tx, id, ToKeep)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("words", words, longText); f.Found != nil {
		return nil, f.Found
	}
	before := h.dims()
	h.Recall = RecallKept
	return h, h.decided(ctx, tx, kept, Told{Words: words}, before)
}

// wish is why the other side asks to have the matter back.
func (h *Handover) wish(ctx context.Context, tx tenants.Tx) (words string, err error) {
	list, err := line.Messages(ctx, tx, h.ID)
	if err != nil {
		return "", err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return "", err
	}
	for i := range list {
		if Kind(list[i].Kind) != recall {
			continue
		}
		t, err := line.Open(box, &list[i])
		if err != nil {
			return "", err
		}
		words = t.Words
	}
	return words, nil
}

func (h *Handover) letGo(ctx context.Context) {
	h.State, h.Recall, h.RecalledAt = Recalled, "", clock.Now(ctx)
}

// hearRecall is what the wish does to the side that has the matter.
func hearRecall(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
	switch h.State {
	case Offered:
		h.letGo(ctx)
		if err := jobs.Cancel(ctx, tx, h.ID, decideTimer); err != nil {
			return err
		}
		return tell(ctx, tx, h, recalled, t)
	case Accepted:
		h.Recall = RecallAsked
	}
	return nil
}

// hearRecalled takes our case back.
func hearRecalled(ctx context.Context, tx tenants.Tx, h *Handover, t Told) error {
	h.letGo(ctx)
	return cases.RecalledElsewhere(ctx, tx, h.CaseID, h.ID, t.Words)
}
