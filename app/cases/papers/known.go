package papers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/cases/noted"
	"wanjie/app/cases/replies"
	"wanjie/app/cases/supervision"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// known is everything that papers say of a case, read once.
type known struct {
	c     *cases.Case
	rules *blueprint.Config
	box   *keys.Box
	words cases.Words
	noted []noted.Said // of the fields of its class, in full

	assignments  []cases.Assignment // oldest first
	applications []cases.Application
	calls        []call
	orders       []order         // of supervision, signed; oldest first
	replies      []replies.Reply // to whoever sent it, but those that were returned; oldest first
	record       []cases.Event
	names        auth.Called
}

// call is a call-back as it stands in its table.
type call struct {
	ID           uuid.UUID
	Person       int64
	At           time.Time
	Valid        bool
	Contacted    bool
	Solved       bool
	Satisfaction cases.Satisfaction
}

// order is a supervision order with its number in the table.
type order struct {
	ID uuid.UUID
	*supervision.Paper
}

// gather reads a case for its papers. A case that the actor may not see is NotFound.
func gather(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*known, error) {
	c, rules, err := cases.Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	k := &known{c: c, rules: rules}
	if k.box, err = tx.Box(ctx); err != nil {
		return nil, err
	}
	if k.words, err = c.Open(k.box); err != nil {
		return nil, err
	}
	filled, err := c.Filled(k.box)
	if err != nil {
		return nil, err
	}
	k.noted = filled.Say(ui.WithLocale(ctx, ui.Chinese), rules.FieldsOf(c.Class), true)
	if err := tx.Select(&k.assignments).Where("a.case_id = ? AND NOT a.recalled", id).OrderExpr("a.dispatched_at, a.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("assignments of case %s: %w", id, err)
	}
	if k.applications, err = cases.Applications(ctx, tx, id); err != nil {
		return nil, err
	}
	if err := tx.Raw(`SELECT id, person, at, valid, contacted, solved, satisfaction FROM callbacks WHERE tenant_id = ? AND case_id = ? ORDER BY at, id`,
		int32(tx.ID()), id).Scan(ctx, &k.calls); err != nil {
		return nil, fmt.Errorf("call-backs of case %s: %w", id, err)
	}
	if k.record, err = cases.Record(ctx, tx, id); err != nil {
		return nil, err
	}
	if err := k.gatherBeside(ctx, tx); err != nil {
		return nil, err
	}
	var people []int64
	for i := range k.replies {
		people = append(people, k.replies[i].DraftedBy, k.replies[i].ReviewedBy)
	}
	for _, p := range k.applications {
		people = append(people, p.AskedBy, p.DecidedBy)
	}
	k.names, err = auth.Names(ctx, tx, people...)
	return k, err
}

// gatherBeside reads what stands beside the case: supervision orders that were signed, and replies.
func (k *known) gatherBeside(ctx context.Context, tx tenants.Tx) error {
	ctx = ui.WithLocale(ctx, ui.Chinese)
	orders, _, err := supervision.Orders(ctx, tx, k.c.ID)
	if err != nil {
		return err
	}
	for i := range orders {
		if orders[i].Number == "" {
			continue
		}
		p, _, err := supervision.PaperOf(ctx, tx, orders[i].ID)
		if err != nil {
			return err
		}
		p.Unit = k.unit(orders[i].Unit) // papers name units in full
		k.orders = append(k.orders, order{orders[i].ID, p})
	}
	slices.SortStableFunc(k.orders, func(a, b order) int { return a.SignedAt.Compare(b.SignedAt) })
	list, err := replies.Of(ctx, tx, k.c.ID)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].State != replies.Returned {
			k.replies = append(k.replies, list[i])
		}
	}
	slices.Reverse(k.replies)
	return nil
}

// base are the values that hold for the case, whatever the paper.
func (k *known) base() (Values, error) {
	c, w := k.c, k.words
	if c.Confidential {
		w.Petitioner, w.Phone = secret, secret
		w.Title, w.Description = cases.WithoutNumbers(w.Title), cases.WithoutNumbers(w.Description)
	}
	v := Values{
		"number": c.Number, "upper_number": c.UpperNo, "channel": k.channel(), "title": w.Title, "class": k.class(), "community": k.unit(c.Community),
		"address": w.Address, "description": w.Description, "petitioner": w.Petitioner, "phone": w.Phone, "urgent": "一般",
		"reported_at": when(c.ReportedAt), "filed_at": when(c.FiledAt), "due_at": when(c.DueAt), "upper_due_at": when(c.UpperDue), "closed_at": when(c.ClosedAt),
		"result": k.last("case.handled"), "finding": k.last("case.checked"), "reply": k.last("case.answered"), "callback_words": k.last("case.called_back"),
	}
	for _, said := range k.noted {
		v[noted.Name(said.Key)] = said.Value
	}
	if c.Urgent {
		v["urgent"] = "紧急"
	}
	if d, ok := k.rules.Conditions.Find(c.Condition); ok {
		v["condition"], v["close_condition"] = d.Text+"（"+limit(d.Limit)+"）", d.Close
	}
	var co []string
	var lead *cases.Assignment
	for i := range k.assignments {
		a := &k.assignments[i]
		switch {
		case a.State == cases.Returned:
		case a.Role == cases.LeadRole:
			lead = a
		default:
			co = append(co, k.unit(a.Unit))
		}
	}
	v["co_units"] = strings.Join(co, "、")
	if n := len(k.calls); n > 0 {
		v = v.over(k.calls[n-1].values())
	}
	if lead == nil {
		return v, nil
	}
	of, err := k.assigned(lead)
	return v.over(of), err
}

