package blueprint

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// What the shipped blueprints say of a street must be whole: every class of the standard, somebody for
// each, a limit for each, both sides of shared duties.
func TestStreetBlueprintsAreWhole(t *testing.T) {
	for _, key := range []string{"city-street", "town"} {
		t.Run(key, func(t *testing.T) { whole(t, key) })
	}
}

func whole(t *testing.T, key string) {
	t.Helper()
	_, c := shippedVersion(t, key)
	_, centre := shippedVersion(t, "district-centre")

	count := map[ClassKind]int{}
	for _, k := range c.Classes.All() {
		if k.Parent != "" {
			count[k.Kind]++
		}
		if len(c.ConditionsOf(k.Key)) == 0 {
			t.Errorf("no filing condition for %s %s", k.Key, k.Title)
		}
		if k.StandardRef == "" && k.Kind != Extension {
			t.Errorf("%s names no standard", k.Key)
		}
		if c.Elastic(k.Key) != k.Elastic {
			t.Errorf("%s %s is elastic by its group only; say so", k.Key, k.Title)
		}
	}
	if count[Component] != 153 || count[Matter] != 97 { // GB/T 47678.5-2026 by the reference's count; 01–05 are the components again
		t.Errorf("%d components and %d matters", count[Component], count[Matter])
	}

	lists := map[DutyList]int{}
	for _, d := range c.Duties.All() {
		lists[d.List]++
		if d.List == Basic {
			continue
		}
		if d.Does == "" || d.UpperDoes == "" || len(d.Sectors) == 0 {
			t.Errorf("duty %s does not say what each side does", d.Key)
		}
	}
	if lists[Basic] < 50 || lists[Assisting] < 50 || lists[Withdrawn] < 5 {
		t.Errorf("duties: %v", lists)
	}
	for _, s := range c.Sectors.All() {
		if len(centre.UnitsOfSector(s.Key)) == 0 {
			t.Errorf("the centre has nobody for the sector %s", s.Title)
		}
	}
	for _, c := range []*Config{c, centre} {
		for _, k := range c.Conditions.All() {
			if k.Unit == "" && k.UnitKind == "" {
				continue
			}
			if !slices.ContainsFunc(c.DutiesOf(k.Class), func(d Duty) bool { return d.Unit == k.Unit && d.UnitKind == k.UnitKind }) {
				t.Errorf("condition %s names a unit that its class's duty list does not", k.Key)
			}
		}
	}
}

// The town says its differences only; what it does not mention is the street's.
func TestATownIsAStreetWithFields(t *testing.T) {
	v, town := shippedVersion(t, "town")
	base, c := street(t)
	if u, _ := town.Units.Find("party-government"); u.Name != "党政综合办公室" || u.Short != "党政办" {
		t.Errorf("the town's office is %+v", u)
	}
	if unit, _, ok := town.Propose("extension-40008", ""); !ok || unit != "enforcement" {
		t.Errorf("burning straw goes to %q", unit)
	}
	if _, ok := c.Classes.Find("extension-40"); ok {
		t.Error("a city street farms")
	}
	if town.Classes.Len() <= c.Classes.Len() || town.Int("cases.merge_metres", 0) != 200 || c.Int("cases.merge_metres", 0) != 50 {
		t.Error("differences are lost, or changed the street")
	}
	if len(v.Credits) != len(base.Credits) {
		t.Errorf("credits %v", v.Credits)
	}
}

