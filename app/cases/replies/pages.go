package replies

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/replies"
)

func yes(ctx context.Context, b bool) string {
	if b {
		return ui.T(ctx, "是")
	}
	return ui.T(ctx, "否")
}

func channelName(cfg *blueprint.Config, key string) string {
	return cfg.ChannelTitle(key)
}

// ApprovedAt is when it was approved: by the reviewer, or with the draft.
func (p *Reply) ApprovedAt() time.Time {
	if p.ReviewedAt.IsZero() {
		return p.DraftedAt
	}
	return p.ReviewedAt
}

var tones = map[State]ui.Tone{None: ui.Warn, Review: ui.Info, Returned: ui.Bad, Approved: ui.Good, Sent: ui.Neutral}

func listPage(ctx context.Context, tx tenants.Tx, r *web.Request) (view.List, error) {
	var p view.List
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	owed, err := Owed(ctx, tx)
	if err != nil {
		return p, err
	}
	for i := range owed {
		l := &owed[i]
		title, err := box.Open(keys.Addr{Table: "cases", Column: "title", ID: l.ID}, l.Title)
		if err != nil {
			return p, err
		}
		row := view.Row{
			Href: r.Path("/cases/%s", l.ID), Number: l.Number, UpperNo: l.UpperNo, Title: title, Channel: channelName(cfg, l.Channel), Unit: cfg.UnitTitle(l.Unit),
			State: ui.T(ctx, l.State.Title()), Tone: tones[l.State], UpperDue: ui.Time(l.UpperDue), Late: l.Unreplied,
		}
		if l.State == Review {
			row.ReviewBy, row.Unreviewed = ui.Time(l.ReviewBy), l.Unreviewed
			p.Review = append(p.Review, row)
		} else {
			p.Draft = append(p.Draft, row)
		}
	}
	if !auth.CanSomewhere(tx.Actor(), auth.CasesFile) {
		return p, nil
	}
	p.Desk, p.Take, p.Guard = true, r.Path("/replies/files"), r.Guard()
	heaps, err := Heaps(ctx, tx)
	if err != nil {
		return p, err
	}
	for _, h := range heaps {
		p.Heaps = append(p.Heaps, view.Heap{Channel: h.Channel, Title: channelName(cfg, h.Channel), N: ui.Number(h.N), Due: ui.Time(h.Due)})
	}
	files, err := Batches(ctx, tx)
	if err != nil {
		return p, err
	}
	people := make([]int64, len(files))
	for i, f := range files {
		people[i] = f.Person
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return p, err
	}
	for _, f := range files {
		file := view.File{Href: r.Path("/replies/files/%s", f.Batch), Title: channelName(cfg, f.Channel), N: ui.Number(f.N), At: ui.Time(f.At), By: names[f.Person]}
		p.Files = append(p.Files, file)
		if r.Text("file") == f.Batch.String() {
			p.Fresh = file.Href
		}
	}
	return p, nil
}

