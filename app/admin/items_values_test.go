package admin

import (
	"encoding/json"
	"maps"
	"testing"

	"wanjie/app/auth"
	"wanjie/tenants/blueprint"
)

// What a form shows of an item and is sent back untouched must be the same item: else opening and
// saving would change what nobody touched.
func TestAFormSentBackUntouchedChangesNothing(t *testing.T) {
	all, err := blueprint.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[blueprint.Kind]int{}
	for _, v := range all {
		for _, i := range v.Items {
			k, ok := kindOf(string(i.Kind))
			if !ok || k.form == nil {
				continue
			}
			seen[i.Kind]++
			b := fieldsOf(i.Body)
			after := maps.Clone(b)
			for _, c := range k.form {
				if wrong := c.put(after, c.typed(b)); wrong != "" {
					t.Errorf("%s %s: %s: %s", v, i.Ref(), c.name, wrong)
				}
			}
			raw, err := json.Marshal(after)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := blueprint.Canonical(raw); err != nil || string(got) != string(i.Body) {
				t.Errorf("%s %s becomes\n%s, was\n%s (%v)", v, i.Ref(), got, i.Body, err)
			}
			for f := range b {
				if f != "unit_kind" && !k.asks(f) {
					t.Errorf("%s: no control for %q", i.Kind, f)
				}
			}
		}
	}
	for _, k := range blueprint.Kinds {
		if k != blueprint.Settings && k != blueprint.Modules && seen[k] == 0 { // those have pages of their own
			t.Errorf("the editor does not show %s", k)
		}
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		control control
		typed   typed
		wrong   bool
		want    string
	}{
		"a number in words":  {control{name: "x", as: asNumber}, typed{text: "三"}, true, ""},
		"nought is nothing":  {control{name: "x", as: asNumber}, typed{text: "0"}, false, ""},
		"nought if need be":  {control{name: "x", as: asNumber, need: true}, typed{text: "0"}, false, "0"},
		"a needed text":      {control{name: "x", as: asText, need: true}, typed{}, true, ""},
		"a limit in words":   {control{name: "x", as: asLimit}, typed{text: "两", unit: "working_day"}, true, ""},
		"no limit":           {control{name: "x", as: asLimit}, typed{unit: "working_day"}, false, ""},
		"options":            {control{name: "x", as: asOptions}, typed{text: "a 甲\r\n\r\nb 乙 丙"}, false, `[{"value":"a","title":"甲"},{"value":"b","title":"乙 丙"}]`},
		"weights":            {control{name: "x", as: asWeights}, typed{text: "a 60\nb"}, false, `[{"indicator":"a","weight":60},{"indicator":"b"}]`},
		"weight in words":    {control{name: "x", as: asWeights}, typed{text: "a 六十"}, true, ""},
		"hours":              {control{name: "x", as: asHours}, typed{text: "09:00 - 12:00"}, false, `[{"from":"09:00","to":"12:00"}]`},
		"hours without end":  {control{name: "x", as: asHours}, typed{text: "09:00"}, true, ""},
		"when":               {control{name: "x", as: asWhen}, typed{text: "solved = no"}, false, `{"question":"solved","is":["no"]}`},
		"when without value": {control{name: "x", as: asWhen}, typed{text: "solved"}, true, ""},
		"lines":              {control{name: "x", as: asLines}, typed{text: "甲\n 乙 "}, false, `["甲","乙"]`},
		"rows":               {control{name: "x", as: asRows}, typed{text: "a b\nc"}, false, `[["a","b"],["c"]]`},
		"days":               {control{name: "x", as: asDays}, typed{many: []string{"1", "5"}}, false, `[1,5]`},
	} {
		b := fields{}
		wrong := c.control.put(b, c.typed)
		if (wrong != "") != c.wrong || string(b["x"]) != c.want {
			t.Errorf("%s: %q, %s", name, wrong, b["x"])
		}
	}
	b := fields{"unit": quoted("office")}
	if (control{name: "unit", as: asUnit}).put(b, typed{text: community}); string(b["unit_kind"]) != `"community"` || b["unit"] != nil {
		t.Errorf("the community is %s", b)
	}
	if (control{name: "unit", as: asUnit}).put(b, typed{text: "office"}); b["unit_kind"] != nil || string(b["unit"]) != `"office"` {
		t.Errorf("the office is %s", b)
	}
}

// Blueprints name roles by their keys only; which there are is package auth's.
func TestRolesOfBlueprintsExist(t *testing.T) {
	all, err := blueprint.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		c, err := blueprint.Effective(v, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var roles []string
		for _, l := range c.Levels.All() {
			roles = append(roles, l.Roles...)
		}
		for _, s := range c.Supervisions.All() {
			roles = append(roles, s.Signer)
		}
		for _, key := range []string{"return.approver", "extend.approver", "suspend.approver", "reply.reviewer", "assess.exclude_approver"} {
			s, ok := c.Settings.Find(key)
			if !ok {
				t.Errorf("%s has no setting %s", v, key)
			}
			for _, o := range s.Choices {
				roles = append(roles, o.Value)
			}
		}
		for _, r := range roles {
			if _, ok := auth.RoleOf(r); !ok {
				t.Errorf("%s: no role is called %q", v, r)
			}
		}
	}
}
