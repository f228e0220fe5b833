package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

// Call is a case whose petitioner is to be called back.
type Call struct {
	Line
	ClosedAt time.Time
	CallAt   time.Time
	CallBy   time.Time
	Calls    int16
	Uncalled bool
	Untold   bool `bun:"-"` // its petitioner's last text message did not arrive
}

// Calls are what became of call-backs.
type Calls struct {
	Waiting int // owed, for the actor
	Missed  int // of those: not over in time
	Tries   int // recorded in the last thirty days, of everybody
	Valid   int // of those
	Reached int // of those: somebody was reached, valid or not
	Untold  int // owed, whose last text message did not arrive
}

// callWindow is how far back the figures over a caller's list look.
const callWindow = 30

// callable is the condition for the call-backs that the actor may make: his reach, and nothing that he worked on or
// found good or answered himself.
func callable(tx tenants.Tx) (where string, args []any) {
	where, args = `c.tenant_id = ? AND c.owes_call`, []any{int32(tx.ID())}
	if tx.Actor().Trusted() {
		return where, args
	}
	me := tx.Actor().Person
	where += ` AND c.checked_by IS DISTINCT FROM ? AND c.answered_by <> ? AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.role = 'lead'
		AND a.state <> 'returned' AND (a.received_by = ? OR a.handled_by = ?))`
	args = append(args, me, me, me, me)
	var communities []string
	for _, at := range auth.Where(tx.Actor(), auth.CasesCall) {
		if at == (auth.At{}) {
			return where, args
		}
		if at.Unit == "" && at.Grid == "" {
			communities = append(communities, at.Community)
		}
	}
	if len(communities) == 0 {
		return "false", nil
	}
	return where + " AND c.community IN (?)", append(args, bun.List(communities))
}

// ToCall lists whom the actor may call back, the nearest deadline first, and how call-backs went lately.
func ToCall(ctx context.Context, tx tenants.Tx) (list []Call, sum Calls, err error) {
	where, args := callable(tx)
	err = tx.Raw(`SELECT c.id, c.number, c.title, c.class, c.channel, c.community, c.stage, c.unit, c.urgent, c.late, c.outcome, c.reported_at, c.due_at,
			c.closed_at, c.call_at, c.call_by, c.calls, c.uncalled
		FROM cases c WHERE `+where+` ORDER BY c.call_by NULLS FIRST, c.id LIMIT ?`, append(args, mostTasks)...).Scan(ctx, &list)
	if err != nil {
		return nil, sum, fmt.Errorf("list call-backs: %w", err)
	}
	err = tx.Raw(`SELECT (SELECT count(*) FROM cases c WHERE `+where+`) AS waiting, (SELECT count(*) FROM cases c WHERE `+where+` AND c.uncalled) AS missed,
			count(*) AS tries, count(*) FILTER (WHERE valid) AS valid, count(*) FILTER (WHERE ground <> ?) AS reached
		FROM callbacks WHERE tenant_id = ? AND at >= ?`,
		append(append(append([]any{}, args...), args...), unreached, int32(tx.ID()), clock.Now(ctx).AddDate(0, 0, -callWindow))...).Scan(ctx, &sum)
	if err != nil {
		return nil, sum, fmt.Errorf("figures of call-backs: %w", err)
	}
	var waiting []uuid.UUID
	if err := tx.Raw(`SELECT c.id FROM cases c WHERE `+where, args...).Scan(ctx, &waiting); err != nil {
		return nil, sum, fmt.Errorf("whom to call back: %w", err)
	}
	unreached, err := Unreached(ctx, tx, waiting)
	if err != nil {
		return nil, sum, err
	}
	sum.Untold = len(unreached)
	for i := range list {
		list[i].Untold = unreached[list[i].ID]
	}
	return list, sum, nil
}

