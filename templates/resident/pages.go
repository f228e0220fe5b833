// Package resident holds the pages of the residents' door. They are for phones and for people of eighty: one thing at a
// time, words that need no explaining, nothing that only a colour says, complete without scripts. The structs are also what
// a program gets as JSON; what a page alone needs is left out there.
package resident

import (
	"slices"
	"strings"
	"time"

	"wanjie/templates/layout"
	"wanjie/templates/static"
	"wanjie/templates/ui"
)

// Frame is what stands around every page.
type Frame struct {
	Page     layout.Page
	Street   string // name; empty where it is not known
	Short    string // what it is called for short
	Logo     string // address of its mark; ours if empty
	Base     string // what every address begins with
	Here     string // address of this page under Base
	Tab      string // first part of it: report, matters, me …
	Theme    string // address of the street's stylesheet; may be empty
	Hotline  string // telephone
	Elder    bool
	Contrast bool
	Signed   bool
	Demo     bool
	Unread   int
}

func (f Frame) mark() string {
	if f.Logo != "" {
		return f.Logo
	}
	return static.Path("mark.svg")
}

func (f Frame) title() string {
	if f.Page.Title == "" || f.Page.Title == f.Street || f.Street == "" {
		return f.Page.Title + f.streetAlone()
	}
	return f.Page.Title + " · " + f.Street
}

func (f Frame) streetAlone() string {
	if f.Page.Title == "" {
		return f.Street
	}
	return ""
}

func (f Frame) class() string {
	c := "resident"
	if f.Elder {
		c += " elder"
	}
	if f.Contrast {
		c += " contrast"
	}
	return c
}

// Form is what every form shows beside its own fields.
type Form struct {
	Fresh  func() ui.Guard   `json:"-"` // the number of a post to come: each form of a page has its own
	Title  string            `json:"-"` // of what was refused
	Values map[string]string `json:"-"`
	Errors map[string]string `json:"-"`
}

func (f Form) guard() ui.Guard { return f.Fresh() }

