package whistle

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"

	view "wanjie/templates/whistle"
)

func routes(r web.Routes) {
	r.Get("/whistles", "", list)
	r.Get("/whistles/new", auth.WhistlesBlow, newForm)
	r.Get("/whistles/figures", auth.BoardRead, figures)
	r.Post("/whistles", auth.WhistlesBlow, postNew)
	r.Get("/whistles/{id}", "", sheet)
	type do = func(context.Context, tenants.Tx, *web.Request, uuid.UUID, uuid.UUID) (*Whistle, error)
	for v, a := range map[Verb]struct {
		say string
		do  do
	}{
		ToReport: {"已报到", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id, call uuid.UUID) (*Whistle, error) {
			return Report(ctx, tx, id, call)
		}},
		ToArrive: {"已到场", func(ctx context.Context, tx tenants.Tx, _ *web.Request, id, call uuid.UUID) (*Whistle, error) {
			return Arrive(ctx, tx, id, call)
		}},
		ToFinish: {"已提交办理结果", func(ctx context.Context, tx tenants.Tx, r *web.Request, id, call uuid.UUID) (*Whistle, error) {
			return Finish(ctx, tx, id, call, r.Text("result"))
		}},
		ToDecline: {"已说明不属本单位", func(ctx context.Context, tx tenants.Tx, r *web.Request, id, call uuid.UUID) (*Whistle, error) {
			return Decline(ctx, tx, id, call, Refusal{r.Text("ground"), r.Text("words")})
		}},
		ToJudge: {"已评价", func(ctx context.Context, tx tenants.Tx, r *web.Request, id, call uuid.UUID) (*Whistle, error) {
			return Judge(ctx, tx, id, call, Judgement{r.Text("needed"), r.Text("facts"), r.Text("words")})
		}},
		ToClose: {"已收哨", func(ctx context.Context, tx tenants.Tx, r *web.Request, id, _ uuid.UUID) (*Whistle, error) {
			verdicts := map[uuid.UUID]Verdict{}
			for name := range r.PostForm {
				if len(name) < len("grade_") || name[:len("grade_")] != "grade_" {
					continue
				}
				if call, err := uuid.Parse(name[len("grade_"):]); err == nil {
					verdicts[call] = Verdict{Grade(r.Text(name)), r.Text("words_" + call.String())}
				}
			}
			return Close(ctx, tx, id, r.Text("outcome"), verdicts)
		}},
		ToCallOff: {"已撤哨", func(ctx context.Context, tx tenants.Tx, r *web.Request, id, _ uuid.UUID) (*Whistle, error) {
			return CallOff(ctx, tx, id, r.Text("outcome"))
		}},
	} {
		r.Post("/whistles/{id}/"+string(v), "", posted(v, a.say, a.do))
	}
}

// attempt is a form that was refused, with what was typed.
type attempt struct {
	verb  Verb
	call  uuid.UUID
	fault *fault.Error
	typed map[string][]string
}

// posted serves one verb: refused for its fields, the sheet comes back with what was typed.
func posted(v Verb, say string, do func(context.Context, tenants.Tx, *web.Request, uuid.UUID, uuid.UUID) (*Whistle, error)) web.Handler {
	return func(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
		id, err := r.ID("id")
		if err != nil {
			return web.Reply{}, err
		}
		call, _ := uuid.Parse(r.Text("call")) // none is refused as one that is not there
		w, err := do(ctx, tx, r, id, call)
		if f := refused(r, err); f != nil {
			reply, err := showSheet(ctx, tx, r, id, attempt{v, call, f, r.PostForm})
			return reply.Status(f.Kind.Status()), err
		}
		if err != nil {
			return web.Reply{}, err
		}
		return web.Done(r.Path("/whistles/%s", w.ID), say).Or(stateOf(w)), nil
	}
}

// state is what a program hears of a whistle after a change.
type state struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
	State  State     `json:"state"`
}

func stateOf(w *Whistle) state { return state{w.ID, w.Number, w.State} }

// refused is the fault of a form that a person should see again; nil otherwise.
func refused(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict || r.WantsJSON() {
		return nil
	}
	return f
}

