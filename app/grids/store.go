package grids

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/geo"
	"wanjie/tenants"
)

// stock is what a street has of grids from a day on.
type stock struct {
	grids    []*Grid // by code; the closed ones too, for their codes
	byID     map[uuid.UUID]*Grid
	byCode   map[string]*Grid
	outlines []*Outline // in force on that day or later
	shapes   map[uuid.UUID]geo.Shape
	last     map[uuid.UUID]*Outline // by grid: the one that a new one follows
	shape    map[uuid.UUID]geo.Shape
}

func load(ctx context.Context, tx tenants.Tx, since clock.Date) (*stock, error) {
	s := &stock{byID: map[uuid.UUID]*Grid{}, byCode: map[string]*Grid{}, shapes: map[uuid.UUID]geo.Shape{}, last: map[uuid.UUID]*Outline{}, shape: map[uuid.UUID]geo.Shape{}}
	if err := tx.Select(&s.grids).Order("g.code").Scan(ctx); err != nil {
		return nil, fmt.Errorf("grids: %w", err)
	}
	for _, g := range s.grids {
		s.byID[g.ID], s.byCode[g.Code] = g, g
	}
	if err := tx.Select(&s.outlines).Where("o.valid_to IS NULL OR o.valid_to > ? AND o.valid_to > o.valid_from", since).Order("o.valid_from", "o.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	for _, o := range s.outlines {
		shape, err := geo.ShapeOf(o.Shape)
		if err != nil {
			return nil, fmt.Errorf("grid %s: %w", s.byID[o.GridID].Code, err)
		}
		s.shapes[o.ID] = shape
		if o.ValidTo == "" {
			s.last[o.GridID], s.shape[o.GridID] = o, shape
		}
	}
	return s, nil
}

// on lists the grids that are some on a day, with the outline of that day, by code.
func (s *stock) on(d clock.Date) (out []Placed) {
	at := map[uuid.UUID]*Outline{}
	for _, o := range s.outlines {
		if o.In(d) {
			at[o.GridID] = o
		}
	}
	for _, g := range s.grids {
		if o := at[g.ID]; o != nil {
			out = append(out, Placed{g, o, s.shapes[o.ID]})
		}
	}
	return out
}

// Placed is a grid with where it lies on some day.
type Placed struct {
	*Grid
	Outline *Outline
	Shape   geo.Shape
}

// On lists the street's grids as they lie on a day, by code.
func On(ctx context.Context, tx tenants.Tx, d clock.Date) ([]Placed, error) {
	s, err := load(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	return s.on(d), nil
}

// Lying is a grid with where it lies, for drawing.
type Lying struct {
	*Grid
	Shape geo.Shape
}

// Lie lists the street's grids as they lie on a day, by code, as On does, with the shapes from memory: it reads no outline.
func Lie(ctx context.Context, tx tenants.Tx, on clock.Date) (out []Lying, err error) {
	m, err := mapOf(ctx, tx)
	if err != nil || m == nil {
		return nil, err
	}
	shapes := map[string]geo.Shape{}
	for i := range m.of {
		if m.of[i].in(on) {
			shapes[m.of[i].Code] = m.shapes[i]
		}
	}
	var list []*Grid
	if err := tx.Select(&list).Order("g.code").Scan(ctx); err != nil {
		return nil, fmt.Errorf("grids: %w", err)
	}
	for _, g := range list {
		if shape, ok := shapes[g.Code]; ok {
			out = append(out, Lying{g, shape})
		}
	}
	return out, nil
}

// Named finds a grid that is open on a day by its code or its name, first by its code; nil for none.
func Named(ctx context.Context, tx tenants.Tx, typed string, on clock.Date) (*Grid, error) {
	g := new(Grid)
	err := tx.Select(g).Where("g.code = ? OR g.name = ?", typed, typed).Where("g.closed_on IS NULL OR g.closed_on > ?", on).OrderExpr("g.code <> ?, g.code", typed).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing is called so
	}
	if err != nil {
		return nil, fmt.Errorf("grid called %q: %w", typed, err)
	}
	return g, nil
}

// Find reads a grid; NotFound when the street has none of this id.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Grid, error) {
	g := new(Grid)
	err := tx.Select(g).Where("g.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoGrid()
	}
	if err != nil {
		return nil, fmt.Errorf("grid %s: %w", id, err)
	}
	return g, nil
}

// Versions lists all outlines of a grid, the newest first. Those that were replaced on their first day are among them.
func Versions(ctx context.Context, tx tenants.Tx, id uuid.UUID) ([]Outline, error) {
	var out []Outline
	if err := tx.Select(&out).Where("o.grid_id = ?", id).Order("o.valid_from DESC", "o.drawn_at DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("outlines of grid %s: %w", id, err)
	}
	return out, nil
}

// hold gives the street's outlines a new edition and keeps everybody else from changing them until the transaction ends.
func hold(ctx context.Context, tx tenants.Tx) error {
	_, err := tx.Raw(`INSERT INTO grid_editions (tenant_id, edition) VALUES (?, ?)
		ON CONFLICT (tenant_id) DO UPDATE SET edition = excluded.edition`, int32(tx.ID()), uuid.New()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("new edition of grids: %w", err)
	}
	return nil
}
