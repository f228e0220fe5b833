package cases

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// A report is looked at on the spot before it is accepted, and one that is not there goes back to the desk.
func TestVerification(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	for _, found := range []bool{true, false} {
		c := must(t)(s.as(ctx, clerk, report(rubbish())))
		must(t)(s.as(ctx, clerk, bare(SendToVerify, c.ID)))
		if _, err := s.as(ctx, clerk, verb(File, c.ID, Filing{})); !fault.Is(err, fault.Conflict) {
			t.Errorf("filed while it is being verified: %v", err)
		}
		if _, err := s.as(ctx, checker, confirm(c.ID, found, "")); fieldsOf(err)["remark"] == "" {
			t.Errorf("a finding without words: %v", err)
		}
		want := Reported
		if found {
			want = Accepted
		}
		if c = must(t)(s.as(ctx, checker, confirm(c.ID, found, "到场查看，现场情况如照片"))); c.Stage != want {
			t.Errorf("found %v: it is %s, want %s", found, c.Stage, want)
		}
		must(t)(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	}
}

// An inquiry is answered by whoever takes it in, and counts as closed; anything else is not.
func TestAnsweringAtOnce(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	in := rubbish()
	in.Class = "extension-24001"
	c := must(t)(s.as(ctx, clerk, report(in)))
	c = must(t)(s.as(ctx, clerk, verb(AnswerAtOnce, c.ID, "居住证可在便民服务中心三号窗口办理，也可在网上申请。")))
	if c.Stage != Answered || c.Outcome != OnTime {
		t.Errorf("answered: %s, %s", c.Stage, c.Outcome)
	}
	if got := s.counts(c.ID); got.Closed != 1 || got.OnTime != 1 || got.Received != 1 {
		t.Errorf("tallied as %+v", got)
	}
	c = must(t)(s.as(ctx, clerk, report(rubbish())))
	if _, err := s.as(ctx, clerk, verb(AnswerAtOnce, c.ID, "知道了")); !fault.Is(err, fault.Conflict) {
		t.Errorf("rubbish was talked away: %v", err)
	}
}

// An inquiry that was answered is drawn for a call-back by the rule of its channel: whoever answered it does not call, the
// resident who is content leaves it answered, the one who is not gets it back to the desk, counted, and answered again it is
// called back again.
func TestAnAnswerIsCalledBack(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.set("callback.sample_percent", 100)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	for _, is := range []struct {
		channel, upper string
		back           Stage
	}{{"phone", "", Accepted}, {"hotline", "SZ-1", Filed}} { // an order of 12345 was filed when it came
		in := rubbish()
		in.Class, in.Channel, in.UpperNo = "extension-24001", is.channel, is.upper
		c := must(t)(s.as(ctx, clerk, report(in)))
		c = must(t)(s.as(ctx, clerk, verb(AnswerAtOnce, c.ID, "可在便民服务中心三号窗口办理。")))
		if how := s.last(c.ID, "case.answered")["callback"]; c.Stage != Answered || !c.OwesCall || c.CallBy.IsZero() || how == "" || how == byNone {
			t.Fatalf("%s: answered it is %s, owes a call: %v, decided by %q", is.channel, c.Stage, c.OwesCall, how)
		}
		waits := func(person int64) (n int) {
			s.do(person, func(ctx context.Context, tx tenants.Tx) error {
				list, _, err := ToCall(ctx, tx)
				for i := range list {
					if list[i].ID == c.ID {
						n++
					}
				}
				return err
			})
			return n
		}
		if waits(caller) != 1 {
			t.Errorf("%s: it does not wait for the caller", is.channel)
		}
		hold.Move(at("2026-11-23 14:00"))
		c = must(t)(s.as(ctx, caller, verb(CallBack, c.ID, unsatisfied())))
		if c.Stage != is.back || c.Reopened != 1 || c.OwesCall || !c.ClosedAt.IsZero() || (is.back == Filed) != !c.DueAt.IsZero() {
			t.Errorf("%s: unsatisfied it is %s, reopened %d, due %s", is.channel, c.Stage, c.Reopened, c.DueAt)
		}
		// The shift leader may call back too, but not about what he answered himself.
		c = must(t)(s.as(ctx, chief, verb(AnswerAtOnce, c.ID, "已与窗口确认，带身份证即可。")))
		if how := s.last(c.ID, "case.answered")["callback"]; how != byAgain || !c.OwesCall {
			t.Errorf("%s: answered again, decided by %q", is.channel, how)
		}
		if _, err := s.as(ctx, chief, verb(CallBack, c.ID, satisfied())); !fault.Is(err, fault.Forbidden) || waits(chief) != 0 {
			t.Errorf("%s: who answered calls: %v, listed %d times", is.channel, err, waits(chief))
		}
		c = must(t)(s.as(ctx, caller, verb(CallBack, c.ID, satisfied())))
		if c.Stage != Answered || c.OwesCall || waits(caller) != 0 {
			t.Errorf("%s: content, it is %s, owes a call: %v", is.channel, c.Stage, c.OwesCall)
		}
		if got := s.counts(c.ID); got.Received != 1 || got.Closed != 1 {
			t.Errorf("%s: tallied as %+v", is.channel, got)
		}
		hold.Move(at("2026-11-23 10:00"))
	}
	// Where the lot draws few, the first that it does not draw owes nothing.
	s.set("callback.sample_percent", 5)
	s.set("callback.least_per_unit", 0)
	seen := map[string]int{}
	for range 40 {
		in := rubbish()
		in.Class = "extension-24001"
		c := must(t)(s.as(ctx, clerk, report(in)))
		c = must(t)(s.as(ctx, clerk, verb(AnswerAtOnce, c.ID, "三号窗口。")))
		how := s.last(c.ID, "case.answered")["callback"]
		if seen[how]++; c.OwesCall != (how == byLot) {
			t.Errorf("decided by %q it owes a call: %v", how, c.OwesCall)
		}
	}
	if seen[byNone] < 25 || seen[byNone]+seen[byLot] != 40 {
		t.Errorf("of forty %v", seen)
	}
}

// The same heap reported twice: the second report is laid to the first and counted once.
func TestMerging(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	first := must(t)(s.as(ctx, clerk, report(rubbish())))
	second := must(t)(s.as(ctx, clerk, report(rubbish())))
	for into, why := range map[string]string{"": "nothing", "20000101-00001": "a case that is not there", second.Number: "itself"} {
		if _, err := s.as(ctx, clerk, verb(Merge, second.ID, into)); fieldsOf(err)["into"] == "" {
			t.Errorf("merged into %s: %v", why, err)
		}
	}
	second = must(t)(s.as(ctx, clerk, verb(Merge, second.ID, first.Number)))
	if second.Stage != Merged || second.MergedInto != first.ID {
		t.Errorf("%s into %s", second.Stage, second.MergedInto)
	}
	if got := s.counts(second.ID); got.Received != 0 {
		t.Errorf("a merged report counts: %+v", got)
	}
	if _, err := s.as(ctx, clerk, verb(Merge, first.ID, second.Number)); fieldsOf(err)["into"] == "" {
		t.Errorf("merged into what is merged: %v", err)
	}
	elsewhere := openStreet(t, tenants.Home)
	must(t)(elsewhere.as(ctx, clerk, report(rubbish())))
	far := must(t)(elsewhere.as(ctx, clerk, report(rubbish())))
	third := must(t)(s.as(ctx, clerk, report(rubbish())))
	if far.Number == third.Number {
		t.Fatal("the streets' numbers are the same, so nothing is shown")
	}
	if _, err := s.as(ctx, clerk, verb(Merge, third.ID, "20261123-00099")); fieldsOf(err)["into"] == "" {
		t.Errorf("merged into nothing: %v", err)
	}
}

// Only the shift leader voids, with a ground of the list and words; no figure counts it.
func TestVoiding(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c := must(t)(s.as(ctx, clerk, report(rubbish())))
	if _, err := s.as(ctx, clerk, void(c.ID, "void-mistake", "录错了")); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the clerk voided: %v", err)
	}
	if got := fieldsOf(second(s.as(ctx, chief, void(c.ID, "because", "")))); got["ground"] == "" || got["words"] == "" {
		t.Errorf("refused fields: %v", got)
	}
	c = must(t)(s.as(ctx, chief, void(c.ID, "void-mistake", "录错了街道")))
	if got := s.counts(c.ID); c.Stage != Voided || got.Received != 0 {
		t.Errorf("%s, tallied as %+v", c.Stage, got)
	}
}

