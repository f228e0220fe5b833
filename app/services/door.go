package services

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/resident"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/services"
)

// AtDoor puts the guide and the bookings at the residents' door. The guide is for everybody; who books signs in.
func AtDoor(d resident.Door) {
	d.Open(moduleKey, "/guide", guide)
	d.Open(moduleKey, "/guide/{key}", item)
	d.Get(moduleKey, "/guide/{key}/book", bookForm)
	d.Post(moduleKey, "/guide/{key}/book", book)
	d.Get(moduleKey, "/bookings", mine)
	d.Get(moduleKey, "/bookings/{id}", own)
	d.Post(moduleKey, "/bookings/{id}/cancel", ownVerb("已取消预约", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Cancel(ctx, tx, id, r.Text("reason"))
		return err
	}))
	d.Post(moduleKey, "/bookings/{id}/rate", ownVerb("感谢您的评价", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Rate(ctx, tx, id, Rating(r.Int("rating", 0)), r.Text("words"))
		return err
	}))
}

var eventTitles = map[blueprint.LifeEvent]string{
	"birth": ui.Key("生育"), "school": ui.Key("上学"), "work": ui.Key("就业创业"), "marriage": ui.Key("婚姻家庭"), "housing": ui.Key("住房居住"), "health": ui.Key("看病就医"),
	"disability": ui.Key("助残"), "hardship": ui.Key("困难救助"), "veteran": ui.Key("退役军人"), "retirement": ui.Key("养老"), "death": ui.Key("身后事"), "shop": ui.Key("开店经营"),
}

func guide(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	words := []rune(r.Text("q"))
	p := view.Guide{Base: r.Base, Words: string(words[:min(len(words), 40)]), Event: r.Text("event"), Signed: me != nil}
	if _, known := eventTitles[blueprint.LifeEvent(p.Event)]; !known {
		p.Event = ""
	}
	p.Events = append(p.Events, view.Event{Title: ui.T(ctx, "全部"), Href: r.Path("/guide"), Active: p.Event == ""})
	for _, e := range blueprint.LifeEvents {
		p.Events = append(p.Events, view.Event{Key: string(e), Title: ui.T(ctx, eventTitles[e]), Href: r.Path("/guide?event=%s", string(e)), Active: p.Event == string(e)})
	}
	for _, s := range Search(cfg, Wanted{p.Words, blueprint.LifeEvent(p.Event)}) {
		out := view.GuideRow{Key: s.Key, Title: s.Title, Who: s.Who, Limit: promised(ctx, s), Href: r.Path("/guide/%s", s.Key)}
		for _, k := range KindsOf(s) {
			out.Kinds = append(out.Kinds, ui.T(ctx, k.Title()))
		}
		p.Rows = append(p.Rows, out)
	}
	return web.Page(ui.T(ctx, "办事指南"), view.GuidePage(p)).Data(p), nil
}

// found is the item of the address, unless it has retired.
func found(ctx context.Context, tx tenants.Tx, r *web.Request) (*blueprint.Config, blueprint.Service, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, blueprint.Service{}, err
	}
	s, ok := cfg.Services.Find(r.PathValue("key"))
	if !ok || s.Retired {
		return nil, s, errNone()
	}
	return cfg, s, nil
}

