// Package orders takes in what comes from above: the orders of 12345, 数字城管 and other platforms, as files that
// their people export and ours upload.
//
// A [Map] says which columns of a platform's file mean what. Every row is held to the same rules as a report at the
// desk before any is written; what is wrong is told by line, column and reason, and the other rows go in all the same.
// An order is known by its channel and its number above: uploading a file again, or one that overlaps it, takes in
// only what is new, and an order that somebody typed in before is found too.
//
// How they are answered is package replies.
package orders
