package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
)

// step is one part of the fill, done once for a database.
type step struct {
	name string
	fill func(ctx context.Context, b *bed, database string) error
}

var (
	fleet   = step{"fleet", fillFleet}     // tenants that nobody enters
	streets = step{"streets", fillStreets} // tenants that are measured, with people and cases
	board   = step{"board", fillBoard}     // a district with rollups of a year
	mass    = step{"mass", fillMass}       // cases of the fleet
)

// ground is the name of a filled database without the mass of cases, filled now if it was not yet.
func (b *bed) ground(ctx context.Context, steps ...step) (string, error) {
	name := b.base("ground")
	if ok, err := b.have(ctx, name); err != nil {
		return "", err
	} else if !ok {
		if err := b.create(ctx, "ground", name); err != nil {
			return "", fmt.Errorf("make %s: %w", name, err)
		}
	}
	return name, b.fill(ctx, name, steps...)
}

// massive is the name of a database like ground with the mass of cases in it.
func (b *bed) massive(ctx context.Context) (string, error) {
	ground, err := b.ground(ctx, fleet, streets)
	if err != nil {
		return "", err
	}
	name := b.base("massive")
	ok, err := b.have(ctx, name)
	if err != nil {
		return "", err
	}
	if !ok {
		if err := b.clone(ctx, ground, name); err != nil {
			return "", err
		}
		b.ends = b.ends[:len(b.ends)-1] // this clone stays
	}
	return name, b.fill(ctx, name, fleet, streets, mass)
}

// fill does the steps that are not done yet.
func (b *bed) fill(ctx context.Context, database string, steps ...step) error {
	var changed bool
	for _, s := range steps {
		var done bool
		err := b.super(ctx, database, func(c *pgx.Conn) error {
			if _, err := c.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE IF NOT EXISTS bench.steps (name text PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now())"); err != nil {
				return err
			}
			return c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM bench.steps WHERE name = $1)", s.name).Scan(&done)
		})
		if err != nil {
			return err
		}
		if done {
			continue
		}
		begun := time.Now()
		b.note("filling: %s …", s.name)
		if err := s.fill(ctx, b, database); err != nil {
			return fmt.Errorf("fill %s: %w", s.name, err)
		}
		if err := b.super(ctx, database, func(c *pgx.Conn) error {
			_, err := c.Exec(ctx, "INSERT INTO bench.steps (name) VALUES ($1)", s.name)
			return err
		}); err != nil {
			return err
		}
		b.note("filling: %s done in %.1f s", s.name, time.Since(begun).Seconds())
		changed = true
	}
	if !changed {
		return nil
	}
	return b.super(ctx, database, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "VACUUM (ANALYZE)")
		return err
	})
}

// The fleet's numbers begin here; the measured tenants draw theirs from 1,000,001 on.
const firstOfFleet = 1_500_001

