package tenants_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The catalogue gate: what every table of the house must look like, asked of PostgreSQL itself.
// Each query lists offenders; the reason stands beside it.
var gate = []struct{ rule, query string }{
	{"every table in public has tenant_id int4 NOT NULL", `
		SELECT c.relname FROM pg_class c WHERE c.relnamespace='public'::regnamespace AND c.relkind IN ('r','p')
		AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid=c.oid AND a.attname='tenant_id' AND a.attnotnull AND a.atttypid='int4'::regtype)`},
	{"row level security is on and forced", `
		SELECT relname FROM pg_class WHERE relnamespace='public'::regnamespace AND relkind IN ('r','p') AND NOT (relrowsecurity AND relforcerowsecurity)`},
	{"the tenant's policy is exactly the fence's", `
		SELECT c.relname FROM pg_class c WHERE c.relnamespace='public'::regnamespace AND c.relkind IN ('r','p')
		AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname='public' AND p.tablename=c.relname AND p.policyname='tenant'
			AND p.roles='{wanjie_tenant}' AND p.cmd='ALL' AND p.qual='(tenant_id = wj_tenant())' AND p.with_check='(tenant_id = wj_tenant())')`},
	{"no other policy lets the tenant role in", `
		SELECT tablename||'.'||policyname FROM pg_policies WHERE schemaname='public' AND policyname<>'tenant' AND ('wanjie_tenant'=ANY(roles) OR 'public'=ANY(roles))`},
	{"primary keys and unique indexes lead with tenant_id", `
		SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid=i.indrelid
		WHERE c.relnamespace='public'::regnamespace AND i.indisunique
		AND (SELECT attname FROM pg_attribute WHERE attrelid=c.oid AND attnum=i.indkey[0]) <> 'tenant_id'`},
	{"an index that does not lead with tenant_id or district says why in its comment", `
		SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid=i.indrelid
		WHERE c.relnamespace='public'::regnamespace
		AND (SELECT attname FROM pg_attribute WHERE attrelid=c.oid AND attnum=i.indkey[0]) NOT IN ('tenant_id','district')
		AND obj_description(i.indexrelid,'pg_class') IS NULL`},
	{"foreign keys between fenced tables carry tenant_id on both sides", `
		SELECT f.conrelid::regclass||' '||f.conname FROM pg_constraint f JOIN pg_class c ON c.oid=f.conrelid JOIN pg_class d ON d.oid=f.confrelid
		WHERE f.contype='f' AND c.relnamespace='public'::regnamespace AND d.relnamespace='public'::regnamespace
		AND NOT ((SELECT attname FROM pg_attribute WHERE attrelid=c.oid AND attnum=f.conkey[1])='tenant_id'
		     AND (SELECT attname FROM pg_attribute WHERE attrelid=d.oid AND attnum=f.confkey[1])='tenant_id')`},
	{"no materialised views, and views run as their caller", `
		SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace,'ctl'::regnamespace)
		AND (relkind='m' OR relkind='v' AND NOT coalesce(reloptions,'{}')::text[] @> ARRAY['security_invoker=true'])`},
	{"no function runs as its owner", `
		SELECT proname FROM pg_proc WHERE pronamespace IN ('public'::regnamespace,'ctl'::regnamespace) AND prosecdef`},
	{"nobody may TRUNCATE, REFERENCE or TRIGGER", `
		SELECT table_name||' '||grantee||' '||privilege_type FROM information_schema.role_table_grants
		WHERE table_schema IN ('public','ctl') AND grantee LIKE 'wanjie\_%' AND grantee<>'wanjie_owner' AND privilege_type IN ('TRUNCATE','REFERENCES','TRIGGER')`},
	{"logins hold no privilege of their own", `
		SELECT table_name||' '||grantee FROM information_schema.role_table_grants WHERE grantee LIKE 'wanjie\_%\_login' OR grantee='PUBLIC' AND table_schema IN ('public','ctl')`},
	{"scope roles and logins are weak", `
		SELECT rolname FROM pg_roles WHERE rolname LIKE 'wanjie\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolname LIKE '%\_login' AND rolinherit)`},
	{"filter columns have leakproof equality: no enums, no numeric", `
		SELECT c.relname||'.'||a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid=c.oid JOIN pg_type t ON t.oid=a.atttypid
		WHERE c.relnamespace='public'::regnamespace AND c.relkind IN ('r','p') AND a.attnum>0 AND (t.typtype='e' OR t.typname='numeric')`},
	{"every table has a comment", `
		SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace,'ctl'::regnamespace) AND relkind IN ('r','p')
		AND relname<>'migrations' AND obj_description(oid,'pg_class') IS NULL`},
}

func TestCatalogueGate(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	c := w.Super(t, tenants.Home)
	for _, g := range gate {
		if bad := list(t, c, g.query); len(bad) > 0 {
			t.Errorf("%s; offenders: %s", g.rule, strings.Join(bad, ", "))
		}
	}
}

