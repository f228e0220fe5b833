package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/replies"
	"wanjie/app/clock"
	"wanjie/app/openapi"
	"wanjie/app/web"
	"wanjie/tenants"
)

// An order arrives by a program of 12345 twice and once with another body; it is handled and answered, and its reply
// is fetched, lost on the way and fetched again.
func TestAnOrderArrivesByProgram(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 70_000
	s, _ := h.street(t, "庚"+uuid.NewString()[:6], base)
	k, secret := h.give(t, s, base, openapi.Wish{Name: "市12345中心"})
	p := platform{t: t, h: h, doc: described(t), key: secret}

	due := clock.Now(t.Context()).Add(96 * time.Hour).In(clock.Zone)
	order := map[string]any{"upper_no": "SZ/2026-001", "description": "小区东门垃圾堆放三天", "classes": []string{"暴露垃圾"}, "petitioner": "王小明", "phone": "13800138000",
		"address": "枫桥路18号", "lon": 120.51, "lat": 31.31, "upper_due": due.Format("2006-01-02 15:04")}
	first := p.call("POST", "/orders", order)
	if first.status != 201 || first.body["stage"] != "filed" || first.body["upper_no"] != "SZ/2026-001" || first.body["upper_due"] != due.Truncate(time.Minute).Format(time.RFC3339) {
		t.Fatalf("the first time: %d %s", first.status, first.raw)
	}
	again := p.call("POST", "/orders", order)
	if again.status != 200 || again.body["number"] != first.body["number"] {
		t.Errorf("the same order again: %d %s", again.status, again.raw)
	}
	order["description"] = "小区西门垃圾堆放三天"
	other := p.call("POST", "/orders", order)
	if other.status != 409 || other.body["code"] != "conflict" || !strings.Contains(fmt.Sprint(other.body["error"]), "SZ/2026-001") {
		t.Errorf("another order under its number: %d %s", other.status, other.raw)
	}
	var here []cases.Case
	within(t, h.App, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Select(&here).Where("upper_no = 'SZ/2026-001'").Scan(ctx)
	})
	if len(here) != 1 || here[0].Class != "matter-06010" || here[0].Grid == "" || here[0].ReportedBy != tenants.System {
		t.Fatalf("%d cases: %+v", len(here), here)
	}

	for _, c := range []struct {
		what   string
		body   any
		fields map[string]any
	}{
		{"four wrong fields", map[string]any{"upper_no": "SZ/2026-002", "classes": []string{"没有的分类"}, "phone": "110", "upper_due": "明天", "community": "别处社区"},
			map[string]any{"class": "分类与本街道的类别对不上，请选择归入哪一类，或先在街道管理中增加", "phone": "电话号码位数不足", "upper_due": "日期时间无法识别，应如 2026-09-28 15:04", "community": "不是本街道的社区（村）", "description": "请填写此项"}},
		{"a misspelt field", map[string]any{"upper_no": "SZ/2026-002", "phon": "13800138000"}, map[string]any{"phon": "没有这个字段，见接口说明"}},
		{"a number for a text", map[string]any{"upper_no": 7}, map[string]any{"upper_no": "数据类型不对，见接口说明"}},
		{"a number that nobody can read", map[string]any{"upper_no": "SZ\x00", "description": "路灯不亮"}, map[string]any{"upper_no": "含有无法识别的字符"}},
		{"no object", "[", map[string]any{}},
		{"too much", strings.Repeat(" ", 70<<10), map[string]any{}},
	} {
		got := p.call("POST", "/orders", c.body)
		if diff := cmp.Diff(c.fields, got.body["fields"]); got.status != 422 || diff != "" {
			t.Errorf("%s: %d %s %s", c.what, got.status, diff, got.raw)
		}
	}

	for _, number := range []string{"%00", "%ff", "a%00b"} {
		if none := p.call("GET", "/orders/"+number, nil); none.status != 404 {
			t.Errorf("%s: %d %s", number, none.status, none.raw)
		}
	}
	id := here[0].ID
	step := func(role string, f func(context.Context, tenants.Tx) (*cases.Case, error)) {
		t.Helper()
		within(t, h.App, s.ID, roleAt(t, base, role), func(ctx context.Context, tx tenants.Tx) error { _, err := f(ctx, tx); return err })
	}
	step(auth.Dispatcher, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Dispatch(ctx, tx, id, cases.Order{Unit: "sanitation", Basis: cases.Statutory})
	})
	at := p.call("GET", "/orders/"+url.PathEscape("SZ/2026-001"), nil)
	if at.status != 200 || at.body["stage"] != "handling" || at.body["unit"] == "" || strings.Contains(at.raw, "王小明") || strings.Contains(at.raw, "13800138000") || strings.Contains(at.raw, "枫桥路") {
		t.Errorf("how it stands: %d %s", at.status, at.raw)
	}
	if none := p.call("GET", "/orders/SZ-none", nil); none.status != 404 || none.body["code"] != "not_found" {
		t.Errorf("an order that is none: %d %s", none.status, none.raw)
	}
	step(auth.Handler, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Handle(ctx, tx, id, "已清运")
	})
	step(auth.Handler, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return replies.Draft(ctx, tx, id, replies.Wording{Words: "已清运并告知来电人。", Contacted: true, Solved: true})
	})
	step(auth.ShiftLead, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
	})
	if none := p.call("GET", "/replies", nil); none.status != 200 || fmt.Sprint(none.body["replies"]) != "[]" {
		t.Errorf("before it is approved: %d %s", none.status, none.raw)
	}
	step(auth.Leader, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return replies.Judge(ctx, tx, id, true, "")
	})
	lost := p.call("GET", "/replies?after=0&limit=10", nil)
	found := p.call("GET", "/replies?after=0&limit=10", nil)
	if lost.status != 200 || lost.raw != found.raw || !strings.Contains(found.raw, "已清运并告知来电人。") || !strings.Contains(found.raw, `"upper_no":"SZ/2026-001"`) {
		t.Errorf("fetched twice: %d %s, then %s", lost.status, lost.raw, found.raw)
	}
	next, _ := found.body["next"].(float64)
	if rest := p.call("GET", "/replies?after="+strconv.Itoa(int(next)), nil); fmt.Sprint(rest.body["replies"]) != "[]" || rest.body["next"] != next {
		t.Errorf("afterwards: %s", rest.raw)
	}
	if at := p.call("GET", "/orders/"+url.PathEscape("SZ/2026-001"), nil); at.body["owes_reply"] != false {
		t.Errorf("at last: %s", at.raw)
	}
	for _, bad := range []string{"?after=x", "?after=-1", "?limit=0", "?limit=900", "?limit=x"} {
		if got := p.call("GET", "/replies"+bad, nil); got.status != 422 {
			t.Errorf("%s: %d %s", bad, got.status, got.raw)
		}
	}

	if diff := cmp.Diff([]string{
		"POST /orders SZ/2026-001 201", "POST /orders SZ/2026-001 200", "POST /orders SZ/2026-001 409", "POST /orders SZ/2026-002 422 class,community,description,phone,upper_due",
		"POST /orders  422 phon", "POST /orders  422 upper_no", "POST /orders SZ 422 upper_no", "POST /orders  422", "POST /orders  422",
		"GET /orders/{number}  404", "GET /orders/{number}  404", "GET /orders/{number} ab 404", "GET /orders/{number} SZ/2026-001 200", "GET /orders/{number} SZ-none 404",
		"GET /replies  200", "GET /replies  200", "GET /replies  200", "GET /replies  200", "GET /orders/{number} SZ/2026-001 200",
		"GET /replies  422 after", "GET /replies  422 after", "GET /replies  422 limit", "GET /replies  422 limit", "GET /replies  422 limit",
	}, h.calls(t, s.ID, openapi.Filter{Key: k.ID})); diff != "" {
		t.Errorf("the record of calls: %s", diff)
	}
	if got := h.calls(t, s.ID, openapi.Filter{Number: "SZ/2026-001", Ended: openapi.Wrong}); len(got) != 1 {
		t.Errorf("what went wrong about the order: %q", got)
	}
	chief := roleAt(t, base, auth.SecurityAdmin)
	status, page := h.ask(t, chief, "GET", "/s/"+s.Slug+"/admin/keys/calls?ended=wrong&number="+url.QueryEscape("SZ/2026-001"), nil)
	if status != 200 || strings.Count(page, "同号不同内容") != 1 || strings.Contains(page, "王小明") {
		t.Errorf("the administrator's page: %d %s", status, page)
	}
	if strings.Contains(h.log.String(), secret) {
		t.Error("the log holds a key")
	}
}

