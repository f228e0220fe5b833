package grids

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/grids/patrol"
	"wanjie/tenants"
)

func along() geom.Geometry { // a way through G1
	return geom.NewLineStringXY(120.501, 31.301, 120.505, 31.305, 120.508, 31.302).AsGeometry()
}

func (s *street) planned(by int64, in patrol.Order) (p *patrol.Patrol, err error) {
	err = s.try(by, func(ctx context.Context, tx tenants.Tx) (err error) {
		p, err = patrol.Plan(ctx, tx, in)
		return err
	})
	return p, err
}

func (s *street) rounds(p uuid.UUID) (out []string) {
	s.do(chief, func(ctx context.Context, tx tenants.Tx) error {
		list, err := patrol.RoundsOf(ctx, tx, p, 100)
		for _, r := range list {
			out = append(out, string(r.DueOn)+" "+string(r.State))
		}
		return err
	})
	return out
}

func (s *street) waiting(person int64) (out []patrol.Round) {
	s.do(person, func(ctx context.Context, tx tenants.Tx) (err error) {
		out, err = patrol.Waiting(ctx, tx)
		if n, err := patrol.Count(ctx, tx); err != nil || n != len(out) {
			s.t.Errorf("the badge says %d (%v), the list %d", n, err, len(out))
		}
		return err
	})
	return out
}

