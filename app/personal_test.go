package app_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// TestEveryColumnIsCatalogued compares the declared columns with those that the database has.
func TestEveryColumnIsCatalogued(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	rows, err := h.Super(t, tenants.Home).Query(t.Context(), `SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name, column_name, data_type
		FROM information_schema.columns WHERE table_schema IN ('public', 'ctl')`)
	if err != nil {
		t.Fatal(err)
	}
	actual, err := pgx.CollectRows(rows, pgx.RowToStructByPos[keys.Column])
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range keys.Check(app.Columns(), actual) {
		t.Error(finding)
	}
	if found := keys.Check(app.Columns(), append(actual, keys.Column{Table: "cases", Name: "nickname", Type: "text"})); len(found) != 1 {
		t.Errorf("an undeclared column is not found: %v", found)
	}
}

// TestDumpHoldsNothingPersonal fills a street with words and people that carry a mark, then reads
// every row of every table from behind the fence, as a dump would.
func TestDumpHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	mark := "密" + uuid.NewString()[:8]
	h.street(t, mark, 50_000)
	super := h.Super(t, tenants.Home)
	for _, secret := range []string{mark + "诉求人", mark + "内容", mark + "标题", mark + "地址", mark + "intake", "13912345678", "13900000000"} {
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret))} {
			if table := whereIs(t, super, form); table != "" {
				t.Errorf("%q stands readable in table %s", secret, table)
			}
		}
	}
	// The search itself must find what is there: the street's own name is no secret.
	if whereIs(t, super, mark+"街道") != "tenants" {
		t.Error("the search does not find what is plainly there")
	}
}

func whereIs(t *testing.T, c *pgx.Conn, text string) string {
	t.Helper()
	rows, err := c.Query(t.Context(), `SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace
		WHERE nspname IN ('public','ctl') AND relkind='r' ORDER BY c.relname DESC`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, table := range tables {
		var n int
		if err := c.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" r WHERE strpos(r::text, $1) > 0", text).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 && table != "ctl.directory" {
			found = strings.TrimPrefix(table, "public.")
		}
	}
	return found
}
