package mine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/module"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// How many tenants are asked, how many at once, how long each may take, and all together.
const (
	mostPlaces  = 20
	atOnce      = 5
	patience    = time.Second
	patienceAll = 5 * time.Second
)

// Wait is one thing that waits, with the tenant in which it does.
type Wait struct {
	module.Wait
	Kind  string
	Place auth.Place
}

// Gap is a tenant that is not in the list, and why.
type Gap struct {
	Place auth.Place
	Say   string // a catalogue key
}

// Deps is what the door needs of the wiring.
type Deps struct {
	Places  func(ctx context.Context, person int64) ([]auth.Place, error)
	Modules []module.Module
	Frame   func(context.Context) web.Frame // its menu is filled by the page
}

// door asks the tenants of one person.
type door struct {
	Deps
	site *web.Site
}

// errLeft is a tenant that has its reason to be left out.
type errLeft string

func (e errLeft) Error() string { return "left out: " + string(e) }

// answer is what one place says.
type answer struct {
	list []Wait
	err  error
}

// ask asks the places, some at once, and merges what waits: by deadline, what has none last. asked are the places that answered.
func (d door) ask(ctx context.Context, r *web.Request, places []auth.Place) (list []Wait, asked []auth.Place, gaps []Gap) {
	answers := d.askAll(ctx, r, places[:min(len(places), mostPlaces)])
	for i, p := range places {
		if i >= mostPlaces {
			gaps = append(gaps, Gap{p, ui.Key("工作台过多，未列入")})
			continue
		}
		var left errLeft
		switch err := answers[i].err; {
		case err == nil:
			list, asked = append(list, answers[i].list...), append(asked, p)
		case errors.As(err, &left):
			gaps = append(gaps, Gap{p, string(left)})
		case errors.Is(err, web.ErrWeak):
			gaps = append(gaps, Gap{p, ui.Key("须完成二次验证，请从该工作台进入")})
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden): // his grant ended a moment ago
		default:
			d.site.Log.ErrorContext(ctx, "a tenant's waiting things are left out", "tenant", p.Tenant, "person", r.Visitor.Person, "error", err)
			gaps = append(gaps, Gap{p, ui.Key("暂时查询不到，请稍后刷新")})
		}
	}
	slices.SortStableFunc(list, func(a, b Wait) int {
		if a.Due.IsZero() != b.Due.IsZero() {
			return cmp.Compare(bit(a.Due.IsZero()), bit(b.Due.IsZero()))
		}
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Place.Tenant, b.Place.Tenant), cmp.Compare(a.Path, b.Path))
	})
	return list, asked, gaps
}

// askAll asks every place, so many at once, and answers in their order.
func (d door) askAll(ctx context.Context, r *web.Request, places []auth.Place) []answer {
	out := make([]answer, len(places))
	ctx, cancel := context.WithTimeout(ctx, patienceAll)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, p := range places {
		g.Go(func() error {
			own := *r // admitting a visitor may write into it
			out[i].list, out[i].err = d.askOne(ctx, &own, p)
			return nil // one place's trouble is not the next one's
		})
	}
	_ = g.Wait()
	return out
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// askOne is what waits for the person in one tenant, which decides by itself what he may see.
func (d door) askOne(ctx context.Context, r *web.Request, p auth.Place) (list []Wait, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = d.site.DB.Read(ctx, p.Tenant, tenants.Actor{Person: r.Visitor.Person}, func(ctx context.Context, tx tenants.Tx) error {
		if err := d.site.Admit(ctx, tx, r, "", ""); err != nil {
			return err
		}
		if tx.Tenant().State == tenants.Suspended {
			return errLeft(ui.Key("服务已暂停"))
		}
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range d.Modules {
			if !cfg.On(m.Key) {
				continue
			}
			for _, w := range m.Waits {
				if !auth.CanSomewhere(tx.Actor(), w.May) {
					continue
				}
				found, err := w.List(ctx, tx, cfg)
				if err != nil {
					return err
				}
				for _, f := range found {
					list = append(list, Wait{f, w.Kind, p})
				}
			}
		}
		return nil
	})
	return list, err
}
