package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/app/files"
	"wanjie/app/hall"
	"wanjie/app/logo"
	"wanjie/app/openapi"
	"wanjie/app/support"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

var parameter = regexp.MustCompile(`\{([a-z]+)(\.\.\.)?\$?\}`)

// address fills a route's pattern: the tenant's slug, and id for everything else.
func address(pattern, slug, id string) string {
	p := parameter.ReplaceAllStringFunc(pattern, func(m string) string {
		switch name := parameter.FindStringSubmatch(m)[1]; name {
		case "tenant":
			return slug
		case "district":
			return "320505"
		default:
			return id
		}
	})
	return strings.TrimSuffix(p, "{$}")
}

var requestNumber = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

func (h *house) ask(t *testing.T, person int64, method, path string, form url.Values) (int, string) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		if form == nil {
			form = url.Values{}
		}
		form.Set(ui.RequestField, tenants.NewID().String())
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(who, fmt.Sprint(person))
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestEveryRouteKeepsNeighboursApart walks every address of the product, as every role of one
// street, with the numbers of the neighbour's rows and with the neighbour's own address. The answer
// must be the one for something that does not exist, and nothing of the neighbour may show or change.
func TestEveryRouteKeepsNeighboursApart(t *testing.T) { // not beside others: their workers follow every tenant there is
	h := openHouse(t)
	markA, markB := "甲"+uuid.NewString()[:6], "乙"+uuid.NewString()[:6]
	a, ours := h.street(t, markA, 10_000)
	b, theirs := h.street(t, markB, 20_000)
	h.photographed(t, a, ours)
	h.photographed(t, b, theirs)
	h.led(t, a, 10_000, ours)
	h.led(t, b, 20_000, theirs)
	h.announced(t, a, markA, 10_000)
	h.announced(t, b, markB, 20_000)
	h.shared(t, a, markA)
	h.shared(t, b, markB)
	h.give(t, b, 20_000, openapi.Wish{Name: markB + "平台"})
	within(t, h.App, b.ID, roleAt(t, 20_000, auth.SecurityAdmin), func(ctx context.Context, tx tenants.Tx) error {
		_, _, err := hall.Make(ctx, tx, tenants.NewID(), markB+"屏")
		return err
	})
	within(t, h.App, b.ID, 29_999, func(ctx context.Context, tx tenants.Tx) error {
		_, err := support.Ask(ctx, tx, support.Wish{ID: tenants.NewID(), Name: markB + "工程师", Purpose: "fault", Words: markB + "核对", Hours: 4})
		return err
	})
	var grant uuid.UUID
	super := h.Super(t, tenants.Home)
	if err := super.QueryRow(t.Context(), "SELECT id FROM grants WHERE tenant_id=$1 LIMIT 1", int32(b.ID)).Scan(&grant); err != nil {
		t.Fatal(err)
	}
	ids := []string{theirs.ID.String(), theirs.Number, grant.String(), h.branded(t, b, roleAt(t, 20_000, auth.StreetAdmin), markB)}
	h.branded(t, a, roleAt(t, 10_000, auth.StreetAdmin), markA)
	for _, table := range []string{"grids", "patrols", "patrol_rounds", "handovers", "whistles", "service_bookings", "community_posts", "community_signups", "community_places", "shifts", "applications", "assess_exclusions", "assess_reports", "supervision_orders", "instruction_addressees", "api_keys", "case_photos", "files", "invite_lists", "hall_screens", "supports"} {
		var id uuid.UUID
		if err := super.QueryRow(t.Context(), "SELECT id FROM "+table+" WHERE tenant_id=$1 LIMIT 1", int32(b.ID)).Scan(&id); err != nil {
			t.Fatal(table, err)
		}
		ids = append(ids, id.String())
	}
	before := everything(t, super, b.ID)
	probed := 0
	for _, route := range h.Site.Routes() {
		for i, role := range auth.RolesIn(auth.InTenant) {
			person := int64(10_000 + i)
			for _, id := range append([]string{fmt.Sprint(20_000 + i)}, ids...) {
				probed++
				status, body := h.ask(t, person, route.Method, address(route.Pattern, a.Slug, id), nil)
				if strings.Contains(body, markB) {
					t.Errorf("%s %s as %s shows the neighbour", route.Method, route.Pattern, role.Key)
				}
				if strings.Contains(route.Pattern, "{id}") && route.Door == "tenant" {
					none, ghost := h.ask(t, person, route.Method, address(route.Pattern, a.Slug, uuid.NewString()), nil)
					if uuid.Validate(id) == nil && (status != none || blank(body) != blank(ghost)) {
						t.Errorf("%s %s as %s: the neighbour's number gives %d, nobody's gives %d, or their bodies differ", route.Method, route.Pattern, role.Key, status, none)
					}
					if status < 400 {
						t.Errorf("%s %s as %s answered %d for the neighbour's number", route.Method, route.Pattern, role.Key, status)
					}
				}
			}
			if i == 0 && route.Door == "open" && strings.Contains(route.Pattern, "{id}") {
				for _, id := range ids[3:] { // what everybody may see is still the street's own
					status, _ := h.ask(t, person, route.Method, address(route.Pattern, a.Slug, id), nil)
					if none, _ := h.ask(t, person, route.Method, address(route.Pattern, a.Slug, uuid.NewString()), nil); status != none || status < 400 {
						t.Errorf("%s %s: the neighbour's number gives %d, nobody's gives %d", route.Method, route.Pattern, status, none)
					}
				}
			}
			if route.Door != "tenant" {
				continue
			}
			status, body := h.ask(t, person, route.Method, address(route.Pattern, b.Slug, theirs.ID.String()), nil)
			none, ghost := h.ask(t, person, route.Method, address(route.Pattern, "no-such-street", theirs.ID.String()), nil)
			if status != http.StatusNotFound || none != status || blank(body) != blank(strings.ReplaceAll(ghost, "no-such-street", b.Slug)) {
				t.Errorf("%s %s as %s of another street: %d, an unknown street: %d, or their bodies differ", route.Method, route.Pattern, role.Key, status, none)
			}
		}
	}
	if after := everything(t, super, b.ID); after != before {
		t.Errorf("the neighbour's rows changed:\nbefore %s\nafter  %s", before, after)
	}
	if strings.Contains(h.log.String(), markB) || strings.Contains(h.log.String(), markA) {
		t.Error("the log holds personal data")
	}
	t.Logf("%d probes over %d routes", probed, len(h.Site.Routes()))
}

