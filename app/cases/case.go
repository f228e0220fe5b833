package cases

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
)

// Stage is where a case stands.
type Stage string

// The stages, in the order of the way; Rejected is the way out at intake.
const (
	Reported  Stage = "reported"  // 已上报
	Verifying Stage = "verifying" // 核实中
	Accepted  Stage = "accepted"  // 已受理
	Filed     Stage = "filed"     // 已立案, waits for dispatch
	Handling  Stage = "handling"  // 处置中
	Checking  Stage = "checking"  // 待核查
	Closed    Stage = "closed"    // 已结案, waits for call-back
	Archived  Stage = "archived"  // 已归档
	Answered  Stage = "answered"  // 已答复 by whoever took it in
	Rejected  Stage = "rejected"  // 不予受理
	Merged    Stage = "merged"    // 已并案 into another
	Voided    Stage = "voided"    // 已作废: taken in by mistake
)

// Stages lists them all, for filters.
var Stages = []Stage{Reported, Verifying, Accepted, Filed, Handling, Checking, Closed, Archived, Answered, Rejected, Merged, Voided}

// Title is the stage's name on screens, a catalogue key.
func (s Stage) Title() string { return stageTitles[s] }

var stageTitles = map[Stage]string{
	Reported: ui.Key("已上报"), Verifying: ui.Key("核实中"), Accepted: ui.Key("已受理"), Filed: ui.Key("待派遣"), Handling: ui.Key("处置中"),
	Checking: ui.Key("待核查"), Closed: ui.Key("已结案"), Archived: ui.Key("已归档"), Answered: ui.Key("已答复"), Rejected: ui.Key("不予受理"),
	Merged: ui.Key("已并案"), Voided: ui.Key("已作废"),
}

// Ended reports whether nothing more is to be done at the desk.
func (s Stage) Ended() bool { return slices.Contains(endings, s) }

var endings = []Stage{Closed, Archived, Answered, Rejected, Merged, Voided}

// State is where an assignment stands.
type State string

// The states; [Lapsed] is one too: the case went on without it. Working is work taken up again after a rework.
const (
	Dispatched State = "dispatched" // 待签收
	Received   State = "received"   // 已签收
	Working    State = "working"    // 返工中
	Done       State = "done"       // 已办结
	Returned   State = "returned"   // 已退回
	Handed     State = "handed"     // 已移交: handled in another tenant; see [HandOver]
)

// Open reports whether there is still something to do.
func (s State) Open() bool { return s == Dispatched || s == Received || s == Working }

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{
	Dispatched: ui.Key("待签收"), Received: ui.Key("已签收"), Working: ui.Key("返工中"), Done: ui.Key("已办结"), Returned: ui.Key("已退回"),
	Lapsed: ui.Key("已终止"), Handed: ui.Key("已移交"),
}

// Basis is why a case went to this unit and no other.
type Basis string

// The bases (M11). Each dispatch has one, and they are counted.
const (
	Statutory  Basis = "statutory"  // 法定: the duty list says so
	Negotiated Basis = "negotiated" // 商定: the units agreed
	Designated Basis = "designated" // 指定: a leader said so
)

// Title is the basis's name on screens, a catalogue key.
func (b Basis) Title() string { return basisTitles[b] }

var basisTitles = map[Basis]string{Statutory: ui.Key("法定"), Negotiated: ui.Key("商定"), Designated: ui.Key("指定")}

// The outcomes of a closed case.
const (
	OnTime  = "on_time"
	Overdue = "overdue"
)

// Satisfaction is the petitioner's word at a valid call-back.
type Satisfaction string

// The three answers that the rates know.
const (
	Satisfied Satisfaction = "satisfied"
	Basically Satisfaction = "basically"
	Not       Satisfaction = "not"
)

