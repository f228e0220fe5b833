// Package assessment holds the views of the module 考核: the list of reports, one report with its figures, the cases
// behind a figure, the printed sheet, and what is left out of assessment. It knows page structs only; their strings
// are in the reader's language already.
package assessment

import (
	"strconv"

	"wanjie/templates/ui"
)

// Tag is a state in words and colour.
type Tag struct {
	Tone ui.Tone
	Text string
}

// Index is the list of reports.
type Index struct {
	Tabs    []ui.Tab
	Own     string // whose figures the reader sees, when not everybody's
	Reports []ReportRow
	Kept    []KeptRow
}

// ReportRow is one report.
type ReportRow struct {
	Title, Cycle, Text string
	Last, LastName     string // the newest term that is over
	Now, NowName       string // the running one
}

// KeptRow is a report as it was made once.
type KeptRow struct {
	Href  string // empty: it cannot be shown yet
	Title string // of the report
	Term  string
	State Tag
	AsOf  string
	By    string
	Mark  string // beginning of the digest
}

// Sheet is one report of a term.
type Sheet struct {
	Tabs         []ui.Tab
	Title, Term  string
	AsOf         string
	State        Tag
	Text         string
	Path, On     string // of the form that chooses a term
	Before, Next string // addresses of the terms around; empty: there is none
	Export       string
	Print, Word  string
	Sections     []Section // of words: the first stands above the figures, the others below
	Write        *Write    // the form for them, before the report is kept; nil: it has none, or not for this reader
	Keep         string    // where keeping is posted; empty: not now, or not for this reader
	Guard        ui.Guard
	Kept         []KeptRow
	Notes        []string // what the reader must know of these figures
	Table        *Table   // nil: not counted yet
	Wait         *Wait
	Definitions  []Definition
	Burden       []ui.Fact
	Differs      []string // of a kept one: what would be counted otherwise today
	Again        string   // address under which it is counted again; empty: it was
}

// Section is a heading with what stands under it, paragraph by paragraph.
type Section struct {
	Title string
	Lines []string
}

// Write is the form for the words of a report that is to be kept; Made is what its figures say by themselves, under the first
// heading.
type Write struct {
	Form
	On     string
	Titles []string
	Made   []string
}

func (w Write) words(i int) ui.Input {
	in := w.in("words"+strconv.Itoa(i), w.Titles[i])
	in.Rows = 3
	return in
}

func (w Write) wrong() (out []ui.FieldError) {
	for i := range w.Titles {
		if say := w.Errors["words"+strconv.Itoa(i)]; say != "" {
			out = append(out, ui.FieldError{Name: w.Key + "-words" + strconv.Itoa(i), Text: w.Titles[i] + " " + say})
		}
	}
	return out
}

// Wait stands in place of figures that a job is counting.
type Wait struct {
	Text        string
	Done, Steps int
	Refresh     string // address that asks again; empty: nothing runs
}

// Table is the figures.
type Table struct {
	By     string // what rows are
	Ranked bool
	Heads  []Head
	Groups []Group
	Sum    []Line // the sum, and what it is held against; empty for who sees own rows only
}

// Head is a column; Twin is what stands under its figures.
type Head struct {
	Title, Weight, Twin string
}

// Group is rows that are ranked among each other.
type Group struct {
	Name  string
	Lines []Line
}

// Line is a row.
type Line struct {
	Rank, Name, Score string
	Note              string // why it is not ranked
	Cells             []Cell
	Plain             bool // of the comparison: nothing opens
}

// Cell is a figure. Each leads to the cases behind it.
type Cell struct {
	Text, Href, Title string
	Left, LeftHref    string // "剔除 2"
	Twin              *Cell
}

// Definition says how an indicator is counted.
type Definition struct {
	Title, Version, Text, Weight, Note string
}

// Cases is the list behind a figure.
type Cases struct {
	Title string
	Facts []ui.Fact
	Back  string
	Tabs  []ui.Tab
	Rows  []CaseRow
	Worth string // head of the last column; empty: rows are only counted
	Pages ui.Pages
}

// CaseRow is one of them.
type CaseRow struct {
	Href, Number, Title, Class, Unit string
	State                            Tag
	Reported, Due, Closed            string
	Worth                            string
}

// Printed is a report on paper.
type Printed struct {
	Sheet
	Street string
	Demo   bool
	Back   string
	Made   string
}

// Exclusions is the list of what is left out.
type Exclusions struct {
	Tabs   []ui.Tab
	States []ui.Tab
	Rows   []Exclusion
	Pages  ui.Pages
	Ask    *Form
	Ground []ui.Option
	Rules  []string
}

// Exclusion is one of them.
type Exclusion struct {
	ID                 string
	Number, Href, Unit string
	Ground             string
	Words, Evidence    string
	Asked, Decided     string // who and when
	Verdict            string
	State              Tag
	Decide, Withdraw   *Form // nil: not for this reader
	// Of a revocation: who asked and decided, when, and what they said.
	UndoAsked, UndoWords, Undone, UndoVerdict string
	Undo, DecideUndo                          *Form
}

// Form is what all forms share.
type Form struct {
	Action string
	Guard  ui.Guard
	Key    string
	Values map[string]string
	Errors map[string]string
	Say    string
}

func (f Form) in(name, label string) ui.Input {
	return ui.Input{Name: name, Label: label, Value: f.Values[name], Error: f.Errors[name], ID: "f-" + f.Key + "-" + name}
}

func (f Form) errors() (out []ui.FieldError) {
	for _, name := range []string{"number", "ground", "words", "evidence", "verdict", "verdict_words"} {
		if say := f.Errors[name]; say != "" {
			out = append(out, ui.FieldError{Name: f.Key + "-" + name, Text: say})
		}
	}
	return out
}

func required(in ui.Input) ui.Input { in.Required = true; return in }

func help(in ui.Input, text string) ui.Input { in.Help = text; return in }

func hint(in ui.Input, text string) ui.Input { in.Placeholder = text; return in }

func (t Table) width() int {
	n := 1 + len(t.Heads)
	if t.Ranked {
		n += 2
	}
	return n
}
