package cases

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/hint"
)

// lookout is a street with somebody at a real screen.
type lookout struct {
	*street
	redis  *miniredis.Miniredis
	live   *web.Live
	server *httptest.Server
	ctx    context.Context // of the browser
	gone   atomic.Bool     // the session is over
}

func openLookout(t *testing.T, person int64, width int64) *lookout {
	t.Helper()
	l := &lookout{street: openStreet(t, tenants.Home), redis: miniredis.RunT(t)}
	client := redis.NewClient(&redis.Options{Addr: l.redis.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	l.live = web.NewLive(client, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { _ = l.live.Run(ctx) }()
	l.server = httptest.NewServer(l.door(func(site *web.Site) {
		site.OpenLive(l.live)
		known := site.Visitor
		site.Visitor = func(r *http.Request) (web.Visitor, error) {
			if l.gone.Load() {
				return web.Visitor{}, nil
			}
			return known(r)
		}
	}))
	t.Cleanup(func() { stop(); l.server.Close() })

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
	b, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))...)
	t.Cleanup(end)
	b, end = chromedp.NewContext(b, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(end)
	b, end = context.WithTimeout(b, 3*time.Minute)
	t.Cleanup(end)
	l.ctx = b
	chromedp.ListenTarget(b, func(e any) {
		switch e := e.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.Text, "net::ERR_") && e.Entry.Source != log.SourceNetwork {
				t.Errorf("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			t.Errorf("the browser complains: %s", e.ExceptionDetails.Error())
		}
	})
	l.run("start", log.Enable(), chromedp.EmulateViewport(width, 844),
		network.SetCookie("person", strconv.FormatInt(person, 10)).WithURL(l.server.URL))
	return l
}

func (l *lookout) run(what string, actions ...chromedp.Action) {
	l.t.Helper()
	if err := chromedp.Run(l.ctx, actions...); err != nil {
		l.t.Fatalf("%s: %v", what, err)
	}
}

// holds waits until the expression is true.
func (l *lookout) holds(what, expression string) {
	l.t.Helper()
	if err := chromedp.Run(l.ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(30*time.Second))); err != nil {
		var page string
		_ = chromedp.Run(l.ctx, chromedp.Evaluate(`document.querySelector('main').innerText`, &page))
		l.t.Fatalf("%s: %s: %v\n%s", what, expression, err, page)
	}
}

// open opens a page and waits until it hears.
func (l *lookout) open(path string) {
	l.t.Helper()
	l.run("open", chromedp.Navigate(l.server.URL+"/s/"+l.Slug+path))
	for range 200 {
		if len(l.redis.PubSubChannels("*")) > 0 {
			time.Sleep(300 * time.Millisecond) // the first question what was missed
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	l.t.Fatal("the page does not listen")
}

func (l *lookout) hint(id uuid.UUID) {
	l.t.Helper()
	body, err := json.Marshal(hint.Hint{Object: "case", ID: id, Kind: "case.moved"})
	if err != nil {
		l.t.Fatal(err)
	}
	l.redis.Publish(hint.Channel(l.ID), string(body))
}

const (
	bar     = `document.querySelector('#live .live-bar')`
	barSays = `document.querySelector('#live').textContent`
	refresh = `#live button`
)

// The list says how many rows are new and takes them only when asked, and what was typed above it stays.
func TestTheDeskOffersWhatIsNew(t *testing.T) {
	t.Parallel()
	l := openLookout(t, clerk, 1366)
	first := must(t)(l.as(t.Context(), clerk, report(rubbish())))
	l.open("/cases")
	l.run("type", chromedp.SendKeys(`#f-number`, "2026"))
	second := must(t)(l.as(t.Context(), chief, report(rubbish())))
	must(t)(l.as(t.Context(), clerk, verb(File, first.ID, Filing{})))
	l.hint(second.ID)
	l.hint(first.ID)
	l.holds("it offers two", barSays+`.includes('有 2 条更新')`)
	l.holds("no row has moved", `document.querySelectorAll('#list tbody tr').length === 1`)
	l.run("take them", chromedp.Click(refresh, chromedp.ByQuery))
	l.holds("both are there", `document.querySelectorAll('#list tbody tr').length === 2 && document.querySelectorAll('#list tr.live-new').length === 2`)
	l.holds("the bar is gone", `!`+bar)
	l.holds("what was typed stays", `document.querySelector('#f-number').value === '2026'`)

	// A filter of its own is asked, so what does not belong to it is no news.
	l.open("/cases?late=1")
	time.Sleep(500 * time.Millisecond)
	must(t)(l.as(t.Context(), sender, verb(Dispatch, first.ID, toSanitation)))
	l.hint(first.ID)
	time.Sleep(2500 * time.Millisecond)
	l.holds("nothing is offered", `!`+bar)
}

// A case's page follows at once, but for the part in which somebody is writing.
func TestTheSheetFollowsAndKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	l := openLookout(t, worker, 390)
	c := must(t)(l.as(t.Context(), clerk, report(rubbish())))
	must(t)(l.as(t.Context(), clerk, verb(File, c.ID, Filing{})))
	must(t)(l.as(t.Context(), sender, verb(Dispatch, c.ID, toSanitation)))
	l.open("/cases/" + c.ID.String())
	l.run("mark", chromedp.Evaluate(`document.querySelector('#petitioner').dataset.same = 'yes'; 1`, nil))
	must(t)(l.as(t.Context(), worker, func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Receive(ctx, tx, c.ID) }))
	l.hint(c.ID)
	l.holds("signing shows, and its form is gone", `document.querySelector('#case-record').textContent.includes('签收') && !document.querySelector('form[action$="/receive"]')`)
	l.holds("without a question", `!`+bar+` && document.querySelector('#petitioner').dataset.same === 'yes'`)

	l.run("write", chromedp.SendKeys(`#f-handle-result`, "已清运两车"))
	l.do(0, func(ctx context.Context, tx tenants.Tx) error { // the deadline passes
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		c, err := read(ctx, tx, c.ID, sharing)
		if err != nil {
			return err
		}
		record(tx, "case.overdue", c, c.ReportedAt, c.dims(cfg), c.dims(cfg))
		return nil
	})
	l.hint(c.ID)
	l.holds("the record follows", `document.querySelector('#case-record').textContent.includes('处置超期')`)
	l.holds("the form waits", barSays+`.includes('正在填写') && document.querySelector('#f-handle-result').value === '已清运两车'`)
	l.run("take it", chromedp.Click(refresh, chromedp.ByQuery))
	l.holds("what was typed is carried over", `!`+bar+` && document.querySelector('#f-handle-result').value === '已清运两车' && document.querySelector('#case-forms.live-new')`)

	var length int
	l.run("it fits", chromedp.Evaluate(`document.scrollingElement.scrollWidth`, &length))
	if length > 390 {
		t.Errorf("the page is %d wide on a screen of 390", length)
	}
}

func TestAnEndedSessionIsSaidOnTheScreen(t *testing.T) {
	t.Parallel()
	l := openLookout(t, clerk, 1366)
	l.open("/cases")
	l.gone.Store(true)
	l.live.Recheck(func(v web.Visitor) bool { return v.Person == clerk })
	l.holds("it says so", barSays+`.includes('登录已失效')`)
}
