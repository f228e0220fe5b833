package leader

import (
	"context"
	"slices"

	"wanjie/app/assessment"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/supervision"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/leader"
)

// drawing is the page being drawn.
type drawing struct {
	ctx   context.Context
	tx    tenants.Tx
	r     *web.Request
	cfg   *blueprint.Config
	box   *keys.Box
	tried tried
}

func page(ctx context.Context, tx tenants.Tx, r *web.Request, t tried) (p view.Page, err error) {
	d := drawing{ctx: ctx, tx: tx, r: r, tried: t}
	if d.cfg, err = blueprint.For(ctx, tx); err != nil {
		return p, err
	}
	if d.box, err = tx.Box(ctx); err != nil {
		return p, err
	}
	w, err := waiting(ctx, tx, d.cfg)
	if err != nil {
		return p, err
	}
	list, err := late(ctx, tx)
	if err != nil {
		return p, err
	}
	p.AsOf, p.Waiting = ui.Time(clock.Now(ctx)), w.count()
	if len(list) > 0 {
		p.Overdue = list[0].OfStreet
	}
	if p.Waits, err = d.waits(w); err != nil {
		return p, err
	}
	if p.Late, err = d.late(list); err != nil || !d.cfg.On(assessment.Module.Key) {
		return p, err
	}
	report, err := assessment.DailyOf(ctx, tx, r, d.cfg)
	if err != nil || report == nil {
		return p, err
	}
	p.Report = &view.Report{Title: report.Title, Term: report.Term, AsOf: report.AsOf, Href: report.Href, Figures: report.Figures}
	return p, nil
}

// form is an empty form of this page, or the one that was refused with what was typed.
func (d *drawing) form(key, title, path string, args ...any) caseview.Form {
	f := caseview.Form{Title: title, Action: d.r.Path(path, args...), Guard: d.r.Guard(), Key: key, Values: map[string]string{}}
	if d.tried.fault == nil || d.tried.action != f.Action {
		return f
	}
	f.Values, f.Say, f.Errors = d.tried.typed, ui.T(d.ctx, d.tried.fault.Say, d.tried.fault.Args...), map[string]string{}
	for field, say := range d.tried.fault.Fields {
		f.Errors[field] = ui.T(d.ctx, say)
	}
	return f
}

