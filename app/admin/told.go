package admin

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// address is where an act happened.
type address struct {
	object string
	id     uuid.UUID
}

// teller puts acts into words, with what a page of them needs to know.
type teller struct {
	*desk
	ctx       context.Context
	tx        tenants.Tx
	cfg       *blueprint.Config
	names     auth.Called
	residents map[int64]bool
	numbers   map[address]string
	items     *sheet // nil where no act names one
}

// word is what something is called by the modules' words.
func (d *desk) word(ctx context.Context, key string) (string, bool) {
	title, ok := d.Words[key]
	if !ok {
		if title, ok = spoken[key]; !ok {
			return "", false
		}
	}
	return ui.T(ctx, title), true
}

// objects are the kinds of objects as the filter offers them, by what they are called.
func (d *desk) objects(ctx context.Context) (out []ui.Option) {
	all := maps.Clone(spoken)
	maps.Copy(all, d.Words)
	for key, title := range all {
		if object, ok := strings.CutPrefix(key, "object/"); ok {
			out = append(out, ui.Option{Value: object, Label: ui.T(ctx, title)})
		}
	}
	slices.SortFunc(out, func(x, y ui.Option) int { return cmp.Or(cmp.Compare(x.Label, y.Label), cmp.Compare(x.Value, y.Value)) })
	return out
}

// look finds the numbers of what the acts are about, and who of the actors is a resident.
func (t *teller) look(rows []trace, dims [][2]tenants.Dims) (err error) {
	ids, unknown := map[string][]uuid.UUID{}, []int64{}
	for i, x := range rows {
		ids[x.Object] = append(ids[x.Object], x.ObjectID)
		for _, d := range dims[i] {
			if id, err := uuid.Parse(d["case"]); err == nil {
				ids["case"] = append(ids["case"], id)
			}
			if x.Object == "tenant" && d["item"] != "" && t.items == nil {
				if t.items, err = survey(t.ctx, t.tx); err != nil {
					return err
				}
			}
		}
		if t.names[x.Actor] == "" {
			unknown = append(unknown, x.Actor)
		}
	}
	t.numbers = map[address]string{}
	for object, table := range t.Numbers {
		if len(ids[object]) == 0 {
			continue
		}
		var found []struct {
			ID     uuid.UUID
			Number string
		}
		if err := t.tx.Raw("SELECT id, number FROM ? WHERE tenant_id = ? AND id IN (?)", bun.Ident(table), int32(t.tx.ID()), bun.List(ids[object])).Scan(t.ctx, &found); err != nil {
			return fmt.Errorf("numbers of %s: %w", table, err)
		}
		for _, f := range found {
			t.numbers[address{object, f.ID}] = f.Number
		}
	}
	if t.Residents != nil && len(unknown) > 0 {
		t.residents, err = t.Residents(t.ctx, t.tx, unknown)
	}
	return err
}

func (t *teller) kind(kind string) string {
	if said, ok := t.word(t.ctx, "act/"+kind); ok {
		return said
	}
	return kind
}

func (t *teller) object(object string) string {
	if said, ok := t.word(t.ctx, "object/"+object); ok {
		return said
	}
	return object
}

func (t *teller) who(person int64) string {
	if t.residents[person] {
		return ui.T(t.ctx, "居民")
	}
	return t.names.Of(t.ctx, person)
}

// details says what an act changed, one dimension a line, sorted.
func (t *teller) details(object string, before, after tenants.Dims) []string {
	changed := map[string]bool{}
	for k, v := range before {
		changed[k] = after[k] != v
	}
	for k, v := range after {
		changed[k] = before[k] != v
	}
	var out []string
	for k, is := range changed {
		if !is || named(k, before, after) {
			continue
		}
		now := t.value(object, k, after)
		if before[k] != "" {
			now = t.value(object, k, before) + " → " + now
		}
		out = append(out, ui.T(t.ctx, "%s：%s", t.dimension(object, k), now))
	}
	slices.Sort(out)
	return out
}

// named reports whether a dimension only says what another one was called at the time: unit_name beside unit.
func named(dim string, sides ...tenants.Dims) bool {
	of, is := strings.CutSuffix(dim, "_name")
	return is && slices.ContainsFunc(sides, func(d tenants.Dims) bool { return d[of] != "" })
}

func (t *teller) dimension(object, dim string) string {
	for _, key := range []string{"dimension/" + object + "." + dim, "dimension/" + dim} {
		if said, ok := t.word(t.ctx, key); ok {
			return said
		}
	}
	return dim
}

// value says one of an act's dimensions with the names that the street uses today; what it knows no more, by its name of then.
func (t *teller) value(object, dim string, of tenants.Dims) string {
	v := of[dim]
	if v == "" {
		return ui.None
	}
	if said, ok := t.word(t.ctx, dim+"/"+v); ok {
		return said
	}
	if said := t.title(object, dim, v); said != "" && said != v {
		return said
	}
	if then := of[dim+"_name"]; then != "" {
		return then
	}
	switch v {
	case "yes":
		return ui.T(t.ctx, "是")
	case "no":
		return ui.T(t.ctx, "否")
	}
	return v
}

// title is what the street calls what a dimension's value means; "" or the value itself when it has no name for it.
func (t *teller) title(object, dim, v string) string {
	switch dim {
	case "logo":
		return v[:min(len(v), 8)] // enough to tell one from another
	case "role":
		return ui.T(t.ctx, auth.Title(v))
	case "unit", "community", "helper", "order_unit", "addressee", "by":
		return t.unit(v)
	case "class":
		return t.cfg.ClassTitle(v)
	case "channel":
		return t.cfg.ChannelTitle(v)
	case "ground", "whistle_kind":
		return t.cfg.ReasonTitle(v)
	case "level":
		if s, ok := t.cfg.Supervisions.Find(v); ok {
			return s.Title
		}
	case "report":
		if s, ok := t.cfg.Reports.Find(v); ok {
			return s.Title
		}
	case "case":
		if id, err := uuid.Parse(v); err == nil {
			return t.numbers[address{"case", id}]
		}
	case "district":
		if u, ok := division.ByCode(v); ok {
			return u.Name
		}
	case "person":
		if p, err := strconv.ParseInt(v, 10, 64); err == nil {
			return t.names.Of(t.ctx, p)
		}
	case "item":
		if s, ok := t.cfg.Services.Find(v); object == "booking" && ok {
			return s.Title
		}
		return t.item(v)
	case "on", "off":
		return t.modules(v)
	}
	return ""
}

func (t *teller) unit(key string) string {
	if u, ok := t.cfg.UnitOf(key); ok {
		return u.Short
	}
	for _, k := range []string{key, blueprint.CentreUnit(key)} { // a handover names the centre's units as the centre does
		if name, ok := t.cfg.Beyond(k); ok {
			return name
		}
	}
	return ""
}

func (t *teller) modules(list string) string {
	keys := strings.Split(list, ",")
	for i, key := range keys {
		if m, ok := t.cfg.Modules.Find(key); ok {
			keys[i] = m.Title
		}
	}
	return strings.Join(keys, "、")
}

// item is an item of the configuration: of which kind, and what it is called today.
func (t *teller) item(ref string) string {
	kind, key, is := strings.Cut(ref, "/")
	switch {
	case !is:
		return ref
	case blueprint.Kind(kind) == blueprint.Modules:
		return t.modules(key)
	case t.items == nil:
		return ""
	}
	return t.items.name(blueprint.Ref{Kind: blueprint.Kind(kind), Key: key})
}
