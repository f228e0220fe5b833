package blueprint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wanjie/app/fault"
)

// Problem is one thing wrong with one field of one item.
type Problem struct {
	File string // of the blueprint; empty for a tenant's change
	Ref
	Field string
	Say   string // catalogue key with verbs for Args
	Args  []any
}

func (p Problem) Error() string {
	where := p.String()
	if p.File != "" {
		where = p.File + ": " + where
	}
	if p.Field != "" {
		where += ": " + p.Field
	}
	return where + ": " + fmt.Sprintf(p.Say, p.Args...)
}

// Problems is everything wrong with a set of items.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for n, p := range ps {
		lines[n] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// fault is what a person hears: the first problem as a sentence, every problem by its field.
func (ps Problems) fault() error {
	f := fault.New(fault.Invalid, "配置未保存，%s 的 %s 有误：%s", ps[0].Ref, ps[0].Field, fmt.Sprintf(ps[0].Say, ps[0].Args...))
	for _, p := range ps {
		f.And(p.Field, fmt.Sprintf(p.Say, p.Args...))
	}
	return f.Because(ps)
}

// since leaves out the problems that were there before: a rule that became stricter must not keep a
// street from changing something else.
func (ps Problems) since(before Problems) Problems {
	var fresh Problems
	for _, p := range ps {
		if !slices.ContainsFunc(before, func(o Problem) bool { return o.Error() == p.Error() }) {
			fresh = append(fresh, p)
		}
	}
	return fresh
}

// checker gathers problems of the item it is at.
type checker struct {
	file  string
	files map[Ref]string // where each item was read from, when from files
	ref   Ref
	found Problems
}

func (ck *checker) at(r Ref) {
	ck.ref = r
	if ck.files != nil {
		ck.file = ck.files[r]
	}
}

func (ck *checker) bad(field, say string, args ...any) {
	ck.found = append(ck.found, Problem{File: ck.file, Ref: ck.ref, Field: field, Say: say, Args: args})
}

func (ck *checker) need(field, value string, most int) {
	if strings.TrimSpace(value) == "" {
		ck.bad(field, "不能为空")
	} else if utf8.RuneCountInString(value) > most {
		ck.bad(field, "最多 %d 个字", most)
	}
}

// Check holds all items against each other and returns Problems, or nil.
func (c *Config) Check() error {
	ck := &checker{}
	c.check(ck)
	if len(ck.found) > 0 {
		return ck.found
	}
	return nil
}

func (c *Config) check(ck *checker) {
	for _, k := range Kinds {
		stocks[k].check(c, ck)
	}
}

// live finds an item that another may refer to: there, and not retired.
func live[T any, P body[T]](s Shelf[T], key string) (T, bool) {
	v, ok := s.byKey[key]
	return v, ok && !P(&v).entry().Retired
}

func strict(raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}

func loose(raw []byte, v any) error { return json.Unmarshal(raw, v) }

func encode(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return Canonical(raw)
}

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// fieldOf is the field that a JSON error speaks of, or "".
func fieldOf(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return strings.TrimPrefix(t.Field, "Entry.")
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return m[1]
	}
	return ""
}

func (s *Setting) alone(ck *checker) {
	ck.need("title", s.Title, 40)
	ck.need("explanation", s.Explanation, 300)
	if s.Type != Choice && len(s.Choices) > 0 {
		ck.bad("choices", "只有选择项才有可选值")
	}
	if s.Type != Int && (s.Min != nil || s.Max != nil) {
		ck.bad("min", "只有数字项才有上下限")
	}
	switch s.Type {
	case Bool:
		var v bool
		s.take(ck, &v)
	case Int:
		var v int64
		if s.take(ck, &v) && (s.Min != nil && v < *s.Min || s.Max != nil && v > *s.Max) {
			ck.bad("value", "%d 超出允许范围", v)
		}
	case Line:
		var v string
		if s.take(ck, &v) && utf8.RuneCountInString(v) > 500 {
			ck.bad("value", "最多 %d 个字", 500)
		}
	case Choice:
		var v string
		if s.take(ck, &v) && !slices.ContainsFunc(s.Choices, func(o Option) bool { return o.Value == v }) {
			ck.bad("value", "“%s”不在可选值中", v)
		}
	case Span:
		var v Limit
		if s.take(ck, &v) {
			v.check(ck, "value")
		}
	default:
		ck.bad("type", "没有“%s”这种类型", s.Type)
	}
}

