// Package web is the one doorway between HTTP and features.
//
// A request is one transaction and a handler returns its reply. Routes find the tenant by the slug
// in the address, enter its scope (read-only for GET, unless the route shows personal data), check
// that the module is on and that the actor may, and call the handler. What it returns is rendered
// into memory; the transaction commits; only then bytes leave. So nobody ever sees a half page, a
// page of something rolled back, or personal data whose look was not recorded.
//
// Every POST carries a number made by the client. Its reply is kept in the same transaction: a
// repeat gets that reply, another body under the same number gets 409.
package web
