package whistle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Longest texts, in characters, and how many units a whistle may call.
const (
	longLine  = 200
	longText  = 2000
	mostUnits = 20
)

// Order is a whistle to be blown.
type Order struct {
	Kind      string
	Case      uuid.UUID // zero: it stands alone
	Units     []string  // keys of our own, and of bureaus of the centre (blueprint.CentreUnit)
	Purpose   string
	Address   string // where to
	Community string
	Lon, Lat  *float64
	At        time.Time // when they should be there; zero: for an emergency at once, else not said
}

func (in *Order) check(cfg *blueprint.Config, codes []string, bureaus []blueprint.Sector, now time.Time) error {
	var f fault.Problems
	if !slices.ContainsFunc(cfg.ReasonsOf(blueprint.WhistleReason), func(r blueprint.Reason) bool { return r.Key == in.Kind && !r.Retired }) {
		f.Add("kind", ui.Key("请选择吹哨类型"))
	}
	known := cfg.UnitsWithin(codes...)
	has := func(key string) bool {
		return slices.ContainsFunc(known, func(u blueprint.Unit) bool { return u.Key == key })
	}
	callable := func(key string) bool {
		return has(key) || slices.ContainsFunc(bureaus, func(b blueprint.Sector) bool { return blueprint.CentreUnit(b.Key) == key })
	}
	slices.Sort(in.Units)
	in.Units = slices.Compact(in.Units)
	switch {
	case len(in.Units) == 0:
		f.Add("units", ui.Key("请选择要报到的单位"))
	case len(in.Units) > mostUnits:
		f.Add("units", ui.Key("单位过多，请分次吹哨"))
	case slices.ContainsFunc(in.Units, func(u string) bool { return !callable(u) }):
		f.Add("units", ui.Key("请选择本街道的单位或本区县的区级部门"))
	}
	f.Need("purpose", in.Purpose, longText)
	f.Need("address", in.Address, longLine)
	if in.Community != "" && !has(in.Community) {
		f.Add("community", ui.Key("请选择本街道的社区（村）"))
	}
	if (in.Lon == nil) != (in.Lat == nil) || in.Lon != nil && !geo.Within(*in.Lon, *in.Lat) {
		f.Add("lon", ui.Key("经纬度应在国内，且同时填写"))
	}
	if !in.At.IsZero() && !in.At.After(now) {
		f.Add("needed", ui.Key("到场时间应晚于现在"))
	}
	if in.Kind == Emergency {
		in.At = time.Time{} // at once
	}
	return f.Fault()
}

// Blow calls the units. Their clocks begin now.
func Blow(ctx context.Context, tx tenants.Tx, in Order) (*Whistle, error) {
	if err := auth.Require(tx.Actor(), move(ToBlow).May, ""); err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	now := clock.Now(ctx)
	centre, bureaus, err := Bureaus(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := in.check(cfg, tx.Tenant().Codes, bureaus, now); err != nil {
		return nil, err
	}
	if in.Case != uuid.Nil {
		c, _, err := cases.Find(ctx, tx, in.Case)
		if err != nil {
			return nil, err
		}
		if c.Stage.Ended() {
			return nil, fault.New(fault.Conflict, "案卷已经办结，不能再吹哨")
		}
		if in.Lon == nil && in.Community == "" {
			in.Community, in.Lon, in.Lat = c.Community, c.Lon, c.Lat
		}
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	number, err := next(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	w := &Whistle{
		ID: tenants.NewID(), Side: Out, Number: number, Kind: in.Kind, CaseID: in.Case, Community: in.Community, Lon: in.Lon, Lat: in.Lat,
		Urgent: in.Kind == Emergency, NeededAt: in.At, State: Open, MadeBy: tx.Actor().Person, MadeAt: now,
	}
	w.Purpose, w.Address = box.Seal(at("whistles", "purpose", w.ID), in.Purpose), box.Seal(at("whistles", "address", w.ID), in.Address)
	for _, unit := range in.Units {
		k := &Call{ID: tenants.NewID(), WhistleID: w.ID, Unit: unit, State: Called}
		if w.Calls = append(w.Calls, k); k.beyond() {
			k.State, w.Peer, w.PeerName = Sending, centre.TenantID, centre.Name
		}
	}
	if err := w.begin(ctx, tx, cfg); err != nil || w.Peer == 0 {
		return w, err
	}
	if !centre.State.Writable() {
		return nil, fault.New(fault.Conflict, "“%s”当前不可办理业务，不能召集区级部门", centre.Name)
	}
	return w, w.callBureaus(ctx, tx, cfg, in)
}

// next is the number of the day's next whistle.
func next(ctx context.Context, tx tenants.Tx, now time.Time) (string, error) {
	day := now.In(clock.Zone).Format("20060102")
	n, err := tx.Next(ctx, "whistle "+day)
	return fmt.Sprintf("%s-W%03d", day, n), err
}

// begin writes a whistle with its calls, and starts the clocks of our own units. Those of a bureau run in its centre; till
// it tells them, what we have is what ours would be.
func (w *Whistle) begin(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config) error {
	if _, err := tx.Insert(w).Exec(ctx); err != nil {
		return fmt.Errorf("write whistle %s: %w", w.Number, err)
	}
	respond, arrive, err := w.clocks(cfg)
	if err != nil {
		return err
	}
	tx.Record(tenants.Act{Kind: "whistle.blown", Version: 1, Object: "whistle", ObjectID: w.ID, HappenedAt: w.MadeAt, After: w.dims(nil)})
	for _, k := range w.Calls {
		k.RespondBy, k.ArriveBy = respond, arrive
		if k.State != Called {
			continue
		}
		if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: respondTimer, Object: k.ID, DueAt: respond}); err != nil {
			return err
		}
		if !arrive.IsZero() {
			if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: arriveTimer, Object: k.ID, DueAt: arrive}); err != nil {
				return err
			}
		}
		tx.Record(tenants.Act{Kind: "whistle.called", Version: 1, Object: "whistle", ObjectID: w.ID, HappenedAt: w.MadeAt, After: w.dims(k)})
	}
	if len(w.Calls) == 0 {
		return nil
	}
	if _, err := tx.Insert(&w.Calls).Exec(ctx); err != nil {
		return fmt.Errorf("write calls of whistle %s: %w", w.Number, err)
	}
	return nil
}

