package admin

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
)

// A field has three forms: raw in an item's body, typed in a form, and in words.

// body is an item's body, field by field.
type fields map[string]json.RawMessage

func fieldsOf(body json.RawMessage) fields {
	f := fields{}
	_ = json.Unmarshal(body, &f) // stored bodies were read before
	return f
}

// same reports whether a control's fields are alike in two bodies.
func (c control) same(a, b fields) bool {
	if !bytes.Equal(a[c.name], b[c.name]) {
		return false
	}
	return c.as != asUnit || bytes.Equal(a["unit_kind"], b["unit_kind"])
}

// typed is what a control holds in a form.
type typed struct {
	text string
	unit string   // of a limit its clock, of many the one that goes first
	many []string // of many and of days
}

// community is the value by which a unit's select says: the community where the matter lies.
const community = "community"

// typed fills a control from a body.
func (c control) typed(b fields) (v typed) {
	raw := b[c.name]
	switch c.as {
	case asUnit:
		if v.text = text(b["unit_kind"]); v.text == "" {
			v.text = text(raw)
		}
	case asMany:
		if _ = json.Unmarshal(raw, &v.many); len(v.many) > 0 {
			v.unit = v.many[0]
		}
	case asDays:
		var days []int
		_ = json.Unmarshal(raw, &days)
		for _, d := range days {
			v.many = append(v.many, strconv.Itoa(d))
		}
	case asLimit:
		var l blueprint.Limit
		if json.Unmarshal(raw, &l) == nil && l.Value != 0 {
			v.text, v.unit = strconv.Itoa(l.Value), string(l.Unit)
		}
	case asNumber:
		v.text = string(raw)
	case asYes:
		v.text = string(raw)
	case asOptions:
		var list []blueprint.Option
		_ = json.Unmarshal(raw, &list)
		v.text = lines(list, func(o blueprint.Option) string { return o.Value + " " + o.Title })
	case asRows:
		var rows [][]string
		_ = json.Unmarshal(raw, &rows)
		v.text = lines(rows, func(r []string) string { return strings.Join(r, " ") })
	case asWeights:
		var list []blueprint.Weigh
		_ = json.Unmarshal(raw, &list)
		v.text = lines(list, func(w blueprint.Weigh) string {
			if w.Weight == 0 {
				return w.Indicator
			}
			return w.Indicator + " " + strconv.Itoa(w.Weight)
		})
	case asHours:
		var list []blueprint.Period
		_ = json.Unmarshal(raw, &list)
		v.text = lines(list, func(p blueprint.Period) string { return p.From + "-" + p.To })
	case asDates:
		v.text = daysTyped(raw)
	case asLines:
		var list []string
		_ = json.Unmarshal(raw, &list)
		v.text = strings.Join(list, "\n")
	case asPapers:
		var list []blueprint.Material
		_ = json.Unmarshal(raw, &list)
		v.text = lines(list, paperLine)
	case asWhen:
		var w blueprint.When
		if json.Unmarshal(raw, &w) == nil && w.Question != "" {
			v.text = w.Question + " = " + strings.Join(w.Is, " ")
		}
	default:
		v.text = text(raw)
	}
	return v
}

func lines[T any](list []T, say func(T) string) string {
	out := make([]string, len(list))
	for n, x := range list {
		out[n] = say(x)
	}
	return strings.Join(out, "\n")
}

// sent is what somebody typed into a control.
func (c control) sent(r *web.Request) typed {
	v := typed{text: r.Text(c.name), unit: r.Text(c.name + ".unit")}
	_ = r.ParseForm()
	v.many = slices.Clone(r.Form[c.name])
	return v
}

// put writes what was typed into a body. Empty values leave their field out; wrong says in a catalogue
// key what cannot be read at all. Everything else is the blueprint's to judge.
func (c control) put(b fields, v typed) (wrong string) {
	var value any
	switch c.as {
	case asUnit:
		delete(b, "unit_kind")
		if v.text == community {
			b["unit_kind"], v.text = quoted(community), ""
		}
		value = v.text
	case asMany:
		if many := c.ordered(b, v); len(many) > 0 {
			value = many
		}
	case asDays:
		var days []int
		for _, d := range v.many {
			n, _ := strconv.Atoi(d)
			days = append(days, n)
		}
		if len(days) > 0 {
			value = days
		}
	case asLimit:
		if v.text == "" {
			break
		}
		n, err := strconv.Atoi(v.text)
		if err != nil {
			return ui.Key("请填写整数")
		}
		value = blueprint.Limit{Value: n, Unit: blueprint.LimitUnit(v.unit)}
	case asNumber:
		if v.text == "" {
			break
		}
		n, err := strconv.Atoi(v.text)
		if err != nil {
			return ui.Key("请填写整数")
		}
		if value = n; n == 0 && !c.need { // 0 is what a field left out means
			value = nil
		}
	case asYes:
		if v.text == "true" {
			value = true
		}
	case asDates:
		if days, _ := readDays(v.text); len(days) > 0 { // what is wrong with them was said before: see edit
			value = days
		}
	case asOptions, asRows, asWeights, asHours, asLines, asPapers, asWhen:
		value, wrong = parsed(c.as, v.text)
	default:
		value = v.text
	}
	if wrong != "" {
		return wrong
	}
	if value == nil || value == "" {
		delete(b, c.name)
		if c.need {
			return ui.Key("请填写此项")
		}
		return ""
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return ui.Key("含有无法识别的字符")
	}
	b[c.name] = raw
	return ""
}

