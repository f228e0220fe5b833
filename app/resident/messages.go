package resident

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// heard are the acts at a matter that the street tells its petitioner of. What he did himself is not among them, and words
// stand at the matter.
var heard = []string{"case.filed", "case.dispatched", "case.granted", "case.closed", "case.answered", "case.rejected", "case.merged", "case.reopened"}

// mostMessages is how many messages the page shows, the newest first.
const mostMessages = 100

type message struct {
	Kind       string
	HappenedAt time.Time
	RecordedAt time.Time
	After      tenants.Dims `bun:"type:jsonb"`
	ID         uuid.UUID
	Number     string
	Class      string
}

// ofMine is the condition for acts that the actor is told of.
const ofMine = `FROM journal j JOIN cases c ON c.tenant_id = j.tenant_id AND c.id = j.object_id
	WHERE c.tenant_id = ? AND c.reported_by = ? AND c.channel = ? AND j.kind IN (?) AND j.actor <> ?`

func ofMineArgs(tx tenants.Tx, r *Resident) []any {
	return []any{int32(tx.ID()), r.Person, cases.ResidentChannel, bun.List(heard), r.Person}
}

// Unread counts what the street told the resident since he last read, at most a hundred.
func Unread(ctx context.Context, tx tenants.Tx, r *Resident) (n int, err error) {
	if err := tx.Raw(`SELECT count(*) FROM (SELECT 1 `+ofMine+` AND j.recorded_at > ? LIMIT 100) n`, append(ofMineArgs(tx, r), r.ReadAt)...).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("unread messages: %w", err)
	}
	return n, nil
}

func (d *desk) messages(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	list, err := told(ctx, tx, me)
	if err != nil {
		return web.Reply{}, err
	}
	rules, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Messages{Base: r.Base, Form: form(ctx, r, nil)}
	for _, m := range list {
		said, ok := tell(ctx, rules, cases.Event{Kind: m.Kind, At: m.HappenedAt, After: m.After})
		if !ok {
			continue
		}
		_, title := tileOf(ctx, rules, m.Class)
		fresh := m.RecordedAt.After(me.ReadAt)
		p.Unread = p.Unread || fresh
		p.List = append(p.List, view.Message{Title: said.Act, Text: said.Detail, About: title, Number: m.Number, Href: r.Path("/matters/%s", m.ID), At: m.HappenedAt, Fresh: fresh, Tone: said.Tone})
	}
	return web.Page(ui.T(ctx, "消息"), view.MessagesPage(p)).Data(p), nil
}

func told(ctx context.Context, tx tenants.Tx, r *Resident) (out []message, err error) {
	err = tx.Raw(`SELECT j.kind, j.happened_at, j.recorded_at, j.after, c.id, c.number, c.class `+ofMine+` ORDER BY j.n DESC LIMIT ?`,
		append(ofMineArgs(tx, r), mostMessages)...).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return out, nil
}

func (d *desk) readMessages(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	me.ReadAt = clock.Now(ctx)
	if _, err := tx.Update(me).Column("read_at").Where("r.person = ?", me.Person).Exec(ctx); err != nil {
		return web.Reply{}, fmt.Errorf("read messages: %w", err)
	}
	return web.Done(r.Path("/messages"), "已全部读过").Or(struct{}{}), nil
}
