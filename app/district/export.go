package district

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"wanjie/app/web"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// export answers one table as a file. It holds counts only, so nobody's look has to be recorded.
func export(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	table, format := r.URL.Query().Get("table"), r.URL.Query().Get("format")
	if r.PathValue("unit") != "" {
		table = view.Places
	}
	if _, ok := dimensions[table]; !ok || format != "csv" && format != "xlsx" {
		return web.Reply{}, errNoPage()
	}
	s, err := full(ctx, tx, r, table)
	if err != nil {
		return web.Reply{}, err
	}
	name := fmt.Sprintf("%s_%s_%s.%s", s.Title(ctx, table), s.From.Format("20060102"), s.To.Format("20060102"), format)
	if format == "csv" {
		body, err := asCSV(ctx, s)
		return web.File(name, "text/csv; charset=utf-8", body), err
	}
	body, err := workbook(ctx, s)
	return web.File(name, excelKind, body), err
}

// grid is the table as cells: numbers as numbers, what is unknown as "—".
func grid(ctx context.Context, s view.Sheet) [][]any {
	rows := make([][]any, 0, len(s.Lines)+1)
	owned := s.Table == view.Units && !s.Street
	for i, l := range s.Ranked() {
		name := l.Name
		if l.Apart {
			name += ui.T(ctx, "（单列，不计入合计）")
		}
		row := []any{int64(i + 1), name}
		if owned {
			row = append(row, l.Belongs(ctx))
		}
		rows = append(rows, append(row, s.Cells(l)...))
	}
	if s.Table != view.Units && len(s.Lines) > 1 {
		rows = append(rows, append([]any{"", ui.T(ctx, "合计")}, s.Cells(view.Sum(s.Lines))...))
	}
	return rows
}

// asCSV writes UTF-8 with a mark, as Excel expects of Chinese files.
func asCSV(ctx context.Context, s view.Sheet) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(s.Head(ctx)) // a buffer does not fail; Flush says so
	for _, row := range grid(ctx, s) {
		line := make([]string, len(row))
		for i, v := range row {
			if n, ok := v.(int64); ok {
				line[i] = strconv.FormatInt(n, 10)
				continue
			}
			line[i] = Plain(fmt.Sprint(v))
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// Plain keeps a spreadsheet from running a name as a formula.
func Plain(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t') {
		return "'" + s
	}
	return s
}

// excelKind is what a workbook says of itself.
const excelKind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// workbook writes tables in the form that offices hand around, each on a sheet of its own.
func workbook(ctx context.Context, all ...view.Sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w := sheetWriter{f: f, page: "Sheet1"}
	for i, s := range all {
		if len(all) > 1 {
			if name := s.Tab(ctx); i == 0 {
				w.do(f.SetSheetName(w.page, name))
				w.page = name
			} else {
				_, err := f.NewSheet(name)
				w.do(err)
				w.page = name
			}
		}
		w.write(ctx, s)
	}
	if w.err != nil {
		return nil, fmt.Errorf("write workbook: %w", w.err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b.Bytes(), nil
}

// sheetWriter writes the sheets of a workbook and keeps its first error.
type sheetWriter struct {
	f    *excelize.File
	page string
	err  error
}

func (w *sheetWriter) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *sheetWriter) style(st excelize.Style) int {
	id, err := w.f.NewStyle(&st)
	w.do(err)
	return id
}

// write is one sheet: title across the top, period and unit below, bordered table, place to sign, A4 landscape.
func (w *sheetWriter) write(ctx context.Context, s view.Sheet) {
	f, page := w.f, w.page
	head := s.Head(ctx)
	last, err := excelize.ColumnNumberToName(len(head))
	w.do(err)
	edge := []excelize.Border{{Type: "left", Color: "999999", Style: 1}, {Type: "right", Color: "999999", Style: 1}, {Type: "top", Color: "999999", Style: 1}, {Type: "bottom", Color: "999999", Style: 1}}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	title := w.style(excelize.Style{Font: &excelize.Font{Size: 16, Bold: true}, Alignment: centre})
	note := w.style(excelize.Style{Font: &excelize.Font{Size: 10, Color: "596270"}, Alignment: &excelize.Alignment{Vertical: "center"}})
	heads := w.style(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F5"}}, Border: edge, Alignment: centre})
	body := w.style(excelize.Style{Border: edge, Alignment: &excelize.Alignment{Vertical: "center"}})
	number := w.style(excelize.Style{Border: edge, NumFmt: 3, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}})

	w.do(f.SetCellValue(page, "A1", s.Title(ctx, s.Table)))
	w.do(f.MergeCell(page, "A1", last+"1"))
	w.do(f.SetCellStyle(page, "A1", last+"1", title))
	w.do(f.SetRowHeight(page, 1, 30))
	w.do(f.SetCellValue(page, "A2", s.Subtitle(ctx)))
	w.do(f.MergeCell(page, "A2", last+"2"))
	w.do(f.SetCellStyle(page, "A2", last+"2", note))
	w.do(f.SetSheetRow(page, "A3", &head))
	w.do(f.SetCellStyle(page, "A3", last+"3", heads))
	rows := grid(ctx, s)
	for i, row := range rows {
		at := strconv.Itoa(i + 4)
		w.do(f.SetSheetRow(page, "A"+at, &row))
		w.do(f.SetCellStyle(page, "A"+at, last+at, number))
		w.do(f.SetCellStyle(page, "B"+at, "B"+at, body))
	}
	end := strconv.Itoa(len(rows) + 5)
	w.do(f.SetCellValue(page, "A"+end, ui.T(ctx, "制表：　　　　　　　　审核：　　　　　　　　签发：")))
	w.do(f.MergeCell(page, "A"+end, last+end))
	w.do(f.SetColWidth(page, "A", "A", 6))
	w.do(f.SetColWidth(page, "B", "B", 30))
	w.do(f.SetColWidth(page, "C", last, 13))
	w.do(f.SetPanes(page, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}))
	landscape, a4, one, many := "landscape", 9, 1, 0
	w.do(f.SetPageLayout(page, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &many}))
}
