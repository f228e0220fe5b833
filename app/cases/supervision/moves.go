package supervision

import (
	"fmt"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// State is where an order stands.
type State string

// The states.
const (
	Proposed State = "proposed" // 待签发
	Signed   State = "signed"   // 待反馈
	Replied  State = "replied"  // 待审核
	Settled  State = "settled"  // 已办结
	Declined State = "declined" // 不予督办
)

// States lists them, for filters.
var States = []State{Proposed, Signed, Replied, Settled, Declined}

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{
	Proposed: ui.Key("待签发"), Signed: ui.Key("待反馈"), Replied: ui.Key("待审核反馈"), Settled: ui.Key("已销号"), Declined: ui.Key("不予督办"),
}

// Verb is something a person does to an order.
type Verb string

// The verbs.
const (
	ToPropose Verb = "propose"
	ToSign    Verb = "sign"
	ToDecline Verb = "decline"
	ToReply   Verb = "reply"
	ToAccept  Verb = "accept"
	ToRefuse  Verb = "refuse"
)

// who is asked of the actor.
type who int8

const (
	desk   who = iota // cases.supervise at the desk
	signer            // and of the role that signs the degree; a leader may what a shift leader may
	unit              // cases.handle for the unit that has the case
)

var whoText = map[who]string{desk: auth.CasesSupervise, signer: "the degree's signer, or a leader", unit: auth.CasesHandle + " for the case's unit"}

// Move is one line of the table: who may do what when.
type Move struct {
	Verb  Verb
	Title string  // on buttons, a catalogue key
	From  []State // nil: it creates the order
	To    []State
	Who   who
	Fresh bool // not by whoever gave the answer
	Case  bool // the case must be in a unit's hands
	Needs []string
}

// Moves is the table. Verbs ask it, buttons are drawn from it, MOVES.md is printed from it.
var Moves = []Move{
	{Verb: ToPropose, Title: ui.Key("提出督办"), To: []State{Proposed}, Who: desk, Case: true, Needs: []string{"level", "words"}},
	{Verb: ToSign, Title: ui.Key("签发督办单"), From: []State{Proposed}, To: []State{Signed}, Who: signer, Case: true},
	{Verb: ToDecline, Title: ui.Key("不予督办"), From: []State{Proposed}, To: []State{Declined}, Who: signer, Needs: []string{"words"}},
	{Verb: ToReply, Title: ui.Key("反馈督办"), From: []State{Signed}, To: []State{Replied}, Who: unit, Needs: []string{"words"}},
	{Verb: ToAccept, Title: ui.Key("同意销号"), From: []State{Replied}, To: []State{Settled}, Who: signer, Fresh: true},
	{Verb: ToRefuse, Title: ui.Key("退回重新反馈"), From: []State{Replied}, To: []State{Signed}, Who: signer, Fresh: true, Needs: []string{"words"}},
}

func move(v Verb) Move {
	for _, m := range Moves {
		if m.Verb == v {
			return m
		}
	}
	panic("supervision: no move " + string(v)) // wiring, not input
}

// inHands reports whether a unit has work on the case to do or to answer for, so that it can be urged to.
func inHands(c *cases.Case) bool {
	return c.Unit != "" && (c.Stage == cases.Handling || c.Stage == cases.Checking)
}

// signs reports whether the actor is of the role that signs orders of this degree.
func signs(actor tenants.Actor, level blueprint.Supervision) bool {
	return actor.Trusted() || slices.ContainsFunc(actor.Grants, func(g tenants.Grant) bool { return g.Role == level.Signer || g.Role == auth.Leader })
}

func (m Move) may(actor tenants.Actor, c *cases.Case, level blueprint.Supervision) bool {
	switch m.Who {
	case unit:
		return c.Unit != "" && cases.MayForUnit(actor, auth.CasesHandle, c.Unit)
	case signer:
		return c.MayAtDesk(actor, auth.CasesSupervise) && signs(actor, level)
	default:
		return c.MayAtDesk(actor, auth.CasesSupervise)
	}
}

// allows is nil when the actor may do it to the order as it stands: else Forbidden or Conflict. The case is one that the actor sees.
func (m Move) allows(actor tenants.Actor, c *cases.Case, level blueprint.Supervision, o *Order) error {
	if !m.may(actor, c, level) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if m.From != nil && !slices.Contains(m.From, o.State) {
		return fault.New(fault.Conflict, "督办单的状态已经变化，不能进行此操作")
	}
	if m.Case && !inHands(c) {
		return fault.New(fault.Conflict, "案卷不在承办单位办理，不能督办")
	}
	if m.Fresh && !actor.Trusted() && o.repliedBy == actor.Person {
		return fault.New(fault.Forbidden, "本人反馈的督办单，须由他人审核")
	}
	return nil
}

// Allowed lists what the actor may do to the order now, in the order of the table.
func Allowed(actor tenants.Actor, c *cases.Case, level blueprint.Supervision, o *Order) (out []Move) {
	for _, m := range Moves {
		if m.From != nil && m.allows(actor, c, level, o) == nil {
			out = append(out, m)
		}
	}
	return out
}

// Describe prints the table for people, in Markdown.
func Describe() string {
	var b strings.Builder
	b.WriteString("| 操作 | verb | from | to | who | case | not by | needs |\n|---|---|---|---|---|---|---|---|\n")
	for _, m := range Moves {
		hands, fresh := "", ""
		if m.Case {
			hands = "in a unit's hands"
		}
		if m.Fresh {
			fresh = "who gave the answer"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", m.Title, m.Verb, join(m.From), join(m.To), whoText[m.Who], hands, fresh, strings.Join(m.Needs, ", "))
	}
	return b.String()
}

func join(states []State) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
