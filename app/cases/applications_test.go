package cases

import (
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
)

func confirm(id uuid.UUID, found bool, words string) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Confirm(ctx, tx, id, found, words) }
}

func void(id uuid.UUID, ground, words string) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Void(ctx, tx, id, ground, words) }
}

func withdraw(id, application uuid.UUID) func(context.Context, tenants.Tx) (*Case, error) {
	return func(ctx context.Context, tx tenants.Tx) (*Case, error) { return Withdraw(ctx, tx, id, application) }
}

func fieldsOf(err error) map[string]string {
	if f := fault.Of(err); f != nil {
		return f.Fields
	}
	return nil
}

func second[T any](_ T, err error) error { return err }

// dispatched is a case of the sanitation station's on 23 November 2026, 10:00.
func (s *street) dispatched(ctx context.Context, in Intake, o Order) *Case {
	s.t.Helper()
	m := must(s.t)
	c := m(s.as(ctx, clerk, report(in)))
	if c.Stage == Reported {
		c = m(s.as(ctx, clerk, verb(File, c.ID, Filing{})))
	}
	return m(s.as(ctx, chief, verb(Dispatch, c.ID, o)))
}

// open is the case's newest open application.
func (s *street) open(ctx context.Context, id uuid.UUID) (out Application) {
	s.t.Helper()
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) error {
		all, err := Applications(ctx, tx, id)
		for _, p := range all {
			if p.State == Open {
				out = p
				return nil
			}
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// onTheBooks holds what a verb returned against rows, timers and journal.
func (s *street) onTheBooks(ctx context.Context, c *Case) {
	s.t.Helper()
	s.agree(s.t, ctx, c)
}

// A quarrel over who handles: returned with a ground, reviewed, dispatched anew; returned again, and then
// designated, after which nobody returns it.
func TestAQuarrelOverWhoHandles(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, rubbish(), toSanitation)
	due := c.DueAt
	if _, err := s.as(ctx, other, verb(Apply, c.ID, Plea{Kind: AskReturn, Ground: "return-not-mine", Words: "不是我们的"})); !fault.Is(err, fault.NotFound) {
		t.Errorf("another unit gave it back: %v", err)
	}
	if got := fieldsOf(second(s.as(ctx, worker, verb(Apply, c.ID, Plea{Kind: AskReturn, Ground: "no"})))); got["ground"] == "" || got["words"] == "" {
		t.Errorf("refused fields: %v", got)
	}
	plea := Plea{Kind: AskReturn, Ground: "return-not-mine", Words: "绿化带内，应由绿化站办理"}
	c = must(t)(s.as(ctx, worker, verb(Apply, c.ID, plea)))
	s.onTheBooks(ctx, c)
	if _, err := s.as(ctx, worker, verb(Apply, c.ID, plea)); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked twice: %v", err)
	}
	p := s.open(ctx, c.ID)
	if _, err := s.as(ctx, clerk, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true})); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the clerk decided: %v", err)
	}
	if got := fieldsOf(second(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: p.ID})))); got["verdict_words"] == "" {
		t.Errorf("refused without a word: %v", got)
	}
	c = must(t)(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true})))
	if c.Stage != Filed || c.Unit != "" || c.Returns != 1 || c.First != sanitation || !c.DueAt.Equal(due) {
		t.Errorf("given back: %s of %q, %d returns, first %s, due %s", c.Stage, c.Unit, c.Returns, c.First, c.DueAt)
	}
	s.onTheBooks(ctx, c)

	negotiated := Order{Unit: greening, Basis: Negotiated, Grounds: Grounds{Parties: "环卫站、绿化站", Reason: "绿化带内"}}
	c = must(t)(s.as(ctx, chief, verb(Dispatch, c.ID, negotiated)))
	c = must(t)(s.as(ctx, other, verb(Apply, c.ID, plea)))
	c = must(t)(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: s.open(ctx, c.ID).ID, Approve: true})))
	designated := Order{Unit: sanitation, Basis: Designated, Grounds: Grounds{Designator: "李主任", Ground: "街道办公会纪要", Reason: "争议不决"}}
	c = must(t)(s.as(ctx, leader, verb(Dispatch, c.ID, designated)))
	if _, err := s.as(ctx, worker, verb(Apply, c.ID, plea)); !fault.Is(err, fault.Conflict) {
		t.Errorf("returned after the designation: %v", err)
	}

	// Whoever waits too long keeps it, signed or not.
	late := s.dispatched(ctx, rubbish(), toSanitation)
	hold.Move(at("2026-11-23 16:00"))
	if _, err := s.as(ctx, worker, verb(Apply, late.ID, plea)); !fault.Is(err, fault.Conflict) {
		t.Errorf("returned after the window: %v", err)
	}
}

