package admin_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/logo"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// The people of the street, by their numbers.
const (
	chen  = 501 // street administrator
	zhou  = 502 // security administrator
	wu    = 503 // audit administrator
	zheng = 504 // dispatcher
)

// hall is a street and its people at the door.
type hall struct {
	*tenantstest.World
	tenants.Tenant
	h       http.Handler
	invited []admin.Invitation
}

func newHall(t *testing.T) *hall {
	t.Helper()
	w := tenantstest.Open(t)
	ids, err := blueprint.PublishShipped(t.Context(), w.DB)
	if err != nil {
		t.Fatal(err)
	}
	l := &hall{World: w}
	l.Tenant = w.Street(t, func(p *tenants.Plan) { p.Blueprint, p.Codes = ids["city-street"], []string{"320505003"} })
	err = w.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, who := range map[int64]struct{ name, role string }{chen: {"陈国华", auth.StreetAdmin}, zhou: {"周敏", auth.SecurityAdmin}, wu: {"吴兰", auth.AuditAdmin}, zheng: {"郑洁", auth.Dispatcher}} {
			if err := auth.AddMember(ctx, tx, person, who.name, "13800000"+strconv.FormatInt(person, 10)); err != nil {
				return err
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: who.role}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	site := &web.Site{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("As"), 10, 64)
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			if len(tx.Actor().Grants) == 0 {
				return fault.New(fault.NotFound, "页面不存在")
			}
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		Resident:    func(*http.Request) (web.Visitor, error) { return web.Visitor{}, nil },
		Uploads:     web.Uploads{Most: 10 << 20},
	}
	admin.Routes(site, admin.Deps{
		Modules: []admin.Switch{{Key: "cases", Title: "案卷办理", About: "从上报到回访。", Off: "停用期间不能上报和办理。"}},
		Words:   map[string]string{"stage/filed": "已立案"},
		Invite: func(_ context.Context, _ tenants.Tx, i admin.Invitation) error {
			l.invited = append(l.invited, i)
			return nil
		},
		Home: func(_ context.Context, _ tenants.Tx, _ *web.Request, t tenants.Tenant, theme string) (templ.Component, error) {
			return templ.Raw(strings.Join([]string{t.Name, t.ShortName, t.Branding.Welcome, t.Branding.Colour, theme}, " ")), nil
		},
	})
	logo.Routes(site)
	l.h = site.Handler(web.Limits{})
	return l
}

