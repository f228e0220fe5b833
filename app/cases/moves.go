package cases

import (
	"fmt"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Verb is something a person does to a case.
type Verb string

// The verbs.
const (
	ToReport   Verb = "report"
	ToFile     Verb = "file"
	ToReject   Verb = "reject"
	ToDispatch Verb = "dispatch"
	ToReceive  Verb = "receive"
	ToHandle   Verb = "handle"
	ToCheck    Verb = "check"
	ToClose    Verb = "close"
	ToCallBack Verb = "callback"
)

// Move is one line of the table: who may do what when.
type Move struct {
	Verb  Verb
	Title string              // on buttons, a catalogue key
	From  []Stage             // nil: it creates the case
	Lead  []State             // the lead assignment stands in one of them; nil: whatever
	To    []Stage             // where the case may stand afterwards
	May   []string            // capabilities, one of which is needed
	Unit  bool                // held for the lead's unit; else for the desk
	Check passed              // of the check
	Fresh func(*Case) []int64 // those who may not, because they worked on it
	Needs []string            // what must be told, as fields
}

// passed is what a move asks of the check.
type passed int8

const (
	whatever passed = iota
	not             // not passed yet
	already         // passed
)

// Moves is the table. Verbs ask it, buttons are drawn from it, MOVES.md is printed from it.
var Moves = []Move{
	{Verb: ToReport, Title: ui.Key("上报"), To: []Stage{Reported, Accepted, Filed}, May: []string{auth.CasesReport},
		Needs: []string{"channel", "class", "description"}},
	{Verb: ToFile, Title: ui.Key("立案"), From: []Stage{Reported, Accepted}, To: []Stage{Filed}, May: []string{auth.CasesFile},
		Needs: []string{"class"}},
	{Verb: ToReject, Title: ui.Key("不予受理"), From: []Stage{Reported, Accepted}, To: []Stage{Rejected}, May: []string{auth.CasesAccept},
		Needs: []string{"reason"}},
	{Verb: ToDispatch, Title: ui.Key("派遣"), From: []Stage{Filed}, To: []Stage{Handling}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate},
		Needs: []string{"unit", "basis"}},
	{Verb: ToReceive, Title: ui.Key("签收"), From: []Stage{Handling}, Lead: []State{Dispatched}, To: []Stage{Handling}, May: []string{auth.CasesReceive}, Unit: true},
	{Verb: ToHandle, Title: ui.Key("提交办理结果"), From: []Stage{Handling}, Lead: []State{Dispatched, Received, Working}, To: []Stage{Checking, Closed, Archived},
		May: []string{auth.CasesHandle}, Unit: true, Needs: []string{"result"}},
	{Verb: ToCheck, Title: ui.Key("核查"), From: []Stage{Checking}, Lead: []State{Done}, To: []Stage{Checking, Handling, Closed, Archived}, May: []string{auth.CasesCheck},
		Check: not, Fresh: workers, Needs: []string{"verdict"}},
	{Verb: ToClose, Title: ui.Key("确认结案"), From: []Stage{Checking}, Lead: []State{Done}, To: []Stage{Closed, Archived}, May: []string{auth.CasesClose},
		Check: already, Fresh: workers},
	{Verb: ToCallBack, Title: ui.Key("回访"), From: []Stage{Closed}, Lead: []State{Done}, To: []Stage{Closed, Archived, Handling}, May: []string{auth.CasesCall},
		Fresh: vouchers, Needs: []string{"valid"}},
}

// workers are those whose work it is.
func workers(c *Case) []int64 {
	if c.Lead == nil {
		return nil
	}
	return []int64{c.Lead.ReceivedBy, c.Lead.HandledBy}
}

// vouchers are the workers and whoever found their work good.
func vouchers(c *Case) []int64 { return append(workers(c), c.CheckedBy) }

// move finds the line of a verb.
func move(v Verb) Move {
	for _, m := range Moves {
		if m.Verb == v {
			return m
		}
	}
	panic("cases: no move " + string(v)) // wiring, not input
}

// allows is nil when the actor may do it to the case as it stands: else NotFound, Forbidden or Conflict.
func (m Move) allows(actor tenants.Actor, c *Case) error {
	if !sees(actor, c) {
		return errNoCase()
	}
	if !m.may(actor, c) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !m.stands(c) {
		return fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	if m.Fresh != nil && !actor.Trusted() && slices.Contains(m.Fresh(c), actor.Person) {
		return fault.New(fault.Forbidden, "本人经办的案卷，须由他人核查、结案和回访")
	}
	return nil
}

func (m Move) may(actor tenants.Actor, c *Case) bool {
	return slices.ContainsFunc(m.May, func(capability string) bool {
		if m.Unit {
			return mayForUnit(actor, capability, c.Unit)
		}
		return mayAtDesk(actor, capability, c.Community)
	})
}

// stands reports whether the case is where the move begins.
func (m Move) stands(c *Case) bool {
	if !slices.Contains(m.From, c.Stage) {
		return false
	}
	if m.Lead != nil && (c.Lead == nil || !slices.Contains(m.Lead, c.Lead.State)) {
		return false
	}
	return m.Check == whatever || (m.Check == already) == !c.CheckedAt.IsZero()
}

// Allowed lists what the actor may do to the case now, in the order of the table.
func Allowed(actor tenants.Actor, c *Case) []Move {
	var out []Move
	for _, m := range Moves {
		if m.From != nil && m.allows(actor, c) == nil {
			out = append(out, m)
		}
	}
	return out
}

// Describe prints the table for people, in Markdown.
func Describe() string {
	var b strings.Builder
	b.WriteString("| 操作 | verb | from | lead assignment | to | capability | for | check | not by | needs |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range Moves {
		who, check, fresh := "desk", "", ""
		if m.Unit {
			who = "lead's unit"
		}
		switch m.Check {
		case not:
			check = "not passed"
		case already:
			check = "passed"
		}
		if m.Fresh != nil {
			fresh = "who received or handled it"
			if m.Verb == ToCallBack {
				fresh += ", who checked it"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", m.Title, m.Verb, join(m.From), join(m.Lead), join(m.To),
			join(m.May), who, check, fresh, join(m.Needs))
	}
	return b.String()
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
