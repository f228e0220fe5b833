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
)

// DeliverKind is the name of the job that sends one message.
const DeliverKind = "message.send"

// Tries is after how many failures a message is given up: about ten minutes, as long as a code lives.
const Tries = 6

// Sender sends one message for good. It may be called again for the same ID after a crash, and
// passes the ID on as idempotency key where the provider knows one. Its error must not quote the
// message. number is the provider's own, by which it can be asked for a receipt; "" where it has none.
type Sender interface {
	Send(ctx context.Context, m Message) (number string, err error)
}

// ErrNever is in the error of a sender that would refuse the same message every time: it is given up at once.
var ErrNever = errors.New("it would be refused again")

// Keep is the sender of development: the message stays where it is, to be read at /dev/sent.
type Keep struct{}

// Send does nothing, with success.
func (Keep) Send(context.Context, Message) (string, error) { return "", nil }

type delivery struct{ ID uuid.UUID }

// Deliver is the job kind that sends a message by the sender of its way. A way without a sender is a
// failure that says so, and waits in the failed list.
func Deliver(s *Store, senders map[string]Sender) jobs.Kind {
	return jobs.Kind{Name: DeliverKind, Queue: jobs.Critical, Timeout: 30 * time.Second, MaxAttempts: Tries,
		Outside: func(ctx context.Context, env jobs.Env, payload json.RawMessage) error {
			var d delivery
			if err := json.Unmarshal(payload, &d); err != nil {
				return fmt.Errorf("courier: payload: %w", err)
			}
			return s.deliver(ctx, senders, d.ID, env.Attempt)
		}}
}

func (s *Store) deliver(ctx context.Context, senders map[string]Sender, id uuid.UUID, attempt int) error {
	m, err := s.one(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil // purged
	}
	if err != nil {
		return err
	}
	if m.State == Sent { // by an earlier try, whose word may not have come through
		return s.tell(ctx, m)
	}
	failure := out(ctx, senders, &m, attempt)
	rest := context.WithoutCancel(ctx)
	if err := s.mark(rest, m); err != nil {
		return errors.Join(failure, err)
	}
	return errors.Join(failure, s.tell(rest, m))
}

// out sends m by the sender of its way and writes into it the state that it is in now. The error is one after which
// another try makes sense, or the last.
func out(ctx context.Context, senders map[string]Sender, m *Message, attempt int) (failure error) {
	failure = errors.New("no sender is configured for this way: " + m.Via)
	sender := senders[m.Via]
	if sender != nil {
		m.Number, failure = sender.Send(ctx, *m)
	}
	m.State, m.Error, m.SentAt = Queued, "", clock.Now(ctx)
	if failure != nil {
		m.Error = failure.Error()
	}
	switch {
	case failure == nil:
		m.State = Sent
		if _, tells := sender.(Tracker); tells && m.Number != "" {
			m.Receipt.State = Waiting
		}
	case errors.Is(failure, ErrNever):
		m.State = Failed
		return nil // the message's own row tells why
	case attempt >= Tries:
		m.State = Failed
	}
	return failure
}

// SendNow sends m within a job of the caller's, which tries again when it fails (attempt is 1 at
// first), and keeps it beside what became of it. What an earlier try has sent is not sent again. Not
// inside another scope; m.ID is the caller's.
func (s *Store) SendNow(ctx context.Context, senders map[string]Sender, m Message, attempt int) error {
	if err := m.check(); err != nil {
		return err
	}
	if attempt > 1 {
		before, err := s.one(ctx, m.ID)
		if err == nil && before.State == Sent {
			return s.tell(ctx, before)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	failure := out(ctx, senders, &m, attempt)
	rest := context.WithoutCancel(ctx)
	if err := s.keep(rest, m); err != nil {
		return errors.Join(failure, err)
	}
	return errors.Join(failure, s.tell(rest, m))
}
