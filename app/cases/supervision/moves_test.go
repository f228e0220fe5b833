package supervision

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// MOVES.md is the table for people. After a change of the table: WRITE=1 go test ./app/cases/supervision -run Described
func TestMovesAreDescribed(t *testing.T) {
	want := "# Who may do what to a supervision order when\n\nPrinted from the table `Moves` in moves.go by its test.\n\n" + Describe()
	if os.Getenv("WRITE") != "" {
		if err := os.WriteFile("MOVES.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("MOVES.md")
	if err != nil || string(got) != want {
		t.Errorf("MOVES.md is not what the table says (%v): WRITE=1 go test ./app/cases/supervision -run Described", err)
	}
}

// Whatever people try in whatever order, with the clock running over: a verb moves an order as the table says or refuses and
// leaves nothing; and orders, clocks and what the case shows agree.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	reached := map[State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		present := at("2026-11-23 10:00")
		ctx, hold := clock.Hold(t.Context(), present)
		c := s.dispatched(ctx, works)
		for range 14 {
			present = present.Add(time.Duration(rapid.IntRange(1, 60*30).Draw(rt, "minutes")) * time.Minute)
			hold.Move(present)
			if rapid.Bool().Draw(rt, "ring") {
				s.ring(ctx)
			}
			all := s.orders(c.ID)
			who := rapid.SampledFrom([]int64{clerk, worker, other, chief, leader, nobody, 0, 0, leader}).Draw(rt, "who")
			m := Moves[rapid.IntRange(0, len(Moves)-1).Draw(rt, "verb")]
			before, acts := Order{}, len(s.acts(c.ID, "case."))
			if m.From != nil {
				if len(all) == 0 {
					continue
				}
				before = all[rapid.IntRange(0, len(all)-1).Draw(rt, "order")]
				if rapid.IntRange(0, 3).Draw(rt, "sense") > 0 { // what may be done next, by whoever may do anything
					likely := slices.DeleteFunc(slices.Clone(Moves), func(m Move) bool { return !slices.Contains(m.From, before.State) })
					if len(likely) > 0 {
						m, who = rapid.SampledFrom(likely).Draw(rt, "likely"), 0
					}
				}
			}
			after, err := s.as(ctx, who, func(ctx context.Context, tx tenants.Tx) (*Order, error) {
				switch m.Verb {
				case ToPropose:
					return Propose(ctx, tx, c.ID, rapid.SampledFrom([]string{"first", "second", "third", "none"}).Draw(rt, "level"), "请说明原因")
				case ToSign:
					return Sign(ctx, tx, before.ID, "")
				case ToDecline:
					return Decline(ctx, tx, before.ID, "已在办理")
				case ToReply:
					return Answer(ctx, tx, before.ID, "正在办理")
				}
				return Judge(ctx, tx, before.ID, m.Verb == ToAccept, "已阅")
			})
			if err != nil {
				if fault.Of(err) == nil {
					rt.Fatalf("%s by %d of %s: %v", m.Verb, who, before.State, err)
				}
				if got := len(s.acts(c.ID, "case.")); got != acts {
					rt.Fatalf("refused %s left acts", m.Verb)
				}
				continue
			}
			if m.From != nil && !slices.Contains(m.From, before.State) || !slices.Contains(m.To, after.State) {
				rt.Fatalf("%s went from %q to %s", m.Verb, before.State, after.State)
			}
			reached[after.State]++
			s.agree(rt, c)
			if who == worker && rapid.IntRange(0, 9).Draw(rt, "hands in") == 0 {
				_ = s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
					_, err := cases.Handle(ctx, tx, c.ID, "已修复")
					return err
				})
			}
		}
	})
	for _, state := range States {
		if reached[state] == 0 {
			t.Errorf("no walk ever came to %s: the test is blind there", state)
		}
	}
}

// agree holds a case's orders against their clocks and against what the case shows.
func (s *street) agree(t rapid.TB, c *cases.Case) {
	shows, numbers := 0, map[string]bool{}
	for _, o := range s.orders(c.ID) {
		var timers int
		if err := s.view.QueryRow(s.t.Context(), `SELECT count(*) FROM timers WHERE tenant_id = $1 AND object_id = $2 AND kind = 'supervision.reply' AND done_at IS NULL`,
			int32(s.ID), o.ID).Scan(&timers); err != nil {
			t.Fatal(err)
		}
		if o.State == Signed && timers == 0 && !o.Missed || o.State != Signed && timers > 0 {
			t.Fatalf("%s with %d timers, missed %v", o.State, timers, o.Missed)
		}
		if o.State == Signed || o.State == Replied {
			shows = max(shows, int(o.Rank))
		}
		if o.Number != "" && numbers[o.Number] {
			t.Fatalf("two orders %s", o.Number)
		}
		numbers[o.Number] = true
	}
	if got := s.find(c.ID).Supervised; int(got) != shows {
		t.Fatalf("the case shows degree %d, its orders %d", got, shows)
	}
}