// branded gives a street a logo and a welcome of its own, and answers the logo's number.
func (h *house) branded(t *testing.T, s tenants.Tenant, person int64, mark string) string {
	t.Helper()
	picture, err := os.ReadFile(emblem(t, uint8(person/10_000*50)))
	if err != nil {
		t.Fatal(err)
	}
	draft, err := logo.Take(t.Context(), h.App.DB.Blobs(), s.ID, picture)
	if err != nil {
		t.Fatal(err)
	}
	look := admin.Look{Name: s.Name, ShortName: s.ShortName, Branding: tenants.Branding{Welcome: mark + "欢迎您"}, Mark: draft.(*files.Draft)} //nolint:forcetypeassert // it makes nothing else
	within(t, h.App, s.ID, person, func(ctx context.Context, tx tenants.Tx) error { return admin.Rebrand(ctx, tx, look) })
	return look.Mark.ID.String()
}

// blank takes out what differs between two answers by right: the request's own number.
func blank(body string) string { return requestNumber.ReplaceAllString(body, "-") }

// everything is a fingerprint of all of a tenant's rows in every table. How far a job is carried is left out: the relay is
// the deployment's own and carries every tenant's.
func everything(t *testing.T, c *pgx.Conn, id tenants.ID) string {
	t.Helper()
	rows, err := c.Query(t.Context(), `SELECT relname FROM pg_class WHERE relnamespace='public'::regnamespace AND relkind='r' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, table := range tables {
		row := "r::text"
		if table == "outbox" {
			row = "(r.id, r.queue, r.kind, r.payload, r.made_at)::text"
		}
		var s string
		if err := c.QueryRow(t.Context(), fmt.Sprintf("SELECT count(*)||':'||coalesce(md5(string_agg(%[1]s,'|' ORDER BY %[1]s)),'') FROM %[2]s r WHERE tenant_id=%[3]d", row, table, id)).Scan(&s); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %s\n", table, s)
	}
	return out.String()
}

// TestStrangersSeeNothing asks every address without a session and as somebody without any grant.
func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	a, c := h.street(t, "丙"+uuid.NewString()[:6], 30_000)
	for _, route := range h.Site.Routes() {
		path := address(route.Pattern, a.Slug, c.ID.String())
		if route.Door == "program" { // they sign in with a key, and a session is none
			for _, person := range []int64{0, 99, roleAt(t, 30_000, auth.ShiftLead)} {
				if status, _ := h.ask(t, person, route.Method, path, nil); status != http.StatusUnauthorized {
					t.Errorf("%s %s without a key: %d", route.Method, route.Pattern, status)
				}
			}
			continue
		}
		status, body := h.ask(t, 0, route.Method, path, nil)
		switch {
		case route.Door == "kiosk": // a screen without a key is dark
			if status != http.StatusUnauthorized || strings.Contains(body, c.Number) {
				t.Errorf("%s %s without a key: %d, want 401", route.Method, route.Pattern, status)
			}
		case route.Door == "open": // for everybody: the street's own name and nothing of anybody's
			body = strings.ReplaceAll(body, strings.TrimPrefix(path, "/r/"+a.Slug), "") // the page says where to come back to: what was asked for
			if strings.Contains(body, c.ID.String()) || strings.Contains(body, c.Number) {
				t.Errorf("%s %s shows a case to everybody", route.Method, route.Pattern)
			}
		case strings.HasPrefix(route.Pattern, "/api/"):
			if status != http.StatusUnauthorized {
				t.Errorf("%s %s without a session: %d, want 401", route.Method, route.Pattern, status)
			}
		case route.Method == http.MethodPost && status == http.StatusUnauthorized && (strings.Contains(body, "/login") || strings.Contains(body, "/sign-in")) && !strings.Contains(body, c.Number): // what was typed waits for whoever signs in
		case status != http.StatusSeeOther:
			t.Errorf("%s %s without a session: %d, want the way to sign-in", route.Method, route.Pattern, status)
		}
		if route.Door != "tenant" {
			continue
		}
		if status, _ := h.ask(t, 99, route.Method, path, nil); status != http.StatusNotFound {
			t.Errorf("%s %s as a stranger: %d, want 404", route.Method, route.Pattern, status)
		}
	}
}

// TestModuleOffIsGone switches each module off and finds its routes gone and its data kept.
func TestModuleOffIsGone(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	a, c := h.street(t, "丁"+uuid.NewString()[:6], 40_000)
	off(t, h, a.ID, "cases")
	for _, route := range h.Site.Routes() {
		if route.Module == "cases" && route.Door == "tenant" {
			if status, _ := h.ask(t, roleAt(t, 40_000, auth.ShiftLead), route.Method, address(route.Pattern, a.Slug, c.ID.String()), nil); status != http.StatusNotFound {
				t.Errorf("%s %s with its module off: %d", route.Method, route.Pattern, status)
			}
		}
	}
	var n int
	if err := h.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM cases WHERE tenant_id=$1", int32(a.ID)).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d cases are left of 1 (%v)", n, err)
	}
}

func off(t *testing.T, h *house, id tenants.ID, module string) {
	t.Helper()
	if err := h.App.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		edit, err := cfg.Switch(module, false)
		if err != nil {
			return err
		}
		_, err = blueprint.Change(ctx, tx, edit)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
