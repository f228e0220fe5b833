package static

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func asset(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(embedded, "assets/"+name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestHandler(t *testing.T) {
	ask := func(method, path, encoding string) *http.Response {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w.Result()
	}
	css := asset(t, "wanjie.css")

	plain := ask("GET", Path("wanjie.css"), "")
	if body, _ := io.ReadAll(plain.Body); string(body) != css {
		t.Error("plain body differs from the asset")
	}
	if got := plain.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q: an address with its digest is for ever", got)
	}
	if got := plain.Header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}

	zipped := ask("GET", Path("wanjie.css"), "gzip, br")
	zr, err := gzip.NewReader(zipped.Body)
	if err != nil || zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not gzip: %v %v", err, zipped.Header)
	}
	if body, _ := io.ReadAll(zr); string(body) != css {
		t.Error("unzipped body differs from the asset")
	}

	old := ask("GET", "/static/0123456789ab/wanjie.css", "")
	if old.StatusCode != http.StatusOK || old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("other release's address: %d %q, want 200 no-cache", old.StatusCode, old.Header.Get("Cache-Control"))
	}
	for path, want := range map[string]int{
		"/static/": 404, "/static/x": 404, "/static/x/none.css": 404, "/static/x/../static.go": 404, "/static/x/assets/wanjie.css": 404,
	} {
		if got := ask("GET", path, "").StatusCode; got != want {
			t.Errorf("GET %s = %d, want %d", path, got, want)
		}
	}
	if got := ask("POST", Path("wanjie.js"), "").StatusCode; got != 405 {
		t.Errorf("POST = %d, want 405", got)
	}
	if head := ask("HEAD", Path("wanjie.js"), ""); head.Header.Get("Content-Length") != strconv.Itoa(len(asset(t, "wanjie.js"))) {
		t.Errorf("HEAD says length %s", head.Header.Get("Content-Length"))
	}
}

func TestPathPanicsOnUnknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Path of an unknown asset must panic")
		}
	}()
	Path("none.css")
}

// The officials' desktops run domestic browsers on Chromium 90 (April 2021). What came later fails here, with the
// version that brought it.
func TestChromium90(t *testing.T) {
	css := map[string]string{
		`@layer\b`:                          "cascade layers, 99",
		`@container\b|container-type`:       "container queries, 105",
		`@scope\b|@starting-style`:          "118, 117",
		`\b(oklch|oklab|lch|lab)\(`:         "colour spaces, 111",
		`color-mix\(`:                       "111",
		`:has\(`:                            "105",
		`(^|[{};])\s*&`:                     "nesting, 112",
		`@media[^{]*[<>]`:                   "media ranges, 104",
		`\d(d|s|l)v[hw]\b`:                  "dynamic viewport units, 108",
		`\baccent-color:`:                   "93",
		`\bsubgrid\b`:                       "117",
		`(^|[;{])(translate|scale|rotate):`: "104",
		`light-dark\(`:                      "123",
	}
	js := map[string]string{
		`\.at\(`:                     "92",
		`Object\.hasOwn`:             "93",
		`structuredClone`:            "98",
		`randomUUID`:                 "92",
		`\.findLast`:                 "97",
		`static\s*\{`:                "class static blocks, 94",
		`#[a-zA-Z_$][\w$]* in\b`:     "91",
		`AbortSignal\.(timeout|any)`: "103, 116",
		`\.(toSorted|toReversed|toSpliced|with)\(`: "110",
		`Promise\.(withResolvers|try)`:             "119, 128",
		`Object\.groupBy`:                          "117",
	}
	for name := range bundle().files {
		late := map[string]map[string]string{".css": css, ".js": js}[path.Ext(name)]
		for pattern, since := range late {
			if found := regexp.MustCompile(pattern).FindString(asset(t, name)); found != "" {
				t.Errorf("%s uses %q: not in Chromium 90 (%s)", name, found, since)
			}
		}
	}
	// Our own scripts promise ES2019, which is stricter.
	for name := range bundle().files {
		if path.Ext(name) != ".js" || name == "htmx.js" {
			continue
		}
		if found := regexp.MustCompile(`\?\.[a-zA-Z(\[]|\?\?|=>\s*\{?.*\bimport\(`).FindString(asset(t, name)); found != "" {
			t.Errorf("%s uses %q: later than ES2019", name, found)
		}
	}
}

// A strict CSP allows neither data: pictures nor foreign hosts, and a stylesheet that names a missing file is a slip.
func TestStylesheetNamesOnlyItsOwnFiles(t *testing.T) {
	for _, m := range regexp.MustCompile(`url\(["']?([^"')]*)`).FindAllStringSubmatch(asset(t, "wanjie.css"), -1) {
		if _, ok := bundle().files[m[1]]; !ok {
			t.Errorf("wanjie.css names %q, which is not an asset", m[1])
		}
	}
}

// later are the assets that only some pages load: the residents' own, the map to draw on, the grid worker's.
var later = []string{"resident.css", "resident.js", "draw.js", "map.js", "field.js", "fieldday.js", "fieldphotos.js", "fieldqueue.js", "fieldworker.js"}

