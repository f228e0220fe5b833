package support

import (
	"context"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/support"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Deps is what these pages need of the rest of the product.
type Deps struct {
	DB *tenants.DB
	// Done are the acts of a person in the tenant while an access lasted, oldest first, as its traces say them.
	Done func(ctx context.Context, tx tenants.Tx, access uuid.UUID, person int64, names auth.Naming) ([]ui.Moment, error)
	// Names are people above the tenants, by number; it asks the sign-in service.
	Names func(ctx context.Context) (map[int64]string, error)
	// May reports whether the visitor holds the capability above the tenants.
	May func(r *web.Request, capability string) bool
}

type desk struct{ Deps }

// Routes puts the street's pages under /s/{tenant}/admin/support and the vendor's under /v.
func Routes(site *web.Site, d Deps) {
	k, r := &desk{d}, site.Module("")
	r.Get("/admin/support", auth.SupportRead, k.list)
	r.Get("/admin/support/{id}", auth.SupportRead, k.sheet)
	r.Post("/admin/support/{id}/decide", auth.SupportDecide, k.decide)
	r.Always("/admin/support/{id}/end", auth.SupportDecide, k.end)
	k.vendorRoutes(site)
}

// listed is how many accesses a list shows.
const listed = 100

func (k *desk) list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	all, err := Newest(ctx, tx, listed)
	if err != nil {
		return web.Reply{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.List{Title: ui.T(ctx, "运营进入"), Note: ui.T(ctx, "运营方人员申请进入本单位：须写明事由和时长，由安全管理员批准，到时自动结束；进入期间看不到案卷、居民和人员")}
	for _, a := range all {
		said, err := a.Open(box)
		if err != nil {
			return web.Reply{}, err
		}
		l := line(ctx, a)
		l.Who, l.Href = said.Name, r.Path("/admin/support/%s", a.ID)
		p.Lines = append(p.Lines, l)
	}
	return web.Page(p.Title, view.ListPage(p)), nil
}

func line(ctx context.Context, a *Access) view.Line {
	return view.Line{Purpose: ui.T(ctx, purposeTitle(a.Purpose)), State: ui.T(ctx, stateTitles[a.State]), Tone: stateTones[a.State], AskedAt: a.AskedAt, Hours: a.Hours, Until: a.Until, EndedAt: a.EndedAt}
}

func (k *desk) sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return k.show(ctx, tx, r, nil)
}

// show is the street's page of an access, with a decision as it was refused, if one was.
func (k *desk) show(ctx context.Context, tx tenants.Tx, r *web.Request, refused *fault.Error) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	a, err := find(ctx, tx, id, false)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := k.page(ctx, tx, a, auth.Names)
	if err != nil {
		return web.Reply{}, err
	}
	if auth.Can(tx.Actor(), auth.SupportDecide, "") {
		switch a.State {
		case Asked:
			p.Decide = &view.Decide{Guard: r.Guard(), Action: r.Path("/admin/support/%s/decide", a.ID)}
			if refused != nil {
				p.Decide.Say, p.Decide.Answer, p.Decide.Error = ui.T(ctx, refused.Say, refused.Args...), r.Text("answer"), ui.T(ctx, refused.Fields["answer"])
			}
		case Begun:
			p.End = &view.End{Guard: r.Guard(), Action: r.Path("/admin/support/%s/end", a.ID), Button: ui.T(ctx, "结束进入"), Confirm: ui.T(ctx, "确定现在结束这次进入吗？")}
		}
	}
	return web.Page(p.Title, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "运营进入"), r.Path("/admin/support")), web.Crumb(p.Title, "")), nil
}

// page is what both sides read of an access: who, why, how it went, and what was done. naming says whom the reader may have
// named.
func (k *desk) page(ctx context.Context, tx tenants.Tx, a *Access, naming auth.Naming) (p view.Sheet, err error) {
	names, err := naming(ctx, tx, a.DecidedBy, a.EndedBy)
	if err != nil {
		return p, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	said, err := a.Open(box)
	if err != nil {
		return p, err
	}
	name := func(person int64) string {
		if person == a.Person {
			return said.Name
		}
		return names.Of(ctx, person)
	}
	p = view.Sheet{Title: ui.T(ctx, "%s：%s", said.Name, ui.T(ctx, purposeTitle(a.Purpose))), State: ui.T(ctx, stateTitles[a.State]), Tone: stateTones[a.State], Begun: !a.Until.IsZero()}
	p.Facts = []ui.Fact{
		{Label: ui.T(ctx, "申请人"), Value: said.Name}, {Label: ui.T(ctx, "进入事由"), Value: ui.T(ctx, purposeTitle(a.Purpose))}, {Label: ui.T(ctx, "时长"), Value: ui.T(ctx, "%d 小时", a.Hours)},
	}
	if !a.Until.IsZero() {
		p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "最迟结束"), Value: ui.Time(a.Until)})
	}
	p.Facts = append(p.Facts, ui.Fact{Label: ui.T(ctx, "具体说明"), Value: said.Words, Wide: true})
	p.Past = []ui.Moment{{At: a.AskedAt, Actor: said.Name, Act: ui.T(ctx, "申请进入"), Tone: ui.Info}}
	if !a.DecidedAt.IsZero() {
		m := ui.Moment{At: a.DecidedAt, Actor: name(a.DecidedBy), Detail: said.Answer, Act: ui.T(ctx, "批准进入"), Tone: ui.Good}
		switch {
		case a.State == Refused:
			m.Act, m.Tone = ui.T(ctx, "拒绝进入"), ui.Bad
		case a.State == Withdrawn:
			m.Act, m.Tone = ui.T(ctx, "撤回申请"), ui.Neutral
		case a.DecidedBy == a.Person:
			m.Act, m.Detail = ui.T(ctx, "直接进入"), ui.T(ctx, "本单位设置为无须批准")
		}
		p.Past = append(p.Past, m)
	}
	if !a.EndedAt.IsZero() {
		m := ui.Moment{At: a.EndedAt, Actor: name(a.EndedBy), Act: ui.T(ctx, "结束进入"), Tone: ui.Neutral}
		if a.EndedBy == tenants.System {
			m.Act = ui.T(ctx, "到时自动结束")
		}
		p.Past = append(p.Past, m)
	}
	if p.Begun {
		p.Done, err = k.Done(ctx, tx, a.ID, a.Person, naming)
	}
	return p, err
}

func (k *desk) decide(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	_, err = Decide(ctx, tx, id, r.Text("decision") == "yes", r.Text("answer"))
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		reply, err := k.show(ctx, tx, r, f)
		return reply.Status(f.Kind.Status()), err
	}
	return k.after(r.Path("/admin/support/%s", id), "已审批", err)
}

func (k *desk) end(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	_, err = End(ctx, tx, id)
	return k.after(r.Path("/admin/support/%s", id), "已结束进入", err)
}

func (k *desk) after(path, say string, err error) (web.Reply, error) {
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(path, say), nil
}

// accessOf is the number of an access in the vendor's address.
func accessOf(r *web.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(r.PathValue("access"))
	if err != nil {
		return id, errNone()
	}
	return id, nil
}
