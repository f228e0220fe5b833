package sheets

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wanjie/app/clock"
)

// What Excel takes: rows of a sheet, characters of a cell and of a sheet's name.
const (
	mostRows = 1 << 20
	mostText = 32_767
	mostName = 31
)

// The styles of styles.xml, by their place in cellXfs. quotePrefix marks a cell as text that stays text, also when
// somebody edits it.
const (
	plainStyle = iota
	headStyle
	timeStyle
	quotedStyle
)

const styles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEEF1F5"/></patternFill></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf quotePrefix="1"/></cellXfs>
</styleSheet>`

// The parts of a workbook around its one sheet (ECMA-376, SpreadsheetML).
const (
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	contentTypes  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	rootLinks = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookLinks = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relationships + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relationships + `/styles" Target="styles.xml"/></Relationships>`
	book = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + relationships + `"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	sheetHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`
)

// excelForm streams a workbook by hand. The library of the house reads and builds workbooks, but what is larger
// than its memory it writes in the clear to the machine's temporary folder.
type excelForm struct {
	zip     *zip.Writer
	out     *bufio.Writer
	columns int
	rows    int
}

func newExcel(out io.Writer, name string, columns []Column) (form, error) {
	f := &excelForm{zip: zip.NewWriter(out), columns: len(columns)}
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", rootLinks}, {"xl/workbook.xml", fmt.Sprintf(book, escaped(sheetName(name)))},
		{"xl/_rels/workbook.xml.rels", bookLinks}, {"xl/styles.xml", styles},
	} {
		w, err := f.zip.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, part.text); err != nil {
			return nil, err
		}
	}
	sheet, err := f.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	f.out = bufio.NewWriterSize(sheet, 32<<10)
	f.text(sheetHead)
	for i, c := range columns {
		if c.Width == 0 {
			c.Width = 12
		}
		f.text(fmt.Sprintf(`<col min="%d" max="%[1]d" width="%g" customWidth="1"/>`, i+1, c.Width))
	}
	f.text(`</cols><sheetData><row>`)
	for _, c := range columns {
		f.words(c.Title, headStyle)
	}
	f.text(`</row>`)
	f.rows = 1
	return f, f.failed()
}

// text writes as it is. The buffer keeps its first error: failed tells it.
func (f *excelForm) text(s string) { _, _ = f.out.WriteString(s) }

func (f *excelForm) failed() error {
	_, err := f.out.WriteString("")
	return err
}

func (f *excelForm) words(s string, style int) {
	if s == "" && style == plainStyle {
		f.text(`<c/>`)
		return
	}
	if utf8.RuneCountInString(s) > mostText {
		s = string([]rune(s)[:mostText-1]) + "…"
	}
	f.text(`<c t="inlineStr" s="` + strconv.Itoa(style) + `"><is><t xml:space="preserve">`)
	f.text(escaped(s))
	f.text(`</t></is></c>`)
}

func (f *excelForm) row(cells []any) error {
	if f.rows++; f.rows > mostRows {
		return fmt.Errorf("sheets: more than %d rows", mostRows)
	}
	f.text(`<row>`)
	for _, c := range cells {
		switch c := c.(type) {
		case int:
			f.text(`<c><v>` + strconv.Itoa(c) + `</v></c>`)
		case time.Time:
			if c.IsZero() {
				f.text(`<c/>`)
				break
			}
			f.text(`<c s="` + strconv.Itoa(timeStyle) + `"><v>` + strconv.FormatFloat(serial(c), 'f', 6, 64) + `</v></c>`)
		case string:
			style := plainStyle
			if formula(c) {
				style = quotedStyle
			}
			f.words(c, style)
		default:
			return fmt.Errorf("sheets: a cell of %T", c)
		}
	}
	f.text(`</row>`)
	return f.failed()
}

func (f *excelForm) close() error {
	f.text(fmt.Sprintf(`</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, letters(f.columns), f.rows))
	if err := f.out.Flush(); err != nil {
		return err
	}
	return f.zip.Close()
}

// serial is the time as Excel counts: days since 30 December 1899, by the wall clock in Asia/Shanghai, to the second.
func serial(t time.Time) float64 {
	t = t.In(clock.Zone)
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	days := wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
	return math.Round(days*86_400) / 86_400
}

// letters names the nth column: 1 is A, 27 is AA.
func letters(n int) (s string) {
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// sheetName is what Excel takes for a name.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > mostName {
		return string(r[:mostName])
	}
	return s
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder does not fail
	return b.String()
}
