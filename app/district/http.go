package district

import (
	"context"
	"net/url"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/district"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// Routes puts the board under /d/{district}: over all streets, and the same for one street under
// streets/{slug}; under units/{key} the streets that a unit of the centre serves; under months the
// kept monthly reports; under populations how many live in them.
func Routes(site *web.Site) {
	for _, under := range []string{"", "/streets/{street}"} {
		site.District(under, board)
		site.District(under+"/classes", sheet(view.Classes))
		site.District(under+"/units", sheet(view.Units))
		site.District(under+"/channels", sheet(view.Channels))
		site.District(under+"/print", paper)
		site.District(under+"/export", export)
	}
	site.District("/units/{unit}", sheet(view.Places))
	site.District("/units/{unit}/export", export)
	for path, h := range map[string]web.DistrictHandler{"": monthList, "/{month}": monthPage, "/{month}/excel": monthExcel, "/{month}/word": monthWord} {
		site.District("/months"+path, wholeDistrict(h))
	}
	site.District("/populations", populations)
	site.DistrictPost("/populations", auth.PeopleCount, enter)
}

// top is how many classes and units the board itself shows.
const top = 10

var dimensions = map[string]string{view.Classes: "class", view.Units: "unit", view.Channels: "channel", view.Places: "community"}

// ask reads the address: the period, and the street if one is asked.
func ask(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (asked, view.Board, error) {
	p, err := ParsePeriod(r.URL.Query(), clock.Now(ctx))
	if err != nil {
		return asked{}, view.Board{}, err
	}
	b := view.Board{
		Path: r.Base, People: r.Path("/populations"), Query: p.Query(), Custom: p.Key == Custom, From: p.From, To: p.To, Against: p.against(), Past: p.To.Before(p.Today),
	}
	q := asked{Period: p, line: r.Line}
	if r.Line != nil {
		b.Line, b.People = strings.Join(r.Line.Names, "、"), ""
	}
	switch b.Group = r.URL.Query().Get("group"); b.Group {
	case view.Work:
	case view.Backlog, view.Flow:
		q.deep = true
		b.Query.Set("group", b.Group)
	default:
		return q, b, errNoPage()
	}
	if slug := r.PathValue("street"); slug != "" {
		if q.tenant, b.Name, err = find(ctx, tx, slug); err != nil {
			return q, b, err
		}
		if q.tenant == 0 {
			return q, b, fault.New(fault.NotFound, "本区没有这个街道")
		}
		b.Street, b.Path = true, r.Path("/streets/%s", slug)
	} else if q.unit = r.PathValue("unit"); q.unit != "" {
		if b.Name, err = unitOf(ctx, tx, r.Line, q.unit); err != nil {
			return q, b, err
		}
		b.Path = r.Path("/units/%s", q.unit)
	} else if area, ok := division.District(tx.District()); ok {
		b.Name = area.Name
	} else {
		b.Name = r.PathValue("district") // younger than the embedded list
	}
	if p.Key == Month && r.URL.Query().Get("period") == "" {
		b.Query.Del("period")
	}
	for _, c := range []struct{ key, label string }{
		{Today, ui.Key("今天")}, {Week, ui.Key("近7日")}, {Thirty, ui.Key("近30日")}, {Month, ui.Key("本月")}, {Year, ui.Key("本年")},
	} {
		href := r.URL.Path + "?period=" + c.key
		if b.Group != view.Work {
			href += "&group=" + b.Group
		}
		b.Choices = append(b.Choices, view.Choice{Label: c.label, Href: href, Active: c.key == p.Key})
	}
	for _, g := range []struct{ key, label string }{{view.Work, ui.Key("办理情况")}, {view.Backlog, ui.Key("期限与积压")}, {view.Flow, ui.Key("流转与回访")}} {
		to := url.Values{}
		for k, v := range b.Query {
			to[k] = v
		}
		to.Del("group")
		if g.key != view.Work {
			to.Set("group", g.key)
		}
		href := r.URL.Path
		if len(to) > 0 {
			href += "?" + to.Encode()
		}
		b.Groups = append(b.Groups, view.Choice{Label: g.label, Href: href, Active: g.key == b.Group})
	}
	return q, b, nil
}

// fetch reads what q asks for and lays it out.
func fetch(ctx context.Context, tx tenants.DistrictTx, r *web.Request, q asked, b view.Board) (view.Board, error) {
	if b.Street {
		q.dims = append(q.dims, "community")
	}
	f, err := read(ctx, tx, q)
	if err != nil {
		return b, err
	}
	lay(ctx, &b, f, q, func(kind, key string) string {
		return r.Path("/%s/%s", kind, url.PathEscape(key)) + "?" + q.Query().Encode()
	})
	return b, nil
}

func errNoPage() error { return fault.New(fault.NotFound, "页面不存在") }

func way(ctx context.Context, r *web.Request, b view.Board, last string) (crumbs []crumb) {
	if b.Street || last != "" {
		crumbs = append(crumbs, web.Crumb(ui.T(ctx, "运行总览"), r.Base))
	}
	if b.Street {
		href := ""
		if last != "" {
			href = b.Path
		}
		crumbs = append(crumbs, web.Crumb(b.Name, href))
	}
	if last != "" {
		crumbs = append(crumbs, web.Crumb(last, ""))
	}
	return crumbs
}

func board(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	q, b, err := ask(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	q.dims, q.most, q.stock = []string{"class", "unit", "channel"}, top, q.deep
	if b.Street { // which lines are small shows when all are there
		q.most, q.shown = 0, top
	}
	if b, err = fetch(ctx, tx, r, q, b); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "%s运行总览", b.Name), view.View(b)).Under(way(ctx, r, b, "")...), nil
}

func sheet(table string) web.DistrictHandler {
	return func(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
		s, err := full(ctx, tx, r, table)
		if err != nil {
			return web.Reply{}, err
		}
		title := s.Title(ctx, table)
		if s.Path != r.Base && !s.Street { // a unit's: its way leads by the units
			return web.Page(title, view.Full(s)).Under(web.Crumb(ui.T(ctx, "运行总览"), r.Base), web.Crumb(ui.T(ctx, "分承办单位情况"), r.Path("/units")+"?"+s.Query.Encode()), web.Crumb(s.Name, "")), nil
		}
		return web.Page(title, view.Full(s)).Under(way(ctx, r, s.Board, title)...), nil
	}
}

// full reads one table with every line and the open cases of each.
func full(ctx context.Context, tx tenants.DistrictTx, r *web.Request, table string) (view.Sheet, error) {
	q, b, err := ask(ctx, tx, r)
	if err != nil {
		return view.Sheet{}, err
	}
	if !b.Has(table) {
		return view.Sheet{}, errNoPage()
	}
	switch {
	case q.unit != "":
		q.dims = []string{"unit"}
	case table != view.Places:
		q.dims = []string{dimensions[table]}
	}
	q.stock = true
	if b, err = fetch(ctx, tx, r, q, b); err != nil {
		return view.Sheet{}, err
	}
	lines := map[string][]view.Line{view.Places: b.Places, view.Classes: b.Classes, view.Units: b.Units, view.Channels: b.Channels}
	return view.Sheet{Board: b, Table: table, Lines: lines[table]}, nil
}

func paper(ctx context.Context, tx tenants.DistrictTx, r *web.Request) (web.Reply, error) {
	q, b, err := ask(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	q.dims, q.stock, q.deep = []string{"class", "unit", "channel"}, true, true
	if b, err = fetch(ctx, tx, r, q, b); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "%s案卷办理情况表", b.Name), view.Print(b)).Under(way(ctx, r, b, ui.T(ctx, "打印版"))...), nil
}
