package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sort"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"wanjie/app/fault"
	"wanjie/tenants/blobs"
	"wanjie/tenants/keys"
)

// Home is the placement that holds the directory.
const Home = "home"

// Config says where the deployment's data lives.
type Config struct {
	Deployment int32             // 0–2146, the first digits of every tenant's number
	Placements map[string]string // name → URL of a PostgreSQL database; "home" must be among them
	Keys       keys.Service
	Blobs      blobs.Store // where files lie; nil: there are none, and nothing can be kept
	MaxConns   int         // per placement, for the tenant surface; the others get a quarter each
	// Recorded hears, after a commit with acts, whose they were and the number of the last; it must
	// not wait. Optional.
	Recorded func(placement string, tenant ID, n int64)
	// Trace hears every statement, for measuring. Optional; it costs nothing when nil.
	Trace func(Statement)
}

// DB holds every pool and gives none away.
type DB struct {
	deployment int32
	places     map[string]*place
	names      []string
	vault      *vault
	blobs      blobs.Store
	recorded   func(placement string, tenant ID, n int64)

	mu    sync.RWMutex
	known map[ID]string // tenant → placement
	slugs map[string]ID
}

type place struct {
	name  string
	pools map[surface]*bun.DB
	aside *bun.DB // tenant surface, for reading data keys in the middle of a transaction
}

// Open connects lazily: an unreachable database shows at first use and in Ready.
func Open(cfg Config) (*DB, error) {
	if _, ok := cfg.Placements[Home]; !ok {
		return nil, errors.New("tenants: no placement called home (set DATABASE_URL)")
	}
	if cfg.MaxConns <= 0 {
		cfg.MaxConns = 24
	}
	if cfg.Blobs == nil {
		cfg.Blobs = blobs.None
	}
	db := &DB{deployment: cfg.Deployment, blobs: cfg.Blobs, places: map[string]*place{}, known: map[ID]string{}, slugs: map[string]ID{}}
	for name, raw := range cfg.Placements {
		p := &place{name: name, pools: map[surface]*bun.DB{}}
		for _, s := range []surface{onGateway, onTenant, onDistrict, onVendor, onSystem} {
			pool, err := openPool(raw, s, cfg.MaxConns, cfg.Trace)
			if err != nil {
				return nil, fmt.Errorf("placement %s: %w", name, err)
			}
			p.pools[s] = pool
		}
		aside, err := openPool(raw, onTenant, 2, cfg.Trace)
		if err != nil {
			return nil, fmt.Errorf("placement %s: %w", name, err)
		}
		p.aside = aside
		db.places[name] = p
		db.names = append(db.names, name)
	}
	sort.Strings(db.names)
	db.vault = newVault(db, cfg.Keys)
	db.recorded = cfg.Recorded
	return db, nil
}

// boards is how many statements of the district surface a connection remembers.
const boards = 64

func openPool(raw string, s surface, maxConns int, trace func(Statement)) (*bun.DB, error) {
	login, err := loginURL(raw, s)
	if err != nil {
		return nil, err
	}
	cfg, err := pgx.ParseConfig(login)
	if err != nil {
		return nil, errors.New("not a PostgreSQL URL") // the parser's message would show the password
	}
	// bun writes arguments into the text, so every statement is a new one: the statement cache
	// would only fill up. Exec mode is one round trip.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	if s == onDistrict {
		// Boards are few and their text is the same all day: there a prepared one saves its planning.
		cfg.DefaultQueryExecMode, cfg.StatementCacheCapacity = pgx.QueryExecModeCacheStatement, boards
	}
	cfg.RuntimeParams["application_name"] = "wanjie " + string(s)
	pool := sql.OpenDB(connector{stdlib.GetConnector(*cfg), trace})
	n := maxConns
	if s != onTenant {
		n = max(4, maxConns/4)
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return bun.NewDB(pool, pgdialect.New(), bun.WithDiscardUnknownColumns()), nil
}

