package assessment

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/layout"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	view "wanjie/templates/assessment"
)

func routes(r web.Routes) {
	r.Get("/assessment", "", index)
	r.Get("/assessment/mine", auth.CasesHandle, index)
	r.Get("/assessment/reports/{report}", "", sheet)
	r.Get("/assessment/reports/{report}/print", "", printed)
	r.Get("/assessment/reports/{report}/export", "", exported)
	r.Get("/assessment/reports/{report}/word", "", worded)
	r.Get("/assessment/reports/{report}/cases", "", behind)
	r.Post("/assessment/reports/{report}/keep", auth.BoardRead, keep)
	r.Get("/assessment/kept/{id}", auth.BoardRead, kept)
	r.Get("/assessment/kept/{id}/print", auth.BoardRead, keptPrinted)
	r.Get("/assessment/kept/{id}/export", auth.BoardRead, keptExported)
	r.Get("/assessment/kept/{id}/word", auth.BoardRead, keptWorded)
	r.Get("/assessment/exclusions", "", exclusions)
	r.Post("/assessment/exclusions", "", postAsk)
	r.Post("/assessment/exclusions/{id}/decide", "", postDecide)
	r.Post("/assessment/exclusions/{id}/withdraw", auth.CasesRead, postWithdraw)
	r.Post("/assessment/exclusions/{id}/undo", "", postUndo)
	r.Post("/assessment/exclusions/{id}/undo/decide", "", postDecideUndo)
}

func crumbs(ctx context.Context, r *web.Request, last string) []layout.Crumb {
	return []layout.Crumb{web.Crumb(ui.T(ctx, "考核"), r.Path("/assessment")), web.Crumb(last, "")}
}

func index(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	p, err := indexPage(ctx, tx, r)
	return web.Page(ui.T(ctx, "考核"), view.IndexPage(p)), err
}

// asked is which report of which term a request is about.
type request struct {
	cfg    *blueprint.Config
	report blueprint.Report
	cycle  blueprint.Cycle
	term   Term
	see    sight
}

// on is the day by which a term is asked for: its last one.
func (t Term) on() string { return t.To.Add(-time.Microsecond).In(clock.Zone).Format(time.DateOnly) }

// within is an instant of the term that a day stands for: where terms begin at noon, the one that ends on that day.
func termOn(c blueprint.Cycle, d clock.Date, now time.Time) Term {
	at := d.Start()
	if shift, err := time.Parse("15:04", c.At); err == nil {
		if shift := time.Duration(shift.Hour())*time.Hour + time.Duration(shift.Minute())*time.Minute; shift > 0 {
			at = at.Add(shift - time.Second)
		}
	}
	return TermOf(c, at, now)
}

// read finds report and term of a request. Who sees own units only sees reports by unit.
func read(ctx context.Context, tx tenants.Tx, r *web.Request) (a request, err error) {
	if a.see = sightOf(tx.Actor()); !a.see.any() {
		return a, errForbidden()
	}
	if a.cfg, err = blueprint.For(ctx, tx); err != nil {
		return a, err
	}
	if a.report, a.cycle, err = ReportOf(a.cfg, r.PathValue("report")); err != nil {
		return a, err
	}
	if !a.see.all && a.report.Rows != blueprint.ByUnit {
		return a, errNothing()
	}
	now := clock.Now(ctx)
	a.term = LastTerm(a.cycle, now)
	if d, ok := clock.ParseDate(r.Text("on")); ok {
		a.term = termOn(a.cycle, d, now)
	}
	if a.term.From.After(now) {
		return a, fault.New(fault.NotFound, "该期尚未开始")
	}
	return a, nil
}

// found is a report's figures: counted now, or those that were kept last; neither where the street is large and
// nothing was kept.
type found struct {
	sheet *Sheet
	kept  *Kept // where they come from; nil: counted now
}

func (a request) find(ctx context.Context, tx tenants.Tx) (f found, err error) {
	is, err := isSmall(ctx, tx)
	if err != nil {
		return f, err
	}
	if is {
		f.sheet, err = Count(ctx, tx, a.cfg, a.report, a.cycle, a.term, nil)
	} else {
		f.kept, err = newest(ctx, tx, a.report.Key, a.term.From)
		if err == nil && f.kept != nil {
			f.sheet, err = f.kept.Whole(ctx, tx)
		}
	}
	if f.sheet != nil && !a.see.all {
		f.sheet.narrow(a.see)
	}
	return f, err
}

