package cases

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

func sheetPage(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, rules *blueprint.Config, tried Tried) (view.Sheet, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Sheet{}, err
	}
	n.cfg = rules
	w, err := c.Open(n.box)
	if err != nil {
		return view.Sheet{}, err
	}
	p := view.Sheet{Papers: r.Path("/papers/%s", c.ID), Number: c.Number, Title: w.Title, State: n.state(c.Stage), Steps: n.steps(c), Facts: n.facts(c, w)}
	more, err := n.filled(c, false)
	if err != nil {
		return p, err
	}
	p.Facts = append(p.Facts, more...)
	if p.Petitioner, err = petitionerPart(ctx, tx, r, c, rules, tried.full); err != nil {
		return p, err
	}
	events, err := Record(ctx, tx, c.ID)
	if err != nil {
		return p, err
	}
	if c.Lead != nil {
		if events, err = n.withGrounds(c, events); err != nil {
			return p, err
		}
	}
	for _, e := range events {
		p.Record = append(p.Record, n.moment(e))
	}
	p.Mark = strconv.Itoa(len(events))
	p.Live = ui.Listening{Stream: r.Listen(n.now, "case/"+c.ID.String()), Page: r.Path("/cases/%s", c.ID)}
	for _, m := range Allowed(tx.Actor(), c, rules) {
		f, err := n.form(tx, r, c, m, tried)
		if err != nil {
			return p, err
		}
		p.Forms = append(p.Forms, f)
	}
	if c.Beside > 0 {
		if p.Assignments, err = n.assignments(tx, c); err != nil {
			return p, err
		}
	}
	if p.Similar, err = n.similar(ctx, tx, r, c); err != nil {
		return p, err
	}
	if p.Applications, err = n.applications(ctx, tx, r, c, tried); err != nil {
		return p, err
	}
	if c.Lon != nil {
		shapes, err := Outlines(ctx, tx)
		if err != nil {
			return p, err
		}
		p.Point = n.pointOf(c, shapes)
	}
	for _, panel := range Panels {
		shown, err := panel(ctx, tx, r, c, rules, tried)
		if err != nil {
			return p, err
		}
		p.Panels = append(p.Panels, shown...)
	}
	return p, nil
}

// steps is the step bar.
func (n names) steps(c *Case) []ui.Step {
	reached := map[Stage]int{Reported: 0, Accepted: 0, Filed: 1, Handling: 2, Checking: 3, Closed: 5, Archived: 6}
	times := []time.Time{c.ReportedAt, c.FiledAt, {}, {}, c.CheckedAt, c.ClosedAt, {}}
	if c.Lead != nil {
		times[2], times[3] = c.Lead.DispatchedAt, c.Lead.HandledAt
	}
	switch c.Stage {
	case Rejected, Merged, Voided:
		return []ui.Step{{Label: ui.T(n.ctx, "上报"), State: ui.Done, Note: ui.Time(c.ReportedAt)}, {Label: ui.T(n.ctx, c.Stage.Title()), State: ui.Stuck, Note: ui.Time(c.EndedAt)}}
	case Answered:
		return []ui.Step{{Label: ui.T(n.ctx, "上报"), State: ui.Done, Note: ui.Time(c.ReportedAt)}, {Label: ui.T(n.ctx, "答复办结"), State: ui.Done, Note: ui.Time(c.EndedAt)}}
	}
	labels := []string{ui.T(n.ctx, "上报"), ui.T(n.ctx, "立案"), ui.T(n.ctx, "派遣"), ui.T(n.ctx, "处置"), ui.T(n.ctx, "核查"), ui.T(n.ctx, "结案"), ui.T(n.ctx, "归档")}
	at := reached[c.Stage]
	if c.Stage == Checking && !c.CheckedAt.IsZero() {
		at++
	}
	out := make([]ui.Step, len(labels))
	for i, label := range labels {
		out[i].Label = label
		switch {
		case i <= at:
			out[i].State = ui.Done
			if !times[i].IsZero() {
				out[i].Note = ui.Time(times[i])
			}
		case i == at+1:
			out[i].State = ui.Now
			if c.Late {
				out[i].State = ui.Stuck
			}
		}
	}
	return out
}

