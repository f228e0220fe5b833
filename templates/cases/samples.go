package cases

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

var (
	sampleTime  = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sampleUndo  = &layout.Undo{Label: "Take back", About: "Take back the dispatch of 20261123-00042", Action: "/s/fengqiao/cases/1/recall", Guard: sampleGuard}
	sampleGuard = ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	sampleUnits = []ui.Option{{Value: "sanitation", Label: "Sanitation station"}, {Value: "greening", Label: "Greening station"}}
)

var sampleAsks = []Ask{
	{Kind: AskOne, Name: "ground", Label: "Reason", Required: true, Hint: "Choose", Options: sampleUnits},
	{Kind: AskTime, Name: "until", Label: "Until", Help: "Deadline now 23 November"},
	{Kind: AskRadio, Name: "verdict", Label: "Decision", Options: []ui.Option{{Value: "approve", Label: "Approve"}, {Value: "refuse", Label: "Refuse"}}},
	{Kind: AskWords, Name: "words", Label: "Explanation", Required: true},
	{Name: "into", Label: "Number"},
}

var sampleAssignments = []Assignment{
	{Role: "Lead", Unit: "Sanitation", Basis: "Statutory", State: Tag{ui.Info, "Received"}, Signed: sampleTime, Mark: Tag{ui.Warn, "Not assigned in time"}},
	{Role: "Hand", Person: "Worker of grid 001", Under: true, State: Tag{ui.Warn, "Not received yet"}, Sign: Due{At: sampleTime}},
	{Role: "Co-handler", Unit: "Greening", Basis: "Negotiated", State: Tag{ui.Good, "Handled"}, Signed: sampleTime, Handled: sampleTime},
}

func sampleKnown() Report {
	f := sampleForm("report")
	f.Values = map[string]string{"seek": "0110", "class": "matter-06010", "description": "Rubbish", "road": "Fengqiao Road", "house": "12", "lon": "120.551", "lat": "31.302", "community": "320505003001"}
	return Report{
		Form: f, Case: sampleGuard.Request, Back: "/s/fengqiao/cases", Ask: "/s/fengqiao/cases/new", Tell: "/s/fengqiao/cases/outside", Picker: "/s/fengqiao/grids/picker",
		Communities: sampleUnits, Natures: []ui.Option{{Value: "help", Label: "Help"}}, Systems: []ui.Option{{Value: "cgcs2000", Label: "CGCS2000"}},
		Asked:    []Ask{{Name: "field.plate", Label: "Number plate", Required: true}, {Kind: AskOne, Name: "field.place", Label: "Place", Options: []ui.Option{{Value: "footway", Label: "Footway"}}, Hint: "Choose"}},
		Outsides: []Outside{{Key: "fire", Title: "Fire", Number: "119", Matters: "Fires", Say: "Call 119", Emergency: true}, {Key: "court", Title: "Courts", Say: "Go to court"}},
		Found:    []Found{{Key: "matter-06010", Label: "06010 Exposed rubbish", Above: "Sanitation", As: "2013 0110"}}, Line: "Fengqiao Road 12", Grid: "320505003001001", Crew: []string{"Wei"},
		Similar: []Similar{{Href: "/s/fengqiao/cases/2", Number: "20261123-00041", Title: "Rubbish at the gate", Channel: "12345", State: Tag{ui.Info, "Handling"}, Reported: sampleTime, Place: "12 m away", Common: "62 % of the words"}},
	}
}

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
		Mark: "handling", Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Title: "Rubbish at the east gate", Class: "Exposed rubbish", Place: "Baima", Unit: "Sanitation",
		Urgent: true, State: Tag{ui.Info, "Handling"}, Marks: []Tag{{ui.Bad, "First degree"}, {ui.Warn, "Urged once"}}, Reported: sampleTime, Due: Due{sampleTime.Add(4 * time.Hour), Tag{ui.Warn, "Yellow, 1 h left"}},
	}
}

