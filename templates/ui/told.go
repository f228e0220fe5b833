package ui

import (
	"bytes"
	"context"
	"html"
	"io"

	"github.com/a-h/templ"
)

// told writes the rows that are its children and tells each cell its column: the name, which a phone shows beside the
// value where no head stands above it, and the role, which display: flex would take from it; and a cell that says nothing
// that it does, because a card leaves it out. So no view has to.
//
// It reads the markup that templ writes: tags in lower case, and never a bare < in a text or an attribute.
func told(head []Column) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var rows bytes.Buffer
		if err := templ.GetChildren(ctx).Render(templ.ClearChildren(ctx), &rows); err != nil {
			return err
		}
		_, err := w.Write(tell(head, rows.Bytes()))
		return err
	})
}

// tell adds to rows what told promises. A cell over several columns has the name of none.
func tell(head []Column, rows []byte) []byte {
	names, at := cellNames(head), 0
	out := make([]byte, 0, len(rows)*3/2)
	for {
		i := bytes.Index(rows, []byte("<t"))
		if i < 0 || len(rows) < i+4 {
			return append(out, rows...)
		}
		kind, after := rows[i+2], rows[i+3]
		out, rows = append(out, rows[:i+3]...), rows[i+3:]
		if after != ' ' && after != '>' {
			continue // not a tag of two letters
		}
		switch kind {
		case 'r':
			out, at = append(out, ` role="row"`...), 0
			continue
		case 'd':
			out = append(out, ` role="cell"`...)
		case 'h':
			out = append(out, ` role="rowheader"`...)
		default:
			continue
		}
		attributes, _, _ := bytes.Cut(rows, []byte(">"))
		if at < len(names) && !bytes.Contains(attributes, []byte(" colspan=")) {
			out = append(out, names[at]...)
		}
		if nothing(rows) {
			out = append(out, " data-none"...)
		}
		at++
	}
}

// nothing reports whether the cell whose attributes and content rows begins with says only None.
func nothing(rows []byte) bool {
	cell, _, _ := bytes.Cut(rows, []byte("</t"))
	if !bytes.Contains(cell, []byte(None)) {
		return false
	}
	var said []byte
	for {
		var found bool
		if _, cell, found = bytes.Cut(cell, []byte(">")); !found {
			return string(bytes.TrimSpace(said)) == None
		}
		words, _, _ := bytes.Cut(cell, []byte("<"))
		said = append(said, words...)
	}
}

// cellNames are the attributes of the cells under head.
func cellNames(head []Column) []string {
	names, title := make([]string, len(head)), titleOf(head)
	for i, c := range head {
		switch {
		case i == title:
			names[i] = " data-title"
		case !c.Pick && !c.Ops && c.Label != "":
			names[i] = ` data-label="` + html.EscapeString(c.Label) + `"`
		}
	}
	return names
}

// titleOf is the column that says what a row is about, -1 where there is none.
func titleOf(head []Column) int {
	first := -1
	for i, c := range head {
		if c.Title {
			return i
		}
		if first < 0 && !c.Pick && !c.Number && !c.Ops {
			first = i
		}
	}
	return first
}
