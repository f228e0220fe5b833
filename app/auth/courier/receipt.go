package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

// ReceiptState is what a provider said of a message's delivery to the telephone.
type ReceiptState string

// The states of a receipt. Empty: nobody will say.
const (
	Waiting     ReceiptState = "waiting"
	Delivered   ReceiptState = "delivered"
	Undelivered ReceiptState = "undelivered"
	Unknown     ReceiptState = "unknown" // the provider did not say within a day, or cannot be asked
)

// Receipt is what became of a message after it had left.
type Receipt struct {
	State ReceiptState
	At    time.Time // when it reached the telephone, or did not; zero while waiting
	Said  string    // the provider's own word
}

// Tracker is a sender that can be asked what became of a message. It answers Waiting while the provider does not know.
type Tracker interface {
	Receipt(ctx context.Context, m Message) (Receipt, error)
}

// ReceiptKind is the name of the job that asks for one receipt. Receipts are asked for, and not taken in by a call of the
// provider's: its calls bear no signature, so anybody could write receipts.
const ReceiptKind = "message.receipt"

// asks are how long after the sending a receipt is asked for; then it stays unknown.
var asks = []time.Duration{30 * time.Second, 3 * time.Minute, 15 * time.Minute, 2 * time.Hour, 24 * time.Hour}

type question struct {
	ID  uuid.UUID
	Ask int // how often it was asked before
}

// ask lays the first question for a receipt beside a message that left.
func ask(ctx context.Context, tx tenants.SystemTx, m Message) error {
	if m.State != Sent || m.Receipt.State != Waiting {
		return nil
	}
	return later(ctx, tx, question{m.ID, 0}, clock.Now(ctx))
}

func later(ctx context.Context, tx tenants.SystemTx, q question, sent time.Time) error {
	_, err := jobs.AddSystem(ctx, tx, jobs.Job{Kind: ReceiptKind, Queue: jobs.Bulk, Payload: q, At: sent.Add(asks[q.Ask])})
	return err
}

// Receipts is the job kind that asks the senders what became of messages.
func Receipts(s *Store, senders map[string]Sender) jobs.Kind {
	return jobs.Kind{Name: ReceiptKind, Queue: jobs.Bulk, Timeout: 30 * time.Second, Outside: func(ctx context.Context, _ jobs.Env, payload json.RawMessage) error {
		var q question
		if err := json.Unmarshal(payload, &q); err != nil {
			return fmt.Errorf("courier: question for a receipt: %w", err)
		}
		return s.track(ctx, senders, q)
	}}
}

func (s *Store) track(ctx context.Context, senders map[string]Sender, q question) error {
	m, err := s.one(ctx, q.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // purged
	}
	if err != nil || m.Receipt.State != Waiting {
		return err
	}
	sender, ok := senders[m.Via].(Tracker)
	if !ok {
		return nil // the provider was changed meanwhile
	}
	got, failed := sender.Receipt(ctx, m)
	if failed != nil { // it may say next time; the last time the failure is the job's
		got = Receipt{State: Waiting}
	}
	if q.Ask+1 < len(asks) {
		failed = nil
	} else if got.State == Waiting {
		got = Receipt{State: Unknown, At: clock.Now(ctx)}
	}
	if got.State != Waiting { // first, because a receipt that is written is not asked for again
		m.Receipt = got
		if err := s.tell(ctx, m); err != nil {
			return err
		}
	}
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		if got.State == Waiting {
			return later(ctx, tx, question{q.ID, q.Ask + 1}, m.SentAt)
		}
		_, err := tx.Raw("UPDATE ctl.messages SET receipt = ?, receipt_at = ?, receipt_said = ? WHERE id = ?", string(got.State), got.At, got.Said, m.ID).Exec(ctx)
		return err
	})
	return errors.Join(err, failed)
}

// Refused counts the messages made since a moment that could not be sent, or did not reach the telephone.
func (s *Store) Refused(ctx context.Context, since time.Time) (n int64, err error) {
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT count(*) FROM ctl.messages WHERE made_at >= ? AND (state = ? OR receipt = ?)", since, Failed, string(Undelivered)).Scan(ctx, &n)
	})
	if err != nil {
		return 0, fmt.Errorf("courier: refused messages: %w", err)
	}
	return n, nil
}
