package app_test

import (
	"bytes"
	"context"
	"encoding/json"
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

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
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

// described is the description of what programs may call.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Description)
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// platform is a program that calls with a key, and holds every answer against the description.
type platform struct {
	t    *testing.T
	h    *house
	doc  *openapi3.T
	key  string
	from string // X-Forwarded-For, when somebody tries that
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (p platform) call(method, path string, body any) answer {
	p.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			p.t.Fatal(err)
		}
	}
	q, err := http.NewRequestWithContext(p.t.Context(), method, p.h.server.URL+web.ProgramBase+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.key != "" {
		q.Header.Set("Authorization", "Bearer "+p.key)
	}
	if p.from != "" {
		q.Header.Set("X-Forwarded-For", p.from)
	}
	q.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	out := answer{status: res.StatusCode, header: res.Header}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	out.raw = string(text)
	if err := json.Unmarshal(text, &out.body); err != nil {
		p.t.Fatalf("%s %s: %d %s: %v", method, path, out.status, text, err)
	}
	p.fits(q, res, text)
	return out
}

// fits holds an answer against the description.
func (p platform) fits(q *http.Request, res *http.Response, text []byte) {
	p.t.Helper()
	router, err := legacy.NewRouter(p.doc)
	if err != nil {
		p.t.Fatal(err)
	}
	asked := q.Clone(q.Context())
	asked.URL = &url.URL{Path: q.URL.Path, RawPath: q.URL.RawPath, RawQuery: q.URL.RawQuery}
	route, params, err := router.FindRoute(asked)
	if err != nil {
		p.t.Fatalf("%s %s is not described: %v", q.Method, q.URL.Path, err)
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(p.t.Context(), in.SetBodyBytes(text)); err != nil {
		p.t.Errorf("%s %s answered what is not described: %v", q.Method, q.URL.Path, err)
	}
}

// give makes a key of a street as its security administrator.
func (h *house) give(t *testing.T, s tenants.Tenant, base int64, w openapi.Wish) (k *openapi.Key, secret string) {
	t.Helper()
	if w.ID == uuid.Nil {
		w.ID = tenants.NewID()
	}
	if w.Until == "" {
		w.Until = clock.DateOf(clock.Now(t.Context())).Add(30)
	}
	if w.Channel == "" {
		w.Channel = "hotline"
	}
	err := h.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: roleAt(t, base, auth.SecurityAdmin)}, func(ctx context.Context, tx tenants.Tx) (err error) {
		k, secret, err = openapi.Make(ctx, tx, w)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, secret
}

func (h *house) within(t *testing.T, id tenants.ID, person int64, f func(context.Context, tenants.Tx) error) {
	t.Helper()
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	if err := h.App.DB.Write(t.Context(), id, actor, f); err != nil {
		t.Fatal(err)
	}
}

// calls are what the street's record says of calls, the oldest first.
func (h *house) calls(t *testing.T, id tenants.ID, f openapi.Filter) (out []string) {
	t.Helper()
	h.within(t, id, 0, func(ctx context.Context, tx tenants.Tx) error {
		l, err := openapi.Calls(ctx, tx, f, 0, 100)
		for _, c := range l.Calls {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", strings.Replace(c.Route, web.ProgramBase, "", 1), c.Number, c.Status, c.Ground)))
		}
		slices.Reverse(out)
		return err
	})
	return out
}

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
	h.within(t, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
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
		h.within(t, s.ID, roleAt(t, base, role), func(ctx context.Context, tx tenants.Tx) error { _, err := f(ctx, tx); return err })
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
	h.within(t, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT count(*) FROM cases WHERE tenant_id = ? AND upper_no = 'T-1' AND class = 'matter-06010'", int32(tx.ID())).Scan(ctx, &n)
	})
	if n != 1 {
		t.Errorf("%d cases", n)
	}
}

// A key that is unknown, revoked, expired, of another place or of nobody gets one answer; the street's own record says which.
func TestKeysThatMayNotBeUsed(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 72_000
	s, _ := h.street(t, "壬"+uuid.NewString()[:6], base)
	chief := roleAt(t, base, auth.SecurityAdmin)
	revoked, one := h.give(t, s, base, openapi.Wish{Name: "吊销的"})
	expired, two := h.give(t, s, base, openapi.Wish{Name: "过期的"})
	abroad, three := h.give(t, s, base, openapi.Wish{Name: "别处的", Networks: "203.0.113.0/24，198.51.100.7"})
	near, four := h.give(t, s, base, openapi.Wish{Name: "本机的", Networks: "127.0.0.1"})
	if near.Networks != "127.0.0.1" || abroad.Networks != "203.0.113.0/24 198.51.100.7" {
		t.Errorf("kept as %q and %q", near.Networks, abroad.Networks)
	}
	p := platform{t: t, h: h, doc: described(t), key: one}
	if got := p.call("GET", "/replies", nil); got.status != 200 {
		t.Fatalf("before it is revoked: %d %s", got.status, got.raw)
	}
	if status, _ := h.ask(t, chief, "POST", fmt.Sprintf("/s/%s/admin/keys/%s/revoke", s.Slug, revoked.ID), nil); status != 303 {
		t.Fatalf("revoking: %d", status)
	}
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE api_keys SET expires_at = now() WHERE tenant_id = $1 AND id = $2", int32(s.ID), expired.ID); err != nil {
		t.Fatal(err)
	}
	want := ""
	for what, key := range map[string]string{
		"revoked": one, "expired": two, "from elsewhere": three, "unknown": "wj_" + strings.Repeat("A", 43), "none": "", "no key of ours": "abc", "its hint": revoked.Hint,
	} {
		p.key, p.from = key, "203.0.113.9" // which only a proxy of ours may say
		got := p.call("GET", "/orders/none", nil)
		if body := blank(got.raw); want == "" {
			want = body
		} else if body != want {
			t.Errorf("%s: %s, want %s", what, body, want)
		}
		if got.status != 401 || got.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d %v", what, got.status, got.header)
		}
	}
	p.key, p.from = four, ""
	if got := p.call("GET", "/replies", nil); got.status != 200 {
		t.Errorf("from its own address: %d %s", got.status, got.raw)
	}
	for id, ground := range map[uuid.UUID]string{revoked.ID: string(openapi.Revoked), expired.ID: string(openapi.Expired), abroad.ID: string(openapi.Abroad)} {
		if got := h.calls(t, s.ID, openapi.Filter{Key: id, Ended: openapi.Refused}); len(got) != 1 || got[0] != "GET /orders/{number}  401 "+ground {
			t.Errorf("recorded %q, want %s", got, ground)
		}
	}
	var kinds []string
	h.within(t, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT kind FROM journal WHERE tenant_id = ? AND object_id = ? AND actor = ? ORDER BY n", int32(tx.ID()), revoked.ID, chief).Scan(ctx, &kinds)
	})
	if fmt.Sprint(kinds) != "[api_key.made api_key.revoked]" {
		t.Errorf("acts %v", kinds)
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

// A key of one street finds nothing of another, which has the same orders; a key of one channel nothing of the next.
func TestAKeyReachesOneStreetAndOneChannel(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	markA, markB := "丑"+uuid.NewString()[:6], "寅"+uuid.NewString()[:6]
	a, _ := h.street(t, markA, 75_000)
	b, theirs := h.street(t, markB, 76_000)
	_, hotline := h.give(t, a, 75_000, openapi.Wish{Name: "市12345中心"})
	_, city := h.give(t, a, 75_000, openapi.Wish{Name: "数字城管", Channel: "city"})
	before := everything(t, h.Super(t, tenants.Home), b.ID)
	p := platform{t: t, h: h, doc: described(t), key: hotline}
	if got := p.call("GET", "/orders/"+url.PathEscape(markA+"-12345"), nil); got.status != 200 {
		t.Errorf("its own order: %d %s", got.status, got.raw)
	}
	if got := p.call("POST", "/orders", map[string]any{"upper_no": theirs.UpperNo, "description": "同号", "classes": []string{"暴露垃圾"}}); got.status != 201 {
		t.Errorf("an order under a number that the neighbour has too: %d %s", got.status, got.raw)
	}
	p.key = city
	for _, number := range []string{markA + "-12345", theirs.UpperNo} {
		if got := p.call("GET", "/orders/"+url.PathEscape(number), nil); got.status != 404 || strings.Contains(got.raw, markB) {
			t.Errorf("%s for the other channel: %d %s", number, got.status, got.raw)
		}
	}
	if after := everything(t, h.Super(t, tenants.Home), b.ID); after != before {
		t.Errorf("the neighbour's rows changed:\nbefore %s\nafter  %s", before, after)
	}
}

// The key is shown once: the page that makes it shows it, a repeat of the request makes no second one, no page shows it
// again, and nobody but the security administrator may.
func TestAKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	const base = 77_000
	s, _ := h.street(t, "卯"+uuid.NewString()[:6], base)
	path, chief := "/s/"+s.Slug+"/admin/keys", roleAt(t, base, auth.SecurityAdmin)
	form := url.Values{"name": {"市12345中心"}, "channel": {"hotline"}, "until": {string(clock.DateOf(clock.Now(t.Context())).Add(100))}}
	status, page := h.ask(t, chief, "POST", path, form)
	_, rest, ok := strings.Cut(page, `id="secret"`)
	if status != 200 || !ok {
		t.Fatalf("%d %s", status, page)
	}
	_, rest, _ = strings.Cut(rest, ">")
	secret, _, _ := strings.Cut(rest, "<")
	p := platform{t: t, h: h, doc: described(t), key: secret}
	if got := p.call("GET", "/replies", nil); got.status != 200 {
		t.Errorf("the key that was shown: %d %s", got.status, got.raw)
	}
	if _, page := h.ask(t, chief, "GET", path, nil); strings.Contains(page, secret) || !strings.Contains(page, secret[:9]) || !strings.Contains(page, "市12345中心") {
		t.Errorf("the list: %s", page)
	}
	again := func() int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.server.URL+path, strings.NewReader(form.Encode())) // as it was sent, with its number
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(who, strconv.FormatInt(chief, 10))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := again(); got != 409 {
		t.Errorf("the same request again: %d", got)
	}
	var n int
	h.within(t, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT count(*) FROM api_keys WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &n)
	})
	if n != 1 {
		t.Errorf("%d keys", n)
	}
	for field, v := range map[string]string{"name": "", "channel": "phone", "until": "2020-01-01", "networks": "十楼", "otherwise": "none"} {
		bad := url.Values{"name": {"甲"}, "channel": {"hotline"}, "until": form["until"]}
		bad.Set(field, v)
		if status, page := h.ask(t, chief, "POST", path, bad); status != 422 || !strings.Contains(page, `id="f-`+field+`-error"`) {
			t.Errorf("%s: %d", field, status)
		}
	}
	if status, _ := h.ask(t, roleAt(t, base, auth.AuditAdmin), "GET", path+"/calls", nil); status != 200 {
		t.Errorf("the auditor reads calls: %d", status)
	}
	for _, role := range []string{auth.StreetAdmin, auth.AuditAdmin, auth.Leader} {
		if status, _ := h.ask(t, roleAt(t, base, role), "POST", path, form); status != 403 {
			t.Errorf("%s makes a key: %d", role, status)
		}
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