// Case is a petitioner's matter. Sealed columns open with [Case.Open]; times are UTC, zero when not yet.
type Case struct {
	bun.BaseModel `bun:"table:cases,alias:c"`

	ID           uuid.UUID `bun:",pk,type:uuid"`
	Number       string    // 20261123-00042
	Channel      string    // item of the blueprint
	UpperNo      string    // number of the order above
	Source       string    // system it was imported from
	SourceID     string    // its number there
	Class        string    // item of the blueprint
	Condition    string    // filing condition; empty: the general limit
	Community    string    // 12-digit code
	Lon, Lat     *float64  // CGCS2000, degrees
	Grid         string    // code of the grid where it lay when it was reported, for ever; see Locate
	Urgent       bool
	Nature       string // 诉求类型, a code of the scheme Natures; may be empty
	Confidential bool   // the petitioner asked not to be named
	Stage        Stage
	Unit         string // of the lead assignment

	Title       []byte // sealed
	Description []byte // sealed
	Address     []byte // sealed
	Petitioner  []byte // sealed
	Phone       []byte // sealed
	PhoneBlind  []byte // blind index of Phone
	Subject     []byte // sealed: 被反映主体
	Noted       []byte // sealed: 登记项, see Filled

	Blueprint int32 // with Revision: the rules it was filed under
	Revision  int64

	ReportedBy int64
	ReportedAt time.Time
	FoundAt    time.Time `bun:",nullzero"` // claimed; zero: as it was reported
	FiledAt    time.Time `bun:",nullzero"`
	Clock
	CheckedBy  int64     `bun:",nullzero"`
	CheckedAt  time.Time `bun:",nullzero"` // when the check passed
	ClosedAt   time.Time `bun:",nullzero"`
	AnsweredBy int64     // who answered it at intake; 0: nobody did
	EndedAt    time.Time `bun:",nullzero"` // closed, answered, rejected, merged or voided
	Late       bool      // open, not handed in, and past DueAt
	Outcome    string    // OnTime or Overdue once closed
	Reworks    int16
	Reopened   int16
	Calls      int16 // call-backs since closing that reached nobody

	UpperDue       time.Time `bun:",nullzero"` // deadline of the order above; only its issuer moves it
	First          string    // unit it was first dispatched to, which answers to the petitioner (首接负责)
	Asks           int16     // open applications of its unit
	Returns        int16     // how often a unit gave it back
	Extensions     int16     // how often its deadline was put off
	SuspendedAt    time.Time `bun:",nullzero"` // 挂账: the handling clock stands still since then
	SuspendedUntil time.Time `bun:",nullzero"` // when work is expected to go on
	MergedInto     uuid.UUID `bun:"type:uuid,nullzero"`
	Telling        int16     // what its acts tell, for ever; see dims

	OwesCall   bool      // closed or answered, and its call-back is not over
	CallAt     time.Time `bun:",nullzero"` // when to call at the earliest
	CallBy     time.Time `bun:",nullzero"` // by when the call-back should be over
	Uncalled   bool      // it was not
	OwesReply  bool      // closed or answered, and its reply to the order from above is not sent
	Unreplied  bool      // it was not sent in time
	drawnToday int64     // of its unit, when the case was locked to be closed
	Watch

	Beside int16 // how many assignments ever stood beside the lead or beneath a unit's

	Lead   *Assignment  `bun:"-"` // nil before dispatch; see lock and find
	Others []Assignment `bun:"-"` // co-handlers and hands, the oldest first
}

// assignments are the lead and the others.
func (c *Case) assignments() (out []*Assignment) {
	if c.Lead != nil {
		out = append(out, c.Lead)
	}
	for i := range c.Others {
		out = append(out, &c.Others[i])
	}
	return out
}