func (n names) facts(c *Case, w Words) []ui.Fact {
	yes := func(b bool) string {
		if b {
			return ui.T(n.ctx, "是")
		}
		return ui.T(n.ctx, "否")
	}
	out := []ui.Fact{
		{Label: ui.T(n.ctx, "问题描述"), Value: w.Description, Wide: true},
		{Label: ui.T(n.ctx, "类别"), Value: n.class(c.Class)},
		{Label: ui.T(n.ctx, "来源渠道"), Value: n.channel(c.Channel)},
		{Label: ui.T(n.ctx, "社区（村）"), Value: n.unit(c.Community)},
		{Label: ui.T(n.ctx, "详细地址"), Value: w.Address},
	}
	if c.Grid != "" {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "网格"), Value: c.Grid})
	}
	if c.UpperNo != "" {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "来单编号"), Value: c.UpperNo})
	}
	if title, ok := natureOf(n.cfg, c.Nature); ok {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "诉求类型"), Value: title})
	}
	if w.Subject != "" {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "被反映主体"), Value: w.Subject})
	}
	out = append(out, ui.Fact{Label: ui.T(n.ctx, "紧急"), Value: yes(c.Urgent)}, ui.Fact{Label: ui.T(n.ctx, "上报时间"), Value: ui.Time(c.ReportedAt)})
	if !c.FoundAt.IsZero() {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "发现时间"), Value: ui.Time(c.FoundAt)})
	}
	if c.FiledAt.IsZero() {
		return out
	}
	if !c.UpperDue.IsZero() {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "上级期限"), Value: ui.Time(c.UpperDue)})
	}
	due := ui.Time(c.DueAt)
	if !c.SuspendedAt.IsZero() {
		due += "　" + ui.T(n.ctx, "挂账中，停止计时，预计 %s 恢复", ui.Time(c.SuspendedUntil))
	} else if left := n.due(c.Clock, c.Running()).Left.Text; left != "" {
		due += "　" + left
	}
	out = append(out, ui.Fact{Label: ui.T(n.ctx, "处置期限"), Value: due})
	if k, ok := n.cfg.Conditions.Find(c.Condition); ok {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "立案条件"), Value: k.Text}, ui.Fact{Label: ui.T(n.ctx, "结案条件"), Value: k.Close})
	}
	if c.Lead != nil {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "承办单位"), Value: n.unit(c.Lead.Unit)}, ui.Fact{Label: ui.T(n.ctx, "派遣依据"), Value: n.basis(c.Lead)},
			ui.Fact{Label: ui.T(n.ctx, "签收情况"), Value: n.signed(c.Lead)})
	}
	if c.First != "" {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "首接单位"), Value: n.unit(c.First) + ui.T(n.ctx, "（首接负责，答复诉求人）")})
	}
	if c.Outcome != "" {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "结案情况"), Value: ui.T(n.ctx, outcomeTitles[c.Outcome])})
	}
	if c.Reworks > 0 {
		out = append(out, ui.Fact{Label: ui.T(n.ctx, "返工次数"), Value: ui.Number(int(c.Reworks))})
	}
	return out
}

var outcomeTitles = map[string]string{OnTime: ui.Key("按期结案"), Overdue: ui.Key("超期结案")}

func (n names) basis(a *Assignment) string {
	text := ui.T(n.ctx, a.Basis.Title())
	if d, ok := n.cfg.Duties.Find(a.Duty); ok && d.Ground != "" {
		text += "　" + d.Ground
	}
	return text
}

func (n names) signed(a *Assignment) string {
	switch {
	case a.ReceivedAt.IsZero() && a.Unsigned:
		return ui.T(n.ctx, "超时未签收")
	case a.ReceivedAt.IsZero():
		return ui.T(n.ctx, "待签收，期限 %s", ui.Time(a.ReceiveBy))
	}
	return ui.Time(a.ReceivedAt)
}

// withGrounds puts the reasons of dispatches beside their acts.
func (n names) withGrounds(c *Case, events []Event) ([]Event, error) {
	for _, a := range c.assignments() {
		if a.Role == HandRole {
			continue
		}
		g, err := a.Open(n.box)
		if err != nil {
			return nil, err
		}
		for i := range events {
			e := &events[i]
			if !e.At.Equal(a.DispatchedAt) || a.Role == LeadRole && e.Kind != "case.dispatched" && e.Kind != "case.handed_over" || a.Role == CoRole && (e.Kind != "case.joined" || e.After["helper"] != a.Unit) {
				continue
			}
			for _, said := range []struct{ label, text string }{
				{ui.T(n.ctx, "参与商定的单位"), g.Parties}, {ui.T(n.ctx, "指定的领导"), g.Designator}, {ui.T(n.ctx, "指定的依据"), g.Ground}, {ui.T(n.ctx, "理由"), g.Reason},
			} {
				if said.text != "" {
					e.Words += said.label + "：" + said.text + "\n"
				}
			}
		}
	}
	return events, nil
}

