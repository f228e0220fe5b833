// Package replies answers whoever sent an order.
//
// A case that came from above (12345, 数字城管, the district, letters) is not over when its work is done: the platform
// above waits for a reply, by its own deadline. Where the route says so, the reply takes three steps:
//
//	draft 拟办 → review 审核 → send 回复
//	               └ returned, with words
//
// The unit that did the work words it, or the desk does; somebody else reviews it, within a clock of his own; and
// only what the check has found good is approved, so that nothing goes up that nobody has looked at. Approved replies
// stand in one row, by a number, and are taken as a file or fetched by the platform itself; with that they are sent.
// A case is archived when its reply is sent and its call-back is over, whichever comes last.
//
// A reply speaks of one handling. When the case goes back to its unit, by a check or a call-back, what was worded
// before is void without anybody touching it, and the next handling is answered anew.
//
// Who may do what when is one table, [Moves].
package replies
