package grids

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

var (
	sampleTime  = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	sampleGuard = ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	sampleTabs  = []ui.Tab{{Label: "Grids", Href: "/s/fengqiao/grids", Active: true}, {Label: "Patrols", Href: "/s/fengqiao/patrols"}}
	sampleMap   = Map{
		Name: "Map of the grids", Width: 1000, Height: 400, Scale: "200 m", ScaleWidth: 160, West: 120.5, North: 31.31, PerLon: 40000, PerLat: 47000,
		Areas: []Area{
			{Path: "M100 100L500 100L500 300L100 300Z", Kind: "comprehensive", Title: "East gate 001", Label: "East gate", X: 300, Y: 200, Href: "/s/fengqiao/grids/1"},
			{Path: "M500 100L900 100L900 300L500 300Z", Kind: "comprehensive", Title: "West gate 002", X: 700, Y: 200, Faint: true},
			{Path: "M150 150L200 150L200 200Z", Kind: "micro", Title: "House 1", X: 170, Y: 170},
		},
	}
)

func sampleForm(key string) Form {
	return Form{Action: "/s/fengqiao/grids/1/" + key, Guard: sampleGuard, Key: key, Values: map[string]string{}, Errors: map[string]string{}}
}

func refusedForm(key string, values, errors map[string]string) Form {
	f := sampleForm(key)
	f.Say, f.Values, f.Errors, f.More = "Please check", values, errors, []string{"It overlaps 002"}
	return f
}

