package services

import (
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/resident"
	"wanjie/templates/ui"
)

// Sample is a view with data, for the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the views: full, empty, refused.
func Samples() []Sample {
	at := time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)
	guard := ui.Guard{Request: "019ab000-0000-7000-8000-000000000001"}
	form := resident.Form{Fresh: func() ui.Guard { return guard }, Values: map[string]string{}, Errors: map[string]string{}}
	refused := form
	refused.Title, refused.Errors = "Please check", map[string]string{"slot": "Full", "address": "Where?", "rating": "Choose", "words": "Why?"}
	tabs := []ui.Tab{{Label: "Bookings", Href: "/s/fengqiao/services", Active: true}, {Label: "Items", Href: "/s/fengqiao/services/items"}}
	row := Row{ID: "1", Number: "20261130-B001", Title: "Senior card", Kind: "At home", Begins: at, State: "Booked", Tone: ui.Warn, Href: "/s/fengqiao/services/1"}
	done := row
	done.State, done.Tone, done.Rate = "Finished", ui.Good, true
	rated := row
	rated.State, rated.Tone, rated.Rating = "Finished", ui.Good, "Dissatisfied"
	take := cases.Act{Form: cases.Form{Title: "Take", Action: "/s/fengqiao/services/1/take", Guard: guard, Key: "take", Values: map[string]string{}, Errors: map[string]string{}}, Button: "Take"}
	events := []Event{{Title: "All", Href: "/r/fengqiao/guide", Active: true}, {Key: "birth", Title: "Birth", Href: "/r/fengqiao/guide?event=birth"}}
	item := Item{Base: "/r/fengqiao", Key: "old-age-card", Title: "Senior card", Sample: true, Facts: []ui.Fact{{Label: "Who", Value: "People over 60"}}, Steps: []string{"Come", "Go"}, Phone: "12345",
		Book: "/r/fengqiao/guide/old-age-card/book", Materials: []Material{{Name: "Identity card", Note: "Original"}, {Name: "Permit", Note: "Copy", When: "not from here"}}}
	paper := item
	paper.Print, paper.Materials = true, nil
	kinds := []ui.Option{{Value: "agency", Label: "Agency"}, {Value: "home", Label: "At home"}}
	book := Book{Form: form, Base: "/r/fengqiao", Key: "old-age-card", Title: "Senior card", Kinds: kinds, Days: []Day{{Day: "2026-11-30", Title: "11-30 Mon", Href: "/r/fengqiao/guide/old-age-card/book?day=2026-11-30", Active: true}},
		Day: "2026-11-30", Slots: []ui.Option{{Value: "09:00", Label: "09:00 (4 left)"}}, Name: "Wang", Phone: "13900139000"}
	bad, full := book, book
	bad.Form, full.Slots = refused, nil
	steps := []ui.Step{{Label: "Booked", State: ui.Done}, {Label: "Taken", State: ui.Now}}
	own := Own{Form: form, Row: row, Base: "/r/fengqiao", Address: "18 Maple Bridge Road", Note: "Third floor", Open: true, Steps: steps}
	ask, said := own, own
	ask.Form, ask.Row, ask.Open, ask.Result, ask.Levels = refused, done, false, "Done at home", []ui.Option{{Value: "5", Label: "Very satisfied"}, {Value: "1", Label: "Very dissatisfied"}}
	said.Row, said.Open, said.Said, said.Reason = rated, false, "An hour late", "Away"
	return []Sample{
		{"desk", DeskPage(Desk{Tabs: tabs, Day: "2026-11-30", Action: "/s/fengqiao/services", Before: "/s/fengqiao/services?day=2026-11-29", Next: "/s/fengqiao/services?day=2026-12-01", Rows: []Row{row, rated}})},
		{"desk-empty", DeskPage(Desk{Tabs: tabs, Day: "2026-11-30", Action: "/s/fengqiao/services"})},
		{"items", ItemsPage(Items{Tabs: tabs, Edit: "/s/fengqiao/admin/items/service", Rows: []ItemRow{{Title: "Senior card", Type: "Public", Unit: "Window", Limit: "At once", Kinds: []string{"Agency"}, Sample: true}, {Title: "Sign", Type: "Public", Unit: "Squad", Limit: "5 days"}}})},
		{"items-empty", ItemsPage(Items{Tabs: tabs})},
		{"poor", PoorPage(Poor{Tabs: tabs, Rows: []PoorRow{{Row: rated, Words: "An hour late", By: "Li", At: at}}})},
		{"poor-empty", PoorPage(Poor{Tabs: tabs})},
		{"sheet", SheetPage(Sheet{Row: row, Back: "/s/fengqiao/services", Facts: []ui.Fact{{Label: "By", Value: "Wang"}}, Acts: []cases.Act{take}, Past: []ui.Moment{{At: at, Act: "Booked", Actor: "Resident"}}})},
		{"guide", GuidePage(Guide{Base: "/r/fengqiao", Words: "card", Event: "birth", Events: events, Signed: true, Rows: []GuideRow{{Key: "old-age-card", Title: "Senior card", Who: "People over 60", Limit: "At once", Kinds: []string{"Agency"}, Href: "/r/fengqiao/guide/old-age-card"}}})},
		{"guide-empty", GuidePage(Guide{Base: "/r/fengqiao", Words: "plane", Events: events})},
		{"item", ItemPage(item)}, {"item-print", ItemPage(paper)},
		{"book", BookPage(book)}, {"book-refused", BookPage(bad)}, {"book-full", BookPage(full)},
		{"mine", MinePage(Mine{Base: "/r/fengqiao", Rows: []Row{row, done}})}, {"mine-empty", MinePage(Mine{Base: "/r/fengqiao"})},
		{"own", OwnPage(own)}, {"own-rate", OwnPage(ask)}, {"own-rated", OwnPage(said)},
	}
}
