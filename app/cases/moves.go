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
	ToInform   Verb = "inform"
	ToMerge    Verb = "merge"
	ToVoid     Verb = "void"
	ToFile     Verb = "file"
	ToReject   Verb = "reject"
	ToDispatch Verb = "dispatch"
	ToRecall   Verb = "recall"
	ToHandOver Verb = "handover"
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

	ToJoin     Verb = "join"
	ToAssist   Verb = "assist"
	ToAssign   Verb = "assign"
	ToTake     Verb = "take"
	ToFeedBack Verb = "feedback"
	ToGiveBack Verb = "giveback"
)

// Move is one line of the table: who may do what when.
type Move struct {
	Verb  Verb
	Title string              // on buttons, a catalogue key
	From  []Stage             // nil: it creates the case
	For   []string            // roles of the assignment that it is about, by its unit's people, or by the hand himself; nil: by the desk
	State []State             // that assignment, of the desk's moves the lead's, stands in one of them; nil: whatever
	To    []Stage             // where the case may stand afterwards
	May   []string            // capabilities, one of which is needed
	Place string              // a capability that is enough when held for the community where the matter lies
	Based bool                // of May only the one that the basis of the lead's dispatch asks for is enough
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

// condition is what a move asks of the case, and of the assignment that it is about, besides where they stand.
type condition struct {
	text  string // for the description
	say   string // why it is refused, a catalogue key
	holds func(*Case, *Assignment, *blueprint.Config) bool
}

var (
	mayAnswer = &condition{"the route lets intake answer", ui.Key("该类事项不能在受理时直接答复办结"),
		func(c *Case, _ *Assignment, cfg *blueprint.Config) bool {
			return cfg.RouteFor(c.Channel, c.Class, c.Urgent).Answer
		}}
	mayReturn = &condition{"not designated, not suspended", ui.Key("指定派遣或已挂账的案卷不得退单"),
		func(c *Case, a *Assignment, _ *blueprint.Config) bool {
			return a != nil && a.Basis != Designated && c.SuspendedAt.IsZero()
		}}
	running = &condition{"not late, not suspended", ui.Key("已超期或已挂账的案卷不能申请"),
		func(c *Case, _ *Assignment, _ *blueprint.Config) bool { return !c.Late && c.SuspendedAt.IsZero() }}
	asked     = &condition{"an application is open", ui.Key("没有待审批的申请"), func(c *Case, _ *Assignment, _ *blueprint.Config) bool { return c.Asks > 0 }}
	suspended = &condition{"suspended", ui.Key("案卷没有挂账"), func(c *Case, _ *Assignment, _ *blueprint.Config) bool { return !c.SuspendedAt.IsZero() }}
	owed      = &condition{"it was drawn", ui.Key("本案未抽中回访，或回访已结束"), func(c *Case, _ *Assignment, _ *blueprint.Config) bool { return c.OwesCall }}
	unsigned  = &condition{"nobody has signed or asked for anything", ui.Key("承办单位已签收或已提出申请，不能撤回派遣"), unanswered}
	ordered   = &condition{"an order from above with a deadline", ui.Key("不是有期限的上级来单"),
		func(c *Case, _ *Assignment, _ *blueprint.Config) bool { return !c.UpperDue.IsZero() }}
)

// Moves is the table. Verbs ask it, buttons are drawn from it, MOVES.md is printed from it.
var Moves = []Move{
	{Verb: ToReport, Title: ui.Key("上报"), To: []Stage{Reported, Accepted, Filed, Handling, Checking, Closed, Archived}, May: []string{auth.CasesReport},
		Needs: []string{"channel", "class", "description"}},
	{Verb: ToConfirm, Title: ui.Key("反馈核实"), From: []Stage{Verifying}, To: []Stage{Accepted, Reported}, May: []string{auth.CasesVerify}, Place: auth.CasesHandle,
		Needs: []string{"found", "remark"}},
	{Verb: ToFile, Title: ui.Key("立案"), From: []Stage{Reported, Accepted}, To: []Stage{Filed}, May: []string{auth.CasesFile},
		Needs: []string{"class"}},
	{Verb: ToAnswer, Title: ui.Key("答复办结"), From: []Stage{Reported, Accepted, Filed}, To: []Stage{Answered}, May: []string{auth.CasesAccept, auth.CasesFile}, If: mayAnswer,
		Needs: []string{"answer"}},
	{Verb: ToInform, Title: ui.Key("渠道外告知"), From: []Stage{Reported, Verifying, Accepted}, To: []Stage{Answered}, May: []string{auth.CasesAccept}, Needs: []string{"outside"}},
	{Verb: ToVerify, Title: ui.Key("送核实"), From: []Stage{Reported}, To: []Stage{Verifying}, May: []string{auth.CasesAccept}},
	{Verb: ToReject, Title: ui.Key("不予受理"), From: []Stage{Reported, Accepted}, To: []Stage{Rejected}, May: []string{auth.CasesAccept},
		Needs: []string{"reason"}},
	{Verb: ToDispatch, Title: ui.Key("派遣"), From: []Stage{Filed}, To: []Stage{Handling}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate},
		Needs: []string{"unit", "basis"}},
	{Verb: ToRecall, Title: ui.Key("撤回派遣"), From: []Stage{Handling}, To: []Stage{Filed}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate}, Based: true, If: unsigned},
	{Verb: ToHandOver, Title: ui.Key("上报区级、下派街道"), From: []Stage{Filed}, To: []Stage{Handling}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate},
		Needs: []string{"to", "reason"}},
	{Verb: ToMerge, Title: ui.Key("并案"), From: []Stage{Reported, Verifying, Accepted, Filed}, To: []Stage{Merged}, May: []string{auth.CasesFile, auth.CasesDispatch},
		Needs: []string{"into"}},
	{Verb: ToVoid, Title: ui.Key("作废"), From: []Stage{Reported, Verifying, Accepted, Filed}, To: []Stage{Voided}, May: []string{auth.CasesClose}, Needs: []string{"ground", "words"}},

	{Verb: ToTake, Title: ui.Key("接办"), From: []Stage{Handling, Checking}, For: hand, State: []State{Dispatched}, To: []Stage{Handling, Checking}, May: []string{auth.CasesWork}},
	{Verb: ToFeedBack, Title: ui.Key("提交经办结果"), From: []Stage{Handling, Checking}, For: hand, State: []State{Dispatched, Received}, To: []Stage{Handling, Checking}, May: []string{auth.CasesWork},
		Needs: []string{"result"}},
	{Verb: ToGiveBack, Title: ui.Key("退回联络员"), From: []Stage{Handling, Checking}, For: hand, State: []State{Dispatched, Received}, To: []Stage{Handling, Checking}, May: []string{auth.CasesWork},
		Needs: []string{"words"}},
	{Verb: ToReceive, Title: ui.Key("签收"), From: []Stage{Handling, Checking}, For: units, State: []State{Dispatched}, To: []Stage{Handling, Checking}, May: []string{auth.CasesReceive}},
	{Verb: ToAssign, Title: ui.Key("派给经办人"), From: []Stage{Handling, Checking}, For: units, State: []State{Received, Working}, To: []Stage{Handling, Checking}, May: []string{auth.CasesHandle},
		Needs: []string{"hand"}},
	{Verb: ToHandle, Title: ui.Key("提交办理结果"), From: []Stage{Handling}, For: lead, State: atWork, To: []Stage{Checking, Closed, Archived}, May: []string{auth.CasesHandle},
		Needs: []string{"result", "alone"}},
	{Verb: ToAssist, Title: ui.Key("提交协办结果"), From: []Stage{Handling, Checking}, For: co, State: atWork, To: []Stage{Handling, Checking}, May: []string{auth.CasesHandle},
		Needs: []string{"result"}},
	{Verb: ToReturn, Title: ui.Key("申请退单"), From: []Stage{Handling}, For: units, State: []State{Dispatched, Received}, To: []Stage{Handling}, May: []string{auth.CasesHandle},
		If: mayReturn, Needs: []string{"ground", "words"}},
	{Verb: ToExtend, Title: ui.Key("申请延期"), From: []Stage{Handling}, For: lead, State: atWork, To: []Stage{Handling}, May: []string{auth.CasesHandle},
		If: running, Needs: []string{"ground", "words", "until"}},
	{Verb: ToSuspend, Title: ui.Key("申请挂账"), From: []Stage{Handling}, For: lead, State: atWork, To: []Stage{Handling}, May: []string{auth.CasesHandle},
		If: running, Needs: []string{"ground", "words", "until"}},
	{Verb: ToWithdraw, Title: ui.Key("撤回申请"), From: []Stage{Handling}, For: units, To: []Stage{Handling}, May: []string{auth.CasesHandle}, If: asked, Needs: []string{"application"}},
	{Verb: ToJoin, Title: ui.Key("增派协办"), From: []Stage{Handling}, To: []Stage{Handling}, May: []string{auth.CasesDispatch, auth.CasesNegotiate, auth.CasesDesignate},
		Needs: []string{"unit", "basis"}},
	{Verb: ToDecide, Title: ui.Key("审批"), From: []Stage{Handling}, To: []Stage{Handling, Filed}, May: []string{auth.CasesApprove}, If: asked,
		Needs: []string{"application", "verdict"}},
	{Verb: ToResume, Title: ui.Key("恢复办理"), From: []Stage{Handling}, To: []Stage{Handling}, May: []string{auth.CasesApprove}, If: suspended},
	{Verb: ToPostpone, Title: ui.Key("上级改期"), From: []Stage{Filed, Handling}, To: []Stage{Filed, Handling}, May: []string{auth.CasesFile}, If: ordered, Needs: []string{"upper_due"}},
	{Verb: ToCheck, Title: ui.Key("核查"), From: []Stage{Checking}, State: []State{Done}, To: []Stage{Checking, Handling, Filed, Closed, Archived}, May: []string{auth.CasesCheck},
		Check: not, Fresh: workers, Needs: []string{"verdict"}},
	{Verb: ToClose, Title: ui.Key("确认结案"), From: []Stage{Checking}, State: []State{Done}, To: []Stage{Closed, Archived}, May: []string{auth.CasesClose},
		Check: already, Fresh: workers},
	{Verb: ToCallBack, Title: ui.Key("回访"), From: []Stage{Closed, Answered}, State: []State{Done}, To: []Stage{Closed, Archived, Answered, Handling, Filed, Accepted}, May: []string{auth.CasesCall},
		If: owed, Fresh: vouchers, Needs: []string{"answers or ground"}},
}

