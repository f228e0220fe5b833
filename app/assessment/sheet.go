package assessment

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Sheet is a report of one term, counted: what is kept as JSON, and shown. Words in it are those of the blueprint at
// that time.
type Sheet struct {
	Report    string    `json:"report"`
	Title     string    `json:"title"`
	Version   int       `json:"version"` // of the report: its columns and weights
	Text      string    `json:"text"`
	Term      Term      `json:"term"`
	AsOf      time.Time `json:"as_of"`
	Blueprint int32     `json:"blueprint"`
	Revision  int64     `json:"revision"`

	By      blueprint.Rows   `json:"rows_by"`
	Judged  blueprint.Judged `json:"judged,omitempty"`
	Apart   bool             `json:"apart,omitempty"`
	Ranked  bool             `json:"ranked,omitempty"`
	Mean    bool             `json:"mean,omitempty"`
	Least   int              `json:"least,omitempty"`
	Then    string           `json:"then,omitempty"`
	Columns []Column         `json:"columns"`
	Rows    []Row            `json:"rows"`
	Sum     Row              `json:"sum"`
	Before  *Past            `json:"before,omitempty"`    // 环比
	YearAgo *Past            `json:"last_year,omitempty"` // 同比
	Burden  Burden           `json:"burden"`
	Parts   []string         `json:"sections,omitempty"` // headings of the words that go with it
	Said    string           `json:"said,omitempty"`     // SHA-256 of the words, in hex

	words []string // under each heading; they lie sealed beside the body
}

// Term is the time that a report is about, and until when it was counted: the end, or as-of time of a running one.
type Term struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Name string    `json:"name"`
	End  time.Time `json:"counted_until"`
}

// Running reports whether the term was not over when it was counted.
func (t Term) Running() bool { return t.End.Before(t.To) }

func (t Term) span() span { return span{t.From, t.End} }

// Column is an indicator as it was defined when it was counted.
type Column struct {
	blueprint.Indicator
	Key        string            `json:"key"`
	Measure    blueprint.Measure `json:"measure"`
	More       bool              `json:"more,omitempty"`
	Weight     int               `json:"weight,omitempty"`
	Unrecorded bool              `json:"unrecorded,omitempty"` // of a report kept when nothing was written down yet that could be counted
	TwinOf     string            `json:"twin_of,omitempty"`    // key of the official rate that it stands beside
}

// Row is one unit, community, class or channel; Figures go with the columns.
type Row struct {
	Key     string             `json:"key"`
	Name    string             `json:"name"`
	Kind    blueprint.UnitKind `json:"kind,omitempty"` // of a unit: kinds may be ranked apart
	Figures []Figure           `json:"figures"`
	Score   *big.Rat           `json:"score,omitempty"`
	Rank    int                `json:"rank,omitempty"` // 0: not ranked
	Few     bool               `json:"few,omitempty"`  // fewer cases than may be ranked
}

// Past is the sum row of an earlier term, counted by today's definitions.
type Past struct {
	Term    Term     `json:"term"`
	Figures []Figure `json:"figures"`
}

// ReportOf finds a report that is in use.
func ReportOf(cfg *blueprint.Config, key string) (blueprint.Report, blueprint.Cycle, error) {
	r, ok := cfg.Reports.Find(key)
	if !ok || r.Retired {
		return r, blueprint.Cycle{}, errNothing()
	}
	c, ok := cfg.Cycles.Find(r.Cycle)
	if !ok {
		return r, c, fmt.Errorf("report %s has no cycle %s", key, r.Cycle)
	}
	return r, c, nil
}

func errNothing() error { return fault.New(fault.NotFound, "页面不存在") }

// TermOf is the term in which an instant lies, counted until now at most.
func TermOf(c blueprint.Cycle, at, now time.Time) Term {
	t := c.TermAt(at)
	end := t.To
	if now.Before(end) {
		end = now
	}
	return Term{t.From, t.To, t.Name, end}
}

// LastTerm is the newest term that is over.
func LastTerm(c blueprint.Cycle, now time.Time) Term {
	return TermOf(c, c.TermAt(now).From.Add(-time.Microsecond), now)
}

// earlier is a term of the same cycle in which at lies, counted as far as t is: a running month is held against the
// same days of another, not against the whole of it.
func (t Term) earlier(c blueprint.Cycle, at time.Time) Term {
	p := c.TermAt(at)
	end := p.To
	if t.Running() {
		if part := p.From.Add(t.End.Sub(t.From)); part.Before(end) {
			end = part
		}
	}
	return Term{p.From, p.To, p.Name, end}
}

func (t Term) before(c blueprint.Cycle) Term { return t.earlier(c, t.From.Add(-time.Microsecond)) }

