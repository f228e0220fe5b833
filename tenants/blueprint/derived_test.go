package blueprint

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestADerivedBlueprintSaysItsDifferences(t *testing.T) {
	const town = "key: t\nnumber: 1\nfor: street\ntitle: 乡镇\nsummary: s\nfrom: b\ncredits: [{name: 某镇}]\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string // error; empty: fine
	}{
		"nothing differs":      {nil, ""},
		"changed":              {map[string]string{"unit.yaml": "- {key: office, name: 党政综合办公室}\n"}, ""},
		"added":                {map[string]string{"unit.yaml": "- {key: farm, name: 农场, short: 农场, kind: station}\n"}, ""},
		"taken away":           {map[string]string{"sample.yaml": "- {key: a, least: null}\n"}, ""},
		"dropped":              {map[string]string{"sample.yaml": "- {key: a, drop: true}\n"}, ""},
		"retired":              {map[string]string{"sample.yaml": "- {key: a, retired: true}\n"}, ""},
		"said already":         {map[string]string{"unit.yaml": "- {key: office, name: 办公室}\n"}, "t/unit.yaml: unit/office: name: says what b/unit.yaml says already"},
		"says nothing":         {map[string]string{"unit.yaml": "- {key: office}\n"}, "t/unit.yaml: unit/office: says nothing"},
		"takes away nothing":   {map[string]string{"unit.yaml": "- {key: office, parent: null}\n"}, "t/unit.yaml: unit/office: parent"},
		"drops what is not":    {map[string]string{"unit.yaml": "- {key: farm, drop: true}\n"}, "t/unit.yaml: unit/farm: drop"},
		"drops and says":       {map[string]string{"unit.yaml": "- {key: office, drop: true, name: 办}\n"}, "t/unit.yaml: unit/office: drop"},
		"drops what is needed": {map[string]string{"unit.yaml": "- {key: office, drop: true}\n"}, "b/duty.yaml: duty/d: unit"},
		"breaks what it takes": {map[string]string{"condition.yaml": "- {key: c, limit: {value: 0, unit: working_day}}\n"}, "t/condition.yaml: condition/c: limit"},
		"twice":                {map[string]string{"unit.yaml": "- {key: office, short: 甲}\n- {key: office, short: 乙}\n"}, "unit/office is there twice"},
		"from itself":          {map[string]string{"manifest.yaml": strings.Replace(town, "from: b", "from: t", 1)}, "from: t is derived from itself"},
		"from nowhere":         {map[string]string{"manifest.yaml": strings.Replace(town, "from: b", "from: z", 1)}, "t/manifest.yaml: from"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"t/manifest.yaml": {Data: []byte(town)}}
			for n, b := range small {
				files["b/"+n] = &fstest.MapFile{Data: []byte(b)}
			}
			for n, b := range c.files {
				files["t/"+n] = &fstest.MapFile{Data: []byte(b)}
			}
			_, err := Load(files, "t")
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("says %v, want %q", err, c.want)
			}
		})
	}

	files := fstest.MapFS{"t/manifest.yaml": {Data: []byte(town)},
		"t/unit.yaml":   {Data: []byte("- {key: office, name: 党政综合办公室}\n- {key: farm, name: 农场, short: 农场, kind: station}\n")},
		"t/sample.yaml": {Data: []byte("- {key: a, least: null, percent: 15}\n- {key: b, drop: true}\n")}}
	for n, b := range small {
		files["b/"+n] = &fstest.MapFile{Data: []byte(b)}
	}
	v, err := Load(files, "t")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Effective(v, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	office, _ := c.Units.Find("office")
	a, _ := c.Samples.Find("a")
	_, b := c.Samples.Find("b")
	_, farm := c.Units.Find("farm")
	if office.Name != "党政综合办公室" || office.Short != "办" || a.Percent != 15 || a.Least != 0 || b || !farm {
		t.Errorf("the derived blueprint has office %+v, sample %+v, b %t, farm %t", office, a, b, farm)
	}
	if v.Key != "t" || len(v.Credits) != 1 {
		t.Errorf("derived: %s, credits %v", v, v.Credits)
	}
	base, err := Load(files, "b")
	if err != nil {
		t.Fatal(err)
	}
	if o, _ := base.Find(Ref{Units, "office"}); strings.Contains(string(o.Body), "党政") {
		t.Error("deriving changed the original")
	}
}

func TestFilesShareFields(t *testing.T) {
	c, err := load1(t, "duty.yaml", "each: {class: g, list: basic, ground: 清单}\nitems:\n- {key: d, unit: office}\n- {key: e, unit: park, ground: 另一清单}\n")
	if err != nil {
		t.Fatal(err)
	}
	d, _ := c.Duties.Find("d")
	e, _ := c.Duties.Find("e")
	if d.Class != "g" || d.Ground != "清单" || e.Ground != "另一清单" || e.List != Basic {
		t.Errorf("%+v and %+v", d, e)
	}
}
