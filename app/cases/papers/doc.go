// Package papers prints what offices still hand each other on paper: the order to a unit (交办单), the sheets on which a
// return, an extension or a suspension is decided (退单、延期、挂账审批表), what was answered and closed, and the case file
// (案卷) with all of it in order.
//
// What a paper says and how it is laid out is the street's: a form of its blueprint names the facts side by side, who signs,
// and the small print. A [Paper] is made from such a form and [Values], which are facts under their names and nothing else;
// it knows no table. So another feature that has something to say on a paper gives values, and need not be known here.
//
// A paper leaves the house, in a hand or a folder. So every print is a look at the persons it names, and an act that says who
// printed what; and who asked not to be named is on no paper, whoever prints it.
//
// Papers are Chinese whatever language the reader's screen has: they are official documents.
package papers
