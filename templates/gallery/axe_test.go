package gallery

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wanjie/infra/axe"
	"wanjie/templates/static"
	"wanjie/templates/ui/uitest"
)

// tab opens a browser at a desk's width.
func tab(t *testing.T) context.Context {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
			chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true))...)
		t.Cleanup(stop)
		ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
		t.Cleanup(stop)
		ctx, stop = context.WithTimeout(ctx, 8*time.Minute)
		t.Cleanup(stop)
		if err := chromedp.Run(ctx, chromedp.EmulateViewport(1366, 768)); err != nil {
			t.Fatal(err)
		}
		return ctx
	}
	t.Fatal("no browser on PATH: install chromium and fonts-noto-cjk (apt-get install chromium fonts-noto-cjk)")
	return nil
}

// ways are how a reader may have set the product. Each sample is looked at in one of them, in turn.
var ways = []string{"?lang=zh", "?lang=en&density=dense", "?lang=zh&density=dense", "?lang=en"}

// axe finds nothing wrong in any view of the product.
func TestAxeOverTheGallery(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle(Base+"/", Handler())
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := tab(t)
	for i, s := range Samples() {
		how := ways[i%len(ways)]
		if err := chromedp.Run(ctx, chromedp.Navigate(server.URL+s.Path()+how)); err != nil {
			t.Fatalf("%s: %v", s.Path(), err)
		}
		found, err := axe.Check(ctx)
		if err != nil {
			t.Fatalf("%s: %v", s.Path(), err)
		}
		for _, v := range found {
			t.Errorf("%s%s: %s", s.Path(), how, v)
		}
	}
}

// The index leads to every sample, and each stands in its frame in both languages and densities.
func TestTheGalleryShowsAll(t *testing.T) {
	t.Parallel()
	show := func(path string) (int, string) {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	_, index := show(Base)
	uitest.Sound(t, index)
	seen := map[string]bool{}
	for _, s := range Samples() {
		if seen[s.Path()] {
			t.Errorf("%s is there twice", s.Path())
		}
		seen[s.Path()] = true
		for _, how := range ways {
			if !strings.Contains(index, s.Path()+strings.ReplaceAll(how, "&", "&amp;")) {
				t.Errorf("the index does not lead to %s%s", s.Path(), how)
			}
			code, page := show(s.Path() + how)
			if code != http.StatusOK || !strings.HasPrefix(strings.ToLower(page), "<!doctype html>") {
				t.Errorf("%s%s answers %d, not a document", s.Path(), how, code)
			}
			uitest.Sound(t, page)
		}
	}
	if code, _ := show(Base + "/ui/none"); code != http.StatusNotFound {
		t.Errorf("no such sample: %d", code)
	}
}