// ordered are the chosen values in the order in which they stood, new ones behind; the one that was
// named goes first. Checkboxes come in the order of the page, which says nothing.
func (c control) ordered(b fields, v typed) []string {
	var was []string
	_ = json.Unmarshal(b[c.name], &was)
	place := func(s string) int {
		switch n := slices.Index(was, s); {
		case c.first != "" && s == v.unit:
			return -1
		case n < 0:
			return len(was)
		default:
			return n
		}
	}
	out := slices.Clone(v.many)
	slices.SortStableFunc(out, func(a, b string) int { return place(a) - place(b) })
	return out
}

// parsed reads a field of several lines.
func parsed(as as, text string) (value any, wrong string) {
	var rows [][]string
	for _, l := range strings.Split(text, "\n") {
		if f := strings.Fields(l); len(f) > 0 {
			rows = append(rows, f)
		}
	}
	if len(rows) == 0 {
		return nil, ""
	}
	switch as {
	case asOptions:
		var out []blueprint.Option
		for _, f := range rows {
			out = append(out, blueprint.Option{Value: f[0], Title: strings.Join(f[1:], " ")})
		}
		return out, ""
	case asRows:
		return rows, ""
	case asWeights:
		var out []blueprint.Weigh
		for _, f := range rows {
			w := blueprint.Weigh{Indicator: f[0]}
			if len(f) > 1 {
				n, err := strconv.Atoi(f[1])
				if err != nil || len(f) > 2 {
					return nil, ui.Key("每行应为指标编号和整数权重")
				}
				w.Weight = n
			}
			out = append(out, w)
		}
		return out, ""
	case asHours:
		var out []blueprint.Period
		for _, f := range rows {
			from, to, ok := strings.Cut(strings.Join(f, ""), "-")
			if !ok {
				return nil, ui.Key("每行应如 09:00-12:00")
			}
			out = append(out, blueprint.Period{From: from, To: to})
		}
		return out, ""
	case asPapers:
		return papers(rows)
	case asWhen:
		question, is, ok := strings.Cut(strings.Join(rows[0], " "), "=")
		if !ok || len(rows) > 1 {
			return nil, ui.Key("应写作 题目编号 = 答案")
		}
		return blueprint.When{Question: strings.TrimSpace(question), Is: strings.Fields(is)}, ""
	}
	out := make([]string, len(rows))
	for n, f := range rows {
		out[n] = strings.Join(f, " ")
	}
	return out, ""
}

// paperLine is a material as one line; what is empty at the end is left out.
func paperLine(m blueprint.Material) string {
	copies := ""
	if m.Copies > 0 {
		copies = strconv.Itoa(m.Copies)
	}
	return strings.TrimRight(strings.Join([]string{m.Name, m.Form, copies, m.From, m.When}, " | "), " |")
}

// papers reads materials, one a line.
func papers(rows [][]string) (value any, wrong string) {
	var out []blueprint.Material
	for _, f := range rows {
		cells := strings.Split(strings.Join(f, " "), "|")
		if len(cells) < 2 || len(cells) > 5 {
			return nil, ui.Key("每行应为 名称 | 形式 | 份数 | 来源 | 何时需要")
		}
		cells = append(cells, "", "", "")
		for n := range cells {
			cells[n] = strings.TrimSpace(cells[n])
		}
		m := blueprint.Material{Name: cells[0], Form: cells[1], From: cells[3], When: cells[4]}
		if cells[2] != "" {
			n, err := strconv.Atoi(cells[2])
			if err != nil {
				return nil, ui.Key("每行应为 名称 | 形式 | 份数 | 来源 | 何时需要")
			}
			m.Copies = n
		}
		out = append(out, m)
	}
	return out, ""
}

func quoted(s string) json.RawMessage { return json.RawMessage(strconv.Quote(s)) }

// say is a control's field in words.
func (s *sheet) say(c control, b fields) string {
	v := c.typed(b)
	switch c.as {
	case asUnit:
		if v.text == community {
			return ui.T(s.ctx, "事发地社区（村）")
		}
		return s.label(c, v.text)
	case asChoice:
		return s.label(c, v.text)
	case asMany, asDays:
		if c.as == asDays {
			c.pick = dayOptions
		}
		names := make([]string, len(v.many))
		for n, m := range v.many {
			names[n] = s.label(c, m)
		}
		return strings.Join(names, "、")
	case asLimit:
		if v.text == "" {
			return ""
		}
		n, _ := strconv.Atoi(v.text)
		return limitWords(s.ctx, blueprint.Limit{Value: n, Unit: blueprint.LimitUnit(v.unit)})
	case asYes:
		if v.text == "true" {
			return ui.T(s.ctx, "是")
		}
		return ""
	case asWeights:
		names := strings.Split(v.text, "\n")
		for n, l := range names {
			key, weight, _ := strings.Cut(l, " ")
			if i, ok := s.cfg.Indicators.Find(key); ok {
				names[n] = strings.TrimSpace(i.Title + " " + weight)
			}
		}
		return strings.Join(names, "、")
	}
	return strings.ReplaceAll(v.text, "\n", "；")
}

// label is the name of a choice's value; a value that is no longer offered is found all the same.
func (s *sheet) label(c control, value string) string {
	if value == "" || c.pick == nil {
		return value
	}
	if s.labels == nil {
		s.labels = map[string]map[string]string{}
	}
	known := s.labels[c.title]
	if known == nil {
		known = map[string]string{}
		for _, o := range c.pick(s) {
			known[o.Value] = o.Label
		}
		s.labels[c.title] = known
	}
	if l := known[value]; l != "" {
		return l
	}
	if u, ok := s.cfg.UnitOf(value); ok {
		return u.Name
	}
	return s.cfg.ClassTitle(value)
}
