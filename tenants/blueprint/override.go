package blueprint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Override is what a tenant said about one item at one revision. Overrides are appended, never
// changed: the newest one up to a revision holds.
type Override struct {
	Ref
	Revision int64
	Body     json.RawMessage // canonical; nil: back to the blueprint
	Retired  bool            // with a body: the tenant no longer offers the item
	Base     string          // digest of the item it was made from; "" when the tenant added the item
	By       int64           // our own number of the person
	At       time.Time
}

// Back reports whether the override gives the item back to the blueprint.
func (o Override) Back() bool { return o.Body == nil }

// item is what the override makes of its item; not to be asked of one that goes back.
func (o Override) item() Item {
	return Item{Kind: o.Kind, Key: o.Key, Body: o.Body, Retired: o.Retired}
}

// newest keeps, of each item, the newest override up to revision. Any order will do.
func newest(overrides []Override, revision int64) map[Ref]Override {
	own := make(map[Ref]Override, len(overrides))
	for _, o := range overrides {
		if have, ok := own[o.Ref]; o.Revision <= revision && (!ok || have.Revision < o.Revision) {
			own[o.Ref] = o
		}
	}
	return own
}

// Items returns a version's items as a tenant's overrides up to revision leave them, sorted by kind
// and key.
func Items(v *Version, overrides []Override, revision int64) []Item {
	own := newest(overrides, revision)
	items := make([]Item, 0, len(v.Items)+len(own))
	for _, i := range v.Items {
		if o, ok := own[i.Ref()]; ok {
			delete(own, i.Ref())
			if !o.Back() {
				i = o.item()
			}
		}
		items = append(items, i)
	}
	for _, o := range own { // what the tenant added
		if !o.Back() {
			items = append(items, o.item())
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return a.Ref().compare(b.Ref()) })
	return items
}

// Effective is the configuration of a version under a tenant's overrides up to revision; revision 0
// is the version itself. Reading never refuses what writing once accepted: rules are held against
// changes, see [Config.Check].
func Effective(v *Version, overrides []Override, revision int64) (*Config, error) {
	base, err := assemble(nil, v.ID, 0, v.Items)
	if err != nil {
		return nil, err
	}
	return base.under(overrides, revision)
}

// under lays overrides onto the configuration of the bare version, sharing what they leave alone.
func (c *Config) under(overrides []Override, revision int64) (*Config, error) {
	own := newest(overrides, revision)
	changed := make([]Item, 0, len(own))
	for _, o := range own {
		if !o.Back() {
			changed = append(changed, o.item())
		}
	}
	return assemble(c, c.Version, revision, changed)
}

// Source tells where an effective item comes from, for the admin's page.
type Source struct {
	Ref
	Blueprint *Item     // as the version has it; nil when the tenant added the item
	Own       *Override // the tenant's own; nil when untouched or given back
	Effective Item
	Behind    bool // Own was made from another body than the version has now: to be merged
}

// Sources returns every item with its blueprint value, own value and effect, by kind as in [Kinds]
// and then key.
func Sources(v *Version, overrides []Override, revision int64) []Source {
	own := newest(overrides, revision)
	var out []Source
	for _, i := range Items(v, overrides, revision) {
		s := Source{Ref: i.Ref(), Effective: i}
		base, fromBlueprint := v.Find(s.Ref)
		if fromBlueprint {
			s.Blueprint = &base
		}
		if o, ok := own[s.Ref]; ok && !o.Back() {
			s.Own = &o
			s.Behind = fromBlueprint && o.Base != base.Digest()
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Source) int {
		return cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind))
	})
	return out
}

// Edit is one item as a tenant wants it.
type Edit struct {
	Ref
	Body    json.RawMessage // of the kind's type; nil: back to the blueprint
	Retired bool            // no longer offered
	Seen    string          // digest of the effective item that the form was made from; "" does not ask
}

// GiveBack is the edit that gives an item back to the blueprint.
func GiveBack(kind Kind, key string) Edit { return Edit{Ref: Ref{kind, key}} }

// Put is the edit that makes an item say v, which is a Setting, Unit, Class … with its key.
func Put[T any, P body[T]](v T) Edit {
	e := P(&v).entry()
	for k, s := range stocks {
		if _, ok := s.(kindOf[T, P]); ok {
			raw, err := encode(v)
			if err != nil { // only a Setting's raw value can be no JSON; canon refuses it with its field
				raw = json.RawMessage("{}")
			}
			return Edit{Ref: Ref{k, e.Key}, Body: raw, Retired: e.Retired}
		}
	}
	panic(fmt.Sprintf("blueprint.Put: %T is no item", v))
}

// Set is the edit that gives a setting a value. The setting must be there.
func (c *Config) Set(setting string, value any) (Edit, error) {
	s, ok := c.Settings.Find(setting)
	if !ok {
		return Edit{}, missing(Ref{Settings, setting})
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return Edit{}, err
	}
	s.Value = raw
	return Put(s), nil
}

// Switch is the edit that switches a module on or off. The module must be there.
func (c *Config) Switch(module string, on bool) (Edit, error) {
	m, ok := c.Modules.Find(module)
	if !ok {
		return Edit{}, missing(Ref{Modules, module})
	}
	m.On = on
	return Put(m), nil
}