func (l *hall) get(t *testing.T, as int64, path string, want int) *html.Node {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/s/"+l.Slug+path, nil)
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

func (l *hall) post(t *testing.T, as int64, path string, want int, form ...string) *html.Node {
	t.Helper()
	v := url.Values{"request": {tenants.NewID().String()}}
	for i := 0; i+1 < len(form); i += 2 {
		v.Add(form[i], form[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/s/"+l.Slug+path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c) + " ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func all(n *html.Node, selector string) (out []string) {
	for _, m := range cascadia.QueryAll(n, cascadia.MustCompile(selector)) {
		out = append(out, text(m))
	}
	return out
}

func value(n *html.Node, name string) string {
	m := cascadia.Query(n, cascadia.MustCompile(`[name="`+name+`"]`))
	if m == nil {
		return ""
	}
	for _, a := range m.Attr {
		if a.Key == "value" {
			return a.Val
		}
	}
	return ""
}

func (l *hall) config(t *testing.T) (cfg *blueprint.Config) {
	t.Helper()
	if err := l.DB.Read(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		cfg, err = blueprint.For(ctx, tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestModules(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	if got := all(l.get(t, chen, "/admin/modules", 200), ".tag-good"); len(got) != 1 {
		t.Errorf("a module that is on shows %q", got)
	}
	l.post(t, chen, "/admin/modules", 303, "module", "cases", "on", "no")
	if l.config(t).On("cases") {
		t.Error("still on")
	}
	if got := text(l.get(t, chen, "/admin/modules", 200)); !strings.Contains(got, "未启用") || !strings.Contains(got, "自定") {
		t.Error("the page does not say that it is off by the street's own word")
	}
	l.post(t, chen, "/admin/modules", 303, "module", "cases", "on", "yes")
	if !l.config(t).On("cases") {
		t.Error("still off")
	}
	l.post(t, chen, "/admin/modules", 404, "module", "nothing", "on", "yes")
	for _, other := range []int64{zhou, wu, zheng} {
		l.post(t, other, "/admin/modules", 403, "module", "cases", "on", "no")
		l.get(t, other, "/admin/modules", 403)
	}
	l.get(t, 999, "/admin/modules", 404)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	row := func() string {
		for _, r := range all(l.get(t, chen, "/admin/settings", 200), "tbody tr") {
			if strings.HasPrefix(r, "处置时限") {
				return r
			}
		}
		return ""
	}
	if got := row(); !strings.Contains(got, "5 工作日 5 工作日 蓝本 修改") {
		t.Errorf("untouched: %q", got)
	}
	const path = "/admin/settings/cases.handle_limit"
	seen := value(l.get(t, chen, path, 200), "seen")
	l.post(t, chen, path, 303, "value", "16", "unit", "working_hour", "seen", seen)
	if got := l.config(t).Limit("cases.handle_limit", blueprint.Limit{}); got != (blueprint.Limit{Value: 16, Unit: blueprint.WorkingHour}) {
		t.Errorf("limit %+v", got)
	}
	if got := row(); !strings.Contains(got, "16 工作时 5 工作日 自定 修改 恢复蓝本") {
		t.Errorf("changed: %q", got)
	}
	l.post(t, chen, path, 409, "value", "3", "unit", "working_day", "seen", seen) // somebody else was faster
	for _, bad := range [][]string{{"value", "x", "unit", "working_day"}, {"value", "0", "unit", "working_day"}, {"value", "3", "unit", "fortnight"}} {
		if got := all(l.post(t, chen, path, 422, bad...), "form .alert-bad"); len(got) != 1 {
			t.Errorf("%v is refused with %q", bad, got)
		}
	}
	if got := all(l.post(t, chen, "/admin/settings/cases.warn_percent", 422, "value", "99"), ".field-error"); len(got) != 1 || got[0] != "数值超出允许的范围" {
		t.Errorf("out of bounds: %q", got)
	}
	l.post(t, chen, "/admin/settings/cases.auto_file", 303, "value", "true")
	l.post(t, chen, "/admin/settings/desk.sort", 303, "value", "oldest")
	l.post(t, chen, "/admin/settings/desk.sort", 422, "value", "random")
	l.post(t, chen, "/admin/settings/desk.name", 303, "value", "枫桥指挥大厅")
	l.post(t, chen, "/admin/settings/desk.name", 422, "value", " ")
	cfg := l.config(t)
	if !cfg.Bool("cases.auto_file", false) || cfg.Choice("desk.sort", "") != "oldest" || cfg.Line("desk.name", "") != "枫桥指挥大厅" {
		t.Error("not every type of setting arrived")
	}
	l.post(t, chen, path+"/back", 303)
	if got := row(); !strings.Contains(got, "5 工作日 5 工作日 蓝本") {
		t.Errorf("given back: %q", got)
	}
	if got := all(l.get(t, chen, path, 200), ".moment-head"); len(got) != 2 || !strings.HasPrefix(got[0], "恢复蓝本 陈国华") || !strings.HasPrefix(got[1], "改为“16 工作时” 陈国华") {
		t.Errorf("history %q", got)
	}
	l.get(t, chen, "/admin/settings/nothing", 404)
	l.post(t, zhou, path, 403, "value", "1", "unit", "working_day")
	l.get(t, zheng, "/admin/settings", 403)
}

func TestUnitsAndDuties(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	if err := l.DB.Write(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		_, err := blueprint.Change(ctx, tx, blueprint.Put(blueprint.Unit{Entry: blueprint.Entry{Key: "night-squad"}, Name: "夜间巡查队", Short: "夜巡队", Kind: blueprint.Squad}))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := all(l.get(t, chen, "/admin/units?q=夜巡", 200), "tbody tr"); len(got) != 1 || !strings.HasSuffix(got[0], "夜间巡查队 夜巡队 队伍 night-squad 自建") {
		t.Errorf("the street's own unit: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/units?kind=station", 200), "tbody tr"); len(got) < 5 || !strings.HasSuffix(got[0], "蓝本") {
		t.Errorf("stations: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/duties?list=withdrawn&q=08016", 200), "tbody tr"); len(got) != 1 || !strings.Contains(got[0], "上级收回") {
		t.Errorf("withdrawn: %q", got)
	}
	if got := all(l.get(t, chen, "/admin/duties?q=nothing", 200), ".empty"); len(got) != 1 {
		t.Errorf("nothing found says %q", got)
	}
}

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
	if body := rec.Body.String(); !strings.HasPrefix(body, "<iframe") || rec.Header().Get("Content-Security-Policy") == "" {
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

func TestPeople(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	page := l.get(t, zhou, "/admin/people", 200)
	rows := all(page, "tbody tr")
	if len(rows) != 4 || !strings.Contains(rows[0], "陈国华 138****0501 街道管理员") {
		t.Errorf("people %q", rows)
	}
	if strings.Contains(text(page), "13800000501") {
		t.Error("a whole phone number shows")
	}
	l.post(t, zhou, "/admin/people/grant", 303, "person", "504", "role", "handler", "unit", "enforcement")
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); !strings.Contains(got[3], "承办联络员 综合执法局") {
		t.Errorf("after the grant: %q", got[3])
	}
	if got := all(l.post(t, zhou, "/admin/people/grant", 422, "person", "504", "role", "handler"), ".field-error"); len(got) != 1 {
		t.Errorf("a handler without a unit: %q", got)
	}
	l.post(t, zhou, "/admin/people/grant", 422, "person", "504", "role", "handler", "unit", "nowhere")
	l.post(t, zhou, "/admin/people/grant", 422, "role", "intake")
	l.post(t, zhou, "/admin/people/grant", 409, "person", "501", "role", "audit_admin") // two powers
	l.post(t, zhou, "/admin/people/grant", 403, "person", "502", "role", "dispatcher")  // for oneself
	l.post(t, chen, "/admin/people/grant", 403, "person", "504", "role", "intake")
	last := cascadia.QueryAll(l.get(t, zhou, "/admin/people", 200), cascadia.MustCompile("tbody tr"))[3]
	l.post(t, zhou, "/admin/people/end", 303, "grant", value(last, "grant"))
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); strings.Contains(got[3], "派遣员") || !strings.Contains(got[3], "承办联络员") {
		t.Errorf("after ending one of two: %q", got[3])
	}
	l.post(t, zhou, "/admin/people/end", 404, "grant", "x")
	l.post(t, zhou, "/admin/people/leave", 303, "person", "504")
	if got := all(l.get(t, zhou, "/admin/people", 200), "tbody tr"); len(got) != 3 {
		t.Errorf("after leaving: %q", got)
	}
	l.post(t, zhou, "/admin/people/invite", 422, "name", "王强", "phone", "12")
	l.post(t, zhou, "/admin/people/invite", 422, "name", "王强", "phone", "13900000001", "role", "handler")
	l.post(t, zhou, "/admin/people/invite", 303, "name", "王强", "phone", "13900000001", "role", "handler", "unit", "enforcement")
	if len(l.invited) != 1 || l.invited[0].Unit != "enforcement" {
		t.Errorf("invited %+v", l.invited)
	}
	if len(all(l.get(t, chen, "/admin/people", 200), "main form, .card form")) != 0 {
		t.Error("who may only look is offered forms")
	}
}

func TestTraces(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	act := tenants.Act{Kind: "case.dispatched", Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(t.Context()),
		Before: tenants.Dims{"stage": "filed"}, After: tenants.Dims{"stage": "dispatched", "unit": "enforcement"}}
	err := l.DB.Write(t.Context(), l.ID, tenants.Actor{Person: zheng}, func(ctx context.Context, tx tenants.Tx) error {
		for range 60 {
			tx.Record(act)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := l.get(t, wu, "/admin/audit?object=case", 200)
	rows := all(page, "tbody tr")
	if len(rows) != 50 || !strings.Contains(rows[0], "郑洁 派遣 案卷") || !strings.Contains(rows[0], "承办单位：综合执法局") || !strings.Contains(rows[0], "阶段：已立案 → dispatched") {
		t.Errorf("acts %.1q", rows)
	}
	older := cascadia.Query(page, cascadia.MustCompile("#acts .actions a"))
	href := strings.TrimPrefix(older.Attr[1].Val, "/s/"+l.Slug)
	if rows := all(l.get(t, wu, href, 200), "tbody tr"); len(rows) != 10 {
		t.Errorf("the older page has %d", len(rows))
	}
	for _, who := range []int64{chen, zhou, zheng} {
		l.get(t, who, "/admin/audit", 403)
	}
	// Another street's traces are another street's.
	other := newHall(t)
	if got := all(other.get(t, wu, "/admin/audit?object=case", 200), "tbody tr"); len(got) != 0 {
		t.Errorf("another street shows %q", got)
	}
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
			x := (v + 0.055) / 1.055
			v = x * x * pow(x, 0.4)
		}
		light += weight * v
	}
	return 1.05 / (light + 0.05)
}

// pow is x to the power of y for x in (0, 1], by square roots.
func pow(x, y float64) float64 {
	result, root := 1.0, x
	for range 40 {
		root = sqrt(root)
		if y *= 2; y >= 1 {
			result, y = result*root, y-1
		}
	}
	return result
}

func sqrt(x float64) float64 {
	r := x
	for range 60 {
		r = (r + x/r) / 2
	}
	return r
}
