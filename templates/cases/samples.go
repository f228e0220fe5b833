package cases

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

var (
	sampleTime  = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sampleGuard = ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	sampleUnits = []ui.Option{{Value: "sanitation", Label: "Sanitation station"}, {Value: "greening", Label: "Greening station"}}
)

func sampleForm(key string) Form {
	return Form{Title: key, Action: "/s/fengqiao/cases/1/" + key, Guard: sampleGuard, Key: key, Values: map[string]string{}}
}

func refusedForm(key string, values, errors map[string]string) Form {
	f := sampleForm(key)
	f.Say, f.Values, f.Errors = "Please check", values, errors
	return f
}

func sampleRow() Row {
	return Row{
		Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Title: "Rubbish at the east gate", Class: "Exposed rubbish", Place: "Baima", Unit: "Sanitation",
		Urgent: true, State: Tag{ui.Info, "Handling"}, Reported: sampleTime, Due: Due{sampleTime.Add(4 * time.Hour), Tag{ui.Warn, "1 h left"}},
	}
}

// Samples lists the views: full, empty, refused, masked and in full.
func Samples() []Sample {
	desk := Desk{
		Path: "/s/fengqiao/cases", NewPath: "/s/fengqiao/cases/new", Stage: "handling", Units: sampleUnits, Rows: []Row{sampleRow(), sampleRow()},
		Tabs:  []ui.Tab{{Label: "Open", Href: "/s/fengqiao/cases", Active: true}},
		Pages: ui.Pages{Number: 2, Size: 20, Total: 1000, Capped: true, More: true, Path: "/s/fengqiao/cases", Query: url.Values{"stage": {"handling"}}, List: "list"},
	}
	waiting := TaskRow{Row: sampleRow(), Receive: "/s/fengqiao/cases/1/receive", Guard: sampleGuard, Assigned: Tag{ui.Warn, "Dispatched"}, Sign: Due{At: sampleTime}}
	working := TaskRow{Row: sampleRow(), Assigned: Tag{ui.Info, "Received"}}
	who := Petitioner{Name: "W**", Phone: "138****8000", Path: "/s/fengqiao/cases/1/petitioner", Purposes: []ui.Option{{Value: "contact", Label: "Contact"}}}
	full := Petitioner{Name: "Wang Xiaoming", Phone: "13800138000", Full: true}
	return []Sample{
		{"desk", DeskPage(desk)},
		{"desk-empty", DeskPage(Desk{Path: "/s/fengqiao/cases", Pages: ui.Pages{Number: 1, Size: 20}})},
		{"tasks", TasksPage(Tasks{Rows: []TaskRow{waiting, working}})},
		{"tasks-empty", TasksPage(Tasks{})},
		{"sheet", SheetPage(Sheet{
			Number: "20261123-00042", Title: "Rubbish at the east gate", State: Tag{ui.Info, "Handling"}, Petitioner: who,
			Steps: []ui.Step{{Label: "Report", State: ui.Done}, {Label: "File", State: ui.Now}}, Facts: []ui.Fact{{Label: "Class", Value: "Exposed rubbish"}},
			Record: []ui.Moment{{At: sampleTime, Actor: "No. 101", Act: "Report"}},
			Forms:  []templ.Component{ReceiveForm(sampleForm("receive")), HandleForm(sampleForm("handle"))},
		})},
		{"petitioner-full", PetitionerPart(full)},
		{"petitioner-hidden", PetitionerPart(Petitioner{Hidden: true})},
		{"report", ReportPage(Report{Form: sampleForm("report"), Case: sampleGuard.Request, Back: "/s/fengqiao/cases", Communities: sampleUnits})},
		{"report-refused", ReportPage(Report{Form: refusedForm("report", map[string]string{"description": "Rubbish"}, map[string]string{"class": "Choose"}), Case: sampleGuard.Request, Urgent: true})},
		{"file", FileForm(File{Form: sampleForm("file"), Reload: "/s/fengqiao/cases/1", Conditions: []ui.Option{{Value: "a", Label: "Rubbish (4 h)"}}})},
		{"reject", RejectForm(sampleForm("reject"))},
		{"dispatch", DispatchForm(Dispatch{Form: sampleForm("dispatch"), Proposal: "Sanitation, by the list", Units: sampleUnits, Bases: []ui.Option{{Value: "statutory", Label: "Statutory", Help: "by the list"}}})},
		{"dispatch-refused", DispatchForm(Dispatch{Form: refusedForm("dispatch", map[string]string{"basis": "negotiated", "unit": "greening"}, map[string]string{"parties": "Fill in"}), Units: sampleUnits})},
		{"check", CheckForm(Check{Form: sampleForm("check"), MayClose: true, Close: true})},
		{"close", CloseForm(sampleForm("close"))},
		{"callback", CallBackForm(sampleForm("callback"))},
	}
}
