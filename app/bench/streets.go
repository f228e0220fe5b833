package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/app/auth"
	"wanjie/app/cases"
	"wanjie/app/clock"
	"wanjie/tenants"
	"wanjie/tenants/division"
)

// Where the measured streets lie. The provinces have thousands of them, so none is used twice.
const (
	provinceOfStreets   = 33
	provinceOfBoard     = 32
	provinceOfProvision = 51
)

// units are the first n real streets and towns of a province.
func units(province int32, n int) []division.Unit {
	var out []division.Unit
	for _, area := range division.InProvince(province) {
		for _, u := range division.InDistrict(area.Code) {
			if len(out) < n && u.Kind.Basic() && !u.Placeholder() {
				out = append(out, u)
			}
		}
	}
	return out
}

// streetsOfBoard is how many streets the measured district has.
const streetsOfBoard = 14

// boardUnits are the streets of the first district of its province that has enough of them.
func boardUnits() []division.Unit {
	for _, area := range division.InProvince(provinceOfBoard) {
		var out []division.Unit
		for _, u := range division.InDistrict(area.Code) {
			if u.Kind == division.Street && !u.Placeholder() {
				out = append(out, u)
			}
		}
		if len(out) >= streetsOfBoard {
			return out[:streetsOfBoard]
		}
	}
	return nil
}

// open opens the street of a unit, or finds it.
func open(ctx context.Context, db *tenants.DB, u division.Unit) (tenants.Tenant, error) {
	t, _, err := app.OpenStreet(ctx, db, app.StreetPlan{Code: u.Code, Blueprint: "city-street", Contract: "bench"})
	return t, err
}

// fillStreets opens the measured streets, puts the crew to work there, and walks real cases through
// the verbs: a third still open in each stage, the rest closed.
func fillStreets(ctx context.Context, b *bed, database string) error {
	a, err := b.app(ctx, database, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	person := make([]int64, len(crew))
	for i, s := range crew {
		if person[i], err = hire(ctx, a, s); err != nil {
			return err
		}
	}
	for i, u := range units(provinceOfStreets, b.size.Streets) {
		t, err := open(ctx, a.DB, u)
		if err != nil {
			return err
		}
		if err := employ(ctx, a.DB, t.ID, person); err != nil {
			return err
		}
		var have int
		if err := b.super(ctx, database, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, "SELECT count(*) FROM cases WHERE tenant_id = $1", int32(t.ID)).Scan(&have)
		}); err != nil {
			return err
		}
		for n := have; n < b.size.Each; n++ {
			if err := walk(ctx, a.DB, t, person, n); err != nil {
				return fmt.Errorf("case %d of %s: %w", n, t.Name, err)
			}
		}
		if i%16 == 15 {
			b.note("filling: %d of %d measured streets", i+1, b.size.Streets)
		}
	}
	return follow(ctx, a)
}

// follow runs the followers until nothing is behind.
func follow(ctx context.Context, a *app.App) error {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Work(ctx) }()
	_, err := settled(ctx, a, 2*time.Minute)
	stop()
	if end := <-ended; err == nil {
		err = end
	}
	return err
}

// report is a case as the 12345 hotline sends it.
func report(n int, community string) cases.Intake {
	return cases.Intake{
		Channel: "hotline", UpperNo: fmt.Sprintf("%s%06d", "2026", n), Class: classOfCases, Community: community,
		Words: cases.Words{
			Title:       fmt.Sprintf("农贸市场东门外暴露垃圾无人清理（%d）", n),
			Description: "来电人反映：农贸市场东门外人行道上长期堆放生活垃圾，气味大，影响居民出行，多次向物业反映未果，希望尽快清理并加强日常保洁。",
			Address:     "人民路188号农贸市场东门外人行道", Petitioner: "周女士", Phone: fmt.Sprintf("138%08d", n),
		},
	}
}

// communityOf is a community of a unit, or none.
func communityOf(unit string, n int) string {
	all := division.Communities(unit)
	if len(all) == 0 {
		return ""
	}
	return all[n%len(all)].Code
}

// walk takes a case as far as its number says: five of six stay open at some stage, one is closed.
func walk(ctx context.Context, db *tenants.DB, t tenants.Tenant, person []int64, n int) error {
	by := func(who int, f func(context.Context, tenants.Tx) error) error {
		return db.Write(ctx, t.ID, tenants.Actor{Person: person[who]}, f)
	}
	var id uuid.UUID
	err := by(reporter, func(ctx context.Context, tx tenants.Tx) error {
		in := report(n, communityOf(t.Codes[0], n))
		in.ReportedAt = clock.Now(ctx).Add(-time.Duration(n) * time.Hour)
		c, err := cases.Report(ctx, tx, in)
		if err != nil {
			return err
		}
		id = c.ID
		return nil
	})
	far := n % 6
	if err != nil || far < 2 {
		return err
	}
	if err := by(dispatcher, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Dispatch(ctx, tx, id, cases.Order{Unit: handledBy, Basis: cases.Statutory})
		return err
	}); err != nil || far < 4 {
		return err
	}
	if err := by(handler, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Handle(ctx, tx, id, "已安排保洁人员清运，现场恢复整洁。")
		return err
	}); err != nil || far < 5 {
		return err
	}
	return by(checker, func(ctx context.Context, tx tenants.Tx) error {
		_, err := cases.Check(ctx, tx, id, cases.Finding{Pass: true, Close: true})
		return err
	})
}

