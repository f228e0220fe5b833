package docs

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Lengths. Word counts twentieths of a point across a page and English Metric Units in pictures.
const (
	twipsOfMM = 56.6929
	emuOfMM   = 36_000
	margin    = 22.0             // left and right of the text, in mm
	textWidth = 210.0 - 2*margin // of A4, in mm
)

// Frame is what stands around every page, and what the file says of itself.
type Frame struct {
	Title  string // in the file's properties
	Author string // the office
	Head   string // above every page
	Foot   string // below, before the page number
	Mark   string // beside Head, in red: 演示数据
}

// Align is where a line stands.
type Align string

// The places of a line.
const (
	Left   Align = "left"
	Centre Align = "center"
	Right  Align = "right"
)

// Style is how text looks.
type Style struct {
	Face  Face
	Size  float64 // points; 0 is 14 (四号)
	Align Align
	Small bool // little room around it
}

// Cell is a place in a table. Weight is its share of the row's width.
type Cell struct {
	Text   string // several lines are separated by \n
	Head   bool   // a label: centred, in 黑体
	Weight int
	Tall   bool // at least as high as a few written lines

	Pictures []Picture // beneath the text, side by side as far as there is room
}

// Label and Value are the two kinds of cells.
func Label(s string) Cell { return Cell{Text: s, Head: true, Weight: 3} }

// Value is what a label says; it shares the rest of the row.
func Value(s string) Cell { return Cell{Text: s, Weight: 7} }

// Row is a row of cells whose weights share the width.
type Row []Cell

// Document is a file in the making.
type Document struct {
	frame    Frame
	body     bytes.Buffer
	pictures [][]byte // as they stand in the text, from 1
}

// New begins a document.
func New(f Frame) *Document { return &Document{frame: f} }

// Title is the heading of a paper.
func (d *Document) Title(s string) { d.Line(s, Style{Face: Song, Size: 22, Align: Centre}) }

// Heading is a heading within a paper.
func (d *Document) Heading(s string) { d.Line(s, Style{Face: Hei, Size: 14}) }

// Text is running text.
func (d *Document) Text(s string) { d.Line(s, Style{}) }

// Line is a paragraph of its own style.
func (d *Document) Line(s string, how Style) { paragraph(&d.body, s, how) }

// Break begins a new page.
func (d *Document) Break() { d.body.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`) }

// Table is a ruled table over the width of the page. The first head rows are repeated on every page it reaches.
func (d *Document) Table(rows []Row, head int) {
	// Rows share the width differently, and Word wants one grid of columns for all: that of every edge there is.
	edges := map[int]bool{}
	all := make([][]int, len(rows)) // right edges of the cells, in twips
	for i, r := range rows {
		all[i] = spread(r)
		for _, e := range all[i] {
			edges[e] = true
		}
	}
	grid := sorted(edges)
	at := map[int]int{0: 0}
	for i, e := range grid {
		at[e] = i + 1
	}
	w := &d.body
	w.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + twips(textWidth) + `" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		w.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	w.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	last := 0
	for _, e := range grid {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, e-last)
		last = e
	}
	w.WriteString(`</w:tblGrid>`)
	for i, r := range rows {
		d.row(w, r, all[i], at, i < head)
	}
	w.WriteString(`</w:tbl>`)
	paragraph(w, "", Style{Size: 6, Small: true}) // two tables without anything between them would become one
}

