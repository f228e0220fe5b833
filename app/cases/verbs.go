package cases

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases/noted"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Report takes in a matter. The route of its channel and class may accept or file it at once. A second
// case with the same id is fault.Conflict.
func Report(ctx context.Context, tx tenants.Tx, in Intake) (*Case, error) {
	if !auth.CanSomewhere(tx.Actor(), auth.CasesReport) {
		return nil, errForbidden()
	}
	return takeIn(ctx, tx, in)
}

func takeIn(ctx context.Context, tx tenants.Tx, in Intake) (*Case, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := in.check(cfg, tx.Tenant().Codes); err != nil {
		return nil, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	c := &Case{
		ID: in.ID, Channel: in.Channel, UpperNo: in.UpperNo, Class: in.Class, Community: in.Community, Lon: in.Lon, Lat: in.Lat,
		Urgent: in.Urgent, Nature: in.Nature, Confidential: in.Confidential, Stage: Reported, ReportedBy: tx.Actor().Person, ReportedAt: in.ReportedAt,
		Blueprint: cfg.Version, Revision: cfg.Revision, UpperDue: in.UpperDue, Telling: telling,
	}
	var mender string
	if in.Fixed != "" {
		if mender, err = menderOf(ctx, tx, cfg, &in); err != nil {
			return nil, err
		}
		c.Community = in.Community
	}
	if c.ID == uuid.Nil {
		c.ID = tenants.NewID()
	}
	if c.ReportedAt.IsZero() || c.ReportedAt.After(now) {
		c.ReportedAt = now
	}
	if clock.Believable(in.FoundAt, c.ReportedAt) {
		c.FoundAt = in.FoundAt
	}
	if c.Lon != nil {
		if c.Grid, err = Locate(ctx, tx, *c.Lon, *c.Lat, c.ReportedAt); err != nil {
			return nil, err
		}
	}
	c.seal(box, in.Words)
	c.fill(box, in.Noted)
	route := cfg.RouteFor(in.Channel, in.Class, in.Urgent)
	if route.Skips(blueprint.StepAccept) {
		c.Stage = Accepted
	}
	reported := c.dims(cfg)
	record(tx, "case.reported", c, c.ReportedAt, nil, reported)
	if in.Fixed != "" {
		return mended(ctx, tx, cfg, box, c, mender, in.Fixed, now)
	}
	if route.AutoFile || cfg.Bool("cases.auto_file", false) {
		if err := c.file(cfg, Filing{Class: c.Class, Condition: conditionFor(cfg, c.Class, c.Urgent), Community: c.Community, Urgent: c.Urgent}, now); err != nil {
			return nil, err
		}
		filed := c.dims(cfg)
		record(tx, "case.filed", c, now, reported, filed)
		if route.AutoDispatch {
			if err := c.dispatchByList(cfg, tx.Actor().Person, now); err != nil {
				return nil, err
			}
			if c.Lead != nil {
				record(tx, "case.dispatched", c, now, filed, c.dims(cfg))
			}
		}
	}
	return c, insert(ctx, tx, c, nil)
}

// dispatchByList gives a new case to the unit that the duty list names, if it names one.
func (c *Case) dispatchByList(cfg *blueprint.Config, by int64, now time.Time) error {
	unit, duty, ok := cfg.ProposeFor(c.Class, c.Condition, c.Community)
	if !ok {
		return nil
	}
	until, err := Due(now, receiveLimit(cfg, c.Urgent), calendarOf(cfg))
	if err != nil {
		return err
	}
	c.Lead = &Assignment{
		ID: tenants.NewID(), CaseID: c.ID, Role: LeadRole, Unit: unit, State: Dispatched, Basis: Statutory, Duty: duty.Key,
		DispatchedBy: by, DispatchedAt: now, ReceiveBy: until,
	}
	c.Unit, c.First, c.Stage = unit, unit, Handling
	return nil
}

// File accepts and files a case: class and condition are settled, the deadline of handling begins, and
// from now on the case keeps the rules of this hour.
func File(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Filing) (*Case, error) {
	s, err := begin(ctx, tx, id, ToFile)
	if err != nil {
		return nil, err
	}
	if s.rules, err = blueprint.For(ctx, tx); err != nil {
		return nil, err
	}
	if err := in.check(s.rules, tx.Tenant().Codes, s.c); err != nil {
		return nil, err
	}
	if err := s.c.file(s.rules, in, s.at); err != nil {
		return nil, err
	}
	s.done("case.filed")
	w := change{
		columns: []string{"class", "condition", "community", "urgent", "stage", "filed_at", "due_at", "blueprint", "revision"},
		remind:  map[string]time.Time{dueTimer: s.c.rings(s.at)},
	}
	if err := s.fillMore(&w, blueprint.AtFiling, in.Noted); err != nil {
		return nil, err
	}
	return s.c, w.write(ctx, tx, s.c)
}

func (c *Case) file(cfg *blueprint.Config, in Filing, now time.Time) error {
	due, err := Due(now, handleLimit(cfg, in.Condition), calendarOf(cfg))
	if err != nil {
		return err
	}
	if due, err = ahead(due, c.UpperDue, now, cfg); err != nil {
		return err
	}
	c.Class, c.Condition, c.Community, c.Urgent = in.Class, in.Condition, in.Community, in.Urgent
	c.Stage, c.FiledAt = Filed, now
	c.Blueprint, c.Revision = cfg.Version, cfg.Revision
	return c.started(cfg, now, due)
}

// Reject refuses a report at intake, with a reason that the petitioner may be told.
func Reject(ctx context.Context, tx tenants.Tx, id uuid.UUID, reason string) (*Case, error) {
	s, err := begin(ctx, tx, id, ToReject)
	if err != nil {
		return nil, err
	}
	var f problems
	if f.Need("reason", reason, longText); f.Found != nil {
		return nil, f.Found
	}
	s.c.Stage, s.c.EndedAt = Rejected, s.at
	s.done("case.rejected")
	return s.c, change{columns: []string{"stage", "ended_at"}, remark: say(tx, s.box, s.c, "case.rejected", reason, s.at)}.write(ctx, tx, s.c)
}

// Dispatch gives the case to a unit, its lead, and to co-handlers if any are named, and starts their receipt clocks. The
// basis asks for its own capability and its own grounds; a statutory one must agree with the duty list.
func Dispatch(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Order) (*Case, error) {
	s, err := begin(ctx, tx, id, ToDispatch)
	if err != nil {
		return nil, err
	}
	duty, err := in.check(s.rules, tx.Tenant().Codes, s.c)
	if err != nil {
		return nil, err
	}
	helpers, err := in.helpers(s.rules, tx.Tenant().Codes, s.c)
	if err != nil {
		return nil, err
	}
	a, err := s.dispatch(in, LeadRole, duty)
	if err != nil {
		return nil, err
	}
	s.c.Lead, s.c.Unit, s.c.Stage = a, a.Unit, Handling
	if s.c.First == "" {
		s.c.First = a.Unit
	}
	s.done("case.dispatched")
	w := change{columns: []string{"stage", "unit", "first"}, dispatch: true, remind: map[string]time.Time{receiptTimer: a.ReceiveBy}}
	for _, h := range helpers {
		if err := s.join(&w, h); err != nil {
			return nil, err
		}
	}
	return s.c, w.write(ctx, tx, s.c)
}

// dispatch makes a unit's assignment, if the actor may dispatch on its basis.
func (s *step) dispatch(in Order, role, duty string) (*Assignment, error) {
	if !mayAtDesk(s.tx.Actor(), basisMay[in.Basis], s.c.Community) {
		return nil, fault.New(fault.Forbidden, "您没有按这种依据派遣的权限")
	}
	by, err := Due(s.at, receiveLimit(s.rules, s.c.Urgent), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	a := &Assignment{
		ID: tenants.NewID(), CaseID: s.c.ID, Role: role, Unit: in.Unit, State: Dispatched, Basis: in.Basis, Duty: duty,
		ExpiresOn: in.Expires, DispatchedBy: s.tx.Actor().Person, DispatchedAt: s.at, ReceiveBy: by,
	}
	a.seal(s.box, in.Grounds)
	return a, nil
}

// basisMay is the capability that each basis asks for.
var basisMay = map[Basis]string{Statutory: auth.CasesDispatch, Negotiated: auth.CasesNegotiate, Designated: auth.CasesDesignate}

// Receive signs for the lead's unit.
func Receive(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	return ReceiveOf(ctx, tx, id, uuid.Nil)
}

// ReceiveOf signs for the unit of an assignment, the lead's or a co-handler's. With the signature the clock of the
// second dispatch begins, in the place of the receipt clock.
func ReceiveOf(ctx context.Context, tx tenants.Tx, id, assignment uuid.UUID) (*Case, error) {
	s, err := beginOf(ctx, tx, id, ToReceive, assignment)
	if err != nil {
		return nil, err
	}
	second, err := Due(s.at, secondLimit(s.rules), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	seen := s.of.State
	s.receive(s.of)
	if s.of.Role == CoRole {
		s.beside("case.co_received", s.of)
		w := change{columns: []string{"stage"}}
		w.set(s.of, "state", "received_by", "received_at")
		w.remindOf(besideTimer, s.of.ID, second)
		return s.c, w.write(ctx, tx, s.c)
	}
	s.did("case.received")
	return s.c, change{columns: []string{"stage"}, lead: []string{"state", "received_by", "received_at"}, seen: seen, remind: map[string]time.Time{receiptTimer: second}}.write(ctx, tx, s.c)
}

func (s *step) receive(a *Assignment) {
	a.State, a.ReceivedBy, a.ReceivedAt = Received, s.tx.Actor().Person, s.at
}

// Handle hands in the lead unit's result. Whoever had not signed signs with it. The case goes to the check; where its
// route has none, as with advice given on the spot, or the sample left it out, it is closed. While co-handlers are at
// work it is fault.Invalid unless the result says why: see [HandIn].
func Handle(ctx context.Context, tx tenants.Tx, id uuid.UUID, result string) (*Case, error) {
	return HandIn(ctx, tx, id, Result{Words: result})
}

// Result is what a lead unit hands in.
type Result struct {
	Words string
	Alone string       // why it does not wait for its co-handlers, who may still hand in until the case is closed
	Noted noted.Values // of the class's fields at handling; nil: nobody was asked for them
}

// HandIn is Handle with all that a result may have.
func HandIn(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Result) (*Case, error) {
	s, err := begin(ctx, tx, id, ToHandle)
	if err != nil {
		return nil, err
	}
	var f problems
	f.Need("result", in.Words, longText)
	f.Fit("alone", in.Alone, longText)
	f.noted(s.rules, s.c.Class, blueprint.AtHandle, in.Noted)
	waiting := s.c.waiting()
	if len(waiting) > 0 && strings.TrimSpace(in.Alone) == "" {
		f.Add("alone", ui.Key("协办单位尚未办结：请等其提交结果，或写明不再等待的理由"))
	}
	if f.Found != nil {
		return nil, f.Found
	}
	a, seen := s.c.Lead, s.c.Lead.State
	if seen == Dispatched {
		s.receive(a)
		s.did("case.received")
	}
	var w change
	if !s.c.SuspendedAt.IsZero() {
		if err := s.resume(&w); err != nil {
			return nil, err
		}
		w.remind = nil // it is handed in at once
	}
	if len(waiting) > 0 {
		s.did("case.not_waited", "waiting", strconv.Itoa(len(waiting)))
		w.put(say(tx, s.box, s.c, "case.not_waited", in.Alone, s.when))
	}
	a.State, a.HandledBy, a.HandledAt = Done, tx.Actor().Person, s.at
	s.c.Stage = Checking
	lot, err := draw(ctx, tx, s.rules, s.box, s.c, s.at)
	if err != nil {
		return nil, err
	}
	s.did("case.handled", lot.told()...)
	w.columns = append(w.columns, "stage")
	w.lead, w.seen = []string{"state", "received_by", "received_at", "handled_by", "handled_at"}, seen
	w.remark, w.hush = say(tx, s.box, s.c, "case.handled", in.Words, s.when).echo(s.box, in.Words), append(w.hush, dueTimer, receiptTimer)
	if err := s.fillMore(&w, blueprint.AtHandle, in.Noted); err != nil {
		return nil, err
	}
	s.lapse(&w)
	if h := s.c.handOf(a); h != nil {
		s.lapseOther(&w, h)
	}
	if err := s.expectReply(&w); err != nil {
		return nil, err
	}
	if s.route().Skips(blueprint.StepCheck) || !lot.taken {
		if err := s.close(&w); err != nil {
			return nil, err
		}
	}
	return s.c, w.write(ctx, tx, s.c)
}

// Check says whether the work is good. Passed, the case may be closed, at once if the finding says so
// and the actor may; failed, it goes back to its unit as rework under the old deadline.
func Check(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Finding) (*Case, error) {
	s, err := begin(ctx, tx, id, ToCheck)
	if err != nil {
		return nil, err
	}
	if err := in.check(s.rules, s.c.Class); err != nil {
		return nil, err
	}
	w := change{remark: say(tx, s.box, s.c, "case.checked", in.Remark, s.at)}
	if err := s.fillMore(&w, blueprint.AtCheck, in.Noted); err != nil {
		return nil, err
	}
	if in.Pass {
		s.c.CheckedBy, s.c.CheckedAt = tx.Actor().Person, s.at
		s.done("case.checked")
		w.columns = append(w.columns, "checked_by", "checked_at")
		if in.Close {
			if err := move(ToClose).allows(tx.Actor(), s.c, nil, s.rules); err != nil {
				return nil, err
			}
			if err := s.close(&w); err != nil {
				return nil, err
			}
		}
		return s.c, w.write(ctx, tx, s.c)
	}
	s.rework(&w)
	s.done("case.checked")
	s.overdue()
	return s.c, w.write(ctx, tx, s.c)
}

// rework sends the case back to its unit. The deadline runs on from where it stood. What was mended on the spot and was
// not mended goes to whom the duty list names instead: to find something is no duty to do it.
func (s *step) rework(w *change) {
	s.c.Reworks++
	w.columns = append(w.columns, "stage", "reworks", "late")
	if s.c.Lead == nil { // intake had answered it: it is for the desk to file or to dispatch
		if s.c.Stage = Accepted; !s.c.FiledAt.IsZero() {
			s.c.Stage = Filed
		}
	} else {
		s.takeUpAgain(w)
	}
	if !s.c.DueAt.IsZero() { // at once where it has passed: the neighbour hears of it
		w.remind = map[string]time.Time{dueTimer: s.c.rings(s.at)}
	}
}

// takeUpAgain gives the work back to who did it.
func (s *step) takeUpAgain(w *change) {
	if s.c.Stage, s.c.Lead.State = Handling, Working; s.c.Lead.Spot {
		s.c.Stage, s.c.Lead.State, s.c.Unit, s.c.First = Filed, Returned, "", ""
		w.columns = append(w.columns, "unit", "first")
	}
	if s.c.Lead.Handover != uuid.Nil {
		s.c.Lead.State = Handed // whoever has it hears of it by message
	}
	w.lead, w.seen = []string{"state"}, Done
}

// overdue marks what is back with its unit when the deadline has passed already.
func (s *step) overdue() {
	if s.c.Late || s.c.DueAt.IsZero() || s.c.DueAt.After(s.at) {
		return
	}
	s.c.Late = true
	s.done("case.overdue")
}

// Close closes a case whose check has passed.
func Close(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Case, error) {
	s, err := begin(ctx, tx, id, ToClose)
	if err != nil {
		return nil, err
	}
	var w change
	if err := s.close(&w); err != nil {
		return nil, err
	}
	return s.c, w.write(ctx, tx, s.c)
}

// closing are the columns that close changes.
var closing = []string{"stage", "closed_at", "ended_at", "outcome", "late", "calls", "owes_call", "call_at", "call_by", "uncalled", "owes_reply", "unreplied"}

// close ends the work, everybody's. What the case owes then is a call-back, if the route has one and it is drawn, and the reply
// to an order from above; owing nothing, it is archived at once.
func (s *step) close(w *change) error {
	c := s.c
	for i := range c.Others {
		if a := &c.Others[i]; a.State.Open() {
			s.lapseOther(w, a)
		}
	}
	c.Stage, c.ClosedAt, c.EndedAt, c.Outcome, c.Late, c.Calls = Closed, s.at, s.at, c.outcome(), false, 0
	c.OwesReply = s.route().Replies(blueprint.ReplySend)
	how, err := s.drawCallBack(w)
	if err != nil {
		return err
	}
	c.settle()
	s.done("case.closed", how...)
	w.columns = append(w.columns, closing...)
	return nil
}

// settle archives a closed case that owes nothing any more.
func (c *Case) settle() {
	if c.Stage == Closed && !c.OwesCall && !c.OwesReply {
		c.Stage = Archived
	}
}

// reopen takes a closed case up again: counted, with a deadline from now on.
func (s *step) reopen(ctx context.Context, w change) error {
	c := s.c
	c.ClosedAt, c.EndedAt, c.CheckedAt, c.CheckedBy, c.Outcome, c.Calls = time.Time{}, time.Time{}, time.Time{}, 0, "", 0
	if !c.FiledAt.IsZero() { // what intake answered before it was filed has no clock yet
		due, err := Due(s.at, handleLimit(s.rules, c.Condition), calendarOf(s.rules))
		if err != nil {
			return err
		}
		if err := c.started(s.rules, s.at, due); err != nil {
			return err
		}
	}
	c.OwesCall, c.OwesReply = false, false // until it is closed again
	c.Reopened++
	s.rework(&w)
	s.done("case.reopened", s.event(tally.Reopened)...)
	w.columns = append(w.columns, "closed_at", "ended_at", "checked_at", "checked_by", "outcome", "due_at", "reopened", "owes_call", "owes_reply")
	return w.write(ctx, s.tx, c)
}

// step is one verb at work on one locked case.
type step struct {
	tx     tenants.Tx
	c      *Case
	of     *Assignment       // what it is about; the lead's where nothing else was asked for
	rules  *blueprint.Config // those that the case was filed under
	box    *keys.Box
	at     time.Time // by the street's clock: deadlines and states
	when   time.Time // as the actor's device says, for what he did without network; else at
	before tenants.Dims
}

// begin locks the case and asks the table.
func begin(ctx context.Context, tx tenants.Tx, id uuid.UUID, v Verb) (*step, error) {
	return beginOf(ctx, tx, id, v, uuid.Nil)
}

// beginOf is begin for a verb about one assignment of the case; the zero one is the lead's.
func beginOf(ctx context.Context, tx tenants.Tx, id uuid.UUID, v Verb, assignment uuid.UUID) (*step, error) {
	hold := lock
	if move(v).closes() {
		hold = lockToClose
	}
	c, err := hold(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return nil, err
	}
	of := c.assignment(assignment)
	if of == nil && assignment != uuid.Nil {
		return nil, errNoCase()
	}
	if err := move(v).allows(tx.Actor(), c, of, rules); err != nil {
		return nil, orRecalled(ctx, tx, c, move(v), err)
	}
	s, err := stepOf(ctx, tx, c, rules)
	if err == nil {
		s.of = of
		// Nobody works on what he was not given yet, or not given again.
		if s.when = clock.Claimed(ctx); of != nil && (s.when.Before(of.DispatchedAt) || s.when.Before(of.HandledAt)) {
			s.when = s.at
		}
	}
	return s, err
}

// takeUp is begin for the machine, which asks no table: c is locked.
func takeUp(ctx context.Context, tx tenants.Tx, c *Case) (*step, error) {
	rules, err := blueprint.ForCase(ctx, tx, c.Blueprint, c.Revision)
	if err != nil {
		return nil, err
	}
	return stepOf(ctx, tx, c, rules)
}

func stepOf(ctx context.Context, tx tenants.Tx, c *Case, rules *blueprint.Config) (*step, error) {
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	return &step{tx: tx, c: c, rules: rules, box: box, at: now, when: now, before: c.dims(rules)}, nil
}

// done records an act of kind from where the last one left the case to where it is now. What else is
// to be known of this act alone follows in pairs.
func (s *step) done(kind string, besides ...string) { s.doneAt(s.at, kind, besides) }

// did is done for what the actor himself did, when he did it.
func (s *step) did(kind string, besides ...string) { s.doneAt(s.when, kind, besides) }

func (s *step) doneAt(at time.Time, kind string, besides []string) {
	after := s.c.dims(s.rules)
	told := after
	if len(besides) > 0 {
		told = maps.Clone(after)
		for i := 0; i < len(besides); i += 2 {
			told[besides[i]] = besides[i+1]
		}
	}
	record(s.tx, kind, s.c, at, s.before, told)
	s.before = after
}

// event is what figures count of an act once, besides the state of the case.
func (s *step) event(name string, more ...string) []string {
	return append([]string{tally.Event, name, tally.On, day(s.at)}, more...)
}

// route is how the case walks.
func (s *step) route() blueprint.Route { return s.rules.RouteFor(s.c.Channel, s.c.Class, s.c.Urgent) }

func record(tx tenants.Tx, kind string, c *Case, at time.Time, before, after tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "case", ObjectID: c.ID, HappenedAt: at, Before: before, After: after})
}

func errForbidden() error { return fault.New(fault.Forbidden, "您没有进行此操作的权限") }
