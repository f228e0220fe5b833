package cases

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Asked is what a unit applies for.
type Asked string

// What may be applied for. Each has its list of grounds, and one who decides that is not the applicant.
const (
	AskReturn  Asked = "return"  // 退单: it is not ours
	AskExtend  Asked = "extend"  // 延期: a later deadline
	AskSuspend Asked = "suspend" // 挂账: the clock stands still until the expected date
)

// asking says how each kind of application goes, and which settings of the blueprint hold for it.
var asking = map[Asked]struct {
	verb     Verb
	list     blueprint.ReasonList
	title    string
	approver string // setting: the role that decides
	usual    string // when nothing is set
	review   string // setting: within what time
}{
	AskReturn:  {ToReturn, blueprint.ReturnReason, ui.Key("退单申请"), "return.approver", auth.ShiftLead, "return.review_limit"},
	AskExtend:  {ToExtend, blueprint.ExtendReason, ui.Key("延期申请"), "extend.approver", auth.ShiftLead, "extend.review_limit"},
	AskSuspend: {ToSuspend, blueprint.SuspendReason, ui.Key("挂账申请"), "suspend.approver", auth.Leader, "extend.review_limit"},
}

// decides reports whether the actor is of the role that decides such applications here. A leader
// decides what a shift leader may.
func (k Asked) decides(actor tenants.Actor, cfg *blueprint.Config) bool {
	role := cfg.Choice(asking[k].approver, asking[k].usual)
	return actor.Trusted() || slices.ContainsFunc(actor.Grants, func(g tenants.Grant) bool { return g.Role == role || g.Role == auth.Leader })
}

// The states of an application. One lapses when the work was handed in before anybody decided, an assignment when the
// case goes on without it.
const (
	Open      = "open"
	Approved  = "approved"
	Refused   = "refused"
	Withdrawn = "withdrawn"
	Lapsed    = "lapsed"
)

// Application is what a unit asks for, and what became of it. Its clock is the decider's: not deciding
// changes nothing for the case, and is counted against whoever should have.
type Application struct {
	bun.BaseModel `bun:"table:applications,alias:p"`

	ID           uuid.UUID `bun:",pk,type:uuid"`
	CaseID       uuid.UUID `bun:"type:uuid"`
	AssignmentID uuid.UUID `bun:"type:uuid"`
	Kind         Asked
	Unit         string
	Ground       string    // of the blueprint's list
	Words        []byte    // sealed
	Until        time.Time `bun:",nullzero"` // wanted: the new deadline, or when work can go on
	AskedBy      int64
	AskedAt      time.Time
	DecideBy     time.Time // end of the decider's clock
	State        string
	DecidedBy    int64     `bun:",nullzero"`
	DecidedAt    time.Time `bun:",nullzero"`
	Granted      time.Time `bun:",nullzero"` // instead of Until
	Verdict      []byte    // sealed
	Unreviewed   bool      // nobody had decided by DecideBy
	DueAt        time.Time `bun:",nullzero"` // deadline of the case when it was asked: how near the limit was
}

// Plea is an application as it is handed in.
type Plea struct {
	Of     uuid.UUID // the assignment, a co-handler's for a return; zero: the lead's
	Kind   Asked
	Ground string
	Words  string
	Until  time.Time // of extensions and suspensions
}

// check holds a plea to the case as it stands and to the rules of its ground.
func (in *Plea) check(s *step) error {
	var f problems
	ground, ok := f.ground(s.rules, asking[in.Kind].list, in.Ground)
	f.Need("words", in.Words, longText)
	if err := f.Fault(); err != nil || !ok {
		return err
	}
	return in.held(s, ground)
}

