package shifts

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases/papers"
	"wanjie/app/clock"
	"wanjie/app/docs"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	paper "wanjie/templates/papers"
	view "wanjie/templates/shifts"
)

func routes(r web.Routes) {
	r.Get("/shifts", auth.ShiftsLead, desk)
	r.Post("/shifts", auth.ShiftsLead, func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		_, err := Begin(ctx, tx)
		return web.Done(r.Path("/shifts"), "已开始当班"), err
	})
	r.Post("/shifts/{id}/hand-over", auth.ShiftsLead, post("已交班，等待接班", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := HandOver(ctx, tx, id, r.Text("note"))
		return err
	}))
	r.Post("/shifts/{id}/take-back", auth.ShiftsLead, post("已撤回交班", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) error {
		_, err := TakeBack(ctx, tx, id)
		return err
	}))
	r.Post("/shifts/{id}/take-over", auth.ShiftsLead, post("已接班", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) error {
		_, err := TakeOver(ctx, tx, id)
		return err
	}))
	r.Look("/shifts/{id}", auth.ShiftsLead, sheet)
}

func post(say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
			reply, err := show(ctx, tx, r, f)
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/shifts"), say), nil
	}
}

func desk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return show(ctx, tx, r, nil)
}

// show is the page of the desk's shift; refused is a note that was not accepted.
func show(ctx context.Context, tx tenants.Tx, r *web.Request, refused *fault.Error) (web.Reply, error) {
	number := max(r.Int("page", 1), 1)
	current, err := Current(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	past, err := Past(ctx, tx, number)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Desk{Guard: r.Guard(), Begin: r.Path("/shifts")}
	if len(past) > pageSize {
		past, p.Older = past[:pageSize], r.Path("/shifts?page=%d", number+1)
	}
	if number > 1 {
		p.Newer = r.Path("/shifts?page=%d", number-1)
	}
	people := []int64{}
	for _, s := range past {
		people = append(people, s.Lead, s.TakenBy)
	}
	if current != nil {
		people = append(people, current.Lead)
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return web.Reply{}, err
	}
	name := func(person int64) string { return called.Of(ctx, person) }
	if current != nil {
		p.Current = &view.Current{Number: current.Number, Lead: name(current.Lead), Since: current.BegunAt, Handed: current.HandedAt}
		d := current.Desk
		if current.HandedAt.IsZero() {
			if d, err = Standing(ctx, tx); err != nil {
				return web.Reply{}, err
			}
		}
		p.Current.Figures = figures(ctx, r, d)
		mine, at := current.Lead == tx.Actor().Person, r.Path("/shifts/%s", current.ID)
		switch {
		case !current.HandedAt.IsZero() && mine:
			p.Current.TakeBack, p.Current.Sheet = at+"/take-back", at
		case !current.HandedAt.IsZero():
			p.Current.TakeOver, p.Current.Sheet = at+"/take-over", at
		case mine:
			p.Current.HandOver = at + "/hand-over"
			p.Current.Note = ui.Input{Name: "note", Label: ui.T(ctx, "交班事项"), Required: true, Rows: 5, Help: ui.T(ctx, "需要继续办理和注意的事项；在办、紧急、超期和待签收的案卷由系统列出")}
			if refused != nil {
				p.Current.Note.Value, p.Current.Note.Error = r.Text("note"), ui.T(ctx, refused.Fields["note"])
			}
		}
	}
	for _, s := range past {
		p.Past = append(p.Past, view.Row{Href: r.Path("/shifts/%s", s.ID), Number: s.Number, Lead: name(s.Lead), Taken: name(s.TakenBy), Begun: s.BegunAt, Ended: s.TakenAt,
			Open: s.Open, Urgent: s.Urgent, Overdue: s.Overdue, Waiting: s.Waiting})
	}
	return web.Page(ui.T(ctx, "交接班"), view.DeskPage(p)), nil
}

func figures(ctx context.Context, r *web.Request, d Desk) []ui.Figure {
	f := func(label string, n int, href string) ui.Figure {
		return ui.Figure{Label: label, Value: ui.Number(n), Unit: ui.T(ctx, "件"), Href: href}
	}
	return []ui.Figure{f(ui.T(ctx, "在办"), d.Open, r.Path("/cases")), f(ui.T(ctx, "紧急"), d.Urgent, ""), f(ui.T(ctx, "已超期"), d.Overdue, r.Path("/cases?late=1")), f(ui.T(ctx, "待签收"), d.Waiting, "")}
}

// sheet is the record of a shift as it is printed. Who prints it is written down.
func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	s, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	print, err := s.print(ctx, tx, r.Absolute("/shifts/%s", id))
	if err != nil {
		return web.Reply{}, err
	}
	format := "print"
	if r.Text("as") == "docx" {
		format = "docx"
	}
	record(tx, "shift.printed", s, print.At, tenants.Dims{"format": format})
	if format == "docx" {
		return web.Made(print.Title+"_"+print.Number+".docx", docs.Kind, print.Word), nil
	}
	p, err := print.Page()
	p.Back, p.Word = r.Path("/shifts"), r.Path("/shifts/%s?as=docx", id)
	return web.Page(print.Title, paper.PrintPage(p)).Under(web.Crumb(ui.T(ctx, "交接班"), r.Path("/shifts")), web.Crumb(s.Number, "")), err
}