// Whose assignments a move may be about, and in which states work is under way.
var (
	lead, co, units, hand = []string{LeadRole}, []string{CoRole}, []string{LeadRole, CoRole}, []string{HandRole}
	atWork                = []State{Dispatched, Received, Working}
)

// closes reports whether the case may owe a call-back after the move that it did not owe before.
func (m Move) closes() bool {
	return m.Verb == ToAnswer || m.Verb != ToCallBack && slices.Contains(m.To, Closed)
}

// workers are those whose work it is: of the lead, of co-handlers, and whoever within them it was given to.
func workers(c *Case) (out []int64) {
	if c.Lead != nil {
		out = append(out, c.Lead.ReceivedBy, c.Lead.HandledBy)
	}
	for _, a := range c.Others {
		out = append(out, a.ReceivedBy, a.HandledBy, a.Person)
	}
	return out
}

// vouchers are the workers and whoever found their work good, or answered himself.
func vouchers(c *Case) []int64 { return append(workers(c), c.CheckedBy, c.AnsweredBy) }

// move finds the line of a verb.
func move(v Verb) Move {
	for _, m := range Moves {
		if m.Verb == v {
			return m
		}
	}
	panic("cases: no move " + string(v)) // wiring, not input
}

// allows is nil when the actor may do it to the case as it stands, and about a (nil: the lead): else NotFound,
// Forbidden or Conflict.
func (m Move) allows(actor tenants.Actor, c *Case, a *Assignment, rules *blueprint.Config) error {
	if a == nil {
		a = c.Lead
	}
	if !sees(actor, c) {
		return errNoCase()
	}
	if !m.may(actor, c, a) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !m.stands(c, a) {
		return fault.New(fault.Conflict, "案卷的状态已经变化，不能进行此操作")
	}
	if m.If != nil && !m.If.holds(c, a, rules) {
		return fault.New(fault.Conflict, m.If.say)
	}
	if m.Fresh != nil && !actor.Trusted() && slices.Contains(m.Fresh(c), actor.Person) {
		return fault.New(fault.Forbidden, "本人经办的案卷，须由他人核查、结案和回访")
	}
	return nil
}

