package record

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"wanjie/app/auth/access"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// The vendor's auditor reads the deployment's own record. The staff of streets stand in it by number:
// their names are sealed with their tenants.

func (a *desk) atHome(ctx context.Context, f access.Filter, skip, size int) (l access.List, err error) {
	err = a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		l, err = access.BrowseHome(ctx, tx, f, skip, size)
		return err
	})
	return l, err
}

func (a *desk) vendorSpeaker(ctx context.Context) (speaker, error) {
	names, err := a.Names(ctx)
	return speaker{names: names, words: a.Words}, err
}

func (a *desk) vendorList(ctx context.Context, r *web.Request) (web.Reply, error) {
	q := read(r)
	l, err := a.atHome(ctx, q.Filter, (q.page-1)*perPage, perPage)
	if err != nil {
		return web.Reply{}, err
	}
	s, err := a.vendorSpeaker(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.AccessRecord{Frame: view.Frame{Base: r.Base}, Path: r.Path("/access"),
		Note: ui.T(ctx, "全平台的登录、退出和会话终止，以及运营和区级入口的被拒请求；街道人员只显示编号；只增不改，保存一年")}
	for _, person := range slices.Sorted(maps.Keys(s.names)) {
		p.Persons = append(p.Persons, ui.Option{Value: strconv.FormatInt(person, 10), Label: s.names[person]})
	}
	for _, e := range l.Events {
		p.List = append(p.List, s.entry(ctx, e, p.Path))
	}
	q.fill(ctx, &p, l, false)
	return web.Page(ui.T(ctx, "访问记录"), view.AccessView(p)), nil
}

func (a *desk) vendorExport(ctx context.Context, r *web.Request) (web.Reply, error) {
	l, err := a.atHome(ctx, read(r).Filter, 0, most+1)
	if err != nil {
		return web.Reply{}, err
	}
	if len(l.Events) > most {
		return web.Reply{}, errMany()
	}
	s, err := a.vendorSpeaker(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	if err := a.Book.Write(ctx, a.mine(r, access.Exported)); err != nil {
		return web.Reply{}, err
	}
	return s.asFile(ctx, l.Events)
}

func (a *desk) vendorOne(ctx context.Context, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	e, err := a.Book.Find(ctx, id)
	if err != nil {
		return web.Reply{}, err
	}
	return a.vendorDetail(ctx, r, e, view.AccessDetail{})
}

func (a *desk) vendorDetail(ctx context.Context, r *web.Request, e access.Event, d view.AccessDetail) (web.Reply, error) {
	s, err := a.vendorSpeaker(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	d.Frame, d.Path = view.Frame{Base: r.Base}, r.Path("/access")
	return s.page(ctx, r, e, d), nil
}

func (a *desk) vendorOpen(ctx context.Context, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	e, err := a.Book.Find(ctx, id)
	if err != nil {
		return web.Reply{}, err
	}
	why, refused := reason(ctx, r)
	if refused.Error != "" {
		return a.vendorDetail(ctx, r, e, refused)
	}
	opened := a.mine(r, access.Opened)
	opened.Person, opened.By, opened.Reason = e.Person, r.Visitor.Person, why
	if err := a.Book.Write(ctx, opened); err != nil {
		return web.Reply{}, err
	}
	return a.vendorDetail(ctx, r, e, view.AccessDetail{Address: e.Address})
}
