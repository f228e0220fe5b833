package cases

import (
	"bytes"
	"context"
	"strings"

	"wanjie/app/clock"
	"wanjie/app/sheets"
	"wanjie/templates/ui"
)

// Register is a standing work list (台账) over a period, as offices hand it on: a title, the period, numbers first, a sum
// last, and who made and checked it.
type Register struct {
	Office   string // of the street
	Title    string // in the reader's language
	From, To clock.Date
	Columns  []sheets.Column // without the number that leads every row
	Rows     [][]any
	Sum      string // what came of them, above the table
}

// Workbook is the register as an Excel file, with the file's name.
func (g Register) Workbook(ctx context.Context) (name string, body []byte, err error) {
	from, to := string(g.From), string(g.To)
	if g.From == "" {
		from = ui.T(ctx, "启用之日")
	}
	if g.To == "" {
		to = string(clock.DateOf(clock.Now(ctx)))
	}
	out := sheets.Report{
		Name: g.Title, Title: strings.TrimSpace(g.Office + " " + g.Title), Above: []string{ui.T(ctx, "统计期间：%s 至 %s　单位：件　数据截至 %s", from, to, ui.Time(clock.Now(ctx))), g.Sum},
		Columns: append([]sheets.Column{{Title: ui.T(ctx, "序号"), Width: 6}}, g.Columns...), Sums: 1,
		Below: []string{ui.T(ctx, "制表：　　　　　　　　　审核：　　　　　　　　　日期：%s", ui.Date(clock.Now(ctx)))},
	}
	for i, row := range g.Rows {
		out.Rows = append(out.Rows, append([]any{i + 1}, row...))
	}
	sum := []any{ui.T(ctx, "合计"), ui.T(ctx, "%d件", len(g.Rows))}
	for len(sum) < len(out.Columns) {
		sum = append(sum, "")
	}
	out.Rows = append(out.Rows, sum)
	var b bytes.Buffer
	if err := sheets.WriteReport(&b, out); err != nil {
		return "", nil, err
	}
	return g.Title + "_" + strings.ReplaceAll(from, "-", "") + "-" + strings.ReplaceAll(to, "-", "") + ".xlsx", b.Bytes(), nil
}
