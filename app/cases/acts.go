package cases

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

// actRoutes are the verbs that ask for a few fields each.
func actRoutes(r web.Routes) {
	type do = func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Case, error)
	for v, a := range map[Verb]struct {
		say string
		do  do
	}{
		ToVerify: {"已送核实", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) (*Case, error) {
			return SendToVerify(ctx, tx, id)
		}},
		ToConfirm: {"已反馈核实", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			if f := r.Text("found"); f != "yes" && f != "no" {
				return nil, fault.Field("found", "请选择核实情况")
			}
			return Confirm(ctx, tx, id, r.Text("found") == "yes", r.Text("remark"))
		}},
		ToAnswer: {"已答复办结", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return AnswerAtOnce(ctx, tx, id, r.Text("answer"))
		}},
		ToInform: {"已答复办结", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return Inform(ctx, tx, id, r.Text("outside"))
		}},
		ToMerge: {"已并案", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return Merge(ctx, tx, id, r.Text("into"))
		}},
		ToVoid: {"已作废", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return Void(ctx, tx, id, r.Text("ground"), r.Text("words"))
		}},
		ToReturn: {"已提交申请", applied(AskReturn)}, ToExtend: {"已提交申请", applied(AskExtend)}, ToSuspend: {"已提交申请", applied(AskSuspend)},
		ToWithdraw: {"已撤回申请", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			which, err := uuid.Parse(r.Text("application"))
			if err != nil {
				return nil, errNoCase()
			}
			return Withdraw(ctx, tx, id, which)
		}},
		ToDecide: {"已审批", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			in, err := readDecision(r)
			if err != nil {
				return nil, err
			}
			return Decide(ctx, tx, id, in)
		}},
		ToResume: {"已恢复办理", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) (*Case, error) {
			return Resume(ctx, tx, id)
		}},
		ToPostpone: {"已改期", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			due, err := r.Moment("upper_due")
			if err != nil {
				return nil, err
			}
			return Postpone(ctx, tx, id, due)
		}},
		ToJoin: {"已增派协办", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return Join(ctx, tx, id, readOrder(r))
		}},
		ToRecall: {"已撤回派遣", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
			return Recall(ctx, tx, id, r.Text("words"))
		}},
		ToReceive: {"已签收", of(func(ctx context.Context, tx tenants.Tx, _ *web.Request, id, of uuid.UUID) (*Case, error) {
			return ReceiveOf(ctx, tx, id, of)
		})},
		ToAssist: {"已提交协办结果", of(func(ctx context.Context, tx tenants.Tx, r *web.Request, id, of uuid.UUID) (*Case, error) {
			return Assist(ctx, tx, id, of, r.Text("result"))
		})},
		ToAssign: {"已派给经办人", of(func(ctx context.Context, tx tenants.Tx, r *web.Request, id, of uuid.UUID) (*Case, error) {
			return Assign(ctx, tx, id, of, readHand(r))
		})},
		ToTake: {"已接办", of(func(ctx context.Context, tx tenants.Tx, _ *web.Request, id, of uuid.UUID) (*Case, error) {
			return Take(ctx, tx, id, of)
		})},
		ToFeedBack: {"已提交经办结果", of(func(ctx context.Context, tx tenants.Tx, r *web.Request, id, of uuid.UUID) (*Case, error) {
			return FeedBack(ctx, tx, id, of, r.Text("result"))
		})},
		ToGiveBack: {"已退回联络员", of(func(ctx context.Context, tx tenants.Tx, r *web.Request, id, of uuid.UUID) (*Case, error) {
			return GiveBack(ctx, tx, id, of, r.Text("words"))
		})},
	} {
		postWith(r, "/cases/{id}/"+string(v), "", v, post(v, a.say, a.do))
	}
}

// of serves a verb about one assignment, which the form names.
func of(do func(context.Context, tenants.Tx, *web.Request, uuid.UUID, uuid.UUID) (*Case, error)) func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		a, err := assignment(r)
		if err != nil {
			return nil, err
		}
		return do(ctx, tx, r, id, a)
	}
}

// assignment is the one that a form is about; zero: the lead's.
func assignment(r *web.Request) (uuid.UUID, error) {
	if r.Text("assignment") == "" {
		return uuid.Nil, nil
	}
	id, err := uuid.Parse(r.Text("assignment"))
	if err != nil {
		return uuid.Nil, errNoCase()
	}
	return id, nil
}

func applied(kind Asked) func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		of, err := assignment(r)
		if err != nil {
			return nil, err
		}
		in := Plea{Of: of, Kind: kind, Ground: r.Text("ground"), Words: r.Text("words")}
		if kind != AskReturn {
			if in.Until, err = r.Moment("until"); err != nil {
				return nil, err
			}
		}
		return Apply(ctx, tx, id, in)
	}
}

