package handover

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/fault"
	"wanjie/app/post"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys/mask"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/handover"
)

func tag(ctx context.Context, h *Handover) caseview.Tag {
	tones := map[State]ui.Tone{Sent: ui.Warn, Offered: ui.Warn, Accepted: ui.Info, Answered: ui.Good, Refused: ui.Bad, Recalled: ui.Neutral}
	title := h.State.Title()
	if h.Side == In && h.State == Accepted {
		title = ui.Key("本方办理中")
	}
	if h.State == Recalled && h.Side == In {
		title = ui.Key("对方已撤回")
	}
	return caseview.Tag{Tone: tones[h.State], Text: ui.T(ctx, title)}
}

func listPage(ctx context.Context, tx tenants.Tx, r *web.Request, side Side, all bool, rows []Handover) (view.List, error) {
	p := view.List{In: side == In, All: all, Other: listPath(r, side, !all, 1)}
	for _, s := range []Side{In, Out} {
		p.Tabs = append(p.Tabs, ui.Tab{Label: ui.T(ctx, s.Title()), Href: listPath(r, s, all, 1), Active: s == side})
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	for i := range rows {
		h := &rows[i]
		w, err := h.Open(box)
		if err != nil {
			return p, err
		}
		row := view.Row{Href: r.Path("/handovers/%s", h.ID), Peer: h.PeerName, PeerNumber: h.PeerNo, Class: h.ClassName, Title: w.Title, Urgent: h.Urgent, State: tag(ctx, h), Made: h.MadeAt,
			Due: h.Due, Late: h.Overlooked}
		if h.CaseID != uuid.Nil {
			c, _, err := cases.Find(ctx, tx, h.CaseID)
			if err != nil {
				return p, err
			}
			row.Number = c.Number
			if row.Title == "" {
				words, err := c.Open(box)
				if err != nil {
					return p, err
				}
				row.Title = words.Title
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// upward is what handing over is called in this tenant.
func upward(ctx context.Context, tx tenants.Tx) string {
	if tx.Tenant().Kind == tenants.Centre {
		return ui.T(ctx, "下派街道")
	}
	return ui.T(ctx, "上报区级")
}

// proposal says why the matter belongs above, by the duty list.
func proposal(ctx context.Context, cfg *blueprint.Config, class string) (sector, say string) {
	up := cfg.Above(class)
	if len(up) == 0 {
		return "", ""
	}
	say = ui.T(ctx, "职责清单列明主责部门：%s", up[0].Name)
	for _, d := range cfg.DutiesOf(class) {
		if slices.Contains(d.Sectors, up[0].Key) {
			if d.UpperDoes != "" {
				say += "　" + d.UpperDoes
			}
			return up[0].Key, say + "　" + ui.T(ctx, "依据：%s", d.Ground)
		}
	}
	return up[0].Key, say
}

func newPage(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, cfg *blueprint.Config, tried attempt) (view.New, error) {
	p := view.New{Number: c.Number, Back: r.Path("/cases/%s", c.ID)}
	p.Form = form(ctx, r, "handover", upward(ctx, tx), r.Path("/handovers"), tried)
	p.Button = p.Title
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	w, err := c.Open(box)
	if err != nil {
		return p, err
	}
	p.Facts = caseFacts(ctx, cfg, c.Class, "", c.Community, w.Title, w.Description, w.Address, c.Urgent)
	shown, err := photos.Tell(ctx, tx, c, photos.Before)
	if err != nil {
		return p, err
	}
	if len(shown) > 0 {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "现场照片"), Value: ui.T(ctx, "%d 张", len(shown))})
	}
	peers, err := Peers(ctx, tx)
	if err != nil {
		return p, err
	}
	switch {
	case len(peers) == 0 && tx.Tenant().Kind == tenants.Street:
		p.None = ui.T(ctx, "本区县尚未开通区级指挥中心，请按原渠道上报。")
	case len(peers) == 0:
		p.None = ui.T(ctx, "本区县尚未开通街道。")
	case c.Stage != cases.Filed:
		p.None = ui.T(ctx, "只有待派遣的案卷可以移交。")
	}
	sector, say := proposal(ctx, cfg, c.Class)
	p.Proposal = say
	to := caseview.Ask{Kind: caseview.AskOne, Name: "to", Label: ui.T(ctx, "移交给"), Required: true, Hint: ui.T(ctx, "请选择"), Value: sector}
	if tx.Tenant().Kind == tenants.Street {
		to.Options = append(to.Options, ui.Option{Value: blueprint.CentreDesk, Label: ui.T(ctx, "区级指挥中心（由其确定承办单位）")})
		for _, s := range cfg.Sectors.All() {
			to.Options = append(to.Options, ui.Option{Value: s.Key, Label: s.Name})
		}
	} else {
		for _, n := range peers {
			to.Options = append(to.Options, ui.Option{Value: n.TenantID.String(), Label: n.Name})
		}
	}
	p.Fields = []caseview.Ask{
		{Kind: caseview.AskHidden, Name: "case", Value: c.ID.String()}, to,
		{Kind: caseview.AskWords, Name: "reason", Label: ui.T(ctx, "依据和理由"), Required: true, Value: say, Help: ui.T(ctx, "写明为什么由对方办理；对方据此接收或退回")},
		{Kind: caseview.AskTime, Name: "due", Label: ui.T(ctx, "要求期限"), Value: web.Typed(c.DueAt), Help: ui.T(ctx, "本方处置时限照常计算")},
	}
	if !c.Confidential && w.Petitioner+w.Phone != "" {
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskRadio, Name: "petitioner_too", Label: ui.T(ctx, "移交诉求人姓名、电话"), Value: "no", Help: ui.T(ctx, "仅在办理确需联系诉求人时移交，并留痕"),
			Options: []ui.Option{{Value: "no", Label: ui.T(ctx, "不移交")}, {Value: "yes", Label: ui.T(ctx, "办理需要，一并移交")}}})
	}
	return p, nil
}

