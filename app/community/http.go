package community

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/files"
	"wanjie/app/files/pictures"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/community"
)

func routes(r web.Routes) {
	r.Get("/community", auth.CommunityRead, desk)
	r.Get("/community/new", auth.CommunityWrite, fresh)
	r.Take("/community", auth.CommunityWrite, 1, pictures.Take, save)
	r.Get("/community/{id}", auth.CommunityRead, sheet)
	r.Get("/community/{id}/picture", auth.CommunityRead, picture(Find, false))
	r.Get("/community/{id}/picture/small", auth.CommunityRead, picture(Find, true))
	r.Get("/community/{id}/poster", auth.CommunityRead, poster)
	r.Get("/community/{id}/edit", auth.CommunityWrite, edit)
	r.Take("/community/{id}", auth.CommunityWrite, 1, pictures.Take, save)
	r.Post("/community/{id}/submit", auth.CommunityWrite, post("submit", "已提交审核", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) error {
		_, err := Submit(ctx, tx, id)
		return err
	}))
	r.Post("/community/{id}/publish", auth.CommunityReview, post("publish", "已发布", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) error {
		_, err := Publish(ctx, tx, id)
		return err
	}))
	r.Post("/community/{id}/return", auth.CommunityReview, post("return", "已退回", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Return(ctx, tx, id, r.Text("remark"))
		return err
	}))
	r.Post("/community/{id}/withdraw", auth.CommunityRead, post("withdraw", "已撤下", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Withdraw(ctx, tx, id, r.Text("reason"))
		return err
	}))
	r.Post("/community/{id}/rearrange", auth.CommunityReview, post("rearrange", "已保存", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Rearrange(ctx, tx, id, arrangement(r))
		return err
	}))
	r.Look("/community/{id}/guests", auth.CommunityRead, guests)
	r.Post("/community/guests/{id}/tick", auth.CommunityRead, tick)
	r.Get("/places", auth.CommunityRead, placesDesk)
	r.Get("/places/new", auth.CommunityWrite, placeForm)
	r.Post("/places", auth.CommunityWrite, savePlace)
	r.Get("/places/{id}/edit", auth.CommunityWrite, placeForm)
	r.Post("/places/{id}", auth.CommunityWrite, savePlace)
	r.Post("/places/{id}/retire", auth.CommunityWrite, retirePlace)
}

// tabs lead between the lists, and to the places.
func tabs(ctx context.Context, r *web.Request, at string) (out []ui.Tab) {
	for _, s := range []State{InReview, Drafted, Published, Withdrawn, Archived} {
		out = append(out, ui.Tab{Label: ui.T(ctx, s.Title()), Href: r.Path("/community?state=%s", string(s)), Active: at == string(s)})
	}
	return append(out, ui.Tab{Label: ui.T(ctx, "便民场所"), Href: r.Path("/places"), Active: at == "places"})
}

// perPage is how many posts a list shows at once.
const perPage = 50

func desk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s := State(r.Text("state"))
	if _, known := stateTitles[s]; !known {
		if s = Published; auth.CanSomewhere(tx.Actor(), auth.CommunityReview) {
			s = InReview
		}
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	page := max(r.Int("page", 1), 1)
	list, err := Desk(ctx, tx, s, perPage+1, (page-1)*perPage)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Desk{Tabs: tabs(ctx, r, string(s)), Review: s == InReview}
	if auth.CanSomewhere(tx.Actor(), auth.CommunityWrite) {
		p.New, p.NewEvent = r.Path("/community/new"), r.Path("/community/new?form=event")
	}
	if page > 1 {
		p.Back = r.Path("/community?state=%s&page=%d", string(s), page-1)
	}
	if len(list) > perPage {
		p.Next, list = r.Path("/community?state=%s&page=%d", string(s), page+1), list[:perPage]
	}
	var people []int64
	for _, o := range list {
		people = append(people, o.DraftedBy, o.ReviewedBy)
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return web.Reply{}, err
	}
	for _, o := range list {
		row := view.Row{Title: o.Title, Form: ui.T(ctx, o.Form.Title()), Topic: ui.T(ctx, o.Topic.Title()), Where: where(ctx, cfg, o.Community), Drafted: names.Of(ctx, o.DraftedBy), Until: o.until(), Href: r.Path("/community/%s", o.ID)}
		if o.ReviewedBy != 0 {
			row.Reviewed = names.Of(ctx, o.ReviewedBy)
		}
		if o.Form == Event {
			row.Event = ui.Time(o.BeginsAt)
		}
		p.Rows = append(p.Rows, row)
	}
	return web.Page(ui.T(ctx, "社区生活"), view.DeskPage(p)), nil
}

// until is the last day of a post; of an event its end.
func (p *Post) until() string {
	if p.Form == Event {
		return ui.Time(p.EndsAt)
	}
	return string(clock.DateOf(p.ValidUntil).Add(-1))
}

