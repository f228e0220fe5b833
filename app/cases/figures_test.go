package cases

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// figures are what the journal alone says of a case by one dimension: key → counts.
func (s *street) figures(id uuid.UUID, dim string) map[string]tally.Counts {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT before, after FROM journal WHERE tenant_id = $1 AND object_id = $2", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	sums := map[string]tally.Counts{}
	for rows.Next() {
		var before, after tenants.Dims
		if err := rows.Scan(&before, &after); err != nil {
			s.t.Fatal(err)
		}
		for sign, d := range map[int64]tenants.Dims{-1: before, 1: after} {
			for _, cell := range tally.Case(d) {
				if cell.Dim == dim {
					sum := sums[cell.Key]
					sum.Add(cell.Counts, sign)
					sums[cell.Key] = sum
				}
			}
		}
	}
	for k, v := range sums {
		if v == (tally.Counts{}) {
			delete(sums, k)
		}
	}
	return sums
}

// Given back by the station, done by the greeners, found unsolved by the petitioner and done again: each counts once,
// a return under whoever gave it back, all else under whoever has it.
func TestWhatABoardAsksOfACase(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.set("callback.sample_percent", 100)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	ok := must(t)
	c := s.dispatched(ctx, rubbish(), toSanitation)
	hold.Move(at("2026-11-23 10:30"))
	ok(s.as(ctx, worker, verb(Apply, c.ID, Plea{Kind: AskReturn, Ground: "return-not-mine", Words: "绿化带内"})))
	ok(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: s.open(ctx, c.ID).ID, Approve: true})))
	ok(s.as(ctx, chief, verb(Dispatch, c.ID, Order{Unit: greening, Basis: Negotiated, Grounds: Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内"}})))
	if diff := cmp.Diff(map[string]tally.Counts{sanitation: {Returned: 1}, greening: {Received: 1, Open: 1, Due: 1}}, s.figures(c.ID, tally.Unit)); diff != "" {
		t.Errorf("given back (-want +got):\n%s", diff)
	}

	closed := func(say Answer, calledAt string) {
		ok(s.as(ctx, other, verb(Handle, c.ID, "已清运")))
		ok(s.as(ctx, checker, verb(Check, c.ID, Finding{Pass: true})))
		ok(s.as(ctx, chief, bare(Close, c.ID)))
		hold.Move(at(calledAt))
		ok(s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached}))) // nobody answers: no valid call-back
		ok(s.as(ctx, caller, verb(CallBack, c.ID, say)))
	}
	again, basically := unsatisfied(), satisfied()
	again.Said["contacted"], basically.Said["satisfaction"] = "yes", "basically"
	closed(again, "2026-11-23 11:40")
	closed(basically, "2026-11-23 17:00")
	if diff := cmp.Diff(map[string]tally.Counts{
		sanitation: {Returned: 1},
		greening:   {Received: 1, Closed: 1, OnTime: 1, Due: 1, Met: 1, Reopened: 1, Called: 2, Contacted: 2, Solved: 1, Basically: 1},
	}, s.figures(c.ID, tally.Unit)); diff != "" {
		t.Errorf("done again (-want +got):\n%s", diff)
	}

	repeat := ok(s.as(ctx, clerk, report(rubbish())))
	ok(s.as(ctx, clerk, verb(Merge, repeat.ID, c.Number)))
	if diff := cmp.Diff(map[string]tally.Counts{"": {Repeated: 1}}, s.figures(repeat.ID, "all")); diff != "" {
		t.Errorf("the same matter again (-want +got):\n%s", diff)
	}
}

// A suspension is a balance. A case of before the deadline was told keeps silent of it, so that no act takes away
// what none has added.
func TestSuspendedAndOfBefore(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	ok := must(t)
	c := s.dispatched(ctx, rubbish(), toSanitation)
	ok(s.as(ctx, worker, verb(Apply, c.ID, Plea{Kind: AskSuspend, Ground: "suspend-season", Words: "待雨季结束", Until: at("2027-02-26 09:00")})))
	ok(s.as(ctx, leader, verb(Decide, c.ID, Decision{Application: s.open(ctx, c.ID).ID, Approve: true})))
	if got := s.figures(c.ID, "all")[""]; got != (tally.Counts{Received: 1, Open: 1, Suspended: 1, Due: 1}) {
		t.Errorf("suspended: %+v", got)
	}
	hold.Move(at("2026-12-01 10:00"))
	ok(s.as(ctx, leader, bare(Resume, c.ID)))
	if got := s.figures(c.ID, "all")[""]; got != (tally.Counts{Received: 1, Open: 1, Due: 1}) {
		t.Errorf("goes on: %+v", got)
	}

	old := *c
	old.Telling = 1
	s.do(clerk, func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		if d := old.dims(cfg); d[tally.Deadline] != "" || d[tally.Received] == "" {
			t.Errorf("a case of before tells %v", d)
		}
		return nil
	})
}
