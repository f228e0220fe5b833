// Package noted is what a class of cases asks to be filled in besides (登记项): the number plate of a parked car, the
// parties of a dispute, what a fumes cleaner was found to be. The fields are the blueprint's (blueprint.Field); this
// package reads them from a form, refuses what does not fit, and says them in words.
//
// A case keeps its values together in one sealed text, because any of them may tell who somebody is. Fields come and go
// with blueprints; a value stays under its key for ever.
package noted

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wanjie/templates/ui"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys/mask"
)

// Values are what was filled in, by the keys of fields. Several choices stand behind each other with commas; days are
// 2006-01-02, moments 2006-01-02T15:04 in the time zone of China; a yes-or-no is "yes" or "no". None of them is empty.
type Values map[string]string

// Name is a field's name in forms and in the fields of a fault.
func Name(key string) string { return "field." + key }

// Read takes the values of fields from a form that asked for them. What it left empty is not among them.
func Read(form url.Values, fields []blueprint.Field) Values {
	v := Values{}
	for _, f := range fields {
		var said []string
		for _, s := range form[Name(f.Key)] {
			if s = strings.TrimSpace(s); s != "" {
				said = append(said, s)
			}
		}
		if len(said) > 0 {
			v[f.Key] = strings.Join(said, ",")
		}
	}
	return v
}

// Longest values, in characters.
const (
	longLine = 200
	longArea = 2000
)

// Check finds what does not fit its field or is missing: by names, what to say (catalogue keys).
func (v Values) Check(fields []blueprint.Field) map[string]string {
	wrong := map[string]string{}
	for _, f := range fields {
		said, has := v[f.Key]
		if !has {
			if f.Required {
				wrong[Name(f.Key)] = ui.Key("请填写此项")
			}
			continue
		}
		if say := fits(f, said); say != "" {
			wrong[Name(f.Key)] = say
		}
	}
	return wrong
}

// fits says why a value is not one of the field; "" when it is.
func fits(f blueprint.Field, s string) string {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return ui.Key("含有无法识别的字符")
	}
	long := longLine
	if f.Type == blueprint.FieldArea {
		long = longArea
	}
	if utf8.RuneCountInString(s) > long {
		return ui.Key("内容过长，请精简")
	}
	switch f.Type {
	case blueprint.FieldLine, blueprint.FieldArea:
	case blueprint.FieldNumber:
		if n, err := strconv.ParseFloat(s, 64); err != nil || !(n >= 0 && n <= 1e12) { // not so of NaN either
			return ui.Key("请填写数字")
		}
	case blueprint.FieldDate:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return ui.Key("日期应如 2026-12-31")
		}
	case blueprint.FieldTime:
		if _, err := time.Parse(minute, s); err != nil {
			return ui.Key("请填写日期和时间")
		}
	case blueprint.FieldChoice:
		if _, ok := option(f, s); !ok {
			return ui.Key("请从所列选项中选择")
		}
	case blueprint.FieldChoices:
		for one := range strings.SplitSeq(s, ",") {
			if _, ok := option(f, one); !ok {
				return ui.Key("请从所列选项中选择")
			}
		}
	case blueprint.FieldYes:
		if s != "yes" && s != "no" {
			return ui.Key("请从所列选项中选择")
		}
	case blueprint.FieldPhone:
		if !phone(s) {
			return ui.Key("电话号码位数不足")
		}
	case blueprint.FieldIdentity:
		if !identity(s) {
			return ui.Key("身份号码有误，请核对18位号码")
		}
	case blueprint.FieldCredit:
		if !credit(s) {
			return ui.Key("统一社会信用代码有误，请核对18位代码")
		}
	}
	return ""
}

// minute is how a browser sends a moment.
const minute = "2006-01-02T15:04"

func option(f blueprint.Field, value string) (title string, ok bool) {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Title, true
		}
	}
	return "", false
}

// Over are v with more put over them, neither changed; what more leaves out of fields is taken away.
func (v Values) Over(more Values, fields []blueprint.Field) Values {
	out := maps.Clone(v)
	if out == nil {
		out = Values{}
	}
	for _, f := range fields {
		delete(out, f.Key)
	}
	maps.Copy(out, more)
	return out
}

// Text is how a case keeps its values; nothing is the empty text.
func (v Values) Text() string {
	if len(v) == 0 {
		return ""
	}
	b, _ := json.Marshal(v) // a map of strings cannot fail
	return string(b)
}

// Parse is the opposite of Text.
func Parse(text string) (Values, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // nothing was noted
	}
	var v Values
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("noted values: %w", err)
	}
	return v, nil
}

// Said is a value as people read it.
type Said struct {
	Key, Title, Value string
	Personal          bool
}

// Say says values in the order of fields, in words. Unless full, what is personal comes masked.
func (v Values) Say(ctx context.Context, fields []blueprint.Field, full bool) (out []Said) {
	for _, f := range fields {
		s, has := v[f.Key]
		if !has {
			continue
		}
		said := Said{f.Key, f.Title, say(ctx, f, s), f.Personal}
		if f.Personal && !full {
			said.Value = masked(f, said.Value)
		}
		out = append(out, said)
	}
	return out
}

// Personal reports whether any of the values tells who somebody is.
func (v Values) Personal(fields []blueprint.Field) bool {
	return slices.ContainsFunc(fields, func(f blueprint.Field) bool { return f.Personal && v[f.Key] != "" })
}

func say(ctx context.Context, f blueprint.Field, s string) string {
	switch f.Type {
	case blueprint.FieldChoice, blueprint.FieldChoices:
		var titles []string
		for one := range strings.SplitSeq(s, ",") {
			if title, ok := option(f, one); ok {
				one = title
			}
			titles = append(titles, one)
		}
		return strings.Join(titles, "、")
	case blueprint.FieldYes:
		if s == "yes" {
			return ui.T(ctx, "是")
		}
		return ui.T(ctx, "否")
	case blueprint.FieldNumber:
		return strings.TrimSpace(s + " " + f.Unit)
	case blueprint.FieldTime:
		return strings.Replace(s, "T", " ", 1)
	case blueprint.FieldLine, blueprint.FieldArea, blueprint.FieldDate, blueprint.FieldPhone, blueprint.FieldIdentity, blueprint.FieldCredit:
	}
	return s
}

func masked(f blueprint.Field, s string) string {
	switch f.Type {
	case blueprint.FieldPhone:
		return mask.Phone(s)
	case blueprint.FieldIdentity:
		return mask.IDNumber(s)
	case blueprint.FieldLine, blueprint.FieldArea, blueprint.FieldNumber, blueprint.FieldDate, blueprint.FieldTime, blueprint.FieldChoice, blueprint.FieldChoices, blueprint.FieldYes, blueprint.FieldCredit:
	}
	return mask.Name(s)
}
