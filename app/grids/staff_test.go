package grids

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

func (s *street) post(by int64, grid uuid.UUID, in Posting) (id uuid.UUID, err error) {
	err = s.try(by, func(ctx context.Context, tx tenants.Tx) (err error) {
		id, err = Post(ctx, tx, grid, in)
		return err
	})
	return id, err
}

func (s *street) posted(grid uuid.UUID, in Posting) uuid.UUID {
	s.t.Helper()
	id, err := s.post(admin, grid, in)
	if err != nil {
		s.t.Fatalf("post %d: %v", in.Person, err)
	}
	return id
}

// walks reports whether a person may walk a grid now: what the grant says, and nothing else.
func (s *street) walks(person int64, code string) (ok bool) {
	s.do(person, func(_ context.Context, tx tenants.Tx) error {
		ok = auth.CanAt(tx.Actor(), auth.PatrolsDo, auth.At{Grid: code})
		return nil
	})
	return ok
}

// workers are who answers for a grid at a moment, heads first.
func (s *street) workers(code, when string) (heads, workers []int64) {
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		c, err := OnDuty(ctx, tx, code, at(when))
		for _, d := range c.Heads {
			heads = append(heads, d.Person)
		}
		for _, d := range c.Workers {
			workers = append(workers, d.Person)
		}
		return err
	})
	return heads, workers
}

// 王巡查 walks the first grid; in December 李替班 stands in for a week, and both rights come and go by themselves.
func TestADutyIsAGrant(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	if s.walks(wang, "G1") {
		t.Fatal("a right out of nothing")
	}
	s.posted(g.ID, Posting{Person: head, Role: auth.GridHead})
	own := s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker})
	if !s.walks(wang, "G1") || !s.walks(head, "G1") || s.walks(wang, "G2") {
		t.Error("a duty in force is not a grant in its grid alone")
	}
	stand := s.posted(g.ID, Posting{Person: li, Role: auth.GridWorker, From: "2026-12-01", To: "2026-12-07", StandsIn: own})
	_, w := s.workers("G1", "2026-11-23 12:00")
	if s.walks(li, "G1") || !slices.Equal(w, []int64{wang}) {
		t.Errorf("before his days the substitute is there: %v", w)
	}

	s.ring("2026-12-01 00:01")
	h, w := s.workers("G1", "2026-12-01 12:00")
	if !s.walks(li, "G1") || !slices.Equal(w, []int64{li}) || !slices.Equal(h, []int64{head}) {
		t.Errorf("on his first day: heads %v, workers %v", h, w)
	}
	s.ring("2026-12-07 23:59")
	if !s.walks(li, "G1") {
		t.Error("his last day is not over yet")
	}
	s.ring("2026-12-08 00:01")
	if _, w = s.workers("G1", "2026-12-08 12:00"); s.walks(li, "G1") || !slices.Equal(w, []int64{wang}) {
		t.Errorf("after his days: %v", w)
	}
	var grant, ended bool
	if err := s.view.QueryRow(t.Context(), "SELECT true, ended_at IS NOT NULL FROM grants WHERE tenant_id = $1 AND id = $2", int32(s.ID), stand).Scan(&grant, &ended); err != nil || !ended {
		t.Errorf("the grant of the posting: %v %v %v", grant, ended, err)
	}

	// The security admin ends the grant: that is the end of the duty too.
	s.do(guard, func(ctx context.Context, tx tenants.Tx) error { return auth.End(ctx, tx, own) })
	if _, w = s.workers("G1", "2026-12-08 13:00"); len(w) != 0 {
		t.Errorf("a duty without its grant: %v", w)
	}
	// And a grant in a grid that nobody posted is a duty.
	s.do(guard, func(ctx context.Context, tx tenants.Tx) error {
		_, err := auth.Grant(ctx, tx, auth.Give{Person: li, Role: auth.GridWorker, Grid: "G1"})
		return err
	})
	if _, w = s.workers("G1", "2026-12-08 13:00"); !slices.Equal(w, []int64{li}) {
		t.Errorf("a grant without posting: %v", w)
	}
	if diff := cmp.Diff([]string{"grid.drawn", "grid.staffed", "grid.staffed", "grid.staffed"}, s.acts("grid.")); diff != "" {
		t.Error(diff)
	}
}

func TestRelieving(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	relieve := func(by int64, duty uuid.UUID, last clock.Date) error {
		return s.try(by, func(ctx context.Context, tx tenants.Tx) error { return Relieve(ctx, tx, g.ID, duty, last) })
	}
	now, later, ahead := s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker}), s.posted(g.ID, Posting{Person: head, Role: auth.GridHead}),
		s.posted(g.ID, Posting{Person: li, Role: auth.GridWorker, From: "2026-12-01"})
	if err := relieve(chief, now, ""); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by the shift lead: %v", err)
	}
	for duty, last := range map[uuid.UUID]clock.Date{now: "", later: "2026-11-30", ahead: ""} {
		if err := relieve(admin, duty, last); err != nil {
			t.Fatal(err)
		}
	}
	if s.walks(wang, "G1") || !s.walks(head, "G1") {
		t.Error("relieved at once, and not yet")
	}
	// The same person may come again on the day after.
	s.posted(g.ID, Posting{Person: head, Role: auth.GridHead, From: "2026-12-01"})
	s.ring("2026-12-02 08:00")
	if !s.walks(head, "G1") || s.walks(li, "G1") {
		t.Error("the next duty did not begin, or one that was called off did")
	}
	if err := relieve(admin, uuid.New(), ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such duty: %v", err)
	}
	// A closed grid has no staff, from its day on.
	s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker})
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error { return Close(ctx, tx, g.ID, "2026-12-10") })
	if !s.walks(wang, "G1") {
		t.Error("closed before its day")
	}
	s.ring("2026-12-10 00:01")
	if s.walks(wang, "G1") || s.walks(head, "G1") {
		t.Error("a closed grid is walked")
	}
}

