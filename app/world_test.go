package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app"
	"wanjie/app/admin/lists"
	"wanjie/app/assessment"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/cases/shifts"
	"wanjie/app/cases/supervision"
	"wanjie/app/clock"
	"wanjie/app/community"
	"wanjie/app/config"
	"wanjie/app/files/pictures"
	"wanjie/app/geo"
	"wanjie/app/grids"
	"wanjie/app/grids/patrol"
	"wanjie/app/handover"
	"wanjie/app/services"
	"wanjie/app/web"
	"wanjie/app/whistle"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// house is the whole product on the test database, with the sign-in service left out: a header says
// who asks. What Kratos does is tested in app/auth and in the journey.
type house struct {
	*app.App
	*tenantstest.World
	server *httptest.Server
	log    *strings.Builder
}

// who names the header that stands for a session.
const who = "X-Test-Person"

// byHeader takes the header's word for who asks.
func byHeader(r *http.Request) (web.Visitor, error) {
	person, _ := strconv.ParseInt(r.Header.Get(who), 10, 64)
	return web.Visitor{Person: person, Strong: true}, nil
}

// openHouse wires the product once for the test process.
func openHouse(t *testing.T) *house {
	t.Helper()
	w := tenantstest.Open(t)
	rdb, err := miniredis.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rdb.Close)
	h := &house{World: w, log: &strings.Builder{}}
	cfg := config.Config{
		Database: w.Owner[tenants.Home], Placements: w.Owner, Deployment: 1, Redis: "redis://" + rdb.Addr(), KratosPublic: "http://127.0.0.1:1", KratosAdmin: "http://127.0.0.1:1",
		CourierKey: "test", PublicURL: "http://127.0.0.1", Keys: w.KeyFile, Roots: filepath.Join(t.TempDir(), "roots"), Files: w.Files, Photo: 10 << 20, Dev: true,
	}
	h.App, err = app.New(t.Context(), cfg, slog.New(slog.NewJSONHandler(&locked{b: h.log}, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	h.Site.Visitor = byHeader
	h.server = httptest.NewServer(h.Handler(web.Limits{}))
	t.Cleanup(h.server.Close)
	return h
}

type locked struct {
	mu sync.Mutex
	b  *strings.Builder
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// street opens a street whose every text carries mark, with people numbered from base: base+1 the
// intake clerk and so on, each role of the tenant once.
func (h *house) street(t *testing.T, mark string, base int64) (tenants.Tenant, *cases.Case) {
	t.Helper()
	s := h.Street(t, func(p *tenants.Plan) { p.Codes, p.Name = []string{"320505003"}, mark+"街道" })
	for i, role := range auth.RolesIn(auth.InTenant) {
		give := auth.Give{Role: role.Key}
		if role.Unit {
			give.Unit = "sanitation"
		}
		if err := h.Employ(t.Context(), s.ID, base+int64(i), mark+role.Key, "13900000000", give); err != nil {
			t.Fatal(err)
		}
	}
	var c *cases.Case
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		c, err = cases.Report(ctx, tx, cases.Intake{Channel: "hotline", UpperNo: mark + "-12345", Class: "matter-06010", Community: "320505003001",
			Words: cases.Words{Title: mark + "标题", Description: mark + "内容", Address: mark + "地址", Petitioner: mark + "诉求人", Phone: "13912345678"}})
		if err != nil {
			return err
		}
		if c, err = cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: "sanitation", Basis: cases.Statutory}); err != nil {
			return err
		}
		if _, err := shifts.Begin(ctx, tx); err != nil {
			return err
		}
		if _, err := assessment.Ask(ctx, tx, assessment.Wish{Number: c.Number, Ground: "exclude-force", Words: mark + "台风", Evidence: mark + "预警"}); err != nil {
			return err
		}
		if _, err := assessment.Keep(ctx, tx, "hotline-month", c.ReportedAt); err != nil {
			return err
		}
		if err := watched(ctx, tx, c.ID, mark); err != nil {
			return err
		}
		return walked(ctx, tx, mark)
	}); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// photographed gives a case a photo as a phone takes it.
