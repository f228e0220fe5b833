// Package module is the socket that a street's modules plug into. A module is a value: what a street
// admin switches on is one Go package and one views package, listed in app/modules.go. No registry,
// no init: deleting a module is deleting two folders and one line.
package module

import (
	"context"
	"fmt"

	"wanjie/app/web"
	"wanjie/billing"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Module is one thing a street may switch on.
type Module struct {
	Key   string   // also the key of the blueprint's module item
	Title string   // on screens
	About string   // one sentence for the street admin who decides
	Off   string   // what switching it off means
	Needs []string // keys of modules it cannot do without

	Routes func(web.Routes)
	Nav    []Entry
	Waits  []Waits
	Jobs   []jobs.Kind
	Timers []jobs.TimerKind
	Acts   []journal.Kind         // the acts it records, with their versions and upcasters
	Cells  map[string]tally.Cells // kind of object → what one counts in the rollups
	// Words are what values of its acts' dimensions say, in catalogue keys, for the traces: "stage/filed". Also what the
	// acts, their objects and dimensions themselves are called: "act/grid.drawn", "object/grid", "dimension/every"; and, where a
	// dimension says something else of one kind of object, "dimension/booking.item".
	Words map[string]string
	// Numbers are tables, by kind of object, whose column number says what people call one of them by: the traces name it so.
	Numbers map[string]string
	Meters  []billing.Meter              // what of it is billed
	Notify  func(journal.Act) []jobs.Job // what an act sets going; nil when nothing
	Data    []keys.Columns               // every column of its tables: plain, sealed or blind
}

// Entry is one line of the menu, shown to those who may use it.
type Entry struct {
	Title string // catalogue key
	Path  string // under the tenant's base
	May   string // capability; "" is everybody of the tenant, or who has one of Any
	// Any are capabilities of which one is enough: a page that sorts out by itself whose things it shows is of no use to who has none.
	Any []string
	// Badge counts what waits for this actor; nil shows none.
	Badge func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) (int, error)
}

// Check refuses a list of modules that does not fit together: doubled keys, unknown needs, nameless
// parts. It runs at start and in a test.
func Check(ms []Module) error {
	keysSeen := map[string]bool{}
	parts := map[string]string{}
	once := func(kind, name, module string) error {
		if name == "" {
			return fmt.Errorf("module %s has a nameless %s", module, kind)
		}
		if other, has := parts[kind+name]; has {
			return fmt.Errorf("%s %q belongs to modules %s and %s", kind, name, other, module)
		}
		parts[kind+name] = module
		return nil
	}
	for _, m := range ms {
		if m.Key == "" || m.Title == "" {
			return fmt.Errorf("module %q has no key or title", m.Key)
		}
		if keysSeen[m.Key] {
			return fmt.Errorf("two modules are called %s", m.Key)
		}
		for _, need := range m.Needs {
			if !keysSeen[need] {
				return fmt.Errorf("module %s needs %s, which is not listed before it", m.Key, need)
			}
		}
		keysSeen[m.Key] = true
		for _, j := range m.Jobs {
			if err := once("job", j.Name, m.Key); err != nil {
				return err
			}
		}
		for _, t := range m.Timers {
			if err := once("timer", t.Name, m.Key); err != nil {
				return err
			}
		}
		for _, w := range m.Waits {
			if err := once("kind of waiting", w.Kind, m.Key); err != nil {
				return err
			}
		}
		for _, a := range m.Acts {
			if err := once("act", a.Name, m.Key); err != nil {
				return err
			}
		}
	}
	return nil
}
