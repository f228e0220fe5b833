package cases

import (
	"fmt"
	"slices"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Verb is something a person does to a case.
type Verb string

// The verbs.
const (
	ToReport   Verb = "report"
	ToVerify   Verb = "verify"
	ToConfirm  Verb = "confirm"
	ToAnswer   Verb = "answer"
	ToMerge    Verb = "merge"
	ToVoid     Verb = "void"
	ToFile     Verb = "file"
	ToReject   Verb = "reject"
	ToDispatch Verb = "dispatch"
	ToReceive  Verb = "receive"
	ToHandle   Verb = "handle"
	ToCheck    Verb = "check"
	ToClose    Verb = "close"
	ToCallBack Verb = "callback"
	ToReturn   Verb = "return"
	ToExtend   Verb = "extend"
	ToSuspend  Verb = "suspend"
	ToWithdraw Verb = "withdraw"
	ToDecide   Verb = "decide"
	ToResume   Verb = "resume"
	ToPostpone Verb = "postpone"
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
	Place string              // a capability that is enough when held for the community where the matter lies
	If    *condition          // must hold besides
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

// condition is what a move asks of the case besides where it stands.
type condition struct {
	text  string // for the description
	say   string // why it is refused, a catalogue key
	holds func(*Case, *blueprint.Config) bool
}

var (
	mayAnswer = &condition{"the route lets intake answer", ui.Key("该类事项不能在受理时直接答复办结"),
		func(c *Case, cfg *blueprint.Config) bool { return cfg.RouteFor(c.Channel, c.Class, c.Urgent).Answer }}
	mayReturn = &condition{"not designated, not suspended", ui.Key("指定派遣或已挂账的案卷不得退单"),
		func(c *Case, _ *blueprint.Config) bool {
			return c.Lead != nil && c.Lead.Basis != Designated && c.SuspendedAt.IsZero()
		}}
	running = &condition{"not late, not suspended", ui.Key("已超期或已挂账的案卷不能申请"),
		func(c *Case, _ *blueprint.Config) bool { return !c.Late && c.SuspendedAt.IsZero() }}
	asked     = &condition{"an application is open", ui.Key("没有待审批的申请"), func(c *Case, _ *blueprint.Config) bool { return c.Asks > 0 }}
	suspended = &condition{"suspended", ui.Key("案卷没有挂账"), func(c *Case, _ *blueprint.Config) bool { return !c.SuspendedAt.IsZero() }}
	ordered   = &condition{"an order from above with a deadline", ui.Key("不是有期限的上级来单"),
		func(c *Case, _ *blueprint.Config) bool { return !c.UpperDue.IsZero() }}
)

// Moves is the table. Verbs ask it, buttons are drawn from it, MOVES.md is printed from it.
var Moves = []Move{
	{Verb: ToReport, Title: ui.Key("上报"), To: []Stage{Reported, Accepted, Filed, Handling}, May: []string{auth.CasesReport},
		Needs: []string{"channel", "class", "description"}},
	{Verb: ToConfirm, Title: ui.Key("反馈核实"), From: []Stage{Verifying}, To: []Stage{Accepted, Reported}, May: []string{auth.CasesVerify}, Place: auth.CasesHandle,
		Needs: []string{"found", "remark"}},
	{Verb: ToFile, Title: ui.Key("立案"), From: []Stage{Reported, Accepted}, To: []Stage{Filed}, May: []string{auth.CasesFile},
		Needs: []string{"class"}},
	{Verb: ToAnswer, Title: ui.Key("答复办结"), From: []Stage{Reported, Accepted, Filed}, To: []Stage{Answered}, May: []string{auth.CasesAccept, auth.CasesFile}, If: mayAnswer,
		Needs: []string{"answer"}},
	{Verb: ToVerify, Title: ui.Key("送核实"), From: []Stage{Reported}, To: []Stage{Verifying}, May: []string{auth.CasesAccept}},
	{Verb: ToReject, Title: ui.Key("不予受理"), From: []Stage{Reported, Accepted}, To: []Stage{Rejected}, May: []string{auth.CasesAccept},
		Needs: []string{"reason"}},
	{Verb: ToDispatch, Title: ui.Key("派遣"), From: []Stage{Filed}, To: []Stage{Handling}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate},
		Needs: []string{"unit", "basis"}},
	{Verb: ToMerge, Title: ui.Key("并案"), From: []Stage{Reported, Verifying, Accepted, Filed}, To: []Stage{Merged}, May: []string{auth.CasesFile, auth.CasesDispatch},
		Needs: []string{"into"}},
	{Verb: ToVoid, Title: ui.Key("作废"), From: []Stage{Reported, Verifying, Accepted, Filed}, To: []Stage{Voided}, May: []string{auth.CasesClose}, Needs: []string{"ground", "words"}},
	{Verb: ToReceive, Title: ui.Key("签收"), From: []Stage{Handling}, Lead: []State{Dispatched}, To: []Stage{Handling}, May: []string{auth.CasesReceive}, Unit: true},
	{Verb: ToHandle, Title: ui.Key("提交办理结果"), From: []Stage{Handling}, Lead: []State{Dispatched, Received, Working}, To: []Stage{Checking, Closed, Archived},
		May: []string{auth.CasesHandle}, Unit: true, Needs: []string{"result"}},
	{Verb: ToReturn, Title: ui.Key("申请退单"), From: []Stage{Handling}, Lead: []State{Dispatched, Received}, To: []Stage{Handling}, May: []string{auth.CasesHandle}, Unit: true,
		If: mayReturn, Needs: []string{"ground", "words"}},
	{Verb: ToExtend, Title: ui.Key("申请延期"), From: []Stage{Handling}, Lead: []State{Dispatched, Received, Working}, To: []Stage{Handling}, May: []string{auth.CasesHandle}, Unit: true,
		If: running, Needs: []string{"ground", "words", "until"}},
	{Verb: ToSuspend, Title: ui.Key("申请挂账"), From: []Stage{Handling}, Lead: []State{Dispatched, Received, Working}, To: []Stage{Handling}, May: []string{auth.CasesHandle}, Unit: true,
		If: running, Needs: []string{"ground", "words", "until"}},
	{Verb: ToWithdraw, Title: ui.Key("撤回申请"), From: []Stage{Handling}, To: []Stage{Handling}, May: []string{auth.CasesHandle}, Unit: true, If: asked, Needs: []string{"application"}},
	{Verb: ToDecide, Title: ui.Key("审批"), From: []Stage{Handling}, To: []Stage{Handling, Filed}, May: []string{auth.CasesApprove}, If: asked,
		Needs: []string{"application", "verdict"}},
	{Verb: ToResume, Title: ui.Key("恢复办理"), From: []Stage{Handling}, To: []Stage{Handling}, May: []string{auth.CasesApprove}, If: suspended},
	{Verb: ToPostpone, Title: ui.Key("上级改期"), From: []Stage{Filed, Handling}, To: []Stage{Filed, Handling}, May: []string{auth.CasesFile}, If: ordered, Needs: []string{"upper_due"}},
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
func (m Move) allows(actor tenants.Actor, c *Case, rules *blueprint.Config) error {
	if !sees(actor, c) {
		return errNoCase()
	}
	if !m.may(actor, c) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !m.stands(c) {
		return fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	if m.If != nil && !m.If.holds(c, rules) {
		return fault.New(fault.Conflict, m.If.say)
	}
	if m.Fresh != nil && !actor.Trusted() && slices.Contains(m.Fresh(c), actor.Person) {
		return fault.New(fault.Forbidden, "本人经办的案卷，须由他人核查、结案和回访")
	}
	return nil
}

func (m Move) may(actor tenants.Actor, c *Case) bool {
	if m.Place != "" && c.Community != "" && mayForUnit(actor, m.Place, c.Community) {
		return true
	}
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
func Allowed(actor tenants.Actor, c *Case, rules *blueprint.Config) []Move {
	var out []Move
	for _, m := range Moves {
		if m.From != nil && m.allows(actor, c, rules) == nil {
			out = append(out, m)
		}
	}
	return out
}

// Describe prints the table for people, in Markdown.
func Describe() string {
	var b strings.Builder
	b.WriteString("| 操作 | verb | from | lead assignment | to | capability | for | check | if | not by | needs |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range Moves {
		who, check, fresh, cond := "desk", "", "", ""
		switch {
		case m.Unit:
			who = "lead's unit"
		case m.Place != "":
			who = "desk, or the community with " + m.Place
		}
		if m.If != nil {
			cond = m.If.text
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
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", m.Title, m.Verb, join(m.From), join(m.Lead), join(m.To),
			join(m.May), who, check, cond, fresh, join(m.Needs))
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
