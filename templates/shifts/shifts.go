// Package shifts holds the views of the desk's shifts: who is on duty, handing over and taking over, and the history.
package shifts

import (
	"time"

	"wanjie/templates/ui"
)

// Desk is the page.
type Desk struct {
	Begin        string // where the first shift is begun; offered when there is no Current
	Guard        ui.Guard
	Current      *Current
	Past         []Row
	Newer, Older string // pages of the history; empty: none
}

// Current is the shift that runs or waits to be taken over. Of the addresses those are filled in that the reader may use.
type Current struct {
	Number, Lead                        string
	Since, Handed                       time.Time
	Figures                             []ui.Figure
	HandOver, TakeBack, TakeOver, Sheet string
	Note                                ui.Input
}

// Row is a shift that is over.
type Row struct {
	Href, Number, Lead, Taken      string
	Begun, Ended                   time.Time
	Open, Urgent, Overdue, Waiting int
}
