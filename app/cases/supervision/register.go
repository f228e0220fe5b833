package supervision

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/sheets"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"

	caseview "wanjie/templates/cases"
	view "wanjie/templates/supervision"
)

func tabs(ctx context.Context, r *web.Request, active string) []ui.Tab {
	var out []ui.Tab
	for _, t := range []struct{ title, path string }{
		{ui.Key("待我处理"), "/supervision"}, {ui.Key("督办台账"), "/supervision/orders"}, {ui.Key("领导批示"), "/supervision/instructions"},
	} {
		out = append(out, ui.Tab{Label: ui.T(ctx, t.title), Href: r.Path("%s", t.path), Active: t.path == active})
	}
	return out
}

// waitingKinds say what is to be done, and where on the sheet.
var waitingKinds = map[Kind]struct {
	title, anchor string
	tone          ui.Tone
}{
	WaitsToSign:  {ui.Key("待签发"), "order-", ui.Warn},
	WaitsToJudge: {ui.Key("待审核反馈"), "order-", ui.Info},
	WaitsToReply: {ui.Key("待反馈"), "order-", ui.Bad},
	WaitsToCarry: {ui.Key("批示待办"), "part-", ui.Bad},
	WaitsToSee:   {ui.Key("催办未阅"), "", ui.Warn},
}

