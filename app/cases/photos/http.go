package photos

import (
	"context"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/files/pictures"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/photos"
)

func routes(r web.Routes) {
	r.Look("/photos/{id}", "", show(false))
	r.Look("/photos/{id}/small", "", show(true))
	r.Post("/photos/{id}/remove", "", remove)
}

// show authorises, and streams after the look is written down.
func show(small bool) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		f, err := Look(ctx, tx, id, small)
		if err != nil {
			return web.Reply{}, err
		}
		return web.Picture(f.Name, pictures.Type, f.Size, f.Copy), nil
	}
}

func remove(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	c, err := Remove(ctx, tx, id, r.Text("reason"))
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/cases/%s", c.ID), "已删除"), nil
}

// brought are the phases to which the photos of a verb's form belong, by field.
var brought = map[cases.Verb]map[string]Phase{
	cases.ToReport:   {cases.PhotoField: Before, cases.FixedField: After},
	cases.ToConfirm:  {cases.PhotoField: Before},
	cases.ToHandle:   {cases.PhotoField: After},
	cases.ToAssist:   {cases.PhotoField: After},
	cases.ToFeedBack: {cases.PhotoField: After},
	cases.ToCheck:    {cases.PhotoField: Check},
}

// Fit refuses what the form of a verb brought: what is no photo, and more of a phase than a case may have. id is the case's, none
// while it is being reported.
func Fit(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, v cases.Verb) error {
	for field, phase := range brought[v] {
		uploads, err := web.Taken[*Upload](r, field)
		if err != nil {
			return err
		}
		if err := room(ctx, tx, id, phase, len(uploads)); err != nil {
			return err
		}
	}
	return nil
}

// Keep lets what the form of a verb brought be known; see cases.Photographed.
func Keep(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, v cases.Verb) error {
	for _, field := range []string{cases.PhotoField, cases.FixedField} {
		phase, ok := brought[v][field]
		if !ok {
			continue
		}
		uploads, err := web.Taken[*Upload](r, field)
		if err != nil {
			return err
		}
		if err := Add(ctx, tx, c, phase, uploads...); err != nil {
			return err
		}
	}
	return nil
}

// Panel draws a case's photos on its sheet; nothing where there are none.
func Panel(ctx context.Context, tx tenants.Tx, r *web.Request, c *cases.Case, _ *blueprint.Config, _ cases.Tried) ([]templ.Component, error) {
	list, err := Of(ctx, tx, c)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var people []int64
	for _, p := range list {
		people = append(people, p.AddedBy, p.RemovedBy)
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	card := view.Card{}
	for _, phase := range Phases {
		g := view.Group{Title: ui.T(ctx, phase.Title())}
		for i := range list {
			p := &list[i]
			if p.Phase != phase {
				continue
			}
			if !p.RemovedAt.IsZero() {
				reason, err := box.Open(reasonAddr(p.ID), p.Reason)
				if err != nil {
					return nil, err
				}
				g.Removed = append(g.Removed, ui.T(ctx, "%s 由%s删除：%s", ui.Time(p.RemovedAt), names[p.RemovedBy], reason))
				continue
			}
			shown := pictured(ctx, r, p)
			shown.By = names[p.AddedBy]
			if mayRemove(tx.Actor(), c, p) {
				shown.Remove, shown.Guard = r.Path("/photos/%s/remove", p.ID), r.Guard()
			}
			g.Photos = append(g.Photos, shown)
		}
		if len(g.Photos)+len(g.Removed) > 0 {
			card.Groups = append(card.Groups, g)
		}
	}
	return []templ.Component{view.PhotosCard(card)}, nil
}

// smallSize is the size of a photo's small one.
func (p *Photo) smallSize() (w, h int) {
	const side = 320
	if long := max(p.Width, p.Height); long > side {
		return max(1, p.Width*side/long), max(1, p.Height*side/long)
	}
	return p.Width, p.Height
}

func pictured(ctx context.Context, r *web.Request, p *Photo) view.Photo {
	out := view.Photo{Large: r.Path("/photos/%s", p.ID), Small: r.Path("/photos/%s/small", p.ID), At: p.AddedAt, What: ui.T(ctx, p.Phase.Title())}
	out.Width, out.Height = p.smallSize()
	return out
}

// Of a handover that nobody has accepted yet: what came with it.
func OfHandover(ctx context.Context, tx tenants.Tx, r *web.Request, handover uuid.UUID) (templ.Component, error) {
	var list []Photo
	if err := tx.Select(&list).Where("p.handover_id = ?", handover).Where("p.case_id IS NULL").Where("p.removed_at IS NULL").Order("p.added_at", "p.id").Scan(ctx); err != nil || len(list) == 0 {
		return nil, err
	}
	g := view.Group{Title: ui.T(ctx, "随移交送来")}
	for i := range list {
		g.Photos = append(g.Photos, pictured(ctx, r, &list[i]))
	}
	return view.PhotosCard(view.Card{Groups: []view.Group{g}}), nil
}
