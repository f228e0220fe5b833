package module

import (
	"context"
	"time"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Waits is one kind of thing that waits for people in a module: what a badge counts, as lines of the list over all the
// tenants in which somebody works.
type Waits struct {
	Kind  string // in addresses: "whistles"
	Title string // catalogue key
	May   string // capability, as of an Entry
	// List is what waits for this actor, the nearest deadline first; it reads no more than a page would show.
	List func(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]Wait, error)
}

// Wait is one of them, in the reader's language and in words that name nobody: what people said stands behind its link.
type Wait struct {
	Path   string // under the tenant's base
	Number string
	About  string // class, kind or item
	Place  string // community; may be empty
	Unit   string // whose it is; may be empty
	State  string
	Fresh  bool   // nobody has taken it up
	Do     string // what is to be done next
	Urgent bool
	Due    time.Time // by when; zero: nothing presses, or the clock stands still
	Light  string    // how the clock shines where it has lights of its own; else it is red when it has run out
}
