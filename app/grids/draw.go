package grids

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/grids/patrol"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Import is a file of drawings.
type Import struct {
	From  clock.Date // first day on which they are in force; empty: today
	Whole bool       // the file has all grids of its kinds: those that are not in it are closed from that day on
	Dry   bool       // say what would happen, and write nothing
	List  []Drawing
}

// Report is what an import did, or with a dry run would do. When a row is refused, nothing was written.
type Report struct {
	Rows    []Row
	Closed  []string // codes of grids that a whole set no longer has
	Refused int
	Written bool
}

// Count is how many rows have an outcome.
func (r *Report) Count(o Outcome) (n int) {
	for i := range r.Rows {
		if r.Rows[i].Outcome == o {
			n++
		}
	}
	return n
}

// Take draws many grids at once, all of them or none: half a new set would leave holes. It records "grid.drawn" for each
// new outline, "grid.changed" and "grid.closed". Faults: Forbidden without GridsDraw, Invalid for the day.
func Take(ctx context.Context, tx tenants.Tx, in Import) (Report, error) {
	if err := auth.Require(tx.Actor(), auth.GridsDraw, ""); err != nil {
		return Report{}, err
	}
	now := clock.Now(ctx)
	if in.From == "" {
		in.From = clock.DateOf(now)
	}
	if in.From > clock.DateOf(now).Add(2*366) {
		return Report{}, fault.Field("from", "生效日期太远")
	}
	if !in.Dry {
		if err := hold(ctx, tx); err != nil {
			return Report{}, err
		}
	}
	s, err := plan(ctx, tx, in.From, in.List, in.Whole, now)
	if err != nil {
		return Report{}, err
	}
	r := Report{Rows: s.rows, Refused: s.refused()}
	for _, g := range s.closes {
		r.Closed = append(r.Closed, g.Code)
	}
	if in.Dry || r.Refused > 0 {
		return r, nil
	}
	r.Written = true
	return r, s.write(ctx, tx, now)
}

// Draw draws one grid: a new one, or a new outline of one that is there. What is wrong is a fault on the field "shape",
// "code" and so on, in the words of the first problem.
func Draw(ctx context.Context, tx tenants.Tx, from clock.Date, d Drawing) (*Grid, error) {
	d.N = 1
	r, err := Take(ctx, tx, Import{From: from, List: []Drawing{d}})
	if err != nil {
		return nil, err
	}
	row := &r.Rows[0]
	if row.Outcome == Refused {
		return nil, &Refusal{row.Problems}
	}
	return row.grid, nil
}

// Refusal is why a drawing was not taken. As a fault it says the first problem.
type Refusal struct{ Problems []*geo.Problem }

func (r *Refusal) Error() string { return r.Problems[0].String() }

// Unwrap makes it a fault for those who ask for one.
func (r *Refusal) Unwrap() error {
	return fault.New(fault.Invalid, r.Problems[0].Say, r.Problems[0].Args...)
}

// write does what the plan says: micro grids last, because their parents may be new.
func (s *survey) write(ctx context.Context, tx tenants.Tx, now time.Time) error {
	for _, g := range s.closes {
		if err := closeGrid(ctx, tx, g, s.from, now); err != nil {
			return err
		}
	}
	for _, micro := range []bool{false, true} {
		for i := range s.rows {
			if r := &s.rows[i]; (r.Kind == Micro) == micro {
				if err := s.put(ctx, tx, r, now); err != nil {
					return fmt.Errorf("grid %s: %w", r.Code, err)
				}
			}
		}
	}
	return nil
}

func (s *survey) put(ctx context.Context, tx tenants.Tx, r *Row, now time.Time) error {
	var parent uuid.UUID
	if r.Kind == Micro {
		parent = s.parentID(r.Parent)
	}
	want := Grid{Name: r.Name, Parent: parent, Community: r.Community, Phone: r.Phone}
	if r.grid == nil {
		want.ID, want.Code, want.Kind, want.MadeAt = tenants.NewID(), r.Code, r.Kind, now
		r.grid = &want
		if _, err := tx.Insert(r.grid).Exec(ctx); err != nil {
			return err
		}
	} else if err := amend(ctx, tx, r.grid, want, now); err != nil {
		return err
	}
	if r.Outcome == Same {
		return nil
	}
	if last := s.have.last[r.grid.ID]; last != nil {
		if _, err := tx.Update((*Outline)(nil)).Set("valid_to = ?", s.from).Where("o.id = ?", last.ID).Exec(ctx); err != nil {
			return err
		}
	}
	o := &Outline{ID: tenants.NewID(), GridID: r.grid.ID, ValidFrom: s.from, Shape: r.Shape.AsBinary(), Area: r.Area, SourceCRS: r.System,
		DrawnBy: tx.Actor().Person, DrawnAt: now}
	if _, err := tx.Insert(o).Exec(ctx); err != nil {
		return err
	}
	after := r.grid.dims()
	after["from"] = string(s.from)
	record(tx, "grid.drawn", r.grid, now, nil, after)
	return nil
}

