// Package cases holds the views of the case module: the desk's list, a case's sheet with the forms for
// what may be done now, the report form, and a unit's tasks. It knows page structs only; their strings
// are in the reader's language already.
package cases

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Tag is a state in words and colour.
type Tag struct {
	Tone ui.Tone
	Text string
}

// Due is a deadline, with what is left of it.
type Due struct {
	At   time.Time
	Left Tag // empty text: far away, or not running
}

// Desk is the list of cases.
type Desk struct {
	Path    string // of the list itself
	NewPath string // of the report form; empty: the reader may not report
	Export  string // of the export form, with the filters in force; empty: the reader may not export

	Number, Stage, Class, Unit, Channel, Community, From, To string // the filters in force
	ClassesPath                                              string // where the classes that may be typed are
	Stages, Units, Channels, Communities                     []ui.Option

	Tabs    []ui.Tab
	Rows    []Row
	Pages   ui.Pages
	Live    ui.Listening
	Map     string // of the same cases on a map; empty: there is none
	Waiting string // the list of what waits for dispatch
	Batch   Choice
	Keys    []Key
}

// Choice is what may be done to the ticked cases of a list: where it is posted, or asked for. Empty: not by this reader.
type Choice struct {
	Dispatch, Urge, Export string
	Back                   string // the list's filters, for the way back
	Guard                  ui.Guard
}

// offers has the field of the class ask once for what it offers.
func (p Desk) offers() templ.Attributes {
	return templ.Attributes{"list": "class-list", "autocomplete": "off", "hx-get": p.ClassesPath, "hx-trigger": "focus once", "hx-target": "#class-list", "hx-swap": "outerHTML"}
}

func (c Choice) action() string {
	for _, path := range []string{c.Dispatch, c.Urge} {
		if path != "" {
			return path
		}
	}
	return c.Export
}

// Any reports whether anything may be done.
func (c Choice) Any() bool { return c.Dispatch+c.Urge+c.Export != "" }

func (p Desk) head(ctx context.Context) (out []ui.Column) {
	if p.ticks() {
		out = append(out, ui.Column{Label: ui.T(ctx, "全选"), Pick: true})
	}
	out = append(out, ui.Column{Label: ui.T(ctx, "序号"), Number: true, Wide: true})
	for _, label := range []string{ui.T(ctx, "案卷编号、上报时间"), ui.T(ctx, "标题"), ui.T(ctx, "类别、社区"), ui.T(ctx, "承办单位"), ui.T(ctx, "状态"), ui.T(ctx, "处置期限")} {
		out = append(out, ui.Column{Label: label, Title: label == ui.T(ctx, "标题")})
	}
	return append(out, ui.Column{Label: ui.T(ctx, "操作"), Ops: true})
}

// ticks reports whether rows can be ticked.
func (p Desk) ticks() bool { return p.Batch.Any() && len(p.Rows) > 0 }

// picks is what a ticked row sends: itself, and the unit that it proposes.
func (r Row) picks() string {
	if r.Offer != nil && r.Offer.Key != "" {
		return r.ID + " " + r.Offer.Key
	}
	return r.ID
}

// Key is a key of the desk that opens a form of the case in hand: the first of Verbs that it has.
type Key struct {
	Key, Title string
	Verbs      []string
}

// Offer is the unit that the duty list names for a case that waits for dispatch. Without Key the list is silent.
type Offer struct{ Key, Unit, Ground string }

// Batch is what became of the ticked cases.
type Batch struct {
	Title, Say, Back string
	Went             int
	Rows             []BatchRow
}

// undoes reports whether anything of it can be taken back.
func (p Batch) undoes() bool {
	return slices.ContainsFunc(p.Rows, func(r BatchRow) bool { return r.Undo != nil })
}

func (p Batch) head(ctx context.Context) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "案卷编号")}, {Label: ui.T(ctx, "标题"), Title: true}, {Label: ui.T(ctx, "结果")}, {Label: ui.T(ctx, "承办单位")}, {Label: ui.T(ctx, "原因")}}
	if p.undoes() {
		out = append(out, ui.Column{Label: ui.T(ctx, "操作"), Ops: true})
	}
	return out
}

// BatchRow is one of them; without Number it is not there for the reader.
type BatchRow struct {
	Href, Number, Title, Unit string
	State                     Tag
	Why                       string
	Undo                      *layout.Undo // takes back what was done to it
}

