package grids

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

// Duty is somebody's duty in a grid. In force, it is the grant of the same id, whoever gave it; ahead, it is a posting
// that will become one on its first day.
type Duty struct {
	ID       uuid.UUID
	Grid     string // code
	Person   int64
	Role     string // auth.GridHead or auth.GridWorker
	From, To clock.Date
	StandsIn uuid.UUID // the duty whose person is away; nil: a duty of one's own
	Shift
	InForce bool
}

// Shift is the hours of a duty: which days of the week, from when to when. The zero Shift is day and night.
type Shift struct {
	Weekdays string // "12345"; empty: every day
	Begins   string // 15:04; empty: all day
	Ends     string // before Begins where the shift runs past midnight
}

var clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Covers reports whether t lies in the shift.
func (s Shift) Covers(t time.Time) bool {
	t = t.In(clock.Zone)
	on := clock.DateOf(t)
	if now := t.Format("15:04"); s.Begins != "" {
		switch late := s.Ends <= s.Begins; {
		case late && now < s.Ends: // the part after midnight belongs to the day before
			on = on.Add(-1)
		case now < s.Begins, !late && now >= s.Ends:
			return false
		}
	}
	return s.Weekdays == "" || strings.Contains(s.Weekdays, strconv.Itoa(on.Weekday()))
}

// posting is what a grant cannot say of a duty.
type posting struct {
	bun.BaseModel `bun:"table:postings,alias:p"`

	ID       uuid.UUID `bun:",pk,type:uuid"` // of the grant too
	GridID   uuid.UUID `bun:"type:uuid"`
	Person   int64
	Role     string
	FromOn   clock.Date
	ToOn     clock.Date
	StandsIn uuid.UUID `bun:"type:uuid,nullzero"`
	Weekdays string
	Begins   string
	Ends     string
	MadeBy   int64
	MadeAt   time.Time
	Void     bool
}

// The clocks of a duty.
const (
	postTimer    = "grid.post"    // its first day begins
	relieveTimer = "grid.relieve" // its last day is over
)

// Staff lists the duties that are in force or ahead, of one grid (its code) or of all ("").
func Staff(ctx context.Context, tx tenants.Tx, code string) ([]Duty, error) {
	var out []Duty
	err := tx.Raw(`SELECT coalesce(g.id, p.id) AS id, coalesce(g.grid, p.code) AS grid, coalesce(g.person, p.person) AS person,
			coalesce(g.role, p.role) AS role, coalesce(p.from_on, (g.made_at AT TIME ZONE 'Asia/Shanghai')::date) AS "from", p.to_on AS "to",
			p.stands_in, coalesce(p.weekdays, '') AS weekdays, coalesce(p.begins, '') AS begins, coalesce(p.ends, '') AS ends, g.id IS NOT NULL AS in_force
		FROM (SELECT * FROM grants WHERE tenant_id = ?0 AND grid <> '' AND role IN ('grid_head', 'grid_worker') AND ended_at IS NULL) g
		FULL JOIN (SELECT p.*, x.code FROM postings p JOIN grids x ON x.tenant_id = p.tenant_id AND x.id = p.grid_id
			WHERE p.tenant_id = ?0 AND NOT p.void) p ON p.id = g.id
		WHERE (g.id IS NOT NULL OR p.from_on > ?1) AND (?2 = '' OR coalesce(g.grid, p.code) = ?2)
		ORDER BY 2, 4, 5, 1`, int32(tx.ID()), clock.DateOf(clock.Now(ctx)), code).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("duties in grids: %w", err)
	}
	return out, nil
}

// StaffIn lists the duties in force in the grids of a community: one for each person and grid, heads before workers.
func StaffIn(ctx context.Context, tx tenants.Tx, community string) ([]Duty, error) {
	var out []Duty
	err := tx.Raw(`SELECT DISTINCT ON (n.grid, n.person) n.id, n.grid, n.person, n.role, true AS in_force FROM grants n JOIN grids g ON g.tenant_id = n.tenant_id AND g.code = n.grid
		WHERE n.tenant_id = ? AND g.community = ? AND g.community <> '' AND n.ended_at IS NULL AND n.role IN ('grid_head', 'grid_worker') ORDER BY n.grid, n.person, n.role`,
		int32(tx.ID()), community).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("staff of the grids of %s: %w", community, err)
	}
	return out, nil
}

// CommunityOf is the community of a grid by its code; empty where there is no such grid, or it spans several.
func CommunityOf(ctx context.Context, tx tenants.Tx, code string) (string, error) {
	var out string
	err := tx.Raw("SELECT community FROM grids WHERE tenant_id = ? AND code = ?", int32(tx.ID()), code).Scan(ctx, &out)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("community of grid %s: %w", code, err)
	}
	return out, nil
}

// Crew is who answers for a grid at a moment: first those on their shift, then the rest. Whoever has a substitute that day
// is not among them.
type Crew struct{ Heads, Workers []Duty }

// OnDuty is the crew of a grid at t, which is about now: duties are what they are at this moment.
func OnDuty(ctx context.Context, tx tenants.Tx, code string, t time.Time) (Crew, error) {
	all, err := Staff(ctx, tx, code)
	if err != nil {
		return Crew{}, err
	}
	return crew(all, t), nil
}