func readDecision(r *web.Request) (in Decision, err error) {
	if in.Application, err = uuid.Parse(r.Text("application")); err != nil {
		return in, errNoCase()
	}
	switch r.Text("verdict") {
	case "approve":
		in.Approve = true
	case "refuse":
	default:
		return in, fault.Field("verdict", "请选择审批意见")
	}
	in.Words = r.Text("verdict_words")
	if r.Text("granted") != "" {
		in.Granted, err = r.Moment("granted")
	}
	return in, err
}

// actForm draws the verbs that ask for a few fields.
func (n names) actForm(c *Case, m Move, f view.Form) templ.Component {
	p := view.Act{Form: f, Button: f.Title, Folded: true}
	words := view.Ask{Kind: view.AskWords, Name: "words", Label: ui.T(n.ctx, "情况说明"), Required: true}
	switch m.Verb {
	case ToVerify:
		p.Note = ui.T(n.ctx, "请社区到现场核实后再受理")
	case ToConfirm:
		p.Folded = false
		p.Fields = []view.Ask{
			{Kind: view.AskRadio, Name: "found", Label: ui.T(n.ctx, "核实情况"), Required: true,
				Options: []ui.Option{{Value: "yes", Label: ui.T(n.ctx, "属实")}, {Value: "no", Label: ui.T(n.ctx, "不属实")}}},
			{Kind: view.AskWords, Name: "remark", Label: ui.T(n.ctx, "现场情况"), Required: true},
		}
	case ToAnswer:
		p.Folded = false
		p.Fields = []view.Ask{{Kind: view.AskWords, Name: "answer", Label: ui.T(n.ctx, "答复内容"), Required: true, Help: ui.T(n.ctx, "写明答复诉求人的内容；答复后案卷办结")}}
	case ToInform:
		a := view.Ask{Kind: view.AskOne, Name: "outside", Label: ui.T(n.ctx, "属于"), Required: true, Hint: ui.T(n.ctx, "请选择")}
		for _, o := range n.cfg.Outsides.All() {
			a.Options = append(a.Options, ui.Option{Value: o.Key, Label: strings.TrimSpace(o.Title + " " + o.Number)})
		}
		p.Fields, p.Note = []view.Ask{a}, ui.T(n.ctx, "不属于街道办理的，告知诉求人正确途径后办结")
	case ToMerge:
		p.Fields = []view.Ask{{Name: "into", Label: ui.T(n.ctx, "并入的案卷编号"), Required: true, Help: ui.T(n.ctx, "同一问题的重复反映；并入的案卷办结时，本诉求人同样得到告知")}}
		p.Confirm = ui.T(n.ctx, "确定并案吗？并案后本案卷不再单独办理。")
	case ToVoid:
		p.Fields = []view.Ask{n.ground(blueprint.VoidReason), words}
		p.Confirm = ui.T(n.ctx, "确定作废吗？作废后不能恢复。")
	case ToReturn:
		p.Fields = []view.Ask{n.ground(blueprint.ReturnReason), words}
		p.Note = ui.T(n.ctx, "审核期间处置时限照常计算")
	case ToExtend:
		p.Fields = []view.Ask{n.ground(blueprint.ExtendReason), {Kind: view.AskTime, Name: "until", Label: ui.T(n.ctx, "申请延至"), Required: true, Help: ui.T(n.ctx, "现期限 %s", ui.Time(c.DueAt))}, words}
	case ToSuspend:
		p.Fields = []view.Ask{n.ground(blueprint.SuspendReason), {Kind: view.AskTime, Name: "until", Label: ui.T(n.ctx, "预计恢复办理时间"), Required: true}, words}
		p.Note = ui.T(n.ctx, "批准后停止计时，定期复核")
	case ToTake:
		p.Folded, p.Note = false, ui.T(n.ctx, "接办后请及时到场，办完向联络员反馈")
	case ToFeedBack, ToAssist:
		p.Folded = false
		p.Fields = []view.Ask{{Kind: view.AskWords, Name: "result", Label: ui.T(n.ctx, "办理结果"), Required: true, Help: ui.T(n.ctx, "写清做了什么、现场怎样")}}
	case ToGiveBack:
		p.Fields = []view.Ask{words}
		p.Note = ui.T(n.ctx, "退回本单位联络员，由其另行安排")
	case ToRecall:
		p.Fields = []view.Ask{{Kind: view.AskWords, Name: "words", Label: ui.T(n.ctx, "撤回原因")}}
		p.Note = ui.T(n.ctx, "承办单位签收前可以撤回；案卷回到待派遣，处置期限不变")
	case ToResume:
		p.Note = ui.T(n.ctx, "挂账至 %s，恢复后继续计时", ui.Time(c.SuspendedUntil))
	case ToPostpone:
		p.Fields = []view.Ask{{Kind: view.AskTime, Name: "upper_due", Label: ui.T(n.ctx, "新的上级期限"), Required: true, Help: ui.T(n.ctx, "以来单单位的改期通知为准，现期限 %s", ui.Time(c.UpperDue))}}
	default:
		return templ.NopComponent // drawn beside its application
	}
	return view.ActForm(p)
}