func caseFacts(ctx context.Context, cfg *blueprint.Config, class, className, community, title, description, address string, urgent bool) []ui.Fact {
	if k, ok := cfg.Classes.Find(class); ok {
		className = k.Title
	}
	place := community
	if u, ok := cfg.UnitOf(community); ok {
		place = u.Name
	}
	yes := ui.T(ctx, "否")
	if urgent {
		yes = ui.T(ctx, "是")
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "标题"), Value: title, Wide: true}, {Label: ui.T(ctx, "问题描述"), Value: description, Wide: true}, {Label: ui.T(ctx, "类别"), Value: className},
		{Label: ui.T(ctx, "社区（村）"), Value: place}, {Label: ui.T(ctx, "详细地址"), Value: address}, {Label: ui.T(ctx, "紧急"), Value: yes},
	}
}

func sheetPage(ctx context.Context, tx tenants.Tx, r *web.Request, h *Handover, tried attempt) (view.Sheet, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Sheet{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return view.Sheet{}, err
	}
	w, err := h.Open(box)
	if err != nil {
		return view.Sheet{}, err
	}
	p := view.Sheet{Title: w.Title, State: tag(ctx, h), Note: ui.T(ctx, "来自 %s", h.PeerName)}
	if h.Side == Out {
		p.Note = ui.T(ctx, "移交给 %s", h.PeerName)
	}
	if h.CaseID != uuid.Nil {
		c, _, err := cases.Find(ctx, tx, h.CaseID)
		if err != nil {
			return p, err
		}
		said, err := c.Open(box)
		if err != nil {
			return p, err
		}
		p.Case, p.Number, p.Title = r.Path("/cases/%s", c.ID), c.Number, said.Title
	}
	p.Facts = facts(ctx, cfg, h, w)
	if h.Side == In {
		p.Told = caseFacts(ctx, cfg, "", theirClass(h), h.Community, w.Title, w.Description, w.Address, h.Urgent)
		if w.Petitioner+w.Phone != "" {
			p.Told = append(p.Told, ui.Fact{Label: ui.T(ctx, "诉求人姓名"), Value: mask.Name(w.Petitioner)}, ui.Fact{Label: ui.T(ctx, "联系电话"), Value: mask.Phone(w.Phone)})
		}
	}
	if p.Record, err = moments(ctx, tx, h); err != nil {
		return p, err
	}
	if h.Side == In {
		if p.Photos, err = photos.OfHandover(ctx, tx, r, h.ID); err != nil {
			return p, err
		}
	}
	for _, m := range Allowed(tx.Actor(), h) {
		p.Forms = append(p.Forms, verbForm(ctx, r, cfg, h, m, tried))
	}
	return p, nil
}

