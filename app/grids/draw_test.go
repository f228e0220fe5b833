package grids

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/tenants"
)

// A street draws its grids, draws one again for the new year, and closes another: every day knows its own outlines.
func TestOutlinesHaveTheirDays(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g1 := s.drawn("2026-01-01", comprehensive("G1", 0))
	g2 := s.drawn("2026-01-01", comprehensive("G2", 10))
	s.drawn("", Drawing{Code: "G2-01", Name: "三号楼", Kind: Micro, Parent: "G2", Community: first, Shape: box(12, 2, 3, 3), System: geo.CGCS2000})
	s.drawn("", Drawing{Code: "M1", Name: "农贸市场", Kind: Dedicated, Shape: box(8, 4, 4, 2), System: geo.CGCS2000})

	for _, c := range []struct {
		x, y float64
		on   string
		want Place
	}{
		{5, 5, "2026-11-23", Place{Grid: "G1"}},
		{13, 3, "2026-11-23", Place{"G2", "G2-01"}},
		{13, 3, "2026-11-22", Place{Grid: "G2"}}, // the micro grid begins today
		{9, 5, "2026-11-23", Place{Grid: "M1"}},  // the dedicated one goes before the one around it
		{9, 5, "2026-11-22", Place{Grid: "G1"}},
		{9, 5, "2025-12-31", Place{}},
		{50, 5, "2026-11-23", Place{}},
	} {
		if got := s.locate(c.x, c.y, c.on); got != c.want {
			t.Errorf("(%v, %v) on %s lies in %+v, want %+v", c.x, c.y, c.on, got, c.want)
		}
	}

	// From the new year on G1 is wider; G2 must make way first.
	wider := comprehensive("G1", 0)
	wider.Shape = box(0, 0, 12, 10)
	_, err := s.draw("2027-01-01", wider)
	wants(t, err, "与综合网格 G2 重叠")
	smaller := comprehensive("G2", 0)
	smaller.Shape = box(12, 0, 8, 10)
	s.drawn("2027-01-01", smaller)
	s.drawn("2027-01-01", wider)
	if got := s.locate(11, 9, "2026-12-31").Grid + s.locate(11, 9, "2027-01-01").Grid; got != "G2G1" {
		t.Errorf("around new year the point lies in %s", got)
	}
	// What is decided for the new year is not overtaken by something earlier.
	_, err = s.draw("2026-12-01", comprehensive("G1", 0))
	wants(t, err, "已定于 2027-01-01 启用新边界")
	_, err = s.draw("2026-01-02", comprehensive("G2", 40))
	wants(t, err, "过去的边界不能改动")

	if err := s.try(admin, func(ctx context.Context, tx tenants.Tx) error { return Close(ctx, tx, g2.ID, "2027-02-01") }); err != nil {
		t.Fatal(err)
	}
	if got := s.locate(15, 5, "2027-01-31").Grid + s.locate(15, 5, "2027-02-01").Grid; got != "G2" {
		t.Errorf("around its closing the point lies in %s", got)
	}
	if got := s.locate(13, 3, "2027-02-01").Micro; got != "" {
		t.Errorf("the micro grid %s outlives its parent", got)
	}
	_, err = s.draw("2027-03-01", comprehensive("G2", 10))
	wants(t, err, "编号属于已撤销的网格")
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error {
		if err := Close(ctx, tx, g2.ID, "2027-03-01"); !fault.Is(err, fault.Conflict) {
			t.Errorf("closed twice: %v", err)
		}
		versions, err := Versions(ctx, tx, g1.ID)
		if len(versions) != 2 || versions[0].ValidFrom != "2027-01-01" || versions[1].ValidTo != "2027-01-01" {
			t.Errorf("versions of G1: %+v", versions)
		}
		return err
	})
	want := []string{"grid.drawn", "grid.drawn", "grid.drawn", "grid.drawn", "grid.drawn", "grid.drawn", "grid.closed", "grid.closed"}
	if diff := cmp.Diff(want, s.acts("grid.")); diff != "" {
		t.Error(diff)
	}
}

// Drawn twice on one day, the second outline counts, and a change of mind leaves no day with two.
func TestDrawnAgainOnTheSameDay(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.drawn("", comprehensive("G1", 0))
	moved := comprehensive("G1", 20)
	g := s.drawn("", moved)
	if got := s.locate(5, 5, "2026-11-23").Grid + s.locate(25, 5, "2026-11-23").Grid; got != "G1" {
		t.Errorf("the two places lie in %q", got)
	}
	same := s.drawn("", moved)
	s.do(admin, func(ctx context.Context, tx tenants.Tx) error {
		versions, err := Versions(ctx, tx, same.ID)
		if len(versions) != 2 || g.ID != same.ID {
			t.Errorf("the same again made a version: %d", len(versions))
		}
		return err
	})
	s.drawn("", comprehensive("G2", 0)) // the place that G1 left on the day it came is free
}

func TestWhatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.drawn("", comprehensive("G1", 0))
	for name, c := range map[string]struct {
		change func(*Drawing)
		want   string
	}{
		"no code":               {func(d *Drawing) { d.Code = "" }, "没有编号"},
		"a code of words":       {func(d *Drawing) { d.Code = "一网格" }, "编号格式"},
		"no name":               {func(d *Drawing) { d.Name = "" }, "没有名称"},
		"no kind":               {func(d *Drawing) { d.Kind = "large" }, "种类应为"},
		"a foreign community":   {func(d *Drawing) { d.Community = "320508001001" }, "不属于本街道"},
		"a comprehensive child": {func(d *Drawing) { d.Parent = "G1" }, "只有微网格"},
		"a micro orphan":        {func(d *Drawing) { d.Kind = Micro }, "须写明上级"},
		"a micro of nothing":    {func(d *Drawing) { d.Kind, d.Parent = Micro, "G9" }, "没有编号为“G9”"},
		"a micro outside":       {func(d *Drawing) { d.Kind, d.Parent, d.Shape = Micro, "G1", box(8, 0, 4, 4) }, "有 50% 在上级网格之外"},
		"over its neighbour":    {func(d *Drawing) { d.Shape = box(9, 0, 10, 10) }, "与综合网格 G1 重叠"},
		"another kind":          {func(d *Drawing) { d.Code, d.Kind, d.Shape = "G1", Dedicated, box(0, 0, 5, 5) }, "种类不能改变"},
	} {
		d := comprehensive("G7", 30)
		c.change(&d)
		_, err := s.draw("", d)
		var refusal *Refusal
		if !errors.As(err, &refusal) || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wants(t, err, c.want)
	}
	narrow := comprehensive("G7", 30)
	narrow.Shape = box(9.95, 0, 10, 10) // half a percent: two maps differ by that much
	s.drawn("", narrow)
	if _, err := s.draw("2030-01-01", comprehensive("G8", 60)); !fault.Is(err, fault.Invalid) {
		t.Errorf("in three years: %v", err)
	}
	for person, want := range map[int64]fault.Kind{chief: fault.Forbidden, wang: fault.Forbidden} {
		if err := s.try(person, func(ctx context.Context, tx tenants.Tx) error {
			_, err := Draw(ctx, tx, "", comprehensive("G9", 60))
			return err
		}); !fault.Is(err, want) {
			t.Errorf("person %d draws: %v", person, err)
		}
	}
}

// A file comes in whole or not at all; a dry run says the same and writes nothing.
func TestAFileIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.drawn("", comprehensive("OLD", 100))
	file := []Drawing{
		{N: 1, Code: "G1-01", Name: "一号楼", Kind: Micro, Parent: "G1", Shape: box(1, 1, 2, 2), System: geo.BD09},
		comprehensive("G1", 0), comprehensive("G2", 9), comprehensive("G1", 40),
	}
	for i := range file {
		file[i].N = i + 1
	}
	take := func(in Import) (r Report) {
		s.do(admin, func(ctx context.Context, tx tenants.Tx) (err error) { r, err = Take(ctx, tx, in); return err })
		return r
	}
	for _, dry := range []bool{true, false} {
		r := take(Import{List: file, Dry: dry})
		if r.Written || r.Refused != 2 || r.Count(Fresh) != 2 {
			t.Errorf("dry %v: %d refused, written %v", dry, r.Refused, r.Written)
		}
		wants(t, errors.New(r.Rows[2].Problems[0].String()), "与综合网格 G1 重叠")
		wants(t, errors.New(r.Rows[3].Problems[0].String()), "编号与第 2 个网格重复")
	}
	if got := s.acts("grid."); len(got) != 1 {
		t.Fatalf("a refused file left %v", got)
	}
	file = slices.Delete(file, 3, 4)
	file[2].Shape = box(10, 0, 10, 10)
	if r := take(Import{List: file, Whole: true, Dry: true}); r.Written || r.Refused != 0 || len(r.Closed) != 1 {
		t.Errorf("dry run: %+v", r)
	}
	if r := take(Import{List: file, Whole: true}); !r.Written || r.Count(Fresh) != 3 || !slices.Equal(r.Closed, []string{"OLD"}) {
		t.Errorf("%+v", r)
	}
	if p := s.locate(2, 2, "2026-11-23"); p != (Place{"G1", "G1-01"}) || s.locate(105, 5, "2026-11-23") != (Place{}) {
		t.Errorf("after the import: %+v", p)
	}
	if r := take(Import{List: file, Whole: true}); r.Count(Same) != 3 || len(r.Closed) != 0 {
		t.Errorf("the same file again: %+v", r)
	}
	// A new set without G1 takes G1's micro grid with it.
	if r := take(Import{List: []Drawing{{N: 1, Code: "G2", Shape: box(0, 0, 20, 10), System: geo.CGCS2000}}, Whole: true, From: "2027-01-01"}); !r.Written || !slices.Equal(r.Closed, []string{"G1", "G1-01"}) {
		t.Errorf("%+v", r)
	}
	if a, b := s.locate(2, 2, "2026-12-31"), s.locate(2, 2, "2027-01-01"); a != (Place{"G1", "G1-01"}) || b != (Place{Grid: "G2"}) {
		t.Errorf("around new year %+v, %+v", a, b)
	}
}

