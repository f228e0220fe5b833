package gallery

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"wanjie/templates/layout"
	"wanjie/templates/static"
	"wanjie/templates/ui"
)

// site serves the samples under the product's CSP and keeps what was asked of it.
type site struct {
	mu    sync.Mutex
	posts []string // request ids
	lists []string // queries of /cases
	gone  bool     // hang up without an answer
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	show := func(c templ.Component) { c.Render(r.Context(), w) }
	switch {
	case strings.HasPrefix(r.URL.Path, static.Prefix):
		static.Handler().ServeHTTP(w, r)
	case r.Method == http.MethodPost:
		s.posts = append(s.posts, r.PostFormValue(ui.RequestField))
		show(posting())
	case r.URL.Path == "/cases":
		s.lists = append(s.lists, r.URL.RawQuery)
		show(desk())
	case r.URL.Path == "/posting":
		show(posting())
	default:
		for _, p := range Samples() {
			if p.Page && "/"+p.Name == r.URL.Path {
				show(p.View)
				return
			}
		}
		http.NotFound(w, r)
	}
}

func (s *site) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.posts...)
}

func (s *site) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lists...)
}

// posting has a plain form that asks first, an htmx form that asks first, and one that does not ask.
func posting() templ.Component {
	form := func(id, extra string) string {
		return `<form id="` + id + `" method="post" action="/post" ` + extra + `><input type="hidden" name="request" data-request-id value="from-server">` +
			`<label>意见<input name="say" value="a"></label><button id="` + id + `-go">送</button></form>`
	}
	body := templ.Raw(form("asks", `data-confirm="确定作废吗？"`) + form("both", `hx-post="/post" hx-swap="none" data-confirm="确定作废吗？"`) +
		form("stays", `hx-post="/post" hx-swap="none"`))
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Shell(page(false)).Render(templ.WithChildren(ctx, body), w)
	})
}

