package support_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/support"
	"wanjie/app/web"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// gate is a street and the vendor's console, with a held clock.
type gate struct {
	*tenantstest.World
	tenants.Tenant
	t     *testing.T
	h     http.Handler
	ctx   context.Context
	clock *clock.Held
	now   time.Time

	chief, auditor, engineer int64
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newGate(t *testing.T) *gate {
	t.Helper()
	w := tenantstest.Open(t)
	g := &gate{World: w, Tenant: w.Street(t), t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, clock.Zone)}
	g.ctx, g.clock = clock.Hold(t.Context(), g.now)
	for _, p := range []*int64{&g.chief, &g.auditor, &g.engineer} {
		must(t, g.Super(t, tenants.Home).QueryRow(t.Context(), "INSERT INTO ctl.people (identity, kind) VALUES ($1, 'staff') RETURNING person", uuid.New()).Scan(p))
	}
	g.write(tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, who := range map[int64]struct{ name, role string }{g.chief: {"周敏", auth.SecurityAdmin}, g.auditor: {"吴兰", auth.AuditAdmin}} {
			if err := auth.AddMember(ctx, tx, person, who.name, "13800001234"); err != nil {
				return err
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: who.role}); err != nil {
				return err
			}
		}
		return nil
	})
	site := &web.Site{DB: w.DB, Log: slog.New(slog.DiscardHandler),
		Visitor: func(r *http.Request) (web.Visitor, error) {
			n, _ := strconv.ParseInt(r.Header.Get("As"), 10, 64)
			return web.Visitor{Person: n}, nil
		},
		Admit: func(_ context.Context, tx tenants.Tx, _ *web.Request, _, may string) error {
			return auth.RequireSomewhere(tx.Actor(), may)
		},
		AdmitVendor: func(r *web.Request, may string) error {
			if r.Visitor.Person != g.engineer {
				return fault.New(fault.Forbidden, "您没有进行此操作的权限")
			}
			return nil
		},
		TenantFrame: func(context.Context, tenants.Tx, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
		VendorFrame: func(context.Context, *web.Request) (web.Frame, error) { return web.Frame{}, nil },
	}
	support.Routes(site, support.Deps{DB: w.DB,
		Done: func(ctx context.Context, tx tenants.Tx, access uuid.UUID, person int64, names auth.Naming) ([]ui.Moment, error) {
			called, err := names(ctx, tx, g.chief)
			return []ui.Moment{{Act: fmt.Sprintf("%d 进入 %s 改了%s的", person, access, called.Of(ctx, g.chief))}}, err
		},
		Names: func(context.Context) (map[int64]string, error) { return map[int64]string{g.engineer: "程远"}, nil },
		May:   func(r *web.Request, _ string) bool { return r.Visitor.Person == g.engineer },
	})
	g.h = site.Handler(web.Limits{})
	return g
}

func (g *gate) write(actor tenants.Actor, f func(context.Context, tenants.Tx) error) {
	g.t.Helper()
	must(g.t, g.DB.Write(g.ctx, g.ID, actor, f))
}

// after moves the clock to so long after the first moment.
func (g *gate) after(d time.Duration) {
	g.t.Helper()
	g.clock.Move(g.now.Add(d))
}

// ring lets the timekeeper act on what is due in this street.
func (g *gate) ring() {
	g.t.Helper()
	keeper := &jobs.Timekeeper{DB: g.DB, Kinds: []jobs.TimerKind{support.Timer()}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Only: g.ID}
	if _, err := keeper.Once(g.ctx); err != nil {
		g.t.Fatal(err)
	}
}

// do asks for a page or posts a form, and answers its body, or where it leads.
func (g *gate) do(as int64, method, path string, want int, form ...string) string {
	g.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		v := url.Values{"request": {tenants.NewID().String()}}
		for i := 0; i+1 < len(form); i += 2 {
			v.Set(form[i], form[i+1])
		}
		body = strings.NewReader(v.Encode())
	}
	r := httptest.NewRequestWithContext(g.ctx, method, strings.Replace(path, "/s/-", "/s/"+g.Slug, 1), body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("As", strconv.FormatInt(as, 10))
	rec := httptest.NewRecorder()
	g.h.ServeHTTP(rec, r)
	if rec.Code != want {
		g.t.Fatalf("%s %s: %d, want %d: %s", method, path, rec.Code, want, rec.Body)
	}
	if to := rec.Header().Get("Location"); to != "" {
		return to
	}
	return rec.Body.String()
}

// holds are the living roles of a person in the street.
func (g *gate) holds(person int64) (roles string) {
	g.t.Helper()
	must(g.t, g.Super(g.t, tenants.Home).QueryRow(g.t.Context(), "SELECT coalesce(string_agg(role, ','), '') FROM grants WHERE tenant_id = $1 AND person = $2 AND ended_at IS NULL", int32(g.ID), person).Scan(&roles))
	return roles
}