func facts(ctx context.Context, cfg *blueprint.Config, h *Handover, w Words) (out []ui.Fact) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, ui.Fact{Label: label, Value: value})
		}
	}
	add(ui.T(ctx, "对方"), h.PeerName)
	add(ui.T(ctx, "对方案卷编号"), h.PeerNo)
	if name, ok := cfg.Beyond(h.Unit); ok && h.Side == Out {
		add(ui.T(ctx, "承办"), name)
	} else if name, ok := cfg.Beyond(blueprint.CentreUnit(h.Unit)); ok {
		add(ui.T(ctx, "指明的承办单位"), name)
	}
	add(ui.T(ctx, "移交时间"), ui.Time(h.MadeAt))
	add(ui.T(ctx, "依据和理由"), w.Reason)
	if !h.Due.IsZero() {
		add(ui.T(ctx, "要求期限"), ui.Time(h.Due))
	}
	if h.Side == In && h.State == Offered {
		by := ui.Time(h.DecideBy)
		if h.Overlooked {
			by += "　" + ui.T(ctx, "逾期未接收")
		}
		add(ui.T(ctx, "接收期限"), by)
	}
	if !h.DecidedAt.IsZero() {
		add(ui.T(ctx, "接收或退回时间"), ui.Time(h.DecidedAt))
	}
	add(ui.T(ctx, "退回的依据"), w.Ground)
	add(ui.T(ctx, "撤回情况"), recallFact(ctx, h))
	if !h.AnsweredAt.IsZero() {
		add(ui.T(ctx, "办结时间"), ui.Time(h.AnsweredAt))
	}
	add(ui.T(ctx, "办理结果"), w.Result)
	return out
}

// theirClass is what the other side files the matter as, with its standard and code.
func theirClass(h *Handover) string {
	if a := h.ClassAbroad; a.StandardRef != "" {
		return h.ClassName + "　" + a.StandardRef + " " + a.Code
	}
	return h.ClassName
}

// recallFact says where the wish to have the matter back stands.
func recallFact(ctx context.Context, h *Handover) string {
	switch {
	case h.State == Recalled:
		return ui.Time(h.RecalledAt)
	case h.Recall == RecallAsked && h.Side == Out:
		return ui.T(ctx, "已要求撤回，等对方答复；答复前仍由对方办理")
	case h.Recall == RecallAsked:
		return ui.T(ctx, "对方要求撤回，请答复")
	case h.Recall == RecallKept && h.Side == Out:
		return ui.T(ctx, "对方不同意撤回，继续办理")
	case h.Recall == RecallKept:
		return ui.T(ctx, "对方曾要求撤回，本方继续办理")
	}
	return ""
}

