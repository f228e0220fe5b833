package accounts_test

import (
	"strings"
	"testing"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/tenants"
)

// The vendor's security administrator sets up a district's own sign-in; nobody else sees it, and the record says who did.
func TestADistrictsSignInIsSetUp(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	fields := []string{"district", "320508", "title", "姑苏区政务统一身份认证", "issuer", "https://sso.gusu.example.cn", "client", "wanjie", "secret", "hush-" + l.Slug, "claim", "phone_number", "means", "phone", "enabled", "on"}
	with := func(name, value string) []string {
		out := append([]string(nil), fields...)
		for i := 0; i < len(out); i += 2 {
			if out[i] == name {
				out[i+1] = value
			}
		}
		return out
	}
	if page := text(l.do(t, l.guard, "GET", "/v/sign-in", 200)); !strings.Contains(page, "https://console.example.cn/login/district/callback") {
		t.Errorf("the page does not say where people come back to: %q", page)
	}
	for field, value := range map[string]string{"district": "32050", "issuer": "http://sso.gusu.example.cn", "claim": "", "secret": ""} {
		wrong := l.do(t, l.guard, "POST", "/v/sign-in", 422, with(field, value)...)
		if got := all(wrong, "#f-"+field+"-error"); len(got) != 1 || got[0] == "" {
			t.Errorf("%s = %q: %q", field, value, got)
		}
		if strings.Contains(text(wrong), "hush-") {
			t.Error("a secret is shown again")
		}
	}
	l.do(t, l.guard, "POST", "/v/sign-in", 303, fields...)
	page := l.do(t, l.guard, "GET", "/v/sign-in?district=320508", 200)
	if rows := strings.Join(all(page, "tbody tr"), "|"); !strings.Contains(rows, "姑苏区 姑苏区政务统一身份认证 https://sso.gusu.example.cn 已启用") {
		t.Errorf("rows %q", rows)
	}
	if strings.Contains(text(page), "hush-") {
		t.Error("the secret is shown")
	}
	l.do(t, l.guard, "POST", "/v/sign-in", 303, with("secret", "")...)
	wrong := l.do(t, l.guard, "POST", "/v/sign-in", 422, "district", "320508", "title", "另一家", "issuer", "https://evil.example.cn", "client", "wanjie", "claim", "phone_number", "means", "phone")
	if got := all(wrong, "#f-secret-error"); len(got) != 1 {
		t.Errorf("the old secret would go to another issuer: %q", got)
	}
	l.do(t, l.boss, "GET", "/v/sign-in", 403)
	l.do(t, l.boss, "POST", "/v/sign-in", 403, fields...)
	var n int
	must(t, l.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM ctl.accesses WHERE kind = $1 AND made_by = $2", string(access.Provider), l.guard).Scan(&n))
	if n != 2 {
		t.Errorf("%d entries in the record", n)
	}
}

// A district's own security administrator looks after its sign-in: the secret is never shown, the connection is tested, and
// every change is an act above the tenants. A neighbour's, and who only reads the board, have no business there.
func TestADistrictLooksAfterItsOwnSignIn(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const code, at = 320509, "/d/320509/sign-in"
	for _, district := range []int32{code, 320583} {
		l.Street(t, func(p *tenants.Plan) { p.District = district })
	}
	mine, neighbour, reader := l.person(t), l.person(t), l.person(t)
	for person, g := range map[int64]auth.UpperGrant{mine: {Scope: auth.InDistrict, District: code, Role: auth.SecurityAdmin}, neighbour: {Scope: auth.InDistrict, District: 320583, Role: auth.SecurityAdmin},
		reader: {Scope: auth.InDistrict, District: code, Role: auth.DistrictLeader}} {
		l.grants[person] = auth.UpperGrants{g}
	}
	fields := []string{"district", "320583", "title", "吴江区统一身份认证", "issuer", "https://sso.wujiang.invalid", "client", "wanjie", "secret", "hush-" + l.Slug, "claim", "phone_number", "means", "phone", "enabled", "on"}
	for _, other := range []int64{neighbour, reader, l.boss} {
		l.do(t, other, "GET", at, 403)
		l.do(t, other, "POST", at, 403, fields...)
		l.do(t, other, "POST", at+"/test", 403)
	}
	if page := text(l.do(t, mine, "GET", at, 200)); !strings.Contains(page, "https://console.example.cn/login/district/callback") || !strings.Contains(page, "还没有开通统一登录") || strings.Count(page, "测试连接") != 1 { // in the words that say when it can be tested
		t.Errorf("with nothing set up: %q", page)
	}
	l.do(t, mine, "POST", at+"/test", 404)
	wrong := l.do(t, mine, "POST", at, 422, "title", "吴江区统一身份认证", "issuer", "https://169.254.169.254/", "client", "wanjie", "secret", "hush-"+l.Slug, "claim", "phone_number", "means", "phone")
	if got := all(wrong, "#f-issuer-error"); len(got) != 1 || strings.Contains(text(wrong), "hush-") {
		t.Errorf("this machine's neighbourhood is an issuer: %q", got)
	}
	l.do(t, mine, "POST", at, 303, fields...)
	if page := text(l.do(t, mine, "GET", at, 200)); !strings.Contains(page, "https://sso.wujiang.invalid") || !strings.Contains(page, "已启用") || !strings.Contains(page, "还没有测试过") || strings.Contains(page, "hush-") {
		t.Errorf("set up: %q", page)
	}
	l.do(t, mine, "POST", at+"/test", 303)
	if page := text(l.do(t, mine, "GET", at, 200)); !strings.Contains(page, "未连通") || !strings.Contains(page, "请核对签发者地址") {
		t.Errorf("tested: %q", page)
	}
	if page := text(l.do(t, neighbour, "GET", "/d/320583/sign-in", 200)); strings.Contains(page, "wujiang") || !strings.Contains(page, "还没有开通统一登录") {
		t.Error("a district's number in the form writes a neighbour's")
	}
	var n int
	must(t, l.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM ctl.upper_acts WHERE kind = 'provider' AND actor = $1 AND district = $2 AND person IS NULL", mine, code).Scan(&n))
	if n != 1 {
		t.Errorf("%d acts above the tenants", n)
	}
}
