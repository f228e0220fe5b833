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
	body, err := asExcel(ctx, s)
	return web.File(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body), err
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
		rows = append(rows, append(row, s.Figures(l, s.Table, true)...))
	}
	if s.Table != view.Units && len(s.Lines) > 1 {
		rows = append(rows, append([]any{"", ui.T(ctx, "合计")}, s.Figures(view.Sum(s.Lines), s.Table, true)...))
	}
	return rows
}

// asCSV writes UTF-8 with a mark, as Excel expects of Chinese files.
func asCSV(ctx context.Context, s view.Sheet) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(s.Head(ctx, s.Table)) // a buffer does not fail; Flush says so
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

// asExcel writes the form that offices hand around: title across the top, period and unit below,
// bordered table, place to sign, A4 landscape.
func asExcel(ctx context.Context, s view.Sheet) (out []byte, err error) {
	f := excelize.NewFile()
	defer f.Close()
	const page = "Sheet1"
	head := s.Head(ctx, s.Table)
	last, err := excelize.ColumnNumberToName(len(head))
	if err != nil {
		return nil, err
	}
	style := func(st excelize.Style) (id int) {
		if err == nil {
			id, err = f.NewStyle(&st)
		}
		return id
	}
	do := func(e error) {
		if err == nil {
			err = e
		}
	}
	edge := []excelize.Border{{Type: "left", Color: "999999", Style: 1}, {Type: "right", Color: "999999", Style: 1}, {Type: "top", Color: "999999", Style: 1}, {Type: "bottom", Color: "999999", Style: 1}}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	title := style(excelize.Style{Font: &excelize.Font{Size: 16, Bold: true}, Alignment: centre})
	note := style(excelize.Style{Font: &excelize.Font{Size: 10, Color: "596270"}, Alignment: &excelize.Alignment{Vertical: "center"}})
	heads := style(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F5"}}, Border: edge, Alignment: centre})
	body := style(excelize.Style{Border: edge, Alignment: &excelize.Alignment{Vertical: "center"}})
	number := style(excelize.Style{Border: edge, NumFmt: 3, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}})

	do(f.SetCellValue(page, "A1", s.Title(ctx, s.Table)))
	do(f.MergeCell(page, "A1", last+"1"))
	do(f.SetCellStyle(page, "A1", last+"1", title))
	do(f.SetRowHeight(page, 1, 30))
	do(f.SetCellValue(page, "A2", s.Subtitle(ctx)))
	do(f.MergeCell(page, "A2", last+"2"))
	do(f.SetCellStyle(page, "A2", last+"2", note))
	do(f.SetSheetRow(page, "A3", &head))
	do(f.SetCellStyle(page, "A3", last+"3", heads))
	rows := grid(ctx, s)
	for i, row := range rows {
		at := strconv.Itoa(i + 4)
		do(f.SetSheetRow(page, "A"+at, &row))
		do(f.SetCellStyle(page, "A"+at, last+at, number))
		do(f.SetCellStyle(page, "B"+at, "B"+at, body))
	}
	end := strconv.Itoa(len(rows) + 5)
	do(f.SetCellValue(page, "A"+end, ui.T(ctx, "制表：　　　　　　　　审核：　　　　　　　　签发：")))
	do(f.MergeCell(page, "A"+end, last+end))
	do(f.SetColWidth(page, "A", "A", 6))
	do(f.SetColWidth(page, "B", "B", 30))
	do(f.SetColWidth(page, "C", last, 13))
	do(f.SetPanes(page, &excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}))
	landscape, a4, one, many := "landscape", 9, 1, 0
	do(f.SetPageLayout(page, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &many}))
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return b.Bytes(), nil
}
