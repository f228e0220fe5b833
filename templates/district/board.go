// Package district shows a district's board: figures over its streets, never a case.
package district

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"wanjie/templates/ui"
)

// Counts are the figures of one line, in cases.
type Counts struct{ Received, Closed, OnTime, Overdue, Open, Late int64 }

// rate is closed on time of all that was closed with a deadline, or "—".
func (c Counts) rate() string { return ui.Percent(c.OnTime, c.OnTime+c.Overdue) }

// Line is one street, class, unit or channel.
type Line struct {
	Name  string
	Owner string // the street or centre whose unit it is
	// Serves is in how many streets a unit of the centre was at work: the line is their sum. 0 with
	// the unit of one tenant.
	Serves int
	Href   string
	Apart  bool // not in the total: the centre
	Counts
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
	Query    url.Values
	Street   bool // of one street: its lines are communities
	Choices  []Choice
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

// Sheet is one table in full.
type Sheet struct {
	Board
	Table string
	Lines []Line
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

// total adds up the lines that count.
func total(lines []Line) (sum Counts) {
	for _, l := range lines {
		if l.Apart {
			continue
		}
		sum.Received += l.Received
		sum.Closed += l.Closed
		sum.OnTime += l.OnTime
		sum.Overdue += l.Overdue
		sum.Open += l.Open
		sum.Late += l.Late
	}
	return sum
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
func definitions(ctx context.Context) []ui.Fact {
	return []ui.Fact{
		{Label: ui.T(ctx, "收件"), Value: ui.T(ctx, "时段内登记的案卷，按收件之日统计。"), Wide: true},
		{Label: ui.T(ctx, "结案"), Value: ui.T(ctx, "时段内结案的案卷，按结案之日统计，不论何时收件。"), Wide: true},
		{Label: ui.T(ctx, "按时结案率"), Value: ui.T(ctx, "按时结案 ÷（按时结案 + 超期结案）；时段内无结案的显示“—”。"), Wide: true},
		{Label: ui.T(ctx, "超期结案"), Value: ui.T(ctx, "时段内结案、但处置超过时限的案卷。"), Wide: true},
		{Label: ui.T(ctx, "在办"), Value: ui.T(ctx, "截至时段末日累计收件减累计结案。"), Wide: true},
		{Label: ui.T(ctx, "超期未结"), Value: ui.T(ctx, "在办案卷中此刻已超过时限的，仅统计当前，不回溯。"), Wide: true},
		{Label: ui.T(ctx, "区级合计"), Value: ui.T(ctx, "为各街道之和。街道移交区级指挥中心的案卷在中心另有对应案卷，中心单列，不重复计入。"), Wide: true},
		{Label: ui.T(ctx, "区级单位"), Value: ui.T(ctx, "服务多个街道的区级部门和公用企业，各街道的案卷合为一行，点开可看所服务的街道；街道自己的单位仍按街道分列。中心的对应案卷不重复计入。"), Wide: true},
		{Label: ui.T(ctx, "数据来源"), Value: ui.T(ctx, "由各街道操作留痕逐笔累计，区级不接触案卷和个人信息。"), Wide: true},
	}
}

// Head are the columns of an exported table, in words.
func (b Board) Head(ctx context.Context, table string) []string {
	head := b.head(ctx, table, true)
	if table == Units && !b.Street {
		head = slices.Insert(head, 2, ui.T(ctx, "所属"))
	}
	return head
}

// head are the columns on the page, where whose a unit is stands under its name. Without stock it is the
// short form that fits beside another card.
func (b Board) head(ctx context.Context, table string, stock bool) []string {
	head := []string{ui.T(ctx, "序号"), ui.T(ctx, b.headOf(table))}
	head = append(head, ui.T(ctx, "收件"), ui.T(ctx, "结案"))
	if stock {
		head = append(head, ui.T(ctx, "按时结案"))
	}
	head = append(head, ui.T(ctx, "超期结案"), ui.T(ctx, "按时结案率"))
	if stock {
		head = append(head, ui.T(ctx, "在办"), ui.T(ctx, "超期未结"))
	}
	return head
}

// Title is the heading of an exported table: "虎丘区分街道情况".
func (b Board) Title(ctx context.Context, table string) string {
	return b.Name + ui.T(ctx, b.titleOf(table))
}

// Subtitle is the line under it: period and as-of.
func (b Board) Subtitle(ctx context.Context) string {
	return ui.T(ctx, "统计时段：%s　%s　单位：件", b.span(ctx), b.asOf(ctx))
}

// Total adds up the lines that count, for the export's last row.
func Total(lines []Line) Counts { return total(lines) }

// Rate is closed on time of all that was closed with a deadline, or "—".
func (c Counts) Rate() string { return c.rate() }
