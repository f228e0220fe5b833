package assessment

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/assessment"
)

var rowTitles = map[blueprint.Rows]string{
	blueprint.ByUnit: ui.Key("承办单位"), blueprint.ByCommunity: ui.Key("社区（村）"), blueprint.ByClass: ui.Key("类别"), blueprint.ByChannel: ui.Key("来源渠道"),
}

var kindTitles = map[blueprint.UnitKind]string{
	blueprint.Office: ui.Key("内设机构"), blueprint.Station: ui.Key("站所"), blueprint.Squad: ui.Key("中队和处置队伍"), blueprint.Community: ui.Key("社区（村）"),
	blueprint.Branch: ui.Key("派驻机构"), blueprint.Bureau: ui.Key("区级部门"), blueprint.Utility: ui.Key("公用企业"), "": ui.Key("其他"),
}

var exclusionStates = map[State]struct {
	tone  ui.Tone
	title string
}{
	Open: {ui.Warn, ui.Key("待审批")}, Approved: {ui.Info, ui.Key("已剔除")}, Refused: {ui.Bad, ui.Key("未批准")}, Withdrawn: {ui.Neutral, ui.Key("已撤回")},
	Revoked: {ui.Neutral, ui.Key("已撤销剔除")},
}

var makingStates = map[Making]struct {
	tone  ui.Tone
	title string
}{
	Waiting: {ui.Warn, ui.Key("排队中")}, Running: {ui.Info, ui.Key("生成中")}, Made: {ui.Good, ui.Key("已存档")}, Failed: {ui.Bad, ui.Key("未完成")},
}

func tabs(ctx context.Context, r *web.Request, see sight) []ui.Tab {
	path := r.URL.Path
	away := strings.HasPrefix(path, r.Path("/assessment/exclusions"))
	home := r.Path("/assessment")
	if !see.all {
		home = r.Path("/assessment/mine")
	}
	return []ui.Tab{
		{Label: ui.T(ctx, "报表"), Href: home, Active: !away},
		{Label: ui.T(ctx, "剔除考核"), Href: r.Path("/assessment/exclusions"), Active: away},
	}
}

func indexPage(ctx context.Context, tx tenants.Tx, r *web.Request) (view.Index, error) {
	see := sightOf(tx.Actor())
	if !see.any() {
		return view.Index{}, errForbidden()
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Index{}, err
	}
	p := view.Index{Tabs: tabs(ctx, r, see)}
	if !see.all {
		p.Own = ownUnits(ctx, cfg, see)
	}
	now := clock.Now(ctx)
	for _, rep := range cfg.Reports.All() {
		c, ok := cfg.Cycles.Find(rep.Cycle)
		if rep.Retired || !ok || !see.all && rep.Rows != blueprint.ByUnit {
			continue
		}
		last, running := LastTerm(c, now), TermOf(c, now, now)
		at := func(t Term) string { return r.Path("/assessment/reports/%s?on=%s", rep.Key, t.on()) }
		p.Reports = append(p.Reports, view.ReportRow{Title: rep.Title, Cycle: c.Title, Text: rep.Text, Last: at(last), LastName: ui.Term(ctx, last.Name), Now: at(running), NowName: ui.Term(ctx, running.Name)})
	}
	if see.all {
		p.Kept, err = keptRows(ctx, tx, r, cfg, "", 10)
	}
	return p, err
}

func ownUnits(ctx context.Context, cfg *blueprint.Config, see sight) string {
	names := make([]string, len(see.units))
	for i, u := range see.units {
		names[i], _ = nameOf(ctx, cfg, blueprint.ByUnit, u)
	}
	return ui.T(ctx, "只显示本单位：%s", strings.Join(names, ui.T(ctx, "、")))
}

func keptRows(ctx context.Context, tx tenants.Tx, r *web.Request, cfg *blueprint.Config, key string, most int) (out []view.KeptRow, err error) {
	list, err := List(ctx, tx, key, most)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	people := make([]int64, len(list))
	for i, k := range list {
		people[i] = k.AskedBy
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		row := view.KeptRow{Title: k.Report, Term: ui.Term(ctx, k.Name), AsOf: ui.Time(k.MadeAt), By: called[k.AskedBy], Mark: hex.EncodeToString(k.Digest[:min(len(k.Digest), 6)])}
		if rep, ok := cfg.Reports.Find(k.Report); ok {
			row.Title = rep.Title
		}
		if k.AskedBy == 0 {
			row.By = ui.T(ctx, "系统定时")
		}
		s := makingStates[k.State]
		row.State = view.Tag{Tone: s.tone, Text: ui.T(ctx, s.title)}
		if k.State == Running && k.Steps > 0 {
			row.State.Text += fmt.Sprintf(" %d/%d", k.Done, k.Steps)
		}
		if k.State == Made {
			row.Href = r.Path("/assessment/kept/%s", k.ID)
		}
		out = append(out, row)
	}
	return out, nil
}

