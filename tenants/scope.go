package tenants

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"

	"wanjie/app/fault"
)

// surface is one of the five ways into the database. Its name is also that of its roles.
type surface string

const (
	onGateway  surface = "gateway"
	onTenant   surface = "tenant"
	onDistrict surface = "district"
	onVendor   surface = "vendor"
	onSystem   surface = "system"
)

// scope is what one transaction may touch: set before BEGIN, filled by it, closed by COMMIT.
type scope struct {
	surface  surface
	pool     *bun.DB
	tenant   ID
	district int32
	readOnly bool
	always   bool // people may write in whatever state the tenant is
	aside    bool // on the key reader's own connections
	again    bool // lost with the machine, it is done again: COMMIT does not wait for the disk
	actor    Actor
	request  *Request

	found  Tenant
	repeat *Reply
	clash  bool // the request's number was used for something else
	acts   []Act
	last   int64 // number of the last act, once written
	reply  *Reply
}

type scopeKey struct{}

// errUnscoped is what a statement outside a scope gets: nothing reaches PostgreSQL.
var errUnscoped = errors.New("tenants: statement outside a scope")

// begin is the one string that opens the transaction: SET LOCAL and not set_config(), because only
// the former is handed on to the workers of a distributed PostgreSQL. Everything in it is a number,
// a UUID or a constant.
func (s *scope) begin() string {
	var b strings.Builder
	b.WriteString("BEGIN")
	if s.readOnly {
		b.WriteString(" READ ONLY")
	}
	b.WriteString("; SET LOCAL ROLE wanjie_" + string(s.surface))
	if s.again {
		b.WriteString("; SET LOCAL synchronous_commit=off")
	}
	if s.district != 0 {
		fmt.Fprintf(&b, "; SET LOCAL wj.district='%d'", s.district)
	}
	if s.tenant != 0 {
		fmt.Fprintf(&b, "; SET LOCAL wj.tenant='%d'; EXECUTE wj_enter(%[1]d)", s.tenant)
		if s.actor.Person != 0 {
			fmt.Fprintf(&b, "; EXECUTE wj_grants(%d, %d)", s.tenant, s.actor.Person)
		}
		if s.request != nil {
			fmt.Fprintf(&b, "; EXECUTE wj_request(%d, '%s')", s.tenant, s.request.ID)
		}
	}
	return b.String()
}

// The statements that every scope of a tenant is entered and left with are prepared once for each
// connection: planning them costs PostgreSQL more than running them. They are prepared inside the
// scope role, because the login itself sees no table.
const prepareEntry = "BEGIN; SET LOCAL ROLE wanjie_tenant" +
	"; PREPARE wj_enter(int) AS SELECT slug, kind, district, state, blueprint, revision, name, short_name, demo, branding, codes FROM tenants JOIN heads USING (tenant_id) WHERE tenant_id = $1" +
	"; PREPARE wj_grants(int, bigint) AS SELECT role, unit, community, grid FROM grants WHERE tenant_id = $1 AND person = $2 AND ended_at IS NULL" +
	"; PREPARE wj_request(int, uuid) AS SELECT actor, digest, status, reply FROM requests WHERE tenant_id = $1 AND id = $2"

// Prepare readies a bare connection of the tenant surface for the statements of scopes. Only tenants
// and a bench's floor have such connections.
func Prepare(ctx context.Context, pc *pgconn.PgConn) error {
	if _, err := pc.Exec(ctx, prepareEntry).ReadAll(); err != nil {
		return fmt.Errorf("prepare the entry of scopes: %w", err)
	}
	for name, sql := range map[string]string{actsName: writeActs, replyName: writeReply} {
		if _, err := pc.Prepare(ctx, name, sql, nil); err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
	}
	_, err := pc.Exec(ctx, "COMMIT").ReadAll()
	return err
}

// enter runs begin and reads what it brought back.
func (s *scope) enter(ctx context.Context, pc *pgconn.PgConn) error {
	results, err := pc.Exec(ctx, s.begin()).ReadAll()
	if err != nil {
		return err
	}
	if s.tenant == 0 {
		return nil
	}
	i := 3
	rows := results[i].Rows
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "页面不存在")
	}
	r := rows[0]
	s.found = Tenant{
		ID: s.tenant, Slug: string(r[0]), Kind: Kind(r[1]), District: int32(number(r[2])), State: State(r[3]),
		Blueprint: int32(number(r[4])), Revision: number(r[5]), Name: string(r[6]), ShortName: string(r[7]), Demo: string(r[8]) == "t",
		Codes: strings.Fields(string(r[10])),
	}
	if err := json.Unmarshal(r[9], &s.found.Branding); err != nil {
		return fmt.Errorf("branding of tenant %d: %w", s.tenant, err)
	}
	if s.actor.Person != 0 {
		i++
		s.actor.Grants = make([]Grant, len(results[i].Rows))
		for j, g := range results[i].Rows {
			s.actor.Grants[j] = Grant{string(g[0]), string(g[1]), string(g[2]), string(g[3])}
		}
	}
	if s.request != nil {
		i++
		if rows := results[i].Rows; len(rows) == 1 {
			return s.recall(rows[0])
		}
	}
	return nil
}

