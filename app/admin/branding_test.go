package admin_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/app/admin"
	"wanjie/app/files"
	"wanjie/app/logo"
	"wanjie/tenants"
)

func TestBranding(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	form := []string{"name", "枫桥街道办事处", "short_name", "枫桥", "colour", "#C8102E", "accent", "", "welcome", "枫桥欢迎您"}
	l.post(t, chen, "/admin/branding", 303, form...)
	if got := value(l.get(t, chen, "/admin/branding", 200), "colour"); got != "#c8102e" {
		t.Errorf("colour %q", got)
	}
	r := httptest.NewRecorder()
	l.h.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/s/"+l.Slug+"/theme.css?c=c8102e&a=ffd700", nil))
	if css := r.Body.String(); r.Code != 200 || !strings.Contains(css, "--wj-accent:#c8102e;--wj-strong:#c8102e") || !strings.Contains(css, "--wj-second:#") || strings.Contains(css, "--wj-second:#ffd700") {
		t.Errorf("theme %d %q", r.Code, css)
	}
	if got := all(l.post(t, chen, "/admin/branding", 422, "name", "x", "short_name", "", "colour", "red;}", "welcome", strings.Repeat("字", 61)), ".field-error"); len(got) != 4 {
		t.Errorf("every field says what is wrong: %q", got)
	}
	l.post(t, chen, "/admin/branding", 303, form...) // nothing changes, nothing is recorded
	if got := all(l.get(t, wu, "/admin/audit?object=tenant", 200), "tbody tr"); len(got) != 2 || !strings.Contains(got[0], "陈国华 修改街道形象") || !strings.Contains(got[0], "名称：枫桥街道 → 枫桥街道办事处") {
		t.Errorf("traces %q", got)
	}
	l.post(t, zhou, "/admin/branding", 403, form...)
}

// What is typed shows beside the form before it is saved, in a frame that no other page may show, and a colour too light for
// words is named with the one that takes its place.
func TestALookIsTriedFirst(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	try := "?" + url.Values{"name": {"晓市街道"}, "short_name": {"晓市"}, "colour": {"#FFD700"}, "accent": {"green"}, "welcome": {"晓市欢迎您"}}.Encode()
	page := l.get(t, chen, "/admin/branding"+try, 200)
	if got := all(page, ".look-steps li"); len(got) != 2 || !strings.HasPrefix(got[0], "主色 #ffd700 与白色对比 1.4∶1，作文字不够清晰，改用 #") || got[1] != "辅色 颜色应写成 #1677ff 的形式" {
		t.Errorf("the colours: %q", got)
	}
	src := func(n *html.Node) string {
		for _, a := range cascadia.Query(n, cascadia.MustCompile("iframe")).Attr {
			if a.Key == "src" {
				return a.Val
			}
		}
		return ""
	}
	r := httptest.NewRequest(http.MethodGet, src(page), nil)
	r.Header.Set("As", strconv.Itoa(chen))
	rec := httptest.NewRecorder()
	l.h.ServeHTTP(rec, r)
	if body := rec.Body.String(); rec.Code != 200 || body != "晓市街道 晓市 晓市欢迎您 #ffd700 /s/"+l.Slug+"/theme.css?c=ffd700" {
		t.Errorf("the frame shows %d %q", rec.Code, body)
	}
	if got := rec.Header().Get("Content-Security-Policy"); !strings.Contains(got, "frame-ancestors 'self'") || strings.Contains(got, "script-src") {
		t.Errorf("the frame's policy is %s", got)
	}
	part := httptest.NewRequest(http.MethodGet, "/s/"+l.Slug+"/admin/branding"+try, nil)
	part.Header.Set("As", strconv.Itoa(chen))
	part.Header.Set("HX-Request", "true")
	rec = httptest.NewRecorder()
	l.h.ServeHTTP(rec, part)
	if body := rec.Body.String(); !strings.HasPrefix(body, "<iframe") || strings.Contains(rec.Header().Get("Content-Security-Policy"), "script-src 'none'") {
		t.Errorf("while typing comes %.60q", body)
	}
	if got := value(l.get(t, chen, "/admin/branding", 200), "name"); got != "枫桥街道" {
		t.Errorf("trying saved %q", got)
	}
	l.get(t, zhou, "/admin/branding/preview"+try, 403)
}

