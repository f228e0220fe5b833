package grids

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/grids/patrol"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/grids"
)

func patrolRoutes(r web.Routes) {
	r.Get("/patrols", "", patrols)
	r.Get("/patrols/new", auth.PatrolsPlan, planForm)
	r.Post("/patrols", auth.PatrolsPlan, postPlan)
	r.Get("/patrols/{id}", "", patrolSheet)
	r.Post("/patrols/{id}/stop", auth.PatrolsPlan, stopPatrol)
	r.Get("/rounds/{id}", "", round)
	r.Post("/rounds/{id}", auth.PatrolsDo, finishRound)
	r.Post("/rounds/{id}/points", auth.PatrolsDo, checkPoint)
}

// waiting is the menu's badge.
func waiting(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
	return patrol.Count(ctx, tx)
}

func patrols(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p := view.Patrols{Tabs: tabs(ctx, r, true), Mine: auth.CanSomewhere(tx.Actor(), auth.PatrolsDo)}
	if auth.CanSomewhere(tx.Actor(), auth.PatrolsPlan) {
		p.New = r.Path("/patrols/new")
	}
	open, err := patrol.Waiting(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	for i := range open {
		p.Waiting = append(p.Waiting, roundRow(ctx, r, nil, &open[i]))
	}
	p.List, err = patrolsOf(ctx, tx, r, uuid.Nil)
	return web.Page(ui.T(ctx, "巡查"), view.PatrolsPage(p)), err
}

func patrolRow(ctx context.Context, r *web.Request, p *patrol.Patrol) view.PatrolRow {
	return view.PatrolRow{Href: r.Path("/patrols/%s", p.ID), Title: p.Title, Grid: p.GridName, Often: often(ctx, p.Frequency()), Next: string(p.NextOn), Last: string(p.ToOn)}
}

func roundRow(ctx context.Context, r *web.Request, names auth.Called, x *patrol.Round) view.RoundRow {
	row := view.RoundRow{Href: r.Path("/rounds/%s", x.ID), Title: x.Title, Grid: x.GridName, Due: string(x.DueOn), Until: string(x.UntilOn), State: roundState(ctx, x.State),
		At: timeText(x.DoneAt), Found: x.Found}
	if x.DoneBy != 0 {
		row.By = names.Of(ctx, x.DoneBy)
	}
	return row
}

func roundState(ctx context.Context, s patrol.State) view.Tag {
	tones := map[patrol.State]ui.Tone{patrol.Open: ui.Warn, patrol.Done: ui.Good, patrol.Missed: ui.Bad}
	return view.Tag{Tone: tones[s], Text: ui.T(ctx, s.Title())}
}

// often says a frequency in words.
func often(ctx context.Context, f patrol.Frequency) string {
	text := ui.T(ctx, f.Every.Title())
	switch f.Every {
	case patrol.EveryWeek:
		return text + " " + daysText(ctx, f.Days)
	case patrol.EveryMonth:
		days := make([]string, len(f.Days))
		for i, d := range f.Days {
			days[i] = ui.T(ctx, "%d日", d)
		}
		return text + " " + strings.Join(days, "、")
	case patrol.EveryDay, patrol.EveryWorkday:
	}
	return text
}

func planForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showPlan(ctx, tx, r, attempt{})
}

func showPlan(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	list, err := On(ctx, tx, clock.DateOf(clock.Now(ctx)))
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Plan{Form: tried.form(ctx, r, "plan", r.Path("/patrols")), Back: r.Path("/patrols"), Days: weekdays(ctx), Chosen: tried.chosen("days")}
	for name, fallback := range map[string]string{"every": string(patrol.EveryWeek), "within": "1", "grid": r.Text("grid")} {
		if p.Values[name] == "" {
			p.Values[name] = fallback
		}
	}
	for _, e := range patrol.Frequencies {
		p.Every = append(p.Every, ui.Option{Value: string(e), Label: ui.T(ctx, e.Title())})
	}
	codes := map[uuid.UUID]string{}
	for _, g := range list {
		codes[g.ID] = g.Code
	}
	for _, g := range list {
		if (patrol.Place{Grid: g.Code, Community: g.Community, Around: codes[g.Parent]}).MayPlan(tx.Actor()) {
			p.Grids = append(p.Grids, ui.Option{Value: g.ID.String(), Label: g.Name + " " + g.Code})
		}
	}
	p.Map, _ = mapOfGrids(ctx, ui.T(ctx, "在图上画出巡查路线"), list, uuid.Nil, nil)
	title := ui.T(ctx, "安排巡查")
	return web.Page(title, view.PlanPage(p)).Under(web.Crumb(ui.T(ctx, "巡查"), r.Path("/patrols")), web.Crumb(title, "")), nil
}

