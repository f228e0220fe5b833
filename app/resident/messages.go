package resident

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/app/web"
	view "wanjie/templates/resident"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// matters are what a resident has reported, kept by the street in any case.
var matters = Keeping{
	Name:    "matters",
	Objects: "SELECT id, number, class AS about FROM cases WHERE tenant_id = ?0 AND reported_by = ?1 AND channel = '" + cases.ResidentChannel + "'",
	// What he did himself is not among them, and words stand at the matter.
	Heard: []string{"case.filed", "case.dispatched", "case.dispatch_recalled", "case.granted", "case.closed", "case.answered", "case.rejected", "case.merged", "case.reopened"},
	Tell: func(ctx context.Context, cfg *blueprint.Config, n News) (t Told, worth bool) {
		if t.Moment, worth = tell(ctx, cfg, cases.Event{Kind: n.Kind, At: n.At, After: n.After}); worth {
			_, t.About = tileOf(ctx, cfg, n.About)
			t.Path = "/matters/" + n.ID.String()
		}
		return t, worth
	},
}

// ofMine is a statement that answers everything of the actor's: see [Keeping.Objects].
func ofMine() string {
	all := matters.Objects
	for _, k := range Kept {
		all += " UNION ALL " + k.Objects
	}
	return all
}

// mostMessages is how many messages the page shows, the newest first.
const mostMessages = 100

// heard is a condition for acts of which the actor is told; its arguments are the first three of a statement.
func heard(tx tenants.Tx) (from string, args []any) {
	kinds := matters.Heard
	for _, k := range Kept {
		kinds = slices.Concat(kinds, k.Heard)
	}
	return `FROM (` + ofMine() + `) o JOIN journal j ON j.tenant_id = ?0 AND j.object_id = o.id WHERE j.kind IN (?2) AND j.actor <> ?1`,
		[]any{int32(tx.ID()), tx.Actor().Person, bun.List(kinds)}
}

// Unread counts what the street told the resident since he last read, at most a hundred.
func Unread(ctx context.Context, tx tenants.Tx, r *Resident) (n int, err error) {
	from, args := heard(tx)
	if err := tx.Raw(`SELECT count(*) FROM (SELECT 1 `+from+` AND j.recorded_at > ?3 LIMIT 100) n`, append(args, r.ReadAt)...).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("unread messages: %w", err)
	}
	return n, nil
}

func (d *desk) messages(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	var list []struct {
		News
		RecordedAt time.Time
	}
	from, args := heard(tx)
	err := tx.Raw(`SELECT j.kind, o.id, o.number, o.about, j.happened_at AS at, j.after, j.recorded_at `+from+` ORDER BY j.n DESC LIMIT ?3`, append(args, mostMessages)...).Scan(ctx, &list)
	if err != nil {
		return web.Reply{}, fmt.Errorf("messages: %w", err)
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	p := view.Messages{Base: r.Base, Form: form(ctx, r, nil)}
	for _, m := range list {
		told, worth := speaker(m.Kind).Tell(ctx, cfg, m.News)
		if !worth {
			continue
		}
		fresh := m.RecordedAt.After(me.ReadAt)
		p.Unread = p.Unread || fresh
		p.List = append(p.List, view.Message{Title: told.Act, Text: told.Detail, About: told.About, Number: m.Number, Path: told.Path, Href: r.Path("%s", told.Path), At: m.At, Fresh: fresh, Tone: told.Tone})
	}
	return web.Page(ui.T(ctx, "消息"), view.MessagesPage(p)).Data(p), nil
}

// speaker is who tells of acts of a kind.
func speaker(kind string) Keeping {
	for _, k := range Kept {
		if slices.Contains(k.Heard, kind) {
			return k
		}
	}
	return matters
}

func (d *desk) readMessages(ctx context.Context, tx tenants.Tx, r *web.Request, me *Resident) (web.Reply, error) {
	me.ReadAt = clock.Now(ctx)
	if _, err := tx.Update(me).Column("read_at").Where("r.person = ?", me.Person).Exec(ctx); err != nil {
		return web.Reply{}, fmt.Errorf("read messages: %w", err)
	}
	return web.Done(r.Path("/messages"), "已全部读过").Or(struct{}{}), nil
}
