// Package field is the grid worker's page on the phone.
package field

import "wanjie/templates/ui"

// Page is what the phone keeps of the page: nothing of anybody's, and of no case.
type Page struct {
	Street         string
	Demo           bool
	Colour         string // of the street
	Base           string // "/s/fengqiao"
	Guard          ui.Guard
	Case           string // the id that the case will have where no script runs
	Channel        string
	System         string // in which the device's point is given
	Grids, Patrols string // empty: the street has none
	Tiles          []Class
	Groups         []Group
	Communities    []ui.Option
}

// Class is what can be reported. Spot: whoever finds it may mend it and report both in one.
type Class struct {
	Key, Title string
	Spot       bool
}

func (c Class) spot() string {
	if c.Spot {
		return "1"
	}
	return ""
}

// Group is a heading over classes.
type Group struct {
	Title   string
	Classes []Class
}
