package app_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/tenants"
)

// What the vendor does to a street is told to its people politely, on every page; the vendor's own words
// are not. A closed street is shut to them, and still nowhere to strangers.
func TestASuspendedStreetIsTold(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	mark := "己" + uuid.NewString()[:6]
	s, _ := h.street(t, mark, 80_000)
	change := func(to tenants.State, ground string) {
		t.Helper()
		if err := h.App.DB.SetState(t.Context(), s.ID, tenants.Change{Request: tenants.NewID(), To: to, Ground: ground, Note: "内部说明", By: 3}); err != nil {
			t.Fatal(err)
		}
	}
	desk, auditor := roleAt(t, 80_000, auth.Dispatcher), roleAt(t, 80_000, auth.AuditAdmin)
	get := func(person int64, path string, want int) string {
		t.Helper()
		status, body := h.ask(t, person, "GET", "/s/"+s.Slug+path, nil)
		if status != want || strings.Contains(body, "内部说明") {
			t.Fatalf("%s: %d %s", path, status, body)
		}
		return body
	}
	if strings.Contains(get(desk, "/cases", 200), "起暂停") {
		t.Error("a street at work is told that it is suspended")
	}
	change(tenants.Suspended, "contract")
	if body := get(desk, "/cases", 200); !strings.Contains(body, "起暂停：服务合同待续签") || !strings.Contains(body, "可照常查看") {
		t.Error("nobody tells the people of a suspended street")
	}
	if status, _ := h.ask(t, roleAt(t, 80_000, auth.StreetAdmin), "POST", "/s/"+s.Slug+"/admin/branding", url.Values{"name": {"新名街道"}, "short_name": {"新"}}); status != 409 {
		t.Errorf("a suspended street took a change: %d", status)
	}
	if body := get(auditor, "/admin/audit?object=tenant", 200); !strings.Contains(body, "试运行 → 已暂停") || !strings.Contains(body, "：合同到期或终止") {
		t.Error("its traces do not say what was done and why")
	}
	change(tenants.Closed, "contract")
	if body := get(desk, "/cases", 403); !strings.Contains(body, "平台服务已结束") {
		t.Error("a closed street does not say so")
	}
	get(99_999, "/cases", 404)
	change(tenants.Trial, "renewal")
	get(desk, "/cases", 200)
}
