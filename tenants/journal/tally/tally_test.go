package tally_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/tenantstest"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

var book = tally.Book{Objects: map[string]tally.Cells{"case": tally.Case}}

func follow(t *testing.T, w *tenantstest.World) {
	t.Helper()
	r, err := journal.NewRunner(w.DB, nil, quiet, book.Follower())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// change is one act on a case: what it was and what it became.
type change struct{ before, after tenants.Dims }

func record(t *testing.T, w *tenantstest.World, id tenants.ID, list ...change) {
	t.Helper()
	if err := w.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for _, c := range list {
			tx.Record(tenants.Act{Kind: "case.changed", Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx), Before: c.before, After: c.after})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func with(d tenants.Dims, pairs ...string) tenants.Dims {
	out := tenants.Dims{}
	for k, v := range d {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// A case is received in October, changes its class and unit, falls late, and is closed in November.
func TestACaseMovesThroughTheBoard(t *testing.T) {
	w := tenantstest.Open(t)
	district := int32(110101 + uuid.New().ID()%700000)
	s := w.Street(t, func(p *tenants.Plan) { p.District = district })
	other := w.Street(t, func(p *tenants.Plan) { p.District = district })
	received := tenants.Dims{"received": "2026-10-30", "class": "a", "class_name": "垃圾", "channel": "12345", "community": "320505003001", "stage": "filed"}
	filed := with(received, "class", "b", "class_name", "噪声")
	sent := with(filed, "unit", "u1", "unit_name", "城管中队")
	late := with(sent, "late", "1")
	closed := with(sent, "closed", "2026-11-02", "outcome", "overdue", "stage", "closed")
	oct := tally.Period{From: day("2026-10-01"), To: day("2026-10-31")}
	nov := tally.Period{From: day("2026-11-01"), To: day("2026-11-30")}
	odd := tally.Period{From: day("2026-10-30"), To: day("2026-11-02")}
	board := func(p tally.Period, dim string) (lines []tally.Line) {
		t.Helper()
		follow(t, w)
		if err := w.DB.District(t.Context(), district, func(ctx context.Context, tx tenants.DistrictTx) (err error) {
			lines, err = tally.ByKey(ctx, tx, p, dim)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	want := func(what string, got []tally.Line, want ...tally.Line) {
		t.Helper()
		var kept []tally.Line
		for _, l := range got {
			if l.Counts != (tally.Counts{}) {
				kept = append(kept, l)
			}
		}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	record(t, w, s.ID, change{nil, received})
	want("received", board(oct, "class"), tally.Line{Key: "a", Label: "垃圾", Counts: tally.Counts{Received: 1}})
	record(t, w, s.ID, change{received, filed}, change{filed, sent}, change{sent, late})
	want("late, by class", board(oct, "class"), tally.Line{Key: "b", Label: "噪声", Counts: tally.Counts{Received: 1, Late: 1}})
	want("late, by unit", board(oct, "unit"), tally.Line{Key: "u1", Label: "城管中队", Counts: tally.Counts{Received: 1, Late: 1}})
	record(t, w, s.ID, change{late, closed})
	record(t, w, other.ID, change{nil, received})
	want("closed, October", board(oct, "unit"), tally.Line{Key: "", Counts: tally.Counts{Received: 1}}, tally.Line{Key: "u1", Label: "城管中队", Counts: tally.Counts{Received: 1}})
	want("closed, November", board(nov, "all"), tally.Line{Counts: tally.Counts{Closed: 1, Overdue: 1}})
	want("four days over the month's end", board(odd, "all"), tally.Line{Counts: tally.Counts{Received: 2, Closed: 1, Overdue: 1}})
	want("a year", board(tally.Period{From: day("2026-01-15"), To: day("2027-01-14")}, "channel"),
		tally.Line{Key: "12345", Counts: tally.Counts{Received: 2, Closed: 1, Overdue: 1}})
	if err := w.DB.District(t.Context(), district, func(ctx context.Context, tx tenants.DistrictTx) error {
		by, err := tally.ByTenant(ctx, tx, odd)
		if err != nil {
			return err
		}
		if diff := cmp.Diff([]tally.Line{{TenantID: int32(s.ID), Counts: tally.Counts{Received: 1, Closed: 1, Overdue: 1}}, {TenantID: int32(other.ID), Counts: tally.Counts{Received: 1}}}, by); diff != "" {
			t.Errorf("by tenant (-want +got):\n%s", diff)
		}
		trend, err := tally.Trend(ctx, tx, odd)
		if diff := cmp.Diff([]tally.Point{{Day: "2026-10-30", Counts: tally.Counts{Received: 2}}, {Day: "2026-11-02", Counts: tally.Counts{Closed: 1, Overdue: 1}}}, trend); diff != "" {
			t.Errorf("trend (-want +got):\n%s", diff)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.Street(t, func(p *tenants.Plan) { p.District = district + 1 })
	if err := w.DB.District(t.Context(), district+1, func(ctx context.Context, tx tenants.DistrictTx) error {
		var n int
		if err := tx.Raw("SELECT (SELECT count(*) FROM tallies) + (SELECT count(*) FROM labels) + (SELECT count(*) FROM tally_months) + (SELECT count(*) FROM tally_years)").Scan(ctx, &n); err != nil || n != 0 {
			return fmt.Errorf("another district sees %d rows: %w", n, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// Whatever happens to cases, the followed tallies are those that a rebuild makes and those that a
// plain count of the final cases gives, by day and by month.
func TestFollowedEqualsRebuiltEqualsCounted(t *testing.T) {
	w := tenantstest.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := w.Street(t)
		final := map[int]tenants.Dims{}
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			var list []change
			for range rapid.IntRange(1, 12).Draw(rt, "acts") {
				n := rapid.IntRange(0, 5).Draw(rt, "case")
				after := tenants.Dims{
					"received": rapid.SampledFrom([]string{"2026-10-31", "2026-11-01", "2026-11-30"}).Draw(rt, "received"),
					"class":    rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "class"),
					"unit":     rapid.SampledFrom([]string{"", "u1", "u2"}).Draw(rt, "unit"),
					"late":     rapid.SampledFrom([]string{"", "1"}).Draw(rt, "late"),
				}
				if rapid.Bool().Draw(rt, "is closed") {
					after["closed"] = rapid.SampledFrom([]string{"2026-11-02", "2026-12-01"}).Draw(rt, "closed")
					after["outcome"] = rapid.SampledFrom([]string{"on_time", "overdue"}).Draw(rt, "outcome")
				}
				list = append(list, change{final[n], after})
				final[n] = after
			}
			record(t, w, s.ID, list...)
			follow(t, w)
		}
		counted := map[string]tally.Counts{}
		for _, d := range final {
			for _, c := range tally.Case(d) {
				for _, at := range []string{c.Day, c.Day[:7], c.Day[:4]} {
					k := counted[at+" "+c.Dim+" "+c.Key]
					counted[at+" "+c.Dim+" "+c.Key] = tally.Counts{Received: k.Received + c.Received, Closed: k.Closed + c.Closed, OnTime: k.OnTime + c.OnTime, Overdue: k.Overdue + c.Overdue, Late: k.Late + c.Late}
				}
			}
		}
		if diff := cmp.Diff(counted, stored(t, w, s.ID)); diff != "" {
			rt.Fatalf("followed is not what a plain count gives (-counted +followed):\n%s", diff)
		}
		from := rapid.IntRange(0, 70).Draw(rt, "period from")
		p := tally.Period{From: day("2026-10-15").AddDate(0, 0, from), To: day("2026-10-15").AddDate(0, 0, from+rapid.IntRange(0, 70).Draw(rt, "period days"))}
		var want, got tally.Counts
		for _, d := range final {
			for _, c := range tally.Case(d) {
				if at := day(c.Day); c.Dim == "all" && !at.Before(p.From) && !at.After(p.To) {
					want = tally.Counts{Received: want.Received + c.Received, Closed: want.Closed + c.Closed, OnTime: want.OnTime + c.OnTime, Overdue: want.Overdue + c.Overdue, Late: want.Late + c.Late}
				}
			}
		}
		// The past is whole, and the present month is cut short where the clock stands: nothing happens after it.
		now := day("2026-12-01").Add(time.Duration(rapid.IntRange(24, 2000).Draw(rt, "hours")) * time.Hour)
		ctx, _ := clock.Hold(t.Context(), now)
		if err := w.DB.District(ctx, s.District, func(ctx context.Context, tx tenants.DistrictTx) error {
			lines, err := tally.ByTenant(ctx, tx, p)
			for _, l := range lines {
				if l.TenantID == int32(s.ID) {
					got = l.Counts
				}
			}
			return err
		}); err != nil {
			rt.Fatal(err)
		}
		if got != want {
			rt.Fatalf("board of %s to %s at %s: %+v, want %+v", p.From, p.To, now, got, want)
		}
		if err := book.Rebuild(t.Context(), w.DB, tenants.Home, s.ID); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(counted, stored(t, w, s.ID)); diff != "" {
			rt.Fatalf("rebuilt is not what a plain count gives (-counted +rebuilt):\n%s", diff)
		}
	})
}

// stored reads a tenant's non-zero tallies, days and months.
func stored(t *testing.T, w *tenantstest.World, id tenants.ID) map[string]tally.Counts {
	t.Helper()
	c := w.Super(t, tenants.Home)
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), `SELECT to_char(day, 'YYYY-MM-DD') || ' ' || dim || ' ' || key, received, closed, on_time, overdue, late FROM tallies WHERE tenant_id = $1
		UNION ALL SELECT to_char(month, 'YYYY-MM') || ' ' || dim || ' ' || key, received, closed, on_time, overdue, late FROM tally_months WHERE tenant_id = $1
		UNION ALL SELECT to_char(year, 'YYYY') || ' ' || dim || ' ' || key, received, closed, on_time, overdue, late FROM tally_years WHERE tenant_id = $1`, int32(id))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]tally.Counts{}
	for rows.Next() {
		var at string
		var c tally.Counts
		if err := rows.Scan(&at, &c.Received, &c.Closed, &c.OnTime, &c.Overdue, &c.Late); err != nil {
			t.Fatal(err)
		}
		if c != (tally.Counts{}) {
			out[at] = c
		}
	}
	return out
}
