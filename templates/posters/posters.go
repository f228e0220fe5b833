// Package posters draws sheets of A4 for notice boards, which lead residents from paper to a page.
package posters

// Poster is one sheet. Its words are Chinese whatever the reader's language: residents read them.
type Poster struct {
	Street, Title, Scan string
	Lines               []string
	Logo                string // address of the street's mark; may be empty
	Code, Door, Hotline string // Door is the address that the code says
	CodeName            string // what the code leads to, in the reader's language
	Back                string
}

// What the largest letters have room for on a sheet: a title of one line, and so many lines beneath the code.
const roomyTitle, roomyLines = 8, 3

func (p Poster) class() string {
	if len([]rune(p.Title)) > roomyTitle || len(p.Lines) > roomyLines {
		return "paper poster poster-long"
	}
	return "paper poster"
}
