package whistle

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/whistle"
)

// names finds the words for a whistle's keys; one for each page.
type names struct {
	ctx context.Context
	cfg *blueprint.Config
	box *keys.Box
}

func newNames(ctx context.Context, tx tenants.Tx) (names, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return names{}, err
	}
	box, err := tx.Box(ctx)
	return names{ctx, cfg, box}, err
}

func (n names) unit(key string) string {
	u, ok := n.cfg.UnitOf(key)
	switch {
	case !ok:
		if name, beyond := n.cfg.Beyond(key); beyond {
			return name
		}
		return key
	case u.Short != "":
		return u.Short
	}
	return u.Name
}

// of is a part's unit: a bureau by the name that its centre told.
func (n names) of(k *Call) string {
	if k.beyond() && k.UnitName != "" {
		return k.UnitName
	}
	return n.unit(k.Unit)
}

// kind is a whistle's: of our own list, or as the street told it.
func (n names) kind(w *Whistle) string {
	if w.KindName != "" {
		return w.KindName
	}
	return n.cfg.ReasonTitle(w.Kind)
}

func (n names) state(s State) caseview.Tag {
	return caseview.Tag{Tone: map[State]ui.Tone{Open: ui.Warn, Closed: ui.Good, CalledOff: ui.Neutral}[s], Text: ui.T(n.ctx, s.Title())}
}

var stepTones = map[Step]ui.Tone{Sending: ui.Neutral, Declined: ui.Bad, Unreached: ui.Bad, Called: ui.Warn, Reported: ui.Info, Arrived: ui.Info, Done: ui.Good}

func (n names) row(r *web.Request, w *Whistle) (view.Row, error) {
	said, err := w.Open(n.box)
	if err != nil {
		return view.Row{}, err
	}
	out := view.Row{Href: r.Path("/whistles/%s", w.ID), Number: w.Number, Kind: n.kind(w), Place: said.Address, From: from(w), Urgent: w.Urgent, State: n.state(w.State), Made: w.MadeAt, Needed: w.NeededAt}
	for _, k := range w.Calls {
		tone := stepTones[k.State]
		if k.Silent || k.Late {
			tone = ui.Bad
		}
		out.Units = append(out.Units, caseview.Tag{Tone: tone, Text: n.of(k)})
	}
	if out.Needed.IsZero() && len(w.Calls) > 0 {
		out.Needed = w.Calls[0].ArriveBy
	}
	return out, nil
}

// from is the street that whistled; empty: we did.
func from(w *Whistle) string {
	if w.Side == In {
		return w.PeerName
	}
	return ""
}

func (n names) form(r *web.Request, v Verb, call uuid.UUID, title, action string, tried attempt) caseview.Form {
	f := caseview.Form{Title: title, Action: action, Guard: r.Guard(), Key: string(v), Values: map[string]string{}, Errors: map[string]string{}}
	if call != uuid.Nil {
		f.Key += "-" + call.String()[24:]
	}
	if tried.verb != v || tried.call != call || tried.fault == nil {
		return f
	}
	for name, list := range tried.typed {
		if len(list) > 0 {
			f.Values[name] = list[0]
		}
	}
	f.Say = ui.T(n.ctx, tried.fault.Say, tried.fault.Args...)
	for field, say := range tried.fault.Fields {
		f.Errors[field] = ui.T(n.ctx, say)
	}
	return f
}

