// Package shifts keeps who leads the command desk and what one shift hands to the next (交接班记录).
//
// There is one shift at a time. Its lead hands over: the desk's open, urgent, overdue and unsigned cases are counted and
// listed by number as they stand at that moment, and he writes what the next should know; that is his signature. Another lead
// takes over, which is his, and his own shift begins there, so that no minute is without a shift. Until then the handing lead
// is still in charge, and may take it back.
//
//	begin → (hand over ⇄ take back) → take over = the next begins
//
// The record is never changed afterwards, and is printed as a paper.
package shifts
