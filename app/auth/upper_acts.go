package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// upperAct writes down what becomes of a grant above the tenants, with it or not at all.
func upperAct(ctx context.Context, tx tenants.VendorTx, kind string, by Officer, person int64, g UpperGrant) error {
	_, err := tx.Raw("INSERT INTO ctl.upper_acts (id, at, kind, actor, person, scope, district, role, sector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		tenants.NewID(), clock.Now(ctx), kind, by.Person, person, string(g.Scope), g.District, g.Role, g.Sector).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record grant above the tenants: %w", err)
	}
	return nil
}

// UpperAct is one entry of the record of what was done above the tenants: grants, and districts' own sign-ins.
type UpperAct struct {
	ID     uuid.UUID
	At     time.Time
	Ended  bool  // else given
	Signs  bool  // neither: the district's sign-in was changed, which concerns nobody
	Actor  int64 // 0: the product itself
	Person int64
	UpperGrant
}

// UpperActs reads so many entries of that record, newest first, after the newest skip, and how many
// there are in all. tx is at tenants.Home.
func UpperActs(ctx context.Context, tx tenants.VendorTx, skip, size int) (acts []UpperAct, total int, err error) {
	var rows []struct {
		ID                        uuid.UUID
		At                        time.Time
		Kind, Scope, Role, Sector string
		Actor, Person             int64
		District                  int32
	}
	if err := tx.Raw("SELECT count(*) FROM ctl.upper_acts").Scan(ctx, &total); err != nil {
		return nil, 0, fmt.Errorf("count acts above the tenants: %w", err)
	}
	if err := tx.Raw("SELECT id, at, kind, actor, coalesce(person, 0) AS person, scope, district, role, sector FROM ctl.upper_acts ORDER BY at DESC, id DESC OFFSET ? LIMIT ?", skip, size).Scan(ctx, &rows); err != nil {
		return nil, 0, fmt.Errorf("acts above the tenants: %w", err)
	}
	for _, r := range rows {
		acts = append(acts, UpperAct{r.ID, r.At, r.Kind == "ended", r.Kind == "provider", r.Actor, r.Person, UpperGrant{Scope(r.Scope), r.District, r.Role, r.Sector}})
	}
	return acts, total, nil
}

// officers is the advisory lock behind which the vendor's last security administrators queue up.
const officers = 7230413

// keepsOfficer refuses to lose person when no other security administrator of the vendor would be left
// whose account works. Where it does not matter, it asks nothing.
func keepsOfficer(ctx context.Context, tx raw, never bool, person int64) error {
	if never {
		return nil
	}
	if _, err := tx.Raw("SELECT pg_advisory_xact_lock(?)", officers).Exec(ctx); err != nil {
		return err
	}
	var held, others bool
	if err := tx.Raw(`SELECT coalesce(bool_or(g.person = ?), false), coalesce(bool_or(g.person <> ? AND p.active), false)
		FROM ctl.upper_grants g JOIN ctl.people p USING (person) WHERE g.scope = 'vendor' AND g.role = ?`, person, person, SecurityAdmin).Scan(ctx, &held, &others); err != nil {
		return fmt.Errorf("other security administrators: %w", err)
	}
	if held && !others {
		return errLast()
	}
	return nil
}

// raw is what the transactions above the tenants offer.
type raw interface {
	Raw(query string, args ...any) *bun.RawQuery
}

func errLast() error {
	return fault.New(fault.Conflict, "至少保留一位可用的安全管理员，请先授权另一位人员")
}

// UpperNames are the names of everybody who holds or held a grant above the tenants, by number. Their
// names stand with the sign-in service alone, so it is asked; somebody whom it no longer knows is missing.
func (k *Keeper) UpperNames(ctx context.Context) (map[int64]string, error) {
	var all []Account
	if err := k.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		var persons []int64
		err := tx.Raw("SELECT DISTINCT person FROM ctl.upper_acts WHERE person IS NOT NULL").Scan(ctx, &persons)
		if err != nil || len(persons) == 0 {
			return err
		}
		all, err = Accounts(ctx, tx, persons...)
		return err
	}); err != nil {
		return nil, fmt.Errorf("people above the tenants: %w", err)
	}
	staff, err := k.Staff(ctx, all)
	names := map[int64]string{}
	for person, s := range staff {
		if s.Name != "" {
			names[person] = s.Name
		}
	}
	return names, err
}
