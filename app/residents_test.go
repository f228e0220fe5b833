package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/config"
	"wanjie/app/fault"
	"wanjie/app/resident"
	"wanjie/app/web"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// door is the whole product with its sign-in service, as residents meet it.
type door struct {
	t *testing.T
	*app.App
	*tenantstest.World
	server *httptest.Server
	kratos string
}

// openDoor wires the product on a real Kratos and Redis. Messages stay with Kratos, whose admin port tells the codes.
func openDoor(t *testing.T) *door {
	t.Helper()
	w := tenantstest.Open(t)
	stack := servers(t)
	a, err := app.New(t.Context(), config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: stack.RedisURL, KratosPublic: stack.KratosPublicURL, KratosAdmin: stack.KratosAdminURL,
		PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true, ResidentDomain: "jiedao.example",
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	d := &door{t: t, App: a, World: w, server: httptest.NewServer(a.Handler(web.Limits{})), kratos: stack.KratosAdminURL}
	t.Cleanup(d.server.Close)
	return d
}

// street opens a street whose people, numbered from base, hold every role.
func (d *door) street(base int64) tenants.Tenant {
	d.t.Helper()
	s := d.Street(d.t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	for i, role := range auth.RolesIn(auth.InTenant) {
		give := auth.Give{Role: role.Key}
		if role.Unit {
			give.Unit = "sanitation"
		}
		if err := d.Employ(d.t.Context(), s.ID, base+int64(i), "工作人员"+role.Key, "", give); err != nil {
			d.t.Fatal(err)
		}
	}
	return s
}

// person is somebody with a browser of their own.
type person struct {
	*door
	client *http.Client
	phone  string
	last   string // address of the page that answered last
}

func (d *door) person() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &person{door: d, client: &http.Client{Jar: secureAnyway{jar}}, phone: fmt.Sprintf("139%08d", rand.IntN(100_000_000))}
}

// secureAnyway lets Secure cookies over http to this very machine, as browsers do.
type secureAnyway struct{ http.CookieJar }

func (j secureAnyway) Cookies(u *url.URL) []*http.Cookie {
	v := *u
	v.Scheme = "https"
	return j.CookieJar.Cookies(&v)
}

func (j secureAnyway) SetCookies(u *url.URL, c []*http.Cookie) {
	v := *u
	v.Scheme = "https"
	j.CookieJar.SetCookies(&v, c)
}

func (p *person) do(method, path string, form url.Values) (int, string) {
	p.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		if form == nil {
			form = url.Values{}
		}
		if form.Get(ui.RequestField) == "" {
			form.Set(ui.RequestField, tenants.NewID().String())
		}
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.last = res.Request.URL.RequestURI()
	return res.StatusCode, string(b)
}

// ok is do that must answer 200, with a page that says every one of words.
func (p *person) ok(method, path string, form url.Values, words ...string) string {
	p.t.Helper()
	status, body := p.do(method, path, form)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s: %d\n%s", method, path, status, body)
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			p.t.Errorf("%s %s does not say %q:\n%s", method, path, w, body)
		}
	}
	return body
}

var inFlow = regexp.MustCompile(`name="flow" value="([^"]+)"`)