// held holds a plea whose form is right to the limits of its kind.
func (in *Plea) held(s *step, ground blueprint.Reason) error {
	switch in.Kind {
	case AskReturn:
		return s.mayReturn()
	case AskExtend:
		return s.mayExtend(in.Until, ground)
	case AskSuspend:
		most, err := Due(s.at, s.rules.Limit("suspend.most", blueprint.Limit{Value: 180, Unit: blueprint.CalendarDay}), calendarOf(s.rules))
		if err != nil {
			return err
		}
		if !in.Until.After(s.at) || in.Until.After(most) {
			return fault.Field("until", "预计恢复办理的时间应晚于现在，且不超过最长挂账期限")
		}
	}
	return nil
}

// mayReturn: within the window, which runs from the signature, or for whoever has not signed from the
// dispatch; and not again and again.
func (s *step) mayReturn() error {
	if most := s.rules.Int("return.most", 2); s.of.Role == LeadRole && int64(s.c.Returns) >= most {
		return fault.New(fault.Conflict, "该案卷累计退单已达%d次，请由领导指定承办单位", most)
	}
	from := s.of.ReceivedAt
	if from.IsZero() {
		from = s.of.DispatchedAt
	}
	end, err := Due(from, s.rules.Limit("cases.return_limit", blueprint.Limit{Value: 4, Unit: blueprint.WorkingHour}), calendarOf(s.rules))
	if err != nil {
		return err
	}
	if s.at.After(end) {
		return fault.New(fault.Conflict, "已过退单时限（%s），请办理或与指挥中心商定", ui.Time(end))
	}
	return nil
}

// mayExtend: asked for early enough and not too often, no longer than the ground allows, all extensions
// together within a share of the first limit, and an order from above still answered in time.
func (s *step) mayExtend(until time.Time, ground blueprint.Reason) error {
	c, cal := s.c, calendarOf(s.rules)
	if most := s.rules.Int("extend.most_times", 2); int64(c.Extensions) >= most {
		return fault.New(fault.Conflict, "该案卷已延期%d次，不能再延", most)
	}
	last, err := before(c.DueAt, s.rules.Limit("extend.before", blueprint.Limit{}), cal)
	if err != nil {
		return err
	}
	if s.at.After(last) {
		return fault.New(fault.Conflict, "延期须在 %s 之前申请", ui.Time(last))
	}
	own, err := Due(c.FiledAt, handleLimit(s.rules, c.Condition), cal)
	if err != nil {
		return err
	}
	most := own.Add(own.Sub(c.FiledAt) * time.Duration(s.rules.Int("extend.most_percent", 100)) / 100)
	if ground.Limit != nil {
		longest, err := Due(c.DueAt, *ground.Limit, cal)
		if err != nil {
			return err
		}
		if longest.Before(most) {
			most = longest
		}
	}
	room, err := ahead(until, c.UpperDue, s.at, s.rules)
	switch {
	case err != nil:
		return err
	case !until.After(c.DueAt):
		return fault.Field("until", "延期后的期限应晚于现期限")
	case room.Before(until):
		return fault.Field("until", "上级来单须在上级期限前留出审核时间，确需延长的请先向来单单位申请")
	case until.After(most):
		return fault.Field("until", "超过允许的最长延期")
	}
	return nil
}

// Apply hands in an application of the lead's unit; a return may be a co-handler's too. One of each kind is open at a time.
func Apply(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Plea) (*Case, error) {
	kind, ok := asking[in.Kind]
	if !ok {
		return nil, fault.Field("kind", "请选择申请事项")
	}
	s, err := beginOf(ctx, tx, id, kind.verb, in.Of)
	if err != nil {
		return nil, err
	}
	if err := in.check(s); err != nil {
		return nil, err
	}
	by, err := Due(s.at, s.rules.Limit(kind.review, blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour}), calendarOf(s.rules))
	if err != nil {
		return nil, err
	}
	p := &Application{
		ID: tenants.NewID(), CaseID: id, AssignmentID: s.of.ID, Kind: in.Kind, Unit: s.of.Unit, Ground: in.Ground,
		AskedBy: tx.Actor().Person, AskedAt: s.at, DecideBy: by, State: Open, Until: in.Until, DueAt: s.c.DueAt,
	}
	p.Words = s.box.Seal(p.addr("words"), in.Words)
	s.c.Asks++
	s.done("case.asked", "asked", string(in.Kind), "ground", in.Ground)
	w := change{columns: []string{"asks"}, apply: p}
	w.remindOf(decisionTimer, p.ID, by)
	return s.c, w.write(ctx, tx, s.c)
}

