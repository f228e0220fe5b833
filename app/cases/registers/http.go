package registers

import (
	"context"
	"net/url"
	"slices"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/module"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/registers"
)

// Part is what registers bring to the module of cases.
var Part = module.Module{
	Routes: func(r web.Routes) {
		r.Get("/registers", auth.CasesRead, page)
		r.Get("/registers/file", auth.CasesExport, file)
	},
	Nav: []module.Entry{{Title: ui.Key("审批台账"), Path: "/registers", May: auth.CasesRead}},
}

const (
	pageSize  = 20
	mostPages = 10_000 // whoever asks for a page beyond gets this one
	mostRows  = 5000   // of a file
)

// states of an application as the registers say them; catalogue keys.
var states = []struct {
	key, title string
	tone       ui.Tone
}{
	{cases.Open, ui.Key("待审批"), ui.Warn}, {cases.Approved, ui.Key("已批准"), ui.Good}, {cases.Refused, ui.Key("未批准"), ui.Bad},
	{cases.Withdrawn, ui.Key("已撤回"), ui.Neutral}, {cases.Lapsed, ui.Key("已失效"), ui.Neutral},
}

// read is what the form asks for: this month where nothing is said.
func read(ctx context.Context, r *web.Request) Filter {
	f := Filter{Kind: cases.AskReturn, Unit: r.Text("unit"), State: r.Text("state")}
	for _, k := range kinds {
		if string(k.of) == r.Text("kind") {
			f.Kind = k.of
		}
	}
	today := clock.DateOf(clock.Now(ctx))
	f.From, f.To = today[:8]+"01", today
	if d, ok := clock.ParseDate(r.Text("from")); ok {
		f.From = d
	}
	if d, ok := clock.ParseDate(r.Text("to")); ok {
		f.To = d
	}
	return f
}

func (f Filter) query() url.Values {
	q := url.Values{"kind": {string(f.Kind)}, "from": {string(f.From)}, "to": {string(f.To)}}
	for name, v := range map[string]string{"unit": f.Unit, "state": f.State} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q
}

func titleOf(ctx context.Context, kind cases.Asked) string {
	i := slices.IndexFunc(kinds, func(k struct {
		of    cases.Asked
		title string
	},
	) bool {
		return k.of == kind
	})
	return ui.T(ctx, kinds[i].title)
}

func page(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	f, number := read(ctx, r), min(max(1, r.Int("page", 1)), mostPages)
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, sums, err := Browse(ctx, tx, f, (number-1)*pageSize, pageSize)
	if err != nil {
		return web.Reply{}, err
	}
	words, err := wordsFor(ctx, tx, cfg, list)
	if err != nil {
		return web.Reply{}, err
	}
	path := r.Path("/registers")
	p := view.Register{
		Title: titleOf(ctx, f.Kind), Path: path, Kind: string(f.Kind), From: string(f.From), To: string(f.To), Unit: f.Unit, State: f.State, Until: f.Kind != cases.AskReturn,
		Total: ui.Number(sums.Total), Open: ui.Number(sums.Open), Approved: ui.Number(sums.Approved), Refused: ui.Number(sums.Refused), Unreviewed: ui.Number(sums.Unreviewed),
		Pages: ui.Pages{Number: number, Size: pageSize, Total: sums.Total, Path: path, Query: f.query(), List: "list"},
		Tabs:  []ui.Tab{{Label: ui.T(ctx, "督办台账"), Href: r.Path("/supervision/orders")}},
	}
	for _, k := range kinds {
		of := f
		of.Kind = k.of
		p.Tabs = append(p.Tabs, ui.Tab{Label: ui.T(ctx, k.title), Href: path + "?" + of.query().Encode(), Active: k.of == f.Kind})
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		p.Units = append(p.Units, ui.Option{Value: u.Key, Label: u.Name})
	}
	for _, s := range states {
		p.States = append(p.States, ui.Option{Value: s.key, Label: ui.T(ctx, s.title)})
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesExport) {
		p.Excel = r.Path("/registers/file?%s", f.query().Encode())
	}
	for i := range list {
		l := &list[i]
		row := view.Row{
			Href: r.Path("/cases/%s", l.CaseID), Number: l.Number, Class: words.class(l.Class), Unit: cases.UnitName(cfg, l.Unit), Ground: words.ground(l.Ground), Asked: l.AskedAt,
			Near: l.near(ctx), Until: l.Until, Granted: l.Granted, Decider: words.who(l.DecidedBy), Decided: l.DecidedAt, Unreviewed: l.Unreviewed,
		}
		row.State = words.state(l.State)
		p.Rows = append(p.Rows, row)
	}
	return web.Page(p.Title, view.RegisterPage(p)).Part(view.RegisterList(p)), nil
}

