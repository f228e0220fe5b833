package replies

import (
	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: full, empty, and for a reader who may not send.
func Samples() []Sample {
	row := Row{Href: "/s/fengqiao/cases/1", Number: "20261123-00042", UpperNo: "12345-1", Title: "Rubbish at the east gate", Channel: "Hotline", Unit: "Sanitation",
		State: "To be reviewed", Tone: ui.Info, UpperDue: "2026-11-25 10:00", ReviewBy: "2026-11-24 16:00"}
	late := row
	late.Late, late.Unreviewed = true, true
	file := File{Href: "/s/fengqiao/replies/files/1", Title: "Hotline", N: "3", At: "2026-11-24 15:00", By: "Zhang"}
	return []Sample{
		{"list", Page(List{Desk: true, Review: []Row{row, late}, Draft: []Row{row}, Heaps: []Heap{{"hotline", "Hotline", "3", "2026-11-25 10:00"}}, Files: []File{file},
			Fresh: file.Href, Take: "/s/fengqiao/replies/files", Guard: ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}})},
		{"list-empty", Page(List{Desk: true})},
		{"list-unit", Page(List{Draft: []Row{row}})},
		{"card", ReplyCard(Card{State: "Returned", Tone: ui.Bad, Due: "2026-11-25 08:00", Late: true, Replies: []Shown{
			{State: "Returned", Tone: ui.Bad, Facts: []ui.Fact{{Label: "Words", Value: "Removed.", Wide: true}}},
		}})},
	}
}
