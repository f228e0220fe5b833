package replies

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The people of a test street.
const (
	clerk  = 101 // 受理员
	worker = 103 // 承办联络员 of the sanitation station
	other  = 104 // 承办联络员 of the greening station
	chief  = 106 // 值班长, who reviews
	caller = 107 // 回访员
	leader = 108 // 分管领导
	deputy = 109 // another 值班长
	nobody = 110
)

const sanitation = "sanitation"

type street struct {
	t testing.TB
	*tenantstest.World
	tenants.Tenant
	view *pgx.Conn // behind the fence
}

func openStreet(t testing.TB) *street {
	t.Helper()
	w := tenantstest.Open(t)
	s := &street{t: t, World: w, view: w.Super(t, tenants.Home)}
	s.Tenant = w.Street(t, func(p *tenants.Plan) { p.Codes = []string{"320505003"} })
	err := s.DB.Write(t.Context(), s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for person, g := range map[int64]tenants.Grant{
			clerk: {Role: auth.Intake}, worker: {Role: auth.Handler, Unit: sanitation}, other: {Role: auth.Handler, Unit: "greening"}, chief: {Role: auth.ShiftLead},
			caller: {Role: auth.Caller}, leader: {Role: auth.Leader}, deputy: {Role: auth.ShiftLead},
		} {
			if _, err := tx.Raw(`INSERT INTO grants (tenant_id, id, person, role, unit, made_by) VALUES (?, ?, ?, ?, ?, 0)`,
				int32(tx.ID()), tenants.NewID(), person, g.Role, g.Unit).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

// as runs a verb as a person; 0 is the product.
func (s *street) as(ctx context.Context, person int64, f func(context.Context, tenants.Tx) (*cases.Case, error)) (c *cases.Case, err error) {
	actor := tenants.Actor{Person: person}
	if person == 0 {
		actor = tenants.Machine()
	}
	err = s.DB.Write(ctx, s.ID, actor, func(ctx context.Context, tx tenants.Tx) error {
		c, err = f(ctx, tx)
		return err
	})
	return c, err
}

func (s *street) ok(ctx context.Context, person int64, f func(context.Context, tenants.Tx) (*cases.Case, error)) *cases.Case {
	s.t.Helper()
	c, err := s.as(ctx, person, f)
	if err != nil {
		s.t.Fatalf("person %d: %v", person, err)
	}
	return c
}

type deed = func(context.Context, tenants.Tx) (*cases.Case, error)

func draft(id uuid.UUID, words string) deed {
	return func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return Draft(ctx, tx, id, Wording{Words: words, Contacted: true, Solved: true})
	}
}

func judge(id uuid.UUID, approve bool, words string) deed {
	return func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return Judge(ctx, tx, id, approve, words)
	}
}

func handle(id uuid.UUID) deed {
	return func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Handle(ctx, tx, id, "已清运")
	}
}

func check(id uuid.UUID, pass bool) deed {
	return func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Check(ctx, tx, id, cases.Finding{Pass: pass, Remark: "看过", Close: pass})
	}
}

func call(id uuid.UUID, solved bool) deed {
	in := cases.Answer{Reopen: true, Said: map[string]string{"reached": "yes", "contacted": "yes", "solved": "yes", "satisfaction": "satisfied"}}
	if !solved {
		in.Said["solved"], in.Said["unsolved-why"], in.Said["satisfaction"], in.Said["unsatisfied-why"] = "no", "again", "not", "unsolved"
	}
	return func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) { return cases.CallBack(ctx, tx, id, in) }
}

// order takes an order of a channel in and dispatches it to the sanitation station.
func (s *street) order(ctx context.Context, channel, number string, due time.Time) *cases.Case {
	s.t.Helper()
	c := s.ok(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Report(ctx, tx, cases.Intake{Channel: channel, UpperNo: number, UpperDue: due, Class: "matter-06010", Community: "320505003001",
			Words: cases.Words{Description: "东门垃圾堆放三天", Petitioner: "王小明", Phone: "13800138000"}})
	})
	return s.ok(ctx, chief, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		return cases.Dispatch(ctx, tx, c.ID, cases.Order{Unit: sanitation, Basis: cases.Statutory})
	})
}