// Row is one case in the list. Mark changes when what the row shows does, but for the time that is left.
type Row struct {
	ID                  string // for ticking; empty in lists without
	N                   int    // 序号
	Offer               *Offer // of a case that waits for dispatch, for whoever may dispatch
	Mark                string
	Href, Number, Title string
	Class, Place, Unit  string
	Urgent              bool
	State               Tag
	Reported            time.Time
	Due                 Due
	Marks               []Tag // of supervision and the like
}

// Tasks is what waits for the reader's units.
type Tasks struct {
	Rows []TaskRow
	Live ui.Listening
}

// TaskRow is one assignment.
type TaskRow struct {
	Row
	Receive  string // where signing is posted; empty: signed already
	Sign     Due    // the receipt clock
	Guard    ui.Guard
	Assigned Tag
	Role     string // 主办, 协办, 经办
	Of       string // the assignment, where it is not the lead's
}

// Sheet is one case. Mark changes with every act.
type Sheet struct {
	Page, Said    string // in a drawer: the sheet's own address, and what the last act has to say
	Undo          *layout.Undo
	Mark          string
	Live          ui.Listening
	Number, Title string
	Papers        string // address of what can be printed
	State         Tag
	Steps         []ui.Step
	Facts         []ui.Fact
	Petitioner    Petitioner
	Record        []ui.Moment
	Forms         []templ.Component // for what the reader may do now, the likeliest first
	Applications  []Application
	Assignments   []Assignment      // when somebody stands beside the lead
	Similar       []Similar         // cases that this one may repeat
	Point         *Map              // where it lies, if that is known
	Panels        []templ.Component // of other modules
}

// Assignment is one unit's work, or one person's within it.
type Assignment struct {
	Role, Unit, Person, Basis string
	State                     Tag
	Sign                      Due
	Signed, Handled           time.Time
	Mark                      Tag  // what its clocks say; empty text: nothing
	Under                     bool // stands beneath the unit's row before it
}

// Similar is a case that may be the same matter. Merge is where laying this case to it is posted.
type Similar struct {
	Href, Number, Title, Channel string
	State                        Tag
	Reported                     time.Time
	Place, Common, Merge         string
	Guard                        ui.Guard
}

func (s Similar) about() string {
	return s.Channel + "　" + ui.Time(s.Reported) + "　" + s.Place + "　" + s.Common
}

// Petitioner is who asked: masked, or in full after a stated purpose.
type Petitioner struct {
	Name, Phone string
	Full        bool
	More        []ui.Fact // what else is personal, of the fields of the class
	Hidden      bool      // confidential: not even masked
	Path        string    // where the full view is asked for; empty: there is nobody to see, or no right to
	Purposes    []ui.Option
}

// Calls are the petitioners to be called back.
type Calls struct {
	Figures []ui.Figure
	Rows    []CallRow
	Live    ui.Listening
}

// CallRow is one of them.
type CallRow struct {
	Row
	Closed    time.Time
	At        string // not before then; empty: now
	By        Due
	Tries     string // calls that reached nobody
	Unreached bool   // the text message that it is closed did not arrive either
}

// Form is what all forms share.
type Form struct {
	Title  string
	Action string
	Guard  ui.Guard
	Key    string            // of the verb: tells the fields of one form from those of another
	Of     string            // the assignment that it is about; empty: the lead's, or none
	Values map[string]string // as typed
	Errors map[string]string // by field
	Say    string            // the fault's own sentence
	Photos bool              // it may bring photos
}

// encoding is how the form is sent: files need parts of their own.
func (f Form) encoding() templ.Attributes {
	if f.Photos {
		return templ.Attributes{"enctype": "multipart/form-data"}
	}
	return nil
}

func (f Form) in(name, label string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: f.Values[name], Error: f.Errors[name], ID: "f-" + f.Key + "-" + name}
}

func (f Form) errors() (out []ui.FieldError) {
	for _, name := range fieldOrder {
		if say := f.Errors[name]; say != "" {
			out = append(out, ui.FieldError{Name: f.Key + "-" + name, Text: say})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Errors)) { // questions, whose names the street gives
		if say := f.Errors[name]; say != "" && !slices.Contains(fieldOrder, name) {
			out = append(out, ui.FieldError{Name: f.Key + "-" + name, Text: say})
		}
	}
	return out
}

