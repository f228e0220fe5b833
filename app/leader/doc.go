// Package leader is the door of a street's leader (分管领导) on the phone: one page with this morning's figures, what waits
// for his word, and what is overdue.
//
// It has no rules and no tables of its own. What is decided here is decided by the verbs of cases, supervision and
// assessment, which ask who may; a word on a case is an instruction (批示), and a supervision order (督办单) that he proposes
// is signed with the same touch, because it is he who signs. Each form works without scripts, and is drawn only where its
// verb would take it.
package leader
