package app_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/tenants"
)

// TestClosingTellsThePetitioner follows an act all the way: a closed case becomes a job, the job a
// message, the message is sealed at rest and readable to whoever sends it.
func TestClosingTellsThePetitioner(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	s, c := h.street(t, "戊"+uuid.NewString()[:6], 60_000)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { _ = h.Work(ctx) })
	defer working.Wait()
	defer stop()
	as := func(role string, f func(context.Context, tenants.Tx) error) {
		t.Helper()
		if err := h.App.DB.Write(t.Context(), s.ID, tenants.Actor{Person: roleAt(t, 60_000, role)}, f); err != nil {
			t.Fatalf("%s: %v", role, err)
		}
	}
	as(auth.Handler, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, c.ID, "已清运")
		return err
	})
	as(auth.ShiftLead, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, c.ID, cases.Finding{Pass: true, Close: true})
		return err
	})
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		sent, err := h.Messages.Recent(t.Context(), 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sent {
			if m.Purpose == "notice.closed" && m.State == "sent" && m.Recipient != "" && strings.Contains(m.Body, c.Number) && strings.Contains(m.Body, s.Name) {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("no message about the closed case was sent within 20 s")
}