func (s *street) kinds(id uuid.UUID) (out []string) {
	s.t.Helper()
	rows, err := s.view.Query(s.t.Context(), "SELECT kind FROM journal WHERE tenant_id = $1 AND object_id = $2 ORDER BY n", int32(s.ID), id)
	if err != nil {
		s.t.Fatal(err)
	}
	out, err = pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *street) refused(say string, err error, want fault.Kind) {
	s.t.Helper()
	if !fault.Is(err, want) {
		s.t.Errorf("%s: %v", say, err)
	}
}

func (s *street) take(ctx context.Context, channel string) (batch uuid.UUID, n int) {
	s.t.Helper()
	batch = tenants.NewID()
	s.ok(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (_ *cases.Case, err error) {
		n, err = Take(ctx, tx, channel, batch)
		return nil, err
	})
	return batch, n
}

// A reviewer sends a draft back with words; the next one goes up, and only then, with the call-back over, is the
// case archived.
func TestAReviewerSendsADraftBack(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.order(ctx, "hotline", "12345-1", at("2026-11-25 17:30"))
	_, err := s.as(ctx, worker, draft(c.ID, "已办"))
	s.refused("a reply before the work is handed in", err, fault.Conflict)
	s.ok(ctx, worker, handle(c.ID))
	_, err = s.as(ctx, other, draft(c.ID, "已办"))
	s.refused("another unit's case", err, fault.NotFound)
	_, err = s.as(ctx, caller, draft(c.ID, "已办"))
	s.refused("a caller drafts", err, fault.Forbidden)
	_, err = s.as(ctx, worker, draft(c.ID, "  "))
	s.refused("no words", err, fault.Invalid)
	s.ok(ctx, worker, draft(c.ID, "已派人清运，并联系来电人。"))
	_, err = s.as(ctx, worker, draft(c.ID, "再写一份"))
	s.refused("a second draft beside the first", err, fault.Conflict)
	_, err = s.as(ctx, chief, judge(c.ID, true, ""))
	s.refused("approved before anybody has looked at the spot", err, fault.Conflict)
	_, err = s.as(ctx, worker, judge(c.ID, false, "不"))
	s.refused("a unit reviews", err, fault.Forbidden)
	_, err = s.as(ctx, chief, judge(c.ID, false, ""))
	s.refused("returned without words", err, fault.Invalid)
	s.ok(ctx, chief, judge(c.ID, false, "请写明清运时间"))
	c = s.ok(ctx, chief, check(c.ID, true))
	if c.Stage != cases.Closed || !c.OwesReply {
		t.Fatalf("closed as %s, owes a reply: %v", c.Stage, c.OwesReply)
	}
	c = s.ok(ctx, caller, call(c.ID, true))
	if c.Stage != cases.Closed {
		t.Errorf("called back, but not answered above, it is %s", c.Stage)
	}
	s.ok(ctx, chief, draft(c.ID, "11月23日10时清运完毕，已电话告知来电人。"))
	_, err = s.as(ctx, chief, judge(c.ID, true, ""))
	s.refused("reviewing one's own words", err, fault.Forbidden)
	hold.Move(at("2026-11-23 15:00")) // the reviewer's two hours were over at 14:00
	for range 2 {
		var id uuid.UUID
		if err := s.view.QueryRow(ctx, "SELECT object_id FROM timers WHERE tenant_id = $1 AND kind = 'reply.review' AND done_at IS NULL", int32(s.ID)).Scan(&id); err != nil {
			t.Fatal(err)
		}
		s.ok(ctx, 0, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) { return nil, runReview(ctx, tx, id) })
	}
	s.ok(ctx, deputy, judge(c.ID, true, ""))
	_, n := s.take(ctx, "hotline")
	want := []string{"case.reported", "case.filed", "case.dispatched", "case.received", "case.handled", "case.reply_drafted", "case.reply_returned", "case.checked",
		"case.closed", "case.called_back", "case.reply_drafted", "case.reply_unreviewed", "case.reply_approved", "case.replied"}
	if diff := cmp.Diff(want, s.kinds(c.ID)); diff != "" || n != 1 {
		t.Errorf("%d taken; acts %s", n, diff)
	}
	s.ok(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		c, _, err := cases.Find(ctx, tx, c.ID)
		if err == nil && (c.Stage != cases.Archived || c.OwesReply || c.Unreplied) {
			t.Errorf("at last %s, owes a reply: %v, too late: %v", c.Stage, c.OwesReply, c.Unreplied)
		}
		return c, err
	})
	var open, raw string
	if err := s.view.QueryRow(ctx, `SELECT (SELECT count(*) FROM timers WHERE tenant_id = $1 AND done_at IS NULL AND kind <> 'reply.review')::text,
		(SELECT string_agg(replies::text, ' ') FROM replies WHERE tenant_id = $1)`, int32(s.ID)).Scan(&open, &raw); err != nil || open != "0" {
		t.Errorf("%s timers still run (%v)", open, err)
	}
	_, err = s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		_, err := Take(ctx, tx, "hotline", tenants.NewID())
		return nil, err
	})
	s.refused("an empty file", err, fault.Conflict)
}

