package services

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/tenantstest"
)

// The people of a test street: two residents, and staff.
const (
	granny, grandpa = 11, 12
	window, lead    = 21, 22
)

type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	ctx   context.Context
	clock *clock.Held
}

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, Tenant: w.Street(t)}
	at := time.Date(2026, 11, 27, 20, 0, 0, 0, clock.Zone) // a Friday evening
	s.ctx, s.clock = clock.Hold(t.Context(), at)
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		for person, role := range map[int64]string{window: auth.Intake, lead: auth.ShiftLead} {
			if _, err := tx.Raw("INSERT INTO grants (tenant_id, id, person, role, made_by) VALUES (?, ?, ?, ?, 0)", int32(tx.ID()), tenants.NewID(), person, role).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (s *street) try(person int64, f func(context.Context, tenants.Tx) error) error {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	return s.DB.Write(s.ctx, s.ID, actor, f)
}

func (s *street) do(person int64, f func(context.Context, tenants.Tx) error) {
	s.t.Helper()
	if err := s.try(person, f); err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
}

func (s *street) book(person int64, in Wish) (b *Booking, err error) {
	err = s.try(person, func(ctx context.Context, tx tenants.Tx) error {
		b, err = Book(ctx, tx, in)
		return err
	})
	return b, err
}

func (s *street) acts(id uuid.UUID) []string {
	s.t.Helper()
	rows, err := s.Super(s.t, tenants.Home).Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func card() Wish {
	return Wish{Item: "old-age-card", Kind: Home, Day: "2026-11-30", Slot: "09:00", Words: Words{Name: "王奶奶", Phone: "13900139000", Address: "枫桥路18号", Note: "腿脚不便"}}
}

// Granny books a visit for her senior card, the window takes it and does it, she is not satisfied and says why, and the
// shift lead reads it. Nobody else's hand reaches it on the way.
func TestAHomeVisitFromBookingToRating(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	b, err := s.book(granny, card())
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, kind fault.Kind, person int64, f func(context.Context, tenants.Tx) error) {
		t.Helper()
		if err := s.try(person, f); !fault.Is(err, kind) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("another resident cancels it", fault.NotFound, grandpa, func(ctx context.Context, tx tenants.Tx) error { _, err := Cancel(ctx, tx, b.ID, "x"); return err })
	refused("another resident reads it", fault.NotFound, grandpa, func(ctx context.Context, tx tenants.Tx) error { _, err := Own(ctx, tx, b.ID); return err })
	refused("a resident takes it", fault.Forbidden, granny, func(ctx context.Context, tx tenants.Tx) error { _, err := Take(ctx, tx, b.ID); return err })
	refused("done before taken", fault.Conflict, window, func(ctx context.Context, tx tenants.Tx) error { _, err := Finish(ctx, tx, b.ID, "好"); return err })
	s.do(window, func(ctx context.Context, tx tenants.Tx) error { _, err := Take(ctx, tx, b.ID); return err })
	refused("done without a result", fault.Invalid, window, func(ctx context.Context, tx tenants.Tx) error { _, err := Finish(ctx, tx, b.ID, " "); return err })
	s.do(window, func(ctx context.Context, tx tenants.Tx) error {
		_, err := Finish(ctx, tx, b.ID, "已上门办好")
		return err
	})
	rate := func(level Rating, words string) func(context.Context, tenants.Tx) error {
		return func(ctx context.Context, tx tenants.Tx) error {
			_, err := Rate(ctx, tx, b.ID, level, words)
			return err
		}
	}
	refused("a low rating without a reason", fault.Invalid, granny, rate(2, ""))
	refused("the staff rate themselves", fault.NotFound, window, rate(5, ""))
	refused("a sixth level", fault.Invalid, granny, rate(6, "x"))
	s.do(granny, rate(2, "迟到了一个小时"))
	refused("rated twice", fault.Conflict, granny, rate(5, ""))
	refused("the window reads low ratings", fault.Forbidden, window, func(ctx context.Context, tx tenants.Tx) error { _, err := PoorlyRated(ctx, tx); return err })
	s.do(lead, func(ctx context.Context, tx tenants.Tx) error {
		list, err := PoorlyRated(ctx, tx)
		if err != nil || len(list) != 1 {
			t.Fatalf("the lead reads %d low ratings: %v", len(list), err)
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		w, err := list[0].Open(box)
		if want := (Words{"王奶奶", "13900139000", "枫桥路18号", "腿脚不便", "已上门办好", "", "迟到了一个小时"}); w != want {
			t.Errorf("the booking says %+v", w)
		}
		return err
	})
	if got, want := s.acts(b.ID), []string{"booking.made", "booking.taken", "booking.done", "booking.rated"}; !slices.Equal(got, want) {
		t.Errorf("acts %v, want %v", got, want)
	}
}

// An hour takes as many as the setting says, whoever books at the same time; a cancelled place is free again. Days off,
// today and hours outside of the calendar cannot be booked.
func TestAnHourIsFullWhenItIs(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	got := make(chan error, 7)
	for person := range int64(7) {
		go func() {
			_, err := s.book(100+person, card())
			got <- err
		}()
	}
	in := 0
	for range 7 {
		if err := <-got; err == nil {
			in++
		} else if !fault.Is(err, fault.Invalid) {
			t.Errorf("a full hour: %v", err)
		}
	}
	if in != 4 {
		t.Fatalf("%d came in, want 4", in)
	}
	s.do(window, func(ctx context.Context, tx tenants.Tx) error {
		list, err := OfDay(ctx, tx, "2026-11-30")
		if err != nil {
			return err
		}
		if _, err := Cancel(ctx, tx, list[0].ID, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("staff cancel without a reason: %v", err)
		}
		_, err = Cancel(ctx, tx, list[0].ID, "人手不足，已电话致歉")
		return err
	})
	if _, err := s.book(granny, card()); err != nil {
		t.Errorf("the place that came free: %v", err)
	}
	for what, change := range map[string]func(*Wish){
		"a Saturday": func(w *Wish) { w.Day = "2026-11-28" }, "today": func(w *Wish) { w.Day = "2026-11-27" }, "far ahead": func(w *Wish) { w.Day = "2027-03-01" }, "noon": func(w *Wish) { w.Slot = "12:30" },
		"no address": func(w *Wish) { w.Words.Address = "" }, "no telephone": func(w *Wish) { w.Words.Phone = "12" }, "no visit for it": func(w *Wish) { w.Item = "sole-trader" },
	} {
		in := card()
		in.Slot = "10:00"
		change(&in)
		if _, err := s.book(grandpa, in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// People find an item by its name, by what they call it, by the initials of its sounds and within a sentence.
func TestFinding(t *testing.T) {
	t.Parallel()
	all, err := blueprint.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := blueprint.Effective(all[0], nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{"高龄津贴": "elder-allowance", "低保": "subsistence-allowance", "lnz": "old-age-card", "LNZ": "old-age-card", "canjizheng": "disability-card", "老年证丢了怎么办": "old-age-card", "养老 认证": "pension-alive"} {
		if got := Search(cfg, Wanted{Words: words}); len(got) == 0 || got[0].Key != want {
			t.Errorf("%q finds %d, not %s first", words, len(got), want)
		}
	}
	if got := Search(cfg, Wanted{Words: "飞机"}); len(got) != 0 {
		t.Errorf("nothing fits, yet %d are found", len(got))
	}
	for _, s := range Search(cfg, Wanted{Event: "veteran"}) {
		if !slices.Contains(s.Events, "veteran") {
			t.Errorf("%s is no matter of veterans", s.Key)
		}
	}
	if n := len(Search(cfg, Wanted{})); n != cfg.Services.Len() {
		t.Errorf("without words there are %d of %d", n, cfg.Services.Len())
	}
}

// Who leaves the street takes name, telephone and words along; what is still booked is off.
func TestLeavingForgetsBookings(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	b, err := s.book(granny, card())
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.book(grandpa, card())
	if err != nil {
		t.Fatal(err)
	}
	s.do(granny, forget)
	for id, want := range map[uuid.UUID]struct {
		state State
		words bool
	}{b.ID: {Cancelled, false}, other.ID: {Booked, true}} {
		s.do(0, func(ctx context.Context, tx tenants.Tx) error {
			got, err := read(ctx, tx, id, false)
			if err == nil && (got.State != want.state || (got.Name != nil) != want.words || (got.Phone != nil) != want.words || (got.Address != nil) != want.words || (got.Note != nil) != want.words) {
				t.Errorf("%s is %s and says %v", got.Number, got.State, got.Name)
			}
			return err
		})
	}
}
