// Package blueprint holds the models that streets and district centres are opened from, and what
// each tenant changed in its own.
//
// A [Version] of a blueprint (蓝本) is an immutable set of items. A tenant points at one version and
// stores only its differences: append-only overrides of single items, numbered by the tenant's
// revision, each remembering the digest of the item it was made from, so that a later version can be
// merged three-way. Roles and what they may do are no items: they are the same in every tenant, and
// package auth has them.
//
// [Config] is what comes out: the typed configuration in force for a tenant at a revision. It is
// immutable and shared; tenants that changed nothing share one per version, so opening a street
// costs no configuration rows at all. A case remembers the version and revision under which it was
// filed and finishes under those rules, whatever is changed afterwards: see [ForCase].
//
// Item keys are never reused. An item that is no longer wanted retires: it is not offered any more,
// but old cases still find its title.
//
// # What a street is made of
//
// Each kind has a file here with its type, its rules and how it is asked:
//
//	who          units.go levels.go      [Unit] of some [UnitKind], the [Sector] it answers to above, the [Level] of work it takes part in
//	what about   classes.go schemes.go   [Class] under which cases are filed; [Scheme], [Code] and [Mapping] for what others call it: [Config.MapClass]
//	whose it is  duties.go               [Duty] of one of three lists: [Config.Propose], [Config.Above]
//	by when      conditions.go           [Condition] found on the spot, with its [Limit]; calendars.go says when people work
//	which way    routes.go               [Channel], [Route] by channel, class and urgency: [Config.RouteFor]; [Sample]: [Config.SampleOf]
//	what to note forms.go                [Field]: [Config.FieldsOf]; [Form] on which it is printed: [Config.FormFor]
//	why          reasons.go              [Reason] of rejecting, returning, extending …: [Config.ReasonsOf]; [Outside], what is not for the street
//	how it was   callbacks.go            [Question] of the call-back and which of the three rates it counts for: [Config.QuestionsOf]
//	how it went  indicators.go cycles.go [Indicator] by a [Formula], [Report] over a [Cycle]
//	values       settings.go             [Setting]: [Config.Int], [Config.Limit] …; [Module] switches; [Text] that people read
//
// Items are checked alone and against each other ([Config.Check]); every [Problem] names item, field
// and reason. What a tenant may change about a kind is its [Rule].
//
// # The blueprints that ship
//
// They are the readable files in the folders city-street (城市街道标准版), town (乡镇标准版) and
// district-centre (区级指挥中心版). The latter two are derived: their manifests say from what, and
// their files only how they differ. Content of a published number never changes; testdata/published.txt
// holds every number to its digest.
package blueprint
