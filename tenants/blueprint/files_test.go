package blueprint

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// street is the shipped city-street blueprint and its bare configuration.
func street(t testing.TB) (*Version, *Config) {
	t.Helper()
	return shippedVersion(t, "city-street")
}

func shippedVersion(t testing.TB, key string) (*Version, *Config) {
	t.Helper()
	v, err := Load(shipped, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Effective(v, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v, c
}

func TestShippedBlueprintsHoldTogether(t *testing.T) {
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	opens := map[string]string{}
	for _, v := range all {
		opens[v.Key] = v.For
		c, err := Effective(v, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Every class that a case may bear has somebody who answers for it, or is said to be
		// withdrawn, and a condition that gives it a limit or the general one.
		for _, k := range c.Classes.All() {
			if len(c.DutiesOf(k.Key)) == 0 {
				t.Errorf("%s: nobody answers for class %s %s", v.Key, k.Key, k.Title)
			}
		}
		if !c.On("cases") {
			t.Errorf("%s: module cases is off", v.Key)
		}
	}
	if diff := cmp.Diff(map[string]string{"city-street": "street", "district-centre": "centre", "town": "street"}, opens); diff != "" {
		t.Error(diff)
	}
	v, _ := street(t)
	if len(v.Credits) == 0 || !strings.Contains(v.Credits[0].Name, "枫桥") {
		t.Errorf("the street blueprint credits %v, not the street it is made from", v.Credits)
	}
}

func TestFilesAreRefusedByFileItemAndField(t *testing.T) {
	const head = "key: b\nnumber: 1\nfor: street\ntitle: 样板\nsummary: s\ncredits: []\n"
	good := map[string]string{
		"manifest.yaml":  head,
		"unit.yaml":      "- {key: office, name: 办公室, short: 办, kind: office}\n",
		"class.yaml":     "- {key: extension-20, kind: extension, scheme: street, code: '20', title: 纠纷}\n",
		"duty.yaml":      "- {key: d, class: extension-20, unit: office, list: basic, ground: 清单}\n",
		"condition.yaml": "- {key: c, class: extension-20, text: 一般, limit: {value: 1, unit: working_day}, close: 办结}\n",
		"channel.yaml":   "- {key: phone, title: 电话}\n",
		"route.yaml":     "- {key: r, channel: phone, skip: [verify]}\n",
	}
	for name, c := range map[string]struct{ file, body, want string }{
		"as it is":            {"", "", ""},
		"unknown field":       {"unit.yaml", "- {key: office, name: 办公室, short: 办, kind: office, colour: red}\n", "b/unit.yaml: unit/office: colour"},
		"code without quotes": {"class.yaml", "- {key: extension-20, kind: extension, scheme: street, code: 20, title: 纠纷}\n", "b/class.yaml: class/extension-20: code"},
		"unknown unit kind":   {"unit.yaml", "- {key: office, name: 办公室, short: 办, kind: bureaux}\n", "b/unit.yaml: unit/office: kind"},
		"parent missing":      {"unit.yaml", "- {key: office, name: 办公室, short: 办, kind: office, parent: nobody}\n", "b/unit.yaml: unit/office: parent"},
		"own parent":          {"unit.yaml", "- {key: office, name: 办公室, short: 办, kind: office, parent: office}\n", "b/unit.yaml: unit/office: parent"},
		"community by name":   {"unit.yaml", "- {key: office, name: 枫桥社区, short: 枫桥, kind: community}\n", "b/unit.yaml: unit/office: key"},
		"national extension":  {"class.yaml", "- {key: extension-20, kind: extension, scheme: street, code: '06010', title: 纠纷}\n", "b/class.yaml: class/extension-20: code"},
		"matter of no standard": {"class.yaml", "- {key: extension-20, kind: matter, scheme: national, code: '20', title: 纠纷}\n",
			"b/class.yaml: class/extension-20: standard_ref"},
		"code twice": {"class.yaml", "- {key: extension-20, kind: extension, scheme: street, code: '20', title: 纠纷}\n- {key: extension-21, kind: extension, scheme: street, code: '20', title: 纠纷}\n",
			"b/class.yaml: class/extension-21: code"},
		"duty for nothing":    {"duty.yaml", "- {key: d, class: extension-99, unit: office, list: basic, ground: 清单}\n", "b/duty.yaml: duty/d: class"},
		"duty of nobody":      {"duty.yaml", "- {key: d, class: extension-20, unit: nobody, list: basic, ground: 清单}\n", "b/duty.yaml: duty/d: unit"},
		"duty without unit":   {"duty.yaml", "- {key: d, class: extension-20, list: basic, ground: 清单}\n", "b/duty.yaml: duty/d: unit"},
		"duty without law":    {"duty.yaml", "- {key: d, class: extension-20, unit: office, list: basic, ground: ' '}\n", "b/duty.yaml: duty/d: ground"},
		"assisting nobody":    {"duty.yaml", "- {key: d, class: extension-20, unit: office, list: assisting, ground: 清单}\n", "b/duty.yaml: duty/d: upper"},
		"unknown list":        {"duty.yaml", "- {key: d, class: extension-20, unit: office, list: extra, ground: 清单}\n", "b/duty.yaml: duty/d: list"},
		"limit of nothing":    {"condition.yaml", "- {key: c, class: extension-20, text: 一般, limit: {value: 0, unit: working_day}, close: 办结}\n", "b/condition.yaml: condition/c: limit"},
		"limit in weeks":      {"condition.yaml", "- {key: c, class: extension-20, text: 一般, limit: {value: 1, unit: week}, close: 办结}\n", "b/condition.yaml: condition/c: limit"},
		"condition's unit":    {"condition.yaml", "- {key: c, class: extension-20, text: 一般, limit: {value: 1, unit: working_day}, close: 办结, unit: nobody}\n", "b/condition.yaml: condition/c: unit"},
		"route by no channel": {"route.yaml", "- {key: r, channel: fax}\n", "b/route.yaml: route/r: channel"},
		"route skips filing":  {"route.yaml", "- {key: r, channel: phone, skip: [file]}\n", "b/route.yaml: route/r: skip"},
		"two routes":          {"route.yaml", "- {key: r, channel: phone}\n- {key: s, channel: phone}\n", "b/route.yaml: route/s: class"},
		"retired unit in use": {"unit.yaml", "- {key: office, retired: true, name: 办公室, short: 办, kind: office}\n", "b/duty.yaml: duty/d: unit"},
		"item twice":          {"channel-more.yaml", "- {key: phone, title: 电话}\n", "channel/phone is there twice"},
		"no such kind":        {"colour.yaml", "- {key: red}\n", "b/colour.yaml: no kind"},
		"key in capitals":     {"channel.yaml", "- {key: phone, title: 电话}\n- {key: Fax, title: 传真}\n", "b/channel.yaml: channel/Fax: key"},
		"number nought":       {"manifest.yaml", strings.Replace(head, "1", "0", 1), "number at least 1"},
		"lunch overlaps":      {"calendar.yaml", "- {key: default, title: 历, hours: [{from: '09:00', to: '12:00'}, {from: '11:00', to: '17:00'}], weekdays: [1]}\n", "b/calendar.yaml: calendar/default: hours"},
		"thirtieth February":  {"calendar.yaml", "- {key: default, title: 历, hours: [{from: '09:00', to: '12:00'}], weekdays: [1], holidays: ['2026-02-30']}\n", "b/calendar.yaml: calendar/default: holidays"},
		"holiday at work":     {"calendar.yaml", "- {key: default, title: 历, hours: [{from: '09:00', to: '12:00'}], weekdays: [1], holidays: ['2026-10-01'], workdays: ['2026-10-01']}\n", "b/calendar.yaml: calendar/default: workdays"},
		"number as text":      {"setting.yaml", "- {key: s, title: 数, explanation: 解释, type: int, value: '8'}\n", "b/setting.yaml: setting/s: value"},
		"number too big":      {"setting.yaml", "- {key: s, title: 数, explanation: 解释, type: int, value: 8, max: 7}\n", "b/setting.yaml: setting/s: value"},
		"no such choice":      {"setting.yaml", "- {key: s, title: 数, explanation: 解释, type: choice, value: c, choices: [{value: a, title: 甲}]}\n", "b/setting.yaml: setting/s: value"},
		"roles are no items":  {"role.yaml", "- {key: dispatcher, title: 派遣员}\n", "b/role.yaml: no kind"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for n, body := range good {
				files["b/"+n] = &fstest.MapFile{Data: []byte(body)}
			}
			if c.file != "" {
				files["b/"+c.file] = &fstest.MapFile{Data: []byte(c.body)}
			}
			_, err := Load(files, "b")
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && err == nil:
				t.Fatal("was accepted")
			case c.want != "" && !strings.Contains(err.Error(), c.want):
				t.Fatalf("says %q, which does not name %q", err, c.want)
			}
		})
	}
}

func TestItemsRetireAndNeverVanish(t *testing.T) {
	v, _ := street(t)
	next := *v
	next.Number = 2
	next.Items = append([]Item(nil), v.Items...)
	for n, i := range next.Items {
		if i.Ref() == (Ref{Conditions, "noise-now"}) {
			next.Items[n].Retired = true
		}
	}
	if err := next.Succeeds(v); err != nil {
		t.Errorf("a retired item is no vanished one: %v", err)
	}
	for n, i := range next.Items {
		if i.Ref() == (Ref{Conditions, "noise-now"}) {
			next.Items = append(next.Items[:n], next.Items[n+1:]...)
			break
		}
	}
	if err := next.Succeeds(v); err == nil || !strings.Contains(err.Error(), "condition/noise-now") {
		t.Errorf("a vanished item was accepted: %v", err)
	}
}

func TestCanonicalIsOneForm(t *testing.T) {
	for _, same := range [][]string{
		{`{"b":1,"a":{"d":"<&>","c":[1,2]}}`, ` { "a" : {"c":[ 1,2 ],"d":"\u003c\u0026\u003e"}, "b":1}`},
		{`{"n":12345678901234567890}`, `{ "n": 12345678901234567890 }`},
		{`"街道"`, `"\u8857\u9053"`},
	} {
		a, err1 := Canonical([]byte(same[0]))
		b, err2 := Canonical([]byte(same[1]))
		if err1 != nil || err2 != nil || string(a) != string(b) {
			t.Errorf("%s and %s become %s and %s (%v, %v)", same[0], same[1], a, b, err1, err2)
		}
	}
	for _, bad := range []string{``, `{`, `{} {}`} {
		if _, err := Canonical([]byte(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":1,"a":[null,true,"\u2028<",1e3]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := Canonical(raw)
		if err != nil {
			return
		}
		twice, err := Canonical(once)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%q becomes %q and then %q (%v)", raw, once, twice, err)
		}
	})
}
