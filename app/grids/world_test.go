package grids

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

// street is a street of the test's own in a database of its own: its clocks are rung without touching anybody else's.
type street struct {
	t testing.TB
	tenants.Tenant
	db    *tenants.DB
	view  *pgx.Conn // behind the fence
	clock *clock.Held
	ctx   context.Context
}

// The people of a test street.
const (
	admin  = 101 // 街道管理员, keeps the grids
	guard  = 102 // 安全管理员
	chief  = 103 // 值班长
	head   = 104 // will lead a grid
	wang   = 105 // will walk grids
	li     = 106 // will stand in
	nobody = 109 // no member
)

var names = map[int64]string{admin: "赵管理", guard: "钱安全", chief: "周班长", head: "孙网格", wang: "王巡查", li: "李替班"}

// The communities of the test street, 枫桥街道.
const first, second = "320505003001", "320505003002"

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func openStreet(t testing.TB) *street {
	t.Helper()
	owner, err := tenantstest.Database(t.Context(), tenantstest.Open(t).Owner[tenants.Home], "t_grids")
	if err != nil {
		t.Fatal(err)
	}
	service, err := keys.OpenFile(filepath.Join(t.TempDir(), "keys.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := tenants.Open(tenants.Config{Deployment: 1, Placements: map[string]string{tenants.Home: owner}, Keys: service, MaxConns: 6})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(); _ = service.Close() })
	ids, err := blueprint.PublishShipped(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	s := &street{t: t, db: db}
	s.Tenant, _, err = db.OpenTenant(t.Context(), tenants.Plan{
		Key: "test", Kind: tenants.Street, District: 320505, Codes: []string{"320505003"}, Name: "枫桥街道", Slug: "fengqiao",
		Blueprint: ids["city-street"], State: tenants.Trial, Demo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.view, err = pgx.Connect(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.view.Close(context.WithoutCancel(t.Context())) })
	s.ctx, s.clock = clock.Hold(t.Context(), at("2026-11-23 10:00")) // a Monday
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, name := range names {
			if err := auth.AddMember(ctx, tx, person, name, fmt.Sprintf("139000001%02d", person-100)); err != nil {
				return err
			}
		}
		for person, role := range map[int64]string{admin: auth.StreetAdmin, guard: auth.SecurityAdmin, chief: auth.ShiftLead} {
			if _, err := auth.Grant(ctx, tx, auth.Give{Person: person, Role: role}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

// try runs f as a person (0: the product itself) in a transaction of the street.
func (s *street) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.db.Write(s.ctx, s.ID, actor, f)
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

// ring acts on every deadline until the moment, one day after the other as in life.
func (s *street) ring(until string) {
	s.t.Helper()
	keeper := &jobs.Timekeeper{DB: s.db, Kinds: Module.Timers, Log: slog.New(slog.NewTextHandler(failing{s.t}, nil))}
	end := at(until)
	for now := clock.Now(s.ctx); ; now = now.Add(6 * time.Hour) {
		if now.After(end) {
			now = end
		}
		s.clock.Move(now)
		if _, err := keeper.Once(s.ctx); err != nil {
			s.t.Fatal(err)
		}
		if !now.Before(end) {
			return
		}
	}
}

// failing fails the test for whatever is logged: a timer that failed.
type failing struct{ t testing.TB }

func (f failing) Write(b []byte) (int, error) {
	f.t.Errorf("%s", b)
	return len(b), nil
}

// acts are the kinds of acts in the order of their numbers, without those of opening and hiring.
func (s *street) acts(prefix string) (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND kind ^@ $2 ORDER BY n", int32(s.ID), prefix)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err = pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// box is a rectangle of so many thousandths of a degree, x and y of them from the corner of the test street.
func box(x, y, wide, high float64) geo.Shape {
	w, s := 120.5+x/1000, 31.3+y/1000
	e, n := w+wide/1000, s+high/1000
	list, problem := geo.Features(fmt.Appendf(nil, `{"type":"Polygon","coordinates":[[[%f,%f],[%f,%f],[%f,%f],[%f,%f],[%f,%f]]]}`, w, s, e, s, e, n, w, n, w, s), geo.CGCS2000)
	if problem != nil || list[0].Problem != nil {
		panic(fmt.Sprint(problem, list))
	}
	return list[0].Shape
}

// G1 and G2 lie side by side, each a square of ten thousandths.
func comprehensive(code string, x float64) Drawing {
	return Drawing{Code: code, Name: "第" + code + "网格", Kind: Comprehensive, Community: first, Shape: box(x, 0, 10, 10), System: geo.CGCS2000}
}

// draw draws as the street's admin and answers the grid.
func (s *street) draw(from string, d Drawing) (g *Grid, err error) {
	err = s.try(admin, func(ctx context.Context, tx tenants.Tx) (err error) {
		g, err = Draw(ctx, tx, clock.Date(from), d)
		return err
	})
	return g, err
}

func (s *street) drawn(from string, d Drawing) *Grid {
	s.t.Helper()
	g, err := s.draw(from, d)
	if err != nil {
		s.t.Fatalf("draw %s: %v", d.Code, err)
	}
	return g
}

// locate answers in which grids a point lies, on a day, as the street sees it.
func (s *street) locate(x, y float64, on string) (p Place) {
	s.t.Helper()
	s.do(chief, func(ctx context.Context, tx tenants.Tx) (err error) {
		p, err = Locate(ctx, tx, 120.5+x/1000, 31.3+y/1000, at(on+" 12:00"))
		return err
	})
	return p
}

// wants fails unless err says the words.
func wants(t testing.TB, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%v, want …%s…", err, words)
	}
}