// where is the community in words.
func where(ctx context.Context, cfg *blueprint.Config, community string) string {
	if community == "" {
		return ui.T(ctx, "全街道")
	}
	u, ok := cfg.UnitOf(community)
	switch {
	case !ok:
		return community
	case u.Short != "":
		return u.Short
	}
	return u.Name
}

// picture shows a post's picture to whoever find lets.
func picture(find func(context.Context, tenants.Tx, uuid.UUID) (*Post, error), small bool) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		p, err := find(ctx, tx, id)
		if err != nil {
			return web.Reply{}, err
		}
		of := p.Large
		if small {
			of = p.Small
		}
		if of == uuid.Nil {
			return web.Reply{}, errNone()
		}
		f, err := files.Of(ctx, tx, of)
		if err != nil {
			return web.Reply{}, err
		}
		return web.Picture(f.Name, pictures.Type, f.Size, f.Copy), nil
	}
}

// pictured is a post's picture under the address of its page.
func (p *Post) pictured(page string) (out view.Picture) {
	if p.Large == uuid.Nil {
		return out
	}
	out = view.Picture{Large: page + "/picture", Small: page + "/picture/small", Width: p.Width, Height: p.Height}
	if side := max(p.Width, p.Height); side > pictures.SmallSide {
		out.Width, out.Height = max(1, p.Width*pictures.SmallSide/side), max(1, p.Height*pictures.SmallSide/side)
	}
	return out
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showSheet(ctx, tx, r, id, "", nil)
}

// post serves one verb: refused for its fields, the sheet comes back with what was typed.
func post(verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		if _, err := Find(ctx, tx, id); err != nil {
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
			reply, err := showSheet(ctx, tx, r, id, verb, f)
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/community/%s", id), say).Or(struct {
			ID uuid.UUID `json:"id"`
		}{id}), nil
	}
}

var stateTones = map[State]ui.Tone{Drafted: ui.Neutral, InReview: ui.Warn, Published: ui.Good, Withdrawn: ui.Bad, Archived: ui.Neutral}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried string, f *fault.Error) (web.Reply, error) {
	o, err := Find(ctx, tx, id)
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
	p := view.Sheet{Title: o.Title, State: ui.T(ctx, o.State.Title()), Tone: stateTones[o.State], Back: r.Path("/community?state=%s", string(o.State)), Body: o.Body, Picture: o.pictured(r.Path("/community/%s", o.ID))}
	if p.Remark, err = opened(box, o.at("remark"), o.Remark); err != nil {
		return web.Reply{}, err
	}
	if p.Reason, err = opened(box, o.at("reason"), o.Reason); err != nil {
		return web.Reply{}, err
	}
	p.Facts = []ui.Fact{{Label: ui.T(ctx, "形式"), Value: ui.T(ctx, o.Form.Title())}, {Label: ui.T(ctx, "栏目"), Value: ui.T(ctx, o.Topic.Title())}, {Label: ui.T(ctx, "发布范围"), Value: where(ctx, cfg, o.Community)}}
	if o.Form == Event {
		more, err := eventFacts(ctx, tx, o)
		if err != nil {
			return web.Reply{}, err
		}
		p.Facts = append(p.Facts, more...)
		if o.State == Published {
			if p.Scan, err = scan(r, o); err != nil {
				return web.Reply{}, err
			}
		}
		if o.Told() {
			p.Guests = r.Path("/community/%s/guests", o.ID)
		}
	} else {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "有效至"), Value: o.until()})
	}
	if mayChange(tx.Actor(), o) {
		p.Edit = r.Path("/community/%s/edit", o.ID)
	}
	if p.Past, err = past(ctx, tx, o); err != nil {
		return web.Reply{}, err
	}
	p.Acts = acting(ctx, tx, r, o, tried, f)
	return web.Page(o.Title, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "社区生活"), r.Path("/community")), web.Crumb(o.Title, "")), nil
}

