package cases

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"github.com/google/uuid"
	"golang.org/x/net/html"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/static"
	"wanjie/templates/ui"
	"wanjie/templates/ui/uitest"
	"wanjie/tenants"
)

// door serves the module over the street, to whoever the header X-Person says; more may mount what else a test needs.
func (s *street) door(more ...func(*web.Site)) http.Handler {
	site := &web.Site{
		DB:  s.DB,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("X-Person"), 10, 64)
			if c, err := r.Cookie("person"); err == nil && n == 0 {
				n, _ = strconv.ParseInt(c.Value, 10, 64)
			}
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			if len(tx.Actor().Grants) == 0 {
				return fault.New(fault.NotFound, "页面不存在")
			}
			if may == "" {
				return nil
			}
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		TenantFrame: func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Frame, error) {
			p := layout.Page{Tenant: tx.Tenant().Name, Home: r.Base, Demo: true, User: layout.User{Name: "李静", Role: "值班长"}}
			for _, e := range Module.Nav {
				item := layout.NavItem{Label: ui.T(ctx, e.Title), Href: r.Base + e.Path, Active: strings.HasPrefix(r.URL.Path, r.Base+e.Path)}
				if e.Badge != nil {
					var err error
					if item.Badge, err = e.Badge(ctx, tx, nil); err != nil {
						return web.Frame{}, err
					}
				}
				p.Nav = append(p.Nav, item)
			}
			return web.Frame{Page: p}, nil
		},
	}
	site.Raw("GET "+static.Prefix, static.Handler())
	Module.Routes(site.Module(Module.Key))
	for _, m := range more {
		m(site)
	}
	return site.Handler(web.Limits{})
}

// browser is one person at the door.
type browser struct {
	*street
	http.Handler
	person int64
	ctx    context.Context
}

func (s *street) browser(ctx context.Context, person int64) browser {
	return browser{s, s.door(), person, ctx}
}

type header struct{ key, value string }

var (
	asProgram = header{"Accept", "application/json"}
	byHtmx    = header{"HX-Request", "true"}
)

func (b browser) send(method, path string, form url.Values, hs ...header) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.ctx, method, "/s/"+b.Slug+path, strings.NewReader(form.Encode()))
	r.Header.Set("X-Person", strconv.FormatInt(b.person, 10))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range hs {
		r.Header.Set(h.key, h.value)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

func (b browser) get(path string, hs ...header) *page { return b.read(b.send("GET", path, nil, hs...)) }

func (b browser) post(path string, form url.Values, hs ...header) *httptest.ResponseRecorder {
	if form.Get(ui.RequestField) == "" {
		form.Set(ui.RequestField, tenants.NewID().String())
	}
	return b.send("POST", path, form, hs...)
}

type page struct {
	t      testing.TB
	Status int
	Raw    string
	root   *html.Node
}

func (b browser) read(w *httptest.ResponseRecorder) *page {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	if w.Code < 300 {
		uitest.Sound(b.t, w.Body.String())
	}
	return &page{b.t, w.Code, w.Body.String(), root}
}

func (p *page) all(selector string) []*html.Node {
	return cascadia.QueryAll(p.root, cascadia.MustCompile(selector))
}

// has wants n hits of a selector.
func (p *page) has(n int, selector string) {
	p.t.Helper()
	if got := len(p.all(selector)); got != n {
		p.t.Errorf("%d of %q, want %d", got, selector, n)
	}
}

func (p *page) says(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.Raw, w) {
			p.t.Errorf("the page does not say %q", w)
		}
	}
}

func (p *page) hides(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.Raw, w) {
			p.t.Errorf("the page says %q", w)
		}
	}
}

func rubbishForm() url.Values {
	return url.Values{"channel": {"phone"}, "class": {garbage}, "community": {community}, "description": {"小区东门垃圾堆放三天"},
		"address": {"枫桥路18号"}, "petitioner": {"王小明"}, "phone": {"13800138000"}}
}

