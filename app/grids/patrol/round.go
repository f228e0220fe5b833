package patrol

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// State is where a round stands.
type State string

// The states.
const (
	Open   State = "open"
	Done   State = "done"
	Missed State = "missed" // its last day went by
)

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{Open: ui.Key("待巡查"), Done: ui.Key("已巡查"), Missed: ui.Key("未巡查")}

// Round is one walk of a patrol. Words and Spots open with [Round.Read].
type Round struct {
	bun.BaseModel `bun:"table:patrol_rounds,alias:r"`

	ID       uuid.UUID `bun:",pk,type:uuid"`
	PatrolID uuid.UUID `bun:"type:uuid"`
	DueOn    clock.Date
	UntilOn  clock.Date
	State    State
	Found    bool
	DoneBy   int64     `bun:",nullzero"`
	DoneAt   time.Time `bun:",nullzero"`
	Words    []byte    // sealed
	Spots    []byte    // sealed

	Title string `bun:",scanonly"` // of the patrol
	Place `bun:",scanonly"`
}

const rounds = `SELECT r.*, p.title, ` + place + ` FROM patrol_rounds r JOIN patrols p ON p.tenant_id = r.tenant_id AND p.id = r.patrol_id` + ofPlace

func (r *Round) dims() tenants.Dims {
	d := tenants.Dims{"grid": r.Grid, "round": string(r.State), "due": string(r.DueOn)}
	if r.Found {
		d["found"] = "1"
	}
	return d
}

func record(tx tenants.Tx, kind string, r *Round, at time.Time, before tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "round", ObjectID: r.ID, HappenedAt: at, Before: before, After: r.dims()})
}

// runDue opens the round that a patrol has now and sets the clock for the next. Days that went by while the module was
// off are skipped.
func runDue(ctx context.Context, tx tenants.Tx, id uuid.UUID, other string) error {
	p, err := hold(ctx, tx, id)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	today := clock.DateOf(now)
	if !p.StoppedAt.IsZero() || p.NextOn == "" || p.NextOn > today {
		return nil
	}
	cal, err := calendar(ctx, tx)
	if err != nil {
		return err
	}
	due := p.NextOn
	for next := p.after(due.Add(1), cal); next != "" && next <= today; next = p.after(due.Add(1), cal) {
		due = next
	}
	if until := due.Add(int(p.Within) - 1); until >= today {
		r := &Round{ID: tenants.NewID(), PatrolID: p.ID, DueOn: due, UntilOn: until, State: Open, Place: p.Place}
		if _, err := tx.Insert(r).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("open a round: %w", err)
		}
		record(tx, "patrol.due", r, now, nil)
		if err := jobs.Remind(ctx, tx, jobs.Timer{Kind: missedTimer, Object: r.ID, DueAt: until.Add(1).Start()}); err != nil {
			return err
		}
	}
	p.NextOn = p.after(due.Add(1), cal)
	if _, err := tx.Update(p).Column("next_on").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("next round: %w", err)
	}
	return p.remind(ctx, tx, other)
}

// runMissed ends a round that nobody walked in time.
func runMissed(ctx context.Context, tx tenants.Tx, id uuid.UUID) error {
	r, err := roundOf(ctx, tx, id, " FOR NO KEY UPDATE OF r")
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if r.State != Open || r.UntilOn >= clock.DateOf(now) {
		return nil
	}
	before := r.dims()
	r.State = Missed
	if _, err := tx.Update(r).Column("state").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("miss a round: %w", err)
	}
	record(tx, "patrol.missed", r, now, before)
	return nil
}

// Result is what a worker hands in after a round.
type Result struct {
	Words string
	Found bool          // something amiss
	Spots geom.Geometry // points that he chooses to report; empty: none
}

