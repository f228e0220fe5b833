package cases

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Filter chooses cases for a list. Empty fields choose everything.
type Filter struct {
	Stage     Stage  // empty: what is open; Any: all
	Class     string // as classesMeant takes it: a key, or what somebody typed
	Unit      string
	Channel   string
	Community string      // where the matter lies
	Number    string      // beginning of the readable number
	Phone     string      // of the petitioner, whole
	From, To  string      // day of the report, 2006-01-02, both included
	Late      bool        // past its deadline
	Light     Light       // Yellow or Red, at this moment
	Mine      bool        // reported by the actor
	Cases     []uuid.UUID `json:",omitempty"` // these and no others
	Page      int         // from 1
}

// Any is the filter for every stage; Unfinished, which is the default, for those at the desk.
const (
	Any        Stage = "any"
	Unfinished Stage = ""
)

// The size of a page, and how far totals are counted: an exact one costs eighty times its page.
const (
	PageSize = 20
	CountTo  = 1000
)

// farthestPage bounds how deep a list is leafed through; further down one filters.
const farthestPage = 500

// Line is a case in a list.
type Line struct {
	bun.BaseModel `bun:"table:cases,alias:c"`

	ID         uuid.UUID `bun:",pk,type:uuid"`
	Number     string
	Title      []byte
	Class      string
	Channel    string
	Community  string
	Stage      Stage
	Unit       string
	Urgent     bool
	Late       bool
	Outcome    string
	ReportedAt time.Time
	Clock
	SuspendedAt time.Time `bun:",nullzero"`
	Watch
}

// List is a page of cases.
type List struct {
	Lines  []Line
	Total  int // at most CountTo
	Capped bool
	More   bool // a next page exists
}