// assigned are the values of one unit's assignment.
func (k *known) assigned(a *cases.Assignment) (Values, error) {
	g, err := a.Open(k.box)
	if err != nil {
		return nil, err
	}
	v := Values{"unit": k.unit(a.Unit), "dispatched_at": when(a.DispatchedAt), "received_at": when(a.ReceivedAt), "handled_at": when(a.HandledAt),
		"basis": bases[a.Basis], "ground": g.Ground}
	switch a.Basis {
	case cases.Statutory:
		if d, ok := k.rules.Duties.Find(a.Duty); ok {
			v["ground"] = d.Ground
		}
	case cases.Negotiated:
		v["ground"] = joined("；", g.Parties, g.Reason)
	case cases.Designated:
		v["ground"] = joined("；", g.Ground, g.Designator, g.Reason)
	}
	return v, nil
}

var bases = map[cases.Basis]string{cases.Statutory: "法定", cases.Negotiated: "商定", cases.Designated: "指定"}

// applied are the values of one application.
func (k *known) applied(p *cases.Application) (Values, error) {
	words, verdict, err := p.Open(k.box)
	if err != nil {
		return nil, err
	}
	v := Values{"unit": k.unit(p.Unit), "reason": words, "requested_until": when(p.Until), "reason_code": k.rules.ReasonTitle(p.Ground)}
	opinion := map[string]string{cases.Approved: "同意", cases.Refused: "不同意", cases.Withdrawn: "申请人已撤回", cases.Lapsed: "已失效"}[p.State]
	if p.State == cases.Approved && !p.Granted.IsZero() {
		opinion += "，至" + when(p.Granted)
	}
	if p.DecidedBy != 0 && p.State != cases.Withdrawn {
		verdict = joined("　", verdict, k.name(p.DecidedBy), when(p.DecidedAt))
	}
	v["review_opinion"] = joined("\n", opinion, verdict)
	return v, nil
}

// supervised are the values of a supervision order. The unit's answer stands where the work's result will.
func (k *known) supervised(o order) Values {
	v := Values{"unit": o.Unit, "supervision_rank": joined("　", o.Level, o.Number), "supervision_reply_by": when(o.ReplyBy),
		"instruction": joined("\n", k.told(o.Words), joined("　", o.Signer, when(o.SignedAt)))}
	if o.Reply != "" {
		v["result"] = joined("\n", k.told(o.Reply), o.Replier)
	}
	return v
}

// replied are the values of a reply.
func (k *known) replied(p *replies.Reply) (Values, error) {
	words, _, err := p.Open(k.box)
	if err != nil {
		return nil, err
	}
	yes := map[bool]string{true: "是", false: "否"}
	v := Values{"reply": k.told(words), "contacted": yes[p.Contacted], "solved": yes[p.Solved], "draft_opinion": joined("　", "拟办", k.name(p.DraftedBy), when(p.DraftedAt))}
	switch {
	case p.ReviewedBy != 0:
		v["review_opinion"] = joined("　", "同意报出", k.name(p.ReviewedBy), when(p.ReviewedAt))
	case p.State != replies.Review:
		v["review_opinion"] = "按流程无需审核"
	}
	return v, nil
}

// told are words for a paper: of somebody who asked not to be named, without numbers.
func (k *known) told(words string) string {
	if k.c.Confidential {
		return cases.WithoutNumbers(words)
	}
	return words
}

func (c call) values() Values {
	yes := func(b bool) string {
		switch {
		case !c.Valid:
			return "未联系上"
		case b:
			return "是"
		}
		return "否"
	}
	return Values{"contacted": yes(c.Contacted), "solved": yes(c.Solved),
		"satisfaction": map[cases.Satisfaction]string{cases.Satisfied: "满意", cases.Basically: "基本满意", cases.Not: "不满意"}[c.Satisfaction]}
}

// last is what was said the last time that an act of kind had words.
func (k *known) last(kind string) string { return k.saidBy(kind, time.Time{}) }

// saidBy is what was said at an act of kind at a time; the zero time is the last.
func (k *known) saidBy(kind string, at time.Time) (words string) {
	for _, e := range k.record {
		if e.Kind == kind && e.Words != "" && (at.IsZero() || e.At.Equal(at)) {
			words = e.Words
		}
	}
	return words
}

func (k *known) class() string {
	var line []string
	for _, c := range k.rules.Lineage(k.c.Class) {
		line = append([]string{c.Title}, line...)
	}
	return strings.Join(line, " / ")
}

func (k *known) channel() string {
	return k.rules.ChannelTitle(k.c.Channel)
}

func (k *known) unit(key string) string { return k.rules.UnitTitle(key) }

func (k *known) name(person int64) string {
	return k.names.Of(ui.WithLocale(context.Background(), ui.Chinese), person)
}

func (k *known) field(key string) (title string, personal, ok bool) {
	f, ok := k.rules.Fields.Find(key)
	return f.Title, f.Personal, ok
}

// when is a time as papers write it; nothing when there is none.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ui.Time(t)
}

func limit(l blueprint.Limit) string {
	return strconv.Itoa(l.Value) + map[blueprint.LimitUnit]string{blueprint.UrgentHour: "紧急工作时", blueprint.WorkingHour: "工作时", blueprint.WorkingDay: "工作日", blueprint.CalendarDay: "自然日"}[l.Unit]
}

// joined joins what is not empty.
func joined(by string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, by)
}
