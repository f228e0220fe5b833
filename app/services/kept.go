package services

import (
	"context"
	"fmt"
	"time"

	"wanjie/app/resident"
	"wanjie/tenants"
)

// Kept is what the window keeps of residents: their bookings.
var Kept = resident.Keeping{Name: "bookings", Held: held, Forget: forget,
	Objects: "SELECT id, number FROM service_bookings WHERE tenant_id = ?0 AND person = ?1"}

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