// count is how many cases the filter finds within a reach, counted up to most.
func (f Filter) count(ctx context.Context, tx tenants.Tx, r reach, most int) (n int, err error) {
	where, args, err := f.where(ctx, tx, r)
	if err != nil {
		return 0, err
	}
	if err := tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM cases c WHERE `+where+` LIMIT ?) n`, append(args, most)...).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("count cases: %w", err)
	}
	return n, nil
}

// Browse lists the cases that the actor may see, newest first: page and capped count in one statement.
func Browse(ctx context.Context, tx tenants.Tx, f Filter) (List, error) {
	where, args, err := f.where(ctx, tx, reachOf(tx.Actor()))
	if err != nil {
		return List{}, err
	}
	page := min(max(f.Page, 1), farthestPage)
	var rows []struct {
		Line
		Total int
	}
	q := `WITH page AS MATERIALIZED (SELECT c.id, c.number, c.title, c.class, c.channel, c.community, c.stage, c.unit, c.urgent, c.late, c.outcome,
			c.reported_at, c.warn_at, c.red_at, c.due_at, c.suspended_at,
			c.urges, c.supervised, c.instructed FROM cases c WHERE ` + where + ` ORDER BY c.reported_at DESC, c.id DESC LIMIT ? OFFSET ?)
		SELECT page.*, (SELECT count(*) FROM (SELECT 1 FROM cases c WHERE ` + where + ` LIMIT ?) n) AS total FROM page ORDER BY reported_at DESC, id DESC`
	all := append(append([]any{}, args...), PageSize+1, (page-1)*PageSize)
	all = append(append(all, args...), CountTo+1)
	if err := tx.Raw(q, all...).Scan(ctx, &rows); err != nil {
		return List{}, fmt.Errorf("list cases: %w", err)
	}
	var l List
	for i, r := range rows {
		l.Total = r.Total
		if i == PageSize {
			l.More = true
			break
		}
		l.Lines = append(l.Lines, r.Line)
	}
	if len(rows) == 0 && page > 1 { // past the end, where the count rides on no row
		if l.Total, err = f.count(ctx, tx, reachOf(tx.Actor()), CountTo+1); err != nil {
			return List{}, err
		}
	}
	if l.Total > CountTo {
		l.Total, l.Capped = CountTo, true
	}
	return l, nil
}

// where says the filter and the actor's reach in SQL. Equality, ranges and ^@ only: LIKE loses the
// index under row level security.
func (f Filter) where(ctx context.Context, tx tenants.Tx, r reach) (string, []any, error) {
	var b strings.Builder
	b.WriteString("c.tenant_id = ?")
	args := []any{int32(tx.ID())}
	and := func(cond string, more ...any) {
		b.WriteString(" AND " + cond)
		args = append(args, more...)
	}
	switch f.Stage {
	case Any:
	case Unfinished:
		and("c.ended_at IS NULL")
	default:
		and("c.stage = ?", string(f.Stage))
	}
	if f.Class != "" {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return "", nil, err
		}
		if meant := classesMeant(cfg, f.Class); len(meant) == 1 {
			and("c.class = ?", meant[0])
		} else {
			and("c.class IN (?)", bun.List(meant))
		}
	}
	for _, eq := range [][2]string{{"unit", f.Unit}, {"channel", f.Channel}, {"community", f.Community}} {
		if eq[1] != "" {
			and("c."+eq[0]+" = ?", eq[1])
		}
	}
	if f.Number != "" {
		and("c.number ^@ ?", f.Number)
	}
	if len(f.Cases) > 0 {
		and("c.id IN (?)", bun.List(f.Cases))
	}
	if f.Phone != "" {
		box, err := tx.Box(ctx)
		if err != nil {
			return "", nil, err
		}
		and("c.phone_blind IN (?)", bun.List(box.Blinds("phone", keys.NormalPhone(f.Phone))))
	}
	if t, err := time.ParseInLocation(time.DateOnly, f.From, clock.Zone); err == nil {
		and("c.reported_at >= ?", t)
	}
	if t, err := time.ParseInLocation(time.DateOnly, f.To, clock.Zone); err == nil {
		and("c.reported_at < ?", t.AddDate(0, 0, 1))
	}
	if f.Late {
		and("c.late")
	}
	if now := clock.Now(ctx); f.Light == Yellow || f.Light == Red { // as Shine has it
		and("c.stage IN ('filed', 'handling') AND c.suspended_at IS NULL")
		if f.Light == Red {
			and("least(c.red_at, c.due_at) <= ?", now)
		} else {
			and("c.warn_at <= ? AND least(c.red_at, c.due_at) > ?", now, now)
		}
	}
	if f.Mine {
		and("c.reported_by = ?", r.person)
	} else {
		cond, more := r.within(tx.ID())
		b.WriteString(cond)
		args = append(args, more...)
	}
	return b.String(), args, nil
}

// within is the condition, beginning with AND, that leaves the cases within reach; empty where all are.
func (r reach) within(tenant tenants.ID) (string, []any) {
	if r.all {
		return "", nil
	}
	reached, args := []string{"c.reported_by = ?"}, []any{r.person}
	if len(r.units) > 0 {
		reached = append(reached, "c.unit IN (?)")
		args = append(args, bun.List(r.units))
	}
	if len(r.communities) > 0 {
		reached = append(reached, "c.community IN (?)")
		args = append(args, bun.List(r.communities))
	}
	// What takesPart says, as arrays: so the planner has keys to look up beside the other indexes.
	const part = "c.id = ANY (ARRAY(SELECT a.case_id FROM assignments a WHERE a.tenant_id = ? AND a.state <> 'returned' AND "
	reached = append(reached, part+"a.person = ?))")
	args = append(args, int32(tenant), r.person)
	if len(r.units) > 0 {
		reached = append(reached, part+"a.role = 'co' AND a.unit IN (?)))")
		args = append(args, int32(tenant), bun.List(r.units))
	}
	return " AND (" + strings.Join(reached, " OR ") + ")", args
}

// Task is an assignment that waits for one of the actor's units, or for the actor.
type Task struct {
	Line
	State      State
	ReceiveBy  time.Time
	Unsigned   bool
	Role       string
	Person     int64 // of a hand
	Assignment uuid.UUID
	Lon, Lat   *float64 // of the case
}

// mostTasks is how many tasks a page shows: more than anybody does in a day.
const mostTasks = 200

// Tasks lists what waits for the actor's units and was given to the actor, the nearest deadline first.
func Tasks(ctx context.Context, tx tenants.Tx) ([]Task, error) {
	units, args, any := mine(tx)
	if !any {
		return nil, nil
	}
	var out []Task
	err := tx.Raw(`SELECT c.id, c.number, c.title, c.class, c.channel, c.community, c.stage, a.unit, c.urgent, c.late, c.outcome, c.reported_at,
			c.warn_at, c.red_at, c.due_at, c.suspended_at, c.urges, c.supervised, c.instructed,
			a.state, a.receive_by, a.unsigned, a.role, coalesce(a.person, 0) AS person, a.id AS assignment, c.lon, c.lat
		FROM assignments a JOIN cases c ON c.tenant_id = a.tenant_id AND c.id = a.case_id
		WHERE `+units+` ORDER BY c.due_at, c.id LIMIT ?`, append(args, mostTasks)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return out, nil
}

// Waiting counts the actor's tasks, at most a hundred: the menu's badge.
func Waiting(ctx context.Context, tx tenants.Tx, _ *blueprint.Config) (int, error) {
	units, args, any := mine(tx)
	if !any {
		return 0, nil
	}
	var n int
	err := tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM assignments a WHERE `+units+` LIMIT 100) n`, args...).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count tasks: %w", err)
	}
	return n, nil
}

// mine is the condition for open assignments of the units that the actor handles for, and for those given to him. What
// a unit gave on to somebody else is its liaison's once, by the unit's own assignment.
func mine(tx tenants.Tx) (where string, args []any, any bool) {
	where, args = "a.tenant_id = ? AND a.state IN ('dispatched', 'received', 'working')", append(args, int32(tx.ID()))
	if tx.Actor().Trusted() {
		return where, args, true
	}
	var units []string
	for _, at := range auth.Where(tx.Actor(), auth.CasesHandle) {
		unit, all := unitOf(at)
		if all {
			return where + " AND (a.role <> 'hand' OR a.person = ?)", append(args, tx.Actor().Person), true
		}
		if unit != "" {
			units = append(units, unit)
		}
	}
	switch works := auth.CanSomewhere(tx.Actor(), auth.CasesWork); {
	case len(units) == 0 && !works:
		return "", nil, false
	case len(units) == 0:
		return where + " AND a.person = ?", append(args, tx.Actor().Person), true
	}
	return where + " AND (a.unit IN (?) AND a.role <> 'hand' OR a.person = ?)", append(args, bun.List(units), tx.Actor().Person), true
}
