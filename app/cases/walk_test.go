package cases

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// deeds are things that people try, sensible or not.
var deeds = map[Verb]func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error){
	ToFile: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return File(ctx, tx, id, Filing{})
		}
	},
	ToReject: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Reject(ctx, tx, id, "不属于本街道")
		}
	},
	ToDispatch: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		o := Order{
			Unit:    rapid.SampledFrom([]string{sanitation, greening, "nowhere"}).Draw(t, "unit"),
			Basis:   rapid.SampledFrom([]Basis{Statutory, Negotiated, Designated}).Draw(t, "basis"),
			Grounds: Grounds{"两站", "李主任", "会议纪要", "争议"},
		}
		if rapid.Bool().Draw(t, "helped") {
			o.Helpers = []string{rapid.SampledFrom([]string{greening, "property", community}).Draw(t, "helper")}
		}
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) { return Dispatch(ctx, tx, id, o) }
	},
	ToRecall: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) { return Recall(ctx, tx, id, "") }
	},
	ToReceive: about(ReceiveOf),
	ToHandle: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		why := rapid.SampledFrom([]string{"", "协办单位人手不足"}).Draw(t, "why")
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return HandIn(ctx, tx, id, Result{Words: "已清", Alone: why})
		}
	},
	ToJoin: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		o := Order{Unit: rapid.SampledFrom([]string{greening, "property"}).Draw(t, "unit"), Basis: Negotiated, Grounds: Grounds{Parties: "两站", Reason: "人手"}}
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) { return Join(ctx, tx, id, o) }
	},
	ToAssist: about(func(ctx context.Context, tx tenants.Tx, id, of uuid.UUID) (*Case, error) {
		return Assist(ctx, tx, id, of, "已协助")
	}),
	ToAssign: about(func(ctx context.Context, tx tenants.Tx, id, of uuid.UUID) (*Case, error) {
		return Assign(ctx, tx, id, of, Hand{Person: fitter})
	}),
	ToTake: about(Take),
	ToFeedBack: about(func(ctx context.Context, tx tenants.Tx, id, of uuid.UUID) (*Case, error) {
		return FeedBack(ctx, tx, id, of, "已清")
	}),
	ToGiveBack: about(func(ctx context.Context, tx tenants.Tx, id, of uuid.UUID) (*Case, error) {
		return GiveBack(ctx, tx, id, of, "做不了")
	}),
	ToCheck: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		in := Finding{Pass: rapid.Bool().Draw(t, "pass"), Remark: "已看", Close: rapid.Bool().Draw(t, "close")}
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) { return Check(ctx, tx, id, in) }
	},
	ToClose:  func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) { return Close },
	ToVerify: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) { return SendToVerify },
	ToConfirm: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		found := rapid.IntRange(0, 4).Draw(t, "found") > 0
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Confirm(ctx, tx, id, found, "到场看过")
		}
	},
	ToInform: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Inform(ctx, tx, id, "litigation")
		}
	},
	ToVoid: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Void(ctx, tx, id, someGround(ctx, tx, blueprint.VoidReason), "重复录入")
		}
	},
	ToReturn: apply(AskReturn), ToExtend: apply(AskExtend), ToSuspend: apply(AskSuspend),
	ToDecide: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		approve, which := rapid.Bool().Draw(t, "approve"), rapid.IntRange(0, 2).Draw(t, "which")
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Decide(ctx, tx, id, Decision{Application: openOne(ctx, tx, id, which), Approve: approve, Words: "已阅"})
		}
	},
	ToWithdraw: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		which := rapid.IntRange(0, 2).Draw(t, "which")
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Withdraw(ctx, tx, id, openOne(ctx, tx, id, which))
		}
	},
	ToResume: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) { return Resume },
	ToCallBack: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		in := rapid.SampledFrom([]Answer{satisfied(), unsatisfied(), {Ground: unreached}, {Ground: "invalid-refused"}, {}}).Draw(t, "answer")
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return CallBack(ctx, tx, id, in)
		}
	},
}

// about is a deed about one of the case's assignments, whichever.
func about(do func(context.Context, tenants.Tx, uuid.UUID, uuid.UUID) (*Case, error)) func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
	return func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		of := someAssignment(t)
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return do(ctx, tx, id, of(ctx, tx, id))
		}
	}
}

