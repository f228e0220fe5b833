package grids

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Drawing is one grid as somebody draws or imports it. What an existing grid has already may be left empty.
type Drawing struct {
	N         int // place in the file, from 1
	Code      string
	Name      string
	Kind      Kind
	Parent    string // code of the comprehensive grid that a micro one is a part of
	Community string
	Phone     string
	Shape     geo.Shape
	System    geo.System   // that it was drawn in; Shape is CGCS2000
	Problem   *geo.Problem // of its outline
	Mended    bool
}

// Outcome is what becomes of a drawing.
type Outcome string

// The outcomes.
const (
	Fresh   Outcome = "fresh"   // a new grid
	Again   Outcome = "again"   // a new outline of a grid
	Same    Outcome = "same"    // nothing new about the outline
	Refused Outcome = "refused" // see Problems
)

// Row is a drawing with what becomes of it.
type Row struct {
	Drawing
	Outcome  Outcome
	Problems []*geo.Problem
	Area     float64 // square metres

	grid *Grid // nil: fresh, until it is made
}

func (r *Row) wrong(say string, args ...any) {
	r.Problems, r.Outcome = append(r.Problems, &geo.Problem{Say: say, Args: args}), Refused
}

// Limits of what neighbours may share, as a part of the smaller one, and of what a micro grid may have outside its parent:
// two people who draw the same street from two maps differ by that much.
const tolerance = .01

// longest name, in characters.
const longName = 60

// survey is a plan of drawings against what the street has.
type survey struct {
	from   clock.Date
	today  clock.Date
	rows   []Row
	closes []*Grid // with a whole set: those that are not in it

	have    *stock
	byCode  map[string]*Row
	pattern *regexp.Regexp
	belongs map[string]bool // communities of the tenant
}

// plan says what would become of drawings from a day on. It writes nothing.
func plan(ctx context.Context, tx tenants.Tx, from clock.Date, list []Drawing, whole bool, now time.Time) (*survey, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	s := &survey{from: from, today: clock.DateOf(now), rows: make([]Row, len(list)), byCode: map[string]*Row{}, belongs: map[string]bool{}}
	if s.have, err = load(ctx, tx, min(from, s.today)); err != nil {
		return nil, err
	}
	if s.pattern, err = regexp.Compile("^(?:" + cfg.Line("grids.code_pattern", ".*") + ")$"); err != nil {
		return nil, fault.New(fault.Conflict, "参数设置中的“网格编号格式”不是有效的正则表达式，请先改正").Because(err)
	}
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Kind == blueprint.Community {
			s.belongs[u.Key] = true
		}
	}
	for i := range list {
		r := &s.rows[i]
		r.Drawing = list[i]
		s.words(r)
		s.outline(r)
		if first, twice := s.byCode[r.Code]; twice {
			r.wrong(ui.Key("编号与第 %d 个网格重复"), first.N)
		} else if r.Code != "" {
			s.byCode[r.Code] = r
		}
	}
	for i := range s.rows {
		s.parent(&s.rows[i])
	}
	if whole {
		s.replaced()
	}
	return s, s.neighbours()
}

// words checks what is said of a grid, and takes from the existing one what is not said.
func (s *survey) words(r *Row) {
	r.Outcome = Fresh
	r.grid = s.have.byCode[r.Code]
	if g := r.grid; g != nil {
		r.Outcome = Again
		if r.Name == "" {
			r.Name = g.Name
		}
		if r.Kind == "" {
			r.Kind = g.Kind
		}
		if r.Community == "" {
			r.Community = g.Community
		}
		if r.Phone == "" {
			r.Phone = g.Phone
		}
		switch {
		case !g.Open(s.from):
			r.wrong(ui.Key("编号属于已撤销的网格，不能再用"))
		case r.Kind != g.Kind:
			r.wrong(ui.Key("已有网格的种类不能改变"))
		}
	} else if community := r.Code[:min(len(r.Code), 12)]; r.Community == "" && s.belongs[community] {
		r.Community = community // most streets number grids under their community
	}
	switch {
	case r.Code == "":
		r.wrong(ui.Key("没有编号"))
	case r.grid == nil && (!plainCode.MatchString(r.Code) || !s.pattern.MatchString(r.Code)):
		r.wrong(ui.Key("编号“%s”不符合本街道的网格编号格式"), cut(r.Code, 32))
	}
	if r.Name == "" {
		r.wrong(ui.Key("没有名称"))
	}
	if utf8.RuneCountInString(r.Name) > longName || !fit(r.Name) {
		r.wrong(ui.Key("名称过长或含有无法识别的字符"))
	}
	if len(r.Phone) > 30 || !fit(r.Phone) {
		r.wrong(ui.Key("值班电话过长"))
	}
	if kindTitles[r.Kind] == "" {
		r.wrong(ui.Key("种类应为综合网格、专属网格或微网格"))
	}
	if r.Community != "" && !s.belongs[r.Community] {
		r.wrong(ui.Key("社区“%s”不属于本街道"), cut(r.Community, 20))
	}
}

var plainCode = regexp.MustCompile(`^[0-9A-Za-z-]{2,32}$`)