func (f Form) problems() (out []ui.FieldError) {
	for name, text := range f.Errors {
		out = append(out, ui.FieldError{Name: name, Text: text})
	}
	slices.SortFunc(out, func(a, b ui.FieldError) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Line is something that goes elsewhere: an emergency, a matter for the courts.
type Line struct {
	Title  string `json:"title"`
	Number string `json:"number,omitempty"`
	Text   string `json:"text"`
}

// Home is the first page.
type Home struct {
	Base        string `json:"-"`
	Street      string `json:"street"`
	Welcome     string `json:"welcome"`
	Hotline     string `json:"hotline"`
	Theme       *Theme `json:"theme,omitempty"`
	Signed      bool   `json:"signed_in"`
	Paused      bool   `json:"paused"` // the street takes nothing in
	Emergencies []Line `json:"emergencies"`
	Guide       bool   `json:"guide"`             // there is a guide to service items
	Matters     []Row  `json:"matters,omitempty"` // the newest of one's own
	Fresh       *Fresh `json:"fresh,omitempty"`   // nil where the street tells nothing here
}

// Fresh is what is new in the street.
type Fresh struct {
	Posts  []FreshRow `json:"posts"`
	Events []FreshRow `json:"events"`
}

// FreshRow is a post or an event there.
type FreshRow struct {
	Title string `json:"title"`
	Note  string `json:"note"`
	Tag   string `json:"topic"`
	Href  string `json:"-"`
}

// Theme is a street's colour with its steps that are dark enough for words on white; see package admin. Pages have it as a
// stylesheet.
type Theme struct {
	Accent   string `json:"accent"`
	Strong   string `json:"strong"`
	Stronger string `json:"stronger"`
	Tint     string `json:"tint"`
}

// SignIn is the telephone at first, then the code that counts in Flow.
type SignIn struct {
	Form
	Base     string `json:"-"`
	ReturnTo string `json:"-"`
	Phone    string `json:"phone,omitempty"`
	Flow     string `json:"flow,omitempty"`
	Version  string `json:"notice"`
	Messages bool   `json:"-"`
	Unsent   bool   `json:"-"` // a form led here whose fields could not be kept
}

// Tile is one kind of matter to choose.
type Tile struct {
	Class string `json:"class"`
	Icon  string `json:"icon,omitempty"`
	Title string `json:"title"`
	Such  string `json:"such,omitempty"`
	Href  string `json:"-"`
}

// Group is a heading over tiles.
type Group struct {
	Title string `json:"title"`
	Tiles []Tile `json:"tiles"`
}

// Choose is the first step of a report.
type Choose struct {
	Base        string  `json:"-"`
	All         string  `json:"-"` // way to every class
	Tiles       []Tile  `json:"tiles,omitempty"`
	Groups      []Group `json:"groups,omitempty"`
	Emergencies []Line  `json:"emergencies"`
	Outside     []Line  `json:"outside"`
}

// Report is the second step.
type Report struct {
	Form
	Base        string      `json:"-"`
	ID          string      `json:"id"` // of the matter to be: the client may make its own
	Class       string      `json:"class"`
	Icon        string      `json:"icon"`
	Title       string      `json:"title"`
	Name        string      `json:"name"`
	Phone       string      `json:"phone"`
	PlaceAgreed bool        `json:"place_agreed"`
	Communities []ui.Option `json:"communities"`
	Alike       *Row        `json:"-"` // one's own matter that this seems to repeat
}

// Receipt is what a program hears of a report.
type Receipt struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// Row is a matter in a list.
type Row struct {
	ID     string    `json:"id"`
	Number string    `json:"number"`
	Icon   string    `json:"icon"`
	Title  string    `json:"title"`
	Words  string    `json:"words"`
	State  string    `json:"state"`
	Tone   ui.Tone   `json:"tone"`
	At     time.Time `json:"reported_at"`
	Due    time.Time `json:"due,omitzero"`
	Rate   bool      `json:"may_rate"`
	Href   string    `json:"-"`
}

// Matters is the list of one's own.
type Matters struct {
	Base string `json:"-"`
	Rows []Row  `json:"matters"`
}

// Matter is one of them whole.
type Matter struct {
	Form
	Base      string      `json:"-"`
	ID        string      `json:"id"`
	Number    string      `json:"number"`
	Class     string      `json:"class"`
	Icon      string      `json:"icon"`
	Title     string      `json:"title"`
	Words     string      `json:"words"`
	Address   string      `json:"address,omitempty"`
	Community string      `json:"community,omitempty"`
	Photos    int         `json:"photos"` // sent with it
	State     string      `json:"state"`
	Tone      ui.Tone     `json:"tone"`
	At        time.Time   `json:"reported_at"`
	Due       time.Time   `json:"due,omitzero"`
	Late      bool        `json:"late"`
	Steps     []ui.Step   `json:"steps"`
	Record    []ui.Moment `json:"record"`
	Result    string      `json:"result,omitempty"`
	Into      string      `json:"merged_into,omitempty"` // number of the case that it is handled with
	IntoState string      `json:"merged_into_state,omitempty"`
	Open      bool        `json:"open"`
	Urged     bool        `json:"urged_today"`
	MayRate   bool        `json:"may_rate"`
	Rate      string      `json:"-"` // way to the rating; empty: there is nothing to rate
	Again     string      `json:"-"`
	Receipt   string      `json:"-"` // it was reported a moment ago: what the street says
	Accept    time.Time   `json:"-"` // by when it is accepted or not
	Hotline   string      `json:"hotline"`
}

// Question is one of the questionnaire.
type Question struct {
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	Words    bool        `json:"words"`
	Required bool        `json:"required"`
	Value    string      `json:"-"`
	Options  []ui.Option `json:"options,omitempty"`
	When     string      `json:"when,omitempty"` // name of another question, asked after one of the answers Is
	Is       string      `json:"is,omitempty"`
	After    string      `json:"-"`
}

// Rate is the rating of a closed matter.
type Rate struct {
	Form
	Base      string     `json:"-"`
	ID        string     `json:"id"`
	Number    string     `json:"number"`
	Title     string     `json:"title"`
	Questions []Question `json:"questions"`
	Reopens   bool       `json:"reopens"`
}

// Follow is a matter as whoever holds its receipt sees it.
type Follow struct {
	Form
	Base    string    `json:"-"`
	Receipt string    `json:"-"` // number of the receipt whose code led here
	Number  string    `json:"number,omitempty"`
	State   string    `json:"state,omitempty"`
	Tone    ui.Tone   `json:"tone"`
	Steps   []ui.Step `json:"steps,omitempty"`
	Due     time.Time `json:"due,omitzero"`
}

// receipt is the number that stands in the form: as typed, else as the receipt's code says.
func (p Follow) receipt() string {
	if typed := p.Values["number"]; typed != "" {
		return typed
	}
	return p.Receipt
}

// Message is something that the street told.
type Message struct {
	Title  string    `json:"title"`
	Text   string    `json:"text,omitempty"`
	About  string    `json:"about"`
	Number string    `json:"number"`
	Path   string    `json:"path"` // of what it is about, below the door
	Href   string    `json:"-"`
	At     time.Time `json:"at"`
	Fresh  bool      `json:"unread"`
	Tone   ui.Tone   `json:"tone"`
}

// Messages is the list of them.
type Messages struct {
	Form
	Base   string    `json:"-"`
	Unread bool      `json:"unread"`
	List   []Message `json:"messages"`
}

// Consent is a purpose, agreed to or not.
type Consent struct {
	Purpose string    `json:"purpose"`
	Title   string    `json:"title"`
	About   string    `json:"about"`
	Fixed   bool      `json:"fixed"`
	Given   time.Time `json:"given_at,omitzero"`
	Version string    `json:"version,omitempty"`
}

// Look is somebody's look at what tells who one is.
type Look struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Purpose string    `json:"purpose"`
	What    string    `json:"what"`
	Number  string    `json:"matter"`
}

// Me is what the street holds about one.
type Me struct {
	Form
	Base     string    `json:"-"`
	Name     string    `json:"name"`
	Phone    string    `json:"phone"`
	Since    time.Time `json:"since"`
	Matters  int       `json:"matters"`
	Version  string    `json:"notice"`
	Consents []Consent `json:"consents"`
	Looks    []Look    `json:"looks"`
}

// Leave explains what deleting the account means, and takes the code.
type Leave struct {
	Form
	Base string `json:"-"`
	Flow string `json:"flow,omitempty"`
	Tail string `json:"tail"`
	Open int    `json:"open"` // matters under way
}

// Notice is the privacy notice.
type Notice struct {
	Base    string `json:"-"`
	Street  string `json:"street"`
	Hotline string `json:"hotline"`
	Version string `json:"version"`
	Parts   []Part `json:"parts"`
}
