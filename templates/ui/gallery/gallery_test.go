package gallery

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"wanjie/templates/static"
	"wanjie/templates/ui"
	"wanjie/templates/ui/uitest"
)

func TestSamples(t *testing.T) {
	for _, s := range Samples() {
		t.Run(s.Name, func(t *testing.T) {
			uitest.Golden(t, s.Name, s.View)
			if whole := strings.HasPrefix(uitest.Render(t, ui.English, s.View), "<!doctype html>"); whole != s.Page {
				t.Errorf("whole document: %v, but Page is %v", whole, s.Page)
			}
		})
	}
}

func TestFramesSpeakEnglish(t *testing.T) {
	out := uitest.Render(t, ui.English, desk())
	for _, want := range []string{`lang="en"`, "Demo data", "Sign out", "Search", "1,000+ in total", "Main menu"} {
		if !strings.Contains(out, want) {
			t.Errorf("the English desk lacks %q", want)
		}
	}
	for _, not := range []string{"演示数据", "查询", "退出"} {
		if strings.Contains(out, not) {
			t.Errorf("the English desk still says %q", not)
		}
	}
}

// The first page of a street is promised under 60 kB compressed.
func TestFirstPage(t *testing.T) {
	var size bytes.Buffer
	w, _ := gzip.NewWriterLevel(&size, gzip.DefaultCompression)
	w.Write([]byte(uitest.Render(t, ui.Chinese, desk())))
	w.Close()
	total := size.Len() + static.Weight("wanjie.css", "wanjie.js", "htmx.js", "live.js", "mark.svg", "chevron.svg")
	t.Logf("desk page %d B, with assets %d B compressed", size.Len(), total)
	if total > 60_000 {
		t.Errorf("first page is %d B compressed, promised 60 kB", total)
	}
}
