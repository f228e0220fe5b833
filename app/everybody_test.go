package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/config"
	"wanjie/app/demo"
	"wanjie/app/web"
	"wanjie/infra/axe"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// TestEverybodyCanUseEveryDoor walks through the whole demo as each of its people, by the links that they see, and looks at
// each kind of page once: it says what it is without a script, axe finds nothing wrong with it, and nothing on it is wider
// than the screen, on a desktop, on a phone and on a desktop at 200 % zoom.
func TestEverybodyCanUseEveryDoor(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	stack := servers(t)
	a, err := app.New(t.Context(), config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: stack.RedisURL, KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL,
		PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	file := filepath.Join(t.TempDir(), "demo.json")
	accounts, err := demo.Seed(t.Context(), a, file, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	settled(t, w, a, file, accounts)
	visitor := func(r *http.Request) (web.Visitor, error) {
		person, _ := strconv.ParseInt(r.Header.Get(who), 10, 64)
		return web.Visitor{Person: person, Strong: true, Session: auth.Session{Person: person, AAL: 2}}, nil
	}
	a.Site.Visitor, a.Site.Resident = visitor, visitor
	server := httptest.NewServer(a.Handler(web.Limits{}))
	t.Cleanup(server.Close)

	walk := walker{t: t, a: a, server: server.URL, seen: map[string]bool{}}
	for _, account := range accounts {
		if account.Login == "" { // the wall in the hall, which shows nothing without its key
			continue
		}
		u, err := url.Parse(account.URL)
		if err != nil {
			t.Fatal(err)
		}
		walk.through(walk.person(account.Login), u.Path)
	}
	walk.through(0, "/login")
	if len(walk.pages) < 60 {
		t.Errorf("the walk came to %d kinds of pages only", len(walk.pages))
	}
	tab := freshTab(t, openBrowser(t))
	act(t, tab, "begin", network.Enable())
	for _, p := range walk.pages {
		look(t, tab, p)
	}
	t.Logf("%d kinds of pages", len(walk.pages))
}

// settled looks at the demo, which is what everybody meets first: it is there whole, a second start finds it there, and its
// traces say everything in words.
func settled(t *testing.T, w *tenantstest.World, a *app.App, file string, first []config.Account) {
	t.Helper()
	again, err := demo.Seed(t.Context(), a, file, func(what string) { t.Errorf("a second start says %q", what) })
	if err != nil || len(first) < 18 || len(again) != len(first) {
		t.Errorf("%d accounts, then %d (%v)", len(first), len(again), err)
	}
	var n int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM cases c JOIN tenants t ON t.tenant_id = c.tenant_id WHERE t.slug = 'fengqiao'").Scan(&n); err != nil || n < 40 {
		t.Errorf("the street has %d cases (%v)", n, err)
	}
	for said := range wordless(t, w) {
		t.Errorf("the traces say code: %s", said)
	}
}

// place is a page to be looked at, and by whom.
type place struct {
	url, pattern string
	person       int64
}

// walker collects pages.
type walker struct {
	t      *testing.T
	a      *app.App
	server string
	seen   map[string]bool // kinds of pages: patterns of routes, with what a query asks for
	pages  []place
}

func (w *walker) person(login string) int64 {
	w.t.Helper()
	identity, err := w.a.Keeper.Client.FindIdentity(w.t.Context(), login)
	if err != nil {
		w.t.Fatalf("%s: %v", login, err)
	}
	kind := auth.Employee
	if login == demo.ResidentPhone {
		kind = auth.Resident
	}
	person, err := w.a.Keeper.Person(w.t.Context(), identity, kind)
	if err != nil {
		w.t.Fatal(err)
	}
	return person
}

// through follows the links of pages from a start, as one person.
func (w *walker) through(person int64, start string) {
	w.t.Helper()
	for next := []string{start}; len(next) > 0; {
		path := next[0]
		next = next[1:]
		pattern := w.kind(path)
		if pattern == "" || w.seen[pattern] {
			continue
		}
		r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		r.Header.Set(who, fmt.Sprint(person))
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			w.t.Fatalf("%s: %v", path, err)
		}
		doc, err := html.Parse(res.Body)
		res.Body.Close()
		if err != nil {
			w.t.Fatal(err)
		}
		if at := res.Request.URL.RequestURI(); at != path { // led on
			next = append(next, at)
			continue
		}
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || res.Header.Get("Content-Disposition") != "" {
			continue
		}
		w.seen[pattern] = true
		if res.StatusCode != http.StatusOK {
			w.t.Errorf("%s answers %d to somebody whom a link led there", path, res.StatusCode)
			continue
		}
		if headings(doc) != 1 {
			w.t.Errorf("%s has %d headings h1 without a script", path, headings(doc))
		}
		w.pages = append(w.pages, place{w.server + path, pattern, person})
		next = append(next, links(doc)...)
	}
}

// kind is the pattern of the route that serves a path of ours, "" for another's.
func (w *walker) kind(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || strings.HasPrefix(u.Path, "/static/") || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	if strings.HasPrefix(u.Path, "/dev") || strings.HasPrefix(u.Path, "/gallery") { // development's, which lead to samples and into others' places
		return ""
	}
	r, err := http.NewRequest(http.MethodGet, w.server+path, nil)
	if err != nil {
		return ""
	}
	pattern := w.a.Site.Pattern(r)
	for name := range u.Query() {
		if slices.Contains([]string{"view", "part", "tab", "kind", "by"}, name) {
			pattern += " " + name + "=" + u.Query().Get(name)
		}
	}
	return pattern
}

// links are the addresses that a page links to.
func links(doc *html.Node) (out []string) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" {
				to, _, _ := strings.Cut(a.Val, "#")
				out = append(out, to)
			}
		}
	}
	return out
}

func headings(doc *html.Node) (n int) {
	for e := range doc.Descendants() {
		if e.Type == html.ElementNode && e.Data == "h1" {
			n++
		}
	}
	return n
}

// screens are the sizes at which a page is looked at, in CSS pixels.
var screens = []struct {
	name string
	w, h int64
}{{"a desktop", 1366, 768}, {"a desktop at 200 % zoom", 683, 384}, {"a phone", 390, 844}}

// wider names what reaches over the right border of the screen and cannot be scrolled to inside of its own box.
const wider = `(() => {
	const screen = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= screen) return '';
	const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > screen + 1 && !e.closest('.table-wrap, .scroll, dialog'));
	return over.slice(0, 4).map((e) => e.tagName.toLowerCase() + '.' + e.className + ' to ' + Math.round(e.getBoundingClientRect().right)).join(', ') || 'something to ' + document.documentElement.scrollWidth;
})()`

func look(t *testing.T, tab context.Context, p place) {
	t.Helper()
	for i, s := range screens {
		var over string
		act(t, tab, p.url, network.SetExtraHTTPHeaders(network.Headers{who: fmt.Sprint(p.person)}), chromedp.EmulateViewport(s.w, s.h), chromedp.Navigate(p.url),
			chromedp.Sleep(150*time.Millisecond), chromedp.Evaluate(wider, &over))
		if over != "" {
			t.Errorf("%s on %s is %s", p.pattern, s.name, over)
		}
		if i == 1 {
			continue
		}
		found, err := axe.Check(tab)
		if err != nil {
			t.Fatalf("%s: %v", p.url, err)
		}
		for _, v := range found {
			t.Errorf("%s on %s: %v", p.pattern, s.name, v)
		}
	}
}
