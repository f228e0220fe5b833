package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/app/web"
	"wanjie/infra/devstack"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// TestJourney is a case in a real browser, with real sign-in: reported by the clerk, dispatched by
// the dispatcher, handled by the unit, checked by the checker, closed and called back. Six people in
// browsers of their own, who do it on phones first and then at their desks.
func TestJourney(t *testing.T) {
	t.Parallel()
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
	server := httptest.NewServer(a.Handler(web.Limits{}))
	t.Cleanup(server.Close)
	street := w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	browser := openBrowser(t)
	hire := func(role, unit string) context.Context {
		login := role + "-" + uuid.NewString()[:8] + "@wanjie.example"
		const password = "a-long-enough-password-7"
		identity, _, err := a.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: role, Email: login, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		person, err := a.Keeper.Person(t.Context(), identity, auth.Employee)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Employ(t.Context(), street.ID, person, "演示"+role, "", auth.Give{Role: role, Unit: unit}); err != nil {
			t.Fatal(err)
		}
		tab := freshTab(t, browser)
		act(t, tab, "sign in as "+role,
			chromedp.Navigate(server.URL+"/login?return_to="+url.QueryEscape("/s/"+street.Slug+"/cases")),
			chromedp.SendKeys(`input[name="identifier"]`, login), chromedp.SendKeys(`input[name="password"]`, password),
			chromedp.Submit(`input[name="password"]`), chromedp.WaitVisible(`nav.menu`))
		return tab
	}
	crew := map[string]context.Context{}
	for role, unit := range map[string]string{auth.Intake: "", auth.Dispatcher: "", auth.Handler: "sanitation", auth.Checker: "", auth.ShiftLead: "", auth.Caller: ""} {
		crew[role] = hire(role, unit) //nolint:fatcontext // each is a browser of its own
	}
	for _, wide := range widths {
		for role, tab := range crew {
			act(t, tab, role+" takes another device", chromedp.EmulateViewport(wide, 844))
		}
		journey(t, crew, server.URL+"/s/"+street.Slug, wide)
		var stage string
		if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT stage FROM cases WHERE tenant_id=$1 ORDER BY id DESC LIMIT 1", int32(street.ID)).Scan(&stage); err != nil || stage != "archived" {
			t.Errorf("at %d px the case ended as %q (%v), want archived", wide, stage, err)
		}
	}
}

// journey takes one case from its report to its end, in the browsers of those whose work it is.
func journey(t *testing.T, crew map[string]context.Context, street string, wide int64) {
	t.Helper()
	clerk := crew[auth.Intake]
	act(t, clerk, "open the form", chromedp.Navigate(street+"/cases/new"), chromedp.WaitVisible(`textarea[name="description"]`))
	act(t, clerk, "choose", chromedp.SetValue(`select[name="channel"]`, "phone"), chromedp.SetValue(`select[name="class"]`, "matter-06010"))
	act(t, clerk, "write", chromedp.SendKeys(`textarea[name="description"]`, "小区东门垃圾堆放三天无人清理"), chromedp.SendKeys(`input[name="petitioner"]`, "王小明"),
		chromedp.SendKeys(`input[name="phone"]`, "13800138000"))
	sound(t, clerk, fmt.Sprintf("intake at %d px", wide))
	act(t, clerk, "send the report", chromedp.Click(`main form button[type="submit"]`), chromedp.WaitVisible(`.steps`))
	var at string
	act(t, clerk, "where am I", chromedp.Location(&at))
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = ""
	page := u.String()
	step := func(tab context.Context, verb string, fill ...chromedp.Action) {
		t.Helper()
		form := `form[action$="/` + verb + `"]`
		act(t, tab, verb, chromedp.Navigate(page), chromedp.WaitVisible(form))
		sound(t, tab, fmt.Sprintf("the case, to %s it, at %d px", verb, wide))
		act(t, tab, verb+": fill", fill...)
		act(t, tab, verb+": send", chromedp.Click(form+` button[type="submit"]`), chromedp.Sleep(300*time.Millisecond))
	}
	step(clerk, "file")
	step(crew[auth.Dispatcher], "dispatch")
	worker := crew[auth.Handler]
	step(worker, "receive")
	step(worker, "handle", chromedp.SendKeys(`form[action$="/handle"] textarea`, "已清运，并加装垃圾桶。"))
	step(crew[auth.Checker], "check", chromedp.Click(`form[action$="/check"] input[type="radio"]`))
	step(crew[auth.ShiftLead], "close")
	caller := crew[auth.Caller]
	step(caller, "callback", chromedp.Evaluate(`for (const [name, value] of [["q_reached", "yes"], ["q_contacted", "yes"], ["q_solved", "yes"], ["q_satisfaction", "satisfied"]]) {
		document.querySelector('form[action$="/callback"] [name="' + name + '"][value="' + value + '"]').checked = true;
	}`, nil))
	var body string
	act(t, caller, "see the end", chromedp.Navigate(page), chromedp.Text("main", &body))
	for _, word := range []string{"上报", "派遣", "回访"} {
		if !strings.Contains(body, word) {
			t.Errorf("the record of the case lacks %q:\n%s", word, body)
		}
	}
	if strings.Contains(body, "13800138000") || strings.Contains(body, "王小明") {
		t.Error("the petitioner shows unmasked to the caller")
	}
}

func act(t *testing.T, tab context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, 45*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var html string
		look, done := context.WithTimeout(tab, 3*time.Second)
		defer done()
		_ = chromedp.Run(look, chromedp.Text("body", &html))
		t.Fatalf("%s: %v\nthe page says: %s", what, err, html)
	}
}

// servers are those of `make test`, or some of our own.
func servers(t *testing.T) *devstack.Stack {
	t.Helper()
	if u := os.Getenv("WANJIE_TEST_KRATOS_PUBLIC_URL"); u != "" {
		return &devstack.Stack{RedisURL: os.Getenv("WANJIE_TEST_REDIS_URL"), KratosPublicURL: u, KratosAdminURL: os.Getenv("WANJIE_TEST_KRATOS_ADMIN_URL")}
	}
	s, err := devstack.Start(t.Context(), devstack.Options{Dir: t.TempDir(), Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func openBrowser(t *testing.T) context.Context {
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
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1366, 768))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// freshTab is a browser of its own: no cookie is shared.
func freshTab(t *testing.T, browser context.Context) context.Context {
	t.Helper()
	exec := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	id, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(exec)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := target.CreateTarget("about:blank").WithBrowserContextID(id).WithNewWindow(true).Do(exec)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(tab))
	t.Cleanup(cancel)
	// The first run ties the tab to its context, so it must not be one with a deadline.
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}
