// Package whistle holds the views of 吹哨报到: the list, the form that calls units, a whistle's sheet with each unit's
// part, and the panel on a case's sheet. It knows page structs only.
package whistle

import (
	"fmt"
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
	// Figures is where they are counted; empty: not for the reader.
	Figures string
	Next    string
	Back    string
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

// Figures are both sides of a month.
type Figures struct {
	Month         string // 2026-11
	AsOf          time.Time
	List          string
	Before, After string // the months beside; After is empty in the current one
	Units         []UnitFigures
	Blowers       []BlowerFigures
}

// UnitFigures are how one unit answered; Href lists the whistles behind them.
type UnitFigures struct {
	Unit, Href        string
	Calls             int
	Reported, Arrived Share
	Done, Declined    int
	Good, Fair, Poor  int
}

// BlowerFigures are how the units judge one who whistled.
type BlowerFigures struct {
	Name, Href    string
	Whistles      int
	Needed, Facts Share
}

// Share is part of a whole. Of nothing it is no figure.
type Share struct{ Hit, Of int }

func (s Share) String() string {
	if s.Of == 0 {
		return ui.None
	}
	return fmt.Sprintf("%s (%d/%d)", ui.Percent(int64(s.Hit), int64(s.Of)), s.Hit, s.Of)
}

func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}