// actTitles are the acts as the timeline names them.
var actTitles = map[string]string{
	"case.reported": ui.Key("上报"), "case.filed": ui.Key("立案"), "case.rejected": ui.Key("不予受理"), "case.dispatched": ui.Key("派遣"),
	"case.received": ui.Key("签收"), "case.unsigned": ui.Key("超时未签收"), "case.handled": ui.Key("提交办理结果"), "case.checked": ui.Key("核查"),
	"case.yellow": ui.Key("黄灯提醒"), "case.red": ui.Key("红灯提醒"), "case.overdue": ui.Key("处置超期"), "case.closed": ui.Key("结案"), "case.called_back": ui.Key("回访"), "case.reopened": ui.Key("重办"),
	"case.sent_to_verify": ui.Key("送核实"), "case.verified": ui.Key("核实属实"), "case.not_found": ui.Key("核实不属实"), "case.answered": ui.Key("答复办结"),
	"case.merged": ui.Key("并案"), "case.voided": ui.Key("作废"), "case.asked": ui.Key("提出申请"), "case.granted": ui.Key("批准申请"),
	"case.refused": ui.Key("未批准申请"), "case.withdrawn": ui.Key("撤回申请"), "case.undecided": ui.Key("申请逾期未审批"), "case.resumed": ui.Key("恢复办理"),
	"case.handed_over": ui.Key("上报下派"), "case.taken_there": ui.Key("对方接收"), "case.handed_back": ui.Key("对方退回"), "case.recalled": ui.Key("撤回移交"), "case.dispatch_recalled": ui.Key("撤回派遣"),
	"case.suspension_reviewed": ui.Key("挂账复核"), "case.postponed": ui.Key("上级改期"), "case.unassigned": ui.Key("超时未派给经办人"),
	"case.joined": ui.Key("增派协办"), "case.co_received": ui.Key("协办签收"), "case.co_handled": ui.Key("提交协办结果"), "case.not_waited": ui.Key("不再等待协办"),
	"case.assigned": ui.Key("派给经办人"), "case.taken": ui.Key("经办人接办"), "case.fed_back": ui.Key("提交经办结果"), "case.given_back": ui.Key("经办人退回联络员"),
	"paper.printed": ui.Key("打印文书"), "case.supplemented": ui.Key("补充情况"), "case.photographed": ui.Key("上传照片"), "case.photo_removed": ui.Key("删除照片"),
	"case.uncalled": ui.Key("逾期未回访"), "case.unreplied": ui.Key("逾期未回复上级"), "case.replied": ui.Key("回复上级"),
	"case.reply_drafted": ui.Key("提交拟办回复"), "case.reply_returned": ui.Key("退回拟办回复"), "case.reply_approved": ui.Key("审核通过回复"),
	"case.reply_unreviewed": ui.Key("回复逾期未审核"),
}

