package admin

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// words says a setting's value for people.
func words(ctx context.Context, s blueprint.Setting, value json.RawMessage) string {
	switch s.Type {
	case blueprint.Bool:
		if string(value) == "true" {
			return ui.T(ctx, "开启")
		}
		return ui.T(ctx, "关闭")
	case blueprint.Choice:
		key := text(value)
		for _, c := range s.Choices {
			if c.Value == key {
				return c.Title
			}
		}
		return key
	case blueprint.Span:
		var l blueprint.Limit
		_ = json.Unmarshal(value, &l) // stored values were checked
		return limitWords(ctx, l)
	case blueprint.Line:
		return text(value)
	}
	return counted(ctx, unitOf(s.Key), string(value))
}

// unitOf is what a whole number of a setting counts, which its key says; empty for one that says nothing.
func unitOf(key string) string {
	for _, u := range []struct{ end, unit string }{
		{"_percent", "%"}, {"_days", ui.Key("天")}, {"_metres", ui.Key("米")}, {"_places", ui.Key("人")},
		{".least_per_unit", ui.Key("件")}, {".min_sample", ui.Key("件")}, {".show_below", ui.Key("件")},
		{"most", ui.Key("次")}, {".most_times", ui.Key("次")}, {".tries", ui.Key("次")}, {"_repeats", ui.Key("次")},
	} {
		if strings.HasSuffix(key, u.end) {
			return u.unit
		}
	}
	return ""
}

// counted is a number with its unit.
func counted(ctx context.Context, unit, n string) string {
	switch unit {
	case "":
		return n
	case "%":
		return n + unit
	}
	return n + " " + ui.T(ctx, unit)
}

// limitWords says a time limit: 4 工作时.
func limitWords(ctx context.Context, l blueprint.Limit) string {
	switch l.Unit {
	case blueprint.UrgentHour:
		return ui.T(ctx, "%d 紧急工作时", l.Value)
	case blueprint.WorkingHour:
		return ui.T(ctx, "%d 工作时", l.Value)
	case blueprint.WorkingDay:
		return ui.T(ctx, "%d 工作日", l.Value)
	}
	return ui.T(ctx, "%d 自然日", l.Value)
}

func text(value json.RawMessage) string {
	var s string
	_ = json.Unmarshal(value, &s)
	return s
}

// body reads the setting out of an item.
func body(item *blueprint.Item) (s blueprint.Setting) {
	if item != nil {
		_ = json.Unmarshal(item.Body, &s)
	}
	return s
}

func line(ctx context.Context, s blueprint.Setting, src blueprint.Source) view.Setting {
	v := view.Setting{Key: s.Key, Title: s.Title, About: s.Explanation, Effect: words(ctx, s, s.Value), Behind: src.Behind}
	if src.Blueprint != nil {
		v.Blueprint = words(ctx, s, body(src.Blueprint).Value)
	}
	if isPattern(s.Key) {
		v.Effect, v.Blueprint = patternWords(ctx, text(s.Value)), patternWords(ctx, text(body(src.Blueprint).Value))
	}
	if src.Own != nil {
		v.Own = v.Effect
	}
	return v
}

func (a *desk) settings(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	sources, err := sourcesOf(ctx, tx, blueprint.Settings)
	if err != nil {
		return web.Reply{}, err
	}
	page := view.Settings{Frame: Frame(tx, r), Query: r.Text("q"), May: auth.CanSomewhere(tx.Actor(), auth.ConfigWrite)}
	var found []view.Setting
	for _, s := range cfg.Settings.All() {
		if l := line(ctx, s, sources[s.Key]); has(page.Query, l.Title, l.About, l.Effect) {
			l.Guard = r.Guard()
			found = append(found, l)
		}
	}
	page.Groups = groupSettings(ctx, found)
	return web.Page(ui.T(ctx, "参数设置"), view.SettingsView(page)), nil
}

func (a *desk) setting(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return a.form(ctx, tx, r, nil)
}

