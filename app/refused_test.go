package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/tenants"
)

// TestRefusedRequestsAreRecorded tries doors that are not one's own: the street's auditor reads who
// tried which, and a neighbour's street reads nothing.
func TestRefusedRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "戊"+uuid.NewString()[:6], 60_000)
	other, _ := h.street(t, "己"+uuid.NewString()[:6], 61_000)
	clerk := roleAt(t, 60_000, auth.Intake)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/s/" + s.Slug + "/admin/settings", http.StatusForbidden},
		{http.MethodPost, "/s/" + s.Slug + "/admin/people/grant", http.StatusForbidden},
		{http.MethodGet, "/s/" + s.Slug + "/cases", http.StatusOK},
		{http.MethodGet, "/s/" + other.Slug + "/admin/settings", http.StatusNotFound},
	} {
		if status, _ := h.ask(t, clerk, c.method, c.path, nil); status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, status, c.status)
		}
	}
	list := func(id tenants.ID) (l access.List) {
		if err := h.App.DB.Read(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			l, err = access.Browse(ctx, tx, access.Filter{Kind: access.AnyRefused}, 0, 20)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return l
	}
	got := list(s.ID).Events
	if len(got) != 2 || got[0].Route != "POST /admin/people/grant" || got[0].Needs != auth.GrantsGive || got[1].Route != "GET /admin/settings" || got[1].Needs != auth.ConfigRead {
		t.Fatalf("recorded are %+v", got)
	}
	for _, e := range got {
		if e.Person != clerk || e.Network != "127.0.0.0/24" || e.At.IsZero() {
			t.Errorf("recorded is %+v", e)
		}
	}
	if l := list(other.ID); len(l.Events) != 0 {
		t.Errorf("the neighbour reads %+v", l.Events)
	}
	// Who tries door after door fills the record with thirty lines and no more.
	for range 40 {
		h.ask(t, clerk, http.MethodGet, "/s/"+s.Slug+"/admin/settings", nil)
	}
	if l := list(s.ID); l.Total != 30 {
		t.Errorf("%d refusals are recorded", l.Total)
	}
}

// An address that there is not answers with a page of the house; one that only takes forms says so.
func TestAnAddressThatIsNoneHasAPage(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	if status, body := h.ask(t, 1, http.MethodGet, "/s/anything/no/such/page", nil); status != http.StatusNotFound || !strings.Contains(body, "页面不存在") || !strings.Contains(body, "<h1") {
		t.Errorf("a page that there is not: %d %s", status, body)
	}
	if status, _ := h.ask(t, 1, http.MethodGet, "/s/anything/cases/batch/urge", nil); status == http.StatusOK {
		t.Errorf("a form's address asked for as a page: %d", status)
	}
	if status, _ := h.ask(t, 1, http.MethodPost, "/s/anything/cases/map", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("a form sent to a page: %d", status)
	}
}