// A street gets a mark, keeps it while other things change, gets another and goes without.
func TestLogo(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	form := map[string]string{"name": "枫桥街道", "short_name": "枫桥", "colour": "", "accent": "", "welcome": ""}
	logo := func() (is string) {
		t.Helper()
		if err := l.DB.Read(t.Context(), l.ID, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error { is = tx.Tenant().Branding.Logo; return nil }); err != nil {
			t.Fatal(err)
		}
		return is
	}
	files := func() (n int) {
		t.Helper()
		if err := l.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM files WHERE tenant_id = $1", int32(l.ID)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for what, c := range map[string]struct {
		body []byte
		say  string
	}{"a text": {[]byte("<svg onload=alert(1)>"), "标志应为 PNG 或 JPEG 图片"}, "a broken one": {picture(t, 40, 40)[:60], "图片已损坏，无法打开，请重新导出后上传"}, "a large one": {append(picture(t, 40, 40), make([]byte, 1<<20)...), "标志图片超过 1 MB，请缩小后上传"}} {
		if got := all(l.send(t, chen, "/admin/branding", 422, form, c.body), ".field-error"); len(got) != 1 || got[0] != c.say {
			t.Errorf("%s is refused with %q", what, got)
		}
	}
	if logo() != "" || files() != 0 {
		t.Error("what was refused is kept")
	}
	l.send(t, chen, "/admin/branding", 303, form, picture(t, 400, 100))
	first := logo()
	if first == "" || files() != 1 {
		t.Fatalf("the mark is %q, %d files", first, files())
	}
	get := func(slug, id string, want int) *httptest.ResponseRecorder {
		t.Helper()
		rec := httptest.NewRecorder()
		l.h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/r/"+slug+"/logo/"+id, nil))
		if rec.Code != want {
			t.Errorf("/r/%s/logo/%s: %d, want %d", slug, id, rec.Code, want)
		}
		return rec
	}
	rec := get(l.Slug, first, 200)
	shown, err := png.Decode(rec.Body)
	if err != nil || shown.Bounds().Dx() != 192 || shown.Bounds().Dy() != 192 {
		t.Errorf("it is no square of 192 px: %v %v", shown, err)
	} else if _, _, _, above := shown.At(96, 10).RGBA(); above != 0 {
		t.Error("what is beside a wide picture is not clear")
	}
	for name, want := range map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Cross-Origin-Resource-Policy": "same-origin", "Vary": ""} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	form["welcome"] = "枫桥欢迎您"
	l.send(t, chen, "/admin/branding", 303, form, nil)
	if logo() != first {
		t.Error("a form without a file changed the mark")
	}
	l.send(t, chen, "/admin/branding", 303, form, picture(t, 100, 100))
	second := logo()
	if second == first || files() != 1 {
		t.Errorf("another mark is %q, %d files", second, files())
	}
	get(l.Slug, first, 404) // it is no longer the street's

	// A neighbour's mark, one that nobody has, and another file of the street: nothing of that is here.
	other := newHall(t)
	other.send(t, chen, "/admin/branding", 303, form, picture(t, 60, 20))
	var theirs string
	if err := l.DB.Read(t.Context(), other.ID, tenants.Machine(), func(_ context.Context, tx tenants.Tx) error { theirs = tx.Tenant().Branding.Logo; return nil }); err != nil {
		t.Fatal(err)
	}
	get(other.Slug, theirs, 200)
	get(l.Slug, theirs, 404)
	get(l.Slug, tenants.NewID().String(), 404)

	form["drop"] = "on"
	l.send(t, chen, "/admin/branding", 303, form, nil)
	if logo() != "" || files() != 0 {
		t.Errorf("taken away, the mark is %q, %d files", logo(), files())
	}
	get(l.Slug, second, 404)
	if got := all(l.get(t, wu, "/admin/audit?object=tenant", 200), "tbody tr"); len(got) != 5 || !strings.Contains(got[0], "标志：") {
		t.Errorf("traces %q", got)
	}
}

