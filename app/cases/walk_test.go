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
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) { return Dispatch(ctx, tx, id, o) }
	},
	ToReceive: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) { return Receive },
	ToHandle: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return Handle(ctx, tx, id, "已清")
		}
	},
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
		in := Answer{Valid: rapid.Bool().Draw(t, "valid"), Solved: rapid.Bool().Draw(t, "solved"), Satisfaction: Basically, Cause: "问过"}
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return CallBack(ctx, tx, id, in)
		}
	},
}

// apply asks for a while from now, with the first ground of its list.
func apply(kind Asked) func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
	return func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		hours := time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			in := Plea{Kind: kind, Ground: someGround(ctx, tx, asking[kind].list), Words: "现场复杂"}
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
var theirs = map[Verb]int64{ToFile: clerk, ToReject: clerk, ToDispatch: chief, ToReceive: 0, ToHandle: 0, ToCheck: chief, ToClose: chief, ToCallBack: caller,
	ToVerify: clerk, ToConfirm: checker, ToVoid: chief, ToReturn: 0, ToExtend: 0, ToSuspend: 0, ToDecide: chief, ToWithdraw: 0, ToResume: chief}

// Whatever people try in whatever order, through rework and reopening and past deadlines: a verb moves
// the case as the table says or refuses and leaves nothing, and rows, clocks and tallies agree.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	people := []int64{clerk, sender, worker, other, checker, chief, caller, leader, grid, nobody, 0}
	verbs := slices.Sorted(maps.Keys(deeds))
	reached := map[Stage]int{}
	rapid.Check(t, func(rt *rapid.T) {
		present := at("2026-11-23 10:00")
		ctx, hold := clock.Hold(t.Context(), present)
		in := rubbish()
		in.Channel = rapid.SampledFrom([]string{"phone", "window", "resident", "grid"}).Draw(rt, "channel")
		c, err := s.as(ctx, chief, report(in))
		if err != nil {
			rt.Fatal(err)
		}
		for range 14 {
			present = present.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			hold.Move(present)
			v := rapid.SampledFrom(verbs).Draw(rt, "verb")
			if likely := s.allowed(ctx, c); len(likely) > 0 && rapid.IntRange(0, 3).Draw(rt, "sense") > 0 {
				v = rapid.SampledFrom(likely).Draw(rt, "likely").Verb
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
			if m.Fresh != nil && who != 0 && slices.Contains(m.Fresh(before), who) {
				rt.Fatalf("%d did %s on own work", who, v)
			}
			s.agree(rt, ctx, after)
			reached[after.Stage]++
			c = after
		}
	})
	for _, stage := range []Stage{Verifying, Accepted, Filed, Handling, Checking, Closed, Archived, Rejected, Voided} {
		if reached[stage] == 0 {
			t.Errorf("no walk ever came to %s: the test is blind there", stage)
		}
	}
}

// allowed is what the product may do to the case and the walk knows how to do.
func (s *street) allowed(ctx context.Context, c *Case) (out []Move) {
	_ = s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
		if err == nil {
			out = Allowed(tenants.Machine(), c, rules)
		}
		return err
	})
	return slices.DeleteFunc(out, func(m Move) bool { return deeds[m.Verb] == nil })
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
			c.CheckedBy, c.Late, c.Outcome, c.Reworks, c.Reopened, c.Calls, c.Asks, c.Returns, c.Extensions, c.SuspendedAt.UnixMicro(), c.SuspendedUntil.UnixMicro(), c.First)
		if a := c.Lead; a != nil {
			text += fmt.Sprint(a.State, a.Unit, a.Basis, a.ReceivedBy, a.HandledBy, a.HandledAt.UnixMicro())
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
	if waits := c.Lead != nil && c.Lead.State == Dispatched && !c.Lead.Unsigned; (receipt == 1) != waits || due == 1 && !running || running && due == 0 && !c.Late {
		t.Fatalf("%s with %d deadline and %d receipt timers", c.Stage, due, receipt)
	}
	var open int
	if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM applications WHERE tenant_id = $1 AND case_id = $2 AND state = 'open'", int32(s.ID), c.ID).Scan(&open); err != nil {
		t.Fatal(err)
	}
	if open != int(c.Asks) || open > 0 && c.Stage != Handling {
		t.Fatalf("%s says that %d applications are open; %d are", c.Stage, c.Asks, open)
	}
}
