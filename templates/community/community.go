// Package community holds the views of what a street tells everybody: for staff the drafts, the reviews and the lists of who
// comes, for residents news, events and places. What residents see is also what a program gets as JSON.
package community

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/cases"
	"wanjie/templates/resident"
	"wanjie/templates/ui"
)

// Row is a post in a list of the staff.
type Row struct {
	Title, Form, Topic, Where string
	Drafted, Reviewed         string // by whom
	Until                     string // its last day; of an event its end
	Event                     string // when it is; empty of what is none
	Href                      string
}

// Desk is the staff's list of posts in a state.
type Desk struct {
	Tabs       []ui.Tab
	New        string // where somebody drafts; empty for whoever does not
	NewEvent   string
	Rows       []Row
	Back, Next string // pages; empty where there is none
	Review     bool   // the list waits for reviews
}

// Sheet is a post for the staff.
type Sheet struct {
	Title, State string
	Tone         ui.Tone
	Back, Edit   string
	Guests       string // where the list of who comes is
	Scan         Scan
	Facts        []ui.Fact
	Body         string
	Picture      Picture
	Remark       string // why it was given back
	Reason       string // why it was withdrawn
	Acts         []cases.Act
	Past         []ui.Moment
}

// Scan is the code that leads from paper to an event's page at the residents' door; the zero Scan is none.
type Scan struct{ Code, Door, Poster string }

// Picture is a post's picture; the zero Picture is none.
type Picture struct {
	Large  string `json:"large,omitempty"`
	Small  string `json:"small,omitempty"`
	Width  int    `json:"-"` // of the small one
	Height int    `json:"-"`
}

func (p Picture) width() string  { return strconv.Itoa(p.Width) }
func (p Picture) height() string { return strconv.Itoa(p.Height) }

// Form is what every form of the staff shows beside its own fields.
type Form struct {
	Action string
	Guard  ui.Guard
	Say    string // of what was refused
	Values map[string]string
	Errors map[string]string
}

func (f Form) in(name, label string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: f.Values[name], Error: f.Errors[name]}
}

func (f Form) errors() []ui.FieldError { return fieldErrors(f.Errors) }

func fieldErrors(errors map[string]string) (out []ui.FieldError) {
	for name, text := range errors {
		out = append(out, ui.FieldError{Name: name, Text: text})
	}
	slices.SortFunc(out, func(a, b ui.FieldError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Edit is the form of a draft.
type Edit struct {
	Form
	Title, Back string
	Event       bool
	Fresh       bool // it is new: its form may be chosen
	Picture     Picture
	Forms       []ui.Option
	Topics      []ui.Option
	Communities []ui.Option
}

// Guests is who comes to an event.
type Guests struct {
	Title, Back string
	Facts       []ui.Fact
	Rows        []Guest
	Guard       func() ui.Guard
}

// Guest is one who comes, or waits.
type Guest struct {
	Name, Phone, State string
	Tone               ui.Tone
	Heads              int
	MadeAt, CameAt     time.Time
	Tick               string // address of the check-in; empty of who waits
}

// Places is the staff's list of places.
type Places struct {
	Tabs []ui.Tab
	New  string
	Rows []PlaceRow
}

// PlaceRow is a place in it.
type PlaceRow struct {
	Name, Kind, Where, Address, Hours, Phone string
	StepFree, Retired, OnMap                 bool
	Edit                                     string
}

// EditPlace is the form of a place.
type EditPlace struct {
	Form
	Title, Back string
	Kinds       []ui.Option
	Communities []ui.Option
	Systems     []ui.Option
	Retire      *cases.Act
}

// News is the residents' list.
type News struct {
	Base   string      `json:"-"`
	Words  string      `json:"words"`
	Events bool        `json:"events"`
	Past   bool        `json:"past"`
	Topic  string      `json:"topic,omitempty"`
	Of     string      `json:"community,omitempty"`
	Tabs   []Chip      `json:"-"`
	Topics []Chip      `json:"topics"`
	Homes  []ui.Option `json:"communities"`
	Rows   []Item      `json:"items"`
	Signed bool        `json:"-"`
	Next   string      `json:"-"`
}

// Chip is one of several ways to look at a list.
type Chip struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Href   string `json:"-"`
	Active bool   `json:"-"`
}

// Item is a post in the residents' list.
type Item struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Form    string    `json:"form"`
	Topic   string    `json:"topic"`
	Where   string    `json:"where"`
	At      time.Time `json:"published"`
	Begins  time.Time `json:"begins,omitzero"`
	Venue   string    `json:"venue,omitempty"`
	Full    bool      `json:"full,omitempty"`
	Over    bool      `json:"over,omitempty"`
	Picture Picture   `json:"picture,omitzero"`
	Href    string    `json:"-"`
}

// Post is one post for residents; of an event with how one signs up.
type Post struct {
	resident.Form
	Item
	Base     string      `json:"-"`
	Body     string      `json:"body"`
	Print    bool        `json:"-"`
	Event    bool        `json:"event"`
	Ends     time.Time   `json:"ends,omitzero"`
	Until    time.Time   `json:"signup_until,omitzero"` // zero: nobody signs up
	Audience string      `json:"audience,omitempty"`
	Contact  string      `json:"contact,omitempty"`
	Capacity int         `json:"capacity,omitempty"` // 0: as many as come
	Left     int         `json:"left,omitempty"`
	Open     bool        `json:"open"` // one may sign up now
	Signed   bool        `json:"-"`
	Own      *Own        `json:"own,omitempty"`
	Along    []ui.Option `json:"-"`
}

// Own is a resident's sign-up.
type Own struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Begins time.Time `json:"begins"`
	Ends   time.Time `json:"ends"`
	Venue  string    `json:"venue"`
	Heads  int       `json:"heads"`
	State  string    `json:"state"`
	Tone   ui.Tone   `json:"-"`
	Href   string    `json:"-"`
}

// Signups are one's own.
type Signups struct {
	Base string `json:"-"`
	Rows []Own  `json:"signups"`
}

// Signup is one of them.
type Signup struct {
	resident.Form
	Own
	Base    string `json:"-"`
	Event   string `json:"-"` // address of the event's page; empty when it is shown no more
	Contact string `json:"contact"`
	Reason  string `json:"reason,omitempty"` // why the event was called off
	Cancel  bool   `json:"cancellable"`
	Waits   bool   `json:"waiting"`
}

// Spots is the residents' list of places.
type Spots struct {
	Base  string `json:"-"`
	Words string `json:"words"`
	Kind  string `json:"kind,omitempty"`
	Kinds []Chip `json:"kinds"`
	Rows  []Spot `json:"places"`
}

// Spot is one place.
type Spot struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Address  string   `json:"address"`
	Hours    string   `json:"hours,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	StepFree bool     `json:"step_free"`
	Lon      *float64 `json:"lon,omitempty"` // GCJ-02
	Lat      *float64 `json:"lat,omitempty"`
	Map      string   `json:"-"` // address of a map
}

// paragraphs are the lines of a plain text.
func paragraphs(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

func required(in ui.Input) ui.Input { in.Required = true; return in }

func help(in ui.Input, text string) ui.Input { in.Help = text; return in }

func hint(in ui.Input, text string) ui.Input { in.Placeholder = text; return in }

func kind(in ui.Input, t string) ui.Input { in.Type = t; return in }

func tall(in ui.Input, rows int) ui.Input { in.Rows = rows; return in }

func long(in ui.Input, most string) ui.Input {
	in.Attrs = templ.Attributes{"maxlength": most}
	return in
}
