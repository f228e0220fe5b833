package services

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Slot is one hour of a day with the places that are left.
type Slot struct {
	At   string // "09:00"
	Left int
}

// Days are the working days that may be booked now, from tomorrow on.
func Days(ctx context.Context, cfg *blueprint.Config) (out []clock.Date, err error) {
	cal := cases.CalendarOf(cfg)
	today := clock.DateOf(clock.Now(ctx))
	for n := 1; n <= int(cfg.Int("services.book_days", 14)); n++ {
		day := today.Add(n)
		hours, err := cases.Shifts(day.Start(), cal)
		if err != nil {
			return nil, err
		}
		if len(hours) > 0 {
			out = append(out, day)
		}
	}
	return out, nil
}

// Slots are the hours of a day, in order, with the places left. A rest of less than half an hour is none.
func Slots(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, day clock.Date) (out []Slot, err error) {
	hours, err := cases.Shifts(day.Start(), cases.CalendarOf(cfg))
	if err != nil {
		return nil, err
	}
	var used []struct {
		Slot string
		N    int
	}
	err = tx.Select((*Booking)(nil)).ColumnExpr("b.slot, count(*) AS n").Where("b.day = ?", day).Where("b.state <> 'cancelled'").Group("b.slot").Scan(ctx, &used)
	if err != nil {
		return nil, fmt.Errorf("booked places of %s: %w", day, err)
	}
	taken := map[string]int{}
	for _, u := range used {
		taken[u.Slot] = u.N
	}
	places := int(cfg.Int("services.slot_places", 4))
	for _, h := range hours {
		for at := h.From; at.Add(30*time.Minute).Compare(h.To) <= 0; at = at.Add(time.Hour) {
			name := at.In(clock.Zone).Format("15:04")
			out = append(out, Slot{name, max(places-taken[name], 0)})
		}
	}
	return out, nil
}
