package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// The wall of a command hall: without a key it is dark; with one it shows the street's figures and nothing of anybody, not
// at the neighbour's address; it may listen, and it turns dark when the key is taken back.
func TestTheWallOfTheHall(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	mark, base := "辰"+uuid.NewString()[:6], int64(78_000)
	s, c := h.street(t, mark, base)
	neighbour, _ := h.street(t, "巳"+uuid.NewString()[:6], 79_000)
	late(t, h, s.ID, c)
	chief := roleAt(t, base, auth.SecurityAdmin)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	wall := &http.Client{Jar: jar}
	ask := func(method, path string, form url.Values) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", h.server.URL)
		res, err := wall.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	dark := func(what, path string) {
		t.Helper()
		if status, body := ask("GET", path, nil); status != http.StatusUnauthorized || !strings.Contains(body, `name="key"`) || strings.Contains(body, "红灯") {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	at := "/hall/" + s.Slug + "/"
	dark("without a key", at)
	listens := func() int {
		t.Helper()
		ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
		t.Cleanup(end)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.server.URL+at+"live?of=case&of=hall_screen", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		res, err := wall.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res.StatusCode
	}
	if status := listens(); status != http.StatusUnauthorized {
		t.Errorf("a screen without a key listens: %d", status)
	}
	if status, _ := h.ask(t, roleAt(t, base, auth.ShiftLead), "POST", "/s/"+s.Slug+"/screens", url.Values{"name": {"主屏"}}); status != http.StatusForbidden {
		t.Errorf("the shift's lead adds a screen: %d", status)
	}
	if status, body := h.ask(t, chief, "POST", "/s/"+s.Slug+"/screens", url.Values{"name": {" "}}); status != 422 || !strings.Contains(body, "请填写大屏名称") {
		t.Errorf("a screen without a name: %d", status)
	}
	_, body := h.ask(t, chief, "POST", "/s/"+s.Slug+"/screens", url.Values{"name": {"主屏"}})
	_, key, ok := strings.Cut(body, at+"#")
	if !ok {
		t.Fatalf("no key is shown: %s", body)
	}
	key, _, _ = strings.Cut(key, "<")
	if _, again := h.ask(t, chief, "GET", "/s/"+s.Slug+"/screens", nil); strings.Contains(again, key) || !strings.Contains(again, "主屏") {
		t.Error("the list shows the key again, or not the screen")
	}
	if status, _ := ask("POST", at+"key", url.Values{"key": {"guessed"}}); status != http.StatusUnauthorized {
		t.Errorf("a guessed key: %d", status)
	}
	status, body := ask("POST", at+"key", url.Values{"key": {key}})
	if status != http.StatusOK || !strings.Contains(body, "本月按期结案率") || !strings.Contains(body, c.Number) || !strings.Contains(body, "超期") {
		t.Fatalf("with its key: %d %s", status, body)
	}
	for _, words := range []string{mark + "标题", mark + "内容", mark + "地址", mark + "诉求人", "139"} {
		if strings.Contains(body, words) {
			t.Errorf("the wall tells %s", words)
		}
	}
	if status := listens(); status != http.StatusOK {
		t.Fatalf("a screen with its key does not listen: %d", status)
	}
	dark("at the neighbour's address", "/hall/"+neighbour.Slug+"/")
	if _, body := ask("GET", "/s/"+s.Slug+"/cases", nil); !strings.Contains(body, `name="password"`) || strings.Contains(body, c.Number) {
		t.Error("a screen's key opens the desk")
	}
	// A confidential case is in the sums, and not in the list.
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE cases SET confidential = true WHERE tenant_id = $1 AND id = $2", int32(s.ID), c.ID); err != nil {
		t.Fatal(err)
	}
	if _, body := ask("GET", at, nil); strings.Contains(body, c.Number) || !strings.Contains(body, "红灯") {
		t.Error("a confidential case stands on the wall")
	}
	var id uuid.UUID
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT id FROM hall_screens WHERE tenant_id = $1 AND seen_at IS NOT NULL", int32(s.ID)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if status, _ := h.ask(t, chief, "POST", "/s/"+s.Slug+"/screens/"+id.String()+"/revoke", nil); status >= 400 {
		t.Errorf("taking the key back: %d", status)
	}
	dark("after its key was taken back", at)
	if status := listens(); status != http.StatusUnauthorized {
		t.Errorf("a screen whose key was taken back listens: %d", status)
	}
}

// late makes a case one that is two days over its deadline.
func late(t *testing.T, h *house, street tenants.ID, c *cases.Case) {
	t.Helper()
	over := clock.Now(context.Background()).Add(-49 * time.Hour)
	if _, err := h.Super(t, tenants.Home).Exec(t.Context(), "UPDATE cases SET stage = 'filed', ended_at = NULL, suspended_at = NULL, due_at = $3, red_at = $3, warn_at = $3 WHERE tenant_id = $1 AND id = $2", int32(street), c.ID, over); err != nil {
		t.Fatal(err)
	}
}
