package supervision

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/net/html"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/jobs"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/templates/ui/uitest"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

func init() { cases.Supervision, cases.Panels = Beside, []cases.Panel{Panel} } // as the wiring does

// street is a fresh street with people in it, opened from the shipped blueprint.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view *pgx.Conn // behind the fence
}

// The people of a test street.
const (
	clerk  = 101 // 受理员
	worker = 103 // 承办联络员 of the sanitation station
	other  = 104 // 承办联络员 of the greening station
	chief  = 106 // 值班长
	leader = 108 // 分管领导
	nobody = 110 // has no grant
)

const (
	sanitation = "sanitation"
	greening   = "greening"
	garbage    = "matter-06010"    // four working hours
	works      = "extension-21001" // five working days
)

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, view: w.Super(t, tenants.Home)}
	s.Tenant = w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	s.do(t.Context(), 0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{clerk: {Role: auth.Intake}, worker: {Role: auth.Handler, Unit: sanitation}, other: {Role: auth.Handler, Unit: greening},
			chief: {Role: auth.ShiftLead}, leader: {Role: auth.Leader}} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

// try runs f as a person (0: the product itself) in a transaction of the street.
func (s *street) try(ctx context.Context, person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(ctx, s.ID, actor, f)
}

func (s *street) do(ctx context.Context, person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(ctx, person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

// at is a time of Shanghai.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// dispatched is a new case of the sanitation station's.
func (s *street) dispatched(ctx context.Context, class string) *cases.Case {
	s.t.Helper()
	var c *cases.Case
	s.do(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: class, Community: "320505003001", Words: cases.Words{Description: "东门外路面破损，多次反映", Phone: "13800138000"}})
		if err == nil && c.Stage == cases.Reported {
			c, err = cases.File(ctx, tx, c.ID, cases.Filing{})
		}
		if err == nil {
			c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: sanitation, Basis: cases.Negotiated, Grounds: cases.Grounds{Parties: "物业办、环卫站", Reason: "现场在环卫站"}})
		}
		return err
	})
	return c
}

func (s *street) find(id uuid.UUID) (c *cases.Case) {
	s.t.Helper()
	s.do(s.t.Context(), 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, _, err = cases.Find(ctx, tx, id)
		return err
	})
	return c
}

// orders are the case's, the oldest first.
func (s *street) orders(id uuid.UUID) (out []Order) {
	s.t.Helper()
	s.do(s.t.Context(), 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		out, _, err = Orders(ctx, tx, id)
		return err
	})
	slices.SortFunc(out, func(a, b Order) int { return int(a.Rank - b.Rank) })
	return out
}

// as runs a verb of an order as a person.
func (s *street) as(ctx context.Context, person int64, f func(context.Context, tenants.Tx) (*Order, error)) (o *Order, err error) {
	err = s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
		o, err = f(ctx, tx)
		return err
	})
	return o, err
}

func worded(f func(context.Context, tenants.Tx, uuid.UUID, string) (*Order, error), id uuid.UUID, words string) func(context.Context, tenants.Tx) (*Order, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Order, error) { return f(ctx, tx, id, words) }
}

func judged(id uuid.UUID, accept bool, words string) func(context.Context, tenants.Tx) (*Order, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Order, error) { return Judge(ctx, tx, id, accept, words) }
}

// must fails the test with err.
func must(t testing.TB) func(*Order, error) *Order {
	t.Helper()
	return func(o *Order, err error) *Order {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
}

// ring lets the timekeeper act on what is due in this street.
func (s *street) ring(ctx context.Context) {
	s.t.Helper()
	keeper := &jobs.Timekeeper{DB: s.DB, Kinds: cases.Module.With(Part).Timers, Log: slog.New(slog.DiscardHandler), Only: s.ID}
	if _, err := keeper.Once(ctx); err != nil {
		s.t.Fatal(err)
	}
}

// acts are the kinds of the acts at a case that begin with one of these, in order.
func (s *street) acts(id uuid.UUID, beginnings ...string) (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	for _, k := range all {
		if slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(k, b) }) {
			out = append(out, k)
		}
	}
	return out
}

// set changes a setting of the street.
func (s *street) set(key string, value any) {
	s.t.Helper()
	s.do(s.t.Context(), 0, func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		edit, err := cfg.Set(key, value)
		if err != nil {
			return err
		}
		_, err = blueprint.Change(ctx, tx, edit)
		return err
	})
}

// browser is one person at the door.
type browser struct {
	*street
	http.Handler
	person int64
	ctx    context.Context
}

func (s *street) browser(ctx context.Context, person int64) browser {
	whole := cases.Module.With(Part)
	site := &web.Site{
		DB: s.DB, Log: slog.New(slog.DiscardHandler),
		Visitor: func(*http.Request) (web.Visitor, error) { return web.Visitor{Person: person}, nil },
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
			n, err := Count(ctx, tx, nil)
			return web.Frame{Page: layout.Page{Tenant: "街道", Home: r.Base, Nav: []layout.NavItem{{Label: "催办督办", Href: r.Base + "/supervision", Badge: n}}}}, err
		},
	}
	whole.Routes(site.Module(whole.Key))
	return browser{s, site.Handler(web.Limits{}), person, ctx}
}

func (b browser) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	if method == http.MethodPost && form.Get(ui.RequestField) == "" {
		form.Set(ui.RequestField, tenants.NewID().String())
	}
	r := httptest.NewRequestWithContext(b.ctx, method, "/s/"+b.Slug+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// post sends a form that must be answered with this status.
func (b browser) post(path string, form url.Values, status int) *page {
	b.t.Helper()
	w := b.send(http.MethodPost, path, form)
	if w.Code != status {
		b.t.Fatalf("person %d posts %s: %d, want %d: %s", b.person, path, w.Code, status, w.Body)
	}
	return b.read(w)
}

func (b browser) get(path string) *page {
	b.t.Helper()
	w := b.send(http.MethodGet, path, nil)
	if w.Code != http.StatusOK {
		b.t.Fatalf("person %d gets %s: %d", b.person, path, w.Code)
	}
	return b.read(w)
}

type page struct {
	t    testing.TB
	raw  string
	root *html.Node
}

func (b browser) read(w *httptest.ResponseRecorder) *page {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	if w.Code == http.StatusOK {
		uitest.Sound(b.t, w.Body.String())
	}
	return &page{b.t, w.Body.String(), root}
}

// has wants n hits of a selector.
func (p *page) has(n int, selector string) {
	p.t.Helper()
	if got := len(cascadia.QueryAll(p.root, cascadia.MustCompile(selector))); got != n {
		p.t.Errorf("%d of %q, want %d", got, selector, n)
	}
}

func (p *page) says(words ...string) {
	p.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.raw, w) {
			p.t.Errorf("the page does not say %q", w)
		}
	}
}

func person(n int64) string { return "工号 " + strconv.FormatInt(n, 10) }
