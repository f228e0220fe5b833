package imports

import (
	"strings"
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/tables"
)

func TestMapsShip(t *testing.T) {
	for _, name := range Maps() {
		m, err := LoadMap(name)
		if err != nil || m.Name != name || m.Title == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadMap("nowhere"); !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "pingshan、sample") {
		t.Errorf("no such map: %v", err)
	}
	own := put(t, "own.yaml", least)
	if m, err := LoadMap(own); err != nil || m.Name != "own" {
		t.Errorf("own map: %v", err)
	}
	if _, err := LoadMap(put(t, "bad.yaml", "source: Ä")); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "bad.yaml") {
		t.Errorf("bad map: %v", err)
	}
}

// least is the shortest map that says enough.
const least = `
source: old
id: no
street: {column: street}
class: {levels: [{title: class}]}
channel: {otherwise: import}
reported: day
closed: {otherwise: reported}
outcome: {otherwise: on_time}
words: {title: "{class}"}
`

func TestMapsRefused(t *testing.T) {
	change := func(old, to string) string {
		if !strings.Contains(least, old) {
			t.Fatalf("%q is not in the map", old)
		}
		return strings.Replace(least, old, to, 1)
	}
	for want, text := range map[string]string{
		"unknown field":          least + "typo: x\n",
		"source":                 change("source: old", "source: 旧系统"),
		"id is missing":          change("id: no", "id: ''"),
		"1 to 4 are needed":      change("{levels: [{title: class}]}", "{levels: []}"),
		"title is missing":       change("{title: class}", "{id: class}"),
		"channel":                change("channel: {otherwise: import}", "channel: {}"),
		"means nothing":          change("channel: {otherwise: import}", "channel: {column: c, values: {a: ''}}"),
		"only on_time":           change("outcome: {otherwise: on_time}", "outcome: {column: c, values: {a: open}}"),
		"closed: a column":       change("closed: {otherwise: reported}", "closed: {}"),
		"closed: a column, or":   change("closed: {otherwise: reported}", "closed: {otherwise: today}"),
		"braces hold":            change(`"{class}"`, `"{class"`),
		"lon and lat":            least + "lon: x\n",
		"unit: name is missing":  least + "unit: {id: u}\n",
		"office, station, squad": least + "unit: {name: u, kinds: [{kind: community, contains: [x]}]}\n",
		"larger than":            least + "# " + strings.Repeat("x", mostMap),
	} {
		if _, err := ParseMap([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestBind(t *testing.T) {
	m, err := ParseMap([]byte(least))
	if err != nil {
		t.Fatal(err)
	}
	f := &tables.File{Name: "x.csv"}
	if _, err := m.bind(f, []string{"no", "street", "class", "day", "other", "other", ""}); err != nil {
		t.Errorf("doubled columns that nobody reads: %v", err)
	}
	if _, err := m.bind(f, []string{"no", "street", "day"}); err == nil || !strings.Contains(err.Error(), "缺少列：class") {
		t.Errorf("a missing column: %v", err)
	}
	if _, err := m.bind(f, []string{"no", "street", "class", "day", "street"}); err == nil || !strings.Contains(err.Error(), "重复的列：street") {
		t.Errorf("a doubled column: %v", err)
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"2018-02-08": "2018-02-07T16:00:00Z", "2018/2/8": "2018-02-07T16:00:00Z", "2018年2月8日": "2018-02-07T16:00:00Z", "20180208": "2018-02-07T16:00:00Z",
		"2018-02-08 09:15": "2018-02-08T01:15:00Z", "2018-02-08T09:15:00+08:00": "2018-02-08T01:15:00Z", "2026-11-23 11:59:59": "2026-11-23T03:59:59Z",
		"43139": "2018-02-07T16:00:00Z", "43139.385416667": "2018-02-08T01:15:00Z",
		"2026-11-24": "", "1918-01-01": "", "08/02/2018": "", "": "", "2018-02-30": "", "-": "", "1e300": "", "NaN": "", "0": "",
	} {
		rd := &reader{bound: &bound{Map: &Map{}, excel: true}, zone: clock.Zone, now: now}
		got, ok := rd.moment(in)
		if ok != (want != "") || ok && got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v %v, want %s", in, got, ok, want)
		}
	}
	if _, ok := (&reader{bound: &bound{Map: &Map{}}, zone: clock.Zone, now: now}).moment("43139"); ok {
		t.Error("a bare number is a day in Excel only")
	}
}

func TestKeyPart(t *testing.T) {
	for id, want := range map[string]string{"1536": "1536", "a1": "a1", "A1": "x7be", "城管办": "x", strings.Repeat("1", 40): "x"} {
		if got := keyPart(id); !strings.HasPrefix(got, want[:1]) || (want == id) != (got == id) || len(got) > 13 {
			t.Errorf("%q: %q", id, got)
		}
	}
}

// FuzzMap: whatever is written, a map is either refused or can be laid over its own columns.
func FuzzMap(f *testing.F) {
	for _, name := range Maps() {
		raw, err := shipped.ReadFile("maps/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(least))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("words: {title: '{}{x}{'}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := ParseMap(raw)
		if err != nil {
			return
		}
		b, err := m.bind(&tables.File{}, m.columns())
		if err != nil {
			t.Fatalf("over its own columns: %v", err)
		}
		rd := &reader{bound: b, ground: &ground{}, now: time.Now()}
		cells := make([]string, len(m.columns()))
		for i := range cells {
			cells[i] = "1"
		}
		rd.read(tables.Row{Line: 2, Cells: cells})
	})
}
