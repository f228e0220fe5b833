package supervision

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/supervision"
)

func routes(r web.Routes) {
	r.Get("/supervision", auth.CasesRead, waitingList)
	r.Get("/supervision/orders", auth.CasesRead, register)
	r.Get("/supervision/orders/file", auth.CasesExport, file)
	r.Get("/supervision/instructions", auth.CasesRead, instructionList)

	r.Post("/cases/{id}/urge", "", post("urge", "已催办", ofCase, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		return Press(ctx, tx, id, r.Text("words"))
	}))
	r.Post("/cases/{id}/urge/seen", "", post("seen", "已阅知", ofCase, func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) error {
		return See(ctx, tx, id)
	}))
	r.Post("/cases/{id}/supervise", "", post("propose", "已提出督办", ofCase, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Propose(ctx, tx, id, r.Text("level"), r.Text("words"))
		return err
	}))
	r.Post("/cases/{id}/instruct", "", post("instruct", "已批示", ofCase, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		in, err := readDirective(ctx, tx, r, id)
		if err == nil {
			_, err = Instruct(ctx, tx, id, in)
		}
		return err
	}))
	r.Post("/supervision/{id}/sign", "", post(string(ToSign), "已签发督办单", ofOrder, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Sign(ctx, tx, id, r.Text("words"))
		return err
	}))
	r.Post("/supervision/{id}/decline", "", post(string(ToDecline), "已记录不予督办", ofOrder, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Decline(ctx, tx, id, r.Text("words"))
		return err
	}))
	r.Post("/supervision/{id}/reply", "", post(string(ToReply), "已反馈督办", ofOrder, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		_, err := Answer(ctx, tx, id, r.Text("words"))
		return err
	}))
	r.Post("/supervision/{id}/judge", "", post("judge", "已审核反馈", ofOrder, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		v := r.Text("verdict")
		if v != "accept" && v != "refuse" {
			return fault.Field("verdict", "请选择审核意见")
		}
		_, err := Judge(ctx, tx, id, v == "accept", r.Text("words"))
		return err
	}))
	r.Post("/instructions/{id}/done", "", post("done", "已反馈落实情况", caseOfPart, func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) error {
		return Carry(ctx, tx, id, r.Text("words"))
	}))
}

// formOf tells the forms of a sheet from each other.
func formOf(verb string, id uuid.UUID) cases.Verb { return cases.Verb(verb + "-" + id.String()[24:]) }

// post serves one verb on the object in the address, whose case of finds: done, it leads to the case; refused for its
// fields, the case's sheet comes back with what was typed.
func post(verb, say string, of func(context.Context, tenants.Tx, uuid.UUID) (uuid.UUID, error),
	do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) error,
) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		about, err := of(ctx, tx, id)
		if err != nil {
			return web.Reply{}, err
		}
		if _, _, err := cases.Find(ctx, tx, about); err != nil { // before the form is looked at: what one may not see must not exist
			return web.Reply{}, err
		}
		err = do(ctx, tx, r, id)
		if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
			typed := map[string]string{}
			for name := range r.PostForm {
				typed[name] = r.PostForm.Get(name)
			}
			reply, err := cases.Show(ctx, tx, r, about, cases.Tried{Verb: formOf(verb, id), Fault: f, Typed: typed})
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/cases/%s", about), say).Or(struct {
			Case uuid.UUID `json:"case"`
		}{about}), nil
	}
}

func ofCase(_ context.Context, _ tenants.Tx, id uuid.UUID) (uuid.UUID, error) { return id, nil }

func ofOrder(ctx context.Context, tx tenants.Tx, id uuid.UUID) (uuid.UUID, error) {
	o, err := Find(ctx, tx, id)
	if err != nil {
		return uuid.Nil, err
	}
	return o.CaseID, nil
}

// The desk as a choice of addressees, and all of them.
const (
	toDesk = "desk"
	toAll  = "all"
)

func readDirective(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (Directive, error) {
	in := Directive{Words: r.Text("words")}
	switch to := r.Text("to"); to {
	case "":
	case toDesk:
		in.To = []string{""}
	case toAll:
		c, _, err := cases.Find(ctx, tx, id)
		if err != nil {
			return in, err
		}
		if in.To, err = addressees(ctx, tx, c); err != nil {
			return in, err
		}
	default:
		in.To = []string{to}
	}
	if r.Text("due") == "" {
		return in, nil
	}
	var err error
	in.DueAt, err = r.Moment("due")
	return in, err
}

func readFilter(r *web.Request) Filter {
	key := func(name string) string { // anybody may write anything into an address
		return strings.ToValidUTF8(strings.ReplaceAll(r.Text(name), "\x00", ""), "")
	}
	return Filter{
		State: State(key("state")), Level: key("level"), Unit: key("unit"), Number: key("number"), From: r.Text("from"), To: r.Text("to"),
		Missed: r.Text("missed") != "", Page: r.Int("page", 1),
	}
}

func waitingList(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := waitingPage(ctx, tx, r)
	return web.Page(ui.T(ctx, "催办督办"), view.WaitingPage(p)).Part(view.WaitingList(p)), err
}

func register(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := registerPage(ctx, tx, r, readFilter(r))
	return web.Page(ui.T(ctx, "督办台账"), view.RegisterPage(p)).Part(view.RegisterList(p)), err
}

func instructionList(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := instructionsPage(ctx, tx, r)
	return web.Page(ui.T(ctx, "领导批示"), view.InstructionsPage(p)), err
}