// moments are the messages of both sides. The other side's people are not named here.
func moments(ctx context.Context, tx tenants.Tx, h *Handover) ([]ui.Moment, error) {
	list, err := line.Messages(ctx, tx, h.ID)
	if err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	var people []int64
	for _, m := range list {
		people = append(people, m.Person)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Moment, 0, len(list))
	for i := range list {
		m := &list[i]
		t, err := line.Open(box, m)
		if err != nil {
			return nil, err
		}
		one := ui.Moment{At: m.At, Act: ui.T(ctx, actTitles[Kind(m.Kind)]), Actor: h.PeerName, Detail: t.Words}
		if m.Box == post.Out {
			if one.Actor = called[m.Person]; one.Actor == "" {
				one.Actor = ui.T(ctx, "系统")
			}
			if m.CarriedAt.IsZero() {
				one.Detail = strings.TrimSpace(ui.T(ctx, "尚未送达") + "\n" + one.Detail)
			}
		}
		if !t.Due.IsZero() {
			one.Detail = strings.TrimSpace(ui.T(ctx, "期限 %s", ui.Time(t.Due)) + "\n" + one.Detail)
		}
		switch Kind(m.Kind) {
		case refused, again, kept:
			one.Tone = ui.Bad
		case answered:
			one.Tone = ui.Good
		}
		out = append(out, one)
	}
	return out, nil
}

func verbForm(ctx context.Context, r *web.Request, cfg *blueprint.Config, h *Handover, m Move, tried attempt) templ.Component {
	p := caseview.Act{Form: form(ctx, r, m.Verb, ui.T(ctx, m.Title), r.Path("/handovers/%s/%s", h.ID, m.Verb), tried), Folded: m.Verb != ToAccept && m.Verb != ToConsent}
	p.Button = p.Title
	words := caseview.Ask{Kind: caseview.AskWords, Name: "words", Label: ui.T(ctx, "情况说明"), Required: true}
	until := caseview.Ask{Kind: caseview.AskTime, Name: "until", Label: ui.T(ctx, "期限"), Required: true, Value: web.Typed(h.Due)}
	switch m.Verb {
	case ToAccept:
		p.Note = ui.T(ctx, "接收后成为本方案卷，按本方流程办理；结果自动反馈对方")
		class := classAsk(ctx, cfg, h)
		add := func(k blueprint.Class, group string) {
			if !slices.ContainsFunc(class.Options, func(o ui.Option) bool { return o.Value == k.Key }) {
				class.Options = append(class.Options, ui.Option{Value: k.Key, Label: k.Title, Group: group})
			}
		}
		for _, top := range cfg.ClassesUnder("") {
			add(top, top.Title)
			for _, k := range cfg.ClassesUnder(top.Key) {
				add(k, top.Title)
			}
		}
		p.Fields = []caseview.Ask{class}
	case ToRefuse, ToGiveBack:
		ground := caseview.Ask{Kind: caseview.AskOne, Name: "ground", Label: ui.T(ctx, "理由"), Required: true, Hint: ui.T(ctx, "请选择")}
		for _, reason := range cfg.ReasonsOf(blueprint.ReturnReason) {
			ground.Options = append(ground.Options, ui.Option{Value: reason.Key, Label: reason.Title, Help: reason.Help})
		}
		words.Help = ui.T(ctx, "写明依据的职责清单、法律条款或事实，对方能够看到")
		p.Fields = []caseview.Ask{ground, words}
		p.Confirm = ui.T(ctx, "确定退回对方吗？")
	case ToAsk:
		p.Fields = []caseview.Ask{until, words}
		p.Note = ui.T(ctx, "对方改定期限之前，原期限不变")
	case ToConsent:
		p.Note = ui.T(ctx, "对方要求撤回。尚未派遣的可以同意：本方案卷终止，由对方另行办理")
	case ToKeep:
		p.Fields = []caseview.Ask{words}
		p.Note = ui.T(ctx, "由本方继续办理，写明原因告知对方")
	case ToRecall:
		p.Fields = []caseview.Ask{words}
		p.Note = ui.T(ctx, "对方尚未接收的，送达后即撤回；已接收的由对方决定。案卷回到待派遣，处置时限照常计算")
	case ToPostpone:
		p.Fields = []caseview.Ask{until}
		p.Note = ui.T(ctx, "只改对方的办理期限，本方处置时限不变")
	}
	return caseview.ActForm(p)
}

