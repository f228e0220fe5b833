package blueprint

import (
	"regexp"
	"slices"
	"strings"
)

// ClassKind says which of the three lists a class belongs to. The same code may be a component and a
// matter, so a national class is known by standard, kind and code together.
type ClassKind string

// The kinds of classes.
const (
	Matter    ClassKind = "matter"    // 管理事项
	Component ClassKind = "component" // 管理部件
	Extension ClassKind = "extension" // 扩展: the street's own, from class 20 upward
)

// Class is a class of cases in some scheme. Classes form trees: 06 市容环境 → 06010 暴露垃圾.
type Class struct {
	Entry
	Parent      string    `json:"parent,omitempty"` // class
	Title       string    `json:"title"`
	Scheme      string    `json:"scheme"`                 // "national", "street", or an imported list's name
	StandardRef string    `json:"standard_ref,omitempty"` // "GB/T 47678.5-2026"; empty for extensions
	Code        string    `json:"code,omitempty"`         // in the standard: 2 digits, or 5; extensions from 20
	Kind        ClassKind `json:"kind"`
	Elastic     bool      `json:"elastic,omitempty"` // 违建、拆迁、环境: never judged by closing rate
	Judged      Judged    `json:"judged,omitempty"`  // in which group units are assessed for it; empty: as the class above
}

// Judged is a group of work that is assessed apart from the others (分类考评): approvals, enforcement,
// services and mediation cannot be measured with one rule.
type Judged string

// The groups.
const (
	Approval    Judged = "approval"    // 审批
	Enforcement Judged = "enforcement" // 执法
	Serving     Judged = "service"     // 服务
	Mediation   Judged = "mediation"   // 矛盾化解
)

// JudgedGroups lists the groups in their order.
var JudgedGroups = []Judged{Approval, Enforcement, Serving, Mediation}

// JudgedOf is the group of assessment of a class: its own, else that of the nearest class above.
func (c *Config) JudgedOf(class string) Judged {
	for _, k := range c.Lineage(class) {
		if k.Judged != "" {
			return k.Judged
		}
	}
	return Serving
}

// Elastic reports whether a class, or one above it, is never judged by closing rate.
func (c *Config) Elastic(class string) bool {
	return slices.ContainsFunc(c.Lineage(class), func(k Class) bool { return k.Elastic })
}

// Lineage returns a class and the classes above it, nearest first; nothing for an unknown class.
func (c *Config) Lineage(class string) []Class {
	var line []Class
	for class != "" && len(line) <= deepest {
		k, ok := c.Classes.Find(class)
		if !ok {
			break
		}
		line = append(line, k)
		class = k.Parent
	}
	return line
}

// ClassesUnder returns the classes right beneath one, in order; beneath "" the groups. Callers must
// not change the slice.
func (c *Config) ClassesUnder(class string) []Class { return c.beneath[class] }

// deepest bounds trees of classes and units; checked when they are changed, and a seat belt when read.
const deepest = 6

var classCode = regexp.MustCompile(`^[0-9]{2}([0-9]{3})?$`)

func (k *Class) alone(ck *checker) {
	ck.need("title", k.Title, 60)
	ck.need("scheme", k.Scheme, 40)
	if k.Judged != "" && !slices.Contains(JudgedGroups, k.Judged) {
		ck.bad("judged", "没有“%s”这个考评类别", k.Judged)
	}
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
	if s, ok := live(c.Schemes, k.Scheme); ok && !s.Files {
		ck.bad("scheme", "“%s”不是立案用的分类", s.Title)
	}
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

func (c *Config) class(ck *checker, class string) {
	if _, ok := live(c.Classes, class); !ok {
		ck.bad("class", "类别“%s”不存在或已停用", class)
	}
}
