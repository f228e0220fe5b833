package assessment

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"

	view "wanjie/templates/assessment"
)

// pages says where a list stands. Of the PageSize+1 rows asked, got came; where that does not tell the total, because
// the list goes on or the page lies past its end, count does.
func pages(r *web.Request, path string, page, got int, count func(most int) (int, error)) (ui.Pages, error) {
	p := ui.Pages{Number: page, Size: PageSize, Total: (page-1)*PageSize + got, More: got > PageSize, Path: path, Query: r.URL.Query()}
	if p.More || got == 0 && page > 1 {
		n, err := count(CountTo + 1)
		if err != nil {
			return p, err
		}
		p.Total, p.Capped = min(n, CountTo), n > CountTo
	}
	return p, nil
}

// casesPage is the list behind a figure; key is nil for that of all rows.
func (a request) casesPage(ctx context.Context, tx tenants.Tx, r *web.Request, c Column, key *string) (view.Cases, error) {
	k, ok := count(c.Indicator, a.report.Judged)
	if !ok {
		return view.Cases{}, errNothing()
	}
	part := Part(r.Text("part"))
	switch part {
	case Whole, Hits, Misses, Left:
	default:
		part = Whole
	}
	page := min(max(r.Int("page", 1), 1), 1000)
	now := clock.Now(ctx)
	s := a.term.span()
	f, err := figureOf(ctx, tx, a.cfg, s, a.report.Rows, k, key)
	if err != nil {
		return view.Cases{}, err
	}
	said := worked(ctx, c, f)
	switch {
	case key == nil && k.deducts: // the sum row has the mean of the report's rows, which one figure does not know
		said = ui.T(ctx, "各行分别计分，合计取各行算术平均；共扣 %s 分", ui.Number(f.Sum))
	case key == nil && a.report.Mean && k.measure != blueprint.Count && k.measure != blueprint.Days:
		if said, err = a.mean(ctx, tx, c, k, f); err != nil {
			return view.Cases{}, err
		}
	}
	list, err := opened(ctx, tx, a.cfg, s, a.report.Rows, k, key, part, PageSize+1, (page-1)*PageSize)
	if err != nil {
		return view.Cases{}, err
	}
	at, err := pages(r, r.URL.Path, page, len(list), func(most int) (int, error) {
		return openedCount(ctx, tx, a.cfg, s, a.report.Rows, k, key, part, most)
	})
	if err != nil {
		return view.Cases{}, err
	}
	name := ui.T(ctx, "全部")
	if key != nil {
		name, _ = nameOf(ctx, a.cfg, a.report.Rows, *key)
	}
	back := r.Path("/assessment/reports/%s?on=%s", a.report.Key, a.term.on())
	p := view.Cases{
		Title: c.title(ctx) + " · " + name, Back: back,
		Facts: []ui.Fact{
			{Label: ui.T(ctx, "数值"), Value: said}, {Label: ui.T(ctx, "期次"), Value: termLine(ctx, a.term)},
			{Label: ui.T(ctx, "版本"), Value: fmt.Sprintf("v%d", c.Version)}, {Label: ui.T(ctx, "数据截至"), Value: ui.Time(now)},
			{Label: ui.T(ctx, "口径"), Value: textOf(ctx, c), Wide: true},
		},
		Pages: at,
	}
	to := a.link(r)
	tab := func(label string, of Part, n string) {
		p.Tabs = append(p.Tabs, ui.Tab{Label: label, Href: to(c, key, of), Active: of == part, Count: n})
	}
	tab(ui.T(ctx, "全部"), Whole, ui.Number(f.N))
	if k.measure == blueprint.Percent && !k.deducts {
		tab(ui.T(ctx, "计入分子"), Hits, "")
		tab(ui.T(ctx, "未计入分子"), Misses, "")
	}
	if !k.all {
		tab(ui.T(ctx, "已剔除"), Left, ui.Number(f.Left))
	}
	if k.measure != blueprint.Count {
		p.Worth = map[blueprint.Measure]string{blueprint.Percent: ui.T(ctx, "计入"), blueprint.Hours: ui.T(ctx, "小时"), blueprint.Days: ui.T(ctx, "天数")}[k.measure]
	}
	if k.deducts {
		p.Worth = ui.T(ctx, "扣分")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	for i := range list[:min(len(list), PageSize)] {
		row, err := a.caseRow(ctx, r, box, &list[i], k.measure)
		if err != nil {
			return p, err
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// mean says the figure of a sum row that is the mean of the rows, and what all of them are together.
func (a request) mean(ctx context.Context, tx tenants.Tx, c Column, k counted, f Figure) (string, error) {
	byKey, _, err := counts(ctx, tx, a.cfg, a.term.span(), a.report.Rows, []counted{k}, func(context.Context) error { return nil })
	if err != nil {
		return "", err
	}
	s := Sheet{Columns: []Column{c}, Mean: true}
	var rows []Row
	for key, list := range byKey {
		rows = append(rows, Row{Key: key, Figures: list})
	}
	return ui.T(ctx, "%s（各行算术平均），合并计算为 %s", said(ctx, c, s.sum([]Figure{f}, rows)[0].Value), worked(ctx, c, f)), nil
}

// worked says a figure with what it is made of.
func worked(ctx context.Context, c Column, f Figure) string {
	text := said(ctx, c, f.Value)
	switch {
	case f.Value == nil:
		return text
	case c.deducts():
		return fmt.Sprintf("%s = max(0, 100 − %s)", text, ui.Number(f.Sum))
	case c.Measure == blueprint.Percent && f.Sum%100 == 0:
		return fmt.Sprintf("%s = %s ÷ %s", text, ui.Number(f.Sum/100), ui.Number(f.N))
	case c.Measure == blueprint.Percent:
		return fmt.Sprintf("%s = %d.%02d ÷ %s", text, f.Sum/100, f.Sum%100, ui.Number(f.N))
	case c.Measure == blueprint.Count:
		return text
	}
	return ui.T(ctx, "%s，共 %s 件", text, ui.Number(f.N))
}

func textOf(ctx context.Context, c Column) string {
	if c.TwinOf != "" {
		return ui.T(ctx, c.Text)
	}
	return c.Text
}

func (a request) caseRow(ctx context.Context, r *web.Request, box *keys.Box, c *Counted, m blueprint.Measure) (view.CaseRow, error) {
	title, err := box.Open(keys.Addr{Table: "cases", Column: "title", ID: c.ID}, c.Title)
	if err != nil {
		return view.CaseRow{}, err
	}
	class, _ := nameOf(ctx, a.cfg, blueprint.ByClass, c.Class)
	unit, _ := nameOf(ctx, a.cfg, blueprint.ByUnit, c.Unit)
	row := view.CaseRow{
		Href: r.Path("/cases/%s", c.ID), Number: c.Number, Title: title, Class: class, Unit: unit, Reported: ui.Time(c.ReportedAt), Due: ui.Time(c.DueAt), Closed: ui.Time(c.ClosedAt),
		State: view.Tag{Tone: ui.Info, Text: ui.T(ctx, cases.Stage(c.Stage).Title())},
	}
	if cases.Stage(c.Stage).Ended() {
		row.State.Tone = ui.Neutral
	}
	switch m {
	case blueprint.Percent:
		row.Worth = fmt.Sprintf("%d%%", c.Worth)
	case blueprint.Hours:
		row.Worth = fmt.Sprintf("%.1f", (time.Duration(c.Worth) * time.Microsecond).Hours())
	case blueprint.Days:
		row.Worth = fmt.Sprintf("%.1f", float64(c.Worth)/86_400)
	}
	return row, nil
}

func exclusionsPage(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (view.Exclusions, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Exclusions{}, err
	}
	state := State(r.URL.Query().Get("state"))
	if _, ok := exclusionStates[state]; !ok {
		state = ""
	}
	page := min(max(r.Int("page", 1), 1), 1000)
	list, more, err := Exclusions(ctx, tx, state, page)
	if err != nil {
		return view.Exclusions{}, err
	}
	path, got := r.Path("/assessment/exclusions"), len(list)
	if more {
		got++
	}
	at, err := pages(r, path, page, got, func(most int) (int, error) { return countExclusions(ctx, tx, state, most) })
	if err != nil {
		return view.Exclusions{}, err
	}
	p := view.Exclusions{
		Tabs: tabs(ctx, r, sightOf(tx.Actor())), States: []ui.Tab{{Label: ui.T(ctx, "全部"), Href: path, Active: state == ""}},
		Pages: at,
		Rules: []string{
			ui.T(ctx, "剔除由%s审批，申请人和被考核单位的人员不得审批。", ui.T(ctx, auth.Title(cfg.Choice("assess.exclude_approver", auth.Leader)))),
			ui.T(ctx, "结案或报表存档后 %s 内可以申请。", limitText(ctx, cfg.Limit("assess.exclude_within", blueprint.Limit{Value: 3, Unit: blueprint.WorkingDay}))),
			ui.T(ctx, "剔除率随报表公布，每件都可以打开查看。"),
			ui.T(ctx, "批准错了的可以申请撤销，由申请人以外的审批人决定；撤销后重新计入，已存档的报表不改。"),
		},
	}
	for _, s := range []State{Open, Approved, Refused, Withdrawn, Revoked} {
		p.States = append(p.States, ui.Tab{Label: ui.T(ctx, exclusionStates[s].title), Href: path + "?state=" + string(s), Active: state == s})
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesApprove) || auth.CanSomewhere(tx.Actor(), auth.CasesHandle) {
		f := tried.form(ctx, r, "ask", path)
		p.Ask = &f
		for _, g := range cfg.ExcludeGrounds() {
			if !g.Retired {
				p.Ground = append(p.Ground, ui.Option{Value: g.Key, Label: g.Title, Help: g.Help})
			}
		}
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	people := []int64{}
	for _, x := range list {
		people = append(people, x.AskedBy, x.DecidedBy, x.UndoBy, x.UndoneBy)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return p, err
	}
	for i := range list {
		row, err := exclusionRow(ctx, tx, r, cfg, box, &list[i], called, tried)
		if err != nil {
			return p, err
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func exclusionRow(ctx context.Context, tx tenants.Tx, r *web.Request, cfg *blueprint.Config, box *keys.Box, x *Line, called map[int64]string, tried attempt) (view.Exclusion, error) {
	words, evidence, verdict, err := x.Told(box)
	if err != nil {
		return view.Exclusion{}, err
	}
	who := func(person int64, at time.Time) string {
		if person == 0 {
			return ""
		}
		name := called[person]
		if name == "" {
			name = ui.T(ctx, "工号 %d", person)
		}
		return name + "　" + ui.Time(at)
	}
	unit, _ := nameOf(ctx, cfg, blueprint.ByUnit, x.Unit)
	state := exclusionStates[x.State]
	row := view.Exclusion{
		ID: x.ID.String(), Number: x.Number, Href: r.Path("/cases/%s", x.CaseID), Unit: unit, Ground: cfg.ReasonTitle(x.Ground), Words: words, Evidence: evidence, Verdict: verdict,
		Asked: who(x.AskedBy, x.AskedAt), Decided: who(x.DecidedBy, x.DecidedAt), State: view.Tag{Tone: state.tone, Text: ui.T(ctx, state.title)},
	}
	if row.UndoWords, row.UndoVerdict, err = x.ToldUndo(box); err != nil {
		return view.Exclusion{}, err
	}
	row.UndoAsked, row.Undone = who(x.UndoBy, x.UndoAt), who(x.UndoneBy, x.UndoneAt)
	path := r.Path("/assessment/exclusions/%s", x.ID)
	switch {
	case x.State == Approved && x.Undo == UndoOpen && decidesUndo(tx.Actor(), cfg, &x.Exclusion) == nil:
		f := tried.form(ctx, r, x.ID.String(), path+"/undo/decide")
		row.DecideUndo = &f
	case x.State == Approved && x.Undo != UndoOpen && undoes(tx.Actor()):
		f := tried.form(ctx, r, x.ID.String(), path+"/undo")
		row.Undo = &f
	}
	if x.State != Open {
		return row, nil
	}
	if decides(tx.Actor(), cfg, &x.Exclusion) == nil {
		f := tried.form(ctx, r, x.ID.String(), path+"/decide")
		row.Decide = &f
	}
	if x.AskedBy == tx.Actor().Person {
		row.Withdraw = &view.Form{Action: path + "/withdraw", Guard: r.Guard(), Key: "w" + x.ID.String()}
	}
	return row, nil
}

// form is what a form needs, with what was typed and refused if it was this one.
func (a attempt) form(ctx context.Context, r *web.Request, key, action string) view.Form {
	f := view.Form{Action: action, Guard: r.Guard(), Key: key, Values: map[string]string{}, Errors: map[string]string{}}
	if a.key != key || a.fault == nil {
		return f
	}
	f.Say = ui.T(ctx, a.fault.Say, a.fault.Args...)
	for name := range r.PostForm {
		f.Values[name] = r.PostForm.Get(name)
	}
	for name, say := range a.fault.Fields {
		f.Errors[name] = ui.T(ctx, say)
	}
	return f
}

var limitUnits = map[blueprint.LimitUnit]string{
	blueprint.UrgentHour: ui.Key("%d 小时"), blueprint.WorkingHour: ui.Key("%d 工作时"), blueprint.WorkingDay: ui.Key("%d 个工作日"), blueprint.CalendarDay: ui.Key("%d 天"),
}

func limitText(ctx context.Context, l blueprint.Limit) string {
	return ui.T(ctx, limitUnits[l.Unit], l.Value)
}
