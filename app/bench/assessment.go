package bench

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/app/assessment"
	"wanjie/app/clock"
	"wanjie/app/web"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
	"wanjie/tenants/keys"
)

// judged is one street with a year of cases, call-backs, results and applications: nothing else is in that database.
var judged = step{"judged", fillJudged}

// Assessment measures the monthly reports of a street with 100,000 cases: milliseconds until the slowest of them is counted,
// with the terms that it is held against. Its detail has each, and the first page of the cases behind a figure at the HTTP client.
func Assessment(ctx context.Context, opt Options) (*Result, error) {
	b, err := openBed(ctx, opt)
	if err != nil {
		return nil, err
	}
	defer b.close()
	name := b.base("assessed")
	if ok, err := b.have(ctx, name); err != nil {
		return nil, err
	} else if !ok {
		if err := b.create(ctx, "assessed", name); err != nil {
			return nil, fmt.Errorf("make %s: %w", name, err)
		}
	}
	if err := b.fill(ctx, name, judged); err != nil {
		return nil, err
	}
	rec := &Recorder{}
	a, err := b.app(ctx, name, rec)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	street, err := open(ctx, a.DB, judgedUnit())
	if err != nil {
		return nil, err
	}
	b.note("counting the monthly reports")
	end, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer end()
	all, err := b.reports(ctx, a, rec, street.ID, b.url(name))
	if err != nil {
		return nil, err
	}
	end()
	slowest, each := 0, map[string]any{}
	for i, r := range all {
		each[r.key] = map[string]any{"product_ms": r.product.spread(), "floor_ms": r.floor.spread(), "ratio": round(middle(r.ratios)), "rows": r.rows}
		if r.product.at(.5) > all[slowest].product.at(.5) {
			slowest = i
		}
	}
	r := all[slowest]
	b.Bill = "" // that was the reports
	pages, err := b.figurePages(ctx, a, rec, street, b.url(name))
	if err != nil {
		return nil, err
	}
	out := &Result{Name: "assessment", Unit: "ms", Value: ms(r.product.at(.5)), Floor: ms(r.floor.at(.5)), Ratio: middle(r.ratios), Detail: map[string]any{
		"cases": b.size.Board, "slowest": r.key, "reports": each, "figure_page_ms": pages.product.spread(), "figure_page_floor_ms": pages.floor.spread(),
	}}
	return b.finish(ctx, out, atMost("a month's report within 2 s", out.Value/1000, 2), atMost("at most 1.5 × floor", out.Ratio, 1.5),
		atMost("first page behind a figure within 200 ms", ms(pages.product.at(.5)), 200))
}

// judgedUnit is where the street lies.
func judgedUnit() division.Unit { return units(provinceOfStreets, 1)[0] }

// counting is how one report was counted, again and again, in turns with its SQL.
type counting struct {
	key            string
	rows           int
	product, floor sample
	ratios         []float64
}

func (b *bed) reports(ctx context.Context, a *app.App, rec *Recorder, street tenants.ID, database string) (out []*counting, err error) {
	var keys []string
	if err := a.DB.Read(ctx, street, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range cfg.Reports.All() {
			if c, ok := cfg.Cycles.Find(r.Cycle); ok && !r.Retired && c.Every == blueprint.EveryMonth {
				keys = append(keys, r.Key)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	rounds := 6
	if b.Quick {
		rounds = 3
	}
	for _, key := range keys {
		one := &counting{key: key}
		for round := range rounds {
			rec.start()
			begun := time.Now()
			one.rows, err = count(ctx, a, street, key)
			took := time.Since(begun)
			sql := rec.stop()
			if err != nil {
				return nil, fmt.Errorf("report %s: %w", key, err)
			}
			floor, err := openFloor(ctx, database, sql)
			if err != nil {
				return nil, err
			}
			counted := b.billed(floor)
			bare, err := floor.timed(ctx, sql)
			floor.close(context.WithoutCancel(ctx))
			if err != nil {
				return nil, err
			}
			if err := counted(); err != nil {
				return nil, err
			}
			if round == 0 { // warms up
				continue
			}
			one.product, one.floor = append(one.product, took), append(one.floor, bare)
			one.ratios = append(one.ratios, float64(took)/float64(bare))
		}
		out = append(out, one)
	}
	return out, nil
}

// count counts a report's newest whole term, as the job does that keeps it.
func count(ctx context.Context, a *app.App, street tenants.ID, key string) (rows int, err error) {
	err = a.DB.Read(ctx, street, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		cfg, err := blueprint.For(ctx, tx)
		if err != nil {
			return err
		}
		r, c, err := assessment.ReportOf(cfg, key)
		if err != nil {
			return err
		}
		s, err := assessment.Count(ctx, tx, cfg, r, c, assessment.LastTerm(c, clock.Now(ctx)), nil)
		if err == nil {
			rows = len(s.Rows)
		}
		return err
	})
	return rows, err
}

// figurePages opens the first page of the cases behind each figure of the month's hotline report.
func (b *bed) figurePages(ctx context.Context, a *app.App, rec *Recorder, street tenants.Tenant, database string) (*read, error) {
	base, stop, err := listen(ctx, a.Handler(web.Limits{}))
	if err != nil {
		return nil, err
	}
	defer stop()
	g := reading{clients: 1, rounds: 4, each: 40}
	if b.Quick {
		g.rounds, g.each = 2, 10
	}
	for _, indicator := range []string{"intake", "handled", "satisfaction", "resolution", "repeat"} {
		g.urls = append(g.urls, "/s/"+street.Slug+"/assessment/reports/hotline-month/cases?"+url.Values{"indicator": {indicator}}.Encode())
	}
	if g.cookie, err = signIn(ctx, a, crew[checker]); err != nil {
		return nil, err
	}
	b.note("opening figures to their cases")
	return g.measure(ctx, b, rec, base, database)
}

// fillJudged opens the street, puts the crew to work, and writes a year of its cases.
func fillJudged(ctx context.Context, b *bed, database string) error {
	a, err := b.app(ctx, database, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	street, err := open(ctx, a.DB, judgedUnit())
	if err != nil {
		return err
	}
	person := make([]int64, len(crew))
	for i, s := range crew {
		if person[i], err = hire(ctx, a, s); err != nil {
			return err
		}
	}
	if err := employ(ctx, a.DB, street.ID, person); err != nil {
		return err
	}
	var box *keys.Box
	if err := a.DB.Read(ctx, street.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) (err error) {
		box, err = tx.Box(ctx)
		return err
	}); err != nil {
		return err
	}
	return b.super(ctx, database, func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "SET synchronous_commit = off; SET session_replication_role = replica"); err != nil {
			return err
		}
		classes, units, err := vocabulary(ctx, c)
		if err != nil {
			return err
		}
		for _, table := range []string{"applications", "callbacks", "remarks", "assignments", "cases"} { // of a fill that was cut off
			if _, err := c.Exec(ctx, "DELETE FROM "+table+" WHERE tenant_id = $1", int32(street.ID)); err != nil {
				return err
			}
		}
		for from := 0; from < b.size.Board; from += casesAtOnce {
			if _, err := c.Exec(ctx, massOfCases, from, min(from+casesAtOnce, b.size.Board)-1, int32(street.ID), 1, 1, classes, units); err != nil {
				return err
			}
		}
		if _, err := c.Exec(ctx, judgedPlaces, int32(street.ID), communitiesOf(judgedUnit().Code)); err != nil {
			return err
		}
		for _, q := range judgedRest {
			if _, err := c.Exec(ctx, q, int32(street.ID)); err != nil {
				return err
			}
		}
		return title(ctx, c, street.ID, box)
	})
}

