package blueprint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scheme is a classification (分类体系). Several stand side by side: cases are filed under the classes
// of those that file, and what comes from outside speaks in the codes of the others. GB/T 30428.2-2013
// gave way to GB/T 47678.5-2026 on 1 July 2026, and platforms above the street change over at their own pace.
type Scheme struct {
	Entry
	Title       string `json:"title"`
	StandardRef string `json:"standard_ref,omitempty"` // "GB/T 47678.5-2026"
	Since       string `json:"since,omitempty"`        // "2026-07-01": in force from
	Until       string `json:"until,omitempty"`        // in force until, that day included
	Files       bool   `json:"files,omitempty"`        // cases are filed under its classes
	Note        string `json:"note,omitempty"`         // where its list comes from and what is missing
}

// InForce reports whether the scheme is in force on a day ("2006-01-02").
func (s Scheme) InForce(day string) bool {
	return (s.Since == "" || s.Since <= day) && (s.Until == "" || day <= s.Until)
}

// Code is an entry of a scheme that does not file: no case bears it as its class, but orders and
// answers carry it.
type Code struct {
	Entry
	Scheme string `json:"scheme"`
	Code   string `json:"code"` // as the other side writes it
	Title  string `json:"title"`
	Parent string `json:"parent,omitempty"` // code of the group, in the same scheme
	Note   string `json:"note,omitempty"`
}

// Mapping leads from a scheme's code to another scheme's. Code and Target are codes; in a scheme that
// files they are keys of classes, because there one code may be a component and a matter.
type Mapping struct {
	Entry
	From   string `json:"from"` // scheme
	Code   string `json:"code"`
	To     string `json:"to"` // scheme
	Target string `json:"target"`
	// Small extends the mapping to the group's members: the small number is kept, padded to three
	// digits. 01 → 06 then also says 0110 → 06010. What is found so is always inferred.
	Small    bool   `json:"small,omitempty"`
	Inferred bool   `json:"inferred,omitempty"` // not stated by either standard: to be confirmed by a person
	Note     string `json:"note,omitempty"`
}

// Match is a class that a foreign code leads to.
type Match struct {
	Class Class
	// Sure is false where the way there was inferred or led to the group only: propose it, and let a
	// person confirm.
	Sure bool
}

// MapClass finds the class that a code of a scheme stands for. In a scheme that files, code may be
// the class's key or its code in the standard. Otherwise the mapping of the very code decides, then
// that of the group it belongs to. Retired classes are not found.
func (c *Config) MapClass(scheme, code string) (Match, bool) {
	if s, ok := c.Schemes.Find(scheme); ok && s.Files || !ok {
		k, ok := c.classIn(scheme, code)
		return Match{k, ok}, ok
	}
	for _, m := range c.Mappings.all {
		if m.From == scheme && m.Code == code {
			if k, ok := c.classIn(m.To, m.Target); ok {
				return Match{k, !m.Inferred}, true
			}
		}
	}
	for _, m := range c.Mappings.all {
		if !m.Small || m.From != scheme {
			continue
		}
		if k, ok := c.small(m, code); ok {
			return Match{k, false}, true
		}
	}
	for _, k := range c.Codes.all {
		if k.Scheme == scheme && k.Code == code && k.Parent != "" && k.Parent != code {
			m, ok := c.MapClass(scheme, k.Parent)
			m.Sure = false
			return m, ok
		}
	}
	return Match{}, false
}

// classIn finds a class of a scheme by its key or code.
func (c *Config) classIn(scheme, code string) (Class, bool) {
	if k, ok := live(c.Classes, code); ok && k.Scheme == scheme {
		return k, true
	}
	for _, k := range c.Classes.all {
		if k.Scheme == scheme && k.Code == code && code != "" {
			return k, true
		}
	}
	return Class{}, false
}

// small follows a mapping of groups to the member with the same small number.
func (c *Config) small(m Mapping, code string) (Class, bool) {
	rest, ok := strings.CutPrefix(code, m.Code)
	n, err := strconv.Atoi(rest)
	if !ok || err != nil || n < 1 || len(rest) > 3 {
		return Class{}, false
	}
	group, ok := c.classIn(m.To, m.Target)
	if !ok {
		return Class{}, false
	}
	for _, k := range c.Classes.all {
		if k.Parent == group.Key && k.Code == group.Code+fmt.Sprintf("%03d", n) {
			return k, true
		}
	}
	return Class{}, false
}

