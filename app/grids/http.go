package grids

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/grids"
)

func routes(r web.Routes) {
	r.Get("/grids", "", desk)
	r.Get("/grids/new", auth.GridsDraw, drawForm)
	r.Post("/grids", auth.GridsDraw, postDraw)
	r.Get("/grids/import", auth.GridsDraw, takeForm)
	r.Upload("/grids/import", auth.GridsDraw, mostFile, postTake)
	r.Get("/grids/export", "", export)
	r.Get("/grids/picker", "", picker)
	r.Get("/grids/{id}", "", sheet)
	r.Get("/grids/{id}/sheet", "", board)
	r.Get("/grids/{id}/draw", auth.GridsDraw, redrawForm)
	r.Post("/grids/{id}/draw", auth.GridsDraw, postRedraw)
	r.Post("/grids/{id}/change", auth.GridsDraw, post("change", "已保存", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Change(ctx, tx, id, Words{Name: r.Text("name"), Community: r.Text("community"), Phone: r.Text("phone")})
		return err
	}))
	r.Post("/grids/{id}/close", auth.GridsDraw, post("close", "已撤销", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		from, err := dayOf(r, "from")
		if err == nil && from == "" {
			err = fault.Field("from", "请填写此项")
		}
		if err != nil {
			_, none := Find(ctx, tx, id)
			return errors.Join(none, err)
		}
		return Close(ctx, tx, id, from)
	}))
	r.Post("/grids/{id}/post", auth.GridsStaff, post("post", "已安排", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		in, err := readPosting(r)
		if err != nil {
			_, none := Find(ctx, tx, id)
			return errors.Join(none, err)
		}
		_, err = Post(ctx, tx, id, in)
		return err
	}))
	r.Post("/grids/{id}/relieve", auth.GridsStaff, post("relieve", "已办理离岗", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		duty, _ := uuid.Parse(r.Text("duty")) // none is not found, like another's
		last, err := dayOf(r, "last")
		if err != nil {
			_, none := Find(ctx, tx, id)
			return errors.Join(none, err)
		}
		return Relieve(ctx, tx, id, duty, last)
	}))
	patrolRoutes(r)
}

func crumbs(ctx context.Context, r *web.Request, last string) []layout.Crumb {
	return []layout.Crumb{web.Crumb(ui.T(ctx, "网格"), r.Path("/grids")), web.Crumb(last, "")}
}

func desk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := deskPage(ctx, tx, r)
	return web.Page(ui.T(ctx, "网格"), view.DeskPage(p)), err
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showSheet(ctx, tx, r, id, attempt{})
}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried attempt) (web.Reply, error) {
	g, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := gridPage(ctx, tx, r, g, tried)
	return web.Page(g.Name, view.GridPage(p)).Under(crumbs(ctx, r, g.Code)...), err
}

func board(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	g, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := boardPage(ctx, tx, r, g)
	return web.Page(ui.T(ctx, "网格公示牌"), view.BoardPage(p)).Under(crumbs(ctx, r, g.Code)...), err
}

// attempt is a form of a page that was refused.
type attempt struct {
	key   string
	fault *fault.Error
	typed map[string][]string
}

// form is what a form needs, with what was typed and refused if it was this one.
func (a attempt) form(ctx context.Context, r *web.Request, key, action string) view.Form {
	f := view.Form{Action: action, Guard: r.Guard(), Key: key, Values: map[string]string{}, Errors: map[string]string{}}
	if a.key != key || a.fault == nil {
		return f
	}
	f.Say = ui.T(ctx, a.fault.Say, a.fault.Args...)
	for name, list := range a.typed {
		if len(list) > 0 {
			f.Values[name] = list[0]
		}
	}
	for name, say := range a.fault.Fields {
		f.Errors[name] = ui.T(ctx, say)
	}
	return f
}

// chosen are the boxes that were ticked under a name.
func (a attempt) chosen(name string) map[string]bool {
	out := map[string]bool{}
	for _, v := range a.typed[name] {
		out[v] = true
	}
	return out
}

// refused is the fault of a form that a person should see again, with what was typed; nil otherwise.
func refused(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict || r.WantsJSON() {
		return nil
	}
	return f
}