// loginURL puts the surface's login in place of the URL's user; host, database and password stay.
func loginURL(raw string, s surface) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Query().Get("host") == "" {
		return "", errors.New("not a PostgreSQL URL of the form postgres://user:password@host:port/database, nor postgres:///database?host=/folder/of/socket")
	}
	user := "wanjie_" + string(s) + "_login"
	if password, ok := u.User.Password(); ok {
		u.User = url.UserPassword(user, password)
	} else {
		u.User = url.User(user)
	}
	return u.String(), nil
}

// Close closes every pool.
func (db *DB) Close() error {
	var errs []error
	for _, p := range db.places {
		for _, pool := range p.pools {
			errs = append(errs, pool.Close())
		}
		errs = append(errs, p.aside.Close())
	}
	return errors.Join(errs...)
}

// Blobs is where the content of files lies, all tenants' together and each one's sealed.
func (db *DB) Blobs() blobs.Store { return db.blobs }

// Deployment is the first digits of every tenant's number.
func (db *DB) Deployment() int32 { return db.deployment }

// Placements lists the placements' names in order.
func (db *DB) Placements() []string { return db.names }

// run opens a transaction in scope s at a placement and ends it by f's word.
func (db *DB) run(ctx context.Context, placement string, s *scope, f func(context.Context, bun.Tx) error) (err error) {
	p, ok := db.places[placement]
	if !ok {
		return fmt.Errorf("placement %q is not configured here", placement)
	}
	if ctx.Value(scopeKey{}) != nil {
		return errors.New("tenants: a scope inside a scope") // one transaction, one scope
	}
	pool := p.pools[s.surface]
	if s.aside {
		pool = p.aside
	}
	s.pool = pool
	inner := context.WithValue(ctx, scopeKey{}, s)
	tx, err := pool.BeginTx(inner, nil)
	if err != nil {
		return err
	}
	defer func() {
		if v := recover(); v != nil {
			_ = tx.Rollback()
			panic(v)
		}
	}()
	if err := f(inner, tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if len(s.acts) > 0 && db.recorded != nil {
		db.recorded(placement, s.tenant, s.last)
	}
	return nil
}

// Entry says how a tenant's scope is entered.
type Entry struct {
	Tenant   ID
	Actor    Actor
	ReadOnly bool
	Always   bool     // people may write though the tenant is suspended or closed: to let somebody out
	Request  *Request // set for a POST
}

// ErrClash is the fault for a request number that was used for another body or by another person.
var ErrClash = fault.New(fault.Conflict, "这份表单（请求编号）已经提交过，之后的改动没有保存，请刷新页面后重新填写")

// Enter runs f in the tenant's scope: all of it is committed, or nothing. An unknown tenant is
// fault.NotFound. When the request has been answered before, f still runs and must look at
// Tx.Repeat first; when two copies race, the loser gets the winner's reply by running again.
func (db *DB) Enter(ctx context.Context, e Entry, f func(context.Context, Tx) error) error {
	placement, err := db.placementOf(ctx, e.Tenant)
	if err != nil {
		return err
	}
	once := func() (*scope, error) {
		s := &scope{surface: onTenant, tenant: e.Tenant, readOnly: e.ReadOnly, always: e.Always, actor: e.Actor, request: e.Request}
		return s, db.run(ctx, placement, s, func(ctx context.Context, tx bun.Tx) error {
			if s.clash {
				return ErrClash
			}
			if err := s.mayWrite(); err != nil {
				return err
			}
			return f(ctx, Tx{tx, s, db.vault})
		})
	}
	s, err := once()
	if err != nil && e.Request != nil && s.repeat == nil && !s.clash && (isDuplicate(err) || fault.Of(err) != nil) {
		// A twin may have won while we ran: if its reply is there now, that is our answer too.
		if seen, look := db.answered(ctx, placement, e); look == nil && seen {
			_, err = once()
		}
	}
	return err
}

// answered reports whether the request has a stored reply by now.
func (db *DB) answered(ctx context.Context, placement string, e Entry) (bool, error) {
	s := &scope{surface: onTenant, tenant: e.Tenant, readOnly: true, actor: e.Actor, request: e.Request}
	err := db.run(ctx, placement, s, func(context.Context, bun.Tx) error { return nil })
	return s.repeat != nil || s.clash, err
}

// Write runs f in the tenant's scope as actor, read-write.
func (db *DB) Write(ctx context.Context, id ID, actor Actor, f func(context.Context, Tx) error) error {
	return db.Enter(ctx, Entry{Tenant: id, Actor: actor}, f)
}

// Read runs f in the tenant's scope as actor; PostgreSQL refuses writes.
func (db *DB) Read(ctx context.Context, id ID, actor Actor, f func(context.Context, Tx) error) error {
	return db.Enter(ctx, Entry{Tenant: id, Actor: actor, ReadOnly: true}, f)
}

// District runs f, read-only, over the rollups of a district (six-digit division code). A district
// and its streets share a placement.
func (db *DB) District(ctx context.Context, district int32, f func(context.Context, DistrictTx) error) error {
	return db.inDistrict(ctx, &scope{surface: onDistrict, district: district, readOnly: true}, f)
}

// DistrictWrite runs f where a district may write down what is its own to say: how many people live in its streets. PostgreSQL
// lets it write nothing else.
func (db *DB) DistrictWrite(ctx context.Context, district int32, f func(context.Context, DistrictTx) error) error {
	return db.inDistrict(ctx, &scope{surface: onDistrict, district: district}, f)
}

func (db *DB) inDistrict(ctx context.Context, s *scope, f func(context.Context, DistrictTx) error) error {
	placement, err := db.placementOfDistrict(ctx, s.district)
	if err != nil {
		return err
	}
	return db.run(ctx, placement, s, func(ctx context.Context, tx bun.Tx) error { return f(ctx, DistrictTx{tx, s}) })
}

// Vendor runs f as the vendor at a placement; the directory lies at Home.
func (db *DB) Vendor(ctx context.Context, placement string, f func(context.Context, VendorTx) error) error {
	return db.run(ctx, placement, &scope{surface: onVendor}, func(ctx context.Context, tx bun.Tx) error { return f(ctx, VendorTx{tx}) })
}

// System runs f as the product itself at a placement.
func (db *DB) System(ctx context.Context, placement string, f func(context.Context, SystemTx) error) error {
	s := &scope{surface: onSystem}
	return db.run(ctx, placement, s, func(ctx context.Context, tx bun.Tx) error { return f(ctx, SystemTx{tx, s}) })
}

// Follow is System for what would be done again if the machine lost it: a follower's effect goes with its
// cursor, a claim with its deadline. COMMIT does not wait for the disk; whoever commits after it and does
// wait, makes this durable too.
func (db *DB) Follow(ctx context.Context, placement string, f func(context.Context, SystemTx) error) error {
	s := &scope{surface: onSystem, again: true}
	return db.run(ctx, placement, s, func(ctx context.Context, tx bun.Tx) error { return f(ctx, SystemTx{tx, s}) })
}

// Gateway runs f before any scope, at a placement: people, grants and the directory.
func (db *DB) Gateway(ctx context.Context, placement string, f func(context.Context, GatewayTx) error) error {
	return db.run(ctx, placement, &scope{surface: onGateway}, func(ctx context.Context, tx bun.Tx) error { return f(ctx, GatewayTx{tx}) })
}

// Ready reports whether every placement answers.
func (db *DB) Ready(ctx context.Context) error {
	for _, name := range db.names {
		if err := db.Gateway(ctx, name, func(ctx context.Context, tx GatewayTx) error {
			_, err := tx.Raw("SELECT 1").Exec(ctx)
			return err
		}); err != nil {
			return fmt.Errorf("placement %s: %w", name, err)
		}
	}
	return nil
}
