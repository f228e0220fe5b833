package cases

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
	"wanjie/tenants/keys/mask"

	view "wanjie/templates/cases"
)

// names finds the words for a case's keys; one for each page.
type names struct {
	ctx context.Context
	cfg *blueprint.Config
	box *keys.Box
	now time.Time
}

func newNames(ctx context.Context, tx tenants.Tx) (names, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return names{}, err
	}
	box, err := tx.Box(ctx)
	return names{ctx: ctx, cfg: cfg, box: box, now: clock.Now(ctx)}, err
}

func (n names) class(key string) string {
	return n.cfg.ClassTitle(key)
}

func (n names) channel(key string) string {
	return n.cfg.ChannelTitle(key)
}

func (n names) unit(key string) string {
	if key == "" {
		return ""
	}
	return unitName(n.cfg, key)
}

// state is where a case stands, in words and colour.
func (n names) state(s Stage) view.Tag {
	tones := map[Stage]ui.Tone{Reported: ui.Warn, Accepted: ui.Warn, Filed: ui.Warn, Handling: ui.Info, Checking: ui.Info, Closed: ui.Good, Archived: ui.Neutral, Rejected: ui.Neutral,
		Verifying: ui.Warn, Answered: ui.Good, Merged: ui.Neutral, Voided: ui.Neutral}
	return view.Tag{Tone: tones[s], Text: ui.T(n.ctx, s.Title())}
}

// due is a deadline with its light and what is left of it, in words.
func (n names) due(c Clock, runs bool) view.Due {
	return Lit(n.ctx, Shine(c, runs, n.now), c.DueAt, n.now)
}

// Lit is a deadline under its light, with what is left of it at now once the light is no longer green.
func Lit(ctx context.Context, light Light, by, now time.Time) view.Due {
	d := view.Due{At: by}
	left := by.Sub(now)
	switch {
	case light == Red && left <= 0:
		d.Left = view.Tag{Tone: ui.Bad, Text: ui.T(ctx, light.Title()) + " " + ui.T(ctx, "已超期%s", length(ctx, -left))}
	case light == Red:
		d.Left = view.Tag{Tone: ui.Bad, Text: ui.T(ctx, light.Title()) + " " + ui.T(ctx, "剩%s", length(ctx, left))}
	case light == Yellow:
		d.Left = view.Tag{Tone: ui.Warn, Text: ui.T(ctx, light.Title()) + " " + ui.T(ctx, "剩%s", length(ctx, left))}
	case light == Dark || light == Green:
	}
	return d
}

// Countdown is the end of a clock without lights, such as that of a receipt, with what is left of it at now.
func Countdown(ctx context.Context, by, now time.Time) view.Due {
	if left := by.Sub(now); left > 0 {
		return view.Due{At: by, Left: view.Tag{Text: ui.T(ctx, "剩%s", length(ctx, left))}}
	}
	return view.Due{At: by, Left: view.Tag{Tone: ui.Bad, Text: ui.T(ctx, "已超期%s", length(ctx, now.Sub(by)))}}
}

func length(ctx context.Context, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return ui.T(ctx, "%d天", int(d.Hours()/24))
	case d >= time.Hour:
		return ui.T(ctx, "%d小时", int(d.Hours()))
	}
	return ui.T(ctx, "%d分钟", int(d.Minutes()))
}

func (n names) row(r *web.Request, l *Line) (view.Row, error) {
	c := Case{ID: l.ID, Title: l.Title}
	title, err := c.title(n.box)
	return view.Row{
		Mark: mark(l) + " " + string(Shine(l.Clock, clockRuns(l.Stage, l.SuspendedAt), n.now)),
		Href: r.Path("/cases/%s", l.ID), Number: l.Number, Title: title, Class: n.class(l.Class), Place: n.unit(l.Community), Unit: n.unit(l.Unit),
		Urgent: l.Urgent, State: n.state(l.Stage), Reported: l.ReportedAt, Due: n.due(l.Clock, clockRuns(l.Stage, l.SuspendedAt)), Marks: n.watched(l.Watch),
	}, err
}

// watched says how closely a case is watched.
func (n names) watched(w Watch) (out []view.Tag) {
	for _, level := range n.cfg.Supervisions.All() {
		if w.Supervised > 0 && level.Rank == int(w.Supervised) {
			out = append(out, view.Tag{Tone: ui.Bad, Text: level.Title})
		}
	}
	if w.Instructed > 0 {
		out = append(out, view.Tag{Tone: ui.Bad, Text: ui.T(n.ctx, "批示待办")})
	}
	if w.Urges > 0 {
		out = append(out, view.Tag{Tone: ui.Warn, Text: ui.T(n.ctx, "催办%d次", int(w.Urges))})
	}
	return out
}

