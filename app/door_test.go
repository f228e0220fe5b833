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
	"wanjie/app/web"
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
	from   string // the page whose form is sent, as browsers say it
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
	if p.from != "" {
		r.Header.Set("Referer", p.server.URL+p.from)
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

// told are the dimensions of the newest act of a kind at a case.
func (d *door) told(s tenants.Tenant, id uuid.UUID, kind string) (after tenants.Dims) {
	d.t.Helper()
	if err := d.Super(d.t, tenants.Home).QueryRow(d.t.Context(), "SELECT after FROM journal WHERE tenant_id=$1 AND object_id=$2 AND kind=$3 ORDER BY n DESC LIMIT 1", int32(s.ID), id, kind).Scan(&after); err != nil {
		d.t.Fatal(err)
	}
	return after
}

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// nextCode forgets that a code was sent to him a moment ago; others' counts, who share the Redis, stay.
func (d *door) nextCode(p *person) {
	d.t.Helper()
	(&auth.Tries{Redis: d.Redis}).Clear(d.t.Context(), auth.SendAgain, auth.Identifier(p.phone))
}

// strip leaves the main part of a page.
func strip(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	main, _, _ = strings.Cut(main, "</main>")
	return main
}