// print lays the record out. It is Chinese, like every paper.
func (s *Shift) print(ctx context.Context, tx tenants.Tx, address string) (papers.Print, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return papers.Print{}, err
	}
	note, err := s.Words(box)
	if err != nil {
		return papers.Print{}, err
	}
	called, err := auth.Names(ctx, tx, s.Lead, s.TakenBy)
	if err != nil {
		return papers.Print{}, err
	}
	signed := func(person int64, at string) string {
		if person == 0 || at == ui.None {
			return ""
		}
		return strings.TrimSpace(called.Of(ui.WithLocale(ctx, ui.Chinese), person) + "　" + at)
	}
	listed := func(n int, numbers []string) string {
		out := fmt.Sprintf("%d件", n)
		if len(numbers) > 0 {
			out += "：" + strings.Join(numbers, "、")
		}
		if n > len(numbers) && len(numbers) > 0 {
			out += "等"
		}
		return out
	}
	ended := ""
	if !s.TakenAt.IsZero() {
		ended = ui.Time(s.TakenAt)
	}
	office := tx.Tenant().Name
	sheet := papers.Paper{Title: office + "交接班记录", Number: s.Number, Rows: [][]papers.Cell{
		{{Label: "班次", Value: s.Number}, {Label: "当班值班长", Value: signed(s.Lead, "")}},
		{{Label: "接班时间", Value: ui.Time(s.BegunAt)}, {Label: "交班时间", Value: ended}},
		{{Label: "在办案卷", Value: fmt.Sprintf("%d件", s.Open)}},
		{{Label: "紧急", Value: listed(s.Urgent, s.Lists.Urgent)}},
		{{Label: "已超期", Value: listed(s.Overdue, s.Lists.Overdue)}},
		{{Label: "待签收", Value: listed(s.Waiting, s.Lists.Waiting)}},
		{{Label: "交班事项", Value: note, Tall: true}},
		{{Label: "交班人", Value: signed(s.Lead, ui.Time(s.HandedAt))}, {Label: "接班人", Value: signed(s.TakenBy, ui.Time(s.TakenAt))}},
	}, Signs: []string{"交班人签名", "接班人签名"}}
	return papers.Print{Office: office, Title: sheet.Title, Number: s.Number, Papers: []papers.Paper{sheet}, Address: address, At: clock.Now(ctx), Demo: tx.Tenant().Demo}, nil
}
