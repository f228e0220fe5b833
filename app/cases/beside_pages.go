package cases

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wanjie/app/auth"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/cases"
)

var stateTones = map[State]ui.Tone{Dispatched: ui.Warn, Received: ui.Info, Working: ui.Bad, Done: ui.Good, Returned: ui.Neutral, Lapsed: ui.Neutral, Handed: ui.Info}

// assignments are everybody's work: each unit's with whom it gave it to beneath.
func (n names) assignments(tx tenants.Tx, c *Case) (out []view.Assignment, err error) {
	var people []int64
	for _, a := range c.Others {
		people = append(people, a.Person)
	}
	called, err := auth.Names(n.ctx, tx, people...)
	if err != nil {
		return nil, err
	}
	add := func(a *Assignment) {
		row := view.Assignment{Role: ui.T(n.ctx, roleTitles[a.Role]), Unit: n.unit(a.Unit), State: view.Tag{Tone: stateTones[a.State], Text: ui.T(n.ctx, a.State.Title())},
			Signed: a.ReceivedAt, Handled: a.HandledAt, Under: a.Role == HandRole}
		if a.State == Dispatched {
			row.Sign = Countdown(n.ctx, a.ReceiveBy, n.now)
		}
		switch {
		case a.Role == HandRole:
			row.Person = n.person(called, a)
		case a.Spot:
			row.Basis = ui.T(n.ctx, "巡办一体")
		default:
			row.Basis = n.basis(a)
		}
		switch {
		case a.Unsigned && a.ReceivedAt.IsZero():
			row.Mark = view.Tag{Tone: ui.Bad, Text: ui.T(n.ctx, "超时未签收")}
		case a.Unassigned:
			row.Mark = view.Tag{Tone: ui.Warn, Text: ui.T(n.ctx, "超时未派给经办人")}
		}
		out = append(out, row)
	}
	for _, a := range c.assignments() {
		if a.Role == HandRole {
			continue
		}
		add(a)
		for i := range c.Others {
			if h := &c.Others[i]; h.Parent == a.ID {
				add(h)
			}
		}
	}
	return out, nil
}

func (n names) person(called auth.Called, a *Assignment) string {
	name := called.Of(n.ctx, a.Person)
	if a.Grid != "" {
		name += "　" + ui.T(n.ctx, "网格 %s", a.Grid)
	}
	return name
}

// waiting names the co-handlers who are at work.
func (n names) waiting(c *Case) string {
	var units []string
	for _, a := range c.waiting() {
		units = append(units, n.unit(a.Unit))
	}
	return strings.Join(units, "、")
}

func (n names) joinForm(tx tenants.Tx, c *Case, f view.Form, again bool) view.Dispatch {
	p := n.dispatchForm(tx, c, f, again)
	p.Joining, p.Proposal, p.Helpers = true, "", nil
	if !again {
		p.Values = map[string]string{}
	}
	return p
}

// assignForm asks to whom a unit gives its work; nothing where it has nobody.
func (n names) assignForm(tx tenants.Tx, c *Case, m Chance, f view.Form) (templ.Component, error) {
	people, err := HandsOf(n.ctx, tx, m.Of.Unit)
	if err != nil {
		return nil, err
	}
	var numbers []int64
	for _, h := range people {
		numbers = append(numbers, h.Person)
	}
	called, err := auth.Names(n.ctx, tx, numbers...)
	if err != nil {
		return nil, err
	}
	now := c.handOf(m.Of)
	ask := view.Ask{Kind: view.AskOne, Name: "hand", Label: ui.T(n.ctx, "经办人"), Required: true, Hint: ui.T(n.ctx, "请选择")}
	for _, h := range people {
		if h.Person == tx.Actor().Person || now != nil && now.Person == h.Person {
			continue
		}
		ask.Options = append(ask.Options, ui.Option{Value: strings.TrimSpace(strconv.FormatInt(h.Person, 10) + " " + h.Grid), Label: n.person(called, &Assignment{Person: h.Person, Grid: h.Grid})})
	}
	if len(ask.Options) == 0 {
		return templ.NopComponent, nil
	}
	p := view.Act{Form: f, Button: ui.T(n.ctx, "派给经办人"), Folded: true, Fields: []view.Ask{ask}, Note: ui.T(n.ctx, "对指挥中心仍由本单位负责")}
	if now != nil {
		p.Note = ui.T(n.ctx, "现由%s经办，改派后其不再经办", n.person(called, now))
	}
	return view.ActForm(p), nil
}

// lot says how the check was drawn.
func (n names) lot(d tenants.Dims) string {
	switch {
	case d["drawn"] == "":
		return ""
	case d["least"] != "":
		return ui.T(n.ctx, "抽签 %s，比例 %s%%，未抽中；按每日最少件数核查", d["lot"], d["share"])
	case d["drawn"] == "1":
		return ui.T(n.ctx, "抽签 %s，比例 %s%%，抽中核查", d["lot"], d["share"])
	}
	return ui.T(n.ctx, "抽签 %s，比例 %s%%，未抽中，免予核查", d["lot"], d["share"])
}
