package record_test

import (
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/app/admin/record"
	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The people of the street, by their numbers.
const (
	zhou  = 502 // security administrator
	wu    = 503 // audit administrator
	zheng = 504 // dispatcher
	gone  = 505 // has left
	boss  = 9   // of the vendor; its auditor
)

type hall struct {
	*tenantstest.World
	tenants.Tenant
	book *access.Book
	h    http.Handler
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newHall(t *testing.T) *hall {
	t.Helper()
	w := tenantstest.Open(t)
	l := &hall{World: w, Tenant: w.Street(t), book: access.NewBook(w.DB)}
	must(t, w.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, who := range map[int64]struct{ name, role string }{zhou: {"周敏", auth.SecurityAdmin}, wu: {"吴兰", auth.AuditAdmin}, zheng: {"郑洁", auth.Dispatcher}, gone: {"王磊", auth.Intake}} {
			if err := auth.AddMember(ctx, tx, person, who.name, ""); err != nil {
				return err
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: who.role}); err != nil {
				return err
			}
		}
		return auth.Leave(ctx, tx, gone)
	}))
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("As"), 10, 64)
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		AdmitVendor: func(r *web.Request, may string) error {
			if r.Visitor.Person != boss || may != auth.AccessRead {
				return fault.New(fault.Forbidden, "您没有进行此操作的权限")
			}
			return nil
		},
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		VendorFrame: func(context.Context, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	record.Routes(site, record.Deps{DB: w.DB, Book: l.book,
		Frame: func(tenants.Tx, *web.Request) view.Frame { return view.Frame{} },
		Words: map[string]string{"object/case": "案卷", "field/phone": "电话", "purpose/contact": "联系诉求人"},
		Names: func(context.Context) (map[int64]string, error) { return map[int64]string{boss: "钱审计"}, nil },
	})
	l.h = site.Handler(web.Limits{})
	return l
}

func (l *hall) do(t *testing.T, as int64, method, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	var body io.Reader
	if form != nil {
		form.Set("request", tenants.NewID().String())
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, strings.Replace(path, "/s/-", "/s/"+l.Slug, 1), body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("As", strconv.FormatInt(as, 10))
	r.RemoteAddr = "192.0.2.55:4000"
	rec := httptest.NewRecorder()
	l.h.ServeHTTP(rec, r)
	return rec
}

func (l *hall) get(t *testing.T, as int64, path string, want int) *html.Node {
	t.Helper()
	return parsed(t, l.do(t, as, http.MethodGet, path, nil), want)
}

func parsed(t *testing.T, rec *httptest.ResponseRecorder, want int) *html.Node {
	t.Helper()
	if rec.Code != want {
		t.Fatalf("%d, want %d: %s", rec.Code, want, rec.Body)
	}
	n, err := html.Parse(rec.Body)
	must(t, err)
	return n
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c) + " ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func all(n *html.Node, selector string) (out []string) {
	for _, m := range cascadia.QueryAll(n, cascadia.MustCompile(selector)) {
		out = append(out, text(m))
	}
	return out
}

// day fills the street's record with a day in which something of everything happened.
func (l *hall) day(t *testing.T) (refused access.Event) {
	t.Helper()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, clock.Zone)
	refused = access.Event{ID: tenants.NewID(), At: at.Add(time.Hour), Kind: access.LoginRefused, Person: zheng, Via: "password", Ground: "wrong", Address: "203.0.113.77"}
	must(t, l.DB.Write(t.Context(), l.ID, tenants.Actor{Person: zheng}, func(ctx context.Context, tx tenants.Tx) error {
		for _, e := range []access.Event{
			{At: at, Kind: access.Login, Person: gone, Via: "sms", Address: "203.0.113.9"}, refused,
			{At: at.Add(2 * time.Hour), Kind: access.Refused, Person: zheng, Route: "POST /admin/people/grant", Needs: auth.GrantsGive, Address: "203.0.113.9"},
			{At: at.Add(3 * time.Hour), Kind: access.Disabled, Person: gone, By: zhou, Reason: "=离职", Address: "203.0.113.9"},
		} {
			if err := access.Add(ctx, tx, e); err != nil {
				return err
			}
		}
		return tx.Looked(ctx, tenants.Look{Object: "case", ObjectID: tenants.NewID(), Fields: []string{"phone"}, Purpose: "contact"})
	}))
	return refused
}