// TestCatalogueGateFindsOffenders plants one offender of each kind and sees the gate catch it.
func TestCatalogueGateFindsOffenders(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	c := w.Super(t, tenantstest.Other)
	tx, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context())) // the offenders must not stay
	for _, q := range []string{
		"CREATE TABLE loose (id int PRIMARY KEY, parent uuid, price numeric, UNIQUE (parent))",
		"CREATE TABLE half (tenant_id int NOT NULL, id uuid, case_id uuid, PRIMARY KEY (tenant_id, id), UNIQUE (id))",
		"CREATE TABLE child (tenant_id int NOT NULL, half uuid REFERENCES half (id))",
		"CREATE INDEX loose_parent ON loose (parent)",
		"CREATE VIEW seen AS SELECT * FROM journal",
		"CREATE FUNCTION owned() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
		"GRANT TRUNCATE ON loose TO wanjie_tenant",
		"GRANT SELECT ON loose TO wanjie_tenant_login",
		"CREATE POLICY more ON heads FOR SELECT TO wanjie_tenant USING (true)",
		"ALTER ROLE wanjie_system CREATEDB",
	} {
		if _, err := tx.Exec(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	for _, g := range gate {
		if bad := list(t, tx.Conn(), g.query); len(bad) == 0 {
			t.Errorf("the gate does not see the planted offender against: %s", g.rule)
		}
	}
}

func list(t *testing.T, c *pgx.Conn, query string) []string {
	t.Helper()
	rows, err := c.Query(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

// TestTwins seeds two tenants with alike rows in every table of the catalogue and tries, as the one,
// to see, change, take or plant rows of the other without naming any predicate.
func TestTwins(t *testing.T) {
	t.Parallel()
	w := tenantstest.Open(t)
	a, b := w.Street(t), w.Street(t)
	super := w.Super(t, tenants.Home)
	tables := list(t, super, `SELECT relname FROM pg_class WHERE relnamespace='public'::regnamespace AND relkind='r' ORDER BY 1`)
	if len(tables) < 8 {
		t.Fatalf("only %d tables in the catalogue", len(tables))
	}
	login, err := url.Parse(w.Owner[tenants.Home])
	if err != nil {
		t.Fatal(err)
	}
	login.User = url.User("wanjie_tenant_login")
	as, err := pgx.Connect(t.Context(), login.String())
	if err != nil {
		t.Fatal(err)
	}
	defer as.Close(context.WithoutCancel(t.Context())) // the test is over

	for _, table := range tables {
		for _, id := range []tenants.ID{a.ID, b.ID} {
			plant(t, super, table, id)
		}
		read := func(q string) (n int, err error) {
			err = scoped(t, as, a.ID, func(tx pgx.Tx) error { return tx.QueryRow(t.Context(), q).Scan(&n) })
			return n, err
		}
		if may(t, super, table, "SELECT") {
			if n, err := read("SELECT count(*) FROM " + table); err != nil || n == 0 {
				t.Errorf("%s: own rows seen: %d (%v)", table, n, err)
			}
			if n, err := read(fmt.Sprintf("SELECT count(*) FROM %s WHERE tenant_id <> %d", table, a.ID)); err != nil || n != 0 {
				t.Errorf("%s: %d foreign rows seen (%v)", table, n, err)
			}
			if n, err := read(fmt.Sprintf("SELECT count(*) FROM %s WHERE tenant_id = %d", table, b.ID)); err != nil || n != 0 {
				t.Errorf("%s: %d rows of the neighbour seen by name (%v)", table, n, err)
			}
			var n int
			err := scopeless(t, as, func(tx pgx.Tx) error { return tx.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n) })
			if err != nil || n != 0 {
				t.Errorf("%s: without a tenant %d rows are seen (%v)", table, n, err)
			}
		}
		before := rowsOf(t, super, table, b.ID)
		for _, q := range []string{
			"UPDATE " + table + " SET tenant_id = tenant_id",
			fmt.Sprintf("UPDATE %s SET tenant_id = %d", table, b.ID),
			fmt.Sprintf("DELETE FROM %s WHERE tenant_id = %d", table, b.ID),
			"TRUNCATE " + table,
			fmt.Sprintf("INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, '%s'::jsonb)).*", table, table, strings.ReplaceAll(foreign(t, super, table, b.ID), "'", "''")),
		} {
			_ = scoped(t, as, a.ID, func(tx pgx.Tx) error {
				tag, err := tx.Exec(t.Context(), q)
				if err == nil && tag.RowsAffected() > 0 && strings.HasPrefix(q, "INSERT") {
					t.Errorf("%s: a row for the neighbour was accepted", table)
				}
				return err
			})
		}
		if after := rowsOf(t, super, table, b.ID); after != before {
			t.Errorf("%s: the neighbour's rows changed:\n%s\n%s", table, before, after)
		}
		if _, err := as.Exec(t.Context(), "SELECT * FROM public."+table+" LIMIT 1"); !denied(err) {
			t.Errorf("%s: the login reads it outside a scope: %v", table, err)
		}
	}
}

func denied(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "42501"
}

func may(t *testing.T, c *pgx.Conn, table, privilege string) bool {
	t.Helper()
	var ok bool
	if err := c.QueryRow(t.Context(), "SELECT has_table_privilege('wanjie_tenant', $1, $2)", "public."+table, privilege).Scan(&ok); err != nil {
		t.Fatal(err)
	}
	return ok
}

func scoped(t *testing.T, c *pgx.Conn, id tenants.ID, f func(pgx.Tx) error) error {
	t.Helper()
	return within(t, c, fmt.Sprintf("SET LOCAL ROLE wanjie_tenant; SET LOCAL wj.tenant='%d'", id), f)
}

func scopeless(t *testing.T, c *pgx.Conn, f func(pgx.Tx) error) error {
	t.Helper()
	return within(t, c, "SET LOCAL ROLE wanjie_tenant", f)
}

func within(t *testing.T, c *pgx.Conn, enter string, f func(pgx.Tx) error) error {
	t.Helper()
	tx, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context())) // the probe must leave nothing
	if _, err := tx.Exec(t.Context(), enter); err != nil {
		t.Fatal(err)
	}
	return f(tx)
}

