package ui

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestT(t *testing.T) {
	zh := context.Background()
	en := WithLocale(zh, English)
	for _, c := range []struct {
		ctx  context.Context
		key  string
		args []any
		want string
	}{
		{zh, "查询", nil, "查询"},
		{en, "查询", nil, "Search"},
		{en, "共 %s 条", []any{"12"}, "12 in total"},
		{zh, "共 %s 条", []any{"12"}, "共 12 条"},
		{en, "词典里没有的", nil, "词典里没有的"},
		{zh, "按时率 100%", nil, "按时率 100%"}, // no args: not a format
		{WithLocale(zh, "fr"), "查询", nil, "查询"},
	} {
		if got := T(c.ctx, c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %q) = %q, want %q", Locale(c.ctx), c.key, got, c.want)
		}
	}
	if Lang(zh) != "zh-CN" || Lang(en) != "en" {
		t.Errorf("lang %q %q", Lang(zh), Lang(en))
	}
}

func TestCatalogue(t *testing.T) {
	if _, err := readCatalogue(catalogues); err != nil {
		t.Error(err)
	}
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for name, files := range map[string]fstest.MapFS{
		"two meanings": {"en/a.yaml": file("派遣: Dispatch"), "en/b.yaml": file("派遣: Send")},
		"no English":   {"en/a.yaml": file("派遣: ''")},
		"not yaml":     {"en/a.yaml": file("派遣: [")},
		"twice":        {"en/a.yaml": file("派遣: Dispatch\n派遣: Dispatch")},
	} {
		if m, err := readCatalogue(files); err == nil {
			t.Errorf("%s: read as %v", name, m)
		}
	}
	same := fstest.MapFS{"en/a.yaml": file("派遣: Dispatch"), "en/b.yaml": file("派遣: Dispatch")}
	if m, err := readCatalogue(same); err != nil || m["派遣"] != "Dispatch" {
		t.Errorf("the same English twice: %v %v", m, err)
	}
}

func TestValues(t *testing.T) {
	at := time.Date(2026, 11, 22, 17, 4, 59, 0, time.UTC) // 01:04 of the next day in China
	for got, want := range map[string]string{
		Time(at): "2026-11-23 01:04", Date(at): "2026-11-23", Time(time.Time{}) + Date(time.Time{}): None + None,
		Number(0): "0", Number(999): "999", Number(1000): "1,000", Number(-1234567): "-1,234,567", Number(-100): "-100",
		Percent(1, 3): "33.3%", Percent(3, 3): "100.0%",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if Percent(0, 0) != None {
		t.Error("no cases, no rate")
	}
}

func TestPages(t *testing.T) {
	for _, c := range []struct {
		p      Pages
		window []int
		next   bool
	}{
		{Pages{Number: 1, Size: 20, Total: 0}, []int{1}, false},
		{Pages{Number: 1, Size: 20, Total: 20}, []int{1}, false},
		{Pages{Number: 1, Size: 20, Total: 21}, []int{1, 2}, true},
		{Pages{Number: 10, Size: 20, Total: 400}, []int{1, 0, 8, 9, 10, 11, 12, 0, 20}, true},
		{Pages{Number: 20, Size: 20, Total: 400}, []int{1, 0, 18, 19, 20}, false},
		{Pages{Number: 60, Size: 20, Total: 1000, Capped: true, More: true}, []int{1, 0, 58, 59, 60}, true},
		{Pages{Number: 60, Size: 20, Total: 1000, Capped: true}, []int{1, 0, 58, 59, 60}, false},
	} {
		got := c.p.window()
		if len(got) != len(c.window) {
			t.Errorf("%+v: %v, want %v", c.p, got, c.window)
			continue
		}
		for i := range got {
			if got[i] != c.window[i] {
				t.Errorf("%+v: %v, want %v", c.p, got, c.window)
			}
		}
		if c.p.hasNext() != c.next {
			t.Errorf("%+v: next %v", c.p, !c.next)
		}
	}

	past := Pages{Number: 99_999, Size: 20, Total: 53, Path: "/cases"}
	var b strings.Builder
	if err := Pager(past).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"共 53 条", "没有第 99999 页", `href="/cases?page=3" rel="prev"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("past the end the pager lacks %q: %s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "next") {
		t.Error("past the end it goes on")
	}

	q := map[string][]string{"state": {"handling"}, "page": {"7"}, "done": {"saved"}}
	p := Pages{Number: 7, Path: "/cases", Query: q}
	if got := p.href(1); got != "/cases?state=handling" {
		t.Errorf("first page %q: filters stay, page goes", got)
	}
	if got := p.href(8); got != "/cases?page=8&state=handling" {
		t.Errorf("next page %q", got)
	}
	if q["page"][0] != "7" {
		t.Error("href changed the caller's query")
	}
}

func TestBarWidth(t *testing.T) {
	items := []BarItem{{Value: 50}, {Value: 200}}
	for _, c := range []struct {
		value, top float64
		want       string
	}{{50, 0, "25.0%"}, {200, 0, "100.0%"}, {50, 100, "50.0%"}, {200, 100, "100.0%"}, {-1, 100, "0.0%"}} {
		if got := (BarItem{Value: c.value}).width(c.top, items); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.value, c.top, got, c.want)
		}
	}
	if got := (BarItem{}).width(0, []BarItem{{}}); got != "0%" {
		t.Errorf("all zero: %s", got)
	}
}

func TestTrendTop(t *testing.T) {
	for most, want := range map[float64]float64{0: 2, 1: 2, 2: 2, 3: 4, 9: 10, 11: 20, 301: 400, 1000: 1000, 1001: 2000} {
		if got := (Trend{Lines: []Series{{Values: []float64{0, most}}}}).top(); got != want {
			t.Errorf("top of %v = %v, want %v", most, got, want)
		}
	}
}
