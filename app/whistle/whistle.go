package whistle

import (
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
	"wanjie/tenants/keys"
)

// Emergency is the kind that the limit for arriving at emergencies is for; it is an item of every blueprint.
const Emergency = "whistle-emergency"

// Side says who whistled.
type Side string

// The sides.
const (
	Out Side = "out" // we did
	In  Side = "in"  // a street of our district did, for units of ours
)

// State is where a whistle stands.
type State string

// The states.
const (
	Open      State = "open"       // 进行中
	Closed    State = "closed"     // 已收哨
	CalledOff State = "called_off" // 已撤哨
)

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{Open: ui.Key("进行中"), Closed: ui.Key("已收哨"), CalledOff: ui.Key("已撤哨")}

// Step is how far a unit is.
type Step string

// The steps.
const (
	Sending   Step = "sending"   // 送达中: to a bureau of the centre, which has not got it yet
	Called    Step = "called"    // 待报到
	Reported  Step = "reported"  // 已报到
	Arrived   Step = "arrived"   // 已到场
	Done      Step = "done"      // 已反馈
	Declined  Step = "declined"  // 不属本单位: a bureau says so, with its ground
	Unreached Step = "unreached" // 未送达: the centre takes no calls
)

// Title is the step's name on screens, a catalogue key.
func (s Step) Title() string { return stepTitles[s] }

var stepTitles = map[Step]string{Sending: ui.Key("送达中"), Declined: ui.Key("不属本单位"), Unreached: ui.Key("未送达"), Called: ui.Key("待报到"), Reported: ui.Key("已报到"), Arrived: ui.Key("已到场"), Done: ui.Key("已反馈结果")}

// Grade is the whistler's judgement of a unit.
type Grade string

// The grades.
const (
	Good Grade = "good"
	Fair Grade = "fair"
	Poor Grade = "poor"
)

// Grades lists them, the best first.
var Grades = []Grade{Good, Fair, Poor}

// Title is the grade's name on screens, a catalogue key.
func (g Grade) Title() string { return gradeTitles[g] }

var gradeTitles = map[Grade]string{Good: ui.Key("响应到位"), Fair: ui.Key("基本到位"), Poor: ui.Key("不到位")}

// Whistle is one call of several units. Times are UTC, zero when not yet.
type Whistle struct {
	bun.BaseModel `bun:"table:whistles,alias:w"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Side      Side
	Peer      tenants.ID // the other tenant; 0: it calls our own units only
	PeerName  string
	PeerNo    string    // the street's number of it, on the centre's side
	Sent      int32     // our last message
	Heard     int32     // the last of theirs that we took
	Number    string    // 20261123-W001
	Kind      string    // reason of the blueprint
	KindName  string    // as the street told it
	CaseID    uuid.UUID `bun:"type:uuid,nullzero"`
	Community string
	Lon, Lat  *float64 // CGCS2000, degrees
	Urgent    bool
	NeededAt  time.Time `bun:",nullzero"`
	State     State
	MadeBy    int64
	MadeAt    time.Time
	EndedBy   int64     `bun:",nullzero"`
	EndedAt   time.Time `bun:",nullzero"`

	Purpose, Address, Outcome []byte // sealed

	Calls []*Call `bun:"-"` // by unit, in the order of naming
}

// Call is one unit's part in a whistle.
type Call struct {
	bun.BaseModel `bun:"table:whistle_calls,alias:k"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	WhistleID  uuid.UUID `bun:"type:uuid"`
	Unit       string
	UnitName   string // as the centre told it
	State      Step
	RespondBy  time.Time
	ArriveBy   time.Time `bun:",nullzero"`
	Silent     bool      // nobody had reported in by RespondBy
	Late       bool      // nobody had arrived by ArriveBy
	ReportedBy int64     `bun:",nullzero"`
	ReportedAt time.Time `bun:",nullzero"`
	ArrivedBy  int64     `bun:",nullzero"`
	ArrivedAt  time.Time `bun:",nullzero"`
	DoneBy     int64     `bun:",nullzero"`
	DoneAt     time.Time `bun:",nullzero"`
	Grade      Grade     // of the unit, by the whistler
	Needed     string    // of the whistle, by the unit: yes or no
	Facts      string
	JudgedBy   int64     `bun:",nullzero"`
	JudgedAt   time.Time `bun:",nullzero"`
	DeclinedBy int64     `bun:",nullzero"`
	DeclinedAt time.Time `bun:",nullzero"`

	Result, GradeWords, JudgeWords, Ground []byte // sealed
}

