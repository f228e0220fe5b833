// Package supervision holds the views of urging, supervision orders and instructions: what stands of them on a case's sheet,
// what waits for the reader, and the registers. It knows page structs only.
package supervision

import (
	"strings"
	"time"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Sheet is what a case's sheet shows.
type Sheet struct {
	Items []Item
	Forms []cases.Act // to urge, propose, instruct
}

// Item is an urging, an order or an instruction.
type Item struct {
	ID    string // of the element, for links
	Title string
	About string // which of several of the same title: its addressee
	State cases.Tag
	Facts []ui.Fact
	Forms []cases.Act
}

func (i Item) label() string { return strings.TrimSpace(i.Title + " " + i.About) }

// Waiting is what waits for the reader.
type Waiting struct {
	Tabs []ui.Tab
	Rows []WaitingRow
	Live ui.Listening
}

// WaitingRow is one thing that waits. Mark changes when what it shows does.
type WaitingRow struct {
	Mark, Href   string
	Kind         cases.Tag
	Number       string // of the case
	Title, Level string
	Unit         string
	Since        time.Time
	Until        cases.Due
}

// Register is the list of orders.
type Register struct {
	Tabs                                 []ui.Tab
	Path                                 string
	State, Level, Unit, Number, From, To string // the filters in force
	Missed                               bool
	States, Levels, Units                []ui.Option
	Excel, CSV                           string // where the list is taken out as a file; empty: the reader may not
	Rows                                 []RegisterRow
	Pages                                ui.Pages
}

// RegisterRow is one order.
type RegisterRow struct {
	Href, Number, Case, Level, Unit, Ground string
	State                                   cases.Tag
	Proposed, Signed                        time.Time
	ReplyBy                                 cases.Due
	Deduct                                  string // points, when it is in force
}

// Instructions is the list of instructions.
type Instructions struct {
	Tabs []ui.Tab
	Rows []InstructionRow
}

// InstructionRow is one addressee of an instruction.
type InstructionRow struct {
	Href, Case, By, To, Words string
	At                        time.Time
	Until                     cases.Due
	State                     cases.Tag
}

// or shows a mark where nothing is known.
func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}