// Sixteen copies of an order that come at once are one case, and one of them is told that it is new.
func TestAnOrderArrivesManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 71_000
	s, _ := h.street(t, "辛"+uuid.NewString()[:6], base)
	_, secret := h.give(t, s, base, openapi.Wish{Name: "市12345中心", Otherwise: "matter-06010"})
	p := platform{t: t, h: h, doc: described(t), key: secret}
	var wg sync.WaitGroup
	got := make([]int, 16)
	for i := range got {
		wg.Go(func() {
			got[i] = p.call("POST", "/orders", map[string]any{"upper_no": "T-1", "description": "路灯不亮", "classes": []string{"不认得的分类"}}).status
		})
	}
	wg.Wait()
	slices.Sort(got)
	if want := append(slices.Repeat([]int{200}, 15), 201); !slices.Equal(got, want) {
		t.Errorf("answered %v", got)
	}
	var n int
	within(t, h.App, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT count(*) FROM cases WHERE tenant_id = ? AND upper_no = 'T-1' AND class = 'matter-06010'", int32(tx.ID())).Scan(ctx, &n)
	})
	if n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Who calls too often is told when to come again, and the flood is one line of the record.
func TestAProgramThatCallsTooOften(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 73_000
	s, _ := h.street(t, "癸"+uuid.NewString()[:6], base)
	k, secret := h.give(t, s, base, openapi.Wish{Name: "急性子"})
	_, calm := h.give(t, s, base, openapi.Wish{Name: "慢性子"})
	p := platform{t: t, h: h, doc: described(t), key: secret}
	for range openapi.Often.Max {
		p.call("GET", "/orders/none", nil)
	}
	for range 3 {
		got := p.call("GET", "/orders/none", nil)
		if wait, err := strconv.Atoi(got.header.Get("Retry-After")); got.status != 429 || err != nil || wait < 1 || wait > 60 {
			t.Errorf("%d %v %s", got.status, got.header, got.raw)
		}
	}
	if n := len(h.calls(t, s.ID, openapi.Filter{Key: k.ID, Ended: openapi.Refused})); n != 1 {
		t.Errorf("%d refusals are recorded", n)
	}
	p.key = calm
	if got := p.call("GET", "/orders/none", nil); got.status != 404 {
		t.Errorf("another key: %d", got.status)
	}
}

