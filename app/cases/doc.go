// Package cases walks a petitioner's matter from report to archive.
//
// There are two machines. A [Case] (案卷) is the petitioner's matter:
//
//	reported → accepted → filed → handling → checking → closed → archived
//	    └────────┴→ rejected          ↑         │         │
//	                                  └─ rework ┴ reopen ─┘
//
// An [Assignment] (派遣) is one unit's work on it; a case has one lead:
//
//	dispatched → received → working → done        (returned)
//
// Who may do what when is one table, [Moves]; buttons, its description in MOVES.md and the tests are
// made from it. The verbs ([Report], [File], [Dispatch], [Receive], [Handle], [Check], [Close],
// [CallBack], [Reject]) each lock the case, ask the table, change the rows in one statement and record
// an act. How a case walks by channel and class (which steps it skips, whether it is filed at once)
// is the tenant's blueprint; a case remembers the version and revision it was filed under and
// finishes by those rules.
//
// Filing starts the deadline of handling, by the condition found on the spot (立案条件) in one of four
// units of time ([Due]); dispatching starts the receipt clock, and not signing stops nothing. Work
// handed in by the deadline, and passed by the check, is on time however long the check takes.
// Nobody checks or calls back what he worked on himself.
//
// Whom a case is dispatched to has a basis: statutory (法定) must agree with the duty list; negotiated
// (商定) says who agreed and why; designated (指定) says which leader, on what ground, and why.
//
// What people said and who they are is sealed with the tenant's key. Acts carry dimensions only, and
// rollups are made from those.
package cases
