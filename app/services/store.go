package services

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
)

// read is a booking of this tenant; locked it is held until the transaction ends.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, lock bool) (*Booking, error) {
	b := new(Booking)
	q := tx.Select(b).Where("b.id = ?", id)
	if lock {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("booking %s: %w", id, err)
	}
	return b, nil
}

// Own reads a booking of the actor's.
func Own(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Booking, error) {
	b, err := read(ctx, tx, id, false)
	if err == nil && b.Person != tx.Actor().Person {
		return nil, errNone()
	}
	return b, err
}

// Mine lists the actor's bookings, the newest first.
func Mine(ctx context.Context, tx tenants.Tx, most int64) (list []*Booking, err error) {
	if err := tx.Select(&list).Where("b.person = ?", tx.Actor().Person).Order("b.made_at DESC", "b.id DESC").Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("own bookings: %w", err)
	}
	return list, nil
}

// OfDay lists the bookings of a day, by the hour.
func OfDay(ctx context.Context, tx tenants.Tx, day clock.Date) (list []*Booking, err error) {
	if err := auth.Require(tx.Actor(), auth.ServicesServe, ""); err != nil {
		return nil, err
	}
	if err := tx.Select(&list).Where("b.day = ?", day).Order("b.slot", "b.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("bookings of %s: %w", day, err)
	}
	return list, nil
}

// PoorlyRated lists the finished bookings with a low rating, the newest first, for the shift lead.
func PoorlyRated(ctx context.Context, tx tenants.Tx) (list []*Booking, err error) {
	if err := auth.Require(tx.Actor(), auth.ShiftsLead, ""); err != nil {
		return nil, err
	}
	if err := tx.Select(&list).Where("b.rating <= ?", Poor).Order("b.rated_at DESC").Limit(50).Scan(ctx); err != nil {
		return nil, fmt.Errorf("low ratings: %w", err)
	}
	return list, nil
}

// untaken is what nobody has taken of the bookings up to a day.
const untaken = "b.state = 'booked' AND b.day <= ?"

// Waiting counts the bookings up to today that nobody has taken.
func Waiting(ctx context.Context, tx tenants.Tx) (int, error) {
	n, err := tx.Select((*Booking)(nil)).Where(untaken, clock.DateOf(clock.Now(ctx))).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("bookings that wait: %w", err)
	}
	return int(n), nil
}
