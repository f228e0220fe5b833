package grids

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/grids"
)

// gridForms puts the staff and what the reader may do onto a grid's page.
func gridForms(ctx context.Context, tx tenants.Tx, r *web.Request, cfg *blueprint.Config, g *Grid, tried attempt, now time.Time, p *view.Grid) error {
	staff, err := Staff(ctx, tx, g.Code)
	if err != nil {
		return err
	}
	names, err := namesOf(ctx, tx, staff)
	if err != nil {
		return err
	}
	mayDraw := auth.Can(tx.Actor(), auth.GridsDraw, "") && g.ClosedOn == ""
	mayStaff := auth.CanAt(tx.Actor(), auth.GridsStaff, auth.At{Community: g.Community, Grid: g.Code}) && g.Open(clock.DateOf(now))
	var away, ends []ui.Option
	for _, d := range staff {
		row := dutyRow(ctx, names, staff, d)
		p.Duties = append(p.Duties, row)
		o := ui.Option{Value: d.ID.String(), Label: ui.T(ctx, "%s（%s）", names.Of(ctx, d.Person), row.Role)}
		ends = append(ends, o)
		if d.StandsIn == uuid.Nil {
			away = append(away, o)
		}
	}
	if mayStaff {
		form := view.Post{Form: tried.form(ctx, r, "post", r.Path("/grids/%s/post", g.ID)), Away: away, Chosen: tried.chosen("weekdays")}
		if form.Values["role"] == "" {
			form.Values["role"] = auth.GridWorker
		}
		for _, key := range []string{auth.GridHead, auth.GridWorker} {
			form.Roles = append(form.Roles, ui.Option{Value: key, Label: ui.T(ctx, auth.Title(key))})
		}
		form.Weekdays = weekdays(ctx)
		members, err := auth.Members(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Person != tx.Actor().Person {
				form.People = append(form.People, ui.Option{Value: strconv.FormatInt(m.Person, 10), Label: m.Name})
			}
		}
		p.Forms = append(p.Forms, view.PostForm(form))
		if len(ends) > 0 {
			p.Forms = append(p.Forms, view.RelieveForm(view.Relieve{Form: tried.form(ctx, r, "relieve", r.Path("/grids/%s/relieve", g.ID)), Duties: ends}))
		}
	}
	if !mayDraw {
		return nil
	}
	p.Redraw = r.Path("/grids/%s/draw", g.ID)
	words := view.Words{Form: tried.form(ctx, r, "change", r.Path("/grids/%s/change", g.ID)), Communities: communities(cfg, tx)}
	if words.Say == "" {
		words.Values = map[string]string{"name": g.Name, "community": g.Community, "phone": g.Phone}
	}
	p.Forms = append(p.Forms, view.WordsForm(words), view.CloseForm(tried.form(ctx, r, "close", r.Path("/grids/%s/close", g.ID))))
	return nil
}

func dutyRow(ctx context.Context, names auth.Called, all []Duty, d Duty) view.Duty {
	row := view.Duty{Name: names.Of(ctx, d.Person), Role: ui.T(ctx, auth.Title(d.Role)), Span: span(ctx, d.From, d.To), Shift: shiftText(ctx, d.Shift),
		State: view.Tag{Tone: ui.Good, Text: ui.T(ctx, "在岗")}}
	if !d.InForce {
		row.State = view.Tag{Tone: ui.Neutral, Text: ui.T(ctx, "待上岗")}
	}
	for _, o := range all {
		if o.ID == d.StandsIn {
			row.Note = ui.T(ctx, "替%s", names.Of(ctx, o.Person))
		}
		if o.StandsIn == d.ID && o.InForce {
			row.State = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, "由%s替班", names.Of(ctx, o.Person))}
		}
	}
	return row
}

var weekdayNames = []string{ui.Key("周一"), ui.Key("周二"), ui.Key("周三"), ui.Key("周四"), ui.Key("周五"), ui.Key("周六"), ui.Key("周日")}

func weekdays(ctx context.Context) (out []ui.Option) {
	for i, name := range weekdayNames {
		out = append(out, ui.Option{Value: strconv.Itoa(i + 1), Label: ui.T(ctx, name)})
	}
	return out
}

func shiftText(ctx context.Context, s Shift) string {
	text := ui.T(ctx, "每天")
	if s.Weekdays != "" {
		days := make([]int, len(s.Weekdays))
		for i, c := range s.Weekdays {
			days[i] = int(c - '0')
		}
		text = daysText(ctx, days)
	}
	if s.Begins != "" {
		text += " " + s.Begins + "–" + s.Ends
	}
	return text
}

// daysText says days of the week, in order; three and more in a row by the first and the last.
func daysText(ctx context.Context, days []int) string {
	name := func(day int) string { return ui.T(ctx, weekdayNames[day-1]) }
	if n := len(days); n > 2 && days[n-1]-days[0] == n-1 {
		return ui.T(ctx, "%s至%s", name(days[0]), name(days[n-1]))
	}
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = name(d)
	}
	return strings.Join(words, "、")
}

func communities(cfg *blueprint.Config, tx tenants.Tx) (out []ui.Option) {
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			out = append(out, ui.Option{Value: u.Key, Label: u.Name})
		}
	}
	return out
}

