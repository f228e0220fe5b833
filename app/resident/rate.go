package resident

import (
	"context"
	"strings"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// asked is the prefix of the fields of a questionnaire, the same as at the desk.
const asked = "q_"

func (d *desk) rateForm(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	return d.ratePage(ctx, tx, r, nil)
}

// ratePage draws the questionnaire of the class, without the question whether somebody has been reached.
func (d *desk) ratePage(ctx context.Context, tx tenants.Tx, r *web.Request, f *fault.Error) (web.Reply, error) {
	id, err := id(r)
	if err != nil {
		return web.Reply{}, err
	}
	c, rules, err := cases.Own(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	if err := cases.MayRate(ctx, tx, c, clock.Now(ctx)); err != nil {
		return web.Reply{}, err
	}
	p := view.Rate{Form: form(ctx, r, f), Base: r.Base, ID: c.ID.String(), Number: c.Number, Reopens: rules.Bool("callback.reopen", true)}
	_, p.Title = tileOf(ctx, rules, c.Class)
	counted := map[string]blueprint.Question{}
	for _, q := range rules.QuestionsOf(c.Class) {
		counted[q.Key] = q
		if q.Counts == blueprint.CountsValid {
			continue
		}
		out := view.Question{Name: asked + q.Key, Title: q.Title, Words: q.Type == blueprint.AskWords, Required: q.Required, Value: r.Text(asked + q.Key)}
		switch q.Type {
		case blueprint.AskYes:
			out.Options = []ui.Option{{Value: "yes", Label: ui.T(ctx, "是")}, {Value: "no", Label: ui.T(ctx, "否")}}
		case blueprint.AskChoice:
			for _, o := range q.Options {
				out.Options = append(out.Options, ui.Option{Value: o.Value, Label: o.Title})
			}
		case blueprint.AskWords:
		}
		if q.When != nil && counted[q.When.Question].Counts != blueprint.CountsValid {
			out.When, out.Is = asked+q.When.Question, strings.Join(q.When.Is, " ")
			out.After = after(ctx, counted[q.When.Question], q.When.Is)
			out.Required = false // the verb asks for it where it is due
		}
		p.Questions = append(p.Questions, out)
	}
	reply := web.Page(ui.T(ctx, "评价"), view.RatePage(p)).Data(p)
	if f != nil {
		reply = reply.Status(f.Kind.Status())
	}
	return reply, nil
}

// after says after which answers a question is asked, for pages without scripts.
func after(ctx context.Context, first blueprint.Question, is []string) string {
	var answers []string
	for _, v := range is {
		title := map[string]string{"yes": ui.T(ctx, "是"), "no": ui.T(ctx, "否")}[v]
		for _, o := range first.Options {
			if o.Value == v {
				title = o.Title
			}
		}
		answers = append(answers, title)
	}
	return ui.T(ctx, "上面选“%s”的请回答", strings.Join(answers, "、"))
}

func (d *desk) rate(ctx context.Context, tx tenants.Tx, r *web.Request, _ *Resident) (web.Reply, error) {
	id, err := id(r)
	if err != nil {
		return web.Reply{}, err
	}
	in := cases.Answer{Said: map[string]string{}, Reopen: r.Text("reopen") != "no"}
	for name := range r.PostForm {
		if key, ok := strings.CutPrefix(name, asked); ok {
			in.Said[key] = r.Text(name)
		}
	}
	if _, rules, err := cases.Own(ctx, tx, id); err != nil {
		return web.Reply{}, err
	} else if !rules.Bool("callback.reopen", true) {
		in.Reopen = false
	}
	c, err := cases.Rate(ctx, tx, id, in)
	if f := refused(r, err); f != nil {
		return d.ratePage(ctx, tx, r, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	if !c.Stage.Ended() {
		return web.Done(r.Path("/matters/%s", id), "已退回重新办理").Or(struct{}{}), nil
	}
	return web.Done(r.Path("/matters/%s", id), "感谢您的评价").Or(struct{}{}), nil
}
