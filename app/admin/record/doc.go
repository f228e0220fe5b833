// Package record shows the door's record (app/auth/access) to auditors: a tenant's to the tenant's audit
// administrator, together with the looks at residents' data, and the deployment's to the vendor's.
//
// Reading the list is free. Taking it out as a file and opening a whole address are entries of the
// record themselves.
package record
