package assessment

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// street is a fresh street with people in it, opened from the shipped blueprint.
type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view *pgx.Conn // behind the fence
}

// The people of a test street.
const (
	clerk    = 101 // 受理员
	worker   = 103 // 承办联络员 of the sanitation station
	gardener = 104 // 承办联络员 of the greening station
	checker  = 105 // 核查员
	chief    = 106 // 值班长
	caller   = 107 // 回访员
	leader   = 108 // 分管领导
	partial  = 109 // 分管领导 who also signs for the sanitation station
	nobody   = 110 // has no grant
)

const (
	sanitation = "sanitation"
	greening   = "greening"
	garbage    = "matter-06010" // 暴露垃圾
	building   = "matter-06001" // 私搭乱建, elastic
	relocation = "extension-31001"
	care       = "extension-22001"
	community  = "320505003001"
)

var jobsOf = []struct {
	person int64
	tenants.Grant
}{
	{clerk, tenants.Grant{Role: auth.Intake}}, {worker, tenants.Grant{Role: auth.Handler, Unit: sanitation}}, {gardener, tenants.Grant{Role: auth.Handler, Unit: greening}},
	{checker, tenants.Grant{Role: auth.Checker}}, {chief, tenants.Grant{Role: auth.ShiftLead}}, {caller, tenants.Grant{Role: auth.Caller}},
	{leader, tenants.Grant{Role: auth.Leader}}, {partial, tenants.Grant{Role: auth.Leader}}, {partial, tenants.Grant{Role: auth.Handler, Unit: sanitation}},
}

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, view: w.Super(t, tenants.Home)}
	s.fresh()
	return s
}

// fresh opens another street for the same people.
func (s *street) fresh() {
	s.Tenant = s.Street(s.t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for _, j := range jobsOf {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), j.person, j.Role, j.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
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

func (s *street) rules() (cfg *blueprint.Config) {
	s.t.Helper()
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		cfg, err = blueprint.For(ctx, tx)
		return err
	})
	return cfg
}

// at reads a time of Asia/Shanghai.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func hold(t testing.TB, when string) (context.Context, *clock.Held) {
	t.Helper()
	return clock.Hold(t.Context(), at(when))
}
