package admin

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/app/web"
	view "wanjie/templates/admin"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// refusal is why a change was not made: at a control, or of another item that relies on this one.
type refusal struct {
	say    string
	fields map[string]string
	others []string
}

func (a *desk) item(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	if s.kind.kind == blueprint.Settings {
		return web.See(r.Path("/admin/settings/%s", r.PathValue("key"))), nil
	}
	src, ok := s.source(s.kind.kind, r.PathValue("key"))
	if !ok {
		return web.Reply{}, missingItem()
	}
	return s.show(src, nil, nil)
}

func missingItem() error { return fault.New(fault.NotFound, "没有这个配置项") }

// show is the page of an item; with what was typed and why it was refused, if it was.
func (s *sheet) show(src blueprint.Source, sent map[string]typed, no *refusal) (web.Reply, error) {
	b, rule := fieldsOf(src.Effective.Body), blueprint.RuleOf(s.kind.kind)
	listed := src.Blueprint == nil && src.Own == nil // a community of the division list
	page := view.ItemPage{Frame: Frame(s.tx, s.r), Path: s.path(src.Key), List: s.path(), Key: src.Key, Title: s.words(s.kind, s.kind.head, b, " · "), Kind: ui.T(s.ctx, s.kind.title),
		Source: origin(src), May: s.may(), Behind: src.Behind, Retired: src.Effective.Retired, Guard: s.r.Guard(), Back: s.r.Guard(), Retire: s.r.Guard()}
	if !listed {
		page.Seen = src.Effective.Digest()
	}
	page.CanBack = page.May && src.Own != nil && src.Blueprint != nil
	page.CanRetire = page.May && rule.Keep == ""
	if rule.Keep != "" {
		page.Rules = append(page.Rules, ui.T(s.ctx, rule.Keep))
	}
	if src.Blueprint == nil && src.Own != nil {
		page.Rules = append(page.Rules, ui.T(s.ctx, "本单位自建，蓝本中没有，只能停用，不能删除"))
	}
	page.Years, page.Warn = s.years(src)
	page.Rows = s.compare(src)
	page.Inputs = s.inputs(b, sent, no, rule)
	var err error
	if page.History, err = s.history(src); err != nil {
		return web.Reply{}, err
	}
	status := 0
	if no != nil {
		page.Say, page.Others, status = no.say, no.others, fault.Invalid.Status()
	}
	return web.Page(page.Title, view.ItemView(page)).Status(status).Under(
		web.Crumb(ui.T(s.ctx, "配置项"), s.r.Path("/admin/items")), web.Crumb(page.Kind, page.List), web.Crumb(page.Title, "")), nil
}

// compare holds the blueprint's, the street's own and the effective word side by side.
func (s *sheet) compare(src blueprint.Source) []view.ItemRow {
	var blue, own fields
	if src.Blueprint != nil {
		blue = fieldsOf(src.Blueprint.Body)
	}
	if src.Own != nil {
		own = fieldsOf(src.Own.Body)
	}
	effect := fieldsOf(src.Effective.Body)
	var rows []view.ItemRow
	for _, c := range s.kind.form {
		row := view.ItemRow{Label: ui.T(s.ctx, c.title), Blueprint: s.say(c, blue), Effect: s.say(c, effect), Differs: src.Blueprint != nil && !c.same(blue, effect)}
		if own != nil {
			row.Own = s.say(c, own)
		}
		if row.Blueprint+row.Own+row.Effect != "" && (c.name != order.name || row.Differs) {
			rows = append(rows, row)
		}
	}
	return rows
}

// inputs are the form's fields. What the rule fixes is shown with the reason instead.
func (s *sheet) inputs(b fields, sent map[string]typed, no *refusal, rule blueprint.Rule) []view.ItemInput {
	var out []view.ItemInput
	for _, c := range s.kind.form {
		v := c.typed(b)
		if was, ok := sent[c.name]; ok {
			v = was
		}
		in := view.ItemInput{As: string(c.as), Unit: v.unit, Many: v.many,
			Input: ui.Input{Name: c.name, Label: ui.T(s.ctx, c.title), Value: v.text, Required: c.need}}
		if c.first != "" {
			in.First = ui.T(s.ctx, c.first)
		}
		if c.help != "" {
			in.Help = ui.T(s.ctx, c.help)
		}
		if rule.Fixes(c.name) {
			in.As, in.Value, in.Help = view.FixedInput, s.say(c, b), ui.T(s.ctx, rule.Say)
		}
		if c.as == asDays {
			c.pick = dayOptions
		}
		if c.pick != nil && in.As != view.FixedInput {
			in.Options = c.pick(s)
			if c.as == asUnit {
				in.Options = slices.Insert(in.Options, 0, ui.Option{Value: community, Label: ui.T(s.ctx, "事发地社区（村）")})
			}
			for _, value := range append(slices.Clone(v.many), v.text) { // one that is no longer offered stays as long as it is the value
				if value != "" && !slices.ContainsFunc(in.Options, func(o ui.Option) bool { return o.Value == value }) {
					in.Options = append(in.Options, ui.Option{Value: value, Label: s.label(c, value)})
				}
			}
		}
		if no != nil {
			in.Error = no.fields[c.name]
		}
		out = append(out, in)
	}
	return out
}