// mark changes when what a row shows does.
func mark(l *Line) string {
	return fmt.Sprintf("%s %s %s %s %t %t %d %v", l.Stage, l.Unit, l.Class, l.Community, l.Urgent, l.Late, l.DueAt.Unix(), l.Watch)
}

// filters is the search form with the filters in force.
func (n names) filters(tx tenants.Tx, r *web.Request, f Filter) view.Desk {
	p := view.Desk{
		Number: f.Number, Stage: string(f.Stage), Class: n.meant(f.Class), ClassesPath: r.Path("/cases/classes"), Unit: f.Unit, Channel: f.Channel, Community: f.Community, From: f.From, To: f.To,
		Units: n.units(tx, f.Unit), Channels: n.channels(f.Channel), Stages: []ui.Option{{Value: string(Any), Label: ui.T(n.ctx, "全部")}},
	}
	for _, s := range Stages {
		p.Stages = append(p.Stages, ui.Option{Value: string(s), Label: ui.T(n.ctx, s.Title())})
	}
	for _, u := range p.Units { // found once: the list of units costs more than the rest of the page
		if u.Group == n.ofCommunities() {
			p.Communities = append(p.Communities, ui.Option{Value: u.Value, Label: u.Label})
		}
	}
	p.Communities = keep(p.Communities, f.Community, n.unit(f.Community))
	return p
}

func deskPage(ctx context.Context, tx tenants.Tx, r *web.Request, f Filter, list List) (view.Desk, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Desk{}, err
	}
	path := r.Path("/cases")
	p := n.filters(tx, r, f)
	p.Live, p.Path, p.Map = ui.Listening{Stream: r.Listen(n.now, "case")}, path, r.Path("/cases/map?%s", f.query().Encode())
	p.Pages = ui.Pages{Number: max(f.Page, 1), Size: PageSize, Total: list.Total, Capped: list.Capped, More: list.More, Path: path, Query: f.query(), List: "list"}
	if auth.CanSomewhere(tx.Actor(), auth.CasesReport) {
		p.NewPath = r.Path("/cases/new")
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesExport) {
		p.Export = r.Path("/cases/export?%s", f.query().Encode())
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesDispatch) {
		p.Batch.Dispatch = r.Path("/cases/batch/dispatch")
	}
	if auth.CanSomewhere(tx.Actor(), auth.CasesUrge) && Supervision.Urge != nil {
		p.Batch.Urge = r.Path("/cases/batch/urge")
	}
	if p.Export != "" {
		p.Batch.Export = r.Path("/cases/export")
	}
	if p.Batch.Any() {
		p.Batch.Guard, p.Batch.Back = r.Guard(), r.URL.Query().Encode()
	}
	p.Keys = deskKeys(ctx, tx.Actor())
	plain := f.Stage == Unfinished && !f.Late && !f.Mine && f.Light == Dark
	p.Waiting = path + "?stage=filed"
	p.Tabs = []ui.Tab{
		{Label: ui.T(ctx, "在办"), Href: path, Active: plain},
		{Label: ui.T(ctx, Filed.Title()), Href: p.Waiting, Active: f.Stage == Filed},
		{Label: ui.T(ctx, Yellow.Title()), Href: path + "?light=yellow", Active: f.Light == Yellow},
		{Label: ui.T(ctx, Red.Title()), Href: path + "?light=red", Active: f.Light == Red},
		{Label: ui.T(ctx, "已超期"), Href: path + "?late=1", Active: f.Late},
		{Label: ui.T(ctx, "我上报的"), Href: path + "?stage=any&mine=1", Active: f.Mine},
		{Label: ui.T(ctx, "全部"), Href: path + "?stage=any", Active: f.Stage == Any && !f.Mine && !f.Late},
	}
	var also map[uuid.UUID]int
	if f.Stage == Filed || f.Stage == Accepted || f.Stage == Reported { // where repeats are looked for; elsewhere it would cost more than it says
		if also, err = alsoOpen(ctx, tx, n, list.Lines); err != nil {
			return p, err
		}
	}
	for i := range list.Lines {
		l := &list.Lines[i]
		row, err := n.row(r, l)
		if err != nil {
			return p, err
		}
		row.ID, row.N, row.Offer = l.ID.String(), (p.Pages.Number-1)*PageSize+i+1, n.offer(tx.Actor(), l)
		if others := also[l.ID]; others > 0 {
			row.Marks = append(row.Marks, view.Tag{Tone: ui.Neutral, Text: ui.T(ctx, "同类同社区另有%d件在办", others)})
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func tasksPage(ctx context.Context, tx tenants.Tx, r *web.Request, list []Task) (view.Tasks, error) {
	n, err := newNames(ctx, tx)
	if err != nil {
		return view.Tasks{}, err
	}
	p := view.Tasks{Live: ui.Listening{Stream: r.Listen(n.now, "case"), Page: r.Path("/tasks")}}
	tones := map[State]ui.Tone{Dispatched: ui.Warn, Received: ui.Info, Working: ui.Bad}
	for i := range list {
		t := &list[i]
		row, err := n.row(r, &t.Line)
		if err != nil {
			return p, err
		}
		row.Mark += " " + string(t.State) + t.Role
		out := view.TaskRow{Row: row, Role: ui.T(ctx, roleTitles[t.Role]), Assigned: view.Tag{Tone: tones[t.State], Text: ui.T(ctx, t.State.Title())}}
		if t.State == Dispatched {
			out.Sign = Countdown(n.ctx, t.ReceiveBy, n.now)
			switch {
			case t.Role == HandRole && (t.Person == tx.Actor().Person || tx.Actor().Trusted()):
				out.Receive, out.Guard = r.Path("/cases/%s/%s", t.ID, ToTake), r.Guard()
			case t.Role != HandRole && mayForUnit(tx.Actor(), auth.CasesReceive, t.Unit):
				out.Receive, out.Guard = r.Path("/cases/%s/receive", t.ID), r.Guard()
			}
			if t.Role != LeadRole {
				out.Of = t.Assignment.String()
			}
		}
		p.Rows = append(p.Rows, out)
	}
	return p, nil
}

// meant is the class of a filter in words: its name where it was chosen, else what was typed.
func (n names) meant(said string) string {
	if k, ok := n.cfg.Classes.Find(said); ok {
		return classLabel(k)
	}
	return said
}

// Options of forms and filters. One that is retired stays as long as it is the value.

func (n names) classes(value string) []ui.Option {
	var out []ui.Option
	whole := ui.T(n.ctx, "（大类）")
	for _, top := range n.cfg.ClassesUnder("") {
		group := top.Code + " " + top.Title
		out = append(out, ui.Option{Value: top.Key, Label: top.Title + whole, Group: group})
		for _, k := range n.cfg.ClassesUnder(top.Key) {
			out = append(out, ui.Option{Value: k.Key, Label: classLabel(k), Group: group})
		}
	}
	return keep(out, value, n.class(value))
}

func (n names) channels(value string) []ui.Option {
	var out []ui.Option
	for _, c := range n.cfg.Channels.All() {
		out = append(out, ui.Option{Value: c.Key, Label: c.Title})
	}
	return keep(out, value, n.channel(value))
}

func (n names) units(tx tenants.Tx, value string) []ui.Option {
	var out []ui.Option
	for _, u := range n.cfg.UnitsWithin(tx.Tenant().Codes...) {
		group := ui.T(n.ctx, "科室、站所和队伍")
		if u.Kind == blueprint.Community {
			group = n.ofCommunities()
		}
		out = append(out, ui.Option{Value: u.Key, Label: u.Name, Group: group})
	}
	return keep(out, value, n.unit(value))
}

func (n names) ofCommunities() string { return ui.T(n.ctx, "社区（村）") }

func (n names) communities(tx tenants.Tx, value string) []ui.Option {
	var out []ui.Option
	for _, u := range n.cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			out = append(out, ui.Option{Value: u.Key, Label: n.unit(u.Key)})
		}
	}
	return keep(out, value, n.unit(value))
}

