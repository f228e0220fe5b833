package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/tenants"
)

// personRow is what ctl.people says of an identity.
type personRow struct {
	Person       int64
	Active       bool
	Epoch        int32
	EndedAt      time.Time
	SecondFactor bool
}

// Person is our own number for an identity, given at its first sight. Numbers are never reused.
func (k *Keeper) Person(ctx context.Context, identity uuid.UUID, kind Kind) (int64, error) {
	p, err := k.person(ctx, identity, kind)
	return p.Person, err
}

func (k *Keeper) person(ctx context.Context, identity uuid.UUID, kind Kind) (p personRow, err error) {
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		find := func() error {
			var ended sql.NullTime
			err := tx.Raw("SELECT person, active, epoch, ended_at, second_factor FROM ctl.people WHERE identity = ?", identity).
				Scan(ctx, &p.Person, &p.Active, &p.Epoch, &ended, &p.SecondFactor)
			p.EndedAt = ended.Time
			return err
		}
		if err := find(); !errors.Is(err, errNoRows) {
			return err
		}
		if _, err := tx.Raw("INSERT INTO ctl.people (identity, kind) VALUES (?, ?) ON CONFLICT (identity) DO NOTHING", identity, string(kind)).Exec(ctx); err != nil {
			return err
		}
		return find()
	})
	if err != nil {
		return p, fmt.Errorf("number of a person: %w", err)
	}
	return p, nil
}

// IdentityOf is Kratos's number of a person of ours; fault.NotFound for none.
func (k *Keeper) IdentityOf(ctx context.Context, person int64) (id uuid.UUID, err error) {
	err = k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw("SELECT identity FROM ctl.people WHERE person = ?", person).Scan(ctx, &id)
	})
	if errors.Is(err, errNoRows) {
		return uuid.Nil, errNobody()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("identity of person %d: %w", person, err)
	}
	return id, nil
}

// Upper reads what the person of s may do above the tenants: from PostgreSQL, each time. It also
// sees whether the session was ended meanwhile (Unsigned), so that nothing above the tenants waits
// for Redis.
func (k *Keeper) Upper(ctx context.Context, s Session) (UpperGrants, error) {
	var out UpperGrants
	var rows []struct {
		Active   bool
		Epoch    int32
		Scope    sql.NullString
		District sql.NullInt32
		Role     sql.NullString
		Sector   sql.NullString
	}
	err := k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw(`SELECT p.active, p.epoch, g.scope, g.district, g.role, g.sector FROM ctl.people p
			LEFT JOIN ctl.upper_grants g ON g.person = p.person WHERE p.person = ? ORDER BY g.scope, g.district, g.role, g.sector`, s.Person).Scan(ctx, &rows)
	})
	if err != nil {
		return nil, fmt.Errorf("grants above the tenants: %w", err)
	}
	if len(rows) == 0 || !rows[0].Active || rows[0].Epoch != s.Epoch {
		k.forget(func(key Key, _ Session) bool { return key == s.Key })
		return nil, errUnsigned()
	}
	for _, r := range rows {
		if r.Role.Valid {
			out = append(out, UpperGrant{Scope(r.Scope.String), r.District.Int32, r.Role.String, r.Sector.String})
		}
	}
	return out, nil
}

// Place is a tenant in which a person works.
type Place struct {
	Tenant tenants.ID
	Slug   string
	Name   string
	Kind   tenants.Kind
	State  tenants.State
	Roles  []string // keys
}

// Places lists the tenants in which the person holds living grants, by number, for the choice after
// sign-in. A placement that does not answer makes an error, with the places of the others beside it.
func (k *Keeper) Places(ctx context.Context, person int64) ([]Place, error) {
	roles := map[int32][]string{}
	var ids []int32
	var errs []error
	for _, placement := range k.DB.Placements() {
		var rows []struct {
			TenantID int32
			Role     string
		}
		err := k.DB.Gateway(ctx, placement, func(ctx context.Context, tx tenants.GatewayTx) error {
			return tx.Raw("SELECT DISTINCT tenant_id, role FROM grants WHERE person = ? AND ended_at IS NULL ORDER BY tenant_id, role", person).Scan(ctx, &rows)
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("grants at placement %s: %w", placement, err))
			continue
		}
		for _, r := range rows {
			if len(roles[r.TenantID]) == 0 {
				ids = append(ids, r.TenantID)
			}
			roles[r.TenantID] = append(roles[r.TenantID], r.Role)
		}
	}
	if len(ids) == 0 {
		return nil, errors.Join(errs...)
	}
	var out []Place
	var rows []struct {
		TenantID                int32
		Slug, Name, Kind, State string
	}
	err := k.DB.Gateway(ctx, tenants.Home, func(ctx context.Context, tx tenants.GatewayTx) error {
		return tx.Raw("SELECT tenant_id, slug, name, kind, state FROM ctl.directory WHERE tenant_id IN (?) AND state <> 'closed'", bun.List(ids)).Scan(ctx, &rows)
	})
	if err != nil {
		errs = append(errs, fmt.Errorf("directory: %w", err))
	}
	for _, r := range rows {
		out = append(out, Place{tenants.ID(r.TenantID), r.Slug, r.Name, tenants.Kind(r.Kind), tenants.State(r.State), roles[r.TenantID]})
	}
	slices.SortFunc(out, func(a, b Place) int { return int(a.Tenant - b.Tenant) })
	return out, errors.Join(errs...)
}

// Weak reports whether the session must show a second factor before anything else, by all the
// grants that its person holds anywhere. Sign-in asks it; the doors ask Session.Short with the
// grants that they have read anyway.
func (k *Keeper) Weak(ctx context.Context, s Session) (bool, error) {
	if s.AAL >= 2 || s.Kind == Resident {
		return false, nil
	}
	upper, err := k.Upper(ctx, s)
	if err != nil {
		return false, err
	}
	places, err := k.Places(ctx, s.Person)
	var grants []tenants.Grant
	for _, p := range places {
		for _, role := range p.Roles {
			grants = append(grants, tenants.Grant{Role: role})
		}
	}
	if s.Short(upper, grants) {
		return true, nil
	}
	return false, err
}
