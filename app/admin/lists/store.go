package lists

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// State is what became of a person on a list.
type State string

// The states.
const (
	Waiting State = "waiting"
	Invited State = "invited"
	Here    State = "here" // worked here with all the roles already
	Failed  State = "failed"
)

// Row is a person on a list, opened.
type Row struct {
	Person
	ID     uuid.UUID
	State  State
	Said   string // why it failed; a catalogue key
	DoneAt time.Time
}

// Begun is a list that is being carried out, or was.
type Begun struct {
	ID     uuid.UUID
	MadeBy int64
	MadeAt time.Time
	People int

	Invited, Here, Failed int
}

// Left is how many are still waiting.
func (b Begun) Left() int { return b.People - b.Invited - b.Here - b.Failed }

func at(id uuid.UUID) keys.Addr {
	return keys.Addr{Table: "invite_rows", Column: "content", ID: id}
}

// Begin writes a list down under a number of the caller's and has its people invited. It records "people.listed".
// Forbidden without PeopleWrite; a list with problems is Invalid.
func Begin(ctx context.Context, tx tenants.Tx, id uuid.UUID, list List) error {
	if err := auth.Require(tx.Actor(), auth.PeopleWrite, ""); err != nil {
		return err
	}
	if len(list.Problems) > 0 || len(list.People) == 0 {
		return fault.Field("file", "名单有问题，请改正后再邀请")
	}
	here, err := working(ctx, tx)
	if err != nil {
		return err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	now := clock.Now(ctx)
	if _, err := tx.Raw("INSERT INTO invite_lists (tenant_id, id, made_by, made_at, people) VALUES (?, ?, ?, ?, ?)", int32(tx.ID()), id, tx.Actor().Person, now, len(list.People)).Exec(ctx); err != nil {
		return fmt.Errorf("list of people: %w", err)
	}
	for _, p := range list.People {
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		row, state, done := uuid.NewSHA1(id, []byte(p.Phone)), Waiting, any(nil)
		if m, works := here[p.Phone]; works && p.Number == "" && holds(m, p.Roles) {
			state, done = Here, now
		}
		if _, err := tx.Raw("INSERT INTO invite_rows (tenant_id, list, id, line, content, state, done_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			int32(tx.ID()), id, row, p.Line, box.SealBytes(at(row), text), string(state), done).Exec(ctx); err != nil {
			return fmt.Errorf("person on a list: %w", err)
		}
		if state == Waiting {
			if _, err := jobs.Add(ctx, tx, jobs.Job{Kind: Job, Payload: errand{id, row}}); err != nil {
				return err
			}
		}
	}
	tx.Record(tenants.Act{Kind: "people.listed", Version: 1, Object: "invite_list", ObjectID: id, HappenedAt: now, After: tenants.Dims{"people": fmt.Sprint(len(list.People))}})
	return nil
}

// holds reports whether somebody has all of these roles already.
func holds(m auth.Member, roles []Role) bool {
	for _, want := range roles {
		found := false
		for _, g := range m.Grants {
			found = found || want.same(Role{Role: g.Role, Unit: g.Unit, Community: g.Community, Grid: g.Grid})
		}
		if !found {
			return false
		}
	}
	return true
}

const begun = `SELECT l.id, l.made_by, l.made_at, l.people, count(*) FILTER (WHERE r.state = 'invited') AS invited, count(*) FILTER (WHERE r.state = 'here') AS here,
	count(*) FILTER (WHERE r.state = 'failed') AS failed FROM invite_lists l JOIN invite_rows r ON r.tenant_id = l.tenant_id AND r.list = l.id WHERE l.tenant_id = ? `

// Recent are the newest lists, newest first. Forbidden without PeopleWrite, as Find.
func Recent(ctx context.Context, tx tenants.Tx) (out []Begun, err error) {
	if err := auth.Require(tx.Actor(), auth.PeopleWrite, ""); err != nil {
		return nil, err
	}
	if err := tx.Raw(begun+"GROUP BY l.tenant_id, l.id ORDER BY l.made_at DESC, l.id DESC LIMIT 20", int32(tx.ID())).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("lists of people: %w", err)
	}
	return out, nil
}

// Find is a list and its people in the order of the table; fault.NotFound for none.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (b Begun, rows []Row, err error) {
	if err := auth.Require(tx.Actor(), auth.PeopleWrite, ""); err != nil {
		return b, nil, err
	}
	err = tx.Raw(begun+"AND l.id = ? GROUP BY l.tenant_id, l.id", int32(tx.ID()), id).Scan(ctx, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return b, nil, fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return b, nil, fmt.Errorf("list of people: %w", err)
	}
	rows, err = read(ctx, tx, "list = ? ORDER BY line, id", id)
	return b, rows, err
}

func read(ctx context.Context, tx tenants.Tx, where string, args ...any) ([]Row, error) {
	var rows []struct {
		ID          uuid.UUID
		Content     []byte
		State, Said string
		DoneAt      sql.NullTime
	}
	if err := tx.Raw("SELECT id, content, state, said, done_at FROM invite_rows WHERE tenant_id = ? AND "+where, append([]any{int32(tx.ID())}, args...)...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("people on a list: %w", err)
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		text, err := box.OpenBytes(at(r.ID), r.Content)
		if err != nil {
			return nil, err
		}
		out[i] = Row{ID: r.ID, State: State(r.State), Said: r.Said, DoneAt: r.DoneAt.Time}
		if err := json.Unmarshal(text, &out[i].Person); err != nil {
			return nil, fmt.Errorf("person on a list: %w", err)
		}
	}
	return out, nil
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "invite_lists", Plain: []string{"tenant_id", "id", "made_by", "made_at", "people"}},
	{Table: "invite_rows", Plain: []string{"tenant_id", "list", "id", "line", "state", "said", "done_at"}, Sealed: []string{"content"}},
}
