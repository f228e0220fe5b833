package blueprint

import (
	"encoding/json"
	"fmt"
	"sync"
)

// Config is the configuration in force for a tenant at a revision. It is immutable and shared.
type Config struct {
	Version  int32 // id of the blueprint version
	Revision int64 // of the tenant; 0 = exactly the blueprint

	Settings   Shelf[Setting]
	Modules    Shelf[Module]
	Units      Shelf[Unit]
	Classes    Shelf[Class]
	Duties     Shelf[Duty]
	Conditions Shelf[Condition]
	Channels   Shelf[Channel]
	Routes     Shelf[Route]
	Calendars  Shelf[Calendar]
	Texts      Shelf[Text]

	duties     map[string][]Duty      // by class
	conditions map[string][]Condition // by class
	routes     map[Ref]Route          // by channel (as kind) and class

	communities *sync.Map // code → Unit: those asked for so far; all the country's would be some 120 MB
}

// settle builds what lookups need for the kinds of which items were loaded.
func (c *Config) settle(loaded map[Kind]bool) {
	for k := range loaded {
		stocks[k].settle(c)
	}
	if loaded[Duties] || c.duties == nil {
		c.duties = map[string][]Duty{}
		for _, d := range c.Duties.all {
			c.duties[d.Class] = append(c.duties[d.Class], d)
		}
	}
	if loaded[Conditions] || c.conditions == nil {
		c.conditions = map[string][]Condition{}
		for _, d := range c.Conditions.all {
			c.conditions[d.Class] = append(c.conditions[d.Class], d)
		}
	}
	if loaded[Routes] || c.routes == nil {
		c.routes = map[Ref]Route{}
		for _, r := range c.Routes.all {
			c.routes[Ref{Kind(r.Channel), r.Class}] = r
		}
	}
}

// On reports whether a module is switched on.
func (c *Config) On(module string) bool {
	m, ok := c.Modules.Find(module)
	return ok && m.On && !m.Retired
}

// Bool is the value of a yes-or-no setting, or fallback where this version of the blueprint does not
// have it: a case may finish under rules older than the code.
func (c *Config) Bool(key string, fallback bool) bool { return value(c, key, Bool, fallback) }

// Int is the value of a whole-number setting, or fallback where this version does not have it.
func (c *Config) Int(key string, fallback int64) int64 { return value(c, key, Int, fallback) }

// Line is the value of a text setting, or fallback where this version does not have it.
func (c *Config) Line(key, fallback string) string { return value(c, key, Line, fallback) }

// Choice is the value of a choice, or fallback where this version does not have it.
func (c *Config) Choice(key, fallback string) string { return value(c, key, Choice, fallback) }

// Limit is the value of a time-limit setting, or fallback where this version does not have it.
func (c *Config) Limit(key string, fallback Limit) Limit { return value(c, key, Span, fallback) }

func value[T any](c *Config, key string, kind SettingType, fallback T) T {
	s, ok := c.Settings.Find(key)
	if !ok || s.Type != kind {
		return fallback
	}
	var v T
	if json.Unmarshal(s.Value, &v) != nil {
		return fallback
	}
	return v
}

// Text is the wording of a text, or "" where this version does not have it.
func (c *Config) Text(key string) string {
	t, _ := c.Texts.Find(key)
	return t.Body
}

// Lineage returns a class and the classes above it, nearest first; nothing for an unknown class.
func (c *Config) Lineage(class string) []Class {
	var line []Class
	for class != "" && len(line) <= deepest {
		k, ok := c.Classes.Find(class)
		if !ok {
			break
		}
		line = append(line, k)
		class = k.Parent
	}
	return line
}

// deepest bounds trees of classes and units; checked when they are changed, and a seat belt when read.
const deepest = 6

// DutiesOf returns the duty list's rows for a class: its own, else those of the nearest class above
// that has any. They are the ground of statutory dispatch (法定).
func (c *Config) DutiesOf(class string) []Duty {
	for _, k := range c.Lineage(class) {
		if rows := c.duties[k.Key]; len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// ConditionsOf returns the filing conditions of a class: its own, else those of the nearest class
// above that has any.
func (c *Config) ConditionsOf(class string) []Condition {
	for _, k := range c.Lineage(class) {
		if rows := c.conditions[k.Key]; len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// RouteOf returns how a case of the class walks when it came by the channel: the route for the
// nearest class in its lineage, else the channel's own. Without any, every step is taken.
func (c *Config) RouteOf(channel, class string) Route {
	for _, k := range c.Lineage(class) {
		if r, ok := c.routes[Ref{Kind(channel), k.Key}]; ok {
			return r
		}
	}
	if r, ok := c.routes[Ref{Kind(channel), ""}]; ok {
		return r
	}
	return Route{Channel: channel}
}

// Answers returns the unit that a duty row or condition names: unit itself, or with kind
// "community" the community where the matter lies (its 12-digit code). "" when neither is known.
func Answers(unit string, kind UnitKind, community string) string {
	if unit == "" && kind == Community {
		return community
	}
	return unit
}

// Propose returns the unit that the duty list names for a class in a community, with the row that is
// its ground. Basic duties go before assisting ones; withdrawn duties propose nobody. ok is false
// where the lists are silent, and dispatch must be negotiated or designated.
func (c *Config) Propose(class, community string) (unit string, ground Duty, ok bool) {
	for _, list := range []DutyList{Basic, Assisting} {
		for _, d := range c.DutiesOf(class) {
			if d.List != list {
				continue
			}
			if unit := Answers(d.Unit, d.UnitKind, community); unit != "" {
				return unit, d, true
			}
		}
	}
	return "", Duty{}, false
}

// assemble puts items onto base (nil: nothing yet). Kinds that no item touches are shared with base,
// so that a street with one renamed hall costs little more than one without.
func assemble(base *Config, version int32, revision int64, items []Item) (*Config, error) {
	c := &Config{communities: &sync.Map{}}
	if base != nil {
		*c = *base
	}
	c.Version, c.Revision = version, revision
	loaded := map[Kind]bool{}
	for _, i := range items {
		s, ok := stocks[i.Kind]
		if !ok {
			continue // a kind of a newer release running beside this one
		}
		if !loaded[i.Kind] {
			s.own(c)
			loaded[i.Kind] = true
		}
		if err := s.load(c, i); err != nil {
			return nil, fmt.Errorf("read item %s: %w", i.Ref(), err)
		}
	}
	c.settle(loaded)
	return c, nil
}