func TestChangingWords(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	g := s.drawn("", comprehensive("G1", 0))
	change := func(id uuid.UUID, w Words) error {
		return s.try(admin, func(ctx context.Context, tx tenants.Tx) error { _, err := Change(ctx, tx, id, w); return err })
	}
	if err := errors.Join(change(g.ID, Words{"东门网格", second, "0512-66660000"}), change(g.ID, Words{"东门网格", second, "0512-66660000"})); err != nil {
		t.Fatal(err)
	}
	if got := s.acts("grid.changed"); len(got) != 1 {
		t.Errorf("the same twice: %v", got)
	}
	wants(t, change(g.ID, Words{"", second, ""}), "请填写")
	wants(t, change(g.ID, Words{"东门", "320508001001", ""}), "社区")
	if err := change(uuid.New(), Words{Name: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such grid: %v", err)
	}
}

// Another process draws: this one finds the new edition by its name, without being told. What was rolled back is never
// found again.
func TestEditionsAcrossProcesses(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	s.drawn("", comprehensive("G1", 0))
	if s.locate(5, 5, "2026-11-23").Grid != "G1" { // now in memory
		t.Fatal("not found")
	}
	var before uuid.UUID
	if err := s.view.QueryRow(t.Context(), "SELECT edition FROM grid_editions WHERE tenant_id = $1", int32(s.ID)).Scan(&before); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("changed my mind")
	if err := s.try(admin, func(ctx context.Context, tx tenants.Tx) error {
		moved := comprehensive("G1", 20)
		if _, err := Draw(ctx, tx, "", moved); err != nil {
			return err
		}
		if p, err := Locate(ctx, tx, 120.525, 31.305, at("2026-11-23 12:00")); err != nil || p.Grid != "G1" {
			t.Errorf("the transaction does not see its own drawing: %+v, %v", p, err)
		}
		return broken
	}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if got := s.locate(25, 5, "2026-11-23").Grid + s.locate(5, 5, "2026-11-23").Grid; got != "G1" {
		t.Errorf("a drawing that was rolled back is found: %q", got)
	}
	// Another process, with the same SQL.
	if _, err := s.view.Exec(t.Context(), `UPDATE grids SET code = 'OTHER' WHERE tenant_id = $1`, int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	if got := s.locate(5, 5, "2026-11-23").Grid; got != "G1" {
		t.Fatalf("without a new edition the memory is asked, and says %q", got)
	}
	if _, err := s.view.Exec(t.Context(), `UPDATE grid_editions SET edition = gen_random_uuid() WHERE tenant_id = $1`, int32(s.ID)); err != nil {
		t.Fatal(err)
	}
	if got := s.locate(5, 5, "2026-11-23").Grid; got != "OTHER" {
		t.Errorf("after another process drew: %q", got)
	}
}

// Memory stays within its bounds; what fell out is read again.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	e := editions{byUse: list.New(), kept: map[uuid.UUID]*list.Element{}, most: 170} // each weighs 52
	var all []*drawn
	for range 5 {
		m := &drawn{edition: uuid.New(), index: geo.NewIndex([]geo.Shape{box(0, 0, 1, 1)})}
		all = append(all, e.keep(m))
	}
	for i, want := range []bool{false, false, true, true, true} {
		if got := e.find(all[i].edition) != nil; got != want {
			t.Errorf("edition %d kept: %v", i, got)
		}
	}
	if e.size > e.most || len(e.kept) != e.byUse.Len() {
		t.Errorf("size %d of %d, %d kept, %d in the list", e.size, e.most, len(e.kept), e.byUse.Len())
	}
}

func TestTheDayOfADrawing(t *testing.T) {
	t.Parallel()
	for d, want := range map[clock.Date]int{"2026-11-23": 1, "2026-11-29": 7} {
		if d.Weekday() != want {
			t.Errorf("%s is day %d", d, d.Weekday())
		}
	}
	if clock.DateOf(at("2026-11-23 00:00")) != "2026-11-23" || clock.DateOf(at("2026-11-22 23:59")) != "2026-11-22" || clock.Date("2026-12-31").Add(1) != "2027-01-01" {
		t.Error("days are those of Shanghai")
	}
}
