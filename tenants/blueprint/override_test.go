package blueprint

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wanjie/app/fault"
)

// desk is a street's configuration in memory: what plan does, without a database.
type desk struct {
	v         *Version
	base      *Config
	overrides []Override
	revision  int64
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	v, c := street(t)
	return &desk{v: v, base: c}
}

func (d *desk) change(edits ...Edit) error {
	rows, _, err := plan(d.v, d.base, d.overrides, d.revision, edits)
	if err == nil && len(rows) > 0 {
		d.overrides = append(d.overrides, rows...)
		d.revision++
	}
	return err
}

func (d *desk) now(t testing.TB) *Config {
	t.Helper()
	return d.at(t, d.revision)
}

func (d *desk) at(t testing.TB, revision int64) *Config {
	t.Helper()
	c, err := Effective(d.v, d.overrides, revision)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// set is a setting's new value, from the configuration as it is now.
func (d *desk) set(t testing.TB, key string, value any) Edit {
	t.Helper()
	e, err := d.now(t).Set(key, value)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestChangeAndBack(t *testing.T) {
	d := newDesk(t)
	if err := d.change(d.set(t, "callback.sample_percent", 30)); err != nil {
		t.Fatal(err)
	}
	if err := d.change(d.set(t, "callback.sample_percent", 20)); err != nil {
		t.Fatal(err)
	}
	if err := d.change(GiveBack(Settings, "callback.sample_percent")); err != nil {
		t.Fatal(err)
	}
	for revision, want := range []int64{100, 30, 20, 100} {
		if got := d.at(t, int64(revision)).Int("callback.sample_percent", 0); got != want {
			t.Errorf("at revision %d it is %d, want %d", revision, got, want)
		}
	}
	if blue, _ := d.v.Find(Ref{Settings, "callback.sample_percent"}); d.overrides[0].Base != blue.Digest() {
		t.Error("the override does not remember the item it was made from")
	}
	// Nothing to give back, nothing new to say: no revision.
	for _, e := range []Edit{GiveBack(Settings, "callback.sample_percent"), d.set(t, "callback.sample_percent", 100), d.set(t, "desk.name", "集成指挥中心")} {
		if err := d.change(e); err != nil || d.revision != 3 {
			t.Errorf("%s made revision %d (%v)", e.Ref, d.revision, err)
		}
	}
	// Set back by hand is given back.
	if err := d.change(d.set(t, "desk.name", "枫桥指挥大厅")); err != nil {
		t.Fatal(err)
	}
	if err := d.change(d.set(t, "desk.name", "集成指挥中心")); err != nil {
		t.Fatal(err)
	}
	if last := d.overrides[len(d.overrides)-1]; !last.Back() {
		t.Errorf("the blueprint's own value is kept as the street's: %s", last.Body)
	}
}

func TestTenantsAddRetireAndNeverLose(t *testing.T) {
	d := newDesk(t)
	pumps := Unit{Entry: Entry{Key: "pump-station"}, Name: "排涝泵站", Short: "泵站", Kind: Station, Parent: "urban-construction"}
	flood := Class{Entry: Entry{Key: "extension-30"}, Title: "防汛排涝", Scheme: "street", Code: "30", Kind: Extension}
	duty := Duty{Entry: Entry{Key: "floods"}, Class: "extension-30", Unit: "pump-station", List: Basic, Ground: "《防洪法》"}
	soon := Condition{Entry: Entry{Key: "flood"}, Class: "extension-30", Text: "积水", Limit: Limit{2, UrgentHour}, Close: "积水排除"}
	if err := d.change(Put(pumps), Put(flood), Put(duty), Put(soon)); err != nil {
		t.Fatal(err)
	}
	if unit, _, ok := d.now(t).Propose("extension-30", ""); !ok || unit != "pump-station" {
		t.Errorf("floods go to %q", unit)
	}
	if err := d.change(GiveBack(Units, "pump-station")); !fault.Is(err, fault.Conflict) {
		t.Errorf("a unit of the street's own was given back to a blueprint that never had it: %v", err)
	}
	pumps.Retired = true
	if err := d.change(Put(pumps)); !fault.Is(err, fault.Invalid) || fault.Of(err).Fields["unit"] == "" {
		t.Errorf("a unit with a duty retired: %v", err)
	}
	duty.Retired = true
	if err := d.change(Put(pumps), Put(duty)); err != nil {
		t.Fatal(err)
	}
	c := d.now(t)
	if u, ok := c.Units.Find("pump-station"); !ok || !u.Retired || u.Name != "排涝泵站" {
		t.Errorf("the retired unit lost its name: %+v", u)
	}
	for _, u := range c.Units.All() {
		if u.Key == "pump-station" {
			t.Error("the retired unit is still offered")
		}
	}
	if _, _, ok := c.Propose("extension-30", ""); ok {
		t.Error("a retired duty still proposes")
	}
	if _, _, ok := d.at(t, 1).Propose("extension-30", ""); !ok {
		t.Error("a case of revision 1 lost its duty")
	}
}

func TestBrokenChangesAreRefusedWithFieldAndReason(t *testing.T) {
	item := func(k Kind, key, body string) Edit { return Edit{Ref: Ref{k, key}, Body: json.RawMessage(body)} }
	for name, c := range map[string]struct {
		edit  func(d *desk) Edit
		kind  fault.Kind
		field string
	}{
		"limit nought": {func(d *desk) Edit {
			x, _ := d.base.Conditions.Find("exposed-waste")
			x.Limit.Value = 0
			return Put(x)
		}, fault.Invalid, "limit"},
		"unit unknown": {func(d *desk) Edit {
			x, _ := d.base.Duties.Find("exposed-waste")
			x.Unit = "nobody"
			return Put(x)
		}, fault.Invalid, "unit"},
		"unit retired in use": {func(d *desk) Edit {
			x, _ := d.base.Units.Find("sanitation")
			x.Retired = true
			return Put(x)
		}, fault.Invalid, "unit"},
		"units in a ring": {func(d *desk) Edit {
			x, _ := d.base.Units.Find("urban-construction")
			x.Parent = "property"
			return Put(x)
		}, fault.Invalid, "parent"},
		"setting's type": {func(d *desk) Edit {
			x, _ := d.base.Settings.Find("desk.name")
			x.Type, x.Value = Int, json.RawMessage("1")
			return Put(x)
		}, fault.Invalid, "value"},
		"setting out of range": {func(d *desk) Edit {
			x, _ := d.base.Settings.Find("callback.sample_percent")
			x.Value = json.RawMessage("1")
			return Put(x)
		}, fault.Invalid, "value"},
		"setting retired": {func(d *desk) Edit {
			x, _ := d.base.Settings.Find("desk.name")
			x.Retired = true
			return Put(x)
		}, fault.Invalid, "retired"},
		"invented setting": {func(*desk) Edit {
			return item(Settings, "my.own", `{"title":"我","explanation":"的","type":"bool","value":true}`)
		}, fault.Invalid, "key"},
		"invented module": {func(*desk) Edit { return item(Modules, "mine", `{"title":"我的","on":true}`) }, fault.Invalid, "key"},
		"invented matter": {func(*desk) Edit {
			return item(Classes, "matter-06099", `{"title":"自造","scheme":"national","standard_ref":"GB/T 47678.5-2026","code":"06099","kind":"matter"}`)
		}, fault.Invalid, "kind"},
		"national recoded":  {func(d *desk) Edit { x, _ := d.base.Classes.Find("matter-06010"); x.Code = "06099"; return Put(x) }, fault.Invalid, "code"},
		"module renamed":    {func(d *desk) Edit { x, _ := d.base.Modules.Find("cases"); x.Title = "工单"; return Put(x) }, fault.Invalid, "on"},
		"unknown field":     {func(*desk) Edit { return item(Channels, "phone", `{"title":"电话","colour":"red"}`) }, fault.Invalid, "colour"},
		"no JSON":           {func(*desk) Edit { return item(Channels, "phone", `{`) }, fault.Invalid, ""},
		"no such kind":      {func(*desk) Edit { return item("colour", "red", `{}`) }, fault.NotFound, ""},
		"back from nothing": {func(*desk) Edit { return GiveBack(Units, "nobody") }, fault.NotFound, ""},
		"changed meanwhile": {func(d *desk) Edit { e, _ := d.base.Set("desk.name", "x"); e.Seen = "0"; return e }, fault.Conflict, ""},
		"roles are no items": {func(*desk) Edit {
			return item("role", "handler", `{"title":"承办联络员","capabilities":["cases.instruct"]}`)
		}, fault.NotFound, ""},
		"calendar retired": {func(d *desk) Edit { x, _ := d.base.Calendars.Find("default"); x.Retired = true; return Put(x) }, fault.Invalid, "retired"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			err := d.change(c.edit(d))
			f := fault.Of(err)
			if f == nil || f.Kind != c.kind {
				t.Fatalf("answers %v", err)
			}
			if _, named := f.Fields[c.field]; c.kind == fault.Invalid && !named {
				t.Errorf("does not name the field %q: %v", c.field, f.Fields)
			}
			if d.revision != 0 {
				t.Error("something was written")
			}
		})
	}
	d := newDesk(t)
	if err := d.change(d.set(t, "desk.name", "甲"), d.set(t, "desk.name", "乙")); !fault.Is(err, fault.Invalid) {
		t.Errorf("one item said two things: %v", err)
	}
}

func TestAllOfAChangeOrNothing(t *testing.T) {
	d := newDesk(t)
	bad, _ := d.base.Duties.Find("exposed-waste")
	bad.Unit = "nobody"
	if err := d.change(d.set(t, "desk.name", "枫桥指挥大厅"), Put(bad)); err == nil {
		t.Fatal("was accepted")
	}
	if got := d.now(t).Line("desk.name", ""); got != "集成指挥中心" {
		t.Errorf("half of it was written: %q", got)
	}
}

func TestOldFaultsDoNotBlockNewChanges(t *testing.T) {
	d := newDesk(t)
	// A row that an older, milder release accepted.
	d.overrides = []Override{{Ref: Ref{Duties, "old"}, Revision: 1, Body: json.RawMessage(`{"class":"extension-20","ground":"旧","list":"basic","unit":"gone","future":1}`)}}
	d.revision = 1
	if err := d.change(d.set(t, "desk.name", "枫桥指挥大厅")); err != nil {
		t.Errorf("an old fault keeps the street from renaming its hall: %v", err)
	}
}

func TestSourcesShowBlueprintOwnAndEffect(t *testing.T) {
	d := newDesk(t)
	if err := d.change(d.set(t, "desk.name", "枫桥指挥大厅"), Put(Unit{Entry: Entry{Key: "pumps"}, Name: "泵站", Short: "泵站", Kind: Station})); err != nil {
		t.Fatal(err)
	}
	find := func(v *Version, r Ref) Source {
		for _, s := range Sources(v, d.overrides, d.revision) {
			if s.Ref == r {
				return s
			}
		}
		t.Fatalf("no source for %s", r)
		return Source{}
	}
	hall := Ref{Settings, "desk.name"}
	if s := find(d.v, hall); s.Blueprint == nil || s.Own == nil || s.Behind || string(s.Effective.Body) != string(s.Own.Body) || string(s.Blueprint.Body) == string(s.Own.Body) {
		t.Errorf("changed item: %+v", s)
	}
	if s := find(d.v, Ref{Units, "pumps"}); s.Blueprint != nil || s.Own == nil || s.Own.Base != "" {
		t.Errorf("added item: %+v", s)
	}
	if s := find(d.v, Ref{Units, "sanitation"}); s.Blueprint == nil || s.Own != nil || s.Behind {
		t.Errorf("untouched item: %+v", s)
	}
	// The blueprint's next version words the same item anew: the street's own is behind.
	next := *d.v
	next.Items = append([]Item(nil), d.v.Items...)
	for n, i := range next.Items {
		if i.Ref() == hall {
			next.Items[n].Body = json.RawMessage(`{"explanation":"新说明","title":"指挥大厅名称","type":"text","value":"集成指挥中心"}`)
		}
	}
	if s := find(&next, hall); !s.Behind {
		t.Error("an override made from an older body is not seen to be behind")
	}
}

// The configuration at any revision is what one gets by walking through history item by item, and
// nothing that comes later changes it: a case keeps the rules it was filed under.
func TestEffectiveEqualsNaiveHistory(t *testing.T) {
	v, base := street(t)
	rapid.Check(t, func(rt *rapid.T) {
		d := &desk{v: v, base: base}
		type past struct {
			items  []Item
			config *Config
		}
		naive := map[Ref]Item{}
		for _, i := range v.Items {
			naive[i.Ref()] = i
		}
		snapshot := func() past {
			var items []Item
			for _, i := range naive {
				items = append(items, i)
			}
			slices.SortFunc(items, func(a, b Item) int { return a.Ref().compare(b.Ref()) })
			c, err := base.under(d.overrides, d.revision)
			if err != nil {
				rt.Fatal(err)
			}
			return past{items, c}
		}
		history := []past{snapshot()}
		for range rapid.IntRange(1, 12).Draw(rt, "changes") {
			var edits []Edit
			for n := range rapid.IntRange(1, 4).Draw(rt, "items") {
				edits = append(edits, drawEdit(rt, v, base, n))
			}
			before := d.revision
			if err := d.change(edits...); err != nil {
				if fault.Of(err) == nil {
					rt.Fatalf("not a fault: %v", err)
				}
				if d.revision != before {
					rt.Fatal("refused and yet written")
				}
				continue
			}
			for _, e := range edits {
				if blue, ok := v.Find(e.Ref); ok && e.Body == nil {
					naive[e.Ref] = blue
				} else if e.Body != nil {
					naive[e.Ref] = Item{e.Kind, e.Key, e.Body, e.Retired}
				}
			}
			if d.revision > before {
				history = append(history, snapshot())
			}
		}
		shuffled := rapid.Permutation(d.overrides).Draw(rt, "any order")
		for revision, was := range history {
			if items := Items(v, shuffled, int64(revision)); !reflect.DeepEqual(was.items, items) {
				rt.Fatalf("revision %d differs from its history: %s", revision, cmp.Diff(was.items, items))
			}
			c, err := base.under(shuffled, int64(revision))
			if err != nil {
				rt.Fatal(err)
			}
			if !reflect.DeepEqual(was.config, c) {
				rt.Fatalf("revision %d changed afterwards", revision)
			}
			if err := c.Check(); err != nil {
				rt.Fatalf("revision %d does not hold together: %v", revision, err)
			}
		}
	})
}

// drawEdit draws something an admin might do; n keeps the items of one change apart.
func drawEdit(rt *rapid.T, v *Version, c *Config, n int) Edit {
	switch rapid.IntRange(0, 5).Draw(rt, "what") {
	case 0:
		key := []string{"callback.sample_percent", "cases.warn_percent"}[n%2]
		e, _ := c.Set(key, rapid.IntRange(40, 100).Draw(rt, "value"))
		return e
	case 1:
		x := c.Conditions.All()[n*7+rapid.IntRange(0, 6).Draw(rt, "condition")]
		x.Limit.Value = rapid.IntRange(0, 9).Draw(rt, "limit")
		x.Retired = rapid.Bool().Draw(rt, "retired")
		return Put(x)
	case 2:
		x := Unit{Entry: Entry{Key: fmt.Sprintf("own-%d-%d", n, rapid.IntRange(0, 2).Draw(rt, "unit"))}, Name: "自建站", Short: "站", Kind: Station}
		x.Retired = rapid.Bool().Draw(rt, "retired")
		return Put(x)
	case 3:
		x := c.Duties.All()[n*7+rapid.IntRange(0, 6).Draw(rt, "duty")]
		x.Unit, x.UnitKind = rapid.SampledFrom([]string{"sanitation", "municipal", "own-0-0", "320505003002"}).Draw(rt, "to"), ""
		return Put(x)
	case 4:
		x := c.Units.All()[n*4+rapid.IntRange(0, 3).Draw(rt, "unit")]
		x.Short = rapid.StringMatching(`[甲乙丙]{1,2}`).Draw(rt, "short")
		return Put(x)
	default:
		i := v.Items[n*40+rapid.IntRange(0, 39).Draw(rt, "item")]
		return GiveBack(i.Kind, i.Key)
	}
}
