package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"sort"
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

// acts are the kinds of acts in words; catalogue keys. A kind that is not here shows as it is stored.
var acts = map[string]string{
	"tenant.opened": ui.Key("开通"), "tenant.state": ui.Key("变更运行状态"), "tenant.branded": ui.Key("修改街道形象"), "keys.renewed": ui.Key("更换数据密钥"), "keys.resealed": ui.Key("数据已换用新密钥"), "keys.retired": ui.Key("停用旧密钥"), "config.changed": ui.Key("修改配置"),
	"grant.given": ui.Key("授权"), "grant.ended": ui.Key("收回授权"), "people.listed": ui.Key("批量邀请"), "member.joined": ui.Key("加入人员"), "member.changed": ui.Key("修改人员资料"), "member.left": ui.Key("移出人员"),
	"member.sessions_ended": ui.Key("终止会话"), "member.factor_dropped": ui.Key("解除身份验证器"), "member.disabled": ui.Key("停用账号"), "member.enabled": ui.Key("恢复账号"),
	"api_key.made": ui.Key("生成接口密钥"), "api_key.revoked": ui.Key("吊销接口密钥"),
	"case.reported": ui.Key("上报"), "case.filed": ui.Key("立案"), "case.rejected": ui.Key("不予立案"), "case.dispatched": ui.Key("派遣"), "case.dispatch_recalled": ui.Key("撤回派遣"), "case.received": ui.Key("签收"),
	"case.unsigned": ui.Key("超时未签收"), "case.handled": ui.Key("办结反馈"), "case.checked": ui.Key("核查"), "case.overdue": ui.Key("超过时限"), "case.closed": ui.Key("结案"),
	"case.called_back": ui.Key("回访"), "case.reopened": ui.Key("重新办理"), "case.imported": ui.Key("历史导入"),
}

// objects are the kinds of objects in words, as the filter offers them; titles are catalogue keys.
var objects = []struct{ key, title string }{
	{"case", ui.Key("案卷")}, {"tenant", ui.Key("街道与配置")}, {"grant", ui.Key("授权")}, {"member", ui.Key("人员")}, {"api_key", ui.Key("接口密钥")}, {"support", ui.Key("运营进入")},
}

func objectWords(ctx context.Context, key string) string {
	for _, o := range objects {
		if o.key == key {
			return ui.T(ctx, o.title)
		}
	}
	return key
}

// dims are the names of dimensions in words; catalogue keys.
var dims = map[string]string{
	"stage": ui.Key("阶段"), "class": ui.Key("类别"), "unit": ui.Key("承办单位"), "channel": ui.Key("渠道"), "community": ui.Key("社区（村）"), "role": ui.Key("角色"),
	"person": ui.Key("人员"), "state": ui.Key("状态"), "ground": ui.Key("原因"), "item": ui.Key("配置项"), "items": ui.Key("项数"), "revision": ui.Key("修订号"), "on": ui.Key("启用"), "off": ui.Key("停用"),
	"name": ui.Key("名称"), "short_name": ui.Key("简称"), "colour": ui.Key("主色"), "accent": ui.Key("辅色"), "welcome": ui.Key("欢迎语"), "logo": ui.Key("标志"),
	"version": ui.Key("密钥版本"), "versions": ui.Key("停用的版本数"), "values": ui.Key("数据项数"), "unreadable": ui.Key("无法解开的数据项"), "blueprint": ui.Key("蓝本"), "contract": ui.Key("合同编号"), "kind": ui.Key("类型"), "until": ui.Key("有效期至"), "district": ui.Key("区县"), "grid": ui.Key("网格"),
}

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
	for _, o := range objects {
		page.Objects = append(page.Objects, ui.Option{Value: o.key, Label: ui.T(ctx, o.title)})
	}
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
	for i, x := range rows {
		kind := x.Kind
		if title, ok := acts[kind]; ok {
			kind = ui.T(ctx, title)
		} else if title, ok := a.Words["act/"+kind]; ok {
			kind = ui.T(ctx, title)
		}
		out = append(out, view.Act{N: x.N, Kind: kind, Who: names.Of(ctx, x.Actor), Object: objectWords(ctx, x.Object), ObjectID: x.ObjectID.String(),
			RecordedAt: x.RecordedAt, HappenedAt: x.HappenedAt, Imported: x.Imported, Details: a.details(ctx, cfg, names, parsed[i][0], parsed[i][1])})
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

// details says what an act changed, one dimension a line, sorted.
func (a *desk) details(ctx context.Context, cfg *blueprint.Config, names auth.Called, before, after tenants.Dims) []string {
	changed := map[string]bool{}
	for k, v := range before {
		changed[k] = after[k] != v
	}
	for k, v := range after {
		changed[k] = before[k] != v
	}
	var out []string
	for k, is := range changed {
		if !is {
			continue
		}
		title := k
		if t, ok := dims[k]; ok {
			title = ui.T(ctx, t)
		} else if t, ok := a.Words["dimension/"+k]; ok {
			title = ui.T(ctx, t)
		}
		now := a.value(ctx, cfg, names, k, after[k])
		if was := before[k]; was != "" {
			now = a.value(ctx, cfg, names, k, was) + " → " + now
		}
		out = append(out, ui.T(ctx, "%s：%s", title, now))
	}
	sort.Strings(out)
	return out
}

// value says one dimension's value with the names that the street uses today.
func (a *desk) value(ctx context.Context, cfg *blueprint.Config, names auth.Called, dim, v string) string {
	if v == "" {
		return ui.None
	}
	if say, ok := a.Words[dim+"/"+v]; ok {
		return ui.T(ctx, say)
	}
	switch dim {
	case "logo":
		return v[:min(len(v), 8)] // enough to tell one from another
	case "role":
		return ui.T(ctx, auth.Title(v))
	case "unit", "community":
		if u, ok := cfg.UnitOf(v); ok {
			return u.Short
		}
	case "class":
		return cfg.ClassTitle(v)
	case "channel":
		return cfg.ChannelTitle(v)
	case "person":
		if p, err := strconv.ParseInt(v, 10, 64); err == nil {
			return names.Of(ctx, p)
		}
	case "item":
		if key, ok := strings.CutPrefix(v, "setting/"); ok {
			if s, ok := cfg.Settings.Find(key); ok {
				return s.Title
			}
		}
		if key, ok := strings.CutPrefix(v, "module/"); ok {
			if m, ok := cfg.Modules.Find(key); ok {
				return m.Title
			}
		}
	case "on", "off":
		list := strings.Split(v, ",")
		for i, key := range list {
			if m, ok := cfg.Modules.Find(key); ok {
				list[i] = m.Title
			}
		}
		return strings.Join(list, "、")
	}
	return v
}
