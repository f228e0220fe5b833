package services

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Kept is what the window keeps of residents: their bookings.
var Kept = resident.Keeping{
	Name: "bookings", Held: held, Forget: forget,
	Objects: "SELECT id, number, item AS about FROM service_bookings WHERE tenant_id = ?0 AND person = ?1",
	Heard:   []string{"booking.taken", "booking.done", "booking.cancelled"},
	Tell: func(ctx context.Context, cfg *blueprint.Config, n resident.News) (t resident.Told, worth bool) {
		t.Path, t.About = "/bookings/"+n.ID.String(), n.About
		if s, ok := cfg.Services.Find(n.About); ok {
			t.About = s.Title
		}
		switch n.Kind {
		case "booking.taken":
			t.Tone, t.Act = ui.Info, ui.T(ctx, "您的预约有人接办了")
		case "booking.done":
			t.Tone, t.Act, t.Detail = ui.Good, ui.T(ctx, "预约的事办好了"), ui.T(ctx, "请您评价这次服务")
		case "booking.cancelled":
			t.Tone, t.Act, t.Detail = ui.Warn, ui.T(ctx, "街道取消了您的预约"), ui.T(ctx, "点开查看原因，可以另约时间")
		}
		return t, true
	},
}

// heldBooking is a booking in the file of one's own data.
type heldBooking struct {
	Number string    `json:"number"`
	Item   string    `json:"item"`
	Kind   Kind      `json:"kind"`
	Begins time.Time `json:"begins"`
	State  State     `json:"state"`
	Rating Rating    `json:"rating,omitempty"`
	Words
}

func held(ctx context.Context, tx tenants.Tx) (any, error) {
	list, err := Mine(ctx, tx, 0)
	if err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]heldBooking, len(list))
	for i, b := range list {
		w, err := b.Open(box)
		if err != nil {
			return nil, err
		}
		out[i] = heldBooking{b.Number, b.Item, b.Kind, b.Begins(), b.State, b.Rating, w}
	}
	return out, nil
}

// forget cancels what is still to come and takes out who it was for. That something was done, and how it was rated, stays:
// it is the record of public work.
func forget(ctx context.Context, tx tenants.Tx) error {
	list, err := Mine(ctx, tx, 0)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.State.Open() {
			if _, err := Cancel(ctx, tx, b.ID, ""); err != nil {
				return err
			}
		}
	}
	_, err = tx.Update((*Booking)(nil)).Set("name = NULL").Set("phone = NULL").Set("address = NULL").Set("note = NULL").Set("reason = NULL").Set("result = NULL").Set("rating_words = NULL").
		Where("b.person = ?", tx.Actor().Person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget bookings: %w", err)
	}
	return nil
}
