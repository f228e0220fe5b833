package tally_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
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
	want("received", board(oct, "class"), tally.Line{Key: "a", Label: "垃圾", Counts: tally.Counts{Received: 1, Open: 1}})
	record(t, w, s.ID, change{received, filed}, change{filed, sent}, change{sent, late})
	want("late, by class", board(oct, "class"), tally.Line{Key: "b", Label: "噪声", Counts: tally.Counts{Received: 1, Late: 1, Open: 1}})
	want("late, by unit", board(oct, "unit"), tally.Line{Key: "u1", Label: "城管中队", Counts: tally.Counts{Received: 1, Late: 1, Open: 1}})
	record(t, w, s.ID, change{late, closed})
	record(t, w, other.ID, change{nil, received})
	want("closed, October", board(oct, "unit"), tally.Line{Key: "", Counts: tally.Counts{Received: 1, Open: 1}}, tally.Line{Key: "u1", Label: "城管中队", Counts: tally.Counts{Received: 1}})
	want("closed, November", board(nov, "all"), tally.Line{Counts: tally.Counts{Closed: 1, Overdue: 1}})
	want("four days over the month's end", board(odd, "all"), tally.Line{Counts: tally.Counts{Received: 2, Closed: 1, Overdue: 1, Open: 1}})
	want("a year", board(tally.Period{From: day("2026-01-15"), To: day("2027-01-14")}, "channel"),
		tally.Line{Key: "12345", Counts: tally.Counts{Received: 2, Closed: 1, Overdue: 1, Open: 1}})
	if err := w.DB.District(t.Context(), district, func(ctx context.Context, tx tenants.DistrictTx) error {
		by, err := tally.ByTenant(ctx, tx, odd)
		if err != nil {
			return err
		}
		if diff := cmp.Diff([]tally.Line{{TenantID: int32(s.ID), Counts: tally.Counts{Received: 1, Closed: 1, Overdue: 1}}, {TenantID: int32(other.ID), Counts: tally.Counts{Received: 1, Open: 1}}}, by); diff != "" {
			t.Errorf("by tenant (-want +got):\n%s", diff)
		}
		trend, err := tally.Trend(ctx, tx, odd)
		if diff := cmp.Diff([]tally.Point{{Day: "2026-10-30", Counts: tally.Counts{Received: 2, Open: 1}}, {Day: "2026-11-02", Counts: tally.Counts{Closed: 1, Overdue: 1}}}, trend); diff != "" {
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
		final, happened := map[int]tenants.Dims{}, []tenants.Dims(nil)
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
				after["suspended"] = rapid.SampledFrom([]string{"", "1"}).Draw(rt, "suspended")
				after["deadline"] = rapid.SampledFrom([]string{"", "2026-11-05", "2026-12-31"}).Draw(rt, "deadline")
				if rapid.Bool().Draw(rt, "is closed") {
					after["closed"] = rapid.SampledFrom([]string{"2026-11-02", "2026-12-01"}).Draw(rt, "closed")
					after["outcome"] = rapid.SampledFrom([]string{"on_time", "overdue"}).Draw(rt, "outcome")
				}
				told := after
				if event := rapid.SampledFrom([]string{"", "", tally.Returned, tally.Reopened, tally.Repeated, tally.Called}).Draw(rt, "event"); event != "" {
					once := tenants.Dims{tally.Event: event, tally.On: rapid.SampledFrom([]string{"2026-11-03", "2026-12-02"}).Draw(rt, "on"), tally.By: rapid.SampledFrom([]string{"", "u3"}).Draw(rt, "by"),
						tally.Contacted: rapid.SampledFrom([]string{"no", "yes"}).Draw(rt, "contacted"), tally.Solved: rapid.SampledFrom([]string{"no", "yes"}).Draw(rt, "solved"),
						tally.Satisfaction: rapid.SampledFrom([]string{"satisfied", "basically", "not"}).Draw(rt, "satisfaction")}
					for k, v := range once {
						told = with(told, k, v)
					}
					once["class"], once["unit"] = after["class"], after["unit"]
					happened = append(happened, once) // whatever becomes of the case
				}
				list = append(list, change{final[n], told})
				final[n] = after
			}
			record(t, w, s.ID, list...)
			follow(t, w)
		}
		counted := map[string]tally.Counts{}
		plain := append(slices.Collect(maps.Values(final)), happened...)
		for _, d := range plain {
			for _, c := range tally.Case(d) {
				for _, at := range []string{c.Day, c.Day[:7], c.Day[:4]} {
					k := counted[at+" "+c.Dim+" "+c.Key]
					k.Add(c.Counts, 1)
					counted[at+" "+c.Dim+" "+c.Key] = k
				}
			}
		}
		if diff := cmp.Diff(counted, stored(t, w, s.ID)); diff != "" {
			rt.Fatalf("followed is not what a plain count gives (-counted +followed):\n%s", diff)
		}
		from := rapid.IntRange(0, 70).Draw(rt, "period from")
		p := tally.Period{From: day("2026-10-15").AddDate(0, 0, from), To: day("2026-10-15").AddDate(0, 0, from+rapid.IntRange(0, 70).Draw(rt, "period days"))}
		var want, got tally.Counts
		for _, d := range plain {
			for _, c := range tally.Case(d) {
				if at := day(c.Day); c.Dim == "all" && !at.Before(p.From) && !at.After(p.To) {
					want.Add(c.Counts, 1)
				}
			}
		}
		// Where the clock stands makes no difference: deadlines lie ahead of it.
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
	from := func(table, day, form string) string {
		return "SELECT to_char(" + day + ", '" + form + "') || ' ' || dim || ' ' || key, ARRAY[" + strings.Join(tally.Columns, ", ") + "] FROM " + table + " WHERE tenant_id = $1"
	}
	rows, err := c.Query(t.Context(), from("tallies", "day", "YYYY-MM-DD")+" UNION ALL "+from("tally_months", "month", "YYYY-MM")+" UNION ALL "+from("tally_years", "year", "YYYY"), int32(id))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]tally.Counts{}
	for rows.Next() {
		var at string
		var n []int64
		if err := rows.Scan(&at, &n); err != nil {
			t.Fatal(err)
		}
		c := tally.Counts{Received: n[0], Closed: n[1], OnTime: n[2], Overdue: n[3], Late: n[4], Due: n[5], Met: n[6], Open: n[7], Suspended: n[8], Returned: n[9], Reopened: n[10],
			Repeated: n[11], HandedIn: n[12], HandedOut: n[13], Called: n[14], Contacted: n[15], Solved: n[16], Satisfied: n[17], Basically: n[18]}
		if c != (tally.Counts{}) {
			out[at] = c
		}
	}
	return out
}

// A handover counts on the side where it stands, on its day; one of before, without the day, does not.
func TestHandovers(t *testing.T) {
	for _, c := range []struct {
		dims tenants.Dims
		want tally.Counts
	}{
		{tenants.Dims{"side": "out", "on": "2026-11-03", "unit": "centre.water"}, tally.Counts{HandedOut: 1}},
		{tenants.Dims{"side": "in", "on": "2026-11-03"}, tally.Counts{HandedIn: 1}},
		{tenants.Dims{"side": "in"}, tally.Counts{}},
	} {
		cells := tally.Handover(c.dims)
		if c.want == (tally.Counts{}) {
			if cells != nil {
				t.Errorf("%v counts for %+v", c.dims, cells)
			}
			continue
		}
		if want := (tally.Cell{Day: "2026-11-03", Dim: "all", Counts: c.want}); len(cells) != 5 || cells[0] != want || cells[2].Dim != "unit" || cells[2].Key != c.dims["unit"] {
			t.Errorf("%v counts for %+v", c.dims, cells)
		}
	}
}
