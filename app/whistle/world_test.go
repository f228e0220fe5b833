package whistle

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// street is a fresh street with people in it.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view  *pgx.Conn // behind the fence
	ctx   context.Context
	clock *clock.Held
}

// The people of a test street.
const (
	chief     = 21 // 值班长, who whistles
	builders  = 22 // 承办联络员 of 城建
	sweepers  = 23 // 承办联络员 of 环卫
	gardeners = 24 // 承办联络员 of 绿化
	neighbour = 25 // 承办联络员 of a community
	clerk     = 26 // 受理员, who sees and may not whistle
)

const first = "320505003001" // a community of 枫桥街道

var posts = map[int64]tenants.Grant{
	chief: {Role: auth.ShiftLead}, builders: {Role: auth.Handler, Unit: "urban-construction"}, sweepers: {Role: auth.Handler, Unit: "sanitation"},
	gardeners: {Role: auth.Handler, Unit: "greening"}, neighbour: {Role: auth.Handler, Community: first}, clerk: {Role: auth.Intake},
}

func moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func openStreet(t testing.TB) *street {
	t.Helper()
	return openStreetAt(t, tenants.Home, posts, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
}

// openStreetAt opens a tenant at a placement, with people.
func openStreetAt(t testing.TB, place string, people map[int64]tenants.Grant, change func(*tenants.Plan)) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, view: w.Super(t, place)}
	s.Tenant = w.Street(t, tenantstest.At(place), change)
	s.ctx, s.clock = clock.Hold(t.Context(), moment("2026-11-23 20:00")) // a Monday, after hours
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range people {
			if _, err := tx.Raw("INSERT INTO grants (tenant_id, id, person, role, unit, community, made_by) VALUES (?, ?, ?, ?, ?, ?, 0)",
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit, g.Community).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *street) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(s.ctx, s.ID, actor, f)
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

// as runs a verb as a person and answers the whistle as the verb left it.
func (s *street) as(person int64, f func(context.Context, tenants.Tx) (*Whistle, error)) (w *Whistle, err error) {
	err = s.try(person, func(ctx context.Context, tx tenants.Tx) error {
		w, err = f(ctx, tx)
		return err
	})
	return w, err
}

func (s *street) must(person int64, f func(context.Context, tenants.Tx) (*Whistle, error)) *Whistle {
	s.t.Helper()
	w, err := s.as(person, f)
	if err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
	return w
}

func (s *street) stored(id uuid.UUID) (w *Whistle) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		w, err = read(ctx, tx, id, false)
		return err
	})
	return w
}

// of is a unit's part.
func of(w *Whistle, unit string) *Call {
	n := slices.IndexFunc(w.Calls, func(k *Call) bool { return k.Unit == unit })
	if n < 0 {
		return nil
	}
	return w.Calls[n]
}

// ring acts on whatever is due for the whistle by now.
func (s *street) ring(w *Whistle) {
	s.t.Helper()
	for _, k := range w.Calls {
		for _, kind := range Module.Timers {
			var due bool
			if err := s.view.QueryRow(s.t.Context(), "SELECT EXISTS (SELECT FROM timers WHERE tenant_id = $1 AND object_id = $2 AND kind = $3 AND done_at IS NULL AND due_at <= $4)",
				int32(s.ID), k.ID, kind.Name, clock.Now(s.ctx)).Scan(&due); err != nil {
				s.t.Fatal(err)
			}
			if due {
				s.do(0, func(ctx context.Context, tx tenants.Tx) error { return kind.Run(ctx, tx, k.ID) })
			}
		}
	}
}

func (s *street) acts(id uuid.UUID, kinds ...string) (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind || coalesce(' ' || (after->>'unit'), '') FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range all {
		if len(kinds) == 0 || slices.Contains(kinds, strings.Fields(a)[0]) {
			out = append(out, a)
		}
	}
	return out
}

func wall() Order {
	return Order{Kind: Emergency, Units: []string{"urban-construction", "sanitation", "greening"}, Purpose: "围墙倒塌压住行道树，须清障、支护", Address: "枫桥路18号西侧围墙", Community: first}
}

func blow(in Order) func(context.Context, tenants.Tx) (*Whistle, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Whistle, error) { return Blow(ctx, tx, in) }
}