// Sizes are a promise: the first page of a street stays under 60 kB compressed, pictures and page included.
func TestSizes(t *testing.T) {
	total := 0
	for name, f := range bundle().files {
		n := len(f.gzip)
		if f.gzip == nil {
			n = len(f.plain)
		}
		if !slices.Contains(later, name) {
			total += n
		}
		t.Logf("%-12s %6d B, %6d B gzip", name, len(f.plain), n)
	}
	if n := len(bundle().files["wanjie.css"].gzip); n > 30_000 {
		t.Errorf("wanjie.css is %d B compressed, promised 30 kB", n)
	}
	if total > 45_000 {
		t.Errorf("the assets of a first page are %d B compressed; with a page of 15 kB that breaks the promise of 60 kB", total)
	}
}

func TestContrast(t *testing.T) {
	css := asset(t, "wanjie.css")
	colour := func(name string) string {
		if strings.HasPrefix(name, "#") {
			return name
		}
		m := regexp.MustCompile(`--wj-` + name + `:\s*(#[0-9a-f]{3,6})`).FindStringSubmatch(css)
		if m == nil {
			t.Fatalf("no token --wj-%s in wanjie.css", name)
		}
		return m[1]
	}
	type pair struct {
		text, ground string
		least        float64 // 4.5 for text, 3 for lines and marks that carry meaning (WCAG 1.4.3, 1.4.11)
	}
	pairs := []pair{
		{"ink", "paper", 4.5}, {"ink", "ground", 4.5}, {"muted", "paper", 4.5}, {"muted", "ground", 4.5},
		{"muted", "#eef1f5", 4.5}, {"strong", "paper", 4.5}, {"strong", "ground", 4.5}, {"strong", "tint", 4.5},
		{"paper", "strong", 4.5}, {"paper", "stronger", 4.5}, {"accent", "paper", 3}, {"accent", "ground", 3},
		{"paper", "#c4281f", 4.5}, {"#1f8a52", "#edf1f6", 3}, {"#c77700", "#edf1f6", 3}, {"#cf3a31", "#edf1f6", 3},
	}
	for _, tone := range []string{"neutral", "info", "good", "warn", "bad"} {
		pairs = append(pairs, pair{tone, tone + "-ground", 4.5}, pair{tone, "paper", 4.5}, pair{tone, "ground", 4.5})
	}
	for _, p := range pairs {
		if got := contrast(t, colour(p.text), colour(p.ground)); got < p.least {
			t.Errorf("%s on %s: %.2f, want %.1f", p.text, p.ground, got, p.least)
		}
	}
	if got := contrast(t, "#000", "#ffffff"); math.Abs(got-21) > .01 {
		t.Errorf("black on white = %.2f, want 21", got)
	}
}

// The residents' pages, in the product's colours and in strong contrast. A street's own are corrected by admin.Theme.
func TestResidentContrast(t *testing.T) {
	css := asset(t, "resident.css")
	plain, strong, _ := strings.Cut(css, ".contrast {")
	for name, part := range map[string]string{"plain": plain, "contrast": strong} {
		colour := func(token string) string {
			if strings.HasPrefix(token, "#") {
				return token
			}
			for _, where := range []string{part, plain} {
				if m := regexp.MustCompile(`--` + token + `:\s*(#[0-9a-f]{3,6})`).FindStringSubmatch(where); m != nil {
					return m[1]
				}
			}
			t.Fatalf("no token --%s in resident.css", token)
			return ""
		}
		for _, p := range []struct {
			text, ground string
			least        float64
		}{
			{"ink", "paper", 7}, {"ink", "ground", 7}, {"muted", "paper", 4.5}, {"muted", "ground", 4.5}, {"wj-strong", "paper", 4.5}, {"wj-stronger", "ground", 4.5}, {"#fff", "wj-strong", 4.5},
			{"good", "good-ground", 4.5}, {"warn", "warn-ground", 4.5}, {"bad", "bad-ground", 4.5}, {"info", "info-ground", 4.5}, {"bad", "paper", 4.5}, {"#fff", "good", 4.5}, {"#fff", "#b01e17", 4.5},
			{"#7d8896", "paper", 3}, {"wj-accent", "paper", 3},
		} {
			if got := contrast(t, colour(p.text), colour(p.ground)); got < p.least {
				t.Errorf("%s: %s on %s: %.2f, want %.1f", name, p.text, p.ground, got, p.least)
			}
		}
	}
}

// contrast is the WCAG 2.2 contrast ratio of two hexadecimal colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	var r, g, b uint8
	if _, err := fmt.Sscanf(hex, "%02x%02x%02x", &r, &g, &b); err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	part := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*part(r) + .7152*part(g) + .0722*part(b)
}

func TestCompressedKeepsContent(t *testing.T) {
	in := bytes.Repeat([]byte("网格 "), 100)
	zr, err := gzip.NewReader(bytes.NewReader(compressed(in)))
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := io.ReadAll(zr); !bytes.Equal(in, out) {
		t.Error("compressed does not come back")
	}
	if compressed([]byte("x")) != nil {
		t.Error("a file that grows under gzip must be served plain")
	}
}