// fieldOrder is the order in which messages stand over a form.
var fieldOrder = []string{"format", "purpose", "channel", "upper_no", "upper_due", "nature", "class", "description", "title", "subject", "community", "address", "road", "house", "estate", "building", "entrance", "room", "lon",
	"petitioner", "phone",
	"condition", "basis", "unit", "parties", "designator", "ground", "reason", "expires", "result", "verdict", "remark", "valid", "contacted", "solved", "satisfaction", "cause",
	"helpers", "alone", "hand", "fixed", "found", "photos", "photos_fixed", "answer", "outside", "into", "words", "until", "granted", "verdict_words", "level", "to", "petitioner_too", "due", "kind", "units", "needed", "outcome", "facts"}

// File is the form for filing.
type File struct {
	Form
	Reload                           string // where the form is asked for again when the class changes
	Classes, Conditions, Communities []ui.Option
	Urgent                           bool
	Asked                            []Ask // fields of the class
}

// Dispatch is the form for dispatching.
type Dispatch struct {
	Form
	Proposal string // the unit that the duty list names, with its ground; empty: the lists are silent
	Bases    []ui.Option
	Units    []ui.Option
	Helpers  []ui.Option // units that may co-handle; none: the form does not ask
	Helping  []string    // those chosen
	Joining  bool        // the form adds a co-handler
}

func (p Dispatch) helps(unit string) bool { return slices.Contains(p.Helping, unit) }

// Handle is the form for handing in.
type Handle struct {
	Form
	Waiting string // the co-handlers whose work is not done; empty: none
	Asked   []Ask  // fields of the class
}

// Check is the form for the check.
type Check struct {
	Form
	MayClose bool
	Close    bool
	Asked    []Ask // fields of the class
}

// Act is a form that asks for a few fields.
type Act struct {
	Form
	Fields  []Ask
	Button  string
	Note    string // beside the button
	Confirm string // what cannot be undone asks first
	Folded  bool   // opens on demand
}

// Ask is one field of an [Act].
type Ask struct {
	Kind                           AskKind
	Name, Label, Help, Value, Hint string
	Required                       bool
	Options                        []ui.Option
	Chosen                         []string // of AskMany
}

// AskKind is how a field is asked for.
type AskKind int

// The kinds of fields.
const (
	AskLine AskKind = iota
	AskWords
	AskOne   // a choice from a list
	AskRadio // a choice that stands open
	AskTime
	AskHidden
	AskMany // boxes under one name
	AskDate
	AskNumber
)

func (a Ask) input(f Form) ui.Input {
	in := f.in(a.Name, a.Label)
	if in.Value == "" {
		in.Value = a.Value
	}
	in.Required, in.Help, in.Placeholder = a.Required, a.Help, a.Hint
	return in
}

// boxID is the id of one box of AskMany.
func (a Ask) boxID(f Form, i int) string { return a.input(f).ID + "-" + strconv.Itoa(i) }

func (a Ask) has(value string) bool { return slices.Contains(a.Chosen, value) }

// Application is what a unit asked for.
type Application struct {
	Title string
	State Tag
	Facts []ui.Fact
	Forms []Act // to decide or withdraw it
}

func required(in ui.Input) ui.Input { in.Required = true; return in }

func help(in ui.Input, text string) ui.Input { in.Help = text; return in }

func hint(in ui.Input, text string) ui.Input { in.Placeholder = text; return in }

func short(in ui.Input) ui.Input { in.Rows = 2; return in }

func kind(in ui.Input, t string) ui.Input { in.Type = t; return in }

func number(in ui.Input) ui.Input {
	in.Type, in.Attrs = "number", templ.Attributes{"min": "0", "step": "any"}
	return in
}

func count(ctx context.Context, n int) string { return ui.T(ctx, "%d 件待办", n) }

// or shows a mark where nothing is known.
func or(s string) string {
	if s == "" {
		return ui.None
	}
	return s
}

// tick is a checkbox of a form.
func tick(f Form, name, label string) ui.Input {
	in := f.in(name, label)
	in.Value = ""
	return in
}

// reloading asks for the form anew when the choice changes, so that what depends on it can be chosen.
// Without scripts the choice stands as it is, and the server picks what depends on it.
func reloading(in ui.Input, path string) ui.Input {
	in.Attrs = templ.Attributes{"hx-get": path, "hx-target": "#file", "hx-select": "#file", "hx-swap": "outerHTML", "hx-trigger": "change", "hx-include": "#f-file-community,#f-file-urgent"} // and nothing that was typed: it is an address
	return in
}
