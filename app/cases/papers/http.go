package papers

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/docs"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/papers"
)

func routes(r web.Routes) {
	r.Get("/papers/{id}", "", list)
	r.Look("/papers/{id}/{paper}", "", show)
}

// handed are the papers that a petitioner takes home: their code leads to where they see how far the matter has come,
// and not to our own sheet.
var handed = map[blueprint.Document]bool{blueprint.IntakeSheet: true, blueprint.Notice: true}

func crumbs(ctx context.Context, r *web.Request, id uuid.UUID, number string, last ...layout.Crumb) []layout.Crumb {
	return append([]layout.Crumb{web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(number, r.Path("/cases/%s", id))}, last...)
}

func list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	k, err := gather(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.List{Number: k.c.Number, Back: r.Path("/cases/%s", id)}
	for _, c := range k.choices() {
		path := r.Path("/papers/%s/%s", id, c.Document)
		of := "?"
		if c.Of != uuid.Nil {
			of = "?of=" + c.Of.String() + "&"
		}
		row := view.Choice{Title: c.Title, About: c.About, Print: path + strings.TrimRight(of, "?&"), Word: path + of + "as=" + asWord}
		if c.Document == File {
			row.About = ui.T(ctx, "全部文书和办理记录")
		}
		p.Choices = append(p.Choices, row)
	}
	return web.Page(ui.T(ctx, "文书"), view.ListPage(p)).Under(crumbs(ctx, r, id, k.c.Number, web.Crumb(ui.T(ctx, "文书"), ""))...), nil
}

func show(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	of := uuid.Nil
	if raw := r.Text("of"); raw != "" {
		if of, err = uuid.Parse(raw); err != nil {
			return web.Reply{}, fault.New(fault.NotFound, "页面不存在")
		}
	}
	format := onScreen
	if r.Text("as") == asWord {
		format = asWord
	}
	p, err := Make(ctx, tx, id, blueprint.Document(r.PathValue("paper")), of, format, r.Absolute("/cases/%s", id))
	if err != nil {
		return web.Reply{}, err
	}
	if handed[blueprint.Document(r.PathValue("paper"))] && tx.Tenant().Kind == tenants.Street {
		p.Address, p.Follow = r.Residents("/follow?number=%s", p.Number), true
	}
	if format == asWord {
		return web.Made(p.Title+"_"+p.Number+"_"+p.At.In(clock.Zone).Format("20060102")+".docx", docs.Kind, p.Word), nil
	}
	p.Base = r.Path("")
	page, err := p.Page()
	page.Back = r.Path("/papers/%s", id)
	return web.Page(p.Title, view.PrintPage(page)).
		Under(crumbs(ctx, r, id, p.Number, web.Crumb(ui.T(ctx, "文书"), r.Path("/papers/%s", id)), web.Crumb(p.Title, ""))...), err
}
