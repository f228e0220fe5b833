package handover

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal/tally"
	"wanjie/tenants/keys"
)

// Side is which of the two tenants we are.
type Side string

// The sides.
const (
	Out Side = "out" // we handed a case over
	In  Side = "in"  // one was handed to us
)

// Title is the side's name on screens, a catalogue key.
func (s Side) Title() string {
	return map[Side]string{Out: ui.Key("我方移交"), In: ui.Key("移交我方")}[s]
}

// State is where a handover stands, as far as this side knows.
type State string

// The states.
const (
	Sent     State = "sent"     // 送达中
	Offered  State = "offered"  // 待接收
	Accepted State = "accepted" // 办理中
	Answered State = "answered" // 已反馈
	Refused  State = "refused"  // 已退回
	Recalled State = "recalled" // 已撤回
)

// States lists them in the order of the way.
var States = []State{Sent, Offered, Accepted, Answered, Refused, Recalled}

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{
	Sent: ui.Key("送达中"), Offered: ui.Key("待接收"), Accepted: ui.Key("对方办理中"), Answered: ui.Key("已反馈结果"), Refused: ui.Key("已退回"),
	Recalled: ui.Key("移交已撤回"),
}

// Recall is where the wish of the side that handed over stands, to have the matter back.
type Recall string

// The wish, once there is one.
const (
	RecallAsked Recall = "asked"
	RecallKept  Recall = "kept" // the other side goes on with it all the same
)

// Handover is one tenant's side of it. Times are UTC, zero when not yet.
type Handover struct {
	bun.BaseModel `bun:"table:handovers,alias:h"`

	ID           uuid.UUID `bun:",pk,type:uuid"` // the same on both sides
	Side         Side
	Peer         tenants.ID
	PeerName     string
	PeerNo       string    // the other side's number of its case
	CaseID       uuid.UUID `bun:"type:uuid,nullzero"` // ours; nil until accepted
	State        State
	Unit         string // of the centre: who is meant
	Class        string
	ClassName    string
	ClassAbroad  blueprint.Abroad `bun:"type:jsonb"` // Class, as whoever handed over files under it
	Community    string
	Lon, Lat     *float64
	Urgent       bool
	Confidential bool
	Due          time.Time `bun:",nullzero"`
	DecideBy     time.Time `bun:",nullzero"`
	Overlooked   bool
	Rounds       int16
	Sent         int32 // our last message
	Heard        int32 // the last of theirs that we took
	MadeBy       int64
	MadeAt       time.Time
	DecidedBy    int64     // ours
	DecidedAt    time.Time `bun:",nullzero"`
	AnsweredAt   time.Time `bun:",nullzero"`
	Recall       Recall
	RecalledAt   time.Time `bun:",nullzero"`

	Title, Description, Address, Petitioner, Phone []byte // sealed; only on the side to which it was handed
	Reason, Ground, Result                         []byte // sealed
}

// Words are what the sealed columns say.
type Words struct {
	Title, Description, Address, Petitioner, Phone, Reason, Ground, Result string
}

type sealedColumn struct {
	column string
	sealed *[]byte
	said   *string
}

func (h *Handover) sealed(w *Words) []sealedColumn {
	return []sealedColumn{
		{"title", &h.Title, &w.Title}, {"description", &h.Description, &w.Description}, {"address", &h.Address, &w.Address}, {"petitioner", &h.Petitioner, &w.Petitioner},
		{"phone", &h.Phone, &w.Phone}, {"reason", &h.Reason, &w.Reason}, {"ground", &h.Ground, &w.Ground}, {"result", &h.Result, &w.Result},
	}
}

// Open opens what was said.
func (h *Handover) Open(box *keys.Box) (w Words, err error) {
	for _, c := range h.sealed(&w) {
		if *c.said, err = box.Open(keys.Addr{Table: "handovers", Column: c.column, ID: h.ID}, *c.sealed); err != nil {
			return Words{}, fmt.Errorf("handover %s: %w", h.ID, err)
		}
	}
	return w, nil
}

// seal keeps the columns that w says something for; the others stay.
func (h *Handover) seal(box *keys.Box, w Words) {
	for _, c := range h.sealed(&w) {
		if *c.said != "" {
			*c.sealed = box.Seal(keys.Addr{Table: "handovers", Column: c.column, ID: h.ID}, *c.said)
		}
	}
}

