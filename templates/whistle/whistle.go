// Package whistle holds the views of 吹哨报到: the list, the form that calls units, a whistle's sheet with each unit's
// part, and the panel on a case's sheet. It knows page structs only.
package whistle

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// List is the whistles that the reader may see.
type List struct {
	Tabs []ui.Tab
	Rows []Row
	New  string // of the form; empty: the reader may not whistle
	Next string
	Back string
}

// Row is one whistle.
type Row struct {
	Href, Number, Kind, Place string
	From                      string // the street that whistled; empty: this tenant did
	Urgent                    bool
	State                     cases.Tag
	Made                      time.Time
	Needed                    time.Time
	Units                     []cases.Tag // each with its unit's step as colour
}

// New is the form that calls units.
type New struct {
	cases.Act
	Back string
	Case string // number of the case that it hangs on; empty: none
}

// Sheet is one whistle.
type Sheet struct {
	Number, Kind string
	State        cases.Tag
	Case         string // address of its case; empty: it stands alone
	CaseNumber   string
	Facts        []ui.Fact
	Parts        []Part
	Record       []ui.Moment
	Forms        []templ.Component
}

// Part is one unit's.
type Part struct {
	Unit string
	// Beyond: it is a bureau of the district's centre, which tells of itself.
	Beyond bool
	State  cases.Tag
	Marks  []cases.Tag // what it missed
	Facts  []ui.Fact
	Forms  []templ.Component
}

// Panel stands on the sheet of a case.
type Panel struct {
	Rows []Row
	New  string // empty: the reader may not whistle, or the case has ended
}

func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}
