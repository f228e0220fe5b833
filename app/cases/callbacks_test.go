package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

func satisfied() Answer {
	return Answer{Said: map[string]string{"reached": "yes", "contacted": "yes", "solved": "yes", "satisfaction": "satisfied"}}
}

func unsatisfied() Answer {
	return Answer{Reopen: true, Remark: "第二天又堆满", Said: map[string]string{"reached": "yes", "contacted": "no", "solved": "no", "unsolved-why": "again",
		"satisfaction": "not", "unsatisfied-why": "unsolved", "words": "物业也不管"}}
}

// closed takes a case of an intake to its closing at the present hour, whatever its unit.
func (s *street) closed(ctx context.Context, in Intake) *Case {
	s.t.Helper()
	ok := must(s.t)
	c := ok(s.as(ctx, chief, report(in)))
	if c.Stage != Filed {
		c = ok(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	}
	ok(s.as(ctx, chief, verb(Dispatch, c.ID, Order{Unit: sanitation, Basis: Negotiated, Grounds: Grounds{Parties: "两站", Reason: "就近"}})))
	ok(s.as(ctx, worker, verb(Handle, c.ID, "已清理")))
	return ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
}

// last are the dimensions that the newest act of a kind left.
func (s *street) last(id uuid.UUID, kind string) (after tenants.Dims) {
	s.t.Helper()
	if err := s.view.QueryRow(s.t.Context(), "SELECT after FROM journal WHERE tenant_id = $1 AND object_id = $2 AND kind = $3 ORDER BY n DESC LIMIT 1", int32(s.ID), id, kind).Scan(&after); err != nil {
		s.t.Fatal(err)
	}
	return after
}

// set gives the street a setting, or another item, of its own.
func (s *street) set(setting string, value any) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		edit, err := cfg.Set(setting, value)
		if err != nil {
			return err
		}
		_, err = blueprint.Change(ctx, tx, edit)
		return err
	})
}

// A resident is not satisfied, and a second time, and at last is: each time it is counted, dispatched anew to the
// same unit under a new deadline, and called back again whatever the lot says.
func TestUnsatisfiedTwice(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.set("callback.sample_percent", 100)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.closed(ctx, rubbish())
	if got := s.last(c.ID, "case.closed")["callback"]; got != byShare || !c.CallAt.Equal(at("2026-11-23 11:00")) || c.CallBy.IsZero() {
		t.Errorf("closed, to be called back by %q from %s until %s", got, c.CallAt, c.CallBy)
	}
	s.set("callback.sample_percent", 5)
	for n := range 2 {
		hold.Move(at("2026-11-24 09:00").AddDate(0, 0, n))
		c = ok(s.as(ctx, caller, verb(CallBack, c.ID, unsatisfied())))
		if c.Stage != Handling || int(c.Reopened) != n+1 || c.OwesCall || c.Lead.State != Working {
			t.Fatalf("unsatisfied for the %d. time: %s, reopened %d, owes a call: %v", n+1, c.Stage, c.Reopened, c.OwesCall)
		}
		ok(s.as(ctx, worker, verb(Handle, c.ID, "再次清理")))
		c = ok(s.as(ctx, chief, verb(Check, c.ID, Finding{Pass: true, Close: true})))
		if got := s.last(c.ID, "case.closed")["callback"]; got != byAgain || !c.OwesCall {
			t.Errorf("closed again, the call-back is decided by %q", got)
		}
	}
	c = ok(s.as(ctx, caller, verb(CallBack, c.ID, satisfied())))
	if c.Stage != Archived || c.Reopened != 2 || c.Reworks != 2 {
		t.Errorf("at last %s, reopened %d, reworks %d", c.Stage, c.Reopened, c.Reworks)
	}
	got := s.last(c.ID, "case.called_back")
	if got["valid"] != "yes" || got["solved"] != "yes" || got["satisfaction"] != "satisfied" || got["contacted"] != "yes" {
		t.Errorf("the act tells of %v", got)
	}
	var rounds, choices, plain string
	if err := s.view.QueryRow(t.Context(), `SELECT string_agg(round::text, ',' ORDER BY at, round), min(choices->>'unsolved-why'), string_agg(callbacks::text, ' ')
		FROM callbacks WHERE tenant_id = $1`, int32(s.ID)).Scan(&rounds, &choices, &plain); err != nil {
		t.Fatal(err)
	}
	if rounds != "0,1,2" || choices != "again" || strings.Contains(plain, "物业") {
		t.Errorf("kept: rounds %s, why unsolved %q", rounds, choices)
	}
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		var b callback
		if err := tx.Select(&b).Where("b.round = 1").Scan(ctx); err != nil {
			return err
		}
		text, err := box.Open(keys.Addr{Table: "callbacks", Column: "answers", ID: b.ID}, b.Answers)
		var words map[string]string
		if err != nil || json.Unmarshal([]byte(text), &words) != nil || words["words"] != "物业也不管" {
			t.Errorf("words kept as %q (%v)", text, err)
		}
		return nil
	})
}