func (p *Application) addr(column string) keys.Addr {
	return keys.Addr{Table: "applications", Column: column, ID: p.ID}
}

// Decision is the word on an application.
type Decision struct {
	Application uuid.UUID
	Approve     bool
	Granted     time.Time // instead of what was wanted; zero: as wanted
	Words       string    // needed when it is refused
}

// Decide approves or refuses. Approved, a return sends the case back to be dispatched anew, under the
// deadline that it has, or a co-handler home, while the case goes on; an extension moves the deadline; a suspension stops the clock until the date.
func Decide(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Decision) (*Case, error) {
	s, err := begin(ctx, tx, id, ToDecide)
	if err != nil {
		return nil, err
	}
	p, err := s.application(ctx, in.Application)
	if err != nil {
		return nil, err
	}
	if p.AskedBy == tx.Actor().Person && !tx.Actor().Trusted() {
		return nil, fault.New(fault.Forbidden, "本人提出的申请，须由他人审批")
	}
	if !p.Kind.decides(tx.Actor(), s.rules) {
		return nil, fault.New(fault.Forbidden, "该类申请由%s审批", auth.Title(s.rules.Choice(asking[p.Kind].approver, asking[p.Kind].usual)))
	}
	var f problems
	if !in.Approve {
		f.Need("verdict_words", in.Words, longText)
	}
	f.Fit("verdict_words", in.Words, longText)
	if in.Granted.IsZero() {
		in.Granted = p.Until
	}
	ground, _ := s.rules.Reasons.Find(p.Ground)
	if in.Approve && !in.Granted.Equal(p.Until) { // what was wanted was held to the rules when it was asked for
		asked := Plea{Kind: p.Kind, Until: in.Granted}
		if err := asked.held(s, ground); err != nil {
			g := fault.Of(err)
			if g == nil || g.Fields["until"] == "" {
				return nil, err
			}
			f.Add("granted", g.Fields["until"])
		}
	}
	if f.Found != nil {
		return nil, f.Found
	}
	p.State, p.DecidedBy, p.DecidedAt = Refused, tx.Actor().Person, s.at
	if in.Words != "" {
		p.Verdict = s.box.Seal(p.addr("verdict"), in.Words)
	}
	w := change{columns: []string{"asks"}, settle: p}
	w.hushOf(decisionTimer, p.ID)
	s.c.Asks--
	if !in.Approve {
		s.done("case.refused", "asked", string(p.Kind), "ground", p.Ground)
		return s.c, w.write(ctx, tx, s.c)
	}
	p.State, p.Granted = Approved, in.Granted
	besides := []string{"asked", string(p.Kind), "ground", p.Ground}
	switch p.Kind {
	case AskReturn:
		besides = append(besides, s.event(tally.Returned, tally.By, p.Unit)...)
		if a := s.c.assignment(p.AssignmentID); a != nil && a.Role == CoRole {
			s.sendHome(&w, a)
		} else {
			s.takeBack(&w)
		}
	case AskExtend:
		if err := s.c.started(s.rules, s.c.FiledAt, in.Granted.UTC()); err != nil {
			return nil, err
		}
		s.c.Extensions++
		w.columns = append(w.columns, "due_at", "extensions")
		w.remind = map[string]time.Time{dueTimer: s.c.rings(s.at)}
	case AskSuspend:
		s.c.SuspendedAt, s.c.SuspendedUntil = s.at, in.Granted.UTC()
		next, err := review(s.at, in.Granted, ground.Limit, s.rules)
		if err != nil {
			return nil, err
		}
		w.columns = append(w.columns, "suspended_at", "suspended_until")
		w.hush = append(w.hush, dueTimer)
		w.remind = map[string]time.Time{suspensionTimer: next}
	}
	s.done("case.granted", besides...)
	return s.c, w.write(ctx, tx, s.c)
}

