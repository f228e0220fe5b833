// Package vendor is the console of the deployment's operator (运营方): the fleet over every unit of the
// country, opening a street, suspending, closing and reopening it, the health of followers and jobs, and
// usage by meter.
//
// A change of a tenant's state asks for a kind of reason and a note. Both are kept with who and when
// (tenants.Standing) and shown on the tenant's page; the tenant's people read the kind of reason in a
// polite sentence ([Notice]), never the note. Usage is read from the sums of months, and day by day, as a
// bill is computed, for one tenant.
//
// What a POST does is several transactions, so its reply is kept apart from its effect (tenants.DB.Once):
// a repeat gets the same reply, and what it calls is safe to repeat under the request's number.
//
// The vendor never sees a resident. Everything here is read through tenants.VendorTx, whose role in
// PostgreSQL reaches the directory, tenants' states, heads, cursors, usage and the outside of jobs, and
// no case, member, grant, act or payload.
package vendor
