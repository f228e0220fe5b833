package resident

import (
	"context"
	"strings"
	"time"

	"wanjie/app/cases"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// stateOf is where a matter stands, in words that need no explaining.
func stateOf(ctx context.Context, c *cases.Case) (string, ui.Tone) {
	switch c.Stage {
	case cases.Reported, cases.Verifying, cases.Accepted:
		return ui.T(ctx, "已收到，等待受理"), ui.Info
	case cases.Filed:
		return ui.T(ctx, "已受理，正在派单"), ui.Info
	case cases.Handling, cases.Checking:
		if !c.SuspendedAt.IsZero() {
			return ui.T(ctx, "暂缓办理"), ui.Warn
		}
		return ui.T(ctx, "办理中"), ui.Info
	case cases.Closed, cases.Archived:
		return ui.T(ctx, "已办结"), ui.Good
	case cases.Answered:
		return ui.T(ctx, "已答复"), ui.Good
	case cases.Rejected:
		return ui.T(ctx, "不予受理"), ui.Warn
	case cases.Merged:
		return ui.T(ctx, "已合并办理"), ui.Neutral
	case cases.Voided:
		return ui.T(ctx, "已作废"), ui.Neutral
	}
	return string(c.Stage), ui.Neutral
}

// due is until when the matter is promised; zero: nothing is promised, or nothing more.
func due(c *cases.Case) time.Time {
	if c.Running() {
		return c.DueAt
	}
	return time.Time{}
}

// steps is the way of a matter as its petitioner sees it: 已收到 → 已派给某单位 → 办理中 → 已办结 → 评价.
func steps(ctx context.Context, tx tenants.Tx, c *cases.Case, rules *blueprint.Config) ([]ui.Step, error) {
	got := ui.Step{Label: ui.T(ctx, "已收到"), Note: ui.Time(c.ReportedAt), State: ui.Done}
	end := func(label string, at time.Time, p ui.Progress) []ui.Step {
		s := ui.Step{Label: label, State: p}
		if !at.IsZero() {
			s.Note = ui.Time(at)
		}
		return []ui.Step{got, s}
	}
	switch c.Stage {
	case cases.Answered:
		return end(ui.T(ctx, "已答复"), c.EndedAt, ui.Done), nil
	case cases.Rejected:
		return end(ui.T(ctx, "不予受理"), c.EndedAt, ui.Stuck), nil
	case cases.Merged:
		return end(ui.T(ctx, "已合并办理"), c.EndedAt, ui.Done), nil
	case cases.Voided:
		return end(ui.T(ctx, "已作废"), c.EndedAt, ui.Stuck), nil
	}
	all := []ui.Step{got, {Label: ui.T(ctx, "派给承办单位")}, {Label: ui.T(ctx, "办理中")}, {Label: ui.T(ctx, "已办结")}, {Label: ui.T(ctx, "回访评价")}}
	now := 0
	switch c.Stage {
	case cases.Handling:
		now = 2
		if c.Lead != nil && c.Lead.State == cases.Dispatched {
			now = 1
		}
	case cases.Checking:
		now = 2
	case cases.Closed, cases.Archived:
		now = 4
		rated, err := cases.Rated(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		if rated != nil {
			now, all[4].Note = 5, ui.Date(rated.At)
		}
	}
	if c.Lead != nil && now > 0 {
		all[1].Label, all[1].Note = ui.T(ctx, "已派给%s", cases.UnitName(rules, c.Lead.Unit)), ui.Time(c.Lead.DispatchedAt)
	}
	if at := due(c); now > 0 && now < 3 && !at.IsZero() {
		all[now].Note = ui.T(ctx, "%s 前办结", ui.Time(at))
	}
	if now > 3 {
		all[3].Note = ui.Time(c.ClosedAt)
	}
	for i := range all {
		switch {
		case i < now:
			all[i].State = ui.Done
		case i == now:
			all[i].State = ui.Now
		}
	}
	return all, nil
}

// tell says an act at a matter in its petitioner's words; ok is false for what is the street's own business. Nobody who
// works is named: units are.
func tell(ctx context.Context, rules *blueprint.Config, e cases.Event) (m ui.Moment, ok bool) {
	m = ui.Moment{At: e.At}
	say := func(tone ui.Tone, zh string, args ...any) (ui.Moment, bool) {
		m.Tone, m.Act = tone, ui.T(ctx, zh, args...)
		return m, true
	}
	unit := e.After["unit_name"]
	switch e.Kind {
	case "case.reported":
		return say(ui.Info, ui.Key("您反映了问题"))
	case "case.supplemented":
		m.Detail = e.Words
		return say(ui.Info, ui.Key("您补充了情况"))
	case "case.urged":
		if e.After[cases.Voice] == cases.Petitioners {
			return say(ui.Info, ui.Key("您催办了一次"))
		}
		return m, false
	case "case.filed":
		if day := e.After[tally.Deadline]; day != "" {
			m.Detail = ui.T(ctx, "预计 %s 前办结", day)
		}
		return say(ui.Good, ui.Key("街道已受理"))
	case "case.dispatched":
		return say(ui.Info, ui.Key("已派给%s"), unit)
	case "case.dispatch_recalled":
		return say(ui.Info, ui.Key("正在重新安排承办单位"))
	case "case.handed_over":
		return say(ui.Info, ui.Key("已转交有关单位办理"))
	case "case.received":
		return say(ui.Info, ui.Key("%s已签收，开始办理"), unit)
	case "case.granted":
		if g, found := rules.Reasons.Find(e.After["ground"]); found {
			m.Detail = g.Title
		}
		switch cases.Asked(e.After["asked"]) {
		case cases.AskExtend:
			if day := e.After[tally.Deadline]; day != "" {
				m.Detail = strings.TrimSpace(m.Detail + "\n" + ui.T(ctx, "预计 %s 前办结", day))
			}
			return say(ui.Warn, ui.Key("需要延长办理时间"))
		case cases.AskSuspend:
			return say(ui.Warn, ui.Key("暂不具备办理条件，我们会定期复核"))
		case cases.AskReturn:
		}
		return m, false
	case "case.resumed":
		return say(ui.Info, ui.Key("恢复办理"))
	case "case.handled":
		return say(ui.Info, ui.Key("%s已办理，等待核查"), unit)
	case "case.checked":
		if at := cases.Stage(e.After["stage"]); at == cases.Handling || at == cases.Filed {
			return say(ui.Warn, ui.Key("核查发现没有办好，已退回继续办理"))
		}
		return m, false
	case "case.closed":
		return say(ui.Good, ui.Key("已办结"))
	case "case.called_back":
		m.Detail = said(ctx, e.After)
		switch {
		case e.After["valid"] != "yes":
			return m, false
		case e.After[cases.Voice] == cases.Petitioners:
			return say(ui.Info, ui.Key("您作了评价"))
		}
		return say(ui.Info, ui.Key("我们电话回访了您"))
	case "case.reopened":
		return say(ui.Warn, ui.Key("重新办理"))
	case "case.answered":
		return say(ui.Good, ui.Key("已答复"))
	case "case.rejected":
		return say(ui.Warn, ui.Key("不予受理"))
	case "case.merged":
		return say(ui.Neutral, ui.Key("与相同的诉求合并办理"))
	case "case.voided":
		return say(ui.Neutral, ui.Key("已作废"))
	}
	return m, false
}

// said is a rating in a few words.
func said(ctx context.Context, d tenants.Dims) string {
	var out []string
	switch d["solved"] {
	case "yes":
		out = append(out, ui.T(ctx, "已解决"))
	case "no":
		out = append(out, ui.T(ctx, "没有解决"))
	}
	if s := satisfactions[cases.Satisfaction(d["satisfaction"])]; s != "" {
		out = append(out, ui.T(ctx, s))
	}
	return strings.Join(out, "，")
}

var satisfactions = map[cases.Satisfaction]string{cases.Satisfied: ui.Key("满意"), cases.Basically: ui.Key("基本满意"), cases.Not: ui.Key("不满意")}