// termLine says a term with its borders, to the minute where it does not begin at midnight.
func termLine(ctx context.Context, t Term) string {
	from, to := ui.Date(t.From), ui.Date(t.To.AddDate(0, 0, -1))
	if !clock.Day(t.From).Equal(t.From) {
		from, to = ui.Time(t.From), ui.Time(t.To)
	}
	line := ui.T(ctx, "%s（%s 至 %s）", ui.Term(ctx, t.Name), from, to)
	if t.Running() {
		line += ui.T(ctx, "进行中，统计到 %s", ui.Time(t.End))
	}
	return line
}

// notes are what a reader must know of the figures.
func notes(ctx context.Context, s *Sheet) (out []string) {
	var missing []string
	weighed := false
	for _, c := range s.Columns {
		if c.Unrecorded {
			missing = append(missing, c.title(ctx))
			weighed = weighed || c.Weight > 0
		}
	}
	if len(missing) > 0 {
		out = append(out, ui.T(ctx, "%s：平台尚无记录，不列数字。", strings.Join(missing, ui.T(ctx, "、"))))
	}
	if weighed {
		out = append(out, ui.T(ctx, "综合成绩按其余各项权重折算为 100%%。"))
	}
	if s.Ranked {
		out = append(out, ui.T(ctx, "任一计权指标不足 %d 件的只列数字、不参加排名。", s.Least))
	}
	if s.Term.Running() && s.Before != nil {
		out = append(out, ui.T(ctx, "本期未结束，环比、同比按相同进度比较。"))
	}
	return out
}

func (a request) page(ctx context.Context, tx tenants.Tx, r *web.Request, f found, tried attempt) (view.Sheet, error) {
	path := r.Path("/assessment/reports/%s", a.report.Key)
	at := func(t Term) string { return path + "?on=" + t.on() }
	now := clock.Now(ctx)
	p := view.Sheet{
		Tabs: tabs(ctx, r, a.see), Title: a.report.Title, Term: termLine(ctx, a.term), AsOf: ui.Time(now), Text: a.report.Text, Path: path, On: a.term.on(),
		Before: at(a.term.before(a.cycle)), Guard: r.Guard(), State: view.Tag{Tone: ui.Info, Text: ui.T(ctx, "实时统计")}, Definitions: definitionRows(ctx, columns(a.report, a.cfg)),
	}
	if next := TermOf(a.cycle, a.term.To, now); !next.From.After(now) {
		p.Next = at(next)
	}
	if a.term.Running() {
		p.State = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, "进行中")}
	}
	var err error
	if a.see.all {
		p.Keep = path + "/keep"
		if len(a.report.Parts) > 0 {
			if p.Write, err = a.writing(ctx, tx, r, f, tried); err != nil {
				return p, err
			}
		}
		if p.Kept, err = keptRows(ctx, tx, r, a.cfg, a.report.Key, 12); err != nil {
			return p, err
		}
	} else {
		p.Notes = append(p.Notes, ownUnits(ctx, a.cfg, a.see))
	}
	if p.Wait, err = a.waiting(ctx, tx, at(a.term)); err != nil {
		return p, err
	}
	if f.sheet == nil {
		if p.Wait == nil {
			p.Wait = &view.Wait{Text: ui.T(ctx, "案卷较多，该期报表在后台生成。期次结束后自动生成，也可以现在点“生成存档”。")}
		}
		return p, nil
	}
	if f.kept != nil {
		p.State, p.Term = view.Tag{Tone: ui.Good, Text: ui.T(ctx, "存档")}, termLine(ctx, f.sheet.Term)
	}
	p.AsOf = ui.Time(f.sheet.AsOf)
	p.Export, p.Print, p.Word = path+"/export?on="+a.term.on(), path+"/print?on="+a.term.on(), path+"/word?on="+a.term.on()
	p.Notes = append(p.Notes, notes(ctx, f.sheet)...)
	p.Burden = burdenFacts(ctx, f.sheet)
	t := table(ctx, f.sheet, a.link(r))
	p.Table = &t
	return p, nil
}

