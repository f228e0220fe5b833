package cases

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/cases/alike"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// Similar is a case that may be the same matter as another.
type Similar struct {
	ID         uuid.UUID
	Number     string
	Title      string
	Stage      Stage
	Channel    string
	ReportedAt time.Time
	Metres     int     // between the two points; -1 when one has none
	Common     float64 // of the words, 0 to 1
}

// How alike matters of one class must be: in their words alone, or in their words when they lie in one place.
const (
	alikeAnywhere  = .4
	alikeNear      = .1
	mostCandidates = 60
	mostSimilar    = 5
)

// Alike suggests cases that c may repeat: of its class, in its community or near its point, reported within the days that the
// street has set, and said in similar words. The likeliest come first. Their words are opened for the comparison and not kept.
func Alike(ctx context.Context, tx tenants.Tx, c *Case) ([]Similar, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	own, err := c.Open(n.box)
	if err != nil {
		return nil, err
	}
	return n.alikeTo(ctx, tx, matter{c.ID, c.Class, c.Community, c.Lon, c.Lat, c.ReportedAt, own.Description + own.Address})
}

// matter is what was reported, as far as it is compared; a case or what may become one.
type matter struct {
	Not       uuid.UUID // the case itself
	Class     string
	Community string
	Lon, Lat  *float64
	At        time.Time
	Words     string
}

func (n names) alikeTo(ctx context.Context, tx tenants.Tx, c matter) ([]Similar, error) {
	days, metres := n.cfg.Int("cases.merge_days", 7), float64(n.cfg.Int("cases.merge_metres", 50))
	span := time.Duration(days) * 24 * time.Hour
	var list []Case
	err := tx.Select(&list).Where("c.reported_at BETWEEN ? AND ?", c.At.Add(-span), c.At.Add(span)).Where("c.class = ?", c.Class).Where("c.id <> ?", c.Not).
		Where("c.stage NOT IN ('rejected', 'merged', 'voided')").
		OrderExpr("c.reported_at DESC, c.id DESC").Limit(mostCandidates).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("cases alike: %w", err)
	}
	var out []Similar
	for i := range list {
		o := &list[i]
		if !sees(tx.Actor(), o) {
			continue
		}
		s := Similar{ID: o.ID, Number: o.Number, Stage: o.Stage, Channel: n.channel(o.Channel), ReportedAt: o.ReportedAt, Metres: -1}
		far := float64(-1)
		if c.Lon != nil && o.Lon != nil {
			far = geo.Metres(geom.XY{X: *c.Lon, Y: *c.Lat}, geom.XY{X: *o.Lon, Y: *o.Lat})
			s.Metres = int(far)
		}
		near := far >= 0 && far <= metres
		if far > metres || far < 0 && (c.Community == "" || c.Community != o.Community) {
			continue // elsewhere
		}
		w, err := o.Open(n.box)
		if err != nil {
			return nil, err
		}
		s.Title, s.Common = w.Title, alike.Words(c.Words, w.Description+w.Address)
		if s.Common >= alikeAnywhere || near && s.Common >= alikeNear {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Similar) int {
		switch {
		case a.Common > b.Common:
			return -1
		case a.Common < b.Common:
			return 1
		}
		return 0
	})
	return out[:min(len(out), mostSimilar)], nil
}

// similar draws the suggestion for whoever may lay the case to another.
func (n names) similar(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case) (out []view.Similar, err error) {
	may := move(ToMerge).allows(tx.Actor(), c, c.Lead, n.cfg) == nil
	if !may {
		return nil, nil
	}
	list, err := Alike(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		shown := n.similarTo(r, s)
		shown.Merge, shown.Guard = r.Path("/cases/%s/%s", c.ID, ToMerge), r.Guard()
		out = append(out, shown)
	}
	return out, nil
}

func (n names) similarTo(r *web.Request, s Similar) view.Similar {
	place := ui.T(n.ctx, "同一社区")
	if s.Metres >= 0 {
		place = ui.T(n.ctx, "相距 %d 米", s.Metres)
	}
	return view.Similar{
		Href: r.Path("/cases/%s", s.ID), Number: s.Number, Title: s.Title, Channel: s.Channel, State: n.state(s.Stage), Reported: s.ReportedAt, Place: place,
		Common: ui.T(n.ctx, "文字相近 %d%%", int(s.Common*100)),
	}
}
