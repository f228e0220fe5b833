package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/mine"
	"wanjie/app/web"
	"wanjie/tenants"
)

// Somebody signs for the sanitation teams of two streets and has nothing to do with a third.
func TestWhatWaitsInAllPlaces(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	markA, markB, markC := "甲"+uuid.NewString()[:6], "乙"+uuid.NewString()[:6], "丙"+uuid.NewString()[:6]
	a, ours := h.street(t, markA, 870_000)
	b, theirs := h.street(t, markB, 871_000)
	c, nobodys := h.street(t, markC, 872_000)
	h.shared(t, a, markA) // with a whistle that calls the team
	const liaison = 873_001
	for _, s := range []tenants.Tenant{a, b} {
		if err := h.Employ(t.Context(), s.ID, liaison, "环卫联络员", "", auth.Give{Role: auth.Handler, Unit: "sanitation"}); err != nil {
			t.Fatal(err)
		}
	}
	super := h.Super(t, tenants.Home)
	soon := func(s tenants.Tenant, id uuid.UUID, minutes int) {
		if _, err := super.Exec(t.Context(), "UPDATE assignments SET receive_by = now() + make_interval(mins => $3) WHERE tenant_id = $1 AND case_id = $2", int32(s.ID), id, minutes); err != nil {
			t.Fatal(err)
		}
	}
	list := func(query string) string {
		status, body := h.ask(t, liaison, http.MethodGet, mine.Path+query, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", query, status, body)
		}
		return strip(body)
	}
	link := func(s tenants.Tenant, id uuid.UUID) string { return fmt.Sprintf(`href="/s/%s/cases/%s"`, s.Slug, id) }

	soon(a, ours.ID, 50)
	soon(b, theirs.ID, 20)
	body := list("")
	first, second := strings.Index(body, link(b, theirs.ID)), strings.Index(body, link(a, ours.ID))
	if first < 0 || second < first {
		t.Errorf("the nearer deadline of the other street does not come first (%d, %d):\n%s", first, second, body)
	}
	for _, want := range []string{markA + "街道", markB + "街道", "签收", "报到", "剩", "2 个工作台"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	for _, secret := range []string{markC, c.Slug, nobodys.ID.String(), markA + "标题", markA + "诉求人", markA + "地点", "13912345678"} {
		if strings.Contains(body, secret) {
			t.Errorf("the list shows %q", secret)
		}
	}
	if only := list("?kind=whistles"); strings.Contains(only, "/cases/") || !strings.Contains(only, "/s/"+a.Slug+"/whistles/") {
		t.Errorf("the whistles alone:\n%s", only)
	}
	if past := list("?page=9"); strings.Contains(past, "/cases/") || !strings.Contains(past, "上一页") {
		t.Error("a page beyond the end is not an empty one with a way back")
	}

	// The street's administrator switches a module off; what it had waiting is gone with it.
	off(t, h, a.ID, "whistle")
	if strings.Contains(list(""), "/whistles/") {
		t.Error("a whistle waits in a street without whistles")
	}

	// The streets are asked at once: each of the two answers when the other has been asked too.
	admit := h.Site.Admit
	var both sync.WaitGroup
	both.Add(2)
	h.Site.Admit = func(ctx context.Context, tx tenants.Tx, r *web.Request, module, may string) error {
		together := make(chan struct{})
		both.Done()
		go func() { both.Wait(); close(together) }()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-together:
			return admit(ctx, tx, r, module, may)
		}
	}
	body = list("")
	h.Site.Admit = admit
	if !strings.Contains(body, link(a, ours.ID)) || !strings.Contains(body, link(b, theirs.ID)) {
		t.Errorf("one street waits for the other:\n%s", body)
	}

	// One street does not answer: it is named, and the others are there.
	h.Site.Admit = func(ctx context.Context, tx tenants.Tx, r *web.Request, module, may string) error {
		if tx.ID() == b.ID {
			<-ctx.Done()
			return ctx.Err()
		}
		return admit(ctx, tx, r, module, may)
	}
	body = list("")
	h.Site.Admit = admit
	if !strings.Contains(body, "暂时查询不到") || !strings.Contains(body, markB+"街道") || strings.Contains(body, link(b, theirs.ID)) || !strings.Contains(body, link(a, ours.ID)) {
		t.Errorf("one street is down:\n%s", body)
	}

	if err := h.App.DB.SetState(t.Context(), b.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "unpaid", By: 1}); err != nil {
		t.Fatal(err)
	}
	if body = list(""); !strings.Contains(body, "服务已暂停") || strings.Contains(body, link(b, theirs.ID)) {
		t.Errorf("one street is suspended:\n%s", body)
	}

	// His grant ends, and the next request knows.
	within(t, h.App, a.ID, roleAt(t, 870_000, auth.SecurityAdmin), func(ctx context.Context, tx tenants.Tx) error {
		held, err := auth.Grants(ctx, tx, liaison)
		if err != nil {
			return err
		}
		return auth.End(ctx, tx, held[0].ID)
	})
	if body = list(""); strings.Contains(body, markA) || strings.Contains(body, a.Slug) || !strings.Contains(body, "没有待办事项") {
		t.Errorf("he works there no more:\n%s", body)
	}
}

// What waits is what the badges count: applications for the shift lead's word, an offered case, a booking of today.
func TestEveryKindOfWaiting(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, c := h.street(t, "寅", 874_000)
	h.led(t, s, 874_000, c)
	h.shared(t, s, "寅")
	super := h.Super(t, tenants.Home)
	for _, change := range []string{ // as the district's centre has it, and tomorrow's visit today
		"UPDATE handovers SET side = 'in', state = 'offered', decide_by = now() + interval '1 hour' WHERE tenant_id = $1",
		"UPDATE service_bookings SET day = (now() AT TIME ZONE 'Asia/Shanghai')::date WHERE tenant_id = $1",
	} {
		if _, err := super.Exec(t.Context(), change, int32(s.ID)); err != nil {
			t.Fatal(err)
		}
	}
	for kind, want := range map[string]string{"applications": "审批", "handovers": "接收或退回", "bookings": "接单"} {
		status, body := h.ask(t, roleAt(t, 874_000, auth.ShiftLead), http.MethodGet, mine.Path+"?kind="+kind, nil)
		if body = strip(body); status != http.StatusOK || strings.Count(body, `class="ops"><a`) != 1 || !strings.Contains(body, want) {
			t.Errorf("%s: %d\n%s", kind, status, body)
		}
		if status, body := h.ask(t, roleAt(t, 874_000, auth.Checker), http.MethodGet, mine.Path+"?kind="+kind, nil); status != http.StatusOK || strings.Contains(strip(body), `class="ops"><a`) {
			t.Errorf("the checker has %s", kind)
		}
	}
}
