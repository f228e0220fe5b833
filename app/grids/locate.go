package grids

import (
	"container/list"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Place is in which grids a point lies, by their codes; empty: in none.
type Place struct {
	Grid  string // the dedicated grid if there is one, else the comprehensive
	Micro string
}

// Locate finds the grids in which a point (degrees, CGCS2000) lies on the day of t. It asks the database for one row; the
// outlines themselves are in memory.
func Locate(ctx context.Context, tx tenants.Tx, lon, lat float64, t time.Time) (Place, error) {
	m, err := mapOf(ctx, tx)
	if err != nil || m == nil {
		return Place{}, err
	}
	return m.at(geom.XY{X: lon, Y: lat}, clock.DateOf(t)), nil
}

// GridOf is Locate for the intake of cases: the code of the grid, empty where the street has no grids or does not use them.
func GridOf(ctx context.Context, tx tenants.Tx, lon, lat float64, t time.Time) (string, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil || !cfg.On(moduleKey) {
		return "", err
	}
	p, err := Locate(ctx, tx, lon, lat, t)
	return p.Grid, err
}

// Outlines are the comprehensive grids as they lie on a day, for drawing under something else. Like Locate it asks the
// database for one row.
func Outlines(ctx context.Context, tx tenants.Tx, on clock.Date) (out []geo.Shape, err error) {
	m, err := mapOf(ctx, tx)
	if err != nil || m == nil {
		return nil, err
	}
	for i := range m.of {
		if s := &m.of[i]; s.Kind == Comprehensive && s.in(on) {
			out = append(out, m.shapes[i])
		}
	}
	return out, nil
}

// drawn is one edition of a street's outlines, ready to be asked.
type drawn struct {
	edition uuid.UUID
	index   *geo.Index
	of      []spell
	shapes  []geo.Shape // of them
}

// spell is a grid for the days on which one outline is in force.
type spell struct {
	Code      string
	Kind      Kind
	ValidFrom clock.Date
	ValidTo   clock.Date
}

func (s *spell) in(on clock.Date) bool {
	return s.ValidFrom <= on && (s.ValidTo == "" || on < s.ValidTo)
}

func (m *drawn) at(p geom.XY, on clock.Date) (out Place) {
	var found [3]string // by kind: where outlines overlap within the tolerance, the first code
	m.index.At(p, func(i int) {
		s := &m.of[i]
		if !s.in(on) {
			return
		}
		k := 0
		switch s.Kind {
		case Dedicated:
			k = 1
		case Micro:
			k = 2
		case Comprehensive:
		}
		if found[k] == "" || s.Code < found[k] {
			found[k] = s.Code
		}
	})
	out = Place{Grid: found[0], Micro: found[2]}
	if found[1] != "" {
		out.Grid = found[1]
	}
	return out
}

// mapOf is the street's outlines as the transaction sees them, from memory when this process has seen the edition; nil
// when none were ever drawn.
func mapOf(ctx context.Context, tx tenants.Tx) (*drawn, error) {
	var edition uuid.UUID
	err := tx.Raw("SELECT edition FROM grid_editions WHERE tenant_id = ?", int32(tx.ID())).Scan(ctx, &edition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // a street without grids is no failure
	}
	if err != nil {
		return nil, fmt.Errorf("edition of grids: %w", err)
	}
	if m := memory.find(edition); m != nil {
		return m, nil
	}
	m, err := assemble(ctx, tx)
	if err != nil {
		return nil, err
	}
	return memory.keep(m), nil
}

// assemble reads all outlines and the edition that they are in one statement, so that one is the other's.
func assemble(ctx context.Context, tx tenants.Tx) (*drawn, error) {
	var rows []struct {
		Edition uuid.UUID
		spell
		Shape []byte
	}
	err := tx.Raw(`SELECT e.edition, g.code, g.kind, o.valid_from, o.valid_to, o.shape FROM grid_editions e
		LEFT JOIN grid_outlines o ON o.tenant_id = e.tenant_id AND (o.valid_to IS NULL OR o.valid_to > o.valid_from)
		LEFT JOIN grids g ON g.tenant_id = o.tenant_id AND g.id = o.grid_id
		WHERE e.tenant_id = ?`, int32(tx.ID())).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	m := &drawn{}
	for _, r := range rows {
		m.edition = r.Edition
		if r.Shape == nil {
			continue // an edition without any outline
		}
		shape, err := geo.ShapeOf(r.Shape)
		if err != nil {
			return nil, fmt.Errorf("grid %s: %w", r.Code, err)
		}
		m.of, m.shapes = append(m.of, r.spell), append(m.shapes, shape)
	}
	m.index = geo.NewIndex(m.shapes)
	return m, nil
}

// heaviest is how many sides of outlines a process keeps: some 150 MB, the grids of a few thousand busy streets.
const heaviest = 4_000_000

// memory is what this process knows. An edition names its content for ever, so nothing in here grows stale: when outlines
// change, in whatever process, transactions find another name in the database. The least recently used go first.
var memory = editions{byUse: list.New(), kept: map[uuid.UUID]*list.Element{}, most: heaviest}

type editions struct {
	mu    sync.Mutex
	byUse *list.List // of *drawn, newest first
	kept  map[uuid.UUID]*list.Element
	size  int
	most  int
}

func (e *editions) find(edition uuid.UUID) *drawn {
	e.mu.Lock()
	defer e.mu.Unlock()
	el, ok := e.kept[edition]
	if !ok {
		return nil
	}
	e.byUse.MoveToFront(el)
	return el.Value.(*drawn)
}

func (e *editions) keep(m *drawn) *drawn {
	e.mu.Lock()
	defer e.mu.Unlock()
	if el, ok := e.kept[m.edition]; ok {
		return el.Value.(*drawn)
	}
	e.kept[m.edition] = e.byUse.PushFront(m)
	e.size += m.weight()
	for e.size > e.most && e.byUse.Len() > 1 {
		last := e.byUse.Remove(e.byUse.Back()).(*drawn)
		e.size -= last.weight()
		delete(e.kept, last.edition)
	}
	return m
}

// weight counts a street without grids too: its entry is not nothing.
func (m *drawn) weight() int { return m.index.Size() + 50 }