func fit(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// outline checks where the grid lies, and from when on it may.
func (s *survey) outline(r *Row) {
	if r.Problem != nil {
		r.Problems, r.Outcome = append(r.Problems, r.Problem), Refused
		return
	}
	r.Area = r.Shape.Area()
	if r.grid == nil {
		return
	}
	last := s.have.last[r.grid.ID]
	switch {
	case last == nil:
	case r.Outcome != Refused && string(last.Shape) == string(r.Shape.AsBinary()) && last.ValidFrom <= s.from:
		r.Outcome = Same
	case s.from < s.today:
		r.wrong(ui.Key("已有的网格只能自今天或以后重新划定，过去的边界不能改动"))
	case s.from < last.ValidFrom:
		r.wrong(ui.Key("该网格已定于 %s 启用新边界，不能早于该日重新划定"), string(last.ValidFrom))
	}
}

// parent finds the comprehensive grid of a micro one and holds its outline against it.
func (s *survey) parent(r *Row) {
	if r.Kind != Micro {
		if r.Parent != "" && r.Kind != "" {
			r.wrong(ui.Key("只有微网格有上级网格"))
		}
		return
	}
	if r.Parent == "" && r.grid != nil {
		if g := s.have.byID[r.grid.Parent]; g != nil {
			r.Parent = g.Code
		}
	}
	shape, ok := s.comprehensive(r.Parent)
	switch {
	case r.Parent == "":
		r.wrong(ui.Key("微网格须写明上级综合网格的编号"))
	case !ok:
		r.wrong(ui.Key("没有编号为“%s”的综合网格"), cut(r.Parent, 32))
	case r.Problem == nil:
		s.within(r, r.Code, r.Shape, shape)
	}
}

// within notes on r when a micro grid lies outside its parent's outline.
func (s *survey) within(r *Row, micro string, inner, outer geo.Shape) {
	shared, err := geo.Overlap(inner, outer)
	if err != nil {
		r.wrong(ui.Key("边界无法与上级网格比较，请检查坐标"))
		return
	}
	if out := 1 - shared/inner.Area(); out > tolerance {
		r.wrong(ui.Key("微网格 %s 有 %.0f%% 在上级网格之外"), micro, math.Ceil(out*100))
	}
}

// comprehensive is the outline that a comprehensive grid will have: as drawn now, or as it stands.
func (s *survey) comprehensive(code string) (geo.Shape, bool) {
	if r := s.byCode[code]; r != nil {
		return r.Shape, r.Kind == Comprehensive && r.Problem == nil
	}
	g := s.have.byCode[code]
	if g == nil || g.Kind != Comprehensive || !g.Open(s.from) {
		return geo.Shape{}, false
	}
	shape, ok := s.have.shape[g.ID]
	return shape, ok
}

// replaced lists the grids of the kinds in the file that are not in the file: a whole set stands for all of its kinds.
func (s *survey) replaced() {
	kinds := map[Kind]bool{}
	for i := range s.rows {
		kinds[s.rows[i].Kind] = true
	}
	for _, g := range s.have.grids {
		parent := s.have.byID[g.Parent]
		gone := parent != nil && s.byCode[parent.Code] == nil && kinds[Comprehensive] // a micro grid goes with the one around it
		if s.byCode[g.Code] == nil && g.Open(s.from) && (kinds[g.Kind] || gone) {
			s.closes = append(s.closes, g)
		}
	}
}

// neighbours holds every new outline of a comprehensive grid against the others on every day from which it is in force,
// and the micro grids that stay against the new outline of their parent.
func (s *survey) neighbours() error {
	closing := map[uuid.UUID]bool{}
	for _, g := range s.closes {
		closing[g.ID] = true
	}
	for i := range s.rows {
		r := &s.rows[i]
		if r.Kind != Comprehensive || r.Problem != nil {
			continue
		}
		for j := range i {
			if o := &s.rows[j]; o.Kind == Comprehensive && o.Problem == nil && (o.Outcome != Same || r.Outcome != Same) {
				if err := share(r, o.Code, o.Shape, o.Area); err != nil {
					return err
				}
			}
		}
		for _, o := range s.have.outlines {
			g := s.have.byID[o.GridID]
			if r.Outcome == Same || g.ID == r.id() || s.byCode[g.Code] != nil && o.ValidTo == "" || closing[g.ID] && o.ValidTo == "" || o.ValidTo != "" && o.ValidTo <= s.from {
				continue
			}
			switch {
			case g.Kind == Comprehensive:
				if err := share(r, g.Code, s.have.shapes[o.ID], o.Area); err != nil {
					return err
				}
			case g.Kind == Micro && r.grid != nil && g.Parent == r.grid.ID && o.ValidTo == "":
				s.within(r, g.Code, s.have.shapes[o.ID], r.Shape)
			}
		}
	}
	return nil
}

func (r *Row) id() uuid.UUID {
	if r.grid == nil {
		return uuid.Nil
	}
	return r.grid.ID
}

// share notes on r when it covers more of another grid than two maps may differ by.
func share(r *Row, code string, other geo.Shape, area float64) error {
	shared, err := geo.Overlap(r.Shape, other)
	if err != nil {
		return fmt.Errorf("grid %s against %s: %w", r.Code, code, err)
	}
	smaller := min(r.Area, area)
	if shared > tolerance*smaller {
		r.wrong(ui.Key("与综合网格 %s 重叠 %.0f 平方米（占较小一方的 %.1f%%）"), code, shared, shared/smaller*100)
	}
	return nil
}

// refused counts the rows that cannot be taken.
func (s *survey) refused() (n int) {
	for i := range s.rows {
		if s.rows[i].Outcome == Refused {
			n++
		}
	}
	return n
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
