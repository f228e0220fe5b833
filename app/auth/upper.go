package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// UpperGrant is a role above the tenants: with the vendor, or over a district's rollups.
type UpperGrant struct {
	Scope    Scope
	District int32 // six-digit division code; 0 with the vendor
	Role     string
	Sector   string // key of the line of departments that a district's grant is narrowed to; empty: the whole district
}

// UpperGrants are all of one person's.
type UpperGrants []UpperGrant

// Vendor reports whether they hold capability with the vendor.
func (u UpperGrants) Vendor(capability string) bool {
	for _, g := range u {
		if g.Scope == InVendor && byKey[g.Role] != nil && byKey[g.Role].can(capability) {
			return true
		}
	}
	return false
}

// District reports whether they hold capability over the district.
func (u UpperGrants) District(capability string, district int32) bool {
	for _, g := range u {
		if g.Scope == InDistrict && g.District == district && byKey[g.Role] != nil && byKey[g.Role].can(capability) {
			return true
		}
	}
	return false
}

// Lines are the sectors to which they hold capability over the district narrowed; whole says that a grant holds it
// over everything there, and then there are none.
func (u UpperGrants) Lines(capability string, district int32) (sectors []string, whole bool) {
	for _, g := range u {
		switch one := (UpperGrants{g}); {
		case !one.District(capability, district):
		case g.Sector == "":
			return nil, true
		default:
			sectors = append(sectors, g.Sector)
		}
	}
	return sectors, false
}

// RequireVendor is the first line behind a vendor door: nil or fault.Forbidden.
func (u UpperGrants) RequireVendor(capability string) error {
	if u.Vendor(capability) {
		return nil
	}
	return forbidden()
}

// RequireDistrict is the first line behind a district door. Somebody with no role in the district
// gets the same answer whether it exists or not.
func (u UpperGrants) RequireDistrict(capability string, district int32) error {
	if u.District(capability, district) {
		return nil
	}
	return forbidden()
}

// Districts lists the districts in which they hold any role, in the order of the grants.
func (u UpperGrants) Districts() []int32 {
	var out []int32
	seen := map[int32]bool{}
	for _, g := range u {
		if g.Scope == InDistrict && !seen[g.District] {
			seen[g.District] = true
			out = append(out, g.District)
		}
	}
	return out
}

// Officer is who gives or ends grants above the tenants.
type Officer struct {
	Person int64
	Grants UpperGrants
	trust  bool
}

// Machine is the product itself, for seeding and the command line.
func Machine() Officer { return Officer{trust: true} }

// may reports whether o hands out grants at the scope of g: the vendor's security administrator
// everywhere above the tenants, a district's own in that district.
func (o Officer) may(g UpperGrant) bool {
	return o.trust || o.Grants.Vendor(GrantsGive) || g.Scope == InDistrict && o.Grants.District(GrantsGive, g.District)
}

// Check refuses a grant that nobody can hold: Invalid for a role that does not exist at that scope.
func (g UpperGrant) Check() error {
	role, ok := RoleOf(g.Role)
	if !ok || !role.in(g.Scope) || g.Scope == InTenant {
		return fault.Field("role", "该角色不能在此范围授予")
	}
	if (g.Scope == InDistrict) != (g.District != 0) {
		return fault.Field("district", "请选择区县")
	}
	if g.Sector != "" && (g.Scope != InDistrict || !role.can(BoardRead)) {
		return fault.Field("sector", "该角色不能限定条线")
	}
	return nil
}

// GiveUpper gives person a role above the tenants. Repeating it changes nothing. Faults: Invalid for a
// role that does not exist at that scope, Forbidden, Conflict when the person would hold two of the
// three separated powers there. tx must be at tenants.Home.
func GiveUpper(ctx context.Context, tx tenants.VendorTx, by Officer, person int64, g UpperGrant) error {
	if err := g.Check(); err != nil {
		return err
	}
	role, _ := RoleOf(g.Role)
	if !by.may(g) {
		return forbidden()
	}
	if !by.trust && by.Person == person {
		return errSelf()
	}
	var held []string
	if err := tx.Raw("SELECT role FROM ctl.upper_grants WHERE person = ? AND scope = ? AND district = ?",
		person, string(g.Scope), g.District).Scan(ctx, &held); err != nil {
		return fmt.Errorf("grants above the tenants: %w", err)
	}
	if err := separated(role, held); err != nil {
		return err
	}
	res, err := tx.Raw(`INSERT INTO ctl.upper_grants (person, scope, district, role, sector, made_by) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, scope, district, role, sector) DO NOTHING`, person, string(g.Scope), g.District, g.Role, g.Sector, by.Person).Exec(ctx)
	if isSeparation(err) {
		return errSeparated()
	}
	if err != nil {
		return fmt.Errorf("give grant above the tenants: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil
	}
	return upperAct(ctx, tx, "given", by, person, g)
}

// EndUpper takes a role above the tenants away again; from the next request on it is gone. Ending
// what is not there is fault.NotFound, ending the grant of the vendor's last security administrator
// fault.Conflict: nobody could give one again.
func EndUpper(ctx context.Context, tx tenants.VendorTx, by Officer, person int64, g UpperGrant) error {
	if !by.may(g) {
		return forbidden()
	}
	if err := keepsOfficer(ctx, tx, by.trust || g.Scope != InVendor || g.Role != SecurityAdmin, person); err != nil {
		return err
	}
	res, err := tx.Raw("DELETE FROM ctl.upper_grants WHERE person = ? AND scope = ? AND district = ? AND role = ? AND sector = ?",
		person, string(g.Scope), g.District, g.Role, g.Sector).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end grant above the tenants: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.New(fault.NotFound, "没有这项授权")
	}
	return upperAct(ctx, tx, "ended", by, person, g)
}

// Separated is nil, or why somebody who holds other roles may not have this one beside them (三员分立).
func Separated(role string, held []string) error {
	r, _ := RoleOf(role)
	return separated(r, held)
}

// separated refuses a role whose power would meet another one of held.
func separated(role Role, held []string) error {
	if role.Power == "" {
		return nil
	}
	for _, h := range held {
		if p := powerOf(h); p != "" && h != role.Key {
			return errSeparated()
		}
	}
	return nil
}

func errSeparated() error {
	return fault.New(fault.Conflict, "系统、安全、审计管理员须由不同人员担任，此人已担任其中一职")
}

func errSelf() error {
	return fault.New(fault.Forbidden, "不能给自己授权，请由另一位安全管理员办理")
}

// isSeparation recognises the indexes grants_separated and upper_grants_separated, which hold when
// two grants race.
func isSeparation(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "23505" && (pe.ConstraintName == "grants_separated" || pe.ConstraintName == "upper_grants_separated")
}
