package whistle

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// A wall has collapsed in the evening. Three units are called to be there within the hour; one comes late. Everybody is
// judged, and so is the whistle.
func TestCollapsedWall(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	w := s.must(chief, blow(wall()))
	if !w.Urgent || len(w.Calls) != 3 {
		t.Fatalf("urgent %v with %d units", w.Urgent, len(w.Calls))
	}
	for _, k := range w.Calls {
		if want := moment("2026-11-23 21:00"); !k.ArriveBy.Equal(want) || !k.RespondBy.Equal(want) {
			t.Errorf("%s reports in by %s and arrives by %s, want %s", k.Unit, k.RespondBy, k.ArriveBy, want)
		}
	}
	call := func(unit string) uuid.UUID { return of(w, unit).ID }
	s.clock.Move(moment("2026-11-23 20:10"))
	s.must(builders, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, call("urban-construction"))
	})
	s.must(gardeners, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, call("greening"))
	})
	s.clock.Move(moment("2026-11-23 20:40"))
	s.must(builders, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Arrive(ctx, tx, w.ID, call("urban-construction"))
	})
	s.must(gardeners, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Arrive(ctx, tx, w.ID, call("greening"))
	})
	s.clock.Move(moment("2026-11-23 21:00"))
	s.ring(w)
	late := of(s.stored(w.ID), "sanitation")
	if !late.Silent || !late.Late {
		t.Fatalf("at nine the sweepers are silent %v, late %v", late.Silent, late.Late)
	}
	s.clock.Move(moment("2026-11-23 21:25"))
	s.must(sweepers, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Arrive(ctx, tx, w.ID, call("sanitation"))
	})
	for unit, who := range map[string]int64{"urban-construction": builders, "sanitation": sweepers, "greening": gardeners} {
		s.must(who, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
			return Finish(ctx, tx, w.ID, call(unit), "已完成本单位工作")
		})
	}
	verdicts := map[uuid.UUID]Verdict{call("urban-construction"): {Grade: Good}, call("greening"): {Grade: Good}, call("sanitation"): {Grade: Poor}}
	closing := func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Close(ctx, tx, w.ID, "清障完毕，围墙支护", verdicts)
	}
	if _, err := s.as(chief, closing); !fault.Is(err, fault.Invalid) {
		t.Errorf("a poor grade without a word: %v", err)
	}
	verdicts[call("sanitation")] = Verdict{Poor, "迟到 25 分钟"}
	s.must(chief, closing)
	s.must(sweepers, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Judge(ctx, tx, w.ID, call("sanitation"), Judgement{"yes", "no", "现场无渣土，地点报错"})
	})
	end := s.stored(w.ID)
	if k := of(end, "sanitation"); end.State != Closed || k.Grade != Poor || k.Needed != "yes" || k.Facts != "no" || !k.Late {
		t.Errorf("in the end: %s, sweepers graded %q, judge %q %q", end.State, k.Grade, k.Needed, k.Facts)
	}
	if got, want := s.acts(w.ID, "whistle.silent", "whistle.late"), []string{"whistle.silent sanitation", "whistle.late sanitation"}; !slices.Equal(got, want) {
		t.Errorf("missed marks %v, want %v", got, want)
	}
}

// Clocks by hand: a unit that comes before the timer rang at its minute is late all the same, and counted once.
func TestMissedMarksCountOnce(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	w := s.must(chief, blow(wall()))
	k := of(w, "sanitation")
	s.clock.Move(moment("2026-11-23 21:01"))
	s.must(sweepers, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, k.ID) })
	s.ring(w)
	if got, want := s.acts(w.ID, "whistle.silent", "whistle.late"), []string{"whistle.silent sanitation", "whistle.late sanitation",
		"whistle.late greening", "whistle.silent greening", "whistle.late urban-construction", "whistle.silent urban-construction"}; len(got) != len(want) {
		t.Errorf("%v, want each of three units once silent and once late", got)
	}
}