func readOrder(r *web.Request) (in patrol.Order, err error) {
	in = patrol.Order{Title: r.Text("title"), Note: r.Text("note"), Frequency: patrol.Frequency{Every: patrol.Every(r.Text("every"))}, Within: r.Int("within", 1)}
	in.Grid, _ = uuid.Parse(r.Text("grid")) // none is refused as one that is not there
	days := r.PostForm["days"]
	if in.Every == patrol.EveryMonth {
		days = strings.Fields(r.Text("month_days"))
	}
	for _, word := range days {
		n, err := strconv.Atoi(word)
		if err != nil {
			return in, fault.Field("days", "请选择巡查的日子")
		}
		in.Days = append(in.Days, n)
	}
	if in.From, err = dayOf(r, "from"); err != nil {
		return in, err
	}
	if in.To, err = dayOf(r, "to"); err != nil {
		return in, err
	}
	if text := r.Text("route"); text != "" {
		route, problem := geo.Route([]byte(text), geo.CGCS2000)
		if problem != nil {
			return in, fault.New(fault.Invalid, problem.Say, problem.Args...)
		}
		in.Route = route
	}
	return in, nil
}

func postPlan(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	in, err := readOrder(r)
	var p *patrol.Patrol
	if err == nil {
		p, err = patrol.Plan(ctx, tx, in)
	}
	if f := refused(r, err); f != nil {
		reply, err := showPlan(ctx, tx, r, attempt{"plan", f, r.PostForm})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/patrols/%s", p.ID), "已安排"), nil
}

// lastRounds is how many rounds a patrol's page shows.
const lastRounds = 60

func patrolSheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	p, err := patrol.Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	route, err := p.Lies()
	if err != nil {
		return web.Reply{}, err
	}
	list, err := patrol.RoundsOf(ctx, tx, id, lastRounds)
	if err != nil {
		return web.Reply{}, err
	}
	var persons []int64
	for _, x := range list {
		persons = append(persons, x.DoneBy)
	}
	names, err := auth.Names(ctx, tx, persons...)
	if err != nil {
		return web.Reply{}, err
	}
	out := view.Patrol{Title: p.Title, Facts: patrolFacts(ctx, r, p)}
	if out.Map, err = routeMap(ctx, tx, p, route); err != nil {
		return web.Reply{}, err
	}
	for i := range list {
		out.Rounds = append(out.Rounds, roundRow(ctx, r, names, &list[i]))
	}
	if p.StoppedAt.IsZero() && p.MayPlan(tx.Actor()) {
		f := attempt{}.form(ctx, r, "stop", r.Path("/patrols/%s/stop", p.ID))
		out.Stop = &f
	}
	return web.Page(p.Title, view.PatrolPage(out)).Under(web.Crumb(ui.T(ctx, "巡查"), r.Path("/patrols")), web.Crumb(p.Title, "")), nil
}

