package support

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/support"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

func (k *desk) vendorRoutes(site *web.Site) {
	site.Vendor(http.MethodGet, "/support", auth.SupportRead, k.everywhere)
	site.Vendor(http.MethodGet, "/streets/{id}/support", auth.SupportRead, k.ofStreet)
	site.Vendor(http.MethodPost, "/streets/{id}/support", auth.StreetsEnter, k.ask)
	site.Vendor(http.MethodGet, "/streets/{id}/support/{access}", auth.SupportRead, k.vendorSheet)
	site.Vendor(http.MethodPost, "/streets/{id}/support/{access}/end", auth.StreetsEnter, k.vendorEnd)
}

// street is where an access leads, as the directory knows it.
type street struct {
	TenantID  int32
	Slug      string
	Name      string
	Placement string
	State     tenants.State
}

func (s street) id() tenants.ID { return tenants.ID(s.TenantID) }

func (k *desk) streets(ctx context.Context, ids ...int32) (map[int32]street, error) {
	var rows []street
	out := map[int32]street{}
	if len(ids) == 0 {
		return out, nil
	}
	err := k.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw("SELECT tenant_id, slug, name, placement, state FROM ctl.directory WHERE tenant_id IN (?)", bun.List(ids)).Scan(ctx, &rows)
	})
	for _, s := range rows {
		out[s.TenantID] = s
	}
	return out, err
}

func (k *desk) pick(ctx context.Context, r *web.Request) (street, error) {
	id, err := tenants.ParseID(r.PathValue("id"))
	if err != nil {
		return street{}, errNoStreet()
	}
	found, err := k.streets(ctx, int32(id))
	if err == nil && found[int32(id)].TenantID == 0 {
		err = errNoStreet()
	}
	return found[int32(id)], err
}

func errNoStreet() error { return fault.New(fault.NotFound, "没有这个租户") }

// row is what the vendor's role reads of an access.
type row struct {
	TenantID       int32
	ID             uuid.UUID
	Person         int64
	Purpose        string
	Hours          int
	State          State
	AskedAt        time.Time
	Until, EndedAt time.Time
}