// beyond: the part is of a bureau of the district's centre; what we know of it was told.
func (k *Call) beyond() bool {
	_, is := blueprint.OfCentre(k.Unit)
	return is
}

// reached: the unit knows of the whistle, so it can be judged.
func (k *Call) reached() bool { return k.State != Sending && k.State != Unreached }

func at(table, column string, id uuid.UUID) keys.Addr {
	return keys.Addr{Table: table, Column: column, ID: id}
}

// Words are what a whistle's sealed columns say.
type Words struct{ Purpose, Address, Outcome string }

// Open opens what was said.
func (w *Whistle) Open(box *keys.Box) (out Words, err error) {
	for _, c := range []struct {
		column string
		from   []byte
		to     *string
	}{{"purpose", w.Purpose, &out.Purpose}, {"address", w.Address, &out.Address}, {"outcome", w.Outcome, &out.Outcome}} {
		if *c.to, err = box.Open(at("whistles", c.column, w.ID), c.from); err != nil {
			return Words{}, fmt.Errorf("whistle %s: %w", w.Number, err)
		}
	}
	return out, nil
}

// Said are what a call's sealed columns say.
type Said struct{ Result, Grade, Judge, Ground string }

// Open opens what was said.
func (k *Call) Open(box *keys.Box) (out Said, err error) {
	for _, c := range []struct {
		column string
		from   []byte
		to     *string
	}{{"result", k.Result, &out.Result}, {"grade_words", k.GradeWords, &out.Grade}, {"judge_words", k.JudgeWords, &out.Judge}, {"ground", k.Ground, &out.Ground}} {
		if *c.to, err = box.Open(at("whistle_calls", c.column, k.ID), c.from); err != nil {
			return Said{}, fmt.Errorf("call %s: %w", k.ID, err)
		}
	}
	return out, nil
}

// dims is what followers may know of the whistle, and with k of one unit's part in it.
func (w *Whistle) dims(k *Call) tenants.Dims {
	d := tenants.Dims{"whistle": string(w.State), "whistle_kind": w.Kind}
	if w.Community != "" {
		d["community"] = w.Community
	}
	if k == nil {
		return d
	}
	d["unit"], d["call"] = k.Unit, string(k.State)
	for name, missed := range map[string]bool{"silent": k.Silent, "late": k.Late} {
		if missed {
			d[name] = "1"
		}
	}
	for name, value := range map[string]string{"grade": string(k.Grade), "needed": k.Needed, "facts": k.Facts} {
		if value != "" {
			d[name] = value
		}
	}
	return d
}

