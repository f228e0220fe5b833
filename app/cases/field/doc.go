// Package field is the grid worker's door on the phone: one page that can be installed and opens without network, where he
// reports what he finds, or what he found and mended, in a few touches.
//
// What he reports lies on the phone until the street has it: sealed with a key of his own, under the case's id and the
// request's number that were made when it was begun. It comes in by the same POST as from the desk, so that one sent twice
// is one case; [sent] tells a phone whose answer got lost, and whose request is forgotten, that the case is there.
//
// The page itself is the same for everybody of a street, and holds nothing of any case: it is what the phone caches. Who
// is signed in, his grids and his tasks come by themselves, as JSON.
package field
