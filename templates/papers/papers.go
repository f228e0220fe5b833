// Package papers holds the views of printed papers: the list of those that a case has, and the sheets themselves, which
// print on A4 without the console around them. A sheet's own words come with its struct: papers are Chinese in every language
// of the screen.
package papers

import "strconv"

// List is the papers that a case has.
type List struct {
	Number, Back string
	Choices      []Choice
}

// Choice is one of them. Print and Word are addresses.
type Choice struct{ Title, About, Print, Word string }

// Print is what is printed: sheets, each on pages of its own.
type Print struct {
	Back            string
	Word            string // where it is fetched as a Word document; empty: from where the reader came
	Demo            bool
	Code            string // the QR code of the case's address, as a data URI
	Scan            string // what the code is for; empty: it is our own
	Number, Printed string
	Sheets          []Sheet
	RecordHead      [4]string
}

// Sheet is one paper.
type Sheet struct {
	Title  string
	Rows   [][]Cell
	Record [][4]string
	Signs  []string
	Note   string
}

// Cell is a label with its value. Span is how many columns of twelve the value takes beside the label's two; 0 is one.
type Cell struct {
	Label, Value string
	Tall         bool
	Span         int
	Photos       []Photo
}

// Photo stands beneath a value. Width and Height are in pixels.
type Photo struct {
	Address, Name string
	Width, Height int
}

// columns of the table: every label takes two, so that rows of one, two and three stand under each other.
func (c Cell) span() string { return strconv.Itoa(max(c.Span, 1)) }
