package sheets

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Report is a table as offices hand it on: a title over the whole width, lines under it, the head, rows of which the
// last are sums, and lines below, such as who made and who checked it. It is held in memory: for figures, not for rows
// by the ten thousand.
type Report struct {
	Name    string // of the sheet
	Title   string
	Above   []string // under the title: period, unit of count
	Columns []Column
	Rows    [][]any // cells are strings, ints and Numbers
	Sums    int     // so many of the last rows are sums
	Below   []string
}

// Number is a cell shown with so many places. A Percent is given as 93.4 and written as what programs reckon with, 0.934.
type Number struct {
	Value   float64
	Places  int
	Percent bool
}

// WriteReport writes a workbook for A4 across.
func WriteReport(out io.Writer, r Report) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it holds no file
	w := reportSheet{f: f, name: sheetName(r.Name), styles: map[string]int{}}
	w.do(f.SetSheetName("Sheet1", w.name))
	w.line(r.Title, len(r.Columns), "title")
	for _, s := range r.Above {
		w.line(s, len(r.Columns), "")
	}
	for i, c := range r.Columns {
		col, err := excelize.ColumnNumberToName(i + 1)
		w.do(err)
		width := c.Width
		if width == 0 {
			width = 12
		}
		w.do(f.SetColWidth(w.name, col, col, width))
		w.cell(i, c.Title, true)
	}
	w.row++
	head := w.row
	for n, cells := range r.Rows {
		for i, v := range cells {
			w.cell(i, v, n >= len(r.Rows)-r.Sums)
		}
		w.row++
	}
	for _, s := range r.Below {
		w.line(s, len(r.Columns), "")
	}
	size, across, wide := 9, "landscape", 1 // 9 is A4
	w.do(f.SetPageLayout(w.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &across, FitToWidth: &wide, FitToHeight: new(int)}))
	fit := true
	w.do(f.SetSheetProps(w.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	w.do(f.SetPanes(w.name, &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: fmt.Sprintf("A%d", head+1), ActivePane: "bottomLeft"}))
	if w.err != nil {
		return fmt.Errorf("sheets: %w", w.err)
	}
	return f.Write(out)
}

// reportSheet writes row by row and keeps its first error.
type reportSheet struct {
	f      *excelize.File
	name   string
	row    int // rows written
	styles map[string]int
	err    error
}

func (w *reportSheet) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *reportSheet) at(column int) string {
	name, err := excelize.CoordinatesToCellName(column+1, w.row+1)
	w.do(err)
	return name
}

// line is a row of words over the whole width.
func (w *reportSheet) line(s string, width int, font string) {
	first, last := w.at(0), w.at(width-1)
	w.do(w.f.SetCellStr(w.name, first, s))
	w.do(w.f.MergeCell(w.name, first, last))
	style := &excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Font: &excelize.Font{Family: "宋体", Size: 11}}
	if font != "" {
		style.Font = &excelize.Font{Family: "方正小标宋简体", Size: 16}
		style.Alignment.Horizontal = "center"
	}
	w.do(w.f.SetCellStyle(w.name, first, last, w.style("line"+font, style)))
	if n := len([]rune(s)); n > 60 {
		w.do(w.f.SetRowHeight(w.name, w.row+1, float64(16*(1+n/60))))
	}
	w.row++
}

func (w *reportSheet) cell(column int, v any, bold bool) {
	at := w.at(column)
	style := &excelize.Style{Font: &excelize.Font{Family: "宋体", Size: 11, Bold: bold}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		style.Border = append(style.Border, excelize.Border{Type: side, Style: 1, Color: "808080"})
	}
	key := fmt.Sprint("cell", bold)
	switch v := v.(type) {
	case string:
		w.do(w.f.SetCellStr(w.name, at, v)) // a string is never a formula here
	case int:
		w.do(w.f.SetCellInt(w.name, at, int64(v)))
	case Number:
		format := "0"
		if v.Places > 0 {
			format += "." + strings.Repeat("0", v.Places)
		}
		value := v.Value
		if v.Percent {
			format += "%"
			value /= 100
		}
		style.CustomNumFmt = &format
		key += format
		w.do(w.f.SetCellFloat(w.name, at, value, -1, 64))
	default:
		w.do(fmt.Errorf("a cell of %T", v))
	}
	w.do(w.f.SetCellStyle(w.name, at, at, w.style(key, style)))
}

func (w *reportSheet) style(key string, s *excelize.Style) int {
	id, ok := w.styles[key]
	if !ok {
		var err error
		id, err = w.f.NewStyle(s)
		w.do(err)
		w.styles[key] = id
	}
	return id
}