// assignment finds one by its id, the zero one being the lead's; nil when the case has none of it.
func (c *Case) assignment(id uuid.UUID) *Assignment {
	if id == uuid.Nil {
		return c.Lead
	}
	for _, a := range c.assignments() {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// handOf is who works on an assignment within its unit; nil: nobody was given it, or he gave it back or has done it.
func (c *Case) handOf(a *Assignment) *Assignment {
	for i := range c.Others {
		if h := &c.Others[i]; h.Parent == a.ID && h.State.Open() {
			return h
		}
	}
	return nil
}

// waiting are the co-handlers whose work is not done.
func (c *Case) waiting() (out []*Assignment) {
	for i := range c.Others {
		if a := &c.Others[i]; a.Role == CoRole && a.State.Open() {
			out = append(out, a)
		}
	}
	return out
}

// Watch is how closely a case is watched, as lists show it; the neighbour keeps it.
type Watch struct {
	Urges      int16 // how often its units were urged (催办)
	Supervised int16 // highest rank of its supervision orders in force (督办)
	Instructed int16 // addressees of instructions (批示) who have not reported them done
}

// Assignment is one unit's work on a case, or within a unit one person's.
type Assignment struct {
	bun.BaseModel `bun:"table:assignments,alias:a"`

	ID           uuid.UUID `bun:",pk,type:uuid"`
	CaseID       uuid.UUID `bun:"type:uuid"`
	Role         string    // LeadRole, CoRole or HandRole
	Unit         string
	State        State
	Basis        Basis
	Duty         string // row of the duty list, for Statutory
	Parties      []byte // sealed: who agreed, for Negotiated
	Designator   []byte // sealed: which leader, for Designated
	Ground       []byte // sealed: the legal ground, for Designated
	Reason       []byte // sealed
	ExpiresOn    string // 2006-01-02; empty: this case only
	DispatchedBy int64
	DispatchedAt time.Time
	ReceiveBy    time.Time // end of the receipt clock
	ReceivedBy   int64     `bun:",nullzero"`
	ReceivedAt   time.Time `bun:",nullzero"`
	Unsigned     bool      // nobody had signed by ReceiveBy
	HandledBy    int64     `bun:",nullzero"`
	HandledAt    time.Time `bun:",nullzero"`

	Parent     uuid.UUID `bun:"type:uuid,nullzero"` // of a hand: the assignment of the unit
	Person     int64     `bun:",nullzero"`          // of a hand: who
	Grid       string    // of a hand: code of the grid as whose worker he was chosen
	Spot       bool      // 巡办一体: mended by whoever found it
	Unassigned bool      // the unit had people to give it to and neither gave nor handed it in by the limit of the second dispatch
	Handover   uuid.UUID `bun:"type:uuid,nullzero"` // by which it is handled in another tenant
	Recalled   bool      // taken back before anybody signed for it: as never sent; see [Recall]
}

// The parts that somebody may have in a case.
const (
	LeadRole = "lead" // 主办
	CoRole   = "co"   // 协办
	HandRole = "hand" // 经办: within a unit, beneath its assignment
)

var roleTitles = map[string]string{LeadRole: ui.Key("主办"), CoRole: ui.Key("协办"), HandRole: ui.Key("经办")}

// day is the calendar day of t in Asia/Shanghai, as acts and numbers write it.
func day(t time.Time) string { return t.In(clock.Zone).Format(time.DateOnly) }

// telling is what the acts of new cases tell. A dimension that counts may be added under the next number only:
// an act's before must be what the act before it told, or sums lose what nobody added.
const telling = 2

// dims is what followers may know of the case: never personal data. A report that was rejected, voided
// or merged has no day of receipt: no figure counts it.
func (c *Case) dims(cfg *blueprint.Config) tenants.Dims {
	d := tenants.Dims{"stage": string(c.Stage), "channel": c.Channel, "class": c.Class}
	switch c.Stage {
	case Rejected, Merged, Voided: // never became the street's, or counts with another
	default:
		d["received"] = day(c.ReportedAt)
	}
	set := func(key, value string) {
		if value != "" {
			d[key] = value
		}
	}
	if k, ok := cfg.Classes.Find(c.Class); ok {
		set("class_name", k.Title)
	}
	if k, ok := cfg.Channels.Find(c.Channel); ok {
		set("channel_name", k.Title)
	}
	if c.Community != "" {
		d["community"] = c.Community
		set("community_name", unitName(cfg, c.Community))
	}
	if c.Unit != "" {
		d["unit"] = c.Unit
		set("unit_name", unitName(cfg, c.Unit))
	}
	if c.Lead != nil && c.Lead.State != Returned {
		set("basis", string(c.Lead.Basis))
		if c.Lead.Handover != uuid.Nil {
			d["handed"] = "1"
		}
	}
	if !c.DueAt.IsZero() && c.Telling >= 2 {
		d[tally.Deadline] = day(c.DueAt)
	}
	if !c.ClosedAt.IsZero() {
		d["closed"], d["outcome"] = day(c.ClosedAt), c.Outcome
	}
	if c.Late {
		d["late"] = "1"
	}
	if !c.SuspendedAt.IsZero() {
		d["suspended"] = "1"
	}
	return d
}

func unitName(cfg *blueprint.Config, key string) string {
	u, ok := cfg.UnitOf(key)
	if !ok {
		if name, beyond := cfg.Beyond(key); beyond {
			return name
		}
		return key
	}
	if u.Short != "" {
		return u.Short
	}
	return u.Name
}

// outcome says whether the work that passed was handed in by the deadline.
func (c *Case) outcome() string {
	if c.Lead == nil {
		return OnTime
	}
	return outcomeOf(c.Lead.HandledAt, c.DueAt)
}

// outcomeOf is the rule of the clocks: the deadline is the last instant that is on time, and what has none is
// never overdue.
func outcomeOf(handed, due time.Time) string {
	if !due.IsZero() && handed.After(due) {
		return Overdue
	}
	return OnTime
}
