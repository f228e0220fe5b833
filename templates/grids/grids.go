// Package grids holds the views of the module 网格管理: the map and list of grids, one grid with its staff, its public
// sheet, drawing and importing, and patrols. It knows page structs only; their strings are in the reader's language already.
//
// A map is an SVG made on the server. It needs no tiles, no WebGL and no script, so it prints, and it works on the desktops
// of offices. Where something is drawn, draw.js makes the same SVG editable; without it the outline is pasted as GeoJSON.
package grids

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// Map is a drawing of places, in units of its own.
type Map struct {
	Name          string // what it shows, for those who hear it
	Width, Height float64
	Areas         []Area
	Lines         []string // paths of routes
	Dots          []Dot
	Numbers       []Number
	Scale         string // "200 米"
	ScaleWidth    float64

	// Where it lies, for draw.js: degrees at the upper left corner, units for a degree.
	West, North, PerLon, PerLat float64
}

// Area is a grid on a map.
type Area struct {
	Path  string
	Kind  string // comprehensive, dedicated or micro
	Title string // name and number, for hovering and hearing
	Label string // as it stands on the map; empty: there is no room
	Near  bool   // a phone shows the label only to who comes nearer: there it would lie on another
	X, Y  float64
	Href  string
	Faint bool // shown for orientation only
}

// Dot is a point on a map.
type Dot struct{ X, Y float64 }

// Number stands beside a point that is checked one by one.
type Number struct {
	X, Y float64
	N    string
}

func (m Map) box() string { return fmt.Sprintf("0 0 %g %g", m.Width, m.Height) }

func number(v float64) string { return fmt.Sprintf("%g", v) }

func (a Area) class() string {
	c := "grid grid-" + a.Kind
	if a.Faint {
		c += " grid-faint"
	}
	return c
}

// Row is a grid in the list.
type Row struct {
	Href, Sheet, Code, Name, Kind, Community string
	Heads, Workers                           string // names
	Area                                     string
	Since                                    string
}

// Desk is the map and list of a day.
type Desk struct {
	Tabs              []ui.Tab
	On                string
	Path              string
	Map               Map
	Rows              []Row
	New, Import, File string // addresses; empty: not for this reader
}

// Form is what all forms share.
type Form struct {
	Action string
	Guard  ui.Guard
	Key    string            // tells the fields of one form from those of another
	Values map[string]string // as typed
	Errors map[string]string // by field
	Say    string            // the fault's own sentence
	More   []string          // further sentences
}

func (f Form) in(name, label string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: f.Values[name], Error: f.Errors[name], ID: f.id(name)}
}

func (f Form) id(name string) string { return "f-" + f.Key + "-" + name }

func (f Form) errors() (out []ui.FieldError) {
	for _, name := range fieldOrder {
		if say := f.Errors[name]; say != "" {
			out = append(out, ui.FieldError{Name: f.Key + "-" + name, Text: say})
		}
	}
	for _, say := range f.More {
		out = append(out, ui.FieldError{Name: f.Key + "-shape", Text: say})
	}
	return out
}

// fieldOrder is the order in which messages stand over a form.
var fieldOrder = []string{"kind", "code", "name", "parent", "community", "phone", "from", "shape", "system", "file", "person", "role", "to", "stands_in",
	"duty", "last", "weekdays", "begins", "grid", "title", "every", "days", "within", "note", "route", "point", "words", "spots"}

// Duty is somebody's duty in a grid.
type Duty struct {
	Name, Role, Span, Shift string
	Note                    string // "替 王巡查"
	State                   Tag
}

// Tag is a state in words and colour.
type Tag struct {
	Tone ui.Tone
	Text string
}

// Version is one outline of a grid.
type Version struct{ Span, Area, System, By, At, State string }

// Grid is one grid.
type Grid struct {
	Name, Code string
	Kind       Tag
	Facts      []ui.Fact
	Map        Map
	Duties     []Duty
	Versions   []Version
	Children   []ui.Fact
	Patrols    []PatrolRow
	Board      string // address of its public sheet
	Redraw     string // address; empty: not for this reader
	Forms      []templ.Component
}

// Words is the form for what is said of a grid.
type Words struct {
	Form
	Communities []ui.Option
}

// Post is the form for posting somebody.
type Post struct {
	Form
	People, Roles, Away []ui.Option
	Weekdays            []ui.Option
	Chosen              map[string]bool
}

// Relieve is the form for ending a duty.
type Relieve struct {
	Form
	Duties []ui.Option
}

// Board is the public sheet of a grid (网格公示牌).
type Board struct {
	Street, Name, Code, Kind, Community string
	Map                                 Map
	Heads, Workers, StandIns            string
	Phone, Supervise                    string
	Duties                              []string
	At                                  time.Time
	Demo                                bool
	Back                                string
}

// Draw is the form for drawing a grid.
type Draw struct {
	Form
	Centre                               bool   // there are no grids yet: the reader says where the map lies
	Here                                 string // where the form is asked for again, around there
	Title, Back                          string
	Again                                bool // a new outline of an existing grid
	Map                                  Map
	Kinds, Parents, Communities, Systems []ui.Option
}

// Take is the form for importing a file, with what became of it.
type Take struct {
	Form
	Back    string
	Systems []ui.Option
	Kinds   []ui.Option
	Whole   bool
	Report  *Report
}

// Report is what an import would do, or why it cannot be done.
type Report struct {
	Rows   []ReportRow
	Say    string
	Tone   ui.Tone
	Closed string // numbers of grids that would be closed
	Map    Map
	Ready  bool // nothing is refused: it may be taken
	Hidden int  // rows without remark that are not shown
}

// ReportRow is one feature of the file.
type ReportRow struct {
	N                      int
	Code, Name, Kind, Area string
	State                  Tag
	Problems               []string
}

// PatrolRow is a patrol in a list.
type PatrolRow struct {
	Href, Title, Grid, Often, Next, Last string
}

// RoundRow is a round in a list.
type RoundRow struct {
	Href, Title, Grid, Due, Until string
	State                         Tag
	By, At                        string
	Found                         bool
}

// Patrols is the list of patrols, with the rounds that wait for the reader.
type Patrols struct {
	Tabs    []ui.Tab
	New     string
	Waiting []RoundRow
	List    []PatrolRow
	Mine    bool // the reader walks: what waits stands first
}

// Plan is the form for planning a patrol.
type Plan struct {
	Form
	Back               string
	Grids, Every, Days []ui.Option
	Chosen             map[string]bool
	Map                Map
}

// Patrol is one patrol.
type Patrol struct {
	Title, Note string
	Facts       []ui.Fact
	Map         Map
	Rounds      []RoundRow
	Stop        *Form
}

// PointRow is a point of a patrol's route in a round.
type PointRow struct {
	N             int
	State         Tag
	At, By, Words string
	Away          string // how far the phone was from the point
}

// Round is one round: the form while it is open, the report afterwards.
type Round struct {
	Title  string
	State  Tag
	Facts  []ui.Fact
	Map    Map
	Points []PointRow
	Check  *Form
	Finish *Form
	Report string // address for reporting a case
}

func required(in ui.Input) ui.Input { in.Required = true; return in }

func help(in ui.Input, text string) ui.Input { in.Help = text; return in }

func hint(in ui.Input, text string) ui.Input { in.Placeholder = text; return in }

func kind(in ui.Input, t string) ui.Input { in.Type = t; return in }

func rows(in ui.Input, n int) ui.Input { in.Rows = n; return in }

// or shows a mark where nothing is known.
func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}