// post serves one form of a grid's page.
func post(key, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := refused(r, err); f != nil {
			reply, err := showSheet(ctx, tx, r, id, attempt{key, f, r.PostForm})
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/grids/%s", id), say), nil
	}
}

func drawForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showDraw(ctx, tx, r, nil, attempt{}, nil)
}

func redrawForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return redraw(ctx, tx, r, func(g *Grid) (web.Reply, error) { return showDraw(ctx, tx, r, g, attempt{}, nil) })
}

func redraw(ctx context.Context, tx tenants.Tx, r *web.Request, do func(*Grid) (web.Reply, error)) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	g, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	return do(g)
}

// showDraw is the form for drawing; g is the grid to be drawn again, nil for a new one.
func showDraw(ctx context.Context, tx tenants.Tx, r *web.Request, g *Grid, tried attempt, more []*geo.Problem) (web.Reply, error) {
	p, err := drawPage(ctx, tx, r, g, tried)
	if err != nil {
		return web.Reply{}, err
	}
	for i, problem := range more {
		if i > 0 { // the first is what the form says above all
			p.More = append(p.More, problem.In(ctx))
		}
	}
	return web.Page(p.Title, view.DrawPage(p)).Under(crumbs(ctx, r, p.Title)...), nil
}

func postDraw(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return takeDrawing(ctx, tx, r, nil)
}

func postRedraw(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return redraw(ctx, tx, r, func(g *Grid) (web.Reply, error) { return takeDrawing(ctx, tx, r, g) })
}

func takeDrawing(ctx context.Context, tx tenants.Tx, r *web.Request, g *Grid) (web.Reply, error) {
	from, d, err := readDrawing(r, g)
	var drawn *Grid
	if err == nil {
		drawn, err = Draw(ctx, tx, from, d)
	}
	if f := refused(r, err); f != nil {
		var refusal *Refusal
		var more []*geo.Problem
		if errors.As(err, &refusal) {
			more = refusal.Problems
		}
		reply, err := showDraw(ctx, tx, r, g, attempt{"draw", f, r.PostForm}, more)
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/grids/%s", drawn.ID), "已保存"), nil
}

// mostFile bounds a file of grids, in bytes.
const mostFile = 8 << 20

func takeForm(ctx context.Context, _ tenants.Tx, r *web.Request) (web.Reply, error) {
	title := ui.T(ctx, "导入网格")
	return web.Page(title, view.TakePage(takePage(ctx, r, attempt{}))).Under(crumbs(ctx, r, title)...), nil
}

// postTake tries a file, and takes it once the reader has seen what would happen.
func postTake(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	in, text, err := readImport(r)
	var report Report
	if err == nil {
		report, err = Take(ctx, tx, in)
	}
	f := refused(r, err)
	if err != nil && f == nil {
		return web.Reply{}, err
	}
	if report.Written {
		return web.Done(r.Path("/grids"), "已导入"), nil
	}
	if r.PostForm == nil {
		r.PostForm = map[string][]string{}
	}
	r.PostForm.Set("shape", text) // of a file too: it need not be chosen again
	p := takePage(ctx, r, attempt{"take", f, r.PostForm})
	status := http.StatusUnprocessableEntity
	if f == nil {
		p.Report = reportOf(ctx, report)
		if report.Refused == 0 {
			status = http.StatusOK
		}
	}
	return web.Page(ui.T(ctx, "导入网格"), view.TakePage(p)).Under(crumbs(ctx, r, ui.T(ctx, "导入网格"))...).Status(status), nil
}

// export is the street's grids of a day as GeoJSON, as they can be imported again.
func export(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	on := dayAsked(ctx, r)
	list, err := On(ctx, tx, on)
	if err != nil {
		return web.Reply{}, err
	}
	body, err := geo.Collection(features(list))
	return web.File(tx.Tenant().Name+"_网格_"+string(on)+".geojson", "application/geo+json", body), err
}

func dayOf(r *web.Request, name string) (clock.Date, error) {
	raw := r.Text(name)
	if raw == "" {
		return "", nil
	}
	d, ok := clock.ParseDate(raw)
	if !ok {
		return "", fault.Field(name, "日期应如 2026-12-31")
	}
	return d, nil
}
