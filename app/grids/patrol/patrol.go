package patrol

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Patrol says where a grid is walked, and how often.
type Patrol struct {
	bun.BaseModel `bun:"table:patrols,alias:p"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	GridID    uuid.UUID `bun:"type:uuid"`
	Title     string
	Note      string // what to look at
	Route     []byte // WKB
	Every     Every
	Days      string
	Within    int16 // days that a round may take, its first included
	FromOn    clock.Date
	ToOn      clock.Date
	NextOn    clock.Date // of the next round; empty: none any more
	StoppedAt time.Time  `bun:",nullzero"`
	MadeBy    int64
	MadeAt    time.Time

	Place `bun:",scanonly"`
}

// Place is the grid of a patrol, as lists show it and grants are held against.
type Place struct {
	Grid      string `bun:",scanonly"` // code
	GridName  string `bun:",scanonly"`
	Community string `bun:",scanonly"`
	Around    string `bun:",scanonly"` // code of the comprehensive grid around a micro one
}

// ofPlace joins the grid to "p", the patrol.
const ofPlace = ` JOIN grids g ON g.tenant_id = p.tenant_id AND g.id = p.grid_id LEFT JOIN grids up ON up.tenant_id = g.tenant_id AND up.id = g.parent `

const place = `g.code AS grid, g.name AS grid_name, g.community, coalesce(up.code, '') AS around`

// may reports whether the actor holds a capability in the grid, or in the one around it.
func (l Place) may(actor tenants.Actor, capability string) bool {
	return auth.CanAt(actor, capability, auth.At{Community: l.Community, Grid: l.Grid}) ||
		l.Around != "" && auth.CanAt(actor, capability, auth.At{Community: l.Community, Grid: l.Around})
}

// MayPlan and MayDo report what the actor may do here, for buttons.
func (l Place) MayPlan(actor tenants.Actor) bool { return l.may(actor, auth.PatrolsPlan) }

// MayDo reports whether the actor may walk here.
func (l Place) MayDo(actor tenants.Actor) bool { return l.may(actor, auth.PatrolsDo) }

// Frequency is how often the patrol is due.
func (p *Patrol) Frequency() Frequency { return Frequency{p.Every, parseDays(p.Days)} }

// Lies is the route.
func (p *Patrol) Lies() (geom.Geometry, error) {
	g, err := geom.UnmarshalWKB(p.Route)
	if err != nil {
		return g, fmt.Errorf("route of patrol %s: %w", p.ID, err)
	}
	return g, nil
}

func (p *Patrol) dims() tenants.Dims {
	d := tenants.Dims{"grid": p.Grid, "every": string(p.Every), "from": string(p.FromOn)}
	if p.ToOn != "" {
		d["to"] = string(p.ToOn)
	}
	return d
}

// Order is a patrol to be planned.
type Order struct {
	Grid        uuid.UUID
	Title, Note string
	Route       geom.Geometry // points or lines, CGCS2000
	Frequency
	Within   int        // 0: 1
	From, To clock.Date // empty: from today on, until further notice
}

func (in *Order) check(today clock.Date) error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if in.From == "" {
		in.From = today
	}
	in.Within = max(in.Within, 1)
	if strings.TrimSpace(in.Title) == "" {
		f.And("title", "请填写此项")
	}
	if !fit(in.Title, 60) {
		f.And("title", "内容过长，请精简")
	}
	if !fit(in.Note, 1000) {
		f.And("note", "内容过长，请精简")
	}
	if in.Route.IsEmpty() || in.Route.Dimension() > 1 {
		f.And("route", "请画出或粘贴巡查的点或路线")
	}
	if !in.sound() {
		f.And("days", "请选择巡查的日子")
	}
	switch {
	case in.From < today || in.From > today.Add(2*366):
		f.And("from", "开始日期应为今天或以后两年之内")
	case in.To != "" && in.To < in.From:
		f.And("to", "结束日期不能早于开始日期")
	}
	if in.Within > 31 {
		f.And("within", "完成期限不能超过31天")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func fit(s string, most int) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && utf8.RuneCountInString(s) <= most
}

// The clocks. Two open the rounds of a patrol in turn, because an object has one open timer of a kind at most, and one
// that is being acted upon is still open. The last one ends a round that nobody walked.
const (
	dueTimer    = "patrol.due"
	nextTimer   = "patrol.next"
	missedTimer = "patrol.missed"
)

// Plan plans a patrol and records "patrol.planned". Its first round opens within seconds when it is due today. Faults:
// NotFound for the grid, Forbidden without PatrolsPlan there, Conflict for a closed grid, Invalid.
func Plan(ctx context.Context, tx tenants.Tx, in Order) (*Patrol, error) {
	var at struct {
		Place
		ClosedOn clock.Date
	}
	err := tx.Raw(`SELECT `+place+`, g.closed_on FROM grids g LEFT JOIN grids up ON up.tenant_id = g.tenant_id AND up.id = g.parent
		WHERE g.tenant_id = ? AND g.id = ?`, int32(tx.ID()), in.Grid).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Field("grid", "请选择网格")
	}
	if err != nil {
		return nil, fmt.Errorf("grid of a patrol: %w", err)
	}
	if !at.MayPlan(tx.Actor()) {
		return nil, fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	now := clock.Now(ctx)
	if err := in.check(clock.DateOf(now)); err != nil {
		return nil, err
	}
	if at.ClosedOn != "" && at.ClosedOn <= in.From {
		return nil, fault.New(fault.Conflict, "该网格已撤销")
	}
	cal, err := calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	p := &Patrol{
		ID: tenants.NewID(), GridID: in.Grid, Title: in.Title, Note: in.Note, Route: in.Route.AsBinary(), Every: in.Every, Days: writeDays(in.Days),
		Within: int16(in.Within), FromOn: in.From, ToOn: in.To, MadeBy: tx.Actor().Person, MadeAt: now, Place: at.Place,
	}
	p.NextOn = p.after(in.From, cal)
	if _, err := tx.Insert(p).Exec(ctx); err != nil {
		return nil, fmt.Errorf("plan patrol: %w", err)
	}
	tx.Record(tenants.Act{Kind: "patrol.planned", Version: 1, Object: "patrol", ObjectID: p.ID, HappenedAt: now, After: p.dims()})
	return p, p.remind(ctx, tx, dueTimer)
}

// after is the first day from d on on which a round begins, within the patrol's time.
func (p *Patrol) after(d clock.Date, cal blueprint.Calendar) clock.Date {
	next := p.Frequency().next(d, cal)
	if p.ToOn != "" && next > p.ToOn {
		return ""
	}
	return next
}

func (p *Patrol) remind(ctx context.Context, tx tenants.Tx, kind string) error {
	if p.NextOn == "" {
		return nil
	}
	return jobs.Remind(ctx, tx, jobs.Timer{Kind: kind, Object: p.ID, DueAt: p.NextOn.Start()})
}

func calendar(ctx context.Context, tx tenants.Tx) (blueprint.Calendar, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return blueprint.Calendar{}, err
	}
	for _, c := range cfg.Calendars.All() {
		if !c.Retired {
			return c, nil
		}
	}
	return blueprint.Calendar{Weekdays: []int{1, 2, 3, 4, 5}}, nil
}

// Stop ends a patrol: no further round opens, one that is open may still be walked. It records "patrol.stopped"; stopping
// again changes nothing. Faults: NotFound, Forbidden without PatrolsPlan in the grid.
func Stop(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	p, err := hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if !p.MayPlan(tx.Actor()) {
		return fault.New(fault.Forbidden, "您没有进行此操作的权限")
	}
	if !p.StoppedAt.IsZero() {
		return nil
	}
	before := p.dims()
	p.StoppedAt, p.NextOn = clock.Now(ctx), ""
	if _, err := tx.Update(p).Column("stopped_at", "next_on").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("stop patrol: %w", err)
	}
	tx.Record(tenants.Act{Kind: "patrol.stopped", Version: 1, Object: "patrol", ObjectID: p.ID, HappenedAt: p.StoppedAt, Before: before})
	return jobs.Cancel(ctx, tx, p.ID, dueTimer, nextTimer)
}

// EndIn lets the patrols of a grid run out that is closed from a day on.
func EndIn(ctx context.Context, tx tenants.Tx, grid uuid.UUID, from clock.Date) error {
	_, err := tx.Raw(`UPDATE patrols SET to_on = greatest(from_on, ?1::date - 1), next_on = CASE WHEN next_on < ?1 THEN next_on END
		WHERE tenant_id = ?0 AND grid_id = ?2 AND stopped_at IS NULL AND (to_on IS NULL OR to_on >= ?1)`, int32(tx.ID()), from, grid).Exec(ctx)
	if err != nil {
		return fmt.Errorf("patrols of a closed grid: %w", err)
	}
	return nil
}

// Find reads a patrol; NotFound when the street has none of this id.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Patrol, error) {
	return find(ctx, tx, id, "")
}

// FindAll reads patrols, by id; those that the street does not have are not among them.
func FindAll(ctx context.Context, tx tenants.Tx, ids ...uuid.UUID) (map[uuid.UUID]*Patrol, error) {
	out := map[uuid.UUID]*Patrol{}
	if len(ids) == 0 {
		return out, nil
	}
	var list []*Patrol
	if err := tx.Raw(`SELECT p.*, `+place+` FROM patrols p`+ofPlace+`WHERE p.tenant_id = ? AND p.id IN (?)`, int32(tx.ID()), bun.List(ids)).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("patrols: %w", err)
	}
	for _, p := range list {
		out[p.ID] = p
	}
	return out, nil
}

// hold reads the patrol and keeps it from others until the transaction ends.
func hold(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Patrol, error) {
	return find(ctx, tx, id, " FOR NO KEY UPDATE OF p")
}

func find(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string) (*Patrol, error) {
	p := new(Patrol)
	err := tx.Raw(`SELECT p.*, `+place+` FROM patrols p`+ofPlace+`WHERE p.tenant_id = ? AND p.id = ?`+how, int32(tx.ID()), id).Scan(ctx, p)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("patrol %s: %w", id, err)
	}
	return p, nil
}

// All lists the patrols that are not over, by grid.
func All(ctx context.Context, tx tenants.Tx) (out []Patrol, err error) {
	err = tx.Raw(`SELECT p.*, `+place+` FROM patrols p`+ofPlace+`WHERE p.tenant_id = ? AND p.stopped_at IS NULL AND (p.to_on IS NULL OR p.to_on >= ?)
		ORDER BY g.code, p.title, p.id`, int32(tx.ID()), clock.DateOf(clock.Now(ctx))).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("patrols: %w", err)
	}
	return out, nil
}
