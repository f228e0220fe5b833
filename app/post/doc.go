// Package post carries messages between two tenants, a street and its district's centre, of which neither reads the
// other's rows. Handovers and whistles write to each other with it.
//
// What two sides have to say about one matter is a thread: a row on each side with the same id, which knows of the other
// only what messages told. A [Line] is one kind of threads, with a table of messages of its own on either side.
//
// A message is written in the transaction of what it tells of ([Line.Tell]), sealed with the writer's key, together with
// a job. The job ([Line.Carry]) opens it in the writer's scope, has it taken in the other's, sealed anew with that one's
// key, and then marks it as carried. These are three transactions, maybe at two placements: a carrier that dies between
// two of them, or a second one on the same way, only repeats the taking. Each side counts what it heard and takes every
// message once, in the order of writing ([Line.Heard]).
//
// A message that begins a thread may be unwelcome: the other tenant is suspended, closed, or has the module off. Then it
// is not taken, and the writer learns the sentence that says why ([Line.Returned]).
package post
