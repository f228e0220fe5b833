package auth

import (
	"strings"
	"testing"

	"wanjie/app/fault"
	"wanjie/tenants"
)

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func holding(grants ...tenants.Grant) tenants.Actor {
	return tenants.Actor{Person: 7, Grants: grants}
}

func TestCan(t *testing.T) {
	t.Parallel()
	handler := holding(tenants.Grant{Role: Handler, Unit: "office-1"})
	worker := holding(tenants.Grant{Role: GridWorker, Community: "320505003001"})
	for what, c := range map[string]struct {
		actor      tenants.Actor
		capability string
		at         At
		want       bool
	}{
		"own unit":              {handler, CasesHandle, At{Unit: "office-1"}, true},
		"another unit":          {handler, CasesHandle, At{Unit: "office-2"}, false},
		"the whole street":      {handler, CasesHandle, At{}, false},
		"another capability":    {handler, CasesDispatch, At{Unit: "office-1"}, false},
		"everywhere is here":    {holding(tenants.Grant{Role: Dispatcher}), CasesDispatch, At{Unit: "office-1"}, true},
		"own community":         {worker, CasesReport, At{Community: "320505003001", Grid: "3"}, true},
		"another community":     {worker, CasesReport, At{Community: "320505003002"}, false},
		"a community is no all": {worker, CasesReport, At{}, false},
		"a role that is gone":   {holding(tenants.Grant{Role: "emperor"}), CasesRead, At{}, false},
		"nobody":                {tenants.Actor{}, CasesRead, At{}, false},
		"the product":           {tenants.Machine(), GrantsGive, At{}, true},
	} {
		if got := CanAt(c.actor, c.capability, c.at); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	if Can(worker, CasesReport, "") {
		t.Error("a grant for one community counts for the street")
	}
	if !CanSomewhere(worker, CasesReport) || CanSomewhere(worker, CasesRead) {
		t.Error("somewhere")
	}
	if Require(handler, CasesHandle, "office-1") != nil || !fault.Is(Require(handler, CasesHandle, ""), fault.Forbidden) ||
		RequireSomewhere(handler, CasesHandle) != nil || !fault.Is(RequireSomewhere(handler, CasesClose), fault.Forbidden) {
		t.Error("Require and Can differ")
	}
	if at := Where(handler, CasesHandle); len(at) != 1 || at[0].Unit != "office-1" {
		t.Errorf("where: %v", at)
	}
}

func TestWhoNeedsASecondFactor(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		upper  UpperGrants
		grants []tenants.Grant
		want   bool
	}{
		"a clerk":             {nil, []tenants.Grant{{Role: Dispatcher}, {Role: Handler, Unit: "a"}}, false},
		"an administrator":    {nil, []tenants.Grant{{Role: Dispatcher}, {Role: StreetAdmin}}, true},
		"an auditor":          {nil, []tenants.Grant{{Role: AuditAdmin}}, true},
		"an operator":         {UpperGrants{{InVendor, 0, Operator, ""}}, nil, true},
		"a district's leader": {UpperGrants{{InDistrict, 320505, DistrictLeader, ""}}, nil, false},
		"a district's admin":  {UpperGrants{{InDistrict, 320505, SystemAdmin, ""}}, nil, true},
		"nobody":              {nil, nil, false},
	} {
		if got := NeedsSecondFactor(c.upper, c.grants); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
		if (Session{AAL: 1}).Short(c.upper, c.grants) != c.want || (Session{AAL: 2}).Short(c.upper, c.grants) {
			t.Errorf("%s: Short", what)
		}
	}
	if !(Session{AAL: 1, Enrolled: true}).Short(nil, nil) {
		t.Error("who has a second factor may leave it out")
	}
}

// Every role says who it is for; the separated powers do not overlap in what they may change.
func TestRoles(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Roles {
		if r.Key == "" || r.Title == "" || len(r.Scopes) == 0 || len(r.Can) == 0 || seen[r.Key] {
			t.Errorf("role %+v", r)
		}
		seen[r.Key] = true
		if r.can(GrantsGive) != (r.Power == Granting) || r.can(JournalRead) != (r.Power == Auditing) {
			t.Errorf("%s takes part of a power that is not its own", r.Key)
		}
		if r.can(ConfigWrite) && r.Power != Running {
			t.Errorf("%s configures without being an administrator", r.Key)
		}
	}
	if len(RolesIn(InVendor)) != 4 || Title(Intake) != "受理员" || Title("emperor") != "emperor" {
		t.Error("lists")
	}
}