func (g *gate) acts() (out string) {
	g.t.Helper()
	must(g.t, g.Super(g.t, tenants.Home).QueryRow(g.t.Context(), "SELECT coalesce(string_agg(kind, ' ' ORDER BY n), '') FROM journal WHERE tenant_id = $1 AND object = 'support'", int32(g.ID)).Scan(&out))
	return out
}

func (g *gate) lasts() (yes bool) {
	g.t.Helper()
	must(g.t, g.DB.Read(g.ctx, g.ID, tenants.Actor{Person: g.engineer}, func(ctx context.Context, tx tenants.Tx) (err error) {
		yes, err = support.Lasts(ctx, tx)
		return err
	}))
	return yes
}

// ask asks for access and answers the number of it.
func (g *gate) ask(hours string) string {
	g.t.Helper()
	to := g.do(g.engineer, "POST", fmt.Sprintf("/v/streets/%d/support", g.ID), 303, "purpose", "fault", "words", "派单规则不对，需核对配置", "hours", hours)
	id, _, _ := strings.Cut(to[strings.LastIndex(to, "/")+1:], "?")
	return id
}

// An engineer of the vendor's asks, is let in, works, and is out again when the time is over.
func TestLetInForFourHours(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	at := fmt.Sprintf("/v/streets/%d/support", g.ID)
	if page := g.do(g.engineer, "GET", at, 200); !strings.Contains(page, "故障排查") || !strings.Contains(page, `value="4"`) {
		t.Error("the form offers purposes and four hours")
	}
	for _, bad := range [][]string{{"purpose", "", "words", "核对", "hours", "4"}, {"purpose", "fault", "words", " ", "hours", "4"}, {"purpose", "fault", "words", "核对", "hours", "25"}, {"purpose", "fault", "words", "核对", "hours", "0"}} {
		g.do(g.engineer, "POST", at, 422, bad...)
	}
	id := g.ask("4")
	street, vendor := "/s/-/admin/support/"+id, at+"/"+id
	if g.holds(g.engineer) != "" || g.lasts() {
		t.Fatal("let in without a word of the street")
	}
	g.do(g.engineer, "POST", at, 409, "purpose", "fault", "words", "再来一次", "hours", "1") // one request at a time
	g.do(g.engineer, "POST", street+"/decide", 403, "decision", "yes")
	g.do(g.auditor, "POST", street+"/decide", 403, "decision", "yes")
	g.do(g.chief, "POST", street+"/decide", 422, "decision", "no") // a refusal says why
	if page := g.do(g.chief, "GET", street, 200); !strings.Contains(page, "派单规则不对") || !strings.Contains(page, "程远（运营方）") {
		t.Error("the street reads who asks and why")
	}
	g.after(time.Hour)
	g.do(g.chief, "POST", street+"/decide", 303, "decision", "yes", "answer", "请同时看时限")
	g.do(g.chief, "POST", street+"/decide", 409, "decision", "no", "answer", "迟了")
	if got := g.holds(g.engineer); got != auth.Support || !g.lasts() {
		t.Fatalf("let in holds %q", got)
	}
	g.after(5*time.Hour - time.Second) // the last second
	g.ring()
	if g.holds(g.engineer) != auth.Support || !g.lasts() {
		t.Error("put out before the time was over")
	}
	g.after(5 * time.Hour)
	if g.lasts() {
		t.Error("the time is over, and the timer has not rung: still open")
	}
	g.ring()
	if got := g.holds(g.engineer); got != "" {
		t.Errorf("afterwards holds %q", got)
	}
	want := fmt.Sprintf("%d 进入 %s 改了", g.engineer, id)
	for page, names := range map[string]bool{g.do(g.auditor, "GET", street, 200): true, g.do(g.engineer, "GET", vendor, 200): false} {
		if !strings.Contains(page, want) || !strings.Contains(page, "到时自动结束") || !strings.Contains(page, "请同时看时限") {
			t.Error("a side does not read what was done and how it ended")
		}
		if strings.Contains(page, "周敏") != names {
			t.Errorf("the street's people by name: %v", !names)
		}
	}
	if got := g.acts(); got != "support.asked support.begun support.ended" {
		t.Errorf("the journal has %s", got)
	}
	if page := g.do(g.engineer, "GET", "/v/support", 200); !strings.Contains(page, vendor) {
		t.Error("the vendor's record lacks it")
	}
	g.do(g.engineer, "GET", at+"/"+uuid.NewString(), 404)
}

