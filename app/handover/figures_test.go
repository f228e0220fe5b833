package handover

import (
	"testing"

	"wanjie/tenants"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/tenantstest"
)

// One handover is one out of the street and one into the centre, on the day it was made, however many acts it has.
func TestAHandoverCountsOnceOnEitherSide(t *testing.T) {
	t.Parallel()
	d := open(t, 330119, tenants.Home, tenantstest.Other)
	h := d.handUp(d.street.filed(brawl("甲")), Order{Reason: "治安案件由公安主责"})
	d.post()
	d.centre.accept(h.ID)
	d.post()
	for o, want := range map[*office]tally.Counts{d.street: {HandedOut: 1}, d.centre: {HandedIn: 1}} {
		rows, err := o.view.Query(t.Context(), "SELECT before, after FROM journal WHERE tenant_id = $1 AND object = 'handover' ORDER BY n", int32(o.ID))
		if err != nil {
			t.Fatal(err)
		}
		var got tally.Counts
		acts := 0
		for ; rows.Next(); acts++ {
			var before, after tenants.Dims
			if err := rows.Scan(&before, &after); err != nil {
				t.Fatal(err)
			}
			for _, side := range []struct {
				dims tenants.Dims
				sign int64
			}{{before, -1}, {after, 1}} {
				if side.dims == nil {
					continue
				}
				for _, c := range Module.Cells["handover"](side.dims) {
					if c.Dim == "all" && c.Day == "2026-11-23" {
						got.HandedIn += side.sign * c.HandedIn
						got.HandedOut += side.sign * c.HandedOut
					}
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if got != want || acts < 2 {
			t.Errorf("%s: %d acts count as %+v, want %+v", o.Name, acts, got, want)
		}
	}
}
