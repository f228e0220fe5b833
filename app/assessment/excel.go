package assessment

import (
	"context"
	"fmt"

	"wanjie/app/clock"
	"wanjie/app/sheets"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// workbook is the report as offices hand it on (china.md §9): title, period, unit of count and as-of time above, numbers
// first, sums last, then how it is counted, and who made and checked it.
func workbook(ctx context.Context, street string, s *Sheet) sheets.Report {
	out := sheets.Report{
		Name: s.Title, Title: street + " " + s.Title, Columns: []sheets.Column{{Title: ui.T(ctx, "序号"), Width: 6}, {Title: ui.T(ctx, rowTitles[s.By]), Width: 20}},
		Above: []string{ui.T(ctx, "统计期间：%s　单位：件、%%　数据截至 %s", termLine(ctx, s.Term), ui.Time(s.AsOf))},
	}
	if s.Apart {
		out.Columns = append(out.Columns, sheets.Column{Title: ui.T(ctx, "单位类型"), Width: 14})
	}
	for i, one := range sections(ctx, s) { // the first above the figures, the others below
		to := &out.Below
		if i == 0 {
			to = &out.Above
		}
		*to = append(append(*to, one.Title), one.Lines...)
	}
	for _, c := range s.Columns {
		title := c.title(ctx)
		if c.Weight > 0 {
			title += fmt.Sprintf("（%d%%）", c.Weight)
		}
		if c.TwinOf != "" {
			title = ui.T(ctx, "对照：%s", title)
		}
		out.Columns = append(out.Columns, sheets.Column{Title: title, Width: 13})
	}
	out.Columns = append(out.Columns, sheets.Column{Title: ui.T(ctx, "剔除件数"), Width: 10})
	if s.Ranked {
		out.Columns = append(out.Columns, sheets.Column{Title: ui.T(ctx, "综合成绩")}, sheets.Column{Title: ui.T(ctx, "排名"), Width: 8})
	}
	for i := range s.Rows {
		out.Rows = append(out.Rows, s.cellsOf(ctx, i+1, &s.Rows[i]))
	}
	if len(s.Sum.Figures) > 0 {
		sum := s.Sum
		sum.Name = ui.T(ctx, "合计")
		out.Rows = append(out.Rows, s.cellsOf(ctx, 0, &sum))
		out.Sums = 1
	}
	out.Below = append(out.Below, ui.T(ctx, "口径：%s", s.Text))
	for _, c := range s.Columns {
		out.Below = append(out.Below, fmt.Sprintf("%s（v%d）：%s", c.title(ctx), c.Version, textOf(ctx, c)))
	}
	out.Below = append(out.Below, notes(ctx, s)...)
	out.Below = append(out.Below, ui.T(ctx, "制表：　　　　　　　　　审核：　　　　　　　　　日期：%s", ui.Date(clock.Now(ctx))))
	return out
}

func (s *Sheet) cellsOf(ctx context.Context, n int, r *Row) []any {
	out := []any{"", r.Name}
	if n > 0 {
		out[0] = n
	}
	if s.Apart {
		kind := ""
		if n > 0 {
			kind = ui.T(ctx, kindTitles[r.Kind])
		}
		out = append(out, kind)
	}
	left := int64(0)
	for i, c := range s.Columns {
		f := r.Figures[i]
		left = max(left, f.Left)
		if f.Value == nil || c.Unrecorded {
			out = append(out, ui.None)
			continue
		}
		v, _ := f.Value.Float64()
		out = append(out, sheets.Number{Value: v, Places: places(c), Percent: c.Measure == blueprint.Percent})
	}
	out = append(out, int(left))
	if s.Ranked {
		score, rank := any(ui.None), any(ui.None)
		if r.Score != nil {
			v, _ := r.Score.Float64()
			score = sheets.Number{Value: v, Places: 1}
		}
		if r.Rank > 0 {
			rank = r.Rank
		}
		out = append(out, score, rank)
	}
	return out
}

// places: rates go with two in a file, as offices have it.
func places(c Column) int {
	if c.Measure == blueprint.Percent {
		return max(c.Places, 2)
	}
	return c.Places
}