// sections are the headings with what stands under them, for pages and paper.
func sections(ctx context.Context, s *Sheet) (out []view.Section) {
	for i, one := range s.Sections(ctx) {
		v := view.Section{Title: ui.T(ctx, "%s、%s", ordinal(ctx, i), one.Title), Lines: one.Made}
		if one.Words != "" {
			v.Lines = append(v.Lines, strings.Split(one.Words, "\n")...)
		}
		out = append(out, v)
	}
	return out
}

// ordinal is how papers number their headings: 一、二、三.
func ordinal(ctx context.Context, i int) string {
	if list := []rune("一二三四五六七八九十"); i < len(list) && ui.Lang(ctx) != ui.English {
		return string(list[i])
	}
	return fmt.Sprint(i + 1)
}

// writing is the form for the words of a report that is to be kept: as typed, or as they were kept last with this term.
func (a request) writing(ctx context.Context, tx tenants.Tx, r *web.Request, f found, tried attempt) (*view.Write, error) {
	w := &view.Write{Form: tried.form(ctx, r, "keep", r.Path("/assessment/reports/%s/keep", a.report.Key)), On: a.term.on()}
	before := f.kept
	if before == nil {
		var err error
		if before, err = newest(ctx, tx, a.report.Key, a.term.From); err != nil {
			return nil, err
		}
	}
	if before != nil && tried.fault == nil {
		words, _, err := before.said(ctx, tx)
		if err != nil {
			return nil, err
		}
		for i, text := range words {
			w.Values[fmt.Sprintf("words%d", i)] = text
		}
	}
	w.Titles = a.report.Parts
	if f.sheet != nil {
		w.Made = f.sheet.sentences(ctx)
	}
	return w, nil
}

