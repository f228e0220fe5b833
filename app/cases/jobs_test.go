package cases

import (
	"testing"
	"time"

	"wanjie/app/clock"
	"wanjie/tenants/tenantstest"
)

// The clocks that verbs start are rung by the timekeeper, at the street's own placement.
func TestTheTimekeeperRingsTheClocks(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenantstest.Other)
	ok := must(t)
	past, _ := clock.Hold(t.Context(), clock.Now(t.Context()).Add(-60*24*time.Hour)) // its deadlines are over by now
	c := ok(s.as(past, clerk, report(rubbish())))
	ok(s.as(past, clerk, verb(File, c.ID, Filing{})))
	ok(s.as(past, sender, verb(Dispatch, c.ID, toSanitation)))
	s.ring(t.Context())
	var late, unsigned bool
	var open int
	if err := s.view.QueryRow(t.Context(), `SELECT c.late, a.unsigned, (SELECT count(*) FROM timers WHERE tenant_id = c.tenant_id AND done_at IS NULL)
		FROM cases c JOIN assignments a ON a.tenant_id = c.tenant_id AND a.case_id = c.id WHERE c.tenant_id = $1`, int32(s.ID)).Scan(&late, &unsigned, &open); err != nil {
		t.Fatal(err)
	}
	if !late || !unsigned || open != 0 {
		t.Errorf("late %v, unsigned %v, %d timers open", late, unsigned, open)
	}
}
