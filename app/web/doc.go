// Package web is the one doorway between HTTP and features.
//
// A request is one transaction and a handler returns its reply. Routes find the tenant by the slug
// in the address, enter its scope (read-only for GET, unless the route shows personal data), check
// that the module is on and that the actor may, and call the handler. What it returns is rendered
// into memory; the transaction commits; only then bytes leave. So nobody ever sees a half page, a
// page of something rolled back, or personal data whose look was not recorded.
//
// Files that people bring are read, looked through and made into what is kept before the transaction ([Routes.Take]), once
// it is known that the sender may: that takes long and may go over a network.
//
// Two things last longer than their transaction. A download too large for memory ([Stream]) is authorised in it
// and read in others while it leaves. A screen that listens ([Live]) is admitted in it, and asked again whenever
// its session or grants may have ended; what it hears is that something moved, and it asks for its page anew.
//
// Every POST carries a number made by the client. Its reply is kept in the same transaction: a
// repeat gets that reply, another body under the same number gets 409.
//
// Programs of other platforms come by [Routes.Call]: a key in place of a session, JSON both ways, and every call one
// line of the tenant's record. What they send bears a number of its own, by which a handler tells a repeat.
package web
