package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Held is one grant in a tenant.
type Held struct {
	bun.BaseModel `bun:"table:grants,alias:g"`

	TenantID  int32     `bun:"tenant_id,pk"`
	ID        uuid.UUID `bun:"id,pk,type:uuid"`
	Person    int64
	Role      string
	Unit      string // item key of the unit; empty: all of them
	Community string // 12-digit code; empty: all of them
	Grid      string
	MadeBy    int64
	MadeAt    time.Time
	EndedAt   time.Time `bun:",nullzero"`
}

// Give is what is to be granted: a role to a person, narrowed or not.
type Give struct {
	ID        uuid.UUID // made by whoever asks; nil: made here
	Person    int64
	Role      string
	Unit      string
	Community string
	Grid      string
}

// Grant gives a member of the tenant a role and records "grant.given". Giving what is already held
// answers the living grant and records nothing. Faults: Forbidden without GrantsGive (or Role.By, in a grid) or for oneself,
// Invalid for a role that does not exist here or lacks its unit, Conflict when the person would hold
// two of the three separated powers, NotFound for somebody who is no member.
func Grant(ctx context.Context, tx tenants.Tx, give Give) (uuid.UUID, error) {
	by := tx.Actor()
	if !mayGive(by, give.Role, give.Grid) {
		return uuid.Nil, forbidden()
	}
	if !by.Trusted() && by.Person == give.Person {
		return uuid.Nil, errSelf()
	}
	role, ok := RoleOf(give.Role)
	if !ok || !role.in(InTenant) || role.Lent {
		return uuid.Nil, fault.Field("role", "请选择角色")
	}
	if role.Unit && give.Unit == "" {
		return uuid.Nil, fault.Field("unit", "该角色须指定承办单位")
	}
	if role.Power != "" && (give.Unit != "" || give.Community != "" || give.Grid != "") {
		return uuid.Nil, fault.Field("unit", "管理员角色只能授予全街道范围")
	}
	return give.to(ctx, tx, role)
}

// to gives the role, whoever asks.
func (give Give) to(ctx context.Context, tx tenants.Tx, role Role) (uuid.UUID, error) {
	// The member's row is the lock: two grants to one person queue up behind it.
	var here int64
	err := tx.Raw("SELECT person FROM members WHERE tenant_id = ? AND person = ? AND left_at IS NULL FOR UPDATE",
		int32(tx.ID()), give.Person).Scan(ctx, &here)
	if errors.Is(err, errNoRows) {
		return uuid.Nil, errNoMember()
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("member to be granted: %w", err)
	}
	living, err := Grants(ctx, tx, give.Person)
	if err != nil {
		return uuid.Nil, err
	}
	held := make([]string, len(living))
	for i, g := range living {
		held[i] = g.Role
		if g.Role == give.Role && g.Unit == give.Unit && g.Community == give.Community && g.Grid == give.Grid {
			return g.ID, nil
		}
	}
	if err := separated(role, held); err != nil {
		return uuid.Nil, err
	}
	if give.ID == uuid.Nil {
		give.ID = tenants.NewID()
	}
	row := &Held{ID: give.ID, Person: give.Person, Role: give.Role, Unit: give.Unit, Community: give.Community, Grid: give.Grid,
		MadeBy: tx.Actor().Person, MadeAt: clock.Now(ctx)}
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		if isSeparation(err) {
			return uuid.Nil, errSeparated()
		}
		return uuid.Nil, fmt.Errorf("give grant: %w", err)
	}
	tx.Record(tenants.Act{Kind: "grant.given", Version: 1, Object: "grant", ObjectID: row.ID, HappenedAt: row.MadeAt, After: row.dims()})
	return row.ID, nil
}

// mayGive reports whether the actor may give and end a role, there.
func mayGive(by tenants.Actor, role, grid string) bool {
	r, _ := RoleOf(role)
	return Can(by, GrantsGive, "") || r.By != "" && grid != "" && CanAt(by, r.By, At{Grid: grid})
}

// End ends a grant and records "grant.ended"; it holds until the end of this transaction and no
// longer. Ending an ended one changes nothing. Faults: Forbidden without GrantsGive (or Role.By, in a grid), NotFound,
// Conflict for the last security administrator whose account works.
func End(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	if !CanSomewhere(tx.Actor(), GrantsGive) && !CanSomewhere(tx.Actor(), GridsStaff) {
		return forbidden()
	}
	row := new(Held)
	err := tx.Select(row).Where("g.id = ?", id).Scan(ctx)
	if errors.Is(err, errNoRows) {
		return errNoGrant()
	}
	if err != nil {
		return fmt.Errorf("grant to be ended: %w", err)
	}
	if !mayGive(tx.Actor(), row.Role, row.Grid) {
		return forbidden()
	}
	if row.Role == Support && row.EndedAt.IsZero() {
		return errLent()
	}
	if row.Role == SecurityAdmin && row.EndedAt.IsZero() {
		if err := keepsSecurity(ctx, tx, row.Person); err != nil {
			return err
		}
	}
	return end(ctx, tx, id)
}

func errNoGrant() error { return fault.New(fault.NotFound, "没有这项授权") }

// end ends a grant, whoever asks.
func end(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	row := new(Held)
	err := tx.Select(row).Where("g.id = ?", id).For("UPDATE").Scan(ctx)
	if errors.Is(err, errNoRows) {
		return errNoGrant()
	}
	if err != nil {
		return fmt.Errorf("grant to be ended: %w", err)
	}
	if !row.EndedAt.IsZero() {
		return nil
	}
	now := clock.Now(ctx)
	if _, err := tx.Update((*Held)(nil)).Set("ended_at = ?", now).Where("g.id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("end grant: %w", err)
	}
	tx.Record(tenants.Act{Kind: "grant.ended", Version: 1, Object: "grant", ObjectID: id, HappenedAt: now, Before: row.dims()})
	return nil
}

// Grants lists the living grants of a person in the tenant, or of everybody when person is 0.
func Grants(ctx context.Context, tx tenants.Tx, person int64) ([]Held, error) {
	var out []Held
	q := tx.Select(&out).Where("g.ended_at IS NULL").Order("g.person", "g.made_at", "g.id")
	if person != 0 {
		q = q.Where("g.person = ?", person)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("grants: %w", err)
	}
	return out, nil
}

// dims are what the act says of a grant. The person stands in it by our own number.
func (h *Held) dims() tenants.Dims {
	d := tenants.Dims{"person": fmt.Sprint(h.Person), "role": h.Role}
	for name, v := range map[string]string{"unit": h.Unit, "community": h.Community, "grid": h.Grid} {
		if v != "" {
			d[name] = v
		}
	}
	return d
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "grants", Plain: []string{"tenant_id", "id", "person", "role", "unit", "community", "grid", "made_by", "made_at", "ended_at"}},
	{Table: "members", Plain: []string{"tenant_id", "person", "id", "left_at", "disabled_at"}, Sealed: []string{"name", "phone"}},
	{Table: "ctl.people", Plain: []string{"person", "identity", "kind", "active", "epoch", "made_at", "ended_at", "second_factor"}},
	{Table: "ctl.upper_acts", Plain: []string{"id", "at", "kind", "actor", "person", "scope", "district", "role", "sector"}},
	{Table: "ctl.upper_grants", Plain: []string{"person", "scope", "district", "role", "sector", "made_by", "made_at"}},
}
