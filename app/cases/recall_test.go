package cases

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/journal/tally"
)

func recall(id uuid.UUID, words string) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Recall(ctx, tx, id, words) }
}

// moments are the case's clock and when it rings next, from its rows.
func (s *street) moments(id uuid.UUID) (out string) {
	s.t.Helper()
	if err := s.view.QueryRow(s.t.Context(), `SELECT concat_ws(' ', c.stage, c.unit, c.first, c.warn_at, c.red_at, c.due_at, c.late, c.blueprint, c.revision,
			(SELECT string_agg(t.kind || t.due_at, ' ' ORDER BY t.kind) FROM timers t WHERE t.tenant_id = c.tenant_id AND t.done_at IS NULL AND (t.object_id = c.id
				OR t.object_id IN (SELECT a.id FROM assignments a WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id))))
		FROM cases c WHERE c.tenant_id = $1 AND c.id = $2`, int32(s.ID), id).Scan(&out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// Sent to the wrong station with a helper, and taken back two minutes later: the case is where its twin is that nobody ever
// dispatched, and stays so until it is overdue.
func TestADispatchTakenBackWasNeverSent(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	var pair [2]*Case
	for i := range pair {
		pair[i] = ok(s.as(ctx, clerk, report(rubbish())))
		pair[i] = ok(s.as(ctx, clerk, verb(File, pair[i].ID, Filing{})))
	}
	c, twin := pair[0], pair[1]
	hold.Move(at("2026-11-23 10:05"))
	order := toSanitation
	order.Helpers, order.Grounds = []string{greening}, Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内"}
	ok(s.as(ctx, sender, verb(Dispatch, c.ID, order)))
	if len(s.tasks(ctx, worker)) != 1 || len(s.tasks(ctx, other)) != 1 {
		t.Fatal("nobody has it to do")
	}

	hold.Move(at("2026-11-23 10:07"))
	if _, err := s.as(ctx, worker, recall(c.ID, "")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the unit took its own dispatch back: %v", err)
	}
	if got := fieldsOf(second(s.as(ctx, sender, recall(c.ID, strings.Repeat("长", longText+1))))); got["words"] == "" {
		t.Error("words without end were taken")
	}
	c = ok(s.as(ctx, sender, recall(c.ID, "派错单位")))
	s.onTheBooks(ctx, c)
	if got, want := s.moments(c.ID), s.moments(twin.ID); got != want {
		t.Errorf("taken back: %s\nnever sent: %s", got, want)
	}
	for _, dim := range []string{tally.Unit, tally.Class} {
		if diff := cmp.Diff(s.figures(twin.ID, dim), s.figures(c.ID, dim)); diff != "" {
			t.Errorf("the board counts it otherwise than its twin by %s:\n%s", dim, diff)
		}
	}
	if len(s.tasks(ctx, worker)) != 0 || len(s.tasks(ctx, other)) != 0 || s.listed(ctx, worker) != 0 {
		t.Error("it is still on somebody's list")
	}
	events := s.events(ctx, c.ID)
	last := events[len(events)-1]
	if last.Kind != "case.dispatch_recalled" || last.Words != "派错单位" || last.Before["unit"] != sanitation || last.After["unit"] != "" || last.After["basis"] != "" {
		t.Errorf("the record ends with %+v", last)
	}

	hold.Move(at("2026-11-23 16:00"))
	s.ring(ctx)
	c, twin = s.find(ctx, c.ID), s.find(ctx, twin.ID)
	if !c.Late || !twin.Late || slices.Contains(s.kinds(c.ID), "case.unsigned") {
		t.Errorf("late: %v and %v, acts %v", c.Late, twin.Late, s.kinds(c.ID))
	}
	again := Order{Unit: greening, Basis: Negotiated, Grounds: Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内"}}
	if c = ok(s.as(ctx, sender, verb(Dispatch, c.ID, again))); c.First != greening {
		t.Errorf("it was first given to %s", c.First)
	}
	s.onTheBooks(ctx, c)

	// Taken back after a return: who had it first has had it first.
	c = ok(s.as(ctx, other, verb(Apply, c.ID, Plea{Kind: AskReturn, Ground: "return-not-mine", Words: "应由环卫站办理"})))
	if _, err := s.as(ctx, sender, recall(c.ID, "")); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken back while the unit's application waits: %v", err)
	}
	c = ok(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: s.open(ctx, c.ID).ID, Approve: true})))
	ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	if c = ok(s.as(ctx, sender, recall(c.ID, ""))); c.First != greening || c.Returns != 1 {
		t.Errorf("first %s, %d returns", c.First, c.Returns)
	}
	s.onTheBooks(ctx, c)

	// What a leader designated is not a dispatcher's to take back.
	designated := Order{Unit: sanitation, Basis: Designated, Grounds: Grounds{Designator: "李主任", Ground: "街道办公会纪要", Reason: "争议不决"}}
	ok(s.as(ctx, leader, verb(Dispatch, c.ID, designated)))
	if _, err := s.as(ctx, sender, recall(c.ID, "")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the dispatcher overruled the leader: %v", err)
	}
	ok(s.as(ctx, leader, recall(c.ID, "")))
}

// The unit signs at the moment at which the dispatcher takes the dispatch back. Whoever comes first has it; the other is
// told what happened.
func TestSigningAndTakingBackCross(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	won := map[bool]int{}
	for range 12 {
		c := s.dispatched(ctx, rubbish(), toSanitation)
		var signed, taken error
		var both sync.WaitGroup
		both.Go(func() { _, signed = s.as(ctx, worker, bare(Receive, c.ID)) })
		both.Go(func() { _, taken = s.as(ctx, sender, recall(c.ID, "")) })
		both.Wait()
		lost, say := taken, "承办单位已签收"
		if signed != nil {
			lost, say = signed, "派遣已被撤回"
		}
		if (signed == nil) == (taken == nil) || !fault.Is(lost, fault.Conflict) || !strings.Contains(lost.Error(), say) {
			t.Fatalf("signed: %v, taken back: %v", signed, taken)
		}
		won[signed == nil]++
		s.onTheBooks(ctx, s.find(ctx, c.ID))
	}
	t.Logf("signed first %d times, taken back first %d times", won[true], won[false])

	// A helper who has signed holds it, too; and to a unit that never had it, there is nothing.
	order := toSanitation
	order.Helpers, order.Grounds = []string{greening}, Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内"}
	c := s.dispatched(ctx, rubbish(), order)
	must(t)(s.as(ctx, other, of2(ReceiveOf, c.ID, c.by(greening, CoRole).ID)))
	if _, err := s.as(ctx, sender, recall(c.ID, "")); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken back from a helper who works: %v", err)
	}
	c = s.dispatched(ctx, rubbish(), toSanitation)
	must(t)(s.as(ctx, sender, recall(c.ID, "")))
	if _, err := s.as(ctx, other, bare(Receive, c.ID)); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit hears of it: %v", err)
	}
}
