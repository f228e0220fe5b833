// Package district shows a district's board: figures over its streets, never a case.
package district

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wanjie/templates/ui"
)

// Counts are the figures of one line, in cases.
type Counts struct{ Received, Closed, OnTime, Overdue, Open, Late int64 }

// rate is closed on time of all that was closed with a deadline, or "—".
func (c Counts) rate() string { return ui.Percent(c.OnTime, c.OnTime+c.Overdue) }

// Depth are the figures of a line beyond the first.
type Depth struct {
	Returned, Reopened, Repeated, HandedIn, HandedOut int64
	Called, Contacted, Solved, Satisfied, Basically   int64 // call-backs
	Due, Met                                          int64 // 应结, and of these closed on time
	Suspended                                         int64
	Age                                               [3]int64 // open since more than 30, 60 and 90 days
}

// Groups of columns, one at a time, so that a table stays readable.
const (
	Work    = ""        // 办理情况
	Backlog = "backlog" // 期限与积压
	Flow    = "flow"    // 流转与回访
)

// least is how many cases must have been due for a rate to be ranked: the blueprints' assess.min_sample
// begins there too.
const least = 10

// Line is one street, class, unit or channel.
type Line struct {
	Name  string
	Owner string // the street or centre whose unit it is
	// Serves is in how many streets a unit of the centre was at work: the line is their sum. 0 with
	// the unit of one tenant.
	Serves    int
	Href      string
	Apart     bool  // not in the total: the centre
	Rest      bool  // several lines with few cases, added up
	Residents int64 // of the street, as entered; 0: nobody did
	Rank      int   // of the streets' rates, from 1; 0: not ranked
	Counts
	Depth
}

// Belongs says whose unit it is.
func (l Line) Belongs(ctx context.Context) string {
	if l.Serves > 0 {
		return ui.T(ctx, "区级，服务 %d 个街道", l.Serves)
	}
	return l.Owner
}

// Choice is one period on offer.
type Choice struct {
	Label, Href string
	Active      bool
}

// Tables of a board, as its export names them.
const (
	Places   = "streets"
	Classes  = "classes"
	Units    = "units"
	Channels = "channels"
)

// Board is a district's board, or one street's.
type Board struct {
	Name     string // 虎丘区, or the street
	Path     string // the board's address
	People   string // where the population is entered; empty: not for this reader
	Query    url.Values
	Street   bool   // of one street: its lines are communities
	PerHead  bool   // its places are streets, so there is a figure for 10,000 residents
	Line     string // 水务: the line of departments that all of this is narrowed to; empty: it is not
	Choices  []Choice
	Group    string   // which columns the tables show
	Groups   []Choice // all of them
	Custom   bool
	From, To time.Time
	At       time.Time // the database's clock when it was read
	Behind   int64     // acts that are not counted yet
	Now, Was Counts
	Against  string // catalogue key: "较上月同期"
	Past     bool   // the period ended before today: late is not known
	Trend    ui.Trend
	Places   []Line
	Classes  []Line
	Units    []Line
	Channels []Line
}

// Has reports whether the board has a table. Channels and communities are not told apart by lines of departments.
func (b Board) Has(table string) bool {
	return b.Line == "" || table == Classes || table == Units || table == Places && !b.Street
}

// first is the table that the board is exported by where nothing else is asked.
func (b Board) first() string {
	if b.Has(Places) {
		return Places
	}
	return Classes
}

// about is the line under a heading: the days, up to when the figures speak, and of which line they are.
func (b Board) about(ctx context.Context) string {
	about := b.span(ctx) + " · " + b.asOf(ctx)
	if b.Line != "" {
		about += " · " + ui.T(ctx, "仅%s条线", b.Line)
	}
	return about
}

// Sheet is one table in full.
type Sheet struct {
	Board
	Table string
	Lines []Line
	Whole bool // all groups of figures side by side, for a workbook
}

