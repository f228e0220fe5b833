package handover

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
		Title: "Hand up", Action: "/s/fengqiao/handovers", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}, Key: "handover", Values: map[string]string{}, Errors: map[string]string{},
	}
)

// Samples lists the views: full, empty, refused.
func Samples() []Sample {
	tabs := []ui.Tab{{Label: "Handed to us", Href: "/s/fengqiao/handovers", Active: true}, {Label: "By us", Href: "/s/fengqiao/handovers?side=out"}}
	row := Row{Href: "/s/fengqiao/handovers/1", Peer: "Huqiu centre", PeerNumber: "20261123-00007", Class: "Public order", Title: "Noise at night", Urgent: true, State: cases.Tag{Tone: ui.Warn, Text: "Offered"},
		Made: sampleTime, Due: sampleTime.Add(48 * time.Hour), Late: true}
	fields := []cases.Ask{
		{Kind: cases.AskOne, Name: "to", Label: "To", Required: true, Options: []ui.Option{{Value: "police", Label: "Police"}}}, {Kind: cases.AskWords, Name: "reason", Label: "Why", Required: true},
	}
	refused := sampleForm
	refused.Say, refused.Errors = "Please check", map[string]string{"reason": "Fill this in"}
	return []Sample{
		{"list", ListPage(List{Tabs: tabs, In: true, Rows: []Row{row}, Other: "/s/fengqiao/handovers?all=1", Next: "/s/fengqiao/handovers?page=2", Back: "/s/fengqiao/handovers"})},
		{"list-empty", ListPage(List{Tabs: tabs, All: true, Other: "/s/fengqiao/handovers"})},
		{"new", NewPage(New{Act: cases.Act{Form: sampleForm, Button: "Hand up", Fields: fields}, Number: "20261123-00042", Facts: []ui.Fact{{Label: "Class", Value: "Public order"}},
			Proposal: "The duty list names the police", Back: "/s/fengqiao/cases/1"})},
		{"new-refused", NewPage(New{Act: cases.Act{Form: refused, Button: "Hand up", Fields: fields}, Number: "20261123-00042", Back: "/s/fengqiao/cases/1"})},
		{"new-none", NewPage(New{Act: cases.Act{Form: sampleForm}, Number: "20261123-00042", None: "The district has no centre", Back: "/s/fengqiao/cases/1"})},
		{"sheet", SheetPage(Sheet{
			Title: "Noise at night", Note: "From Fengqiao", State: cases.Tag{Tone: ui.Info, Text: "Accepted"}, Case: "/s/centre/cases/1", Number: "20261123-00007", Facts: []ui.Fact{{Label: "From", Value: "Fengqiao"}},
			Told: []ui.Fact{{Label: "Description", Value: "Every night", Wide: true}}, Record: []ui.Moment{{At: sampleTime, Act: "Handed over", Actor: "Fengqiao", Detail: "The police lead"}},
			Forms: []templ.Component{cases.ActForm(cases.Act{Form: sampleForm, Button: "Accept"})},
		})},
		{"panel", PanelCard(Panel{Title: "Hand up", Say: "The duty list names the police", Href: "/s/fengqiao/handovers/new?case=1", Label: "Hand up"})},
		{"panel-handed", PanelCard(Panel{Title: "Handed up", State: cases.Tag{Tone: ui.Info, Text: "Accepted"}, Facts: []ui.Fact{{Label: "Their number", Value: "20261123-00007"}}, Href: "/s/fengqiao/handovers/1", Label: "Show"})},
	}
}
