package record

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wanjie/app/auth"
	"wanjie/app/auth/access"
	"wanjie/app/clock"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// perPage is how many entries a page has.
const perPage = 20

// asked is what the form above the list asks for.
type asked struct {
	access.Filter
	page int
	form url.Values // as typed, for links that keep it
}

func read(r *web.Request) asked {
	a := asked{page: max(1, r.Int("page", 1)), form: url.Values{}}
	a.page = min(a.page, access.Countable/perPage+1)
	for _, name := range []string{"kind", "person", "from", "to"} {
		if v := r.Text(name); v != "" {
			a.form.Set(name, v)
		}
	}
	a.Kind = access.Kind(r.Text("kind"))
	a.Person, _ = strconv.ParseInt(r.Text("person"), 10, 64)
	if from, err := time.ParseInLocation(time.DateOnly, r.Text("from"), clock.Zone); err == nil {
		a.From = from
	}
	if to, err := time.ParseInLocation(time.DateOnly, r.Text("to"), clock.Zone); err == nil {
		a.To = to.AddDate(0, 0, 1) // the day itself too
	}
	return a
}

// address is a path with the form's values.
func (a asked) address(path string) string {
	if len(a.form) == 0 {
		return path
	}
	return path + "?" + a.form.Encode()
}

// fill puts the form, the pager and the file's address into the page.
func (a asked) fill(ctx context.Context, p *view.AccessRecord, l access.List, looks bool) {
	p.Kind, p.Person, p.From, p.To = a.form.Get("kind"), a.form.Get("person"), a.form.Get("from"), a.form.Get("to")
	p.Kinds = append(p.Kinds, ui.Option{Value: string(access.AnyRefused), Label: ui.T(ctx, "所有被拒事项")})
	for _, w := range access.Words {
		if w.Kind != access.Look || looks {
			p.Kinds = append(p.Kinds, ui.Option{Value: string(w.Kind), Label: ui.T(ctx, w.Title)})
		}
	}
	p.Pages = ui.Pages{Number: a.page, Size: perPage, Total: l.Total, Capped: l.More, More: len(l.Events) == perPage, Path: p.Path, Query: a.form, List: "entries"}
	p.Export = a.address(p.Path + "/export")
}

// speaker says entries for people: how persons are called at this door, and what modules call the
// objects, fields and purposes of looks.
type speaker struct {
	names map[int64]string
	words map[string]string
}

func (s speaker) who(ctx context.Context, person int64) string {
	if name := s.names[person]; name != "" {
		return name
	}
	return ui.T(ctx, "%d 号人员", int(person))
}

// subject is whom an entry is about.
func (s speaker) subject(ctx context.Context, e access.Event) string {
	switch {
	case e.Person != 0:
		return s.who(ctx, e.Person)
	case e.Again != "":
		return ui.T(ctx, "未知账号 %s", e.Again)
	}
	return ui.T(ctx, "未知账号")
}

// actor is who did it to somebody else.
func (s speaker) actor(ctx context.Context, e access.Event) string {
	if e.By == tenants.System {
		return ""
	}
	return s.who(ctx, e.By)
}

func (s speaker) word(ctx context.Context, kind, key string) string {
	if w, ok := s.words[kind+"/"+key]; ok {
		return ui.T(ctx, w)
	}
	return key
}

func (s speaker) fields(ctx context.Context, e access.Event) string {
	list := strings.Split(e.Fields, ",")
	for i, f := range list {
		list[i] = s.word(ctx, "field", f)
	}
	return strings.Join(list, "、")
}

// entry is one line of the list.
func (s speaker) entry(ctx context.Context, e access.Event, path string) view.AccessEntry {
	w := access.WordOf(e.Kind)
	line := view.AccessEntry{At: e.At, Who: s.subject(ctx, e), Kind: ui.T(ctx, w.Title), Network: e.Network}
	switch {
	case w.Bad:
		line.Tone = ui.Warn
	case w.Grave:
		line.Tone = ui.Info
	}
	say := func(title, value string) {
		if value != "" {
			line.Details = append(line.Details, ui.T(ctx, "%s：%s", ui.T(ctx, title), value))
		}
	}
	if e.Kind == access.Look {
		line.Details = []string{ui.T(ctx, "%s：%s", s.word(ctx, "object", e.Object), s.fields(ctx, e))}
		say(ui.Key("事由"), s.word(ctx, "purpose", e.Purpose))
		line.Small = e.ObjectID.String()
		return line
	}
	if e.Via != "" {
		say(ui.Key("方式"), ui.T(ctx, access.ViaWord(e.Via)))
	}
	if e.Ground != "" {
		say(ui.Key("原因"), ui.T(ctx, access.GroundWord(e.Ground)))
	}
	if e.Needs != "" {
		say(ui.Key("缺少权限"), ui.T(ctx, auth.CapabilityWord(e.Needs)))
	}
	say(ui.Key("办理人"), s.actor(ctx, e))
	line.Small, line.Href = e.Route, fmt.Sprintf("%s/%s", path, e.ID)
	return line
}

// facts are everything that is known of an entry but its whole address.
func (s speaker) facts(ctx context.Context, e access.Event) []ui.Fact {
	list := []ui.Fact{
		{Label: ui.T(ctx, "时间"), Value: e.At.In(clock.Zone).Format("2006-01-02 15:04:05")},
		{Label: ui.T(ctx, "人员"), Value: s.subject(ctx, e)},
	}
	add := func(title, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: ui.T(ctx, title), Value: value})
		}
	}
	if e.Via != "" {
		add(ui.Key("方式"), ui.T(ctx, access.ViaWord(e.Via)))
	}
	if e.Ground != "" {
		add(ui.Key("原因"), ui.T(ctx, access.GroundWord(e.Ground)))
	}
	add(ui.Key("请求"), e.Route)
	if e.Needs != "" {
		add(ui.Key("缺少权限"), ui.T(ctx, auth.CapabilityWord(e.Needs)))
	}
	add(ui.Key("办理人"), s.actor(ctx, e))
	add(ui.Key("来源网段"), e.Network)
	if e.Session.Version() != 0 {
		add(ui.Key("会话编号"), e.Session.String())
	}
	if e.Reason != "" {
		list = append(list, ui.Fact{Label: ui.T(ctx, "事由"), Value: e.Reason, Wide: true})
	}
	return list
}
