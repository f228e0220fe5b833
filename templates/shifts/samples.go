package shifts

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: nobody on duty, on duty with a refused note, handed over.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	g := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	row := Row{Href: "/s/fengqiao/shifts/1", Number: "20261122-011", Lead: "Li", Taken: "Zhou", Begun: at.Add(-24 * time.Hour), Ended: at, Open: 42, Urgent: 3, Overdue: 1, Waiting: 5}
	figures := []ui.Figure{{Label: "Open", Value: "42", Href: "/s/fengqiao/cases"}, {Label: "Urgent", Value: "3"}}
	mine := Current{Number: "20261123-012", Lead: "Zhou", Since: at, Figures: figures, HandOver: "/s/fengqiao/shifts/2/hand-over",
		Note: ui.Input{Name: "note", Label: "Note", Required: true, Rows: 5, Error: "Write what the next should know"}}
	handed := Current{Number: "20261123-012", Lead: "Zhou", Since: at, Handed: at.Add(8 * time.Hour), Figures: figures, TakeOver: "/s/fengqiao/shifts/2/take-over", Sheet: "/s/fengqiao/shifts/2"}
	back := handed
	back.TakeOver, back.TakeBack = "", "/s/fengqiao/shifts/2/take-back"
	return []Sample{
		{"empty", DeskPage(Desk{Begin: "/s/fengqiao/shifts", Guard: g})},
		{"on-duty", DeskPage(Desk{Guard: g, Current: &mine, Past: []Row{row}, Older: "/s/fengqiao/shifts?page=2"})},
		{"handed", DeskPage(Desk{Guard: g, Current: &handed, Newer: "/s/fengqiao/shifts?page=1"})},
		{"handed-mine", DeskPage(Desk{Guard: g, Current: &back})},
	}
}