// code is the newest code that was sent to the person's telephone.
func (p *person) code() string {
	p.t.Helper()
	for range 100 {
		res, err := http.Get(p.kratos + "/admin/courier/messages?" + url.Values{"recipient": {"+86" + p.phone}}.Encode())
		if err != nil {
			p.t.Fatal(err)
		}
		var list []struct{ Body string }
		err = json.NewDecoder(res.Body).Decode(&list)
		res.Body.Close()
		if err != nil {
			p.t.Fatal(err)
		}
		if len(list) > 0 {
			if code := regexp.MustCompile(`\d{6}`).FindString(list[0].Body); code != "" {
				return code
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatal("no code came")
	return ""
}

// signIn signs the person in at a street's door.
func (p *person) signIn(s tenants.Tenant, more ...string) {
	p.t.Helper()
	base := "/r/" + s.Slug
	form := url.Values{"phone": {p.phone}, "agree": {"2026-11"}}
	for _, m := range more {
		form.Set(m, "on")
	}
	body := p.ok("POST", base+"/sign-in", form)
	m := inFlow.FindStringSubmatch(body)
	if m == nil {
		p.t.Fatalf("no code was sent:\n%s", body)
	}
	form.Set("flow", m[1])
	form.Set("code", p.code())
	form.Set(ui.RequestField, tenants.NewID().String())
	p.ok("POST", base+"/sign-in/code", form)
	if p.last != base+"/" {
		p.t.Fatalf("signed in, and led to %s", p.last)
	}
}

// report reports rubbish and answers the matter's id.
func (p *person) report(s tenants.Tenant, words string) uuid.UUID {
	p.t.Helper()
	p.ok("POST", "/r/"+s.Slug+"/report", url.Values{"class": {"matter-06010"}, "description": {words}, "address": {"枫桥路18号东门"}, "community": {"320505003001"}}, "已收到", "前告诉您是否受理")
	path, _, _ := strings.Cut(strings.TrimPrefix(p.last, "/r/"+s.Slug+"/matters/"), "?")
	id, err := uuid.Parse(path)
	if err != nil {
		p.t.Fatalf("a report led to %s", p.last)
	}
	return id
}

// staff does something in a street as the product itself.
func (d *door) staff(s tenants.Tenant, f func(ctx context.Context, tx tenants.Tx) error) {
	d.t.Helper()
	if err := d.App.DB.Write(d.t.Context(), s.ID, tenants.Machine(), f); err != nil {
		d.t.Fatal(err)
	}
}

// finish takes a reported matter to its closing.
func (d *door) finish(s tenants.Tenant, id uuid.UUID) {
	d.t.Helper()
	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := cases.File(ctx, tx, id, cases.Filing{}); err != nil {
			return err
		}
		if _, err := cases.Dispatch(ctx, tx, id, cases.Order{Unit: "sanitation", Basis: cases.Statutory}); err != nil {
			return err
		}
		if _, err := cases.Handle(ctx, tx, id, "已清运并消杀，加放两只垃圾桶"); err != nil {
			return err
		}
		_, err := cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		return err
	})
}

// A resident signs in by a code, reports in a few taps, follows, adds, urges, hears of the end, is not satisfied and finds it
// reopened; rates it well the second time, and once only.
func TestAResidentsMatter(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(700_000)
	base := "/r/" + s.Slug
	p := d.person()

	p.ok("GET", base+"/", nil, s.Name, "我要反映", "119", "12345")
	if p.do("GET", base+"/report", nil); p.last != base+"/sign-in?return_to="+url.QueryEscape(base+"/report") {
		t.Errorf("not signed in, reporting leads to %s", p.last)
	}
	p.signIn(s)
	p.ok("GET", base+"/report", nil, "垃圾没人清", "诉讼")
	p.ok("GET", base+"/report?class=matter-06010", nil, "在哪里？", "在哪里", p.phone)
	if status, body := p.do("POST", base+"/report", url.Values{"class": {"matter-06010"}, "description": {""}, "address": {"枫桥路"}}); status != 422 || !strings.Contains(body, "请填写此项") || !strings.Contains(body, "枫桥路") {
		t.Errorf("an empty report: %d", status)
	}
	id := p.report(s, "东门垃圾堆了三天")
	at := base + "/matters/" + id.String()
	p.ok("GET", base+"/matters", nil, "东门垃圾堆了三天", "已收到，等待受理")
	status, body := p.do("POST", base+"/report", url.Values{"class": {"matter-06010"}, "description": {"东门垃圾堆了三天没人管"}, "address": {"枫桥路18号东门"}})
	if status != http.StatusConflict || !strings.Contains(body, "是同一件事吗") || !strings.Contains(body, at+"/words") {
		t.Errorf("the same again: %d", status)
	}
	p.ok("POST", at+"/words", url.Values{"words": {"今天又多了两袋"}}, "已补充", "今天又多了两袋")
	p.ok("POST", at+"/urge", nil, "您催办了一次", "今天已经催办过")
	if status, _ := p.do("POST", at+"/urge", nil); status != http.StatusConflict {
		t.Errorf("urging twice a day: %d", status)
	}
	if status, _ := p.do("GET", at+"/rate", nil); status != http.StatusConflict {
		t.Errorf("rating before the end: %d", status)
	}
	d.finish(s, id)
	body = p.ok("GET", at, nil, "已办结", "已清运并消杀", "已派给环卫站", "评价这次办理")
	if strings.Contains(body, "工作人员") || strings.Contains(body, "工号") {
		t.Error("a resident reads who works there")
	}
	p.ok("GET", base+"/messages", nil, "街道已受理", "已派给环卫站", "已办结", "未读")
	if body := p.ok("POST", base+"/messages/read", nil); strings.Contains(body, ">未读<") {
		t.Error("read messages are unread")
	}
	rating := url.Values{"q_contacted": {"no"}, "q_solved": {"no"}, "q_satisfaction": {"not"}}
	if status, body := p.do("POST", at+"/rate", rating); status != 422 || !strings.Contains(body, "请回答此题") {
		t.Errorf("unsolved without saying why: %d", status)
	}
	rating.Set("q_unsolved-why", "again")
	rating.Set("q_unsatisfied-why", "unsolved")
	rating.Set(ui.RequestField, tenants.NewID().String())
	p.ok("POST", at+"/rate", rating, "已退回重新办理", "办理中", "您作了评价", "没有解决，不满意")
	if got := d.told(s, id, "case.called_back"); got["valid"] != "yes" || got["solved"] != "no" || got["satisfaction"] != "not" || got["voice"] != "petitioner" {
		t.Errorf("the rating is recorded as %v", got)
	}
	d.staff(s, func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, id)
		if err == nil && (c.Stage != cases.Handling || c.Reopened != 1 || c.Lead.State != cases.Working) {
			t.Errorf("unsatisfied, it stands at %s, reopened %d", c.Stage, c.Reopened)
		}
		if err == nil {
			_, err = cases.Handle(ctx, tx, id, "再次清运，安排专人巡查")
		}
		if err == nil {
			_, err = cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		}
		return err
	})
	good := url.Values{"q_contacted": {"yes"}, "q_solved": {"yes"}, "q_satisfaction": {"satisfied"}, "q_words": {"谢谢"}}
	p.ok("POST", at+"/rate", good, "感谢您的评价", "已解决，满意")
	good.Set(ui.RequestField, tenants.NewID().String())
	if status, _ := p.do("POST", at+"/rate", good); status != http.StatusConflict {
		t.Errorf("a second rating of one closing: %d", status)
	}
	var valid int
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM callbacks WHERE tenant_id=$1 AND case_id=$2 AND valid", int32(s.ID), id).Scan(&valid); err != nil || valid != 2 {
		t.Errorf("%d valid call-backs, want 2 (%v)", valid, err)
	}
}