// clocks are by when each unit reports in and arrives. To an emergency both are the same: coming is the answer.
// An hour that had passed when the whistle came to us is nobody's clock.
func (w *Whistle) clocks(cfg *blueprint.Config) (respond, arrive time.Time, err error) {
	if w.Urgent {
		arrive, err = cases.DueBy(w.MadeAt, cfg.Limit("whistle.urgent_limit", blueprint.Limit{Value: 1, Unit: blueprint.UrgentHour}), cfg)
		return arrive, arrive, err
	}
	respond, err = cases.DueBy(w.MadeAt, cfg.Limit("whistle.respond_limit", blueprint.Limit{Value: 2, Unit: blueprint.WorkingHour}), cfg)
	if w.NeededAt.After(w.MadeAt) {
		arrive = w.NeededAt
		if arrive.Before(respond) {
			respond = arrive
		}
	}
	return respond, arrive, err
}

// Report says that a unit heard and comes.
func Report(ctx context.Context, tx tenants.Tx, id, call uuid.UUID) (*Whistle, error) {
	s, err := begin(ctx, tx, id, call, ToReport)
	if err != nil {
		return nil, err
	}
	if err := s.report(ctx); err != nil {
		return nil, err
	}
	return s.w, s.write(ctx)
}

func (s *step) report(ctx context.Context) error {
	s.k.ReportedBy, s.k.ReportedAt = s.tx.Actor().Person, s.at
	if s.k.State == Called {
		s.k.State = Reported
	}
	s.missed()
	s.done("whistle.reported")
	return jobs.Cancel(ctx, s.tx, s.k.ID, respondTimer)
}

// Arrive says that a unit is there. Whoever had not reported in does so with it.
func Arrive(ctx context.Context, tx tenants.Tx, id, call uuid.UUID) (*Whistle, error) {
	s, err := begin(ctx, tx, id, call, ToArrive)
	if err != nil {
		return nil, err
	}
	if s.k.State == Called {
		if err := s.report(ctx); err != nil {
			return nil, err
		}
	}
	s.k.State, s.k.ArrivedBy, s.k.ArrivedAt = Arrived, tx.Actor().Person, s.at
	s.missed()
	s.done("whistle.arrived")
	if err := jobs.Cancel(ctx, tx, s.k.ID, arriveTimer); err != nil {
		return nil, err
	}
	return s.w, s.write(ctx)
}

// missed notes marks that passed before their timers rang.
func (s *step) missed() {
	if s.k.beyond() || s.k.State == Declined {
		return
	}
	passed := func(did, by time.Time) bool {
		if did.IsZero() {
			did = s.at
		}
		return did.After(by)
	}
	if k := s.k; !k.Silent && passed(k.ReportedAt, k.RespondBy) {
		k.Silent = true
		s.done("whistle.silent")
	}
	if k := s.k; !k.Late && !k.ArriveBy.IsZero() && passed(k.ArrivedAt, k.ArriveBy) {
		k.Late = true
		s.done("whistle.late")
	}
}

