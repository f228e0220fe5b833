package fleet

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"wanjie/templates/ui"
)

// Meter is a column of the usage table.
type Meter struct {
	Code, Name, Unit string
	Once             bool // once a day at most: no matter for a trend
}

// Usage is everybody's usage of a month.
type Usage struct {
	Month  string // 2026-11
	Months []ui.Option
	Query  string
	Meters []Meter
	Totals []int64 // of everybody, by meter
	Used   bool    // anybody used anything
	Rows   []UsageRow
	Pages  ui.Pages
}

// UsageRow is one tenant's.
type UsageRow struct {
	ID         int32
	Name, Path string
	Qty        []int64
}

// UsageDays is one tenant's usage of a month, day by day.
type UsageDays struct {
	ID         int32
	Name, Path string
	Month      string
	Months     []ui.Option
	Meters     []Meter
	Totals     []int64
	Rows       []UsageDay // days with usage
}

// UsageDay is what a tenant used on a day.
type UsageDay struct {
	Day string // 2026-11-23
	Qty []int64
}

func (d UsageDays) path(more string) string {
	return "/v/usage/" + strconv.Itoa(int(d.ID)) + more
}

func (d UsageDays) file() string { return d.path("/export?") + url.Values{"month": {d.Month}}.Encode() }

// trend is the meters over all days of the month, or up to the last one with usage.
func (d UsageDays) trend(ctx context.Context) (t ui.Trend) {
	t.Name = ui.T(ctx, "每日用量")
	first, err := time.Parse("2006-01", d.Month)
	if err != nil || len(d.Rows) == 0 {
		return t
	}
	of := map[string][]int64{}
	for _, r := range d.Rows {
		of[r.Day] = r.Qty
	}
	for i, m := range d.Meters {
		if m.Once {
			continue
		}
		s := ui.Series{Name: ui.T(ctx, m.Name)}
		for day := first; day.Format(time.DateOnly) <= d.Rows[len(d.Rows)-1].Day; day = day.AddDate(0, 0, 1) {
			if len(t.Lines) == 0 {
				t.Points = append(t.Points, day.Format("01-02"))
			}
			v := 0.0
			if qty := of[day.Format(time.DateOnly)]; qty != nil {
				v = float64(qty[i])
			}
			s.Values = append(s.Values, v)
		}
		t.Lines = append(t.Lines, s)
	}
	return t
}

func (u Usage) file() string {
	q := url.Values{"month": {u.Month}}
	if u.Query != "" {
		q.Set("q", u.Query)
	}
	return "/v/usage/export?" + q.Encode()
}

// empty says why there is no line, and what to do.
func (u Usage) empty(ctx context.Context) (title, hint string) {
	if !u.Used {
		return ui.T(ctx, "该月没有用量"), ui.T(ctx, "换一个月份，或检查“运行健康”中的用量计量是否跟上")
	}
	return ui.T(ctx, "没有符合条件的租户"), ui.T(ctx, "换个名称或代码，或点“重置”查看全部")
}

func usageHead(ctx context.Context, u Usage) []ui.Column {
	head := []ui.Column{{Label: ui.T(ctx, "租户名称")}, {Label: ui.T(ctx, "租户编号"), Number: true, Wide: true}}
	return append(head, meterHead(ctx, u.Meters)...)
}

func meterHead(ctx context.Context, meters []Meter) (head []ui.Column) {
	for _, m := range meters {
		head = append(head, ui.Column{Label: ui.T(ctx, "%s（%s）", ui.T(ctx, m.Name), ui.T(ctx, m.Unit)), Number: true})
	}
	return head
}