// title seals a title for every case, so that a list can open it.
func title(ctx context.Context, c *pgx.Conn, street tenants.ID, box *keys.Box) error {
	rows, err := c.Query(ctx, "SELECT id FROM cases WHERE tenant_id = $1", int32(street))
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "CREATE TEMP TABLE titles (id uuid PRIMARY KEY, title bytea NOT NULL)"); err != nil {
		return err
	}
	if _, err := c.CopyFrom(ctx, pgx.Identifier{"titles"}, []string{"id", "title"}, pgx.CopyFromSlice(len(ids), func(i int) ([]any, error) {
		return []any{ids[i], box.Seal(keys.Addr{Table: "cases", Column: "title", ID: ids[i]}, fmt.Sprintf("农贸市场东门外暴露垃圾无人清理（%d）", i))}, nil
	})); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "UPDATE cases c SET title = t.title FROM titles t WHERE c.tenant_id = $1 AND c.id = t.id", int32(street))
	return err
}

// judgedPlaces says where and of whom each case is.
const judgedPlaces = `UPDATE cases SET phone_blind = decode(repeat(md5((floor(random() * 70000))::text), 2), 'hex'), lon = 120.5 + random() * 0.05, lat = 31.28 + random() * 0.05,
	community = coalesce(($2::text[])[1 + floor(random() * array_length($2, 1))::int], '') WHERE tenant_id = $1`

func communitiesOf(unit string) (out []string) {
	for _, c := range division.Communities(unit) {
		out = append(out, c.Code)
	}
	return out
}

// judgedRest is what assessment counts besides: a call-back for two of five that were closed, the
// unit's result of all, and an application for one of twenty.
var judgedRest = []string{
	`INSERT INTO callbacks (tenant_id, id, case_id, person, at, valid, contacted, solved, satisfaction)
		SELECT tenant_id, gen_random_uuid(), id, 5, closed_at + interval '1 day', luck < 0.9, luck < 0.85, luck < 0.8, CASE WHEN luck > 0.9 THEN '' WHEN luck < 0.7 THEN 'satisfied' WHEN luck < 0.8 THEN 'basically' ELSE 'not' END
		FROM (SELECT *, random() AS luck FROM cases WHERE tenant_id = $1 AND closed_at IS NOT NULL AND random() < 0.4) c`,
	`INSERT INTO remarks (tenant_id, id, case_id, kind, person, at, words, words_blind)
		SELECT tenant_id, gen_random_uuid(), id, 'case.handled', 3, closed_at, decode(repeat(md5(number), 5), 'hex'), decode(repeat(md5((floor(random() * 90000))::text), 2), 'hex')
		FROM cases WHERE tenant_id = $1 AND closed_at IS NOT NULL`,
	`INSERT INTO applications (tenant_id, id, case_id, assignment_id, kind, unit, ground, words, until, asked_by, asked_at, decide_by, state, decided_by, decided_at, due_at)
		SELECT c.tenant_id, gen_random_uuid(), c.id, a.id, k.kind, c.unit, 'extend-weather', 'x', CASE WHEN k.kind <> 'return' THEN c.due_at + interval '2 days' END, 3, c.reported_at + interval '1 day', c.reported_at + interval '2 days',
			'refused', 4, c.reported_at + interval '26 hours', c.due_at
		FROM cases c JOIN assignments a ON a.tenant_id = c.tenant_id AND a.case_id = c.id CROSS JOIN LATERAL (SELECT (ARRAY['return', 'extend', 'suspend'])[1 + floor(random() * 3)::int] AS kind) k
		WHERE c.tenant_id = $1 AND random() < 0.05`,
}
