package tenants_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

type prompt struct {
	bun.BaseModel `bun:"table:timers,alias:t"`

	ID       uuid.UUID `bun:",pk,type:uuid"`
	Kind     string
	ObjectID uuid.UUID `bun:"type:uuid"`
	DueAt    time.Time
	NextAt   time.Time
	DoneAt   time.Time `bun:",nullzero"`
	Error    string
}

// A prepared statement writes and reads what the builder would, keeps to its tenant, and says when
// there is no row.
func TestPreparedStatements(t *testing.T) {
	w := tenantstest.Open(t)
	s, other := w.Street(t), w.Street(t)
	due := time.Date(2026, 11, 24, 9, 30, 0, 123000, time.UTC)
	in := prompt{ID: tenants.NewID(), Kind: "test.prompt", ObjectID: tenants.NewID(), DueAt: due, NextAt: due, Error: "it's \\ quoted"}
	write := func(id tenants.ID, f func(ctx context.Context, tx tenants.Tx) error) {
		t.Helper()
		if err := w.DB.Write(t.Context(), id, tenants.Machine(), f); err != nil {
			t.Fatal(err)
		}
	}
	find := func(ctx context.Context, tx tenants.Tx) (out prompt, err error) {
		q := tx.Prepared(in.ID)
		err = q.Scan(ctx, "SELECT "+q.Columns("t", "", &out)+" FROM timers t WHERE t.tenant_id = "+q.Tenant()+" AND t.id = $1", &out)
		return out, err
	}
	write(s.ID, func(ctx context.Context, tx tenants.Tx) error {
		q := tx.Prepared()
		_, err := q.Exec(ctx, q.Insert(&in, "kind", "lower("+q.Arg("TEST.PROMPT")+")"))
		return err
	})
	for range 8 { // the sixth is PostgreSQL's own choice of plan
		write(s.ID, func(ctx context.Context, tx tenants.Tx) error {
			out, err := find(ctx, tx)
			if err != nil {
				return err
			}
			out.DueAt, out.NextAt = out.DueAt.UTC(), out.NextAt.UTC()
			if out != in {
				t.Errorf("read back %+v, want %+v", out, in)
			}
			return nil
		})
	}
	in.DoneAt, in.Error = due, ""
	for id, want := range map[tenants.ID]int64{other.ID: 0, s.ID: 1} {
		write(id, func(ctx context.Context, tx tenants.Tx) error {
			q := tx.Prepared()
			n, err := q.Exec(ctx, q.Update(&in, "done_at", "error"))
			if n != want {
				t.Errorf("tenant %s changed %d rows, want %d", id, n, want)
			}
			return err
		})
	}
	write(other.ID, func(ctx context.Context, tx tenants.Tx) error {
		if _, err := find(ctx, tx); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("another street's row: %v, want sql.ErrNoRows", err)
		}
		// Even without the predicate the policy holds, for plans made in another scope too.
		var n int
		if err := tx.Prepared(in.ID).Scan(ctx, "SELECT count(*) FROM timers WHERE id = $1", &n); err != nil || n != 0 {
			t.Errorf("another street's row is counted %d times, %v", n, err)
		}
		var body []byte
		if err := tx.Prepared(in.ID).Scan(ctx, "SELECT payload FROM outbox WHERE id = $1", &body); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("bytes of no row: %v, want sql.ErrNoRows", err)
		}
		var ids []uuid.UUID
		if err := tx.Prepared(in.ID).Scan(ctx, "SELECT id FROM timers WHERE id = $1", &ids); err != nil || len(ids) != 0 {
			t.Errorf("no rows into a slice: %v, %v", ids, err)
		}
		return nil
	})
}