func (n names) moment(e Event) ui.Moment {
	title := actTitles[e.Kind]
	if title == "" {
		title = Supervision.Titles[e.Kind]
	}
	m := ui.Moment{At: e.At, Act: ui.T(n.ctx, title), Actor: e.Name, Detail: e.Words}
	switch {
	case e.Person == tenants.System:
		m.Actor = ui.T(n.ctx, "系统")
	case m.Actor == "" && e.After["channel"] == ResidentChannel && (e.After[Voice] == Petitioners || e.Kind == "case.reported"):
		m.Actor = ui.T(n.ctx, petitionerTitle)
	case m.Actor == "":
		m.Actor = ui.T(n.ctx, "工号 %d", e.Person)
	}
	switch e.Kind {
	case "case.dispatched", "case.handed_over":
		m.Detail = e.After["unit_name"] + "（" + ui.T(n.ctx, Basis(e.After["basis"]).Title()) + "）\n" + m.Detail
	case "case.dispatch_recalled":
		m.Tone, m.Detail = ui.Warn, e.Before["unit_name"]+"\n"+m.Detail
	case "case.handled":
		m.Detail = strings.TrimSpace(m.Detail + "\n" + n.lot(e.After))
		if e.After["spot"] != "" {
			m.Act += "（" + ui.T(n.ctx, "巡办一体") + "）"
		}
	case "case.joined":
		m.Detail = e.After["helper_name"] + "（" + ui.T(n.ctx, Basis(e.After["helper_basis"]).Title()) + "）\n" + m.Detail
	case "case.co_received", "case.co_handled", "case.assigned", "case.taken", "case.fed_back", "case.given_back":
		m.Detail = e.After["helper_name"] + "\n" + m.Detail
	case "case.checked":
		result := ui.T(n.ctx, "合格")
		if at := Stage(e.After["stage"]); at == Handling || at == Filed {
			result, m.Tone = ui.T(n.ctx, "不合格，退回返工"), ui.Bad
		}
		m.Detail = result + "\n" + m.Detail
	case "case.yellow":
		m.Tone = ui.Warn
	case "case.red", "case.overdue", "case.unsigned", "case.rejected", "case.reopened", "case.not_found", "case.undecided", "case.voided", "case.unassigned", "case.handed_back",
		"case.uncalled", "case.unreplied", "case.reply_returned", "case.reply_unreviewed":
		m.Tone = ui.Bad
		if name := e.After["helper_name"]; name != "" {
			m.Detail = name + "\n" + m.Detail
		}
	case "case.asked", "case.granted", "case.refused", "case.withdrawn":
		m.Detail = ui.T(n.ctx, asking[Asked(e.After["asked"])].title) + "\n" + m.Detail
	case "case.photographed":
		m.Detail = ui.T(n.ctx, PhaseTitles[e.After["phase"]]) + "　" + ui.T(n.ctx, "%s 张", e.After["photos"])
	case "case.photo_removed":
		m.Tone, m.Detail = ui.Warn, ui.T(n.ctx, PhaseTitles[e.After["phase"]])
	case "paper.printed":
		m.Detail = e.After["paper_name"]
	case "case.called_back":
		m.Detail = n.called(e.After) + "\n" + m.Detail
	case "case.closed":
		m.Tone, m.Detail = ui.Good, ui.T(n.ctx, outcomeTitles[e.After["outcome"]])
		if how := drawTitles[e.After[string(blueprint.OfCallBacks)]]; how != "" {
			m.Detail += "　" + ui.T(n.ctx, how)
		}
	}
	return m
}

// drawTitles say whether a closed case is called back, and by which rule.
var drawTitles = map[string]string{
	byRoute: ui.Key("须回访：来源渠道要求"), byShare: ui.Key("须回访：全部回访"), byLot: ui.Key("须回访：抽中"), byLeast: ui.Key("须回访：单位当日最少件数"),
	byAgain: ui.Key("须回访：曾退回重办"), byNone: ui.Key("未抽中回访"),
}

// called is a call-back in short.
func (n names) called(d tenants.Dims) string {
	if d["valid"] != "yes" {
		ground := n.cfg.ReasonTitle(d["ground"])
		if ground == "" {
			return ""
		}
		return ui.T(n.ctx, "无效回访：%s", ground)
	}
	text := ui.T(n.ctx, "未解决")
	if d["solved"] == "yes" {
		text = ui.T(n.ctx, "已解决")
	}
	if title := satisfactionTitles[Satisfaction(d["satisfaction"])]; title != "" {
		text += "，" + ui.T(n.ctx, title)
	}
	return text
}

var satisfactionTitles = map[Satisfaction]string{Satisfied: ui.Key("满意"), Basically: ui.Key("基本满意"), Not: ui.Key("不满意")}

// form draws one line of the table as a form, with what was typed when it was refused.
func (n names) form(tx tenants.Tx, r *web.Request, c *Case, m Chance, tried Tried) (templ.Component, error) {
	f := view.Form{Title: ui.T(n.ctx, m.Title), Action: r.Path("/cases/%s/%s", c.ID, m.Verb), Guard: r.Guard(), Key: string(m.Verb), Values: map[string]string{}}
	if m.Of != nil && m.Of.Role != LeadRole {
		f.Of, f.Key = m.Of.ID.String(), f.Key+"-"+m.Of.ID.String()[24:]
	}
	if m.Of != nil && c.Beside > 0 {
		f.Title += "（" + ui.T(n.ctx, roleTitles[m.Of.Role]) + " · " + n.unit(m.Of.Unit) + "）"
	}
	f.Photos = takesPhotos(m.Verb)
	again := tried.Verb == m.Verb && tried.Typed["assignment"] == f.Of
	if again {
		f.Values = tried.Typed
	}
	if again && tried.Fault != nil {
		refuse(n.ctx, &f, tried.Fault)
	}
	switch m.Verb {
	case ToFile:
		return view.FileForm(n.fileForm(tx, r, c, f, again)), nil
	case ToReject:
		return view.RejectForm(f), nil
	case ToDispatch:
		return view.DispatchForm(n.dispatchForm(tx, c, f, again)), nil
	case ToJoin:
		return view.DispatchForm(n.joinForm(tx, c, f, again)), nil
	case ToReceive:
		return view.ReceiveForm(f), nil
	case ToAssign:
		return n.assignForm(tx, c, m, f)
	case ToHandle:
		return view.HandleForm(view.Handle{Form: f, Waiting: n.waiting(c), Asked: n.asked(c.Class, blueprint.AtHandle, f.Values)}), nil
	case ToCheck:
		passed := *c
		passed.CheckedAt = n.now
		return view.CheckForm(view.Check{Form: f, MayClose: move(ToClose).allows(tx.Actor(), &passed, nil, n.cfg) == nil, Close: !again || f.Values["close"] != "", Asked: n.asked(c.Class, blueprint.AtCheck, f.Values)}), nil
	case ToClose:
		return view.CloseForm(f), nil
	case ToCallBack:
		return n.callForm(c, f), nil
	}
	return n.actForm(c, m.Move, f), nil
}

