package cases

import (
	"bytes"
	"context"
	"net/url"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

func exportRoutes(r web.Routes) {
	r.Get("/cases/export", auth.CasesExport, exportForm)
	r.Look("/cases/export/download", auth.CasesExport, exportNow)
	r.Get("/cases/exports", auth.CasesExport, exports)
	r.Post("/cases/exports", auth.CasesExport, exportLater)
	r.Post("/cases/exports/{id}/retry", auth.CasesExport, exportChange(RetryExport, "已重新排队"))
	r.Post("/cases/exports/{id}/remove", auth.CasesExport, exportChange(RemoveExport, "已删除"))
	r.Look("/cases/exports/{id}/download", auth.CasesExport, exportFetch)
}

func readWish(r *web.Request) Wish {
	w := Wish{Filter: readFilter(r), Format: sheets.Format(r.Text("format")), Entire: r.Text("entire") == "yes"}
	w.Filter.Page = 0
	if w.Entire {
		w.Purpose = r.Text("purpose")
	}
	return w
}

// query is the filter as an address says it; see readFilter.
func (f Filter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"stage": string(f.Stage), "class": f.Class, "unit": f.Unit, "channel": f.Channel, "community": f.Community, "number": f.Number, "from": f.From, "to": f.To, "light": string(f.Light)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, is := range map[string]bool{"late": f.Late, "mine": f.Mine} {
		if is {
			q.Set(name, "1")
		}
	}
	for _, id := range f.Cases {
		q.Add(pickedField, id.String())
	}
	return q
}

func exportForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showExport(ctx, tx, r, readWish(r), nil)
}

func showExport(ctx context.Context, tx tenants.Tx, r *web.Request, w Wish, refused *fault.Error) (web.Reply, error) {
	p, err := exportPageOf(ctx, tx, r, w, refused)
	reply := web.Page(ui.T(ctx, "导出案卷"), view.ExportPage(p)).Under(web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(ui.T(ctx, "导出"), ""))
	if refused != nil {
		reply = reply.Status(refused.Kind.Status())
	}
	return reply, err
}

// exportNow lets a short list leave with the request; a longer one is sent back to the form, which then offers a job.
func exportNow(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	w := readWish(r)
	err := w.check(tx.Actor())
	if f := refused(r, err); f != nil {
		return showExport(ctx, tx, r, w, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	n, err := w.Filter.count(ctx, tx, w.reach(tx.Actor()), exportAtOnce+1)
	if err != nil {
		return web.Reply{}, err
	}
	if n > exportAtOnce {
		return web.See(r.Path("/cases/export?%s", w.Filter.query().Encode())), nil
	}
	var body bytes.Buffer
	out, err := sheets.New(&body, w.Format, ui.T(ctx, "案卷"), w.columns(ctx))
	if err != nil {
		return web.Reply{}, err
	}
	all := extract{Wish: w}
	for more := true; more; {
		if more, err = all.next(ctx, tx); err != nil {
			return web.Reply{}, err
		}
		if err := all.write(out); err != nil {
			return web.Reply{}, err
		}
	}
	if err := out.Close(); err != nil {
		return web.Reply{}, err
	}
	recordExport(ctx, tx, "export.taken", tenants.NewID(), w.dims(all.rows))
	return web.File(w.name(ctx, clock.Now(ctx)), w.Format.Kind(), body.Bytes()), nil
}

func exportLater(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	w := readWish(r)
	_, err := AskExport(ctx, tx, w)
	if f := refused(r, err); f != nil {
		return showExport(ctx, tx, r, w, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/cases/exports"), "已开始导出，完成后在此下载"), nil
}

func exports(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	list, err := Exports(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := exportsPage(ctx, tx, r, list)
	return web.Page(ui.T(ctx, "我的导出"), view.ExportsPage(p)).Part(view.ExportsList(p)).
		Under(web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(ui.T(ctx, "我的导出"), "")), err
}

func exportChange(do func(context.Context, tenants.Tx, uuid.UUID) error, say string) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		if err := do(ctx, tx, id); err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/cases/exports"), say), nil
	}
}

// exportFetch authorises, and streams after that is written down.
func exportFetch(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	f, err := TakeExport(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	return web.Stream(f.Name, f.Kind, f.Size, f.Copy), nil
}
