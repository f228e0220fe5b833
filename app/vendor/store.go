package vendor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/billing"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/division"
)

// street is a row of the directory.
type street struct {
	TenantID   int32
	Slug       string
	Kind       string
	District   int32
	Placement  string
	Name       string
	State      string
	Contract   string
	OpenedAt   time.Time
	TrialUntil time.Time `bun:",nullzero"`
	Code       string    // main division code, "" for none
}

func (s street) id() tenants.ID { return tenants.ID(s.TenantID) }

const fromDirectory = `SELECT d.tenant_id, d.slug, d.kind, d.district, d.placement, d.name, d.state, d.contract, d.opened_at, d.trial_until, coalesce(v.code, '') AS code
	FROM ctl.directory d LEFT JOIN LATERAL (SELECT code FROM ctl.divisions v WHERE v.tenant_id = d.tenant_id AND v.valid_to IS NULL ORDER BY valid_from, code LIMIT 1) v ON true`

// byCodes finds the tenants that hold these division codes.
func byCodes(ctx context.Context, tx tenants.VendorTx, codes []string) (map[string]street, error) {
	out := map[string]street{}
	if len(codes) == 0 {
		return out, nil
	}
	var rows []street
	// A closed tenant still holds its code: it is reopened, and none is opened beside it.
	err := tx.Raw(`SELECT d.tenant_id, d.slug, d.kind, d.district, d.placement, d.name, d.state, d.contract, d.opened_at, d.trial_until, v.code
		FROM ctl.divisions v JOIN ctl.directory d USING (tenant_id) WHERE v.code IN (?) AND v.valid_to IS NULL ORDER BY d.state <> 'closed', d.tenant_id`, bun.List(codes)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("tenants by division code: %w", err)
	}
	for _, s := range rows {
		out[s.Code] = s
	}
	return out, nil
}

// where says which rows of ctl.directory (d) fit; codes are those of the units that the search found in
// the division list.
func (f filter) where(codes []string) (string, []any) {
	where, args := " WHERE true", []any{}
	if f.state != "" {
		where, args = where+" AND d.state = ?", append(args, f.state)
	}
	if f.province != 0 {
		where, args = where+" AND d.district >= ? AND d.district < ?", append(args, f.province*10000, (f.province+1)*10000)
	}
	if f.query != "" {
		// By code or path of its unit, or by the name it gave itself.
		where, args = where+" AND (position(? in d.name) > 0 OR d.slug = ?", append(args, f.query, f.query)
		if len(codes) > 0 {
			where, args = where+" OR d.tenant_id IN (SELECT tenant_id FROM ctl.divisions WHERE code IN (?) AND valid_to IS NULL)", append(args, bun.List(codes))
		}
		where += ")"
	}
	return where, args
}

// codesOf are the codes of the units of the country that a search finds, as many as it may find.
func codesOf(query string) []string {
	if query == "" {
		return nil
	}
	found := division.Search(query, most)
	codes := make([]string, len(found))
	for i, u := range found {
		codes[i] = u.Code
	}
	return codes
}

// opened answers one page of the tenants that fit, district by district, and how many fit. Codes are
// looked up for the page alone: with 41,352 tenants that is 5 ms in place of 150.
func opened(ctx context.Context, tx tenants.VendorTx, f filter, size int) (rows []street, total int, err error) {
	where, args := f.where(codesOf(f.query))
	if err := tx.Raw("SELECT count(*) FROM ctl.directory d"+where, args...).Scan(ctx, &total); err != nil {
		return nil, 0, fmt.Errorf("count tenants: %w", err)
	}
	page := "(SELECT * FROM ctl.directory d" + where + " ORDER BY d.district, d.tenant_id LIMIT ? OFFSET ?) d"
	err = tx.Raw(strings.Replace(fromDirectory, "ctl.directory d", page, 1)+" ORDER BY d.district, d.tenant_id", append(args, size, (f.page-1)*size)...).Scan(ctx, &rows)
	if err != nil {
		return nil, 0, fmt.Errorf("tenants: %w", err)
	}
	return rows, total, nil
}

// byID finds one tenant; fault.NotFound for none.
func byID(ctx context.Context, tx tenants.VendorTx, id tenants.ID) (s street, err error) {
	err = tx.Raw(fromDirectory+" WHERE d.tenant_id = ?", int32(id)).Scan(ctx, &s)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "没有这个租户")
	}
	if err != nil {
		return s, fmt.Errorf("tenant %d: %w", id, err)
	}
	return s, nil
}

// pointer is what a tenant is made of.
type pointer struct {
	TenantID  int32
	Blueprint int32
	Revision  int64
	Acts      int64
	At        time.Time // of the newest act
}

// pointers reads blueprint, revision and head of tenants at the transaction's placement.
func pointers(ctx context.Context, tx tenants.VendorTx, ids []int32) (map[int32]pointer, error) {
	var rows []pointer
	err := tx.Raw(`SELECT t.tenant_id, t.blueprint, t.revision, h.n AS acts, CASE WHEN h.n = 0 THEN NULL ELSE h.at END AS at
		FROM tenants t JOIN heads h USING (tenant_id) WHERE t.tenant_id IN (?)`, bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("blueprints of tenants: %w", err)
	}
	out := map[int32]pointer{}
	for _, p := range rows {
		out[p.TenantID] = p
	}
	return out, nil
}

