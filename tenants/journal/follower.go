package journal

import (
	"context"
	"time"

	"wanjie/tenants"
)

// Defaults of a Follower.
const (
	DefaultBatch   = 2000
	DefaultTenants = 200
)

// Follower turns acts into something else.
type Follower struct {
	// Name is the follower's in the cursors, for ever: under another name it starts from act 1.
	Name string
	// Apply writes the effect of acts, which are sorted by tenant and number, in the transaction
	// that moves the cursors. It writes nothing anywhere else, as the transaction may roll back and
	// come again. When it fails on a batch, the batch is halved until the failing tenant stands
	// alone; that one is tried again later and holds up nobody else.
	Apply func(ctx context.Context, tx tenants.SystemTx, acts []Act) error
	// After runs when the batch is committed; it may be lost in a crash. Optional.
	After func(ctx context.Context, acts []Act)
	// Imported: also acts that came with another system's history. Only seal and tally want them.
	Imported bool
	// Stored: acts as they were recorded, not lifted to their kinds' present versions.
	Stored bool
	// Pace is the least time between two looks, to gather larger batches; zero for as soon as possible.
	Pace time.Duration
	// Batch and Tenants bound one transaction: so many acts, of so many tenants.
	Batch, Tenants int
}