// Panel draws on a case's sheet where its reply stands, what was worded before, and what the reader may do about it.
func Panel(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, rules *blueprint.Config, tried cases.Tried) ([]templ.Component, error) {
	if !routeOf(c, rules).Replies(blueprint.ReplySend) {
		return nil, nil
	}
	list, err := Of(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	s := sheet{ctx: ctx, r: r, c: c, rules: rules, tried: tried}
	if s.box, err = tx.Box(ctx); err != nil {
		return nil, err
	}
	var people []int64
	for _, p := range list {
		people = append(people, p.DraftedBy, p.ReviewedBy, p.SentBy)
	}
	if s.names, err = auth.Names(ctx, tx, people...); err != nil {
		return nil, err
	}
	var now *Reply
	card := view.Card{}
	for i := range list {
		if now == nil && list[i].Attempt == c.Reworks {
			now = &list[i]
		}
		shown, err := s.shown(&list[i])
		if err != nil {
			return nil, err
		}
		card.Replies = append(card.Replies, shown)
	}
	due, err := c.ReplyDue(rules)
	if err != nil {
		return nil, err
	}
	card.State, card.Tone, card.Due, card.Late = s.stands(now), tones[None], ui.Time(due), c.Unreplied
	if now != nil {
		card.Tone = tones[now.State]
	}
	out := []templ.Component{view.ReplyCard(card)}
	actor := tx.Actor()
	if move(ToDraft).allows(actor, c, now, rules) == nil {
		out = append(out, s.draft(now))
	}
	if move(ToReturn).allows(actor, c, now, rules) == nil {
		out = append(out, s.judge(move(ToApprove).allows(actor, c, now, rules) == nil))
	}
	return out, nil
}

// sheet draws the part of one case.
type sheet struct {
	ctx   context.Context
	r     *web.Request
	c     *cases.Case
	rules *blueprint.Config
	tried cases.Tried
	box   *keys.Box
	names auth.Called
}

// stands says where the reply to the present handling stands.
func (s *sheet) stands(now *Reply) string {
	switch {
	case now != nil:
		return ui.T(s.ctx, now.State.Title())
	case s.c.OwesReply, s.c.Stage == cases.Checking:
		return ui.T(s.ctx, None.Title())
	}
	return ui.T(s.ctx, "办理结束后拟办")
}

func (s *sheet) who(person int64, at time.Time) string {
	return s.names.Of(s.ctx, person) + "　" + ui.Time(at)
}

func (s *sheet) shown(p *Reply) (view.Shown, error) {
	words, verdict, err := p.Open(s.box)
	if err != nil {
		return view.Shown{}, err
	}
	out := view.Shown{State: ui.T(s.ctx, p.State.Title()), Tone: tones[p.State]}
	if p.Attempt != s.c.Reworks {
		out.State, out.Tone = ui.T(s.ctx, "上一次办理的回复"), ui.Neutral
	}
	fact := func(label, value string) { out.Facts = append(out.Facts, ui.Fact{Label: label, Value: value}) }
	out.Facts = append(out.Facts, ui.Fact{Label: ui.T(s.ctx, "回复内容"), Value: words, Wide: true})
	fact(ui.T(s.ctx, "是否联系诉求人"), yes(s.ctx, p.Contacted))
	fact(ui.T(s.ctx, "是否解决"), yes(s.ctx, p.Solved))
	fact(ui.T(s.ctx, "拟办人"), s.who(p.DraftedBy, p.DraftedAt))
	if p.State == Review {
		by := ui.Time(p.ReviewBy)
		if p.Unreviewed {
			by += "　" + ui.T(s.ctx, "逾期未审核")
		}
		fact(ui.T(s.ctx, "审核期限"), by)
	}
	if !p.ReviewedAt.IsZero() {
		fact(ui.T(s.ctx, "审核人"), s.who(p.ReviewedBy, p.ReviewedAt))
	}
	if verdict != "" {
		fact(ui.T(s.ctx, "审核意见"), verdict)
	}
	if !p.SentAt.IsZero() {
		fact(ui.T(s.ctx, wayTitles[p.Way]), s.who(p.SentBy, p.SentAt))
	}
	return out, nil
}

var wayTitles = map[string]string{File: ui.Key("以文件回复"), API: ui.Key("由上级平台取走")}

func (s *sheet) form(v cases.Verb, title string) caseview.Form {
	f := caseview.Form{Title: title, Action: s.r.Path("/cases/%s/%s", s.c.ID, v), Guard: s.r.Guard(), Key: string(v), Values: map[string]string{}}
	if s.tried.Verb != v || s.tried.Fault == nil {
		return f
	}
	f.Values, f.Errors = s.tried.Typed, map[string]string{}
	f.Say = ui.T(s.ctx, s.tried.Fault.Say, s.tried.Fault.Args...)
	for field, say := range s.tried.Fault.Fields {
		f.Errors[field] = ui.T(s.ctx, say)
	}
	return f
}

// draft offers the returned wording to be mended.
func (s *sheet) draft(now *Reply) templ.Component {
	p := caseview.Act{Form: s.form(draftForm, ui.T(s.ctx, move(ToDraft).Title)), Button: ui.T(s.ctx, "提交审核")}
	words := caseview.Ask{Kind: caseview.AskWords, Name: "words", Label: ui.T(s.ctx, "回复内容"), Required: true, Help: ui.T(s.ctx, "写明办理过程、结果和告知诉求人的情况；审核通过后原文报上级")}
	option := []ui.Option{{Value: "yes", Label: ui.T(s.ctx, "是")}, {Value: "no", Label: ui.T(s.ctx, "否")}}
	contacted := caseview.Ask{Kind: caseview.AskRadio, Name: "contacted", Label: ui.T(s.ctx, "是否联系诉求人"), Required: true, Options: option}
	solved := caseview.Ask{Kind: caseview.AskRadio, Name: "solved", Label: ui.T(s.ctx, "是否解决"), Required: true, Options: option}
	if now != nil && now.State == Returned {
		if text, _, err := now.Open(s.box); err == nil {
			words.Value = text
		}
		choice := map[bool]string{true: "yes", false: "no"}
		contacted.Value, solved.Value = choice[now.Contacted], choice[now.Solved]
	}
	p.Fields = []caseview.Ask{contacted, solved, words}
	if !routeOf(s.c, s.rules).Replies(blueprint.ReplyReview) {
		p.Button = ui.T(s.ctx, "提交")
	}
	return caseview.ActForm(p)
}

func (s *sheet) judge(approve bool) templ.Component {
	p := caseview.Act{Form: s.form(judgeForm, ui.T(s.ctx, "审核回复")), Button: ui.T(s.ctx, "提交审核意见")}
	verdict := caseview.Ask{Kind: caseview.AskRadio, Name: "verdict", Label: ui.T(s.ctx, "审核意见"), Required: true, Options: []ui.Option{{Value: "return", Label: ui.T(s.ctx, "退回修改")}}}
	if approve {
		verdict.Options = append([]ui.Option{{Value: "approve", Label: ui.T(s.ctx, "同意报出")}}, verdict.Options...)
	} else {
		p.Note = ui.T(s.ctx, "案卷核查结案后才能审核通过")
	}
	p.Fields = []caseview.Ask{verdict, {Kind: caseview.AskWords, Name: "verdict_words", Label: ui.T(s.ctx, "说明"), Help: ui.T(s.ctx, "退回时必填，写明要改什么")}}
	return caseview.ActForm(p)
}