// browser opens a tab of the given width and fails the test at its end for whatever the console complained about.
func browser(t *testing.T, width int64) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Fatal("no browser on PATH: install chromium and fonts-noto-cjk (apt-get install chromium fonts-noto-cjk)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	// The library reports events that it does not know yet; they are no concern of the pages.
	ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(stop)

	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(e any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := e.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "net::ERR_") {
				complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		}
	})
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range complaints {
			t.Errorf("the browser complains: %s", c)
		}
	})
	if err := chromedp.Run(ctx, log.Enable(), chromedp.EmulateViewport(width, 844)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func do(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// holds waits until the expression is true.
func holds(t *testing.T, ctx context.Context, what, expression string) {
	t.Helper()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
		t.Fatalf("%s: %s: %v", what, expression, err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 100 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not within 5 s", what)
}

// No page scrolls sideways, on a desk or on a phone, and none offends the CSP.
func TestPagesFit(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s)
	defer server.Close()
	for _, width := range []int64{1366, 390} {
		ctx := browser(t, width)
		for _, p := range Samples() {
			if !p.Page {
				continue
			}
			var wide int64
			do(t, ctx, p.Name, chromedp.Navigate(server.URL+"/"+p.Name), chromedp.Evaluate(`document.scrollingElement.scrollWidth`, &wide))
			if wide > width {
				t.Errorf("%s is %d wide on a screen of %d", p.Name, wide, width)
			}
		}
	}
}

func TestMenuOnPhone(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx := browser(t, 390)
	do(t, ctx, "open", chromedp.Navigate(server.URL+"/page-desk"))
	const shown = `document.querySelector('.menu').offsetHeight > 0`
	holds(t, ctx, "menu is folded at first", "!("+shown+")")
	do(t, ctx, "press the button", chromedp.Click(`.menu-button`, chromedp.ByQuery))
	holds(t, ctx, "menu opens", shown)
	do(t, ctx, "escape", chromedp.KeyEvent("\x1b"))
	holds(t, ctx, "menu closes", "!("+shown+")")
}

// An irreversible post is asked for once, and sent once, with the form's own request id.
func TestConfirm(t *testing.T) {
	const open = `document.getElementById('confirm').open`
	for _, form := range []string{"asks", "both"} {
		s := &site{}
		server := httptest.NewServer(s)
		defer server.Close()
		ctx := browser(t, 1366)
		do(t, ctx, "open", chromedp.Navigate(server.URL+"/posting"), chromedp.Click("#"+form+"-go"))
		holds(t, ctx, "asks", open+` && document.querySelector('[data-confirm-text]').textContent === '确定作废吗？'`)
		do(t, ctx, "no", chromedp.Click(`#confirm [value=no]`))
		holds(t, ctx, "closes", "!"+open)
		if got := s.sent(); len(got) > 0 {
			t.Fatalf("%s: refused, yet posted: %v", form, got)
		}
		do(t, ctx, "ask again", chromedp.Click("#"+form+"-go"))
		holds(t, ctx, "asks again", open)
		do(t, ctx, "yes", chromedp.Click(`#confirm [value=yes]`))
		eventually(t, "post", func() bool { return len(s.sent()) == 1 })
		if got := s.sent()[0]; got != "from-server" {
			t.Errorf("%s: request id %q, want the one that came with the form", form, got)
		}
	}
}

// Sending the same again is a repeat and keeps its id; changed content is a new request.
func TestRequestID(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx := browser(t, 1366)
	do(t, ctx, "open", chromedp.Navigate(server.URL+"/posting"), chromedp.Click(`#stays-go`))
	eventually(t, "first post", func() bool { return len(s.sent()) == 1 })
	do(t, ctx, "again", chromedp.Click(`#stays-go`))
	eventually(t, "second post", func() bool { return len(s.sent()) == 2 })
	do(t, ctx, "changed", chromedp.SendKeys(`#stays [name=say]`, "b"), chromedp.Click(`#stays-go`))
	eventually(t, "third post", func() bool { return len(s.sent()) == 3 })
	ids := s.sent()
	if ids[0] != "from-server" || ids[1] != ids[0] {
		t.Errorf("a repeat must keep its id: %v", ids)
	}
	id, err := uuid.Parse(ids[2])
	if err != nil || id.Version() != 7 {
		t.Fatalf("changed content went as %q (%v), want a new UUIDv7", ids[2], err)
	}
	sec, nsec := id.Time().UnixTime()
	if age := time.Since(time.Unix(sec, nsec)); age < -time.Minute || age > time.Minute {
		t.Errorf("the new id's time is %v off", age)
	}
}

// A search keeps empty fields out of the address, replaces only the list, and works the same without scripts.
func TestSearch(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx := browser(t, 1366)
	do(t, ctx, "open", chromedp.Navigate(server.URL+"/page-desk"), chromedp.Evaluate(`document.querySelector('h1').dataset.same = 'yes'; document.querySelector('#list').dataset.old = 'yes'; 1`, nil),
		chromedp.SendKeys(`#f-q`, "路灯"), chromedp.Click(`.search-act .btn-primary`, chromedp.ByQuery))
	holds(t, ctx, "address", `location.pathname + location.search === '/cases?q=' + encodeURIComponent('路灯') + '&state=handling&from=2026-11-01'`)
	holds(t, ctx, "only the list is new", `document.querySelector('h1').dataset.same === 'yes' && !document.querySelector('#list').dataset.old`)
	if got := s.asked(); len(got) != 1 || strings.Contains(got[0], "channel") {
		t.Errorf("asked %q: one request, without the empty channel", got)
	}
}

// When the server is silent the page says so where messages stand and keeps what was typed.
func TestLostNetwork(t *testing.T) {
	s := &site{}
	server := httptest.NewServer(s)
	defer server.Close()
	ctx := browser(t, 1366)
	do(t, ctx, "open", chromedp.Navigate(server.URL+"/posting"), chromedp.SendKeys(`#stays [name=say]`, "b"))
	s.mu.Lock()
	s.gone = true
	s.mu.Unlock()
	do(t, ctx, "send", chromedp.Click(`#stays-go`))
	holds(t, ctx, "says so", `document.querySelector('#flash [role=alert]') && document.querySelector('#flash').textContent.includes('网络中断')`)
	holds(t, ctx, "keeps the words", `document.querySelector('#stays [name=say]').value.includes('b')`)
}
