package supervision

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

var (
	sampleTime = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sampleTabs = []ui.Tab{{Label: "Waiting", Href: "/s/fengqiao/supervision", Active: true}, {Label: "Register", Href: "/s/fengqiao/supervision/orders"}}
)

func sampleAct(key string, folded bool, fields ...cases.Ask) cases.Act {
	return cases.Act{
		Form:   cases.Form{Title: key, Action: "/s/fengqiao/supervision/1/" + key, Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}, Key: key, Values: map[string]string{}},
		Button: key, Folded: folded, Fields: fields,
	}
}

// Samples lists the views: full and empty.
func Samples() []Sample {
	words := cases.Ask{Kind: cases.AskWords, Name: "words", Label: "Words", Required: true}
	refused := sampleAct("reply", false, words)
	refused.Say, refused.Errors = "Please check", map[string]string{"words": "Fill in"}
	late := cases.Due{At: sampleTime, Left: cases.Tag{Tone: ui.Bad, Text: "2 h late"}}
	return []Sample{
		{"sheet", SheetCard(Sheet{
			Items: []Item{
				{ID: "order-1", Title: "First degree No. 1", State: cases.Tag{Tone: ui.Bad, Text: "To be answered"}, Facts: []ui.Fact{{Label: "Demand", Value: "Explain"}}, Forms: []cases.Act{refused}},
				{ID: "urges", Title: "Urged once", State: cases.Tag{Tone: ui.Warn, Text: "Not read"}, Facts: []ui.Fact{{Label: "System", Value: "Get on", Wide: true}}, Forms: []cases.Act{sampleAct("seen", false)}},
			},
			Forms: []cases.Act{sampleAct("urge", true, words)},
		})},
		{"waiting", WaitingPage(Waiting{Tabs: sampleTabs, Live: ui.Listening{Stream: "/s/fengqiao/live?of=case&since=1795399200"}, Rows: []WaitingRow{
			{Mark: "1", Href: "/s/fengqiao/cases/1#order-1", Kind: cases.Tag{Tone: ui.Bad, Text: "To answer"}, Number: "20261123-00042", Title: "Rubbish", Level: "First", Unit: "Sanitation", Since: sampleTime, Until: late},
			{Mark: "2", Href: "/s/fengqiao/cases/2#urges", Kind: cases.Tag{Tone: ui.Warn, Text: "Urging"}, Number: "20261123-00043", Title: "Road", Unit: "Sanitation", Since: sampleTime},
		}})},
		{"waiting-empty", WaitingPage(Waiting{Tabs: sampleTabs})},
		{"register", RegisterPage(Register{
			Tabs: sampleTabs, Path: "/s/fengqiao/supervision/orders", State: "signed", Missed: true, States: []ui.Option{{Value: "signed", Label: "Signed"}},
			Excel: "/s/fengqiao/supervision/orders/file?format=xlsx", CSV: "/s/fengqiao/supervision/orders/file?format=csv",
			Rows: []RegisterRow{{Href: "/s/fengqiao/cases/1#order-1", Number: "No. 1", Case: "20261123-00042", Level: "First", Unit: "Sanitation", Ground: "Overdue",
				State: cases.Tag{Tone: ui.Bad, Text: "To be answered"}, Proposed: sampleTime, Signed: sampleTime, ReplyBy: late, Deduct: "0.5"}},
			Pages: ui.Pages{Number: 1, Size: 20, Total: 1, Path: "/s/fengqiao/supervision/orders", Query: url.Values{"state": {"signed"}}, List: "list"},
		})},
		{"register-empty", RegisterPage(Register{Tabs: sampleTabs, Path: "/s/fengqiao/supervision/orders", Pages: ui.Pages{Number: 1, Size: 20}})},
		{"instructions", InstructionsPage(Instructions{Tabs: sampleTabs, Rows: []InstructionRow{{Href: "/s/fengqiao/cases/1#part-1", Case: "20261123-00042", By: "Li", To: "Command centre",
			Words: "A plan within three days", At: sampleTime, Until: late, State: cases.Tag{Tone: ui.Warn, Text: "To be done"}}}})},
		{"instructions-empty", InstructionsPage(Instructions{Tabs: sampleTabs})},
	}
}