// The whole way through the door, by people without scripts.
func TestWalkThroughTheDoor(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	at := func(person int64) browser { return s.browser(ctx, person) }

	form := at(clerk).get("/cases/new")
	form.has(1, `form[method=post] select[name=class] option[value="matter-06010"]`)
	form.has(1, `option[value="`+community+`"]`)
	form.has(1, `input[name=id]`)
	w := at(clerk).post("/cases", rubbishForm())
	if w.Code != http.StatusSeeOther {
		t.Fatalf("reporting answers %d: %s", w.Code, w.Body)
	}
	u, _ := url.Parse(w.Header().Get("Location"))
	path := strings.TrimPrefix(u.Path, "/s/"+s.Slug)

	sheet := at(clerk).get(path)
	sheet.says("20261123-00001", "小区东门垃圾堆放三天", "暴露垃圾", "王**", "138****8000", "工号 101")
	sheet.hides("王小明", "13800138000")
	sheet.has(1, `form[action$="/file"]`)
	sheet.has(1, `form[action$="/reject"]`)
	sheet.has(0, `form[action$="/dispatch"]`)

	step := func(person int64, verb string, form url.Values) {
		t.Helper()
		at(person).get(path).has(1, `form[action$="/`+verb+`"]`)
		if w := at(person).post(path+"/"+verb, form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s answers %d: %s", verb, w.Code, w.Body)
		}
	}
	step(clerk, "file", url.Values{"class": {garbage}})
	at(sender).get(path).says("职责清单建议：环卫站", "《城市市容和环境卫生管理条例》")
	step(sender, "dispatch", url.Values{"unit": {sanitation}, "basis": {"statutory"}})
	at(worker).get("/tasks").has(1, `tbody tr form[action$="/receive"]`)
	at(worker).get("/tasks").has(1, `.menu-badge`)
	at(other).get("/tasks").has(0, `tbody tr`)
	step(worker, "receive", url.Values{})
	step(worker, "handle", url.Values{"result": {"已清运"}})
	step(checker, "check", url.Values{"verdict": {"pass"}})
	step(chief, "close", url.Values{})
	step(caller, "callback", url.Values{"q_reached": {"yes"}, "q_contacted": {"yes"}, "q_solved": {"yes"}, "q_satisfaction": {"basically"}})
	end := at(chief).get(path)
	end.says("已归档", "按期结案", "已清运", "工号 103")
	end.has(0, `#main form[method=post]`)
	end.has(8, `.timeline .moment`)
	end.has(7, `.step-done`)
}

