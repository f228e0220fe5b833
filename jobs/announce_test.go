package jobs_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/journal"
	"wanjie/tenants/journal/hint"
	"wanjie/tenants/tenantstest"
)

// An act becomes jobs of its tenant, once, and a hint for the screens that watch it.
func TestActsAreAnnounced(t *testing.T) {
	w := tenantstest.Open(t)
	s, silent := w.Street(t), w.Street(t)
	redis := startRedis(t)
	client := redis.client()
	heard := client.Subscribe(t.Context(), hint.Channel(s.ID), hint.Channel(silent.ID))
	defer heard.Close()
	if _, err := heard.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	announce := jobs.Announce(func(a journal.Act) []jobs.Job {
		if a.Kind != "test.told" {
			return nil
		}
		return []jobs.Job{{Kind: "test.notice", Queue: jobs.Critical, Payload: a.ObjectID}, {Kind: "test.webhook", Payload: a.N}}
	})
	r, err := journal.NewRunner(w.DB, nil, quiet, announce, hint.Follower(client, quiet))
	if err != nil {
		t.Fatal(err)
	}
	caller := hint.NewCaller(client)
	var mu sync.Mutex
	woken := 0
	wake := func(placement string, heads hint.Heads) {
		mu.Lock()
		woken++
		mu.Unlock()
		r.Wake(placement, heads)
	}
	background(t, r.Run, caller.Run, func(ctx context.Context) error { return hint.Listen(ctx, client, wake) })
	object := tenants.NewID()
	if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		tx.Record(tenants.Act{Kind: "test.told", Version: 1, Object: "case", ObjectID: object, HappenedAt: clock.Now(ctx), After: tenants.Dims{"class": "a"}})
		tx.Record(tenants.Act{Kind: "test.told", Version: 1, Object: "case", ObjectID: object, HappenedAt: clock.Now(ctx), Imported: true})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	caller.Recorded(tenants.Home, s.ID, 3) // the opening and these two
	var hints []hint.Hint
	eventually(t, 5*time.Second, "the hint of the act", func() bool {
		m, err := heard.ReceiveMessage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var h hint.Hint
		if err := json.Unmarshal([]byte(m.Payload), &h); err != nil {
			t.Fatal(err)
		}
		if m.Channel == hint.Channel(s.ID) && h.Kind != "tenant.opened" {
			hints = append(hints, h)
		}
		return len(hints) > 0
	})
	if diff := cmp.Diff([]hint.Hint{{Object: "case", ID: object, Kind: "test.told"}}, hints); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	rows := func(kind string) int {
		return count(t, w, tenants.Home, "SELECT count(*) FROM outbox WHERE tenant_id = $1 AND kind = $2", int32(s.ID), kind)
	}
	eventually(t, 5*time.Second, "the announced jobs", func() bool { return rows("test.notice") == 1 && rows("test.webhook") == 1 })
	eventually(t, 5*time.Second, "a wake-up over Redis", func() bool { mu.Lock(); defer mu.Unlock(); return woken > 0 })
}
