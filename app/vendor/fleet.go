package vendor

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"wanjie/app/auth"
	"wanjie/app/web"
	view "wanjie/templates/fleet"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// units is every unit of the country by code, copied out of the list once.
var units = sync.OnceValue(division.Units)

// filter is what the fleet is asked for.
type filter struct {
	query    string
	province int32
	state    string
	opened   bool
	page     int
}

func filterOf(r *web.Request) filter {
	f := filter{query: r.Text("q"), province: int32(r.Int("province", 0)), state: r.Text("state"), page: max(1, r.Int("page", 1))}
	f.opened = r.Text("scope") == "opened" || f.state != ""
	f.page = min(f.page, 1_000_000)
	return f
}

const (
	perPage = 20
	most    = 1000 // of what a search finds; beyond, it has to be narrowed
)

// fleet lists the units of the country, or the opened tenants alone.
func (c *console) fleet(ctx context.Context, r *web.Request) (web.Reply, error) {
	f := filterOf(r)
	v := view.Fleet{Query: f.query, State: f.state, Province: r.Text("province"), Scope: r.Text("scope"), All: len(units()), MayOpen: c.May(r, auth.StreetsOpen)}
	for _, p := range division.Provinces() {
		v.Provinces = append(v.Provinces, ui.Option{Value: strconv.Itoa(int(p.Code)), Label: p.Name})
	}
	var found []division.Unit
	if f.query != "" && !f.opened {
		found = division.Search(f.query, most+1)
	}
	pages := ui.Pages{Number: f.page, Size: perPage, Path: r.Path("/streets"), List: "fleet", Query: url.Values{}}
	for k, value := range map[string]string{"q": f.query, "province": v.Province, "scope": v.Scope, "state": f.state} {
		if value != "" {
			pages.Query.Set(k, value)
		}
	}

	var rows []street
	var lines []division.Unit
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		if err := tx.Raw(`SELECT count(*) FILTER (WHERE state <> 'closed'), count(*) FILTER (WHERE state = 'trial'), count(*) FILTER (WHERE state = 'suspended')
			FROM ctl.directory WHERE kind = 'street'`).Scan(ctx, &v.Open, &v.Trial, &v.Suspended); err != nil {
			return err
		}
		if f.opened {
			var err error
			rows, pages.Total, err = opened(ctx, tx, f, perPage)
			return err
		}
		lines, pages = window(f, found, pages)
		codes := make([]string, len(lines))
		for i, u := range lines {
			codes[i] = u.Code
		}
		have, err := byCodes(ctx, tx, codes)
		for _, s := range have {
			rows = append(rows, s)
		}
		return err
	})
	if err != nil {
		return web.Reply{}, err
	}
	points, usage, err := c.details(ctx, rows)
	if err != nil {
		return web.Reply{}, err
	}
	editions, _, err := c.editions(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	fill := func(u view.Unit, s street) view.Unit {
		u.Tenant, u.Slug, u.State, u.OpenedAt, u.Cases = s.TenantID, s.Slug, s.State, s.OpenedAt, usage[s.TenantID]["cases.filed"]
		u.TrialUntil, u.Over = s.TrialUntil, over(ctx, s)
		u.Blueprint = editionName(editions[points[s.TenantID].Blueprint])
		return u
	}
	if f.opened {
		for _, s := range rows {
			u := view.Unit{Code: s.Code, Name: s.Name, Path: pathOf(s), Kind: kindOf(s.Kind)}
			v.Units = append(v.Units, fill(u, s))
		}
	} else {
		of := map[string]street{}
		for _, s := range rows {
			of[s.Code] = s
		}
		for _, u := range lines {
			line := lineOf(u)
			if s, ok := of[u.Code]; ok {
				line = fill(line, s)
			}
			v.Units = append(v.Units, line)
		}
	}
	v.Pages = pages
	return web.Page(ui.T(ctx, "街道总览"), view.FleetView(v)), nil
}

// window cuts one page out of what a search found, or out of the whole country or a province.
func window(f filter, found []division.Unit, p ui.Pages) ([]division.Unit, ui.Pages) {
	list := found
	if f.query == "" {
		list = units()
	}
	if f.province != 0 {
		prefix := strconv.Itoa(int(f.province))
		in := make([]division.Unit, 0, min(len(list), 4096))
		for _, u := range list {
			if strings.HasPrefix(u.Code, prefix) {
				in = append(in, u)
			}
		}
		list = in
	}
	p.Total = len(list)
	from, to := (f.page-1)*perPage, f.page*perPage
	if f.query != "" && len(found) > most {
		p.Capped, p.Total, p.More = true, min(p.Total, most), to < len(list)
	}
	if from >= len(list) {
		return nil, p
	}
	return list[from:min(to, len(list))], p
}
