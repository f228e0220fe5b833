package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"wanjie/tenants"
	"wanjie/tenants/journal"
)

// BrokenError is the first segment of a tenant that does not hash to its seal.
type BrokenError struct {
	Tenant     tenants.ID
	From, Upto int64     // acts
	Sound      time.Time // when the last act before them was recorded; zero when they are the first
	Why        string
}

func (b *BrokenError) Error() string {
	return fmt.Sprintf("the journal of tenant %s was altered between act %d and act %d: %s", b.Tenant, b.From, b.Upto, b.Why)
}

// Chain is how far a tenant's journal is sealed and holds.
type Chain struct {
	Sealed int64 // acts up to this number are as they were sealed
	Head   int64 // number of the newest act
}

// Verify recomputes the seals of a tenant, and looks whether the acts after the last one follow on it
// up to the head. The first segment that does not hold is a *BrokenError error. It reads the whole
// journal: some twenty thousand acts a second on a busy machine with two cores.
func Verify(ctx context.Context, db *tenants.DB, placement string, id tenants.ID) (c Chain, err error) {
	var prev []byte
	var sound time.Time
	broken := func(upto int64, why string, args ...any) error {
		return &BrokenError{id, c.Sealed + 1, upto, sound, fmt.Sprintf(why, args...)}
	}
	for {
		var seals []sealed
		if err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
			return tx.Raw("SELECT upto, hash FROM seals WHERE tenant_id = ? AND upto > ? ORDER BY upto LIMIT ?", int32(id), c.Sealed, stride).Scan(ctx, &seals)
		}); err != nil {
			return c, err
		}
		if len(seals) == 0 {
			break
		}
		at, last := c.Sealed, sound
		next := reader(ctx, db, placement, id, c.Sealed)
		for _, s := range seals {
			segment := begin(prev)
			for at < s.Upto {
				a, err := next()
				if err != nil {
					return c, err
				}
				if a == nil || a.N != at+1 {
					return c, broken(s.Upto, "act %d is missing", at+1)
				}
				at, last = a.N, a.RecordedAt
				segment.act(a)
			}
			if prev = segment.end(); !slices.Equal(prev, s.Hash) {
				return c, broken(s.Upto, "its hash is not the sealed one")
			}
			c.Sealed, sound = s.Upto, last
		}
	}
	// What came in the last seconds is not sealed yet. The head is read first: more may come meanwhile.
	var after struct{ Acts, Newest int64 }
	err = db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) error {
		if err := tx.Raw("SELECT n FROM heads WHERE tenant_id = ?", int32(id)).Scan(ctx, &c.Head); err != nil {
			return err
		}
		return tx.Raw("SELECT count(*) AS acts, coalesce(max(n), 0) AS newest FROM journal WHERE tenant_id = ? AND n > ? AND n <= ?", int32(id), c.Sealed, c.Head).
			Scan(ctx, &after.Acts, &after.Newest)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, broken(c.Sealed+1, "the tenant's head is missing")
	case err != nil:
		return c, err
	case c.Head < c.Sealed:
		return c, broken(c.Sealed, "the tenant's head stands at act %d, before what is sealed", c.Head)
	case after.Acts != c.Head-c.Sealed:
		return c, broken(c.Head, "%d of the %d newest acts are missing", c.Head-c.Sealed-after.Acts, c.Head-c.Sealed)
	}
	return c, nil
}

type sealed struct {
	Upto int64
	Hash []byte
}

// stride is how many seals and acts are read at a time.
const stride = 2000

// reader hands out a tenant's acts one by one after number n; nil at the end.
func reader(ctx context.Context, db *tenants.DB, placement string, id tenants.ID, n int64) func() (*journal.Act, error) {
	var acts []journal.Act
	i := 0
	return func() (*journal.Act, error) {
		if i == len(acts) {
			if err := db.System(ctx, placement, func(ctx context.Context, tx tenants.SystemTx) (err error) {
				acts, err = journal.Read(ctx, tx, id, n, stride)
				return err
			}); err != nil {
				return nil, err
			}
			if i = 0; len(acts) == 0 {
				return nil, nil
			}
			n = acts[len(acts)-1].N
		}
		i++
		return &acts[i-1], nil
	}
}
