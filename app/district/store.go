package district

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// counts are the figures of one line, in cases.
type counts struct{ Received, Closed, OnTime, Overdue int64 }

func (c *counts) add(o counts) {
	c.Received += o.Received
	c.Closed += o.Closed
	c.OnTime += o.OnTime
	c.Overdue += o.Overdue
}

// depth are the figures beyond the first, as deeper orders them.
type depth struct {
	Returned, Reopened, Repeated, HandedIn, HandedOut int64
	Called, Contacted, Solved, Satisfied, Basically   int64
	Due, Met                                          int64
	Suspended                                         int64
	Age                                               [len(ages)]int64 // open since more than so many days
}

func (d *depth) add(more []int64) {
	all := []*int64{&d.Returned, &d.Reopened, &d.Repeated, &d.HandedIn, &d.HandedOut, &d.Called, &d.Contacted, &d.Solved, &d.Satisfied, &d.Basically, &d.Due, &d.Met, &d.Suspended}
	for i := range d.Age {
		all = append(all, &d.Age[i])
	}
	for i, n := range more {
		*all[i] += n
	}
}

// place is one tenant of the district with its figures.
type place struct {
	id         tenants.ID
	slug, name string
	kind       tenants.Kind
	now, was   counts
	open, late int64
	deep       depth
	residents  int64 // as entered; 0: nobody did
	behind     int64 // acts that are not in the figures yet
	head       time.Time
}

// group is one class, unit, channel or community with its figures.
type group struct {
	tenant     int32 // whose unit it is; 0 where the district adds up over tenants
	key, label string
	now        counts
	open, late int64
	deep       depth
	serves     int64 // streets in which a unit of the centre received or closed anything
}

// point is one day or month of the trend.
type point struct {
	at time.Time
	counts
}

// figures are everything a board shows.
type figures struct {
	at     time.Time // database clock of the reading
	places []place
	points []point
	groups map[string][]group // by dimension, most received first
}

// asked is what is read: the dimensions, how many groups of each, of one tenant or of all.
type asked struct {
	Period
	dims   []string
	most   int        // groups of each dimension; 0: all
	shown  int        // of one street: lines of each table that are shown after small ones were merged; 0: all
	stock  bool       // also open and late of the groups
	deep   bool       // also depth, which needs stock
	tenant tenants.ID // 0: the district
	line   *web.Line  // what the officer is narrowed to; nil: the district
	unit   string     // one unit of the centre, by its key there: a group for each tenant in dimension unit
}

// read fetches a board in one statement.
func read(ctx context.Context, tx tenants.DistrictTx, q asked) (figures, error) {
	s := q.sql(tx.District())
	var rows []struct {
		Part, Key, Label, At string
		Tenant               int32
		A, B, C, D, E, F     int64
		More                 []int64 `bun:",array"`
	}
	if err := tx.Raw(s.b.String(), s.args...).Scan(ctx, &rows); err != nil {
		return figures{}, fmt.Errorf("board of district %d: %w", tx.District(), err)
	}
	f := figures{groups: map[string][]group{}}
	at := map[int32]int{}
	for _, r := range rows {
		if r.Part == "place" {
			at[r.Tenant] = len(f.places)
			f.places = append(f.places, place{id: tenants.ID(r.Tenant), slug: r.Key, name: r.Label, kind: tenants.Kind(r.At), residents: r.D, behind: r.A, head: time.UnixMicro(r.B)})
			f.at = time.UnixMicro(r.C)
		}
	}
	for _, r := range rows {
		c := counts{Received: r.A, Closed: r.B + r.C, OnTime: r.B, Overdue: r.C}
		switch r.Part {
		case "place":
		case "now", "was", "whole", "due", "age30", "age60", "age90":
			i, ok := at[r.Tenant]
			if !ok { // closed: its past stays in nobody's line
				continue
			}
			f.places[i].deep.add(r.More)
			switch p := &f.places[i]; r.Part {
			case "now":
				p.now = c
			case "was":
				p.was = c
			case "whole":
				p.open, p.late = c.Received-c.Closed, r.D
			}
		case "point":
			day, err := time.ParseInLocation(time.DateOnly, r.At, clock.Zone)
			if err != nil {
				return f, fmt.Errorf("board: day %q: %w", r.At, err)
			}
			f.points = append(f.points, point{day, c})
		default:
			g := group{tenant: r.Tenant, key: r.Key, label: r.Label, now: c, open: r.E, late: r.D, serves: r.F}
			g.deep.add(r.More)
			f.groups[r.Part] = append(f.groups[r.Part], g)
		}
	}
	return f, nil
}

// unitOf answers what the streets, or the centre itself, call a unit of the centre; fault.NotFound when
// none ever had a case of it.
func unitOf(ctx context.Context, tx tenants.DistrictTx, line *web.Line, key string) (name string, err error) {
	if line != nil && !slices.Contains(line.Keys, blueprint.CentreUnit(key)) {
		return "", fault.New(fault.NotFound, "本区没有这个承办单位")
	}
	err = tx.Raw(`SELECT label FROM labels l JOIN tenants t USING (tenant_id, district)
		WHERE l.district = ? AND dim = 'unit' AND (key = ? AND kind = 'street' OR key = ? AND kind = 'centre') ORDER BY tenant_id DESC LIMIT 1`,
		tx.District(), blueprint.CentreUnit(key), key).Scan(ctx, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "本区没有这个承办单位")
	}
	if err != nil {
		return "", fmt.Errorf("unit %s of district %d: %w", key, tx.District(), err)
	}
	return name, nil
}

// find answers the tenant with this slug in the district.
func find(ctx context.Context, tx tenants.DistrictTx, slug string) (tenants.ID, string, error) {
	var found []struct {
		TenantID int32
		Name     string
	}
	err := tx.Raw("SELECT tenant_id, name FROM tenants WHERE district = ? AND slug = ? AND state <> 'closed' AND state <> 'opening'", tx.District(), slug).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return 0, "", err
	}
	return tenants.ID(found[0].TenantID), found[0].Name, nil
}
