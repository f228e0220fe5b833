package accounts_test

import (
	"strings"
	"testing"

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
