package openapi

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Description is what programs may call, as OpenAPI 3.0 says it.
//
//go:embed v1.json
var Description []byte

// DescriptionPath is where everybody may read it.
const DescriptionPath = web.ProgramBase + "/openapi.json"

// Deps is what the administrator's pages need of the rest of the product.
type Deps struct {
	// Frame is the way to the neighbouring pages of the administration.
	Frame func(tx tenants.Tx, r *web.Request) view.Frame
}

type pages struct{ Deps }

// Routes puts the administrator's pages under /s/{tenant}/admin/keys, and the description where programs are.
func Routes(site *web.Site, d Deps) {
	p, r := &pages{d}, site.Module("")
	r.Get("/admin/keys", auth.KeysRead, p.list)
	r.Post("/admin/keys", auth.KeysGive, p.make)
	r.Post("/admin/keys/{id}/revoke", auth.KeysGive, revoke)
	r.Get("/admin/keys/calls", auth.KeysRead, p.calls)
	site.Raw("GET "+DescriptionPath, http.HandlerFunc(describe))
}

func describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(Description)
}

func (p *pages) list(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return p.show(ctx, tx, r, view.KeyForm{Until: string(clock.DateOf(clock.Now(ctx)).Add(365))}, "")
}

// show draws the keys, with the form as it was filled in, or the key that was just made.
func (p *pages) show(ctx context.Context, tx tenants.Tx, r *web.Request, form view.KeyForm, secret string) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := Keys(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	var people []int64
	for _, k := range list {
		people = append(people, k.MadeBy, k.RevokedBy)
	}
	names, err := auth.Names(ctx, tx, people...)
	if err != nil {
		return web.Reply{}, err
	}
	form.Guard = r.Guard()
	page := view.Keys{Frame: p.Frame(tx, r), Path: r.Path("/admin/keys"), MayGive: auth.CanSomewhere(tx.Actor(), auth.KeysGive), Form: form, Secret: secret,
		Address: strings.TrimSuffix(r.Absolute(""), r.Base) + web.ProgramBase, Description: DescriptionPath, Often: ui.Number(Often.Max)}
	for _, ch := range cfg.Channels.All() {
		if ch.Sends() && !ch.Retired {
			page.Channels = append(page.Channels, ui.Option{Value: ch.Key, Label: ch.Title})
		}
	}
	for _, top := range cfg.ClassesUnder("") {
		for _, k := range cfg.ClassesUnder(top.Key) {
			page.Classes = append(page.Classes, ui.Option{Value: k.Key, Label: k.Title, Group: top.Title})
		}
	}
	now := clock.Now(ctx)
	for i := range list {
		page.List = append(page.List, lineOf(ctx, r, cfg, &list[i], names, now))
	}
	return web.Page(ui.T(ctx, "接口密钥"), view.KeysView(page)), nil
}

func lineOf(ctx context.Context, r *web.Request, cfg *blueprint.Config, k *Used, names auth.Called, now time.Time) view.Key {
	out := view.Key{
		Guard: r.Guard(), Name: k.Name, Hint: k.Hint, Channel: channelName(cfg, k.Channel), From: strings.Fields(k.Networks), Until: string(clock.DateOf(k.ExpiresAt.Add(-time.Second))),
		Made: names.Of(ctx, k.MadeBy) + "　" + ui.Time(k.MadeAt), Calls: r.Path("/admin/keys/calls?key=%s", k.ID), Revoke: r.Path("/admin/keys/%s/revoke", k.ID),
		State: ui.T(ctx, "有效"), Tone: ui.Good, Living: true,
	}
	if !k.LastAt.IsZero() {
		out.Last = ui.Time(k.LastAt)
	}
	out.Otherwise = cfg.ClassTitle(k.Otherwise)
	switch {
	case !k.RevokedAt.IsZero():
		out.State, out.Tone, out.Living, out.Revoked = ui.T(ctx, "已吊销"), ui.Bad, false, names.Of(ctx, k.RevokedBy)+"　"+ui.Time(k.RevokedAt)
	case !k.ExpiresAt.After(now):
		out.State, out.Tone = ui.T(ctx, "已过期"), ui.Neutral
	}
	return out
}

func channelName(cfg *blueprint.Config, key string) string {
	return cfg.ChannelTitle(key)
}

// make answers with the key itself, this once: the reply is not kept for repeats, and the key bears the request's number,
// so that a repeat makes no second one.
func (p *pages) make(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	form := view.KeyForm{Name: r.Text("name"), Channel: r.Text("channel"), Otherwise: r.Text("otherwise"), Networks: r.Text("networks"), Until: r.Text("until")}
	w := Wish{Name: form.Name, Channel: form.Channel, Otherwise: form.Otherwise, Networks: form.Networks}
	var err error
	if w.ID, err = uuid.Parse(r.Text(ui.RequestField)); err != nil {
		w.ID = tenants.NewID() // its number stood in a header
	}
	if until, ok := clock.ParseDate(form.Until); ok {
		w.Until = until
	}
	_, secret, err := Make(ctx, tx, w)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		form.Say, form.Errors = ui.T(ctx, f.Say), map[string]string{}
		for field, say := range f.Fields {
			form.Errors[field] = ui.T(ctx, say)
		}
		reply, err := p.show(ctx, tx, r, form, "")
		return reply.Status(f.Kind.Status()), err
	}
	if err != nil {
		return web.Reply{}, err
	}
	return p.show(ctx, tx, r, view.KeyForm{Until: form.Until}, secret)
}