// call finds a unit's part by its id; nil when the whistle has none of it.
func (w *Whistle) call(id uuid.UUID) *Call {
	for _, k := range w.Calls {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// Verb is something a person does to a whistle.
type Verb string

// The verbs.
const (
	ToBlow    Verb = "blow"
	ToReport  Verb = "report"
	ToArrive  Verb = "arrive"
	ToFinish  Verb = "finish"
	ToDecline Verb = "decline"
	ToJudge   Verb = "judge"
	ToClose   Verb = "close"
	ToCallOff Verb = "calloff"
)

// Move is one line of the table of who may do what when.
type Move struct {
	Verb  Verb
	Title string  // a catalogue key
	From  []State // of the whistle; nil: it creates one
	Side  Side    // empty: either
	Steps []Step  // of the unit's part; nil: it is about the whole whistle
	To    Step    // empty: where it was
	May   string  // for the unit where Steps are given, else in the whole tenant
	If    func(*Whistle, *Call) bool
	Say   string // why it is refused when If does not hold, a catalogue key
	Needs []string
}

// Moves is the table: verbs ask it, buttons are drawn from it.
var Moves = []Move{
	{Verb: ToBlow, Title: ui.Key("吹哨"), May: auth.WhistlesBlow, Needs: []string{"kind", "units", "purpose", "address"}},
	{Verb: ToReport, Title: ui.Key("报到"), From: []State{Open}, Steps: []Step{Called}, To: Reported, May: auth.CasesReceive},
	{Verb: ToArrive, Title: ui.Key("到场"), From: []State{Open}, Steps: []Step{Called, Reported}, To: Arrived, May: auth.CasesHandle},
	{Verb: ToFinish, Title: ui.Key("反馈结果"), From: []State{Open}, Steps: []Step{Arrived}, To: Done, May: auth.CasesHandle, Needs: []string{"result"}},
	{Verb: ToDecline, Title: ui.Key("不属本单位"), From: []State{Open}, Side: In, Steps: []Step{Called, Reported}, To: Declined, May: auth.CasesReceive, Needs: []string{"ground", "words"}},
	{Verb: ToJudge, Title: ui.Key("评哨"), From: []State{Open, Closed}, Steps: []Step{Reported, Arrived, Done, Declined}, May: auth.CasesHandle,
		If: func(_ *Whistle, k *Call) bool { return k.Needed == "" }, Say: ui.Key("本单位已经评过"), Needs: []string{"needed", "facts"}},
	{Verb: ToClose, Title: ui.Key("收哨"), From: []State{Open}, Side: Out, May: auth.WhistlesBlow, Needs: []string{"grade", "outcome"}},
	{Verb: ToCallOff, Title: ui.Key("撤哨"), From: []State{Open}, Side: Out, May: auth.WhistlesBlow,
		If: func(w *Whistle, _ *Call) bool {
			return !slices.ContainsFunc(w.Calls, func(k *Call) bool { return k.State == Arrived || k.State == Done })
		}, Say: ui.Key("已有单位到场，请收哨"), Needs: []string{"outcome"}},
}

// allows is nil when the actor may do it; k is the part that it is about, nil for the whole.
func (m Move) allows(actor tenants.Actor, w *Whistle, k *Call) error {
	if !sees(actor, w) || (m.Steps != nil) != (k != nil) {
		return errNone()
	}
	if m.Side != "" && m.Side != w.Side || k != nil && (k.beyond() || !mayFor(actor, m.May, k.Unit)) || k == nil && !auth.Can(actor, m.May, "") {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !slices.Contains(m.From, w.State) || k != nil && !slices.Contains(m.Steps, k.State) {
		return fault.New(fault.Conflict, "吹哨的状态已经变化，不能进行此操作")
	}
	if m.If != nil && !m.If(w, k) {
		return fault.New(fault.Conflict, m.Say)
	}
	return nil
}

// Chance is something that the actor may do now, to the whole whistle or for one unit.
type Chance struct {
	Move
	Call *Call
}

// Allowed lists what the actor may do now, his units' parts first.
func Allowed(actor tenants.Actor, w *Whistle) (out []Chance) {
	for _, k := range w.Calls {
		for _, m := range Moves {
			if m.Steps != nil && m.allows(actor, w, k) == nil {
				out = append(out, Chance{m, k})
			}
		}
	}
	for _, m := range Moves {
		if m.From != nil && m.Steps == nil && m.allows(actor, w, nil) == nil {
			out = append(out, Chance{m, nil})
		}
	}
	return out
}

func move(v Verb) Move {
	for _, m := range Moves {
		if m.Verb == v {
			return m
		}
	}
	panic("whistle: no move " + string(v)) // wiring, not input
}

// mayFor reports whether the actor holds a capability for a unit; a community is a unit too.
func mayFor(actor tenants.Actor, capability, unit string) bool {
	return auth.CanAt(actor, capability, auth.At{Unit: unit, Community: unit})
}

// sees: the desk sees every whistle, a unit those that call it.
func sees(actor tenants.Actor, w *Whistle) bool {
	return auth.Can(actor, auth.CasesRead, "") || auth.Can(actor, auth.WhistlesBlow, "") ||
		slices.ContainsFunc(w.Calls, func(k *Call) bool { return mayFor(actor, auth.CasesReceive, k.Unit) })
}

// errNone is the answer for a whistle that is not there, is another tenant's, or none of the actor's business.
func errNone() error { return fault.New(fault.NotFound, "页面不存在") }
