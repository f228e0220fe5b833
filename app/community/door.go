package community

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/resident"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/community"
	door "wanjie/templates/resident"
)

// AtDoor puts news, events and places at the residents' door. Reading is for everybody; who signs up signs in.
func AtDoor(d resident.Door) {
	d.Open(moduleKey, "/news", news)
	d.Open(moduleKey, "/news/{id}", show)
	d.Open(moduleKey, "/news/{id}/picture", shown(false))
	d.Open(moduleKey, "/news/{id}/picture/small", shown(true))
	d.Post(moduleKey, "/news/{id}/signup", signUp)
	d.Get(moduleKey, "/signups", signups)
	d.Get(moduleKey, "/signups/{id}", signup)
	d.Post(moduleKey, "/signups/{id}/cancel", cancel)
	d.Open(moduleKey, "/places", spots)
}

func shown(small bool) resident.Handler {
	serve := picture(Read, small)
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
		return serve(ctx, tx, r)
	}
}

// shortLine bounds what somebody looks for, in characters.
const shortLine = 40

func wordsOf(r *web.Request) string {
	words := []rune(r.Text("q"))
	return string(words[:min(len(words), shortLine)])
}

func news(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	s := Sought{Words: wordsOf(r), Topic: Topic(r.Text("topic")), Community: r.Text("community"), Events: r.Text("form") == string(Event), Past: r.Text("past") != ""}
	if _, known := topicTitles[s.Topic]; !known {
		s.Topic = ""
	}
	page := max(r.Int("page", 1), 1)
	p := view.News{Base: r.Base, Words: s.Words, Events: s.Events, Past: s.Past, Topic: string(s.Topic), Of: s.Community, Signed: me != nil}
	for _, u := range communities(cfg, tx) {
		p.Homes = append(p.Homes, ui.Option{Value: u.Key, Label: u.Name})
	}
	href := func(change func(*Sought)) string {
		to := s
		change(&to)
		return r.Path("/news%s", to.query(1))
	}
	p.Tabs = []view.Chip{
		{Key: "news", Title: ui.T(ctx, "动态、通知"), Active: !s.Events && !s.Past, Href: href(func(s *Sought) { s.Events, s.Past = false, false })},
		{Key: "events", Title: ui.T(ctx, "活动"), Active: s.Events && !s.Past, Href: href(func(s *Sought) { s.Events, s.Past = true, false })},
		{Key: "past", Title: ui.T(ctx, "往期"), Active: s.Past, Href: href(func(s *Sought) { s.Past = true })},
	}
	p.Topics = []view.Chip{{Title: ui.T(ctx, "全部"), Active: s.Topic == "", Href: href(func(s *Sought) { s.Topic = "" })}}
	for _, t := range Topics {
		p.Topics = append(p.Topics, view.Chip{Key: string(t), Title: ui.T(ctx, t.Title()), Active: s.Topic == t, Href: href(func(s *Sought) { s.Topic = t })})
	}
	const most = 20
	list, err := Search(ctx, tx, s, most+1, (page-1)*most)
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) > most {
		list, p.Next = list[:most], r.Path("/news%s", s.query(page+1))
	}
	left, err := room(ctx, tx, list...)
	if err != nil {
		return web.Reply{}, err
	}
	for _, o := range list {
		p.Rows = append(p.Rows, item(ctx, r, cfg, o, left[o.ID]))
	}
	return web.Page(ui.T(ctx, "新鲜事"), view.NewsPage(p)).Data(p), nil
}

