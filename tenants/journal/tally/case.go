package tally

import "wanjie/tenants"

// The dimensions of a case that the tally reads. Verbs of cases record them before and after.
const (
	Received  = "received" // day of receipt, 2006-01-02 in Asia/Shanghai; a case without it is not counted
	Closed    = "closed"   // day of closing; absent while open
	Outcome   = "outcome"  // OnTime or Overdue, when closed
	Late      = "late"     // "1" while open past its deadline
	Class     = "class"    // key; its label is in class_name
	Unit      = "unit"     // key; its label is in unit_name
	Channel   = "channel"
	Community = "community"

	Deadline  = "deadline"  // day of the deadline of handling
	Suspended = "suspended" // "1" while the clock stands still

	OnTime  = "on_time"
	Overdue = "overdue"
)

// What an act alone tells, besides the dimensions of the case: it happened, once for ever, and no later act
// takes it away. Verbs record these after, never before.
const (
	Event        = "event"        // one of the events below
	On           = "on"           // the day on which it happened
	By           = "by"           // the unit that it is counted under, when that is not (any more) the case's
	Contacted    = "contacted"    // "yes", of a valid call-back
	Solved       = "solved"       // "yes"
	Satisfaction = "satisfaction" // Satisfied or Basically; anything else is neither

	Satisfied = "satisfied"
	Basically = "basically"
)

// The events.
const (
	Returned = "returned"
	Reopened = "reopened"
	Repeated = "repeated"
	Called   = "called"
)

// Side is on which side of a handover between tenants this one stands, in the dimensions of a handover.
const (
	Side = "side"
	In   = "in"
	Out  = "out"
)

// Dimensions are those by which cases are counted, besides all.
var Dimensions = []string{Class, Unit, Channel, Community}

// Case is what a case counts for. A dimension that is absent is counted under the empty key, so each
// dimension adds up to all.
func Case(d tenants.Dims) []Cell {
	cells := event(d)
	if d[Received] == "" {
		return cells
	}
	c := Counts{Received: 1}
	if d[Late] == "1" {
		c.Late = 1
	}
	if d[Closed] == "" {
		c.Open = 1
		if d[Suspended] == "1" {
			c.Suspended = 1
		}
	}
	cells = spread(cells, d, d[Received], d[Unit], c)
	if d[Deadline] != "" {
		c := Counts{Due: 1}
		if d[Closed] != "" && d[Outcome] == OnTime {
			c.Met = 1
		}
		cells = spread(cells, d, d[Deadline], d[Unit], c)
	}
	if d[Closed] != "" {
		c := Counts{Closed: 1}
		if d[Outcome] == Overdue {
			c.Overdue = 1
		} else {
			c.OnTime = 1
		}
		cells = spread(cells, d, d[Closed], d[Unit], c)
	}
	return cells
}

// event is what an act alone counts for.
func event(d tenants.Dims) []Cell {
	var c Counts
	switch d[Event] {
	case Returned:
		c.Returned = 1
	case Reopened:
		c.Reopened = 1
	case Repeated:
		c.Repeated = 1
	case Called:
		c.Called = 1
		if d[Contacted] == "yes" {
			c.Contacted = 1
		}
		if d[Solved] == "yes" {
			c.Solved = 1
		}
		switch d[Satisfaction] {
		case Satisfied:
			c.Satisfied = 1
		case Basically:
			c.Basically = 1
		}
	}
	if c == (Counts{}) || d[On] == "" {
		return nil
	}
	unit := d[Unit]
	if d[By] != "" {
		unit = d[By]
	}
	return spread(nil, d, d[On], unit, c)
}

// Handover is what a handover between tenants counts for, on either side: on the day that it was made, or
// arrived. One without the day is not counted.
func Handover(d tenants.Dims) []Cell {
	var c Counts
	switch d[Side] {
	case In:
		c.HandedIn = 1
	case Out:
		c.HandedOut = 1
	}
	if c == (Counts{}) || d[On] == "" {
		return nil
	}
	return spread(nil, d, d[On], d[Unit], c)
}

func spread(cells []Cell, d tenants.Dims, day, unit string, c Counts) []Cell {
	cells = append(cells, Cell{Day: day, Dim: "all", Counts: c})
	for _, dim := range Dimensions {
		key := d[dim]
		if dim == Unit {
			key = unit
		}
		cells = append(cells, Cell{Day: day, Dim: dim, Key: key, Counts: c})
	}
	return cells
}