// waiting is the progress of a report of this term in the making.
func (a request) waiting(ctx context.Context, tx tenants.Tx, refresh string) (*view.Wait, error) {
	if !a.see.all {
		return nil, nil
	}
	var list []Kept
	err := tx.Select(&list).Column(head...).Where("k.report = ?", a.report.Key).Where("k.term_from = ?", a.term.From).Where("k.state IN (?, ?)", Waiting, Running).Limit(1).Scan(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	k := list[0]
	text := ui.T(ctx, "正在生成存档：%d/%d", k.Done, k.Steps)
	if k.Stuck(clock.Now(ctx)) {
		return &view.Wait{Text: ui.T(ctx, "生成已停顿，请再点一次“生成存档”。")}, nil
	}
	return &view.Wait{Text: text, Done: int(k.Done), Steps: int(k.Steps), Refresh: refresh}, nil
}

// link is where the cases of a cell are.
type link func(c Column, row *string, part Part) string

func (a request) link(r *web.Request) link {
	return linkOf(r, a.report.Key, a.term)
}

func linkOf(r *web.Request, report string, t Term) link {
	return func(c Column, row *string, part Part) string {
		q := url.Values{"on": {t.on()}, "indicator": {c.Key}}
		if row != nil {
			q.Set("row", "="+*row)
		}
		if part != Whole {
			q.Set("part", string(part))
		}
		return r.Path("/assessment/reports/%s/cases?", report) + q.Encode()
	}
}

// table is the figures as they are shown; to is nil on paper.
func table(ctx context.Context, s *Sheet, to link) view.Table {
	t := view.Table{By: ui.T(ctx, rowTitles[s.By]), Ranked: s.Ranked}
	for i, c := range s.Columns {
		if c.TwinOf != "" {
			t.Heads[len(t.Heads)-1].Twin = c.title(ctx)
			continue
		}
		h := view.Head{Title: s.Columns[i].title(ctx)}
		if c.Weight > 0 {
			h.Weight = fmt.Sprintf("%d%%", c.Weight)
		}
		t.Heads = append(t.Heads, h)
	}
	kind := blueprint.UnitKind("none")
	for i := range s.Rows {
		r := &s.Rows[i]
		if len(t.Groups) == 0 || s.Apart && r.Kind != kind {
			g := view.Group{}
			if s.Apart {
				g.Name = ui.T(ctx, kindTitles[r.Kind])
			}
			t.Groups = append(t.Groups, g)
			kind = r.Kind
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Lines = append(g.Lines, s.line(ctx, r, to))
	}
	if len(s.Sum.Figures) == 0 {
		return t
	}
	sum := s.line(ctx, &s.Sum, nil)
	sum.Name = ui.T(ctx, "合计")
	if to != nil {
		sum.Cells = s.cells(ctx, s.Sum.Figures, nil, to)
	}
	if s.Mean {
		sum.Note = ui.T(ctx, "比率为算术平均")
	}
	t.Sum = append(t.Sum, sum)
	for _, p := range []struct {
		past         *Past
		name, change string
	}{{s.Before, ui.T(ctx, "上期"), ui.T(ctx, "环比")}, {s.YearAgo, ui.T(ctx, "上年同期"), ui.T(ctx, "同比")}} {
		if p.past == nil {
			continue
		}
		then := view.Line{Name: p.name, Note: ui.Term(ctx, p.past.Term.Name), Plain: true, Cells: s.cells(ctx, p.past.Figures, nil, nil)}
		change := view.Line{Name: p.change, Plain: true}
		for i, c := range s.Columns {
			if c.TwinOf == "" {
				change.Cells = append(change.Cells, view.Cell{Text: changed(ctx, c, s.Sum.Figures[i].Value, p.past.Figures[i].Value)})
			}
		}
		t.Sum = append(t.Sum, then, change)
	}
	return t
}

func (s *Sheet) line(ctx context.Context, r *Row, to link) view.Line {
	l := view.Line{Name: r.Name, Cells: s.cells(ctx, r.Figures, &r.Key, to)}
	if s.Ranked {
		if r.Rank > 0 {
			l.Rank = fmt.Sprint(r.Rank)
		} else if r.Few {
			l.Note = ui.T(ctx, "样本不足")
		}
		l.Score = ui.None
		if r.Score != nil {
			l.Score = r.Score.FloatString(1)
		}
	}
	return l
}

// cells are the figures of a row, twins under those that they stand beside.
func (s *Sheet) cells(ctx context.Context, figures []Figure, row *string, to link) (out []view.Cell) {
	for i, c := range s.Columns {
		f := figures[i]
		cell := view.Cell{Text: said(ctx, c, f.Value), Title: c.title(ctx)}
		if c.Measure != blueprint.Count && !c.Unrecorded && f.N > 0 {
			cell.Title += ui.T(ctx, "（%s 件）", ui.Number(f.N))
		}
		if to != nil && !c.Unrecorded && f.N > 0 {
			cell.Href = to(c, row, Whole)
		}
		if f.Left > 0 {
			cell.Left = ui.T(ctx, "剔除 %d", f.Left)
			if to != nil {
				cell.LeftHref = to(c, row, Left)
			}
		}
		if c.TwinOf == "" {
			out = append(out, cell)
			continue
		}
		cell.Left, cell.LeftHref = "", ""
		out[len(out)-1].Twin = &cell
	}
	return out
}

// said is a value in words.
func said(ctx context.Context, c Column, v *big.Rat) string {
	if v == nil || c.Unrecorded {
		return ui.None
	}
	switch c.Measure {
	case blueprint.Percent:
		return v.FloatString(c.Places) + "%"
	case blueprint.Hours:
		return ui.T(ctx, "%s 小时", v.FloatString(c.Places))
	case blueprint.Days:
		return ui.T(ctx, "%s 天", v.FloatString(c.Places))
	}
	return ui.Number(v.Num().Int64())
}

// changed is how a value differs from an earlier one: rates by points, all else by its share.
func changed(ctx context.Context, c Column, now, then *big.Rat) string {
	if now == nil || then == nil || c.Unrecorded {
		return ui.None
	}
	d := new(big.Rat).Sub(now, then)
	sign := ""
	if d.Sign() > 0 {
		sign = "+"
	}
	if c.Measure == blueprint.Percent {
		return sign + ui.T(ctx, "%s 个百分点", d.FloatString(max(c.Places, 1)))
	}
	if then.Sign() == 0 {
		return ui.None
	}
	return sign + d.Mul(d.Quo(d, then), big.NewRat(100, 1)).FloatString(1) + "%"
}

func definitionRows(ctx context.Context, cs []Column) (out []view.Definition) {
	for _, c := range cs {
		d := view.Definition{Title: c.title(ctx), Version: fmt.Sprintf("v%d", c.Version), Text: c.Text}
		if c.TwinOf != "" {
			d.Text, d.Note = ui.T(ctx, c.Text), ui.T(ctx, "对照指标")
		}
		if c.Weight > 0 {
			d.Weight = fmt.Sprintf("%d%%", c.Weight)
		}
		if c.Unrecorded {
			d.Note = ui.T(ctx, "平台尚无记录")
		}
		out = append(out, d)
	}
	return out
}

// burdenFacts are about the whole street. Fewer than five people would be persons.
const fewPeople = 5

func burdenFacts(ctx context.Context, s *Sheet) []ui.Fact {
	if s.Burden.People < fewPeople {
		return nil
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "平台用时"), Value: ui.T(ctx, "%.1f 小时（%d 人）", s.Burden.Hours(), s.Burden.People)},
		{Label: ui.T(ctx, "统计方法"), Value: ui.T(ctx, "有操作留痕的五分钟时段之和；只统计全街道，不按人排名"), Wide: true},
	}
}