func newPage(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (view.New, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.New{}, err
	}
	p := view.New{Back: r.Path("/whistles")}
	p.Form = n.form(r, ToBlow, uuid.Nil, ui.T(ctx, "吹哨"), r.Path("/whistles"), tried)
	p.Button = p.Title
	purpose, address, community := "", "", ""
	if text := r.Text("case"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return p, errNone()
		}
		c, _, err := cases.Find(ctx, tx, id)
		if err != nil {
			return p, err
		}
		w, err := c.Open(n.box)
		if err != nil {
			return p, err
		}
		p.Case, p.Back = ui.T(ctx, "案卷 %s", c.Number), r.Path("/cases/%s", c.ID)
		purpose, address, community = w.Title, w.Address, c.Community
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskHidden, Name: "case", Value: c.ID.String()})
	}
	kinds := caseview.Ask{Kind: caseview.AskRadio, Name: "kind", Label: ui.T(ctx, "吹哨类型"), Required: true}
	for _, reason := range n.cfg.ReasonsOf(blueprint.WhistleReason) {
		kinds.Options = append(kinds.Options, ui.Option{Value: reason.Key, Label: reason.Title, Help: reason.Help})
	}
	units := caseview.Ask{Kind: caseview.AskMany, Name: "units", Label: ui.T(ctx, "报到单位"), Help: ui.T(ctx, "召集本级单位"), Chosen: tried.typed["units"]}
	places := caseview.Ask{Kind: caseview.AskOne, Name: "community", Label: ui.T(ctx, "社区（村）"), Hint: ui.T(ctx, "请选择"), Value: community}
	for _, u := range n.cfg.UnitsWithin(tx.Tenant().Codes...) {
		units.Options = append(units.Options, ui.Option{Value: u.Key, Label: n.unit(u.Key)})
		if u.Local() {
			places.Options = append(places.Options, ui.Option{Value: u.Key, Label: n.unit(u.Key)})
		}
	}
	p.Fields = append(p.Fields, kinds, units)
	centre, bureaus, err := Bureaus(ctx, tx)
	if err != nil {
		return p, err
	}
	if len(bureaus) > 0 {
		ask := caseview.Ask{Kind: caseview.AskMany, Name: "bureaus", Label: ui.T(ctx, "召集区级部门"), Help: ui.T(ctx, "由%s送达；对方只看到类型、地点、时间、事由和要求", centre.Name), Chosen: tried.typed["bureaus"]}
		for _, b := range bureaus {
			ask.Options = append(ask.Options, ui.Option{Value: blueprint.CentreUnit(b.Key), Label: b.Name})
		}
		p.Fields = append(p.Fields, ask)
	}
	p.Fields = append(p.Fields,
		caseview.Ask{Kind: caseview.AskWords, Name: "purpose", Label: ui.T(ctx, "事由和要求"), Required: true, Value: purpose},
		caseview.Ask{Name: "address", Label: ui.T(ctx, "集合地点"), Required: true, Value: address}, places,
		caseview.Ask{Name: "lon", Label: ui.T(ctx, "经度"), Help: ui.T(ctx, "可不填")}, caseview.Ask{Name: "lat", Label: ui.T(ctx, "纬度"), Help: ui.T(ctx, "可不填")},
		caseview.Ask{Kind: caseview.AskTime, Name: "needed", Label: ui.T(ctx, "要求到场时间"), Help: ui.T(ctx, "应急处置为立即到场，不必填写")})
	return p, nil
}

func sheetPage(ctx context.Context, tx tenants.Tx, r *web.Request, w *Whistle, tried attempt) (view.Sheet, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Sheet{}, err
	}
	said, err := w.Open(n.box)
	if err != nil {
		return view.Sheet{}, err
	}
	p := view.Sheet{Number: w.Number, Kind: n.kind(w), State: n.state(w.State)}
	if w.CaseID != uuid.Nil {
		c, _, err := cases.Find(ctx, tx, w.CaseID)
		switch {
		case err == nil:
			p.Case, p.CaseNumber = r.Path("/cases/%s", c.ID), c.Number
		case !fault.Is(err, fault.NotFound): // a unit that is called need not see the case
			return p, err
		}
	}
	people := []int64{w.MadeBy, w.EndedBy}
	for _, k := range w.Calls {
		people = append(people, k.ReportedBy, k.ArrivedBy, k.DoneBy, k.JudgedBy, k.DeclinedBy)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return p, err
	}
	who := func(person int64) string {
		if person == 0 { // of the other tenant, where nobody is named
			return ""
		}
		if name := called[person]; name != "" {
			return name
		}
		return ui.T(ctx, "工号 %d", person)
	}
	p.Facts = []ui.Fact{{Label: ui.T(ctx, "事由和要求"), Value: said.Purpose, Wide: true}, {Label: ui.T(ctx, "集合地点"), Value: said.Address}}
	if w.Community != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "社区（村）"), Value: n.unit(w.Community)})
	}
	if w.Lon != nil {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "经纬度"), Value: fmt.Sprintf("%.6f, %.6f", *w.Lon, *w.Lat)})
	}
	if w.Side == In {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "吹哨街道"), Value: w.PeerName}, ui.Fact{Label: ui.T(ctx, "街道编号"), Value: w.PeerNo})
	} else {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "吹哨人"), Value: who(w.MadeBy)})
	}
	p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "吹哨时间"), Value: ui.Time(w.MadeAt)})
	if !w.NeededAt.IsZero() {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "要求到场"), Value: ui.Time(w.NeededAt)})
	}
	if said.Outcome != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "处置结果或撤哨原因"), Value: said.Outcome, Wide: true})
	}
	for _, k := range w.Calls {
		part, err := n.part(w, k, who)
		if err != nil {
			return p, err
		}
		p.Parts = append(p.Parts, part)
	}
	for _, c := range Allowed(tx.Actor(), w) {
		form := n.verbForm(r, w, c, tried)
		if c.Call == nil {
			p.Forms = append(p.Forms, form)
			continue
		}
		for i, k := range w.Calls {
			if k == c.Call {
				p.Parts[i].Forms = append(p.Parts[i].Forms, form)
			}
		}
	}
	p.Record, err = moments(ctx, tx, n, w)
	return p, err
}

