package blueprint

import "testing"

func TestDutyListDecidesStatutoryDispatch(t *testing.T) {
	_, c := street(t)
	const fengqiao = "320505003001"
	for _, x := range []struct{ class, unit, duty string }{
		{"matter-06010", "sanitation", "exposed-waste"},      // its own row
		{"matter-06013", "municipal", "broken-road"},         //
		{"matter-07001", "enforcement", "advertising"},       // its parent's
		{"matter-06036", fengqiao, "piled-things"},           // the community where it lies
		{"component-01005", "municipal", "public-utilities"}, // assisting, for want of a basic duty
		{"matter-08016", "", ""},                             // withdrawn: the street proposes nobody
		{"no-such-class", "", ""},                            //
		{"extension-24002", "convenience", "advice"},         //
		{"extension-20003", "labour", "wages"},               //
	} {
		unit, ground, ok := c.Propose(x.class, fengqiao)
		if unit != x.unit || ground.Key != x.duty || ok != (x.unit != "") {
			t.Errorf("%s goes to %q by %q (%t), want %q by %q", x.class, unit, ground.Key, ok, x.unit, x.duty)
		}
		if ok && ground.Ground == "" {
			t.Errorf("%s is dispatched by law without a law", x.class)
		}
	}
	for _, x := range []struct{ class, condition, unit, duty string }{
		{"matter-06001", "building-going-up", "enforcement-squad", "building-going-up"}, // the condition decides
		{"matter-06001", "building-to-remove", "enforcement", "unlawful-building"},      // the duty list does
		{"matter-06036", "piled-things-fire", "emergency", "blocked-stairs"},            //
		{"matter-06036", "piled-things", fengqiao, "piled-things"},                      //
		{"matter-06010", "building-going-up", "sanitation", "exposed-waste"},            // not on this class's list
		{"matter-06010", "no-such-condition", "sanitation", "exposed-waste"},            //
	} {
		if unit, ground, ok := c.ProposeFor(x.class, x.condition, fengqiao); !ok || unit != x.unit || ground.Key != x.duty {
			t.Errorf("%s under %s goes to %q by %q, want %q by %q", x.class, x.condition, unit, ground.Key, x.unit, x.duty)
		}
	}
	if unit, _, ok := c.Propose("matter-06036", ""); ok {
		t.Errorf("without a community the heap in the corridor went to %q", unit)
	}
}

func TestLimitsComeFromConditions(t *testing.T) {
	_, c := street(t)
	rows := c.ConditionsOf("matter-06001")
	if len(rows) != 3 || rows[0].Key != "building-going-up" || rows[2].Limit != (Limit{20, WorkingDay}) {
		t.Errorf("an illegal building has the conditions %v", rows)
	}
	if rows := c.ConditionsOf("component-01005"); len(rows) != 2 || rows[0].Limit.Unit != UrgentHour {
		t.Errorf("a power cover does not inherit its group's conditions: %v", rows)
	}
	if rows := c.ConditionsOf("matter-08016"); len(rows) != 1 || rows[0].Key != "unlicensed-works" {
		t.Errorf("a withdrawn class is only to be reported upwards: %v", rows)
	}
	if rows := c.ConditionsOf("matter-06002"); len(rows) != 1 || rows[0].Key != "appearance" {
		t.Errorf("a class without conditions of its own has its group's: %v", rows)
	}
}

func TestRoutesByChannelAndClass(t *testing.T) {
	_, c := street(t)
	if r := c.RouteOf("grid", "matter-06010"); !r.Skips(StepVerify) || !r.AutoFile {
		t.Errorf("a grid worker's report is verified again: %+v", r)
	}
	if r := c.RouteOf("hotline", "matter-06010"); r.Skips(StepCallBack) || !r.AutoFile {
		t.Errorf("a hotline order goes %+v", r)
	}
	if r := c.RouteOf("phone", "extension-24001"); r.Key != "phone-advice" || !r.Skips(StepCheck) {
		t.Errorf("a question by phone goes %+v", r)
	}
	if r := c.RouteOf("resident", "matter-06010"); r.Key != "" || r.Skips(StepVerify) || r.AutoFile {
		t.Errorf("a resident's report goes %+v, want every step", r)
	}
}

func TestSettingsAreTyped(t *testing.T) {
	_, c := street(t)
	if c.Bool("cases.auto_file", true) || c.Int("callback.sample_percent", 0) != 100 || c.Line("desk.name", "") != "集成指挥中心" ||
		c.Choice("desk.sort", "") != "deadline" || c.Limit("cases.check_limit", Limit{}) != (Limit{1, WorkingDay}) {
		t.Error("a setting does not have its blueprint value")
	}
	if !c.Bool("not.there", true) || c.Int("desk.name", 7) != 7 {
		t.Error("a setting that this version lacks, or has in another type, does not fall back")
	}
	if c.Text("report.emergency") == "" || c.Text("not.there") != "" {
		t.Error("texts")
	}
}

func TestCommunitiesComeFromTheDivisionList(t *testing.T) {
	v, c := street(t)
	const street, first = "320505003", "320505003001"
	u, ok := c.UnitOf(first)
	if !ok || u.Kind != Community || u.Name == "" || len(u.Short) >= len(u.Name) {
		t.Fatalf("community %s is %+v", first, u)
	}
	before := len(c.UnitsWithin(street))
	if before <= c.Units.Len() {
		t.Fatalf("%d units within %s, of which %d are offices", before, street, c.Units.Len())
	}
	renamed, retired := u, u
	renamed.Name = "江枫社区居民委员会"
	retired.Retired = true
	for _, x := range []struct {
		unit Unit
		want int
	}{{renamed, before}, {retired, before - 1}} {
		e := Put(x.unit)
		c, err := Effective(v, []Override{{Ref: e.Ref, Revision: 1, Body: e.Body, Retired: e.Retired}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.UnitsWithin(street)); got != x.want {
			t.Errorf("%d units, want %d", got, x.want)
		}
		if got, ok := c.UnitOf(first); !ok || got.Name != x.unit.Name {
			t.Errorf("the community's name is %q", got.Name)
		}
	}
}
