package grids

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"wanjie/templates/ui"
)

// tick is a checkbox of a form.
func tick(f Form, name, label string) ui.Input {
	in := f.in(name, label)
	in.Value = ""
	return in
}

// again marks the button that takes the file after its trial.
func again(a templ.Attributes) templ.Attributes {
	a["name"], a["value"] = "go", "1"
	return a
}

func choiceID(f Form, name string, i int) string {
	if i == 0 { // so that a message's link finds the group
		return f.id(name)
	}
	return f.id(name) + "-" + strconv.Itoa(i)
}

func describes(f Form, name string) string {
	if f.Errors[name] == "" {
		return ""
	}
	return f.id(name) + "-error"
}

func roundHead(ctx context.Context, titled bool) []ui.Column {
	due, until, state := ui.Column{Label: ui.T(ctx, "应巡查日期")}, ui.Column{Label: ui.T(ctx, "最迟完成")}, ui.Column{Label: ui.T(ctx, "状态")}
	if titled {
		return []ui.Column{{Label: ui.T(ctx, "任务")}, {Label: ui.T(ctx, "网格")}, due, until, state}
	}
	return []ui.Column{due, until, state, {Label: ui.T(ctx, "巡查人")}, {Label: ui.T(ctx, "完成时间")}}
}