func TestTheAuditorReadsTheRecord(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	l.day(t)
	page := l.get(t, wu, "/s/-/admin/access", 200)
	rows := all(page, "tbody tr")
	want := []string{"郑洁 查阅个人信息 案卷：电话 事由：联系诉求人", "王磊 停用账号 办理人：周敏", "郑洁 请求被拒 缺少权限：授予和收回角色 POST /admin/people/grant", "郑洁 登录被拒 方式：密码 原因：密码或验证码不正确 203.0.113.0/24", "王磊 登录 方式：短信验证码 203.0.113.0/24"}
	if len(rows) != len(want) {
		t.Fatalf("%d rows: %q", len(rows), rows)
	}
	for i, w := range want {
		if !strings.Contains(rows[i], w) {
			t.Errorf("row %d is %q, want %q in it", i+1, rows[i], w)
		}
	}
	if strings.Contains(text(page), "203.0.113.77") {
		t.Error("the list shows a whole address")
	}
	if got := all(page, "#f-person option"); !strings.Contains(strings.Join(got, " "), "王磊（已移出）") {
		t.Errorf("persons %q", got)
	}
	for query, n := range map[string]int{"kind=refused": 2, "person=505": 2, "kind=look": 1, "from=2026-11-22&to=2026-11-22": 4, "from=2026-11-23": 1, "to=2026-11-21": 0, "kind=login&person=504": 0, "from=yesterday": 5} {
		if got := all(l.get(t, wu, "/s/-/admin/access?"+query, 200), "tbody tr"); len(got) != n {
			t.Errorf("%s: %d rows, want %d", query, len(got), n)
		}
	}
	for _, who := range []int64{zhou, zheng} {
		for _, path := range []string{"/s/-/admin/access", "/s/-/admin/access/export", "/s/-/admin/access/" + tenants.NewID().String()} {
			if rec := l.do(t, who, http.MethodGet, path, nil); rec.Code != http.StatusForbidden {
				t.Errorf("%s as %d: %d", path, who, rec.Code)
			}
		}
	}
}