func refuse(ctx context.Context, f *view.Form, why *fault.Error) {
	f.Say, f.Errors = ui.T(ctx, why.Say, why.Args...), map[string]string{}
	for field, say := range why.Fields {
		f.Errors[field] = ui.T(ctx, say)
	}
	Lost(ctx, f.Values, f.Errors)
}

func (n names) fileForm(tx tenants.Tx, r *web.Request, c *Case, f view.Form, again bool) view.File {
	p := view.File{Form: f, Reload: r.Path("/cases/%s", c.ID), Urgent: c.Urgent}
	if again {
		p.Urgent = f.Values["urgent"] != ""
	} else {
		p.Values = map[string]string{"class": c.Class, "community": c.Community, "condition": conditionFor(n.cfg, c.Class, c.Urgent)}
	}
	p.Classes, p.Communities = n.classes(p.Values["class"]), n.communities(tx, p.Values["community"])
	p.Asked = n.asked(p.Values["class"], blueprint.AtFiling, p.Values)
	for _, k := range n.cfg.ConditionsOf(p.Values["class"]) {
		p.Conditions = append(p.Conditions, ui.Option{Value: k.Key, Label: k.Text + "（" + n.limit(k.Limit) + "）"})
	}
	return p
}

var limitTitles = map[blueprint.LimitUnit]string{
	blueprint.UrgentHour: ui.Key("%d紧急工作时"), blueprint.WorkingHour: ui.Key("%d工作时"), blueprint.WorkingDay: ui.Key("%d工作日"), blueprint.CalendarDay: ui.Key("%d自然日"),
}

func (n names) limit(l blueprint.Limit) string { return ui.T(n.ctx, limitTitles[l.Unit], l.Value) }

func (n names) dispatchForm(tx tenants.Tx, c *Case, f view.Form, again bool) view.Dispatch {
	p := view.Dispatch{Form: f}
	unit, ground, ok := n.cfg.Propose(c.Class, c.Community)
	if ok {
		p.Proposal = ui.T(n.ctx, "职责清单建议：%s　依据：%s", n.unit(unit), ground.Ground)
		if ground.Upper != "" {
			p.Proposal += ui.T(n.ctx, "　主责部门：%s", ground.Upper)
		}
	}
	for _, b := range []Basis{Statutory, Negotiated, Designated} {
		if mayAtDesk(tx.Actor(), basisMay[b], c.Community) {
			p.Bases = append(p.Bases, ui.Option{Value: string(b), Label: ui.T(n.ctx, b.Title()), Help: ui.T(n.ctx, basisNotes[b])})
		}
	}
	if !again {
		p.Values = map[string]string{"unit": unit}
		if len(p.Bases) > 0 && (ok || p.Bases[0].Value != string(Statutory)) {
			p.Values["basis"] = p.Bases[0].Value
		}
	}
	if up := n.cfg.Above(c.Class); len(up) > 0 && !ok {
		p.Proposal = ui.T(n.ctx, "职责清单列为上级收回，主责部门：%s，可上报区级", up[0].Name)
	}
	p.Units, p.Helpers = n.units(tx, p.Values["unit"]), n.units(tx, "")
	if again && p.Values["helpers"] != "" {
		p.Helping = strings.Split(p.Values["helpers"], ",")
	}
	return p
}

var basisNotes = map[Basis]string{Statutory: ui.Key("按职责清单"), Negotiated: ui.Key("各方同意"), Designated: ui.Key("领导决定")}
