package support

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/tenants"
)

func errNone() error { return fault.New(fault.NotFound, "没有这次进入申请") }

func errAsked() error { return fault.New(fault.Conflict, "您的上一次申请尚待街道批准") }

func errMoved() error {
	return fault.New(fault.Conflict, "进入的状态已经变化，不能进行此操作")
}

// find is an access to this street; locked it is held until the transaction ends.
func find(ctx context.Context, tx tenants.Tx, id uuid.UUID, lock bool) (*Access, error) {
	a := new(Access)
	q := tx.Select(a).Where("s.id = ?", id)
	if lock {
		q = q.For("NO KEY UPDATE")
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNone()
	}
	if err != nil {
		return nil, fmt.Errorf("access %s: %w", id, err)
	}
	return a, nil
}

// waiting is an access that stands in state, held for its change.
func waiting(ctx context.Context, tx tenants.Tx, id uuid.UUID, state State) (*Access, error) {
	a, err := find(ctx, tx, id, true)
	if err == nil && a.State != state {
		err = errMoved()
	}
	return a, err
}

// openOf is the open access of a person; nil: none.
func openOf(ctx context.Context, tx tenants.Tx, person int64) (*Access, error) {
	a := new(Access)
	err := tx.Select(a).Where("s.person = ?", person).Where("s.state IN ('asked', 'begun')").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("open access of %d: %w", person, err)
	}
	return a, nil
}

// Newest lists the accesses to this street, the newest first.
func Newest(ctx context.Context, tx tenants.Tx, most int64) (list []*Access, err error) {
	if err := tx.Select(&list).Order("s.asked_at DESC", "s.id").Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("accesses: %w", err)
	}
	return list, nil
}

// Waiting counts the requests that the street has not decided.
func Waiting(ctx context.Context, tx tenants.Tx) (int, error) {
	n, err := tx.Select((*Access)(nil)).Where("s.state = 'asked'").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("requests to enter: %w", err)
	}
	return int(n), nil
}

// Lasts reports whether the actor's access lasts now. The timer comes within seconds; this is exact.
func Lasts(ctx context.Context, tx tenants.Tx) (bool, error) {
	a, err := openOf(ctx, tx, tx.Actor().Person)
	return err == nil && a != nil && a.State == Begun && clock.Now(ctx).Before(a.Until), err
}