func TestTheRecordAsAFile(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	l.day(t)
	rec := l.do(t, wu, http.MethodGet, "/s/-/admin/access/export?person=505", nil)
	body := strings.TrimPrefix(rec.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	must(t, err)
	if rec.Code != 200 || len(rows) != 3 || len(rec.Body.String()) == len(body) || !strings.Contains(rec.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d, %q: %q", rec.Code, rec.Header(), rows)
	}
	if rows[0][0] != "时间" || rows[1][0] != "2026-11-22 12:00:00" || rows[1][1] != "王磊" || rows[1][2] != "停用账号" || rows[1][7] != "周敏" || rows[2][3] != "短信验证码" {
		t.Errorf("%q", rows)
	}
	if strings.Contains(body, "离职") || strings.Contains(body, "203.0.113.9,") {
		t.Error("the file holds what is sealed")
	}
	// Taking it out is an entry itself.
	if rows := all(l.get(t, wu, "/s/-/admin/access", 200), "tbody tr"); len(rows) != 6 || !strings.Contains(rows[0], "吴兰 导出访问记录") || !strings.Contains(rows[0], "192.0.2.0/24") {
		t.Errorf("after the export: %q", rows)
	}
}

func TestAWholeAddressWantsAReason(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	refused := l.day(t)
	path := "/s/-/admin/access/" + refused.ID.String()
	page := l.get(t, wu, path, 200)
	if strings.Contains(text(page), "203.0.113.77") || len(all(page, "form textarea[name=reason]")) != 1 {
		t.Fatalf("the entry shows %q", text(page))
	}
	page = parsed(t, l.do(t, wu, http.MethodPost, path, url.Values{"reason": {" 查 "}}), 422)
	if strings.Contains(text(page), "203.0.113.77") || len(all(page, "#f-reason-error")) != 1 {
		t.Errorf("without a reason: %q", text(page))
	}
	page = parsed(t, l.do(t, wu, http.MethodPost, path, url.Values{"reason": {"核查异地登录告警"}}), 200)
	if got := all(page, "#address"); len(got) != 1 || got[0] != "203.0.113.77" {
		t.Errorf("with a reason: %q", text(page))
	}
	rows := all(l.get(t, wu, "/s/-/admin/access?kind=address.opened", 200), "tbody tr")
	if len(rows) != 1 || !strings.Contains(rows[0], "郑洁 查看完整地址 办理人：吴兰") {
		t.Errorf("the look at it is recorded as %q", rows)
	}
	// A neighbour's entry is nobody's.
	neighbour := newHall(t)
	if rec := neighbour.do(t, wu, http.MethodPost, path, url.Values{"reason": {"核查异地登录告警"}}); rec.Code != http.StatusNotFound {
		t.Errorf("a neighbour's auditor gets %d", rec.Code)
	}
}

func TestTheVendorsAuditor(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	mine := access.Event{ID: tenants.NewID(), Kind: access.Login, Person: boss, Via: "password", Address: "198.51.100.4"}
	clerk := access.Event{ID: tenants.NewID(), Kind: access.Logout, Person: 88_000_111, Address: "198.51.100.4"}
	stranger := access.Event{ID: tenants.NewID(), Kind: access.LoginRefused, Via: "sms", Ground: "wrong", Account: "+8613788889999", Address: "198.51.100.4"}
	for _, e := range []access.Event{mine, clerk, stranger} {
		must(t, l.book.Write(t.Context(), e))
	}
	if rows := all(l.get(t, boss, "/v/access?person=88000111", 200), "tbody tr"); len(rows) != 1 || !strings.Contains(rows[0], "88000111 号人员 退出登录") {
		t.Errorf("a street's clerk is %q", rows)
	}
	if rows := all(l.get(t, boss, "/v/access?kind=login.refused", 200), "tbody tr"); len(rows) == 0 || !strings.Contains(strings.Join(rows, "\n"), "未知账号") || strings.Contains(strings.Join(rows, "\n"), "8889999") {
		t.Errorf("a stranger is %q", rows)
	}
	if rows := all(l.get(t, boss, "/v/access?person=9&kind=login", 200), "tbody tr"); len(rows) != 1 || !strings.Contains(rows[0], "钱审计 登录") {
		t.Errorf("the vendor's own is %q", rows)
	}
	if rows := all(l.get(t, boss, "/v/access?kind=look", 200), "tbody tr"); len(rows) != 0 {
		t.Errorf("the vendor sees looks at residents: %q", rows)
	}
	if page := l.get(t, boss, "/v/access/"+mine.ID.String(), 200); strings.Contains(text(page), "198.51.100.4") {
		t.Error("an entry shows its whole address")
	}
	page := parsed(t, l.do(t, boss, http.MethodPost, "/v/access/"+mine.ID.String(), url.Values{"reason": {"核查异地登录告警"}}), 200)
	if got := all(page, "#address"); len(got) != 1 || got[0] != "198.51.100.4" {
		t.Errorf("with a reason: %q", text(page))
	}
	if rec := l.do(t, boss, http.MethodGet, "/v/access/export?person=9", nil); rec.Code != 200 || !strings.Contains(rec.Body.String(), "查看完整地址") {
		t.Errorf("the file: %d", rec.Code)
	}
	if rows := all(l.get(t, boss, "/v/access?person=9&kind=record.exported", 200), "tbody tr"); len(rows) != 1 {
		t.Errorf("the export is recorded as %q", rows)
	}
	for _, path := range []string{"/v/access", "/v/access/export", "/v/access/" + mine.ID.String()} {
		if rec := l.do(t, zheng, http.MethodGet, path, nil); rec.Code != http.StatusForbidden {
			t.Errorf("%s as a clerk: %d", path, rec.Code)
		}
	}
	l.get(t, boss, "/v/access/"+tenants.NewID().String(), 404)
	l.get(t, boss, "/v/access/here", 404)
}
