package billing_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	if _, err := c.Exec(t.Context(), `UPDATE usage SET day = '2026-11-30' WHERE tenant_id = $1`, int32(s.ID)); err != nil {
		t.Fatal(err)
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
	err = w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		_, err := billing.Month(ctx, tx, "2026-13")
		return err
	})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("month 13: %v", err)
	}
}
