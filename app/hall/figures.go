package hall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// Count is one line of a panel: how many cases are open, and how many of them show a red light.
type Count struct {
	Key       string
	Open, Red int
}

// Overdue is an open case with a red light, for the rolling list.
type Overdue struct {
	Number, Class, Community, Unit string
	DueAt                          time.Time
}

// Day is what came in and was closed on one day.
type Day struct {
	On               clock.Date
	Received, Closed int
}

// Figures are what the board shows.
type Figures struct {
	At                                           time.Time
	Received, Closed                             int // today
	Open, Yellow, Red                            int // now
	Due, Met                                     int // this month: to be closed by now, and closed in time
	Again                                        int // this month: taken up again, because it was not solved
	Grids, Communities, Units, Classes, Channels []Count
	Late                                         []Overdue // the latest first
	Days                                         []Day     // the last fourteen, today last
}

// Sizes of the board.
const (
	shownLate = 20
	shownDays = 14
)

// open is an open case, as much of it as the board needs.
type open struct {
	Number, Class, Channel, Community, Unit, Grid string
	Confidential                                  bool
	Stage                                         cases.Stage
	cases.Clock
	SuspendedAt time.Time
}

// Read reads the board: the open cases by their lights, and days and month from the tallies, as every rollup does.
func Read(ctx context.Context, tx tenants.Tx) (*Figures, error) {
	f := &Figures{At: clock.Now(ctx)}
	var list []open
	if err := tx.Raw(`SELECT number, class, channel, community, unit, grid, confidential, stage, warn_at, red_at, due_at, suspended_at
		FROM cases WHERE tenant_id = ? AND ended_at IS NULL`, int32(tx.ID())).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("open cases for the hall: %w", err)
	}
	f.sort(list)
	today := clock.DateOf(f.At)
	month := clock.Date(string(today)[:8] + "01")
	var days []struct {
		Day                                  clock.Date
		Received, Closed, Due, Met, Reopened int
	}
	if err := tx.Raw(`SELECT day::text AS day, received, closed, due, met, reopened FROM tallies WHERE tenant_id = ? AND dim = 'all' AND day BETWEEN ? AND ?`,
		int32(tx.ID()), min(month, today.Add(1-shownDays)), today).Scan(ctx, &days); err != nil {
		return nil, fmt.Errorf("days for the hall: %w", err)
	}
	on := map[clock.Date]Day{}
	for _, d := range days {
		on[d.Day] = Day{d.Day, d.Received, d.Closed}
		if d.Day >= month {
			f.Due, f.Met, f.Again = f.Due+d.Due, f.Met+d.Met, f.Again+d.Reopened
		}
	}
	f.Received, f.Closed = on[today].Received, on[today].Closed
	for i := range shownDays {
		d := today.Add(i + 1 - shownDays)
		f.Days = append(f.Days, Day{d, on[d].Received, on[d].Closed})
	}
	return f, nil
}

// sort counts the open cases by what they are.
func (f *Figures) sort(list []open) {
	parts := map[*[]Count]map[string]*Count{&f.Grids: {}, &f.Communities: {}, &f.Units: {}, &f.Classes: {}, &f.Channels: {}}
	for i := range list {
		c := &list[i]
		light := c.Light(c.Stage, c.SuspendedAt, f.At)
		f.Open++
		switch light {
		case cases.Yellow:
			f.Yellow++
		case cases.Red:
			f.Red++
			if !c.Confidential {
				f.Late = append(f.Late, Overdue{c.Number, c.Class, c.Community, c.Unit, c.DueAt})
			}
		case cases.Green, cases.Dark:
		}
		for into, key := range map[*[]Count]string{&f.Grids: c.Grid, &f.Communities: c.Community, &f.Units: c.Unit, &f.Classes: c.Class, &f.Channels: c.Channel} {
			if key == "" {
				continue
			}
			p := parts[into][key]
			if p == nil {
				p = &Count{Key: key}
				parts[into][key] = p
			}
			if p.Open++; light == cases.Red {
				p.Red++
			}
		}
	}
	for into, by := range parts {
		for _, p := range by {
			*into = append(*into, *p)
		}
		slices.SortFunc(*into, func(a, b Count) int { return cmp.Or(b.Open-a.Open, b.Red-a.Red, cmp.Compare(a.Key, b.Key)) })
	}
	slices.SortFunc(f.Late, func(a, b Overdue) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Number, b.Number)) })
	f.Late = f.Late[:min(len(f.Late), shownLate)]
}