// Either side ends it at any time; a refusal and a withdrawal open nothing.
func TestEitherSideEndsIt(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	at := fmt.Sprintf("/v/streets/%d/support/", g.ID)
	street := "/s/-/admin/support/"

	no := g.ask("1")
	g.do(g.chief, "POST", street+no+"/decide", 303, "decision", "no", "answer", "今天有检查，请明日再来")
	back := g.ask("1")
	g.do(g.engineer, "POST", at+back+"/end", 303)
	g.do(g.chief, "POST", street+back+"/decide", 409, "decision", "yes")
	if g.holds(g.engineer) != "" {
		t.Fatal("let in without a word of the street")
	}
	for _, byStreet := range []bool{true, false} {
		id := g.ask("24")
		g.do(g.chief, "POST", street+id+"/decide", 303, "decision", "yes")
		g.write(tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error { // not past the record
			if err := auth.Leave(ctx, tx, g.engineer); !fault.Is(err, fault.Conflict) {
				t.Errorf("taken out by the list of people: %v", err)
			}
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: g.engineer, Role: auth.Support}); !fault.Is(err, fault.Invalid) {
				t.Errorf("given by hand: %v", err)
			}
			return nil
		})
		if byStreet {
			g.do(g.auditor, "POST", street+id+"/end", 403)
			g.do(g.chief, "POST", street+id+"/end", 303)
		} else {
			g.do(g.engineer, "POST", at+id+"/end", 303)
			g.do(g.engineer, "POST", at+id+"/end", 303)
		}
		if got := g.holds(g.engineer); got != "" || g.lasts() {
			t.Errorf("afterwards holds %q", got)
		}
	}
	g.after(30 * time.Hour)
	g.ring() // the timers of what was ended say nothing
	if got := g.acts(); got != "support.asked support.refused support.asked support.withdrawn"+strings.Repeat(" support.asked support.begun support.ended", 2) {
		t.Errorf("the journal has %s", got)
	}
}

// Nobody stays in a street that is suspended because nobody can put them out: the vendor ends its own access and the street
// ends it, as always; nothing new begins there.
func TestASuspendedStreetLetsOut(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	at := fmt.Sprintf("/v/streets/%d/support/", g.ID)
	for by, end := range map[string]func(id string){
		"the street": func(id string) { g.do(g.chief, "POST", "/s/-/admin/support/"+id+"/end", 303) },
		"the vendor": func(id string) { g.do(g.engineer, "POST", at+id+"/end", 303) },
	} {
		id := g.ask("24")
		g.do(g.chief, "POST", "/s/-/admin/support/"+id+"/decide", 303, "decision", "yes")
		must(t, g.DB.SetState(t.Context(), g.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Suspended, Ground: "arrears", By: 7}))
		g.do(g.chief, "GET", "/s/-/admin/support/"+id, 200)
		g.do(g.auditor, "POST", "/s/-/admin/support/"+id+"/end", 403)
		end(id)
		if g.holds(g.engineer) != "" || g.lasts() {
			t.Errorf("not put out by %s", by)
		}
		if page := g.do(g.auditor, "GET", "/s/-/admin/support/"+id, 200); strings.Contains(page, "到时自动结束") {
			t.Errorf("ended by %s, it says that the time was over", by)
		}
		g.do(g.engineer, "POST", strings.TrimSuffix(at, "/"), 409, "purpose", "fault", "words", "再来一次", "hours", "1")
		must(t, g.DB.SetState(t.Context(), g.ID, tenants.Change{Request: tenants.NewID(), To: tenants.Trial, Ground: "settled", By: 7}))
	}
}

// Of two requests of one person that come at once, the second hears of the first.
func TestTwoRequestsAtOnce(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	engineer := tenants.Actor{Person: g.engineer}
	ask := func(ctx context.Context, tx tenants.Tx) error {
		_, err := support.Ask(ctx, tx, support.Wish{ID: tenants.NewID(), Name: "程远", Purpose: "fault", Words: "核对", Hours: 1})
		return err
	}
	super, second := g.Super(t, tenants.Home), make(chan error, 1)
	g.write(engineer, func(ctx context.Context, tx tenants.Tx) error {
		if err := ask(ctx, tx); err != nil {
			return err
		}
		go func() { second <- g.DB.Write(g.ctx, g.ID, engineer, ask) }()
		for waits := false; !waits; time.Sleep(5 * time.Millisecond) { // until it waits for this one's row
			const stuck = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%supports%' AND query LIKE '%' || $1 || '%')"
			if err := super.QueryRow(ctx, stuck, strconv.FormatInt(g.engineer, 10)).Scan(&waits); err != nil {
				return err
			}
		}
		return nil
	})
	if err := <-second; !fault.Is(err, fault.Conflict) {
		t.Errorf("the second hears %v", err)
	}
}

// A street that wants no approval lets them in at once, with everything else as it is.
func TestWithoutApproval(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.write(tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		edit, err := cfg.Set(auth.ApprovalSetting, false)
		if err != nil {
			return err
		}
		_, err = blueprint.Change(ctx, tx, edit)
		return err
	})
	id := g.ask("2")
	if g.holds(g.engineer) != auth.Support || !strings.Contains(g.do(g.auditor, "GET", "/s/-/admin/support/"+id, 200), "直接进入") {
		t.Error("not let in at once")
	}
	g.after(2 * time.Hour)
	g.ring()
	if g.holds(g.engineer) != "" || g.acts() != "support.asked support.begun support.ended" {
		t.Errorf("afterwards: %s", g.acts())
	}
}