// take reads the value as v's type and writes it back in its canonical form.
func (s *Setting) take(ck *checker, v any) bool {
	if err := strict(s.Value, v); err != nil || string(s.Value) == "null" {
		ck.bad("value", "值的类型应为 %s", s.Type)
		return false
	}
	s.Value, _ = json.Marshal(v)
	return true
}

func (s *Setting) among(*Config, *checker) {}

func (m *Module) alone(ck *checker)           { ck.need("title", m.Title, 20) }
func (m *Module) among(*Config, *checker)     {}
func (t *Text) alone(ck *checker)             { ck.need("title", t.Title, 40); ck.need("body", t.Body, 2000) }
func (t *Text) among(*Config, *checker)       {}
func (ch *Channel) alone(ck *checker)         { ck.need("title", ch.Title, 20) }
func (ch *Channel) among(*Config, *checker)   {}
func (cal *Calendar) among(*Config, *checker) {}

var communityCode = regexp.MustCompile(`^[1-9][0-9]{11}$`)

func (u *Unit) alone(ck *checker) {
	ck.need("name", u.Name, 60)
	ck.need("short", u.Short, 20)
	switch u.Kind {
	case Office, Station, Squad, Bureau, Utility:
		if communityCode.MatchString(u.Key) {
			ck.bad("key", "12 位编号留给社区（村）")
		}
	case Community:
		if !communityCode.MatchString(u.Key) {
			ck.bad("key", "社区（村）的编号应为 12 位统计用区划代码")
		}
	default:
		ck.bad("kind", "没有“%s”这种单位类型", u.Kind)
	}
}

func (u *Unit) among(c *Config, ck *checker) {
	if u.Parent == "" {
		return
	}
	above, depth := u.Parent, 0
	for above != "" {
		p, ok := live(c.Units, above)
		if !ok {
			ck.bad("parent", "上级单位“%s”不存在或已停用", above)
			return
		}
		if depth++; depth >= deepest || p.Key == u.Key {
			ck.bad("parent", "上级单位成环或层级超过 %d 级", deepest)
			return
		}
		above = p.Parent
	}
}

var classCode = regexp.MustCompile(`^[0-9]{2}([0-9]{3})?$`)

func (k *Class) alone(ck *checker) {
	ck.need("title", k.Title, 60)
	ck.need("scheme", k.Scheme, 40)
	if k.Code != "" && !classCode.MatchString(k.Code) {
		ck.bad("code", "代码“%s”应为 2 位大类或 5 位小类", k.Code)
		return
	}
	switch k.Kind {
	case Matter, Component:
		ck.need("standard_ref", k.StandardRef, 60)
		ck.need("code", k.Code, 5)
	case Extension:
		if k.StandardRef != "" {
			ck.bad("standard_ref", "扩展类别不属于国家标准")
		}
		if k.Code != "" && k.Code < "20" { // china.md, appendix A: never reuse a national code
			ck.bad("code", "扩展类别的代码从 20 起，“%s”留给国家标准", k.Code)
		}
	default:
		ck.bad("kind", "没有“%s”这种类别", k.Kind)
	}
}

func (k *Class) among(c *Config, ck *checker) {
	if k.Code != "" {
		for _, o := range c.Classes.all { // a few hundred: cheaper than an index kept for nothing else
			if o.Code == k.Code && o.Kind == k.Kind && o.Scheme == k.Scheme && o.StandardRef == k.StandardRef && o.Key < k.Key {
				ck.bad("code", "代码“%s”已用于“%s”", k.Code, o.Title)
			}
		}
	}
	if k.Parent == "" {
		return
	}
	if p, ok := live(c.Classes, k.Parent); ok && (p.Kind != k.Kind || p.Scheme != k.Scheme) {
		ck.bad("parent", "上级类别“%s”属于另一套分类", k.Parent)
	} else if ok && len(k.Code) == 5 && p.Code != "" && !strings.HasPrefix(k.Code, p.Code) {
		ck.bad("code", "小类代码“%s”应以大类代码“%s”开头", k.Code, p.Code)
	}
	above, depth := k.Parent, 0
	for above != "" {
		p, ok := live(c.Classes, above)
		if !ok {
			ck.bad("parent", "上级类别“%s”不存在或已停用", above)
			return
		}
		if depth++; depth >= deepest || p.Key == k.Key {
			ck.bad("parent", "上级类别成环或层级超过 %d 级", deepest)
			return
		}
		above = p.Parent
	}
}

