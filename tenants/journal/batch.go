package journal

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/tenants"
)

// sweep compares all heads with all cursors, which is the truth about who is behind, and queues the
// tenants that are.
func (r *Runner) sweep(ctx context.Context, p *place) error {
	var found []struct {
		Follower int
		TenantID int32
		N        int64
		Fresh    bool
	}
	err := r.db.System(ctx, p.name, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(`SELECT f.ord - 1 AS follower, h.tenant_id, h.n, c.n IS NULL AS fresh
			FROM heads h CROSS JOIN unnest(?::text[]) WITH ORDINALITY f(name, ord)
			LEFT JOIN cursors c ON c.tenant_id = h.tenant_id AND c.follower = f.name
			WHERE h.n > coalesce(c.n, 0) ORDER BY h.tenant_id`, pgdialect.Array(r.Names())).Scan(ctx, &found)
	})
	if err != nil {
		return err
	}
	lists := make([][]behind, len(r.followers))
	for _, b := range found {
		lists[b.Follower] = append(lists[b.Follower], behind{b.TenantID, b.Fresh})
		p.seen[tenants.ID(b.TenantID)] = b.N
	}
	for i, list := range lists {
		p.queues[i].add(list)
	}
	return nil
}

// glance queues the tenants whose heads moved in the last moments, for every follower. It asks for
// no cursor, so it costs one pass over the heads however busy the day is; whether another process
// has followed them already shows in the batch.
func (r *Runner) glance(ctx context.Context, p *place) error {
	var moved []struct {
		TenantID int32
		N        int64
	}
	err := r.db.System(ctx, p.name, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Prepared((often + overlap).Milliseconds()).Scan(ctx, "SELECT tenant_id, n FROM heads WHERE at > now() - $1 * interval '1 millisecond'", &moved)
	})
	if err != nil {
		return err
	}
	heads := make(map[tenants.ID]int64, len(moved))
	for _, m := range moved {
		heads[tenants.ID(m.TenantID)] = m.N
	}
	p.grown(heads)
	return nil
}

// least is how many acts of each tenant a batch may read at least, however many tenants it spans.
const least = 20

// batch takes one bite of the chunk: in one system transaction it locks the cursors that nobody else
// holds, reads what comes after them, applies it and moves them. It answers how many acts that
// were, and the tenants which had more than fitted.
func (r *Runner) batch(ctx context.Context, p *place, f Follower, chunk []behind) (int, []behind, error) {
	begun := tick()
	limit := max(least, f.Batch/len(chunk))
	var acts, wanted []Act
	var more []behind
	err := r.db.Follow(ctx, p.name, func(ctx context.Context, tx tenants.SystemTx) error {
		ids, fresh := make([]int64, 0, len(chunk)), []int64(nil)
		for _, b := range chunk {
			ids = append(ids, int64(b.TenantID))
			if b.Fresh {
				fresh = append(fresh, int64(b.TenantID))
			}
		}
		if len(fresh) > 0 {
			// In tenant order, as two processes may be at it.
			if _, err := tx.Raw(`INSERT INTO cursors (tenant_id, follower, n)
				SELECT id, ?, 0 FROM unnest(?::int[]) id ORDER BY id ON CONFLICT DO NOTHING`, f.Name, pgdialect.Array(fresh)).Exec(ctx); err != nil {
				return fmt.Errorf("make cursors: %w", err)
			}
		}
		var err error
		// Planned anew each time, unlike the statements of a verb: how many tenants there are decides.
		if acts, err = scan(ctx, p.memory, tx.Raw(`WITH c AS MATERIALIZED (
				SELECT tenant_id, n FROM cursors WHERE follower = ? AND tenant_id = ANY(?::int[])
				ORDER BY tenant_id FOR UPDATE SKIP LOCKED)
			SELECT `+columns+` FROM c JOIN tenants t ON t.tenant_id = c.tenant_id CROSS JOIN LATERAL (
				SELECT * FROM journal j WHERE j.tenant_id = c.tenant_id AND j.n > c.n ORDER BY j.n LIMIT ?) j
			ORDER BY j.tenant_id, j.n`, f.Name, pgdialect.Array(ids), limit)); err != nil {
			return err
		}
		if len(acts) == 0 {
			return nil
		}
		if !f.Stored {
			if err := r.kinds.all(acts); err != nil {
				return err
			}
		}
		if wanted = acts; !f.Imported {
			wanted = slices.DeleteFunc(slices.Clone(acts), func(a Act) bool { return a.Imported })
		}
		if f.Apply != nil && len(wanted) > 0 {
			if err := f.Apply(ctx, tx, wanted); err != nil {
				return err
			}
		}
		more, err = move(ctx, tx, f, acts, limit)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	if f.After != nil && len(wanted) > 0 {
		f.After(ctx, wanted)
	}
	r.counts.acts.WithLabelValues(f.Name).Add(float64(len(acts)))
	r.counts.batches.WithLabelValues(f.Name).Observe(time.Since(begun).Seconds())
	return len(acts), more, nil
}

// move sets the cursors behind acts. It insists that each tenant's acts follow on its cursor without
// a gap: a gap means that the journal was tampered with, and nobody follows over it.
func move(ctx context.Context, tx tenants.SystemTx, f Follower, acts []Act, limit int) (more []behind, err error) {
	var ids, from, to []int64
	for i := 0; i < len(acts); {
		first := acts[i]
		last := first
		for i++; i < len(acts) && acts[i].Tenant == first.Tenant; i++ {
			if acts[i].N != last.N+1 {
				return nil, fmt.Errorf("journal of tenant %s: act %d is followed by %d", first.Tenant, last.N, acts[i].N)
			}
			last = acts[i]
		}
		ids, from, to = append(ids, int64(first.Tenant)), append(from, first.N-1), append(to, last.N)
		if last.N-first.N+1 == int64(limit) {
			more = append(more, behind{TenantID: int32(first.Tenant)})
		}
	}
	res, err := tx.Raw(`UPDATE cursors c SET n = m.upto
		FROM unnest(?::int[], ?::bigint[], ?::bigint[]) m(tenant_id, since, upto)
		WHERE c.tenant_id = m.tenant_id AND c.follower = ? AND c.n = m.since`,
		pgdialect.Array(ids), pgdialect.Array(from), pgdialect.Array(to), f.Name).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("move cursors: %w", err)
	}
	if n, _ := res.RowsAffected(); n != int64(len(ids)) {
		return nil, fmt.Errorf("%d of %d cursors stand where the acts begin: an act is missing in the journal of one of %v", n, len(ids), ids)
	}
	return more, nil
}

// passing reports whether err says nothing about the acts: a lost connection, a deadlock, a server
// that stops or is full.
func passing(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code[:2] {
		case "08", "40", "53", "57":
			return true
		}
		return false
	}
	var ne net.Error
	return errors.As(err, &ne) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err)
}
