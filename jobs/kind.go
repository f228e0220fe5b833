package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
)

// Queue is how urgent a job is. There are three and no more: asynq's cost grows with their number,
// and fairness between tenants is the relay's work.
type Queue string

// The queues, most urgent first: somebody waits at a screen; soon; whenever there is room.
const (
	Critical Queue = "critical"
	Default  Queue = "default"
	Bulk     Queue = "bulk"
)

var queues = []Queue{Critical, Default, Bulk}

// Defaults of a Kind.
const (
	DefaultTimeout     = time.Minute
	DefaultMaxAttempts = 12 // with the backoff of [Backoff], about a day and a half
)

// Kind is one sort of job. Exactly one of Run, Errand, Outside and System is set. The app lists its kinds
// once; a row whose kind the running binary does not know waits with a backoff.
type Kind struct {
	Name        string // "cases.remind": never reused for another meaning
	Module      string // key of the module it belongs to; empty when it is always on
	Queue       Queue  // empty: Default
	Timeout     time.Duration
	MaxAttempts int

	// Run works inside one transaction of the tenant, which also marks the job done: its effect in
	// the database happens exactly once. No network calls in it.
	Run func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error
	// Errand reads in a transaction of the tenant what a call to the outside needs and answers that
	// call, which is Outside's like; nil when there is nothing to do after all.
	Errand func(ctx context.Context, tx tenants.Tx, payload json.RawMessage) (Call, error)
	// Outside works without a transaction and may call the network. It may run again after a crash,
	// so it passes env.Job on as idempotency key.
	Outside func(ctx context.Context, env Env, payload json.RawMessage) error
	// System is Run for jobs of the deployment (tenant 0), at one placement.
	System func(ctx context.Context, tx tenants.SystemTx, payload json.RawMessage) error
}

// Call works without a transaction, and may run again after a crash.
type Call func(ctx context.Context, env Env) error

// Env is what an Outside job works with.
type Env struct {
	DB        *tenants.DB
	Placement string
	Tenant    tenants.ID // 0 for a job of the deployment
	Job       uuid.UUID  // idempotency key for the outside world
	Attempt   int        // 1 at first
}

// Job is one wish for a kind to run. The error of a failing job is kept and shown to the vendor: it
// must not quote personal data, and neither may the payload (use ids, or seal it with tx.Box).
type Job struct {
	Kind    string
	Queue   Queue     // empty: Default
	Payload any       // encoded as JSON
	At      time.Time // not before; zero: at once
}

// Job makes a job of this kind.
func (k Kind) Job(payload any) Job { return Job{Kind: k.Name, Queue: k.Queue, Payload: payload} }

// Later is the same job, not before at.
func (j Job) Later(at time.Time) Job { j.At = at; return j }

// check tells a wrong wiring at start.
func (k *Kind) check() error {
	set := 0
	for _, has := range []bool{k.Run != nil, k.Errand != nil, k.Outside != nil, k.System != nil} {
		if has {
			set++
		}
	}
	if k.Name == "" || set != 1 {
		return fmt.Errorf("jobs: kind %q needs a name and exactly one of Run, Errand, Outside and System", k.Name)
	}
	switch k.Queue {
	case "":
		k.Queue = Default
	case Critical, Default, Bulk:
	default:
		return fmt.Errorf("jobs: kind %q: no queue %q", k.Name, k.Queue)
	}
	if k.Timeout <= 0 {
		k.Timeout = DefaultTimeout
	}
	if k.MaxAttempts <= 0 {
		k.MaxAttempts = DefaultMaxAttempts
	}
	return nil
}

// index is the kinds by name.
func index(kinds []Kind) (map[string]Kind, error) {
	m := make(map[string]Kind, len(kinds))
	for _, k := range kinds {
		if err := k.check(); err != nil {
			return nil, err
		}
		if _, twice := m[k.Name]; twice {
			return nil, fmt.Errorf("jobs: kind %q is listed twice", k.Name)
		}
		m[k.Name] = k
	}
	return m, nil
}

// Backoff is how long a job or timer waits after its nth failure: 2 s, 8 s, 32 s, then by four up
// to six hours.
func Backoff(n int) time.Duration {
	d := 2 * time.Second
	for i := 1; i < n && d < 6*time.Hour; i++ {
		d *= 4
	}
	return min(d, 6*time.Hour)
}
