package resident

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/photos"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// reportForm is the first two steps: what it is, then where it is and what happened.
func (d *desk) reportForm(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	if k, ok := cfg.Classes.Find(r.Text("class")); ok && !k.Retired {
		return d.reportPage(ctx, tx, r, me, nil)
	}
	p := choices(ctx, r, cfg, r.Text("all") != "")
	return web.Page(ui.T(ctx, "我要反映"), view.ChoosePage(p)).Data(p), nil
}

func (d *desk) reportPage(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident, f *fault.Error) (web.Reply, error) {
	p, err := d.reportOf(ctx, tx, r, me, f)
	reply := web.Page(ui.T(ctx, "我要反映"), view.ReportPage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, err
}

func (d *desk) reportOf(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident, f *fault.Error) (p view.Report, err error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	name, phone, err := me.Open(box)
	if err != nil {
		return p, err
	}
	consents, err := Consents(ctx, tx, me.Person)
	if err != nil {
		return p, err
	}
	p = view.Report{Form: form(ctx, r, f), Base: r.Base, ID: tenants.NewID().String(), Class: r.Text("class"), Name: name, Phone: phone, PlaceAgreed: agreed(consents)[ForPlace]}
	if typed := r.Text("id"); typed != "" {
		p.ID = typed
	}
	p.Icon, p.Title = tileOf(ctx, cfg, p.Class)
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			p.Communities = append(p.Communities, ui.Option{Value: u.Key, Label: u.Name})
		}
	}
	return p, nil
}

// mostPhotos is how many photos somebody sends with a report.
const mostPhotos = 3

// mostADay is how many matters somebody reports in a day: more than a bad week has, and too few to flood a desk.
const mostADay = 20

func (d *desk) report(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	taken, bad := web.Taken[*photos.Upload](r, cases.PhotoField)
	in, err := d.readReport(ctx, tx, r, me, len(taken) > 0)
	if err == nil {
		err = bad
	}
	var c *cases.Case
	if err == nil && r.Text("anyway") == "" {
		if c, err = cases.OwnAlike(ctx, tx, in); c != nil {
			return d.alike(ctx, tx, r, me, c)
		}
	}
	if err == nil {
		c, err = cases.ReportOwn(ctx, tx, in)
	}
	if f := refused(r, err); f != nil {
		return d.reportPage(ctx, tx, r, me, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	if err := photos.Add(ctx, tx, c, photos.Before, taken...); err != nil {
		return web.Reply{}, err
	}
	return web.See(r.Path("/matters/%s?new=1", c.ID)).Or(view.Receipt{ID: c.ID.String(), Number: c.Number}), nil
}

// alike shows the matter that a report seems to repeat, with what was typed: it is added there, or reported all the same.
func (d *desk) alike(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident, c *cases.Case) (web.Reply, error) {
	f := fault.New(fault.Conflict, "您反映过相似的事项（编号 %s），正在办理", c.Number)
	if r.WantsJSON() {
		return web.Reply{}, f
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := rows(ctx, tx, r, cfg, []*cases.Case{c})
	if err != nil {
		return web.Reply{}, err
	}
	p, err := d.reportOf(ctx, tx, r, me, f)
	p.Alike = &list[0]
	return web.Page(ui.T(ctx, "我要反映"), view.ReportPage(p)).Status(f.Kind.Status()), err
}

// enough refuses whoever has reported as much as anybody may in a day.
func enough(ctx context.Context, tx tenants.Tx) error {
	var today int
	err := tx.Raw(`SELECT count(*) FROM cases WHERE tenant_id = ? AND reported_by = ? AND reported_at > ?`, int32(tx.ID()), tx.Actor().Person, clock.Now(ctx).Add(-24*time.Hour)).Scan(ctx, &today)
	if err != nil {
		return fmt.Errorf("reports of today: %w", err)
	}
	if today >= mostADay {
		return fault.New(fault.TooMany, "今天反映的事项较多，请明天再试，或拨打服务电话")
	}
	return nil
}

// mayReport refuses before photos are taken in whom this street does not know, or who has reported enough.
func (d *desk) mayReport(ctx context.Context, tx tenants.Tx) error {
	if err := d.closed(ctx, tx); err != nil {
		return err
	}
	if _, err := Known(ctx, tx); err != nil {
		return err
	}
	return enough(ctx, tx)
}

// readReport is the form in the verb's words: of what is pictured its class says enough. A point needs the resident's
// consent, which pressing the button gives.
func (d *desk) readReport(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident, pictured bool) (in cases.Intake, err error) {
	if err := enough(ctx, tx); err != nil {
		return in, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return in, err
	}
	name, phone, err := me.Open(box)
	if err != nil {
		return in, err
	}
	in = cases.Intake{Class: r.Text("class"), Community: r.Text("community"), Confidential: r.Text("confidential") != "",
		Words: cases.Words{Description: r.Text("description"), Address: r.Text("address"), Petitioner: name, Phone: phone}}
	if in.Description == "" && pictured {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return in, err
		}
		if title := cfg.ClassTitle(in.Class); title != in.Class {
			in.Description = title + "，见照片"
		}
	}
	if id, err := uuid.Parse(r.Text("id")); err == nil && id.Version() == 7 {
		in.ID = id
	}
	if said := r.Text("petitioner"); said != "" && said != name {
		if err := Call(ctx, tx, me, said); err != nil {
			return in, err
		}
		in.Petitioner = said
	}
	lon, err1 := strconv.ParseFloat(r.Text("lon"), 64)
	lat, err2 := strconv.ParseFloat(r.Text("lat"), 64)
	if err1 != nil || err2 != nil {
		if in.Address == "" && in.Community == "" {
			var f fault.Problems // both fields at once, or people send the form twice to hear of both
			f.Add("address", "请填写地址、选择社区（村）或点击定位，便于找到现场")
			f.Need("description", in.Description, 4000)
			return in, f.Fault()
		}
		return in, nil
	}
	if r.Text("system") != "cgcs2000" { // what phones say in this country, unless the page knows better
		lon, lat = d.GCJ(lon, lat)
	}
	in.Lon, in.Lat = &lon, &lat
	if r.Text("place_ok") != "" {
		return in, Agree(ctx, tx, me, ForPlace, way(r))
	}
	consents, err := Consents(ctx, tx, me.Person)
	if err == nil && !agreed(consents)[ForPlace] {
		err = fault.Field("address", "保存位置须先同意使用手机定位；也可以只填写地址")
	}
	return in, err
}
