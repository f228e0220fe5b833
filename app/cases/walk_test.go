package cases

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
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
	ToClose: func(*rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) { return Close },
	ToCallBack: func(t *rapid.T) func(context.Context, tenants.Tx, uuid.UUID) (*Case, error) {
		in := Answer{Valid: rapid.Bool().Draw(t, "valid"), Solved: rapid.Bool().Draw(t, "solved"), Satisfaction: Basically, Cause: "问过"}
		return func(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
			return CallBack(ctx, tx, id, in)
		}
	},
}

// theirs is whose deed each is, most days. The product handles for whatever unit it is.
var theirs = map[Verb]int64{ToFile: clerk, ToReject: clerk, ToDispatch: chief, ToReceive: 0, ToHandle: 0, ToCheck: chief, ToClose: chief, ToCallBack: caller}

// Whatever people try in whatever order, through rework and reopening and past deadlines: a verb moves
// the case as the table says or refuses and leaves nothing, and rows, clocks and tallies agree.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	people := []int64{clerk, sender, worker, other, checker, chief, caller, leader, grid, nobody, 0}
	verbs := []Verb{ToFile, ToReject, ToDispatch, ToReceive, ToHandle, ToCheck, ToClose, ToCallBack}
	reached := map[Stage]int{}
	rapid.Check(t, func(rt *rapid.T) {
		present := at("2026-11-23 10:00")
		ctx, hold := clock.Hold(t.Context(), present)
		in := rubbish()
		in.Channel = rapid.SampledFrom([]string{"phone", "grid"}).Draw(rt, "channel")
		c, err := s.as(ctx, chief, report(in))
		if err != nil {
			rt.Fatal(err)
		}
		for range 14 {
			present = present.Add(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			hold.Move(present)
			v := rapid.SampledFrom(verbs).Draw(rt, "verb")
			if likely := Allowed(tenants.Machine(), c); len(likely) > 0 && rapid.IntRange(0, 3).Draw(rt, "sense") > 0 {
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
	for _, stage := range []Stage{Filed, Handling, Checking, Closed, Archived, Rejected} {
		if reached[stage] == 0 {
			t.Errorf("no walk ever came to %s: the test is blind there", stage)
		}
	}
}

// agree holds what the verb returned against the rows, the timers and the journal.
func (s *street) agree(t *rapid.T, ctx context.Context, c *Case) {
	var stored *Case
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		stored, _, err = Find(ctx, tx, c.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	show := func(c *Case) string {
		text := fmt.Sprint(c.Stage, c.Unit, c.Condition, c.DueAt.UnixMicro(), c.ClosedAt.UnixMicro(), c.EndedAt.UnixMicro(), c.CheckedAt.UnixMicro(),
			c.CheckedBy, c.Late, c.Outcome, c.Reworks, c.Reopened, c.Calls)
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
	case c.Stage == Rejected:
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
	running := c.Stage == Filed || c.Stage == Handling
	if waits := c.Lead != nil && c.Lead.State == Dispatched; (receipt == 1) != waits || due == 1 && !running || running && due == 0 && !c.Late {
		t.Fatalf("%s with %d deadline and %d receipt timers", c.Stage, due, receipt)
	}
}
