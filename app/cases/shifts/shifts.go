package shifts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Shift is one shift of the desk.
type Shift struct {
	bun.BaseModel `bun:"table:shifts,alias:s"`

	ID       uuid.UUID `bun:",pk,type:uuid"`
	Number   string    // 20261123-012
	Lead     int64
	BegunAt  time.Time
	HandedAt time.Time `bun:",nullzero"` // zero: it runs
	Note     []byte    // sealed
	Desk
	TakenBy int64     `bun:",nullzero"`
	TakenAt time.Time `bun:",nullzero"`
}

// Desk is how the desk stands at a moment, in cases that have not ended.
type Desk struct {
	Open    int
	Urgent  int
	Overdue int
	Waiting int   // dispatched and not signed for
	Lists   Lists `bun:"type:jsonb"`
}

// Lists are numbers of cases, at most mostListed each.
type Lists struct {
	Urgent  []string `json:"urgent,omitempty"`
	Overdue []string `json:"overdue,omitempty"`
	Waiting []string `json:"waiting,omitempty"`
}

// Bounds: numbers in a list, characters of a note, shifts in a page of the history.
const (
	mostListed = 200
	longNote   = 2000
	pageSize   = 30
)

const open = "c.tenant_id = ? AND c.ended_at IS NULL"

// Standing counts and lists the desk as it stands now.
func Standing(ctx context.Context, tx tenants.Tx) (d Desk, err error) {
	const waits = `EXISTS (SELECT 1 FROM assignments a WHERE a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.role = 'lead' AND a.state = 'dispatched')`
	id := int32(tx.ID())
	if err := tx.Raw(`SELECT count(*) AS open, count(*) FILTER (WHERE c.urgent) AS urgent, count(*) FILTER (WHERE c.late) AS overdue,
		count(*) FILTER (WHERE c.stage = 'handling' AND `+waits+`) AS waiting FROM cases c WHERE `+open, id).Scan(ctx, &d.Open, &d.Urgent, &d.Overdue, &d.Waiting); err != nil {
		return d, fmt.Errorf("count the desk: %w", err)
	}
	for _, l := range []struct {
		of string
		to *[]string
	}{{"c.urgent", &d.Lists.Urgent}, {"c.late", &d.Lists.Overdue}, {"c.stage = 'handling' AND " + waits, &d.Lists.Waiting}} {
		if err := tx.Raw(`SELECT c.number FROM cases c WHERE `+open+` AND `+l.of+` ORDER BY c.number LIMIT ?`, id, mostListed).Scan(ctx, l.to); err != nil {
			return d, fmt.Errorf("list the desk: %w", err)
		}
	}
	return d, nil
}

// Begin starts the first shift, or the first after a record that ended. Later ones begin by [TakeOver].
func Begin(ctx context.Context, tx tenants.Tx) (*Shift, error) {
	if err := auth.RequireSomewhere(tx.Actor(), auth.ShiftsLead); err != nil {
		return nil, err
	}
	return begin(ctx, tx, clock.Now(ctx))
}

func begin(ctx context.Context, tx tenants.Tx, at time.Time) (*Shift, error) {
	n, err := tx.Next(ctx, "shift")
	if err != nil {
		return nil, err
	}
	s := &Shift{ID: tenants.NewID(), Number: at.In(clock.Zone).Format("20060102") + fmt.Sprintf("-%03d", n), Lead: tx.Actor().Person, BegunAt: at}
	_, err = tx.Insert(s).Exec(ctx)
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.ConstraintName == "shifts_current" {
		return nil, fault.New(fault.Conflict, "已有班次在值，请由当班值班长交班后接班").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("begin a shift: %w", err)
	}
	record(tx, "shift.begun", s, at, nil)
	return s, nil
}