// someAssignment is the lead's half of the time, else one of the others.
func someAssignment(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) uuid.UUID {
	which := rapid.IntRange(0, 5).Draw(t, "assignment")
	return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) uuid.UUID {
		if c, err := read(ctx, tx, id, sharing); err == nil && len(c.Others) > 0 && which < 4 {
			return c.Others[max(0, len(c.Others)-1-which)].ID
		}
		return uuid.Nil
	}
}

// apply asks for a while from now, with the first ground of its list.
func apply(kind Asked) func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
	return func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		hours := time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour
		of := someAssignment(t)
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			in := Plea{Of: of(ctx, tx, id), Kind: kind, Ground: someGround(ctx, tx, asking[kind].list), Words: "现场复杂"}
			if kind != AskReturn {
				in.Until = clock.Now(ctx).Add(hours)
			}
			return Apply(ctx, tx, id, in)
		}
	}
}

func someGround(ctx context.Context, tx tenants.Tx, list blueprint.ReasonList) string {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil || len(cfg.ReasonsOf(list)) == 0 {
		return "none"
	}
	return cfg.ReasonsOf(list)[0].Key
}

// openOne is an open application of the case, or none.
func openOne(ctx context.Context, tx tenants.Tx, id uuid.UUID, which int) uuid.UUID {
	all, _ := Applications(ctx, tx, id)
	all = slices.DeleteFunc(all, func(p Application) bool { return p.State != Open })
	if len(all) == 0 {
		return uuid.Nil
	}
	return all[which%len(all)].ID
}

// theirs is whose deed each is, most days. The product handles for whatever unit it is.
var theirs = map[Verb]int64{ToFile: clerk, ToReject: clerk, ToDispatch: chief, ToRecall: chief, ToReceive: 0, ToHandle: 0, ToCheck: chief, ToClose: chief, ToCallBack: caller,
	ToVerify: clerk, ToConfirm: checker, ToInform: clerk, ToVoid: chief, ToReturn: 0, ToExtend: 0, ToSuspend: 0, ToDecide: chief, ToWithdraw: 0, ToResume: chief,
	ToJoin: chief, ToAssist: 0, ToAssign: 0, ToTake: 0, ToFeedBack: 0, ToGiveBack: 0}

