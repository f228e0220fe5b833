package registers

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

// Samples shows the registers full and empty.
func Samples() []Sample {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	const path = "/s/fengqiao/registers"
	tabs := []ui.Tab{{Label: "Orders", Href: "/s/fengqiao/supervision/orders"}, {Label: "Returns", Href: path + "?kind=return", Active: true}, {Label: "Extensions", Href: path + "?kind=extend"}}
	returns := Register{
		Title: "Returns", Path: path, Kind: "return", From: "2026-11-01", To: "2026-11-23", Tabs: tabs, Units: []ui.Option{{Value: "sanitation", Label: "Sanitation"}},
		States: []ui.Option{{Value: "open", Label: "Open"}}, Excel: path + "/file?kind=return", Total: "2", Open: "1", Approved: "1", Refused: "0", Unreviewed: "1",
		Pages: ui.Pages{Number: 1, Size: 20, Total: 2, Path: path, Query: url.Values{"kind": {"return"}}, List: "list"},
		Rows: []Row{
			{Href: "/s/fengqiao/cases/1", Number: "20261123-00042", Class: "Waste", Unit: "Sanitation", Ground: "Not on our list", Near: "3 h", Asked: at, State: cases.Tag{Tone: ui.Warn, Text: "Open"}, Unreviewed: true},
			{Href: "/s/fengqiao/cases/2", Number: "20261122-00007", Class: "Road", Unit: "Works", Ground: "Another street", Near: "2 d", Asked: at.Add(-time.Hour), State: cases.Tag{Tone: ui.Good, Text: "Approved"}, Decider: "Zhou", Decided: at},
		},
	}
	extensions := returns
	extensions.Kind, extensions.Title, extensions.Until = "extend", "Extensions", true
	extensions.Rows = []Row{returns.Rows[1]}
	extensions.Rows[0].Until, extensions.Rows[0].Granted = at.AddDate(0, 0, 2), at.AddDate(0, 0, 1)
	none := Register{Title: "Suspensions", Path: path, Kind: "suspend", Tabs: tabs, Until: true, Total: "0", Open: "0", Approved: "0", Refused: "0", Unreviewed: "0", Pages: ui.Pages{Number: 1, Size: 20}}
	return []Sample{{"returns", RegisterPage(returns)}, {"extensions", RegisterPage(extensions)}, {"none", RegisterPage(none)}}
}