// Finish gives a unit's result.
func Finish(ctx context.Context, tx tenants.Tx, id, call uuid.UUID, result string) (*Whistle, error) {
	s, err := begin(ctx, tx, id, call, ToFinish)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	if f.Need("result", result, longText); f.Found != nil {
		return nil, f.Found
	}
	s.k.State, s.k.DoneBy, s.k.DoneAt = Done, tx.Actor().Person, s.at
	s.k.Result = s.box.Seal(at("whistle_calls", "result", s.k.ID), result)
	s.done("whistle.done")
	return s.w, s.write(ctx)
}

// Refusal is why a bureau says that the matter is not its own.
type Refusal struct {
	Ground string // reason of the blueprint's list of returns
	Words  string
}

// Decline says for a bureau that the matter is not its own. Its clocks stop; the whistler judges that too.
func Decline(ctx context.Context, tx tenants.Tx, id, call uuid.UUID, in Refusal) (*Whistle, error) {
	s, err := begin(ctx, tx, id, call, ToDecline)
	if err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	list := cfg.ReasonsOf(blueprint.ReturnReason)
	n := slices.IndexFunc(list, func(r blueprint.Reason) bool { return r.Key == in.Ground && !r.Retired })
	if n < 0 {
		f.Add("ground", ui.Key("请选择理由"))
	}
	if f.Need("words", in.Words, longText); f.Found != nil {
		return nil, f.Found
	}
	s.missed()
	s.k.State, s.k.DeclinedBy, s.k.DeclinedAt = Declined, tx.Actor().Person, s.at
	s.k.Ground = s.box.Seal(at("whistle_calls", "ground", s.k.ID), list[n].Title+"："+in.Words)
	s.done("whistle.declined")
	if err := jobs.Cancel(ctx, tx, s.k.ID, respondTimer, arriveTimer); err != nil {
		return nil, err
	}
	return s.w, s.write(ctx)
}

// Judgement is a unit's judgement of the whistle.
type Judgement struct {
	Needed, Facts string // yes or no
	Words         string // needed when either is no
}

// Judge gives a unit's judgement of the whistle, once.
func Judge(ctx context.Context, tx tenants.Tx, id, call uuid.UUID, in Judgement) (*Whistle, error) {
	s, err := begin(ctx, tx, id, call, ToJudge)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	for field, answer := range map[string]string{"needed": in.Needed, "facts": in.Facts} {
		if answer != "yes" && answer != "no" {
			f.Add(field, ui.Key("请选择"))
		}
	}
	if in.Needed == "no" || in.Facts == "no" {
		f.Need("words", in.Words, longText)
	} else {
		f.Fit("words", in.Words, longText)
	}
	if f.Found != nil {
		return nil, f.Found
	}
	s.k.Needed, s.k.Facts, s.k.JudgedBy, s.k.JudgedAt = in.Needed, in.Facts, tx.Actor().Person, s.at
	s.k.JudgeWords = s.box.Seal(at("whistle_calls", "judge_words", s.k.ID), in.Words)
	s.done("whistle.judged")
	return s.w, s.write(ctx)
}

// Verdict is the whistler's judgement of one unit.
type Verdict struct {
	Grade Grade
	Words string // needed for Poor
}

// Close ends a whistle with what came of it and a judgement of each unit, by the id of its call.
func Close(ctx context.Context, tx tenants.Tx, id uuid.UUID, outcome string, verdicts map[uuid.UUID]Verdict) (*Whistle, error) {
	s, err := begin(ctx, tx, id, uuid.Nil, ToClose)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	f.Need("outcome", outcome, longText)
	for _, k := range s.w.Calls {
		if !k.reached() {
			continue
		}
		v := verdicts[k.ID]
		if !slices.Contains(Grades, v.Grade) {
			f.Add("grade_"+k.ID.String(), ui.Key("请评价每个单位"))
		}
		if v.Grade == Poor {
			f.Need("words_"+k.ID.String(), v.Words, longText)
		} else {
			f.Fit("words_"+k.ID.String(), v.Words, longText)
		}
	}
	if f.Found != nil {
		return nil, f.Found
	}
	s.w.State = Closed
	for _, k := range s.w.Calls {
		if !k.reached() {
			continue
		}
		s.about(k)
		s.missed()
		if err := s.grade(ctx, verdicts[k.ID]); err != nil {
			return nil, err
		}
	}
	if err := s.tellEnd(ctx, outcome, verdicts); err != nil {
		return nil, err
	}
	return s.w, s.end(ctx, "whistle.closed", outcome)
}

func (s *step) grade(ctx context.Context, v Verdict) error {
	s.k.Grade, s.k.GradeWords = v.Grade, s.box.Seal(at("whistle_calls", "grade_words", s.k.ID), v.Words)
	s.done("whistle.graded")
	return s.write(ctx)
}

