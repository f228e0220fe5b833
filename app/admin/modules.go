package admin

import (
	"context"
	"slices"

	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// find is the module called key among those of this binary.
func (a *desk) find(key string) (Switch, bool) {
	i := slices.IndexFunc(a.Modules, func(s Switch) bool { return s.Key == key })
	if i < 0 {
		return Switch{}, false
	}
	return a.Modules[i], true
}

func (a *desk) modules(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	sources, err := sourcesOf(ctx, tx, blueprint.Modules)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Modules{Frame: Frame(tx, r)}
	for _, m := range cfg.Modules.All() {
		s, known := a.find(m.Key)
		if !known {
			continue // of a newer release running beside this one
		}
		line := view.Module{Guard: r.Guard(), Key: m.Key, Title: ui.T(ctx, m.Title), About: ui.T(ctx, s.About), Off: ui.T(ctx, s.Off), On: m.On, Own: sources[m.Key].Own != nil}
		for _, need := range s.Needs {
			if n, ok := a.find(need); ok {
				line.Needs = append(line.Needs, ui.T(ctx, n.Title))
			}
		}
		for _, other := range a.Modules {
			if cfg.On(other.Key) && slices.Contains(other.Needs, m.Key) {
				line.NeededBy = append(line.NeededBy, ui.T(ctx, other.Title))
			}
		}
		page.List = append(page.List, line)
	}
	return web.Page(ui.T(ctx, "模块"), view.ModulesView(page)), nil
}

// flip switches a module on or off. What it needs must be on, and nothing that is on may need it.
func (a *desk) flip(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, known := a.find(r.Text("module"))
	if !known {
		return web.Reply{}, fault.New(fault.NotFound, "没有这个模块")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	on := r.Text("on") == "yes"
	for _, other := range a.Modules {
		switch {
		case on && slices.Contains(s.Needs, other.Key) && !cfg.On(other.Key):
			return web.Reply{}, fault.New(fault.Conflict, "请先启用它依赖的模块“%s”", ui.T(ctx, other.Title))
		case !on && cfg.On(other.Key) && slices.Contains(other.Needs, s.Key):
			return web.Reply{}, fault.New(fault.Conflict, "模块“%s”依赖它，请先停用那个模块", ui.T(ctx, other.Title))
		}
	}
	edit, err := cfg.Switch(s.Key, on)
	if err != nil {
		return web.Reply{}, err
	}
	if _, err := blueprint.Change(ctx, tx, edit); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/modules"), "已切换"), nil
}

// sourcesOf is where the items of one kind come from, by key.
func sourcesOf(ctx context.Context, tx tenants.Tx, kind blueprint.Kind) (map[string]blueprint.Source, error) {
	all, err := blueprint.Survey(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string]blueprint.Source{}
	for _, s := range all {
		if s.Kind == kind {
			out[s.Key] = s
		}
	}
	return out, nil
}
