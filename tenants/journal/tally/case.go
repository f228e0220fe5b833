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

	OnTime  = "on_time"
	Overdue = "overdue"
)

// Dimensions are those by which cases are counted, besides all.
var Dimensions = []string{Class, Unit, Channel, Community}

// Case is what a case counts for. A dimension that is absent is counted under the empty key, so each
// dimension adds up to all.
func Case(d tenants.Dims) []Cell {
	if d[Received] == "" {
		return nil
	}
	c := Counts{Received: 1}
	if d[Late] == "1" {
		c.Late = 1
	}
	cells := spread(nil, d, d[Received], c)
	if d[Closed] != "" {
		c := Counts{Closed: 1}
		if d[Outcome] == Overdue {
			c.Overdue = 1
		} else {
			c.OnTime = 1
		}
		cells = spread(cells, d, d[Closed], c)
	}
	return cells
}

func spread(cells []Cell, d tenants.Dims, day string, c Counts) []Cell {
	cells = append(cells, Cell{Day: day, Dim: "all", Counts: c})
	for _, dim := range Dimensions {
		cells = append(cells, Cell{Day: day, Dim: dim, Key: d[dim], Counts: c})
	}
	return cells
}