// told are the dimensions of the newest act of a kind at a case.
func (d *door) told(s tenants.Tenant, id uuid.UUID, kind string) (after tenants.Dims) {
	d.t.Helper()
	if err := d.Super(d.t, tenants.Home).QueryRow(d.t.Context(), "SELECT after FROM journal WHERE tenant_id=$1 AND object_id=$2 AND kind=$3 ORDER BY n DESC LIMIT 1", int32(s.ID), id, kind).Scan(&after); err != nil {
		d.t.Fatal(err)
	}
	return after
}

// One telephone in two streets, and another resident beside: each sees the own matters of this street only, at every address
// there is. What the neighbour has gives the answer of what nobody has.
func TestResidentsSeeTheirOwnOnly(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	a, b := d.street(710_000), d.street(720_000)
	p, other := d.person(), d.person()
	p.signIn(a)
	mine := p.report(a, "甲街道本人的事项")
	if p.do("GET", "/r/"+b.Slug+"/matters", nil); !strings.HasPrefix(p.last, "/r/"+b.Slug+"/sign-in") {
		t.Errorf("signed in at one street, another one led to %s", p.last)
	}
	d.nextCode(p)
	p.signIn(b)
	elsewhere := p.report(b, "乙街道本人的事项")
	other.signIn(a)
	theirs := other.report(a, "甲街道别人的事项")

	for _, page := range []string{"/", "/matters", "/messages", "/me", "/me/export"} {
		body := p.ok("GET", "/r/"+a.Slug+page, nil)
		if strings.Contains(body, "乙街道本人") || strings.Contains(body, "别人的事项") || strings.Contains(body, other.phone) {
			t.Errorf("%s shows another street's or another's:\n%s", page, body)
		}
	}
	before := everything(t, d.Super(t, tenants.Home), a.ID) + everything(t, d.Super(t, tenants.Home), b.ID)
	probed := 0
	for _, route := range d.Site.Routes() {
		if route.Door != "resident" || !strings.Contains(route.Pattern, "{id}") {
			continue
		}
		path := func(id string) string {
			return strings.NewReplacer("{tenant}", a.Slug, "{id}", id).Replace(route.Pattern)
		}
		form := url.Values{"words": {"补充"}, "q_contacted": {"yes"}, "q_solved": {"yes"}, "q_satisfaction": {"satisfied"}}
		nobodys := uuid.NewString()
		none, ghost := p.do(route.Method, path(nobodys), form)
		ghost = blank(strings.ReplaceAll(ghost, nobodys, "ID"))
		for _, id := range []string{elsewhere.String(), theirs.String(), "x"} {
			probed++
			form.Set(ui.RequestField, tenants.NewID().String())
			status, body := p.do(route.Method, path(id), form)
			if status != none || id != "x" && blank(strings.ReplaceAll(body, id, "ID")) != ghost {
				t.Errorf("%s %s with somebody else's number: %d, nobody's: %d, or their bodies differ", route.Method, route.Pattern, status, none)
			}
			if strings.Contains(body, "别人的事项") || strings.Contains(body, "乙街道") {
				t.Errorf("%s %s shows somebody else's", route.Method, route.Pattern)
			}
		}
	}
	if after := everything(t, d.Super(t, tenants.Home), a.ID) + everything(t, d.Super(t, tenants.Home), b.ID); after != before {
		t.Error("a probe changed something")
	}
	if probed < 15 {
		t.Errorf("only %d probes", probed)
	}
	p.ok("GET", "/r/"+a.Slug+"/matters/"+mine.String(), nil, "甲街道本人的事项")

	// A resident's session is none at the console, and the other way round.
	if p.do("GET", "/s/"+a.Slug+"/cases", nil); !strings.HasPrefix(p.last, "/login") {
		t.Errorf("a resident at the console was led to %s", p.last)
	}
	for _, c := range p.client.Jar.Cookies(mustURL(t, p.server.URL)) {
		if c.Name == "__Host-wanjie-resident" {
			c.Name = "__Host-wanjie"
			c.Secure, c.Path = true, "/"
			p.client.Jar.SetCookies(mustURL(t, p.server.URL), []*http.Cookie{c})
		}
	}
	if p.do("GET", "/s/"+a.Slug+"/cases", nil); !strings.HasPrefix(p.last, "/login") {
		t.Errorf("a resident's session in the staff's cookie was led to %s", p.last)
	}
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// nextCode forgets that a code was sent a moment ago.
func (d *door) nextCode(p *person) {
	d.t.Helper()
	keys, err := d.Redis.Keys(d.t.Context(), "wj:tries:send-again:*").Result()
	if err == nil && len(keys) > 0 {
		err = d.Redis.Del(d.t.Context(), keys...).Err()
	}
	if err != nil {
		d.t.Fatal(p.phone, err)
	}
}

// The same routes serve programs: the sign-in answers a token, the struct of each page is its JSON, and a repeat of a report
// under one number gets the same answer. GCJ-02 comes in, CGCS2000 is kept, and only with consent.
func TestResidentAPI(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(730_000)
	p := d.person()
	base := "/api/v1/resident/" + s.Slug
	token := ""
	ask := func(method, path string, form url.Values, key string) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, p.server.URL+base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Idempotency-Key", key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var out map[string]any
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatalf("%s %s: %d, %v", method, path, res.StatusCode, err)
		}
		return res.StatusCode, out
	}
	key := func() string { return tenants.NewID().String() }
	if status, home := ask("GET", "/", nil, ""); status != 200 || home["street"] != s.Name || home["signed_in"] != false {
		t.Errorf("home: %d %v", status, home)
	}
	if status, _ := ask("GET", "/matters", nil, ""); status != 401 {
		t.Errorf("matters of nobody: %d", status)
	}
	form := url.Values{"phone": {p.phone}}
	if status, out := ask("POST", "/sign-in", form, ""); status != 422 || out["fields"].(map[string]any)["agree"] == nil {
		t.Errorf("without agreeing: %d %v", status, out)
	}
	form.Set("agree", "2026-11")
	_, sent := ask("POST", "/sign-in", form, "")
	form.Set("flow", sent["flow"].(string))
	form.Set("code", "000000")
	if status, _ := ask("POST", "/sign-in/code", form, ""); status != 422 {
		t.Errorf("a wrong code: %d", status)
	}
	form.Set("code", p.code())
	_, opened := ask("POST", "/sign-in/code", form, "")
	token, _ = opened["token"].(string)
	if token == "" {
		t.Fatalf("no token: %v", opened)
	}
	report := url.Values{"class": {"matter-06010"}, "description": {"花坛边有垃圾"}, "lon": {"120.549"}, "lat": {"31.301"}}
	if status, out := ask("POST", "/report", report, key()); status != 422 {
		t.Errorf("a place without consent: %d %v", status, out)
	}
	report.Set("place_ok", "1")
	one := key()
	_, first := ask("POST", "/report", report, one)
	_, again := ask("POST", "/report", report, one)
	if first["number"] == nil || first["id"] != again["id"] {
		t.Errorf("reported as %v, repeated as %v", first, again)
	}
	report.Set("description", "别的话")
	if status, _ := ask("POST", "/report", report, one); status != 409 {
		t.Errorf("another body under the same number: %d", status)
	}
	var lon, lat float64
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT lon, lat FROM cases WHERE tenant_id=$1", int32(s.ID)).Scan(&lon, &lat); err != nil {
		t.Fatal(err)
	}
	// GCJ-02 lies some hundred metres off in Suzhou: to the east and to the south.
	if lon > 120.5465 || lon < 120.543 || lat < 31.302 || lat > 31.305 {
		t.Errorf("kept at %f, %f", lon, lat)
	}
	if status, m := ask("GET", "/matters/"+first["id"].(string), nil, ""); status != 200 || m["words"] != "花坛边有垃圾" || m["number"] != first["number"] || len(m["steps"].([]any)) != 5 {
		t.Errorf("the matter: %d %v", status, m)
	}
	if _, me := ask("GET", "/me", nil, ""); me["phone"] != p.phone {
		t.Errorf("my data: %v", me)
	}
	ask("POST", "/sign-out", nil, key())
	if status, _ := ask("GET", "/matters", nil, ""); status != 401 {
		t.Errorf("signed out, matters: %d", status)
	}
	// The street's own host shows the same without its slug, and nothing of the console.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/": 200, "/sign-in": 200, "/report": 303, "/login": 404, "/s/" + s.Slug + "/cases": 404, "/api/v1/resident/": 200} {
		r.URL.Path, r.Host = path, s.Slug+".jiedao.example"
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want || want == 200 && !strings.Contains(path, "api") && !strings.Contains(string(b), `href="/report"`) {
			t.Errorf("%s at the street's own host: %d, want %d\n%s", path, res.StatusCode, want, b)
		}
		if want == 303 && res.Header.Get("Location") != "/sign-in?return_to=%2Freport" {
			t.Errorf("the way to sign-in at the street's own host: %s", res.Header.Get("Location"))
		}
	}
}

