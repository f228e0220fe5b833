// Package files keeps files: what the product makes for its people for a while, such as an export, and what people bring,
// such as the photos of a case.
//
// What is known of a file, and so who may have it, is a row of the tenant's own; its content lies in the deployment's blob
// store, a folder or a bucket (package tenants/blobs). There it is sealed in parts under a key of its own, each part bound to
// its tenant, its file and its place, and that key stands in the row, sealed with the tenant's. So a disk, a bucket or a
// neighbour reads nothing; a row that is deleted makes noise of its content at once, wherever copies of it lie; a new data key
// reaches every file by its row; and destroying the tenant's key destroys its files.
//
// Writing takes long and may go over a network, so it is done before the transaction that lets the file be known:
//
//	d := files.Create(ctx, db.Blobs(), tenant, files.File{ID: id, Kind: "text/csv", Owner: person}, "案卷.csv")
//	_, err = io.Copy(d, …)
//	err = d.Close()                                     // durable, and known to nobody
//	err = db.Write(…, func(ctx, tx) { d.Keep(ctx, tx) }) // known
//
// What was closed and never kept, and content whose row was deleted, is swept a day later ([Sweep]).
//
// Reading goes the way of every download: find the file in a transaction that authorises, then let it stream.
package files