// The case goes back to its unit when its reply is approved: what was worded is void, and the next handling is
// answered anew, however often.
func TestAReplySpeaksOfOneHandling(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.order(ctx, "hotline", "12345-1", time.Time{})
	s.ok(ctx, worker, handle(c.ID))
	s.ok(ctx, worker, draft(c.ID, "第一次"))
	s.ok(ctx, chief, check(c.ID, false)) // rework
	_, err := s.as(ctx, chief, judge(c.ID, false, "不"))
	s.refused("a reply to work that was sent back", err, fault.Conflict)
	s.ok(ctx, worker, handle(c.ID))
	s.ok(ctx, chief, check(c.ID, true))
	s.ok(ctx, worker, draft(c.ID, "第二次"))
	s.ok(ctx, chief, judge(c.ID, true, ""))
	s.ok(ctx, caller, call(c.ID, false)) // reopened before anybody fetched it
	_, err = s.as(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		_, err := Take(ctx, tx, "hotline", tenants.NewID())
		return nil, err
	})
	s.refused("what is void is sent", err, fault.Conflict)
	s.ok(ctx, worker, handle(c.ID))
	c = s.ok(ctx, chief, check(c.ID, true))
	s.ok(ctx, worker, draft(c.ID, "第三次"))
	s.ok(ctx, chief, judge(c.ID, true, ""))
	batch, n := s.take(ctx, "hotline")
	s.ok(ctx, clerk, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
		list, err := Within(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		box, err := tx.Box(ctx)
		if err != nil {
			return nil, err
		}
		words, _, err := list[0].Open(box)
		if n != 1 || len(list) != 1 || words != "第三次" || list[0].UpperNo != "12345-1" {
			t.Errorf("%d taken: %q of %s", n, words, list[0].UpperNo)
		}
		_, err2 := Within(ctx, tx, tenants.NewID())
		s.refused("no such file", err2, fault.NotFound)
		return nil, err
	})
	if c = s.ok(ctx, caller, call(c.ID, true)); c.Stage != cases.Archived {
		t.Errorf("replied and called back it is %s", c.Stage)
	}
}

// 数字城管 calls back itself: there the reply alone archives. A deadline that passes without one is counted once.
func TestTheReplyIsLate(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, hold := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	c := s.order(ctx, "city", "CG-1", at("2026-11-23 16:00"))
	s.ok(ctx, worker, handle(c.ID))
	var due time.Time
	if err := s.view.QueryRow(ctx, "SELECT due_at FROM timers WHERE tenant_id = $1 AND kind = 'case.reply' AND done_at IS NULL", int32(s.ID)).Scan(&due); err != nil || !due.Equal(at("2026-11-23 14:00")) {
		t.Errorf("the reply is due %s (%v), want two working hours before the deadline from above", due, err)
	}
	hold.Move(at("2026-11-23 14:01"))
	ring := func() {
		for _, k := range cases.Module.Timers {
			if k.Name == "case.reply" {
				s.ok(ctx, 0, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) { return nil, k.Run(ctx, tx, c.ID) })
			}
		}
	}
	ring()
	ring()
	c = s.ok(ctx, chief, check(c.ID, true))
	if c.Stage != cases.Closed || c.OwesCall || !c.OwesReply || !c.Unreplied {
		t.Errorf("%s, owes a call: %v, a reply: %v, late: %v", c.Stage, c.OwesCall, c.OwesReply, c.Unreplied)
	}
	s.ok(ctx, clerk, draft(c.ID, "已清运"))
	s.ok(ctx, leader, judge(c.ID, true, ""))
	s.take(ctx, "city")
	want := []string{"case.unreplied", "case.checked", "case.closed", "case.reply_drafted", "case.reply_approved", "case.replied"}
	if got := s.kinds(c.ID); cmp.Diff(want, got[len(got)-6:]) != "" {
		t.Errorf("acts %v", got)
	}
}