// An extension is asked for in time, granted by somebody else, perhaps shorter, and moves the clock.
func TestExtension(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	in := rubbish()
	in.Class = "extension-21001" // five working days: Monday 30 November 17:30
	c := s.dispatched(ctx, in, Order{Unit: sanitation, Basis: Negotiated, Grounds: Grounds{Parties: "物业办、环卫站", Reason: "现场在环卫站"}})
	plea := Plea{Kind: AskExtend, Ground: "extend-weather", Words: "连续降雨无法施工", Until: at("2026-12-03 17:30")}
	for until, why := range map[string]string{"2026-11-30 12:00": "not later", "2027-03-01 10:00": "longer than the ground allows"} {
		p := plea
		p.Until = at(until)
		if got := fieldsOf(second(s.as(ctx, worker, verb(Apply, c.ID, p)))); got["until"] == "" {
			t.Errorf("%s was not refused", why)
		}
	}
	c = must(t)(s.as(ctx, worker, verb(Apply, c.ID, plea)))
	p := s.open(ctx, c.ID)
	c = must(t)(s.as(ctx, worker, withdraw(c.ID, p.ID)))
	if _, err := s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true})); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided what was withdrawn: %v", err)
	}
	c = must(t)(s.as(ctx, worker, verb(Apply, c.ID, plea)))
	p = s.open(ctx, c.ID)
	c = must(t)(s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true, Granted: at("2026-12-02 17:30")})))
	if !c.DueAt.Equal(at("2026-12-02 17:30")) || c.Extensions != 1 || c.Asks != 0 {
		t.Errorf("due %s after %d extensions, %d open", c.DueAt, c.Extensions, c.Asks)
	}
	s.onTheBooks(ctx, c)
	hold.Move(at("2026-12-02 17:31"))
	s.ring(ctx)
	if _, err := s.as(ctx, worker, verb(Apply, c.ID, plea)); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked for an extension when it was late: %v", err)
	}
}

// A suspension stops the clock until the expected date, is decided by a leader, reviewed, and ends by itself;
// what was left of the clock is left again.
func TestSuspension(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, rubbish(), toSanitation) // four working hours: 15:30
	hold.Move(at("2026-11-23 11:30"))               // 2.5 of them are left
	plea := Plea{Kind: AskSuspend, Ground: "suspend-season", Words: "待雨季结束", Until: at("2027-02-26 09:00")}
	c = must(t)(s.as(ctx, worker, verb(Apply, c.ID, plea)))
	p := s.open(ctx, c.ID)
	if _, err := s.as(ctx, chief, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true})); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the shift leader suspended: %v", err)
	}
	c = must(t)(s.as(ctx, leader, verb(Decide, c.ID, Decision{Application: p.ID, Approve: true})))
	s.onTheBooks(ctx, c)
	hold.Move(at("2026-12-01 10:00"))
	s.ring(ctx)
	if c = s.find(ctx, c.ID); c.Late || c.SuspendedAt.IsZero() {
		t.Errorf("late %v while suspended since %s", c.Late, c.SuspendedAt)
	}
	hold.Move(at("2027-01-23 00:01")) // 60 calendar days after the decision
	s.ring(ctx)
	hold.Move(at("2027-02-26 09:01"))
	s.ring(ctx)
	c = s.find(ctx, c.ID)
	if !c.SuspendedAt.IsZero() || !c.DueAt.Equal(at("2027-02-26 11:31")) {
		t.Errorf("suspended %s, due %s, want 2.5 working hours after 09:01", c.SuspendedAt, c.DueAt.In(clock.Zone))
	}
	s.onTheBooks(ctx, c)
	reviews := 0
	for _, k := range s.kinds(c.ID) {
		if k == "case.suspension_reviewed" {
			reviews++
		}
	}
	if reviews != 1 {
		t.Errorf("reviewed %d times in 95 days, want once", reviews)
	}
	c = must(t)(s.as(ctx, worker, verb(Handle, c.ID, "已清运")))
	if c.Stage != Checking {
		t.Errorf("handed in: %s", c.Stage)
	}
}

// Whoever should decide has a clock too; and what is open when the work is handed in lapses.
func TestUndecidedAndLapsed(t *testing.T) {
	t.Parallel()
	s := openStreet(t, tenants.Home)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.dispatched(ctx, rubbish(), toSanitation)
	c = must(t)(s.as(ctx, worker, verb(Apply, c.ID, Plea{Kind: AskReturn, Ground: "return-not-mine", Words: "不归我们"})))

	hold.Move(at("2026-11-23 14:00"))
	s.ring(ctx)
	if p := s.open(ctx, c.ID); !p.Unreviewed {
		t.Error("nobody decided for two working hours, and nothing says so")
	}
	c = must(t)(s.as(ctx, worker, verb(Handle, c.ID, "已清运")))
	if p := s.open(ctx, c.ID); p.ID != uuid.Nil || c.Asks != 0 {
		t.Errorf("still open: %+v", p)
	}
	s.onTheBooks(ctx, c)
}

// ring lets the timekeeper act on what is due in this street.
func (s *street) ring(ctx context.Context) {
	s.t.Helper()
	keeper := &jobs.Timekeeper{DB: s.DB, Kinds: Module.Timers, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Only: s.ID}
	if _, err := keeper.Once(ctx); err != nil {
		s.t.Fatal(err)
	}
}

func (s *street) find(ctx context.Context, id uuid.UUID) (c *Case) {
	s.t.Helper()
	if err := s.try(ctx, 0, func(ctx context.Context, tx tenants.Tx) (err error) {
		c, _, err = Find(ctx, tx, id)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return c
}
