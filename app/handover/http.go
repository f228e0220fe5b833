package handover

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/handover"
)

func routes(r web.Routes) {
	r.Get("/handovers", auth.CasesRead, list)
	r.Get("/handovers/new", auth.CasesDispatch, newForm)
	r.Post("/handovers", auth.CasesDispatch, postNew)
	r.Get("/handovers/{id}", auth.CasesRead, sheet)
	for v, a := range map[Verb]struct {
		say string
		do  func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Handover, error)
	}{
		ToAccept: {"已接收", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			return Accept(ctx, tx, id, Acceptance{Class: r.Text("class")})
		}},
		ToRefuse: {"已退回对方", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			return Refuse(ctx, tx, id, Refusal{r.Text("ground"), r.Text("words")})
		}},
		ToGiveBack: {"已退回对方", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			return GiveBack(ctx, tx, id, Refusal{r.Text("ground"), r.Text("words")})
		}},
		ToAsk: {"已提交申请", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			until, err := r.Moment("until")
			if err != nil {
				return nil, err
			}
			return Ask(ctx, tx, id, until, r.Text("words"))
		}},
		ToRecall: {"已要求撤回", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			return TakeBack(ctx, tx, id, r.Text("words"))
		}},
		ToConsent: {"已同意撤回", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) (*Handover, error) {
			return Consent(ctx, tx, id)
		}},
		ToKeep: {"已答复对方", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			return Keep(ctx, tx, id, r.Text("words"))
		}},
		ToPostpone: {"已改期", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Handover, error) {
			until, err := r.Moment("until")
			if err != nil {
				return nil, err
			}
			return Postpone(ctx, tx, id, until)
		}},
	} {
		r.Post("/handovers/{id}/"+string(v), "", posted(v, a.say, a.do))
	}
}

// attempt is a form that was refused, with what was typed.
type attempt struct {
	verb  Verb
	fault *fault.Error
	typed map[string]string
}

// posted serves one verb: refused for its fields, the sheet comes back with what was typed.
func posted(v Verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Handover, error)) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		h, err := do(ctx, tx, r, id)
		if f := refusedForm(r, err); f != nil {
			reply, err := showSheet(ctx, tx, r, id, attempt{v, f, typed(r)})
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/handovers/%s", h.ID), say).Or(toldOf(h)), nil
	}
}

// state is what a program hears of a handover after a change.
type state struct {
	ID    uuid.UUID `json:"id"`
	State State     `json:"state"`
}

func toldOf(h *Handover) state { return state{h.ID, h.State} }

func list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	side, all, page := In, r.Text("all") != "", r.Int("page", 1)
	if r.Text("side") == string(Out) {
		side = Out
	}
	rows, more, err := Browse(ctx, tx, side, all, min(page, 500))
	if err != nil {
		return web.Reply{}, err
	}
	p, err := listPage(ctx, tx, r, side, all, rows)
	if err != nil {
		return web.Reply{}, err
	}
	if more {
		p.Next = listPath(r, side, all, page+1)
	}
	if page > 1 {
		p.Back = listPath(r, side, all, page-1)
	}
	return web.Page(ui.T(ctx, "区街移交"), view.ListPage(p)), nil
}

func listPath(r *web.Request, side Side, all bool, page int) string {
	path := r.Path("/handovers?side=%s", side)
	if all {
		path += "&all=1"
	}
	if page > 1 {
		path += "&page=" + strconv.Itoa(page)
	}
	return path
}

func newForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showNew(ctx, tx, r, attempt{})
}

func showNew(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	id, err := uuid.Parse(r.Text("case"))
	if err != nil {
		return web.Reply{}, errNone()
	}
	c, cfg, err := cases.Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := newPage(ctx, tx, r, c, cfg, tried)
	return web.Page(p.Act.Title, view.NewPage(p)).Under(web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(c.Number, r.Path("/cases/%s", c.ID)), web.Crumb(p.Act.Title, "")), err
}

func postNew(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := uuid.Parse(r.Text("case"))
	if err != nil {
		return web.Reply{}, errNone()
	}
	in := Order{To: r.Text("to"), Reason: r.Text("reason"), Petitioner: r.Text("petitioner_too") == "yes"}
	if r.Text("due") != "" {
		in.Due, err = r.Moment("due")
	}
	var h *Handover
	if err == nil {
		h, err = HandOver(ctx, tx, id, in)
	}
	if f := refusedForm(r, err); f != nil {
		reply, err := showNew(ctx, tx, r, attempt{"handover", f, typed(r)})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/handovers/%s", h.ID), "已移交").Or(toldOf(h)), nil
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showSheet(ctx, tx, r, id, attempt{})
}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried attempt) (web.Reply, error) {
	h, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := sheetPage(ctx, tx, r, h, tried)
	return web.Page(p.Title, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "区街移交"), listPath(r, h.Side, false, 1)), web.Crumb(p.Title, "")), err
}

// refusedForm is the fault of a form that a person should see again; nil otherwise.
func refusedForm(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict || r.WantsJSON() {
		return nil
	}
	return f
}

func typed(r *web.Request) map[string]string {
	out := map[string]string{}
	for k := range r.PostForm {
		out[k] = r.PostForm.Get(k)
	}
	return out
}
