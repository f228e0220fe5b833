package leader

import (
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

// Samples shows the page full, with a refused form, and with nothing to do.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	guard := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	decide := func(key string) *Decide {
		return &Decide{Form: cases.Form{Action: "/s/fengqiao/leader/applications/" + key, Guard: guard, Key: key, Values: map[string]string{}}, Words: "Opinion", Help: "Needed to refuse", Yes: "Approve", No: "Refuse"}
	}
	say := func(key, title string) cases.Act {
		return cases.Act{Form: cases.Form{Title: title, Action: "/s/fengqiao/leader/cases/1/" + key, Guard: guard, Key: key, Values: map[string]string{}}, Button: "Send", Note: "To: Sanitation", Folded: true,
			Fields: []cases.Ask{{Kind: cases.AskWords, Name: "words", Label: "Words", Required: true, Value: "Get on with it."}}}
	}
	late := cases.Due{At: at, Left: cases.Tag{Tone: ui.Bad, Text: "3 d late"}}
	full := Page{
		AsOf: "2026-11-23 10:00", Waiting: 3, Overdue: 7,
		Report: &Report{Title: "Hotline daily", Term: "22 November (2026-11-21 12:00 to 2026-11-22 12:00)", AsOf: "2026-11-22 12:10", Href: "/s/fengqiao/assessment/reports/hotline-day?on=2026-11-22",
			Figures: []ui.Figure{{Label: "Received", Value: "42", Note: "+5.0%", Href: "/s/fengqiao/assessment/reports/hotline-day/cases?on=2026-11-22&indicator=intake"}, {Label: "Satisfied", Value: "—"}}},
		Waits: []Wait{
			{Kind: "Extension", Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Title: "Rubbish", By: cases.Due{At: at, Left: cases.Tag{Text: "2 h left"}},
				Facts: []ui.Fact{{Label: "Unit", Value: "Sanitation"}, {Label: "Reason", Value: "Typhoon", Wide: true}}, Decide: decide("1"), There: "Decide"},
			{Kind: "To be designated", Href: "/s/fengqiao/cases/3", Number: "20261123-00044", Title: "Whose drain", There: "Designate"},
			{Kind: "Replies", Href: "/s/fengqiao/replies", Title: "2 replies to review", There: "Review"},
		},
		Late: []Unit{{Name: "Sanitation", Count: 7, More: "/s/fengqiao/cases?late=1&unit=sanitation", Rows: []Late{{Href: "/s/fengqiao/cases/2", Number: "20261120-00007", Title: "Night market", Due: late,
			Marks: []cases.Tag{{Text: "Urged twice"}}, Forms: []cases.Act{say("instruct", "Instruct"), say("supervise", "Supervise")}}}}},
	}
	refused := full
	bad := decide("1")
	bad.Say, bad.Errors = "Please check", map[string]string{"words": "Fill in"}
	refused.Waits = []Wait{{Kind: "Extension", Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Title: "Rubbish", Decide: bad, There: "Decide"}}
	many := full
	many.Late = nil
	for _, number := range []string{"20261123-00051", "20261123-00052", "20261123-00053", "20261123-00054"} {
		another := full.Waits[1]
		another.Number = number
		many.Waits = append(many.Waits, another)
	}
	return []Sample{{"many", LeaderPage(many)}, {"full", LeaderPage(full)}, {"refused", LeaderPage(refused)}, {"well", LeaderPage(Page{AsOf: "2026-11-23 10:00"})},
		{"making", LeaderPage(Page{AsOf: "2026-11-23 10:00", Report: &Report{Title: "Hotline daily", Term: "22 November", Href: "/s/fengqiao/assessment/reports/hotline-day"}})}}
}