// In working hours the answer is due in working hours; the time of arrival is the one that was named.
func TestEnforcementAtAnHour(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	in := wall()
	in.Kind, in.At = "whistle-enforcement", moment("2026-11-25 09:00")
	w := s.must(chief, blow(in))
	if k := w.Calls[0]; w.Urgent || !k.ArriveBy.Equal(in.At) || !k.RespondBy.After(moment("2026-11-24 08:00")) {
		t.Errorf("urgent %v, reports in by %s, arrives by %s", w.Urgent, k.RespondBy, k.ArriveBy)
	}
	for name, bad := range map[string]func(*Order){
		"kind": func(o *Order) { o.Kind = "void-test" }, "units": func(o *Order) { o.Units = []string{"nowhere"} }, "purpose": func(o *Order) { o.Purpose = " " },
		"address": func(o *Order) { o.Address = "" }, "needed": func(o *Order) { o.At = moment("2026-11-22 09:00") }, "community": func(o *Order) { o.Community = "110101001001" },
	} {
		o := in
		bad(&o)
		_, err := s.as(chief, blow(o))
		if f := fault.Of(err); f == nil || f.Fields[name] == "" {
			t.Errorf("a bad %s: %v", name, err)
		}
	}
	if _, err := s.as(clerk, blow(in)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the clerk whistles: %v", err)
	}
}

// A whistle hangs on a case, which must be open; one blown by mistake is called off while nobody has come.
func TestOnACaseAndCalledOff(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	var c *cases.Case
	s.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Community: first, Words: cases.Words{Description: "围墙倒塌"}})
		return err
	})
	in := wall()
	in.Case, in.Community = c.ID, ""
	w := s.must(chief, blow(in))
	if w.Community != first {
		t.Errorf("it lies in %q, not where the case does", w.Community)
	}
	s.must(chief, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, w.ID, "误报") })
	if _, err := s.as(builders, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, w.Calls[0].ID)
	}); err == nil {
		t.Error("somebody reports in to a whistle that was called off")
	}
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Reject(ctx, tx, c.ID, "不属实")
		return err
	})
	if _, err := s.as(chief, blow(in)); !fault.Is(err, fault.Conflict) {
		t.Errorf("a whistle on a case that has ended: %v", err)
	}
	var open int
	if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM timers WHERE tenant_id = $1 AND kind ^@ 'whistle.' AND done_at IS NULL", int32(s.ID)).Scan(&open); err != nil || open != 0 {
		t.Errorf("%d clocks run on after the end (%v)", open, err)
	}
}

// A unit sees the whistles that call it and speaks for nobody else.
func TestWhoSeesAndSpeaks(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	in := wall()
	in.Units = []string{"sanitation", first}
	w := s.must(chief, blow(in))
	for person, want := range map[int64]bool{chief: true, clerk: true, sweepers: true, neighbour: true, gardeners: false, 99: false} {
		err := s.try(person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Find(ctx, tx, w.ID)
			return err
		})
		if (err == nil) != want || err != nil && !fault.Is(err, fault.NotFound) {
			t.Errorf("person %d finds it: %v", person, err)
		}
		s.do(person, func(ctx context.Context, tx tenants.Tx) error {
			list, _, err := Browse(ctx, tx, Wanted{}, 1)
			if (len(list) == 1) != want {
				t.Errorf("person %d lists %d", person, len(list))
			}
			return err
		})
	}
	if _, err := s.as(sweepers, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, of(w, first).ID)
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the sweepers report in for the community: %v", err)
	}
	s.must(neighbour, func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
		return Report(ctx, tx, w.ID, of(w, first).ID)
	})
}

