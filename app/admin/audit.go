package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// perPage is how many entries a page of traces has.
const perPage = 50

// traces reads the acts of a tenant before a number.
const traces = `SELECT n, kind, object, object_id, actor, happened_at, recorded_at, imported, coalesce(before::text, '{}') AS before, coalesce(after::text, '{}') AS after
		FROM journal WHERE tenant_id = ? AND n < ?`

func (a *desk) audit(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Audit{Frame: Frame(tx, r), Object: r.Text("object")}
	page.Objects = a.objects(ctx)
	before, err := strconv.ParseInt(r.Text("before"), 10, 64)
	if err != nil || before <= 0 {
		before = 1 << 62
	}
	q := traces
	args := []any{int32(tx.ID()), before}
	if page.Object != "" {
		q, args = q+" AND object = ?", append(args, page.Object)
	}
	var rows []trace
	if err := tx.Raw(q+" ORDER BY n DESC LIMIT ?", append(args, perPage+1)...).Scan(ctx, &rows); err != nil {
		return web.Reply{}, fmt.Errorf("newest acts: %w", err)
	}
	at := func(n int64) string {
		v := url.Values{}
		if page.Object != "" {
			v.Set("object", page.Object)
		}
		if n > 0 {
			v.Set("before", strconv.FormatInt(n, 10))
		}
		return r.Path("/admin/audit?%s", v.Encode())
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		page.Older = at(rows[perPage-1].N)
	}
	if before != 1<<62 {
		page.Newest = at(0)
	}
	if page.Acts, err = a.say(ctx, tx, cfg, auth.Names, rows); err != nil {
		return web.Reply{}, err
	}
	return web.Page(ui.T(ctx, "操作留痕"), view.AuditView(page)), nil
}

// trace is an act as it was written.
type trace struct {
	N                      int64
	Kind, Object           string
	ObjectID               uuid.UUID
	Actor                  int64
	HappenedAt, RecordedAt time.Time
	Imported               bool
	Before, After          string
}

// say puts acts into words; called says who may be named.
func (a *desk) say(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, called auth.Naming, rows []trace) (out []view.Act, err error) {
	var persons []int64
	for _, x := range rows {
		persons = append(persons, x.Actor)
	}
	parsed := make([][2]tenants.Dims, len(rows))
	for i, x := range rows {
		for j, raw := range []string{x.Before, x.After} {
			if err := json.Unmarshal([]byte(raw), &parsed[i][j]); err != nil {
				return nil, fmt.Errorf("act %d: dimensions: %w", x.N, err)
			}
			if p, err := strconv.ParseInt(parsed[i][j]["person"], 10, 64); err == nil {
				persons = append(persons, p)
			}
		}
	}
	names, err := called(ctx, tx, persons...)
	if err != nil {
		return nil, err
	}
	t := &teller{desk: a, ctx: ctx, tx: tx, cfg: cfg, names: names}
	if err := t.look(rows, parsed); err != nil {
		return nil, err
	}
	for i, x := range rows {
		o := address{x.Object, x.ObjectID}
		act := view.Act{N: x.N, Kind: t.kind(x.Kind), Who: t.who(x.Actor), Object: t.object(x.Object), ObjectID: x.ObjectID.String(), Number: t.numbers[o],
			RecordedAt: x.RecordedAt, HappenedAt: x.HappenedAt, Imported: x.Imported, Details: t.details(x.Object, parsed[i][0], parsed[i][1])}
		if x.Object == "case" && act.Number != "" && auth.Can(tx.Actor(), auth.CasesRead, "") {
			act.Href = "/s/" + tx.Tenant().Slug + "/cases/" + x.ObjectID.String()
		}
		out = append(out, act)
	}
	return out, nil
}

// Done tells what a person did while they were let in, oldest first, in the words of the traces: their acts between the
// street's acts that began and ended the access, by their numbers, because times of acts are claimed.
func Done(words map[string]string) func(context.Context, tenants.Tx, uuid.UUID, int64, auth.Naming) ([]ui.Moment, error) {
	a := &desk{Deps{Words: words}}
	return func(ctx context.Context, tx tenants.Tx, access uuid.UUID, person int64, names auth.Naming) (out []ui.Moment, err error) {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return nil, err
		}
		begun, ended, err := span(ctx, tx, access)
		if err != nil || begun == 0 {
			return nil, err
		}
		var rows []trace
		err = tx.Raw(traces+" AND n > ? AND actor = ? AND object <> 'support' ORDER BY n LIMIT 500", int32(tx.ID()), ended, begun, person).Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("acts of %d: %w", person, err)
		}
		said, err := a.say(ctx, tx, cfg, names, rows)
		for _, x := range said {
			out = append(out, ui.Moment{At: x.HappenedAt, Act: x.Kind, Detail: strings.Join(x.Details, "\n"), Tone: ui.Info})
		}
		return out, err
	}
}

// span is between which acts an access lasted; begun 0: it never began.
func span(ctx context.Context, tx tenants.Tx, access uuid.UUID) (begun, ended int64, err error) {
	err = tx.Raw(`SELECT coalesce(min(n) FILTER (WHERE kind = 'support.begun'), 0), coalesce(min(n) FILTER (WHERE kind = 'support.ended'), ?)
		FROM journal WHERE tenant_id = ? AND object_id = ?`, int64(math.MaxInt64), int32(tx.ID()), access).Scan(ctx, &begun, &ended)
	if err != nil {
		return 0, 0, fmt.Errorf("acts of access %s: %w", access, err)
	}
	return begun, ended, nil
}
