package admin_test

import (
	"context"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func TestModules(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	if got := all(l.get(t, chen, "/admin/modules", 200), ".tag-good"); len(got) != 1 {
		t.Errorf("a module that is on shows %q", got)
	}
	l.post(t, chen, "/admin/modules", 303, "module", "cases", "on", "no")
	if l.config(t).On("cases") {
		t.Error("still on")
	}
	if got := text(l.get(t, chen, "/admin/modules", 200)); !strings.Contains(got, "未启用") || !strings.Contains(got, "自定") {
		t.Error("the page does not say that it is off by the street's own word")
	}
	l.post(t, chen, "/admin/modules", 303, "module", "cases", "on", "yes")
	if !l.config(t).On("cases") {
		t.Error("still off")
	}
	l.post(t, chen, "/admin/modules", 404, "module", "nothing", "on", "yes")
	for _, other := range []int64{zhou, wu, zheng} {
		l.post(t, other, "/admin/modules", 403, "module", "cases", "on", "no")
		l.get(t, other, "/admin/modules", 403)
	}
	l.get(t, 999, "/admin/modules", 404)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	row := func() string {
		for _, r := range all(l.get(t, chen, "/admin/settings", 200), "tbody tr") {
			if strings.HasPrefix(r, "处置时限") {
				return r
			}
		}
		return ""
	}
	if got := row(); !strings.Contains(got, "5 工作日 5 工作日 蓝本 修改") {
		t.Errorf("untouched: %q", got)
	}
	page := l.get(t, chen, "/admin/settings", 200)
	if heads, jumps := all(page, "#settings h2"), all(page, "#settings nav a"); len(heads) < 10 || strings.Join(heads, " ") != strings.Join(jumps, " ") || heads[len(heads)-1] == "其他" {
		t.Errorf("the areas %q, the way to them %q", heads, jumps)
	}
	if got := text(page); !strings.Contains(got, "数字、大写字母、小写字母、短横线，2 至 32 位") || strings.Contains(got, "[0-9A-Za-z-]") {
		t.Error("a rule is not said in words")
	}
	if got := all(l.get(t, chen, "/admin/settings?q=黄灯", 200), "tbody tr"); len(got) == 0 || len(got) > 5 || !strings.Contains(got[0], "黄灯") {
		t.Errorf("searched for: %q", got)
	}
	const path = "/admin/settings/cases.handle_limit"
	seen := value(l.get(t, chen, path, 200), "seen")
	l.post(t, chen, path, 303, "value", "16", "unit", "working_hour", "seen", seen)
	if got := l.config(t).Limit("cases.handle_limit", blueprint.Limit{}); got != (blueprint.Limit{Value: 16, Unit: blueprint.WorkingHour}) {
		t.Errorf("limit %+v", got)
	}
	if got := row(); !strings.Contains(got, "16 工作时 5 工作日 自定 修改 恢复蓝本") {
		t.Errorf("changed: %q", got)
	}
	l.post(t, chen, path, 409, "value", "3", "unit", "working_day", "seen", seen) // somebody else was faster
	for _, bad := range [][]string{{"value", "x", "unit", "working_day"}, {"value", "0", "unit", "working_day"}, {"value", "3", "unit", "fortnight"}} {
		if got := all(l.post(t, chen, path, 422, bad...), "form .alert-bad"); len(got) != 1 {
			t.Errorf("%v is refused with %q", bad, got)
		}
	}
	if got := all(l.post(t, chen, "/admin/settings/cases.warn_percent", 422, "value", "99"), ".field-error"); len(got) != 1 || got[0] != "数值超出允许的范围" {
		t.Errorf("out of bounds: %q", got)
	}
	l.post(t, chen, "/admin/settings/cases.auto_file", 303, "value", "true")
	l.post(t, chen, "/admin/settings/desk.sort", 303, "value", "oldest")
	l.post(t, chen, "/admin/settings/desk.sort", 422, "value", "random")
	l.post(t, chen, "/admin/settings/desk.name", 303, "value", "枫桥指挥大厅")
	l.post(t, chen, "/admin/settings/desk.name", 422, "value", " ")
	cfg := l.config(t)
	if !cfg.Bool("cases.auto_file", false) || cfg.Choice("desk.sort", "") != "oldest" || cfg.Line("desk.name", "") != "枫桥指挥大厅" {
		t.Error("not every type of setting arrived")
	}
	l.post(t, chen, path+"/back", 303)
	if got := row(); !strings.Contains(got, "5 工作日 5 工作日 蓝本") {
		t.Errorf("given back: %q", got)
	}
	if got := all(l.get(t, chen, path, 200), ".moment-head"); len(got) != 2 || !strings.HasPrefix(got[0], "恢复蓝本 陈国华") || !strings.HasPrefix(got[1], "改为“16 工作时” 陈国华") {
		t.Errorf("history %q", got)
	}
	l.get(t, chen, "/admin/settings/nothing", 404)
	l.post(t, zhou, path, 403, "value", "1", "unit", "working_day")
	l.get(t, zheng, "/admin/settings", 403)
}

func TestUnitsAndDuties(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	if err := l.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := blueprint.Change(ctx, tx, blueprint.Put(blueprint.Unit{Entry: blueprint.Entry{Key: "night-squad"}, Name: "夜间巡查队", Short: "夜巡队", Kind: blueprint.Squad}))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := all(l.get(t, chen, "/admin/units?q=夜巡", 200), "tbody tr"); len(got) != 1 || !strings.HasSuffix(got[0], "夜间巡查队 夜巡队 队伍 0 night-squad 自建") {
		t.Errorf("the street's own unit: %q", got)
	}
	l.post(t, zhou, "/admin/people/grant", 303, "person", "504", "role", "handler", "unit", "night-squad")
	if page := l.get(t, chen, "/admin/units?q=夜巡", 200); strings.Join(all(page, `tbody a[href$="/admin/people?unit=night-squad"]`), "") != "1" {
		t.Errorf("its people: %q", all(page, "tbody tr"))
	}
	if got := all(l.get(t, chen, "/admin/people?unit=night-squad", 200), "tbody tr"); len(got) != 1 || !strings.Contains(got[0], "郑洁") {
		t.Errorf("the unit's people: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/units?kind=station", 200), "tbody tr"); len(got) < 5 || !strings.HasSuffix(got[0], "蓝本") {
		t.Errorf("stations: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/duties?list=withdrawn&q=08016", 200), "tbody tr"); len(got) != 1 || !strings.Contains(got[0], "上级收回") {
		t.Errorf("withdrawn: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/duties?q=nothing", 200), ".empty"); len(got) != 1 {
		t.Errorf("nothing found says %q", got)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	page := l.get(t, zhou, "/admin/people", 200)
	rows := all(page, "tbody tr")
	if len(rows) != 4 || !strings.Contains(rows[0], "陈国华 138****0501 街道管理员") {
		t.Errorf("people %q", rows)
	}
	if strings.Contains(text(page), "13800000501") {
		t.Error("a whole phone number shows")
	}
	l.post(t, zhou, "/admin/people/grant", 303, "person", "504", "role", "handler", "unit", "enforcement")
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); !strings.Contains(got[3], "承办联络员 综合执法局") {
		t.Errorf("after the grant: %q", got[3])
	}
	if got := all(l.post(t, zhou, "/admin/people/grant", 422, "person", "504", "role", "handler"), ".field-error"); len(got) != 1 {
		t.Errorf("a handler without a unit: %q", got)
	}
	l.post(t, zhou, "/admin/people/grant", 422, "person", "504", "role", "handler", "unit", "nowhere")
	l.post(t, zhou, "/admin/people/grant", 422, "role", "intake")
	l.post(t, zhou, "/admin/people/grant", 409, "person", "501", "role", "audit_admin") // two powers
	l.post(t, zhou, "/admin/people/grant", 403, "person", "502", "role", "dispatcher")  // for oneself
	l.post(t, chen, "/admin/people/grant", 403, "person", "504", "role", "intake")
	last := cascadia.QueryAll(l.get(t, zhou, "/admin/people", 200), cascadia.MustCompile("tbody tr"))[3]
	l.post(t, zhou, "/admin/people/end", 303, "grant", value(last, "grant"))
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); strings.Contains(got[3], "派遣员") || !strings.Contains(got[3], "承办联络员") {
		t.Errorf("after ending one of two: %q", got[3])
	}
	l.post(t, zhou, "/admin/people/end", 404, "grant", "x")
	l.post(t, zhou, "/admin/people/leave", 303, "person", "504")
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); len(got) != 3 {
		t.Errorf("after leaving: %q", got)
	}
	l.post(t, zhou, "/admin/people/invite", 422, "name", "王强", "phone", "12")
	l.post(t, zhou, "/admin/people/invite", 422, "name", "王强", "phone", "13900000001", "role", "handler")
	l.post(t, zhou, "/admin/people/invite", 303, "name", "王强", "phone", "13900000001", "role", "handler", "unit", "enforcement")
	if len(l.invited) != 1 || l.invited[0].Unit != "enforcement" {
		t.Errorf("invited %+v", l.invited)
	}
	if len(all(l.get(t, chen, "/admin/people", 200), "main form, .card form")) != 0 {
		t.Error("who may only look is offered forms")
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	act := tenants.Act{Kind: "case.dispatched", Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(t.Context()),
		Before: tenants.Dims{"stage": "filed"}, After: tenants.Dims{"stage": "dispatched", "unit": "enforcement"}}
	err := l.DB.Write(t.Context(), l.ID, tenants.Actor{Person: zheng}, func(ctx context.Context, tx tenants.Tx) error {
		for range 60 {
			tx.Record(act)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := l.get(t, wu, "/admin/audit?object=case", 200)
	rows := all(page, "tbody tr")
	if len(rows) != 50 || !strings.Contains(rows[0], "郑洁 派遣 案卷") || !strings.Contains(rows[0], "承办单位：综合执法局") || !strings.Contains(rows[0], "阶段：已立案 → dispatched") {
		t.Errorf("acts %.1q", rows)
	}
	older := cascadia.Query(page, cascadia.MustCompile("#acts .actions a"))
	href := strings.TrimPrefix(older.Attr[1].Val, "/s/"+l.Slug)
	if rows := all(l.get(t, wu, href, 200), "tbody tr"); len(rows) != 10 {
		t.Errorf("the older page has %d", len(rows))
	}
	for _, who := range []int64{chen, zhou, zheng} {
		l.get(t, who, "/admin/audit", 403)
	}
	// Another street's traces are another street's.
	other := newHall(t)
	if got := all(other.get(t, wu, "/admin/audit?object=case", 200), "tbody tr"); len(got) != 0 {
		t.Errorf("another street shows %q", got)
	}
}
