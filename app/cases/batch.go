package cases

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

// The desk does the same to several cases at once. Each case is decided by its own verb in its own transaction, so a
// refused one stops no other, and the page afterwards says which went and which did not, and why.

// pickedField names the cases that are ticked: "id", or "id unit" where the row proposed a unit.
const pickedField = "case"

func batchRoutes(r web.Routes) {
	r.Each("/cases/batch/dispatch", auth.CasesDispatch, pickedField, func(ctx context.Context, tx tenants.Tx, _ *web.Request, c web.Chosen) error {
		_, err := DispatchAsListed(ctx, tx, c.ID, c.With)
		return err
	}, batchDone("批量派遣", "已派遣"))
	r.Each("/cases/batch/urge", auth.CasesUrge, pickedField, func(ctx context.Context, tx tenants.Tx, _ *web.Request, c web.Chosen) error {
		if Supervision.Urge == nil {
			return errNoCase()
		}
		return Supervision.Urge(ctx, tx, c.ID)
	}, batchDone("批量催办", "已催办"))
}

// DispatchAsListed gives a case to the unit that the duty list names for it. shown is the unit that the actor saw
// proposed; where the list names another by now, nothing is done. Faults: as [Dispatch]; Invalid where the list is silent.
func DispatchAsListed(ctx context.Context, tx tenants.Tx, id uuid.UUID, shown string) (*Case, error) {
	c, rules, err := Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := move(ToDispatch).allows(tx.Actor(), c, nil, rules); err != nil {
		return nil, err
	}
	unit, _, ok := rules.Propose(c.Class, c.Community)
	switch {
	case !ok:
		return nil, fault.New(fault.Invalid, "职责清单没有列明该类事项由谁承办，请商定或指定。")
	case shown != "" && shown != unit:
		return nil, fault.New(fault.Conflict, "建议的承办单位已经变化，请打开案卷核对后派遣")
	}
	return Dispatch(ctx, tx, id, Order{Unit: unit, Basis: Statutory})
}

// offer is the unit that the duty list names for a case that waits for dispatch, if this actor may dispatch by the list.
func (n names) offer(actor tenants.Actor, l *Line) *view.Offer {
	if l.Stage != Filed || !mayAtDesk(actor, auth.CasesDispatch, l.Community) {
		return nil
	}
	unit, duty, ok := n.cfg.Propose(l.Class, l.Community)
	if !ok {
		return &view.Offer{}
	}
	return &view.Offer{Key: unit, Unit: n.unit(unit), Ground: duty.Ground}
}

// alsoOpen counts, for cases that wait for the desk, the other open ones of the same class and community that were reported
// within the days in which the street looks for repeats. It asks once for a whole page.
func alsoOpen(ctx context.Context, tx tenants.Tx, n names, lines []Line) (map[uuid.UUID]int, error) {
	var classes []string
	for i := range lines {
		classes = append(classes, lines[i].Class)
	}
	if len(classes) == 0 {
		return nil, nil //nolint:nilnil // nothing waits
	}
	where, args := reachOf(tx.Actor()).within(tx.ID())
	var counted []struct {
		Class, Community string
		N                int
	}
	since := n.now.AddDate(0, 0, -int(n.cfg.Int("cases.merge_days", 7)))
	err := tx.Raw(`SELECT c.class, c.community, count(*) AS n FROM cases c WHERE c.tenant_id = ? AND c.ended_at IS NULL AND c.reported_at >= ? AND c.class IN (?)`+where+
		` GROUP BY c.class, c.community`, append([]any{int32(tx.ID()), since, bun.List(classes)}, args...)...).Scan(ctx, &counted)
	if err != nil {
		return nil, fmt.Errorf("cases open of the same class: %w", err)
	}
	of := map[[2]string]int{}
	for _, k := range counted {
		of[[2]string{k.Class, k.Community}] = k.N
	}
	out := map[uuid.UUID]int{}
	for i := range lines {
		if l := &lines[i]; l.Community != "" && !l.ReportedAt.Before(since) {
			out[l.ID] = of[[2]string{l.Class, l.Community}] - 1
		}
	}
	return out, nil
}

