// Package registers draws the standing lists of returns, extensions and suspensions.
package registers

import (
	"context"
	"time"

	"wanjie/templates/cases"
	"wanjie/templates/ui"
)

// Register is one list with its filters and sums.
type Register struct {
	Title, Path                                string
	Kind, From, To, Unit, State                string // the filters in force
	Until                                      bool   // its applications ask for a time
	Tabs                                       []ui.Tab
	Units, States                              []ui.Option
	Excel                                      string // where it is taken out as a file; empty: the reader may not
	Total, Open, Approved, Refused, Unreviewed string
	Rows                                       []Row
	Pages                                      ui.Pages
}

// Row is one application.
type Row struct {
	Href, Number, Class, Unit, Ground, Near, Decider string
	Asked, Until, Granted, Decided                   time.Time
	State                                            cases.Tag
	Unreviewed                                       bool
}

func (r Row) till() time.Time {
	if !r.Granted.IsZero() {
		return r.Granted
	}
	return r.Until
}

func (p Register) head(ctx context.Context) []ui.Column {
	out := []ui.Column{{Label: ui.T(ctx, "案卷编号")}, {Label: ui.T(ctx, "类别")}, {Label: ui.T(ctx, "申请单位")}, {Label: ui.T(ctx, "理由")}, {Label: ui.T(ctx, "申请时间")}}
	if p.Until {
		out = append(out, ui.Column{Label: ui.T(ctx, "期限至")})
	}
	return append(out, ui.Column{Label: ui.T(ctx, "状态")}, ui.Column{Label: ui.T(ctx, "审批人")})
}