func list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	want, page := Wanted{All: r.Text("all") != "", Unit: r.Text("unit"), From: r.Text("from")}, min(max(r.Int("page", 1), 1), 500)
	want.Month, _ = ParseMonth(r.Text("month"))
	rows, more, err := Browse(ctx, tx, want, page)
	if err != nil {
		return web.Reply{}, err
	}
	n, err := newNames(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.List{Tabs: []ui.Tab{{Label: ui.T(ctx, "进行中"), Href: listPath(r, Wanted{}, 1), Active: want == Wanted{}}, {Label: ui.T(ctx, "全部"), Href: listPath(r, Wanted{All: true}, 1), Active: want == Wanted{All: true}}}}
	if !want.Month.IsZero() {
		p.Tabs = append(p.Tabs, ui.Tab{Label: n.wanted(want), Href: listPath(r, want, 1), Active: true})
	}
	if auth.Can(tx.Actor(), auth.BoardRead, "") {
		p.Figures = r.Path("/whistles/figures")
	}
	if auth.Can(tx.Actor(), auth.WhistlesBlow, "") {
		p.New = r.Path("/whistles/new")
	}
	for _, w := range rows {
		row, err := n.row(r, w)
		if err != nil {
			return web.Reply{}, err
		}
		p.Rows = append(p.Rows, row)
	}
	if more {
		p.Next = listPath(r, want, page+1)
	}
	if page > 1 {
		p.Back = listPath(r, want, page-1)
	}
	return web.Page(ui.T(ctx, "吹哨报到"), view.ListPage(p)), nil
}

func listPath(r *web.Request, want Wanted, page int) string {
	path := r.Path("/whistles?page=%s", strconv.Itoa(page))
	if want.All {
		path += "&all=1"
	}
	if !want.Month.IsZero() {
		path += "&month=" + want.Month.String()
	}
	for name, value := range map[string]string{"unit": want.Unit, "from": want.From} {
		if value != "" {
			path += "&" + name + "=" + url.QueryEscape(value)
		}
	}
	return path
}

// wanted says what a list behind a figure holds.
func (n names) wanted(want Wanted) string {
	switch {
	case want.Unit != "":
		return want.Month.String() + " " + n.unit(want.Unit)
	case want.From != "" && want.From != Us:
		return want.Month.String() + " " + want.From
	}
	return want.Month.String()
}

func newForm(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showNew(ctx, tx, r, attempt{})
}

func showNew(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	p, err := newPage(ctx, tx, r, tried)
	return web.Page(ui.T(ctx, "吹哨"), view.NewPage(p)).Under(web.Crumb(ui.T(ctx, "吹哨报到"), r.Path("/whistles")), web.Crumb(ui.T(ctx, "吹哨"), "")), err
}

func postNew(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	in := Order{Kind: r.Text("kind"), Units: slices.Concat(r.PostForm["units"], r.PostForm["bureaus"]), Purpose: r.Text("purpose"), Address: r.Text("address"), Community: r.Text("community"),
		Lon: degrees(r.Text("lon")), Lat: degrees(r.Text("lat"))}
	var err error
	if text := r.Text("case"); text != "" {
		if in.Case, err = uuid.Parse(text); err != nil {
			return web.Reply{}, errNone()
		}
	}
	if r.Text("needed") != "" {
		in.At, err = r.Moment("needed")
	}
	var w *Whistle
	if err == nil {
		w, err = Blow(ctx, tx, in)
	}
	if f := refused(r, err); f != nil {
		reply, err := showNew(ctx, tx, r, attempt{verb: ToBlow, fault: f, typed: r.PostForm})
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/whistles/%s", w.ID), "已吹哨").Or(stateOf(w)), nil
}

func degrees(s string) *float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	return showSheet(ctx, tx, r, id, attempt{})
}

func showSheet(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, tried attempt) (web.Reply, error) {
	w, err := Find(ctx, tx, id)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := sheetPage(ctx, tx, r, w, tried)
	return web.Page(p.Kind, view.SheetPage(p)).Under(web.Crumb(ui.T(ctx, "吹哨报到"), r.Path("/whistles")), web.Crumb(w.Number, "")), err
}
