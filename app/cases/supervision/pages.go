package supervision

import (
	"context"
	"errors"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/supervision"
)

// drawing is one sheet's part being drawn.
type drawing struct {
	ctx   context.Context
	tx    tenants.Tx
	r     *web.Request
	c     *cases.Case
	rules *blueprint.Config
	box   *keys.Box
	now   time.Time
	tried cases.Tried
	names auth.Called
}

// Panel draws what stands of urging, orders and instructions on a case, with what the actor may do about it.
func Panel(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, rules *blueprint.Config, tried cases.Tried) ([]templ.Component, error) {
	d := drawing{ctx: ctx, tx: tx, r: r, c: c, rules: rules, tried: tried, now: clock.Now(ctx)}
	var err error
	if d.box, err = tx.Box(ctx); err != nil {
		return nil, err
	}
	urges, err := Urges(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	orders, replies, err := Orders(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	instructions, err := Instructions(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	var people []int64
	for _, u := range urges {
		people = append(people, u.Person, u.SeenBy)
	}
	for _, o := range orders {
		people = append(people, o.ProposedBy, o.SignedBy, o.EndedBy)
		for _, y := range replies[o.ID] {
			people = append(people, y.Person, y.JudgedBy)
		}
	}
	for _, n := range instructions {
		people = append(people, n.Person)
		for _, p := range n.Parts {
			people = append(people, p.DoneBy)
		}
	}
	if d.names, err = auth.Names(ctx, tx, people...); err != nil {
		return nil, err
	}
	var p view.Sheet
	for i := range orders {
		item, err := d.order(&orders[i], replies[orders[i].ID])
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, item)
	}
	for i := range instructions {
		items, err := d.instruction(&instructions[i])
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, items...)
	}
	if len(urges) > 0 {
		item, err := d.urges(urges)
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, item)
	}
	if p.Forms, err = d.forms(urges); err != nil || len(p.Items)+len(p.Forms) == 0 {
		return nil, err
	}
	return []templ.Component{view.SheetCard(p)}, nil
}

// by is who did it, and when.
func (d *drawing) by(person int64, at time.Time) string {
	return d.names.Of(d.ctx, person) + "　" + ui.Time(at)
}

// form is an empty form, or one that was refused, with what was typed.
func (d *drawing) form(verb string, id uuid.UUID, title, action string, folded bool, fields ...caseview.Ask) caseview.Act {
	f := caseview.Form{Title: ui.T(d.ctx, title), Action: action, Guard: d.r.Guard(), Key: string(formOf(verb, id)), Values: map[string]string{}}
	if d.tried.Fault != nil && string(d.tried.Verb) == f.Key {
		f.Values, f.Say, f.Errors = d.tried.Typed, ui.T(d.ctx, d.tried.Fault.Say, d.tried.Fault.Args...), map[string]string{}
		for field, say := range d.tried.Fault.Fields {
			f.Errors[field] = ui.T(d.ctx, say)
		}
	}
	return caseview.Act{Form: f, Button: f.Title, Folded: folded, Fields: fields}
}

func (d *drawing) words(label string, required bool, help, value string) caseview.Ask {
	return caseview.Ask{Kind: caseview.AskWords, Name: "words", Label: label, Required: required, Help: help, Value: value}
}

func (d *drawing) urges(list []Urge) (view.Item, error) {
	item := view.Item{ID: "urges", Title: ui.T(d.ctx, "催办%d次", len(list)), State: caseview.Tag{Tone: ui.Good, Text: ui.T(d.ctx, "已阅")}}
	unseen := false
	for i := range list {
		u := &list[i]
		words, err := d.box.Open(u.at("words"), u.Words)
		if err != nil {
			return item, err
		}
		if words == "" {
			words = ui.T(d.ctx, "请抓紧办理")
		}
		receipt := ui.T(d.ctx, "未阅")
		if !u.SeenAt.IsZero() {
			receipt = ui.T(d.ctx, "已阅：%s", d.by(u.SeenBy, u.SeenAt))
		} else if u.Unit == d.c.Unit {
			unseen = true
		}
		item.Facts = append(item.Facts, ui.Fact{Label: d.by(u.Person, u.At), Value: cases.UnitName(d.rules, u.Unit) + "：" + words + "（" + receipt + "）", Wide: true})
	}
	if unseen {
		item.State = caseview.Tag{Tone: ui.Warn, Text: ui.T(d.ctx, "未阅")}
		if d.c.Unit != "" && cases.MayForUnit(d.tx.Actor(), auth.CasesReceive, d.c.Unit) {
			item.Forms = append(item.Forms, d.form("seen", d.c.ID, ui.Key("已阅"), d.r.Path("/cases/%s/urge/seen", d.c.ID), false))
		}
	}
	return item, nil
}

