// Package clock gives the present, so that tests can hold it still, and the zone in which officials
// read it. Only this package asks the machine for the time of day.
package clock

import (
	"context"
	"time"
	_ "time/tzdata" // the zone must exist on machines without a zone database
)

// Zone is where every street lies: Asia/Shanghai, UTC+8 all year.
var Zone = mustLoad("Asia/Shanghai")

func mustLoad(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

type heldKey struct{}

// Held is a clock that stands still until a test moves it.
type Held struct{ at time.Time }

// Hold returns a context in which Now answers h's time.
func Hold(ctx context.Context, at time.Time) (context.Context, *Held) {
	h := &Held{at: at}
	return context.WithValue(ctx, heldKey{}, h), h
}

// Move sets the held time. Not safe while other goroutines read it.
func (h *Held) Move(to time.Time) { h.at = to }

// Now is the present instant, in UTC with microseconds as PostgreSQL keeps them; a held clock in
// ctx answers instead of the machine.
func Now(ctx context.Context) time.Time {
	if h, ok := ctx.Value(heldKey{}).(*Held); ok {
		return h.at.UTC().Truncate(time.Microsecond)
	}
	return time.Now().UTC().Truncate(time.Microsecond)
}

// Day is the calendar day of t in Asia/Shanghai, as an instant at its first moment.
func Day(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}
