package blueprint

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// SettingType says what a setting's value may be.
type SettingType string

// The types of settings, with the JSON of their values.
const (
	Bool   SettingType = "bool"   // true
	Int    SettingType = "int"    // 42
	Line   SettingType = "text"   // "…"
	Choice SettingType = "choice" // one of Choices
	Span   SettingType = "limit"  // {"value": 2, "unit": "working_hour"}
)

// Setting is one value that a street admin may set. Tenants change its value only.
type Setting struct {
	Entry
	Title       string          `json:"title"`
	Explanation string          `json:"explanation"`
	Type        SettingType     `json:"type"`
	Value       json.RawMessage `json:"value"`
	Choices     []Option        `json:"choices,omitempty"` // of a choice
	Min         *int64          `json:"min,omitempty"`     // of an int
	Max         *int64          `json:"max,omitempty"`     // of an int
}

// Option is one possible value of a choice.
type Option struct {
	Value string `json:"value"`
	Title string `json:"title"`
}

// Bool is the value of a yes-or-no setting, or fallback where this version of the blueprint does not
// have it: a case may finish under rules older than the code.
func (c *Config) Bool(key string, fallback bool) bool { return value(c, key, Bool, fallback) }

// Int is the value of a whole-number setting, or fallback where this version does not have it.
func (c *Config) Int(key string, fallback int64) int64 { return value(c, key, Int, fallback) }

// Line is the value of a text setting, or fallback where this version does not have it.
func (c *Config) Line(key, fallback string) string { return value(c, key, Line, fallback) }

// Choice is the value of a choice, or fallback where this version does not have it.
func (c *Config) Choice(key, fallback string) string { return value(c, key, Choice, fallback) }

// Limit is the value of a time-limit setting, or fallback where this version does not have it.
func (c *Config) Limit(key string, fallback Limit) Limit { return value(c, key, Span, fallback) }

func value[T any](c *Config, key string, kind SettingType, fallback T) T {
	s, ok := c.Settings.Find(key)
	if !ok || s.Type != kind {
		return fallback
	}
	var v T
	if json.Unmarshal(s.Value, &v) != nil {
		return fallback
	}
	return v
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