// atPlaces runs f at each placement that holds some of streets, with their numbers.
func (c *console) atPlaces(ctx context.Context, streets []street, f func(context.Context, tenants.VendorTx, []int32) error) error {
	of := map[string][]int32{}
	for _, s := range streets {
		of[s.Placement] = append(of[s.Placement], s.TenantID)
	}
	for placement, ids := range of {
		if err := c.DB.Vendor(ctx, placement, func(ctx context.Context, tx tenants.VendorTx) error { return f(ctx, tx, ids) }); err != nil {
			return fmt.Errorf("placement %s: %w", placement, err)
		}
	}
	return nil
}

// details are pointer and this month's filed cases of the streets of a page.
func (c *console) details(ctx context.Context, streets []street) (map[int32]pointer, map[int32]map[string]int64, error) {
	all, usage := map[int32]pointer{}, map[int32]map[string]int64{}
	err := c.atPlaces(ctx, streets, func(ctx context.Context, tx tenants.VendorTx, ids []int32) error {
		ps, err := pointers(ctx, tx, ids)
		if err != nil {
			return err
		}
		for id, p := range ps {
			all[id] = p
		}
		us, err := billing.MonthOf(ctx, tx, thisMonth(ctx).Format("2006-01"), ids)
		for _, u := range us {
			if usage[u.TenantID] == nil {
				usage[u.TenantID] = map[string]int64{}
			}
			usage[u.TenantID][u.Meter] = u.Qty
		}
		return err
	})
	return all, usage, err
}

func thisMonth(ctx context.Context) time.Time {
	d := clock.Day(clock.Now(ctx))
	return d.AddDate(0, 0, 1-d.Day())
}

// editions are the published blueprints by id, and the newest of each that opens a street.
func (c *console) editions(ctx context.Context) (byID map[int32]blueprint.Edition, streets []blueprint.Edition, err error) {
	var all []blueprint.Edition
	err = c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		all, err = blueprint.Editions(ctx, tx)
		return err
	})
	byID = map[int32]blueprint.Edition{}
	seen := map[string]bool{}
	for _, e := range all {
		byID[e.ID] = e
		if e.For == string(tenants.Street) && !seen[e.Key] {
			seen[e.Key] = true
			streets = append(streets, e)
		}
	}
	return byID, streets, err
}

// kindState counts the jobs of one kind at a placement that are not done.
type kindState struct {
	Kind, Queue           string
	Waiting, Sent, Failed int64
	Retrying              int64
	Oldest                float64 // seconds that the oldest due one waits
}

func jobsByKind(ctx context.Context, tx tenants.VendorTx) ([]kindState, error) {
	var out []kindState
	now := clock.Now(ctx)
	err := tx.Raw(`SELECT kind, queue, count(*) FILTER (WHERE failed_at IS NULL AND sent_at IS NULL) AS waiting, count(*) FILTER (WHERE failed_at IS NULL AND sent_at IS NOT NULL) AS sent,
			count(*) FILTER (WHERE failed_at IS NOT NULL) AS failed, count(*) FILTER (WHERE failed_at IS NULL AND attempts > 0) AS retrying,
			coalesce(extract(epoch FROM ?0::timestamptz - min(next_at) FILTER (WHERE failed_at IS NULL AND sent_at IS NULL AND next_at <= ?0)), 0)::float8 AS oldest
		FROM outbox WHERE done_at IS NULL GROUP BY 1, 2 ORDER BY failed DESC, waiting DESC, kind`, now).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("jobs by kind: %w", err)
	}
	return out, nil
}

// server is the database behind a placement.
type server struct {
	Version   string
	Migration int64
	Bytes     int64
	Tenants   int64
}

func serverOf(ctx context.Context, tx tenants.VendorTx) (s server, err error) {
	err = tx.Raw(`SELECT current_setting('server_version') AS version, (SELECT max(version_id) FROM ctl.migrations WHERE is_applied) AS migration,
		pg_database_size(current_database()) AS bytes, (SELECT count(*) FROM tenants) AS tenants`).Scan(ctx, &s)
	if err != nil {
		return s, fmt.Errorf("database version: %w", err)
	}
	s.Version, _, _ = strings.Cut(s.Version, " ")
	return s, nil
}

// namesOf answers slugs and names of tenants for lists that know numbers only.
func (c *console) namesOf(ctx context.Context, ids []int32) (map[int32]street, error) {
	out := map[int32]street{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []street
	err := c.DB.Vendor(ctx, tenants.Home, func(ctx context.Context, tx tenants.VendorTx) error {
		return tx.Raw(fromDirectory+" WHERE d.tenant_id IN (?)", bun.List(ids)).Scan(ctx, &rows)
	})
	for _, s := range rows {
		out[s.TenantID] = s
	}
	return out, err
}