// A program reads on by number: asking again gives the same, and what it has not fetched is not sent.
func TestReadingOn(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	for _, n := range []string{"12345-1", "12345-2", "12345-3"} {
		c := s.order(ctx, "hotline", n, time.Time{})
		s.ok(ctx, worker, handle(c.ID))
		s.ok(ctx, chief, check(c.ID, true))
		s.ok(ctx, worker, draft(c.ID, "已清运"))
		s.ok(ctx, chief, judge(c.ID, true, ""))
	}
	fetch := func(channel string, after int64, most int) (numbers []string, last int64) {
		s.ok(ctx, 0, func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
			list, _, err := Fetch(ctx, tx, channel, after, most)
			for _, r := range list {
				numbers, last = append(numbers, r.UpperNo), r.Seq
			}
			return nil, err
		})
		return numbers, last
	}
	if got, _ := fetch("city", 0, 10); len(got) != 0 {
		t.Errorf("another channel fetches %v", got)
	}
	first, last := fetch("hotline", 0, 2)
	again, _ := fetch("hotline", 0, 2)
	if cmp.Diff([]string{"12345-1", "12345-2"}, first) != "" || cmp.Diff(first, again) != "" {
		t.Errorf("first %v, once more %v", first, again)
	}
	var sent int
	if err := s.view.QueryRow(ctx, "SELECT count(*) FROM replies WHERE tenant_id = $1 AND state = 'sent' AND way = 'api'", int32(s.ID)).Scan(&sent); err != nil || sent != 2 {
		t.Errorf("%d sent (%v)", sent, err)
	}
	if rest, _ := fetch("hotline", last, 10); cmp.Diff([]string{"12345-3"}, rest) != "" {
		t.Errorf("then %v", rest)
	}
}

// A program whose answer is late asks again while the first call is not over. Both get the same: else what the first one
// sent and lost would never be read.
func TestReadingOnTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	ctx, _ := clock.Hold(t.Context(), at("2026-11-23 10:00"))
	for _, n := range []string{"12345-1", "12345-2"} {
		c := s.order(ctx, "hotline", n, time.Time{})
		s.ok(ctx, worker, handle(c.ID))
		s.ok(ctx, chief, check(c.ID, true))
		s.ok(ctx, worker, draft(c.ID, "已清运"))
		s.ok(ctx, chief, judge(c.ID, true, ""))
	}
	fetch := func(read chan<- struct{}, wait <-chan struct{}) (numbers []string, err error) {
		err = s.DB.Write(ctx, s.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			list, _, err := Fetch(ctx, tx, "hotline", 0, 10)
			for _, r := range list {
				numbers = append(numbers, r.UpperNo)
			}
			if read != nil {
				close(read)
				<-wait
			}
			return err
		})
		return numbers, err
	}
	read, wait := make(chan struct{}), make(chan struct{})
	var first, second []string
	var g errgroup.Group
	g.Go(func() (err error) { first, err = fetch(read, wait); return err })
	<-read
	g.Go(func() (err error) { second, err = fetch(nil, nil); return err })
	time.Sleep(200 * time.Millisecond) // the second one has asked, and waits for the first
	close(wait)
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"12345-1", "12345-2"}; cmp.Diff(want, first) != "" || cmp.Diff(want, second) != "" {
		t.Errorf("first %v, second %v", first, second)
	}
}

