// Package gallery shows every part of templates/ui and templates/layout with sample data: empty, full, refused, long. The
// golden tests render the same samples, so what somebody has looked at is what the tests hold.
//
// The samples' words stand as they are, in Chinese: they are data here, not strings of the product.
package gallery

import (
	"github.com/a-h/templ"

	"wanjie/templates/layout"
	"wanjie/templates/ui"
)

// Sample is one part or page with data.
type Sample struct {
	Name string // file name of its golden HTML and last part of its address
	View templ.Component
	Page bool // a whole document
}

// Samples lists all, parts first.
func Samples() []Sample {
	return []Sample{
		{Name: "buttons", View: buttons()},
		{Name: "tags", View: tags()},
		{Name: "tiles", View: tiles()},
		{Name: "alerts", View: alerts()},
		{Name: "search", View: search()},
		{Name: "table", View: table()},
		{Name: "table-empty", View: tableEmpty()},
		{Name: "pager-first", View: ui.Pager(pages(1, 1846))},
		{Name: "pager-middle", View: ui.Pager(pages(40, 1846))},
		{Name: "pager-single", View: ui.Pager(pages(1, 3))},
		{Name: "pager-capped", View: ui.Pager(capped())},
		{Name: "form", View: form()},
		{Name: "form-refused", View: formRefused()},
		{Name: "steps", View: ui.Steps(way(3, ui.Now))},
		{Name: "steps-stuck", View: ui.Steps(way(3, ui.Stuck))},
		{Name: "timeline", View: ui.Timeline(moments())},
		{Name: "timeline-empty", View: ui.Timeline(nil)},
		{Name: "facts", View: ui.DescriptionList(facts())},
		{Name: "tabs", View: ui.Tabs("案卷视图", tabs())},
		{Name: "bars", View: ui.Bars(bars(), 0)},
		{Name: "bars-rates", View: ui.Bars(rates(), 100)},
		{Name: "bars-empty", View: ui.Bars(nil, 0)},
		{Name: "trend", View: ui.TrendLine(trend(3))},
		{Name: "trend-one", View: ui.TrendLine(trend(1))},
		{Name: "trend-empty", View: ui.TrendLine(ui.Trend{Name: "每日受理（件）"})},
		{Name: "error-part", View: layout.ErrorPart(lost())},
		{Name: "page-desk", View: desk(), Page: true},
		{Name: "page-case", View: caseSheet(), Page: true},
		{Name: "page-board", View: board(), Page: true},
		{Name: "page-sign-in", View: signIn(), Page: true},
		{Name: "page-error", View: failure(), Page: true},
	}
}
