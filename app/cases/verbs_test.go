package cases

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/tenantstest"
)

func report(in Intake) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Report(ctx, tx, in) }
}

func verb[T any](f func(context.Context, tenants.Tx, uuid.UUID, T) (*Case, error), id uuid.UUID, in T) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return f(ctx, tx, id, in) }
}

func bare(f func(context.Context, tenants.Tx, uuid.UUID) (*Case, error), id uuid.UUID) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return f(ctx, tx, id) }
}

var toSanitation = Order{Unit: sanitation, Basis: Statutory}

// kinds are the acts of a case in the order of their numbers.
func (s *street) kinds(id uuid.UUID) (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, k)
	}
	return out
}

// counts are the tallies that the journal gives for the case, over all dimensions.
func (s *street) counts(id uuid.UUID) (sum tally.Counts) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT before, after FROM journal WHERE tenant_id = $1 AND object_id = $2", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for rows.Next() {
		var before, after tenants.Dims
		if err := rows.Scan(&before, &after); err != nil {
			s.t.Fatal(err)
		}
		for sign, d := range map[int64]tenants.Dims{-1: before, 1: after} {
			for _, cell := range tally.Case(d) {
				if cell.Dim == "all" {
					sum.Received += sign * cell.Received
					sum.Closed += sign * cell.Closed
					sum.OnTime += sign * cell.OnTime
					sum.Overdue += sign * cell.Overdue
					sum.Late += sign * cell.Late
				}
			}
		}
	}
	return sum
}

func must(t testing.TB) func(*Case, error) *Case {
	t.Helper()
	return func(c *Case, err error) *Case {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// A heap of rubbish, from the telephone to the caller's word, at both placements.
func TestRubbishIsClearedOnTime(t *testing.T) {
	t.Parallel()
	for _, place := range []string{tenants.Home, tenantstest.Other} {
		s := openStreet(t, place)
		ok := must(t)
		ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))

		c := ok(s.as(ctx, clerk, report(rubbish())))
		if c.Number != "20261123-00001" || c.Stage != Reported {
			t.Fatalf("reported as %s, %s", c.Number, c.Stage)
		}
		c = ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
		if want := at("2026-11-23 15:30"); !c.DueAt.Equal(want) { // 4 working hours over the noon break
			t.Errorf("due %s, want %s", c.DueAt, want)
		}
		c = ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
		if c.Lead.Duty == "" || !c.Lead.ReceiveBy.Equal(at("2026-11-23 12:00")) {
			t.Errorf("dispatched on duty %q, to be received by %s", c.Lead.Duty, c.Lead.ReceiveBy)
		}
		hold.Move(at("2026-11-23 11:00"))
		ok(s.as(ctx, worker, bare(Receive, c.ID)))
		hold.Move(at("2026-11-23 15:00"))
		ok(s.as(ctx, worker, verb(Handle, c.ID, "已组织两名保洁员清运，现场已恢复")))
		hold.Move(at("2026-11-24 16:00")) // a slow check is not the unit's fault
		ok(s.as(ctx, checker, verb(Check, c.ID, Finding{Pass: true})))
		c = ok(s.as(ctx, chief, bare(Close, c.ID)))
		if c.Stage != Closed || c.Outcome != OnTime {
			t.Errorf("closed as %s, %s", c.Stage, c.Outcome)
		}
		c = ok(s.as(ctx, caller, verb(CallBack, c.ID, satisfied())))
		if c.Stage != Archived {
			t.Errorf("after a satisfied call-back the case is %s", c.Stage)
		}
		want := []string{"case.reported", "case.filed", "case.dispatched", "case.received", "case.handled", "case.checked", "case.closed", "case.called_back"}
		if diff := cmp.Diff(want, s.kinds(c.ID)); diff != "" {
			t.Error(diff)
		}
		if got := s.counts(c.ID); got != (tally.Counts{Received: 1, Closed: 1, OnTime: 1}) {
			t.Errorf("tallied as %+v", got)
		}
	}
}