// drawPage is the form for a new grid, or with g for a new outline of it.
func drawPage(ctx context.Context, tx tenants.Tx, r *web.Request, g *Grid, tried attempt) (view.Draw, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Draw{}, err
	}
	today := clock.DateOf(clock.Now(ctx))
	have, err := load(ctx, tx, today)
	if err != nil {
		return view.Draw{}, err
	}
	around := have.on(today)
	p := view.Draw{Form: tried.form(ctx, r, "draw", r.Path("/grids")), Title: ui.T(ctx, "划定网格"), Back: r.Path("/grids"), Communities: communities(cfg, tx)}
	for _, s := range geo.Systems {
		p.Systems = append(p.Systems, ui.Option{Value: string(s), Label: ui.T(ctx, s.Title())})
	}
	for _, k := range Kinds {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: ui.T(ctx, k.Title())})
	}
	for _, o := range around {
		if o.Kind == Comprehensive {
			p.Parents = append(p.Parents, ui.Option{Value: o.Code, Label: o.Name + " " + o.Code})
		}
	}
	focus := uuid.Nil
	if g != nil {
		p.Again, p.Title, p.Action, p.Back, focus = true, ui.T(ctx, "重新划定%s", g.Name), r.Path("/grids/%s/draw", g.ID), r.Path("/grids/%s", g.ID), g.ID
		if p.Say == "" {
			if shape, ok := have.shape[g.ID]; ok {
				text, err := shape.AsGeometry().SnapToGrid(7).MarshalJSON()
				if err != nil {
					return p, fmt.Errorf("outline of %s: %w", g.Code, err)
				}
				p.Values["shape"] = string(text)
			}
		}
	}
	if !onMap(around, focus) {
		focus = uuid.Nil
	}
	p.Map, _ = mapOfGrids(ctx, ui.T(ctx, "在图上画出边界"), around, focus, nil)
	for i := range p.Map.Areas {
		p.Map.Areas[i].Faint = true
	}
	if len(around) == 0 {
		p.Centre, p.Here = true, r.Path("/grids/new")
		p.Map = blank(ctx, p.Map.Name, geo.Fit(geom.NewEnvelope(centre(r)), picture))
		for _, name := range []string{"lon", "lat", "kind", "code", "name", "community", "phone", "from"} { // what was typed before moving the map
			if p.Values[name] == "" {
				p.Values[name] = r.Text(name)
			}
		}
	}
	return p, nil
}

// centre is where the reader wants the map to lie; without a word it is where the country's maps are centred.
func centre(r *web.Request) geom.XY {
	lon, err1 := strconv.ParseFloat(r.Text("lon"), 64)
	lat, err2 := strconv.ParseFloat(r.Text("lat"), 64)
	if err1 == nil && err2 == nil && geo.Within(lon, lat) {
		return geom.XY{X: lon, Y: lat}
	}
	return geom.XY{X: 108.95, Y: 34.27}
}

func takePage(ctx context.Context, r *web.Request, tried attempt) view.Take {
	p := view.Take{Form: tried.form(ctx, r, "take", r.Path("/grids/import")), Back: r.Path("/grids"), Whole: len(tried.typed["whole"]) > 0}
	for name, list := range tried.typed { // also when nothing was refused
		if len(list) > 0 {
			p.Values[name] = list[0]
		}
	}
	for _, s := range geo.Systems {
		p.Systems = append(p.Systems, ui.Option{Value: string(s), Label: ui.T(ctx, s.Title())})
	}
	for _, k := range Kinds {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: ui.T(ctx, k.Title())})
	}
	return p
}

// mostShown is how many rows of a trial without a problem are listed; those with one are always.
const mostShown = 200

// reportOf says what an import would do.
func reportOf(ctx context.Context, r Report) *view.Report {
	out := &view.Report{Closed: strings.Join(r.Closed, "、"), Ready: r.Refused == 0, Tone: ui.Good,
		Say: ui.T(ctx, "共 %d 个网格：新增 %d，重新划定 %d，不变 %d", len(r.Rows), r.Count(Fresh), r.Count(Again), r.Count(Same))}
	if r.Refused > 0 {
		out.Tone = ui.Bad
		out.Say = ui.T(ctx, "共 %d 个网格，其中 %d 个有问题。改正后整份文件才能导入，现在什么都没有写入", len(r.Rows), r.Refused)
	}
	states := map[Outcome]view.Tag{
		Fresh: {Tone: ui.Good, Text: ui.T(ctx, "新增")}, Again: {Tone: ui.Info, Text: ui.T(ctx, "重新划定")},
		Same: {Tone: ui.Neutral, Text: ui.T(ctx, "不变")}, Refused: {Tone: ui.Bad, Text: ui.T(ctx, "不能导入")},
	}
	var list []Placed
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Problem == nil {
			list = append(list, Placed{&Grid{ID: uuid.New(), Code: row.Code, Name: row.Name, Kind: row.Kind}, nil, row.Shape})
		}
		if row.Outcome != Refused && !row.Mended && i >= mostShown {
			out.Hidden++
			continue
		}
		line := view.ReportRow{N: row.N, Code: row.Code, Name: row.Name, Kind: ui.T(ctx, row.Kind.Title()), State: states[row.Outcome]}
		if row.Problem == nil {
			line.Area = areaText(ctx, row.Area)
		}
		for _, p := range row.Problems {
			line.Problems = append(line.Problems, p.In(ctx))
		}
		if row.Mended {
			line.Problems = append(line.Problems, ui.T(ctx, "已修去边界上细小的自相交"))
		}
		out.Rows = append(out.Rows, line)
	}
	if len(list) > 0 {
		out.Map, _ = mapOfGrids(ctx, ui.T(ctx, "文件中的网格"), list, uuid.Nil, nil)
	}
	return out
}

// link is a link as the value of a fact.
func link(href, text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<a href="%s">%s</a>`, templ.EscapeString(href), templ.EscapeString(text))
		return err
	})
}
