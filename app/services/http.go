package services

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/services"
)

func routes(r web.Routes) {
	r.Get("/services", auth.ServicesServe, desk)
	r.Get("/services/items", auth.ServicesServe, items)
	r.Look("/services/poor", auth.ShiftsLead, poor)
	r.Look("/services/{id}", auth.ServicesServe, sheet)
	r.Post("/services/{id}/take", auth.ServicesServe, post("take", "已接单", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) (*Booking, error) {
		return Take(ctx, tx, id)
	}))
	r.Post("/services/{id}/done", auth.ServicesServe, post("done", "已记录办理结果", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Booking, error) {
		return Finish(ctx, tx, id, r.Text("result"))
	}))
	r.Post("/services/{id}/cancel", auth.ServicesServe, post("cancel", "已取消预约", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Booking, error) {
		return Cancel(ctx, tx, id, r.Text("reason"))
	}))
}

// tabs lead between the pages of the window.
func tabs(ctx context.Context, tx tenants.Tx, r *web.Request, at string) []ui.Tab {
	out := []ui.Tab{{Label: ui.T(ctx, "预约"), Href: r.Path("/services"), Active: at == "desk"}, {Label: ui.T(ctx, "服务事项"), Href: r.Path("/services/items"), Active: at == "items"}}
	if auth.Can(tx.Actor(), auth.ShiftsLead, "") {
		out = append(out, ui.Tab{Label: ui.T(ctx, "差评"), Href: r.Path("/services/poor"), Active: at == "poor"})
	}
	return out
}

func desk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	day, ok := clock.ParseDate(r.Text("day"))
	if !ok {
		day = clock.DateOf(clock.Now(ctx))
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := OfDay(ctx, tx, day)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Desk{Tabs: tabs(ctx, tx, r, "desk"), Day: string(day), Action: r.Path("/services"), Before: r.Path("/services?day=%s", string(day.Add(-1))), Next: r.Path("/services?day=%s", string(day.Add(1)))}
	for _, b := range list {
		p.Rows = append(p.Rows, row(ctx, r, cfg, b, "/services/%s"))
	}
	return web.Page(ui.T(ctx, "办事服务"), view.DeskPage(p)), nil
}

func items(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Items{Tabs: tabs(ctx, tx, r, "items")}
	if auth.Can(tx.Actor(), auth.ConfigWrite, "") {
		p.Edit = r.Path("/admin/items/service")
	}
	for _, s := range cfg.Services.All() {
		out := view.ItemRow{Title: s.Title, Type: ui.T(ctx, typeTitles[s.Type]), Unit: unit(cfg, s.Unit), Limit: promised(ctx, s), Sample: s.Sample}
		for _, k := range KindsOf(s) {
			out.Kinds = append(out.Kinds, ui.T(ctx, k.Title()))
		}
		p.Rows = append(p.Rows, out)
	}
	return web.Page(ui.T(ctx, "服务事项"), view.ItemsPage(p)), nil
}

// poor shows the shift lead what displeased, and writes down that he read it.
func poor(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := PoorlyRated(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Poor{Tabs: tabs(ctx, tx, r, "poor")}
	var ids []uuid.UUID
	var staff []int64
	for _, b := range list {
		ids, staff = append(ids, b.ID), append(staff, b.DoneBy)
	}
	names, err := auth.Names(ctx, tx, staff...)
	if err != nil {
		return web.Reply{}, err
	}
	for _, b := range list {
		w, err := b.Open(box)
		if err != nil {
			return web.Reply{}, err
		}
		p.Rows = append(p.Rows, view.PoorRow{Row: row(ctx, r, cfg, b, "/services/%s"), Words: w.Rating, By: names.Of(ctx, b.DoneBy), At: b.RatedAt})
	}
	if err := tx.LookedAll(ctx, tenants.Look{Object: "booking", Fields: []string{"rating"}, Purpose: "serve"}, ids); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "差评"), view.PoorPage(p)), nil
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showSheet(ctx, tx, r, id, "", nil)
}