// A street that is suspended, or has switched its cases off, says so to whoever holds a key of it.
func TestAStreetThatTakesNoCalls(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 74_000
	s, _ := h.street(t, "子"+uuid.NewString()[:6], base)
	_, secret := h.give(t, s, base, openapi.Wish{Name: "市12345中心"})
	p := platform{t: t, h: h, doc: described(t), key: secret}
	says := func(word string) {
		t.Helper()
		got := p.call("POST", "/orders", map[string]any{"upper_no": "X-1", "description": "路灯不亮"})
		if got.status != 403 || !strings.Contains(fmt.Sprint(got.body["error"]), word) {
			t.Errorf("%d %s", got.status, got.raw)
		}
	}
	off(t, h, s.ID, "cases")
	says("没有启用该功能")
	if err := h.App.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "request", By: 1}); err != nil {
		t.Fatal(err)
	}
	says("当前不可办理业务")
	if got := h.calls(t, s.ID, openapi.Filter{}); len(got) != 2 || !strings.HasSuffix(got[0], "403 off") || !strings.HasSuffix(got[1], "403 shut") {
		t.Errorf("recorded %q", got)
	}
}

// Calls of more than a year ago are forgotten; nobody changes one, and nobody deletes a young one.
func TestTheRecordOfCallsStays(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 78_000
	s, _ := h.street(t, "辰"+uuid.NewString()[:6], base)
	k, secret := h.give(t, s, base, openapi.Wish{Name: "市12345中心"})
	p := platform{t: t, h: h, doc: described(t), key: secret}
	p.call("GET", "/replies", nil)
	for _, days := range []int{200, 400} {
		if _, err := h.Super(t, tenants.Home).Exec(t.Context(), `INSERT INTO api_calls (tenant_id, id, key_id, at, route, status) VALUES ($1, $2, $3, now() - $4 * interval '1 day', 'GET /api/v1/orders/{number}', 404)`,
			int32(s.ID), tenants.NewID(), k.ID, days); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.App.DB.System(t.Context(), tenants.Home, openapi.Purge); err != nil {
		t.Fatal(err)
	}
	if got := h.calls(t, s.ID, openapi.Filter{}); len(got) != 2 {
		t.Errorf("left are %q", got)
	}
	if err := h.App.DB.System(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		_, err := tx.Raw("DELETE FROM api_calls WHERE at < now()").Exec(ctx) // without the patience of a year
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := h.calls(t, s.ID, openapi.Filter{}); len(got) != 1 || !strings.HasPrefix(got[0], "GET /replies") {
		t.Errorf("the young one is gone, or one older than six months is not: %q", got)
	}
	for _, q := range []string{"UPDATE api_calls SET status = 200", "DELETE FROM api_calls", "UPDATE api_keys SET expires_at = now() + interval '9 years'", "DELETE FROM api_keys"} {
		if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := tx.Raw(q).Exec(ctx)
			return err
		}); err == nil {
			t.Errorf("a tenant may %s", q)
		}
	}
}

// TestEveryCallIsDescribed compares the routes for programs with the description, which everybody may read.
func TestEveryCallIsDescribed(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	doc := described(t)
	var routes, told []string
	for _, r := range h.Site.Routes() {
		if r.Door == "program" {
			routes = append(routes, r.Method+" "+strings.TrimPrefix(r.Pattern, web.ProgramBase))
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			told = append(told, method+" "+path)
		}
	}
	slices.Sort(routes)
	slices.Sort(told)
	if diff := cmp.Diff(routes, told); diff != "" || len(routes) < 3 {
		t.Errorf("routes and description differ: %s", diff)
	}
	res, err := http.Get(h.server.URL + openapi.DescriptionPath)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	served, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !bytes.Equal(served, openapi.Description) {
		t.Errorf("served: %d %v", res.StatusCode, err)
	}
}
