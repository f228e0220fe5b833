package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/openapi"
	"wanjie/tenants"
)

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
	within(t, h.App, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
		return tx.Raw("SELECT kind FROM journal WHERE tenant_id = ? AND object_id = ? AND actor = ? ORDER BY n", int32(tx.ID()), revoked.ID, chief).Scan(ctx, &kinds)
	})
	if fmt.Sprint(kinds) != "[api_key.made api_key.revoked]" {
		t.Errorf("acts %v", kinds)
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
	// A platform of devices sends alarms under its own numbers: nobody is above, so no deadline and no reply, but somebody looks.
	_, p.key = h.give(t, a, 75_000, openapi.Wish{Name: "积水监测平台", Channel: "sensor"})
	if got := p.call("POST", "/orders", map[string]any{"upper_no": "WATER-7-" + markA, "description": "下穿通道积水0.4米", "classes": []string{"道路破损"}}); got.status != 201 {
		t.Errorf("an alarm of a device: %d %s", got.status, got.raw)
	}
	var alarm struct {
		Stage string
		Due   bool
		Owes  bool
	}
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT stage, upper_due IS NOT NULL, owes_reply FROM cases WHERE tenant_id = $1 AND channel = 'sensor'", int32(a.ID)).
		Scan(&alarm.Stage, &alarm.Due, &alarm.Owes); err != nil || alarm.Stage != "accepted" || alarm.Due || alarm.Owes {
		t.Errorf("the alarm is %+v (%v)", alarm, err)
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
	within(t, h.App, s.ID, 0, func(ctx context.Context, tx tenants.Tx) error {
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
