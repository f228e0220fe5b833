package cases

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

// The desk where matters are taken in. While somebody types, the form asks what the street knows of it already: the
// class that may be meant, the fields that it wants, cases that it may repeat, and the grid where it lies. The same
// comes with the button 核对 where no script runs.

func reportRoutes(r web.Routes) {
	r.Get("/cases/new", auth.CasesReport, reportForm)
	r.Ask("/cases/new", auth.CasesReport, askReport)
	postWith(r, "/cases", auth.CasesReport, ToReport, postReport)
	r.Post("/cases/outside", auth.CasesReport, postTell)
}

// reportReply is the form as a page.
func reportReply(ctx context.Context, r *web.Request, p view.Report) web.Reply {
	return web.Page(ui.T(ctx, "上报"), view.ReportPage(p)).Under(web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(ui.T(ctx, "上报"), ""))
}

func reportForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := reportPage(ctx, tx, r, nil)
	return reportReply(ctx, r, p), err
}

// askReport shows the form again with what is known of the matter that stands in it, or only the part asked for.
func askReport(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := reportPage(ctx, tx, r, nil)
	if err != nil {
		return web.Reply{}, err
	}
	reply := reportReply(ctx, r, p)
	switch r.URL.Query().Get("part") {
	case "classes":
		return reply.Part(view.FoundClasses(p)), nil
	case "fields":
		return reply.Part(view.AskedFields(p)), nil
	case "known":
		return reply.Part(view.KnownOf(p)), nil
	}
	return reply, nil
}

func postReport(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	if _, err := r.Kept(ctx, tx); err != nil {
		return web.Reply{}, err
	}
	in := readIntake(r)
	in.Noted = readNoted(r, cfg, in.Class, blueprint.AtReport)
	c, no, err := withPhotos(ctx, tx, r, uuid.Nil, ToReport, func() (*Case, error) { return Report(ctx, tx, in) })
	if f := refused(r, no); f != nil {
		p, err := reportPage(ctx, tx, r, f)
		return reportReply(ctx, r, p).Status(f.Kind.Status()), err
	}
	if err = errors.Join(no, err); err != nil {
		return web.Reply{}, err
	}
	return done(r, c, "已登记"), nil
}

func postTell(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	if err := Tell(ctx, tx, r.Text("channel"), r.Text("outside")); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/cases/new"), "已告知，未登记"), nil
}

// Tell notes that somebody was told where a matter belongs that the street may not take on. Of what he said nothing is
// kept: it is counted by what it was and by which channel it came.
func Tell(ctx context.Context, tx tenants.Tx, channel, outside string) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	if !auth.CanSomewhere(tx.Actor(), auth.CasesReport) {
		return errForbidden()
	}
	o, ok := cfg.Outsides.Find(outside)
	if !ok || o.Retired {
		return fault.Field("outside", "请选择渠道外事项")
	}
	after := tenants.Dims{"outside": o.Key, "outside_name": o.Title}
	if ch, ok := cfg.Channels.Find(channel); ok {
		after["channel"], after["channel_name"] = ch.Key, ch.Title
	}
	tx.Record(tenants.Act{Kind: "outside.told", Version: 1, Object: "outside", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx), After: after})
	return nil
}

// mostFound is how many classes are suggested.
const mostFound = 6

// reportPage is the form, empty or as it was posted; refused is why.
func reportPage(ctx context.Context, tx tenants.Tx, r *web.Request, refused *fault.Error) (view.Report, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Report{}, err
	}
	p := view.Report{
		Form: view.Form{Action: r.Path("/cases"), Guard: r.Guard(), Key: string(ToReport), Values: map[string]string{}, Photos: takesPhotos(ToReport)},
		Case: tenants.NewID().String(), Back: r.Path("/cases"), Ask: r.Path("/cases/new"), Tell: r.Path("/cases/outside"), Spot: OnSpot(tx.Actor(), n.cfg),
	}
	if cfg := n.cfg; cfg.On("grids") {
		p.Picker = r.Path("/grids/picker")
	}
	if len(r.PostForm) > 0 {
		p.Values = typed(r)
		if key := r.Text("choose"); key != "" { // one of the classes found
			p.Values["class"] = key
		}
		p.Urgent, p.Confidential = p.Values["urgent"] != "", p.Values["confidential"] != ""
		if id := p.Values["id"]; id != "" {
			p.Case = id
		}
		if part := r.URL.Query().Get("part"); refused == nil {
			if part == "" || part == "classes" {
				n.seek(&p)
			}
			if part == "" || part == "known" {
				if err := n.known(ctx, tx, r, &p); err != nil {
					return p, err
				}
			}
		}
	}
	if refused != nil {
		refuse(ctx, &p.Form, refused)
	}
	p.Channels, p.Classes, p.Communities = n.channels(p.Values["channel"]), n.classes(p.Values["class"]), n.communities(tx, p.Values["community"])
	for _, k := range n.cfg.CodesOf(Natures) {
		p.Natures = append(p.Natures, ui.Option{Value: k.Code, Label: k.Title})
	}
	for _, s := range geo.Systems {
		p.Systems = append(p.Systems, ui.Option{Value: string(s), Label: ui.T(ctx, s.Title())})
	}
	p.Asked = n.asked(p.Values["class"], blueprint.AtReport, p.Values)
	for _, o := range n.cfg.Outsides.All() {
		if !o.Retired {
			p.Outsides = append(p.Outsides, view.Outside{Key: o.Key, Title: o.Title, Number: o.Number, Matters: o.Matters, Say: o.Say, Emergency: o.Emergency})
		}
	}
	return p, nil
}

// seek fills in the classes that may be meant.
func (n names) seek(p *view.Report) {
	said := p.Values["seek"]
	if said == "" && p.Values["class"] == "" {
		said = p.Values["title"] + p.Values["description"]
	}
	for _, f := range Seek(n.cfg, said, mostFound) {
		p.Found = append(p.Found, view.Found{Key: f.Key, Label: strings.TrimSpace(f.Code + " " + f.Title), Above: f.Above, As: f.As})
	}
}

// known fills in what the street knows of the matter that stands in the form: where it lies, and what it may repeat.
func (n names) known(ctx context.Context, tx tenants.Tx, r *web.Request, p *view.Report) error {
	in := readIntake(r)
	in.Address = standard(in.Address)
	if in.Place != (Place{}) {
		in.Address = in.Place.Line()
	}
	p.Line = in.Address
	now := clock.Now(ctx)
	if in.Lon != nil && in.Lat != nil {
		code, err := Locate(ctx, tx, *in.Lon, *in.Lat, now)
		if err != nil {
			return err
		}
		if p.Grid = code; code != "" {
			crew, err := CrewOf(ctx, tx, code)
			if err != nil {
				return err
			}
			called, err := auth.Names(ctx, tx, crew...)
			if err != nil {
				return err
			}
			for _, person := range crew {
				p.Crew = append(p.Crew, called[person])
			}
			if in.Community == "" {
				if in.Community, err = HomeOf(ctx, tx, code); err != nil {
					return err
				}
				p.Values["community"] = in.Community
			}
		}
	}
	if p.Values["class"] == "" || in.Description == "" {
		return nil
	}
	like, err := n.alikeTo(ctx, tx, matter{Class: p.Values["class"], Community: in.Community, Lon: in.Lon, Lat: in.Lat, At: now, Words: in.Description + in.Address})
	if err != nil {
		return err
	}
	for _, s := range like {
		p.Similar = append(p.Similar, n.similarTo(r, s))
	}
	return nil
}
