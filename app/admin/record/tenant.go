package record

import (
	"context"
	"strconv"
	"unicode/utf8"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Deps is what these pages need of the rest of the product.
type Deps struct {
	DB   *tenants.DB
	Book *access.Book
	// Proxies are believed about where a request comes from.
	Proxies access.Proxies
	// Frame is the way to the neighbouring pages of a tenant's administration.
	Frame func(tx tenants.Tx, r *web.Request) view.Frame
	// Words are what modules call the objects, fields and purposes of looks, in catalogue keys: "purpose/contact".
	Words map[string]string
	// Names are people above the tenants, by number; it asks the sign-in service.
	Names func(ctx context.Context) (map[int64]string, error)
}

type desk struct{ Deps }

// Routes puts the pages under /s/{tenant}/admin/access and /v/access.
func Routes(site *web.Site, d Deps) {
	a, r := &desk{d}, site.Module("")
	r.Get("/admin/access", auth.AccessRead, a.list)
	r.Look("/admin/access/export", auth.AccessRead, a.export)
	r.Get("/admin/access/{id}", auth.AccessRead, a.one)
	r.Post("/admin/access/{id}", auth.AccessRead, a.open)
	site.Vendor("GET", "/access", auth.AccessRead, a.vendorList)
	site.Vendor("GET", "/access/export", auth.AccessRead, a.vendorExport)
	site.Vendor("GET", "/access/{id}", auth.AccessRead, a.vendorOne)
	site.Vendor("POST", "/access/{id}", auth.AccessRead, a.vendorOpen)
}

// looks reports whether the actor reads looks at residents' data too.
func looks(tx tenants.Tx) bool { return auth.CanSomewhere(tx.Actor(), auth.LooksRead) }

func (a *desk) list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	q := read(r)
	q.Looks = looks(tx)
	l, err := access.Browse(ctx, tx, q.Filter, (q.page-1)*perPage, perPage)
	if err != nil {
		return web.Reply{}, err
	}
	s, members, err := a.speaker(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.AccessRecord{Frame: a.Frame(tx, r), Path: r.Path("/admin/access"),
		Note: ui.T(ctx, "本单位人员的登录、退出和被拒请求，以及对个人信息的查阅；只增不改，保存一年")}
	for _, m := range members {
		o := ui.Option{Value: strconv.FormatInt(m.Person, 10), Label: m.Name}
		if !m.LeftAt.IsZero() {
			o.Label += ui.T(ctx, "（已移出）")
		}
		p.Persons = append(p.Persons, o)
	}
	for _, e := range l.Events {
		p.List = append(p.List, s.entry(ctx, e, p.Path))
	}
	q.fill(ctx, &p, l, q.Looks)
	return web.Page(ui.T(ctx, "访问记录"), view.AccessView(p)), nil
}

// speaker knows how the tenant calls its people, also those who left.
func (a *desk) speaker(ctx context.Context, tx tenants.Tx) (speaker, []auth.Member, error) {
	members, err := auth.Everybody(ctx, tx)
	if err != nil {
		return speaker{}, nil, err
	}
	s := speaker{names: map[int64]string{}, words: a.Words}
	for _, m := range members {
		s.names[m.Person] = m.Name
	}
	return s, members, nil
}

func (a *desk) export(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	q := read(r)
	q.Looks = looks(tx)
	l, err := access.Browse(ctx, tx, q.Filter, 0, most+1)
	if err != nil {
		return web.Reply{}, err
	}
	if len(l.Events) > most {
		return web.Reply{}, errMany()
	}
	s, _, err := a.speaker(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	if err := access.Add(ctx, tx, a.mine(r, access.Exported)); err != nil {
		return web.Reply{}, err
	}
	return s.asFile(ctx, l.Events)
}

// mine is an entry about the reader of the record.
func (a *desk) mine(r *web.Request, kind access.Kind) access.Event {
	return access.Event{Kind: kind, Person: r.Visitor.Person, Address: a.Proxies.Address(r.Request)}
}

func (a *desk) one(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	e, err := a.find(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return a.detail(ctx, tx, r, e, view.AccessDetail{})
}

func (a *desk) find(ctx context.Context, tx tenants.Tx, r *web.Request) (access.Event, error) {
	id, err := r.ID("id")
	if err != nil {
		return access.Event{}, err
	}
	return access.Find(ctx, tx, id)
}

func (a *desk) detail(ctx context.Context, tx tenants.Tx, r *web.Request, e access.Event, d view.AccessDetail) (web.Reply, error) {
	s, _, err := a.speaker(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	d.Frame, d.Path = a.Frame(tx, r), r.Path("/admin/access")
	return s.page(ctx, r, e, d), nil
}

// page shows an entry; d brings what was asked of its address.
func (s speaker) page(ctx context.Context, r *web.Request, e access.Event, d view.AccessDetail) web.Reply {
	d.Here, d.Title, d.Guard = d.Path+"/"+e.ID.String(), ui.T(ctx, access.WordOf(e.Kind).Title), r.Guard()
	d.Facts, d.Hidden = s.facts(ctx, e), e.Address != ""
	reply := web.Page(d.Title, view.AccessDetailView(d)).Under(web.Crumb(ui.T(ctx, "访问记录"), d.Path), web.Crumb(d.Title, ""))
	if d.Error != "" {
		reply = reply.Status(fault.Invalid.Status())
	}
	return reply
}

// reason is why somebody wants to see a whole address, or what is wrong with it.
func reason(ctx context.Context, r *web.Request) (text string, refused view.AccessDetail) {
	text = r.Text("reason")
	if n := utf8.RuneCountInString(text); n < 4 || n > 200 {
		return "", view.AccessDetail{Reason: text, Say: ui.T(ctx, "请检查标红的内容"), Error: ui.T(ctx, "请写明事由，4至200个字")}
	}
	return text, view.AccessDetail{}
}

func (a *desk) open(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	e, err := a.find(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	why, refused := reason(ctx, r)
	if refused.Error != "" {
		return a.detail(ctx, tx, r, e, refused)
	}
	opened := a.mine(r, access.Opened)
	opened.Person, opened.By, opened.Reason = e.Person, r.Visitor.Person, why
	if err := access.Add(ctx, tx, opened); err != nil {
		return web.Reply{}, err
	}
	return a.detail(ctx, tx, r, e, view.AccessDetail{Address: e.Address})
}
