package seal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants"
)

// Proof is what Prove found.
type Proof struct {
	Holds   bool    `json:"holds"`
	Tenants int     `json:"tenants"`
	Acts    int64   `json:"acts"`     // sealed, and as they were sealed
	Newer   int64   `json:"unsealed"` // than the last seal
	Broken  []Fault `json:"broken,omitempty"`
	Roots   []Roots `json:"roots"`
}

// Fault is a tenant whose journal does not hold.
type Fault struct {
	Tenant    tenants.ID `json:"tenant"`
	Slug      string     `json:"slug"`
	Name      string     `json:"name"`
	Placement string     `json:"placement"`
	From      int64      `json:"from"` // acts
	Upto      int64      `json:"upto"`
	Sound     *time.Time `json:"sound_until,omitempty"` // when the last act that holds was recorded
	Why       string     `json:"why"`
}

// Roots are the daily roots of a placement.
type Roots struct {
	Placement string   `json:"placement"`
	Days      int      `json:"days"`            // that hold
	First     string   `json:"first,omitempty"` // day, 2006-01-02
	Last      string   `json:"last,omitempty"`
	Broken    []BadDay `json:"broken,omitempty"`
	// Gaps are days between First and Last without a root: the product did not run when it was due.
	Gaps []string `json:"gaps,omitempty"`
	// Missing says that there ought to be a root by now, and there is none.
	Missing bool `json:"missing,omitempty"`
}

// BadDay is a root that does not hold.
type BadDay struct {
	Day string `json:"day"`
	Why string `json:"why"`
}

// Asked is what Prove is to look at.
type Asked struct {
	Folder string     // of the files with daily roots
	Only   tenants.ID // 0: every tenant of every placement
	// Tell hears now and then how many of how many tenants were looked at. Optional.
	Tell func(done, all int)
}

// due is how old the first act of a placement may be without a root.
const due = 48 * time.Hour

// Prove verifies the seals of one tenant or all, and every daily root of their placements, which cover
// all tenants there. It changes nothing. An error says that something could not be looked at; what does
// not hold stands in the proof.
func Prove(ctx context.Context, db *tenants.DB, a Asked) (p Proof, err error) {
	found, err := listed(ctx, db, a.Only)
	if err != nil {
		return p, err
	}
	var places []string
	for i, t := range found {
		if a.Tell != nil {
			a.Tell(i, len(found))
		}
		c, err := Verify(ctx, db, t.Placement, t.TenantID)
		var b *BrokenError
		switch {
		case errors.As(err, &b):
			f := Fault{Tenant: t.TenantID, Slug: t.Slug, Name: t.Name, Placement: t.Placement, From: b.From, Upto: b.Upto, Why: b.Why}
			if !b.Sound.IsZero() {
				f.Sound = &b.Sound
			}
			p.Broken = append(p.Broken, f)
		case err != nil:
			return p, fmt.Errorf("tenant %s: %w", t.Slug, err)
		default:
			p.Newer += c.Head - c.Sealed
		}
		p.Tenants++
		p.Acts += c.Sealed
		if !slices.Contains(places, t.Placement) {
			places = append(places, t.Placement)
		}
	}
	p.Holds = len(p.Broken) == 0
	slices.Sort(places)
	for _, place := range places {
		r, err := roots(ctx, db, place, File(a.Folder, place))
		if err != nil {
			return p, err
		}
		p.Roots = append(p.Roots, r)
		p.Holds = p.Holds && len(r.Broken) == 0 && !r.Missing
	}
	return p, nil
}

type entry struct {
	TenantID              tenants.ID
	Slug, Name, Placement string
}

// listed are the tenants of the directory, those being opened not: they have no head yet.
func listed(ctx context.Context, db *tenants.DB, only tenants.ID) (out []entry, err error) {
	err = db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT tenant_id, slug, name, placement FROM ctl.directory WHERE state <> 'opening' AND (? = 0 OR tenant_id = ?) ORDER BY placement, tenant_id",
			int32(only), int32(only)).Scan(ctx, &out)
	})
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	return out, nil
}

// roots verifies every root that the database or the file knows of.
func roots(ctx context.Context, db *tenants.DB, placement, file string) (Roots, error) {
	r := Roots{Placement: placement}
	days, err := inFile(file, placement)
	if err != nil {
		return r, err
	}
	var first struct{ At *time.Time }
	if err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		var stored []string
		if err := tx.Raw("SELECT day::text FROM ctl.roots").Scan(ctx, &stored); err != nil {
			return err
		}
		days = append(days, stored...)
		return tx.Raw("SELECT min(j.recorded_at) AS at FROM heads h JOIN journal j ON j.tenant_id = h.tenant_id AND j.n = 1").Scan(ctx, &first.At)
	}); err != nil {
		return r, fmt.Errorf("roots of %s: %w", placement, err)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	if len(days) == 0 {
		r.Missing = first.At != nil && clock.Now(ctx).Sub(*first.At) > due
		return r, nil
	}
	r.First, r.Last = days[0], days[len(days)-1]
	for i, day := range days {
		at, err := time.ParseInLocation(time.DateOnly, day, clock.Zone)
		if err != nil {
			return r, fmt.Errorf("roots of %s: %w", placement, err)
		}
		if i > 0 {
			r.gap(days[i-1], at)
		}
		var bad *RootError
		switch _, err := VerifyRoot(ctx, db, placement, file, at); {
		case errors.As(err, &bad):
			r.Broken = append(r.Broken, BadDay{day, bad.Why})
		case err != nil:
			return r, err
		default:
			r.Days++
		}
	}
	return r, nil
}

// gap notes the days between two roots that have none.
func (r *Roots) gap(before string, at time.Time) {
	for d := at.AddDate(0, 0, -1); d.Format(time.DateOnly) > before; d = d.AddDate(0, 0, -1) {
		r.Gaps = append(r.Gaps, d.Format(time.DateOnly))
	}
	slices.Sort(r.Gaps)
}

// inFile are the days for which the file has a line of the placement.
func inFile(file, placement string) (days []string, err error) {
	body, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("roots file: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		var l Line
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Placement == placement {
			days = append(days, l.Day)
		}
	}
	return days, lines.Err()
}