// batchDone shows what became of each case: to a browser as a page, to the desk's script as JSON.
func batchDone(title, went string) func(context.Context, tenants.Tx, *web.Request, []web.Outcome) (web.Reply, error) {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request, outcomes []web.Outcome) (web.Reply, error) {
		n, err := newNames(ctx, tx)
		if err != nil {
			return web.Reply{}, err
		}
		p := view.Batch{Title: ui.T(ctx, title), Back: r.Path("/cases?%s", backTo(r))}
		for _, o := range outcomes {
			row := view.BatchRow{State: view.Tag{Tone: ui.Good, Text: ui.T(ctx, went)}}
			c, rules, err := Find(ctx, tx, o.ID)
			switch {
			case fault.Is(err, fault.NotFound): // not there, or out of sight: the same for both
			case err != nil:
				return web.Reply{}, err
			default:
				row.Href, row.Number, row.Unit = r.Path("/cases/%s", c.ID), c.Number, n.unit(c.Unit)
				if row.Title, err = c.title(n.box); err != nil {
					return web.Reply{}, err
				}
			}
			if o.Refused != nil {
				row.State, row.Unit = view.Tag{Tone: ui.Bad, Text: ui.T(ctx, "未办理")}, ""
				row.Why = reasonOf(ctx, o.Refused)
			} else {
				p.Went++
				if went == didDispatch {
					row.Undo = undoable(ctx, tx, r, c, rules)
				}
			}
			p.Rows = append(p.Rows, row)
		}
		p.Say = ui.T(ctx, "%d 件已办理", p.Went)
		if left := len(p.Rows) - p.Went; left > 0 {
			p.Say += ui.T(ctx, "，%d 件未办理，原因见下表", left)
		}
		if len(p.Rows) == 1 && p.Went == 1 && !r.WantsJSON() { // one click in a row: back to the list
			return web.Done(r.Path("/cases?%s", url.Values{sentField: {outcomes[0].ID.String()}}.Encode()+"&"+backTo(r)), went), nil
		}
		return web.Page(p.Title, view.BatchPage(p)).Under(web.Crumb(ui.T(ctx, "案卷"), p.Back), web.Crumb(p.Title, "")).Data(batchSaid(ctx, p)), nil
	}
}

// batchSaid is what the desk's script reads out in place of the page.
func batchSaid(ctx context.Context, p view.Batch) map[string]any {
	say := make([]string, 0, len(p.Rows))
	for _, row := range p.Rows {
		line := strings.TrimSpace(row.Number + " " + row.State.Text)
		if row.Unit != "" {
			line += " → " + row.Unit
		}
		if row.Why != "" {
			line += "：" + row.Why
		}
		say = append(say, line)
	}
	out := map[string]any{"went": p.Went, "say": strings.Join(say, "\n")}
	if len(p.Rows) == 1 && p.Rows[0].Undo != nil {
		u := p.Rows[0].Undo
		out["undo"] = map[string]string{"label": u.Label, "about": u.About, "action": u.Action, "field": ui.RequestField, "request": u.Guard.Request, "done": p.Rows[0].Number + " " + ui.T(ctx, "已撤回派遣")}
	}
	return out
}

// reasonOf is a refusal in words: the fields' messages where it is about fields.
func reasonOf(ctx context.Context, f *fault.Error) string {
	if len(f.Fields) == 0 {
		return ui.T(ctx, f.Say, f.Args...)
	}
	var lines []string
	for _, say := range f.Fields {
		lines = append(lines, ui.T(ctx, say))
	}
	return strings.Join(lines, "；")
}

// backTo is the list from which a batch was sent: its filters, as far as they are filters.
func backTo(r *web.Request) string {
	q, err := url.ParseQuery(r.PostForm.Get("back"))
	if err != nil {
		return ""
	}
	for key := range q {
		switch key {
		case "stage", "class", "unit", "channel", "community", "number", "from", "to", "late", "light", "mine", "page":
		default:
			q.Del(key)
		}
	}
	return q.Encode()
}

// sentField names in a list's address the case that was dispatched just now.
const sentField = "sent"

// picked reads the ticked cases of an address.
func picked(values []string) (out []uuid.UUID) {
	for _, v := range values {
		word, _, _ := strings.Cut(v, " ")
		if id, err := uuid.Parse(word); err == nil && len(out) < web.MostAtOnce {
			out = append(out, id)
		}
	}
	return out
}