// rows are the newest accesses at the placements; tenant 0: to every street.
func (k *desk) rows(ctx context.Context, tenant int32, placements ...string) (all []row, err error) {
	for _, at := range placements {
		var some []row
		err := k.DB.Vendor(ctx, at, func(ctx context.Context, tx tenants.VendorTx) error {
			return tx.Raw(`SELECT tenant_id, id, person, purpose, hours, state, asked_at, until, ended_at FROM supports
				WHERE ? = 0 OR tenant_id = ? ORDER BY asked_at DESC, id LIMIT ?`, tenant, tenant, listed).Scan(ctx, &some)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b row) int { return b.AskedAt.Compare(a.AskedAt) })
	return all[:min(len(all), listed)], nil
}

func (k *desk) lines(ctx context.Context, r *web.Request, all []row) (out []view.Line, err error) {
	names, err := k.Names(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int32
	for _, x := range all {
		ids = append(ids, x.TenantID)
	}
	where, err := k.streets(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		l := line(ctx, &Access{Purpose: x.Purpose, State: x.State, AskedAt: x.AskedAt, Hours: x.Hours, Until: x.Until, EndedAt: x.EndedAt})
		l.Who, l.Street, l.Href = called(ctx, names, x.Person), where[x.TenantID].Name, r.Path("/streets/%d/support/%s", x.TenantID, x.ID)
		out = append(out, l)
	}
	return out, nil
}

func called(ctx context.Context, names map[int64]string, person int64) string {
	if name := names[person]; name != "" {
		return name
	}
	return ui.T(ctx, "%d 号人员", int(person))
}

// everywhere is the vendor's record over all streets.
func (k *desk) everywhere(ctx context.Context, r *web.Request) (web.Reply, error) {
	all, err := k.rows(ctx, 0, k.DB.Placements()...)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.List{Title: ui.T(ctx, "进入记录"), Note: ui.T(ctx, "运营方人员进入各街道的申请、批准和结束；街道的审计管理员看到同样的记录"), Streets: true}
	if p.Lines, err = k.lines(ctx, r, all); err != nil {
		return web.Reply{}, err
	}
	return web.Page(p.Title, view.ListPage(p)), nil
}

func (k *desk) ofStreet(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := k.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return k.asking(ctx, r, s, view.Form{Hours: strconv.Itoa(usualHours)}, 0)
}

// asking is the vendor's page of a street's accesses, with the form to ask for one.
func (k *desk) asking(ctx context.Context, r *web.Request, s street, f view.Form, status int) (web.Reply, error) {
	all, err := k.rows(ctx, s.TenantID, s.Placement)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.List{Title: ui.T(ctx, "进入%s", s.Name), Note: ui.T(ctx, "写明事由和时长，由街道的安全管理员批准；到时自动结束，期间所做的操作街道都能看到")}
	if p.Lines, err = k.lines(ctx, r, all); err != nil {
		return web.Reply{}, err
	}
	if k.May(r, auth.StreetsEnter) && (s.State == tenants.Trial || s.State == tenants.Active) {
		f.Guard, f.Action = r.Guard(), r.Path("/streets/%d/support", s.TenantID)
		for _, x := range purposes {
			f.Purposes = append(f.Purposes, ui.Option{Value: x.key, Label: ui.T(ctx, x.title)})
		}
		p.Form = &f
	}
	return web.Page(p.Title, view.ListPage(p)).Status(status).Under(web.Crumb(ui.T(ctx, "街道总览"), r.Path("/streets")), web.Crumb(s.Name, r.Path("/streets/%d", s.TenantID)), web.Crumb(ui.T(ctx, "运营进入"), "")), nil
}

func (k *desk) ask(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := k.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	names, err := k.Names(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	w := Wish{ID: r.Claimed(), Name: called(ctx, names, r.Visitor.Person) + "（运营方）", Purpose: r.Text("purpose"), Words: r.Text("words"), Hours: r.Int("hours", 0)}
	err = k.DB.Write(ctx, s.id(), tenants.Actor{Person: r.Visitor.Person}, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Ask(ctx, tx, w)
		return err
	})
	if f := fault.Of(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		form := view.Form{Purpose: w.Purpose, Words: w.Words, Hours: r.Text("hours"), Say: ui.T(ctx, f.Say, f.Args...), Errors: f.Fields}
		return k.asking(ctx, r, s, form, f.Kind.Status())
	}
	return k.after(r.Path("/streets/%d/support/%s", s.TenantID, w.ID), "已提交申请", err)
}

// vendorSheet is the vendor's page of an access; the street's people are numbers in it.
func (k *desk) vendorSheet(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := k.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	id, err := accessOf(r)
	if err != nil {
		return web.Reply{}, err
	}
	var p view.Sheet
	var a *Access
	err = k.DB.Read(ctx, s.id(), tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		if a, err = find(ctx, tx, id, false); err == nil {
			p, err = k.page(ctx, tx, a, auth.Unnamed)
		}
		return err
	})
	if err != nil {
		return web.Reply{}, err
	}
	p.Street = s.Name
	if a.Person == r.Visitor.Person && k.May(r, auth.StreetsEnter) {
		end := &view.End{Guard: r.Guard(), Action: r.Path("/streets/%d/support/%s/end", s.TenantID, a.ID)}
		switch a.State {
		case Asked:
			end.Button, end.Confirm, p.End = ui.T(ctx, "撤回申请"), ui.T(ctx, "确定撤回这次申请吗？"), end
		case Begun:
			end.Button, end.Confirm, p.End = ui.T(ctx, "结束进入"), ui.T(ctx, "确定现在结束这次进入吗？"), end
			p.Enter = "/s/" + s.Slug + "/"
		case Refused, Withdrawn, Ended:
		}
	}
	return web.Page(p.Title, view.SheetPage(p)).Under(web.Crumb(s.Name, r.Path("/streets/%d", s.TenantID)), web.Crumb(ui.T(ctx, "运营进入"), r.Path("/streets/%d/support", s.TenantID)), web.Crumb(p.Title, "")), nil
}

// vendorEnd withdraws what was asked, or ends what has begun. Only who asked may.
func (k *desk) vendorEnd(ctx context.Context, r *web.Request) (web.Reply, error) {
	s, err := k.pick(ctx, r)
	if err != nil {
		return web.Reply{}, err
	}
	id, err := accessOf(r)
	if err != nil {
		return web.Reply{}, err
	}
	say := "已结束进入"
	entry := tenants.Entry{Tenant: s.id(), Actor: tenants.Actor{Person: r.Visitor.Person}, Always: true}
	err = k.DB.Enter(ctx, entry, func(ctx context.Context, tx tenants.Tx) error {
		a, err := Leave(ctx, tx, id)
		if err == nil && a.State == Withdrawn {
			say = "已撤回申请"
		}
		return err
	})
	return k.after(r.Path("/streets/%d/support/%s", s.TenantID, id), say, err)
}