// Whatever people try in whatever order, through rework and reopening and past deadlines: a verb moves
// the case as the table says or refuses and leaves nothing, and rows, clocks and tallies agree.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	people := []int64{fitter, secretary, clerk, sender, worker, other, checker, chief, caller, leader, grid, nobody, 0}
	verbs := slices.Sorted(maps.Keys(deeds))
	reached, done := map[Stage]int{}, map[Verb]int{}
	walk := func(rt *rapid.T) {
		present := at("2026-11-23 10:00")
		ctx, hold := clock.Hold(t.Context(), present)
		in := rubbish()
		in.Channel = rapid.SampledFrom([]string{"phone", "window", "resident", "grid"}).Draw(rt, "channel")
		in.Urgent = rapid.IntRange(0, 3).Draw(rt, "urgent") == 0
		c, err := s.as(ctx, chief, report(in))
		if err != nil {
			rt.Fatal(err)
		}
		for range 18 {
			present = present.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			hold.Move(present)
			v := rapid.SampledFrom(verbs).Draw(rt, "verb")
			likely := s.allowed(ctx, c)
			if rapid.IntRange(0, 5).Draw(rt, "goes on") > 0 { // most days nobody throws it out
				likely = slices.DeleteFunc(likely, func(m Chance) bool { return m.Verb == ToVoid || m.Verb == ToReject })
			}
			if len(likely) > 0 && rapid.IntRange(0, 3).Draw(rt, "sense") > 0 {
				v = rapid.SampledFrom(likely).Draw(rt, "likely").Verb
				beneath := slices.DeleteFunc(likely, func(m Chance) bool { return m.Verb != ToAssign && (m.Of == nil || m.Of.Role != HandRole) })
				if len(beneath) > 0 && rapid.Bool().Draw(rt, "second level") {
					v = rapid.SampledFrom(beneath).Draw(rt, "beneath").Verb
				}
			}
			who := rapid.SampledFrom(people).Draw(rt, "who")
			if usual := theirs[v]; rapid.IntRange(0, 3).Draw(rt, "order") > 0 {
				who = usual
			}
			deed := deeds[v](rt)
			before, acts := c, len(s.kinds(c.ID))
			after, err := s.as(ctx, who, func(ctx context.Context, tx tenants.Tx) (*Case, error) { return deed(ctx, tx, before.ID) })
			m := move(v)
			if err != nil {
				if fault.Of(err) == nil {
					rt.Fatalf("%s by %d in %s: %v", v, who, before.Stage, err)
				}
				if got := len(s.kinds(c.ID)); got != acts {
					rt.Fatalf("refused %s left acts", v)
				}
				continue
			}
			if !slices.Contains(m.From, before.Stage) || !slices.Contains(m.To, after.Stage) {
				rt.Fatalf("%s went from %s to %s", v, before.Stage, after.Stage)
			}
			if after.Stage == Closed && !after.OwesCall || after.OwesCall && after.Stage != Closed && after.Stage != Answered {
				rt.Fatalf("%s left it %s, a call-back owed: %v", v, after.Stage, after.OwesCall)
			}
			if m.Fresh != nil && who != 0 && slices.Contains(m.Fresh(before), who) {
				rt.Fatalf("%d did %s on own work", who, v)
			}
			if v == ToRecall && !before.DueAt.Equal(after.DueAt) {
				rt.Fatalf("taking a dispatch back moved the deadline from %s to %s", before.DueAt, after.DueAt)
			}
			s.agree(rt, ctx, after)
			reached[after.Stage]++
			done[v]++
			c = after
		}
	}
	unseen := func() (out []string) {
		for _, stage := range []Stage{Verifying, Accepted, Filed, Handling, Checking, Closed, Archived, Rejected, Voided} {
			if reached[stage] == 0 {
				out = append(out, string(stage))
			}
		}
		for _, v := range []Verb{ToRecall, ToJoin, ToAssist, ToAssign, ToTake, ToFeedBack, ToGiveBack} {
			if done[v] == 0 {
				out = append(out, string(v))
			}
		}
		return out
	}
	for rounds := 0; rounds == 0 || rounds < 6 && len(unseen()) > 0 && !t.Failed(); rounds++ { // chance may leave one out
		rapid.Check(t, walk)
	}
	if out := unseen(); len(out) > 0 {
		t.Errorf("no walk ever came to %v: the test is blind there", out)
	}
}

// allowed is what the product may do to the case and the walk knows how to do.
func (s *street) allowed(ctx context.Context, c *Case) (out []Chance) {
	_ = s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
		if err == nil {
			out = Allowed(tenants.Machine(), c, rules)
		}
		return err
	})
	return slices.DeleteFunc(out, func(m Chance) bool { return deeds[m.Verb] == nil })
}