// Samples lists the views: full, empty, refused.
func Samples() []Sample {
	options := []ui.Option{{Value: "1", Label: "One"}, {Value: "2", Label: "Two"}}
	stop, finish := sampleForm("stop"), sampleForm("round")
	patrols := []PatrolRow{{Href: "/s/fengqiao/patrols/1", Title: "Along the river", Grid: "East gate", Often: "Weekly Mon", Next: "2026-11-30"}}
	walked := sampleMap
	walked.Lines, walked.Dots = []string{"M120 120L480 280"}, []Dot{{X: 300, Y: 200}}
	numbered := walked
	numbered.Numbers = []Number{{X: 120, Y: 120, N: "1"}, {X: 480, Y: 280, N: "2"}}
	points := []PointRow{{N: 1, State: Tag{ui.Warn, "Amiss"}, At: "2026-11-23 09:12", By: "Wang", Words: "The railing is loose", Away: "12 m from the point"}, {N: 2, State: Tag{ui.Neutral, "Not yet"}}}
	check := sampleForm("point")
	open := RoundRow{Href: "/s/fengqiao/rounds/1", Title: "Along the river", Grid: "East gate", Due: "2026-11-23", Until: "2026-11-23", State: Tag{ui.Warn, "Open"}}
	done := RoundRow{Href: "/s/fengqiao/rounds/2", Due: "2026-11-20", Until: "2026-11-20", State: Tag{ui.Good, "Done"}, By: "Wang", At: "2026-11-20 15:04", Found: true}
	return []Sample{
		{"desk", DeskPage(Desk{
			Tabs: sampleTabs, On: "2026-11-23", Path: "/s/fengqiao/grids", Map: sampleMap, New: "/s/fengqiao/grids/new", Import: "/s/fengqiao/grids/import", File: "/s/fengqiao/grids/export",
			Rows: []Row{{Href: "/s/fengqiao/grids/1", Sheet: "/s/fengqiao/grids/1/sheet", Code: "001", Name: "East gate", Kind: "Comprehensive", Heads: "Sun", Workers: "Wang, Li", Area: "1.06 km²", Since: "2026-01-01"}},
		})},
		{"desk-empty", DeskPage(Desk{Tabs: sampleTabs, On: "2026-11-23", Path: "/s/fengqiao/grids"})},
		{"grid", GridPage(Grid{
			Name: "East gate", Code: "001", Kind: Tag{ui.Info, "Comprehensive"}, Facts: []ui.Fact{{Label: "Code", Value: "001"}}, Map: sampleMap, Board: "/s/fengqiao/grids/1/sheet",
			Duties:   []Duty{{Name: "Wang", Role: "Worker", Span: "since 2026-11-23", Shift: "Mon 08:30–17:30", Note: "for Li", State: Tag{ui.Good, "On duty"}}, {Name: "Sun", Role: "Head", State: Tag{ui.Neutral, "Ahead"}}},
			Versions: []Version{{Span: "since 2026-01-01", Area: "1.06 km²", System: "CGCS2000", By: "Zhao", At: "2026-01-01 09:00", State: "In force"}},
			Children: []ui.Fact{{Label: "001-01", Value: "House 1"}}, Patrols: patrols, Redraw: "/s/fengqiao/grids/1/draw",
			Forms: []templ.Component{
				PostForm(Post{Form: refusedForm("post", map[string]string{"stands_in": "1"}, map[string]string{"to": "A last day", "weekdays": "Choose"}), People: options, Roles: options, Away: options, Weekdays: options, Chosen: map[string]bool{"1": true}}),
				RelieveForm(Relieve{Form: sampleForm("relieve"), Duties: options}), WordsForm(Words{Form: sampleForm("change"), Communities: options}), CloseForm(sampleForm("close")),
			},
		})},
		{"board", BoardPage(Board{
			Street: "Fengqiao", Name: "East gate", Code: "001", Kind: "Comprehensive", Community: "Baima", Map: sampleMap, Heads: "Sun", Workers: "Wang", StandIns: "Li (1–7 December)",
			Phone: "0512-66660000", Supervise: "12345", Duties: []string{"Collects facts", "Finds dangers"}, At: sampleTime, Demo: true, Back: "/s/fengqiao/grids/1",
		})},
		{"board-bare", BoardPage(Board{Street: "Fengqiao", Name: "East gate", Code: "001", Kind: "Comprehensive", Map: sampleMap, At: sampleTime, Back: "/s/fengqiao/grids/1"})},
		{"picker", Picker(sampleMap, "f-report")},
		{"draw", DrawPage(Draw{Form: sampleForm("draw"), Title: "Draw", Back: "/s/fengqiao/grids", Map: sampleMap, Kinds: options, Parents: options, Communities: options, Systems: options})},
		{"draw-first", DrawPage(Draw{Form: sampleForm("draw"), Title: "Draw", Centre: true, Here: "/s/fengqiao/grids/new", Map: Map{Name: "No grids yet", Width: 1000, Height: 600}})},
		{"draw-again", DrawPage(Draw{Form: refusedForm("draw", map[string]string{"shape": "{}"}, map[string]string{"shape": "Draw it"}), Title: "Draw again", Again: true, Map: sampleMap, Systems: options})},
		{"import", TakePage(Take{Form: sampleForm("take"), Back: "/s/fengqiao/grids", Systems: options, Kinds: options})},
		{"import-tried", TakePage(Take{Form: sampleForm("take"), Back: "/s/fengqiao/grids", Systems: options, Kinds: options, Whole: true, Report: &Report{
			Say: "2 grids", Tone: ui.Good, Closed: "003", Map: sampleMap, Ready: true, Hidden: 7,
			Rows: []ReportRow{{N: 1, Code: "001", Name: "East gate", Kind: "Comprehensive", Area: "1.06 km²", State: Tag{ui.Good, "New"}}, {N: 2, State: Tag{ui.Bad, "Refused"}, Problems: []string{"No number", "No name"}}},
		}})},
		{"patrols", PatrolsPage(Patrols{Tabs: sampleTabs, New: "/s/fengqiao/patrols/new", Mine: true, Waiting: []RoundRow{open}, List: patrols})},
		{"patrols-empty", PatrolsPage(Patrols{Tabs: sampleTabs, Mine: true})},
		{"plan", PlanPage(Plan{Form: sampleForm("plan"), Back: "/s/fengqiao/patrols", Grids: options, Every: options, Days: options, Chosen: map[string]bool{"2": true}, Map: sampleMap})},
		{"patrol", PatrolPage(Patrol{Title: "Along the river", Facts: []ui.Fact{{Label: "Grid", Value: "East gate"}}, Map: walked, Rounds: []RoundRow{done}, Stop: &stop})},
		{"round", RoundPage(Round{Title: "Along the river", State: Tag{ui.Warn, "Open"}, Facts: []ui.Fact{{Label: "Due", Value: "2026-11-23"}}, Map: numbered, Points: points, Check: &check, Finish: &finish, Report: "/s/fengqiao/cases/new"})},
		{"round-done", RoundPage(Round{Title: "Along the river", State: Tag{ui.Good, "Done"}, Map: walked, Points: points})},
	}
}
