// Package photos keeps what people photographed of a case: the place before the work, after it, and at the check.
//
// A photo comes with the form of the step it belongs to: the report, the result, the check. It is taken in before the step's
// transaction, where it may take its time ([Receive]: told by its content, decoded, turned upright, made small, written anew
// without the place and the device it was taken with, sealed, put into the blob store), and let be known in it ([Add]). So a
// step and its photos are there together or not at all, and what came of a step that was refused is swept a day later.
//
// Another door does the same in its own way:
//
//	up, err := photos.Receive(ctx, db.Blobs(), tenant, content) // outside of any transaction; fault.Invalid says what is wrong
//	…
//	err = photos.Add(ctx, tx, c, photos.Before, up)             // with the verb, in its transaction; up to Most for each phase
//
// Add asks no right of its own: whoever has c from a verb that he was allowed has the right to photograph it, a resident who
// reports as much as a unit that hands in. It does ask for a case of its tenant. Where the web package reads the form,
// web.Routes.Take with [Take] does the first half and web.Taken brings the uploads.
//
// A photo may show a face or a number plate. Whoever sees the case may see it, and every look is recorded, also at the small
// ones on a case's sheet; the browser keeps them for some minutes, for its session alone. Whoever brought it, or the shift's
// lead, may remove it with a reason: its files go at once, the row and the record of it stay.
package photos
