package mine

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the list: with everything in it, with places left out, empty.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 7, 4, 0, 0, time.UTC)
	tabs := []ui.Tab{{Label: "All", Href: "/mine/tasks", Active: true, Count: "23"}, {Label: "Cases", Href: "/mine/tasks?kind=cases", Count: "20"}, {Label: "Handovers", Href: "/mine/tasks?kind=handovers", Count: "1"}, {Label: "Whistles", Href: "/mine/tasks?kind=whistles", Count: "2"}}
	full := Tasks{
		Path: "/mine/tasks", AsOf: ui.Time(at), Places: 2, Tabs: tabs,
		Pages: ui.Pages{Number: 1, Size: 20, Total: 23, Path: "/mine/tasks", Query: url.Values{}, List: "list"},
		Rows: []Row{
			{"Maple Bridge", "Cases", "20261123-0007", "/s/fengqiao/cases/1", "Burst water pipe", "Maple Garden", "Municipal works", cases.Tag{Tone: ui.Warn, Text: "Dispatched"}, "Receive", true,
				cases.Due{At: at, Left: cases.Tag{Tone: ui.Bad, Text: "12 minutes late"}}},
			{"Huqiu command centre", "Handovers", "20261122-0031", "/s/huqiu-centre/handovers/1", "Noise at night", "", "Lion Hill", cases.Tag{Tone: ui.Warn, Text: "To be accepted"}, "Accept or return", false,
				cases.Due{At: at.Add(time.Hour), Left: cases.Tag{Text: "1 hour left"}}},
			{"Maple Bridge", "Whistles", "20261123-W001", "/s/fengqiao/whistles/1", "Emergency", "", "Sanitation", cases.Tag{Tone: ui.Info, Text: "Arrived"}, "Result", false, cases.Due{}},
		},
	}
	gaps := full
	gaps.Partial, gaps.Places = true, 1
	gaps.Gaps = []Gap{{"Lion Hill", "/s/lion/", "Suspended"}, {"A township with a very long name whose sign-in wants a second factor", "/s/long/", "A second factor is needed: enter by this place"}}
	return []Sample{
		{"tasks", TasksPage(full)},
		{"tasks-gaps", TasksPage(gaps)},
		{"tasks-empty", TasksPage(Tasks{Path: "/mine/tasks", AsOf: ui.Time(at), Places: 2, Tabs: tabs[:1]})},
	}
}