func TestTheStreetsRoutesAndRates(t *testing.T) {
	_, c := street(t)
	for _, ch := range c.Channels.All() {
		r := c.RouteOf(ch.Key, "matter-06010")
		if ch.Upper && (!r.AutoFile || !r.Replies(ReplySend)) {
			t.Errorf("orders by %s do not arrive filed, or nobody answers them", ch.Key)
		}
	}
	if r := c.RouteOf("hotline", "matter-06010"); !r.Insists(StepCallBack) {
		t.Error("a hotline order may go without a call-back")
	}
	if r := c.RouteOf("phone", "extension-24001"); !r.Answer {
		t.Error("a question cannot be answered at intake")
	}
	if r := c.RouteOf("grid", "matter-06010"); !r.OnSpot || c.SampleOf(OfChecks, "grid", "matter-06010").Percent != 20 {
		t.Error("what is mended on the spot is not checked by sample")
	}
	if s := c.SampleOf(OfChecks, "grid", "extension-23001"); s.Percent != 100 {
		t.Error("a danger mended on the spot is checked by sample only")
	}
	for _, ch := range []string{"phone", "window", "resident", "grid", "hotline"} {
		if r := c.RouteFor(ch, "matter-06013", true); !r.AutoFile || !r.AutoDispatch || !r.Insists(StepCheck) {
			t.Errorf("an emergency by %s does not start at once: %+v", ch, r)
		}
	}
	for _, l := range ReasonLists {
		if len(c.ReasonsOf(l)) < 3 {
			t.Errorf("reasons of %s: %d", l, len(c.ReasonsOf(l)))
		}
	}
	levels := []int{}
	for _, w := range Works {
		levels = append(levels, len(c.LevelsOf(w)))
	}
	if !slices.Equal(levels, []int{1, 2, 3, 4}) {
		t.Errorf("一台受理、二级分拨、三级处置、四级监督 has levels %v", levels)
	}
	if c.Supervisions.Len() != 3 {
		t.Error("degrees of supervision orders")
	}
	for _, want := range []Counted{CountsValid, CountsContact, CountsSolved, CountsSatisfied, CountsReason} {
		if !slices.ContainsFunc(c.QuestionsOf("matter-06010"), func(q Question) bool { return q.Counts == want }) {
			t.Errorf("no question counts for %s", want)
		}
	}
	for _, number := range []string{"110", "119", "120", "12348"} {
		if !slices.ContainsFunc(c.Outsides.All(), func(o Outside) bool { return o.Number == number }) {
			t.Errorf("%s is not among the outside channels", number)
		}
	}
	month, _ := c.Reports.Find("hotline-month")
	if !month.Ranked || !month.Mean || month.Columns[1] != (Weigh{"resolution", 50}) || c.LeastOf(month) != 10 {
		t.Errorf("the hotline's month: %+v", month)
	}
	for _, d := range Documents {
		if _, ok := c.FormFor(d, "extension-23001"); !ok {
			t.Errorf("no paper for %s", d)
		}
	}
	if f, _ := c.FormFor(ClosingSheet, "extension-23001"); f.Key != "closing-safety" {
		t.Errorf("a danger is cleared on %s", f.Key)
	}
	if m, ok := c.MapClass("matter-2013", "0110"); !ok || m.Class.Key != "matter-06010" || m.Sure {
		t.Errorf("0110 of 2013 leads to %+v", m)
	}
	if m, ok := c.MapClass("matter-2013", "0112"); !ok || m.Class.Key != "matter-06012" || m.Sure {
		t.Errorf("0112 of 2013, which nobody wrote down, leads to %+v", m)
	}
	if m, ok := c.MapClass("national", "01001"); !ok || m.Class.Key != "component-01001" || !m.Sure {
		t.Errorf("01001 leads to %+v", m)
	}
}

// published are the editions that may stand in some database, each with its digest. A change of content
// needs a new number in the manifest and a line here; lines are never changed.
func TestANumberIsOneContent(t *testing.T) {
	const name = "testdata/published.txt"
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		edition, line := v.String()+" ", v.String()+" "+v.Digest()+"\n"
		switch text := "\n" + string(raw); {
		case strings.Contains(text, "\n"+line):
		case strings.Contains(text, "\n"+edition):
			t.Errorf("%s has other content than was published: raise the number in its manifest.yaml", v)
		default:
			t.Errorf("%s is new: append to %s\n%s", v, name, line)
		}
	}
}