// takeBack frees the case from its unit. Other applications of the unit lapse with it.
func (s *step) takeBack(w *change) {
	s.c.Returns++
	w.columns = append(w.columns, "returns")
	s.relieve(w)
}

// undispatch ends the lead's part: the case waits for a dispatch again. Its deadline runs on.
func (s *step) undispatch(w *change) {
	w.lead, w.seen = []string{"state"}, s.c.Lead.State
	s.c.Lead.State = Returned
	s.c.Stage, s.c.Unit = Filed, ""
	w.columns = append(w.columns, "stage", "unit")
	w.hush = append(w.hush, receiptTimer)
}

// relieve is undispatch, with all that hangs on the lead's part.
func (s *step) relieve(w *change) {
	s.undispatch(w)
	for i := range s.c.Others {
		if a := &s.c.Others[i]; a.State.Open() {
			s.lapseOther(w, a)
		}
	}
	s.lapse(w)
}

// lapse ends whatever else is open.
func (s *step) lapse(w *change) {
	if s.c.Asks > 0 {
		s.c.Asks, w.lapse = 0, true
		w.columns = append(w.columns, "asks")
	}
}

// Withdraw takes an application back that nobody has decided.
func Withdraw(ctx context.Context, tx tenants.Tx, id, application uuid.UUID) (*Case, error) {
	var of uuid.UUID // whose it is; that of another case is refused below
	if err := tx.Raw("SELECT assignment_id FROM applications WHERE tenant_id = ? AND id = ?", int32(tx.ID()), application).Scan(ctx, &of); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read application %s: %w", application, err)
	}
	s, err := beginOf(ctx, tx, id, ToWithdraw, of)
	if err != nil {
		return nil, err
	}
	p, err := s.application(ctx, application)
	if err != nil {
		return nil, err
	}
	p.State, p.DecidedBy, p.DecidedAt = Withdrawn, tx.Actor().Person, s.at
	s.c.Asks--
	s.done("case.withdrawn", "asked", string(p.Kind), "ground", p.Ground)
	w := change{columns: []string{"asks"}, settle: p}
	w.hushOf(decisionTimer, p.ID)
	return s.c, w.write(ctx, tx, s.c)
}

// application is the open one of this case with that id. The case is locked, so it stays open.
func (s *step) application(ctx context.Context, id uuid.UUID) (*Application, error) {
	p := new(Application)
	err := s.tx.Select(p).Where("p.id = ?", id).Where("p.case_id = ?", s.c.ID).Where("p.state = ?", Open).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Conflict, "该申请已处理或不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("read application %s: %w", id, err)
	}
	return p, nil
}

// Applications lists what was asked in a case, newest first.
func Applications(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Application, error) {
	var out []Application
	if err := tx.Select(&out).Where("p.case_id = ?", id).OrderExpr("p.asked_at DESC, p.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications of case %s: %w", id, err)
	}
	return out, nil
}

// Open is what was said for an application and on it.
func (p *Application) Open(box *keys.Box) (words, verdict string, err error) {
	if words, err = box.Open(p.addr("words"), p.Words); err != nil {
		return "", "", err
	}
	verdict, err = box.Open(p.addr("verdict"), p.Verdict)
	return words, verdict, err
}

// runDecision notes that nobody decided in time.
func runDecision(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p := new(Application)
	if err := tx.Select(p).Where("p.id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("read application %s: %w", id, err)
	}
	c, err := lock(ctx, tx, p.CaseID)
	if err != nil {
		return err
	}
	s, err := takeUp(ctx, tx, c)
	if err != nil {
		return err
	}
	if p, err = s.application(ctx, id); fault.Is(err, fault.Conflict) {
		return nil // decided meanwhile
	} else if err != nil {
		return err
	}
	p.Unreviewed = true
	s.done("case.undecided", "asked", string(p.Kind))
	return change{columns: []string{"asks"}, settle: p}.write(ctx, tx, c)
}