// recall reads the stored reply of a request that has been here before.
func (s *scope) recall(r [][]byte) error {
	digest, err1 := hex.DecodeString(strings.TrimPrefix(string(r[1]), `\x`))
	reply, err2 := hex.DecodeString(strings.TrimPrefix(string(r[3]), `\x`))
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("stored request %s: %w", s.request.ID, err)
	}
	if number(r[0]) != s.actor.Person || string(digest) != string(s.request.Digest[:]) {
		s.clash = true
		return nil
	}
	s.repeat = &Reply{Status: int(number(r[2])), Location: string(reply)}
	return nil
}

// number reads an integer that PostgreSQL wrote as text; its columns cannot hold anything else.
func number(b []byte) int64 {
	n, _ := strconv.ParseInt(string(b), 10, 64)
	return n
}

// Statement is one thing sent to PostgreSQL, as Config.Trace hears it: a text, with parameters in
// text form where it has any. Texts may hold personal data in sealed form only.
type Statement struct {
	Conn   uint32 // the backend's process number
	Name   string // of the statement of [Prepare] that it was sent as
	SQL    string
	Params [][]byte // not nil: planned once by each connection
}

// connector hands out connections that know nothing but scopes.
type connector struct {
	driver.Connector
	trace func(Statement)
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	dc, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: dc.(*stdlib.Conn), trace: c.trace}, nil
}

// conn is a connection whose only way in is a scope: no scope, no transaction; no transaction, no statement.
type conn struct {
	*stdlib.Conn
	trace    func(Statement)
	prepared bool
}

func (c *conn) note(name, sql string, params ...[]byte) {
	if c.trace != nil {
		c.trace(Statement{c.Conn.Conn().PgConn().PID(), name, sql, params})
	}
}

func (c *conn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	s, ok := ctx.Value(scopeKey{}).(*scope)
	if !ok {
		return nil, errUnscoped
	}
	pc := c.Conn.Conn().PgConn()
	if err := c.begin(ctx, s, pc); err != nil {
		if pc.IsClosed() {
			if ctx.Err() == nil {
				return nil, driver.ErrBadConn // it had died in the pool; nothing was begun, so another one may try
			}
			return nil, err
		}
		_, _ = pc.Exec(context.WithoutCancel(ctx), "ROLLBACK").ReadAll()
		return nil, err
	}
	return &transaction{ctx: ctx, scope: s, conn: c, pc: pc}, nil
}

// begin opens the transaction of s, after preparing a fresh connection for tenants' scopes.
func (c *conn) begin(ctx context.Context, s *scope, pc *pgconn.PgConn) error {
	if s.tenant != 0 && !c.prepared {
		if err := Prepare(ctx, pc); err != nil {
			return err
		}
		c.prepared = true
	}
	c.note("", s.begin())
	return s.enter(ctx, pc)
}

func (c *conn) open() bool { return c.Conn.Conn().PgConn().TxStatus() != 'I' }

func (c *conn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	if !c.open() {
		return nil, errUnscoped
	}
	c.note("", q, c.traced(args)...)
	return c.Conn.QueryContext(ctx, q, args)
}

func (c *conn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	if !c.open() {
		return nil, errUnscoped
	}
	c.note("", q, c.traced(args)...)
	return c.Conn.ExecContext(ctx, q, args)
}

func (c *conn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	if !c.open() {
		return nil, errUnscoped
	}
	return c.Conn.PrepareContext(ctx, q)
}

// transaction ends a scope.
type transaction struct {
	ctx   context.Context
	scope *scope
	conn  *conn
	pc    *pgconn.PgConn
}

// commitWithin bounds a COMMIT: a client that left must not leave it undecided.
const commitWithin = 15 * time.Second

func (t *transaction) Commit() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), commitWithin)
	defer cancel()
	err := t.scope.finish(ctx, t.conn, t.pc)
	if err != nil && !t.pc.IsClosed() && t.pc.TxStatus() != 'I' {
		_, _ = t.pc.Exec(ctx, "ROLLBACK").ReadAll()
	}
	return err
}

func (t *transaction) Rollback() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), commitWithin)
	defer cancel()
	t.conn.note("", "ROLLBACK")
	_, err := t.pc.Exec(ctx, "ROLLBACK").ReadAll()
	return err
}

// isDuplicate reports whether err is PostgreSQL refusing a second row with the same key.
func isDuplicate(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "23505"
}
