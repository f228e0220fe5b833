package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/web"
	"wanjie/tenants"
)

// The menu offers pages that have something for who reads it: an editor has no cases and walks no grid, a grid worker both.
func TestMenusOfferWhatIsOfUse(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, _ := h.street(t, "己"+uuid.NewString()[:6], 934_000)
	for role, menu := range map[string]struct {
		at        string
		has, lack []string
	}{
		auth.Editor:        {"/community", []string{"/community"}, []string{"/cases", "/patrols", "/whistles"}},
		auth.SecurityAdmin: {"/admin/people", []string{"/admin/people", "/grids"}, []string{"/cases", "/patrols"}},
		auth.GridWorker:    {"/patrols", []string{"/cases", "/patrols", "/tasks"}, nil},
		auth.Hand:          {"/tasks", []string{"/cases", "/tasks", "/whistles"}, []string{"/patrols"}},
		auth.Intake:        {"/cases", []string{"/cases", "/patrols", "/whistles"}, nil},
	} {
		status, body := h.ask(t, roleAt(t, 934_000, role), "GET", "/s/"+s.Slug+menu.at, nil)
		if status != http.StatusOK {
			t.Errorf("%s: %d", role, status)
		}
		_, nav, _ := strings.Cut(body, "<nav")
		nav, _, _ = strings.Cut(nav, "</nav>")
		for _, path := range menu.has {
			if !strings.Contains(nav, `href="/s/`+s.Slug+path+`"`) {
				t.Errorf("%s is not led to %s", role, path)
			}
		}
		for _, path := range menu.lack {
			if strings.Contains(nav, `href="/s/`+s.Slug+path+`"`) {
				t.Errorf("%s is led to %s, where nothing is theirs", role, path)
			}
		}
	}
}

// A district's security administrator gets in to its sign-in and not to its board; who reads the board, the other way round.
func TestADistrictsOfficersGetInWhereTheirWorkIs(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	h.street(t, "己"+uuid.NewString()[:6], 935_000)
	give := func(role string) (person int64) {
		t.Helper()
		if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(&person); err != nil {
			t.Fatal(err)
		}
		if err := h.App.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			return auth.GiveUpper(ctx, tx, auth.Machine(), person, auth.UpperGrant{Scope: auth.InDistrict, District: 320505, Role: role})
		}); err != nil {
			t.Fatal(err)
		}
		return person
	}
	h.Site.Visitor = func(r *http.Request) (web.Visitor, error) {
		v, err := byHeader(r)
		v.Session = auth.Session{Person: v.Person, AAL: 2}
		return v, err
	}
	guard, leader, analyst := give(auth.SecurityAdmin), give(auth.DistrictLeader), give(auth.DistrictAnalyst)
	for _, c := range []struct {
		person int64
		path   string
		status int
	}{
		{guard, "/d/320505/sign-in", 200}, {guard, "/d/320505", 403}, {guard, "/d/320505/populations", 403}, {guard, "/d/320506/sign-in", 403},
		{leader, "/d/320505", 200}, {leader, "/d/320505/sign-in", 403}, {analyst, "/d/320505/populations", 200}, {analyst, "/d/320505/sign-in", 403},
	} {
		status, body := h.ask(t, c.person, "GET", c.path, nil)
		if status != c.status {
			t.Errorf("%d at %s: %d, want %d", c.person, c.path, status, c.status)
		}
		if c.person == guard && c.status == 200 && strings.Contains(body, "运行看板") {
			t.Error("the menu leads to the board that is not theirs")
		}
	}
	if status, _ := h.ask(t, guard, "GET", "/", nil); status != http.StatusSeeOther {
		t.Errorf("after signing in they choose a place: %d", status)
	}
}
