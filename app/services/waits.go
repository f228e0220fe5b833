package services

import (
	"context"
	"fmt"

	"wanjie/app/clock"
	"wanjie/app/module"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// mostWaiting is how many are listed: more than a window serves in a day.
const mostWaiting = 200

// waiting lists what [Waiting] counts, in words that name nobody.
func waiting(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) ([]module.Wait, error) {
	var list []*Booking
	if err := tx.Select(&list).Where(untaken, clock.DateOf(clock.Now(ctx))).Order("b.day", "b.slot", "b.id").Limit(mostWaiting).Scan(ctx); err != nil {
		return nil, fmt.Errorf("bookings that wait: %w", err)
	}
	out := make([]module.Wait, len(list))
	for i, b := range list {
		item := b.Item
		if s, ok := cfg.Services.Find(b.Item); ok {
			item = s.Title
		}
		out[i] = module.Wait{Path: "/services/" + b.ID.String(), Number: b.Number, About: item, State: ui.T(ctx, b.Kind.Title()), Fresh: true, Do: ui.T(ctx, "接单"), Due: b.Begins()}
	}
	return out, nil
}