// Samples lists the views: full, empty, refused, masked and in full.
func Samples() []Sample {
	live := ui.Listening{Stream: "/s/fengqiao/live?of=case&since=1795399200"}
	desk := Desk{
		Live: live, Path: "/s/fengqiao/cases", NewPath: "/s/fengqiao/cases/new", Export: "/s/fengqiao/cases/export?stage=handling", Stage: "handling", Units: sampleUnits, Rows: []Row{sampleRow(), sampleRow()},
		Tabs:  []ui.Tab{{Label: "Open", Href: "/s/fengqiao/cases", Active: true}},
		Pages: ui.Pages{Number: 2, Size: 20, Total: 1000, Capped: true, More: true, Path: "/s/fengqiao/cases", Query: url.Values{"stage": {"handling"}}, List: "list"},
	}
	waiting := TaskRow{Row: sampleRow(), Receive: "/s/fengqiao/cases/1/receive", Guard: sampleGuard, Assigned: Tag{ui.Warn, "Dispatched"}, Sign: Due{At: sampleTime}, Role: "Co-handler", Of: "019ab000-0000-7000-8000-000000000002"}
	working := TaskRow{Row: sampleRow(), Assigned: Tag{ui.Info, "Received"}, Role: "Lead"}
	who := Petitioner{Name: "W**", Phone: "138****8000", Path: "/s/fengqiao/cases/1/petitioner", Purposes: []ui.Option{{Value: "contact", Label: "Contact"}}}
	full := Petitioner{Name: "Wang Xiaoming", Phone: "13800138000", Full: true}
	return []Sample{
		{"desk", DeskPage(desk)},
		{"desk-dispatch", DeskPage(sampleDispatch(desk))},
		{"batch", BatchPage(sampleBatch())},
		{"map", MapPage(sampleMap(""))},
		{"map-dots", MapPage(sampleMap("dots"))},
		{"map-empty", MapPage(Map{Desk: Desk{Path: "/s/fengqiao/cases/map"}, List: "/s/fengqiao/cases"})},
		{"point", PointCard(Map{Width: 600, Height: 460, Scale: "100 m", ScaleWidth: 90, Name: "Where the case lies", Dots: []MapDot{{X: 300, Y: 230, Light: "yellow"}}})},
		{"drawer", SheetDrawer(Sheet{Page: "/s/fengqiao/cases/1", Said: "Dispatched", Undo: sampleUndo, Number: "20261123-00042", Title: longSample, State: Tag{ui.Warn, "Waiting"}, Petitioner: who,
			Steps: []ui.Step{{Label: "Report", State: ui.Done}, {Label: "File", State: ui.Now}}, Facts: []ui.Fact{{Label: "Class", Value: "Exposed rubbish"}},
			Point: &Map{Width: 600, Height: 460, Scale: "100 m", ScaleWidth: 90, Name: "Where the case lies", Dots: []MapDot{{X: 300, Y: 230}}},
			Forms: []templ.Component{DispatchForm(Dispatch{Form: sampleForm("dispatch"), Proposal: "Sanitation, by the list", Units: sampleUnits, Bases: []ui.Option{{Value: "statutory", Label: "Statutory", Help: "by the list"}}})}})},
		{"desk-empty", DeskPage(Desk{Path: "/s/fengqiao/cases", Pages: ui.Pages{Number: 1, Size: 20}})},
		{"tasks", TasksPage(Tasks{Live: live, Rows: []TaskRow{waiting, working}})},
		{"tasks-empty", TasksPage(Tasks{})},
		{"act", ActForm(Act{Form: sampleForm("confirm"), Button: "Confirm", Fields: sampleAsks, Note: "The clock runs on"})},
		{"act-folded", ActForm(Act{Form: sampleForm("void"), Button: "Void", Folded: true, Confirm: "Void this case?", Fields: sampleAsks[:1]})},
		{"act-refused", ActForm(Act{Form: refusedForm("return", map[string]string{"words": "Not ours"}, map[string]string{"ground": "Choose a reason"}), Button: "Apply", Folded: true, Fields: sampleAsks})},
		{"applications", ApplicationsCard([]Application{
			{Title: "Extension", State: Tag{ui.Warn, "Open"}, Facts: []ui.Fact{{Label: "Unit", Value: "Sanitation"}},
				Forms: []Act{{Form: sampleForm("decide-1"), Button: "Decide", Fields: append([]Ask{{Kind: AskHidden, Name: "application", Value: "1"}}, sampleAsks...)}}},
			{Title: "Return", State: Tag{ui.Bad, "Refused"}, Facts: []ui.Fact{{Label: "Unit", Value: "Sanitation"}}},
		})},
		{"sheet", SheetPage(Sheet{
			Mark: "1", Live: live, Papers: "/s/fengqiao/papers/1",
			Number: "20261123-00042", Title: "Rubbish at the east gate", State: Tag{ui.Info, "Handling"}, Petitioner: who,
			Steps: []ui.Step{{Label: "Report", State: ui.Done}, {Label: "File", State: ui.Now}}, Facts: []ui.Fact{{Label: "Class", Value: "Exposed rubbish"}}, Assignments: sampleAssignments,
			Record: []ui.Moment{{At: sampleTime, Actor: "No. 101", Act: "Report"}},
			Forms:  []templ.Component{ReceiveForm(sampleForm("receive")), HandleForm(Handle{Form: withPhotos(sampleForm("handle"))})},
		})},
		{"suggestions", SuggestionsPage(Suggestions{Rule: "Three times in 180 days", Settings: "/s/fengqiao/admin/settings/duties.suggest_repeats", Reasons: "/s/fengqiao/suggestions/reasons",
			Purposes: []ui.Option{{Value: "list_review", Label: "Review of the list"}},
			Rows:     []Suggestion{{ClassKey: "matter-06010", UnitKey: "greening", Class: "Exposed rubbish", Unit: "Greening", Listed: "Sanitation", Negotiated: 4, Designated: 1, Last: sampleTime, Edit: "/s/fengqiao/admin/items/duty/new?class=matter-06010"}, {Class: "Noise", Unit: "Baima", Negotiated: 3, Last: sampleTime}}})},
		{"suggestions-none", SuggestionsPage(Suggestions{Rule: "Three times in 180 days"})},
		{"suggestion-reasons", SuggestionReasonsPage(SuggestionReasons{Title: "Exposed rubbish → Greening", Back: "/s/fengqiao/suggestions",
			Rows: []SuggestionReason{{Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Role: "Lead", Basis: "Negotiated", By: "No. 102", Word: "Both stations", Reason: "Within the green", At: sampleTime}}})},
		{"similar", SimilarCard([]Similar{{Href: "/s/fengqiao/cases/2", Number: "20261123-00041", Title: "Rubbish at the gate", Channel: "12345", State: Tag{ui.Info, "Handling"}, Reported: sampleTime,
			Place: "12 m away", Common: "62 % of the words", Merge: "/s/fengqiao/cases/1/merge", Guard: sampleGuard}})},
		{"export", ExportPage(sampleExport())},
		{"export-later", ExportPage(sampleExportLater())},
		{"export-stop", ExportPage(ExportForm{Stop: "More than 50,000", Back: "/s/fengqiao/cases", Exports: "/s/fengqiao/cases/exports", Filter: []ui.Fact{{Label: "State", Value: "All"}}})},
		{"exports", ExportsPage(sampleExports())},
		{"exports-empty", ExportsPage(Exports{})},
		{"petitioner-full", PetitionerPart(full)},
		{"petitioner-hidden", PetitionerPart(Petitioner{Hidden: true})},
		{"report", ReportPage(Report{Form: sampleForm("report"), Case: sampleGuard.Request, Back: "/s/fengqiao/cases", Communities: sampleUnits})},
		{"report-refused", ReportPage(Report{Form: withPhotos(refusedForm("report", map[string]string{"description": "Rubbish"}, map[string]string{"class": "Choose", "photos": "Choose again"})), Case: sampleGuard.Request, Urgent: true, Spot: true})},
		{"report-known", ReportPage(sampleKnown())},
		{"file", FileForm(File{Form: sampleForm("file"), Reload: "/s/fengqiao/cases/1", Conditions: []ui.Option{{Value: "a", Label: "Rubbish (4 h)"}}})},
		{"reject", RejectForm(sampleForm("reject"))},
		{"dispatch", DispatchForm(Dispatch{Form: sampleForm("dispatch"), Proposal: "Sanitation, by the list", Units: sampleUnits, Bases: []ui.Option{{Value: "statutory", Label: "Statutory", Help: "by the list"}}})},
		{"dispatch-refused", DispatchForm(Dispatch{Form: refusedForm("dispatch", map[string]string{"basis": "negotiated", "unit": "greening"}, map[string]string{"parties": "Fill in"}), Units: sampleUnits})},
		{"dispatch-helpers", DispatchForm(Dispatch{Form: refusedForm("dispatch", map[string]string{"basis": "statutory", "unit": "greening"}, map[string]string{"helpers": "Not on the list", "parties": "Fill in"}),
			Units: sampleUnits, Helpers: sampleUnits, Helping: []string{"sanitation"}})},
		{"join", DispatchForm(Dispatch{Form: sampleForm("join"), Units: sampleUnits, Joining: true})},
		{"handle-waiting", HandleForm(Handle{Form: sampleForm("handle"), Waiting: "Greening station"})},
		{"receive-co", ReceiveForm(Form{Title: "Receive", Action: "/s/fengqiao/cases/1/receive", Guard: sampleGuard, Key: "receive-1", Of: "019ab000-0000-7000-8000-000000000002", Values: map[string]string{}})},
		{"assignments", AssignmentsCard(sampleAssignments)},
		{"check", CheckForm(Check{Form: withPhotos(sampleForm("check")), MayClose: true, Close: true})},
		{"close", CloseForm(sampleForm("close"))},
		{"calls", CallsPage(Calls{Live: live, Figures: []ui.Figure{{Label: "Waiting", Value: "2"}}, Rows: []CallRow{
			{Row: sampleRow(), Closed: sampleTime, By: Due{At: sampleTime.Add(72 * time.Hour)}, Tries: "0"},
			{Row: sampleRow(), Closed: sampleTime, At: "11-23 16:00", By: Due{sampleTime, Tag{ui.Bad, "late"}}, Tries: "2", Unreached: true},
		}})},
		{"calls-empty", CallsPage(Calls{})},
	}
}