// ToBeCalled counts what waits for a caller, at most a hundred: the menu's badge.
func ToBeCalled(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (n int, err error) {
	where, args := callable(tx)
	if err := tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM cases c WHERE `+where+` LIMIT 100) n`, args...).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("count call-backs: %w", err)
	}
	return n, nil
}

func calls(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	list, sum, err := ToCall(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Calls{
		Live: ui.Listening{Stream: r.Listen(n.now, "case"), Page: r.Path("/callbacks")},
		Figures: []ui.Figure{
			{Label: ui.T(ctx, "待回访"), Value: ui.Number(sum.Waiting)}, {Label: ui.T(ctx, "其中逾期未回访"), Value: ui.Number(sum.Missed)},
			{Label: ui.T(ctx, "其中短信未送达"), Value: ui.Number(sum.Untold)}, {Label: ui.T(ctx, "近30天拨打次数"), Value: ui.Number(sum.Tries)}, {Label: ui.T(ctx, "其中接通"), Value: ui.Number(sum.Reached)},
			{Label: ui.T(ctx, "其中有效回访"), Value: ui.Number(sum.Valid)},
		},
	}
	for i := range list {
		l := &list[i]
		row, err := n.row(r, &l.Line)
		if err != nil {
			return web.Reply{}, err
		}
		row.Mark += fmt.Sprintf(" %d %d %t %t", l.Calls, l.CallAt.Unix(), l.Uncalled, l.Untold)
		out := view.CallRow{Row: row, Closed: l.ClosedAt, By: n.due(Clock{DueAt: l.CallBy}, true), Tries: ui.Number(int(l.Calls)), Unreached: l.Untold}
		if l.CallAt.After(n.now) {
			out.At = ui.Time(l.CallAt)
		}
		p.Rows = append(p.Rows, out)
	}
	return web.Page(ui.T(ctx, "待回访"), view.CallsPage(p)).Part(view.CallsList(p)), nil
}

func readAnswer(r *web.Request) Answer {
	in := Answer{Said: map[string]string{}, Ground: r.Text("ground"), Remark: r.Text("remark"), Reopen: r.Text("reopen") == "yes"}
	for name := range r.PostForm {
		if key, ok := strings.CutPrefix(name, asks("")); ok {
			in.Said[key] = r.Text(name)
		}
	}
	return in
}

// callForm draws the questionnaire of the case's class. Without scripts a question that depends on another one
// stands there all the same, and says when it is asked.
func (n names) callForm(c *Case, f view.Form) templ.Component {
	p := view.Act{Form: f, Button: ui.T(n.ctx, "提交回访")}
	all := n.cfg.QuestionsOf(c.Class)
	for i, q := range all {
		a := view.Ask{Kind: view.AskRadio, Name: asks(q.Key), Label: ui.T(n.ctx, "%d．%s", i+1, q.Title), Help: n.when(all, q)} // none is required where nobody is reached
		switch q.Type {
		case blueprint.AskYes:
			a.Options = []ui.Option{{Value: "yes", Label: ui.T(n.ctx, "是")}, {Value: "no", Label: ui.T(n.ctx, "否")}}
		case blueprint.AskChoice:
			for _, o := range q.Options {
				a.Options = append(a.Options, ui.Option{Value: o.Value, Label: o.Title})
			}
		case blueprint.AskWords:
			a.Kind = view.AskWords
		}
		p.Fields = append(p.Fields, a)
	}
	ground := n.ground(blueprint.InvalidReason)
	ground.Label, ground.Required, ground.Hint = ui.T(n.ctx, "无效回访的理由"), false, ui.T(n.ctx, "已接受回访")
	ground.Help = ui.T(n.ctx, "未接通、拒访等只填此项；未接通的第 %d 次，共 %d 次", c.Calls+1, n.cfg.Int("callback.tries", 3))
	if c.CallAt.After(n.now) {
		p.Note = ui.T(n.ctx, "%s 之前未接通的不计次数，请稍后再拨", ui.Time(c.CallAt))
	}
	p.Fields = append(p.Fields, ground)
	if n.cfg.Bool("callback.reopen", true) {
		p.Fields = append(p.Fields, view.Ask{Kind: view.AskRadio, Name: "reopen", Label: ui.T(n.ctx, "未解决或不满意的，是否退回重办"), Value: "yes",
			Options: []ui.Option{{Value: "yes", Label: ui.T(n.ctx, "退回重办")}, {Value: "no", Label: ui.T(n.ctx, "不退回")}}, Help: ui.T(n.ctx, "退回的案卷重新计时，再次结案后仍须回访")})
	}
	p.Fields = append(p.Fields, view.Ask{Kind: view.AskWords, Name: "remark", Label: ui.T(n.ctx, "回访情况")})
	return view.ActForm(p)
}

// when says after which answer a question is asked.
func (n names) when(all []blueprint.Question, q blueprint.Question) string {
	if q.When == nil {
		return ""
	}
	for i, first := range all {
		if first.Key != q.When.Question || first.Counts == blueprint.CountsValid {
			continue
		}
		var answers []string
		for _, v := range q.When.Is {
			title := map[string]string{"yes": ui.T(n.ctx, "是"), "no": ui.T(n.ctx, "否")}[v]
			for _, o := range first.Options {
				if o.Value == v {
					title = o.Title
				}
			}
			answers = append(answers, title)
		}
		return ui.T(n.ctx, "第%d题答“%s”时填写", i+1, strings.Join(answers, "、"))
	}
	return ""
}
