package admin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/tenants/blueprint"
)

// form is what a browser would send of the item's form, with changes: pairs of name and value.
func form(n *html.Node, action string, changes ...string) (out []string) {
	f := cascadia.Query(n, cascadia.MustCompile(`form.form[action$="`+action+`"]`))
	attr := func(n *html.Node, key string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val, true
			}
		}
		return "", false
	}
	changed := func(name string) bool {
		for i := 0; i < len(changes); i += 2 {
			if changes[i] == name {
				return true
			}
		}
		return false
	}
	for _, c := range cascadia.QueryAll(f, cascadia.MustCompile("input, select, textarea")) {
		name, _ := attr(c, "name")
		if name == "" || name == "request" || name == "csrf" || changed(name) {
			continue
		}
		v, _ := attr(c, "value")
		switch kind, _ := attr(c, "type"); {
		case kind == "checkbox":
			if _, on := attr(c, "checked"); !on {
				continue
			}
		case c.Data == "select":
			if o := cascadia.Query(c, cascadia.MustCompile("option[selected]")); o != nil {
				v, _ = attr(o, "value")
			} else if o := cascadia.Query(c, cascadia.MustCompile("option")); o != nil {
				v, _ = attr(o, "value")
			}
		case c.Data == "textarea":
			if v = ""; c.FirstChild != nil {
				v = c.FirstChild.Data
			}
		}
		out = append(out, name, v)
	}
	return append(out, changes...)
}

func TestItemsAreFoundAndShownSideBySide(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	if got := all(l.get(t, chen, "/admin/items", 200), "tbody a"); len(got) < 20 || !slices.Contains(got, "立案条件") || !slices.Contains(got, "职责清单") {
		t.Errorf("kinds: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/items?q=暴露垃圾", 200), "tbody tr"); len(got) < 3 {
		t.Errorf("searched in all kinds: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/items/condition?q=正在搭建", 200), "tbody tr"); len(got) != 1 || !strings.Contains(got[0], "06001 私搭乱建 · 正在搭建") || !strings.Contains(got[0], "4 工作时 综合执法巡查处置中队") {
		t.Errorf("conditions: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/items/class", 200), "tbody tr"); len(got) != 50 {
		t.Errorf("a page of classes has %d", len(got))
	}
	if got := all(l.get(t, chen, "/admin/items/unit?source=listed", 200), "tbody tr"); len(got) == 0 {
		t.Error("communities of the division list are not among the units")
	}
	if got := all(l.get(t, chen, "/admin/items/setting?q=退单次数", 200), "tbody a"); len(got) != 1 {
		t.Errorf("settings: %q", got)
	}
	n := l.get(t, chen, "/admin/items/duty/cooking-fumes", 200)
	if got := all(n, "tbody tr"); !slices.ContainsFunc(got, func(r string) bool {
		return strings.HasPrefix(r, "主责部门 区生态环境局 — 区生态环境局")
	}) {
		t.Errorf("side by side: %q", got)
	}
	l.get(t, chen, "/admin/items/colour", 404)
	l.get(t, chen, "/admin/items/duty/nothing", 404)
	l.get(t, chen, "/admin/items/setting/desk.name", 303)
	l.get(t, zheng, "/admin/items", 403)
	l.post(t, zhou, "/admin/items/duty/cooking-fumes", 403)
}

func TestAnItemIsChangedAndGivenBack(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const path = "/admin/items/condition/exposed-waste"
	n := l.get(t, chen, path, 200)
	l.post(t, chen, path, 303, form(n, path)...) // nothing changed
	if c := l.config(t); c.Revision != 0 {
		t.Fatalf("saving without a change made revision %d", c.Revision)
	}
	stale := form(n, path, "limit", "9")
	l.post(t, chen, path, 303, form(n, path, "limit", "2", "limit.unit", "working_day", "unit", "community")...)
	got, _ := l.config(t).Conditions.Find("exposed-waste")
	if got.Limit != (blueprint.Limit{Value: 2, Unit: blueprint.WorkingDay}) || got.UnitKind != blueprint.Community || got.Close != "垃圾已清除，地面干净" {
		t.Errorf("saved as %+v", got)
	}
	l.post(t, chen, path, 409, stale...) // somebody else was faster
	n = l.get(t, chen, path, 200)
	if rows := all(n, "tbody tr"); !slices.Contains(rows, "时限 4 工作时 2 工作日 2 工作日") || !slices.Contains(rows, "责任单位 — 事发地社区（村） 事发地社区（村）") {
		t.Errorf("side by side: %q", rows)
	}
	if m := all(n, ".moment"); len(m) != 1 || !strings.Contains(m[0], "陈国华") || !strings.Contains(m[0], "时限：4 工作时 → 2 工作日") {
		t.Errorf("history: %q", m)
	}
	bad := l.post(t, chen, path, 422, form(n, path, "limit", "0")...)
	if got := all(bad, ".field-error"); len(got) != 1 || got[0] != "时限必须大于 0" || value(bad, "limit") != "0" {
		t.Errorf("refused with %q, typed %q", got, value(bad, "limit"))
	}
	if got := all(l.post(t, chen, path, 422, form(n, path, "limit", "两")...), ".field-error"); len(got) != 1 || got[0] != "请填写整数" {
		t.Errorf("refused with %q", got)
	}
	l.post(t, chen, path+"/back", 303)
	if got, _ := l.config(t).Conditions.Find("exposed-waste"); got.Limit.Value != 4 {
		t.Errorf("given back as %+v", got)
	}
	if m := all(l.get(t, chen, path, 200), ".moment-head"); len(m) != 2 || !strings.HasPrefix(m[0], "恢复蓝本") {
		t.Errorf("history: %q", m)
	}
}

