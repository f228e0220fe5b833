// Package patrol lets a grid's workers walk it again and again: along a route, every day, week or month.
//
// A [Patrol] says where and how often. On each day that it is due a [Round] opens by itself, set off by a timer; the worker
// walks it and hands in a [Result], until its last day is over and it counts as missed. Rounds that were due while the
// module was off are not made up for.
//
// Its points may be checked one by one ([CheckPoint]), each by pressing a button there, also without network: then the phone
// says when, and where it was.
//
// Of a walk nothing else is kept but the report: no track. The places that a worker chooses to report, and those at which he
// pressed the button, are sealed like the words.
package patrol
