package sheets

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"wanjie/app/clock"
)

// Format is a kind of file; its value is the ending of the file's name.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	Excel Format = "xlsx"
)

// Kind is the content type; "" for a format that does not exist.
func (f Format) Kind() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case Excel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
}

// Column is the head of a column and, for Excel, its width in characters; 0 is 12.
type Column struct {
	Title string
	Width float64
}

// Writer writes one table. Cells are strings, ints and times; a zero time is an empty cell. Times are told in
// Asia/Shanghai. An error stays: it is enough to look at Close's.
type Writer struct {
	form form
	err  error
}

type form interface {
	row(cells []any) error
	close() error
}

// New writes the head. name is the sheet's in Excel.
func New(out io.Writer, f Format, name string, columns []Column) (*Writer, error) {
	var w Writer
	switch f {
	case CSV:
		w.form, w.err = newCSV(out, columns)
	case Excel:
		w.form, w.err = newExcel(out, name, columns)
	default:
		return nil, fmt.Errorf("sheets: no format %q", f)
	}
	return &w, w.err
}

// Row writes one row.
func (w *Writer) Row(cells ...any) error {
	if w.err == nil {
		w.err = w.form.row(cells)
	}
	return w.err
}

// Close ends the table; the file is whole only then.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.form.close()
	}
	return w.err
}

type csvForm struct{ w *csv.Writer }

// newCSV begins with the mark by which Excel knows UTF-8.
func newCSV(out io.Writer, columns []Column) (form, error) {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return nil, err
	}
	f := csvForm{csv.NewWriter(out)}
	f.w.UseCRLF = true
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = c.Title
	}
	return f, f.row(head)
}

func (f csvForm) row(cells []any) error {
	line := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case int:
			line[i] = strconv.Itoa(c)
		case time.Time:
			if !c.IsZero() {
				line[i] = c.In(clock.Zone).Format("2006-01-02 15:04:05")
			}
		case string:
			line[i] = strings.ReplaceAll(c, "\x00", "")
			if formula(line[i]) {
				line[i] = "'" + line[i]
			}
		default:
			return fmt.Errorf("sheets: a cell of %T", c)
		}
	}
	return f.w.Write(line)
}

func (f csvForm) close() error {
	f.w.Flush()
	return f.w.Error()
}

// formula reports whether some spreadsheet would run s: after blanks and line breaks, by its first character, also
// in the wide forms that an East Asian setting reads alike.
func formula(s string) bool {
	if s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return true
	}
	for _, r := range strings.TrimSpace(s) {
		return strings.ContainsRune("=+-@|%＝＋－＠", r)
	}
	return false
}
