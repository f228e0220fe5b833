// Package files keeps files that the product makes for its people for a while, such as an export to be fetched.
//
// A file lies in the tenant's own tables, in parts, each sealed with the tenant's data key
// and bound to its file and place: a dump of the database, a disk or a neighbour reads nothing of it, and destroying
// the key destroys it too. It belongs to the one person it was made for, is whole or not there, and is gone after
// seven days.
//
//	w, err := files.Create(ctx, db, tenant, files.File{ID: id, Owner: person, Kind: "text/csv"}, "案卷.csv")
//	_, err = io.Copy(w, …)
//	err = w.Close(nil)
//
// Reading goes the way of every download: find it in a transaction that authorises, then let it stream.
package files