// form is the page of one setting, as it was refused if it was: then with what had been typed.
func (a *desk) form(ctx context.Context, tx tenants.Tx, r *web.Request, refused *fault.Error) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	s, ok := cfg.Settings.Find(r.PathValue("key"))
	if !ok {
		return web.Reply{}, fault.New(fault.NotFound, "没有这个参数")
	}
	sources, err := sourcesOf(ctx, tx, blueprint.Settings)
	if err != nil {
		return web.Reply{}, err
	}
	src := sources[s.Key]
	page := view.SettingForm{Frame: Frame(tx, r), Setting: line(ctx, s, src), Type: string(s.Type), Seen: src.Effective.Digest(), Back: r.Guard()}
	page.Guard = r.Guard()
	switch s.Type {
	case blueprint.Span:
		var l blueprint.Limit
		_ = json.Unmarshal(s.Value, &l)
		page.Value, page.Unit = strconv.Itoa(l.Value), string(l.Unit)
	case blueprint.Line, blueprint.Choice:
		page.Value = text(s.Value)
	default:
		page.Value = string(s.Value)
	}
	for _, c := range s.Choices {
		page.Choices = append(page.Choices, ui.Option{Value: c.Value, Label: c.Title})
	}
	if s.Type == blueprint.Int {
		page.Unit = ui.T(ctx, unitOf(s.Key))
	}
	if s.Min != nil {
		page.Min = strconv.FormatInt(*s.Min, 10)
	}
	if s.Max != nil {
		page.Max = strconv.FormatInt(*s.Max, 10)
	}
	past, err := blueprint.History(ctx, tx, blueprint.Settings, s.Key)
	if err != nil {
		return web.Reply{}, err
	}
	persons := make([]int64, len(past))
	for i, o := range past {
		persons[i] = o.By
	}
	names, err := auth.Names(ctx, tx, persons...)
	if err != nil {
		return web.Reply{}, err
	}
	for _, o := range past {
		c := view.Change{At: o.At, Who: names.Of(ctx, o.By)}
		if !o.Back() {
			c.Value = words(ctx, s, body(&blueprint.Item{Body: o.Body}).Value)
		}
		page.History = append(page.History, c)
	}
	status := 0
	if refused != nil {
		page.Value, page.Unit, status = r.Text("value"), r.Text("unit"), refused.Kind.Status()
		page.Say = ui.T(ctx, refused.Say, refused.Args...)
		if e := refused.Fields["value"]; e != "" {
			page.Say, page.Error = ui.T(ctx, "请检查标红的内容"), ui.T(ctx, e)
		}
	}
	may := auth.CanSomewhere(tx.Actor(), auth.ConfigWrite)
	return web.Page(s.Title, view.SettingView(page, may)).Status(status).
		Under(web.Crumb(ui.T(ctx, "参数设置"), r.Path("/admin/settings")), web.Crumb(s.Title, "")), nil
}

// read takes the new value out of the form, by the setting's type.
func read(s blueprint.Setting, r *web.Request) (any, error) {
	raw := r.Text("value")
	number := func() (int64, error) {
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return 0, fault.Field("value", "请填写整数")
		}
		return n, nil
	}
	switch s.Type {
	case blueprint.Bool:
		if raw != "true" && raw != "false" {
			return nil, fault.Field("value", "请选择开启或关闭")
		}
		return raw == "true", nil
	case blueprint.Int:
		n, err := number()
		switch {
		case err != nil:
			return nil, err
		case s.Min != nil && n < *s.Min, s.Max != nil && n > *s.Max:
			return nil, fault.Field("value", "数值超出允许的范围")
		}
		return n, nil
	case blueprint.Span:
		n, err := number()
		switch {
		case err != nil:
			return nil, err
		case n < 1 || n > 10_000:
			return nil, fault.Field("value", "时长应为1至10000")
		}
		return blueprint.Limit{Value: int(n), Unit: blueprint.LimitUnit(r.Text("unit"))}, nil
	case blueprint.Choice:
		for _, c := range s.Choices {
			if c.Value == raw {
				return raw, nil
			}
		}
		return nil, fault.Field("value", "请选择其中一项")
	}
	if raw == "" {
		return nil, fault.Field("value", "请填写内容")
	}
	return raw, nil
}

// set gives the setting a value of the street's own. Nothing is written when the value is refused.
func (a *desk) set(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	s, ok := cfg.Settings.Find(r.PathValue("key"))
	if !ok {
		return web.Reply{}, fault.New(fault.NotFound, "没有这个参数")
	}
	if err := mayChange(tx, s.Key); err != nil {
		return web.Reply{}, err
	}
	value, err := read(s, r)
	if err == nil {
		var edit blueprint.Edit
		if edit, err = cfg.Set(s.Key, value); err == nil {
			edit.Seen = r.Text("seen")
			_, err = blueprint.Change(ctx, tx, edit)
		}
	}
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return a.form(ctx, tx, r, f)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(r.Path("/admin/settings"), "已保存"), nil
}

// mayChange refuses the setting that asks for the street's approval to somebody who was let in.
func mayChange(tx tenants.Tx, key string) error {
	if key == auth.ApprovalSetting && auth.Supports(tx.Actor()) {
		return fault.New(fault.Forbidden, "运营方人员不能修改这个参数")
	}
	return nil
}

func (a *desk) back(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	if err := mayChange(tx, r.PathValue("key")); err != nil {
		return web.Reply{}, err
	}
	if _, err := blueprint.Back(ctx, tx, blueprint.Settings, r.PathValue("key")); err != nil {
		return web.Reply{}, err
	}
	if r.Text("to") == "own" {
		return web.Done(r.Path("/admin/items/own"), "已恢复为蓝本"), nil
	}
	return web.Done(r.Path("/admin/settings"), "已恢复为蓝本"), nil
}
