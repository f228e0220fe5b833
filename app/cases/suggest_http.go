package cases

import (
	"context"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases/repeats"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

// suggestRoutes are the pages of 清单建议: what is dispatched again and again outside the duty list.
func suggestRoutes(r web.Routes) {
	r.Get("/suggestions", auth.BoardRead, suggestions)
	r.Look("/suggestions/reasons", auth.BoardRead, reasons)
}

// reviews are the purposes for which the reasons of dispatches may be read.
var reviews = map[string]string{"list_review": ui.Key("修订职责清单"), "dispatch_review": ui.Key("检查派遣依据")}

// everywhere refuses whoever does not see all the street's cases.
func everywhere(tx tenants.Tx) error {
	if !reachOf(tx.Actor()).all {
		return errNoCase()
	}
	return nil
}

func suggestions(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	if err := everywhere(tx); err != nil {
		return web.Reply{}, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	all, err := repeats.All(ctx, tx, n.cfg)
	if err != nil {
		return web.Reply{}, err
	}
	times, days := repeats.Threshold(n.cfg)
	p := view.Suggestions{Rule: ui.T(ctx, "最近%d天内，同一类别商定、指定给同一单位%d次以上的，列在这里。", days, times), Reasons: r.Path("/suggestions/reasons")}
	if auth.CanSomewhere(tx.Actor(), auth.ConfigRead) {
		p.Settings = r.Path("/admin/settings/duties.suggest_repeats")
	}
	for _, key := range []string{"list_review", "dispatch_review"} {
		p.Purposes = append(p.Purposes, ui.Option{Value: key, Label: ui.T(ctx, reviews[key])})
	}
	for _, s := range all {
		row := view.Suggestion{ClassKey: s.Class, UnitKey: s.Unit, Class: n.class(s.Class), Unit: n.unit(s.Unit), Negotiated: s.Negotiated, Designated: s.Designated, Last: s.Last}
		if names, _, ok := n.proposed(s); ok {
			row.Listed = names
		}
		if auth.CanSomewhere(tx.Actor(), auth.ConfigWrite) {
			row.Edit = r.Path("/admin/items/%s/new?%s", blueprint.Duties, n.prefill(s).Encode())
		}
		p.Rows = append(p.Rows, row)
	}
	return web.Page(ui.T(ctx, "清单建议"), view.SuggestionsPage(p)), nil
}

// proposed is whom the list names for the class instead.
func (n names) proposed(s repeats.Repeat) (string, blueprint.Duty, bool) {
	community := ""
	if s.Community {
		community = s.Unit
	}
	unit, duty, ok := n.cfg.Propose(s.Class, community)
	return n.unit(unit), duty, ok
}

// prefill is what the editor of the duty list begins with: the class, the unit, or for a community all of them, and whence it comes.
func (n names) prefill(s repeats.Repeat) url.Values {
	unit := s.Unit
	if s.Community {
		unit = string(blueprint.Community)
	}
	q := url.Values{"class": {s.Class}, "unit": {unit}, "list": {string(blueprint.Basic)},
		"ground": {ui.T(n.ctx, "本街道职责清单（近期商定%d次、指定%d次）", s.Negotiated, s.Designated)}}
	if above := n.cfg.Above(s.Class); len(above) > 0 && !s.Community {
		q.Set("list", string(blueprint.Assisting))
		q.Set("upper", above[0].Name)
		for _, sector := range above {
			q.Add("sectors", sector.Key)
		}
		q.Set("sectors.unit", above[0].Key)
	}
	return q
}

// reasons opens what was said for the dispatches of one repeat, after a purpose was stated, and writes the looks down.
func reasons(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	if err := everywhere(tx); err != nil {
		return web.Reply{}, err
	}
	purpose := r.Text("purpose")
	if _, ok := reviews[purpose]; !ok {
		return web.Reply{}, errPurpose()
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	class, unit := r.Text("class"), r.Text("unit")
	list, err := repeats.Of(ctx, tx, n.cfg, class, unit)
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) == 0 {
		return web.Reply{}, fault.New(fault.NotFound, "页面不存在")
	}
	var ids []uuid.UUID
	var people []int64
	for _, d := range list {
		if !slices.Contains(ids, d.Case) {
			ids = append(ids, d.Case)
		}
		people = append(people, d.Person)
	}
	if err := tx.LookedAll(ctx, tenants.Look{Object: "case", Fields: []string{"parties", "designator", "ground", "reason"}, Purpose: purpose}, ids); err != nil {
		return web.Reply{}, err
	}
	called, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.SuggestionReasons{Title: n.class(class) + " → " + n.unit(unit), Back: r.Path("/suggestions")}
	for _, d := range list {
		a := Assignment{ID: d.Assignment, Parties: d.Parties, Designator: d.Designator, Ground: d.Ground, Reason: d.Reason}
		g, err := a.Open(n.box)
		if err != nil {
			return web.Reply{}, err
		}
		row := view.SuggestionReason{Href: r.Path("/cases/%s", d.Case), Number: d.Number, Role: ui.T(ctx, roleTitles[d.Role]), Basis: ui.T(ctx, Basis(d.Basis).Title()), At: d.At, By: n.person(called, &Assignment{Person: d.Person}), Reason: g.Reason}
		if row.Word = g.Parties; row.Word == "" {
			row.Word = g.Designator
		}
		row.Ground = g.Ground
		p.Rows = append(p.Rows, row)
	}
	return web.Page(p.Title, view.SuggestionReasonsPage(p)).Under(web.Crumb(ui.T(ctx, "清单建议"), p.Back), web.Crumb(p.Title, "")), nil
}
