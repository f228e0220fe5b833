// Package grids keeps a street's grids (网格): where each lies, who answers for it, and how it is walked.
//
// A street is tiled by comprehensive grids (综合网格) of some hundred households each; a market, a campus or a tower may be
// a dedicated one (专属网格), which goes before what lies around it; a micro grid (微网格) is a part of a comprehensive one.
// A [Grid] has a number of the street's own, on its public sheet, in grants and in cases, and never given to another.
//
// Where it lies is versioned by the day: an [Outline] is in force from one day until the next one's. Drawing again begins
// a new version, the past stays as it was, and a case keeps the grid it was found in. [Draw] takes one grid, [Take] a file
// of them, whole or not at all, after a dry run that says of each what would become of it. Both go through a plan
// ([survey]): rings that close and do not cross themselves (package geo), a micro grid within its parent, and comprehensive
// grids that share no more than two maps of the same street may differ by, on every day from which they are in force.
//
// Who answers for a grid holds a duty in it, as head (网格长) or worker (网格员). A duty in force is a grant narrowed to the
// grid, and nothing beside it: [Post] writes a posting with what a grant cannot say (from when until when, in whose
// place, in which hours) and gives the grant of the same id on the first day; its end ends the grant; and a grant that
// somebody else gives or ends is a duty that begins or ends. [OnDuty] is who answers at a moment.
//
// [Locate] finds the grids of a point among outlines that are kept in memory. Their state in the database has a name, the
// edition, which every change replaces by one that was never used: so a process asks for the name in its transaction and
// knows whether what it remembers is right, whoever drew meanwhile. Cases call it through cases.Locate.
//
// How a grid is walked is package patrol. Maps are drawn here as SVG; see templates/grids.
package grids
