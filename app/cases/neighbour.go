package cases

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Panel draws what another package has to say of a case that the actor sees, beneath the forms of its sheet; nothing
// where it has nothing to say.
type Panel func(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, rules *blueprint.Config, tried Tried) ([]templ.Component, error)

// Panels are drawn in this order. The wiring puts them here before anything runs, because features do not import each
// other both ways.
var Panels []Panel

// Unreached are those of the cases whose last text message did not reach its petitioner; package receipts knows.
var Unreached = func(context.Context, tenants.Tx, []uuid.UUID) (map[uuid.UUID]bool, error) { return nil, nil }

// Tried is a form of a case's sheet that was refused, and is shown again with what was typed.
type Tried struct {
	Verb  Verb // names the form
	Fault *fault.Error
	Typed map[string]string

	full bool // show the petitioner in full: the look has been recorded
}

// Neighbour is a package beside this one that works on cases too. It knows cases; cases know of it only what stands here.
// Nil parts do nothing.
type Neighbour struct {
	// Titles name its acts at a case, for the record on the sheet.
	Titles map[string]string
	// Lit hears that the light of a locked case turned yellow or red, or that it is overdue.
	Lit func(ctx context.Context, tx tenants.Tx, c *Case, rules *blueprint.Config) error
	// Urge urges the unit that handles a case, in the street's own words.
	Urge func(ctx context.Context, tx tenants.Tx, id uuid.UUID) error
	// Repeated hears that another report was merged into this case, which is not locked.
	Repeated func(ctx context.Context, tx tenants.Tx, into uuid.UUID) error
}

// Supervision is the neighbour. The wiring sets it, like Panels.
var Supervision Neighbour

// Hold locks a case that the actor may see, for a neighbour's verb, with the rules it was filed under. Else NotFound.
func Hold(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, *blueprint.Config, error) {
	c, err := lock(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !sees(tx.Actor(), c) {
		return nil, nil, errNoCase()
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	return c, rules, err
}

// Note records an act of a neighbour at a case, of which nothing changed. What else is to be known of the act follows in pairs.
func Note(tx tenants.Tx, c *Case, rules *blueprint.Config, kind string, at time.Time, besides ...string) {
	s := step{tx: tx, c: c, rules: rules, at: at, before: c.dims(rules)}
	s.done(kind, besides...)
}

// Show answers with the sheet of a case, on which a panel finds what was tried.
func Show(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried Tried) (web.Reply, error) {
	return showSheet(ctx, tx, r, id, tried)
}

// MayAtDesk reports whether the actor holds a capability for the tenant, or for the community where the case lies.
func (c *Case) MayAtDesk(actor tenants.Actor, capability string) bool {
	return mayAtDesk(actor, capability, c.Community)
}

// MayForUnit reports whether the actor holds a capability for a unit.
func MayForUnit(actor tenants.Actor, capability, unit string) bool {
	return mayForUnit(actor, capability, unit)
}

// UnitsOf are the units for which the actor holds a capability; all: for every one.
func UnitsOf(actor tenants.Actor, capability string) (units []string, all bool) {
	r := reachBy(actor, capability)
	return r.units, r.all
}

// Reached is the condition, beginning with AND, that leaves of cases (alias c) those that the actor sees.
func Reached(tx tenants.Tx) (string, []any) { return reachOf(tx.Actor()).within(tx.ID()) }

// DueBy is the end of a limit that begins at start, by the tenant's calendar.
func DueBy(start time.Time, limit blueprint.Limit, cfg *blueprint.Config) (time.Time, error) {
	return Due(start, limit, calendarOf(cfg))
}

// UnitName is a unit as lists call it.
func UnitName(cfg *blueprint.Config, key string) string { return unitName(cfg, key) }

// TitleOf opens the title of a case, for a neighbour's lists.
func TitleOf(box *keys.Box, id uuid.UUID, sealed []byte) (string, error) {
	c := Case{ID: id, Title: sealed}
	return c.title(box)
}