func (d *drawing) waits(w waits) (out []view.Wait, err error) {
	now := clock.Now(d.ctx)
	for i := range w.applications {
		p := &w.applications[i]
		title, words, err := p.Told(d.box)
		if err != nil {
			return nil, err
		}
		one := view.Wait{
			Kind: ui.T(d.ctx, p.Kind.Name()), Href: d.r.Path("/cases/%s", p.CaseID), Number: p.Number, Title: title, There: ui.T(d.ctx, "审批"), By: cases.Countdown(d.ctx, p.DecideBy, now),
			Facts: []ui.Fact{{Label: ui.T(d.ctx, "申请单位"), Value: cases.UnitName(d.cfg, p.Unit)}, {Label: ui.T(d.ctx, "理由"), Value: d.reason(p.Ground) + "　" + words, Wide: true}},
		}
		if !p.Until.IsZero() {
			one.Facts = append(one.Facts, ui.Fact{Label: ui.T(d.ctx, "申请期限"), Value: ui.Time(p.Until)})
		}
		if p.Kind == cases.AskExtend {
			one.Facts = append(one.Facts, ui.Fact{Label: ui.T(d.ctx, "现期限"), Value: ui.Time(p.DueAt)})
		}
		one.Decide = d.decide("p"+p.ID.String(), "/leader/applications/%s", p.ID)
		out = append(out, one)
	}
	for i := range w.exclusions {
		one, err := d.exclusion(&w.exclusions[i])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	for i := range w.orders {
		one, err := d.order(&w.orders[i])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	for i := range w.undecided {
		c := &w.undecided[i]
		title, err := cases.TitleOf(d.box, c.ID, c.Title)
		if err != nil {
			return nil, err
		}
		out = append(out, view.Wait{
			Kind: ui.T(d.ctx, "待指定承办单位"), Href: d.r.Path("/cases/%s", c.ID), Number: c.Number, Title: title, There: ui.T(d.ctx, "去指定"),
			Facts: []ui.Fact{{Label: ui.T(d.ctx, "退单"), Value: ui.T(d.ctx, "累计 %d 次", c.Returns)}, {Label: ui.T(d.ctx, "立案时间"), Value: ui.Time(c.FiledAt)}},
		})
	}
	if w.replies > 0 {
		out = append(out, view.Wait{Kind: ui.T(d.ctx, "待审核回复"), Href: d.r.Path("/replies"), Title: ui.T(d.ctx, "%d 件回复待审核", w.replies), There: ui.T(d.ctx, "去审核")})
	}
	return out, nil
}

// decide is a form with words and two buttons.
func (d *drawing) decide(key, path string, args ...any) *view.Decide {
	return &view.Decide{Form: d.form(key, "", path, args...), Words: ui.T(d.ctx, "审批意见"), Help: ui.T(d.ctx, "不批准时必填"), Yes: ui.T(d.ctx, "批准"), No: ui.T(d.ctx, "不批准")}
}

func (d *drawing) reason(key string) string {
	return d.cfg.ReasonTitle(key)
}

func (d *drawing) exclusion(x *assessment.Line) (view.Wait, error) {
	words, evidence, _, err := x.Told(d.box)
	if err != nil {
		return view.Wait{}, err
	}
	one := view.Wait{
		Kind: ui.T(d.ctx, "申请剔除"), Href: d.r.Path("/cases/%s", x.CaseID), Number: x.Number, There: ui.T(d.ctx, "审批"),
		Facts: []ui.Fact{{Label: ui.T(d.ctx, "承办单位"), Value: cases.UnitName(d.cfg, x.Unit)}, {Label: ui.T(d.ctx, "申请时间"), Value: ui.Time(x.AskedAt)},
			{Label: ui.T(d.ctx, "理由"), Value: d.reason(x.Ground) + "　" + words, Wide: true}},
	}
	if evidence != "" {
		one.Facts = append(one.Facts, ui.Fact{Label: ui.T(d.ctx, "依据材料"), Value: evidence, Wide: true})
	}
	if x.State == assessment.Approved {
		why, _, err := x.ToldUndo(d.box)
		if err != nil {
			return one, err
		}
		one.Kind = ui.T(d.ctx, "申请撤销剔除")
		one.Facts = append(one.Facts, ui.Fact{Label: ui.T(d.ctx, "撤销理由"), Value: why, Wide: true})
	}
	one.Decide = d.decide("x"+x.ID.String(), "/leader/exclusions/%s", x.ID)
	return one, nil
}

func (d *drawing) order(w *supervision.Waiting) (view.Wait, error) {
	title, err := cases.TitleOf(d.box, w.CaseID, w.Title)
	if err != nil {
		return view.Wait{}, err
	}
	level, _ := d.cfg.Supervisions.Find(w.Level)
	one := view.Wait{
		Kind: ui.T(d.ctx, "%s待签发", level.Title), Href: d.r.Path("/cases/%s#order-%s", w.CaseID, w.ID), Number: w.Number, Title: title, There: ui.T(d.ctx, "签发"),
		Facts: []ui.Fact{{Label: ui.T(d.ctx, "承办单位"), Value: cases.UnitName(d.cfg, w.Unit)}, {Label: ui.T(d.ctx, "提出时间"), Value: ui.Time(w.Since)}},
	}
	if w.Kind == supervision.WaitsToJudge { // the unit's answer is to be read whole
		one.Kind, one.There = ui.T(d.ctx, "%s反馈待审核", level.Title), ui.T(d.ctx, "去审核")
		return one, nil
	}
	o, err := supervision.Find(d.ctx, d.tx, w.ID)
	if err != nil {
		return one, err
	}
	words, err := o.Told(d.box)
	if err != nil {
		return one, err
	}
	one.Decide = d.decide("o"+w.ID.String(), "/leader/orders/%s", w.ID)
	one.Decide.Words, one.Decide.Help, one.Decide.Yes, one.Decide.No = ui.T(d.ctx, "督办要求"), ui.T(d.ctx, "不予督办的，写明理由"), ui.T(d.ctx, "签发"), ui.T(d.ctx, "不予督办")
	if one.Decide.Say == "" {
		one.Decide.Values = map[string]string{"words": words}
	}
	return one, nil
}

func (d *drawing) late(list []overdue) (out []view.Unit, err error) {
	now := clock.Now(d.ctx)
	for i := range list {
		c := &list[i]
		if i == 0 || list[i-1].Unit != c.Unit {
			u := view.Unit{Name: ui.T(d.ctx, "指挥中心"), Count: c.OfUnit, More: d.r.Path("/cases?late=1")}
			if c.Unit != "" {
				u.Name, u.More = cases.UnitName(d.cfg, c.Unit), d.r.Path("/cases?late=1&unit=%s", c.Unit)
			}
			out = append(out, u)
		}
		row := view.Late{Href: d.r.Path("/cases/%s", c.ID), Number: c.Number, Due: cases.Countdown(d.ctx, c.DueAt, now)}
		if row.Title, err = cases.TitleOf(d.box, c.ID, c.Title); err != nil {
			return nil, err
		}
		if c.Words {
			row.Marks = append(row.Marks, caseview.Tag{Tone: ui.Warn, Text: ui.T(d.ctx, "批示待办")})
		}
		if c.Orders {
			row.Marks = append(row.Marks, caseview.Tag{Tone: ui.Warn, Text: ui.T(d.ctx, "督办中")})
		}
		if c.Urges > 0 {
			row.Marks = append(row.Marks, caseview.Tag{Text: ui.T(d.ctx, "催办%d次", int(c.Urges))})
		}
		row.Forms = d.commands(c)
		u := &out[len(out)-1]
		u.Rows = append(u.Rows, row)
	}
	return out, nil
}

// commands are what may be said about an overdue case: ready words, so that two touches do.
func (d *drawing) commands(c *overdue) []caseview.Act {
	act := func(key, title, path, label, ready string) caseview.Act {
		a := caseview.Act{Form: d.form(key+c.ID.String(), title, path, c.ID), Button: ui.T(d.ctx, "发出"), Folded: true}
		if a.Say != "" {
			ready = a.Values["words"]
		}
		a.Fields = []caseview.Ask{{Kind: caseview.AskWords, Name: "words", Label: label, Required: true, Value: ready}}
		return a
	}
	to := ui.T(d.ctx, "指挥中心")
	if c.Unit != "" {
		to = cases.UnitName(d.cfg, c.Unit)
	}
	out := []caseview.Act{act("i", ui.T(d.ctx, "批示"), "/leader/cases/%s/instruct", ui.T(d.ctx, "批示内容"), ui.T(d.ctx, "该件已超期，请抓紧办理，说明原因和办结时间。"))}
	out[0].Note = ui.T(d.ctx, "批示对象：%s", to)
	if c.Unit == "" || c.Stage != cases.Handling && c.Stage != cases.Checking || !auth.CanSomewhere(d.tx.Actor(), auth.CasesSupervise) {
		return out
	}
	order := act("s", ui.T(d.ctx, "督办"), "/leader/cases/%s/supervise", ui.T(d.ctx, "督办要求"), ui.T(d.ctx, "该件已超期，请在反馈期限内办结，并反馈办理情况和整改措施。"))
	level := caseview.Ask{Kind: caseview.AskOne, Name: "level", Label: ui.T(d.ctx, "督办级别"), Required: true, Value: order.Values["level"]}
	for _, g := range supervision.Degrees(d.cfg) {
		if !slices.Contains(c.Levels, g.Key) {
			level.Options = append(level.Options, ui.Option{Value: g.Key, Label: g.Title})
		}
	}
	if len(level.Options) == 0 {
		return out
	}
	order.Fields = append([]caseview.Ask{level}, order.Fields...)
	order.Note = ui.T(d.ctx, "由您签发，送%s", to)
	return append(out, order)
}