var stateTones = map[State]ui.Tone{Proposed: ui.Warn, Signed: ui.Bad, Replied: ui.Info, Settled: ui.Good, Declined: ui.Neutral}

func (o *Order) tag(ctx context.Context) caseview.Tag {
	text := ui.T(ctx, o.State.Title())
	if o.Missed && o.State != Settled {
		text += " · " + ui.T(ctx, "未按期反馈")
	}
	return caseview.Tag{Tone: stateTones[o.State], Text: text}
}

func (d *drawing) order(o *Order, replies []Reply) (view.Item, error) {
	degree := o.degree(d.rules)
	item := view.Item{ID: "order-" + o.ID.String(), Title: degree.Title, State: o.tag(d.ctx)}
	if o.Number != "" {
		item.Title += "　" + o.Number
	}
	words, err := d.box.Open(o.at("words"), o.Words)
	if err != nil {
		return item, err
	}
	verdict, err := d.box.Open(o.at("verdict"), o.Verdict)
	if err != nil {
		return item, err
	}
	fact := func(label, value string) {
		if value != "" {
			item.Facts = append(item.Facts, ui.Fact{Label: label, Value: value})
		}
	}
	fact(ui.T(d.ctx, "事由"), ui.T(d.ctx, o.Ground.Title()))
	fact(ui.T(d.ctx, "承办单位"), cases.UnitName(d.rules, o.Unit))
	fact(ui.T(d.ctx, "督办要求"), words)
	fact(ui.T(d.ctx, "提出人"), d.by(o.ProposedBy, o.ProposedAt))
	if !o.SignedAt.IsZero() {
		fact(ui.T(d.ctx, "签发人"), d.by(o.SignedBy, o.SignedAt))
		by := ui.Time(o.ReplyBy)
		if o.State == Signed {
			by += "　" + cases.Countdown(d.ctx, o.ReplyBy, d.now).Left.Text
		}
		if o.Missed {
			by += "　" + ui.T(d.ctx, "未按期反馈")
		}
		fact(ui.T(d.ctx, "反馈期限"), by)
	}
	for i := range replies {
		y := &replies[i]
		said, err1 := d.box.Open(y.at("words"), y.Words)
		judged, err2 := d.box.Open(y.at("verdict"), y.Verdict)
		if err := errors.Join(err1, err2); err != nil {
			return item, err
		}
		fact(ui.T(d.ctx, "单位反馈"), said+"\n"+d.by(y.Person, y.At))
		if y.Accepted != nil {
			result := ui.T(d.ctx, "不同意，重新反馈")
			if *y.Accepted {
				result = ui.T(d.ctx, "同意销号")
			}
			fact(ui.T(d.ctx, "审核意见"), result+"　"+judged+"\n"+d.by(y.JudgedBy, y.JudgedAt))
		}
	}
	if o.State == Declined {
		fact(ui.T(d.ctx, "不予督办的理由"), verdict+"\n"+d.by(o.EndedBy, o.EndedAt))
	}
	for _, m := range Allowed(d.tx.Actor(), d.c, degree, o) {
		action := d.r.Path("/supervision/%s/%s", o.ID, m.Verb)
		switch m.Verb {
		case ToSign:
			item.Forms = append(item.Forms, d.form(string(m.Verb), o.ID, m.Title, action, false,
				d.words(ui.T(d.ctx, "督办要求"), false, ui.T(d.ctx, "可以修改；留空用本级督办的通用要求"), words)))
		case ToDecline:
			item.Forms = append(item.Forms, d.form(string(m.Verb), o.ID, m.Title, action, true, d.words(ui.T(d.ctx, "理由"), true, "", "")))
		case ToReply:
			item.Forms = append(item.Forms, d.form(string(m.Verb), o.ID, m.Title, action, false, d.words(ui.T(d.ctx, "办理情况和措施"), true, "", "")))
		case ToAccept:
			item.Forms = append(item.Forms, d.form("judge", o.ID, ui.Key("审核反馈"), d.r.Path("/supervision/%s/judge", o.ID), false,
				caseview.Ask{Kind: caseview.AskRadio, Name: "verdict", Label: ui.T(d.ctx, "审核意见"), Required: true,
					Options: []ui.Option{{Value: "accept", Label: ui.T(d.ctx, "同意销号")}, {Value: "refuse", Label: ui.T(d.ctx, "退回重新反馈")}}},
				d.words(ui.T(d.ctx, "说明"), false, ui.T(d.ctx, "退回时必填"), "")))
		case ToPropose, ToRefuse: // below the orders; one form with ToAccept
		}
	}
	return item, nil
}

func (d *drawing) addressee(unit string) string {
	if unit == "" {
		return ui.T(d.ctx, "指挥中心")
	}
	return cases.UnitName(d.rules, unit)
}