func waitingPage(ctx context.Context, tx tenants.Tx, r *web.Request) (view.Waiting, error) {
	now := clock.Now(ctx)
	p := view.Waiting{Tabs: tabs(ctx, r, "/supervision"), Live: ui.Listening{Stream: r.Listen(now, "case"), Page: r.Path("/supervision")}}
	list, err := Mine(ctx, tx)
	if err != nil {
		return p, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	for _, w := range list {
		kind, anchor := waitingKinds[w.Kind], "urges"
		if kind.anchor != "" {
			anchor = kind.anchor + w.ID.String()
		}
		row := view.WaitingRow{
			Href: r.Path("/cases/%s#%s", w.CaseID, anchor), Number: w.Number, Kind: caseview.Tag{Tone: kind.tone, Text: ui.T(ctx, kind.title)}, Level: levelTitle(cfg, w.Level),
			Unit: unitTitle(ctx, cfg, w), Since: w.Since, Mark: fmt.Sprint(w.Kind, w.Until.Unix(), w.Missed),
		}
		if (w.Kind == WaitsToReply || w.Kind == WaitsToCarry) && !w.Until.IsZero() {
			row.Until = cases.Countdown(ctx, w.Until, now)
		}
		if row.Title, err = cases.TitleOf(box, w.CaseID, w.Title); err != nil {
			return p, err
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func levelTitle(cfg *blueprint.Config, key string) string {
	if d, ok := cfg.Supervisions.Find(key); ok {
		return d.Title
	}
	return key
}

func unitTitle(ctx context.Context, cfg *blueprint.Config, w Waiting) string {
	if w.Unit == "" && w.Kind == WaitsToCarry {
		return ui.T(ctx, "指挥中心")
	}
	return unitName(cfg, w.Unit)
}

func unitName(cfg *blueprint.Config, key string) string {
	if key == "" {
		return ""
	}
	return cases.UnitName(cfg, key)
}

func (f Filter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"state": string(f.State), "level": f.Level, "unit": f.Unit, "number": f.Number, "from": f.From, "to": f.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Missed {
		q.Set("missed", "1")
	}
	return q
}

func registerPage(ctx context.Context, tx tenants.Tx, r *web.Request, f Filter) (view.Register, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return view.Register{}, err
	}
	list, total, err := Browse(ctx, tx, f, PageSize)
	if err != nil {
		return view.Register{}, err
	}
	path, now := r.Path("/supervision/orders"), clock.Now(ctx)
	p := view.Register{
		Tabs: tabs(ctx, r, "/supervision/orders"), Path: path, State: string(f.State), Level: f.Level, Unit: f.Unit, Number: f.Number, From: f.From, To: f.To, Missed: f.Missed,
		Pages: ui.Pages{Number: max(f.Page, 1), Size: PageSize, Total: min(total, CountTo), Capped: total > CountTo, More: len(list) == PageSize, Path: path, Query: r.URL.Query(), List: "list"},
	}
	for _, s := range States {
		p.States = append(p.States, ui.Option{Value: string(s), Label: ui.T(ctx, s.Title())})
	}
	for _, d := range Degrees(cfg) {
		p.Levels = append(p.Levels, ui.Option{Value: d.Key, Label: d.Title})
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		p.Units = append(p.Units, ui.Option{Value: u.Key, Label: u.Name})
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesExport) {
		q := f.query()
		q.Set("format", string(sheets.Excel))
		p.Excel = r.Path("/supervision/orders/file?%s", q.Encode())
		q.Set("format", string(sheets.CSV))
		p.CSV = r.Path("/supervision/orders/file?%s", q.Encode())
	}
	for i := range list {
		o := &list[i]
		row := view.RegisterRow{
			Href: r.Path("/cases/%s#order-%s", o.CaseID, o.ID), Number: o.Number, Case: o.Case, Level: levelTitle(cfg, o.Level), Unit: unitName(cfg, o.Unit),
			Ground: ui.T(ctx, o.Ground.Title()), State: o.tag(ctx), Proposed: o.ProposedAt, Signed: o.SignedAt, ReplyBy: caseview.Due{At: o.ReplyBy},
		}
		if o.State == Signed {
			row.ReplyBy = cases.Countdown(ctx, o.ReplyBy, now)
		}
		if o.Number != "" {
			row.Deduct = points(o.Deduct)
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// points are tenths of a point as people write them.
func points(tenths int16) string { return strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64) }

// file takes the register out, as it is filtered: numbers, units and times, and none of what was said.
func file(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	format := sheets.Format(r.Text("format"))
	if format.Kind() == "" {
		return web.Reply{}, fault.Field("format", "请选择文件格式")
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	f := readFilter(r)
	f.Page = 1
	list, _, err := Browse(ctx, tx, f, mostRows+1)
	if err != nil {
		return web.Reply{}, err
	}
	if len(list) > mostRows {
		return web.Reply{}, fault.New(fault.Invalid, "符合条件的督办单超过 %d 件，请缩小日期范围", mostRows)
	}
	title := ui.T(ctx, "督办台账")
	columns := []sheets.Column{
		{Title: ui.T(ctx, "督办单编号"), Width: 20}, {Title: ui.T(ctx, "案卷编号"), Width: 17}, {Title: ui.T(ctx, "督办级别")}, {Title: ui.T(ctx, "承办单位"), Width: 16},
		{Title: ui.T(ctx, "事由"), Width: 16}, {Title: ui.T(ctx, "状态")}, {Title: ui.T(ctx, "提出时间"), Width: 17}, {Title: ui.T(ctx, "签发时间"), Width: 17},
		{Title: ui.T(ctx, "反馈期限"), Width: 17}, {Title: ui.T(ctx, "未按期反馈")}, {Title: ui.T(ctx, "办结时间"), Width: 17}, {Title: ui.T(ctx, "扣分")},
	}
	if format == sheets.Excel {
		return onPaper(ctx, tx, cfg, f, title, columns, list)
	}
	var out bytes.Buffer
	w, err := sheets.New(&out, format, title, columns)
	if err != nil {
		return web.Reply{}, err
	}
	for i := range list {
		o := &list[i]
		missed, deduct := o.marks(ctx)
		_ = w.Row(o.Number, o.Case, levelTitle(cfg, o.Level), unitName(cfg, o.Unit), ui.T(ctx, o.Ground.Title()), ui.T(ctx, o.State.Title()), // Close tells
			o.ProposedAt, o.SignedAt, o.ReplyBy, missed, o.EndedAt, deduct)
	}
	if err := w.Close(); err != nil {
		return web.Reply{}, err
	}
	name := title + "_" + clock.Now(ctx).In(clock.Zone).Format("20060102_1504") + "." + string(format)
	return web.File(name, format.Kind(), out.Bytes()), nil
}

// marks are whether an order was missed and what it costs, in words.
func (l *Line) marks(ctx context.Context) (missed, deduct string) {
	if l.Missed {
		missed = ui.T(ctx, "是")
	}
	if l.Number != "" {
		deduct = points(l.Deduct)
	}
	return missed, deduct
}

// onPaper is the register as offices hand it on, the oldest order first.
func onPaper(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, f Filter, title string, columns []sheets.Column, list []Line) (web.Reply, error) {
	out := cases.Register{Office: tx.Tenant().Name, Title: title, Columns: columns}
	out.From, _ = clock.ParseDate(f.From)
	out.To, _ = clock.ParseDate(f.To)
	slices.Reverse(list)
	signed, late, tenths := 0, 0, int16(0)
	for i := range list {
		o := &list[i]
		missed, deduct := o.marks(ctx)
		if o.Number != "" {
			signed, tenths = signed+1, tenths+o.Deduct
		}
		if o.Missed {
			late++
		}
		out.Rows = append(out.Rows, []any{o.Number, o.Case, levelTitle(cfg, o.Level), unitName(cfg, o.Unit), ui.T(ctx, o.Ground.Title()), ui.T(ctx, o.State.Title()),
			ui.Time(o.ProposedAt), ui.Time(o.SignedAt), ui.Time(o.ReplyBy), missed, ui.Time(o.EndedAt), deduct})
	}
	out.Sum = ui.T(ctx, "共%d件，已签发%d件，未按期反馈%d件，扣分%s分", len(list), signed, late, points(tenths))
	name, body, err := out.Workbook(ctx)
	return web.File(name, sheets.Excel.Kind(), body), err
}

// mostInstructions is how many addressees the list of instructions shows.
const mostInstructions = 200

func instructionsPage(ctx context.Context, tx tenants.Tx, r *web.Request) (view.Instructions, error) {
	p := view.Instructions{Tabs: tabs(ctx, r, "/supervision/instructions")}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return p, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return p, err
	}
	list, err := given(ctx, tx)
	if err != nil {
		return p, err
	}
	var people []int64
	for _, g := range list {
		people = append(people, g.Person)
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return p, err
	}
	for i := range list {
		g := &list[i]
		n := Instruction{ID: g.InstructionID}
		words, err := box.Open(n.at("words"), g.Said)
		if err != nil {
			return p, err
		}
		row := view.InstructionRow{
			Href: r.Path("/cases/%s#part-%s", g.CaseID, g.ID), Case: g.Number, By: names.Of(ctx, g.Person), To: ui.T(ctx, "指挥中心"), Words: words, At: g.At,
			Until: caseview.Due{At: g.DueAt}, State: g.tag(ctx),
		}
		if g.Unit != "" {
			row.To = cases.UnitName(cfg, g.Unit)
		}
		if g.DoneAt.IsZero() && !g.DueAt.IsZero() {
			row.Until = cases.Countdown(ctx, g.DueAt, clock.Now(ctx))
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}