func eventFacts(ctx context.Context, tx tenants.Tx, o *Post) ([]ui.Fact, error) {
	taken, err := heads(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	until, room := ui.T(ctx, "不用报名，直接到场"), ui.T(ctx, "人数不限")
	if !o.SignupUntil.IsZero() {
		until = ui.Time(o.SignupUntil)
	}
	if o.Capacity > 0 {
		room = ui.T(ctx, "%d 人", o.Capacity)
	}
	return []ui.Fact{
		{Label: ui.T(ctx, "开始时间"), Value: ui.Time(o.BeginsAt)}, {Label: ui.T(ctx, "结束时间"), Value: ui.Time(o.EndsAt)}, {Label: ui.T(ctx, "地点"), Value: o.Venue}, {Label: ui.T(ctx, "报名截止"), Value: until},
		{Label: ui.T(ctx, "人数上限"), Value: room}, {Label: ui.T(ctx, "已报名"), Value: ui.T(ctx, "%d 人", taken[o.ID])}, {Label: ui.T(ctx, "谁可以参加"), Value: o.Audience}, {Label: ui.T(ctx, "联系方式"), Value: o.Contact},
	}, nil
}

func past(ctx context.Context, tx tenants.Tx, o *Post) (out []ui.Moment, err error) {
	names, err := auth.Names(ctx, tx, o.DraftedBy, o.ReviewedBy, o.WithdrawnBy)
	if err != nil {
		return nil, err
	}
	out = append(out, ui.Moment{At: o.DraftedAt, Actor: names.Of(ctx, o.DraftedBy), Act: ui.T(ctx, "起草"), Tone: ui.Info})
	if !o.SubmittedAt.IsZero() {
		out = append(out, ui.Moment{At: o.SubmittedAt, Actor: names.Of(ctx, o.DraftedBy), Act: ui.T(ctx, "提交审核"), Tone: ui.Info})
	}
	switch {
	case o.ReviewedBy == 0:
	case o.Told() || o.State == Withdrawn:
		out = append(out, ui.Moment{At: o.ReviewedAt, Actor: names.Of(ctx, o.ReviewedBy), Act: ui.T(ctx, "审核发布"), Tone: ui.Good})
	case !o.ReviewedAt.Before(o.SubmittedAt):
		out = append(out, ui.Moment{At: o.ReviewedAt, Actor: names.Of(ctx, o.ReviewedBy), Act: ui.T(ctx, "审核退回"), Tone: ui.Warn})
	}
	if o.WithdrawnBy != 0 {
		out = append(out, ui.Moment{At: o.WithdrawnAt, Actor: names.Of(ctx, o.WithdrawnBy), Act: ui.T(ctx, "撤下"), Tone: ui.Bad})
	}
	return out, nil
}

// acting is what the actor may do with a post now.
func acting(ctx context.Context, tx tenants.Tx, r *web.Request, o *Post, tried string, f *fault.Error) (out []caseview.Act) {
	form := func(verb, title string, fields ...caseview.Ask) caseview.Act {
		a := caseview.Act{Button: title, Fields: fields}
		a.Form = caseview.Form{Title: title, Action: r.Path("/community/%s/"+verb, o.ID), Guard: r.Guard(), Key: verb, Values: map[string]string{}, Errors: map[string]string{}}
		if tried != verb || f == nil {
			return a
		}
		a.Say = ui.T(ctx, f.Say, f.Args...)
		for _, field := range fields {
			a.Values[field.Name] = r.Text(field.Name)
		}
		for name, say := range f.Fields {
			a.Errors[name] = ui.T(ctx, say)
		}
		return a
	}
	folded := func(a caseview.Act) caseview.Act { a.Folded = true; return a }
	actor := tx.Actor()
	switch o.State {
	case Drafted:
		if mayChange(actor, o) {
			out = append(out, form("submit", ui.T(ctx, "提交审核")))
		}
	case InReview:
		if mayReview(actor, o) {
			out = append(out, form("publish", ui.T(ctx, "审核发布")),
				folded(form("return", ui.T(ctx, "审核退回"), caseview.Ask{Kind: caseview.AskWords, Name: "remark", Label: ui.T(ctx, "要怎样修改"), Required: true})))
		}
	case Published:
		if o.Form == Event && mayReview(actor, o) && !o.past(clock.Now(ctx)) {
			out = append(out, folded(form("rearrange", ui.T(ctx, "变更活动安排"),
				caseview.Ask{Kind: caseview.AskTime, Name: "begins", Label: ui.T(ctx, "开始时间"), Value: web.Typed(o.BeginsAt), Required: true}, caseview.Ask{Kind: caseview.AskTime, Name: "ends", Label: ui.T(ctx, "结束时间"), Value: web.Typed(o.EndsAt), Required: true},
				caseview.Ask{Name: "venue", Label: ui.T(ctx, "地点"), Value: o.Venue, Required: true},
				caseview.Ask{Kind: caseview.AskTime, Name: "signup_until", Label: ui.T(ctx, "报名截止"), Value: web.Typed(o.SignupUntil), Help: ui.T(ctx, "留空为不用报名，直接到场")},
				caseview.Ask{Kind: caseview.AskNumber, Name: "capacity", Label: ui.T(ctx, "人数上限"), Value: number(o.Capacity), Help: ui.T(ctx, "留空为不限")})))
		}
		if mayWithdraw(actor, o) {
			title, warn := ui.T(ctx, "撤下"), ui.T(ctx, "确定撤下吗？居民将不再看到。")
			if o.Form == Event {
				title, warn = ui.T(ctx, "取消活动"), ui.T(ctx, "确定取消活动吗？已报名的居民会收到消息，不能恢复。")
			}
			a := folded(form("withdraw", title, caseview.Ask{Kind: caseview.AskWords, Name: "reason", Label: ui.T(ctx, "撤下或取消的原因"), Help: ui.T(ctx, "取消活动的，报名的居民会看到"), Required: true}))
			a.Confirm = warn
			out = append(out, a)
		}
	case Withdrawn, Archived:
	}
	return out
}
