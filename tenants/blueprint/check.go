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

func (ck *checker) between(field string, v, least, most int) {
	if v < least || v > most {
		ck.bad(field, "应在 %d 至 %d 之间", least, most)
	}
}

// fit bounds a text that may be missing.
func (ck *checker) fit(field, value string, most int) {
	if utf8.RuneCountInString(value) > most {
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
