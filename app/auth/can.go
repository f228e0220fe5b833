package auth

import (
	"slices"

	"wanjie/app/fault"
	"wanjie/tenants"
)

// At is where in a tenant something is done. Empty fields mean the whole tenant.
type At struct{ Unit, Community, Grid string }

// Can reports whether actor holds capability for unit, an item key of the tenant's units; "" asks
// for the whole tenant, which a grant narrowed to a unit does not give. The product itself
// ([tenants.Machine]) may do everything.
func Can(actor tenants.Actor, capability, unit string) bool {
	return CanAt(actor, capability, At{Unit: unit})
}

// CanAt is Can for a place that is more than a unit. A grant reaches as far as its own narrowing: one
// for a community covers every grid asked for in that community, and nothing outside it.
func CanAt(actor tenants.Actor, capability string, at At) bool {
	if actor.Trusted() {
		return true
	}
	for _, g := range actor.Grants {
		if byKey[g.Role] != nil && byKey[g.Role].can(capability) && covers(g.Unit, at.Unit) && covers(g.Community, at.Community) && covers(g.Grid, at.Grid) {
			return true
		}
	}
	return false
}

func covers(granted, asked string) bool { return granted == "" || granted == asked }

// CanSomewhere reports whether actor holds capability anywhere in the tenant: for menus and lists,
// which then show only Where.
func CanSomewhere(actor tenants.Actor, capability string) bool {
	return actor.Trusted() || len(Where(actor, capability)) > 0
}

// Where lists the places of the tenant in which actor holds capability. The zero At among them means
// everywhere; none means nowhere. Not for the product itself, which has no grants.
func Where(actor tenants.Actor, capability string) []At {
	var out []At
	for _, g := range actor.Grants {
		at := At{g.Unit, g.Community, g.Grid}
		if byKey[g.Role] != nil && byKey[g.Role].can(capability) && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// Require is the first line of a verb: nil, or fault.Forbidden when actor does not hold capability
// for unit (see Can).
func Require(actor tenants.Actor, capability, unit string) error {
	if Can(actor, capability, unit) {
		return nil
	}
	return forbidden()
}

// RequireSomewhere is Require for a capability anywhere in the tenant.
func RequireSomewhere(actor tenants.Actor, capability string) error {
	if CanSomewhere(actor, capability) {
		return nil
	}
	return forbidden()
}

func forbidden() error { return fault.New(fault.Forbidden, "您没有进行此操作的权限") }

// NeedsSecondFactor reports whether somebody with these grants must show a second factor: the
// vendor's people, who stand above every street, and whoever holds an administrator's role anywhere.
func NeedsSecondFactor(upper UpperGrants, grants []tenants.Grant) bool {
	for _, g := range upper {
		if g.Scope == InVendor || powerOf(g.Role) != "" {
			return true
		}
	}
	for _, g := range grants {
		if powerOf(g.Role) != "" {
			return true
		}
	}
	return false
}

func powerOf(role string) Power {
	if r := byKey[role]; r != nil {
		return r.Power
	}
	return ""
}
