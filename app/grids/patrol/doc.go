// Package patrol lets a grid's workers walk it again and again: along a route, every day, week or month.
//
// A [Patrol] says where and how often. On each day that it is due a [Round] opens by itself, set off by a timer; the worker
// walks it and hands in a [Result], until its last day is over and it counts as missed. Rounds that were due while the
// module was off are not made up for.
//
// Of a walk nothing is kept but the report: no track, no position, no time on the way. The places that a worker chooses
// to report are sealed like the words.
package patrol