func (m Move) may(actor tenants.Actor, c *Case, a *Assignment) bool {
	if m.Place != "" && c.Community != "" && mayForUnit(actor, m.Place, c.Community) {
		return true
	}
	return slices.ContainsFunc(m.May, func(capability string) bool {
		switch {
		case m.Based && (c.Lead == nil || capability != basisMay[c.Lead.Basis]):
			return false
		case m.For == nil:
			return mayAtDesk(actor, capability, c.Community)
		case a == nil:
			return mayForUnit(actor, capability, c.Unit)
		case slices.Equal(m.For, hand):
			return actor.Trusted() || a.Person != 0 && a.Person == actor.Person && auth.CanSomewhere(actor, capability)
		}
		return mayForUnit(actor, capability, a.Unit)
	})
}

// stands reports whether case and assignment are where the move begins.
func (m Move) stands(c *Case, a *Assignment) bool {
	if !slices.Contains(m.From, c.Stage) || m.For != nil && a != nil && !slices.Contains(m.For, a.Role) {
		return false
	}
	if m.State != nil && c.Stage != Answered && (a == nil || !slices.Contains(m.State, a.State)) { // what was answered nobody was given
		return false
	}
	return m.Check == whatever || (m.Check == already) == !c.CheckedAt.IsZero()
}

