package cases

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/cases"
)

func routes(r web.Routes) {
	r.Get("/cases", "", desk)
	reportRoutes(r)
	r.Get("/cases/{id}", "", sheet)
	r.Look("/cases/{id}/petitioner", "", petitioner)
	r.Get("/tasks", "", tasks)
	r.Get("/callbacks", auth.CasesCall, calls)
	exportRoutes(r)
	batchRoutes(r)
	r.Get("/cases/map", "", caseMap)
	r.Get("/cases/classes", "", classes)
	suggestRoutes(r)

	actRoutes(r)
	r.Post("/cases/{id}/file", "", post(ToFile, "已立案", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		in, err := filing(ctx, tx, r, id)
		if err != nil {
			return nil, err
		}
		return File(ctx, tx, id, in)
	}))
	r.Post("/cases/{id}/reject", "", post(ToReject, "已退回", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		return Reject(ctx, tx, id, r.Text("reason"))
	}))
	r.Post("/cases/{id}/dispatch", "", post(ToDispatch, "已派遣", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		return Dispatch(ctx, tx, id, readOrder(r))
	}))
	postWith(r, "/cases/{id}/handle", "", ToHandle, post(ToHandle, "已提交办理结果", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		filled, err := filled(ctx, tx, r, id, blueprint.AtHandle)
		if err != nil {
			return nil, err
		}
		return HandIn(ctx, tx, id, Result{Words: r.Text("result"), Alone: r.Text("alone"), Noted: filled})
	}))
	postWith(r, "/cases/{id}/check", "", ToCheck, post(ToCheck, "已核查", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		in, err := readFinding(r)
		if err != nil {
			return nil, err
		}
		if in.Noted, err = filled(ctx, tx, r, id, blueprint.AtCheck); err != nil {
			return nil, err
		}
		return Check(ctx, tx, id, in)
	}))
	r.Post("/cases/{id}/close", "", post(ToClose, "已结案", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id uuid.UUID) (*Case, error) {
		return Close(ctx, tx, id)
	}))
	r.Post("/cases/{id}/callback", "", post(ToCallBack, "已记录回访", func(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (*Case, error) {
		return CallBack(ctx, tx, id, readAnswer(r))
	}))
}

func desk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	f := readFilter(r)
	list, err := Browse(ctx, tx, f)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := deskPage(ctx, tx, r, f, list)
	if err != nil {
		return web.Reply{}, err
	}
	undo, err := sentUndo(ctx, tx, r)
	return web.Page(ui.T(ctx, "案卷"), view.DeskPage(p)).Part(view.DeskList(p)).Undo(undo), err
}

// classes are what the filter of the list offers while somebody types: too many to come with every page.
func classes(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	var labels []string
	for _, top := range cfg.ClassesUnder("") {
		for _, k := range append([]blueprint.Class{top}, cfg.ClassesUnder(top.Key)...) {
			labels = append(labels, classLabel(k))
		}
	}
	return web.Page(ui.T(ctx, "类别"), view.ClassList(labels)).Part(view.ClassList(labels)), nil
}

func tasks(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	list, err := Tasks(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := tasksPage(ctx, tx, r, list)
	return web.Page(ui.T(ctx, "我的待办"), view.TasksPage(p)).Part(view.TasksList(p)), err
}

// Post serves a change of something that belongs to a case, as the verbs are served: refused for its fields, the
// sheet comes back, where [Beside] draws the form again.
func Post(v Verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Case, error)) web.Handler {
	return post(v, say, do)
}

// keptVerbs are those that a phone keeps while it has no network: they happened when it says.
var keptVerbs = []Verb{ToReceive, ToTake, ToHandle, ToAssist, ToFeedBack}

// post serves one verb: done, it leads to the case as the actor may still see it; refused for its
// fields, the sheet comes back with what was typed. Verbs check their fields before they write.
func post(v Verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID) (*Case, error)) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		if slices.Contains(keptVerbs, v) {
			if ctx, err = r.Kept(ctx, tx); err != nil {
				return web.Reply{}, err
			}
		}
		c, no, err := withPhotos(ctx, tx, r, id, v, func() (*Case, error) { return do(ctx, tx, r, id) })
		if f := refused(r, no); f != nil {
			reply, err := showSheet(ctx, tx, r, id, Tried{Verb: v, Fault: f, Typed: typed(r)})
			return reply.Status(f.Kind.Status()), err
		}
		if err = errors.Join(no, err); err != nil {
			return web.Reply{}, err
		}
		return done(r, c, say), nil
	}
}

// refused is the fault of a form that a person should see again, with its fields; nil otherwise.
func refused(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid || r.WantsJSON() {
		return nil
	}
	return f
}

// told is what a program hears of a case after a change.
type told struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
	Stage  Stage     `json:"stage"`
}

func done(r *web.Request, c *Case, say string) web.Reply {
	return web.Done(r.Path("/cases/%s", c.ID), say).Or(told{c.ID, c.Number, c.Stage})
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	tried := Tried{}
	if class := r.Text("class"); class != "" { // the filing form asks for another class's conditions
		tried = Tried{Verb: ToFile, Typed: map[string]string{"class": class, "community": r.Text("community"), "urgent": r.Text("urgent")}}
	}
	return showSheet(ctx, tx, r, id, tried)
}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried Tried) (web.Reply, error) {
	c, rules, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := sheetPage(ctx, tx, r, c, rules, tried)
	reply := web.Page(p.Title, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "案卷"), r.Path("/cases")), web.Crumb(c.Number, ""))
	if r.Did(didDispatch) {
		p.Undo = undoable(ctx, tx, r, c, rules)
		reply = reply.Undo(p.Undo)
	}
	if r.Into("drawer") {
		p.Page, p.Said = r.Path("/cases/%s", c.ID), r.Said()
		reply = reply.Part(view.SheetDrawer(p))
	}
	return reply, err
}

// petitioner shows who asked in full, for a stated purpose, and writes the look down.
func petitioner(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	c, rules, err := Petitioner(ctx, tx, id, r.Text("purpose"))
	if err != nil {
		return web.Reply{}, err
	}
	reply, err := showSheet(ctx, tx, r, id, Tried{full: true})
	if err != nil {
		return web.Reply{}, err
	}
	p, err := petitionerPart(ctx, tx, r, c, rules, true)
	return reply.Part(view.PetitionerPart(p)), err
}
