// Package receipts shows on a case what became of the text messages to its petitioner.
//
// The messages lie with the deployment (package courier), sealed, for thirty days. What became of each one is told to its
// tenant and kept here with the case: that it left, and whether it reached the telephone; never the words nor the number.
// Where the last one did not arrive, the sheet says so to whoever talks to petitioners, and the list of call-backs too:
// then somebody telephones.
package receipts
