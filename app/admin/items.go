package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// itemRoutes puts the editor of the street's items under /admin/items.
func (a *desk) itemRoutes(r web.Routes) {
	r.Get("/admin/items", auth.ConfigRead, a.topics)
	r.Get("/admin/items/own", auth.ConfigRead, a.differences)
	r.Get("/admin/items/{kind}", auth.ConfigRead, a.items)
	r.Post("/admin/items/{kind}", auth.ConfigWrite, a.addItem)
	r.Get("/admin/items/{kind}/new", auth.ConfigWrite, a.newItem)
	r.Get("/admin/items/{kind}/{key}", auth.ConfigRead, a.item)
	r.Post("/admin/items/{kind}/{key}", auth.ConfigWrite, a.saveItem)
	r.Post("/admin/items/{kind}/{key}/back", auth.ConfigWrite, a.itemBack)
	r.Post("/admin/items/{kind}/{key}/retire", auth.ConfigWrite, a.retireItem)
}

// sheet is what the pages of items draw upon: the configuration in force and where it comes from.
type sheet struct {
	ctx     context.Context
	tx      tenants.Tx
	r       *web.Request
	kind    kind
	cfg     *blueprint.Config
	sources []blueprint.Source
	units   []blueprint.Unit
	labels  map[string]map[string]string // by control and value
}

func open(ctx context.Context, tx tenants.Tx, r *web.Request) (*sheet, error) {
	s, err := survey(ctx, tx)
	if err != nil {
		return nil, err
	}
	s.r = r
	if key := r.PathValue("kind"); key != "" {
		k, ok := kindOf(key)
		if !ok {
			return nil, fault.New(fault.NotFound, "没有这类配置项")
		}
		s.kind = k
	}
	return s, nil
}

// survey is a sheet without a page.
func survey(ctx context.Context, tx tenants.Tx) (*sheet, error) {
	s := &sheet{ctx: ctx, tx: tx}
	var err error
	if s.cfg, err = blueprint.For(ctx, tx); err != nil {
		return nil, err
	}
	if s.sources, err = blueprint.Survey(ctx, tx); err != nil {
		return nil, err
	}
	s.units = s.cfg.UnitsWithin(tx.Tenant().Codes...)
	for _, u := range s.units { // communities of the division list are units, but no items
		if u.Kind == blueprint.Community && !s.has(blueprint.Units, u.Key) {
			e := blueprint.Put(u)
			s.sources = append(s.sources, blueprint.Source{Ref: e.Ref, Effective: blueprint.Item{Kind: e.Kind, Key: e.Key, Body: e.Body}})
		}
	}
	return s, nil
}

func (s *sheet) has(k blueprint.Kind, key string) bool {
	_, ok := s.source(k, key)
	return ok
}

func (s *sheet) source(k blueprint.Kind, key string) (blueprint.Source, bool) {
	n := slices.IndexFunc(s.sources, func(src blueprint.Source) bool { return src.Kind == k && src.Key == key })
	if n < 0 {
		return blueprint.Source{}, false
	}
	return s.sources[n], true
}

// origin says where an item comes from.
func origin(src blueprint.Source) view.Source {
	return sourceOf(src, src.Blueprint != nil || src.Own != nil, src.Effective.Retired)
}

func (s *sheet) path(parts ...string) string {
	return s.r.Path("/admin/items/%s", strings.Join(append([]string{string(s.kind.kind)}, parts...), "/"))
}

// words joins what an item says in some controls.
func (s *sheet) words(k kind, names []string, b fields, between string) string {
	var out []string
	for _, n := range names {
		c := k.control(n)
		w := s.say(c, b)
		switch {
		case w == "":
		case c.as == asYes:
			out = append(out, ui.T(s.ctx, c.title))
		default:
			out = append(out, w)
		}
	}
	return strings.Join(out, between)
}

