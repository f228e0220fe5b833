package app_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/support"
	"wanjie/tenants"
)

// TestWhoIsLetInSeesNobody lets somebody of the vendor's into a street and tries every door with them: what opens is
// settings, and nothing of a case, a resident or the staff stands in it; the neighbour's street stays shut. When the time is
// over everything is, before the timer rings.
func TestWhoIsLetInSeesNobody(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	mark := "癸" + uuid.NewString()[:6]
	s, c := h.street(t, mark, 710_000)
	other, _ := h.street(t, "子"+uuid.NewString()[:6], 711_000)
	const engineer = 719_999
	var id uuid.UUID
	within(t, h.App, s.ID, engineer, func(ctx context.Context, tx tenants.Tx) error {
		a, err := support.Ask(ctx, tx, support.Wish{ID: tenants.NewID(), Name: "程远", Purpose: "fault", Words: "核对派单规则", Hours: 4})
		if err == nil {
			id = a.ID
		}
		return err
	})
	settings := "/s/" + s.Slug + "/admin/settings"
	if status, _ := h.ask(t, engineer, http.MethodGet, settings, nil); status != http.StatusNotFound {
		t.Fatalf("let in without a word of the street: %d", status)
	}
	chief := roleAt(t, 710_000, auth.SecurityAdmin)
	if _, body := h.ask(t, chief, http.MethodGet, "/s/"+s.Slug+"/admin/support", nil); !strings.Contains(body, "程远") || !strings.Contains(body, "menu-badge") {
		t.Error("the security administrator is not shown that somebody waits")
	}
	if status, _ := h.ask(t, chief, http.MethodPost, "/s/"+s.Slug+"/admin/support/"+id.String()+"/decide", url.Values{"decision": {"yes"}}); status != http.StatusSeeOther {
		t.Fatalf("let in: %d", status)
	}
	if status, _ := h.ask(t, engineer, http.MethodGet, settings, nil); status != http.StatusOK {
		t.Fatalf("let in, settings answer %d", status)
	}
	if status, _ := h.ask(t, engineer, http.MethodPost, settings+"/support.approval", url.Values{"value": {"false"}}); status != http.StatusForbidden {
		t.Errorf("who was let in changes whether the street is asked: %d", status)
	}
	open := 0
	for _, route := range h.Site.Routes() {
		if route.Door != "tenant" {
			continue
		}
		if route.Method == http.MethodGet {
			status, body := h.ask(t, engineer, http.MethodGet, address(route.Pattern, s.Slug, c.ID.String()), nil)
			body = strings.ReplaceAll(body, s.Name, "")
			if strings.Contains(body, mark) || strings.Contains(body, c.Number) {
				t.Errorf("%s shows somebody", route.Pattern)
			}
			if status < 300 {
				open++
				if !strings.Contains(route.Pattern, "/admin/") {
					t.Errorf("%s is open", route.Pattern)
				}
			}
		}
		if status, _ := h.ask(t, engineer, route.Method, address(route.Pattern, other.Slug, c.ID.String()), nil); status != http.StatusNotFound {
			t.Errorf("the neighbour's %s %s: %d", route.Method, route.Pattern, status)
		}
	}
	if open < 5 {
		t.Errorf("%d pages are open, so nothing can be helped with", open)
	}
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE supports SET until = now() WHERE tenant_id = $1", int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	if status, _ := h.ask(t, engineer, http.MethodGet, settings, nil); status != http.StatusNotFound {
		t.Errorf("the time is over, and settings answer %d", status)
	}
}
