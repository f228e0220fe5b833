package cases

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func mend(class, words string) Intake {
	in := rubbish()
	in.Channel, in.Class, in.Fixed, in.Petitioner, in.Phone = "grid", class, words, "", ""
	return in
}

// A grid worker mends what he finds and reports both in one. The first of the day is checked; of the others the lot
// decides, and what is not drawn is closed without a visit. The act says how it was drawn, and it can be drawn again.
func TestAGridWorkerFixesOnTheSpot(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))

	first := ok(s.as(ctx, walker, report(mend("matter-06036", "已与住户一起清走"))))
	if first.Stage != Checking || first.Unit != community || !first.Lead.Spot || first.Lead.Basis != Statutory || first.Lead.Duty == "" || first.Lead.HandledBy != walker {
		t.Fatalf("mended: %s of %s, %+v", first.Stage, first.Unit, first.Lead)
	}
	s.onTheBooks(ctx, first)
	if diff := cmp.Diff([]string{"case.reported", "case.filed", "case.handled"}, s.kinds(first.ID)); diff != "" {
		t.Error(diff)
	}
	drawn, spared := 0, 0
	for range 40 {
		c := ok(s.as(ctx, walker, report(mend("matter-06036", "已清走"))))
		s.onTheBooks(ctx, c)
		told := s.told(ctx, c, "case.handled")
		number := Lot(s.box(c), c)
		if told["lot"] != strconv.Itoa(number) || told["share"] != "20" || told["spot"] != "1" || told["key"] == "" {
			t.Fatalf("the act says %v of lot %d", told, number)
		}
		switch taken := number < 2000; {
		case taken && (c.Stage != Checking || told["drawn"] != "1"), !taken && (c.Stage != Archived || told["drawn"] != "0" || c.Outcome != OnTime):
			t.Fatalf("lot %d of 10000 at 20 %% is %s, drawn %s", number, c.Stage, told["drawn"])
		case taken:
			drawn++
		default:
			spared++
		}
	}
	if drawn == 0 || spared == 0 { // 40 of 20 %: one in seven thousand that nothing is drawn
		t.Errorf("%d drawn, %d spared", drawn, spared)
	}
	hold.Move(at("2026-11-24 10:00"))
	if c := ok(s.as(ctx, walker, report(mend("matter-06036", "已清走")))); c.Stage != Checking {
		t.Errorf("the first of the next day is %s", c.Stage)
	}
	danger := mend("extension-23001", "已移走堵门的杂物")
	for range 6 {
		if c := ok(s.as(ctx, walker, report(danger))); c.Stage != Checking {
			t.Fatalf("a danger mended on the spot is %s", c.Stage)
		}
	}
	urgent := mend("matter-06036", "已清走")
	urgent.Urgent = true
	if c := ok(s.as(ctx, walker, report(urgent))); c.Stage != Checking || s.told(ctx, c, "case.handled")["drawn"] != "" {
		t.Errorf("what the route insists on was drawn for: %s", c.Stage)
	}
	s.browser(ctx, walker).get("/cases/new").has(1, "textarea[name=fixed]")
	s.browser(ctx, clerk).get("/cases/new").has(0, "textarea[name=fixed]")
	s.browser(ctx, chief).get("/cases/"+first.ID.String()).says("巡办一体", "抽签 "+strconv.Itoa(Lot(s.box(first), first)))
}

