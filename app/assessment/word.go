package assessment

import (
	"bytes"
	"context"
	"fmt"

	"wanjie/app/clock"
	"wanjie/app/docs"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/assessment"
)

// wordKind is what a Word file says of itself.
const wordKind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

func worded(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	_, s, err := whole(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return asWord(ctx, tx, s)
}

func keptWorded(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	_, s, err := keptOf(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return asWord(ctx, tx, s)
}

// asWord is the report as a document of words with its table between them: the first section, the figures, the
// other sections, how it is counted, and who made and checked it.
func asWord(ctx context.Context, tx tenants.Tx, s *Sheet) (web.Reply, error) {
	mark := ""
	if tx.Tenant().Demo {
		mark = ui.T(ctx, "演示数据")
	}
	street := tx.Tenant().Name
	d := docs.New(docs.Frame{Title: s.Title + " " + ui.Term(ctx, s.Term.Name), Author: street, Head: street, Foot: s.Title + "　" + ui.Term(ctx, s.Term.Name), Mark: mark})
	d.Title(street + s.Title)
	d.Line(ui.T(ctx, "统计期间：%s　单位：件、%%　数据截至 %s", termLine(ctx, s.Term), ui.Time(s.AsOf)), docs.Style{Size: 12, Align: docs.Centre, Small: true})
	list := sections(ctx, s)
	write := func(some ...int) {
		for _, i := range some {
			d.Heading(list[i].Title)
			for _, l := range list[i].Lines {
				d.Text("　　" + l)
			}
		}
	}
	if len(list) > 0 {
		write(0)
	}
	d.Table(s.rows(ctx), 1)
	for i := range list {
		if i > 0 {
			write(i)
		}
	}
	small := docs.Style{Size: 10.5, Small: true}
	d.Line(ui.T(ctx, "口径：%s", s.Text), small)
	for _, n := range notes(ctx, s) {
		d.Line(n, small)
	}
	d.Line(ui.T(ctx, "制表：　　　　　　　　　审核：　　　　　　　　　日期：%s", ui.Date(clock.Now(ctx))), docs.Style{Size: 12})
	var body bytes.Buffer
	if err := d.WriteTo(&body, s.AsOf); err != nil {
		return web.Reply{}, fmt.Errorf("report %s as Word: %w", s.Report, err)
	}
	return web.File(s.Title+"_"+s.Term.Name+".docx", wordKind, body.Bytes()), nil
}

// rows are the figures as a table of a document: the official ones, with the sum last.
func (s *Sheet) rows(ctx context.Context) []docs.Row {
	t := table(ctx, s, nil)
	head := docs.Row{{Text: t.By, Head: true, Weight: 3}}
	for _, h := range t.Heads {
		head = append(head, docs.Cell{Text: h.Title, Head: true, Weight: 2})
	}
	if t.Ranked {
		head = append(head, docs.Cell{Text: ui.T(ctx, "综合成绩"), Head: true, Weight: 2}, docs.Cell{Text: ui.T(ctx, "排名"), Head: true, Weight: 1})
	}
	out := []docs.Row{head}
	for _, g := range t.Groups {
		for _, l := range g.Lines {
			out = append(out, wordRow(l.Name, l.Rank, l.Score, t.Ranked, l.Cells))
		}
	}
	if len(t.Sum) > 0 {
		out = append(out, wordRow(t.Sum[0].Name, "", "", t.Ranked, t.Sum[0].Cells))
	}
	return out
}

func wordRow(name, rank, score string, ranked bool, cells []view.Cell) docs.Row {
	row := docs.Row{{Text: name, Weight: 3}}
	for _, c := range cells {
		row = append(row, docs.Cell{Text: c.Text, Weight: 2})
	}
	if ranked {
		row = append(row, docs.Cell{Text: score, Weight: 2}, docs.Cell{Text: rank, Weight: 1})
	}
	return row
}
