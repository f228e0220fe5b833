package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/hall"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// TestAScreenHearsThroughTheWholeHouse takes an act from its verb through journal, follower and Redis to
// the screens of its street, the one on the wall among them, and of no other; the job of an export through the outbox to its file; and a
// word of an ended session to the stream that must end.
func TestAScreenHearsThroughTheWholeHouse(t *testing.T) {
	cfg, _ := alone(t)
	cfg.Redis = strings.TrimSuffix(cfg.Redis, "/7") + "/8"
	a := openApp(t, cfg)
	ids, err := blueprint.PublishShipped(t.Context(), a.DB)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- a.Listen(ctx) }()
	go func() { ended <- a.Work(ctx) }()
	server := httptest.NewServer(a.Handler(web.Limits{}))
	t.Cleanup(func() {
		stop()
		<-ended
		<-ended
		server.Close()
	})
	open := func(slug string) tenants.Tenant {
		t.Helper()
		s, _, err := a.DB.OpenTenant(t.Context(), tenants.Plan{Key: slug, Kind: tenants.Street, Codes: []string{"320505003"}, District: 320505, Name: "枫桥街道", Slug: slug,
			Blueprint: ids["city-street"], State: tenants.Trial})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	here, there := open("live-here"), open("live-there")
	lead, token := hire(t, a, here, auth.ShiftLead)
	_, neighbour := hire(t, a, there, auth.ShiftLead)

	ask := func(token, method, path, accept string, form url.Values) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", auth.Cookies{}.Name()+"="+token)
		r.Header.Set("Accept", accept)
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	listenAt := func(token, path string) chan string {
		t.Helper()
		res := ask(token, http.MethodGet, path, "text/event-stream", nil)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("a screen at %s gets %d", path, res.StatusCode)
		}
		events := make(chan string, 10)
		go func() {
			defer close(events)
			for lines := bufio.NewScanner(res.Body); lines.Scan(); {
				if name, is := strings.CutPrefix(lines.Text(), "event: "); is {
					events <- name
				}
			}
		}()
		return events
	}
	listen := func(token, slug string) chan string { return listenAt(token, "/s/"+slug+"/live?of=case") }
	hears := func(events chan string, want string, within time.Duration) {
		t.Helper()
		select {
		case got := <-events:
			if got != want {
				t.Fatalf("heard %q, want %q", got, want)
			}
		case <-time.After(within):
			t.Fatalf("%q did not come within %v", want, within)
		}
	}
	if res := ask(token, http.MethodGet, "/s/"+there.Slug+"/live?of=case", "text/event-stream", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a screen of another street gets %d", res.StatusCode)
	}
	ours, theirs := listen(token, here.Slug), listen(neighbour, there.Slug)
	screen, key := tenants.NewID(), ""
	if err := a.DB.Write(t.Context(), here.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		_, key, err = hall.Make(ctx, tx, screen, "主屏")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	wall := listenAt(token+"; "+auth.Cookies{At: "-hall"}.Name()+"="+key, "/hall/"+here.Slug+"/live?of=case&of=hall_screen")
	time.Sleep(500 * time.Millisecond)
	if err := a.DB.Write(t.Context(), here.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Community: "320505003001", Words: cases.Words{Description: "垃圾无人清运", Petitioner: "王小明"}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	hears(ours, "moved", 5*time.Second)
	hears(wall, "moved", 5*time.Second)

	form := url.Values{"format": {"csv"}, ui.RequestField: {tenants.NewID().String()}}
	if res := ask(token, http.MethodPost, "/s/"+here.Slug+"/cases/exports", "text/html", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking for an export: %d", res.StatusCode)
	}
	var list []cases.Export
	for begun := time.Now(); len(list) == 0 || list[0].State != cases.ExportDone; time.Sleep(50 * time.Millisecond) {
		if err := a.DB.Read(t.Context(), here.ID, tenants.Actor{Person: lead}, func(ctx context.Context, tx tenants.Tx) (err error) {
			list, err = cases.Exports(ctx, tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("the export is not written: %+v", list)
		}
	}
	path := "/cases/exports/" + list[0].ID.String() + "/download"
	body, err := io.ReadAll(ask(token, http.MethodGet, "/s/"+here.Slug+path, "text/html", nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != 2 || bytes.Contains(body, []byte("王小明")) {
		t.Errorf("the file says %q (%v)", body, err)
	}
	for what, address := range map[string]string{"their own address": "/s/" + there.Slug + path, "ours": "/s/" + here.Slug + path} {
		if res := ask(neighbour, http.MethodGet, address, "text/html", nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("the neighbour asks for our file under %s: %d", what, res.StatusCode)
		}
	}

	begun := time.Now()
	if err := a.Keeper.Revoke(t.Context(), lead, auth.Order{}); err != nil {
		t.Fatal(err)
	}
	last := ""
	for name := range ours { // what else moved may stand before it
		last = name
	}
	if last != "end" {
		t.Errorf("the last word to a revoked session is %q", last)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the revoked session's stream ended after %v", took)
	}
	select {
	case got := <-theirs:
		t.Errorf("the neighbour's screen heard %q", got)
	default:
	}
}

// hire employs somebody with a real account, and signs them in.
func hire(t *testing.T, a *app.App, s tenants.Tenant, role string) (person int64, token string) {
	t.Helper()
	login := role + "-" + uuid.NewString()[:8] + "@wanjie.example"
	const password = "a-long-enough-password-7"
	identity, _, err := a.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: role, Email: login, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	if person, err = a.Keeper.Person(t.Context(), identity, auth.Employee); err != nil {
		t.Fatal(err)
	}
	if err := a.Employ(t.Context(), s.ID, person, "演示"+role, "", auth.Give{Role: role}); err != nil {
		t.Fatal(err)
	}
	ticket, err := a.Keeper.Client.Login(t.Context(), login, password)
	if err != nil {
		t.Fatal(err)
	}
	return person, ticket.Token
}