func (d *drawing) instruction(n *Instruction) (out []view.Item, err error) {
	words, err := d.box.Open(n.at("words"), n.Words)
	if err != nil {
		return nil, err
	}
	for i := range n.Parts {
		p := &n.Parts[i]
		said, err := d.box.Open(p.at("words"), p.Words)
		if err != nil {
			return nil, err
		}
		item := view.Item{ID: "part-" + p.ID.String(), Title: ui.T(d.ctx, "领导批示"), About: d.addressee(p.Unit) + " " + ui.Time(n.At), State: p.tag(d.ctx)}
		item.Facts = []ui.Fact{{Label: ui.T(d.ctx, "批示人"), Value: d.by(n.Person, n.At)}, {Label: ui.T(d.ctx, "批示对象"), Value: d.addressee(p.Unit)}, {Label: ui.T(d.ctx, "批示内容"), Value: words, Wide: true}}
		if !n.DueAt.IsZero() {
			by := ui.Time(n.DueAt)
			if p.DoneAt.IsZero() {
				by += "　" + cases.Countdown(d.ctx, n.DueAt, d.now).Left.Text
			}
			item.Facts = append(item.Facts, ui.Fact{Label: ui.T(d.ctx, "完成期限"), Value: by})
		}
		if !p.DoneAt.IsZero() {
			item.Facts = append(item.Facts, ui.Fact{Label: ui.T(d.ctx, "落实情况"), Value: said + "\n" + d.by(p.DoneBy, p.DoneAt), Wide: true})
		} else if mayDo(d.tx.Actor(), d.c, p.Unit) {
			item.Forms = append(item.Forms, d.form("done", p.ID, ui.Key("反馈落实情况"), d.r.Path("/instructions/%s/done", p.ID), false, d.words(ui.T(d.ctx, "落实情况"), true, "", "")))
		}
		out = append(out, item)
	}
	return out, nil
}

func (p *Addressee) tag(ctx context.Context) caseview.Tag {
	switch {
	case !p.DoneAt.IsZero():
		return caseview.Tag{Tone: ui.Good, Text: ui.T(ctx, "已落实")}
	case p.Missed:
		return caseview.Tag{Tone: ui.Bad, Text: ui.T(ctx, "未按期落实")}
	}
	return caseview.Tag{Tone: ui.Warn, Text: ui.T(ctx, "待落实")}
}

// forms are those for something new.
func (d *drawing) forms(urges []Urge) (out []caseview.Act, err error) {
	actor := d.tx.Actor()
	if d.c.MayAtDesk(actor, auth.CasesUrge) && mayBeUrged(d.c) && int64(len(urges)) < most(d.rules) {
		out = append(out, d.form("urge", d.c.ID, ui.Key("催办"), d.r.Path("/cases/%s/urge", d.c.ID), true,
			d.words(ui.T(d.ctx, "催办内容"), false, ui.T(d.ctx, "留空用通用的催办用语"), "")))
	}
	if move(ToPropose).allows(actor, d.c, blueprint.Supervision{}, nil) == nil {
		level := caseview.Ask{Kind: caseview.AskOne, Name: "level", Label: ui.T(d.ctx, "督办级别"), Required: true, Hint: ui.T(d.ctx, "请选择")}
		for _, g := range Degrees(d.rules) {
			level.Options = append(level.Options, ui.Option{Value: g.Key, Label: ui.T(d.ctx, "%s（%s签发）", g.Title, ui.T(d.ctx, auth.Title(g.Signer))), Help: g.Text})
		}
		out = append(out, d.form("propose", d.c.ID, ui.Key("提出督办"), d.r.Path("/cases/%s/supervise", d.c.ID), true, level, d.words(ui.T(d.ctx, "督办要求"), true, "", "")))
	}
	if d.c.MayAtDesk(actor, auth.CasesInstruct) {
		known, err := addressees(d.ctx, d.tx, d.c)
		if err != nil {
			return nil, err
		}
		to := caseview.Ask{Kind: caseview.AskOne, Name: "to", Label: ui.T(d.ctx, "批示对象"), Required: true, Hint: ui.T(d.ctx, "请选择")}
		for _, unit := range known {
			o := ui.Option{Value: unit, Label: d.addressee(unit)}
			if unit == "" {
				o.Value = toDesk
			}
			to.Options = append(to.Options, o)
		}
		if len(known) > 1 {
			to.Options = append(to.Options, ui.Option{Value: toAll, Label: ui.T(d.ctx, "以上全部")})
		}
		out = append(out, d.form("instruct", d.c.ID, ui.Key("批示"), d.r.Path("/cases/%s/instruct", d.c.ID), true, to,
			d.words(ui.T(d.ctx, "批示内容"), true, "", ""), caseview.Ask{Kind: caseview.AskTime, Name: "due", Label: ui.T(d.ctx, "完成期限"), Help: ui.T(d.ctx, "可以不填")}))
	}
	return out, nil
}