// Whatever people try in whatever order, a verb follows the table or leaves nothing; and a case is archived exactly
// when neither a call-back nor a reply is owed.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	s := openStreet(t)
	reached := map[State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		present := at("2026-11-23 10:00")
		ctx, hold := clock.Hold(t.Context(), present)
		c := s.order(ctx, rapid.SampledFrom([]string{"hotline", "city", "district"}).Draw(rt, "channel"), uuid.NewString()[:8], time.Time{})
		for range 14 {
			present = present.Add(time.Duration(rapid.IntRange(1, 60).Draw(rt, "minutes")) * time.Minute)
			hold.Move(present)
			who := rapid.SampledFrom([]int64{clerk, worker, other, chief, leader, deputy, nobody, 0, 0}).Draw(rt, "who")
			approve, ok := rapid.Bool().Draw(rt, "approve"), rapid.IntRange(0, 2).Draw(rt, "good") > 0
			verb := rapid.SampledFrom([]string{"handle", "check", "draft", "draft", "judge", "judge", "take", "call"}).Draw(rt, "verb")
			before := s.reply(rt, c)
			if rapid.IntRange(0, 3).Draw(rt, "sense") > 0 { // as a street does on most days
				switch {
				case c.Stage == cases.Handling:
					verb, who = "handle", worker
				case c.Stage == cases.Checking && before != None:
					verb = "check"
				case before == Review:
					verb, who = "judge", deputy
				case before == Approved:
					verb = rapid.SampledFrom([]string{"take", "take", "call"}).Draw(rt, "then")
				case before == Sent:
					verb = "call"
				default:
					verb, who = rapid.SampledFrom([]string{"draft", "check"}).Draw(rt, "first"), worker
				}
			}
			var f deed
			switch verb {
			case "handle":
				f = handle(c.ID)
			case "check":
				f, who = check(c.ID, ok), chief
			case "call":
				f, who = call(c.ID, ok), caller
			case "draft":
				f = draft(c.ID, "已办")
			case "judge":
				f = judge(c.ID, approve, "请改")
			case "take":
				f = func(ctx context.Context, tx tenants.Tx) (*cases.Case, error) {
					if _, err := Take(ctx, tx, c.Channel, tenants.NewID()); err != nil {
						return nil, err
					}
					c, _, err := cases.Find(ctx, tx, c.ID)
					return c, err
				}
				who = 0
			}
			acts := len(s.kinds(c.ID))
			after, err := s.as(ctx, who, f)
			if err != nil {
				if fault.Of(err) == nil {
					rt.Fatalf("%s by %d in %s: %v", verb, who, c.Stage, err)
				}
				if got := len(s.kinds(c.ID)); got != acts {
					rt.Fatalf("refused %s left acts", verb)
				}
				continue
			}
			if verb == "draft" && before != None && before != Returned || verb == "judge" && before != Review {
				rt.Fatalf("%s although the reply stood %q", verb, before)
			}
			c = after
			now := s.reply(rt, c)
			reached[now]++
			if (c.Stage == cases.Archived) != (!c.ClosedAt.IsZero() && !c.OwesCall && !c.OwesReply) {
				rt.Fatalf("%s, owes a call: %v, a reply: %v", c.Stage, c.OwesCall, c.OwesReply)
			}
			if !c.ClosedAt.IsZero() && c.OwesReply == (now == Sent) {
				rt.Fatalf("%s with a reply %q, owed: %v", c.Stage, now, c.OwesReply)
			}
			if now == Approved && c.ClosedAt.IsZero() {
				rt.Fatal("approved before it was closed")
			}
		}
	})
	for _, state := range []State{None, Review, Returned, Approved, Sent} {
		if reached[state] == 0 {
			t.Errorf("no walk ever came to %q: the test is blind there", state)
		}
	}
}

// reply is where the reply to the present handling stands.
func (s *street) reply(t rapid.TB, c *cases.Case) (state State) {
	err := s.view.QueryRow(s.t.Context(), `SELECT coalesce((SELECT p.state FROM replies p WHERE p.tenant_id = c.tenant_id AND p.case_id = c.id AND p.attempt = c.reworks
		ORDER BY drafted_at DESC, id DESC LIMIT 1), '') FROM cases c WHERE c.tenant_id = $1 AND c.id = $2`, int32(s.ID), c.ID).Scan(&state)
	if err != nil {
		t.Fatal(err)
	}
	return state
}
