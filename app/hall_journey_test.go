package app_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/hall"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// TestHallJourney is a day of the wall in a command hall: it is dark, gets its key by an address, shows a case that is
// reported meanwhile without being touched, and turns dark when its key is taken back.
func TestHallJourney(t *testing.T) {
	cfg, _ := alone(t)
	cfg.Redis = strings.TrimSuffix(cfg.Redis, "/7") + "/9"
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
	s, _, err := a.DB.OpenTenant(t.Context(), tenants.Plan{Key: "hall-day", Kind: tenants.Street, Codes: []string{"320505003"}, District: 320505, Name: "枫桥街道", Slug: "hall-day",
		Blueprint: ids["city-street"], State: tenants.Trial})
	if err != nil {
		t.Fatal(err)
	}
	const chief = 71
	if err := a.Employ(t.Context(), s.ID, chief, "钱安全", "", auth.Give{Role: auth.SecurityAdmin}); err != nil {
		t.Fatal(err)
	}
	as := func(actor tenants.Actor, f func(context.Context, tenants.Tx) error) {
		t.Helper()
		if err := a.DB.Write(t.Context(), s.ID, actor, f); err != nil {
			t.Fatal(err)
		}
	}
	report := func() {
		as(tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			_, err := cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "matter-06010", Community: "320505003001", Words: cases.Words{Description: "垃圾无人清运", Petitioner: "王小明"}})
			return err
		})
	}
	report()
	screen, key := tenants.NewID(), ""
	as(tenants.Actor{Person: chief}, func(ctx context.Context, tx tenants.Tx) (err error) {
		_, key, err = hall.Make(ctx, tx, screen, "主屏")
		return err
	})

	tab := freshTab(t, openBrowser(t))
	at := server.URL + "/hall/" + s.Slug + "/"
	act(t, tab, "a wall", chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(at), chromedp.WaitVisible(`input[name="key"]`))
	sound(t, tab, "the dark wall")
	const today = `document.querySelector('.numbers .number strong').innerText`
	act(t, tab, "its key comes with the address", chromedp.Navigate("about:blank"), chromedp.Navigate(at+"#"+key), chromedp.WaitVisible(`.numbers`), seen(today+` === '1'`))
	sound(t, tab, "the wall")
	var said, left string
	var high int
	act(t, tab, "what stands there", chromedp.Text(`body`, &said), chromedp.Location(&left), chromedp.Evaluate(`document.scrollingElement.scrollHeight`, &high))
	if strings.Contains(said, "王小明") || strings.Contains(said, "垃圾无人清运") {
		t.Errorf("the wall tells who and what:\n%s", said)
	}
	if strings.Contains(left, key) || high > 1080 {
		t.Errorf("the address keeps the key (%v), or the board is %d px high", strings.Contains(left, key), high)
	}
	report()
	act(t, tab, "a case comes by itself", seen(today+` === '2'`))
	as(tenants.Actor{Person: chief}, func(ctx context.Context, tx tenants.Tx) error { return hall.Revoke(ctx, tx, screen) })
	act(t, tab, "the key is taken back", chromedp.WaitVisible(`input[name="key"]`), chromedp.WaitNotPresent(`.numbers`))
	act(t, tab, "for good", chromedp.Navigate(at), chromedp.WaitVisible(`input[name="key"]`))
}
