package grids

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"wanjie/app/clock"
	"wanjie/app/geo"
)

// tab opens a browser at the street's door as a person, and fails the test for whatever the console complains about.
func (s *street) tab(person string, width int64) (context.Context, string) {
	t := s.t
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
	door := s.door()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("X-Person", person)
		ctx, _ := clock.Hold(r.Context(), clock.Now(s.ctx))
		door.ServeHTTP(w, r.WithContext(ctx))
	}))
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(stop)
	chromedp.ListenTarget(ctx, func(e any) {
		switch e := e.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.URL, "favicon") {
				t.Errorf("the browser complains: %s %s", e.Entry.Text, e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			t.Errorf("the browser complains: %s", e.ExceptionDetails.Error())
		}
	})
	if err := chromedp.Run(ctx, log.Enable(), chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	return ctx, server.URL + "/s/" + s.Slug
}

func run(t testing.TB, ctx context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// clickAt presses and lets go of the map at a place of the street's.
func clickAt(x, y float64) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var at struct{ X, Y float64 }
		args, _ := json.Marshal([]float64{120.5 + x/1000, 31.3 + y/1000})
		err := chromedp.Evaluate(`(function (p) {
			const box = document.querySelector('[data-draw]'), svg = box.querySelector('svg'), d = box.dataset;
			const q = new DOMPoint((p[0] - d.west) * d.perLon, (d.north - p[1]) * d.perLat).matrixTransform(svg.getScreenCTM());
			return {X: q.x, Y: q.y};
		})(`+string(args)+`)`, &at).Do(ctx)
		if err != nil {
			return err
		}
		return chromedp.MouseClickXY(at.X, at.Y).Do(ctx)
	})
}

// A grid is drawn by clicks beside another, whose corners attract the pen, and saved; the browser has nothing to complain
// about under the product's CSP.
func TestDrawingInTheBrowser(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.drawn("", comprehensive("G1", 0))
	s.drawn("", comprehensive("G3", 20))
	ctx, base := s.tab("101", 1366)
	var drawn, after string
	run(t, ctx, "draw", chromedp.Navigate(base+"/grids/new"), chromedp.ScrollIntoView(`[data-draw] svg`),
		clickAt(10.03, .02), clickAt(19.96, -.03), clickAt(20.02, 10.02), clickAt(15, 5), chromedp.Click(`[data-do=undo]`), clickAt(9.97, 9.98),
		clickAt(10, 0), // closes it
		chromedp.Evaluate(`document.querySelector('[name=shape]').value`, &drawn))
	list, problem := geo.Features([]byte(drawn), geo.CGCS2000)
	if problem != nil || list[0].Problem != nil {
		t.Fatalf("drew %q: %v", drawn, problem)
	}
	want := box(10, 0, 10, 10)
	if shared, err := geo.Overlap(list[0].Shape, want); err != nil || shared < .999*want.Area() || list[0].Shape.Area() > 1.001*want.Area() {
		t.Errorf("drew %s", drawn)
	}
	run(t, ctx, "save", chromedp.SetValue(`[name=code]`, "G2"), chromedp.SetValue(`[name=name]`, "中间网格"), chromedp.Click(`.form button.btn-primary`),
		chromedp.WaitNotPresent(`[data-draw]`), chromedp.Text(`h1`, &after))
	if after != "中间网格" || s.locate(15, 5, "2026-11-23").Grid != "G2" {
		t.Errorf("after saving the page says %q, the point lies in %q", after, s.locate(15, 5, "2026-11-23").Grid)
	}
	// Drawn again, the outline is there to be changed: a corner is moved.
	run(t, ctx, "again", chromedp.Navigate(base+"/grids"), chromedp.Click(`//a[text()='G2']`), chromedp.Click(`//a[text()='重新划定']`), chromedp.WaitVisible(`.draw-point`),
		chromedp.Evaluate(`document.querySelectorAll('.draw-point').length + ' ' + document.querySelectorAll('.draw-area').length`, &after))
	if after != "4 1" {
		t.Errorf("points and areas to change: %s", after)
	}
}
