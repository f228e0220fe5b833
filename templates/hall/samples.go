package hall

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests and the gallery.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: the board full and empty, the key asked for and refused, the screens with a new key and empty.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	g := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	numbers := []Number{{"Reported today", "38", "", ui.Info}, {"Closed today", "31", "", ui.Good}, {"Open", "214", "", ui.Info}, {"Yellow", "17", "Near the deadline", ui.Warn},
		{"Red", "6", "At or past it", ui.Bad}, {"In time", "93.4%", "412 due this month", ui.Info}, {"Again", "3", "Unsolved", ui.Warn}}
	bars := []Bar{{"Sanitation", 42, 2, 100}, {"Municipal works and everything that belongs to them", 31, 0, 73}, {"Squad", 1, 1, 2}}
	full := Board{Base: "/hall/fengqiao", Live: "/hall/fengqiao/live?of=case", Street: "Fengqiao", Demo: true, At: at, Numbers: numbers, Width: 1000, Height: 600, Units: bars, Classes: bars, Channels: bars,
		Areas: []Area{{"M10 10L400 10L400 500L10 500Z", "Grid 1", 4, 3, 200, 250}, {"M400 10L900 10L900 500L400 500Z", "Grid 2", 1, 0, 650, 250}},
		Late:  []Line{{"20261120-00012", "Rubbish", "Baimajian", "Sanitation", "3 days overdue"}}, Days: []Day{{"22", 12, 10, 60, 50}, {"23", 20, 4, 100, 20}}}
	empty := Board{Base: "/hall/fengqiao", Live: "/hall/fengqiao/live?of=case", Street: "Fengqiao", At: at, Numbers: numbers, Ungridded: true}
	screens := []Screen{{g, "Main wall", "Qian　2026-11-23 10:00", "2027-11-23", "2026-11-23 10:05", "In use", ui.Good, true, "/s/fengqiao/screens/1/revoke"},
		{g, "Side wall", "Qian　2026-11-01 10:00", "2027-11-01", ui.None, "Out of use", ui.Bad, false, ""}}
	page := Screens{Guard: g, Path: "/s/fengqiao/screens", Address: "https://wanjie.example/hall/fengqiao/", MayMake: true}
	made := page
	made.List, made.Key = screens, "key-that-is-shown-once"
	wrong := page
	wrong.Name, wrong.Wrong = "", "Name the screen"
	return []Sample{
		{"board", BoardView(full)}, {"board-empty", BoardView(empty)}, {"enter", EnterView(Enter{Guard: g, Base: "/hall/fengqiao", Street: "Fengqiao"})},
		{"enter-wrong", EnterView(Enter{Guard: g, Base: "/hall/fengqiao", Street: "Fengqiao", Wrong: true})},
		{"screens", ScreensView(made)}, {"screens-wrong", ScreensView(wrong)},
	}
}
