package admin

import (
	"time"

	"wanjie/templates/ui"
)

// UpperRole is a role above the tenants; the form that ends it on the page of its holder.
type UpperRole struct {
	Title, Where  string
	Guard         ui.Guard
	Key, District string
	Sector        string
	Confirm       string
}

// Officer is one line of the people above the tenants.
type Officer struct {
	Number        int64
	Name, Contact string
	Roles         []UpperRole
	SecondFactor  bool
	Off, Self     bool
}

// OfficerForm invites somebody above the tenants, or gives one who is there a role.
type OfficerForm struct {
	Guard              ui.Guard
	Name, Phone, Email string
	Role, District     string
	Sector             string
	Say                string
	Errors             map[string]string
}

// FindForm looks for an account.
type FindForm struct {
	Guard          ui.Guard
	Account, Error string
}

// Officers is the page of the people above the tenants.
type Officers struct {
	Frame
	List              []Officer
	MayGive, MayWrite bool
	Roles, Sectors    []ui.Option
	Invite            OfficerForm
	Find              FindForm
}

// OfficerPage is the page of one account at the vendor's door.
type OfficerPage struct {
	Account
	Held    []UpperRole
	MayGive bool
	Give    OfficerForm

	Roles, Sectors []ui.Option
}

// UpperAct is one entry of who gave and ended what above the tenants.
type UpperAct struct {
	At                     time.Time
	Who, Whom, Role, Where string
	Ended                  bool
	Signs                  bool // neither given nor ended: a district's sign-in was changed
}

// UpperActs is the list of them.
type UpperActs struct {
	Frame
	List  []UpperAct
	Pages ui.Pages
}