// What a street holds about a resident is all there to see: what he agreed to, and who looked at him and why, by role and
// never by name. The file holds the same, and is written down. Leaving takes a code, and then nothing tells who he was.
func TestAResidentsData(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(740_000)
	elsewhere := d.street(745_000)
	base := "/r/" + s.Slug
	p := d.person()
	p.signIn(elsewhere)
	d.nextCode(p)
	p.signIn(s, "messages")
	p.ok("POST", base+"/me/name", url.Values{"name": {"沈奶奶"}}, "沈奶奶")
	id := p.report(s, "垃圾桶破了")
	looker := roleAt(t, 740_000, auth.Intake)
	if err := d.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: looker}, func(ctx context.Context, tx tenants.Tx) error {
		_, _, err := cases.Petitioner(ctx, tx, id, "contact")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	body := p.ok("GET", base+"/me", nil, p.phone, "受理员", "联系诉求人", "隐私政策 2026-11 版")
	if strings.Contains(body, "工作人员intake") {
		t.Error("who looked is named")
	}
	p.ok("POST", base+"/me/consents", url.Values{"purpose": {"messages"}, "agree": {"no"}}, "已保存")
	var held struct {
		Phone    string
		Consents []struct {
			Purpose     string
			WithdrawnAt time.Time `json:"withdrawn_at"`
		}
		Matters []struct{ Description, Petitioner string }
		Looks   []struct{ Who string }
	}
	if err := json.Unmarshal([]byte(p.ok("GET", base+"/me/export", nil)), &held); err != nil {
		t.Fatal(err)
	}
	if held.Phone != p.phone || len(held.Matters) != 1 || held.Matters[0].Petitioner != "沈奶奶" || len(held.Looks) != 1 || len(held.Consents) != 2 || held.Consents[0].WithdrawnAt.IsZero() {
		t.Errorf("the file holds %+v", held)
	}
	super := d.Super(t, tenants.Home)
	var looks int
	if err := super.QueryRow(t.Context(), "SELECT count(*) FROM looks WHERE tenant_id=$1 AND object='resident'", int32(s.ID)).Scan(&looks); err != nil || looks != 1 {
		t.Errorf("%d looks for one export (%v)", looks, err)
	}

	d.nextCode(p)
	p.ok("GET", base+"/me/leave", nil, "1 件事项正在办理", "不能恢复")
	body = p.ok("POST", base+"/me/leave", nil, "短信验证码")
	flow := inFlow.FindStringSubmatch(body)
	if status, _ := p.do("POST", base+"/me/leave/code", url.Values{"flow": {flow[1]}, "code": {"000000"}}); status != 422 {
		t.Errorf("leaving by a wrong code: %d", status)
	}
	p.ok("POST", base+"/me/leave/code", url.Values{"flow": {flow[1]}, "code": {p.code()}}, "账号已注销")
	if p.do("GET", base+"/matters", nil); !strings.HasPrefix(p.last, base+"/sign-in") {
		t.Errorf("after leaving, matters led to %s", p.last)
	}
	var left int
	if err := super.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM residents WHERE tenant_id=$1 AND (phone IS NOT NULL OR name IS NOT NULL))
		+ (SELECT count(*) FROM cases WHERE tenant_id=$1 AND (petitioner IS NOT NULL OR phone IS NOT NULL OR phone_blind IS NOT NULL OR reported_by <> 0))
		+ (SELECT count(*) FROM consents WHERE tenant_id=$1 AND withdrawn_at IS NULL)`, int32(s.ID)).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows still tell who he was (%v)", left, err)
	}
	// The telephone goes with the last street that knew it.
	var payload []byte
	if err := super.QueryRow(t.Context(), "SELECT payload::text FROM outbox WHERE tenant_id=$1 AND kind=$2", int32(s.ID), resident.ForgetJob).Scan(&payload); err != nil {
		t.Fatal(err)
	}
	forget := func() {
		t.Helper()
		if err := resident.Forget(d.Keeper).Outside(t.Context(), jobs.Env{DB: d.App.DB}, payload); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	if _, err := d.Keeper.Client.FindIdentity(t.Context(), p.phone); err != nil {
		t.Errorf("known to another street, the identity is gone: %v", err)
	}
	if _, err := super.Exec(t.Context(), "UPDATE residents SET left_at = now(), phone = NULL, phone_blind = NULL WHERE tenant_id = $1", int32(elsewhere.ID)); err != nil {
		t.Fatal(err)
	}
	forget()
	if _, err := d.Keeper.Client.FindIdentity(t.Context(), p.phone); !fault.Is(err, fault.NotFound) {
		t.Errorf("known to no street, the identity is there: %v", err)
	}
}

// Nobody learns from the door which numbers are known, and it does not send codes without end. The owner of a number that
// belongs to the staff hears so with the code in hand. A receipt is followed with number and tail, and shows none of its words.
func TestTheResidentsDoorIsDiscreet(t *testing.T) {
	t.Parallel()
	d := openDoor(t)
	s := d.street(750_000)
	base := "/r/" + s.Slug
	old, fresh, staff := d.person(), d.person(), d.person()
	old.signIn(s)
	id := old.report(s, "不该给别人看的话")
	d.nextCode(old)
	if _, _, err := d.Keeper.Client.CreateIdentity(t.Context(), auth.Staff{Name: "工作人员", Phone: staff.phone}); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for name, p := range map[string]*person{"known": old, "new": fresh, "staff": staff} {
		body := p.ok("POST", base+"/sign-in", url.Values{"phone": {p.phone}, "agree": {"2026-11"}})
		flow := inFlow.FindStringSubmatch(body)[1]
		pages[name] = blank(strings.NewReplacer(p.phone, "PHONE", flow, "FLOW").Replace(body))
		if p == staff {
			_, said := p.do("POST", base+"/sign-in/code", url.Values{"phone": {p.phone}, "agree": {"2026-11"}, "flow": {flow}, "code": {p.code()}})
			if !strings.Contains(said, "工作人员账号") {
				t.Errorf("a member of staff with the code hears:\n%s", said)
			}
		}
	}
	if strip(pages["new"]) != strip(pages["staff"]) || strip(pages["known"]) != strip(pages["new"]) {
		t.Error("the door tells known numbers from others")
	}
	if status, _ := fresh.do("POST", base+"/sign-in", url.Values{"phone": {fresh.phone}, "agree": {"2026-11"}}); status != http.StatusTooManyRequests {
		t.Errorf("a second code at once: %d", status)
	}
	var number string
	if err := d.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT number FROM cases WHERE tenant_id=$1 AND id=$2", int32(s.ID), id).Scan(&number); err != nil {
		t.Fatal(err)
	}
	body := fresh.ok("POST", base+"/follow", url.Values{"number": {number}, "tail": {old.phone[7:]}}, "已收到，等待受理")
	if strings.Contains(body, "不该给别人看的话") || strings.Contains(body, "枫桥路18号东门") || strings.Contains(body, old.phone) {
		t.Error("a receipt shows what was reported")
	}
	wrong, saidA := fresh.do("POST", base+"/follow", url.Values{"number": {number}, "tail": {"0000"}})
	none, saidB := fresh.do("POST", base+"/follow", url.Values{"number": {"20200101-00001"}, "tail": {"0000"}})
	if wrong != 404 || wrong != none || !strings.Contains(saidA, "没有找到") || !strings.Contains(saidB, "没有找到") {
		t.Errorf("a wrong tail: %d, no such number: %d", wrong, none)
	}
}

// strip leaves the main part of a page.
func strip(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}
