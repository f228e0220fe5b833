package cases

import (
	"slices"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// mayAtDesk reports whether the actor holds a capability for the tenant, or for the community where the
// case lies.
func mayAtDesk(actor tenants.Actor, capability, community string) bool {
	return auth.CanAt(actor, capability, auth.At{Community: community})
}

// mayForUnit reports whether the actor holds a capability for a unit; a community is a unit too. A
// grant without unit stands for all of them: a small street where one person signs for everybody.
func mayForUnit(actor tenants.Actor, capability, unit string) bool {
	return actor.Trusted() || slices.ContainsFunc(auth.Where(actor, capability), func(at auth.At) bool {
		own, all := unitOf(at)
		return all || own != "" && own == unit
	})
}

// unitOf is the unit that a grant speaks for. all: it is not narrowed.
func unitOf(at auth.At) (unit string, all bool) {
	if at.Unit != "" {
		return at.Unit, false
	}
	return at.Community, at == auth.At{}
}

// reach is which cases an actor sees: all, or those of some units and communities and his own reports.
type reach struct {
	all         bool
	units       []string
	communities []string
	person      int64
}

func reachOf(actor tenants.Actor) reach { return reachBy(actor, auth.CasesRead) }

// reachBy is how far a capability goes.
func reachBy(actor tenants.Actor, capability string) reach {
	r := reach{all: actor.Trusted(), person: actor.Person}
	for _, at := range auth.Where(actor, capability) {
		unit, all := unitOf(at)
		r.all = r.all || all
		if unit != "" {
			r.units = append(r.units, unit)
		}
		if at.Unit == "" && at.Grid == "" && at.Community != "" {
			r.communities = append(r.communities, at.Community)
		}
	}
	return r
}

// sees reports whether the case exists for this actor.
func sees(actor tenants.Actor, c *Case) bool {
	r := reachOf(actor)
	return r.all || c.Unit != "" && slices.Contains(r.units, c.Unit) || c.Community != "" && slices.Contains(r.communities, c.Community) ||
		c.ReportedBy != 0 && c.ReportedBy == r.person || slices.ContainsFunc(c.Others, r.takesPart)
}

// takesPart reports whether an assignment beside the lead's lets whoever has this reach see the case: that of his unit, or his own.
func (r reach) takesPart(a Assignment) bool {
	return a.State != Returned && (a.Role == CoRole && slices.Contains(r.units, a.Unit) || a.Person != 0 && a.Person == r.person)
}

// seesPetitioner: whoever sees the case; of a confidential one only the desk.
func seesPetitioner(actor tenants.Actor, c *Case) bool {
	return sees(actor, c) && (!c.Confidential || mayAtDesk(actor, auth.CasesRead, c.Community))
}

// errNoCase is the answer for a case that is not there, that is another street's, and that is none of
// the actor's business: the same for all three.
func errNoCase() error { return fault.New(fault.NotFound, "页面不存在") }