func crew(all []Duty, t time.Time) (c Crew) {
	away := map[uuid.UUID]bool{}
	for _, d := range all {
		if d.InForce {
			away[d.StandsIn] = true
		}
	}
	for _, shift := range []bool{true, false} {
		for _, d := range all {
			switch {
			case !d.InForce || away[d.ID] || d.Covers(t) != shift:
			case d.Role == auth.GridHead:
				c.Heads = append(c.Heads, d)
			default:
				c.Workers = append(c.Workers, d)
			}
		}
	}
	return c
}

// Posting is a duty to be given.
type Posting struct {
	Person   int64
	Role     string
	From, To clock.Date // empty: from today on, until further notice
	StandsIn uuid.UUID  // the duty whose person is away; it needs To
	Shift
}

func (in *Posting) check(today clock.Date, all []Duty) error {
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if in.From == "" {
		in.From = today
	}
	if in.Role != auth.GridHead && in.Role != auth.GridWorker {
		f.And("role", "请选择网格长或网格员")
	}
	switch {
	case in.From < today:
		f.And("from", "上岗日期不能早于今天")
	case in.To != "" && in.To < in.From:
		f.And("to", "离岗日期不能早于上岗日期")
	case in.From > today.Add(2*366):
		f.And("from", "上岗日期太远")
	}
	if (in.Begins == "") != (in.Ends == "") || in.Begins != "" && (!clockTime.MatchString(in.Begins) || !clockTime.MatchString(in.Ends) || in.Begins == in.Ends) {
		f.And("begins", "班次应写明起止时间，如 08:30 至 17:30")
	}
	if strings.Trim(in.Weekdays, "1234567") != "" || len(in.Weekdays) > 7 {
		f.And("weekdays", "请选择星期")
	}
	for _, d := range all {
		if d.Person == in.Person && d.Role == in.Role && (in.To == "" || d.From <= in.To) && (d.To == "" || in.From <= d.To) {
			f.And("person", "此人在该网格已有这项职责")
		}
	}
	if in.StandsIn != uuid.Nil {
		i := slices.IndexFunc(all, func(d Duty) bool { return d.ID == in.StandsIn && d.StandsIn == uuid.Nil })
		switch {
		case i < 0 || all[i].Person == in.Person || all[i].Role != in.Role:
			f.And("stands_in", "请选择由谁离岗，替班的职责应与其相同")
		case in.To == "":
			f.And("to", "替班须写明到哪一天为止")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Post gives somebody a duty in a grid: from its first day to its last it is a grant there, and "grid.staffed" is recorded.
// Faults: Forbidden without GridsStaff or for oneself, NotFound for grid or person, Conflict for a closed grid, Invalid.
func Post(ctx context.Context, tx tenants.Tx, grid uuid.UUID, in Posting) (uuid.UUID, error) {
	g, err := Find(ctx, tx, grid)
	if err != nil {
		return uuid.Nil, err
	}
	actor, now := tx.Actor(), clock.Now(ctx)
	switch {
	case !auth.CanAt(actor, auth.GridsStaff, auth.At{Community: g.Community, Grid: g.Code}):
		return uuid.Nil, errForbidden()
	case !actor.Trusted() && actor.Person == in.Person:
		return uuid.Nil, fault.New(fault.Forbidden, "不能为自己安排网格职责，请由他人办理")
	}
	if _, err := tx.Raw("SELECT FROM grids WHERE tenant_id = ? AND id = ? FOR UPDATE", int32(tx.ID()), g.ID).Exec(ctx); err != nil {
		return uuid.Nil, fmt.Errorf("hold grid %s: %w", g.Code, err) // two postings of one person would pass each other by
	}
	all, err := Staff(ctx, tx, g.Code)
	if err != nil {
		return uuid.Nil, err
	}
	if err := in.check(clock.DateOf(now), all); err != nil {
		return uuid.Nil, err
	}
	if !g.Open(in.From) {
		return uuid.Nil, fault.New(fault.Conflict, "该网格已撤销")
	}
	if err := member(ctx, tx, in.Person); err != nil {
		return uuid.Nil, err
	}
	p := &posting{ID: tenants.NewID(), GridID: g.ID, Person: in.Person, Role: in.Role, FromOn: in.From, ToOn: in.To, StandsIn: in.StandsIn,
		Weekdays: in.Weekdays, Begins: in.Begins, Ends: in.Ends, MadeBy: actor.Person, MadeAt: now}
	if _, err := tx.Insert(p).Exec(ctx); err != nil {
		return uuid.Nil, fmt.Errorf("post in grid %s: %w", g.Code, err)
	}
	after := p.dims(g)
	record(tx, "grid.staffed", g, now, nil, after)
	return p.ID, p.begin(ctx, tx, g, now)
}

func member(ctx context.Context, tx tenants.Tx, person int64) error {
	var n int
	err := tx.Raw("SELECT count(*) FROM members WHERE tenant_id = ? AND person = ? AND left_at IS NULL", int32(tx.ID()), person).Scan(ctx, &n)
	if err != nil {
		return fmt.Errorf("member: %w", err)
	}
	if n == 0 {
		return fault.Field("person", "请选择人员")
	}
	return nil
}

func (p *posting) dims(g *Grid) tenants.Dims {
	d := g.dims()
	d["person"], d["role"], d["from"] = strconv.FormatInt(p.Person, 10), p.Role, string(p.FromOn)
	if p.ToOn != "" {
		d["to"] = string(p.ToOn)
	}
	return d
}
