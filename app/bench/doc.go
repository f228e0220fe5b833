// Package bench measures the product beside its floor: the same SQL through bare pgx, in the same run,
// on the same machine. What the product costs beyond its floor is what we wrote; the floor itself is
// PostgreSQL and the statements that we chose to send.
//
// A bench hears every statement while the product does the thing ([Recorder]), groups them into
// transactions, and sends them again without the product ([Floor]). Reads are replayed on the same
// database, in turns with the product, so that a noisy neighbour disturbs both alike. Writes are
// replayed on a clone: product and floor each begin with a copy of the same database, which is filled
// once and kept, so that the hundredth run finds what the first one found.
//
// A statement goes over the wire as the product sent it: the opening string as one simple query, the
// acts, the kept reply and COMMIT as one pipeline, and every other statement, which has its values
// written into its text, as a simple query.
//
// All times are of the whole: a page is measured at the HTTP client. PostgreSQL runs with fsync on.
package bench