func patrolFacts(ctx context.Context, r *web.Request, p *patrol.Patrol) []ui.Fact {
	facts := []ui.Fact{
		{Label: ui.T(ctx, "网格"), Body: link(r.Path("/grids/%s", p.GridID), p.GridName)}, {Label: ui.T(ctx, "频次"), Value: often(ctx, p.Frequency())},
		{Label: ui.T(ctx, "几天内完成"), Value: strconv.Itoa(int(p.Within))}, {Label: ui.T(ctx, "起止"), Value: span(ctx, p.FromOn, p.ToOn)},
		{Label: ui.T(ctx, "下一次"), Value: string(p.NextOn)}, {Label: ui.T(ctx, "巡查要点"), Value: p.Note, Wide: true},
	}
	if !p.StoppedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: ui.T(ctx, "已停止"), Value: ui.Time(p.StoppedAt)})
	}
	return facts
}

// routeMap shows a patrol's route in its grid, and points on it.
func routeMap(ctx context.Context, tx tenants.Tx, p *patrol.Patrol, route geom.Geometry, spots ...geom.Geometry) (view.Map, error) {
	list, err := On(ctx, tx, clock.DateOf(clock.Now(ctx)))
	if err != nil {
		return view.Map{}, err
	}
	focus := p.GridID
	if !onMap(list, focus) {
		focus = uuid.Nil
	}
	m, c := mapOfGrids(ctx, ui.T(ctx, "%s的路线", p.Title), list, focus, nil, route)
	for _, g := range append([]geom.Geometry{route}, spots...) {
		drawOn(&m, c, g)
	}
	return m, nil
}

func stopPatrol(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	if err := patrol.Stop(ctx, tx, id); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/patrols/%s", id), "已停止"), nil
}

func round(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showRound(ctx, tx, r, attempt{})
}

func showRound(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	x, err := patrol.RoundOf(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := patrol.Find(ctx, tx, x.PatrolID)
	if err != nil {
		return web.Reply{}, err
	}
	route, err := p.Lies()
	if err != nil {
		return web.Reply{}, err
	}
	out := view.Round{Title: p.Title, State: roundState(ctx, x.State), Facts: []ui.Fact{
		{Label: ui.T(ctx, "网格"), Value: p.GridName}, {Label: ui.T(ctx, "应巡查日期"), Value: string(x.DueOn)}, {Label: ui.T(ctx, "最迟完成"), Value: string(x.UntilOn)},
		{Label: ui.T(ctx, "巡查要点"), Value: p.Note, Wide: true},
	}}
	var spots []geom.Geometry
	if x.State == patrol.Done {
		facts, at, err := result(ctx, tx, x)
		if err != nil {
			return web.Reply{}, err
		}
		out.Facts, spots = append(out.Facts, facts...), []geom.Geometry{at}
	}
	if out.Map, err = routeMap(ctx, tx, p, route, spots...); err != nil {
		return web.Reply{}, err
	}
	points := patrol.Points(route)
	if out.Points, err = pointRows(ctx, tx, x, len(points)); err != nil {
		return web.Reply{}, err
	}
	number(&out.Map, points)
	if x.State == patrol.Open && x.MayDo(tx.Actor()) {
		finish, check := tried.form(ctx, r, "round", r.Path("/rounds/%s", x.ID)), tried.form(ctx, r, "point", r.Path("/rounds/%s/points", x.ID))
		out.Finish, out.Check = &finish, &check
	}
	if x.MayDo(tx.Actor()) && auth.CanSomewhere(tx.Actor(), auth.CasesReport) {
		out.Report = r.Path("/cases/new")
	}
	return web.Page(p.Title, view.RoundPage(out)).Under(web.Crumb(ui.T(ctx, "巡查"), r.Path("/patrols")), web.Crumb(p.Title, r.Path("/patrols/%s", p.ID)), web.Crumb(string(x.DueOn), "")), nil
}

// number writes the numbers of a patrol's points upon a map.
func number(m *view.Map, points []geom.XY) {
	c := geo.Canvas{West: m.West, North: m.North, PerLon: m.PerLon, PerLat: m.PerLat}
	for i, p := range points {
		x, y := c.XY(p)
		m.Numbers = append(m.Numbers, view.Number{X: x, Y: y, N: strconv.Itoa(i + 1)})
	}
}

// pointRows are a round's points with what was found at each, the last time.
func pointRows(ctx context.Context, tx tenants.Tx, x *patrol.Round, points int) ([]view.PointRow, error) {
	list, err := patrol.ChecksOf(ctx, tx, x.ID)
	if err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	var people []int64
	for _, k := range list {
		people = append(people, k.Person)
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	out := make([]view.PointRow, points)
	for i := range out {
		out[i] = view.PointRow{N: i + 1, State: view.Tag{Tone: ui.Neutral, Text: ui.T(ctx, "未查看")}}
	}
	for i := range list {
		k := &list[i]
		if int(k.Point) > points {
			continue
		}
		row := &out[k.Point-1]
		if row.Words, err = k.Read(box); err != nil {
			return nil, err
		}
		row.By, row.At, row.State = names.Of(ctx, k.Person), ui.Time(k.SeenAt), view.Tag{Tone: ui.Good, Text: ui.T(ctx, "未发现问题")}
		row.Away = ""
		if k.Away != nil {
			row.Away = ui.T(ctx, "距点位 %s 米", ui.Number(*k.Away))
		}
		if k.Found {
			row.State = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, "发现问题")}
		}
	}
	return out, nil
}