func TestWhoCannotBePosted(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	own := s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker, To: "2026-12-31"})
	boss := s.posted(g.ID, Posting{Person: head, Role: auth.GridHead})
	for name, c := range map[string]struct {
		in   Posting
		want string
	}{
		"another role":          {Posting{Person: li, Role: auth.Intake}, "网格长或网格员"},
		"yesterday":             {Posting{Person: li, Role: auth.GridWorker, From: "2026-11-22"}, "早于今天"},
		"backwards":             {Posting{Person: li, Role: auth.GridWorker, From: "2026-12-22", To: "2026-12-01"}, "早于上岗"},
		"a stranger":            {Posting{Person: nobody, Role: auth.GridWorker}, "选择人员"},
		"twice":                 {Posting{Person: wang, Role: auth.GridWorker, From: "2026-12-31"}, "已有这项职责"},
		"himself":               {Posting{Person: wang, Role: auth.GridWorker, From: "2027-01-01", To: "2027-01-02", StandsIn: own}, "由谁离岗"},
		"in for another role":   {Posting{Person: li, Role: auth.GridWorker, To: "2026-12-02", StandsIn: boss}, "由谁离岗"},
		"in without an end":     {Posting{Person: li, Role: auth.GridWorker, StandsIn: own}, "到哪一天"},
		"a shift without end":   {Posting{Person: li, Role: auth.GridWorker, Shift: Shift{Begins: "08:00"}}, "起止时间"},
		"a shift of no time":    {Posting{Person: li, Role: auth.GridWorker, Shift: Shift{Begins: "08:00", Ends: "25:00"}}, "起止时间"},
		"a shift on day number": {Posting{Person: li, Role: auth.GridWorker, Shift: Shift{Weekdays: "8"}}, "星期"},
	} {
		_, err := s.post(admin, g.ID, c.in)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		wants(t, err, c.want)
	}
	if _, err := s.post(admin, g.ID, Posting{Person: admin, Role: auth.GridHead}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("oneself: %v", err)
	}
	if _, err := s.post(chief, g.ID, Posting{Person: li, Role: auth.GridWorker}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by the shift lead: %v", err)
	}
	if _, err := s.post(guard, g.ID, Posting{Person: li, Role: auth.GridWorker}); err != nil {
		t.Errorf("by the security admin: %v", err)
	}
	// Whoever leaves the street before his first day never begins.
	s.posted(g.ID, Posting{Person: li, Role: auth.GridHead, From: "2026-12-01"})
	s.do(0, func(ctx context.Context, tx tenants.Tx) error { return auth.Leave(ctx, tx, li) })
	s.ring("2026-12-01 08:00")
	if h, w := s.workers("G1", "2026-12-01 08:00"); slices.Contains(h, li) || slices.Contains(w, li) {
		t.Errorf("somebody who left is there: %v %v", h, w)
	}
}

func TestShifts(t *testing.T) {
	t.Parallel()
	day, night := Shift{"12345", "08:30", "17:30"}, Shift{"15", "20:00", "06:00"}
	for _, c := range []struct {
		shift Shift
		when  string
		want  bool
	}{
		{Shift{}, "2026-11-29 03:00", true},
		{day, "2026-11-23 08:30", true}, {day, "2026-11-23 17:30", false}, {day, "2026-11-23 08:29", false}, {day, "2026-11-28 12:00", false},
		{night, "2026-11-23 20:00", true}, {night, "2026-11-24 05:59", true}, {night, "2026-11-24 06:00", false}, {night, "2026-11-24 20:00", false},
		{night, "2026-11-28 05:00", true}, {night, "2026-11-23 05:00", false},
	} {
		if got := c.shift.Covers(at(c.when)); got != c.want {
			t.Errorf("%+v at %s: %v", c.shift, c.when, got)
		}
	}
	all := []Duty{
		{ID: uuid.New(), Person: 1, Role: auth.GridWorker, Shift: day, InForce: true}, {ID: uuid.New(), Person: 2, Role: auth.GridWorker, Shift: night, InForce: true},
		{ID: uuid.New(), Person: 3, Role: auth.GridWorker},
	}
	if c := crew(all, at("2026-11-23 21:00")); len(c.Workers) != 2 || c.Workers[0].Person != 2 {
		t.Errorf("at night: %+v", c)
	}
}

// At midnight one duty ends and the next begins, in whichever order their clocks are rung: it is the next one's grant that
// lives on.
func TestMidnightInEitherOrder(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	s.posted(g.ID, Posting{Person: head, Role: auth.GridHead, To: "2026-11-30"})
	next := s.posted(g.ID, Posting{Person: head, Role: auth.GridHead, From: "2026-12-01"})
	s.clock.Move(at("2026-12-01 00:00"))
	s.do(0, func(ctx context.Context, tx tenants.Tx) error {
		return errors.Join(runPost(ctx, tx, next), jobs.Cancel(ctx, tx, next, postTimer))
	})
	s.ring("2026-12-01 06:00")
	var living uuid.UUID
	if err := s.view.QueryRow(t.Context(), "SELECT id FROM grants WHERE tenant_id = $1 AND person = $2 AND ended_at IS NULL", int32(s.ID), head).Scan(&living); err != nil || living != next {
		t.Errorf("living: %s (%v), want %s", living, err, next)
	}
}
