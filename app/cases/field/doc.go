// Package field is the grid worker's door on the phone: one page that can be installed and opens without network, where he
// sees his grid, his tasks and his patrols, reports what he finds, or what he found and mended, in a few touches, signs for a
// task and hands in its result, and checks the points of a patrol.
//
// What he reports and does lies on the phone until the street has it: sealed with a key of his own, under the ids and request
// numbers that were made when it was begun. It comes in by the same POSTs as from the desk, so that one sent twice is one;
// [sent] tells a phone whose answer got lost, and whose request is forgotten, that a case is there. What was done to one case
// or round goes in the order in which it was done, and is recorded as of when the phone says, where that can be
// (clock.Claimed): deadlines run by the street's clock. What is refused stays on the phone with the reason, its words and its
// photos, until he sends it anew, makes a report of it, saves a copy or drops it.
//
// The page itself is the same for everybody of a street, and holds nothing of any case: it is what the phone caches. Who is
// signed in comes by itself, as JSON, and so does his [day], of which the last copy stays on the phone, sealed with the same
// key and shown to nobody who is not signed in as him: of a task its number, class, community, deadline, light and point, and nothing that anybody said, nor an address, nor
// who asked; of a patrol its title, notes and points. It is replaced whenever there is network, is shown for a week at most
// and deleted then, and is deleted as soon as somebody else signs in on the phone. Where the phone is never leaves it but with
// an act for which he pressed the button.
package field
