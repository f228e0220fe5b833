package assessment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// Part is which of the rows behind a figure are listed.
type Part string

// The parts.
const (
	Whole  Part = ""     // all that are judged
	Hits   Part = "hit"  // that count wholly
	Misses Part = "miss" // that do not
	Left   Part = "left" // that an exclusion took out
)

// Counted is one row behind a figure: a case, and what it is worth there.
type Counted struct {
	bun.BaseModel `bun:"table:cases,alias:c"`

	ID         uuid.UUID `bun:",type:uuid"` // of the case
	Number     string
	Title      []byte // sealed
	Class      string
	Channel    string
	Community  string
	Unit       string
	Stage      string
	ReportedAt time.Time
	ClosedAt   time.Time `bun:",nullzero"`
	DueAt      time.Time `bun:",nullzero"`
	Worth      int64     // as in [Figure].Sum
}

// PageSize is how many rows a page of a list has; CountTo is how far a list is counted.
const (
	PageSize = 50
	CountTo  = 1000
)

// opened lists the rows behind one figure: those of a row key, or with any of all rows. They are chosen by the very
// conditions that counted them.
func opened(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, s span, by blueprint.Rows, k counted, key *string, part Part, most, skip int) (out []Counted, err error) {
	w, err := worktimeAround(cfg, s)
	if err != nil {
		return nil, err
	}
	b := newBuilder(tx, cfg, s, w)
	err = b.q.Scan(ctx, "SELECT c.id, c.number, c.title, c.class, c.channel, c.community, c.unit, c.stage, c.reported_at, c.closed_at, c.due_at, ("+k.each(b)+")::bigint AS worth FROM "+k.behind(b, by, key, part)+
		" ORDER BY c.reported_at DESC, c.id DESC, "+k.from.id()+fmt.Sprintf(" LIMIT %d OFFSET %d", most, skip), &out)
	if err != nil {
		return nil, fmt.Errorf("rows of %s: %w", k.indicator.Key, err)
	}
	return out, nil
}

// openedCount counts what opened lists, up to most.
func openedCount(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, s span, by blueprint.Rows, k counted, key *string, part Part, most int) (n int, err error) {
	w, err := worktimeAround(cfg, s)
	if err != nil {
		return 0, err
	}
	b := newBuilder(tx, cfg, s, w)
	if err := b.q.Scan(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+k.behind(b, by, key, part)+fmt.Sprintf(" LIMIT %d) n", most), &n); err != nil {
		return 0, fmt.Errorf("count rows of %s: %w", k.indicator.Key, err)
	}
	return n, nil
}

// behind is FROM and WHERE of the rows behind a figure.
func (k counted) behind(b *builder, by blueprint.Rows, key *string, part Part) string {
	text := k.from.from(b) + " AND " + k.rows(b, part == Left)
	switch part {
	case Hits:
		text += " AND " + k.each(b) + " >= 100"
	case Misses:
		text += " AND " + k.each(b) + " < 100"
	}
	if key != nil {
		text += " AND " + k.from.key(by) + " = " + b.arg("key", "text", *key)
	}
	return text
}

// figureOf is one figure by itself: that of a row key, or with none of all rows.
func figureOf(ctx context.Context, tx tenants.Tx, cfg *blueprint.Config, s span, by blueprint.Rows, k counted, key *string) (f Figure, err error) {
	w, err := worktimeAround(cfg, s)
	if err != nil {
		return f, err
	}
	b := newBuilder(tx, cfg, s, w)
	from := k.from
	text := "SELECT " + strings.Join(aggregate(b, k), ", ") + " FROM " + from.from(b) + " AND (" + k.base(b, k.indicator) + ")"
	if key != nil {
		text += " AND " + from.key(by) + " = " + b.arg("key", "text", *key)
	}
	if err := b.q.Scan(ctx, text, &f.N, &f.Sum, &f.Left); err != nil {
		return f, fmt.Errorf("figure %s: %w", k.indicator.Key, err)
	}
	k.settle(&f)
	return f, nil
}
