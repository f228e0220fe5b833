package wechat

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// State is where a district's mini-program stands.
type State string

// The states, in the order of the way.
const (
	Asked      State = "asked"
	Linked     State = "linked"
	Granted    State = "granted"
	Authorized State = "authorized"
	Preparing  State = "preparing"
	Auditing   State = "auditing"
	Refused    State = "refused"
	Accepted   State = "accepted"
	Released   State = "released"
	Revoked    State = "revoked"
)

// MayAsk reports whether the district may be asked for its grant, for the first time or again: also where a grant was given
// that WeChat does not let us take up.
func (m *Program) MayAsk() bool {
	return m.State == "" || m.State == Asked || m.State == Linked || m.State == Revoked || m.State == Granted && m.Trouble != ""
}

// Program is the mini-program of a district.
type Program struct {
	bun.BaseModel `bun:"table:ctl.mini_programs,alias:p"`

	District    int32 `bun:",pk"`
	ID          uuid.UUID
	State       State
	Colour      string
	Contact     string
	AskedBy     int64
	AskedAt     time.Time
	Link        string
	LinkUntil   time.Time `bun:",nullzero"`
	Code        []byte    // sealed
	AppID       string    `bun:"appid,nullzero"`
	Access      []byte    // sealed
	AccessUntil time.Time `bun:",nullzero"`
	Refresh     []byte    // sealed
	Template    int
	Version     string
	Audit       int64
	SubmittedAt time.Time `bun:",nullzero"`
	Reason      string
	Released    string
	ReleasedAt  time.Time `bun:",nullzero"`
	Trouble     string
	ChangedAt   time.Time
}

// MayRelease reports whether a release may begin: the district has granted, and nothing is under way but what does not get on.
func (m *Program) MayRelease() bool {
	return m.State == Authorized || m.State == Refused || m.State == Released || (m.State == Preparing || m.State == Accepted) && m.Trouble != ""
}

func (m *Program) at(column string) keys.Addr {
	return keys.Addr{Table: "ctl.mini_programs", Column: column, ID: m.ID}
}

// hold keeps the tokens of a grant. WeChat may answer without a new refresh token: then the old one holds.
func (m *Program) hold(ctx context.Context, box *keys.Box, g grant) {
	m.AppID, m.Access, m.AccessUntil = g.AppID, box.Seal(m.at("access"), g.Access), until(ctx, g.Expires)
	if g.Refresh != "" {
		m.Refresh = box.Seal(m.at("refresh"), g.Refresh)
	}
}

// columns are all of a row, by name.
const columns = `district, id, state, colour, contact, asked_by, asked_at, link, link_until, code, coalesce(appid, '') AS appid, access, access_until, refresh, template, version, audit, submitted_at, reason, released, released_at, trouble, changed_at`

// program reads a district's row; fault.NotFound for none.
func (p *Platform) program(ctx context.Context, where string, arg any) (*Program, error) {
	m := new(Program)
	err := p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw("SELECT "+columns+" FROM ctl.mini_programs WHERE "+where, arg).Scan(ctx, m)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "没有这个小程序")
	}
	if err != nil {
		return nil, fmt.Errorf("mini-program: %w", err)
	}
	return m, nil
}

// write keeps some columns of a row, wherever it stands by now, unless its grant was taken back.
func (p *Platform) write(ctx context.Context, m *Program, names ...string) error {
	return p.step(ctx, m, "", nil, names...)
}

// step keeps a row that stood in the state was, with the job that goes on from there. Where it stands elsewhere by now,
// somebody was quicker, and nothing changes.
func (p *Platform) step(ctx context.Context, m *Program, was State, next *jobs.Job, names ...string) error {
	_, err := p.steps(ctx, m, was, next, names...)
	return err
}

// first is step for who must hear that somebody was quicker: Conflict.
func (p *Platform) first(ctx context.Context, m *Program, was State, next *jobs.Job, names ...string) error {
	quickest, err := p.steps(ctx, m, was, next, names...)
	if err == nil && !quickest {
		return fault.New(fault.Conflict, "小程序的状态刚刚变了，请刷新后再看")
	}
	return err
}

func (p *Platform) steps(ctx context.Context, m *Program, was State, next *jobs.Job, names ...string) (done bool, err error) {
	m.ChangedAt = clock.Now(ctx)
	values := map[string]any{
		"state": m.State, "link": m.Link, "link_until": bun.NullTime{Time: m.LinkUntil}, "code": m.Code, "appid": sql.NullString{String: m.AppID, Valid: m.AppID != ""},
		"access": m.Access, "access_until": bun.NullTime{Time: m.AccessUntil}, "refresh": m.Refresh, "template": m.Template, "version": m.Version, "audit": m.Audit, "submitted_at": bun.NullTime{Time: m.SubmittedAt},
		"reason": m.Reason, "released": m.Released, "released_at": bun.NullTime{Time: m.ReleasedAt}, "trouble": m.Trouble, "colour": m.Colour, "contact": m.Contact,
	}
	query, args := "UPDATE ctl.mini_programs SET changed_at = ?", []any{m.ChangedAt}
	for _, name := range names {
		query, args = query+", "+name+" = ?", append(args, values[name])
	}
	err = p.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		res, err := tx.Raw(query+" WHERE id = ? AND ? IN (state, '') AND state <> ?", append(args, m.ID, was, Revoked)...).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if done = n > 0; !done || next == nil {
			return err
		}
		_, err = jobs.AddSystem(ctx, tx, *next)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("mini-program of %d: %w", m.District, err)
	}
	return done, nil
}
