// Package vendor is the console of the deployment's operator (运营方): the fleet over every unit of the
// country, opening a street, suspending it, the health of followers and jobs, and usage by meter.
//
// The vendor never sees a resident. Everything here is read through tenants.VendorTx, whose role in
// PostgreSQL reaches the directory, tenants' states, heads, cursors, usage and the outside of jobs, and
// no case, member, grant, act or payload.
package vendor