// measured finds the streets that fillStreets opened, in the order of their numbers.
func (b *bed) measured(ctx context.Context, database string) (out []place, err error) {
	err = b.super(ctx, database, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT t.slug, split_part(t.codes, ' ', 1) AS code FROM tenants t
			WHERE EXISTS (SELECT FROM grants g WHERE g.tenant_id = t.tenant_id) ORDER BY t.tenant_id`)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[place])
		return err
	})
	return out, err
}

// place is a measured street.
type place struct{ Slug, Code string }

// fillBoard opens a district's streets and gives them rollups of a year, and the analyst who reads them.
func fillBoard(ctx context.Context, b *bed, database string) error {
	a, err := b.app(ctx, database, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	var ids []int32
	var communities []string
	all := boardUnits()
	for _, u := range all {
		t, err := open(ctx, a.DB, u)
		if err != nil {
			return err
		}
		ids = append(ids, int32(t.ID))
		communities = append(communities, u.Code)
	}
	if err := follow(ctx, a); err != nil {
		return err
	}
	person, err := hire(ctx, a, analyst)
	if err != nil {
		return err
	}
	if err := a.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return auth.GiveUpper(ctx, tx, auth.Machine(), person, auth.UpperGrant{Scope: auth.InDistrict, District: all[0].District, Role: auth.DistrictAnalyst})
	}); err != nil {
		return err
	}
	return b.super(ctx, database, func(c *pgx.Conn) error {
		classes, units, err := vocabulary(ctx, c)
		if err != nil {
			return err
		}
		tx, err := c.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
		if _, err := tx.Exec(ctx, yearOfCases, ids, communities, b.size.Board, classes, units); err != nil {
			return err
		}
		for _, q := range []string{tallyDays, tallyMonths, tallyYears, nameKeys} {
			if _, err := tx.Exec(ctx, q, all[0].District); err != nil {
				return err
			}
		}
		return tx.Commit(ctx)
	})
}

// The fill of the board: cases of the last 365 days in a temporary table, few classes with most of them
// as everywhere, and what the follower would have counted for them.
const (
	yearOfCases = `CREATE TEMP TABLE y ON COMMIT DROP AS
		SELECT tenant_id, today - age AS day, CASE WHEN luck < 0.95 AND age >= took THEN today - age + took END AS closed, luck < 0.9 AS on_time, luck > 0.99 AS late,
			class, unit, channel, community
		FROM (SELECT s.tenant_id, (now() AT TIME ZONE 'Asia/Shanghai')::date AS today, floor(random() * 365)::int AS age, floor(random() * 6)::int AS took, random() AS luck,
				($4::text[])[1 + floor(random() ^ 2 * array_length($4, 1))::int] AS class, ($5::text[])[1 + floor(random() * array_length($5, 1))::int] AS unit,
				(ARRAY['hotline', 'grid', 'phone', 'window', 'city', 'resident'])[1 + floor(random() ^ 2 * 6)::int] AS channel,
				s.unit_code || lpad((1 + floor(random() * 10))::int::text, 3, '0') AS community
			FROM unnest($1::int[], $2::text[]) s(tenant_id, unit_code), generate_series(1, $3::int)) x`
	tallyDays = `INSERT INTO tallies AS t (tenant_id, day, dim, key, district, received, closed, on_time, overdue, late)
		SELECT tenant_id, at, dim, key, $1::int, sum(received), sum(closed), sum(on_time), sum(overdue), sum(late) FROM (
			SELECT y.tenant_id, e.at, d.dim, d.key, e.received, e.closed, e.on_time, e.overdue, e.late FROM y,
				LATERAL (VALUES ('all', ''), ('class', class), ('unit', unit), ('channel', channel), ('community', community)) d(dim, key),
				LATERAL (VALUES (day, 1, 0, 0, 0, CASE WHEN closed IS NULL AND y.late THEN 1 ELSE 0 END),
					(closed, 0, 1, CASE WHEN y.on_time THEN 1 ELSE 0 END, CASE WHEN y.on_time THEN 0 ELSE 1 END, 0)) e(at, received, closed, on_time, overdue, late)
			WHERE e.at IS NOT NULL) u
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`
	tallyMonths = `INSERT INTO tally_months (tenant_id, month, dim, key, district, received, closed, on_time, overdue, late)
		SELECT tenant_id, date_trunc('month', day)::date, dim, key, district, sum(received), sum(closed), sum(on_time), sum(overdue), sum(late)
		FROM tallies WHERE district = $1::int GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4`
	tallyYears = `INSERT INTO tally_years (tenant_id, year, dim, key, district, received, closed, on_time, overdue, late)
		SELECT tenant_id, date_trunc('year', month)::date, dim, key, district, sum(received), sum(closed), sum(on_time), sum(overdue), sum(late)
		FROM tally_months WHERE district = $1::int GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4`
	nameKeys = `INSERT INTO labels (tenant_id, dim, key, district, label)
		SELECT DISTINCT m.tenant_id, m.dim, m.key, m.district, coalesce(i.body ->> 'title', i.body ->> 'short', i.body ->> 'name', m.key) FROM tally_months m
		LEFT JOIN tenants t ON t.tenant_id = m.tenant_id
		LEFT JOIN ctl.blueprint_items i ON i.blueprint = t.blueprint AND i.kind = m.dim AND i.key = m.key
		WHERE m.district = $1::int AND m.dim <> 'all' ON CONFLICT DO NOTHING`
)
