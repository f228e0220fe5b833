package demo

import (
	"context"
	"slices"

	"wanjie/app"
	"wanjie/app/clock"
	"wanjie/app/services"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// bookings are the made-up resident's: one that waits, one that is taken, one that is done and one that displeased.
var bookings = []struct {
	item string
	kind services.Kind
	note string
	then string
	days int // ago it was booked; it is for the first day after that has a place
}{
	{"old-age-card", services.Home, "老人腿脚不便，请上门。", "", 0},
	{"medical-remote", services.Agency, "冬天去女儿家住，想在那边看病直接结算。", "take", 1},
	{"pension-alive", services.Home, "", "done", 6},
	{"disability-nursing", services.Agency, "", "poor", 9},
}

// reserve makes them, each at the first hour that has a place left.
func reserve(ctx context.Context, a *app.App, t tenants.Tenant, clerk, person int64) error {
	days := 0
	as := func(person int64, f func(context.Context, tenants.Tx) error) error {
		held, _ := clock.Hold(ctx, clock.Now(ctx).AddDate(0, 0, -days))
		return a.DB.Write(held, t.ID, tenants.Actor{Person: person}, f)
	}
	for _, o := range bookings {
		var b *services.Booking
		days = o.days
		err := as(person, func(ctx context.Context, tx tenants.Tx) error {
			cfg, err := blueprint.For(ctx, tx)
			if err != nil {
				return err
			}
			days, err := services.Days(ctx, cfg)
			if err != nil || len(days) == 0 {
				return err
			}
			slots, err := services.Slots(ctx, tx, cfg, days[0])
			if err != nil {
				return err
			}
			free := slices.IndexFunc(slots, func(s services.Slot) bool { return s.Left > 0 })
			if free < 0 {
				return nil
			}
			b, err = services.Book(ctx, tx, services.Wish{Item: o.item, Kind: o.kind, Day: days[0], Slot: slots[free].At,
				Words: services.Words{Name: "演示居民", Phone: ResidentPhone, Address: "演示路33号3号楼201室", Note: o.note}})
			return err
		})
		if err != nil || b == nil {
			return err
		}
		if o.then == "" {
			continue
		}
		days = max(0, o.days-3) // on its day, or after
		if err := as(clerk, func(ctx context.Context, tx tenants.Tx) error {
			if _, err := services.Take(ctx, tx, b.ID); err != nil || o.then == "take" {
				return err
			}
			_, err := services.Finish(ctx, tx, b.ID, "已协助提交申请，材料齐全。")
			return err
		}); err != nil {
			return err
		}
		if o.then != "poor" {
			continue
		}
		if err := as(person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := services.Rate(ctx, tx, b.ID, services.Poor, "约好的时间，过了一个半小时才有人接待。")
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