// CodeOf is the code by which a scheme that does not file knows a class, for answers to the other
// side: that of the class itself, else of the nearest class above. Inferred mappings are not used.
func (c *Config) CodeOf(scheme, class string) (Code, bool) {
	for _, k := range c.Lineage(class) {
		for _, m := range c.Mappings.all {
			if m.From != scheme || m.Inferred || m.Target != k.Key && (m.Target != k.Code || k.Code == "") {
				continue
			}
			for _, o := range c.Codes.all {
				if o.Scheme == scheme && o.Code == m.Code {
					return o, true
				}
			}
		}
	}
	return Code{}, false
}

// CodesOf returns the codes of a scheme, in order.
func (c *Config) CodesOf(scheme string) []Code {
	var out []Code
	for _, k := range c.Codes.all {
		if k.Scheme == scheme {
			out = append(out, k)
		}
	}
	return out
}

var codeForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$`)

func (s *Scheme) alone(ck *checker) {
	ck.need("title", s.Title, 60)
	ck.fit("standard_ref", s.StandardRef, 60)
	ck.fit("note", s.Note, 300)
	for field, day := range map[string]string{"since": s.Since, "until": s.Until} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			ck.bad(field, "日期“%s”有误", day)
		}
	}
	if s.Until != "" && s.Until < s.Since {
		ck.bad("until", "截止日期早于生效日期")
	}
}

func (s *Scheme) among(*Config, *checker) {}

func (k *Code) alone(ck *checker) {
	ck.need("title", k.Title, 60)
	ck.fit("note", k.Note, 300)
	if !codeForm.MatchString(k.Code) {
		ck.bad("code", "代码“%s”只能用字母、数字、点和连字符", k.Code)
	}
}

func (k *Code) among(c *Config, ck *checker) {
	if s, ok := live(c.Schemes, k.Scheme); !ok {
		ck.bad("scheme", "分类体系“%s”不存在或已停用", k.Scheme)
	} else if s.Files {
		ck.bad("scheme", "“%s”是立案用的分类，请建为类别", s.Title)
	}
	parent := k.Parent == ""
	for _, o := range c.Codes.all {
		if o.Scheme != k.Scheme {
			continue
		}
		if o.Code == k.Code && o.Key < k.Key {
			ck.bad("code", "代码“%s”已用于“%s”", k.Code, o.Title)
		}
		parent = parent || o.Code == k.Parent && o.Parent == ""
	}
	if !parent || k.Parent != "" && k.Parent == k.Code {
		ck.bad("parent", "上级代码“%s”不存在", k.Parent)
	}
}

func (m *Mapping) alone(ck *checker) {
	ck.fit("note", m.Note, 300)
	if m.From == m.To {
		ck.bad("to", "不能对照到同一套分类")
	}
}

func (m *Mapping) among(c *Config, ck *checker) {
	c.coded(ck, "from", "code", m.From, m.Code)
	c.coded(ck, "to", "target", m.To, m.Target)
	if s, _ := c.Schemes.Find(m.From); m.Small && s.Files {
		ck.bad("small", "小类顺延只用于外部分类")
	}
	for _, o := range c.Mappings.all {
		if o.From == m.From && o.Code == m.Code && o.To == m.To && o.Key < m.Key {
			ck.bad("code", "代码“%s”已由“%s”对照", m.Code, o.Key)
		}
	}
}

// coded checks that a scheme has a code: a class where it files, else a code.
func (c *Config) coded(ck *checker, schemeField, codeField, scheme, code string) {
	s, ok := live(c.Schemes, scheme)
	if !ok {
		ck.bad(schemeField, "分类体系“%s”不存在或已停用", scheme)
		return
	}
	if s.Files {
		_, ok = live(c.Classes, code)
	} else {
		ok = slices.ContainsFunc(c.Codes.all, func(k Code) bool { return k.Scheme == scheme && k.Code == code })
	}
	if !ok {
		ck.bad(codeField, "“%s”中没有代码“%s”", s.Title, code)
	}
}