func (d *Document) row(w *bytes.Buffer, r Row, edges []int, at map[int]int, head bool) {
	tall := false
	for _, c := range r {
		tall = tall || c.Tall
	}
	w.WriteString(`<w:tr><w:trPr><w:cantSplit w:val="` + fmt.Sprint(!tall) + `"/>`)
	if tall {
		w.WriteString(`<w:trHeight w:val="` + twips(28) + `" w:hRule="atLeast"/>`)
	} else {
		w.WriteString(`<w:trHeight w:val="` + twips(9) + `" w:hRule="atLeast"/>`)
	}
	if head {
		w.WriteString(`<w:tblHeader/>`)
	}
	w.WriteString(`</w:trPr>`)
	from := 0
	for i, c := range r {
		fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/><w:vAlign w:val="center"/></w:tcPr>`, edges[i]-from, at[edges[i]]-at[from])
		from = edges[i]
		how := Style{Size: 12, Small: true}
		if c.Head {
			how.Face, how.Align = Hei, Centre
		}
		for line := range strings.SplitSeq(c.Text, "\n") {
			paragraph(w, line, how)
		}
		if len(c.Pictures) > 0 {
			d.picture(w, Left, c.Pictures)
		}
		w.WriteString(`</w:tc>`)
	}
	w.WriteString(`</w:tr>`)
}

// spread is where the cells of a row end, in twips.
func spread(r Row) []int {
	sum := 0
	for _, c := range r {
		sum += max(c.Weight, 1)
	}
	width := textWidth * twipsOfMM
	whole, at := int(width), 0
	out := make([]int, len(r))
	for i, c := range r {
		at += max(c.Weight, 1)
		out[i] = whole * at / sum
	}
	return out
}

// Pictures are PNG or JPEG files side by side, each as wide as said, in mm. A file that is neither is left out.
func (d *Document) Pictures(how Align, list ...Picture) { d.picture(&d.body, how, list) }

func (d *Document) picture(w *bytes.Buffer, how Align, list []Picture) {
	w.WriteString(`<w:p><w:pPr><w:jc w:val="` + string(how) + `"/></w:pPr>`)
	for _, p := range list {
		if kindOf(p.File) == "" {
			continue
		}
		d.pictures = append(d.pictures, p.File)
		n := len(d.pictures)
		cx, cy := int(p.Width*emuOfMM), int(p.Height*emuOfMM)
		fmt.Fprintf(w, `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="%s" descr="%s"/>`+
			`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="%s"/><pic:cNvPicPr/></pic:nvPicPr>`+
			`<pic:blipFill><a:blip r:embed="rIdPicture%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm>`+
			`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
			cx, cy, n, clean(p.Name), clean(p.Name), n, clean(p.Name), n, cx, cy)
	}
	w.WriteString(`</w:p>`)
}

// Picture is a picture in the text. Width and Height are in mm.
type Picture struct {
	Name          string // what it shows
	File          []byte
	Width, Height float64
}

func kindOf(file []byte) string {
	switch {
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n")):
		return "png"
	case bytes.HasPrefix(file, []byte{0xff, 0xd8, 0xff}):
		return "jpeg"
	}
	return ""
}

func paragraph(w *bytes.Buffer, s string, how Style) {
	if how.Size == 0 {
		how.Size = 14
	}
	if how.Align == "" {
		how.Align = Left
	}
	space := `<w:spacing w:before="60" w:after="60" w:line="360" w:lineRule="auto"/>`
	if how.Small {
		space = `<w:spacing w:before="20" w:after="20" w:line="280" w:lineRule="auto"/>`
	}
	w.WriteString(`<w:p><w:pPr>` + space + `<w:jc w:val="` + string(how.Align) + `"/></w:pPr>`)
	if s != "" {
		w.WriteString(`<w:r>` + look(how) + `<w:t xml:space="preserve">` + clean(s) + `</w:t></w:r>`)
	}
	w.WriteString(`</w:p>`)
}

// look is how a run of text looks. Latin letters and digits of a Chinese paper stand in Times New Roman.
func look(how Style) string {
	return fmt.Sprintf(`<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s" w:hint="eastAsia"/><w:sz w:val="%d"/><w:szCs w:val="%[2]d"/></w:rPr>`,
		how.Face.name(), int(how.Size*2))
}

// clean is s as XML may hold it; what XML cannot hold at all becomes �.
func clean(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

func twips(mm float64) string { return fmt.Sprint(int(mm * twipsOfMM)) }