func (h *house) photographed(t *testing.T, s tenants.Tenant, c *cases.Case) {
	t.Helper()
	up, err := photos.Receive(t.Context(), h.App.DB.Blobs(), s.ID, phonePhoto(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		c, _, err := cases.Find(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		return photos.Add(ctx, tx, c, photos.Before, up)
	}); err != nil {
		t.Fatal(err)
	}
}

// phonePhoto says where and with what it was taken, and that the phone was held upright.
func phonePhoto(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("files/pictures/testdata/phone.jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shared gives a street a case that is handed up to its district's centre, and a whistle on it.
func (h *house) shared(t *testing.T, s tenants.Tenant, mark string) {
	t.Helper()
	h.Street(t, func(p *tenants.Plan) {
		p.Kind, p.Name, p.Blueprint = tenants.Centre, "区级指挥中心", h.Blueprints["district-centre"]
	})
	if err := h.App.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		c, err := cases.Report(ctx, tx, cases.Intake{Channel: "phone", Class: "extension-35", Words: cases.Words{Title: mark + "斗殴", Description: mark + "斗殴"}})
		if err == nil {
			_, err = cases.File(ctx, tx, c.ID, cases.Filing{})
		}
		if err == nil {
			_, err = handover.HandOver(ctx, tx, c.ID, handover.Order{To: "police", Reason: mark + "理由"})
		}
		if err == nil {
			_, err = whistle.Blow(ctx, tx, whistle.Order{Kind: whistle.Emergency, Case: c.ID, Units: []string{"sanitation"}, Purpose: mark + "事由", Address: mark + "地点"})
		}
		if err == nil {
			err = booked(ctx, tx, mark)
		}
		if err == nil {
			err = lists.Begin(ctx, tx, tenants.NewID(), lists.List{People: []lists.Person{{Line: 2, Name: mark + "受邀人", Phone: "13700000000", Number: mark, Roles: []lists.Role{{Line: 2, Role: auth.Intake, Place: mark}}}}})
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// booked books a visit on the next working day.
func booked(ctx context.Context, tx tenants.Tx, mark string) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	days, err := services.Days(ctx, cfg)
	if err != nil {
		return err
	}
	_, err = services.Book(ctx, tx, services.Wish{Item: "old-age-card", Kind: services.Home, Day: days[0], Slot: "09:00", Words: services.Words{Name: mark, Phone: "13900139000", Address: mark + "地址", Note: mark + "说明"}})
	return err
}

// announced gives a street an event with a picture, for which somebody has signed up, a draft, and a public place.
func (h *house) announced(t *testing.T, s tenants.Tenant, mark string, base int64) *community.Post {
	t.Helper()
	photo, err := pictures.Receive(t.Context(), h.App.DB.Blobs(), s.ID, phonePhoto(t))
	if err != nil {
		t.Fatal(err)
	}
	begins := clock.Now(t.Context()).Add(72 * time.Hour)
	event := community.Words{Form: community.Event, Topic: community.Life, Title: mark + "书法课", Body: mark + "笔墨", Audience: mark + "老人", Contact: mark + "电话", Photo: photo,
		Arrangement: community.Arrangement{Begins: begins, Ends: begins.Add(time.Hour), SignupUntil: begins, Venue: mark + "活动室", Capacity: 1}}
	var p *community.Post
	within(t, h.App, s.ID, roleAt(t, base, auth.Editor), func(ctx context.Context, tx tenants.Tx) (err error) {
		if p, err = community.Draft(ctx, tx, uuid.Nil, event); err != nil {
			return err
		}
		if _, err := community.Submit(ctx, tx, p.ID); err != nil {
			return err
		}
		_, err = community.SavePlace(ctx, tx, community.Place{Kind: "meal", Name: mark + "助餐点", Address: mark + "路1号"})
		return err
	})
	within(t, h.App, s.ID, roleAt(t, base, auth.Leader), func(ctx context.Context, tx tenants.Tx) error {
		_, err := community.Publish(ctx, tx, p.ID)
		return err
	})
	within(t, h.App, s.ID, base+900, func(ctx context.Context, tx tenants.Tx) error {
		_, err := community.SignUp(ctx, tx, p.ID, 0)
		return err
	})
	return p
}

// watched urges, orders and instructs on a case.
func watched(ctx context.Context, tx tenants.Tx, id uuid.UUID, mark string) error {
	if err := supervision.Press(ctx, tx, id, mark+"催办"); err != nil {
		return err
	}
	o, err := supervision.Propose(ctx, tx, id, "first", mark+"督办")
	if err != nil {
		return err
	}
	if _, err := supervision.Sign(ctx, tx, o.ID, ""); err != nil {
		return err
	}
	if _, err := supervision.Answer(ctx, tx, o.ID, mark+"反馈"); err != nil {
		return err
	}
	_, err = supervision.Instruct(ctx, tx, id, supervision.Directive{Words: mark + "批示", To: []string{"", "sanitation"}})
	return err
}

// walked gives a street a grid with a patrol that has a round.
func walked(ctx context.Context, tx tenants.Tx, mark string) error {
	list, problem := geo.Features([]byte(`{"type":"Polygon","coordinates":[[[120.5,31.3],[120.52,31.3],[120.52,31.32],[120.5,31.32],[120.5,31.3]]]}`), geo.CGCS2000)
	if problem != nil {
		return errors.New(problem.String())
	}
	g, err := grids.Draw(ctx, tx, "", grids.Drawing{Code: "G1", Name: mark + "网格", Kind: grids.Comprehensive, Shape: list[0].Shape, System: geo.CGCS2000})
	if err != nil {
		return err
	}
	p, err := patrol.Plan(ctx, tx, patrol.Order{Grid: g.ID, Title: mark + "巡查", Route: geom.NewPointXY(120.51, 31.31).AsGeometry(), Frequency: patrol.Frequency{Every: patrol.EveryDay}})
	if err != nil {
		return err
	}
	for _, k := range grids.Module.Timers {
		if k.Name == "patrol.due" {
			return k.Run(ctx, tx, p.ID)
		}
	}
	return errors.New("no timer opens rounds")
}

// roleAt is the number of the person with this role in a street of base.
func roleAt(t *testing.T, base int64, key string) int64 {
	t.Helper()
	for i, role := range auth.RolesIn(auth.InTenant) {
		if role.Key == key {
			return base + int64(i)
		}
	}
	t.Fatalf("no role %s", key)
	return 0
}

// within runs f as a person in a street; 0 is the machine.
func within(t *testing.T, a *app.App, id tenants.ID, person int64, f func(context.Context, tenants.Tx) error) {
	t.Helper()
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	if err := a.DB.Write(t.Context(), id, actor, f); err != nil {
		t.Fatal(err)
	}
}
