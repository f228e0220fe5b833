package app_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/supervision"
	"wanjie/tenants"
)

// led is a street with a case that its unit asks to extend, and whose deadline is over.
func (h *house) led(t *testing.T, s tenants.Tenant, base int64, c *cases.Case) {
	t.Helper()
	unit := tenants.Actor{Person: roleAt(t, base, auth.Handler), Grants: []tenants.Grant{{Role: auth.Handler, Unit: "sanitation"}}}
	if err := h.App.DB.Write(t.Context(), s.ID, unit, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Apply(ctx, tx, c.ID, cases.Plea{Kind: cases.AskExtend, Ground: "extend-weather", Words: "连日暴雨", Until: c.DueAt.Add(time.Hour)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE cases SET late = true WHERE tenant_id = $1 AND id = $2", int32(s.ID), c.ID); err != nil {
		t.Fatal(err)
	}
}

// A leader opens the street on the phone and lands on his page: the day's figures, what waits for his word, what is overdue. He
// refuses without words and is asked for them, approves, gives an instruction and signs an order in one go; without scripts.
func TestLeadersPage(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 830_000
	s, c := h.street(t, "分管", base)
	h.led(t, s, base, c)
	me, home := roleAt(t, base, auth.Leader), "/s/"+s.Slug+"/leader"
	if status, _ := h.ask(t, roleAt(t, base, auth.Intake), "GET", home, nil); status != 403 {
		t.Errorf("the clerk gets %d", status)
	}
	status, page := h.ask(t, me, "GET", home, nil)
	for _, want := range []string{"12345 日报", "延期申请", "连日暴雨", "申请剔除", "一级督办反馈待审核", "超期未结", c.Number} {
		if status != 200 || !strings.Contains(page, want) {
			t.Errorf("%d: the page lacks %q", status, want)
		}
	}
	form := func(kind string) string {
		t.Helper()
		m := regexp.MustCompile(`action="(` + home + `/` + kind + `[^"]*)"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no form for %s", kind)
		}
		return m[1]
	}
	post := func(kind string, want int, pairs ...string) string {
		t.Helper()
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		got, body := h.ask(t, me, "POST", form(kind), v)
		if got != want {
			t.Fatalf("%s: %d, want %d", kind, got, want)
		}
		return body
	}
	if body := post("applications/", 422, "verdict", "refuse"); !strings.Contains(body, "请填写此项") {
		t.Error("nobody says that words are missing")
	}
	post("applications/", 422)
	post("exclusions/", 422, "verdict", "refuse", "words", "")
	post("applications/", 303, "verdict", "approve", "words", "同意，抓紧")
	post("exclusions/", 303, "verdict", "refuse", "words", "依据不足")
	post("cases/"+c.ID.String()+"/instruct", 303, "words", "今天办结")
	if body := post("cases/"+c.ID.String()+"/supervise", 422, "words", "限期办结"); !strings.Contains(body, "请选择督办级别") || !strings.Contains(body, "限期办结") {
		t.Error("the order without a degree is not shown again")
	}
	post("cases/"+c.ID.String()+"/supervise", 303, "level", "second", "words", "限期办结")
	var extensions, instructions, orders int
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), `SELECT (SELECT count(*) FROM applications WHERE tenant_id = $1 AND state = 'approved'),
		(SELECT count(*) FROM instructions WHERE tenant_id = $1 AND person = $2), (SELECT count(*) FROM supervision_orders WHERE tenant_id = $1 AND state = 'signed' AND signed_by = $2)`,
		int32(s.ID), me).Scan(&extensions, &instructions, &orders); err != nil || extensions != 1 || instructions != 1 || orders != 1 {
		t.Errorf("%d approved, %d instructions, %d orders (%v)", extensions, instructions, orders, err)
	}
	if _, again := h.ask(t, me, "GET", home, nil); strings.Contains(again, "延期申请") || strings.Contains(again, "申请剔除") || !strings.Contains(again, "督办中") {
		t.Error("what was decided still waits, or the order does not show")
	}
	other, _ := h.street(t, "清静", base+1000)
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE assess_exclusions SET state = 'withdrawn' WHERE tenant_id = $1", int32(other.ID)); err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Write(t.Context(), other.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		list, err := supervision.Mine(ctx, tx)
		for _, w := range list {
			if err == nil && w.Kind == supervision.WaitsToJudge {
				_, err = supervision.Judge(ctx, tx, w.ID, true, "")
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, calm := h.ask(t, roleAt(t, base+1000, auth.Leader), "GET", fmt.Sprintf("/s/%s/leader", other.Slug), nil); !strings.Contains(calm, "没有超期案卷，也没有待您审批的事项") || !strings.Contains(calm, "数据截至") {
		t.Error("nothing says that all is well")
	}
}