// Nobody picks up: tries count, but not within the gap; after the last it is over and no rate counts it. A refusal
// ends it at once, and a missed deadline is noted and changes nothing.
func TestNobodyPicksUp(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.closed(ctx, rubbish())
	if _, err := s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})); !fault.Is(err, fault.Conflict) {
		t.Errorf("called before its hour: %v", err)
	}
	hold.Move(at("2026-11-23 11:00"))
	c = ok(s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})))
	if want := at("2026-11-23 16:30"); c.Calls != 1 || !c.CallAt.Equal(want) { // four working hours over the noon break
		t.Errorf("after %d tries the next may follow at %s, want %s", c.Calls, c.CallAt, want)
	}
	if _, err := s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})); !fault.Is(err, fault.Conflict) {
		t.Errorf("called again in the same hour: %v", err)
	}
	hold.Move(c.CallBy)
	for range 2 { // twice is once
		if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error { return runCallBack(ctx, tx, c.ID) }); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if hold.Move(c.CallAt); c.CallAt.Before(c.CallBy) {
			hold.Move(c.CallBy)
		}
		c = ok(s.as(ctx, caller, verb(CallBack, c.ID, Answer{Ground: unreached})))
	}
	if c.Stage != Archived || c.OwesCall || c.Calls != 3 || !c.Uncalled {
		t.Errorf("after the last try %s, owes a call: %v, tries %d, missed: %v", c.Stage, c.OwesCall, c.Calls, c.Uncalled)
	}
	if _, err := s.as(ctx, caller, verb(CallBack, c.ID, satisfied())); !fault.Is(err, fault.Conflict) {
		t.Errorf("called when it was over: %v", err)
	}
	want := []string{"case.closed", "case.called_back", "case.uncalled", "case.called_back", "case.called_back"}
	if got := s.kinds(c.ID); cmp.Diff(want, got[len(got)-5:]) != "" {
		t.Errorf("acts %v", got)
	}
	d := s.closed(ctx, rubbish())
	d = ok(s.as(ctx, caller, verb(CallBack, d.ID, Answer{Ground: "invalid-refused"})))
	if d.Stage != Archived || d.Calls != 0 {
		t.Errorf("who does not want to be called leaves the case %s after %d tries", d.Stage, d.Calls)
	}
	err := s.try(ctx, caller, func(ctx context.Context, tx tenants.Tx) error {
		list, sum, err := ToCall(ctx, tx)
		if len(list) != 0 || sum != (Calls{Tries: 4, Reached: 1}) {
			t.Errorf("to call %d, figures %+v", len(list), sum)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The figures over the caller's list count everything that waits, also what the list has no room for.
func TestFiguresOfAllCallBacks(t *testing.T) { //nolint:paralleltest // it says which messages did not arrive
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c := s.closed(ctx, rubbish())
	const more = mostTasks + 4
	for _, sql := range []string{
		fmt.Sprintf("CREATE TEMP TABLE again AS SELECT c.* FROM cases c, generate_series(1, %d) WHERE c.tenant_id = %d AND c.id = '%s'", more, s.ID, c.ID),
		"UPDATE again SET id = gen_random_uuid(), number = number || '-' || gen_random_uuid()", "INSERT INTO cases SELECT * FROM again",
	} {
		if _, err := s.view.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	was := Unreached
	defer func() { Unreached = was }()
	Unreached = func(_ context.Context, _ tenants.Tx, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
		out := map[uuid.UUID]bool{}
		for _, id := range ids {
			out[id] = true
		}
		return out, nil
	}
	if err := s.try(ctx, caller, func(ctx context.Context, tx tenants.Tx) error {
		list, sum, err := ToCall(ctx, tx)
		if len(list) != mostTasks || !list[0].Untold || sum.Waiting != more+1 || sum.Untold != more+1 {
			t.Errorf("%d to call, figures %+v", len(list), sum)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// The questionnaire decides what is asked: what was not to be asked is not kept, and who says no to the first
// question needs a reason.
func TestQuestionnaire(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	var cfg *blueprint.Config
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) { cfg, err = blueprint.For(ctx, tx); return err })
	yes := func(pairs ...string) map[string]string {
		m := map[string]string{"reached": "yes", "contacted": "yes", "solved": "yes", "satisfaction": "satisfied"}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	for name, is := range map[string]struct {
		class  string
		in     Answer
		faults []string
		kept   string
	}{
		"all well":                     {garbage, Answer{Said: yes()}, nil, `{"contacted":"yes","reached":"yes","satisfaction":"satisfied","solved":"yes"}`},
		"not asked why":                {garbage, Answer{Said: yes("unsolved-why", "nothing")}, nil, `{"contacted":"yes","reached":"yes","satisfaction":"satisfied","solved":"yes"}`},
		"nothing said":                 {garbage, Answer{}, []string{"q_reached"}, ""},
		"hangs up":                     {garbage, Answer{Said: map[string]string{"reached": "no"}}, []string{"ground"}, ""},
		"hangs up, and says so":        {garbage, Answer{Ground: "invalid-refused", Said: map[string]string{"reached": "no"}}, nil, `{}`},
		"both":                         {garbage, Answer{Ground: "invalid-refused", Said: yes()}, []string{"ground"}, ""},
		"a reason of another list":     {garbage, Answer{Ground: "void-test"}, []string{"ground"}, ""},
		"no such answer":               {garbage, Answer{Said: yes("satisfaction", "very")}, []string{"q_satisfaction"}, ""},
		"unsolved without why":         {garbage, Answer{Said: yes("solved", "no")}, []string{"q_unsolved-why"}, ""},
		"a dispute is asked more":      {"extension-20001", Answer{Said: yes("mediated-fairly", "no")}, nil, `{"contacted":"yes","mediated-fairly":"no","reached":"yes","satisfaction":"satisfied","solved":"yes"}`},
		"which rubbish is not asked":   {garbage, Answer{Said: yes("mediated-fairly", "no")}, nil, `{"contacted":"yes","reached":"yes","satisfaction":"satisfied","solved":"yes"}`},
		"unsatisfied, and not why yet": {garbage, Answer{Said: yes("satisfaction", "not")}, []string{"q_unsatisfied-why"}, ""},
	} {
		h, err := is.in.hear(cfg, is.class)
		var got []string
		if f := fault.Of(err); f != nil {
			for field := range f.Fields {
				got = append(got, field)
			}
		}
		if diff := cmp.Diff(is.faults, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if text, _ := json.Marshal(h.choices); is.kept != "" && string(text) != is.kept {
			t.Errorf("%s: kept %s", name, text)
		}
	}
}

// A street calls a fifth of its cases back, and of each unit one a day at least. What was decided stands in the
// closing act, and whoever has the key draws the same lot again.
func TestLotsAreDrawnAtClosing(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.set("callback.sample_percent", 20)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	var box *keys.Box
	count := map[string]int{}
	for i := range 25 {
		c := s.closed(ctx, rubbish())
		box = s.box(c)
		how := s.last(c.ID, "case.closed")
		count[how["callback"]]++
		lot := drawn(box, "callback", c.ID, 20)
		want := map[string]bool{byLeast: true, byLot: lot, byNone: !lot}
		if !want[how["callback"]] || how["percent"] != "20" || how["draw_key"] != fmt.Sprint(box.Version()) {
			t.Errorf("case %d is decided by %v, its lot is %v", i, how, lot)
		}
		if (i == 0) != (how["callback"] == byLeast) {
			t.Errorf("the least of the day is taken as case %d", i)
		}
		if c.OwesCall != (how["callback"] != byNone) || (c.Stage == Archived) == c.OwesCall {
			t.Errorf("decided by %q it is %s, owes a call: %v", how["callback"], c.Stage, c.OwesCall)
		}
	}
	if count[byNone] == 0 || count[byLot] == 0 {
		t.Errorf("decided by %v", count)
	}
	next, _ := clock.Hold(t.Context(), at("2026-11-24 10:00"))
	if c := s.closed(next, rubbish()); s.last(c.ID, "case.closed")["callback"] != byLeast {
		t.Error("the first case of a new day is not taken")
	}
	order := rubbish()
	order.Channel, order.UpperNo = "hotline", "12345-1"
	if c := s.closed(ctx, order); s.last(c.ID, "case.closed")["callback"] != byRoute || !c.OwesCall || !c.OwesReply {
		t.Error("an order whose route insists is not called back")
	}
}

// Lots fall evenly, more of them with a greater share and none away, and differently for another purpose.
func TestLotsAreFair(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	box := s.box(nil)
	rapid.Check(t, func(rt *rapid.T) {
		id := tenants.NewID()
		a, b := rapid.IntRange(0, 100).Draw(rt, "a"), rapid.IntRange(0, 100).Draw(rt, "b")
		if drawn(box, "check", id, min(a, b)) && !drawn(box, "check", id, max(a, b)) {
			rt.Fatalf("drawn of %d in a hundred and not of %d", min(a, b), max(a, b))
		}
		if drawn(box, "check", id, 0) || !drawn(box, "check", id, 100) {
			rt.Fatal("none and all are not none and all")
		}
	})
	n, both := 0, 0
	for range 10_000 {
		id := tenants.NewID()
		if drawn(box, "callback", id, 30) {
			n++
			if drawn(box, "check", id, 30) {
				both++
			}
		}
	}
	if n < 2800 || n > 3200 || both < 750 || both > 1050 { // five standard deviations
		t.Errorf("%d of 10,000 drawn of thirty in a hundred, %d for both purposes", n, both)
	}
}
