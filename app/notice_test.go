package app_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/app/cases"
	"wanjie/tenants"
)

// TestClosingTellsThePetitioner follows an act all the way: a closed case becomes a job, the job a
// message, the message is sealed at rest and readable to whoever sends it, and what became of it stands on the case.
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
	until := func(what string, is func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: not within 20 s", what)
			}
		}
	}
	until("a message about the closed case is sent", func() bool {
		sent, err := h.Messages.Recent(t.Context(), 200)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(sent, func(m courier.Message) bool {
			return m.Purpose == "notice.closed" && m.State == "sent" && m.Recipient != "" && strings.Contains(m.Body, c.Number) && strings.Contains(m.Body, s.Name)
		})
	})
	reads := func(role, path string) string {
		t.Helper()
		status, body := h.ask(t, roleAt(t, 60_000, role), "GET", "/s/"+s.Slug+path, nil)
		if status != 200 {
			t.Fatalf("%s at %s: %d", role, path, status)
		}
		return body
	}
	sheet := "/cases/" + c.ID.String()
	until("the sheet says so", func() bool { return strings.Contains(reads(auth.Caller, sheet), "办结短信") })
	if body := reads(auth.Caller, sheet); !strings.Contains(body, "对方未告知") {
		t.Error("a way that knows no receipts is not said to have told nothing")
	}
	if strings.Contains(reads(auth.Handler, sheet), "短信告知") {
		t.Error("the unit reads what became of messages")
	}
	if strings.Contains(reads(auth.Caller, "/callbacks"), ">短信未送达<") {
		t.Error("a message is called undelivered that was not")
	}
	told := courier.Told{ID: tenants.NewID(), Tenant: s.ID, About: c.ID, Purpose: "notice.closed", State: courier.Sent, At: time.Now(),
		Receipt: courier.Receipt{State: courier.Undelivered, At: time.Now(), Said: "MOBILE_NOT_ON_SERVICE"}}
	if err := h.Messages.Heard(t.Context(), told); err != nil {
		t.Fatal(err)
	}
	if body := reads(auth.Intake, sheet); !strings.Contains(body, "请改为电话告知诉求人") || !strings.Contains(body, "号码停机或空号") {
		t.Error("the sheet does not say to telephone")
	}
	if !strings.Contains(reads(auth.Caller, "/callbacks"), ">短信未送达<") {
		t.Error("the list of call-backs does not say that the message did not arrive")
	}
	told.Tenant = 999
	if err := h.Messages.Heard(t.Context(), told); err != nil {
		t.Errorf("a street that is gone: %v", err)
	}
}