func (n names) part(w *Whistle, k *Call, who func(int64) string) (view.Part, error) {
	said, err := k.Open(n.box)
	if err != nil {
		return view.Part{}, err
	}
	p := view.Part{Unit: n.of(k), Beyond: k.beyond(), State: caseview.Tag{Tone: stepTones[k.State], Text: ui.T(n.ctx, k.State.Title())}}
	if k.Silent {
		p.Marks = append(p.Marks, caseview.Tag{Tone: ui.Bad, Text: ui.T(n.ctx, "逾期未报到")})
	}
	if k.Late {
		p.Marks = append(p.Marks, caseview.Tag{Tone: ui.Bad, Text: ui.T(n.ctx, "逾期未到场")})
	}
	did := func(label, due string, at, by time.Time, person int64) {
		switch {
		case !at.IsZero():
			p.Facts = append(p.Facts, ui.Fact{Label: label, Value: strings.TrimSpace(ui.Time(at) + "　" + who(person))})
		case !by.IsZero() && w.State == Open && k.reached() && k.State != Declined:
			p.Facts = append(p.Facts, ui.Fact{Label: due, Value: ui.Time(by)})
		}
	}
	did(ui.T(n.ctx, "报到"), ui.T(n.ctx, "报到期限"), k.ReportedAt, k.RespondBy, k.ReportedBy)
	did(ui.T(n.ctx, "到场"), ui.T(n.ctx, "到场期限"), k.ArrivedAt, k.ArriveBy, k.ArrivedBy)
	if k.State == Done {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(n.ctx, "反馈结果"), Value: strings.TrimSpace(said.Result + "　" + who(k.DoneBy)), Wide: true})
	}
	if said.Ground != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(n.ctx, "理由"), Value: strings.TrimSpace(ui.T(n.ctx, said.Ground) + "　" + who(k.DeclinedBy)), Wide: true})
	}
	if k.Grade != "" {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(n.ctx, "单位评价"), Value: ui.T(n.ctx, k.Grade.Title()) + "　" + said.Grade})
	}
	if k.Needed != "" {
		yes := map[string]string{"yes": ui.T(n.ctx, "是"), "no": ui.T(n.ctx, "否")}
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(n.ctx, "吹哨必要"), Value: yes[k.Needed]}, ui.Fact{Label: ui.T(n.ctx, "情况属实"), Value: yes[k.Facts] + "　" + said.Judge})
	}
	return p, nil
}

