package assessment

import (
	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

var sampleGuard = ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}

func sampleTable(to string) *Table {
	twin := &Cell{Text: "4.0%", Title: "Repeats", Href: to}
	return &Table{
		By: "Unit", Ranked: true, Heads: []Head{{Title: "Resolution", Weight: "50%", Twin: "Repeats"}, {Title: "Taken in"}},
		Groups: []Group{{Name: "Stations", Lines: []Line{
			{Rank: "1", Name: "Sanitation", Score: "93.4", Cells: []Cell{{Text: "93.3%", Title: "Resolution (15 cases)", Href: to, Left: "2 excluded", LeftHref: to, Twin: twin}, {Text: "31", Href: to}}},
			{Name: "Greening", Note: "too few cases", Score: "—", Cells: []Cell{{Text: "—"}, {Text: "2", Href: to}}},
		}}},
		Sum: []Line{{Name: "All", Cells: []Cell{{Text: "93.3%", Href: to}, {Text: "33", Href: to}}}, {Name: "Last term", Note: "October", Plain: true, Cells: []Cell{{Text: "90.0%"}, {Text: "40"}}}},
	}
}

// Samples lists the views: full, empty, waiting, refused.
func Samples() []Sample {
	tabs := []ui.Tab{{Label: "Reports", Href: "/s/fengqiao/assessment", Active: true}, {Label: "Exclusions", Href: "/s/fengqiao/assessment/exclusions"}}
	kept := []KeptRow{
		{Href: "/s/fengqiao/assessment/kept/1", Title: "Month", Term: "November", State: Tag{ui.Good, "Kept"}, AsOf: "2026-11-19 07:30", By: "By the clock", Mark: "0a1b2c3d4e5f"},
		{Title: "Month", Term: "October", State: Tag{ui.Info, "Being made 3/10"}, AsOf: "—", By: "Li"},
	}
	sheet := Sheet{
		Tabs: tabs, Title: "Hotline month", Term: "November (2026-10-19 to 2026-11-18)", AsOf: "2026-11-19 10:00", State: Tag{ui.Info, "Counted now"}, Text: "From the 19th.",
		Path: "/s/fengqiao/assessment/reports/hotline-month", On: "2026-11-18", Before: "?on=2026-10-18", Next: "?on=2026-12-18", Export: "/export", Print: "/print", Keep: "/keep", Guard: sampleGuard,
		Kept: kept, Notes: []string{"A row with fewer than 10 cases is not ranked."}, Table: sampleTable("/s/fengqiao/assessment/reports/hotline-month/cases"),
		Definitions: []Definition{{Title: "Resolution", Version: "v1", Text: "Solved ÷ valid calls", Weight: "50%"}, {Title: "Repeats", Version: "v1", Text: "Came again", Note: "Stands beside"}},
		Burden:      []ui.Fact{{Label: "Time", Value: "31.5 hours"}},
	}
	again, waits := sheet, sheet
	again.Path, again.Keep, again.Kept, again.Again, again.Differs = "", "", nil, "?again=1", []string{"Sanitation, Resolution: kept 93.3%, now 91.0%"}
	waits.Table, waits.Wait, waits.Burden, waits.Notes = nil, &Wait{Text: "Being made", Done: 3, Steps: 10, Refresh: "?on=2026-11-18"}, nil, nil
	form := Form{Action: "/s/fengqiao/assessment/exclusions", Guard: sampleGuard, Key: "ask", Values: map[string]string{}, Errors: map[string]string{}}
	bad := form
	bad.Say, bad.Values, bad.Errors = "Please check", map[string]string{"number": "1"}, map[string]string{"number": "No such case", "words": "Say why"}
	decide := form
	decide.Key = "d1"
	return []Sample{
		{"index", IndexPage(Index{Tabs: tabs, Kept: kept, Reports: []ReportRow{{Title: "Hotline day", Cycle: "Noon to noon", Text: "Every day", Last: "/a", LastName: "2026-11-23", Now: "/b", NowName: "2026-11-24"}}})},
		{"index-own", IndexPage(Index{Tabs: tabs, Own: "Only your own unit: Sanitation"})},
		{"sheet", SheetPage(sheet)},
		{"sheet-kept", SheetPage(again)},
		{"sheet-waits", SheetPage(waits)},
		{"sheet-words", SheetPage(Sheet{Tabs: tabs, Title: "Week", Term: "Week 47", AsOf: "2026-11-19 10:00", Table: sampleTable(""), Word: "/s/fengqiao/assessment/kept/1/word",
			Sections: []Section{{"1. Overview", []string{"Received: 42 (+5%).", "A quiet week."}}, {"2. Next week", nil}}})},
		{"sheet-write", SheetPage(Sheet{Tabs: tabs, Title: "Week", Term: "Week 47", AsOf: "2026-11-19 10:00", Table: sampleTable(""), Keep: "/s/fengqiao/assessment/reports/week/keep",
			Write: &Write{Form: Form{Action: "/s/fengqiao/assessment/reports/week/keep", Key: "keep", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000009"}, Say: "Please check", Values: map[string]string{"words0": "A quiet week."}, Errors: map[string]string{"words1": "Too long"}},
				On: "2026-11-22", Titles: []string{"Overview", "Next week"}, Made: []string{"Received: 42 (+5%)."}}})},
		{"sheet-empty", SheetPage(Sheet{Tabs: tabs, Title: "Week", Term: "Week 47", AsOf: "—", Table: &Table{By: "Unit"}})},
		{"cases", CasesPage(Cases{Title: "Resolution · Sanitation", Back: "/s/fengqiao/assessment/reports/hotline-month", Facts: []ui.Fact{{Label: "Figure", Value: "93.3% = 14 ÷ 15"}}, Tabs: tabs, Worth: "Counted",
			Rows:  []CaseRow{{Href: "/s/fengqiao/cases/1", Number: "20261101-00001", Title: "Rubbish", Class: "Rubbish", Unit: "Sanitation", State: Tag{ui.Neutral, "Archived"}, Reported: "2026-11-01 09:00", Due: "—", Closed: "2026-11-02 09:00", Worth: "100%"}},
			Pages: ui.Pages{Number: 1, Size: 50, Total: 1, Path: "/s/fengqiao/assessment/reports/hotline-month/cases"}})},
		{"cases-none", CasesPage(Cases{Title: "Taken in · All", Back: "/back", Pages: ui.Pages{Number: 1, Size: 50}})},
		{"print", PrintPage(Printed{Sheet: Sheet{Title: "Hotline month", Term: "November", AsOf: "2026-11-19 10:00", Text: "From the 19th.", Notes: []string{"Not ranked"}, Table: sampleTable(""), Sections: []Section{{"1. Overview", []string{"A quiet week."}}, {"2. Next week", []string{"More of the same."}}}}, Street: "Fengqiao", Demo: true, Back: "/back", Made: "2026-11-19"})},
		{"exclusions", ExclusionsPage(Exclusions{Tabs: tabs, States: tabs, Ask: &bad, Ground: []ui.Option{{Value: "force", Label: "Force majeure"}}, Rules: []string{"Decided by: leader"}, Pages: ui.Pages{Number: 1, Size: 50, Total: 1}, Rows: []Exclusion{
			{ID: "1", Number: "20261101-00001", Href: "/s/fengqiao/cases/1", Unit: "Sanitation", Ground: "Force majeure", Words: "A storm", Evidence: "Notice 12", Asked: "Wang 2026-11-20 09:00", State: Tag{ui.Warn, "Waits"}, Decide: &decide, Withdraw: &Form{Action: "/w", Guard: sampleGuard}},
			{ID: "2", Number: "20261101-00002", Href: "/s/fengqiao/cases/2", Unit: "Greening", Decided: "Li 2026-11-20 10:00", Verdict: "Agreed", State: Tag{ui.Info, "Excluded"}, Undo: &decide},
			{ID: "3", Number: "20261101-00003", Href: "/s/fengqiao/cases/3", Unit: "Greening", Decided: "Li 2026-11-20 10:00", State: Tag{ui.Info, "Excluded"}, UndoAsked: "Zhou 2026-11-21 09:00", UndoWords: "The notice was of another day", DecideUndo: &decide},
			{ID: "4", Number: "20261101-00004", Href: "/s/fengqiao/cases/4", Unit: "Greening", Decided: "Li 2026-11-20 10:00", State: Tag{ui.Neutral, "Revoked"}, UndoAsked: "Zhou 2026-11-21 09:00", UndoWords: "Another day", Undone: "Li 2026-11-21 10:00", UndoVerdict: "Agreed"},
		}})},
		{"exclusions-none", ExclusionsPage(Exclusions{Tabs: tabs, States: tabs})},
	}
}
