// Package handover holds the views of handovers between a street and its district's centre: the list, the form that
// hands a case over, one side's sheet, and the panel on a case's sheet. It knows page structs only.
package handover

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// List is the handovers of one direction.
type List struct {
	Tabs  []ui.Tab
	Rows  []Row
	In    bool   // handed to us
	All   bool   // the ended ones too
	Other string // address of the list with or without the ended ones
	Next  string // of the next page; empty: this is the last
	Back  string // of the page before; empty: this is the first
}

// Row is one handover.
type Row struct {
	Href, Peer, Number, PeerNumber, Class, Title string
	Urgent                                       bool
	State                                        cases.Tag
	Made                                         time.Time
	Due                                          time.Time
	Late                                         bool // nobody decided in time
}

// New is the form that hands a case over.
type New struct {
	cases.Act
	Number, Title string
	Facts         []ui.Fact
	Proposal      string // why the matter belongs there by the duty list; empty: it does not say so
	None          string // why it cannot be handed over at all; empty: it can
	Back          string
}

// Sheet is one side's page of a handover.
type Sheet struct {
	Title, Note string
	State       cases.Tag
	Case        string // address of our case; empty: there is none yet
	Number      string
	Facts       []ui.Fact
	Told        []ui.Fact // the other side's case, where it was handed to us
	Record      []ui.Moment
	Forms       []templ.Component
	Photos      templ.Component // that came with it, as long as there is no case; nil: none
}

// Panel stands on the sheet of a case that was, or may be, handed over.
type Panel struct {
	Title string
	State cases.Tag // empty text: not handed over
	Say   string
	Facts []ui.Fact
	Href  string
	Label string
}