func (n names) verbForm(r *web.Request, w *Whistle, c Chance, tried attempt) templ.Component {
	var call uuid.UUID
	p := caseview.Act{}
	if c.Call != nil {
		call = c.Call.ID
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskHidden, Name: "call", Value: call.String()})
	}
	p.Form = n.form(r, c.Verb, call, ui.T(n.ctx, c.Title), r.Path("/whistles/%s/%s", w.ID, c.Verb), tried)
	p.Button, p.Folded = p.Title, true
	ctx := n.ctx
	yesNo := []ui.Option{{Value: "yes", Label: ui.T(ctx, "是")}, {Value: "no", Label: ui.T(ctx, "否")}}
	switch c.Verb {
	case ToReport, ToArrive:
		p.Folded = false
	case ToFinish:
		p.Folded = false
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskWords, Name: "result", Label: ui.T(ctx, "反馈结果"), Required: true})
	case ToDecline:
		ground := caseview.Ask{Kind: caseview.AskOne, Name: "ground", Label: ui.T(ctx, "理由"), Required: true, Hint: ui.T(ctx, "请选择")}
		for _, reason := range n.cfg.ReasonsOf(blueprint.ReturnReason) {
			if !reason.Retired {
				ground.Options = append(ground.Options, ui.Option{Value: reason.Key, Label: reason.Title, Help: reason.Help})
			}
		}
		p.Fields = append(p.Fields, ground, caseview.Ask{Kind: caseview.AskWords, Name: "words", Label: ui.T(ctx, "情况说明"), Required: true, Help: ui.T(ctx, "写明依据的职责清单、法律条款或事实，对方能够看到")})
	case ToJudge:
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskRadio, Name: "needed", Label: ui.T(ctx, "这次吹哨有必要"), Required: true, Options: yesNo},
			caseview.Ask{Kind: caseview.AskRadio, Name: "facts", Label: ui.T(ctx, "所说情况属实"), Required: true, Options: yesNo},
			caseview.Ask{Kind: caseview.AskWords, Name: "words", Label: ui.T(ctx, "说明"), Help: ui.T(ctx, "选“否”的须写明")})
	case ToClose:
		for _, k := range w.Calls {
			if !k.reached() {
				continue
			}
			grade := caseview.Ask{Kind: caseview.AskRadio, Name: "grade_" + k.ID.String(), Label: ui.T(ctx, "评价%s", n.of(k)), Required: true}
			for _, g := range Grades {
				grade.Options = append(grade.Options, ui.Option{Value: string(g), Label: ui.T(ctx, g.Title())})
			}
			p.Fields = append(p.Fields, grade, caseview.Ask{Name: "words_" + k.ID.String(), Label: ui.T(ctx, "说明"), Help: ui.T(ctx, "不到位的须写明")})
		}
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskWords, Name: "outcome", Label: ui.T(ctx, "处置结果"), Required: true})
	case ToCallOff:
		p.Fields = append(p.Fields, caseview.Ask{Kind: caseview.AskWords, Name: "outcome", Label: ui.T(ctx, "撤哨原因"), Required: true})
		p.Confirm = ui.T(ctx, "确定撤哨吗？")
	case ToBlow:
	}
	return caseview.ActForm(p)
}

// told are the acts that a street does and its centre hears of.
var told = map[string]bool{"whistle.blown": true, "whistle.graded": true, "whistle.closed": true, "whistle.called_off": true}

// moments are the whistle's acts, oldest first.
func moments(ctx context.Context, tx tenants.Tx, n names, w *Whistle) ([]ui.Moment, error) {
	var rows []struct {
		Kind       string
		Actor      int64
		HappenedAt time.Time
		After      tenants.Dims `bun:"type:jsonb"`
	}
	if err := tx.Raw("SELECT kind, actor, happened_at, after FROM journal WHERE tenant_id = ? AND object_id = ? AND kind <> 'whistle.called' ORDER BY n", int32(tx.ID()), w.ID).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("record of whistle %s: %w", w.Number, err)
	}
	var people []int64
	for _, r := range rows {
		people = append(people, r.Actor)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Moment, 0, len(rows))
	for _, r := range rows {
		m := ui.Moment{At: r.HappenedAt, Act: ui.T(ctx, actTitles[r.Kind]), Actor: called[r.Actor]}
		_, beyond := blueprint.OfCentre(r.After["unit"])
		switch {
		case r.Actor == tenants.System && (w.Side == Out && beyond || w.Side == In && told[r.Kind]):
			m.Actor = w.PeerName
		case r.Actor == tenants.System:
			m.Actor = ui.T(ctx, "系统")
		case m.Actor == "":
			m.Actor = ui.T(ctx, "工号 %d", r.Actor)
		}
		if unit := r.After["unit"]; unit != "" {
			m.Detail = n.unit(unit)
		}
		switch r.Kind {
		case "whistle.silent", "whistle.late", "whistle.declined", "whistle.unreached":
			m.Tone = ui.Bad
		case "whistle.closed":
			m.Tone = ui.Good
		}
		out = append(out, m)
	}
	return out, nil
}

// Panel is what stands on the sheet of a case: the whistles that hang on it, and the way to a new one.
func Panel(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, _ *blueprint.Config, _ cases.Tried) ([]templ.Component, error) {
	n, err := newNames(ctx, tx)
	if err != nil || !n.cfg.On(moduleKey) {
		return nil, err
	}
	list, err := OfCase(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	var p view.Panel
	for _, w := range list {
		if !sees(tx.Actor(), w) {
			continue
		}
		row, err := n.row(r, w)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, row)
	}
	if !c.Stage.Ended() && auth.Can(tx.Actor(), auth.WhistlesBlow, "") {
		p.New = r.Path("/whistles/new?case=%s", c.ID)
	}
	if len(p.Rows) == 0 && p.New == "" {
		return nil, nil
	}
	return []templ.Component{view.PanelCard(p)}, nil
}