func sampleExport() ExportForm {
	return ExportForm{
		Form: Form{Action: "/s/fengqiao/cases/export/download", Key: "export", Values: map[string]string{"format": "xlsx", "entire": "no"}}, Count: 120,
		Filter: []ui.Fact{{Label: "State", Value: "Handling"}, {Label: "Cases", Value: "120"}}, Hidden: []ui.Option{{Value: "stage", Label: "handling"}},
		Formats: []ui.Option{{Value: "xlsx", Label: "Excel"}, {Value: "csv", Label: "CSV"}}, Back: "/s/fengqiao/cases?stage=handling", Exports: "/s/fengqiao/cases/exports",
	}
}

func sampleExportLater() ExportForm {
	p := sampleExport()
	p.Action, p.Guard, p.Later, p.Count = "/s/fengqiao/cases/exports", sampleGuard, true, 12_000
	p.Contents = []ui.Option{{Value: "no", Label: "Masked"}, {Value: "yes", Label: "In full"}}
	p.Purposes = []ui.Option{{Value: "export_review", Label: "Review"}}
	p.Say, p.Errors = "Please check", map[string]string{"purpose": "Choose"}
	return p
}

func sampleExports() Exports {
	row := ExportRow{Asked: sampleTime, What: "State: Handling", Format: "Excel", Content: Tag{ui.Neutral, "Masked"}, Remove: "/s/fengqiao/cases/exports/1/remove", Guard: sampleGuard}
	running, done, failed := row, row, row
	running.State, running.Note = Tag{ui.Info, "Being written"}, "1,500 / 12,000"
	done.State, done.Until, done.Download, done.Content = Tag{ui.Good, "Ready"}, sampleTime, "/s/fengqiao/cases/exports/1/download", Tag{ui.Warn, "In full"}
	failed.State, failed.Note, failed.Retry = Tag{ui.Bad, "Failed"}, "Please try again", "/s/fengqiao/cases/exports/1/retry"
	return Exports{Path: "/s/fengqiao/cases/exports", Rows: []ExportRow{running, done, failed}, Moving: true}
}

