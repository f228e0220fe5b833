package handover

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

func (o *office) takeBack(h *Handover) error {
	return o.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return TakeBack(ctx, tx, h.ID, "重复上报")
	})
}

// Handed up by mistake and taken back before anybody there looked: the case waits for a dispatch again under the clock that
// it had, it counts as nobody's return, and may be handed over anew.
func TestTakenBackBeforeItIsAccepted(t *testing.T) {
	t.Parallel()
	d := open(t, 330130, tenants.Home, tenantstest.Other)
	c := d.street.filed(brawl("甲"))
	h := d.handUp(c, Order{Reason: "公安主责"})
	due := d.street.one(c.ID).DueAt
	d.post()
	d.clock.Move(at("2026-11-23 11:00"))
	if err := d.street.takeBack(h); err != nil {
		t.Fatal(err)
	}
	if got := d.street.one(c.ID); got.Stage != cases.Handling {
		t.Errorf("before the other side has let go the case is %s", got.Stage)
	}
	if err := d.street.takeBack(h); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken back twice: %v", err)
	}
	d.post()
	mine, theirs := d.street.at(h.ID), d.centre.at(h.ID)
	got := d.street.one(c.ID)
	if mine.State != Recalled || theirs.State != Recalled || got.Stage != cases.Filed || got.Lead != nil || got.Returns != 0 || !got.DueAt.Equal(due) {
		t.Fatalf("street %s, centre %s; the case %s, returns %d, due %s (was %s)", mine.State, theirs.State, got.Stage, got.Returns, got.DueAt, due)
	}
	d.street.do(0, func(ctx context.Context, tx tenants.Tx) error {
		said, err := cases.Last(ctx, tx, c.ID, "case.recalled")
		if err != nil || said != "重复上报" {
			t.Errorf("the record says %q (%v)", said, err)
		}
		return nil
	})
	if err := d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
		return Accept(ctx, tx, h.ID, Acceptance{})
	}); !fault.Is(err, fault.Conflict) {
		t.Errorf("accepted afterwards: %v", err)
	}
	var open int
	if err := d.centre.view.QueryRow(t.Context(), "SELECT count(*) FROM timers WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL", int32(d.centre.ID), h.ID).Scan(&open); err != nil || open != 0 {
		t.Errorf("%d clocks run on in the centre (%v)", open, err)
	}
	d.handUp(c, Order{Reason: "确有其事"})
	d.post()
}

// The wish to have it back and the acceptance cross on their way: the acceptance holds, and the wish becomes a question to
// those who accepted. They consent, and the case comes back; or go on, and it is finished there.
func TestTheWishAndTheAcceptanceCross(t *testing.T) {
	t.Parallel()
	for number, consents := range map[int32]bool{330131: true, 330132: false} {
		d := open(t, number, tenants.Home, tenantstest.Other)
		c := d.street.filed(brawl("乙"))
		h := d.handUp(c, Order{Reason: "公安主责"})
		d.post()
		theirs := d.centre.accept(h.ID)
		if err := d.street.takeBack(h); err != nil { // has not heard of the acceptance
			t.Fatal(err)
		}
		d.post()
		if mine, there := d.street.at(h.ID), d.centre.at(h.ID); mine.State != Accepted || mine.Recall != RecallAsked || there.State != Accepted || there.Recall != RecallAsked {
			t.Fatalf("street %s %q, centre %s %q", mine.State, mine.Recall, there.State, there.Recall)
		}
		if !consents {
			if err := d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Keep(ctx, tx, h.ID, "已出警") }); err != nil {
				t.Fatal(err)
			}
			d.post()
			if mine := d.street.at(h.ID); mine.State != Accepted || mine.Recall != RecallKept || d.street.one(c.ID).Stage != cases.Handling {
				t.Errorf("kept: the street has %s %q", mine.State, mine.Recall)
			}
			d.centre.work(theirs.ID, "已处警")
			d.post()
			if got := d.street.one(c.ID); got.Stage != cases.Checking {
				t.Errorf("after the result the street's case is %s", got.Stage)
			}
			continue
		}
		if err := d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Consent(ctx, tx, h.ID) }); err != nil {
			t.Fatal(err)
		}
		d.post()
		if mine := d.street.at(h.ID); mine.State != Recalled || d.street.one(c.ID).Stage != cases.Filed || d.centre.one(theirs.ID).Stage != cases.Rejected {
			t.Errorf("consented: street %s with %s, their case %s", mine.State, d.street.one(c.ID).Stage, d.centre.one(theirs.ID).Stage)
		}
		want := []string{"handover.offer", "handover.arrived", "handover.recall", "handover.accepted", "handover.recalled"}
		if got := d.street.acts(h.ID); !slices.Equal(got, want) {
			t.Errorf("the street's record: %v, want %v", got, want)
		}
	}
}

