package jobs

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// Redis may deliver a job twice, even at the same moment: it takes effect once, inside and outside.
func TestADoubledDeliveryTakesEffectOnce(t *testing.T) {
	w := tenantstest.Open(t)
	s := w.Street(t)
	var mu sync.Mutex
	calls := 0
	inside := Kind{Name: "test.inside", Run: func(ctx context.Context, tx tenants.Tx, _ json.RawMessage) error {
		_, err := tx.Next(ctx, "effects")
		return err
	}}
	outside := Kind{Name: "test.sms", Outside: func(context.Context, Env, json.RawMessage) error {
		mu.Lock()
		calls++
		mu.Unlock()
		time.Sleep(50 * time.Millisecond)
		return nil
	}}
	kinds, err := index([]Kind{inside, outside})
	if err != nil {
		t.Fatal(err)
	}
	worker := &Worker{DB: w.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), kinds: kinds}
	deliver := func(k Kind, id uuid.UUID) {
		body, _ := json.Marshal(parcel{tenants.Home, s.ID, id})
		if err := worker.process(context.Background(), asynq.NewTask(k.Name, body)); err != nil {
			t.Error(err)
		}
	}
	var wg sync.WaitGroup
	for _, k := range []Kind{inside, outside} {
		var id uuid.UUID
		if err := w.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
			id, err = Add(ctx, tx, k.Job(nil))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			wg.Go(func() { deliver(k, id) })
		}
		wg.Wait()
		deliver(k, id)
	}
	var effects int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT n FROM counters WHERE tenant_id = $1 AND name = 'effects'", int32(s.ID)).Scan(&effects); err != nil {
		t.Fatal(err)
	}
	if effects != 1 || calls != 1 {
		t.Errorf("five deliveries took effect %d times inside and called %d times outside; want once each", effects, calls)
	}
}