// The work is bad, then late, then the resident says it is back.
func TestReworkAndReopening(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := ok(s.as(ctx, clerk, report(rubbish())))
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	c = ok(s.as(ctx, worker, verb(Handle, c.ID, "已清理")))
	if c.Lead.ReceivedBy != worker {
		t.Error("handing in a result must sign for the case")
	}
	if _, err := s.as(ctx, checker, verb(Check, c.ID, Finding{})); !fault.Is(err, fault.Invalid) {
		t.Errorf("a failed check without a remark: %v", err)
	}
	hold.Move(at("2026-11-23 16:00")) // the deadline was 15:30
	c = ok(s.as(ctx, checker, verb(Check, c.ID, Finding{Remark: "墙角仍有建筑垃圾"})))
	if c.Stage != Handling || c.Lead.State != Working || c.Reworks != 1 || !c.Late {
		t.Errorf("sent back late: stage %s, assignment %s, reworks %d, late %v", c.Stage, c.Lead.State, c.Reworks, c.Late)
	}
	ok(s.as(ctx, worker, verb(Handle, c.ID, "墙角已清理")))
	c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	if c.Outcome != Overdue || c.Late {
		t.Errorf("closed %s, late %v", c.Outcome, c.Late)
	}
	for n := range 2 {
		hold.Move(c.CallAt)
		c = ok(s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})))
		if c.Stage != Closed || int(c.Calls) != n+1 {
			t.Errorf("after %d calls to nobody the case is %s", n+1, c.Stage)
		}
	}
	if _, err := s.as(ctx, caller, verb(CallBack, c.ID, Answer{Said: map[string]string{"reached": "yes", "contacted": "no", "solved": "no", "satisfaction": "basically"}})); fault.Of(err) == nil || fault.Of(err).Fields["q_unsolved-why"] == "" {
		t.Errorf("unsolved without a cause: %v", err)
	}
	hold.Move(at("2026-11-25 09:00"))
	c = ok(s.as(ctx, caller, verb(CallBack, c.ID, unsatisfied())))
	if c.Stage != Handling || c.Reopened != 1 || c.Reworks != 2 || !c.DueAt.Equal(at("2026-11-25 14:30")) {
		t.Errorf("reopened: %s, reopened %d, reworks %d, due %s", c.Stage, c.Reopened, c.Reworks, c.DueAt)
	}
	if got := s.counts(c.ID); got != (tally.Counts{Received: 1}) {
		t.Errorf("a reopened case is tallied as %+v", got)
	}
	ok(s.as(ctx, worker, verb(Handle, c.ID, "增设监控并清运")))
	c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	for range 3 {
		hold.Move(c.CallAt)
		c = ok(s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})))
	}
	if c.Stage != Archived || c.Outcome != OnTime {
		t.Errorf("at last %s, %s", c.Stage, c.Outcome)
	}
	var words int
	s.view.QueryRow(t.Context(), "SELECT count(*) FROM remarks WHERE tenant_id = $1", int32(s.ID)).Scan(&words)
	if words != 5 {
		t.Errorf("%d remarks kept, want three results, a finding and a cause", words)
	}
}