// Once a unit there has the case nobody lets go of it any more: what it finds is the answer.
func TestNotTakenBackFromAUnit(t *testing.T) {
	t.Parallel()
	d := open(t, 330133, tenants.Home, tenants.Home)
	c := d.street.filed(brawl("丙"))
	h := d.handUp(c, Order{Reason: "公安主责"})
	d.post()
	theirs := d.centre.accept(h.ID)
	d.centre.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Dispatch(ctx, tx, theirs.ID, cases.Order{Unit: "police", Basis: cases.Statutory})
		return err
	})
	if err := d.street.takeBack(h); err != nil {
		t.Fatal(err)
	}
	d.post()
	if err := d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Consent(ctx, tx, h.ID) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("let go while the police has it: %v", err)
	}
	d.centre.work(theirs.ID, "已处警")
	d.post()
	if mine, there := d.street.at(h.ID), d.centre.at(h.ID); mine.State != Answered || mine.Recall != "" || there.Recall != "" {
		t.Errorf("answered: street %s %q, centre %q", mine.State, mine.Recall, there.Recall)
	}
}

// Whatever crosses with the wish to have it back, and wherever carriers die: in the end both sides say the same, and the
// matter is on exactly one of them.
func TestTakingBackCrossesAnything(t *testing.T) {
	t.Parallel()
	d := open(t, 330134, tenants.Home, tenantstest.Other)
	ends := map[State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		c := d.street.filed(brawl("丁"))
		h := d.handUp(c, Order{Reason: "公安主责"})
		when, what := rapid.IntRange(0, 5).Draw(rt, "when"), rapid.SampledFrom([]string{"accept", "refuse", "nothing", "give back"}).Draw(rt, "what")
		for step := range 8 {
			if step == when {
				if err := d.street.takeBack(h); err != nil && !fault.Is(err, fault.Conflict) {
					rt.Fatal(err)
				}
			}
			for _, o := range []*office{d.street, d.centre} {
				for range rapid.IntRange(0, 2).Draw(rt, "walks") {
					d.stumble(rt, o, h.ID)
				}
			}
			if there := d.centre.find(h.ID); there != nil {
				var err error
				switch {
				case there.State == Offered && (what == "accept" || what == "give back"):
					d.centre.accept(h.ID)
				case there.State == Offered && what == "refuse":
					err = d.centre.verb(clerk, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
						return Refuse(ctx, tx, h.ID, Refusal{"return-not-mine", "不属于"})
					})
				case there.State == Accepted && what == "give back":
					err = d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) {
						return GiveBack(ctx, tx, h.ID, Refusal{"return-not-mine", "不属于"})
					})
				case there.State == Accepted && there.Recall == RecallAsked && rapid.Bool().Draw(rt, "consents"):
					err = d.centre.verb(chief, func(ctx context.Context, tx tenants.Tx) (*Handover, error) { return Consent(ctx, tx, h.ID) })
				}
				if err != nil {
					rt.Fatal(err)
				}
			}
		}
		d.post()
		mine, theirs := d.street.at(h.ID), d.centre.at(h.ID)
		if mine.State != theirs.State || mine.Recall != theirs.Recall || mine.Sent != theirs.Heard || theirs.Sent != mine.Heard {
			rt.Fatalf("street %s %q sent %d heard %d, centre %s %q sent %d heard %d", mine.State, mine.Recall, mine.Sent, mine.Heard, theirs.State, theirs.Recall, theirs.Sent, theirs.Heard)
		}
		here := d.street.one(c.ID).Stage == cases.Filed
		there := theirs.State == Offered || theirs.State == Accepted
		if here == there {
			rt.Fatalf("it waits for a dispatch here: %t, is with the centre: %t", here, there)
		}
		ends[mine.State]++
	})
	if ends[Recalled] == 0 || ends[Refused] == 0 || ends[Accepted] == 0 {
		t.Errorf("no walk came to an end of each kind: %v", ends)
	}
}