// query is what somebody looks for, as the end of an address.
func (s Sought) query(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": s.Words, "topic": string(s.Topic), "community": s.Community} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if s.Events {
		q.Set("form", string(Event))
	}
	if s.Past {
		q.Set("past", "1")
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func item(ctx context.Context, r *web.Request, cfg *blueprint.Config, o *Post, left int) view.Item {
	at := r.Path("/news/%s", o.ID)
	return view.Item{ID: o.ID.String(), Title: o.Title, Form: ui.T(ctx, o.Form.Title()), Topic: ui.T(ctx, o.Topic.Title()), Where: where(ctx, cfg, o.Community), At: o.ReviewedAt, Begins: o.BeginsAt, Venue: o.Venue,
		Over: !o.Living(clock.Now(ctx)), Picture: o.pictured(at), Href: at, Full: o.Form == Event && left == 0}
}

func show(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showPage(ctx, tx, r, me, id, nil)
}

func showPage(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident, id uuid.UUID, f *fault.Error) (web.Reply, error) {
	o, err := Read(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Post{Form: resident.Form(ctx, r, f), Base: r.Base, Body: o.Body, Print: r.Text("print") != "", Event: o.Form == Event, Ends: o.EndsAt, Until: o.SignupUntil, Audience: o.Audience, Contact: o.Contact,
		Capacity: o.Capacity, Open: o.Takes(clock.Now(ctx)) && tx.Tenant().State.Writable(), Signed: me != nil}
	left, err := o.left(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p.Item = item(ctx, r, cfg, o, left)
	for n := range mostAlong + 1 {
		label := ui.T(ctx, "就我自己")
		if n > 0 {
			label = ui.T(ctx, "%d 人", n)
		}
		p.Along = append(p.Along, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	if p.Event && p.Capacity > 0 {
		p.Left = left
	}
	if p.Event && me != nil {
		s, err := OwnFor(ctx, tx, o.ID)
		if err != nil {
			return web.Reply{}, err
		}
		if s != nil {
			own := ownOf(ctx, r, Coming{s, o})
			p.Own = &own
		}
	}
	reply := web.Page(o.Title, view.PostPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

var standingTones = map[Standing]ui.Tone{In: ui.Good, InLine: ui.Warn, Cancelled: ui.Neutral, Off: ui.Bad}

func ownOf(ctx context.Context, r *web.Request, c Coming) view.Own {
	return view.Own{ID: c.ID.String(), Title: c.Event.Title, Begins: c.Event.BeginsAt, Ends: c.Event.EndsAt, Venue: c.Event.Venue, Heads: c.Heads, State: ui.T(ctx, c.State.Title()), Tone: standingTones[c.State], Href: r.Path("/signups/%s", c.ID)}
}

// told is what a program hears of a sign-up.
type told struct {
	ID    uuid.UUID `json:"id"`
	State Standing  `json:"state"`
}

func signUp(ctx context.Context, tx tenants.Tx, r *web.Request, me *resident.Resident) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	s, err := SignUp(ctx, tx, id, r.Int("along", 0))
	if f := resident.Refused(r, err); f != nil {
		return showPage(ctx, tx, r, me, id, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	say := "已报名"
	if s.State == InLine {
		say = "已排队候补"
	}
	return web.Done(r.Path("/signups/%s", s.ID), say).Or(told{s.ID, s.State}), nil
}

func signups(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	list, err := Mine(ctx, tx, 100)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Signups{Base: r.Base}
	for _, c := range list {
		p.Rows = append(p.Rows, ownOf(ctx, r, c))
	}
	return web.Page(ui.T(ctx, "我报名的活动"), view.SignupsPage(p)).Data(p), nil
}

func signup(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	s, err := Own(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	o, err := read(ctx, tx, s.PostID, false)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Signup{Form: resident.Form(ctx, r, nil), Own: ownOf(ctx, r, Coming{s, o}), Base: r.Base, Contact: o.Contact, Waits: s.State == InLine, Cancel: s.State.Living() && !o.past(clock.Now(ctx)) && tx.Tenant().State.Writable()}
	if o.Told() {
		p.Event = r.Path("/news/%s", o.ID)
	}
	if s.State == Off {
		box, err := tx.Box(ctx)
		if err != nil {
			return web.Reply{}, err
		}
		if p.Reason, err = opened(box, o.at("reason"), o.Reason); err != nil {
			return web.Reply{}, err
		}
	}
	return web.Page(o.Title, view.SignupPage(p)).Data(p), nil
}

func cancel(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	if err := Cancel(ctx, tx, id); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/signups/%s", id), "已取消报名").Or(told{id, Cancelled}), nil
}

func spots(ctx context.Context, tx tenants.Tx, r *web.Request, _ *resident.Resident) (web.Reply, error) {
	p := view.Spots{Base: r.Base, Words: wordsOf(r), Kind: r.Text("kind")}
	if _, known := placeTitles[PlaceKind(p.Kind)]; !known {
		p.Kind = ""
	}
	list, err := Places(ctx, tx, p.Words, PlaceKind(p.Kind), false)
	if err != nil {
		return web.Reply{}, err
	}
	p.Kinds = []view.Chip{{Title: ui.T(ctx, "全部"), Active: p.Kind == "", Href: r.Path("/places")}}
	for _, k := range PlaceKinds {
		p.Kinds = append(p.Kinds, view.Chip{Key: string(k), Title: ui.T(ctx, k.Title()), Active: p.Kind == string(k), Href: r.Path("/places?kind=%s", string(k))})
	}
	for _, l := range list {
		s := view.Spot{ID: l.ID.String(), Name: l.Name, Kind: ui.T(ctx, l.Kind.Title()), Address: l.Address, Hours: l.Hours, Phone: l.Phone, StepFree: l.StepFree}
		if l.Lon != nil {
			at := geo.GCJ02.Out(geom.XY{X: *l.Lon, Y: *l.Lat})
			s.Lon, s.Lat, s.Map = &at.X, &at.Y, mapOf(l.Name, at)
		}
		p.Rows = append(p.Rows, s)
	}
	return web.Page(ui.T(ctx, "便民场所"), view.SpotsPage(p)).Data(p), nil
}

// mapOf is the address of a point on AMap's page, which takes GCJ-02 (高德 URI API, 单点标注). It tells that page the place
// and nothing of who asks.
func mapOf(name string, at geom.XY) string {
	q := url.Values{"position": {fmt.Sprintf("%.6f,%.6f", at.X, at.Y)}, "name": {name}, "coordinate": {"gaode"}, "callnative": {"0"}}
	return "https://uri.amap.com/marker?" + q.Encode()
}

// How much of what is new stands on the first page.
const (
	freshPosts  = 3
	freshEvents = 3
)

// Fresh is the newest posts and the next events, for the first page of the door; nil while the module is off.
func Fresh(ctx context.Context, tx tenants.Tx, r *web.Request) (*door.Fresh, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil || !cfg.On(moduleKey) {
		return nil, err
	}
	out := new(door.Fresh)
	posts, err := Search(ctx, tx, Sought{}, freshPosts, 0)
	if err != nil {
		return nil, err
	}
	for _, o := range posts {
		out.Posts = append(out.Posts, door.FreshRow{Title: o.Title, Note: where(ctx, cfg, o.Community) + "　" + ui.Date(o.ReviewedAt), Tag: ui.T(ctx, o.Topic.Title()), Href: r.Path("/news/%s", o.ID)})
	}
	events, err := Search(ctx, tx, Sought{Events: true}, freshEvents, 0)
	for _, o := range events {
		out.Events = append(out.Events, door.FreshRow{Title: o.Title, Note: ui.Time(o.BeginsAt) + "　" + o.Venue, Tag: ui.T(ctx, o.Topic.Title()), Href: r.Path("/news/%s", o.ID)})
	}
	return out, err
}

// contactsOf are the names and telephones of who signed up.
func contactsOf(ctx context.Context, tx tenants.Tx, list []*Signup) (map[int64]resident.Contact, error) {
	var people []int64
	for _, s := range list {
		people = append(people, s.Person)
	}
	return resident.Contacts(ctx, tx, people)
}