// Two who give the street a mark at once leave one mark and one file: the second takes away what the first has left.
func TestTwoMarksAtOnce(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	by := tenants.Actor{Person: chen}
	mark := func(size int) *files.Draft {
		t.Helper()
		d, err := logo.Take(t.Context(), l.DB.Blobs(), l.ID, picture(t, size, 40))
		if err != nil {
			t.Fatal(err)
		}
		return d.(*files.Draft)
	}
	a, b := mark(40), mark(80)
	change := func(ctx context.Context, tx tenants.Tx, d *files.Draft) error {
		return admin.Rebrand(ctx, tx, admin.Look{Name: "枫桥街道", ShortName: "枫桥", Mark: d})
	}
	if err := l.DB.Write(t.Context(), l.ID, by, func(ctx context.Context, late tenants.Tx) error {
		if err := l.DB.Write(t.Context(), l.ID, by, func(ctx context.Context, tx tenants.Tx) error { return change(ctx, tx, a) }); err != nil {
			return err
		}
		return change(ctx, late, b)
	}); err != nil {
		t.Fatal(err)
	}
	var named string
	var kept []string
	super := l.Super(t, tenants.Home)
	if err := super.QueryRow(t.Context(), "SELECT branding->>'logo', (SELECT array_agg(id::text) FROM files WHERE tenant_id = $1) FROM tenants WHERE tenant_id = $1", int32(l.ID)).Scan(&named, &kept); err != nil {
		t.Fatal(err)
	}
	if named != b.ID.String() || len(kept) != 1 || kept[0] != named {
		t.Errorf("the street names %s and keeps %v", named, kept)
	}
}

// picture is a PNG of one colour.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{200, 16, 46, 255}), image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// send posts a form with a picture, if there is one.
func (l *hall) send(t *testing.T, as int64, path string, want int, form map[string]string, logo []byte) *html.Node {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("request", tenants.NewID().String())
	for k, v := range form {
		_ = w.WriteField(k, v)
	}
	part, err := w.CreateFormFile("logo", "logo.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(logo)
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/s/"+l.Slug+path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("As", strconv.FormatInt(as, 10))
	rec := httptest.NewRecorder()
	l.h.ServeHTTP(rec, r)
	if rec.Code != want {
		t.Fatalf("%s: %d, want %d: %s", path, rec.Code, want, rec.Body)
	}
	n, err := html.Parse(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever colour a street chooses, its words stay readable.
func TestTheme(t *testing.T) {
	for _, colour := range []string{"#1677ff", "#ffff00", "#ffffff", "#000000", "#c8102e", "#00aa88"} {
		css := admin.Theme(colour, colour)
		for _, token := range []struct {
			name  string
			ratio float64
		}{{"--wj-strong:", 4.5}, {"--wj-stronger:", 7}, {"--wj-second:", 4.5}} {
			_, rest, ok := strings.Cut(css, token.name)
			if _, tint, _ := strings.Cut(css, "--wj-tint:"); ok && token.name == "--wj-strong:" {
				for _, ground := range []string{"#f4f6f9", tint[:7]} {
					if got := contrast(t, rest[:7]) / contrast(t, ground); got < 4.5 {
						t.Errorf("%s: on %s words have contrast %.2f", colour, ground, got)
					}
				}
			}
			if !ok || contrast(t, rest[:7]) < token.ratio {
				t.Errorf("%s: %s%.7s has contrast %.2f", colour, token.name, rest, contrast(t, rest[:7]))
			}
		}
	}
	for _, bad := range []string{"", "red", "#12345", "#12345g", "#123456;}"} {
		if css := admin.Theme(bad, bad); css != "" {
			t.Errorf("%q became %q", bad, css)
		}
	}
}

// contrast is written another way than the code's: by the steps of the recommendation on bytes.
func contrast(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	light := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(n>>(16-8*i)&255) / 255
		if v <= 0.03928 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		light += weight * v
	}
	return 1.05 / (light + 0.05)
}