func TestProgramsAndRepeats(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	b := s.browser(now(t), clerk)
	form := rubbishForm()
	form.Set(ui.RequestField, tenants.NewID().String())
	first, second := b.post("/cases", form, asProgram), b.post("/cases", form, asProgram)
	if first.Code != http.StatusOK || first.Body.String() != second.Body.String() {
		t.Fatalf("first %d %s, repeat %d %s", first.Code, first.Body, second.Code, second.Body)
	}
	var got struct {
		ID     uuid.UUID
		Number string
		Stage  Stage
	}
	if err := json.Unmarshal(first.Body.Bytes(), &got); err != nil || got.Number != "20261123-00001" || got.Stage != Reported {
		t.Errorf("a program hears %s (%v)", first.Body, err)
	}
	form.Set("description", "另一件事")
	if w := b.post("/cases", form); w.Code != http.StatusConflict {
		t.Errorf("another body under the same number: %d", w.Code)
	}
	form = rubbishForm()
	form.Del("class")
	if w := b.post("/cases", form, asProgram); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"class"`) {
		t.Errorf("a program's mistake: %d %s", w.Code, w.Body)
	}
	b.get("/cases").has(1, "#list tbody tr")
}

func TestRefusedFormsComeBackFilled(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	b := s.browser(ctx, clerk)
	form := rubbishForm()
	form.Del("class")
	form.Set("phone", "12")
	p := b.read(b.post("/cases", form))
	if p.Status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", p.Status)
	}
	p.has(2, `.field-error`)
	p.has(1, `select[name=class][aria-invalid=true]`)
	p.says("小区东门垃圾堆放三天", "电话号码位数不足")
	uitest.Sound(t, p.Raw)

	c := must(t)(s.as(ctx, clerk, report(rubbish())))
	must(t)(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	p = s.browser(ctx, sender).read(s.browser(ctx, sender).post("/cases/"+c.ID.String()+"/dispatch",
		url.Values{"unit": {greening}, "basis": {"negotiated"}, "reason": {"绿地内的垃圾"}}))
	if p.Status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", p.Status)
	}
	p.has(1, `form[action$="/dispatch"] details[open]`)
	p.has(1, `input[name=parties][aria-invalid=true]`)
	p.has(1, `select[name=unit] option[value="greening"][selected]`)
	p.says("绿地内的垃圾")
	uitest.Sound(t, p.Raw)
	if got := s.kinds(c.ID); len(got) != 2 {
		t.Errorf("a refused dispatch left acts: %v", got)
	}
}

func TestTheListIsFilteredByAddress(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	for n := range 25 {
		in := rubbish()
		in.Urgent = n == 0
		c := must(t)(s.as(ctx, clerk, report(in)))
		if 0 < n && n < 4 { // the urgent one is filed and dispatched at once
			must(t)(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
		}
	}
	b := s.browser(ctx, clerk)
	all := b.get("/cases")
	all.has(20, "#list tbody tr")
	all.says("共 25 条")
	b.get("/cases?page=2").has(5, "#list tbody tr")
	past := b.get("/cases?page=99999&channel=phone&done=filed&sent=x")
	past.says("共 25 条")
	past.says("没有第 99999 页")
	past.has(1, `.pager a[rel=prev][href$="/cases?channel=phone&page=2"]`)
	b.get("/cases?stage=filed").has(3, "#list tbody tr")
	b.get("/cases?stage=filed").has(1, `select[name=stage] option[value=filed][selected]`)
	b.get("/cases?number=20261123-0000").has(9, "#list tbody tr")
	b.get("/cases?class=matter-06011").has(0, "#list tbody tr")
	b.get("/cases?class=matter-06011").has(1, "#list .empty")
	b.get("/cases?number=%00%ff&page=-3&from=x").has(20, "#list tbody tr")
	b.get("/cases?from=2026-11-24").has(0, "#list tbody tr")
	b.get("/cases?to=2026-11-23&channel=phone").has(20, "#list tbody tr")
	b.get("/cases?mine=1&stage=any").has(20, "#list tbody tr")
	s.browser(ctx, sender).get("/cases?mine=1&stage=any").has(0, "#list tbody tr")
	b.get("/cases", header{"Cookie", "wanjie-density=dense"}).has(1, "html.dense")
	b.get("/cases").has(0, "html.dense")
	part := b.get("/cases?stage=filed", byHtmx)
	part.has(3, "#list tbody tr")
	part.has(0, "header.bar")
	s.browser(ctx, worker).get("/cases").has(1, "#list tbody tr") // the urgent one, which is his unit's
	hold.Move(at("2026-11-23 15:00"))
	s.browser(ctx, clerk).get("/cases?stage=filed").has(3, "#list .tag-warn:contains('剩')")
}

// A unit asks to give a case back and the shift leader decides, each by the forms of the sheet.
func TestApplicationsThroughTheDoor(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c := s.dispatched(ctx, rubbish(), toSanitation)
	path := "/cases/" + c.ID.String()
	unit, desk := s.browser(ctx, worker), s.browser(ctx, chief)
	unit.get(path).has(1, `form[action$="/return"] select[name=ground] option[value=return-not-mine]`)
	desk.get(path).has(0, `form[action$="/return"]`)
	refused := unit.read(unit.post(path+"/return", url.Values{"ground": {"return-not-mine"}}))
	refused.has(1, `form[action$="/return"] textarea[name=words][aria-invalid=true]`)
	refused.has(1, `form[action$="/return"] option[value=return-not-mine][selected]`)
	unit.post(path+"/return", url.Values{"ground": {"return-not-mine"}, "words": {"绿化带内，应由绿化站办理"}})
	own := unit.get(path)
	own.has(1, `form[action$="/withdraw"]`)
	own.has(0, `form[action$="/decide"]`)
	own.says("绿化带内，应由绿化站办理")
	asked := desk.get(path)
	asked.has(1, `form[action$="/decide"] input[name=application]`)
	uitest.Sound(t, asked.Raw)
	application := s.open(ctx, c.ID).ID.String()
	again := desk.read(desk.post(path+"/decide", url.Values{"application": {application}, "verdict": {"refuse"}}))
	again.has(1, `form[action$="/decide"] textarea[name=verdict_words][aria-invalid=true]`)
	desk.post(path+"/decide", url.Values{"application": {application}, "verdict": {"approve"}})
	if c = s.find(ctx, c.ID); c.Stage != Filed || c.Returns != 1 {
		t.Errorf("after the decision: %s, %d returns", c.Stage, c.Returns)
	}
	desk.get(path).says("已批准")
	stranger := openStreet(t, tenants.Home)
	if w := stranger.browser(ctx, chief).post(path+"/decide", url.Values{"application": {application}, "verdict": {"approve"}}); w.Code != http.StatusNotFound {
		t.Errorf("another street decided: %d", w.Code)
	}
}

func TestThePetitionerIsLookedAtOnTheRecord(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx := now(t)
	c := must(t)(s.as(ctx, clerk, report(rubbish())))
	path := "/cases/" + c.ID.String() + "/petitioner"
	if w := s.browser(ctx, clerk).send("GET", path, nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a purpose: %d", w.Code)
	}
	looks := func() (n int) {
		if err := s.view.QueryRow(t.Context(), "SELECT count(*) FROM looks WHERE tenant_id = $1 AND object_id = $2 AND actor = $3 AND purpose = 'contact'", int32(s.ID), c.ID, clerk).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if looks() != 0 {
		t.Error("a look before anybody looked")
	}
	s.browser(ctx, clerk).get(path+"?purpose=contact").says("王小明", "13800138000")
	part := s.browser(ctx, clerk).get(path+"?purpose=contact", byHtmx)
	part.says("王小明")
	part.has(0, "header.bar")
	if looks() != 2 {
		t.Errorf("%d looks recorded, want 2", looks())
	}

	in := rubbish()
	in.Channel, in.Confidential = "grid", true
	c = must(t)(s.as(ctx, clerk, report(in)))
	must(t)(s.as(ctx, sender, verb(Dispatch, c.ID, toSanitation)))
	s.browser(ctx, worker).get("/cases/"+c.ID.String()).hides("王**", "138****")
	if w := s.browser(ctx, worker).send("GET", "/cases/"+c.ID.String()+"/petitioner?purpose=contact", nil); w.Code != http.StatusForbidden {
		t.Errorf("a handler asks for a confidential petitioner: %d", w.Code)
	}
}

func TestForeignCasesDoNotExist(t *testing.T) {
	t.Parallel()
	s, away := openStreet(t, tenants.Home), openStreet(t, tenants.Home)
	ctx := now(t)
	c := must(t)(s.as(ctx, clerk, report(rubbish())))
	var bodies []string
	for _, b := range []browser{away.browser(ctx, chief), s.browser(ctx, worker)} {
		for _, id := range []string{c.ID.String(), tenants.NewID().String(), "nonsense"} {
			w := b.send("GET", "/cases/"+id, nil, asProgram)
			if w.Code != http.StatusNotFound {
				t.Errorf("person %d asks for %s: %d", b.person, id, w.Code)
			}
			bodies = append(bodies, strings.Split(w.Body.String(), `"request"`)[0])
			if w := b.post("/cases/"+id+"/handle", url.Values{"result": {"x"}}, asProgram); w.Code != http.StatusNotFound {
				t.Errorf("person %d handles %s: %d", b.person, id, w.Code)
			}
		}
	}
	for _, body := range bodies {
		if body != bodies[0] {
			t.Errorf("answers differ: %s and %s", bodies[0], body)
		}
	}
}
