// Package imports brings the history of other systems into streets: their cases, closed or still open.
//
// A file is a table as package tables reads it, packed by gzip or not. A [Map], a short YAML file, says which column is what; [Maps] lists those that ship, and an
// own one is given by its path. The district that the file belongs to is told with the command, and
// everything in the file is understood within it: streets and communities by their names, which the
// division list and the tenants' own configuration turn into codes.
//
// What a map does not say is as in this country: hours are Asia/Shanghai's, points lie in it, streets are
// those of the division list. A source from elsewhere has a map that declares its [Region]: "boston311" tries
// the product on a city's half-year, with its wards for streets. A deadline that came with a case is kept, and
// where the map says so our own clocks judge by it what was on time, whatever the source wrote.
//
// [Cases] reads the file twice. The first reading ([survey]) writes nothing: it counts, finds the
// streets that are not open, and learns which classes and units occur. Classes that the map does not
// send to the blueprint's become extension classes of the source's own scheme, so nothing is lost;
// units become units: one that serves several streets belongs to the district's centre and bears, in
// each of its streets, the same key, which says so (blueprint.CentreUnit); one that serves a single
// street, or bears a street's name, is that street's own. Each tenant's configuration is changed in one revision. The second reading
// writes batches of a thousand rows of one street, each one transaction.
//
// A case is known by source and number there, so an import may be killed at any point and run again:
// what is there already is left alone and counted as existing. Rows that cannot be understood are
// written to an error file with line, field and reason; they never stop the others. What is wrong with
// the file as a whole (no such column, a quote that never closes) is told before anything is written.
//
// sample/appeals.csv is a made-up file for the demo district, with its map "sample":
//
//	wanjie import cases --map sample --district 320505 app/imports/sample/appeals.csv
package imports
