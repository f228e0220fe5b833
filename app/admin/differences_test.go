package admin_test

import (
	"strings"
	"testing"
)

// What the street made its own of the blueprint is on one page, and given back from there.
func TestDifferencesFromTheBlueprint(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const own = "/admin/items/own"
	if got := text(l.get(t, chen, own, 200)); !strings.Contains(got, "与蓝本没有差异") {
		t.Errorf("without differences it says %q", got)
	}
	const limit = "/admin/settings/cases.receive_limit"
	l.post(t, chen, limit, 303, "value", "3", "unit", "working_hour", "seen", value(l.get(t, chen, limit, 200), "seen"))
	const station = "/admin/items/unit/sanitation"
	n := l.get(t, chen, station, 200)
	l.post(t, chen, station, 303, form(n, station, "name", "环境卫生所")...)
	rows := all(l.get(t, chen, own, 200), "tbody tr")
	if len(rows) != 2 || !strings.Contains(rows[1], "承办单位 环境卫生所") || !strings.Contains(rows[1], "全称 环境卫生管理站 → 环境卫生所") || !strings.Contains(rows[1], "陈国华") || !strings.Contains(rows[0], "3 工作时") {
		t.Errorf("the differences: %q", rows)
	}
	if got := all(l.get(t, chen, "/admin/items", 200), `a[href$="/admin/items/own"]`); len(got) == 0 || !strings.Contains(got[0], "2") {
		t.Errorf("the first page leads there with %q", got)
	}
	l.post(t, chen, station+"/back", 303, "to", "own")
	if rows := all(l.get(t, chen, own, 200), "tbody tr"); len(rows) != 1 {
		t.Errorf("one was given back, there are still %q", rows)
	}
	l.get(t, zheng, own, 403)
}
