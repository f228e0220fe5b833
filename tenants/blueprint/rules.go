package blueprint

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Rule says what a tenant may do to items of a kind. Pages ask it to show what cannot be changed and
// why; [Change] holds every edit to it.
type Rule struct {
	Addable bool     // tenants add items of their own
	Open    []string // only these fields may be changed; none: all but Closed
	Closed  []string
	Say     string // why the others may not: catalogue key
	Keep    string // why an item may not retire: catalogue key; empty: it may
}

// Fixes reports whether the rule keeps a field of an item as it is.
func (r Rule) Fixes(field string) bool {
	if len(r.Open) > 0 {
		return !slices.Contains(r.Open, field)
	}
	return slices.Contains(r.Closed, field)
}

// rules are by kind. Settings, modules, channels, calendars, texts and indicators are known to the
// code by their keys: one that nothing reads would be noise. What a thing is never changes, because
// cases and figures of the past speak of it; who wants another adds it.
var rules = map[Kind]Rule{
	Settings:     {Open: []string{"value"}, Say: "参数只能修改取值", Keep: "参数不能停用"},
	Modules:      {Open: []string{"on"}, Say: "模块只能启用或停用", Keep: "请用启用开关停用模块"},
	Units:        {Addable: true, Closed: []string{"kind"}, Say: "单位类型不能修改，请另建单位"},
	Sectors:      {Closed: []string{"kind"}, Say: "条线类型不能修改"},
	Levels:       {Closed: []string{"of"}, Say: "级次所属的环节不能修改"},
	Schemes:      {Addable: true, Closed: []string{"standard_ref", "files"}, Say: "分类体系的标准和用途不能修改，请另建"},
	Classes:      {Addable: true, Closed: []string{"code", "kind", "scheme", "standard_ref"}, Say: "类别的标准、类型和代码不能修改，请另建扩展类别"},
	Codes:        {Addable: true, Closed: []string{"scheme", "code"}, Say: "外部代码不能修改，请另建"},
	Mappings:     {Addable: true, Closed: []string{"from", "code", "to"}, Say: "对照的来源不能修改，请另建"},
	Duties:       {Addable: true},
	Conditions:   {Addable: true},
	Channels:     {Closed: []string{"upper"}, Say: "渠道的来源层级不能修改"},
	Routes:       {Addable: true},
	Samples:      {Addable: true, Closed: []string{"of"}, Say: "抽样用途不能修改，请另建"},
	Fields:       {Addable: true, Closed: []string{"type"}, Say: "登记项的类型不能修改，请另建"},
	Forms:        {Addable: true, Closed: []string{"document"}, Say: "表单对应的文书不能修改，请另建"},
	Questions:    {Addable: true, Closed: []string{"type", "counts"}, Say: "题型和计入方式不能修改，请另建"},
	Reasons:      {Addable: true, Closed: []string{"list"}, Say: "理由所属的清单不能修改，请另建"},
	Supervisions: {Closed: []string{"rank"}, Say: "督办级别不能修改"},
	Outsides:     {Addable: true},
	Services:     {Addable: true},
	Indicators:   {Closed: []string{"formula"}, Say: "指标的算法由系统提供，不能修改"},
	Reports:      {Addable: true},
	Cycles:       {Closed: []string{"every"}, Say: "周期的长度不能修改"},
	Calendars:    {Keep: "日历不能停用"},
	Texts:        {Keep: "文案不能停用"},
}

// RuleOf is the rule of a kind.
func RuleOf(k Kind) Rule { return rules[k] }

// allowed tells ck what a tenant may not change: base is the item that is kept to, the blueprint's or
// the tenant's own as it was added, and now what is in force.
func allowed(ck *checker, base, now, want Item) {
	r := rules[want.Kind]
	was, is := fieldsOf(base), fieldsOf(want)
	for _, f := range differing(was, is) {
		if r.Fixes(f) {
			if len(r.Open) > 0 {
				f = r.Open[0]
			}
			ck.bad(f, r.Say)
		}
	}
	if want.Retired && r.Keep != "" {
		ck.bad("retired", r.Keep)
	}
	switch want.Kind {
	case Fields: // what was sealed yesterday is not shown openly tomorrow
		if string(was["personal"]) == "true" && string(is["personal"]) != "true" {
			ck.bad("personal", "个人信息标记不能取消")
		}
	case Indicators, Reports:
		counted := slices.DeleteFunc(differing(fieldsOf(now), is), func(f string) bool { return f == "order" || f == "title" || f == "version" })
		if len(counted) > 0 && !want.same(base) && number(is["version"]) <= number(fieldsOf(now)["version"]) {
			ck.bad("version", "修改口径、权重须提高版本号，以免新旧数字混在一起")
		}
	}
}

// rebased takes over the blueprint's present word in the fields that a tenant cannot change: its own
// item may have been made from an older version, and must not be refused for what it did not touch.
func rebased(kind Kind, blue, now Item, body json.RawMessage) json.RawMessage {
	r := rules[kind]
	canonical, err := Canonical(body)
	if err != nil {
		return body // canon refuses it
	}
	is, was, old := fieldsOf(Item{Body: canonical}), fieldsOf(blue), fieldsOf(now)
	moved := false
	for _, f := range differing(was, old) {
		if r.Fixes(f) && bytes.Equal(is[f], old[f]) {
			moved = true
			if v, there := was[f]; there {
				is[f] = v
			} else {
				delete(is, f)
			}
		}
	}
	if !moved {
		return body
	}
	if canonical, err = encode(is); err != nil {
		return body
	}
	return canonical
}

// added keeps tenants from inventing what others rely on.
func added(ck *checker, want Item) {
	is := fieldsOf(want)
	switch want.Kind {
	case Classes:
		if string(is["kind"]) != `"`+string(Extension)+`"` {
			ck.bad("kind", "自建类别只能是扩展类别")
		}
	case Schemes:
		if string(is["files"]) == "true" {
			ck.bad("files", "自建的分类体系只用于对照，立案类别请建在扩展分类下")
		}
	}
}

func fieldsOf(i Item) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	_ = loose(i.Body, &m) // read before
	return m
}

// differing are the fields that two bodies do not say alike, sorted. Bodies are canonical.
func differing(a, b map[string]json.RawMessage) []string {
	var out []string
	for f, v := range a {
		if !bytes.Equal(v, b[f]) {
			out = append(out, f)
		}
	}
	for f := range b {
		if _, both := a[f]; !both {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

func number(raw json.RawMessage) (n int64) {
	_ = loose(raw, &n)
	return n
}