func keep(all []ui.Option, value, label string) []ui.Option {
	if value == "" {
		return all
	}
	for _, o := range all {
		if o.Value == value {
			return all
		}
	}
	return append(all, ui.Option{Value: value, Label: label})
}

// petitionerPart is who asked, masked unless full.
func petitionerPart(ctx context.Context, tx tenants.Tx, r *web.Request, c *Case, rules *blueprint.Config, full bool) (view.Petitioner, error) {
	if !seesPetitioner(tx.Actor(), c) {
		return view.Petitioner{Hidden: true}, nil
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return view.Petitioner{}, err
	}
	w, err := c.Open(box)
	if err != nil {
		return view.Petitioner{}, err
	}
	p := view.Petitioner{Name: w.Petitioner, Phone: w.Phone, Full: full}
	n := names{ctx: ctx, cfg: rules, box: box}
	if p.More, err = n.personal(c, full); err != nil || full || w.Petitioner == "" && w.Phone == "" && len(p.More) == 0 {
		return p, err
	}
	p.Name, p.Phone, p.Path = mask.Name(w.Petitioner), mask.Phone(w.Phone), r.Path("/cases/%s/petitioner", c.ID)
	for _, key := range []string{"contact", "verify", "callback", "notify"} {
		p.Purposes = append(p.Purposes, ui.Option{Value: key, Label: ui.T(ctx, purposes[key])})
	}
	return p, nil
}