// Chance is a move that an actor may make now, about one assignment; nil: about the case.
type Chance struct {
	Move
	Of *Assignment
}

// Allowed lists what the actor may do to the case now, in the order of the table.
func Allowed(actor tenants.Actor, c *Case, rules *blueprint.Config) []Chance {
	var out []Chance
	for _, m := range Moves {
		switch {
		case m.From == nil:
		case m.For == nil:
			if m.allows(actor, c, nil, rules) == nil {
				out = append(out, Chance{Move: m})
			}
		default:
			for _, a := range c.assignments() {
				if m.allows(actor, c, a, rules) == nil {
					out = append(out, Chance{m, a})
				}
			}
		}
	}
	return out
}

// Describe prints the table for people, in Markdown.
func Describe() string {
	var b strings.Builder
	b.WriteString("| 操作 | verb | from | assignment | to | capability | for | check | if | not by | needs |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range Moves {
		who, check, fresh, cond := "desk", "", "", ""
		switch {
		case m.For != nil:
			who = whose[strings.Join(m.For, " ")]
		case m.Based:
			who = "desk, the capability for the dispatch's basis"
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
			fresh = "who received, handled or was given it"
			if m.Verb == ToCallBack {
				fresh += ", who checked or answered it"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", m.Title, m.Verb, join(m.From), join(m.State), join(m.To),
			join(m.May), who, check, cond, fresh, join(m.Needs))
	}
	return b.String()
}

var whose = map[string]string{LeadRole: "lead's unit", CoRole: "co-handler's unit", LeadRole + " " + CoRole: "lead's or co-handler's unit", HandRole: "the hand"}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
