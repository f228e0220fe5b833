package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/infra/devstack"
	"wanjie/tenants/tenantstest"
)

// server is the superuser's URL of the test run's PostgreSQL, or of one for this package alone.
func server(t *testing.T) string {
	t.Helper()
	if u := os.Getenv(tenantstest.EnvURL); u != "" {
		return u
	}
	s, err := devstack.Start(t.Context(), devstack.Options{Dir: t.TempDir(), NoKratos: true, NoRedis: true, Progress: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s.PostgresURL
}

func quickBed(t *testing.T) *bed {
	t.Helper()
	b, err := openBed(t.Context(), Options{Dir: t.TempDir(), Server: server(t), Quick: true, Note: func(line string) { t.Log(line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

// The whole way of a writing bench: fill, clone, product, floor; and the floor has written what the
// product wrote.
func TestProvision(t *testing.T) {
	b := quickBed(t)
	ctx := t.Context()
	ground, err := b.ground(ctx, fleet)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.provision(ctx, ground)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if r.Value <= 0 || r.Floor <= 0 || r.Ratio <= 0 || r.Detail["streets"] != provisionedQuick {
		t.Errorf("no measure: %+v", r)
	}
	product, floor := content(t, b, b.run()), content(t, b, b.bare())
	for table, rows := range product {
		if rows == "" {
			t.Errorf("the product wrote nothing into %s", table)
		}
		if rows != floor[table] {
			t.Errorf("%s differs:\n%s\n---\n%s", table, rows, floor[table])
		}
	}
}

// content is what the measured tenants left in a database, but for the clock's times.
func content(t *testing.T, b *bed, database string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := b.super(t.Context(), database, func(c *pgx.Conn) error {
		for table, columns := range map[string]string{
			"ctl.directory": "tenant_id, slug, name, district, state, opening", "ctl.divisions": "tenant_id, code",
			"tenants": "tenant_id, slug, name, state, blueprint, codes", "heads": "tenant_id, n", "data_keys": "tenant_id, version, wrapped",
			"journal": "tenant_id, n, kind, object, object_id, before, after",
		} {
			var rows string
			if err := c.QueryRow(context.Background(), fmt.Sprintf(`SELECT coalesce(string_agg(row::text, E'\n' ORDER BY row::text), '')
				FROM (SELECT %s FROM %s WHERE tenant_id < %d) row`, columns, table, firstOfFleet)).Scan(&rows); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			out[table] = rows
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var firstMoment = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