// fillFleet puts the tenants in: directory, row, head, opening act, cursors and seal. They have no data
// key, because nobody enters them, and lie in districts that do not exist.
func fillFleet(ctx context.Context, b *bed, database string) error {
	return b.super(ctx, database, func(c *pgx.Conn) error {
		tx, err := c.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
		for _, q := range []string{
			`CREATE TEMP TABLE f ON COMMIT DROP AS SELECT $1::int + i AS id, 820000 + i % 2978 AS district, '样例街道第' || i || '号' AS name,
				now() - random() * interval '300 days' AS at FROM generate_series(0, $2::int - 1) i`,
			`INSERT INTO ctl.directory (tenant_id, slug, kind, district, placement, name, state, opening, opened_at)
				SELECT id, 'f' || id, 'street', district, 'home', name, 'active', 'bench:' || id, at FROM f`,
			`INSERT INTO ctl.divisions (tenant_id, code, valid_from) SELECT id, district || lpad((id % 1000)::text, 3, '0'), at::date FROM f`,
			`INSERT INTO tenants (tenant_id, slug, kind, district, state, blueprint, name, short_name)
				SELECT id, 'f' || id, 'street', district, 'active', (SELECT id FROM ctl.blueprints WHERE key = 'city-street' ORDER BY number DESC LIMIT 1), name, name FROM f`,
			`INSERT INTO heads (tenant_id, n, at) SELECT id, 1, at FROM f`,
			`INSERT INTO journal (tenant_id, n, kind, version, object, object_id, actor, happened_at, recorded_at, after)
				SELECT id, 1, 'tenant.opened', 1, 'tenant', gen_random_uuid(), 0, at, at, '{"kind": "street"}' FROM f`,
			`INSERT INTO seals (tenant_id, upto, hash) SELECT id, 1, decode(md5(id::text) || md5(at::text), 'hex') FROM f`,
		} {
			args := []any{}
			if q[:6] == "CREATE" {
				args = []any{firstOfFleet, b.size.Tenants}
			}
			if _, err := tx.Exec(ctx, q, args...); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "INSERT INTO cursors (tenant_id, follower, n) SELECT f.id, follower, 1 FROM f CROSS JOIN unnest($1::text[]) follower", followers); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
}

// followers are those that the product runs; [settled] finds a missing one.
var followers = []string{"seal", "meter", "tally", "announce", "hint"}

// settled waits until every follower has followed everything, and answers how long that took.
func settled(ctx context.Context, a *app.App, patience time.Duration) (time.Duration, error) {
	begun := time.Now()
	for {
		lag, err := journal.Lag(ctx, a.DB, followers...)
		if err != nil {
			return 0, err
		}
		var behind int64
		for _, l := range lag {
			behind += l.Acts
		}
		switch took := time.Since(begun); {
		case behind == 0:
			return took, nil
		case took > patience:
			return took, fmt.Errorf("followers are %d acts behind after %.0f s", behind, took.Seconds())
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// rested waits until no job is open at the measured database, and answers how long that took.
func (b *bed) rested(ctx context.Context, patience time.Duration) (time.Duration, error) {
	begun := time.Now()
	for {
		var open int
		if err := b.super(ctx, b.run(), func(c *pgx.Conn) error {
			return c.QueryRow(ctx, "SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND next_at <= now() + interval '1 hour'").Scan(&open)
		}); err != nil {
			return 0, err
		}
		switch took := time.Since(begun); {
		case open == 0:
			return took, nil
		case took > patience:
			return took, fmt.Errorf("%d jobs are open after %.0f s", open, took.Seconds())
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// casesAtOnce is how many cases one statement of the fill writes.
const casesAtOnce = 50_000

// fillMass gives the fleet its cases, half of them in its first fiftieth, with one assignment each.
// What would be sealed is noise of the usual length. They have no acts: what is measured among them
// never reads another tenant's journal.
func fillMass(ctx context.Context, b *bed, database string) error {
	return b.super(ctx, database, func(c *pgx.Conn) error {
		// Checks of foreign keys are off: the two statements agree by construction.
		if _, err := c.Exec(ctx, "SET synchronous_commit = off; SET session_replication_role = replica"); err != nil {
			return err
		}
		classes, units, err := vocabulary(ctx, c)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "DELETE FROM assignments WHERE tenant_id >= $1", firstOfFleet); err != nil { // of a fill that was cut off
			return err
		}
		if _, err := c.Exec(ctx, "DELETE FROM cases WHERE tenant_id >= $1", firstOfFleet); err != nil {
			return err
		}
		for from := 0; from < b.size.Cases; from += casesAtOnce {
			upto := min(from+casesAtOnce, b.size.Cases)
			if _, err := c.Exec(ctx, massOfCases, from, upto-1, firstOfFleet, b.size.Tenants, max(1, b.size.Tenants/50), classes, units); err != nil {
				return err
			}
			b.note("filling: %d of %d cases", upto, b.size.Cases)
		}
		return nil
	})
}

// massOfCases makes the cases $1 … $2 over the $4 tenants from $3 on, every other one in the first $5.
const massOfCases = `WITH r AS MATERIALIZED (
	SELECT i, $3::int + (i / 2) % CASE WHEN i % 2 = 0 THEN $5::int ELSE $4::int END AS tenant, now() - random() * interval '365 days' AS at,
		random() AS luck, ($6::text[])[1 + floor(random() ^ 2 * array_length($6, 1))::int] AS class, ($7::text[])[1 + floor(random() * array_length($7, 1))::int] AS unit
	FROM generate_series($1::int, $2::int) i),
c AS MATERIALIZED (
	SELECT r.*, (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || substr(m, 1, 3) || '-8' || substr(m, 4, 3) || '-' || substr(m, 7, 12))::uuid AS id, luck < 0.94 AS ended
	FROM r, LATERAL (SELECT lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS h, md5(i::text || luck) AS m) x),
written AS (
	INSERT INTO cases (tenant_id, id, number, channel, class, stage, unit, title, description, address, petitioner, phone, phone_blind, blueprint, revision,
		reported_by, reported_at, filed_at, due_at, checked_by, checked_at, closed_at, ended_at, outcome)
	SELECT tenant, id, to_char(at, 'YYYYMMDD') || '-' || lpad(i::text, 7, '0'), 'hotline', class, CASE WHEN ended THEN 'archived' ELSE 'handling' END, unit,
		decode(repeat(md5(i || 't'), 5), 'hex'), decode(repeat(md5(i || 'd'), 16), 'hex'), decode(repeat(md5(i || 'a'), 5), 'hex'),
		decode(repeat(md5(i || 'p'), 3), 'hex'), decode(repeat(md5(i || 'n'), 3), 'hex'), decode(repeat(md5(i || 'b'), 2), 'hex'), 1, 0,
		1, at, at, at + interval '5 days', CASE WHEN ended THEN 4 END, CASE WHEN ended THEN at + luck * interval '6 days' END,
		CASE WHEN ended THEN at + luck * interval '6 days' END, CASE WHEN ended THEN at + luck * interval '6 days' END,
		CASE WHEN NOT ended THEN '' WHEN luck < 0.9 THEN 'on_time' ELSE 'overdue' END
	FROM c ORDER BY tenant, at)
INSERT INTO assignments (tenant_id, id, case_id, role, unit, state, basis, dispatched_by, dispatched_at, receive_by, received_by, received_at, handled_by, handled_at)
SELECT tenant, gen_random_uuid(), id, 'lead', unit, CASE WHEN ended THEN 'done' ELSE 'received' END, 'statutory', 2, at, at + interval '2 hours', 3, at + interval '1 hour',
	CASE WHEN ended THEN 3 END, CASE WHEN ended THEN at + luck * interval '5 days' END
FROM c ORDER BY tenant, at`

// vocabulary is the classes and units of the newest blueprint, so that the fill looks like the real thing.
func vocabulary(ctx context.Context, c *pgx.Conn) (classes, units []string, err error) {
	const keysOf = `SELECT array_agg(key ORDER BY key) FROM ctl.blueprint_items WHERE kind = $1
		AND blueprint = (SELECT id FROM ctl.blueprints WHERE key = 'city-street' ORDER BY number DESC LIMIT 1)`
	if err := c.QueryRow(ctx, keysOf, string(blueprint.Classes)).Scan(&classes); err != nil {
		return nil, nil, err
	}
	if err := c.QueryRow(ctx, keysOf, string(blueprint.Units)).Scan(&units); err != nil {
		return nil, nil, err
	}
	return classes, units, nil
}
