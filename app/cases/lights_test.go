package cases

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

func TestLightsOfAClock(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	var cfg *blueprint.Config
	s.do(0, func(ctx context.Context, tx tenants.Tx) (err error) {
		cfg, err = blueprint.For(ctx, tx)
		return err
	})
	for _, c := range []struct {
		start, due, warn string
		unit             blueprint.LimitUnit
	}{
		{"2026-11-23 10:00", "2026-11-23 15:30", "2026-11-23 14:42", blueprint.WorkingHour}, // 3 h 12 min of 4 h, without the noon break
		{"2026-11-23 10:00", "2026-11-24 10:00", "2026-11-24 05:12", blueprint.UrgentHour},
		{"2026-11-27 20:00", "2026-11-27 22:00", "2026-11-27 21:36", blueprint.WorkingHour}, // an order from above due at night: no work between
	} {
		got, err := clockFrom(at(c.start), at(c.due), c.unit, cfg)
		if err != nil || !got.WarnAt.Equal(at(c.warn)) || !got.RedAt.Equal(at(c.due)) {
			t.Errorf("from %s to %s: yellow %s, red %s (%v)", c.start, c.due, got.WarnAt.In(clock.Zone), got.RedAt.In(clock.Zone), err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		start := at("2026-11-23 00:00").Add(time.Duration(rapid.IntRange(0, 60*24*20).Draw(rt, "start")) * time.Minute)
		unit := rapid.SampledFrom([]blueprint.LimitUnit{blueprint.UrgentHour, blueprint.WorkingHour, blueprint.WorkingDay, blueprint.CalendarDay}).Draw(rt, "unit")
		due, err := Due(start, blueprint.Limit{Value: rapid.IntRange(0, 9).Draw(rt, "limit"), Unit: unit}, calendarOf(cfg))
		if err != nil {
			rt.Fatal(err)
		}
		c, err := clockFrom(start, due, unit, cfg)
		if err != nil || c.WarnAt.Before(start) || c.WarnAt.After(c.RedAt) || c.RedAt.After(c.DueAt) {
			rt.Fatalf("%+v from %s (%v)", c, start, err)
		}
		order, last := []Light{Green, Yellow, Red}, 0
		for _, now := range []time.Time{start, c.WarnAt, c.RedAt, c.DueAt, c.DueAt.Add(time.Hour)} { // it never goes back
			at := slices.Index(order, Shine(c, true, now))
			if at < last {
				rt.Fatalf("from %s to %s at %s", order[last], order[at], now)
			}
			last = at
		}
		if order[last] != Red || Shine(c, false, c.DueAt) != Dark {
			rt.Fatalf("past its deadline it is %s", order[last])
		}
		// What is left before a pause is left after it, lights included.
		since := start.Add(time.Duration(rapid.IntRange(0, 60*24*3).Draw(rt, "since")) * time.Minute)
		again, err := c.resumed(since, since.AddDate(0, 0, 30), unit, calendarOf(cfg))
		if err != nil || Shine(again, true, since.AddDate(0, 0, 30)) != Shine(c, true, since) {
			rt.Fatalf("%s before the pause at %s, %s after it (%v)", Shine(c, true, since), since, Shine(again, true, since.AddDate(0, 0, 30)), err)
		}
	})
}

// A case turns yellow and red by the timekeeper's hand, and the desk finds it by its light.
func TestACaseTurnsYellowAndRed(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, rubbish(), toSanitation) // four working hours: 15:30
	must(t)(s.as(ctx, clerk, report(rubbish())))    // not filed: no clock, no light
	b := s.browser(ctx, clerk)
	lists := func(yellow, red int) {
		t.Helper()
		b.get("/cases?light=yellow").has(yellow, "#list tbody tr")
		b.get("/cases?light=red").has(red, "#list tbody tr")
	}
	ring := func(when string, want ...string) {
		t.Helper()
		hold.Move(at(when))
		s.ring(ctx)
		got := slices.DeleteFunc(s.kinds(c.ID), func(k string) bool { return !slices.Contains([]string{"case.yellow", "case.red", "case.overdue"}, k) })
		if !slices.Equal(got, want) {
			t.Errorf("at %s: %v, want %v", when, got, want)
		}
	}
	ring("2026-11-23 14:41")
	lists(0, 0)
	ring("2026-11-23 14:42", "case.yellow")
	lists(1, 0)
	b.get("/cases?light=yellow").has(1, "#list .tag-warn:contains('黄灯 剩48分钟')")
	s.browser(ctx, worker).get("/tasks").has(1, "#list .tag-warn:contains('黄灯')")
	s.browser(ctx, worker).get("/cases/"+c.ID.String()).says("黄灯 剩48分钟", "黄灯提醒", "环卫站（首接负责，答复诉求人）")
	ring("2026-11-23 15:29", "case.yellow")
	ring("2026-11-23 15:30", "case.yellow", "case.overdue")
	lists(0, 1)
	b.get("/cases?light=red").has(1, "#list .tag-bad:contains('红灯 已超期')")
	must(t)(s.as(ctx, worker, verb(Handle, c.ID, "已清运")))
	lists(0, 0)
}

// A street that wants its red light earlier gets it before the deadline.
func TestAnEarlyRedLight(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	s.set("cases.red_percent", 90)
	c := s.dispatched(ctx, rubbish(), toSanitation)
	hold.Move(at("2026-11-23 14:42"))
	s.ring(ctx)
	hold.Move(at("2026-11-23 15:06"))
	s.ring(ctx)
	if got := s.kinds(c.ID); !slices.Contains(got, "case.yellow") || got[len(got)-1] != "case.red" {
		t.Errorf("%v", got)
	}
	s.browser(ctx, clerk).get("/cases?light=red").has(1, "#list .tag-bad:contains('红灯 剩24分钟')")
	hold.Move(at("2026-11-23 15:30"))
	s.ring(ctx)
	if c = s.find(ctx, c.ID); !c.Late {
		t.Error("past its deadline it is not late")
	}
}