func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx := now(t)
	refused := func(say string, err error, want fault.Kind) {
		t.Helper()
		if !fault.Is(err, want) {
			t.Errorf("%s: %v", say, err)
		}
	}
	_, err := s.as(ctx, worker, report(rubbish()))
	refused("a handler reports", err, fault.Forbidden)
	c := ok(s.as(ctx, clerk, report(rubbish())))
	_, err = s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation))
	refused("dispatch before filing", err, fault.Conflict)
	_, err = s.as(ctx, worker, bare(Receive, c.ID))
	refused("a handler signs for what is not his", err, fault.NotFound)
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	_, err = s.as(ctx, clerk, verb(File, c.ID, Filing{}))
	refused("filing twice", err, fault.Conflict)
	_, err = s.as(ctx, sender, verb(Dispatch, c.ID, Order{Unit: greening, Basis: Statutory}))
	refused("statutory against the duty list", err, fault.Invalid)
	_, err = s.as(ctx, sender, verb(Dispatch, c.ID, Order{Unit: greening, Basis: Negotiated}))
	refused("negotiated without parties", err, fault.Invalid)
	_, err = s.as(ctx, sender, verb(Dispatch, c.ID, Order{Unit: greening, Basis: Designated, Grounds: Grounds{Designator: "李主任", Ground: "街道办公会议纪要", Reason: "争议"}}))
	refused("a dispatcher designates", err, fault.Forbidden)
	_, err = s.as(ctx, leader, verb(Dispatch, c.ID, toSanitation))
	refused("a leader dispatches by list", err, fault.Forbidden)
	_, err = s.as(ctx, sender, verb(Dispatch, c.ID, Order{Unit: "320505001001", Basis: Negotiated, Grounds: Grounds{Parties: "两社区", Reason: "相邻"}}))
	refused("another street's community", err, fault.Invalid)
	c = ok(s.as(ctx, leader, verb(Dispatch, c.ID, Order{Unit: greening, Basis: Designated, Grounds: Grounds{Designator: "李主任", Ground: "街道办公会议纪要", Reason: "职责有争议"}})))
	if g, _ := c.Lead.Open(s.box(c)); g.Designator != "李主任" {
		t.Errorf("designator kept as %q", g.Designator)
	}
	_, err = s.as(ctx, worker, verb(Handle, c.ID, "不是我的"))
	refused("another unit hands in", err, fault.NotFound)
	ok(s.as(ctx, other, verb(Handle, c.ID, "已清理")))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error { // he becomes a checker too
		_, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, 'shift_lead', 0)`, int32(tx.ID()), tenants.NewID(), other).Exec(ctx)
		return err
	})
	_, err = s.as(ctx, other, verb(Check, c.ID, Finding{Pass: true}))
	refused("checking own work", err, fault.Forbidden)
	_, err = s.as(ctx, chief, bare(Close, c.ID))
	refused("closing without a check", err, fault.Conflict)
	_, err = s.as(ctx, checker, verb(Check, c.ID, Finding{Pass: true, Close: true}))
	refused("a checker closes", err, fault.Forbidden)
	ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	_, err = s.as(ctx, other, verb(CallBack, c.ID, satisfied()))
	refused("calling back own work", err, fault.Forbidden)
	_, err = s.as(ctx, chief, verb(CallBack, c.ID, satisfied()))
	refused("calling back what one found good", err, fault.Forbidden)
	_, err = s.as(ctx, nobody, bare(Close, c.ID))
	refused("a stranger", err, fault.NotFound)
	away := openStreet(t, tenants.Home)
	_, err = away.as(ctx, chief, bare(Close, c.ID))
	refused("another street's case", err, fault.NotFound)
}

func TestReportsAreChecked(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	for field, spoil := range map[string]func(*Intake){
		"channel":     func(in *Intake) { in.Channel = "pigeon" },
		"class":       func(in *Intake) { in.Class = "" },
		"description": func(in *Intake) { in.Description = "  " },
		"community":   func(in *Intake) { in.Community = "320505001001" },
		"phone":       func(in *Intake) { in.Phone = "110" },
		"upper_no":    func(in *Intake) { in.Channel = "hotline" },
		"lon":         func(in *Intake) { x := -71.05; in.Lon, in.Lat = &x, &x },
	} {
		in := rubbish()
		spoil(&in)
		_, err := s.as(now(t), clerk, report(in))
		if f := fault.Of(err); f == nil || f.Kind != fault.Invalid || f.Fields[field] == "" || len(f.Fields) != 1 {
			t.Errorf("%s: %v", field, err)
		}
	}
	in := rubbish()
	in.ID = tenants.NewID()
	must(t)(s.as(now(t), clerk, report(in)))
	if _, err := s.as(now(t), clerk, report(in)); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same id twice: %v", err)
	}
}

// A hotline order arrives filed; advice is closed with its answer; a grid worker's report needs no call-back.
func TestRoutes(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx := now(t)
	order := rubbish()
	order.Channel, order.UpperNo = "hotline", "12345-2026112300017"
	if c := ok(s.as(ctx, clerk, report(order))); c.Stage != Filed || c.DueAt.IsZero() {
		t.Errorf("a hotline order is %s, due %s", c.Stage, c.DueAt)
	}
	advice := rubbish()
	advice.Class = "extension-24001"
	c := ok(s.as(ctx, clerk, report(advice)))
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	c = ok(s.as(ctx, sender, verb(Dispatch, c.ID, Order{Unit: "convenience", Basis: Statutory})))
	if c = ok(s.as(ctx, 0, verb(Handle, c.ID, "办理条件和材料已告知"))); c.Stage != Closed {
		t.Errorf("answered advice is %s", c.Stage)
	}
	patrol := rubbish()
	patrol.Channel = "grid"
	c = ok(s.as(ctx, grid, report(patrol)))
	ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	ok(s.as(ctx, worker, verb(Handle, c.ID, "已清")))
	if c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true}))); c.Stage != Archived {
		t.Errorf("a patrol's case without call-back ends %s", c.Stage)
	}
	c = ok(s.as(ctx, clerk, report(rubbish())))
	if c = ok(s.as(ctx, clerk, verb(Reject, c.ID, "不属于本街道"))); c.Stage != Rejected {
		t.Errorf("rejected case is %s", c.Stage)
	}
	if got := s.counts(c.ID); got != (tally.Counts{}) {
		t.Errorf("a rejected report is tallied as %+v", got)
	}
}

func TestLateAndUnsigned(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := ok(s.as(ctx, clerk, report(rubbish())))
	ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	timers := func() (open []string) {
		rows, err := s.view.Query(t.Context(), "SELECT kind || ' ' || to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM timers WHERE tenant_id = $1 AND done_at IS NULL ORDER BY 1", int32(s.ID))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var k string
			rows.Scan(&k)
			open = append(open, k)
		}
		return open
	}
	if diff := cmp.Diff([]string{"case.due 14:42", "case.receipt 12:00"}, timers()); diff != "" {
		t.Error(diff)
	}
	run := func(f func(context.Context, tenants.Tx, uuid.UUID) error) {
		t.Helper()
		if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error { return f(ctx, tx, c.ID) }); err != nil {
			t.Fatal(err)
		}
	}
	run(runDue) // too early: nothing
	hold.Move(at("2026-11-23 15:30").Add(time.Second))
	run(runReceipt)
	run(runDue)
	run(runDue) // twice is once
	if got := s.counts(c.ID); got != (tally.Counts{Received: 1, Late: 1}) {
		t.Errorf("a late case is tallied as %+v", got)
	}
	want := []string{"case.reported", "case.filed", "case.dispatched", "case.unsigned", "case.overdue"}
	if diff := cmp.Diff(want, s.kinds(c.ID)); diff != "" {
		t.Error(diff)
	}
	ok(s.as(ctx, worker, verb(Handle, c.ID, "已清")))
	if open := timers(); len(open) != 0 {
		t.Errorf("handed in, and still waiting for %v", open)
	}
	c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
	if got := s.counts(c.ID); got != (tally.Counts{Received: 1, Closed: 1, Overdue: 1}) {
		t.Errorf("closed late it is tallied as %+v", got)
	}
}

// Eight hands reach for the same case at the same time: one signs, seven hear that it has moved on.
func TestOneOfManyReceives(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	c := ok(s.as(now(t), clerk, report(rubbish())))
	ok(s.as(now(t), clerk, verb(File, c.ID, Filing{})))
	ok(s.as(now(t), sender, verb(Dispatch, c.ID, toSanitation)))
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = s.as(now(t), worker, bare(Receive, c.ID)) })
	}
	all.Wait()
	signed := 0
	for _, err := range errs {
		switch {
		case err == nil:
			signed++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	if got := s.kinds(c.ID); signed != 1 || len(got) != 4 {
		t.Errorf("%d signed, acts %v", signed, got)
	}
}