// Whatever people try in whatever order: a verb moves a part as the table says or refuses and leaves nothing, and rows
// and clocks agree.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	people := []int64{chief, builders, sweepers, gardeners, clerk, 99}
	ended := map[State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		now := moment("2026-11-24 10:00")
		s.clock.Move(now)
		in := wall()
		in.Kind = rapid.SampledFrom([]string{Emergency, "whistle-enforcement"}).Draw(rt, "kind")
		if rapid.Bool().Draw(rt, "named") {
			in.At = now.Add(5 * time.Hour)
		}
		w := s.must(chief, blow(in))
		deeds := map[Verb]func(call uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error){
			ToReport: func(call uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Report(ctx, tx, w.ID, call) }
			},
			ToArrive: func(call uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Arrive(ctx, tx, w.ID, call) }
			},
			ToFinish: func(call uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
					return Finish(ctx, tx, w.ID, call, "已办")
				}
			},
			ToJudge: func(call uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) {
					return Judge(ctx, tx, w.ID, call, Judgement{"yes", "yes", ""})
				}
			},
			ToClose: func(uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				all := map[uuid.UUID]Verdict{}
				for _, k := range w.Calls {
					all[k.ID] = Verdict{Fair, ""}
				}
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Close(ctx, tx, w.ID, "办完", all) }
			},
			ToCallOff: func(uuid.UUID) func(context.Context, tenants.Tx) (*Whistle, error) {
				return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return CallOff(ctx, tx, w.ID, "误报") }
			},
		}
		verbs := slices.Sorted(maps.Keys(deeds))
		for range 12 {
			now = now.Add(time.Duration(rapid.IntRange(1, 80).Draw(rt, "minutes")) * time.Minute)
			s.clock.Move(now)
			if rapid.Bool().Draw(rt, "rings") {
				s.ring(w)
			}
			v, who := rapid.SampledFrom(verbs).Draw(rt, "verb"), rapid.SampledFrom(people).Draw(rt, "who")
			if (v == ToClose || v == ToCallOff) && rapid.IntRange(0, 3).Draw(rt, "patience") > 0 {
				v = ToArrive
			}
			call := rapid.SampledFrom(w.Calls).Draw(rt, "part").ID
			before, acts := s.stored(w.ID), len(s.acts(w.ID))
			after, err := s.as(who, deeds[v](call))
			m := move(v)
			if err != nil {
				if fault.Of(err) == nil {
					rt.Fatalf("%s by %d: %v", v, who, err)
				}
				if got := len(s.acts(w.ID)); got != acts {
					rt.Fatalf("refused %s left acts", v)
				}
				continue
			}
			if !slices.Contains(m.From, before.State) || m.Steps != nil && (!slices.Contains(m.Steps, before.call(call).State) || m.To != "" && after.call(call).State != m.To) {
				rt.Fatalf("%s went from %s, %s to %s", v, before.State, before.call(call).State, after.call(call).State)
			}
			s.agree(rt, s.stored(w.ID), now)
			if after.State != Open {
				ended[after.State]++
			}
		}
	})
	if ended[Closed] == 0 || ended[CalledOff] == 0 {
		t.Errorf("no walk ever came to an end of each kind: %v", ended)
	}
}

// agree holds a whistle's parts against what must be true of them at any time.
func (s *street) agree(t rapid.TB, w *Whistle, now time.Time) {
	for _, k := range w.Calls {
		order := []time.Time{k.ReportedAt, k.ArrivedAt, k.DoneAt}
		reached := slices.Index([]Step{Called, Reported, Arrived, Done}, k.State)
		for i, at := range order {
			if at.IsZero() != (i >= reached) {
				t.Fatalf("%s is %s with times %v", k.Unit, k.State, order)
			}
		}
		if k.ReportedAt.After(k.RespondBy) && !k.Silent || !k.ArriveBy.IsZero() && k.ArrivedAt.After(k.ArriveBy) && !k.Late {
			t.Fatalf("%s missed a mark that is not counted: %+v", k.Unit, k)
		}
		if k.Silent && !now.After(k.RespondBy.Add(-time.Second)) || k.Late && !now.After(k.ArriveBy.Add(-time.Second)) {
			t.Fatalf("%s is marked before its time: %+v", k.Unit, k)
		}
		if (k.Grade != "") != (w.State == Closed) {
			t.Fatalf("%s of a whistle that is %s is graded %q", k.Unit, w.State, k.Grade)
		}
		var running int
		if err := s.view.QueryRow(s.t.Context(), "SELECT count(*) FROM timers WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL AND due_at > $3", int32(s.ID), k.ID, clock.Now(s.ctx)).Scan(&running); err != nil {
			t.Fatal(err)
		}
		if w.State != Open && running > 0 {
			t.Fatalf("%d clocks of %s run on", running, k.Unit)
		}
	}
}
