package imports

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// target is a street as rows are written into it.
type target struct {
	*street
	class map[string]string // the source's class → the class that the case bears
	units map[string]string // the source's unit → the street's
}

// missing is the error for streets that are not open, with the commands that open them.
func missing(list []*street, centre bool, area string) error {
	if len(list) == 0 {
		return fault.New(fault.Conflict, "有单位服务多个街道，而%s指挥中心尚未开通，请加上 --open 一并开通", area)
	}
	var names, commands []string
	for _, s := range list {
		names = append(names, s.name+"（"+s.code+"）")
		commands = append(commands, "  wanjie street open --code "+s.code)
	}
	if centre {
		names = append(names, area+"指挥中心")
	}
	return fault.New(fault.Conflict, "尚未开通：%s。请加上 --open 一并开通，或先运行：\n%s", strings.Join(names, "、"), strings.Join(commands, "\n"))
}

// prepare puts the classes and units that the file speaks of into the streets and the centre: one
// revision each, and none where everything is there. What a tenant has already is never changed.
func (l *load) prepare(ctx context.Context) error {
	if shared := l.survey.shared(); len(shared) > 0 {
		err := l.db.Write(ctx, l.ground.centre, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			cfg, err := blueprint.For(ctx, tx)
			if err != nil {
				return err
			}
			var edits []blueprint.Edit
			for _, v := range shared {
				edits = l.unitEdit(edits, cfg, v, v.key)
			}
			return change(ctx, tx, edits)
		})
		if err != nil {
			return fmt.Errorf("units of the district's centre: %w", err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.workers)
	for _, s := range l.survey.inOrder() {
		t := &target{street: s, class: map[string]string{}, units: map[string]string{}}
		l.targets[s] = t
		g.Go(func() error {
			err := l.db.Write(ctx, s.tenant, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				return l.prepareStreet(ctx, tx, t, l.survey.streets[s])
			})
			if err != nil {
				return fmt.Errorf("classes and units of %s: %w", s.name, err)
			}
			return nil
		})
	}
	return g.Wait()
}

func (l *load) prepareStreet(ctx context.Context, tx tenants.Tx, t *target, u *usage) error {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return err
	}
	for ch := range l.survey.channels {
		if _, ok := cfg.Channels.Find(ch); !ok {
			return fault.New(fault.Invalid, "对照表的渠道“%s”在蓝本中不存在", ch)
		}
	}
	var edits []blueprint.Edit
	wanted := map[string]bool{}
	for key, path := range u.paths {
		same := l.m.Class.Same[path]
		if _, ok := cfg.Classes.Find(same); same != "" && ok {
			t.class[key] = same
			continue
		}
		t.class[key] = key
		for at := key; at != "" && !wanted[at]; at = u.classes[at].parent {
			wanted[at] = true
		}
	}
	for key := range wanted {
		if _, ok := cfg.Classes.Find(key); ok {
			continue
		}
		k := u.classes[key]
		edits = append(edits, blueprint.Put(blueprint.Class{
			Entry: blueprint.Entry{Key: key, Retired: !l.m.Class.Offered}, Parent: k.parent, Title: k.title, Scheme: l.m.Source, Kind: blueprint.Extension,
		}))
	}
	l.added(len(edits), 0)
	for key := range u.units {
		v := l.survey.units[key]
		t.units[key] = v.inStreet()
		edits = l.unitEdit(edits, cfg, v, t.units[key])
	}
	slices.SortFunc(edits, func(a, b blueprint.Edit) int { return strings.Compare(a.String(), b.String()) })
	return change(ctx, tx, edits)
}

// unitEdit adds the unit under key where the tenant does not know it. A community of the division list
// is known everywhere.
func (l *load) unitEdit(edits []blueprint.Edit, cfg *blueprint.Config, v *served, key string) []blueprint.Edit {
	if _, ok := cfg.UnitOf(key); ok {
		return edits
	}
	l.added(0, 1)
	return append(edits, blueprint.Put(v.item(key, l.m.Unit.Kinds)))
}

func (l *load) added(classes, units int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Classes += classes
	l.result.Units += units
}

func change(ctx context.Context, tx tenants.Tx, edits []blueprint.Edit) error {
	if len(edits) == 0 {
		return nil
	}
	_, err := blueprint.Change(ctx, tx, edits...)
	return err
}
