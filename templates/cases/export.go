package cases

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// ExportForm asks how the list is to leave as a file.
type ExportForm struct {
	Form            // by GET for a short list, which leaves at once; by POST for one that a job writes
	Later    bool   // it is one for a job
	Stop     string // why there is nothing to export; the form is not shown
	Count    int
	Filter   []ui.Fact // what is chosen, in words
	Hidden   []ui.Option
	Formats  []ui.Option
	Contents []ui.Option // empty: only without personal data
	Purposes []ui.Option
	Back     string // the list
	Exports  string // 我的导出
}

// Exports is what somebody has had exported.
type Exports struct {
	Path   string
	Rows   []ExportRow
	Moving bool // something is being written: the list asks again
}

// ExportRow is one of them.
type ExportRow struct {
	Asked    time.Time
	What     string // the filter in words
	Format   string
	Content  Tag
	State    Tag
	Note     string // progress, or why it failed
	Until    time.Time
	Download string // address; empty: there is nothing to fetch
	Retry    string // where it is posted; empty: no
	Remove   string
	Guard    ui.Guard
}

func (p ExportForm) method() string {
	if p.Later {
		return "post"
	}
	return "get"
}

// asking makes the list ask for itself again while something is being written.
func (p Exports) asking() templ.Attributes {
	if !p.Moving {
		return nil
	}
	return templ.Attributes{"hx-get": p.Path, "hx-trigger": "every 3s", "hx-target": "#list", "hx-swap": "outerHTML"}
}

func removing(ctx context.Context, r ExportRow) templ.Attributes {
	attrs := ui.Confirm(ui.T(ctx, "确定删除这个导出文件吗？"))
	attrs["aria-label"] = ui.T(ctx, "删除") + " " + ui.Time(r.Asked)
	return attrs
}
