package auth

import (
	"context"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// TestBrowserKeepsTheCookie settles with a real Chromium what the development addresses rest on: a
// __Host- cookie, which is Secure, set over plain http by this machine itself.
func TestBrowserKeepsTheCookie(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Fatal("no Chromium on PATH: apt-get install chromium-headless-shell")
	}
	srv := serve(t, &Pages{Keeper: deaf(t), Log: quiet()})
	s, identity := employee(t)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser),
		chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))...)
	defer stop()
	for _, host := range []string{"127.0.0.1", "localhost"} {
		ctx, done := chromedp.NewContext(alloc)
		ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
		var heading, script string
		var cookies []*cdp.Cookie
		err := chromedp.Run(ctx,
			chromedp.Navigate(strings.Replace(srv.URL, "127.0.0.1", host, 1)+"/login"),
			chromedp.SendKeys("#f-identifier", s.Phone), chromedp.SendKeys("#f-password", s.Password),
			chromedp.Click("#login button[type=submit]"), chromedp.WaitNotPresent("#login"), chromedp.Text("h1", &heading),
			chromedp.Evaluate("document.cookie", &script),
			chromedp.ActionFunc(func(ctx context.Context) (err error) { cookies, err = storage.GetCookies().Do(ctx); return err }))
		cancel()
		done()
		if err != nil {
			t.Fatalf("at http://%s: %v", host, err)
		}
		if !strings.Contains(heading, identity.String()) {
			t.Errorf("at http://%s the page says %q: the cookie was not kept", host, heading)
		}
		if len(cookies) != 1 || cookies[0].Name != "__Host-wanjie" || !cookies[0].Secure || !cookies[0].HTTPOnly ||
			cookies[0].SameSite != cdp.CookieSameSiteLax || cookies[0].Path != "/" || cookies[0].Domain != host {
			t.Errorf("at http://%s: cookies %+v", host, cookies)
		}
		if script != "" {
			t.Errorf("at http://%s a script reads %q", host, script)
		}
	}
}

func TestCookieNames(t *testing.T) {
	t.Parallel()
	for _, c := range []Cookies{{}, {Plain: true}} {
		made := c.cookie("x", time.Now().Add(time.Hour), 0)
		if made.Secure == c.Plain || !made.HttpOnly || made.Domain != "" || made.Path != "/" || made.SameSite != http.SameSiteLaxMode || made.Valid() != nil {
			t.Errorf("%+v", made)
		}
		if strings.HasPrefix(made.Name, "__Host-") == c.Plain {
			t.Errorf("named %s", made.Name)
		}
	}
}
