package grids

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/templates/ui"
	"wanjie/tenants"
)

// Kind is the sort of a grid.
type Kind string

// The kinds.
const (
	Comprehensive Kind = "comprehensive" // 综合网格: together they tile the street
	Dedicated     Kind = "dedicated"     // 专属网格: a market, a campus, a tower; it goes before the one around it
	Micro         Kind = "micro"         // 微网格: a part of a comprehensive one
)

// Kinds lists them, for forms.
var Kinds = []Kind{Comprehensive, Dedicated, Micro}

// Title is the kind's name on screens, a catalogue key.
func (k Kind) Title() string { return kindTitles[k] }

var kindTitles = map[Kind]string{Comprehensive: ui.Key("综合网格"), Dedicated: ui.Key("专属网格"), Micro: ui.Key("微网格")}

// Grid is a responsibility area of a street. Where it lies is its outlines' business.
type Grid struct {
	bun.BaseModel `bun:"table:grids,alias:g"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Code      string    // the street's own number, for ever
	Name      string
	Kind      Kind
	Parent    uuid.UUID `bun:"type:uuid,nullzero"` // of a micro grid
	Community string    // 12-digit code; empty: it spans several
	Phone     string    // duty phone, public
	MadeAt    time.Time
	ClosedOn  clock.Date // first day on which it is none any more; empty: open
}

// Open reports whether the grid is one on a day, as far as its closing says.
func (g *Grid) Open(on clock.Date) bool { return g.ClosedOn == "" || on < g.ClosedOn }

// Outline is one version of where a grid lies.
type Outline struct {
	bun.BaseModel `bun:"table:grid_outlines,alias:o"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	GridID    uuid.UUID `bun:"type:uuid"`
	ValidFrom clock.Date
	ValidTo   clock.Date // first day of the next one, or of none; empty: the last
	Shape     []byte     // WKB
	Area      float64    // square metres
	SourceCRS geo.System
	DrawnBy   int64
	DrawnAt   time.Time
}

// In reports whether the outline is in force on a day.
func (o *Outline) In(on clock.Date) bool {
	return o.ValidFrom <= on && (o.ValidTo == "" || on < o.ValidTo)
}

// dims is what followers may know of a grid.
func (g *Grid) dims() tenants.Dims {
	d := tenants.Dims{"grid": g.Code, "grid_kind": string(g.Kind)}
	if g.Community != "" {
		d["community"] = g.Community
	}
	return d
}

func record(tx tenants.Tx, kind string, g *Grid, at time.Time, before, after tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "grid", ObjectID: g.ID, HappenedAt: at, Before: before, After: after})
}

// errNoGrid is the answer for a grid that is not there and for another street's.
func errNoGrid() error { return fault.New(fault.NotFound, "页面不存在") }

func errForbidden() error { return fault.New(fault.Forbidden, "您没有进行此操作的权限") }