// post serves one verb of the staff: refused for its fields, the sheet comes back with what was typed.
func post(verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Booking, error)) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		b, err := do(ctx, tx, r, id)
		if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
			reply, err := showSheet(ctx, tx, r, id, verb, f)
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/services/%s", b.ID), say).Or(told{b.ID, b.Number, b.State}), nil
	}
}

// told is what a program hears of a booking after a change.
type told struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
	State  State     `json:"state"`
}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried string, f *fault.Error) (web.Reply, error) {
	b, err := read(ctx, tx, id, false)
	if err != nil {
		return web.Reply{}, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	w, err := b.Open(box)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Sheet{Row: row(ctx, r, cfg, b, "/services/%s"), Back: r.Path("/services?day=%s", string(b.Day)), Facts: []ui.Fact{
		{Label: ui.T(ctx, "服务时间"), Value: ui.Time(b.Begins())}, {Label: ui.T(ctx, "服务方式"), Value: ui.T(ctx, b.Kind.Title())},
		{Label: ui.T(ctx, "预约人"), Value: w.Name}, {Label: ui.T(ctx, "联系电话"), Value: w.Phone},
	}}
	for _, line := range []ui.Fact{{Label: ui.T(ctx, "上门地址"), Value: w.Address}, {Label: ui.T(ctx, "说明"), Value: w.Note}, {Label: ui.T(ctx, "办理结果"), Value: w.Result},
		{Label: ui.T(ctx, "取消原因"), Value: w.Reason}, {Label: ui.T(ctx, "评价内容"), Value: w.Rating}} {
		if line.Wide = true; line.Value != "" {
			p.Facts = append(p.Facts, line)
		}
	}
	if p.Past, err = past(ctx, tx, b); err != nil {
		return web.Reply{}, err
	}
	p.Acts = acts(ctx, r, b, tried, f)
	if err := tx.Looked(ctx, tenants.Look{Object: "booking", ObjectID: b.ID, Fields: []string{"booker", "phone", "address"}, Purpose: "serve"}); err != nil {
		return web.Reply{}, err
	}
	return web.Page(p.Title, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "办事服务"), r.Path("/services")), web.Crumb(b.Number, "")), nil
}

// acts are what the staff may do with a booking now.
func acts(ctx context.Context, r *web.Request, b *Booking, tried string, f *fault.Error) (out []caseview.Act) {
	form := func(verb, title string, fields ...caseview.Ask) caseview.Act {
		a := caseview.Act{Button: title, Fields: fields}
		a.Form = caseview.Form{Title: title, Action: r.Path("/services/%s/"+verb, b.ID), Guard: r.Guard(), Key: verb, Values: map[string]string{}, Errors: map[string]string{}}
		if tried != verb || f == nil {
			return a
		}
		a.Say = ui.T(ctx, f.Say, f.Args...)
		for name, say := range f.Fields {
			a.Values[name], a.Errors[name] = r.Text(name), ui.T(ctx, say)
		}
		return a
	}
	switch b.State {
	case Booked:
		out = append(out, form("take", ui.T(ctx, "接单")))
	case Taken:
		out = append(out, form("done", ui.T(ctx, "办结预约"), caseview.Ask{Kind: caseview.AskWords, Name: "result", Label: ui.T(ctx, "办理结果"), Help: ui.T(ctx, "居民会看到"), Required: true}))
	}
	if b.State.Open() {
		off := form("cancel", ui.T(ctx, "取消预约"), caseview.Ask{Kind: caseview.AskWords, Name: "reason", Label: ui.T(ctx, "取消原因"), Help: ui.T(ctx, "居民会看到"), Required: true})
		off.Folded = true
		out = append(out, off)
	}
	return out
}

