package services

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Longest texts, in characters, and how many open bookings one resident may have.
const (
	longLine = 200
	longText = 1000
	mostOpen = 5
)

// Wish is a booking to be made.
type Wish struct {
	Item  string
	Kind  Kind
	Day   clock.Date
	Slot  string
	Words Words // name, phone, address and note
}

func (in *Wish) check(ctx context.Context, cfg *blueprint.Config) error {
	var f fault.Problems
	item, ok := cfg.Services.Find(in.Item)
	if !ok || item.Retired {
		return errNone()
	}
	if !slices.Contains(KindsOf(item), in.Kind) {
		f.Add("kind", ui.Key("请选择服务方式"))
	}
	days, err := Days(ctx, cfg)
	if err != nil {
		return err
	}
	if !slices.Contains(days, in.Day) {
		f.Add("day", ui.Key("请选择可预约的工作日"))
	}
	f.Need("name", in.Words.Name, 30)
	if in.Words.Phone = keys.NormalPhone(in.Words.Phone); len(in.Words.Phone) < 7 || len(in.Words.Phone) > 20 {
		f.Add("phone", ui.Key("请填写正确的电话号码"))
	}
	if in.Kind == Home {
		f.Need("address", in.Words.Address, longLine)
	}
	f.Fit("address", in.Words.Address, longLine)
	f.Fit("note", in.Words.Note, longText)
	return f.Fault()
}

// KindsOf are the kinds of help there is with an item.
func KindsOf(s blueprint.Service) (out []Kind) {
	if s.Agency {
		out = append(out, Agency)
	}
	if s.Home {
		out = append(out, Home)
	}
	return out
}

// Book makes the actor's booking. The day's counter is drawn first: who books for the same day waits for it, so that the
// last place of an hour is given once.
func Book(ctx context.Context, tx tenants.Tx, in Wish) (*Booking, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := in.check(ctx, cfg); err != nil {
		return nil, err
	}
	n, err := tx.Next(ctx, "booking "+string(in.Day))
	if err != nil {
		return nil, err
	}
	open, err := tx.Select((*Booking)(nil)).Where("b.person = ?", tx.Actor().Person).Where("b.state IN ('booked', 'taken')").Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("open bookings: %w", err)
	}
	if open >= mostOpen {
		return nil, fault.New(fault.Conflict, "您还有多项预约未办结，请办结或取消后再预约")
	}
	slots, err := Slots(ctx, tx, cfg, in.Day)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(slots, func(s Slot) bool { return s.At == in.Slot && s.Left > 0 }) {
		return nil, fault.Field("slot", ui.Key("该时段已约满，请另选时段"))
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	b := &Booking{
		ID: tenants.NewID(), Number: fmt.Sprintf("%s-B%03d", strings.ReplaceAll(string(in.Day), "-", ""), n), Item: in.Item, Kind: in.Kind, Person: tx.Actor().Person,
		Day: in.Day, Slot: in.Slot, State: Booked, MadeAt: now,
	}
	w := in.Words
	b.Name, b.Phone = box.Seal(b.at("name"), w.Name), box.Seal(b.at("phone"), w.Phone)
	b.Address, b.Note = box.Seal(b.at("address"), w.Address), box.Seal(b.at("note"), w.Note)
	if _, err := tx.Insert(b).Exec(ctx); err != nil {
		return nil, fmt.Errorf("write booking %s: %w", b.Number, err)
	}
	tx.Record(tenants.Act{Kind: "booking.made", Version: 1, Object: "booking", ObjectID: b.ID, HappenedAt: now, After: b.dims()})
	return b, nil
}

// change reads a booking for its change, lets do change it, writes it and records the act.
func change(ctx context.Context, tx tenants.Tx, id uuid.UUID, act string, from []State, do func(*Booking, *keys.Box) error) (*Booking, error) {
	b, err := read(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	if b.Person != tx.Actor().Person && !auth.Can(tx.Actor(), auth.ServicesServe, "") {
		return nil, errNone()
	}
	if !slices.Contains(from, b.State) {
		return nil, fault.New(fault.Conflict, "预约的状态已经变化，不能进行此操作")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	before := b.dims()
	if err := do(b, box); err != nil {
		return nil, err
	}
	if _, err := tx.Update(b).Where("b.id = ?", b.ID).Exec(ctx); err != nil {
		return nil, fmt.Errorf("write booking %s: %w", b.Number, err)
	}
	tx.Record(tenants.Act{Kind: "booking." + act, Version: 1, Object: "booking", ObjectID: b.ID, HappenedAt: clock.Now(ctx), Before: before, After: b.dims()})
	return b, nil
}

// Take says that the actor, of the staff, does it.
func Take(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Booking, error) {
	if err := auth.Require(tx.Actor(), auth.ServicesServe, ""); err != nil {
		return nil, err
	}
	return change(ctx, tx, id, "taken", []State{Booked}, func(b *Booking, _ *keys.Box) error {
		b.State, b.TakenBy, b.TakenAt = Taken, tx.Actor().Person, clock.Now(ctx)
		return nil
	})
}

// Finish says what came of it.
func Finish(ctx context.Context, tx tenants.Tx, id uuid.UUID, result string) (*Booking, error) {
	if err := auth.Require(tx.Actor(), auth.ServicesServe, ""); err != nil {
		return nil, err
	}
	return change(ctx, tx, id, "done", []State{Taken}, func(b *Booking, box *keys.Box) error {
		var f fault.Problems
		if f.Need("result", result, longText); f.Found != nil {
			return f.Fault()
		}
		b.State, b.DoneBy, b.DoneAt, b.Result = Done, tx.Actor().Person, clock.Now(ctx), box.Seal(b.at("result"), result)
		return nil
	})
}

// Cancel calls a booking off: staff say why, residents need not.
func Cancel(ctx context.Context, tx tenants.Tx, id uuid.UUID, reason string) (*Booking, error) {
	return change(ctx, tx, id, "cancelled", []State{Booked, Taken}, func(b *Booking, box *keys.Box) error {
		var f fault.Problems
		if b.Person != tx.Actor().Person {
			f.Need("reason", reason, longText)
		}
		if f.Fit("reason", reason, longText); f.Found != nil {
			return f.Fault()
		}
		b.State, b.CancelledBy, b.CancelledAt, b.Reason = Cancelled, tx.Actor().Person, clock.Now(ctx), box.Seal(b.at("reason"), reason)
		return nil
	})
}

// Rate is the resident's judgement of finished work, said once.
func Rate(ctx context.Context, tx tenants.Tx, id uuid.UUID, level Rating, words string) (*Booking, error) {
	return change(ctx, tx, id, "rated", []State{Done}, func(b *Booking, box *keys.Box) error {
		if b.Person != tx.Actor().Person {
			return errNone()
		}
		if b.Rating != 0 {
			return fault.New(fault.Conflict, "您已经评价过")
		}
		var f fault.Problems
		if !slices.Contains(Ratings, level) {
			f.Add("rating", ui.Key("请选择满意程度"))
		} else if level <= Poor {
			f.Need("words", words, longText)
		}
		if f.Fit("words", words, longText); f.Found != nil {
			return f.Fault()
		}
		b.Rating, b.RatedAt, b.RatingWords = level, clock.Now(ctx), box.Seal(b.at("rating_words"), words)
		return nil
	})
}
