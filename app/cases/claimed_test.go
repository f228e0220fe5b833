package cases

import (
	"context"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// What a phone kept happened when it says: the record tells so, with its words. Deadlines run by the street's clock, and nobody
// worked on what he was not given yet.
func TestARecordTellsWhenItWasDoneWithoutNetwork(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, rubbish(), Order{Unit: sanitation, Basis: Statutory})
	hold.Move(at("2026-11-23 15:00"))
	ok(s.as(clock.Claim(ctx, at("2026-11-23 09:00")), worker, func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Receive(ctx, tx, c.ID) }))
	done := ok(s.as(clock.Claim(ctx, at("2026-11-23 11:30")), worker, func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Handle(ctx, tx, c.ID, "已清走") }))
	if !done.Lead.HandledAt.Equal(at("2026-11-23 15:00")) {
		t.Errorf("the clocks take it as handed in at %v", done.Lead.HandledAt)
	}
	told := map[string]Event{}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		events, err := Record(ctx, tx, c.ID)
		for _, e := range events {
			told[e.Kind] = e
		}
		return err
	})
	for kind, want := range map[string]time.Time{"case.received": at("2026-11-23 15:00"), "case.handled": at("2026-11-23 11:30")} {
		if e := told[kind]; !e.At.Equal(want) {
			t.Errorf("%s at %v, want %v", kind, e.At, want)
		}
	}
	if e := told["case.handled"]; e.Words != "已清走" {
		t.Errorf("its words: %q", e.Words)
	}
}
