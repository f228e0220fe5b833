package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// Account is what the product itself knows of somebody who signs in.
type Account struct {
	Person       int64
	Identity     uuid.UUID
	Off          time.Time // since when it is switched off; zero while it is not
	SecondFactor bool
	Grants       UpperGrants
}

// Accounts lists the staff with these numbers, or everybody who holds a grant above the tenants when
// none is given, by number. tx is at tenants.Home.
func Accounts(ctx context.Context, tx tenants.VendorTx, persons ...int64) ([]Account, error) {
	var rows []struct {
		Person       int64
		Identity     uuid.UUID
		Active       bool
		EndedAt      time.Time
		SecondFactor bool
		Scope        sql.NullString
		District     sql.NullInt32
		Role         sql.NullString
		Sector       sql.NullString
	}
	where, args := "g.person IS NOT NULL", []any(nil)
	if len(persons) > 0 {
		where, args = "p.person IN (?)", []any{bun.List(persons)}
	}
	if err := tx.Raw(`SELECT p.person, p.identity, p.active, coalesce(p.ended_at, p.made_at) AS ended_at, p.second_factor, g.scope, g.district, g.role, g.sector
		FROM ctl.people p LEFT JOIN ctl.upper_grants g USING (person) WHERE p.kind = 'staff' AND `+where+` ORDER BY p.person, g.scope DESC, g.district, g.role, g.sector`, args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	var out []Account
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].Person != r.Person {
			a := Account{Person: r.Person, Identity: r.Identity, SecondFactor: r.SecondFactor}
			if !r.Active {
				a.Off = r.EndedAt
			}
			out = append(out, a)
		}
		if r.Role.Valid {
			last := &out[len(out)-1]
			last.Grants = append(last.Grants, UpperGrant{Scope(r.Scope.String), r.District.Int32, r.Role.String, r.Sector.String})
		}
	}
	return out, nil
}

// PersonOf is our number of whoever signs in with an account; fault.NotFound for nobody, and for an
// account that was never seen here.
func (k *Keeper) PersonOf(ctx context.Context, account string) (person int64, err error) {
	identity, err := k.Client.FindIdentity(ctx, account)
	if err != nil {
		return 0, err
	}
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw("SELECT person FROM ctl.people WHERE identity = ?", identity).Scan(ctx, &person)
	})
	if errors.Is(err, errNoRows) {
		return 0, fault.New(fault.NotFound, "没有此账号")
	}
	if err != nil {
		return 0, fmt.Errorf("person of an account: %w", err)
	}
	return person, nil
}

// Staff are accounts as the sign-in service knows them, by our own numbers; what it no longer knows is
// missing.
func (k *Keeper) Staff(ctx context.Context, accounts []Account) (map[int64]Staff, error) {
	ids := make([]uuid.UUID, len(accounts))
	for i, a := range accounts {
		ids[i] = a.Identity
	}
	known, err := k.Client.Staff(ctx, ids...)
	if err != nil {
		return nil, err
	}
	out := map[int64]Staff{}
	for _, a := range accounts {
		if s, ok := known[a.Identity]; ok {
			out[a.Person] = s
		}
	}
	return out, nil
}
