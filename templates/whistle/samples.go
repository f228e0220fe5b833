package whistle

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

var (
	sampleTime = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sampleForm = cases.Form{
		Title: "Whistle", Action: "/s/fengqiao/whistles", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}, Key: "blow", Values: map[string]string{}, Errors: map[string]string{},
	}
)

// Samples lists the views: full, empty, refused.
func Samples() []Sample {
	tabs := []ui.Tab{{Label: "Open", Href: "/s/fengqiao/whistles", Active: true}, {Label: "All", Href: "/s/fengqiao/whistles?all=1"}}
	row := Row{Href: "/s/fengqiao/whistles/1", Number: "20261123-W001", Kind: "Emergency", Place: "Fengqiao Road 18", Urgent: true, State: cases.Tag{Tone: ui.Warn, Text: "Open"}, Made: sampleTime,
		Needed: sampleTime.Add(time.Hour), Units: []cases.Tag{{Tone: ui.Good, Text: "Construction"}, {Tone: ui.Bad, Text: "Sanitation"}}}
	called := row
	called.From, called.Number = "Fengqiao Street", "20261123-W002"
	fields := []cases.Ask{{Kind: cases.AskMany, Name: "units", Label: "Units", Help: "All that should come", Chosen: []string{"a"}, Options: []ui.Option{{Value: "a", Label: "Construction"}, {Value: "b", Label: "Sanitation"}}}}
	refused := sampleForm
	refused.Say, refused.Errors = "Please check", map[string]string{"units": "Choose units"}
	return []Sample{
		{"list", ListPage(List{Tabs: tabs, Rows: []Row{row, called}, New: "/s/fengqiao/whistles/new", Figures: "/s/fengqiao/whistles/figures", Next: "/s/fengqiao/whistles?page=2", Back: "/s/fengqiao/whistles"})},
		{"list-empty", ListPage(List{Tabs: tabs})},
		{"new", NewPage(New{Act: cases.Act{Form: sampleForm, Button: "Whistle", Fields: fields}, Case: "20261123-00042", Back: "/s/fengqiao/whistles"})},
		{"new-refused", NewPage(New{Act: cases.Act{Form: refused, Button: "Whistle", Fields: fields}, Back: "/s/fengqiao/whistles"})},
		{"sheet", SheetPage(Sheet{
			Number: "20261123-W001", Kind: "Emergency", State: cases.Tag{Tone: ui.Warn, Text: "Open"}, Case: "/s/fengqiao/cases/1", CaseNumber: "20261123-00042", Facts: []ui.Fact{{Label: "Place", Value: "Fengqiao Road 18"}},
			Parts: []Part{{Unit: "Housing bureau", Beyond: true, State: cases.Tag{Tone: ui.Bad, Text: "Declined"}, Facts: []ui.Fact{{Label: "Ground", Value: "Not ours", Wide: true}}}, {Unit: "Sanitation", State: cases.Tag{Tone: ui.Info, Text: "Arrived"}, Marks: []cases.Tag{{Tone: ui.Bad, Text: "Late"}}, Facts: []ui.Fact{{Label: "Arrived", Value: "2026-11-23 11:20"}},
				Forms: []templ.Component{cases.ActForm(cases.Act{Form: sampleForm, Button: "Result"})}}},
			Record: []ui.Moment{{At: sampleTime, Act: "Whistled", Actor: "Zhou"}}, Forms: []templ.Component{cases.ActForm(cases.Act{Form: sampleForm, Button: "Close"})},
		})},
		{"figures", FiguresPage(Figures{Month: "2026-11", AsOf: sampleTime, List: "/s/fengqiao/whistles", Before: "/s/fengqiao/whistles/figures?month=2026-10", After: "/s/fengqiao/whistles/figures?month=2026-12",
			Units:   []UnitFigures{{Unit: "Housing bureau", Href: "/s/fengqiao/whistles?unit=centre.housing", Calls: 6, Reported: Share{5, 6}, Arrived: Share{4, 6}, Done: 5, Declined: 1, Good: 3, Fair: 2, Poor: 1}},
			Blowers: []BlowerFigures{{Name: "Fengqiao Street", Href: "/s/fengqiao/whistles?from=us", Whistles: 6, Needed: Share{5, 5}, Facts: Share{4, 5}}}})},
		{"figures-empty", FiguresPage(Figures{Month: "2026-11", AsOf: sampleTime, List: "/s/fengqiao/whistles", Before: "/s/fengqiao/whistles/figures?month=2026-10"})},
		{"panel", PanelCard(Panel{Rows: []Row{row}, New: "/s/fengqiao/whistles/new?case=1"})},
		{"panel-empty", PanelCard(Panel{New: "/s/fengqiao/whistles/new?case=1"})},
	}
}
