package community

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files/pictures"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/community"
)

// timeOf reads a point in time; what is none is zero, which the rules refuse where there must be one.
func timeOf(r *web.Request, name string) time.Time {
	t, err := r.Moment(name)
	if err != nil {
		return time.Time{}
	}
	return t
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func arrangement(r *web.Request) Arrangement {
	a := Arrangement{Begins: timeOf(r, "begins"), Ends: timeOf(r, "ends"), SignupUntil: timeOf(r, "signup_until"), Venue: r.Text("venue")}
	if text := r.Text("capacity"); text != "" {
		a.Capacity = r.Int("capacity", -1)
	}
	return a
}

// whole stands for the whole street among the communities of a form.
const whole = "street"

func communityOf(r *web.Request) string {
	if c := r.Text("community"); c != whole {
		return c
	}
	return ""
}

// ranges are where the actor writes.
func ranges(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (out []ui.Option) {
	if mayWrite(tx.Actor(), "") {
		out = append(out, ui.Option{Value: whole, Label: ui.T(ctx, "全街道")})
	}
	for _, u := range communities(cfg, tx) {
		if mayWrite(tx.Actor(), u.Key) {
			out = append(out, ui.Option{Value: u.Key, Label: u.Name})
		}
	}
	return out
}

func rangeOf(community string) string {
	if community == "" {
		return whole
	}
	return community
}

func fresh(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return editPage(ctx, tx, r, nil, nil)
}

func edit(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	o, err := toChange(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return editPage(ctx, tx, r, o, nil)
}

// toChange is the draft of the address that the actor may change.
func toChange(ctx context.Context, tx tenants.Tx, r *web.Request) (*Post, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	o, err := Find(ctx, tx, id)
	if err == nil && !mayChange(tx.Actor(), o) {
		err = errMoved()
	}
	return o, err
}

// refill puts what was typed and what was wrong with it into a form again.
func refill(ctx context.Context, r *web.Request, form *view.Form, f *fault.Error) {
	form.Say = ui.T(ctx, f.Say, f.Args...)
	for name := range r.PostForm {
		form.Values[name] = r.Text(name)
	}
	for name, say := range f.Fields {
		form.Errors[name] = ui.T(ctx, say)
	}
}

func editPage(ctx context.Context, tx tenants.Tx, r *web.Request, o *Post, f *fault.Error) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Edit{
		Form: view.Form{Action: r.Path("/community"), Guard: r.Guard(), Values: map[string]string{"form": string(News)}, Errors: map[string]string{}}, Back: r.Path("/community"),
		Event: r.Text("form") == string(Event), Fresh: o == nil, Communities: ranges(ctx, tx, cfg), Title: ui.T(ctx, "起草动态、通知"),
	}
	if len(p.Communities) == 1 {
		p.Values["community"] = p.Communities[0].Value
	}
	for _, form := range []Form{News, Notice} {
		p.Forms = append(p.Forms, ui.Option{Value: string(form), Label: ui.T(ctx, form.Title())})
	}
	for _, t := range Topics {
		p.Topics = append(p.Topics, ui.Option{Value: string(t), Label: ui.T(ctx, t.Title())})
	}
	if o != nil {
		at := r.Path("/community/%s", o.ID)
		p.Action, p.Back, p.Event, p.Picture = at, at, o.Form == Event, o.pictured(at)
		p.Values = map[string]string{
			"topic": string(o.Topic), "community": rangeOf(o.Community), "title": o.Title, "body": o.Body, "valid_until": string(clock.DateOf(o.ValidUntil).Add(-1)), "begins": web.Typed(o.BeginsAt), "ends": web.Typed(o.EndsAt),
			"venue": o.Venue, "signup_until": web.Typed(o.SignupUntil), "capacity": number(o.Capacity), "audience": o.Audience, "contact": o.Contact,
		}
	}
	if p.Event {
		p.Title = ui.T(ctx, "起草活动")
	}
	if f != nil {
		refill(ctx, r, &p.Form, f)
	}
	reply := web.Page(p.Title, view.EditPage(p)).Under(web.Crumb(ui.T(ctx, "社区生活"), r.Path("/community")), web.Crumb(p.Title, ""))
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

// save keeps a draft, new or changed, and hands it in where that was pressed.
func save(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	var o *Post
	id := uuid.Nil
	if r.PathValue("id") != "" {
		var err error
		if o, err = toChange(ctx, tx, r); err != nil {
			return web.Reply{}, err
		}
		id = o.ID
	}
	w := Words{
		Form: Form(r.Text("form")), Topic: Topic(r.Text("topic")), Community: communityOf(r), Title: r.Text("title"), Body: r.Text("body"), DropPhoto: r.Text("drop_photo") != "",
		Audience: r.Text("audience"), Contact: r.Text("contact"), Arrangement: arrangement(r),
	}
	w.ValidUntil, _ = clock.ParseDate(r.Text("valid_until"))
	taken, err := web.Taken[*pictures.Upload](r, "photo")
	if len(taken) > 0 {
		w.Photo = taken[0]
	}
	if err == nil && r.Text("community") == "" {
		err = fault.Field("community", "请选择范围")
	}
	say := "已保存"
	if err == nil {
		var kept *Post
		if kept, err = Draft(ctx, tx, id, w); err == nil {
			id = kept.ID
			if r.Text("then") == "submit" {
				say = "已提交审核"
				_, err = Submit(ctx, tx, id)
			}
		}
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
		return editPage(ctx, tx, r, o, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/community/%s", id), say).Or(struct {
		ID uuid.UUID `json:"id"`
	}{id}), nil
}

// guests shows who comes, and writes down that the actor looked.
func guests(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	o, list, err := Guests(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	contacts, err := contactsOf(ctx, tx, list)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Guests{Title: o.Title, Back: r.Path("/community/%s", o.ID), Guard: r.Guard}
	if p.Facts, err = eventFacts(ctx, tx, o); err != nil {
		return web.Reply{}, err
	}
	var ids []uuid.UUID
	for _, s := range list {
		ids = append(ids, s.ID)
		c := contacts[s.Person]
		row := view.Guest{Name: c.Name, Phone: c.Phone, State: ui.T(ctx, s.State.Title()), Tone: standingTones[s.State], Heads: s.Heads, MadeAt: s.MadeAt, CameAt: s.CameAt}
		if s.State == In {
			row.Tick = r.Path("/community/guests/%s/tick", s.ID)
		}
		p.Rows = append(p.Rows, row)
	}
	if err := tx.LookedAll(ctx, tenants.Look{Object: "signup", Fields: []string{"guest", "phone"}, Purpose: "event"}, ids); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "报名名单"), view.GuestsPage(p)).Under(web.Crumb(ui.T(ctx, "社区生活"), r.Path("/community")), web.Crumb(o.Title, p.Back), web.Crumb(ui.T(ctx, "报名名单"), "")), nil
}

func tick(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	s, err := Tick(ctx, tx, id, r.Text("came") != "no")
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/community/%s/guests", s.PostID), "已保存").Or(struct{}{}), nil
}

func placesDesk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := Places(ctx, tx, "", "", true)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Places{Tabs: tabs(ctx, r, "places")}
	if auth.CanSomewhere(tx.Actor(), auth.CommunityWrite) {
		p.New = r.Path("/places/new")
	}
	for _, l := range list {
		row := view.PlaceRow{Name: l.Name, Kind: ui.T(ctx, l.Kind.Title()), Where: where(ctx, cfg, l.Community), Address: l.Address, Hours: l.Hours, Phone: l.Phone, StepFree: l.StepFree, Retired: !l.RetiredAt.IsZero(), OnMap: l.Lon != nil}
		if mayWrite(tx.Actor(), l.Community) {
			row.Edit = r.Path("/places/%s/edit", l.ID)
		}
		p.Rows = append(p.Rows, row)
	}
	return web.Page(ui.T(ctx, "便民场所"), view.PlacesPage(p)), nil
}

// toWrite is the place of the address that the actor may change; nil where the address names none.
func toWrite(ctx context.Context, tx tenants.Tx, r *web.Request) (*Place, error) {
	if r.PathValue("id") == "" {
		return nil, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	l, err := readPlace(ctx, tx, id, false)
	if err == nil && !mayWrite(tx.Actor(), l.Community) {
		err = errNone()
	}
	return l, err
}

func placeForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	l, err := toWrite(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return placePage(ctx, tx, r, l, nil)
}

func placePage(ctx context.Context, tx tenants.Tx, r *web.Request, l *Place, f *fault.Error) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.EditPlace{Form: view.Form{Action: r.Path("/places"), Guard: r.Guard(), Values: map[string]string{"system": string(geo.CGCS2000)}, Errors: map[string]string{}}, Title: ui.T(ctx, "登记场所"), Back: r.Path("/places"), Communities: ranges(ctx, tx, cfg)}
	for _, k := range PlaceKinds {
		p.Kinds = append(p.Kinds, ui.Option{Value: string(k), Label: ui.T(ctx, k.Title())})
	}
	for _, s := range geo.Systems {
		p.Systems = append(p.Systems, ui.Option{Value: string(s), Label: ui.T(ctx, s.Title())})
	}
	if l != nil {
		p.Title, p.Action = l.Name, r.Path("/places/%s", l.ID)
		p.Values = map[string]string{"name": l.Name, "kind": string(l.Kind), "community": rangeOf(l.Community), "address": l.Address, "hours": l.Hours, "phone": l.Phone, "system": string(geo.CGCS2000)}
		if l.StepFree {
			p.Values["step_free"] = "on"
		}
		if l.Lon != nil {
			p.Values["lon"], p.Values["lat"] = strconv.FormatFloat(*l.Lon, 'f', 6, 64), strconv.FormatFloat(*l.Lat, 'f', 6, 64)
		}
		retire := caseview.Act{Button: ui.T(ctx, "停用场所"), Confirm: ui.T(ctx, "确定停用吗？居民将查不到。"), Folded: true}
		if !l.RetiredAt.IsZero() {
			retire = caseview.Act{Button: ui.T(ctx, "恢复场所"), Fields: []caseview.Ask{{Kind: caseview.AskHidden, Name: "back", Value: "yes"}}}
		}
		retire.Form = caseview.Form{Title: retire.Button, Action: r.Path("/places/%s/retire", l.ID), Guard: r.Guard(), Key: "retire", Values: map[string]string{}, Errors: map[string]string{}}
		p.Retire = &retire
	}
	if f != nil {
		p.Values["step_free"] = ""
		refill(ctx, r, &p.Form, f)
	}
	reply := web.Page(p.Title, view.PlacePage(p)).Under(web.Crumb(ui.T(ctx, "便民场所"), r.Path("/places")), web.Crumb(p.Title, ""))
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

// pointOf reads a point in the system that the form names, and answers it in CGCS2000. What is no point lies at 0, 0, which
// the rules refuse.
func pointOf(r *web.Request) (lon, lat *float64) {
	x, y := r.Text("lon"), r.Text("lat")
	if x == "" && y == "" {
		return nil, nil
	}
	px, err1 := strconv.ParseFloat(x, 64)
	py, err2 := strconv.ParseFloat(y, 64)
	p := geom.XY{}
	if system := geo.System(r.Text("system")); err1 == nil && err2 == nil && system.Known() && geo.Within(px, py) {
		p = system.In(geom.XY{X: px, Y: py})
	}
	return &p.X, &p.Y
}

func savePlace(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	was, err := toWrite(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	in := Place{Kind: PlaceKind(r.Text("kind")), Community: communityOf(r), Name: r.Text("name"), Address: r.Text("address"), Hours: r.Text("hours"), Phone: r.Text("phone"), StepFree: r.Text("step_free") != ""}
	in.Lon, in.Lat = pointOf(r)
	if was != nil {
		in.ID = was.ID
	}
	if r.Text("community") == "" {
		err = fault.Field("community", "请选择范围")
	} else {
		_, err = SavePlace(ctx, tx, in)
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
		return placePage(ctx, tx, r, was, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/places"), "已保存").Or(struct{}{}), nil
}

func retirePlace(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	l, err := RetirePlace(ctx, tx, id, r.Text("back") == "")
	if err != nil {
		return web.Reply{}, err
	}
	say := "已停用"
	if l.RetiredAt.IsZero() {
		say = "已恢复使用"
	}
	return web.Done(r.Path("/places"), say).Or(struct{}{}), nil
}
