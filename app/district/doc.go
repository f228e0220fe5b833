// Package district is the board of a district (区级部门) over its streets.
//
// A district sees figures, never a case: everything here is read from the tallies that the journal's
// follower keeps, through a tenants.DistrictTx that PostgreSQL holds to counts of this one district.
// One board is one statement, whatever it shows: received, closed, on time, overdue and open cases, by
// street, class, handling unit and channel, with their trend and the period before.
//
// Of each month that is over the board's figures are kept once, as they were when every act was counted: the standing
// monthly report (月报), which carries its digest and is never written over.
//
// What the numbers mean (口径):
//
//   - received (收件) counts a case on the day of its receipt, closed (结案) on the day it was closed;
//   - on time and overdue are closed cases, so the on-time rate (按时结案率) is on time of both, and "—"
//     where nothing was closed;
//   - open (在办) is a stock: everything received minus everything closed up to the period's last day;
//   - late (超期未结) is the part of open past its deadline now; of a past day it is not known;
//   - totals are the streets'. What streets hand over to the district's centre is a paired case there,
//     so the centre stands in a row of its own and is not added;
//   - a bureau's officer, whose grant is narrowed to lines of departments (条线), sees the classes that the duty
//     lists say are led by one of them and the units that belong to one; everything else is left out where the
//     tallies are summed, so that totals, trend, drill-downs and files hold nothing to subtract it from;
//   - a unit (承办单位) of a street's own is a line of that street; a unit of the district's centre, which a
//     street knows by a key that begins with "centre." (blueprint.CentreUnit), is one line with the sum of
//     the streets that it serves, and opens to them. What it handles in the centre itself stands apart
//     there, and for the unit only where no street's figures tell of it.
package district