func revoke(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	id, err := r.ID("id")
	if err != nil {
		return web.Reply{}, errNoKey()
	}
	if err := Revoke(ctx, tx, id); err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/keys"), "已吊销"), nil
}

// perPage is how many calls a page has.
const perPage = 20

// words of ends, grounds and routes; catalogue keys.
var (
	ends = []struct {
		end   Ended
		title string
		tone  ui.Tone
	}{{Good, ui.Key("成功"), ui.Good}, {Wrong, ui.Key("未办成"), ui.Warn}, {Refused, ui.Key("被拒"), ui.Bad}, {Failed, ui.Key("系统故障"), ui.Bad}}
	grounds = map[string]string{
		string(Revoked): ui.Key("密钥已吊销"), string(Expired): ui.Key("密钥已过期"), string(Abroad): ui.Key("来自未登记的地址"), string(Shut): ui.Key("街道已暂停"), string(Off): ui.Key("功能未启用"),
	}
	statuses = map[int16]string{
		http.StatusCreated: ui.Key("新登记"), http.StatusNotFound: ui.Key("没有这件来单"), http.StatusConflict: ui.Key("同号不同内容"), http.StatusUnprocessableEntity: ui.Key("字段有误"),
		http.StatusTooManyRequests: ui.Key("过于频繁"),
	}
	routes = map[string]string{
		"POST " + web.ProgramBase + "/orders": ui.Key("送来单"), "GET " + web.ProgramBase + "/orders/{number}": ui.Key("查来单"), "GET " + web.ProgramBase + "/replies": ui.Key("取回复"),
	}
)

func (p *pages) calls(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	list, err := Keys(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	f, form := filter(r)
	number := min(max(1, r.Int("page", 1)), Countable/perPage+1)
	found, err := Calls(ctx, tx, f, int64(number-1)*perPage, perPage)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Calls{Frame: p.Frame(tx, r), Path: r.Path("/admin/keys/calls"), Keys: r.Path("/admin/keys"),
		Key: form.Get("key"), Ended: form.Get("ended"), Number: form.Get("number"), From: form.Get("from"), To: form.Get("to"),
		Pages: ui.Pages{Number: number, Size: perPage, Total: found.Total, Capped: found.More, More: len(found.Calls) == perPage, Path: r.Path("/admin/keys/calls"), Query: form, List: "calls"}}
	named := map[uuid.UUID]Used{}
	for _, k := range list {
		named[k.ID] = k
		page.AllKeys = append(page.AllKeys, ui.Option{Value: k.ID.String(), Label: k.Name + "（" + channelName(cfg, k.Channel) + "　" + k.Hint + "…）"})
	}
	for _, e := range ends {
		page.Ends = append(page.Ends, ui.Option{Value: string(e.end), Label: ui.T(ctx, e.title)})
	}
	for i := range found.Calls {
		c := &found.Calls[i]
		page.List = append(page.List, callLine(ctx, c, named[c.KeyID].Name))
	}
	return web.Page(ui.T(ctx, "调用记录"), view.CallsView(page)).Under(web.Crumb(ui.T(ctx, "接口密钥"), r.Path("/admin/keys")), web.Crumb(ui.T(ctx, "调用记录"), "")), nil
}

// filter is what the form above the calls asks for, with its values for links that keep them.
func filter(r *web.Request) (f Filter, form url.Values) {
	form = url.Values{}
	for _, name := range []string{"key", "ended", "number", "from", "to"} {
		if v := r.Text(name); v != "" {
			form.Set(name, v)
		}
	}
	f = Filter{Ended: Ended(r.Text("ended")), Number: short(r.Text("number"))}
	if id, err := uuid.Parse(r.Text("key")); err == nil {
		f.Key = id
	}
	if d, ok := clock.ParseDate(r.Text("from")); ok {
		f.From = d.Start()
	}
	if d, ok := clock.ParseDate(r.Text("to")); ok {
		f.To = d.Add(1).Start()
	}
	return f, form
}

func callLine(ctx context.Context, c *Call, name string) view.Call {
	out := view.Call{At: c.At, Key: name, What: c.Route, Number: c.Number, Network: c.Network, Status: ui.Number(int(c.Status))}
	if say, ok := routes[c.Route]; ok {
		out.What = ui.T(ctx, say)
	}
	for _, e := range ends {
		if e.end == EndOf(c.Status) {
			out.End, out.Tone = ui.T(ctx, e.title), e.tone
		}
	}
	say, ok := grounds[c.Ground]
	switch {
	case ok:
		out.Note = ui.T(ctx, say)
	case statuses[c.Status] != "":
		out.Note = ui.T(ctx, statuses[c.Status])
		if c.Ground != "" {
			out.Note += "：" + strings.ReplaceAll(c.Ground, ",", "、")
		}
	case c.N > 0:
		out.Note = ui.T(ctx, "%s件回复", ui.Number(c.N))
	case c.Status == http.StatusOK && strings.HasPrefix(c.Route, http.MethodPost):
		out.Note = ui.T(ctx, "已登记过")
	}
	return out
}