// edit reads the form into a body, starting from base, and says what cannot be read.
func (s *sheet) edit(base fields, rule blueprint.Rule) (json.RawMessage, map[string]typed, *refusal) {
	b, sent, no := maps.Clone(base), map[string]typed{}, &refusal{fields: map[string]string{}}
	for _, c := range s.kind.form {
		if rule.Fixes(c.name) {
			continue
		}
		v := c.sent(s.r)
		sent[c.name] = v
		if c.as == asDates {
			if _, wrong := readDays(v.text); wrong != nil {
				no.fields[c.name] = ui.T(s.ctx, wrong.say, wrong.args...)
				continue
			}
		}
		if wrong := c.put(b, v); wrong != "" {
			no.fields[c.name] = ui.T(s.ctx, wrong)
		}
	}
	if len(no.fields) > 0 {
		no.say = ui.T(s.ctx, "请检查标红的内容")
		return nil, sent, no
	}
	raw, err := json.Marshal(b)
	if err != nil { // every field was JSON
		no.say = ui.T(s.ctx, "含有无法识别的字符")
		return nil, sent, no
	}
	return raw, sent, nil
}

// refused turns a fault of the blueprint into what stands at the controls; nil if err is none of it.
func (s *sheet) refused(err error, ref blueprint.Ref) *refusal {
	var found blueprint.Problems
	if !fault.Is(err, fault.Invalid) || !errors.As(err, &found) {
		return nil
	}
	no := &refusal{say: ui.T(s.ctx, "请检查标红的内容"), fields: map[string]string{}}
	for _, p := range found {
		say := ui.T(s.ctx, p.Say, p.Args...)
		switch {
		case p.Ref == ref && s.kind.asks(p.Field):
			if field := s.kind.fieldOf(p.Field); no.fields[field] == "" {
				no.fields[field] = say
			}
		case p.Ref == ref && p.Field == "key":
			no.fields["key"] = say
		case p.Ref == ref:
			no.others = append(no.others, say)
		default:
			no.others = append(no.others, ui.T(s.ctx, "“%s”受此影响：%s", s.name(p.Ref), say))
		}
	}
	return no
}

// fieldOf is the control at which a field's problem stands.
func (k kind) fieldOf(field string) string {
	if field == "unit_kind" {
		return "unit"
	}
	return field
}

func (k kind) asks(field string) bool {
	return slices.ContainsFunc(k.form, func(c control) bool { return c.name == k.fieldOf(field) })
}

// name is what people call an item.
func (s *sheet) name(ref blueprint.Ref) string {
	k, ok := kindOf(string(ref.Kind))
	src, found := s.source(ref.Kind, ref.Key)
	if !ok || !found {
		return ref.String()
	}
	return ui.T(s.ctx, k.title) + " " + s.words(k, k.head, fieldsOf(src.Effective.Body), " · ")
}

func (a *desk) saveItem(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	src, ok := s.source(s.kind.kind, r.PathValue("key"))
	if !ok || s.kind.kind == blueprint.Settings {
		return web.Reply{}, missingItem()
	}
	rule := blueprint.RuleOf(s.kind.kind)
	raw, sent, no := s.edit(fieldsOf(src.Effective.Body), rule)
	if no != nil {
		return s.show(src, sent, no)
	}
	_, err = blueprint.Change(ctx, tx, blueprint.Edit{Ref: src.Ref, Body: raw, Retired: src.Effective.Retired, Seen: r.Text("seen")})
	if no := s.refused(err, src.Ref); no != nil {
		return s.show(src, sent, no)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(s.path(src.Key), "已保存"), nil
}

func (a *desk) itemBack(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	return a.turn(ctx, tx, r, "已恢复为蓝本", func(src blueprint.Source) blueprint.Edit { return blueprint.GiveBack(src.Kind, src.Key) })
}

// retireItem stops offering an item, or offers it again.
func (a *desk) retireItem(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	retired := r.Text("retired") == "yes"
	say := "已恢复使用"
	if retired {
		say = "已停用"
	}
	return a.turn(ctx, tx, r, say, func(src blueprint.Source) blueprint.Edit {
		return blueprint.Edit{Ref: src.Ref, Body: src.Effective.Body, Retired: retired, Seen: r.Text("seen")}
	})
}

func (a *desk) turn(ctx context.Context, tx tenants.Tx, r *web.Request, done string, edit func(blueprint.Source) blueprint.Edit) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	src, ok := s.source(s.kind.kind, r.PathValue("key"))
	if !ok || s.kind.kind == blueprint.Settings {
		return web.Reply{}, missingItem()
	}
	_, err = blueprint.Change(ctx, tx, edit(src))
	if no := s.refused(err, src.Ref); no != nil {
		no.others = append(no.others, slices.Collect(maps.Values(no.fields))...)
		return s.show(src, nil, no)
	}
	if err != nil {
		return web.Reply{}, err
	}
	if r.Text("to") == "own" {
		return web.Done(r.Path("/admin/items/own"), done), nil
	}
	return web.Done(s.path(src.Key), done), nil
}