func (b Board) href(table string, more ...string) string {
	q := url.Values{}
	for k, v := range b.Query {
		q[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	path := b.Path
	if table != "" {
		path += "/" + table
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Span says the period in days: "2026-11-01 至 2026-11-23".
func (b Board) span(ctx context.Context) string {
	if b.From.Equal(b.To) {
		return ui.Date(b.From)
	}
	return ui.T(ctx, "%s 至 %s", ui.Date(b.From), ui.Date(b.To))
}

// asOf says up to when the figures speak.
func (b Board) asOf(ctx context.Context) string {
	if b.Behind > 0 && b.Line != "" { // how many there are is not for one line to know
		return ui.T(ctx, "截至 %s，另有变动正在汇总", ui.Time(b.At))
	}
	if b.Behind > 0 {
		return ui.T(ctx, "截至 %s，另有 %s 项变动正在汇总", ui.Time(b.At), ui.Number(b.Behind))
	}
	return ui.T(ctx, "数据截至 %s", ui.Time(b.At))
}

// change says how a figure stands against the period before; nothing where there was none.
func (b Board) change(ctx context.Context, now, was int64) string {
	against := ui.T(ctx, b.Against)
	switch {
	case was == 0 && now == 0:
		return against + " " + ui.None
	case now == was:
		return ui.T(ctx, "%s持平", against)
	case was == 0:
		return against + " +" + ui.Number(now)
	}
	sign := "+"
	if now < was {
		sign = "−"
	}
	diff := now - was
	if diff < 0 {
		diff = -diff
	}
	return against + " " + sign + ui.Percent(diff, was)
}

// points says how a rate moved, in percentage points.
func (b Board) points(ctx context.Context) string {
	now, was := b.Now.OnTime+b.Now.Overdue, b.Was.OnTime+b.Was.Overdue
	if now == 0 || was == 0 {
		return ui.T(ctx, b.Against) + " " + ui.None
	}
	diff := (b.Now.OnTime*1000*2/now+1)/2 - (b.Was.OnTime*1000*2/was+1)/2 // tenths of a percent, rounded
	sign := "+"
	if diff < 0 {
		sign, diff = "−", -diff
	}
	return ui.T(ctx, "%s %s个百分点", ui.T(ctx, b.Against), sign+ui.Number(diff/10)+"."+ui.Number(diff%10))
}

func (b Board) tiles(ctx context.Context) []ui.Figure {
	unit := ui.T(ctx, "件")
	tiles := []ui.Figure{
		{Label: ui.T(ctx, "收件"), Value: ui.Number(b.Now.Received), Unit: unit, Note: b.change(ctx, b.Now.Received, b.Was.Received)},
		{Label: ui.T(ctx, "结案"), Value: ui.Number(b.Now.Closed), Unit: unit, Note: b.change(ctx, b.Now.Closed, b.Was.Closed)},
		{Label: ui.T(ctx, "按时结案率"), Value: b.Now.rate(), Note: b.points(ctx)},
		{Label: ui.T(ctx, "超期结案"), Value: ui.Number(b.Now.Overdue), Unit: unit, Note: b.change(ctx, b.Now.Overdue, b.Was.Overdue)},
		{Label: ui.T(ctx, "在办"), Value: ui.Number(b.Now.Open), Unit: unit, Note: ui.T(ctx, "截至 %s", ui.Date(b.To))},
	}
	late := ui.Figure{Label: ui.T(ctx, "超期未结"), Value: ui.None, Note: ui.T(ctx, "仅统计当前")}
	if !b.Past {
		late.Value, late.Unit, late.Note = ui.Number(b.Now.Late), unit, ui.T(ctx, "占在办 %s", ui.Percent(b.Now.Late, b.Now.Open))
		if b.Now.Late > 0 {
			late.Tone = ui.Bad
		}
	}
	return append(tiles, late)
}

func (b Board) tabs(ctx context.Context) []ui.Tab {
	tabs := make([]ui.Tab, len(b.Choices))
	for i, c := range b.Choices {
		tabs[i] = ui.Tab{Label: ui.T(ctx, c.Label), Href: c.Href, Active: c.Active}
	}
	return tabs
}

func bars(lines []Line) []ui.BarItem {
	items := make([]ui.BarItem, len(lines))
	for i, l := range lines {
		items[i] = ui.BarItem{Label: l.Name, Value: float64(l.Received), Text: ui.Number(l.Received)}
	}
	return items
}

// Sum adds up the lines that count.
func Sum(lines []Line) (sum Line) {
	unknown := false
	for _, l := range lines {
		if l.Apart {
			continue
		}
		if l.Residents == 0 {
			unknown = true
		}
		for _, pair := range [][2]*int64{{&sum.Received, &l.Received}, {&sum.Closed, &l.Closed}, {&sum.OnTime, &l.OnTime}, {&sum.Overdue, &l.Overdue}, {&sum.Open, &l.Open}, {&sum.Late, &l.Late},
			{&sum.Returned, &l.Returned}, {&sum.Reopened, &l.Reopened}, {&sum.Repeated, &l.Repeated}, {&sum.HandedIn, &l.HandedIn}, {&sum.HandedOut, &l.HandedOut},
			{&sum.Called, &l.Called}, {&sum.Contacted, &l.Contacted}, {&sum.Solved, &l.Solved}, {&sum.Satisfied, &l.Satisfied}, {&sum.Basically, &l.Basically},
			{&sum.Residents, &l.Residents}, {&sum.Due, &l.Due}, {&sum.Met, &l.Met}, {&sum.Suspended, &l.Suspended}, {&sum.Age[0], &l.Age[0]}, {&sum.Age[1], &l.Age[1]}, {&sum.Age[2], &l.Age[2]}} {
			*pair[0] += *pair[1]
		}
	}
	if unknown { // of a part of the streets it would say nothing of the whole
		sum.Residents = 0
	}
	return sum
}

// perHead is what was received for 10,000 residents, or "—".
func (l Line) perHead() string {
	if l.Residents == 0 {
		return ui.None
	}
	tenths := (l.Received*100_000*2/l.Residents + 1) / 2
	return ui.Number(tenths/10) + "." + strconv.FormatInt(tenths%10, 10)
}

// ranked gives the lines their ranks by the share of what was due that was closed in time. Below the least
// sample there is none: one case more or less would move it. Equal rates share a rank.
func ranked(lines []Line) []Line {
	out := slices.Clone(lines)
	counts := func(l Line) bool { return l.Due >= least && !l.Apart && !l.Rest }
	for i := range out {
		if !counts(out[i]) {
			continue
		}
		out[i].Rank = 1
		for _, other := range lines {
			if counts(other) && other.Met*out[i].Due > out[i].Met*other.Due {
				out[i].Rank++
			}
		}
	}
	return out
}

// Figures are a line's cells under the columns of the board's group: numbers, and texts where there is no
// number. Without stock it is the short form.
func (b Board) Figures(l Line, table string, stock bool) []any {
	now := func(n int64) any { // a stock is known of today alone
		if b.Past {
			return ui.None
		}
		return n
	}
	switch {
	case !stock:
		return []any{l.Received, l.Closed, l.Overdue, l.rate()}
	case b.Group == Backlog:
		out := []any{l.Due, l.Met, ui.Percent(l.Met, l.Due), l.Open, now(l.Age[0]), now(l.Age[1]), now(l.Age[2]), now(l.Suspended), now(l.Late)}
		if table == Places {
			rank := any(ui.None)
			if l.Rank > 0 {
				rank = int64(l.Rank)
			}
			out = append(out, rank)
		}
		return out
	case b.Group == Flow:
		return []any{l.Returned, l.Reopened, l.Repeated, l.HandedIn, l.HandedOut, l.Called,
			ui.Percent(l.Contacted, l.Called), ui.Percent(l.Solved, l.Called), ui.Percent(10*l.Satisfied+9*l.Basically, 10*l.Called)}
	}
	out := []any{l.Received, l.Closed, l.OnTime, l.Overdue, l.rate(), l.Open, now(l.Late)}
	if b.PerHead && table == Places {
		out = append(out, l.perHead())
	}
	return out
}

// columns are the heads of those cells.
func (b Board) columns(ctx context.Context, table string, stock bool) []string {
	switch {
	case !stock:
		return []string{ui.T(ctx, "收件"), ui.T(ctx, "结案"), ui.T(ctx, "超期结案"), ui.T(ctx, "按时结案率")}
	case b.Group == Backlog:
		out := []string{ui.T(ctx, "应结"), ui.T(ctx, "应结按时"), ui.T(ctx, "应结按时率"), ui.T(ctx, "在办"), ui.T(ctx, "超30日"), ui.T(ctx, "超60日"), ui.T(ctx, "超90日"), ui.T(ctx, "挂账"), ui.T(ctx, "超期未结")}
		if table == Places {
			out = append(out, ui.T(ctx, "名次"))
		}
		return out
	case b.Group == Flow:
		return []string{ui.T(ctx, "退单"), ui.T(ctx, "重新办理"), ui.T(ctx, "重复诉求"), ui.T(ctx, "移交转入"), ui.T(ctx, "移交转出"), ui.T(ctx, "有效回访"), ui.T(ctx, "响应率"), ui.T(ctx, "解决率"), ui.T(ctx, "满意率")}
	}
	out := []string{ui.T(ctx, "收件"), ui.T(ctx, "结案"), ui.T(ctx, "按时结案"), ui.T(ctx, "超期结案"), ui.T(ctx, "按时结案率"), ui.T(ctx, "在办"), ui.T(ctx, "超期未结")}
	if b.PerHead && table == Places {
		out = append(out, ui.T(ctx, "每万人受理量"))
	}
	return out
}

// bad reports whether a number at this place is bad news: what is past its deadline and still open.
func (b Board) bad(stock bool, at int) bool {
	return stock && (b.Group == Work && at == 6 || b.Group == Backlog && at == 8)
}

// groupTitles are the names of the groups of figures; catalogue keys.
var groupTitles = map[string]string{Work: ui.Key("办理情况"), Backlog: ui.Key("期限与积压"), Flow: ui.Key("流转与回访")}

// with is the board with other columns, for paper.
func (b Board) with(group string) Board {
	b.Group = group
	return b
}

func (b Board) groups(ctx context.Context) []ui.Tab {
	tabs := make([]ui.Tab, len(b.Groups))
	for i, c := range b.Groups {
		tabs[i] = ui.Tab{Label: ui.T(ctx, c.Label), Href: c.Href, Active: c.Active}
	}
	return tabs
}

// titleOf is the name of a table; a catalogue key.
func (b Board) titleOf(table string) string {
	switch table {
	case Classes:
		return ui.Key("分类别情况")
	case Units:
		return ui.Key("分承办单位情况")
	case Channels:
		return ui.Key("分渠道情况")
	}
	if b.Street {
		return ui.Key("分社区情况")
	}
	return ui.Key("分街道情况")
}

// heading is the name of a table where it stands alone: in English it begins a sentence.
func (b Board) heading(ctx context.Context, table string) string {
	title := []rune(strings.TrimSpace(ui.T(ctx, b.titleOf(table))))
	title[0] = unicode.ToUpper(title[0])
	return string(title)
}

// headOf is the head of a table's first column; a catalogue key.
func (b Board) headOf(table string) string {
	switch table {
	case Classes:
		return ui.Key("类别")
	case Units:
		return ui.Key("承办单位")
	case Channels:
		return ui.Key("渠道")
	}
	if b.Street {
		return ui.Key("社区（村）")
	}
	return ui.Key("街道（乡、镇）")
}

// definitions are the meanings of the figures (口径).
func definitions(ctx context.Context, b Board) []ui.Fact {
	facts := []ui.Fact{
		{Label: ui.T(ctx, "收件"), Value: ui.T(ctx, "时段内登记的案卷，按收件之日统计。"), Wide: true},
		{Label: ui.T(ctx, "结案"), Value: ui.T(ctx, "时段内结案的案卷，按结案之日统计，不论何时收件。"), Wide: true},
		{Label: ui.T(ctx, "按时结案率"), Value: ui.T(ctx, "按时结案 ÷（按时结案 + 超期结案）；时段内无结案的显示“—”。"), Wide: true},
		{Label: ui.T(ctx, "超期结案"), Value: ui.T(ctx, "时段内结案、但处置超过时限的案卷。"), Wide: true},
		{Label: ui.T(ctx, "在办"), Value: ui.T(ctx, "截至时段末日累计收件减累计结案。"), Wide: true},
		{Label: ui.T(ctx, "超期未结"), Value: ui.T(ctx, "在办案卷中此刻已超过时限的，仅统计当前，不回溯。"), Wide: true},
		{Label: ui.T(ctx, "每万人受理量"), Value: ui.T(ctx, "收件 ÷ 常住人口 × 10000。人口数由区里录入并注明出处和日期，取时段末日前最近的一次；没有录入的显示“—”。"), Wide: true},
		{Label: ui.T(ctx, "应结、应结按时率"), Value: ui.T(ctx, "应结：办理期限落在时段内的案卷，不论结案与否；应结按时：其中已按时结案的。应结按时率 = 应结按时 ÷ 应结，按期限之日统计，期限改动的按改后的期限。"), Wide: true},
		{Label: ui.T(ctx, "名次"), Value: ui.T(ctx, "按应结按时率排，应结不足%d件的不排名次，率相同的名次相同。", least), Wide: true},
		{Label: ui.T(ctx, "超30、60、90日"), Value: ui.T(ctx, "在办案卷中收件已超过30、60、90日的，仅统计当前。"), Wide: true},
		{Label: ui.T(ctx, "挂账"), Value: ui.T(ctx, "此刻停表挂账的在办案卷，仅统计当前。"), Wide: true},
		{Label: ui.T(ctx, "退单、重新办理、重复诉求"), Value: ui.T(ctx, "按发生之日逐次统计：批准的退单计在退回的单位；重新办理是回访认为未解决的；重复诉求是并入已有案卷的。"), Wide: true},
		{Label: ui.T(ctx, "移交转入、转出"), Value: ui.T(ctx, "街道与区级指挥中心之间移交的案卷，按移交、送达之日统计。"), Wide: true},
		{Label: ui.T(ctx, "三率"), Value: ui.T(ctx, "只计有效回访：响应率 = 已联系 ÷ 有效回访；解决率 = 已解决 ÷ 有效回访；满意率 =（满意 + 0.9 × 基本满意）÷ 有效回访，按回访之日统计。"), Wide: true},
		{Label: ui.T(ctx, "件数少的合并"), Value: ui.T(ctx, "一个街道内不足5件的类别、单位、社区合并为一行，必要时连同次少的，使人不能从合计中倒推。"), Wide: true},
		{Label: ui.T(ctx, "区级合计"), Value: ui.T(ctx, "为各街道之和。街道移交区级指挥中心的案卷在中心另有对应案卷，中心单列，不重复计入。"), Wide: true},
		{Label: ui.T(ctx, "区级单位"), Value: ui.T(ctx, "服务多个街道的区级部门和公用企业，各街道的案卷合为一行，点开可看所服务的街道；街道自己的单位仍按街道分列。中心的对应案卷不重复计入。"), Wide: true},
		{Label: ui.T(ctx, "数据来源"), Value: ui.T(ctx, "由各街道操作留痕逐笔累计，区级不接触案卷和个人信息。"), Wide: true},
	}
	if b.Line != "" {
		facts = append(facts, ui.Fact{Label: ui.T(ctx, "条线范围"), Value: ui.T(ctx, "合计和趋势只计本条线牵头或配合的类别；承办单位只列属于本条线的，其案卷不限类别，与合计口径不同。渠道和社区不分条线，不显示。"), Wide: true})
	}
	return facts
}

// head are the columns on the page, where whose a unit is stands under its name. Without stock it is the
// short form that fits beside another card.
func (b Board) head(ctx context.Context, table string, stock bool) []string {
	return append([]string{ui.T(ctx, "序号"), ui.T(ctx, b.headOf(table))}, b.columns(ctx, table, stock)...)
}

// Title is the heading of an exported table: "虎丘区分街道情况".
func (b Board) Title(ctx context.Context, table string) string {
	return b.Name + ui.T(ctx, b.titleOf(table))
}

// Subtitle is the line under it: period and as-of.
func (b Board) Subtitle(ctx context.Context) string {
	line := ""
	if b.Line != "" {
		line = "　" + ui.T(ctx, "仅%s条线", b.Line)
	}
	return ui.T(ctx, "统计时段：%s　%s　单位：件", b.span(ctx), b.asOf(ctx)) + line
}

// Ranked are the sheet's lines with their ranks, where its table has some.
func (s Sheet) Ranked() []Line {
	if s.Table != Places {
		return s.Lines
	}
	return ranked(s.Lines)
}
