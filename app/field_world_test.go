package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// mast is the network of a story: it can be gone, and it can break down in the middle of a sending, after the server did
// its work and before the phone hears of it.
type mast struct {
	http.Handler
	gone, deaf atomic.Bool
	pass       atomic.Int32 // sendings that come through although it is deaf
	cut        atomic.Int32 // sendings whose answer got lost
}

var sending = regexp.MustCompile(`/(cases|rounds)(/.*)?$`)

func (m *mast) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m.gone.Load() {
		panic(http.ErrAbortHandler)
	}
	if m.deaf.Load() && r.Method == http.MethodPost && sending.MatchString(r.URL.Path) && m.pass.Add(-1) < 0 {
		m.Handler.ServeHTTP(httptest.NewRecorder(), r)
		m.cut.Add(1)
		panic(http.ErrAbortHandler)
	}
	m.Handler.ServeHTTP(w, r)
}

// fieldDoor is a street's door for its grid workers, on the air of a story.
type fieldDoor struct {
	*tenantstest.World
	app    *app.App
	air    *mast
	server string
	street tenants.Tenant
	door   string // the page's address
}

func openFieldDoor(t *testing.T) *fieldDoor {
	t.Helper()
	w := tenantstest.Open(t)
	stack := servers(t)
	cfg := config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: stack.RedisURL, KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL,
		PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	air := &mast{Handler: a.Handler(web.Limits{})}
	server := httptest.NewServer(air)
	t.Cleanup(server.Close)
	street := w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	return &fieldDoor{World: w, app: a, air: air, server: server.URL, street: street, door: server.URL + "/s/" + street.Slug + "/field/"}
}

const fieldPassword = "a-long-enough-password-7"

// hire gives somebody a login and a role in the street.
func (d *fieldDoor) hire(t *testing.T, give auth.Give) (login string, person int64) {
	t.Helper()
	login = "walker-" + uuid.NewString()[:8] + "@wanjie.example"
	identity, _, err := d.app.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: "walker", Email: login, Password: fieldPassword})
	if err != nil {
		t.Fatal(err)
	}
	if person, err = d.app.Keeper.Person(t.Context(), identity, auth.Employee); err != nil {
		t.Fatal(err)
	}
	if err := d.app.Employ(t.Context(), d.street.ID, person, "演示网格员", "", give); err != nil {
		t.Fatal(err)
	}
	return login, person
}

func (d *fieldDoor) signIn(t *testing.T, tab context.Context, login string) {
	t.Helper()
	act(t, tab, "sign in", network.ClearBrowserCookies(), chromedp.Navigate(d.server+"/login?return_to=/s/"+d.street.Slug+"/field/"),
		chromedp.SendKeys(`input[name="identifier"]`, login), chromedp.SendKeys(`input[name="password"]`, fieldPassword),
		chromedp.Submit(`input[name="password"]`), chromedp.WaitVisible(`#field[data-ready]`))
}

// openPhone starts a browser of a phone's size on a profile that may have been used before; off ends it.
func openPhone(t *testing.T, profile string) (tab context.Context, off func()) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("no Chromium: run infra/browser.sh, which make test does")
	}
	alloc, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.UserDataDir(profile), chromedp.WindowSize(390, 844))...)
	ctx, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	ended := false
	off = func() {
		if ended {
			return
		}
		ended = true
		bye, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		if err := chromedp.Cancel(bye); err != nil {
			t.Log(fmt.Errorf("the browser's end: %w", err))
		}
		cancel()
		stop()
	}
	t.Cleanup(off)
	return ctx, off
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

func writeFile(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