func withPhotos(f Form) Form {
	f.Photos = true
	return f
}

const longSample = "Building rubble on the footway at the corner of Fengqiao Road and Binhe Road for weeks, foul water across the lane when it rains, and people have to walk among the cars"

// sampleDispatch is the desk of a dispatcher: units proposed in the rows, rows to tick, keys.
func sampleDispatch(p Desk) Desk {
	waiting, silent := sampleRow(), sampleRow()
	waiting.ID, waiting.N, waiting.Unit, waiting.State = "019ab000-0000-7000-8000-0000000000a1", 21, "", Tag{ui.Warn, "Waiting for dispatch"}
	waiting.Offer = &Offer{Key: "sanitation", Unit: "Sanitation station", Ground: "Regulations on the appearance of cities and environmental sanitation, articles 15 and 34"}
	waiting.Marks = append(waiting.Marks, Tag{ui.Neutral, "3 more open of this class here"})
	silent.ID, silent.N, silent.Href, silent.Title, silent.Offer = "019ab000-0000-7000-8000-0000000000a2", 22, "/s/fengqiao/cases/2", longSample, &Offer{}
	handled := sampleRow()
	handled.ID, handled.N, handled.Href = "019ab000-0000-7000-8000-0000000000a3", 23, "/s/fengqiao/cases/3"
	p.Rows, p.Map, p.Waiting = []Row{waiting, silent, handled}, "/s/fengqiao/cases/map?stage=filed", "/s/fengqiao/cases?stage=filed"
	p.Batch = Choice{Dispatch: "/s/fengqiao/cases/batch/dispatch", Urge: "/s/fengqiao/cases/batch/urge", Export: "/s/fengqiao/cases/export", Back: "stage=filed", Guard: sampleGuard}
	p.Keys = []Key{{"d", "Dispatch", []string{"dispatch", "join"}}, {"m", "Merge", []string{"merge"}}}
	return p
}