// classAsk asks for the class of ours, with what the mappings propose first: the one that is meant, several to choose from,
// or none.
func classAsk(ctx context.Context, cfg *blueprint.Config, h *Handover) caseview.Ask {
	ask := caseview.Ask{Kind: caseview.AskOne, Name: "class", Label: ui.T(ctx, "类别"), Required: true, Hint: ui.T(ctx, "请选择")}
	all := h.counterparts(cfg)
	switch {
	case len(all) == 0:
		ask.Help = ui.T(ctx, "对方定为“%s”，本方分类没有对应的类别，请另选", theirClass(h))
	case len(all) > 1:
		ask.Help = ui.T(ctx, "对方定为“%s”，按对照可能是以下几类，请选定", theirClass(h))
	case all[0].Sure:
		ask.Value, ask.Help = all[0].Class.Key, ui.T(ctx, "对方定为“%s”", theirClass(h))
	default:
		ask.Value, ask.Help = all[0].Class.Key, ui.T(ctx, "对方定为“%s”，按推定的对照填入，请核对", theirClass(h))
	}
	if len(all) > 1 || len(all) == 1 && !all[0].Sure {
		for _, m := range all {
			ask.Options = append(ask.Options, ui.Option{Value: m.Class.Key, Label: m.Class.Title, Group: ui.T(ctx, "按对照")})
		}
	}
	return ask
}

func form(ctx context.Context, r *web.Request, v Verb, title, action string, tried attempt) caseview.Form {
	f := caseview.Form{Title: title, Action: action, Guard: r.Guard(), Key: string(v), Values: map[string]string{}, Errors: map[string]string{}}
	if tried.verb == v && tried.fault != nil {
		f.Values = tried.typed
		refuseForm(ctx, &f, tried.fault)
	}
	return f
}

func refuseForm(ctx context.Context, f *caseview.Form, why *fault.Error) {
	f.Say = ui.T(ctx, why.Say, why.Args...)
	for field, say := range why.Fields {
		f.Errors[field] = ui.T(ctx, say)
	}
}

// Panel is what stands on the sheet of a case: where it is with the other side, or that it may be handed over.
func Panel(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, rules *blueprint.Config, _ cases.Tried) ([]templ.Component, error) {
	actor := tx.Actor()
	if c.Stage == cases.Filed {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil || !cfg.On(moduleKey) || !auth.CanSomewhere(actor, auth.CasesDispatch) {
			return nil, err
		}
		p := view.Panel{Title: upward(ctx, tx), Label: upward(ctx, tx), Href: r.Path("/handovers/new?case=%s", c.ID)}
		if _, p.Say = proposal(ctx, rules, c.Class); p.Say == "" {
			p.Say = ui.T(ctx, "不属于本级职责或需对方主办的，可以移交。")
		}
		return []templ.Component{view.PanelCard(p)}, nil
	}
	if !paired(c.Channel) && (c.Lead == nil || c.Lead.Handover == uuid.Nil) || !sees(actor) {
		return nil, nil
	}
	h, err := OfCase(ctx, tx, c.ID)
	if err != nil || h == nil {
		return nil, err
	}
	p := view.Panel{Title: ui.T(ctx, "区街移交"), State: tag(ctx, h), Label: ui.T(ctx, "查看往来"), Href: r.Path("/handovers/%s", h.ID), Facts: []ui.Fact{{Label: ui.T(ctx, "对方"), Value: h.PeerName}}}
	if h.PeerNo != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "对方案卷编号"), Value: h.PeerNo})
	}
	return []templ.Component{view.PanelCard(p)}, nil
}