func (s *sheet) line(k kind, src blueprint.Source) view.ItemLine {
	b := fieldsOf(src.Effective.Body)
	l := view.ItemLine{Key: src.Key, Kind: ui.T(s.ctx, k.title), Title: s.words(k, k.head, b, " · "), Brief: s.words(k, k.brief, b, "　"), Source: origin(src), Behind: src.Behind,
		Href: s.r.Path("/admin/items/%s/%s", k.kind, src.Key)}
	if k.kind == blueprint.Settings {
		var set blueprint.Setting
		_ = json.Unmarshal(src.Effective.Body, &set)
		l.Brief, l.Href = words(s.ctx, set, set.Value), s.r.Path("/admin/settings/%s", src.Key)
	}
	if l.Title == "" {
		l.Title = src.Key
	}
	return l
}

// topics is the first page: the kinds by topic, or what was searched in all of them.
func (a *desk) topics(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.ItemTopics{Frame: Frame(tx, r), Query: r.Text("q")}
	for _, src := range s.sources {
		if src.Own != nil {
			page.Own++
		}
		if _, warn := s.years(src); warn != "" {
			page.Warn = warn
		}
	}
	for _, t := range topics {
		out := view.ItemTopic{Title: ui.T(ctx, t.title)}
		for _, k := range t.kinds {
			row := view.ItemKind{Title: ui.T(ctx, k.title), About: ui.T(ctx, k.about), Href: r.Path("/admin/items/%s", k.kind)}
			for _, src := range s.sources {
				if src.Kind != k.kind {
					continue
				}
				row.Count++
				if src.Own != nil {
					row.Own++
				}
				if src.Behind {
					row.Behind++
				}
				if page.Query != "" && len(page.Found) < pageSize {
					if l := s.line(k, src); has(page.Query, l.Title, l.Brief, l.Key) {
						page.Found = append(page.Found, l)
					}
				}
			}
			out.Kinds = append(out.Kinds, row)
		}
		page.Topics = append(page.Topics, out)
	}
	return web.Page(ui.T(ctx, "配置项"), view.ItemTopicsView(page)), nil
}

// pageSize is how many items a page lists.
const pageSize = 50

func (a *desk) items(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Items{Frame: Frame(tx, r), Path: s.path(), Title: ui.T(ctx, s.kind.title), About: ui.T(ctx, s.kind.about), Query: r.Text("q"), Source: r.Text("source"),
		May: s.may(), Addable: blueprint.RuleOf(s.kind.kind).Addable && s.may()}
	var found []view.ItemLine
	for _, src := range s.sorted(s.kind.kind) {
		if l := s.line(s.kind, src); (page.Source == "" || page.Source == string(l.Source)) && has(page.Query, l.Title, l.Brief, l.Key) {
			found = append(found, l)
		}
	}
	at := max(1, r.Int("page", 1))
	query := r.URL.Query()
	page.Pages = ui.Pages{Number: at, Size: pageSize, Total: len(found), Path: s.path(), Query: query, List: "items"}
	if from := (at - 1) * pageSize; from < len(found) {
		page.List = found[from:min(from+pageSize, len(found))]
	}
	return web.Page(page.Title, view.ItemsView(page)).Under(web.Crumb(ui.T(ctx, "配置项"), r.Path("/admin/items")), web.Crumb(page.Title, "")), nil
}

func (s *sheet) may() bool { return auth.CanSomewhere(s.tx.Actor(), auth.ConfigWrite) }

// sorted are the items of a kind in the order in which the street sees them.
func (s *sheet) sorted(k blueprint.Kind) []blueprint.Source {
	var out []blueprint.Source
	rank := map[string]int{}
	for _, src := range s.sources {
		if src.Kind == k {
			var b struct{ Order int }
			_ = json.Unmarshal(src.Effective.Body, &b)
			rank[src.Key] = b.Order
			out = append(out, src)
		}
	}
	slices.SortStableFunc(out, func(x, y blueprint.Source) int {
		return cmp.Or(cmp.Compare(rank[x.Key], rank[y.Key]), cmp.Compare(x.Key, y.Key))
	})
	if slices.Contains([]blueprint.Kind{blueprint.Conditions, blueprint.Duties}, k) { // by what they are about
		slices.SortStableFunc(out, func(x, y blueprint.Source) int {
			return cmp.Compare(text(fieldsOf(x.Effective.Body)["class"]), text(fieldsOf(y.Effective.Body)["class"]))
		})
	}
	return out
}
