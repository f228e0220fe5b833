// Package orders takes in what comes from above: the orders of 12345, 数字城管 and other platforms, as files that
// their people export and ours upload, or one by one from a program of theirs that holds a key of the street.
//
// However an [Order] comes, one desk understands it: it is held to the same rules as a report at the desk before it is
// written, and what is wrong with it is told by field and reason. An order is known by its channel and its number above:
// what comes again, another way too, is the same case. Of a file a [Map] says which columns mean what, and rows that are
// wrong stop no others. Another order that a program brings under a known number is refused.
//
// How they are answered is package replies: by file, or fetched by the program.
package orders