// words knows how a street calls what stands in its registers.
type words struct {
	ctx   context.Context
	cfg   *blueprint.Config
	names auth.Called
}

func wordsFor(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, list []Line) (words, error) {
	var people []int64
	for i := range list {
		people = append(people, list[i].AskedBy, list[i].DecidedBy)
	}
	names, err := auth.Names(ctx, tx, people...)
	return words{ctx, cfg, names}, err
}

func (w words) class(key string) string {
	return w.cfg.ClassTitle(key)
}

func (w words) ground(key string) string {
	return w.cfg.ReasonTitle(key)
}

func (w words) who(person int64) string {
	if person == tenants.System {
		return ""
	}
	return w.names.Of(w.ctx, person)
}

func (w words) state(key string) caseview.Tag {
	for _, s := range states {
		if s.key == key {
			return caseview.Tag{Tone: s.tone, Text: ui.T(w.ctx, s.title)}
		}
	}
	return caseview.Tag{Text: key}
}

// file takes a register out: numbers, units, grounds and times, and none of what was said.
func file(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	f := read(ctx, r)
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, sums, err := Browse(ctx, tx, f, 0, mostRows+1)
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) > mostRows {
		return web.Reply{}, fault.New(fault.Invalid, "符合条件的申请超过 %d 件，请缩小日期范围", mostRows)
	}
	w, err := wordsFor(ctx, tx, cfg, list)
	if err != nil {
		return web.Reply{}, err
	}
	slices.Reverse(list) // on paper the oldest is the first
	out := cases.Register{
		Office: tx.Tenant().Name, Title: titleOf(ctx, f.Kind), From: f.From, To: f.To,
		Sum: ui.T(ctx, "共%d件，已批准%d件，未批准%d件，待审批%d件，逾期未审批%d件", sums.Total, sums.Approved, sums.Refused, sums.Open, sums.Unreviewed),
		Columns: []sheets.Column{
			{Title: ui.T(ctx, "案卷编号"), Width: 17}, {Title: ui.T(ctx, "类别"), Width: 16}, {Title: ui.T(ctx, "申请单位"), Width: 16}, {Title: ui.T(ctx, "申请人")},
			{Title: ui.T(ctx, "申请时间"), Width: 17}, {Title: ui.T(ctx, "距处置期限"), Width: 14}, {Title: ui.T(ctx, "理由"), Width: 22},
		},
	}
	until := f.Kind != cases.AskReturn
	if until {
		out.Columns = append(out.Columns, sheets.Column{Title: ui.T(ctx, "申请期限"), Width: 17}, sheets.Column{Title: ui.T(ctx, "批准期限"), Width: 17})
	}
	out.Columns = append(out.Columns, sheets.Column{Title: ui.T(ctx, "状态")}, sheets.Column{Title: ui.T(ctx, "审批人")}, sheets.Column{Title: ui.T(ctx, "审批时间"), Width: 17}, sheets.Column{Title: ui.T(ctx, "逾期未审批")})
	for i := range list {
		l := &list[i]
		row := []any{l.Number, w.class(l.Class), cases.UnitName(cfg, l.Unit), w.who(l.AskedBy), ui.Time(l.AskedAt), l.near(ctx), w.ground(l.Ground)}
		if until {
			granted := l.Granted
			if granted.IsZero() && l.State == cases.Approved {
				granted = l.Until
			}
			row = append(row, ui.Time(l.Until), ui.Time(granted))
		}
		late := ""
		if l.Unreviewed {
			late = ui.T(ctx, "是")
		}
		out.Rows = append(out.Rows, append(row, w.state(l.State).Text, w.who(l.DecidedBy), ui.Time(l.DecidedAt), late))
	}
	name, body, err := out.Workbook(ctx)
	return web.File(name, sheets.Excel.Kind(), body), err
}