func keptPage(ctx context.Context, tx tenants.Tx, r *web.Request, k *Kept, s *Sheet) (view.Sheet, error) {
	self := r.Path("/assessment/kept/%s", k.ID)
	p := view.Sheet{
		Tabs: tabs(ctx, r, sightOf(tx.Actor())), Title: s.Title, Term: termLine(ctx, s.Term), AsOf: ui.Time(s.AsOf), State: view.Tag{Tone: ui.Good, Text: ui.T(ctx, "存档")}, Text: s.Text,
		Export: self + "/export", Print: self + "/print", Word: self + "/word", Sections: sections(ctx, s), Definitions: definitionRows(ctx, s.Columns), Burden: burdenFacts(ctx, s),
		Notes: append([]string{ui.T(ctx, "存档不再改动，校验码 %s。点开数字列出的是现在符合口径的案卷。", hex.EncodeToString(k.Digest))}, notes(ctx, s)...),
	}
	granted, revoked, err := since(ctx, tx, s.Term, k.MadeAt)
	if err != nil {
		return p, err
	}
	if granted+revoked > 0 {
		p.Notes = append(p.Notes, ui.T(ctx, "存档后新批准剔除 %d 件、撤销剔除 %d 件：存档仍是当时的数字，现在的数字以重新计算为准。", granted, revoked))
	}
	t := table(ctx, s, linkOf(r, k.Report, s.Term))
	p.Table = &t
	is, err := isSmall(ctx, tx)
	if err != nil {
		return p, err
	}
	switch {
	case is && r.Text("again") != "":
		again, err := s.again(ctx, tx)
		if err != nil {
			return p, err
		}
		if p.Differs = s.differs(ctx, again); len(p.Differs) == 0 {
			p.Notes = append(p.Notes, ui.T(ctx, "按存档时的规则重新计算，结果与存档相同。"))
		}
	case is:
		p.Again = self + "?again=1"
	}
	return p, nil
}

// again counts a kept report once more, by the rules of then.
func (s *Sheet) again(ctx context.Context, tx tenants.Tx) (*Sheet, error) {
	cfg, err := blueprint.ForCase(ctx, tx, s.Blueprint, s.Revision)
	if err != nil {
		return nil, err
	}
	r, c, err := ReportOf(cfg, s.Report)
	if err != nil {
		return nil, err
	}
	return Count(ctx, tx, cfg, r, c, s.Term, nil)
}

// mostDiffers is how many differences are told.
const mostDiffers = 20

// differs says what a later count has otherwise.
func (s *Sheet) differs(ctx context.Context, now *Sheet) (out []string) {
	find := func(list []Row, key string) *Row {
		if n := slices.IndexFunc(list, func(r Row) bool { return r.Key == key }); n >= 0 {
			return &list[n]
		}
		return nil
	}
	seen := map[string]bool{}
	for _, r := range append(slices.Clone(s.Rows), now.Rows...) {
		if seen[r.Key] {
			continue
		}
		seen[r.Key] = true
		was, is := find(s.Rows, r.Key), find(now.Rows, r.Key)
		for i, c := range s.Columns {
			n := slices.IndexFunc(now.Columns, func(o Column) bool { return o.Key == c.Key })
			text := func(row *Row, at int) string {
				if row == nil || at < 0 {
					return ui.None
				}
				return said(ctx, c, row.Figures[at].Value)
			}
			if a, b := text(was, i), text(is, n); a != b && len(out) < mostDiffers {
				out = append(out, ui.T(ctx, "%s　%s：存档 %s，现为 %s", r.Name, c.title(ctx), a, b))
			}
		}
	}
	return out
}
