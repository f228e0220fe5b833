// Package accounts is where security administrators look after accounts: a street's after those of its
// staff, the vendor's after those of everybody above the tenants and of staff who work in several
// places. It also gives and ends grants above the tenants, and shows the vendor's auditor who did.
//
// A measure (auth.Measure) wants a reason, which the door's record keeps. In a street it is decided in
// the tenant's transaction and carried out by a job at once after it; the vendor's goes straight to the
// account. What would lock everybody out is refused where it is decided.
package accounts
