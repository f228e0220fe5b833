package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/config"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// TestAStreetSwitchesAnAccountOff follows a measure all the way: decided on the page, carried out by
// the job, felt by somebody who is signed in, refused at the next sign-in, read by the auditor.
func TestAStreetSwitchesAnAccountOff(t *testing.T) {
	t.Parallel()
	w, stack := tenantstest.Open(t), servers(t)
	cfg := config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: stack.RedisURL, KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL,
		PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	real := a.Site.Visitor
	a.Site.Visitor = func(r *http.Request) (web.Visitor, error) { // the administrator's second factor is tested elsewhere
		if p, err := strconv.ParseInt(r.Header.Get(who), 10, 64); err == nil {
			return web.Visitor{Person: p, Strong: true}, nil
		}
		return real(r)
	}
	server := httptest.NewServer(a.Handler(web.Limits{}))
	t.Cleanup(server.Close)
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- a.Work(ctx) }()
	t.Cleanup(func() { stop(); <-worked })

	street := w.Street(t)
	s := auth.Staff{Name: "郑洁", Email: "p" + uuid.NewString()[:13] + "@wanjie.example", Password: "a-long-enough-password-7"}
	identity, _, err := a.Keeper.Client.CreateIdentity(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	clerk, err := a.Keeper.Person(t.Context(), identity, auth.Employee)
	if err != nil {
		t.Fatal(err)
	}
	const chief = 970_001
	for person, role := range map[int64]string{clerk: auth.Intake, chief: auth.SecurityAdmin} {
		if err := a.Employ(t.Context(), street.ID, person, "郑洁", "", auth.Give{Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	in, err := a.Keeper.Client.Login(t.Context(), s.Email, s.Password)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string, as string, form url.Values) int {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if as == "" {
			r.AddCookie(&http.Cookie{Name: "__Host-wanjie", Value: in.Token})
		} else {
			r.Header.Set(who, as)
		}
		res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	desk := "/s/" + street.Slug + "/cases"
	if got := ask(http.MethodGet, desk, "", nil); got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	person := "/s/" + street.Slug + "/admin/people/" + strconv.FormatInt(clerk, 10)
	if got := ask(http.MethodPost, person+"/measure", strconv.Itoa(chief), url.Values{"request": {tenants.NewID().String()}, "measure": {"off"}, "reason": {"已办理离职"}}); got != http.StatusSeeOther {
		t.Fatalf("switching off: %d", got)
	}
	begun := time.Now()
	for ask(http.MethodGet, desk, "", nil) != http.StatusSeeOther {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("twenty seconds later the clerk still works")
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("out after %v", time.Since(begun))
	for { // Kratos follows a moment later
		if _, err = a.Keeper.Client.Login(t.Context(), s.Email, s.Password); err != nil {
			break
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatal("Kratos lets the clerk in")
		}
		time.Sleep(50 * time.Millisecond)
	}
	var l access.List
	for len(l.Events) == 0 && time.Since(begun) < 30*time.Second {
		if err := a.DB.Read(t.Context(), street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			l, err = access.Browse(ctx, tx, access.Filter{Kind: access.Disabled}, 0, 10)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(l.Events) != 1 || l.Events[0].Person != clerk || l.Events[0].By != chief {
		t.Errorf("the record says %+v", l.Events)
	}
}
