package lists

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys/mask"
)

// Deps is what these pages need of the rest of the product.
type Deps struct {
	// Frame is the way to the neighbouring pages of a tenant's administration.
	Frame func(tx tenants.Tx, r *web.Request) view.Frame
	Grid  Grid
}

type desk struct{ Deps }

// Routes puts the pages under /s/{tenant}/admin/people/lists.
func Routes(site *web.Site, d Deps) {
	a, r := &desk{d}, site.Module("")
	r.Get("/admin/people/lists", auth.PeopleWrite, a.page)
	r.Upload("/admin/people/lists", auth.PeopleWrite, 2*mostBytes+1<<16, a.take)
	r.Get("/admin/people/lists/template", auth.PeopleWrite, template)
	r.Get("/admin/people/lists/{id}", auth.PeopleWrite, a.list)
	r.Get("/admin/people/lists/{id}/results", auth.PeopleWrite, results)
}

func (a *desk) page(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return a.show(ctx, tx, r, view.Lists{})
}

// show is the page where a list is brought, with what was found in the last one.
func (a *desk) show(ctx context.Context, tx tenants.Tx, r *web.Request, p view.Lists) (web.Reply, error) {
	recent, err := Recent(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p.Frame, p.Guard, p.Here, p.Most = a.Frame(tx, r), r.Guard(), r.Path("/admin/people/lists"), mostPeople
	for _, b := range recent {
		p.Recent = append(p.Recent, counted(r, b))
	}
	for _, role := range auth.RolesIn(auth.InTenant) {
		p.Roles = append(p.Roles, ui.T(ctx, role.Title))
	}
	return web.Page(ui.T(ctx, "批量邀请"), view.ListsView(p)).
		Under(web.Crumb(ui.T(ctx, "人员与授权"), r.Path("/admin/people")), web.Crumb(ui.T(ctx, "批量邀请"), "")), nil
}

func counted(r *web.Request, b Begun) view.ListLine {
	return view.ListLine{Href: r.Path("/admin/people/lists/%s", b.ID), At: b.MadeAt, People: b.People, Invited: b.Invited, Here: b.Here, Failed: b.Failed, Left: b.Left()}
}

// take checks a list, or has its people invited.
func (a *desk) take(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	name, raw, err := brought(r)
	var list List
	if err == nil {
		list, err = Read(ctx, tx, name, raw, a.Grid)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		reply, err := a.show(ctx, tx, r, view.Lists{Text: r.FormValue("text"), Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	if r.Text("go") == "1" && len(list.Problems) == 0 {
		if err := Begin(ctx, tx, r.Claimed(), list); err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/admin/people/lists/%s", r.Claimed()), "已发出邀请"), nil
	}
	p := view.Lists{Checked: true, Found: len(list.People), Text: string(raw)}
	for _, q := range list.Problems {
		p.Problems = append(p.Problems, view.ListProblem{Line: q.Line, Column: q.Column, Say: ui.T(ctx, q.Say, q.Args...)})
	}
	for _, one := range list.People {
		p.Preview = append(p.Preview, shown(ctx, Row{Person: one}))
	}
	reply, err := a.show(ctx, tx, r, p)
	if len(list.Problems) > 0 {
		reply = reply.Status(fault.Invalid.Status())
	}
	return reply, err
}

// brought is the list of a form: a file, or a text that was pasted.
func brought(r *web.Request) (name string, raw []byte, err error) {
	f, header, err := r.FormFile("file")
	switch {
	case errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && header.Size == 0:
		if raw = pasted(r.FormValue("text")); len(bytes.TrimSpace(raw)) == 0 {
			return "", nil, fault.Field("file", ui.Key("请选择文件，或粘贴表格"))
		}
		name = ui.T(r.Context(), "粘贴的表格")
	case err != nil:
		return "", nil, fault.Field("file", ui.Key("文件没有传完，请再试一次")).Because(err)
	default:
		defer f.Close()
		name = header.Filename
		if raw, err = io.ReadAll(io.LimitReader(f, mostBytes+1)); err != nil {
			return "", nil, fault.Field("file", ui.Key("文件没有传完，请再试一次")).Because(err)
		}
		if raw, err = asText(name, raw); err != nil {
			return "", nil, err
		}
	}
	if len(raw) > mostBytes {
		return "", nil, fault.Field("file", ui.Key("文件不能超过1 MB，请分开邀请"))
	}
	return name, raw, nil
}

func shown(ctx context.Context, row Row) view.ListPerson {
	p := view.ListPerson{Line: row.Line, Name: row.Name, Phone: mask.Phone(row.Phone), Number: row.Number, State: string(row.State), Said: ui.T(ctx, row.Said)}
	for _, role := range row.Roles {
		words := ui.T(ctx, auth.Title(role.Role))
		if role.Place != "" {
			words += "（" + role.Place + "）"
		}
		p.Roles = append(p.Roles, words)
	}
	return p
}

// list is how far a list is carried out.
func (a *desk) list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	b, rows, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	names, err := auth.Names(ctx, tx, b.MadeBy)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.ListPage{Frame: a.Frame(tx, r), Line: counted(r, b), By: names[b.MadeBy], Results: r.Path("/admin/people/lists/%s/results", id), Back: r.Path("/admin/people/lists")}
	for _, row := range rows {
		p.People = append(p.People, shown(ctx, row))
	}
	return web.Page(ui.T(ctx, "批量邀请"), view.ListView(p)).
		Under(web.Crumb(ui.T(ctx, "人员与授权"), r.Path("/admin/people")), web.Crumb(ui.T(ctx, "批量邀请"), p.Back), web.Crumb(ui.Time(b.MadeAt), "")), nil
}

// results is a list as a file, with what became of each person.
func results(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	b, rows, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	var out bytes.Buffer
	w, err := sheets.New(&out, sheets.Excel, ui.T(ctx, "邀请结果"), []sheets.Column{{Title: ui.T(ctx, "行号")}, {Title: ui.T(ctx, "姓名")}, {Title: ui.T(ctx, "手机号码"), Width: 16},
		{Title: ui.T(ctx, "工号")}, {Title: ui.T(ctx, "角色"), Width: 40}, {Title: ui.T(ctx, "结果"), Width: 16}, {Title: ui.T(ctx, "说明"), Width: 40}, {Title: ui.T(ctx, "完成时间"), Width: 17}})
	if err != nil {
		return web.Reply{}, err
	}
	for _, row := range rows {
		p := shown(ctx, row)
		if err := w.Row(row.Line, row.Name, row.Phone, row.Number, p.Words(), p.StateWord(ctx), p.Said, row.DoneAt); err != nil {
			return web.Reply{}, err
		}
	}
	if err := w.Close(); err != nil {
		return web.Reply{}, err
	}
	return web.File("invited_"+b.MadeAt.Format("20060102")+".xlsx", sheets.Excel.Kind(), out.Bytes()), nil
}

// template is an empty list to fill in, with two people as an example.
func template(ctx context.Context, _ tenants.Tx, _ *web.Request) (web.Reply, error) {
	var out bytes.Buffer
	var head []sheets.Column
	for _, c := range columns {
		head = append(head, sheets.Column{Title: c.names[0], Width: 16})
	}
	w, err := sheets.New(&out, sheets.Excel, ui.T(ctx, "邀请名单"), head)
	if err != nil {
		return web.Reply{}, err
	}
	for _, row := range [][]any{{"张三", "13800000000", "", "承办联络员", "城市管理办公室", ""}, {"李四", "13900000000", "", "派遣员", "", ""}} {
		if err := w.Row(row...); err != nil {
			return web.Reply{}, err
		}
	}
	if err := w.Close(); err != nil {
		return web.Reply{}, err
	}
	return web.File("invite.xlsx", sheets.Excel.Kind(), out.Bytes()), nil
}