func item(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	cfg, s, err := found(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Item{Base: r.Base, Key: s.Key, Title: s.Title, Sample: s.Sample, Steps: s.Steps, Phone: s.Phone, Print: r.Text("print") != ""}
	if p.Phone == "" {
		p.Phone = resident.Hotline(cfg)
	}
	if len(KindsOf(s)) > 0 && tx.Tenant().State.Writable() {
		p.Bookable, p.Book = true, r.Path("/guide/%s/book", s.Key)
	}
	statutory := ""
	if s.Statutory != nil {
		statutory = limit(ctx, *s.Statutory)
	}
	for _, f := range []ui.Fact{
		{Label: ui.T(ctx, "谁能办"), Value: s.Who}, {Label: ui.T(ctx, "受理条件"), Value: s.Condition}, {Label: ui.T(ctx, "承诺时限"), Value: promised(ctx, s)}, {Label: ui.T(ctx, "法定时限"), Value: statutory},
		{Label: ui.T(ctx, "要跑几次"), Value: ui.T(ctx, "%d 次", s.Visits)}, {Label: ui.T(ctx, "收费"), Value: s.Fee}, {Label: ui.T(ctx, "办好拿到"), Value: s.Result}, {Label: ui.T(ctx, "在哪里办"), Value: s.Place},
		{Label: ui.T(ctx, "办理时间"), Value: hours(ctx, cfg, s)}, {Label: ui.T(ctx, "网上办"), Value: s.Online}, {Label: ui.T(ctx, "承办单位"), Value: unit(cfg, s.Unit)},
		{Label: ui.T(ctx, "事项类型"), Value: ui.T(ctx, typeTitles[s.Type])}, {Label: ui.T(ctx, "事项编码"), Value: s.Code}, {Label: ui.T(ctx, "设定依据"), Value: s.Basis},
	} {
		if f.Value != "" {
			p.Facts = append(p.Facts, f)
		}
	}
	for _, m := range s.Materials {
		note := m.Form
		if m.Copies > 0 {
			note += "　" + ui.T(ctx, "%d 份", m.Copies)
		}
		if m.From != "" {
			note += "　" + m.From
		}
		p.Materials = append(p.Materials, view.Material{Name: m.Name, Note: note, When: m.When})
	}
	return web.Page(s.Title, view.ItemPage(p)).Data(p), nil
}

func bookForm(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	return bookPage(ctx, tx, r, me, nil)
}

func bookPage(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident, f *fault.Error) (web.Reply, error) {
	cfg, s, err := found(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	if len(KindsOf(s)) == 0 {
		return web.Reply{}, errNone()
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Book{Form: resident.Form(ctx, r, f), Base: r.Base, Key: s.Key, Title: s.Title, Day: r.Text("day")}
	if p.Name, p.Phone, err = me.Open(box); err != nil {
		return web.Reply{}, err
	}
	for _, k := range KindsOf(s) {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: ui.T(ctx, k.Title())})
	}
	days, err := Days(ctx, cfg)
	if err != nil {
		return web.Reply{}, err
	}
	chosen := clock.Date("")
	for _, d := range days {
		if chosen == "" || string(d) == p.Day {
			chosen = d
		}
	}
	for _, d := range days {
		p.Days = append(p.Days, view.Day{Day: string(d), Title: dayTitle(ctx, d), Href: r.Path("/guide/%s/book?day=%s", s.Key, string(d)), Active: d == chosen})
	}
	p.Day = string(chosen)
	slots, err := Slots(ctx, tx, cfg, chosen)
	if err != nil {
		return web.Reply{}, err
	}
	for _, at := range slots {
		if at.Left > 0 {
			p.Slots = append(p.Slots, ui.Option{Value: at.At, Label: ui.T(ctx, "%s（剩 %d 位）", at.At, at.Left)})
		}
	}
	reply := web.Page(s.Title, view.BookPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

var weekdays = [...]string{ui.Key("周一"), ui.Key("周二"), ui.Key("周三"), ui.Key("周四"), ui.Key("周五"), ui.Key("周六"), ui.Key("周日")}

func dayTitle(ctx context.Context, d clock.Date) string {
	return string(d)[5:] + " " + ui.T(ctx, weekdays[d.Weekday()-1])
}

func book(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	day, _ := clock.ParseDate(r.Text("day"))
	b, err := Book(ctx, tx, Wish{Item: r.PathValue("key"), Kind: Kind(r.Text("kind")), Day: day, Slot: r.Text("slot"),
		Words: Words{Name: r.Text("name"), Phone: r.Text("phone"), Address: r.Text("address"), Note: r.Text("note")}})
	if f := resident.Refused(r, err); f != nil {
		return bookPage(ctx, tx, r, me, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/bookings/%s", b.ID), "已预约").Or(told{b.ID, b.Number, b.State}), nil
}

func mine(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := Mine(ctx, tx, 100)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Mine{Base: r.Base}
	for _, b := range list {
		p.Rows = append(p.Rows, row(ctx, r, cfg, b, "/bookings/%s"))
	}
	return web.Page(ui.T(ctx, "我的预约"), view.MinePage(p)).Data(p), nil
}

func own(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return ownPage(ctx, tx, r, id, nil)
}

func ownPage(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, f *fault.Error) (web.Reply, error) {
	b, err := Own(ctx, tx, id)
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
	p := view.Own{Form: resident.Form(ctx, r, f), Row: row(ctx, r, cfg, b, "/bookings/%s"), Base: r.Base, Address: w.Address, Note: w.Note, Result: w.Result, Reason: w.Reason, Said: w.Rating,
		Open: b.State.Open(), Steps: steps(ctx, b)}
	for _, level := range Ratings {
		p.Levels = append(p.Levels, ui.Option{Value: strconv.Itoa(int(level)), Label: ui.T(ctx, level.Title())})
	}
	reply := web.Page(p.Row.Title, view.OwnPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

func steps(ctx context.Context, b *Booking) []ui.Step {
	out := []ui.Step{{Label: ui.T(ctx, "已预约"), Note: ui.Time(b.MadeAt), State: ui.Done}}
	if b.State == Cancelled {
		return append(out, ui.Step{Label: ui.T(ctx, "已取消"), Note: ui.Time(b.CancelledAt), State: ui.Stuck})
	}
	at := func(label, note string, done, now bool) {
		s := ui.Step{Label: label, State: ui.Todo}
		switch {
		case done:
			s.State, s.Note = ui.Done, note
		case now:
			s.State = ui.Now
		}
		out = append(out, s)
	}
	at(ui.T(ctx, "工作人员接单"), ui.Time(b.TakenAt), b.TakenBy != 0, b.State == Booked)
	at(ui.T(ctx, "办结"), ui.Time(b.DoneAt), b.State == Done, b.State == Taken)
	at(ui.T(ctx, "您的评价"), ui.Time(b.RatedAt), b.Rating != 0, b.State == Done)
	return out
}

// ownVerb serves a change of one's own booking.
func ownVerb(say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error) resident.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		if _, err := Own(ctx, tx, id); err != nil {
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := resident.Refused(r, err); f != nil {
			return ownPage(ctx, tx, r, id, f)
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/bookings/%s", id), say).Or(struct{}{}), nil
	}
}