// CallOff ends a whistle that was blown by mistake, before anybody has come. Nobody is judged for it.
func CallOff(ctx context.Context, tx tenants.Tx, id uuid.UUID, why string) (*Whistle, error) {
	s, err := begin(ctx, tx, id, uuid.Nil, ToCallOff)
	if err != nil {
		return nil, err
	}
	var f fault.Problems
	if f.Need("outcome", why, longText); f.Found != nil {
		return nil, f.Found
	}
	s.w.State = CalledOff
	if err := s.tellEnd(ctx, why, nil); err != nil {
		return nil, err
	}
	return s.w, s.end(ctx, "whistle.called_off", why)
}

// end writes the whistle's end and stops the clocks of those who are not through.
func (s *step) end(ctx context.Context, kind, words string) error {
	w := s.w
	w.EndedBy, w.EndedAt = s.tx.Actor().Person, s.at
	w.Outcome = s.box.Seal(at("whistles", "outcome", w.ID), words)
	for _, k := range w.Calls {
		if err := jobs.Cancel(ctx, s.tx, k.ID, respondTimer, arriveTimer); err != nil {
			return err
		}
	}
	s.about(nil)
	s.tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "whistle", ObjectID: w.ID, HappenedAt: s.at, Before: tenants.Dims{"whistle": string(Open), "whistle_kind": w.Kind}, After: w.dims(nil)})
	if _, err := s.tx.Update(w).Column("state", "ended_by", "ended_at", "outcome", "sent", "heard").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write whistle %s: %w", w.Number, err)
	}
	return nil
}

// step is one verb at work on one locked whistle, and on one unit's part in it.
type step struct {
	tx     tenants.Tx
	w      *Whistle
	k      *Call
	box    *keys.Box
	at     time.Time
	before tenants.Dims
	acts   []string // about the part, not written yet
}

// begin locks the whistle and asks the table. call is zero where the verb is about the whole.
func begin(ctx context.Context, tx tenants.Tx, id, call uuid.UUID, v Verb) (*step, error) {
	w, err := read(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	k := w.call(call)
	if k == nil && move(v).Steps != nil {
		return nil, errNone()
	}
	if err := move(v).allows(tx.Actor(), w, k); err != nil {
		return nil, err
	}
	s, err := stepOn(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	s.about(k)
	return s, nil
}

// stepOn begins a step on a locked whistle.
func stepOn(ctx context.Context, tx tenants.Tx, w *Whistle) (*step, error) {
	box, err := tx.Box(ctx)
	return &step{tx: tx, w: w, box: box, at: clock.Now(ctx)}, err
}

// about turns to one unit's part.
func (s *step) about(k *Call) {
	s.k, s.acts = k, nil
	s.before = s.w.dims(k)
}

// done records an act about the part.
func (s *step) done(kind string) {
	after := s.w.dims(s.k)
	s.tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "whistle", ObjectID: s.w.ID, HappenedAt: s.at, Before: s.before, After: after})
	s.before, s.acts = after, append(s.acts, kind)
}

// write writes the part, and tells it to the street where one whistled for the unit.
func (s *step) write(ctx context.Context) error {
	if _, err := s.tx.Update(s.k).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write call %s: %w", s.k.ID, err)
	}
	return s.tellStep(ctx)
}

// The clocks of a call.
const (
	respondTimer = "whistle.respond"
	arriveTimer  = "whistle.arrive"
)

// ring marks a unit that let a clock pass.
func ring(ctx context.Context, tx tenants.Tx, call uuid.UUID, kind string, passed func(*Call, time.Time) bool, miss func(*Call)) error {
	var of uuid.UUID
	if err := tx.Raw("SELECT whistle_id FROM whistle_calls WHERE tenant_id = ? AND id = ?", int32(tx.ID()), call).Scan(ctx, &of); err != nil {
		return fmt.Errorf("call %s: %w", call, err)
	}
	w, err := read(ctx, tx, of, true)
	if err != nil {
		return err
	}
	s, err := stepOn(ctx, tx, w)
	if err != nil {
		return err
	}
	if s.about(w.call(call)); w.State != Open || !passed(s.k, s.at) {
		return nil
	}
	miss(s.k)
	s.done(kind)
	return s.write(ctx)
}

func runRespond(ctx context.Context, tx tenants.Tx, call uuid.UUID) error {
	return ring(ctx, tx, call, "whistle.silent", func(k *Call, now time.Time) bool {
		return k.State == Called && !k.Silent && !now.Before(k.RespondBy)
	}, func(k *Call) { k.Silent = true })
}

func runArrive(ctx context.Context, tx tenants.Tx, call uuid.UUID) error {
	return ring(ctx, tx, call, "whistle.late", func(k *Call, now time.Time) bool {
		return (k.State == Called || k.State == Reported) && !k.Late && !k.ArriveBy.IsZero() && !now.Before(k.ArriveBy)
	}, func(k *Call) { k.Late = true })
}