// result is what was reported of a round.
func result(ctx context.Context, tx tenants.Tx, x *patrol.Round) ([]ui.Fact, geom.Geometry, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, geom.Geometry{}, err
	}
	words, spots, err := x.Read(box)
	if err != nil {
		return nil, spots, err
	}
	names, err := auth.Names(ctx, tx, x.DoneBy)
	if err != nil {
		return nil, spots, err
	}
	found := ui.T(ctx, "未发现问题")
	if x.Found {
		found = ui.T(ctx, "发现问题")
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "巡查人"), Value: names.Of(ctx, x.DoneBy)}, {Label: ui.T(ctx, "完成时间"), Value: ui.Time(x.DoneAt)},
		{Label: ui.T(ctx, "结果"), Value: found}, {Label: ui.T(ctx, "巡查情况"), Value: words, Wide: true},
	}, spots, nil
}

func finishRound(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	if ctx, err = r.Kept(ctx, tx); err != nil {
		return web.Reply{}, err
	}
	in := patrol.Result{Words: r.Text("words"), Found: r.Text("found") != ""}
	if text := r.Text("spots"); text != "" {
		spots, problem := geo.Route([]byte(text), geo.CGCS2000)
		if problem != nil {
			err = fault.New(fault.Invalid, problem.Say, problem.Args...)
		}
		in.Spots = spots
	}
	if err == nil {
		_, err = patrol.Finish(ctx, tx, id, in)
	}
	if f := refused(r, err); f != nil {
		reply, err := showRound(ctx, tx, r, attempt{"round", f, r.PostForm})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/rounds/%s", id), "已提交").Or(map[string]string{"state": string(patrol.Done)}), nil
}

func checkPoint(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	if ctx, err = r.Kept(ctx, tx); err != nil {
		return web.Reply{}, err
	}
	in := patrol.Finding{Point: r.Int("point", 0), Found: r.Text("found") != "", Words: r.Text("words"), Spot: spotOf(r)}
	if made, err := uuid.Parse(r.Text("id")); err == nil && made.Version() == 7 {
		in.ID = made
	}
	x, err := patrol.CheckPoint(ctx, tx, id, in)
	if f := refused(r, err); f != nil {
		reply, err := showRound(ctx, tx, r, attempt{"point", f, r.PostForm})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/rounds/%s", id), "已记录").Or(map[string]string{"state": string(x.State)}), nil
}

// spotOf is where a device says that it was; nil where it does not say, or not where it can be.
func spotOf(r *web.Request) *geom.XY {
	lon, err1 := strconv.ParseFloat(r.Text("lon"), 64)
	lat, err2 := strconv.ParseFloat(r.Text("lat"), 64)
	system := geo.System(r.Text("system"))
	if err1 != nil || err2 != nil || !system.Known() || !geo.Within(lon, lat) {
		return nil
	}
	p := system.In(geom.XY{X: lon, Y: lat})
	return &p
}
