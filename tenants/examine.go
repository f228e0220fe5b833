package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Login is what PostgreSQL says of the role that a surface logs in as.
type Login struct {
	Surface   string
	Name      string
	Super     bool // walks through every fence
	Bypass    bool // walks through row level security
	Inherits  bool // has its scope role's grants without stepping into it
	OwnsTable bool // could switch a fence off
}

// Logins asks each surface of a placement who it is.
func (db *DB) Logins(ctx context.Context, placement string) ([]Login, error) {
	var out []Login
	for _, s := range []surface{onGateway, onTenant, onDistrict, onVendor, onSystem} {
		l := Login{Surface: string(s)}
		err := db.run(ctx, placement, &scope{surface: s, readOnly: true}, func(ctx context.Context, tx bun.Tx) error {
			return tx.NewRaw(`SELECT rolname, rolsuper, rolbypassrls, rolinherit,
				EXISTS (SELECT FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p') AND relnamespace IN ('public'::regnamespace, 'ctl'::regnamespace))
				FROM pg_roles r WHERE rolname = session_user`).Scan(ctx, &l.Name, &l.Super, &l.Bypass, &l.Inherits, &l.OwnsTable)
		})
		if err != nil {
			return nil, fmt.Errorf("surface %s: %w", s, err)
		}
		out = append(out, l)
	}
	return out, nil
}

// Fences lists the tables of a placement whose fence has a hole: no row level security, not forced,
// or without exactly the tenant's policy.
func (db *DB) Fences(ctx context.Context, placement string) (open []string, err error) {
	err = db.System(ctx, placement, func(ctx context.Context, tx SystemTx) error {
		return tx.Raw(`SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
			AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'public'
				AND p.tablename = c.relname AND p.policyname = 'tenant' AND p.roles = '{wanjie_tenant}'
				AND p.qual = '(tenant_id = wj_tenant())' AND p.with_check = '(tenant_id = wj_tenant())')) ORDER BY 1`).Scan(ctx, &open)
	})
	return open, err
}

// Clock is a placement's clock.
func (db *DB) Clock(ctx context.Context, placement string) (at time.Time, err error) {
	err = db.System(ctx, placement, func(ctx context.Context, tx SystemTx) error {
		return tx.Raw("SELECT clock_timestamp()").Scan(ctx, &at)
	})
	return at, err
}

// Migration is the newest migration that a placement has.
func (db *DB) Migration(ctx context.Context, placement string) (n int64, err error) {
	err = db.System(ctx, placement, func(ctx context.Context, tx SystemTx) error {
		return tx.Raw("SELECT max(version_id) FROM ctl.migrations WHERE is_applied").Scan(ctx, &n)
	})
	return n, err
}
