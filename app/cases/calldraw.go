package cases

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// drawn reports whether the lot for a purpose falls on id when percent of a hundred are to be drawn. The lot
// is a keyed digest (HMAC-SM3 under the tenant's data key): nobody without the key can tell it beforehand, nobody
// with it can change it, and whoever audits the street draws it again and finds the same.
func drawn(box *keys.Box, purpose string, id uuid.UUID, percent int) bool {
	return lotFor(box, purpose, id) < percent*outOf/100
}

// How it came that a step is taken, or not, as the act says it.
const (
	byRoute = "route" // the route insists
	byShare = "all"   // the share is the whole
	byLot   = "lot"   // drawn
	byLeast = "least" // the unit's least for the day was not reached
	byNone  = "none"  // not drawn
	byAgain = "again" // it was found wanting before
)

// sampled decides by rule whether a case takes a step that is sampled, and says how it was decided: percent and
// version of the data key let it be drawn again. It is decided with the act that ends the step before, and written
// in it, which is sealed; nobody sees it sooner, and nobody decides it by hand.
//
// of the unit's cases on a day, today were drawn so far. That the least of a day is reached however few there are
// can only be promised by taking the first ones; after them the lot alone decides.
func (s *step) sampled(of blueprint.Sampled, step blueprint.Step, today int64) (take, counts bool, how []string) {
	route := s.route()
	if route.Skips(step) {
		return false, false, nil
	}
	by, rule := byRoute, s.rules.SampleOf(of, s.c.Channel, s.c.Class)
	switch {
	case s.c.Reopened > 0:
		by = byAgain
	case route.Insists(step):
	case rule.Percent >= 100:
		by = byShare
	default:
		counts = rule.Least > 0
		switch {
		case today < int64(rule.Least):
			by = byLeast
		case drawn(s.box, string(of), s.c.ID, rule.Percent):
			by = byLot
		default:
			by, counts = byNone, false
		}
	}
	if how = []string{string(of), by}; by == byLot || by == byLeast || by == byNone {
		how = append(how, "percent", strconv.Itoa(rule.Percent), "draw_key", strconv.Itoa(s.box.Version()))
	}
	return by != byNone, counts, how
}

// drawnName is the counter of a unit's drawn cases on a day.
func drawnName(of blueprint.Sampled, at time.Time, unit string) string {
	return "drawn " + string(of) + " " + day(at) + " " + unit
}

// count adds one to a unit's drawn cases in the same statement.
func (w *change) count(of blueprint.Sampled, at time.Time, unit string) {
	w.also = append(w.also, func(_ context.Context, q *tenants.Prepared) string {
		return `INSERT INTO counters (tenant_id, name, n) VALUES (` + q.Tenant() + `, ` + q.Arg(drawnName(of, at, unit)) + `, 1)
			ON CONFLICT (tenant_id, name) DO UPDATE SET n = counters.n + 1`
	})
}
