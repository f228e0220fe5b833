package cases

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/keys"
	"wanjie/tenants/tenantstest"
)

// street is a fresh street with people in it, opened from the shipped blueprint.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	place string
	view  *pgx.Conn // behind the fence
}

// The people of a test street. Numbers stand for persons; nobody is two of them.
const (
	clerk   = 101 // 受理员
	sender  = 102 // 派遣员
	worker  = 103 // 承办联络员 of the sanitation station
	other   = 104 // 承办联络员 of the greening station
	checker = 105 // 核查员
	chief   = 106 // 值班长
	caller  = 107 // 回访员
	leader  = 108 // 分管领导
	grid    = 109 // 网格员
	nobody  = 110 // has no grant
)

const (
	sanitation = "sanitation"
	greening   = "greening"
	garbage    = "matter-06010" // 暴露垃圾, of the sanitation station by the duty list
	community  = "320505003001" // one of 枫桥街道
)

var jobsOf = map[int64]tenants.Grant{
	clerk: {Role: auth.Intake}, sender: {Role: auth.Dispatcher}, worker: {Role: auth.Handler, Unit: sanitation},
	other: {Role: auth.Handler, Unit: greening}, checker: {Role: auth.Checker}, chief: {Role: auth.ShiftLead},
	caller: {Role: auth.Caller}, leader: {Role: auth.Leader}, grid: {Role: auth.GridWorker},
}

func openStreet(t testing.TB, place string) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, place: place}
	s.view = w.Super(t, place)
	s.Tenant = w.Street(t, tenantstest.At(place), func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range jobsOf {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, community, made_by) VALUES (?, ?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit, g.Community).Exec(ctx); err != nil {
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

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(s.t.Context(), person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

// as runs a verb as a person and answers the case as the verb left it.
func (s *street) as(ctx context.Context, person int64, f func(context.Context, tenants.Tx) (*Case, error)) (c *Case, err error) {
	err = s.try(ctx, person, func(ctx context.Context, tx tenants.Tx) error {
		c, err = f(ctx, tx)
		return err
	})
	return c, err
}

func rubbish() Intake {
	return Intake{Channel: "phone", Class: garbage, Community: community, Words: Words{
		Description: "小区东门垃圾堆放三天无人清理，气味很大", Address: "枫桥路18号东门", Petitioner: "王小明", Phone: "138 0013 8000"}}
}

func now(t testing.TB) context.Context {
	t.Helper()
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	return ctx
}

// box opens the street's key.
func (s *street) box(*Case) (b *keys.Box) {
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		b, err = tx.Box(ctx)
		return err
	})
	return b
}