// What was not mended goes to whom the list names, not back to who found it.
func TestWhatWasNotMendedIsDispatched(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ok := must(t)
	ctx := now(t)
	c := ok(s.as(ctx, walker, report(mend(garbage, "已扫"))))
	if c.Unit != community || c.Lead.Duty != "" || c.Stage != Checking {
		t.Fatalf("%s of %s by duty %q", c.Stage, c.Unit, c.Lead.Duty)
	}
	c = ok(s.as(ctx, checker, verb(Check, c.ID, Finding{Remark: "仍有大件垃圾"})))
	if c.Stage != Filed || c.Unit != "" || c.First != "" || c.Reworks != 1 || c.Lead != nil {
		t.Errorf("not mended: %s of %q, first %q, %d reworks", c.Stage, c.Unit, c.First, c.Reworks)
	}
	s.onTheBooks(ctx, c)
	c = ok(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	c = ok(s.as(ctx, worker, verb(Handle, c.ID, "已清运")))
	if c.Stage != Checking {
		t.Errorf("what was sent back once is %s without a check", c.Stage)
	}
	s.onTheBooks(ctx, c)
}

// Who may, and where: a worker of the street's grids, on routes that say so.
func TestWhoMayFixOnTheSpot(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	s.staff()
	ctx := now(t)
	phone := mend("matter-06036", "已清走")
	phone.Channel = "phone"
	for who, in := range map[int64]Intake{clerk: mend("matter-06036", "已清走"), walker: phone} {
		if got := fieldsOf(second(s.as(ctx, who, report(in)))); got["fixed"] == "" {
			t.Errorf("%d fixed by %s: %v", who, in.Channel, got)
		}
	}
	away := mend("matter-06036", "已清走")
	away.Community = "320505003002"
	if c := must(t)(s.as(ctx, walker, report(away))); c.Unit != community || c.Community != "320505003002" {
		t.Errorf("what he mends next door is %s's in %s", c.Unit, c.Community)
	}
	nowhere := mend("matter-06036", "已清走")
	nowhere.Community = ""
	if c := must(t)(s.as(ctx, walker, report(nowhere))); c.Community != community {
		t.Errorf("without a place it lies in %q", c.Community)
	}
}

// The tenant's share of checks holds for ordinary work too, and never for what a route insists on.
func TestOrdinaryWorkIsSampled(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx := now(t)
	s.setting(ctx, "check.sample_percent", 5)
	s.setting(ctx, "check.least_per_unit", 0)
	spared := 0
	for range 30 {
		c := s.dispatched(ctx, rubbish(), toSanitation)
		c = ok(s.as(ctx, worker, verb(Handle, c.ID, "已清运")))
		if taken := Lot(s.box(c), c) < 500; taken != (c.Stage == Checking) || !taken && c.Stage != Closed {
			t.Fatalf("lot %d at 5 %% is %s", Lot(s.box(c), c), c.Stage)
		}
		if c.Stage == Closed {
			spared++
			s.onTheBooks(ctx, c)
		}
	}
	if spared == 0 {
		t.Error("nothing was spared at five per cent")
	}
	in := rubbish()
	in.Channel = "inspection"
	c := s.dispatched(ctx, in, toSanitation)
	if c = ok(s.as(ctx, worker, verb(Handle, c.ID, "已清运"))); c.Stage != Checking {
		t.Errorf("what an inspection found is %s", c.Stage)
	}
}

// An emergency by telephone is filed and with its unit in the moment it is reported, at night too, and the receipt clock
// runs through the night.
func TestAnEmergencyStartsAtOnce(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ok := must(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-22 23:00")) // a Sunday
	in := rubbish()
	in.Urgent = true
	c := ok(s.as(ctx, clerk, report(in)))
	if c.Stage != Handling || c.Unit != sanitation || c.Lead.Duty == "" || !c.Lead.ReceiveBy.Equal(at("2026-11-23 00:00")) {
		t.Fatalf("an emergency is %s of %s, to be received by %s", c.Stage, c.Unit, c.Lead.ReceiveBy.In(clock.Zone))
	}
	if diff := cmp.Diff([]string{"case.reported", "case.filed", "case.dispatched"}, s.kinds(c.ID)); diff != "" {
		t.Error(diff)
	}
	s.onTheBooks(ctx, c)
	hold.Move(at("2026-11-23 00:01"))
	s.ring(ctx)
	if c = s.find(ctx, c.ID); !c.Lead.Unsigned {
		t.Error("nobody signed for an hour of the night, and nothing says so")
	}
	plain := s.dispatched(ctx, rubbish(), toSanitation)
	if !plain.Lead.ReceiveBy.Equal(at("2026-11-23 11:00")) {
		t.Errorf("what is no emergency is to be received by %s", plain.Lead.ReceiveBy.In(clock.Zone))
	}
}

// told is what the newest act of a kind says of a case.
func (s *street) told(ctx context.Context, c *Case, kind string) (out tenants.Dims) {
	for _, e := range s.events(ctx, c.ID) {
		if e.Kind == kind {
			out = e.After
		}
	}
	return out
}

// setting is changed by the street's admin.
func (s *street) setting(ctx context.Context, key string, value any) {
	s.t.Helper()
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		edit, err := cfg.Set(key, value)
		if err != nil {
			return err
		}
		_, err = blueprint.Change(ctx, tx, edit)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}