// unit checks a reference to whoever answers. Communities that the tenant did not touch are read from
// the division list and are no items, so their codes are taken by their form.
func (c *Config) unit(ck *checker, unit string, kind UnitKind, must bool) {
	switch {
	case kind != "" && kind != Community:
		ck.bad("unit_kind", "只能填 community（事发地社区）")
	case kind != "" && unit != "":
		ck.bad("unit", "已指定事发地社区，不能再指定单位")
	case kind == "" && unit == "" && must:
		ck.bad("unit", "不能为空")
	case unit != "" && !communityCode.MatchString(unit):
		if _, ok := live(c.Units, unit); !ok {
			ck.bad("unit", "单位“%s”不存在或已停用", unit)
		}
	case unit != "":
		if u, ok := c.Units.Find(unit); ok && u.Retired {
			ck.bad("unit", "单位“%s”不存在或已停用", unit)
		}
	}
}

func (c *Config) class(ck *checker, class string) {
	if _, ok := live(c.Classes, class); !ok {
		ck.bad("class", "类别“%s”不存在或已停用", class)
	}
}

func (d *Duty) alone(ck *checker) {
	ck.need("ground", d.Ground, 300)
	switch d.List {
	case Basic:
	case Assisting, Withdrawn:
		ck.need("upper", d.Upper, 60)
	default:
		ck.bad("list", "没有“%s”这种清单", d.List)
	}
}

func (d *Duty) among(c *Config, ck *checker) {
	c.class(ck, d.Class)
	c.unit(ck, d.Unit, d.UnitKind, d.List != Withdrawn)
	for _, o := range c.duties[d.Class] {
		if o.Unit == d.Unit && o.UnitKind == d.UnitKind && o.Key < d.Key {
			ck.bad("unit", "该类别已由“%s”列给同一单位", o.Key)
		}
	}
}

func (l Limit) check(ck *checker, field string) {
	if l.Value <= 0 || l.Value > 10000 {
		ck.bad(field, "时限必须大于 0")
	}
	switch l.Unit {
	case UrgentHour, WorkingHour, WorkingDay, CalendarDay:
	default:
		ck.bad(field, "没有“%s”这种时限单位", l.Unit)
	}
}

func (d *Condition) alone(ck *checker) {
	ck.need("text", d.Text, 200)
	ck.need("close", d.Close, 200)
	d.Limit.check(ck, "limit")
}

func (d *Condition) among(c *Config, ck *checker) {
	c.class(ck, d.Class)
	c.unit(ck, d.Unit, d.UnitKind, false)
}

func (r *Route) alone(ck *checker) {
	for n, s := range r.Skip {
		switch s {
		case StepAccept, StepVerify, StepCheck, StepCallBack:
			if slices.Contains(r.Skip[:n], s) {
				ck.bad("skip", "步骤“%s”重复", s)
			}
		default:
			ck.bad("skip", "没有“%s”这个可跳过的步骤", s)
		}
	}
}

func (r *Route) among(c *Config, ck *checker) {
	if _, ok := live(c.Channels, r.Channel); !ok {
		ck.bad("channel", "渠道“%s”不存在或已停用", r.Channel)
	}
	if r.Class != "" {
		c.class(ck, r.Class)
	}
	for _, o := range c.Routes.all {
		if o.Channel == r.Channel && o.Class == r.Class && o.Key < r.Key {
			ck.bad("class", "同一渠道和类别已有流程“%s”", o.Key)
		}
	}
}

func (cal *Calendar) alone(ck *checker) {
	ck.need("title", cal.Title, 40)
	if len(cal.Hours) == 0 {
		ck.bad("hours", "不能为空")
	}
	last := ""
	for _, p := range cal.Hours {
		if !clockTime(p.From) || !clockTime(p.To) || p.From >= p.To || p.From < last {
			ck.bad("hours", "工作时间 %s—%s 有误，应按先后顺序且不重叠", p.From, p.To)
		}
		last = p.To
	}
	if len(cal.Weekdays) == 0 {
		ck.bad("weekdays", "不能为空")
	}
	for n, d := range cal.Weekdays {
		if d < 1 || d > 7 || slices.Contains(cal.Weekdays[:n], d) {
			ck.bad("weekdays", "星期应为 1 至 7，不重复")
		}
	}
	days(ck, "holidays", cal.Holidays)
	days(ck, "workdays", cal.Workdays)
	for _, d := range cal.Workdays {
		if slices.Contains(cal.Holidays, d) {
			ck.bad("workdays", "%s 既是假日又是调休上班日", d)
		}
	}
}

func clockTime(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

func days(ck *checker, field string, list []string) {
	last := ""
	for _, d := range list {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			ck.bad(field, "日期“%s”有误", d)
		} else if d <= last {
			ck.bad(field, "日期应按先后排列，不重复（%s）", d)
		}
		last = d
	}
}
