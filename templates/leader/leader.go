// Package leader draws the page of a street's leader: this morning's figures, what waits for his word, what is overdue. It is
// made for a phone.
package leader

import (
	"slices"
	"strconv"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Page is the whole page.
type Page struct {
	AsOf             string
	Waiting, Overdue int
	Report           *Report // nil: the street has none by the day
	Waits            []Wait
	Late             []Unit
}

// Report is the day report in a few figures.
type Report struct {
	Title, Term, AsOf string
	Href              string
	Figures           []ui.Figure // empty: it is being made
}

// Wait is one thing that waits for the reader's word.
type Wait struct {
	Kind                string
	Href, Number, Title string
	By                  cases.Due // until when he is to decide
	Facts               []ui.Fact
	Decide              *Decide // opens here; nil: it is decided where Href leads
	There               string  // what to do
}

// Decide is a form with words and two buttons.
type Decide struct {
	cases.Form
	Words, Help, Yes, No string
}

func (d Decide) input() ui.Input {
	return ui.Input{Name: "words", Label: d.Words, Help: d.Help, Value: d.Values["words"], Error: d.Errors["words"], Rows: 2, ID: "f-" + d.Key + "-words"}
}

// Unit is the overdue cases of a unit, the oldest first.
type Unit struct {
	Name  string
	Count int    // in all
	More  string // its list
	Rows  []Late
}

// Late is an overdue case, with what may be said about it.
type Late struct {
	Href, Number, Title string
	Due                 cases.Due
	Marks               []cases.Tag
	Forms               []cases.Act
}

// atFirst is how much of what waits stands open.
const atFirst = 6

// rest reports whether a form that was refused is among what is folded away.
func (p Page) rest() bool {
	return slices.ContainsFunc(p.Waits[atFirst:], func(w Wait) bool { return w.Decide != nil && w.Decide.Say != "" })
}

func (p Page) tiles() []ui.Figure {
	waiting, late := ui.Figure{Value: strconv.Itoa(p.Waiting)}, ui.Figure{Value: strconv.Itoa(p.Overdue)}
	if p.Waiting > 0 {
		waiting.Href, waiting.Tone = "#waits", ui.Warn
	}
	if p.Overdue > 0 {
		late.Href, late.Tone = "#late", ui.Bad
	}
	return []ui.Figure{waiting, late}
}

func labelled(f ui.Figure, label, unit string) ui.Figure {
	f.Label, f.Unit = label, unit
	return f
}
