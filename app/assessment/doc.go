// Package assessment judges work by figures, and shows what stands behind each (考核).
//
// An indicator (指标) of the blueprint names a formula; what a formula counts is written here once, as a
// [definition]: which rows are judged, and what each of them is worth. The figure is the count of those rows and
// the sum of their worth, and the list that a figure opens to is made of the very same conditions, so the two
// cannot say different things. The three rates (三率) are counted over valid call-backs only.
//
// A report (报表) is a table of indicators over a term of its cycle: noon to noon, from the 19th, or by the
// calendar. 0/0 is no figure. Elastic classes (违建、拆迁、环境) are left out where an indicator says so, because
// they cannot be judged by how fast they are closed. A row with too few cases is shown and not ranked.
//
// Beside each official rate stands its twin, which shows what the rate hides: who was never called back, who
// complained again, how old the open ones are, what was returned near the limit, which results are copies.
// How long the staff sat at the platform is shown for the whole street only: there is no ranking of persons.
//
// An [Exclusion] (剔除) leaves a case out of all figures but its own: with a ground of the blueprint, reason,
// evidence, an applicant and somebody who approves and is not of the assessed unit. What is left out is shown
// beside the figure that it is missing from.
//
// Figures are counted from the rows as they stand. A case that was closed and taken up again is open; one whose
// deadline was moved has the new one. That is why a report of a closed term is kept ([Kept]): whole, with the
// versions of its indicators, the rules, and a digest, to be shown and counted again later beside what it said then.
package assessment