func sampleBatch() Batch {
	return Batch{Title: "Dispatch ticked", Say: "1 done, 2 not done: see why below", Back: "/s/fengqiao/cases?stage=filed", Went: 1, Rows: []BatchRow{
		{Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Title: "Rubbish at the east gate", Unit: "Sanitation", State: Tag{ui.Good, "Dispatched"}, Undo: sampleUndo},
		{Href: "/s/fengqiao/cases/2", Number: "20261123-00043", Title: longSample, State: Tag{ui.Bad, "Not done"}, Why: "The list is silent about this class: negotiate or designate"},
		{State: Tag{ui.Bad, "Not done"}, Why: "There is no such page"},
	}}
}

func sampleMap(layer string) Map {
	m := Map{
		Desk: Desk{Path: "/s/fengqiao/cases/map", Tabs: []ui.Tab{{Label: "Heat", Href: "/s/fengqiao/cases/map?stage=filed", Active: layer == ""}, {Label: "By light", Href: "/s/fengqiao/cases/map?layer=dots", Active: layer != ""}}},
		List: "/s/fengqiao/cases?stage=filed", Layer: layer, Total: 1846, Width: 1000, Height: 700, Scale: "500 m", ScaleWidth: 140,
		Outlines: []string{"M60 60L500 40L520 620L80 640Z", "M500 40L940 90L900 650L520 620Z"}, Piles: []Pile{{X: 610, Y: 300, N: "420"}},
		Notes:  []string{"12 have no coordinates and are not on the map; see the table."},
		Places: []MapPlace{{Name: "Baima", Href: "/s/fengqiao/cases?community=320505003001", All: 120, Red: 4, Yellow: 9, Nowhere: 2}, {Name: "No community", All: 3, Nowhere: 3}},
	}
	if layer != "" {
		m.Dots = []MapDot{{X: 200, Y: 200, Light: "red", Title: "20261123-00042", Href: "/s/fengqiao/cases/1"}, {X: 340, Y: 420, Light: "yellow", Title: "20261123-00043", Href: "/s/fengqiao/cases/2"},
			{X: 700, Y: 500, Light: "green", Title: "20261123-00044", Href: "/s/fengqiao/cases/3"}, {X: 760, Y: 220, Title: "20261123-00045", Href: "/s/fengqiao/cases/4"}}
		return m
	}
	m.Cell = "Squares of 50 m"
	for i := range 5 {
		m.Cells = append(m.Cells, Cell{X: float64(160 + 35*i), Y: 240, Size: 35, Level: i + 1, Title: "7"})
	}
	return m
}