func (s *survey) parentID(code string) uuid.UUID {
	if r := s.byCode[code]; r != nil && r.grid != nil {
		return r.grid.ID
	}
	return s.have.byCode[code].ID
}

// Words is what may be said of a grid without drawing it anew.
type Words struct{ Name, Community, Phone string }

// Change says something else of a grid and records "grid.changed"; saying the same again records nothing. Faults:
// Forbidden without GridsDraw, NotFound, Invalid with the field.
func Change(ctx context.Context, tx tenants.Tx, id uuid.UUID, in Words) (*Grid, error) {
	g, err := Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if err := auth.Require(tx.Actor(), auth.GridsDraw, ""); err != nil {
		return nil, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return nil, err
	}
	f := &fault.Error{Kind: fault.Invalid, Say: ui.Key("请检查标红的内容")}
	if in.Name == "" {
		f.And("name", "请填写此项")
	}
	if cut(in.Name, longName) != in.Name || !fit(in.Name) {
		f.And("name", "名称过长或含有无法识别的字符")
	}
	if len(in.Phone) > 30 || !fit(in.Phone) {
		f.And("phone", "值班电话过长")
	}
	if in.Community != "" && in.Community != g.Community && !ours(cfg, tx, in.Community) {
		f.And("community", "请选择本街道的社区（村）")
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	return g, amend(ctx, tx, g, Grid{Name: in.Name, Parent: g.Parent, Community: in.Community, Phone: in.Phone}, clock.Now(ctx))
}

func ours(cfg *blueprint.Config, tx tenants.Tx, community string) bool {
	for _, u := range cfg.UnitsWithin(tx.Tenant().Codes...) {
		if u.Key == community {
			return u.Kind == blueprint.Community
		}
	}
	return false
}

// amend writes what is said of a grid where it differs.
func amend(ctx context.Context, tx tenants.Tx, g *Grid, want Grid, now time.Time) error {
	if g.Name == want.Name && g.Parent == want.Parent && g.Community == want.Community && g.Phone == want.Phone {
		return nil
	}
	before := g.dims()
	g.Name, g.Parent, g.Community, g.Phone = want.Name, want.Parent, want.Community, want.Phone
	if _, err := tx.Update(g).Column("name", "parent", "community", "phone").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change grid %s: %w", g.Code, err)
	}
	record(tx, "grid.changed", g, now, before, g.dims())
	return nil
}

// Close ends a grid from a day on (today or later), with its micro grids, duties and patrols, and records "grid.closed"
// for each. Faults: Forbidden without GridsDraw, NotFound, Conflict when it is closed, Invalid for the day.
func Close(ctx context.Context, tx tenants.Tx, id uuid.UUID, from clock.Date) error {
	g, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := auth.Require(tx.Actor(), auth.GridsDraw, ""); err != nil {
		return err
	}
	now := clock.Now(ctx)
	switch today := clock.DateOf(now); {
	case g.ClosedOn != "":
		return fault.New(fault.Conflict, "该网格已撤销")
	case from < today:
		return fault.Field("from", "撤销日期不能早于今天")
	case from > today.Add(2*366):
		return fault.Field("from", "生效日期太远")
	}
	if err := hold(ctx, tx); err != nil {
		return err
	}
	have, err := load(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, child := range have.grids {
		if (child.ID == id || child.Parent == id) && child.ClosedOn == "" {
			if err := closeGrid(ctx, tx, child, from, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func closeGrid(ctx context.Context, tx tenants.Tx, g *Grid, from clock.Date, now time.Time) error {
	before := g.dims()
	g.ClosedOn = from
	if _, err := tx.Update(g).Column("closed_on").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("close grid %s: %w", g.Code, err)
	}
	if _, err := tx.Update((*Outline)(nil)).Set("valid_to = greatest(valid_from, ?)", from).Where("o.grid_id = ? AND o.valid_to IS NULL", g.ID).Exec(ctx); err != nil {
		return fmt.Errorf("close grid %s: %w", g.Code, err)
	}
	if err := relieveAll(ctx, tx, g, from); err != nil {
		return err
	}
	if err := patrol.EndIn(ctx, tx, g.ID, from); err != nil {
		return err
	}
	after := g.dims()
	after["closed"] = string(from)
	record(tx, "grid.closed", g, now, before, after)
	return nil
}
