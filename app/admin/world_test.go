package admin_test

import (
	"context"
	"io"
	"log/slog"
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
		Words:   map[string]string{"stage/filed": "已立案", "act/case.dispatched": "派遣", "object/case": "案卷"},
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
