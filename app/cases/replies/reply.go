package replies

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// State is where the reply to a handling stands.
type State string

// The states. None: nothing is worded yet.
const (
	None     State = ""
	Review   State = "review"   // 待审核
	Returned State = "returned" // 已退回
	Approved State = "approved" // 待发送
	Sent     State = "sent"     // 已回复
)

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{
	None: ui.Key("待拟办"), Review: ui.Key("待审核"), Returned: ui.Key("已退回修改"), Approved: ui.Key("待发送"), Sent: ui.Key("已回复"),
}

// Reply is what goes up about one handling of a case.
type Reply struct {
	bun.BaseModel `bun:"table:replies,alias:p"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	CaseID     uuid.UUID `bun:"type:uuid"`
	Attempt    int16     // reworks of the case when it was drafted
	Channel    string    // of the case
	State      State
	Contacted  bool   // the petitioner was contacted, says the drafter
	Solved     bool   // likewise
	Words      []byte // sealed
	DraftedBy  int64
	DraftedAt  time.Time
	ReviewBy   time.Time `bun:",nullzero"` // end of the reviewer's clock
	Unreviewed bool      // nobody had reviewed it by then
	ReviewedBy int64     `bun:",nullzero"`
	ReviewedAt time.Time `bun:",nullzero"`
	Verdict    []byte    // sealed: why it was returned
	Seq        int64     // place in the order of approval; 0: not approved
	SentBy     int64     `bun:",nullzero"`
	SentAt     time.Time `bun:",nullzero"`
	Way        string    // File or API
	Batch      uuid.UUID `bun:"type:uuid,nullzero"` // answer file in which it was taken
}

// The ways up.
const (
	File = "file"
	API  = "api"
)

func (p *Reply) addr(column string) keys.Addr {
	return keys.Addr{Table: "replies", Column: column, ID: p.ID}
}

// Open is what the reply says, and what the reviewer said to a returned one.
func (p *Reply) Open(box *keys.Box) (words, verdict string, err error) {
	if words, err = box.Open(p.addr("words"), p.Words); err != nil {
		return "", "", err
	}
	verdict, err = box.Open(p.addr("verdict"), p.Verdict)
	return words, verdict, err
}

// Verb is something done to a reply.
type Verb string

// The verbs.
const (
	ToDraft   Verb = "draft"
	ToApprove Verb = "approve"
	ToReturn  Verb = "return"
	ToSend    Verb = "send"
)

// Move is one line of the table: who may do what when.
type Move struct {
	Verb     Verb
	Title    string        // on buttons, a catalogue key
	From     []State       // of the reply to the present handling
	To       []State       // where it may stand afterwards
	Stages   []cases.Stage // of the case
	Reviewer bool          // by the role that reviews, and not the drafter; else by the unit and the desk
}

var (
	worked = []cases.Stage{cases.Checking, cases.Closed, cases.Answered}
	over   = []cases.Stage{cases.Closed, cases.Answered}
)

// Moves is the table. Verbs ask it and forms are drawn from it.
var Moves = []Move{
	{Verb: ToDraft, Title: ui.Key("拟办回复"), From: []State{None, Returned}, To: []State{Review, Approved}, Stages: worked},
	{Verb: ToApprove, Title: ui.Key("审核通过"), From: []State{Review}, To: []State{Approved}, Stages: over, Reviewer: true},
	{Verb: ToReturn, Title: ui.Key("退回修改"), From: []State{Review}, To: []State{Returned}, Stages: worked, Reviewer: true},
	{Verb: ToSend, Title: ui.Key("发送"), From: []State{Approved}, To: []State{Sent}, Stages: over},
}

func move(v Verb) Move {
	return Moves[slices.IndexFunc(Moves, func(m Move) bool { return m.Verb == v })]
}

// routeOf is how a case walks.
func routeOf(c *cases.Case, rules *blueprint.Config) blueprint.Route {
	return rules.RouteFor(c.Channel, c.Class, c.Urgent)
}

// reviewer is the role that reviews here.
func reviewer(rules *blueprint.Config) string { return rules.Choice("reply.reviewer", auth.ShiftLead) }

// allows is nil when the actor may do it to the reply of the case as both stand; p is nil while nothing is worded.
func (m Move) allows(actor tenants.Actor, c *cases.Case, p *Reply, rules *blueprint.Config) error {
	route, state := routeOf(c, rules), None
	if p != nil {
		state = p.State
	}
	stages := m.Stages
	if m.Verb == ToDraft && !route.Replies(blueprint.ReplyReview) {
		stages = over // it is approved with the draft
	}
	switch {
	case !route.Replies(blueprint.ReplySend):
		return fault.New(fault.Conflict, "该案卷的流程不需要回复上级")
	case !slices.Contains(stages, c.Stage) || c.Stage != cases.Checking && !c.OwesReply || !slices.Contains(m.From, state):
		if m.Verb == ToApprove && c.Stage == cases.Checking && state == Review {
			return fault.New(fault.Conflict, "案卷核查结案后才能审核通过，以免未经核查的结果报到上级")
		}
		return fault.New(fault.Conflict, "回复的状态已经变化，不能进行此操作")
	case actor.Trusted():
		return nil
	case !m.Reviewer && !cases.MayFor(actor, c):
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	case m.Reviewer && !actor.Has(reviewer(rules)) && !actor.Has(auth.Leader):
		return fault.New(fault.Forbidden, "回复由%s审核", auth.Title(reviewer(rules)))
	case m.Reviewer && p.DraftedBy == actor.Person:
		return fault.New(fault.Forbidden, "本人拟办的回复，须由他人审核")
	}
	return nil
}
