package handover

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/tenants"
)

const (
	sharing = ""
	holding = "FOR NO KEY UPDATE"
)

// read is a handover of this tenant; NotFound when it has none of this id.
func read(ctx context.Context, tx tenants.Tx, id uuid.UUID, how string) (*Handover, error) {
	h := new(Handover)
	q := tx.Select(h).Where("h.id = ?", id)
	if how != sharing {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("handover %s: %w", id, err)
	}
	return h, nil
}

// Find reads a handover that the actor may see.
func Find(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Handover, error) {
	if !sees(tx.Actor()) {
		return nil, errNone()
	}
	return read(ctx, tx, id, sharing)
}

// OfCase is the newest handover of one of our cases; nil when it has none.
func OfCase(ctx context.Context, tx tenants.Tx, id uuid.UUID) (*Handover, error) {
	h := new(Handover)
	err := tx.Select(h).Where("h.case_id = ?", id).Order("h.made_at DESC", "h.id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // most cases have none
	}
	if err != nil {
		return nil, fmt.Errorf("handover of case %s: %w", id, err)
	}
	return h, nil
}

// PageSize is how many a page of the list holds.
const PageSize = 20

// Browse lists the handovers of a side, the newest first, open only or all; more: there is a further page.
func Browse(ctx context.Context, tx tenants.Tx, side Side, all bool, page int) (list []Handover, more bool, err error) {
	if !sees(tx.Actor()) {
		return nil, false, errNone()
	}
	q := tx.Select(&list).Where("h.side = ?", side).Order("h.made_at DESC", "h.id DESC").Limit(PageSize + 1).Offset(int64((max(page, 1) - 1) * PageSize))
	if !all {
		q = q.Where("h.state IN ('sent', 'offered', 'accepted')")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, false, fmt.Errorf("handovers: %w", err)
	}
	if len(list) > PageSize {
		list, more = list[:PageSize], true
	}
	return list, more, nil
}

// waits is what was offered to us and is not decided, and what we have and the other side wants back.
const waits = "h.side = 'in' AND (h.state = 'offered' OR h.recall = 'asked')"

// Waiting counts what waits for our word.
func Waiting(ctx context.Context, tx tenants.Tx) (int, error) {
	n, err := tx.Select((*Handover)(nil)).Where(waits).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("handovers that wait: %w", err)
	}
	return int(n), nil
}

func (h *Handover) insert(ctx context.Context, tx tenants.Tx) error {
	if _, err := tx.Insert(h).Exec(ctx); err != nil {
		return fmt.Errorf("write handover %s: %w", h.ID, err)
	}
	return nil
}

func (h *Handover) update(ctx context.Context, tx tenants.Tx) error {
	if _, err := tx.Update(h).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write handover %s: %w", h.ID, err)
	}
	return nil
}

// record writes the act that brought a handover to where it is.
func record(tx tenants.Tx, kind string, h *Handover, at time.Time, before tenants.Dims) {
	tx.Record(tenants.Act{Kind: kind, Version: 1, Object: "handover", ObjectID: h.ID, HappenedAt: at, Before: before, After: h.dims()})
}