// A pit in the road by phone: filed and dispatched in the same moment, by the duty list.
func TestEmergenciesStartAtOnce(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	in := rubbish()
	in.Urgent = true
	c := must(t)(s.as(ctx, clerk, report(in)))
	if c.Stage != Handling || c.Unit != sanitation || c.First != sanitation || c.Lead.Basis != Statutory || c.Lead.Duty == "" {
		t.Fatalf("%s, %s, %+v", c.Stage, c.Unit, c.Lead)
	}
	if diff := cmp.Diff([]string{"case.reported", "case.filed", "case.dispatched"}, s.kinds(c.ID)); diff != "" {
		t.Error(diff)
	}
	s.onTheBooks(ctx, c)
	must(t)(s.as(ctx, worker, bare(Receive, c.ID)))
}

// An order from above is due the configured lead before its own deadline; only its issuer moves that.
func TestOrdersFromAbove(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, _ := clock.Hold(t.Context(), at("2026-09-29 10:00")) // before the holiday week
	in := rubbish()
	in.Channel, in.UpperNo, in.Class, in.UpperDue = "hotline", "SZ12345-77", "extension-21001", at("2026-09-30 17:30")
	c := must(t)(s.as(ctx, clerk, report(in)))
	if want := at("2026-09-30 13:30"); c.Stage != Filed || !c.DueAt.Equal(want) {
		t.Errorf("%s due %s, want filed and due %s: four working hours ahead", c.Stage, c.DueAt.In(clock.Zone), want)
	}
	if _, err := s.as(ctx, clerk, verb(Postpone, c.ID, at("2026-09-29 09:00"))); fieldsOf(err)["upper_due"] == "" {
		t.Errorf("moved into the past: %v", err)
	}
	// The condition gives five working days, 9 October 17:30; above now grants one more than the room for it.
	c = must(t)(s.as(ctx, clerk, verb(Postpone, c.ID, at("2026-10-09 10:00"))))
	if want := at("2026-10-08 14:30"); !c.DueAt.Equal(want) {
		t.Errorf("due %s, want %s", c.DueAt.In(clock.Zone), want)
	}
	in = rubbish()
	in.UpperDue = at("2026-10-09 10:00")
	if _, err := s.as(ctx, clerk, report(in)); fieldsOf(err)["upper_due"] == "" {
		t.Errorf("a phone call with a deadline from above: %v", err)
	}
}
