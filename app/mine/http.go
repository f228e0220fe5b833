package mine

import (
	"context"
	"net/url"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/mine"
)

// Path is where the list is.
const Path = "/mine/tasks"

// pageSize is how many a page of the list holds.
const pageSize = 20

// Routes opens the door.
func Routes(s *web.Site, deps Deps) {
	d := door{deps, s}
	s.Across(Path, d.tasks)
}

func (d door) tasks(ctx context.Context, r *web.Request) (web.Reply, web.Frame, error) {
	places, err := d.Places(ctx, r.Visitor.Person)
	if err != nil && len(places) == 0 {
		return web.Reply{}, web.Frame{}, err
	}
	if err != nil {
		d.site.Log.ErrorContext(ctx, "a placement does not say where somebody works", "person", r.Visitor.Person, "error", err)
	}
	list, asked, gaps := d.ask(ctx, r, places)
	p := d.page(ctx, r, list, asked, gaps)
	p.Partial = err != nil // a placement did not answer, and nobody knows which tenants it has
	frame := d.Frame(ctx)
	frame.Nav = menu(ctx, list, places)
	return web.Page(ui.T(ctx, "全部待办"), view.TasksPage(p)).Part(view.TasksList(p)), frame, nil
}

// menu leads to the list and, with how much waits in each, to the places.
func menu(ctx context.Context, list []Wait, places []auth.Place) []layout.NavItem {
	out := []layout.NavItem{{Label: ui.T(ctx, "全部待办"), Href: Path, Active: true, Badge: len(list)}}
	var each []layout.NavItem
	for _, p := range places {
		item := layout.NavItem{Label: p.Name, Href: "/s/" + p.Slug + "/"}
		for _, w := range list {
			if w.Place.Tenant == p.Tenant {
				item.Badge++
			}
		}
		each = append(each, item)
	}
	if len(each) == 0 {
		return out
	}
	return append(out, layout.NavItem{Label: ui.T(ctx, "我的工作台"), Items: each})
}

func (d door) page(ctx context.Context, r *web.Request, list []Wait, asked []auth.Place, gaps []Gap) view.Tasks {
	now := clock.Now(ctx)
	p := view.Tasks{Path: Path, AsOf: ui.Time(now), Places: len(asked)}
	for _, g := range gaps {
		p.Gaps = append(p.Gaps, view.Gap{Place: g.Place.Name, Href: "/s/" + g.Place.Slug + "/", Say: ui.T(ctx, g.Say)})
	}
	kind := r.Text("kind")
	p.Tabs = d.tabs(ctx, list, kind)
	titles := map[string]string{}
	for _, m := range d.Modules {
		for _, w := range m.Waits {
			titles[w.Kind] = ui.T(ctx, w.Title)
		}
	}
	if titles[kind] != "" {
		list = of(list, kind)
	}
	p.Pages = ui.Pages{Number: max(r.Int("page", 1), 1), Size: pageSize, Total: len(list), Path: Path, Query: r.URL.Query(), List: "list"}
	from := min((p.Pages.Number-1)*pageSize, len(list))
	for _, w := range list[from:min(from+pageSize, len(list))] {
		row := view.Row{Tenant: w.Place.Name, Kind: titles[w.Kind], Number: w.Number, Href: "/s/" + w.Place.Slug + w.Path, About: w.About, Place: w.Wait.Place, Unit: w.Unit, Do: w.Do, Urgent: w.Urgent,
			State: caseview.Tag{Tone: ui.Info, Text: w.State}}
		if w.Fresh {
			row.State.Tone = ui.Warn
		}
		switch {
		case w.Due.IsZero():
		case w.Light != "":
			row.Due = cases.Lit(ctx, cases.Light(w.Light), w.Due, now)
		default:
			row.Due = cases.Countdown(ctx, w.Due, now)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// tabs lead between the kinds that the product knows, with how much of each waits.
func (d door) tabs(ctx context.Context, list []Wait, kind string) []ui.Tab {
	known := false
	out := []ui.Tab{{Label: ui.T(ctx, "全部"), Href: Path, Count: ui.Number(len(list))}}
	for _, m := range d.Modules {
		for _, w := range m.Waits {
			known = known || w.Kind == kind
			out = append(out, ui.Tab{Label: ui.T(ctx, w.Title), Href: Path + "?" + url.Values{"kind": {w.Kind}}.Encode(), Active: w.Kind == kind, Count: ui.Number(len(of(list, w.Kind)))})
		}
	}
	out[0].Active = !known
	return out
}

// of are those of one kind.
func of(list []Wait, kind string) (out []Wait) {
	for _, w := range list {
		if w.Kind == kind {
			out = append(out, w)
		}
	}
	return out
}
