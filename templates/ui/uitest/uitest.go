// Package uitest checks views: Golden compares a rendered view with the HTML that somebody has looked at, and Sound finds
// what a strict CSP or a screen reader would stumble over.
//
//	func TestDesk(t *testing.T) { uitest.Golden(t, "desk", Desk(sample)) }
//
// Run the test with -update to write testdata/desk.golden.html anew, then read the diff.
package uitest

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"wanjie/templates/ui"
)

var update = flag.Bool("update", false, "write testdata/*.golden.html from what the views render now")

// Render is c as HTML in locale.
func Render(t testing.TB, locale string, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ui.WithLocale(context.Background(), locale), &b); err != nil {
		t.Fatalf("render: %v", err)
	}
	return b.String()
}

// Golden renders c in Chinese, compares it with testdata/name.golden.html and calls Sound on it. The file has one tag a
// line and no digests of assets, so a diff shows what changed and nothing else.
func Golden(t *testing.T, name string, c templ.Component) {
	t.Helper()
	out := Render(t, ui.Chinese, c)
	Sound(t, out)
	got := lines(out)
	path := filepath.Join("testdata", name+".golden.html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; look at the view, then run the test with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s changed (-golden +now); if that is right, run with -update:\n%s", path, diff)
	}
}

var digest = regexp.MustCompile(`/static/[0-9a-f]{12}/`)

func lines(s string) string {
	s = digest.ReplaceAllString(s, "/static/DIGEST/")
	return strings.TrimSpace(strings.ReplaceAll(s, "><", ">\n<")) + "\n"
}

// Sound fails t for inline scripts and styles, event attributes, repeated ids, references to ids that are not there,
// form controls without a name to hear, pictures without alt, and posts without a request id.
func Sound(t testing.TB, page string) {
	t.Helper()
	for _, slip := range slips(page) {
		t.Error(slip)
	}
}

// slips takes a whole page or a part.
func slips(page string) (out []string) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{"not HTML: " + err.Error()}
	}
	say := func(n *html.Node, what string) { out = append(out, "<"+n.Data+">: "+what) }
	ids, labels := map[string]int{}, map[string]bool{}
	each(root, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	})
	for id, n := range ids {
		if n > 1 {
			out = append(out, "id "+id+" stands more than once")
		}
	}
	each(root, func(n *html.Node) {
		for _, a := range n.Attr {
			switch {
			case a.Key == "style":
				say(n, "style attribute: the CSP blocks it")
			case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"):
				say(n, a.Key+": the CSP blocks inline code")
			case strings.Contains(a.Val, "javascript:"), strings.HasPrefix(a.Val, "js:"):
				say(n, a.Key+" holds code: the CSP blocks it")
			case a.Key == "aria-describedby", a.Key == "aria-labelledby", a.Key == "aria-controls":
				for _, id := range strings.Fields(a.Val) {
					if ids[id] == 0 {
						say(n, a.Key+" names "+id+", which is not there")
					}
				}
			}
		}
		switch n.Data {
		case "style":
			say(n, "inline style: the CSP blocks it")
		case "script":
			if attr(n, "src") == "" {
				say(n, "inline script: the CSP blocks it")
			}
		case "img":
			if !has(n, "alt") {
				say(n, "no alt")
			}
		case "input", "select", "textarea":
			if kind := attr(n, "type"); kind == "hidden" || kind == "submit" {
				break
			}
			if !labels[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" && !inside(n, "label") {
				say(n, "field "+attr(n, "name")+" has no label")
			}
		case "form":
			if strings.EqualFold(attr(n, "method"), "post") && !holds(n, ui.RequestField) {
				say(n, "posts to "+attr(n, "action")+" without ui.Guards")
			}
		}
	})
	return out
}

func each(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, visit)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func inside(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

func holds(form *html.Node, field string) (found bool) {
	each(form, func(n *html.Node) { found = found || n.Data == "input" && attr(n, "name") == field })
	return found
}