// HandOver signs the running shift off: the desk is counted as it stands, and note says what the next should know. Only its
// lead may.
func HandOver(ctx context.Context, tx tenants.Tx, id uuid.UUID, note string) (*Shift, error) {
	s, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case !s.HandedAt.IsZero():
		return nil, errHanded()
	case s.Lead != tx.Actor().Person:
		return nil, fault.New(fault.Forbidden, "只有当班值班长本人可以交班")
	}
	if note = strings.TrimSpace(note); note == "" {
		return nil, fault.Field("note", "请写明需要接班人继续办理和注意的事项；没有的写“无”")
	}
	if utf8.RuneCountInString(note) > longNote || !utf8.ValidString(note) || strings.ContainsRune(note, 0) {
		return nil, fault.Field("note", "内容过长，请精简")
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return nil, err
	}
	if s.Desk, err = Standing(ctx, tx); err != nil {
		return nil, err
	}
	s.HandedAt, s.Note = clock.Now(ctx), box.Seal(noteAddr(s.ID), note)
	record(tx, "shift.handed_over", s, s.HandedAt, tenants.Dims{"open": fmt.Sprint(s.Open), "urgent": fmt.Sprint(s.Urgent), "overdue": fmt.Sprint(s.Overdue), "waiting": fmt.Sprint(s.Waiting)})
	return s, write(ctx, tx, s, "handed_at", "note", "open", "urgent", "overdue", "waiting", "lists")
}

// TakeBack is the lead's, who goes on after all.
func TakeBack(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Shift, error) {
	s, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case s.HandedAt.IsZero() || !s.TakenAt.IsZero():
		return nil, errHanded()
	case s.Lead != tx.Actor().Person:
		return nil, fault.New(fault.Forbidden, "只有当班值班长本人可以撤回交班")
	}
	s.HandedAt, s.Note, s.Desk = time.Time{}, nil, Desk{}
	record(tx, "shift.taken_back", s, clock.Now(ctx), nil)
	return s, write(ctx, tx, s, "handed_at", "note", "open", "urgent", "overdue", "waiting", "lists")
}

// TakeOver signs for a shift that was handed over, and begins the actor's own. It is another person than who handed over.
func TakeOver(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Shift, error) {
	s, err := lock(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	switch {
	case s.HandedAt.IsZero() || !s.TakenAt.IsZero():
		return nil, errHanded()
	case s.Lead == tx.Actor().Person:
		return nil, fault.New(fault.Conflict, "接班人不能是交班人本人；继续当班请撤回交班")
	}
	s.TakenAt, s.TakenBy = clock.Now(ctx), tx.Actor().Person
	record(tx, "shift.taken_over", s, s.TakenAt, nil)
	if err := write(ctx, tx, s, "taken_by", "taken_at"); err != nil {
		return nil, err
	}
	return begin(ctx, tx, s.TakenAt)
}

// lock reads a shift for a change and holds it; NotFound when the tenant has none of this id or the actor leads no desk.
func lock(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Shift, error) {
	if err := auth.RequireSomewhere(tx.Actor(), auth.ShiftsLead); err != nil {
		return nil, err
	}
	s := new(Shift)
	err := tx.Select(s).Where("s.id = ?", id).For("UPDATE").Scan(ctx)
	return s, found(err)
}

// Find reads a shift.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Shift, error) {
	s := new(Shift)
	err := tx.Select(s).Where("s.id = ?", id).Scan(ctx)
	return s, found(err)
}

// Current is the shift that runs or waits to be taken over; nil when there is none.
func Current(ctx context.Context, tx tenants.Tx) (*Shift, error) {
	s := new(Shift)
	err := tx.Select(s).Where("s.taken_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no shift is an answer
	}
	return s, found(err)
}

// Past lists shifts that were taken over, newest first, one more than a page when there are more.
func Past(ctx context.Context, tx tenants.Tx, page int) (out []Shift, err error) {
	if err := tx.Select(&out).Where("s.taken_at IS NOT NULL").OrderExpr("s.begun_at DESC, s.id").Limit(pageSize + 1).Offset(int64(page-1) * pageSize).Scan(ctx); err != nil {
		return nil, fmt.Errorf("past shifts: %w", err)
	}
	return out, nil
}

func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "页面不存在")
	}
	if err != nil {
		return fmt.Errorf("read a shift: %w", err)
	}
	return nil
}

func write(ctx context.Context, tx tenants.Tx, s *Shift, columns ...string) error {
	if _, err := tx.Update(s).Column(columns...).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write shift %s: %w", s.Number, err)
	}
	return nil
}

// Words opens what the lead wrote for the next.
func (s *Shift) Words(box *keys.Box) (string, error) { return box.Open(noteAddr(s.ID), s.Note) }

func noteAddr(id uuid.UUID) keys.Addr { return keys.Addr{Table: "shifts", Column: "note", ID: id} }

func record(tx tenants.Tx, kind string, s *Shift, at time.Time, after tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "shift", ObjectID: s.ID, HappenedAt: at, After: after})
}

func errHanded() error {
	return fault.New(fault.Conflict, "班次的状态已经变化，请刷新页面")
}