// yearAgo: of a week the one 52 weeks ago, else the term a year ago.
func (t Term) yearAgo(c blueprint.Cycle) Term {
	if c.Every == blueprint.EveryWeek {
		return t.earlier(c, t.From.AddDate(0, 0, -52*7))
	}
	return t.earlier(c, t.From.In(clock.Zone).AddDate(-1, 0, 0))
}

// steps is how many statements Count sends at most, for progress.
func steps(r blueprint.Report, cfg *blueprint.Config) int {
	n := 0
	for _, from := range sources {
		for _, c := range columns(r, cfg) {
			if k, ok := count(c.Indicator, r.Judged); ok && k.from == from {
				n++
				break
			}
		}
	}
	return 3*n + 1
}

// columns are those of the report, each official rate followed by its twin.
func columns(r blueprint.Report, cfg *blueprint.Config) (out []Column) {
	for _, w := range r.Columns {
		i, ok := cfg.Indicators.Find(w.Indicator)
		if !ok {
			continue
		}
		f, _ := blueprint.FormulaOf(i.Formula)
		out = append(out, Column{Indicator: i, Key: i.Key, Measure: f.Unit, More: f.More, Weight: w.Weight})
	}
	shown := func(formula string) bool {
		return slices.ContainsFunc(out, func(c Column) bool { return c.Formula == formula })
	}
	for i := 0; i < len(out); i++ {
		twin, ok := twins[out[i].Formula]
		if !ok || shown(twin.Formula) {
			continue
		}
		d := definitions[twin.Formula]
		out = slices.Insert(out, i+1, Column{Indicator: twin, Key: twin.Key, Measure: d.measure, More: d.more, TwinOf: out[i].Key})
		i++
	}
	return out
}

// Count counts a report for a term. tick is called after each statement; it may be nil.
func Count(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, r blueprint.Report, c blueprint.Cycle, t Term, tick func(context.Context) error) (*Sheet, error) {
	if tick == nil {
		tick = func(context.Context) error { return nil }
	}
	s := &Sheet{
		Report: r.Key, Title: r.Title, Version: r.Version, Text: r.Text, Term: t, AsOf: clock.Now(ctx).UTC(), Blueprint: cfg.Version, Revision: cfg.Revision,
		By: r.Rows, Judged: r.Judged, Apart: r.Apart, Ranked: r.Ranked, Mean: r.Mean, Least: cfg.LeastOf(r), Then: r.Then, Columns: columns(r, cfg), Parts: r.Parts,
	}
	byKey, whole, err := s.figures(ctx, tx, cfg, t, tick)
	if err != nil {
		return nil, err
	}
	for key, figures := range byKey {
		if idle(figures) {
			continue
		}
		row := Row{Key: key, Figures: figures}
		row.Name, row.Kind = nameOf(ctx, cfg, s.By, key)
		s.Rows = append(s.Rows, row)
	}
	s.rank()
	s.Sum = Row{Figures: s.sum(whole, s.Rows)}
	for _, past := range []struct {
		term Term
		to   **Past
	}{{t.before(c), &s.Before}, {t.yearAgo(c), &s.YearAgo}} {
		byKey, whole, err := s.figures(ctx, tx, cfg, past.term, tick)
		if err != nil {
			return nil, err
		}
		var rows []Row
		for key, figures := range byKey {
			if !idle(figures) {
				rows = append(rows, Row{Key: key, Figures: figures})
			}
		}
		*past.to = &Past{past.term, s.sum(whole, rows)}
	}
	if s.Burden, err = burdenOf(ctx, tx, t.span()); err != nil {
		return nil, err
	}
	return s, tick(ctx)
}

// idle reports whether a row has nothing in the term: then it has no score either, however little was taken from it.
func idle(figures []Figure) bool {
	return !slices.ContainsFunc(figures, func(f Figure) bool { return f.N > 0 || f.Left > 0 })
}

// figures are those of all columns.
func (s *Sheet) figures(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, t Term, tick func(context.Context) error) (map[string][]Figure, []Figure, error) {
	var ks []counted
	var at []int
	for i, c := range s.Columns {
		if k, ok := count(c.Indicator, s.Judged); ok {
			ks, at = append(ks, k), append(at, i)
		}
	}
	byKey, whole, err := counts(ctx, tx, cfg, t.span(), s.By, ks, tick)
	if err != nil {
		return nil, nil, err
	}
	spread := func(list []Figure) []Figure {
		out := make([]Figure, len(s.Columns))
		for i, f := range list {
			out[at[i]] = f
		}
		return out
	}
	for key, list := range byKey {
		byKey[key] = spread(list)
	}
	return byKey, spread(whole), nil
}

// deducts reports whether a column is a score from which points are taken.
func (c Column) deducts() bool { return definitions[c.Formula].deducts }

