package cases

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// lot says whether a case that is handed in goes to the check, and how that was drawn. The zero lot is not taken.
type lot struct {
	taken   bool
	least   bool // taken because the unit had too few that day, whatever the draw
	number  int  // of 10,000: taken when below share
	share   int  // per cent; 0: nothing was drawn, everything of the kind is checked
	version int  // of the data key by which it was drawn
}

// outOf is how finely lots are drawn.
const outOf = 10_000

// Lot is the number, below ten thousand, that a case draws when it is handed in: HMAC-SM3 of its id by a key derived from
// the tenant's data key. Whoever makes the case's id does not know the key, and whoever has the key cannot change the
// number; so nobody chooses what is checked, and whoever audits draws the same again with the version of the key that
// the act names.
func Lot(box *keys.Box, c *Case) int { return lotFor(box, "check", c.ID) }

// lotFor is the lot of an object for a purpose: what falls on it for one says nothing of another.
func lotFor(box *keys.Box, purpose string, id uuid.UUID) int {
	return int(binary.BigEndian.Uint64(box.Blind("draw."+purpose, id.String())) % outOf)
}

// draw says whether a case is checked: always where the route insists, where work was sent back before, and where the
// tenant checks everything; else by lot, and the unit's first ones of the day up to the least that the sample asks for.
func draw(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, box *keys.Box, c *Case, at time.Time) (lot, error) {
	if cfg.RouteFor(c.Channel, c.Class, c.Urgent).Insists(blueprint.StepCheck) || c.Reworks > 0 {
		return lot{taken: true}, nil
	}
	sample := cfg.SampleOf(blueprint.OfChecks, c.Channel, c.Class)
	if sample.Percent >= 100 {
		return lot{taken: true}, nil
	}
	l := lot{number: Lot(box, c), share: sample.Percent, version: box.Version()}
	l.taken = l.number < sample.Percent*outOf/100
	name := "check " + day(at) + " " + c.Unit
	if !l.taken && sample.Least > 0 {
		var sofar int
		err := tx.Raw("SELECT n FROM counters WHERE tenant_id = ? AND name = ? FOR UPDATE", int32(tx.ID()), name).Scan(ctx, &sofar)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return lot{}, fmt.Errorf("sampled today of %s: %w", c.Unit, err)
		}
		l.least = sofar < sample.Least
		l.taken = l.least
	}
	if l.taken && sample.Least > 0 {
		if _, err := tx.Next(ctx, name); err != nil {
			return lot{}, err
		}
	}
	return l, nil
}

// told is what the act says of the lot.
func (l lot) told() []string {
	if l.share == 0 && l.taken {
		return nil
	}
	out := []string{"drawn", "0", "lot", strconv.Itoa(l.number), "share", strconv.Itoa(l.share), "key", strconv.Itoa(l.version)}
	if l.taken {
		out[1] = "1"
	}
	if l.least {
		out = append(out, "least", "1")
	}
	return out
}
