package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/fault"
	"wanjie/jobs"
)

// DeliverKind is the name of the job that sends one message.
const DeliverKind = "message.send"

// Tries is after how many failures a message is given up: about ten minutes, as long as a code lives.
const Tries = 6

// Sender sends one message for good. It may be called again for the same ID after a crash, and
// passes the ID on as idempotency key where the provider knows one. Its error must not quote the
// message.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Keep is the sender of development: the message stays where it is, to be read at /dev/sent.
type Keep struct{}

// Send does nothing, with success.
func (Keep) Send(context.Context, Message) error { return nil }

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
	if err != nil || m.State == Sent {
		return err
	}
	state, failure := out(ctx, senders, m, attempt)
	if failure == nil {
		return s.mark(ctx, id, state, "")
	}
	return errors.Join(failure, s.mark(context.WithoutCancel(ctx), id, state, failure.Error()))
}

// out sends m by the sender of its way and answers the state that it is in now.
func out(ctx context.Context, senders map[string]Sender, m Message, attempt int) (state string, failure error) {
	failure = errors.New("no sender is configured for this way: " + m.Via)
	if sender := senders[m.Via]; sender != nil {
		failure = sender.Send(ctx, m)
	}
	switch {
	case failure == nil:
		return Sent, nil
	case attempt >= Tries:
		return Failed, failure
	}
	return Queued, failure
}

// SendNow sends m within a job of the caller's, which tries again when it fails (attempt is 1 at
// first), and keeps it beside what became of it. Not inside another scope; m.ID is the caller's.
func (s *Store) SendNow(ctx context.Context, senders map[string]Sender, m Message, attempt int) error {
	if err := m.check(); err != nil {
		return err
	}
	state, failure := out(ctx, senders, m, attempt)
	said := ""
	if failure != nil {
		said = failure.Error()
	}
	return errors.Join(failure, s.keep(context.WithoutCancel(ctx), m, state, said))
}