// agree holds what the verb returned against the rows, the timers and the journal.
func (s *street) agree(t rapid.TB, ctx context.Context, c *Case) {
	var stored *Case
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		stored, _, err = Find(ctx, tx, c.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	show := func(c *Case) string {
		text := fmt.Sprint(c.Stage, c.Unit, c.Condition, c.DueAt.UnixMicro(), c.ClosedAt.UnixMicro(), c.EndedAt.UnixMicro(), c.CheckedAt.UnixMicro(),
			c.CheckedBy, c.Late, c.Outcome, c.Reworks, c.Reopened, c.Calls, c.OwesCall, c.CallAt.UnixMicro(), c.CallBy.UnixMicro(), c.Asks, c.Returns, c.Extensions, c.SuspendedAt.UnixMicro(), c.SuspendedUntil.UnixMicro(), c.First)
		if a := c.Lead; a != nil {
			text += fmt.Sprint(a.State, a.Unit, a.Basis, a.ReceivedBy, a.HandledBy, a.HandledAt.UnixMicro())
		}
		for _, a := range c.Others {
			text += fmt.Sprint(" / ", a.Role, a.State, a.Unit, a.Person, a.Parent, a.ReceivedBy, a.HandledBy)
		}
		return text
	}
	if show(stored) != show(c) {
		t.Fatalf("stored %s, returned %s", show(stored), show(c))
	}
	if c.Stage.Ended() == c.EndedAt.IsZero() || (c.Outcome == "") != c.ClosedAt.IsZero() {
		t.Fatalf("%s, ended %s, outcome %q", c.Stage, c.EndedAt, c.Outcome)
	}
	want := tally.Counts{Received: 1}
	switch {
	case c.Stage == Rejected || c.Stage == Voided:
		want = tally.Counts{}
	case c.Outcome == OnTime:
		want.Closed, want.OnTime = 1, 1
	case c.Outcome == Overdue:
		want.Closed, want.Overdue = 1, 1
	case c.Late:
		want.Late = 1
	}
	if got := s.counts(c.ID); got != want {
		t.Fatalf("%s is tallied as %+v, want %+v", c.Stage, got, want)
	}
	var due, receipt int
	if err := s.view.QueryRow(s.t.Context(), `SELECT count(*) FILTER (WHERE kind = 'case.due'), count(*) FILTER (WHERE kind = 'case.receipt')
		FROM timers WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL`, int32(s.ID), c.ID).Scan(&due, &receipt); err != nil {
		t.Fatal(err)
	}
	running := (c.Stage == Filed || c.Stage == Handling) && c.SuspendedAt.IsZero()
	waits := c.Lead != nil && c.Lead.State == Dispatched && !c.Lead.Unsigned // for a signature; signed, it may wait for the second dispatch
	if second := c.Lead != nil && c.Lead.State == Received && !c.Lead.Unassigned && c.handOf(c.Lead) == nil; waits && receipt == 0 || receipt == 1 && !waits && !second || due == 1 && !running || running && due == 0 && !c.Late {
		t.Fatalf("%s with %d deadline and %d receipt timers", c.Stage, due, receipt)
	}
	var calling int
	if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM timers WHERE tenant_id = $1 AND object_id = $2 AND kind = 'case.callback' AND done_at IS NULL", int32(s.ID), c.ID).Scan(&calling); err != nil {
		t.Fatal(err)
	}
	if (calling == 1) != c.OwesCall {
		t.Fatalf("%s, a call-back owed: %v, with %d timers for it", c.Stage, c.OwesCall, calling)
	}
	var open int
	if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM applications WHERE tenant_id = $1 AND case_id = $2 AND state = 'open'", int32(s.ID), c.ID).Scan(&open); err != nil {
		t.Fatal(err)
	}
	if open != int(c.Asks) || open > 0 && c.Stage != Handling {
		t.Fatalf("%s says that %d applications are open; %d are", c.Stage, c.Asks, open)
	}
	s.agreeBeside(t, c)
}

// agreeBeside holds who stands beside the lead and beneath against the rows and timers: one lead, a second level belongs to
// a first, and nothing is open when the case is with nobody.
func (s *street) agreeBeside(t rapid.TB, c *Case) {
	var leads, others, stray int
	if err := s.view.QueryRow(s.t.Context(), `SELECT count(*) FILTER (WHERE a.role = 'lead' AND a.state <> 'returned'), count(*) FILTER (WHERE a.role <> 'lead'),
			count(*) FILTER (WHERE a.role = 'hand' AND (p.id IS NULL OR p.role = 'hand' OR p.case_id <> a.case_id OR p.unit <> a.unit))
		FROM assignments a LEFT JOIN assignments p ON p.tenant_id = a.tenant_id AND p.id = a.parent WHERE a.tenant_id = $1 AND a.case_id = $2`, int32(s.ID), c.ID).Scan(&leads, &others, &stray); err != nil {
		t.Fatal(err)
	}
	if leads > 1 || others != int(c.Beside) || others != len(c.Others) || stray > 0 {
		t.Fatalf("%d leads; %d others, the case says %d and brings %d; %d hands that belong to nobody", leads, others, c.Beside, len(c.Others), stray)
	}
	for _, a := range c.Others {
		if a.State.Open() && c.Stage != Handling && c.Stage != Checking {
			t.Fatalf("%s, and %s of %s is %s", c.Stage, a.Role, a.Unit, a.State)
		}
		var clocks int
		if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM timers WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL", int32(s.ID), a.ID).Scan(&clocks); err != nil {
			t.Fatal(err)
		}
		if waits := a.State == Dispatched && !a.Unsigned; waits != (clocks == 1) && (a.Role != CoRole || a.State != Received) {
			t.Fatalf("%s of %s is %s with %d clocks", a.Role, a.Unit, a.State, clocks)
		}
	}
}