// dims is what followers may know.
func (h *Handover) dims() tenants.Dims {
	d := tenants.Dims{"side": string(h.Side), "handover": string(h.State), "class": h.Class, "peer": h.Peer.String(), "peer_name": h.PeerName}
	if !h.MadeAt.IsZero() {
		d[tally.On] = h.MadeAt.In(clock.Zone).Format(time.DateOnly) // made, or arrived: the day on which boards count it
	}
	if h.Unit != "" {
		d["unit"] = h.Unit
	}
	if h.Overlooked {
		d["overlooked"] = "1"
	}
	return d
}

// Verb is something a person does to a handover that is there.
type Verb string

// The verbs. Handing over itself begins at a case: see [HandOver].
const (
	ToAccept   Verb = "accept"
	ToRefuse   Verb = "refuse"
	ToGiveBack Verb = "giveback"
	ToAsk      Verb = "ask"
	ToPostpone Verb = "postpone"
	ToRecall   Verb = "recall"
	ToConsent  Verb = "consent"
	ToKeep     Verb = "keep"
)

// Move is one line of the table of who may do what when.
type Move struct {
	Verb  Verb
	Title string // a catalogue key
	Side  Side
	From  []State
	To    State // empty: where it was
	May   []string
	Needs []string
	If    func(*Handover) bool
}

func recallAsked(h *Handover) bool { return h.Recall == RecallAsked }

// Moves is the table: verbs ask it, buttons are drawn from it.
var Moves = []Move{
	{ToAccept, ui.Key("接收"), In, []State{Offered}, Accepted, []string{auth.CasesAccept}, []string{"class"}, nil},
	{ToRefuse, ui.Key("退回"), In, []State{Offered}, Refused, []string{auth.CasesAccept}, []string{"ground", "words"}, nil},
	{ToConsent, ui.Key("同意撤回"), In, []State{Accepted}, Recalled, []string{auth.CasesAccept, auth.CasesApprove}, nil, recallAsked},
	{ToKeep, ui.Key("不同意撤回，继续办理"), In, []State{Accepted}, "", []string{auth.CasesAccept, auth.CasesApprove}, []string{"words"}, recallAsked},
	{ToGiveBack, ui.Key("接收后退回"), In, []State{Accepted}, Refused, []string{auth.CasesApprove}, []string{"ground", "words"}, nil},
	{ToAsk, ui.Key("申请改期"), In, []State{Accepted}, "", []string{auth.CasesAccept, auth.CasesDispatch, auth.CasesApprove}, []string{"until", "words"}, nil},
	{ToPostpone, ui.Key("改定期限"), Out, []State{Sent, Offered, Accepted}, "", []string{auth.CasesApprove}, []string{"until"}, nil},
	{ToRecall, ui.Key("撤回移交"), Out, []State{Sent, Offered, Accepted}, "", []string{auth.CasesDispatch, auth.CasesApprove}, []string{"words"},
		func(h *Handover) bool { return h.Recall == "" }},
}

// allows is nil when the actor may do it to the handover as it stands.
func (m Move) allows(actor tenants.Actor, h *Handover) error {
	if !sees(actor) {
		return errNone()
	}
	if h.Side != m.Side || !slices.ContainsFunc(m.May, func(c string) bool { return auth.Can(actor, c, "") }) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !slices.Contains(m.From, h.State) || m.If != nil && !m.If(h) {
		return fault.New(fault.Conflict, "移交的状态已经变化，不能进行此操作")
	}
	return nil
}

// Allowed lists what the actor may do now, in the order of the table.
func Allowed(actor tenants.Actor, h *Handover) (out []Move) {
	for _, m := range Moves {
		if m.allows(actor, h) == nil {
			out = append(out, m)
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
	panic("handover: no move " + string(v)) // wiring, not input
}

// sees reports whether handovers exist for this actor: they are the desk's business.
func sees(actor tenants.Actor) bool { return auth.Can(actor, auth.CasesRead, "") }

// errNone is the answer for a handover that is not there, is another tenant's, or none of the actor's business.
func errNone() error { return fault.New(fault.NotFound, "页面不存在") }

// Channel is the source that a case has which was handed to a tenant of this kind: an item of its blueprint.
func Channel(kind tenants.Kind) string {
	if kind == tenants.Centre {
		return "street"
	}
	return "district"
}

// paired reports whether a case of the channel may have come by a handover.
func paired(channel string) bool { return channel == "street" || channel == "district" }

// longest texts, in characters, as in cases.
const (
	longLine = 200
	longText = 4000
)