// Every Monday and Thursday the worker walks the river; what is not walked is missed, and nothing but his words is kept.
func TestPatrolsComeByThemselves(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	s.drawn("", comprehensive("G2", 10))
	s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker})
	s.posted(g.ID, Posting{Person: head, Role: auth.GridHead})
	p, err := s.planned(head, patrol.Order{Grid: g.ID, Title: "沿河巡查", Note: "看排口和护栏", Route: along(), Frequency: patrol.Frequency{Every: patrol.EveryWeek, Days: []int{4, 1, 4}}})
	if err != nil {
		t.Fatal(err)
	}
	s.ring("2026-11-23 10:01")
	open := s.waiting(wang)
	if len(open) != 1 || open[0].Title != "沿河巡查" || open[0].Grid != "G1" || len(s.waiting(li)) != 0 {
		t.Fatalf("waiting: %+v", open)
	}
	finish := func(by int64, id uuid.UUID, in patrol.Result) error {
		return s.try(by, func(ctx context.Context, tx tenants.Tx) error { _, err := patrol.Finish(ctx, tx, id, in); return err })
	}
	if err := finish(li, open[0].ID, patrol.Result{Words: "看过"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by somebody else: %v", err)
	}
	wants(t, finish(wang, open[0].ID, patrol.Result{}), "请填写")
	wants(t, finish(wang, open[0].ID, patrol.Result{Words: "走过", Spots: along()}), "只能标注点位")
	if err := finish(wang, open[0].ID, patrol.Result{Words: "三号排口有污水", Found: true, Spots: geom.NewPointXY(120.505, 31.305).AsGeometry()}); err != nil {
		t.Fatal(err)
	}
	if err := finish(wang, open[0].ID, patrol.Result{Words: "再报一次"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	s.do(wang, func(ctx context.Context, tx tenants.Tx) error {
		r, err := patrol.RoundOf(ctx, tx, open[0].ID)
		if err != nil {
			return err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return err
		}
		words, spots, err := r.Read(box)
		if words != "三号排口有污水" || spots.AsText() != "POINT(120.505 31.305)" || r.DoneBy != wang {
			t.Errorf("%q at %s by %d", words, spots.AsText(), r.DoneBy)
		}
		return err
	})
	s.ring("2026-12-01 08:00")
	if diff := cmp.Diff([]string{"2026-11-30 missed", "2026-11-26 missed", "2026-11-23 done"}, s.rounds(p.ID)); diff != "" {
		t.Error(diff)
	}
	// The module was off for two weeks: what would have been due then is not made up for.
	s.clock.Move(at("2026-12-15 08:00"))
	s.ring("2026-12-17 08:00")
	if diff := cmp.Diff("2026-12-17 open", s.rounds(p.ID)[0]); diff != "" || len(s.rounds(p.ID)) != 4 {
		t.Errorf("after a pause: %v", s.rounds(p.ID))
	}
	s.do(head, func(ctx context.Context, tx tenants.Tx) error { return patrol.Stop(ctx, tx, p.ID) })
	s.ring("2026-12-31 08:00")
	if got := s.rounds(p.ID); len(got) != 4 {
		t.Errorf("a stopped patrol goes on: %v", got)
	}
	acts := []string{"patrol.planned", "patrol.due", "patrol.done", "patrol.due", "patrol.missed", "patrol.due", "patrol.missed", "patrol.due", "patrol.stopped", "patrol.missed"}
	if diff := cmp.Diff(acts, s.acts("patrol.")); diff != "" {
		t.Error(diff)
	}
	var dump string
	if err := s.view.QueryRow(t.Context(), `SELECT string_agg(r::text, ' ') FROM patrol_rounds r`).Scan(&dump); err != nil || strings.Contains(dump, "排口") || strings.Contains(dump, "120.505") {
		t.Errorf("what was reported stands readable: %s (%v)", dump, err)
	}
}

// The worker checks points where he is. What his phone sends days later, and twice, stands once, as of when he was there.
func TestPointsAreCheckedOneByOne(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	s.posted(g.ID, Posting{Person: wang, Role: auth.GridWorker})
	_, err := s.planned(admin, patrol.Order{Grid: g.ID, Title: "消防通道", Route: geom.NewMultiPointXY(120.501, 31.301, 120.505, 31.305).AsGeometry(), Frequency: patrol.Frequency{Every: patrol.EveryDay}})
	if err != nil {
		t.Fatal(err)
	}
	s.ring("2026-11-23 10:00")
	round := s.waiting(wang)[0].ID
	check := func(by int64, when string, in patrol.Finding) error {
		return s.try(by, func(ctx context.Context, tx tenants.Tx) error {
			_, err := patrol.CheckPoint(clock.Claim(ctx, at(when)), tx, round, in)
			return err
		})
	}
	first := patrol.Finding{ID: tenants.NewID(), Point: 1, Spot: &geom.XY{X: 120.501, Y: 31.3011}}
	wants(t, check(wang, "2026-11-23 09:00", patrol.Finding{Point: 3}), "请选择点位")
	wants(t, check(wang, "2026-11-23 09:00", patrol.Finding{Point: 2, Found: true}), "请填写")
	if err := check(li, "2026-11-23 09:00", first); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by somebody else: %v", err)
	}
	s.ring("2026-11-25 08:00") // by now the round counts as missed: it was walked in time, and the network was late
	for range 2 {
		if err := check(wang, "2026-11-23 11:00", first); err != nil {
			t.Fatal(err)
		}
	}
	if err := check(wang, "2026-11-24 11:00", patrol.Finding{Point: 2}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a day late: %v", err)
	}
	if err := check(wang, "2026-11-23 11:20", patrol.Finding{Point: 2, Found: true, Words: strings.Repeat("护栏松动，", 800)}); err != nil { // as long as the phone lets it be
		t.Fatal(err)
	}
	if err := s.try(wang, func(ctx context.Context, tx tenants.Tx) error {
		r, err := patrol.Finish(clock.Claim(ctx, at("2026-11-23 11:30")), tx, round, patrol.Result{Words: "二号点位护栏松动", Found: true})
		if err == nil && (r.State != patrol.Done || !r.DoneAt.Equal(at("2026-11-23 11:30"))) {
			t.Errorf("handed in: %s at %v", r.State, r.DoneAt)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := check(wang, "2026-11-23 11:40", patrol.Finding{Point: 2}); !fault.Is(err, fault.Conflict) {
		t.Errorf("after it was handed in: %v", err)
	}
	s.do(wang, func(ctx context.Context, tx tenants.Tx) error {
		list, err := patrol.ChecksOf(ctx, tx, round)
		if err != nil || len(list) != 2 || list[0].ID != first.ID || !list[0].SeenAt.Equal(at("2026-11-23 11:00")) || !list[1].Found {
			t.Fatalf("%+v (%v)", list, err)
		}
		if list[0].Away == nil || *list[0].Away != 11 || list[1].Away != nil {
			t.Errorf("how far the phone was from the points: %+v", list)
		}
		return nil
	})
	var dump string
	if err := s.view.QueryRow(t.Context(), `SELECT string_agg(k::text, ' ') FROM patrol_checks k`).Scan(&dump); err != nil || strings.Contains(dump, "护栏") {
		t.Errorf("what was found stands readable: %s (%v)", dump, err)
	}
	var spots int
	if err := s.view.QueryRow(t.Context(), `SELECT count(spot) FROM patrol_checks`).Scan(&spots); err != nil || spots != 0 {
		t.Errorf("where the worker was is kept %d times (%v)", spots, err)
	}
}

func TestFrequencies(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	for name, c := range map[string]struct {
		f    patrol.Frequency
		from clock.Date
		want []string // without what came later
	}{
		"every day":     {patrol.Frequency{Every: patrol.EveryDay}, "2026-12-30", []string{"2026-12-30", "2026-12-31", "2027-01-01"}},
		"month end":     {patrol.Frequency{Every: patrol.EveryMonth, Days: []int{31}}, "2026-11-24", []string{"2026-11-30", "2026-12-31"}},
		"workdays only": {patrol.Frequency{Every: patrol.EveryWorkday}, "2026-11-27", []string{"2026-11-27", "2026-11-30"}},
	} {
		p, err := s.planned(admin, patrol.Order{Grid: g.ID, Title: name, Route: along(), Frequency: c.f, From: c.from, To: clock.Date(c.want[len(c.want)-1])})
		if err != nil {
			t.Fatal(name, err)
		}
		defer func() {
			got := s.rounds(p.ID)
			for i := range c.want {
				if len(got) != len(c.want) || !strings.HasPrefix(got[len(got)-1-i], c.want[i]) {
					t.Errorf("%s: %v, want %v", name, got, c.want)
					break
				}
			}
		}()
	}
	s.ring("2027-01-03 08:00")
}

func TestWhatCannotBePlanned(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	other := s.drawn("", comprehensive("G2", 10))
	s.posted(g.ID, Posting{Person: head, Role: auth.GridHead})
	daily := patrol.Frequency{Every: patrol.EveryDay}
	for name, c := range map[string]struct {
		in   patrol.Order
		want string
	}{
		"no title":       {patrol.Order{Grid: g.ID, Route: along(), Frequency: daily}, "请填写"},
		"no route":       {patrol.Order{Grid: g.ID, Title: "巡查", Frequency: daily}, "点或路线"},
		"an area":        {patrol.Order{Grid: g.ID, Title: "巡查", Route: box(0, 0, 1, 1).AsGeometry(), Frequency: daily}, "点或路线"},
		"no days":        {patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: patrol.Frequency{Every: patrol.EveryWeek}}, "日子"},
		"an eighth day":  {patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: patrol.Frequency{Every: patrol.EveryWeek, Days: []int{8}}}, "日子"},
		"no frequency":   {patrol.Order{Grid: g.ID, Title: "巡查", Route: along()}, "日子"},
		"yesterday":      {patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: daily, From: "2026-11-22"}, "今天或以后"},
		"backwards":      {patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: daily, To: "2026-11-22"}, "不能早于"},
		"within a year":  {patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: daily, Within: 365}, "31天"},
		"no such a grid": {patrol.Order{Grid: uuid.New(), Title: "巡查", Route: along(), Frequency: daily}, "选择网格"},
	} {
		_, err := s.planned(head, c.in)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		wants(t, err, c.want)
	}
	if _, err := s.planned(head, patrol.Order{Grid: other.ID, Title: "巡查", Route: along(), Frequency: daily}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("in another's grid: %v", err)
	}
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error { return Close(ctx, tx, g.ID, "2026-11-25") })
	if _, err := s.planned(admin, patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: daily, From: "2026-11-25"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("in a closed grid: %v", err)
	}
}

// A patrol of a grid that closes runs out with it.
func TestAPatrolEndsWithItsGrid(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	p, err := s.planned(admin, patrol.Order{Grid: g.ID, Title: "巡查", Route: along(), Frequency: patrol.Frequency{Every: patrol.EveryDay}})
	if err != nil {
		t.Fatal(err)
	}
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error { return Close(ctx, tx, g.ID, "2026-11-25") })
	s.ring("2026-11-30 08:00")
	if got := s.rounds(p.ID); len(got) != 2 || got[0] != "2026-11-24 missed" {
		t.Errorf("%v", got)
	}
}