// Finish hands in the result of a round and records "patrol.done", as of when the actor's phone says. Faults: NotFound,
// Forbidden without PatrolsDo in the grid, Conflict when it is not open any more, Invalid.
func Finish(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Result) (*Round, error) {
	r, err := walked(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := r.stillOpen(ctx); err != nil {
		return nil, err
	}
	f := &fault.Error{Kind: fault.Invalid, Say: "请检查标红的内容"}
	if strings.TrimSpace(in.Words) == "" {
		f.And("words", "请填写此项")
	}
	if !fit(in.Words, longWords) {
		f.And("words", "内容过长，请精简")
	}
	if in.Spots.Dimension() > 0 || in.Spots.DumpCoordinates().Length() > 50 {
		f.And("spots", "只能标注点位，最多50个")
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	now, before := r.when(ctx), r.dims()
	r.State, r.Found, r.DoneBy, r.DoneAt = Done, in.Found, tx.Actor().Person, now
	r.Words = box.Seal(r.at("words"), in.Words)
	if !in.Spots.IsEmpty() {
		r.Spots = box.SealBytes(r.at("spots"), in.Spots.AsBinary())
	}
	if _, err := tx.Update(r).Column("state", "found", "done_by", "done_at", "words", "spots").WherePK().Exec(ctx); err != nil {
		return nil, fmt.Errorf("finish a round: %w", err)
	}
	record(tx, "patrol.done", r, now, before)
	return r, jobs.Cancel(ctx, tx, r.ID, missedTimer)
}

func (r *Round) at(column string) keys.Addr {
	return keys.Addr{Table: "patrol_rounds", Column: column, ID: r.ID}
}

// Read opens what was reported.
func (r *Round) Read(box *keys.Box) (words string, spots geom.Geometry, err error) {
	words, err1 := box.Open(r.at("words"), r.Words)
	raw, err2 := box.OpenBytes(r.at("spots"), r.Spots)
	if err := errors.Join(err1, err2); err != nil || len(raw) == 0 {
		return words, spots, err
	}
	spots, err = geom.UnmarshalWKB(raw)
	return words, spots, err
}

// RoundOf reads a round; NotFound when the street has none of this id.
func RoundOf(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Round, error) {
	return roundOf(ctx, tx, id, "")
}

func roundOf(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string) (*Round, error) {
	r := new(Round)
	err := tx.Raw(rounds+`WHERE r.tenant_id = ? AND r.id = ?`+how, int32(tx.ID()), id).Scan(ctx, r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return nil, fmt.Errorf("round %s: %w", id, err)
	}
	return r, nil
}

// RoundsOf lists the last rounds of a patrol, the newest first.
func RoundsOf(ctx context.Context, tx tenants.Tx, patrol uuid.UUID, most int) (out []Round, err error) {
	err = tx.Raw(rounds+`WHERE r.tenant_id = ? AND r.patrol_id = ? ORDER BY r.due_on DESC LIMIT ?`, int32(tx.ID()), patrol, most).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("rounds of patrol %s: %w", patrol, err)
	}
	return out, nil
}

// Waiting lists the open rounds that the actor may walk, those that end first on top.
func Waiting(ctx context.Context, tx tenants.Tx) (out []Round, err error) {
	where, args := mine(tx)
	if where == "" {
		return nil, nil
	}
	err = tx.Raw(rounds+`WHERE r.tenant_id = ? AND r.state = 'open' AND (`+where+`) ORDER BY r.until_on, g.code, p.title, r.id LIMIT 200`,
		append([]any{int32(tx.ID())}, args...)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("open rounds: %w", err)
	}
	return out, nil
}

// Count is how many rounds wait for the actor, at most a hundred: the menu's badge.
func Count(ctx context.Context, tx tenants.Tx) (n int, err error) {
	where, args := mine(tx)
	if where == "" {
		return 0, nil
	}
	err = tx.Raw(`SELECT count(*) FROM (SELECT 1 FROM patrol_rounds r JOIN patrols p ON p.tenant_id = r.tenant_id AND p.id = r.patrol_id`+ofPlace+
		`WHERE r.tenant_id = ? AND r.state = 'open' AND (`+where+`) LIMIT 100) n`, append([]any{int32(tx.ID())}, args...)...).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count rounds: %w", err)
	}
	return n, nil
}

// mine is the condition for rounds in grids where the actor walks.
func mine(tx tenants.Tx) (where string, args []any) {
	if tx.Actor().Trusted() {
		return "true", nil
	}
	var grids, communities []string
	for _, at := range auth.Where(tx.Actor(), auth.PatrolsDo) {
		switch {
		case at == auth.At{}:
			return "true", nil
		case at.Unit != "":
		case at.Grid != "":
			grids = append(grids, at.Grid)
		default:
			communities = append(communities, at.Community)
		}
	}
	if len(grids)+len(communities) == 0 {
		return "", nil
	}
	// A list that is empty would be no SQL; no code and no community is a blank.
	grids, communities = append(grids, " "), append(communities, " ")
	return "g.code IN (?) OR up.code IN (?) OR g.community IN (?)", []any{bun.List(grids), bun.List(grids), bun.List(communities)}
}
