// Package cases walks a petitioner's matter from report to archive.
//
// There are two machines. A [Case] (案卷) is the petitioner's matter:
//
//	reported → accepted → filed → handling → checking → closed → archived
//	    ↕          ↑         ↑        │ ↑         │         │
//	verifying ─────┘         └ return ┘ └─ rework ┴ reopen ─┘
//
// and may end sooner: answered at intake, rejected, merged into another case, voided. An [Assignment]
// (派遣) is one unit's work on it:
//
//	dispatched → received → working → done        (returned, lapsed)
//
// A case has one lead (主办), who answers for it, and any number of co-handlers (协办): each signs and hands in for itself,
// and the lead hands in when they have, or says why he does not wait. Beneath either its liaison may give the work to
// one of the unit's own people or a grid's worker (经办, 二级分拨), who reports to him or gives it back to him; to the
// centre the unit answers. A return goes back one level. What is open when the case is closed lapses.
//
// Who may do what when is one table, [Moves]; buttons, its description in MOVES.md and the tests are
// made from it. Each verb locks the case, asks the table, changes the rows in one statement and records
// an act. How a case walks by channel, class and urgency (which steps it skips, whether it is filed and
// dispatched at once, whether intake may answer it) is the tenant's blueprint; a case remembers the
// version and revision it was filed under and finishes by those rules.
//
// What a unit asks for while it works is an [Application]: to return the case (退单), for a later
// deadline (延期), to let the clock stand still (挂账). Each has a ground of the blueprint's lists, a
// decider who is not the applicant, and a clock for the decision. A designated case is never returned.
//
// Whoever walks a grid and mends what he finds reports both in one (巡办一体). What is checked may be a share: a [Lot] drawn by
// the tenant's key says of each case whether; what a route insists on, and what was sent back, is always checked.
//
// Filing starts the deadline of handling, by the condition found on the spot (立案条件) in one of four
// units of time ([Due]); an order from above is due a configured lead before its issuer's deadline;
// dispatching starts the receipt clock, and not signing stops nothing. Work
// handed in by the deadline, and passed by the check, is on time however long the check takes.
// Nobody checks or calls back what he worked on himself.
//
// Whether a closed case, or one that intake answered, is called back is drawn by lot with the act that ends it and written
// in it (draw.go); what is asked is the blueprint's questionnaire (callbacks.go). A case is archived when it owes neither a
// call-back nor a reply to whoever sent it; replies are package replies.
//
// Until somebody signs, a dispatch may be taken back (撤回派遣, recall.go): it counts as never sent, and the case waits for
// dispatch again under the clocks it had.
//
// Whom a case is dispatched to has a basis: statutory (法定) must agree with the duty list; negotiated
// (商定) says who agreed and why; designated (指定) says which leader, on what ground, and why. A community is not handed by
// agreement what its list does not have; what repeats outside the list is suggested for it: see package repeats.
//
// A dispatcher's desk does three hundred cases a day: rows are walked by keys and open in a drawer (static/assets/desk.js, which
// every page can do without); a case that waits shows the unit that the list proposes, and several are given to theirs at once,
// each by its own verb in its own transaction (batch.go, web.Routes.Each). The same cases lie on a map (map.go, package heat).
//
// The report, the result and the check may bring photos, which package photos keeps.
//
// What people said and who they are is sealed with the tenant's key. Acts carry dimensions only, and
// rollups are made from those.
package cases
