package blueprint

import (
	"fmt"
	"sync"
)

// Config is the configuration in force for a tenant at a revision. It is immutable and shared.
type Config struct {
	Version  int32 // id of the blueprint version
	Revision int64 // of the tenant; 0 = exactly the blueprint

	Settings     Shelf[Setting]
	Modules      Shelf[Module]
	Units        Shelf[Unit]
	Sectors      Shelf[Sector]
	Levels       Shelf[Level]
	Schemes      Shelf[Scheme]
	Classes      Shelf[Class]
	Codes        Shelf[Code]
	Mappings     Shelf[Mapping]
	Duties       Shelf[Duty]
	Conditions   Shelf[Condition]
	Channels     Shelf[Channel]
	Routes       Shelf[Route]
	Samples      Shelf[Sample]
	Fields       Shelf[Field]
	Forms        Shelf[Form]
	Questions    Shelf[Question]
	Reasons      Shelf[Reason]
	Supervisions Shelf[Supervision]
	Outsides     Shelf[Outside]
	Services     Shelf[Service]
	Indicators   Shelf[Indicator]
	Reports      Shelf[Report]
	Cycles       Shelf[Cycle]
	Calendars    Shelf[Calendar]
	Texts        Shelf[Text]

	beneath    map[string][]Class     // by parent; the groups by ""
	duties     map[string][]Duty      // by class
	conditions map[string][]Condition // by class
	routes     map[routeKey]Route

	communities *sync.Map // code → Unit: those asked for so far; all the country's would be some 120 MB
}

// settle builds what lookups need for the kinds of which items were loaded.
func (c *Config) settle(loaded map[Kind]bool) {
	for k := range loaded {
		stocks[k].settle(c)
	}
	if loaded[Classes] || c.beneath == nil {
		c.beneath = map[string][]Class{}
		for _, k := range c.Classes.all {
			c.beneath[k.Parent] = append(c.beneath[k.Parent], k)
		}
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
		c.routes = map[routeKey]Route{}
		for _, r := range c.Routes.all {
			c.routes[routeKey{r.Channel, r.Class, r.Urgent}] = r
		}
	}
}

// On reports whether a module is switched on.
func (c *Config) On(module string) bool {
	m, ok := c.Modules.Find(module)
	return ok && m.On && !m.Retired
}

// Text is the wording of a text, or "" where this version does not have it.
func (c *Config) Text(key string) string {
	t, _ := c.Texts.Find(key)
	return t.Body
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
