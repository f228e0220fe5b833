package tenants

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"
)

// ID names a tenant for ever: deployment × 1,000,000 + serial, never reused.
type ID int32

func (id ID) String() string { return strconv.Itoa(int(id)) }

// Kind is what a tenant is.
type Kind string

// A street governs its own ground; a centre holds the district's handling units, which serve many streets.
const (
	Street Kind = "street"
	Centre Kind = "centre"
)

// State is where a tenant stands in its life with the vendor.
type State string

// The states. Only Trial and Active tenants accept writes by people; Suspended ones may be read.
const (
	Opening   State = "opening"
	Trial     State = "trial"
	Active    State = "active"
	Suspended State = "suspended"
	Closed    State = "closed"
)

// Tenant is what entering its scope brings back: the pointer and its number of differences.
type Tenant struct {
	ID        ID
	Slug      string // immutable, in URLs
	Kind      Kind
	District  int32 // six-digit division code
	State     State
	Blueprint int32 // version it was opened from or upgraded to
	Revision  int64 // newest override set; 0 = exactly the blueprint
	Name      string
	ShortName string
	Branding  Branding
	Codes     []string // division codes in force, the main one first; may be empty
	Demo      bool     // everything in it is made up and marked 演示数据
}

// Branding is how a tenant looks to people.
type Branding struct {
	Logo    string `json:"logo,omitempty"`    // file reference
	Colour  string `json:"colour,omitempty"`  // primary, #rrggbb
	Accent  string `json:"accent,omitempty"`  // secondary, #rrggbb
	Welcome string `json:"welcome,omitempty"` // sentence on the residents' front page
}

// Writable reports whether people may change anything in a tenant of this state.
func (s State) Writable() bool { return s == Trial || s == Active }

// System is the actor of acts that no person did: followers, timers, imports.
const System int64 = 0

// Actor is who is acting in a scope: our own number of the person and, once the scope is entered,
// the person's living grants there.
type Actor struct {
	Person int64
	Grants []Grant
	trust  bool
}

// Machine is the actor for work that the product does by itself; it may do everything a verb allows.
func Machine() Actor { return Actor{Person: System, trust: true} }

// Trusted reports whether the actor is the product itself.
func (a Actor) Trusted() bool { return a.trust }

// Grant lets a person act in a role, in the whole tenant or narrowed to a unit, community or grid.
type Grant struct {
	Role, Unit, Community, Grid string
}

// Has reports whether the actor holds role anywhere in the tenant.
func (a Actor) Has(role string) bool {
	for _, g := range a.Grants {
		if g.Role == role {
			return true
		}
	}
	return false
}

// Units lists the units for which the actor holds role; an empty string stands for the whole tenant.
func (a Actor) Units(role string) []string {
	var out []string
	for _, g := range a.Grants {
		if g.Role == role {
			out = append(out, g.Unit)
		}
	}
	return out
}

// Request is one client-made POST: its UUIDv7 and the SHA-256 of actor, method, path and body.
type Request struct {
	ID     uuid.UUID
	Digest [32]byte
}

// Reply is what a request was answered, kept for its repeats. It never holds personal data.
type Reply struct {
	Status   int
	Location string
}

// ParseID reads a tenant's number as written by String.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("tenant number %q is not a positive int4", s)
	}
	return ID(n), nil
}

// NewID makes a UUIDv7, the kind of id that every object bears.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