func (a *desk) newItem(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	return s.blank(s.asked(), nil)
}

// asked is what the address fills the form with: a page that knows what is wanted leads here with it.
func (s *sheet) asked() map[string]typed {
	sent := map[string]typed{}
	for _, c := range s.kind.form {
		if v := c.sent(s.r); v.text != "" || len(v.many) > 0 {
			sent[c.name] = v
		}
	}
	return sent
}

// blank is the form of an item that the street adds.
func (s *sheet) blank(sent map[string]typed, no *refusal) (web.Reply, error) {
	if !blueprint.RuleOf(s.kind.kind).Addable {
		return web.Reply{}, fault.New(fault.NotFound, "此类配置项不能自建")
	}
	start := fields{}
	if s.kind.kind == blueprint.Classes {
		start["kind"], start["scheme"] = quoted(string(blueprint.Extension)), quoted("street")
	}
	if s.kind.kind == blueprint.Mappings {
		start["to"] = quoted("street")
	}
	page := view.ItemPage{Frame: Frame(s.tx, s.r), New: true, Path: s.path(), List: s.path(), Kind: ui.T(s.ctx, s.kind.title), Title: ui.T(s.ctx, "新建%s", ui.T(s.ctx, s.kind.title)), May: true,
		Guard: s.r.Guard(), Key: sent["key"].text, Inputs: s.inputs(start, sent, no, blueprint.Rule{})}
	status := 0
	if no != nil {
		page.Say, page.Others, page.KeyError, status = no.say, no.others, no.fields["key"], fault.Invalid.Status()
	}
	return web.Page(page.Title, view.ItemView(page)).Status(status).Under(
		web.Crumb(ui.T(s.ctx, "配置项"), s.r.Path("/admin/items")), web.Crumb(page.Kind, page.List), web.Crumb(page.Title, "")), nil
}

func (a *desk) addItem(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	s, err := open(ctx, tx, r)
	if err != nil {
		return web.Reply{}, err
	}
	ref := blueprint.Ref{Kind: s.kind.kind, Key: r.Text("key")}
	raw, sent, no := s.edit(fields{}, blueprint.Rule{})
	sent["key"] = typed{text: ref.Key}
	wrong := ""
	switch {
	case ref.Key == "":
		wrong = ui.Key("请填写编号")
	case ref.Key == "new" || s.has(ref.Kind, ref.Key):
		wrong = ui.Key("这个编号已被使用，请另取")
	}
	if wrong != "" {
		if no == nil {
			no = &refusal{say: ui.T(ctx, "请检查标红的内容"), fields: map[string]string{}}
		}
		no.fields["key"] = ui.T(ctx, wrong)
	}
	if no != nil {
		return s.blank(sent, no)
	}
	_, err = blueprint.Change(ctx, tx, blueprint.Edit{Ref: ref, Body: raw})
	if no := s.refused(err, ref); no != nil {
		return s.blank(sent, no)
	}
	if err != nil {
		return web.Reply{}, err
	}
	return web.Done(s.path(ref.Key), "已新建"), nil
}

// history is what the street said about the item, newest first, each beside what held before.
func (s *sheet) history(src blueprint.Source) ([]view.ItemChange, error) {
	past, err := blueprint.History(s.ctx, s.tx, src.Kind, src.Key)
	if err != nil {
		return nil, err
	}
	persons := make([]int64, len(past))
	for n, o := range past {
		persons[n] = o.By
	}
	names, err := auth.Names(s.ctx, s.tx, persons...)
	if err != nil {
		return nil, err
	}
	out := make([]view.ItemChange, len(past))
	for n, o := range past {
		out[n] = view.ItemChange{At: o.At, Who: names.Of(s.ctx, o.By), Back: o.Back()}
		var before blueprint.Override
		known := src.Blueprint != nil
		if known {
			before.Body = src.Blueprint.Body
		}
		if n+1 < len(past) && !past[n+1].Back() {
			before, known = past[n+1], true
		}
		switch {
		case o.Back():
		case !known:
			out[n].Added = true
		default:
			if o.Retired != before.Retired {
				out[n].Retired, out[n].Restored = o.Retired, !o.Retired
			}
			was, is := fieldsOf(before.Body), fieldsOf(o.Body)
			for _, c := range s.kind.form {
				if !c.same(was, is) {
					out[n].Fields = append(out[n].Fields, view.ItemChanged{Label: ui.T(s.ctx, c.title), From: s.say(c, was), To: s.say(c, is)})
				}
			}
		}
	}
	return out, nil
}
