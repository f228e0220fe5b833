// Package supervision watches over cases that do not get on: it urges, orders and instructs.
//
// Urging (催办) reminds the unit that handles a case: by the desk, with words, not too often and not too many times; and
// by the product once when the light turns yellow. The unit notes that it has read it (已阅).
//
// A supervision [Order] (督办单) demands an answer by a date. Its degrees are the blueprint's: who signs it, how long the
// answer may take, what it costs the unit. It is proposed by the desk, or by the product when a case is overdue by the
// degree's share of its limit, was reported so often, or did not get the answer to the degree below:
//
//	proposed → signed → replied → settled
//	    ↓         ↑________↓  (an answer that is not accepted)
//	declined
//
// Not answering in time is noted by a timer, stays noted, and calls the next degree. Who may do what when is one table,
// [Moves]; MOVES.md is printed from it. An order goes with its case: whoever handles it answers.
//
// An instruction (批示) is a leader's word on a case to its units, to the desk, or to all of them, perhaps with a date; each
// addressee reports what was done.
//
// Every verb holds the case first, keeps what lists show of it ([cases.Watch]), and records an act at the case. What was
// said is sealed. Assessment counts orders with [Counted].
package supervision