// The first sector of a duty leads; checkboxes come in the order of the page and must not shuffle them.
func TestTheLeadingSectorStaysFirst(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const path = "/admin/items/duty/medical-waste"
	n := l.get(t, chen, path, 200)
	l.post(t, chen, path, 303, form(n, path)...)
	if c := l.config(t); c.Revision != 0 {
		d, _ := c.Duties.Find("medical-waste")
		t.Fatalf("saving without a change made revision %d: %v", c.Revision, d.Sectors)
	}
	l.post(t, chen, path, 303, form(n, path, "sectors.unit", "environment")...)
	if d, _ := l.config(t).Duties.Find("medical-waste"); !slices.Equal(d.Sectors, []string{"environment", "health"}) {
		t.Errorf("sectors %v", d.Sectors)
	}
}

func TestWhatCannotChangeSaysWhy(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const class, unit = "/admin/items/class/matter-06010", "/admin/items/unit/sanitation"
	n := l.get(t, chen, class, 200)
	if got := all(n, "form .form-text"); !slices.Contains(got, "类别的标准、类型和代码不能修改，请另建扩展类别") || value(n, "code") != "" {
		t.Errorf("a national code may be edited: %q", got)
	}
	l.post(t, chen, class, 303, append(form(n, class), "code", "99999")...) // what is not in the form is not read
	if k, _ := l.config(t).Classes.Find("matter-06010"); k.Code != "06010" {
		t.Errorf("recoded to %q", k.Code)
	}
	refused := l.post(t, chen, unit+"/retire", 422, "retired", "yes")
	if got := text(refused); !strings.Contains(got, "职责清单 06010 暴露垃圾") || !strings.Contains(got, "受此影响") {
		t.Error("a unit with duties retires, or nobody says whose duty it is")
	}
	if got := all(l.get(t, chen, "/admin/items/text/report.done", 200), "p"); !slices.Contains(got, "文案不能停用") {
		t.Errorf("a text: %q", got)
	}
	l.post(t, chen, "/admin/items/condition/snow/retire", 303, "retired", "yes")
	if got := l.config(t).ConditionsOf("matter-10001"); slices.ContainsFunc(got, func(c blueprint.Condition) bool { return c.Key == "snow" }) {
		t.Error("snow is still offered")
	}
	l.post(t, chen, "/admin/items/condition/snow/retire", 303, "retired", "no")
	if got := l.config(t).ConditionsOf("matter-10001"); len(got) != 1 || got[0].Key != "snow" {
		t.Errorf("snow is not offered again: %v", got)
	}
}

func TestAStreetAddsItems(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const units = "/admin/items/unit"
	n := l.get(t, chen, units+"/new", 200)
	l.post(t, chen, units, 303, form(n, units, "key", "night-squad", "name", "夜间巡查队", "short", "夜巡队", "kind", "squad", "parent", "enforcement")...)
	if u, ok := l.config(t).Units.Find("night-squad"); !ok || u.Parent != "enforcement" || u.Kind != blueprint.Squad {
		t.Errorf("added %+v", u)
	}
	for _, bad := range [][]string{{"key", "Night"}, {"key", ""}, {"key", "new"}, {"key", "sanitation"}} {
		refused := l.post(t, chen, units, 422, form(n, units, append(bad, "name", "夜间巡查队", "short", "夜巡队", "kind", "squad")...)...)
		if got := all(refused, "#f-key-error"); len(got) != 1 || value(refused, "name") != "夜间巡查队" {
			t.Errorf("key %q is refused with %q, and what was typed is lost", bad[1], got)
		}
	}
	page := l.get(t, chen, units+"/night-squad", 200)
	if got := text(page); !strings.Contains(got, "本单位自建，蓝本中没有，只能停用，不能删除") || len(all(page, `form[action$="/back"]`)) != 0 {
		t.Error("an own unit can be given back to a blueprint that never had it")
	}
	if m := all(page, ".moment-head"); len(m) != 1 || !strings.HasPrefix(m[0], "新建 陈国华") {
		t.Errorf("history: %q", m)
	}
	const classes = "/admin/items/class"
	n = l.get(t, chen, classes+"/new", 200)
	l.post(t, chen, classes, 303, form(n, classes, "key", "extension-30", "title", "防汛排涝", "code", "30")...)
	if refused := all(l.post(t, chen, classes, 422, form(n, classes, "key", "extension-30x", "title", "冒充", "code", "06010")...), "#f-code-error"); len(refused) != 1 {
		t.Errorf("a national code for an own class is refused with %q", refused)
	}
	const community = units + "/320505003001"
	n = l.get(t, chen, community, 200)
	l.post(t, chen, community, 303, form(n, community, "name", "枫桥社区居民委员会（新）")...)
	if u, _ := l.config(t).UnitOf("320505003001"); u.Name != "枫桥社区居民委员会（新）" {
		t.Errorf("the community is called %q", u.Name)
	}
	l.get(t, chen, "/admin/items/indicator/new", 404)

	// A page that knows what is wanted leads here with it.
	n = l.get(t, chen, "/admin/items/duty/new?class=matter-06010&unit=greening&list=basic&ground=%E6%B8%85%E5%8D%95", 200)
	for _, sel := range []string{`select[name=class] option[selected][value="matter-06010"]`, `select[name=unit] option[selected][value="greening"]`,
		`select[name=list] option[selected][value="basic"]`, `input[name=ground][value="清单"]`} {
		if cascadia.Query(n, cascadia.MustCompile(sel)) == nil {
			t.Errorf("the form is not filled in: no %s", sel)
		}
	}
	l.post(t, chen, "/admin/items/indicator", 404, "key", "mine", "title", "我的", "text", "口径", "version", "1")
}
