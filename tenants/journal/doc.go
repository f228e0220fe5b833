// Package journal reads what happened. Every verb records its acts with its COMMIT (tenants.Tx.Record);
// each tenant's acts bear gapless numbers in commit order, so a reader's whole state is one number
// per tenant, its cursor.
//
// A [Follower] turns acts into something else: seals, usage, tallies, jobs, hints. [Runner] reads each
// tenant's acts in order and hands them over in batches that span many tenants; the follower's writes
// and the move of the cursors are one transaction, so every act takes effect exactly once, whatever
// process is killed at whatever point, and any number of processes may follow at once. How it finds
// work: heads that moved lately are compared with the cursors about once a second, all heads every half a
// minute; [Runner.Wake], or a hint through Redis, only makes it look earlier.
//
// Acts recorded before their kind changed its meaning are lifted to the present by the upcasters of
// [Kinds] when they are read; the stored rows stay as they are.
//
// The followers themselves: tenants/journal/seal, tenants/journal/tally, tenants/journal/hint,
// billing (meter) and jobs (announce).
package journal
