// Package services is the street's window: what residents may apply for (政务服务事项), found by words, by an occasion of
// their life or by the initials of the sounds (lnz for 老年证), and the help they may book with it.
//
// Items are the blueprint's (kind service): a street admin words them. A booking asks that somebody does it for the resident
// (帮办代办) or comes to their home. It is for one hour of a working day; an hour takes as many as the street's setting says.
// Staff take it, do it and say what came of it; then the resident rates it once, on the five levels of the national rating
// (好差评, GB/T 39735). The lowest two need a reason and come before the shift lead.
package services