// narrow leaves the rows of one's own units: no sums and no others to be held against.
func (s *Sheet) narrow(see sight) {
	s.Rows = slices.DeleteFunc(s.Rows, func(r Row) bool { return !see.sees(r.Key) })
	s.Sum, s.Before, s.YearAgo, s.Burden = Row{}, nil, nil, Burden{}
}

func sheet(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	a, err := read(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return a.show(ctx, tx, r, attempt{})
}

func (a request) show(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	f, err := a.find(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := a.page(ctx, tx, r, f, tried)
	reply := web.Page(a.report.Title, view.SheetPage(p)).Under(crumbs(ctx, r, a.report.Title)...)
	if tried.fault != nil {
		reply = reply.Status(tried.fault.Kind.Status())
	}
	return reply, err
}

// whole is a report with figures, for paper and files.
func whole(ctx context.Context, tx tenants.Tx, r *web.Request) (a request, s *Sheet, err error) {
	if a, err = read(ctx, tx, r); err != nil {
		return a, nil, err
	}
	f, err := a.find(ctx, tx)
	if err == nil && f.sheet == nil {
		err = fault.New(fault.Conflict, "该期报表尚未生成")
	}
	return a, f.sheet, err
}

func printed(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	a, s, err := whole(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return onPaper(ctx, tx, r, s, r.Path("/assessment/reports/%s?on=%s", a.report.Key, a.term.on()))
}

func onPaper(ctx context.Context, tx tenants.Tx, r *web.Request, s *Sheet, back string) (web.Reply, error) {
	t := table(ctx, s, nil)
	p := view.Printed{Street: tx.Tenant().Name, Demo: tx.Tenant().Demo, Back: back, Made: ui.Date(clock.Now(ctx)),
		Sheet: view.Sheet{Title: s.Title, Term: termLine(ctx, s.Term), AsOf: ui.Time(s.AsOf), Text: s.Text, Notes: notes(ctx, s), Table: &t, Sections: sections(ctx, s)}}
	return web.Page(s.Title, view.PrintPage(p)).Under(crumbs(ctx, r, s.Title)...), nil
}

func exported(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	_, s, err := whole(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return asFile(ctx, tx, s)
}

func asFile(ctx context.Context, tx tenants.Tx, s *Sheet) (web.Reply, error) {
	var body bytes.Buffer
	if err := sheets.WriteReport(&body, workbook(ctx, tx.Tenant().Name, s)); err != nil {
		return web.Reply{}, err
	}
	return web.File(s.Title+"_"+s.Term.Name+".xlsx", sheets.Excel.Kind(), body.Bytes()), nil
}

func keep(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	a, err := read(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	var words []string
	for i := range a.report.Parts {
		words = append(words, strings.ReplaceAll(r.Text(fmt.Sprintf("words%d", i)), "\r\n", "\n"))
	}
	_, err = Keep(ctx, tx, a.report.Key, a.term.From, words...)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid && !r.WantsJSON() {
		return a.show(ctx, tx, r, attempt{"keep", f})
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/assessment/reports/%s?on=%s", a.report.Key, a.term.on()), "已开始生成，完成后列在存档中"), nil
}

// keptOf reads a kept report that is made.
func keptOf(ctx context.Context, tx tenants.Tx, r *web.Request) (*Kept, *Sheet, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, nil, err
	}
	if !sightOf(tx.Actor()).all {
		return nil, nil, errNothing()
	}
	k, err := Find(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if k.State != Made {
		return nil, nil, errNothing()
	}
	s, err := k.Whole(ctx, tx)
	return k, s, err
}

func kept(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	k, s, err := keptOf(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	p, err := keptPage(ctx, tx, r, k, s)
	return web.Page(s.Title, view.SheetPage(p)).Under(crumbs(ctx, r, s.Title)...), err
}

func keptPrinted(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	k, s, err := keptOf(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return onPaper(ctx, tx, r, s, r.Path("/assessment/kept/%s", k.ID))
}

func keptExported(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	_, s, err := keptOf(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return asFile(ctx, tx, s)
}

// behind lists the cases that a figure counts.
func behind(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	a, err := read(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	all := columns(a.report, a.cfg)
	n := slices.IndexFunc(all, func(c Column) bool { return c.Key == r.Text("indicator") })
	if n < 0 {
		return web.Reply{}, errNothing()
	}
	var key *string
	if r.Text("row") != "" {
		k := r.Text("row")[1:] // the first letter tells "no unit" from "any unit"
		key = &k
	}
	if !a.see.all && (key == nil || !a.see.sees(*key)) {
		return web.Reply{}, errNothing()
	}
	p, err := a.casesPage(ctx, tx, r, all[n], key)
	return web.Page(p.Title, view.CasesPage(p)).Under(web.Crumb(ui.T(ctx, "考核"), r.Path("/assessment")), web.Crumb(a.report.Title, p.Back), web.Crumb(all[n].title(ctx), "")), err
}

func exclusions(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return showExclusions(ctx, tx, r, attempt{})
}

// attempt is a form that was refused.
type attempt struct {
	key   string
	fault *fault.Error
}

func showExclusions(ctx context.Context, tx tenants.Tx, r *web.Request, tried attempt) (web.Reply, error) {
	p, err := exclusionsPage(ctx, tx, r, tried)
	reply := web.Page(ui.T(ctx, "剔除考核"), view.ExclusionsPage(p)).Under(crumbs(ctx, r, ui.T(ctx, "剔除考核"))...)
	if tried.fault != nil {
		reply = reply.Status(tried.fault.Kind.Status())
	}
	return reply, err
}

// refused is the fault of a form that a person should see again, with what was typed; nil otherwise.
func refused(r *web.Request, err error) *fault.Error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict || r.WantsJSON() {
		return nil
	}
	return f
}

func postAsk(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	_, err := Ask(ctx, tx, Wish{Number: r.Text("number"), Ground: r.Text("ground"), Words: r.Text("words"), Evidence: r.Text("evidence")})
	if f := refused(r, err); f != nil {
		return showExclusions(ctx, tx, r, attempt{"ask", f})
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/assessment/exclusions"), "已提交申请"), nil
}

func postDecide(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return change(ctx, tx, r, "已审批", func(id uuid.UUID) error {
		switch v := r.Text("verdict"); v {
		case "approve", "refuse":
			_, err := Decide(ctx, tx, id, v == "approve", r.Text("verdict_words"))
			return err
		}
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		return fault.Field("verdict", "请选择审批意见")
	})
}

func postWithdraw(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return change(ctx, tx, r, "已撤回申请", func(id uuid.UUID) error {
		_, err := Withdraw(ctx, tx, id)
		return err
	})
}

func postUndo(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return change(ctx, tx, r, "已提交申请", func(id uuid.UUID) error {
		_, err := AskUndo(ctx, tx, id, r.Text("undo_words"))
		return err
	})
}

func postDecideUndo(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return change(ctx, tx, r, "已审批", func(id uuid.UUID) error {
		switch v := r.Text("undo_choice"); v {
		case "approve", "refuse":
			_, err := DecideUndo(ctx, tx, id, v == "approve", r.Text("undo_verdict"))
			return err
		}
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		return fault.Field("undo_choice", "请选择审批意见")
	})
}

func change(ctx context.Context, tx tenants.Tx, r *web.Request, say string, do func(uuid.UUID) error) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, err
	}
	err = do(id)
	if f := refused(r, err); f != nil {
		return showExclusions(ctx, tx, r, attempt{id.String(), f})
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/assessment/exclusions"), say), nil
}

// newest is the last made report of a term; nil when there is none.
func newest(ctx context.Context, tx tenants.Tx, key string, from time.Time) (*Kept, error) {
	var out []Kept
	err := tx.Select(&out).Where("k.report = ?", key).Where("k.term_from = ?", from).Where("k.state = ?", Made).OrderExpr("k.made_at DESC").Limit(1).Scan(ctx)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return &out[0], nil
}

// title is the indicator's, in the reader's language where it is the product's own.
func (c Column) title(ctx context.Context) string {
	if c.TwinOf != "" {
		return ui.T(ctx, c.Title)
	}
	return cmp.Or(c.Title, c.Key)
}