func past(ctx context.Context, tx tenants.Tx, b *Booking) (out []ui.Moment, err error) {
	names, err := auth.Names(ctx, tx, b.TakenBy, b.DoneBy, b.CancelledBy)
	if err != nil {
		return nil, err
	}
	booker := ui.T(ctx, "预约人")
	out = append(out, ui.Moment{At: b.MadeAt, Actor: booker, Act: ui.T(ctx, "预约"), Tone: ui.Info})
	if b.TakenBy != 0 {
		out = append(out, ui.Moment{At: b.TakenAt, Actor: names.Of(ctx, b.TakenBy), Act: ui.T(ctx, "接单"), Tone: ui.Info})
	}
	if b.DoneBy != 0 {
		out = append(out, ui.Moment{At: b.DoneAt, Actor: names.Of(ctx, b.DoneBy), Act: ui.T(ctx, "办结预约"), Tone: ui.Good})
	}
	if b.CancelledBy != 0 {
		by := booker
		if b.CancelledBy != b.Person {
			by = names.Of(ctx, b.CancelledBy)
		}
		out = append(out, ui.Moment{At: b.CancelledAt, Actor: by, Act: ui.T(ctx, "取消预约"), Tone: ui.Neutral})
	}
	if b.Rating != 0 {
		out = append(out, ui.Moment{At: b.RatedAt, Actor: booker, Act: ui.T(ctx, b.Rating.Title()), Tone: ratingTone(b.Rating)})
	}
	return out, nil
}

func ratingTone(r Rating) ui.Tone {
	if r <= Poor {
		return ui.Bad
	}
	return ui.Good
}

var stateTones = map[State]ui.Tone{Booked: ui.Warn, Taken: ui.Info, Done: ui.Good, Cancelled: ui.Neutral}

func row(ctx context.Context, r *web.Request, cfg *blueprint.Config, b *Booking, path string) view.Row {
	out := view.Row{ID: b.ID.String(), Number: b.Number, Title: b.Item, Kind: ui.T(ctx, b.Kind.Title()), Begins: b.Begins(), State: ui.T(ctx, b.State.Title()), Tone: stateTones[b.State],
		Rate: b.State == Done && b.Rating == 0, Href: r.Path(path, b.ID)}
	if s, ok := cfg.Services.Find(b.Item); ok {
		out.Title = s.Title
	}
	if b.Rating != 0 {
		out.Rating = ui.T(ctx, b.Rating.Title())
	}
	return out
}

func unit(cfg *blueprint.Config, key string) string {
	u, ok := cfg.UnitOf(key)
	switch {
	case !ok:
		return key
	case u.Short != "":
		return u.Short
	}
	return u.Name
}

var typeTitles = map[blueprint.ServiceType]string{
	"public": ui.Key("公共服务"), "license": ui.Key("行政许可"), "confirmation": ui.Key("行政确认"), "payment": ui.Key("行政给付"), "reward": ui.Key("行政奖励"), "other": ui.Key("其他行政权力"),
}

func limit(ctx context.Context, l blueprint.Limit) string {
	switch l.Unit {
	case blueprint.UrgentHour:
		return ui.T(ctx, "%d 紧急工作时", l.Value)
	case blueprint.WorkingHour:
		return ui.T(ctx, "%d 工作时", l.Value)
	case blueprint.WorkingDay:
		return ui.T(ctx, "%d 工作日", l.Value)
	case blueprint.CalendarDay:
	}
	return ui.T(ctx, "%d 自然日", l.Value)
}

func promised(ctx context.Context, s blueprint.Service) string {
	switch {
	case s.Promised != nil:
		return limit(ctx, *s.Promised)
	case s.Statutory != nil:
		return limit(ctx, *s.Statutory)
	}
	return ui.T(ctx, "当场办结")
}

// hours are the window's in words: the working calendar's where an item names none.
func hours(ctx context.Context, cfg *blueprint.Config, s blueprint.Service) string {
	if s.Hours != "" {
		return s.Hours
	}
	out := ui.T(ctx, "工作日")
	for _, p := range cases.CalendarOf(cfg).Hours {
		out += " " + p.From + "-" + p.To
	}
	return out
}
