// Package blueprint holds the models that streets and district centres are opened from, and what
// each tenant changed in its own.
//
// A [Version] of a blueprint (蓝本) is an immutable set of items: settings, modules, units, duty
// lists, classes of cases, filing conditions with their time limits, channels, routes, work
// calendars and texts. A tenant points at one version and stores only its differences: append-only
// overrides of single items, numbered by the tenant's revision, each remembering the digest of the
// item it was made from, so that a later version can be merged three-way. Roles and what they may do
// are no items: they are the same in every tenant, and package auth has them.
//
// [Config] is what comes out: the typed configuration in force for a tenant at a revision. It is
// immutable and shared; tenants that changed nothing share one per version, so opening a street
// costs no configuration rows at all. A case remembers the version and revision under which it was
// filed and finishes under those rules, whatever is changed afterwards: see [ForCase].
//
// Item keys are never reused. An item that is no longer wanted retires: it is not offered any more,
// but old cases still find its title.
//
// The blueprints that ship with the product are the readable files in the folders city-street
// (城市街道标准版) and district-centre (区级指挥中心版).
package blueprint
