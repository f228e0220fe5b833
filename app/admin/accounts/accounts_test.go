package accounts_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/net/html"

	"wanjie/app/admin/accounts"
	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/auth/providers"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// hall is a street and the vendor's door, with the sign-in service left out: what would have been asked
// of it is written down.
type hall struct {
	*tenantstest.World
	tenants.Tenant
	h http.Handler

	chief, other, clerk, both int64 // the street's security administrators, a clerk, one who works elsewhere too
	guard, boss               int64 // the vendor's security administrator and another of its people
	grants                    map[int64]auth.UpperGrants
	ordered                   []string
	invited                   []auth.Staff
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (l *hall) person(t *testing.T) (n int64) {
	t.Helper()
	must(t, l.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(&n))
	return n
}

func newHall(t *testing.T) *hall {
	t.Helper()
	w := tenantstest.Open(t)
	l := &hall{World: w, Tenant: w.Street(t), grants: map[int64]auth.UpperGrants{}}
	for _, p := range []*int64{&l.chief, &l.other, &l.clerk, &l.both, &l.guard, &l.boss} {
		*p = l.person(t)
	}
	must(t, w.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, who := range map[int64]struct{ name, role string }{l.chief: {"周敏", auth.SecurityAdmin}, l.other: {"吴兰", auth.SecurityAdmin}, l.clerk: {"郑洁", auth.Dispatcher}, l.both: {"冯磊", auth.Intake}} {
			if err := auth.AddMember(ctx, tx, person, who.name, "13800001234"); err != nil {
				return err
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: who.role}); err != nil {
				return err
			}
		}
		return nil
	}))
	for person, role := range map[int64]string{l.guard: auth.SecurityAdmin, l.boss: auth.Operator} {
		g := auth.UpperGrant{Scope: auth.InVendor, Role: role}
		must(t, w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return auth.GiveUpper(ctx, tx, auth.Machine(), person, g)
		}))
		l.grants[person] = auth.UpperGrants{g}
	}
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("As"), 10, 64)
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		AdmitVendor: func(r *web.Request, may string) error { return l.grants[r.Visitor.Person].RequireVendor(may) },
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		AdmitDistrict: func(r *web.Request, may string) (int32, error) {
			code, _ := strconv.ParseInt(r.PathValue("district"), 10, 32)
			return int32(code), l.grants[r.Visitor.Person].RequireDistrict(may, int32(code))
		},
		DistrictFrame: func(context.Context, tenants.DistrictTx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		VendorFrame:   func(context.Context, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	write := func(m auth.Measure, person int64, o auth.Order) {
		l.ordered = append(l.ordered, fmt.Sprintf("%s %d by %d from %s: %s", m, person, o.By, o.Address, o.Reason))
	}
	accounts.Routes(site, accounts.Deps{DB: w.DB,
		Providers: providers.NewShelf(w.DB, false), Back: "https://console.example.cn/login/district/callback", Note: access.NewBook(w.DB).Write,
		Frame: func(tenants.Tx, *web.Request) view.Frame { return view.Frame{} },
		Order: func(_ context.Context, _ tenants.Tx, m auth.Measure, person int64, o auth.Order) error {
			write(m, person, o)
			return nil
		},
		Elsewhere: func(_ context.Context, person int64, _ tenants.ID) (bool, error) { return person == l.both, nil },
		Officer: func(r *web.Request) (auth.Officer, error) {
			return auth.Officer{Person: r.Visitor.Person, Grants: l.grants[r.Visitor.Person]}, nil
		},
		Carry: func(_ context.Context, m auth.Measure, person int64, o auth.Order) error {
			if m == auth.SwitchOff && person == l.guard {
				return fault.New(fault.Conflict, "至少保留一位可用的安全管理员，请先授权另一位人员")
			}
			write(m, person, o)
			return nil
		},
		Staff: func(_ context.Context, list []auth.Account) (map[int64]auth.Staff, error) {
			out := map[int64]auth.Staff{}
			for _, a := range list {
				out[a.Person] = auth.Staff{Name: fmt.Sprintf("欧阳%d", a.Person), Phone: "+8613812345678"}
			}
			return out, nil
		},
		Find: func(_ context.Context, account string) (int64, error) {
			if account == "13800001234" {
				return l.both, nil
			}
			return 0, fault.New(fault.NotFound, "没有此账号")
		},
		Places: func(_ context.Context, person int64) ([]auth.Place, error) {
			if person == l.both {
				return []auth.Place{{Name: "枫桥街道"}, {Name: "木渎镇"}}, nil
			}
			return nil, nil
		},
		Invite: func(_ context.Context, s auth.Staff, at string) (int64, error) {
			l.invited = append(l.invited, s)
			return l.clerk, nil
		},
	})
	l.h = site.Handler(web.Limits{})
	return l
}

func (l *hall) do(t *testing.T, as int64, method, path string, want int, form ...string) *html.Node {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		v := url.Values{"request": {tenants.NewID().String()}}
		for i := 0; i+1 < len(form); i += 2 {
			v.Set(form[i], form[i+1])
		}
		body = strings.NewReader(v.Encode())
	}
	r := httptest.NewRequest(method, strings.Replace(path, "/s/-", "/s/"+l.Slug, 1), body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("As", strconv.FormatInt(as, 10))
	rec := httptest.NewRecorder()
	l.h.ServeHTTP(rec, r)
	if rec.Code != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, path, rec.Code, want, rec.Body)
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

func TestAStreetsSecurityAdministrator(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	at := func(person int64) string { return fmt.Sprintf("/s/-/admin/people/%d", person) }
	buttons := func(n *html.Node) []string { return all(n, "button[data-confirm]") }
	page := l.do(t, l.chief, "GET", at(l.clerk), 200)
	if diff := cmp.Diff([]string{"终止会话", "解除身份验证器", "停用账号"}, buttons(page)); diff != "" {
		t.Error(diff)
	}
	if got := text(page); !strings.Contains(got, "138****1234") || !strings.Contains(got, "派遣员") || !strings.Contains(got, "正常") {
		t.Errorf("the page says %q", got)
	}
	if diff := cmp.Diff([]string{"终止会话"}, buttons(l.do(t, l.chief, "GET", at(l.both), 200))); diff != "" {
		t.Errorf("who works elsewhere too: %s", diff)
	}
	if diff := cmp.Diff([]string{"终止会话"}, buttons(l.do(t, l.chief, "GET", at(l.chief), 200))); diff != "" {
		t.Errorf("oneself: %s", diff)
	}
	wrong := l.do(t, l.chief, "POST", at(l.clerk)+"/measure", 422, "measure", "off", "reason", " 走 ")
	if got := all(wrong, "#f-reason-off-error"); len(got) != 1 || len(l.ordered) != 0 {
		t.Errorf("without a reason: %q, ordered %q", got, l.ordered)
	}
	for _, c := range []struct {
		about  int64
		m      string
		status int
	}{
		{l.clerk, "sessions", 303}, {l.clerk, "factor", 303}, {l.clerk, "on", 409}, {l.clerk, "off", 303}, {l.clerk, "off", 409},
		{l.both, "off", 409}, {l.both, "factor", 409}, {l.both, "sessions", 303}, {l.chief, "off", 409}, {l.chief, "factor", 409}, {l.clerk, "erase", 409}, {l.guard, "off", 404},
	} {
		l.do(t, l.chief, "POST", at(c.about)+"/measure", c.status, "measure", c.m, "reason", "本人报告手机遗失")
	}
	var want []string
	for _, c := range []struct {
		m     string
		about int64
	}{{"sessions", l.clerk}, {"factor", l.clerk}, {"off", l.clerk}, {"sessions", l.both}} {
		want = append(want, fmt.Sprintf("%s %d by %d from 192.0.2.1: 本人报告手机遗失", c.m, c.about, l.chief))
	}
	if diff := cmp.Diff(want, l.ordered); diff != "" {
		t.Errorf("ordered: %s", diff)
	}
	off := l.do(t, l.chief, "GET", at(l.clerk), 200)
	if diff := cmp.Diff([]string{"解除身份验证器", "恢复账号"}, buttons(off)); diff != "" || !strings.Contains(text(off), "已停用") {
		t.Errorf("switched off: %s", diff)
	}
	for _, path := range []string{at(l.guard), at(0), "/s/-/admin/people/zhou"} {
		l.do(t, l.chief, "GET", path, 404)
	}
	l.do(t, l.clerk, "GET", at(l.clerk), 403)
	l.do(t, l.clerk, "POST", at(l.chief)+"/measure", 403, "measure", "off", "reason", "本人报告手机遗失")
	var n int
	must(t, l.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM journal WHERE tenant_id = $1 AND kind LIKE 'member.%' AND actor = $2", int32(l.ID), l.chief).Scan(&n))
	if n != 4 {
		t.Errorf("%d acts of the administrator", n)
	}
}

func TestTheVendorsSecurityAdministrator(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	at := func(person int64) string { return fmt.Sprintf("/v/people/%d", person) }
	page := l.do(t, l.guard, "GET", "/v/people", 200)
	var mine string
	for _, row := range all(page, "tbody tr") {
		if strings.Contains(row, fmt.Sprintf("欧阳%d ", l.boss)) {
			mine = row
		}
	}
	if !strings.Contains(mine, "运营操作员 运营方") || !strings.Contains(mine, "138****5678") || !strings.Contains(mine, "正常") {
		t.Errorf("the operator stands there as %q", mine)
	}
	// Of a street's clerk the surname does; where they work tells whose clerk it is.
	if got := text(l.do(t, l.guard, "GET", at(l.both), 200)); !strings.Contains(got, "枫桥街道、木渎镇") || strings.Contains(got, fmt.Sprintf("欧阳%d", l.both)) {
		t.Errorf("a street's clerk: %q", got)
	}
	found := func(account string, want int) string {
		n := l.do(t, l.guard, "POST", "/v/people/find", want, "account", account)
		return text(n)
	}
	found("13800001234", 303)
	found(fmt.Sprint(l.clerk), 303)
	if got := found("13999999999", 404); !strings.Contains(got, "没有此账号或人员编号") {
		t.Errorf("nobody: %q", got)
	}
	found("999999999", 404)
	for _, c := range []struct {
		about  int64
		m      string
		status int
	}{{l.both, "off", 303}, {l.both, "factor", 303}, {l.guard, "off", 409}, {l.guard, "sessions", 303}, {l.boss, "on", 409}} {
		l.do(t, l.guard, "POST", at(c.about)+"/measure", c.status, "measure", c.m, "reason", "街道来函，人员已离职")
	}
	if len(l.ordered) != 3 || l.ordered[0] != fmt.Sprintf("off %d by %d from 192.0.2.1: 街道来函，人员已离职", l.both, l.guard) {
		t.Errorf("ordered %q", l.ordered)
	}
	l.do(t, l.guard, "POST", at(l.both)+"/measure", 422, "measure", "off", "reason", "")
	for _, c := range []struct{ method, path string }{{"GET", "/v/people"}, {"GET", at(l.both)}, {"POST", "/v/people/find"}, {"POST", at(l.both) + "/measure"}, {"POST", at(l.both) + "/give"}, {"POST", at(l.guard) + "/end"}, {"POST", "/v/people/invite"}, {"GET", "/v/acts"}} {
		l.do(t, l.boss, c.method, c.path, 403)
	}
}

func TestGrantsAboveTheTenants(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	at := func(person int64) string { return fmt.Sprintf("/v/people/%d", person) }
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 303, "role", "district/district_leader", "district", "320505")
	page := l.do(t, l.guard, "GET", at(l.boss), 200)
	if got := strings.Join(all(page, ".row-actions"), " "); !strings.Contains(got, "区级领导 虎丘区") || !strings.Contains(got, "运营操作员 运营方") {
		t.Errorf("holds %q", got)
	}
	bad := l.do(t, l.guard, "POST", at(l.boss)+"/give", 422, "role", "district/district_leader", "district", "32050")
	if len(all(bad, "#f-district-error")) != 1 {
		t.Errorf("a wrong district: %q", text(bad))
	}
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 422, "role", "vendor/intake")
	l.do(t, l.guard, "POST", at(l.guard)+"/give", 403, "role", "vendor/operator") // to oneself
	l.do(t, l.guard, "POST", at(l.boss)+"/end", 303, "role", "district/district_leader", "district", "320505")
	l.do(t, l.guard, "POST", at(l.boss)+"/end", 404, "role", "district/district_leader", "district", "320505")

	bureau := []string{"role", "district/district_analyst", "district", "320505", "sector", "water"}
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 422, "role", "district/district_analyst", "district", "320505", "sector", "moon")
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 422, "role", "district/audit_admin", "district", "320505", "sector", "water")
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 422, "role", "vendor/operator", "sector", "water")
	l.do(t, l.guard, "POST", at(l.boss)+"/give", 303, bureau...)
	if got := strings.Join(all(l.do(t, l.guard, "GET", at(l.boss), 200), ".row-actions"), " "); !strings.Contains(got, "区级研判员 虎丘区 · 仅水务条线") {
		t.Errorf("narrowed to a line, holds %q", got)
	}
	l.do(t, l.guard, "POST", at(l.boss)+"/end", 404, bureau[:4]...) // the whole district is another grant
	l.do(t, l.guard, "POST", at(l.boss)+"/end", 303, bureau...)

	wrong := l.do(t, l.guard, "POST", "/v/people/invite", 422, "name", "", "role", "vendor/operator")
	if len(all(wrong, "#f-name-error")) != 1 || len(all(wrong, "#f-phone-error")) != 1 || len(l.invited) != 0 {
		t.Errorf("refused with %q, invited %+v", text(wrong), l.invited)
	}
	l.do(t, l.guard, "POST", "/v/people/invite", 422, "name", "程远", "phone", "13812345678", "role", "district/district_leader", "district", "1")
	l.do(t, l.guard, "POST", "/v/people/invite", 422, "name", "程远", "phone", "13812345678", "role", "vendor/intake")
	l.do(t, l.guard, "POST", "/v/people/invite", 303, "name", "程远", "phone", "13812345678", "role", "district/district_leader", "district", "320505")
	if len(l.invited) != 1 || l.invited[0].Name != "程远" {
		t.Errorf("invited %+v", l.invited)
	}
	auditor := l.person(t)
	l.grants[auditor] = auth.UpperGrants{{Scope: auth.InVendor, Role: auth.AuditAdmin}}
	rows := all(l.do(t, auditor, "GET", "/v/acts", 200), "tbody tr")
	for _, want := range []string{
		fmt.Sprintf("欧阳%d 授权 欧阳%d 区级领导 虎丘区", l.guard, l.clerk), fmt.Sprintf("欧阳%d 收回授权 欧阳%d 区级领导 虎丘区", l.guard, l.boss),
		fmt.Sprintf("欧阳%d 收回授权 欧阳%d 区级研判员 虎丘区 · 仅水务条线", l.guard, l.boss),
		fmt.Sprintf("命令行 授权 欧阳%d 运营操作员 运营方", l.boss),
	} {
		if !strings.Contains(strings.Join(rows, "\n"), want) {
			t.Errorf("the record lacks %q: %q", want, rows)
		}
	}
	if len(all(l.do(t, auditor, "GET", "/v/people", 200), ".card form")) != 0 {
		t.Error("who may only look is offered forms")
	}
	l.do(t, auditor, "GET", at(l.boss), 403)
}