// sum is the last row: counts are those of all rows together; rates too, or the arithmetic mean of those rows that
// have one. Of scores it is always the mean: the points of all together would leave nothing.
func (s *Sheet) sum(whole []Figure, rows []Row) []Figure {
	for i, c := range s.Columns {
		if !s.Mean && !c.deducts() || c.Measure == blueprint.Count || c.Measure == blueprint.Days {
			continue
		}
		total, n := new(big.Rat), int64(0)
		for _, r := range rows {
			if v := r.Figures[i].Value; r.Key != "" && v != nil {
				total.Add(total, v)
				n++
			}
		}
		whole[i].Value = nil
		if n > 0 {
			whole[i].Value = total.Quo(total, new(big.Rat).SetInt64(n))
		}
	}
	return whole
}

// scoreOf is the weighed sum of a row; nil when a rate that has weight has no figure. Of a rate of which less is
// better what is missing to 100 counts. Weights of what is not recorded are spread over the others.
func (s *Sheet) scoreOf(r Row) *big.Rat {
	sum, weights := new(big.Rat), int64(0)
	for i, c := range s.Columns {
		if c.Weight == 0 || c.Unrecorded {
			continue
		}
		v := r.Figures[i].Value
		if v == nil {
			return nil
		}
		if !c.More {
			v = new(big.Rat).Sub(big.NewRat(100, 1), v)
		}
		sum.Add(sum, new(big.Rat).Mul(v, big.NewRat(int64(c.Weight), 1)))
		weights += int64(c.Weight)
	}
	if weights == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(weights, 1))
}

// few: one of the rates that have weight stands on fewer rows than may be ranked.
func (s *Sheet) few(r Row) bool {
	for i, c := range s.Columns {
		if c.Weight > 0 && !c.Unrecorded && !c.deducts() && r.Figures[i].N < int64(s.Least) {
			return true
		}
	}
	return false
}

// rank scores the rows and puts them in order: by kind where kinds are apart, then by rank, and those without one last.
func (s *Sheet) rank() {
	then := slices.IndexFunc(s.Columns, func(c Column) bool { return c.Key == s.Then })
	thenOf := func(r Row) *big.Rat {
		if then < 0 || r.Figures[then].Value == nil {
			return new(big.Rat)
		}
		return r.Figures[then].Value
	}
	if s.Ranked {
		for i := range s.Rows {
			r := &s.Rows[i]
			r.Few = s.few(*r)
			r.Score = s.scoreOf(*r)
		}
	}
	ranks := func(r Row) bool { return s.Ranked && r.Score != nil && !r.Few && r.Key != "" }
	group := func(r Row) int {
		if !s.Apart {
			return 0
		}
		return kindOrder(r.Kind)
	}
	better := func(a, b Row) int {
		return cmp.Or(cmp.Compare(tenths(b.Score), tenths(a.Score)), thenOf(b).Cmp(thenOf(a)))
	}
	slices.SortFunc(s.Rows, func(a, b Row) int {
		if c := cmp.Compare(group(a), group(b)); c != 0 {
			return c
		}
		switch x, y := ranks(a), ranks(b); {
		case x && y:
			return cmp.Or(better(a, b), cmp.Compare(a.Key, b.Key))
		case x:
			return -1
		case y:
			return 1
		}
		if (a.Key == "") != (b.Key == "") { // what has no unit stands last
			return cmp.Compare(b.Key, a.Key)
		}
		return cmp.Compare(a.Key, b.Key)
	})
	for i := range s.Rows {
		r := &s.Rows[i]
		if !ranks(*r) {
			continue
		}
		r.Rank = 1
		if i == 0 || group(s.Rows[i-1]) != group(*r) {
			continue
		}
		if r.Rank = s.Rows[i-1].Rank; better(s.Rows[i-1], *r) != 0 { // equal ones share a rank, and the next is left out
			first := i
			for first > 0 && group(s.Rows[first-1]) == group(*r) {
				first--
			}
			r.Rank = i - first + 1
		}
	}
}

// kindOrder is the place of a kind of unit; what has none stands last.
func kindOrder(k blueprint.UnitKind) int {
	if n := slices.Index(blueprint.UnitKinds, k); n >= 0 {
		return n
	}
	return len(blueprint.UnitKinds)
}

// nameOf says a row's key in words.
func nameOf(ctx context.Context, cfg *blueprint.Config, by blueprint.Rows, key string) (string, blueprint.UnitKind) {
	switch by {
	case blueprint.ByClass:
		if k, ok := cfg.Classes.Find(key); ok {
			return k.Title, ""
		}
	case blueprint.ByChannel:
		if k, ok := cfg.Channels.Find(key); ok {
			return k.Title, ""
		}
	default:
		if key == "" {
			if by == blueprint.ByCommunity {
				return ui.T(ctx, "未注明社区"), ""
			}
			return ui.T(ctx, "尚未派遣或受理时答复"), ""
		}
		if u, ok := cfg.UnitOf(key); ok {
			return cmp.Or(u.Short, u.Name), u.Kind
		}
		return cfg.UnitTitle(key), ""
	}
	return key, ""
}
