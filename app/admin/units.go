package admin

import (
	"context"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// unitKinds in the order in which they are offered; titles are catalogue keys.
var unitKinds = []struct {
	kind  blueprint.UnitKind
	title string
}{
	{blueprint.Office, ui.Key("内设机构")}, {blueprint.Station, ui.Key("站所")}, {blueprint.Squad, ui.Key("队伍")},
	{blueprint.Community, ui.Key("社区（村）")}, {blueprint.Branch, ui.Key("派驻机构")}, {blueprint.Bureau, ui.Key("区级部门")}, {blueprint.Utility, ui.Key("公用企业")},
}

func unitKind(k blueprint.UnitKind) string {
	for _, u := range unitKinds {
		if u.kind == k {
			return u.title
		}
	}
	return string(k)
}

// sourceOf says where an item comes from; one without a source is a community of the division list.
func sourceOf(s blueprint.Source, found, retired bool) view.Source {
	switch {
	case retired:
		return view.Retired
	case !found:
		return view.Listed
	case s.Own == nil:
		return view.Blueprint
	case s.Blueprint == nil:
		return view.Added
	}
	return view.Own
}

func (a *desk) units(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	sources, err := sourcesOf(ctx, tx, blueprint.Units)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Units{Frame: Frame(tx, r), Query: r.Text("q"), Kind: r.Text("kind")}
	for _, k := range unitKinds {
		page.Kinds = append(page.Kinds, ui.Option{Value: string(k.kind), Label: ui.T(ctx, k.title)})
	}
	staff, reads := map[string]map[int64]bool{}, auth.Can(tx.Actor(), auth.PeopleRead, "")
	if reads {
		if staff, err = staffed(ctx, tx); err != nil {
			return web.Reply{}, err
		}
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if page.Kind != "" && page.Kind != string(u.Kind) || !has(page.Query, u.Name, u.Short, u.Key) {
			continue
		}
		parent, _ := cfg.UnitOf(u.Parent)
		src, found := sources[u.Key]
		line := view.Unit{Key: u.Key, Name: u.Name, Short: u.Short, Kind: unitKind(u.Kind), Parent: parent.Short, Source: sourceOf(src, found, u.Retired), People: len(staff[u.Key])}
		if reads {
			line.Staff = r.Path("/admin/people?unit=%s", u.Key)
		}
		page.List = append(page.List, line)
	}
	return web.Page(ui.T(ctx, "承办单位"), view.UnitsView(page)), nil
}

// staffed are the persons who hold a role in a unit or community, by its key.
func staffed(ctx context.Context, tx tenants.Tx) (map[string]map[int64]bool, error) {
	living, err := auth.Grants(ctx, tx, 0)
	out := map[string]map[int64]bool{}
	for _, g := range living {
		for _, key := range []string{g.Unit, g.Community} {
			if key == "" {
				continue
			}
			if out[key] == nil {
				out[key] = map[int64]bool{}
			}
			out[key][g.Person] = true
		}
	}
	return out, err
}

// has reports whether what was searched stands in one of texts; nothing searched stands in all.
func has(query string, texts ...string) bool {
	if query == "" {
		return true
	}
	for _, t := range texts {
		if strings.Contains(t, query) {
			return true
		}
	}
	return false
}

// dutyLists in their order; titles are catalogue keys.
var dutyLists = []struct {
	list  blueprint.DutyList
	title string
}{
	{blueprint.Basic, ui.Key("基本履职")}, {blueprint.Assisting, ui.Key("配合履职")}, {blueprint.Withdrawn, ui.Key("上级收回")},
}

func (a *desk) duties(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	sources, err := sourcesOf(ctx, tx, blueprint.Duties)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Duties{Frame: Frame(tx, r), Query: r.Text("q"), List: r.Text("list")}
	title := map[blueprint.DutyList]string{}
	for _, l := range dutyLists {
		title[l.list] = l.title
		page.Lists = append(page.Lists, ui.Option{Value: string(l.list), Label: ui.T(ctx, l.title)})
	}
	for _, d := range cfg.Duties.All() {
		class, _ := cfg.Classes.Find(d.Class)
		unit := ui.None
		if u, ok := cfg.UnitOf(d.Unit); ok {
			unit = u.Name
		} else if d.UnitKind == blueprint.Community {
			unit = ui.T(ctx, "事发地社区（村）")
		}
		if page.List != "" && page.List != string(d.List) || !has(page.Query, class.Title, unit, d.Ground, d.Upper, class.Code) {
			continue
		}
		src, found := sources[d.Key]
		page.Rows = append(page.Rows, view.Duty{Class: class.Title, Code: class.Code, Unit: unit, List: title[d.List], Upper: d.Upper, Ground: d.Ground, Source: sourceOf(src, found, d.Retired)})
	}
	return web.Page(ui.T(ctx, "职责清单"), view.DutiesView(page)), nil
}