func (n names) ground(list blueprint.ReasonList) view.Ask {
	a := view.Ask{Kind: view.AskOne, Name: "ground", Label: ui.T(n.ctx, "理由"), Required: true, Hint: ui.T(n.ctx, "请选择")}
	for _, r := range n.cfg.ReasonsOf(list) {
		a.Options = append(a.Options, ui.Option{Value: r.Key, Label: r.Title, Help: r.Help})
	}
	return a
}

var pleaStates = map[string]struct {
	tone  ui.Tone
	title string
}{
	Open: {ui.Warn, ui.Key("待审批")}, Approved: {ui.Good, ui.Key("已批准")}, Refused: {ui.Bad, ui.Key("未批准")},
	Withdrawn: {ui.Neutral, ui.Key("已撤回")}, Lapsed: {ui.Neutral, ui.Key("已失效")},
}

// applications draws what was asked for, with the forms of whoever may decide or withdraw.
func (n names) applications(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, tried Tried) ([]view.Application, error) {
	list, err := Applications(ctx, tx, c.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	people := []int64{}
	for _, p := range list {
		people = append(people, p.AskedBy, p.DecidedBy)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	who := func(person int64, at time.Time) string {
		return called.Of(ctx, person) + "　" + ui.Time(at)
	}
	var out []view.Application
	for i := range list {
		p := &list[i]
		words, verdict, err := p.Open(n.box)
		if err != nil {
			return nil, err
		}
		state := pleaStates[p.State]
		a := view.Application{Title: ui.T(ctx, asking[p.Kind].title), State: view.Tag{Tone: state.tone, Text: ui.T(ctx, state.title)}}
		ground := n.cfg.ReasonTitle(p.Ground)
		fact := func(label, value string) {
			if value != "" {
				a.Facts = append(a.Facts, ui.Fact{Label: label, Value: value})
			}
		}
		fact(ui.T(ctx, "申请单位"), n.unit(p.Unit))
		fact(ui.T(ctx, "申请人"), who(p.AskedBy, p.AskedAt))
		fact(ui.T(ctx, "理由"), ground)
		fact(ui.T(ctx, "情况说明"), words)
		if !p.Until.IsZero() {
			fact(ui.T(ctx, "申请期限"), ui.Time(p.Until))
		}
		if !p.Granted.IsZero() && !p.Granted.Equal(p.Until) {
			fact(ui.T(ctx, "批准期限"), ui.Time(p.Granted))
		}
		switch {
		case p.State == Open:
			by := ui.Time(p.DecideBy)
			if p.Unreviewed {
				by += "　" + ui.T(ctx, "逾期未审批")
			}
			fact(ui.T(ctx, "审批期限"), by)
			a.Forms = n.verdicts(tx, r, c, p, tried)
		case p.DecidedBy != 0:
			fact(ui.T(ctx, "审批人"), who(p.DecidedBy, p.DecidedAt))
			fact(ui.T(ctx, "审批意见"), verdict)
		}
		out = append(out, a)
	}
	return out, nil
}

// verdicts are the forms on an open application.
func (n names) verdicts(tx tenants.Tx, r *web.Request, c *Case, p *Application, tried Tried) (out []view.Act) {
	form := func(v Verb) view.Act {
		f := view.Form{Title: ui.T(n.ctx, move(v).Title), Action: r.Path("/cases/%s/%s", c.ID, v), Guard: r.Guard(), Key: string(v) + "-" + p.ID.String()[24:], Values: map[string]string{}}
		if tried.Verb == v && tried.Typed["application"] == p.ID.String() {
			f.Values = tried.Typed
			if tried.Fault != nil {
				refuse(n.ctx, &f, tried.Fault)
			}
		}
		return view.Act{Form: f, Button: f.Title, Fields: []view.Ask{{Kind: view.AskHidden, Name: "application", Value: p.ID.String()}}}
	}
	actor := tx.Actor()
	if move(ToDecide).allows(actor, c, nil, n.cfg) == nil && p.AskedBy != actor.Person && p.Kind.decides(actor, n.cfg) {
		a := form(ToDecide)
		a.Button = ui.T(n.ctx, "提交审批")
		a.Fields = append(a.Fields, view.Ask{Kind: view.AskRadio, Name: "verdict", Label: ui.T(n.ctx, "审批意见"), Required: true,
			Options: []ui.Option{{Value: "approve", Label: ui.T(n.ctx, "同意")}, {Value: "refuse", Label: ui.T(n.ctx, "不同意")}}})
		if p.Kind != AskReturn {
			a.Fields = append(a.Fields, view.Ask{Kind: view.AskTime, Name: "granted", Label: ui.T(n.ctx, "批准至"), Value: web.Typed(p.Until)})
		}
		a.Fields = append(a.Fields, view.Ask{Kind: view.AskWords, Name: "verdict_words", Label: ui.T(n.ctx, "说明"), Help: ui.T(n.ctx, "不同意时必填")})
		out = append(out, a)
	}
	if move(ToWithdraw).allows(actor, c, c.assignment(p.AssignmentID), n.cfg) == nil {
		out = append(out, form(ToWithdraw))
	}
	return out
}
