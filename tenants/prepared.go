package tenants

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// Prepared is one statement that every connection plans once and then only runs, because planning
// costs PostgreSQL more than running for what nearly every request does. bun writes arguments into
// the text; here they stay apart as $1, $2 …, and the text is the same all day. Name the tenant in
// it, as in [Tx.Raw], and the columns one by one: a star would break at the next migration.
//
// Use it where a bench says so; the builder reads better everywhere else.
type Prepared struct {
	tx    bun.Tx
	scope *scope
	args  []any
	mode  pgx.QueryExecMode
}

// Prepared begins a statement with its first arguments; [Prepared.Arg] adds more.
func (t Tx) Prepared(args ...any) *Prepared {
	return &Prepared{t.tx, t.scope, args, pgx.QueryExecModeCacheStatement}
}

// Prepared begins a statement with its first arguments.
func (t SystemTx) Prepared(args ...any) *Prepared {
	return &Prepared{t.tx, t.scope, args, pgx.QueryExecModeCacheStatement}
}

// Afresh has PostgreSQL plan the statement for these arguments each time: for what reads many rows, where one plan for all
// arguments is a bad one for most, and planning costs nothing beside running.
func (p *Prepared) Afresh() *Prepared { p.mode = pgx.QueryExecModeCacheDescribe; return p }

// Arg adds an argument and answers its place in the text: $3.
func (p *Prepared) Arg(v any) string {
	p.args = append(p.args, v)
	return "$" + strconv.Itoa(len(p.args))
}

// Tenant is the place of the tenant's number in the text.
func (p *Prepared) Tenant() string { return p.Arg(int32(p.scope.tenant)) }

// Columns are the columns of row (a pointer to a bun model) as alias knows them, each under its name
// with prefix before it.
func (p *Prepared) Columns(alias, prefix string, row any) string {
	var b strings.Builder
	for i, f := range p.table(row).Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(alias + "." + f.Name)
		if prefix != "" {
			b.WriteString(" AS " + prefix + f.Name)
		}
	}
	return b.String()
}

// Insert is the text that inserts row (a pointer to a bun model) with the tenant's number. By names
// given in pairs, a column's value is an expression of the text instead.
func (p *Prepared) Insert(row any, instead ...string) string {
	t, v := p.table(row), reflect.ValueOf(row).Elem()
	names, values := []string{"tenant_id"}, []string{p.Tenant()}
	for _, f := range t.Fields {
		names = append(names, f.Name)
		if i := slices.Index(instead, f.Name); i >= 0 {
			values = append(values, instead[i+1])
			continue
		}
		values = append(values, p.Arg(value(f, v)))
	}
	return "INSERT INTO " + t.Name + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
}

// Update is the text that sets columns of the tenant's row with row's primary key; the table goes
// by its model's alias. Add conditions with AND.
func (p *Prepared) Update(row any, columns ...string) string {
	t, v := p.table(row), reflect.ValueOf(row).Elem()
	var b strings.Builder
	b.WriteString("UPDATE " + t.Name + " AS " + t.Alias + " SET ")
	for i, c := range columns {
		f, ok := t.FieldMap[c]
		if !ok {
			panic("tenants: " + t.Name + " has no column " + c) // wiring, not input
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c + " = " + p.Arg(value(f, v)))
	}
	b.WriteString(" WHERE " + t.Alias + ".tenant_id = " + p.Tenant())
	for _, f := range t.PKs {
		b.WriteString(" AND " + t.Alias + "." + f.Name + " = " + p.Arg(value(f, v)))
	}
	return b.String()
}

// Scan runs query and reads into dest as bun's Scan does: all rows into a pointer to a slice, of which
// []byte is none, else one row, or sql.ErrNoRows.
func (p *Prepared) Scan(ctx context.Context, query string, dest ...any) error {
	rows, err := p.tx.Tx.QueryContext(ctx, query, p.cached()...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if into := reflect.TypeOf(dest[0]).Elem(); len(dest) == 1 && into.Kind() == reflect.Slice && into.Elem().Kind() != reflect.Uint8 {
		return p.scope.pool.ScanRows(ctx, rows, dest...)
	}
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	return p.scope.pool.ScanRow(ctx, rows, dest...)
}

// Exec runs query and answers how many rows it touched.
func (p *Prepared) Exec(ctx context.Context, query string) (int64, error) {
	res, err := p.tx.Tx.ExecContext(ctx, query, p.cached()...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (p *Prepared) cached() []any {
	return append([]any{p.mode}, p.args...)
}

func (p *Prepared) table(row any) *schema.Table {
	return p.tx.Dialect().Tables().Get(reflect.TypeOf(row).Elem())
}

// value is the argument for a field: NULL for a zero that its tag says is none.
func value(f *schema.Field, row reflect.Value) any {
	if f.NullZero && f.HasZeroValue(row) {
		return nil
	}
	return f.Value(row).Interface()
}

// traced is what [Config.Trace] hears of a prepared statement's arguments: as PostgreSQL would read them.
func (c *conn) traced(args []driver.NamedValue) [][]byte {
	if c.trace == nil || len(args) == 0 {
		return nil
	}
	if _, is := args[0].Value.(pgx.QueryExecMode); !is {
		return nil
	}
	params := make([][]byte, len(args)-1)
	for i, a := range args[1:] {
		params[i] = inText(a.Value)
	}
	return params
}

func inText(v any) []byte {
	if dv, ok := v.(driver.Valuer); ok {
		if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return nil
		}
		v, _ = dv.Value() // uuid.UUID and the like do not fail
	}
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		if v == nil {
			return nil
		}
		return fmt.Appendf(nil, `\x%x`, v)
	case time.Time:
		return []byte(v.Format(time.RFC3339Nano))
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Pointer:
		if rv.IsNil() {
			return nil
		}
		return inText(rv.Elem().Interface())
	case reflect.Slice:
		items := make([]string, rv.Len())
		for i := range items {
			items[i] = strconv.Quote(string(inText(rv.Index(i).Interface())))
		}
		return []byte("{" + strings.Join(items, ",") + "}")
	}
	return fmt.Append([]byte{}, v) // nil would be NULL
}