// rowsOf is a fingerprint of a tenant's rows in a table, seen from behind the fence.
func rowsOf(t *testing.T, c *pgx.Conn, table string, id tenants.ID) (s string) {
	t.Helper()
	err := c.QueryRow(t.Context(), fmt.Sprintf("SELECT count(*)||' '||coalesce(md5(string_agg(r::text, '|' ORDER BY r::text)),'') FROM %s r WHERE tenant_id=%d", table, id)).Scan(&s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func foreign(t *testing.T, c *pgx.Conn, table string, id tenants.ID) (row string) {
	t.Helper()
	if err := c.QueryRow(t.Context(), fmt.Sprintf("SELECT to_jsonb(r) FROM %s r WHERE tenant_id=%d LIMIT 1", table, id)).Scan(&row); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
	return row
}

// odd are values that a column's type alone does not tell: what its CHECK wants.
var odd = map[string]string{
	"case_exports.entire": "false", "assess_reports.term_from": "now() - interval '1 day'",
	"applications.until": "NULL", "grids.code": "'x1'", "grids.parent": "NULL", "outbox.failed_at": "NULL", "seals.hash": "decode(repeat('00',32),'hex')", "standings.ground": "'request'",
	"tally_months.month": "date_trunc('month', now())", "tally_years.year": "date_trunc('year', now())", "usage_months.month": "date_trunc('month', now())",
}

// plant makes sure that tenant id has a row in table, made up from the columns' types, with checks
// and triggers aside: only the fence matters here.
func plant(t *testing.T, c *pgx.Conn, table string, id tenants.ID) {
	t.Helper()
	var have bool
	if err := c.QueryRow(t.Context(), fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE tenant_id=%d)", table, id)).Scan(&have); err != nil || have {
		return
	}
	// A column with a list of allowed words (CHECK … IN) gets the first of them.
	rows, err := c.Query(t.Context(), `SELECT attname, format_type(atttypid,NULL), coalesce((SELECT substring(pg_get_constraintdef(k.oid) FROM 'ARRAY\[(''[^'']*'')')
			FROM pg_constraint k WHERE k.conrelid=attrelid AND k.contype='c' AND k.conkey=ARRAY[attnum]), ''), atthasdef, NOT attnotnull
		FROM pg_attribute WHERE attrelid=$1::regclass AND attnum>0 AND NOT attisdropped AND attidentity='' AND attgenerated=''`, "public."+table)
	if err != nil {
		t.Fatal(err)
	}
	cols, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Name, Type, Word  string
		HasDefault, Empty bool
	}])
	if err != nil {
		t.Fatal(err)
	}
	var names, values []string
	for _, col := range cols {
		v, isOdd := odd[table+"."+col.Name]
		switch {
		case col.Name == "tenant_id":
			v = fmt.Sprint(id)
		case isOdd:
		case col.Word != "":
			v = col.Word
		case col.HasDefault:
			v = "DEFAULT"
		case col.Empty: // many a CHECK lets several columns be filled together only
			v = "NULL"
		default:
			if v = madeUp[col.Type]; v == "" {
				t.Fatalf("%s.%s: no sample for type %s", table, col.Name, col.Type)
			}
		}
		names, values = append(names, `"`+col.Name+`"`), append(values, v)
	}
	q := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ","), strings.Join(values, ","))
	if _, err := c.Exec(t.Context(), "SET session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), q); err != nil {
		var pe *pgconn.PgError
		if !errors.As(err, &pe) || pe.Code != "23514" {
			t.Fatalf("%s: %v", q, err)
		}
		t.Fatalf("%s breaks %s: add the column's value to odd", q, pe.ConstraintName)
	}
}

var madeUp = map[string]string{
	"integer": "1", "bigint": "1", "smallint": "1", "text": "'x'", "uuid": "'" + uuid.NewString() + "'", "jsonb": "'{}'", "json": "'{}'", "boolean": "true",
	"bytea": `'\x01'`, "timestamp with time zone": "now()", "date": "current_date", "text[]": "'{}'", "double precision": "1", "real": "1",
}
