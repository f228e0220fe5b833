package billing_test

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/billing"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/tenantstest"
)

func TestUsageOfAMonth(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	r, err := journal.NewRunner(w.DB, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), billing.Follower(billing.Meters))
	if err != nil {
		t.Fatal(err)
	}
	file := func(by tenants.Actor, kind string, imported bool) {
		t.Helper()
		if err := w.DB.Write(t.Context(), s.ID, by, func(ctx context.Context, tx tenants.Tx) error {
			for range 2 {
				tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx), Imported: imported})
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	file(tenants.Machine(), "case.filed", false)
	file(tenants.Machine(), "case.filed", true) // history of another system is not our usage
	file(tenants.Actor{Person: 7}, "case.filed", false)
	file(tenants.Actor{Person: 8}, "case.closed", false)
	// Recorded at the last and first second of a month, Shanghai time.
	c := w.Super(t, tenants.Home)
	for _, q := range []string{"UPDATE usage SET day = '2026-11-30' WHERE tenant_id = $1", "UPDATE usage_months SET month = '2026-11-01' WHERE tenant_id = $1"} {
		if _, err := c.Exec(t.Context(), q, int32(s.ID)); err != nil {
			t.Fatal(err)
		}
	}
	for n, at := range map[int]string{10: "2026-11-30 23:59:59+08", 11: "2026-12-01 00:00:00+08"} {
		if err := w.DB.Write(t.Context(), s.ID, tenants.Actor{Person: 7}, func(ctx context.Context, tx tenants.Tx) error {
			tx.Record(tenants.Act{Kind: "case.closed", Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx)})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Exec(t.Context(), `UPDATE journal SET recorded_at = $2 WHERE tenant_id = $1 AND n = (SELECT max(n) FROM journal WHERE tenant_id = $1)`, int32(s.ID), at); err != nil {
			t.Fatal(n, err)
		}
		if err := r.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	month := func(m string) map[string]int64 {
		t.Helper()
		got := map[string]int64{}
		if err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
			list, err := billing.Month(ctx, tx, m)
			for _, u := range list {
				if u.TenantID == int32(s.ID) {
					got[u.Meter] = u.Qty
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if diff := cmp.Diff(map[string]int64{"cases.filed": 4, "cases.closed": 3, "tenant.day": 1}, month("2026-11")); diff != "" {
		t.Errorf("November (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int64{"cases.closed": 1, "tenant.day": 1}, month("2026-12")); diff != "" {
		t.Errorf("December (-want +got):\n%s", diff)
	}
	if err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		days, err := billing.Days(ctx, tx, "2026-11", s.ID)
		if err != nil {
			return err
		}
		want := []billing.Day{{"2026-11-30", "cases.closed", 3}, {"2026-11-30", "cases.filed", 4}, {"2026-11-30", "tenant.day", 1}}
		if diff := cmp.Diff(want, days); diff != "" {
			t.Errorf("days of November (-want +got):\n%s", diff)
		}
		some, err := billing.MonthOf(ctx, tx, "2026-12", []int32{int32(s.ID)})
		if diff := cmp.Diff([]billing.Usage{{int32(s.ID), "cases.closed", 1}, {int32(s.ID), "tenant.day", 1}}, some); diff != "" {
			t.Errorf("one tenant's December (-want +got):\n%s", diff)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(context.Context, tenants.VendorTx) error{
		"month": func(ctx context.Context, tx tenants.VendorTx) error {
			_, err := billing.Month(ctx, tx, "2026-13")
			return err
		},
		"totals": func(ctx context.Context, tx tenants.VendorTx) error {
			_, err := billing.Totals(ctx, tx, "2026-1")
			return err
		},
		"days": func(ctx context.Context, tx tenants.VendorTx) error {
			_, err := billing.Days(ctx, tx, "", s.ID)
			return err
		},
	} {
		if err := w.DB.Vendor(t.Context(), tenants.Home, read); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s of a month that is none: %v", name, err)
		}
	}
}

// Whatever is metered in whatever batches, the months are the sums of the days; where they are not, the
// nightly count mends them.
func TestMonthsAreSumsOfDays(t *testing.T) {
	w := tenantstest.Open(t)
	c := w.Super(t, tenantstest.Other)
	r, err := journal.NewRunner(w.DB, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), billing.Follower([]billing.Meter{
		{Code: "sum", Read: func(a journal.Act) int64 { n, _ := strconv.Atoi(a.After["n"]); return int64(n) }},
		{Code: "top", Once: true, Read: func(a journal.Act) int64 { n, _ := strconv.Atoi(a.After["n"]); return max(0, int64(n)) }},
	}))
	if err != nil {
		t.Fatal(err)
	}
	recount := func(ctx context.Context) (wrong int64) {
		t.Helper()
		if err := w.DB.System(ctx, tenantstest.Other, func(ctx context.Context, tx tenants.SystemTx) (err error) {
			wrong, err = billing.Recount(ctx, tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return wrong
	}
	recount(t.Context())
	rapid.Check(t, func(rt *rapid.T) {
		s := w.Street(t, tenantstest.At(tenantstest.Other))
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
				for range rapid.IntRange(1, 5).Draw(rt, "acts") {
					n := rapid.IntRange(-3, 3).Draw(rt, "n")
					tx.Record(tenants.Act{Kind: "x", Version: 1, Object: "case", ObjectID: tenants.NewID(), HappenedAt: clock.Now(ctx), After: tenants.Dims{"n": strconv.Itoa(n)}})
				}
				return nil
			}); err != nil {
				rt.Fatal(err)
			}
			// Some of it was recorded on other days of this month and the last.
			if _, err := c.Exec(t.Context(), "UPDATE journal SET recorded_at = now() - $2 * interval '1 day' WHERE tenant_id = $1 AND n = (SELECT n FROM heads WHERE tenant_id = $1)",
				int32(s.ID), rapid.IntRange(0, 20).Draw(rt, "back")); err != nil {
				rt.Fatal(err)
			}
			if err := r.Drain(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		if wrong := recount(t.Context()); wrong != 0 {
			rt.Fatalf("%d months are not the sums of their days", wrong)
		}
	})
	s := w.Street(t, tenantstest.At(tenantstest.Other))
	for _, q := range []string{"INSERT INTO usage VALUES ($1, current_date, 'sum', 5)", "INSERT INTO usage_months VALUES ($1, date_trunc('month', current_date), 'sum', 3), ($1, date_trunc('month', current_date), 'top', 7)"} {
		if _, err := c.Exec(t.Context(), q, int32(s.ID)); err != nil {
			t.Fatal(err)
		}
	}
	if wrong := recount(t.Context()); wrong != 2 {
		t.Errorf("%d mended, want 2", wrong)
	}
	var sum, top int64
	if err := c.QueryRow(t.Context(), "SELECT sum(qty) FILTER (WHERE meter = 'sum'), sum(qty) FILTER (WHERE meter = 'top') FROM usage_months WHERE tenant_id = $1", int32(s.ID)).Scan(&sum, &top); err != nil || sum != 5 || top != 0 {
		t.Errorf("mended to %d and %d (%v), want 5 and 0", sum, top, err)
	}
}
