// Package services holds the views of the street's window: for staff the bookings, for residents the guide. What residents
// see is also what a program gets as JSON.
package services

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/resident"
	"wanjie/templates/ui"
)

// Row is one booking in a list.
type Row struct {
	ID     string    `json:"id"`
	Number string    `json:"number"`
	Title  string    `json:"title"`
	Kind   string    `json:"kind"`
	Begins time.Time `json:"begins"`
	State  string    `json:"state"`
	Tone   ui.Tone   `json:"tone"`
	Rating string    `json:"rating,omitempty"`
	Rate   bool      `json:"rate"` // waits for a rating
	Href   string    `json:"-"`
}

// Desk is the staff's page of a day.
type Desk struct {
	Tabs         []ui.Tab
	Day          string // 2026-11-23
	Action       string
	Before, Next string // the days beside it
	Rows         []Row
}

// Items is the staff's list of service items.
type Items struct {
	Tabs []ui.Tab
	Edit string // where a street admin edits them; empty for others
	Rows []ItemRow
}

// ItemRow is one item there.
type ItemRow struct {
	Title, Type, Unit, Limit string
	Kinds                    []string
	Sample                   bool
}

// Poor is the list of low ratings.
type Poor struct {
	Tabs []ui.Tab
	Rows []PoorRow
}

// PoorRow is one low rating.
type PoorRow struct {
	Row
	Words, By string
	At        time.Time
}

// Sheet is one booking for the staff.
type Sheet struct {
	Row
	Back  string
	Facts []ui.Fact
	Acts  []cases.Act
	Past  []ui.Moment
}

// Guide is the residents' list of items.
type Guide struct {
	Base   string     `json:"-"`
	Words  string     `json:"words"`
	Event  string     `json:"event"`
	Events []Event    `json:"events"`
	Rows   []GuideRow `json:"items"`
	Signed bool       `json:"-"`
}

// Event is an occasion of somebody's life.
type Event struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Href   string `json:"-"`
	Active bool   `json:"-"`
}

// GuideRow is one item in it.
type GuideRow struct {
	Key   string   `json:"key"`
	Title string   `json:"title"`
	Who   string   `json:"who"`
	Limit string   `json:"limit"`
	Kinds []string `json:"kinds"`
	Href  string   `json:"-"`
}

// Item is the guide to one item.
type Item struct {
	Base      string     `json:"-"`
	Key       string     `json:"key"`
	Title     string     `json:"title"`
	Sample    bool       `json:"sample"`
	Facts     []ui.Fact  `json:"facts"`
	Materials []Material `json:"materials"`
	Steps     []string   `json:"steps"`
	Bookable  bool       `json:"bookable"`
	Book      string     `json:"-"` // empty: nothing to book
	Phone     string     `json:"phone"`
	Print     bool       `json:"-"`
}

// Material is one line of the checklist.
type Material struct {
	Name string `json:"name"`
	Note string `json:"note"`
	When string `json:"when,omitempty"`
}

// Book is the form of a booking.
type Book struct {
	resident.Form
	Base  string      `json:"-"`
	Key   string      `json:"key"`
	Title string      `json:"title"`
	Kinds []ui.Option `json:"kinds"`
	Days  []Day       `json:"days"`
	Day   string      `json:"day"`
	Slots []ui.Option `json:"slots"`
	Name  string      `json:"name"`
	Phone string      `json:"phone"`
}

// Day is a day that may be booked.
type Day struct {
	Day    string `json:"day"`
	Title  string `json:"title"`
	Href   string `json:"-"`
	Active bool   `json:"-"`
}

// Mine lists one's own bookings.
type Mine struct {
	Base string `json:"-"`
	Rows []Row  `json:"bookings"`
}

// Own is one of one's own bookings.
type Own struct {
	resident.Form
	Row
	Base    string      `json:"-"`
	Address string      `json:"address,omitempty"`
	Note    string      `json:"note,omitempty"`
	Result  string      `json:"result,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	Said    string      `json:"said,omitempty"`
	Open    bool        `json:"open"`
	Steps   []ui.Step   `json:"steps"`
	Levels  []ui.Option `json:"levels"`
}

func problems(f resident.Form) (out []ui.FieldError) {
	for name, text := range f.Errors {
		out = append(out, ui.FieldError{Name: name, Text: text})
	}
	slices.SortFunc(out, func(a, b ui.FieldError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func long(n string) templ.Attributes { return templ.Attributes{"maxlength": n} }
