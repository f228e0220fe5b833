package district

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

// MonthRow is a kept monthly report in the list of them.
type MonthRow struct{ Month, MadeAt, Mark, Href string }

// Month is a kept monthly report: the board of a month that is over, as it was.
type Month struct {
	Board
	Month  string // 2026-10
	MadeAt time.Time
	Mark   string // its digest, in hexadecimal
	Path   string
	All    string // the list of reports
}

// Heading is the report's name: 虎丘区2026-10月报.
func (m Month) Heading(ctx context.Context) string { return ui.T(ctx, "%s%s月报", m.Name, m.Month) }

// Kept says when it was made and by what it can be told that it is the same.
func (m Month) Kept(ctx context.Context) string {
	return ui.T(ctx, "本月报于 %s 自动生成并存档，存档后不再改动，校验码 %s。之后更正的数据见运行看板。", ui.Time(m.MadeAt), m.Mark)
}

// Tiles are the figures over the whole district.
func (m Month) Tiles(ctx context.Context) []ui.Figure { return m.tiles(ctx)[:5] } // the sixth is of today alone

// Definitions are the meanings of the figures.
func (m Month) Definitions(ctx context.Context) []ui.Fact { return definitions(ctx, m.Board) }

var tablesOf = []string{Places, Classes, Units, Channels}

func (b Board) sheet(table string) Sheet {
	lines := map[string][]Line{Places: b.Places, Classes: b.Classes, Units: b.Units, Channels: b.Channels}
	return Sheet{Board: b, Table: table, Lines: lines[table]}
}

// Sheets are the tables, each with all figures side by side: for a workbook.
func (m Month) Sheets() (out []Sheet) {
	for _, table := range tablesOf {
		s := m.sheet(table)
		s.Whole = true
		out = append(out, s)
	}
	return out
}

// Grouped are the tables under one group of figures after the other: for paper, which is not as wide.
func (m Month) Grouped() (out []Sheet) {
	for _, group := range []string{Work, Backlog, Flow} {
		for _, table := range tablesOf {
			out = append(out, m.with(group).sheet(table))
		}
	}
	return out
}

// Heading names a table and its group of figures.
func (s Sheet) Heading(ctx context.Context) string {
	return s.heading(ctx, s.Table) + " · " + ui.T(ctx, groupTitles[s.Group])
}

// Tab is its name among the sheets of a workbook, which takes 31 characters.
func (s Sheet) Tab(ctx context.Context) string {
	name := []rune(s.heading(ctx, s.Table))
	return string(name[:min(len(name), 31)])
}

// boards are the sheet's groups of figures.
func (s Sheet) boards() []Board {
	if s.Whole {
		return []Board{s.with(Work), s.with(Backlog), s.with(Flow)}
	}
	return []Board{s.Board}
}

// Head are the columns of the sheet in a file, in words; a figure that stands in two groups stands there once.
func (s Sheet) Head(ctx context.Context) []string {
	head := []string{ui.T(ctx, "序号"), ui.T(ctx, s.headOf(s.Table))}
	if s.Table == Units && !s.Street {
		head = append(head, ui.T(ctx, "所属"))
	}
	for _, p := range s.parts() {
		titles := p.columns(ctx, s.Table, true)
		for _, at := range p.at {
			head = append(head, titles[at])
		}
	}
	return head
}

// Cells are a line's figures under Head.
func (s Sheet) Cells(l Line) (out []any) {
	for _, p := range s.parts() {
		figures := p.Figures(l, s.Table, true)
		for _, at := range p.at {
			out = append(out, figures[at])
		}
	}
	return out
}

// part is a group of figures, and which of its columns the sheet shows.
type part struct {
	Board
	at []int
}

// parts are the sheet's groups, with each figure in the first group that has one of its name.
func (s Sheet) parts() (out []part) {
	seen := map[string]bool{}
	for _, b := range s.boards() {
		p := part{Board: b}
		for at, name := range b.columns(context.Background(), s.Table, true) {
			if !seen[name] {
				p.at = append(p.at, at)
			}
			seen[name] = true
		}
		out = append(out, p)
	}
	return out
}
