package blueprint

import (
	"cmp"
	"maps"
	"slices"
)

// Shelf holds the items of one kind in force. It is shared between goroutines and never changes.
type Shelf[T any] struct {
	byKey map[string]T
	all   []T // not retired, in order
}

// Find returns the item with this key, retired or not.
func (s Shelf[T]) Find(key string) (T, bool) {
	v, ok := s.byKey[key]
	return v, ok
}

// All returns the items that are not retired, in their order. Callers must not change the slice.
func (s Shelf[T]) All() []T { return s.all }

// Len is the number of items that are not retired.
func (s Shelf[T]) Len() int { return len(s.all) }

// stock is what the kinds have in common: how an item gets from JSON onto its shelf and is checked.
type stock interface {
	// canon reads body strictly, as written by people, and returns its canonical form. Problems
	// inside the body alone are told to ck.
	canon(ck *checker, item Item) Item
	// load reads a stored body leniently: fields of a newer binary are passed over, so that two
	// releases may run side by side.
	load(c *Config, item Item) error
	own(c *Config)    // gives c a shelf of its own to load onto
	settle(c *Config) // orders the shelf
	check(c *Config, ck *checker)
}

// body is the pointer to a typed body.
type body[T any] interface {
	*T
	entry() *Entry
	alone(ck *checker)            // rules within the body
	among(c *Config, ck *checker) // rules against the other items; only asked of items not retired
}

type kindOf[T any, P body[T]] struct {
	kind  Kind
	shelf func(*Config) *Shelf[T]
}

var stocks = map[Kind]stock{
	Settings:     kindOf[Setting, *Setting]{Settings, func(c *Config) *Shelf[Setting] { return &c.Settings }},
	Modules:      kindOf[Module, *Module]{Modules, func(c *Config) *Shelf[Module] { return &c.Modules }},
	Units:        kindOf[Unit, *Unit]{Units, func(c *Config) *Shelf[Unit] { return &c.Units }},
	Sectors:      kindOf[Sector, *Sector]{Sectors, func(c *Config) *Shelf[Sector] { return &c.Sectors }},
	Levels:       kindOf[Level, *Level]{Levels, func(c *Config) *Shelf[Level] { return &c.Levels }},
	Schemes:      kindOf[Scheme, *Scheme]{Schemes, func(c *Config) *Shelf[Scheme] { return &c.Schemes }},
	Classes:      kindOf[Class, *Class]{Classes, func(c *Config) *Shelf[Class] { return &c.Classes }},
	Codes:        kindOf[Code, *Code]{Codes, func(c *Config) *Shelf[Code] { return &c.Codes }},
	Mappings:     kindOf[Mapping, *Mapping]{Mappings, func(c *Config) *Shelf[Mapping] { return &c.Mappings }},
	Duties:       kindOf[Duty, *Duty]{Duties, func(c *Config) *Shelf[Duty] { return &c.Duties }},
	Conditions:   kindOf[Condition, *Condition]{Conditions, func(c *Config) *Shelf[Condition] { return &c.Conditions }},
	Channels:     kindOf[Channel, *Channel]{Channels, func(c *Config) *Shelf[Channel] { return &c.Channels }},
	Routes:       kindOf[Route, *Route]{Routes, func(c *Config) *Shelf[Route] { return &c.Routes }},
	Samples:      kindOf[Sample, *Sample]{Samples, func(c *Config) *Shelf[Sample] { return &c.Samples }},
	Fields:       kindOf[Field, *Field]{Fields, func(c *Config) *Shelf[Field] { return &c.Fields }},
	Forms:        kindOf[Form, *Form]{Forms, func(c *Config) *Shelf[Form] { return &c.Forms }},
	Questions:    kindOf[Question, *Question]{Questions, func(c *Config) *Shelf[Question] { return &c.Questions }},
	Reasons:      kindOf[Reason, *Reason]{Reasons, func(c *Config) *Shelf[Reason] { return &c.Reasons }},
	Supervisions: kindOf[Supervision, *Supervision]{Supervisions, func(c *Config) *Shelf[Supervision] { return &c.Supervisions }},
	Outsides:     kindOf[Outside, *Outside]{Outsides, func(c *Config) *Shelf[Outside] { return &c.Outsides }},
	Services:     kindOf[Service, *Service]{Services, func(c *Config) *Shelf[Service] { return &c.Services }},
	Indicators:   kindOf[Indicator, *Indicator]{Indicators, func(c *Config) *Shelf[Indicator] { return &c.Indicators }},
	Reports:      kindOf[Report, *Report]{Reports, func(c *Config) *Shelf[Report] { return &c.Reports }},
	Cycles:       kindOf[Cycle, *Cycle]{Cycles, func(c *Config) *Shelf[Cycle] { return &c.Cycles }},
	Calendars:    kindOf[Calendar, *Calendar]{Calendars, func(c *Config) *Shelf[Calendar] { return &c.Calendars }},
	Texts:        kindOf[Text, *Text]{Texts, func(c *Config) *Shelf[Text] { return &c.Texts }},
}

// Kinds lists the kinds in the order in which people see them.
var Kinds = []Kind{Settings, Modules, Units, Sectors, Levels, Schemes, Classes, Codes, Mappings, Duties, Conditions, Channels, Routes,
	Samples, Fields, Forms, Questions, Reasons, Supervisions, Outsides, Services, Indicators, Reports, Cycles, Calendars, Texts}

func (k kindOf[T, P]) canon(ck *checker, item Item) Item {
	ck.at(item.Ref())
	if !keyForm.MatchString(item.Key) {
		ck.bad("key", "编号“%s”只能用小写字母、数字、点和连字符", item.Key)
	}
	var v T
	if err := strict(item.Body, &v); err != nil {
		ck.bad(fieldOf(err), "内容无法读取（%s）", err)
		return item
	}
	e := P(&v).entry()
	e.Key, e.Retired = item.Key, item.Retired
	P(&v).alone(ck)
	canonical, err := encode(v)
	if err != nil {
		ck.bad("", "内容无法读取（%s）", err)
		return item
	}
	item.Body = canonical
	return item
}

func (k kindOf[T, P]) load(c *Config, item Item) error {
	var v T
	if err := loose(item.Body, &v); err != nil {
		return err
	}
	e := P(&v).entry()
	e.Key, e.Retired = item.Key, item.Retired
	k.shelf(c).byKey[item.Key] = v
	return nil
}

func (k kindOf[T, P]) own(c *Config) {
	s := k.shelf(c)
	if s.byKey = maps.Clone(s.byKey); s.byKey == nil {
		s.byKey = map[string]T{}
	}
}

func (k kindOf[T, P]) settle(c *Config) {
	s := k.shelf(c)
	s.all = make([]T, 0, len(s.byKey))
	for _, v := range s.byKey {
		if !P(&v).entry().Retired {
			s.all = append(s.all, v)
		}
	}
	slices.SortFunc(s.all, func(a, b T) int {
		x, y := P(&a).entry(), P(&b).entry()
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.Key, y.Key))
	})
}

func (k kindOf[T, P]) check(c *Config, ck *checker) {
	for _, v := range k.shelf(c).all {
		ck.at(Ref{k.kind, P(&v).entry().Key})
		P(&v).among(c, ck)
	}
}
