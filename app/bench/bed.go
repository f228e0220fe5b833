package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"

	"wanjie/app"
	"wanjie/app/config"
	"wanjie/infra/devstack"
	"wanjie/migrations"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Options says where and how to measure.
type Options struct {
	// Dir holds the servers and databases, kept between runs.
	Dir string
	// Server is the superuser's URL of a running PostgreSQL to use in place of servers of our own, for
	// benches that need no sign-in; then there is neither Redis nor Kratos.
	Server string
	// Quick measures small and short, to see that everything works. Its figures mean nothing.
	Quick bool
	// Loader is the command that runs the load generator as a process of its own; empty: in this one.
	Loader []string
	// Profile is where the product's CPU profile is written; empty: none.
	Profile string
	// Bill is where the cost of each kind of statement at the floor is written; empty: nowhere.
	Bill string
	// Note hears what is going on.
	Note func(line string)
}

// bed is where things are measured: servers, and databases that are filled once.
type bed struct {
	Options
	size   size
	prefix string // of the databases' names
	server string // superuser's URL
	redis  string
	public string // Kratos
	admin  string
	log    *slog.Logger
	ends   []func()
}

// size is how much there is.
type size struct {
	Tenants int // present besides the measured ones
	Cases   int // present, in those
	Streets int // measured
	Each    int // cases made through the verbs in each of them
	Board   int // cases behind each street of the board
}

var (
	full  = size{Tenants: 41_352, Cases: 1_000_000, Streets: 64, Each: 60, Board: 100_000}
	small = size{Tenants: 500, Cases: 2_000, Streets: 4, Each: 25, Board: 500}
)

// openBed starts the servers.
func openBed(ctx context.Context, opt Options) (*bed, error) {
	if opt.Note == nil {
		opt.Note = func(string) {}
	}
	b := &bed{Options: opt, size: full, prefix: "bench"}
	if opt.Quick {
		b.size = small
	}
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, err
	}
	b.Dir = dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "wanjie.log"))
	if err != nil {
		return nil, err
	}
	b.ends = append(b.ends, func() { log.Close() })
	b.log = slog.New(slog.NewJSONHandler(log, nil))
	if b.server = opt.Server; b.server != "" { // somebody else's: we leave nothing behind
		b.prefix = fmt.Sprintf("bench_%x", sha256.Sum256([]byte(dir)))[:14]
		b.ends = append(b.ends, func() { b.forget(b.base("ground")) })
		return b, nil
	}
	stack, err := devstack.Start(ctx, devstack.Options{Dir: dir, Durable: true, Progress: opt.Note})
	if err != nil {
		b.close()
		return nil, err
	}
	b.ends = append(b.ends, stack.Stop)
	b.server, b.redis, b.public, b.admin = stack.PostgresURL, stack.RedisURL, stack.KratosPublicURL, stack.KratosAdminURL
	return b, nil
}

// close ends everything in reverse order.
func (b *bed) close() {
	for i := len(b.ends) - 1; i >= 0; i-- {
		b.ends[i]()
	}
	b.ends = nil
}

func (b *bed) note(format string, args ...any) { b.Note(fmt.Sprintf(format, args...)) }

// url is the superuser's URL of a database.
func (b *bed) url(database string) string {
	u, err := url.Parse(b.server)
	if err != nil {
		return b.server // it was good enough to connect with
	}
	u.Path = "/" + database
	return u.String()
}

// super runs f on a connection behind the fence.
func (b *bed) super(ctx context.Context, database string, f func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, b.url(database))
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	return f(c)
}

// durable says what PostgreSQL promises about a power failure here.
func (b *bed) durable(ctx context.Context) (fsync, commit string, err error) {
	err = b.super(ctx, "postgres", func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").Scan(&fsync, &commit)
	})
	return fsync, commit, err
}

// fillVersion changes when the fill does; databases of another one are thrown away.
const fillVersion = 1

// base is the name of a filled database: it tells the migrations and the fill that it was made with.
func (b *bed) base(kind string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %+v\n", fillVersion, b.size)
	_ = fs.WalkDir(migrations.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			body, _ := fs.ReadFile(migrations.Files(), path)
			fmt.Fprintf(h, "%s %d\n%s", path, len(body), body)
		}
		return err
	})
	return fmt.Sprintf("%s_%s_%x", b.prefix, kind, h.Sum(nil)[:5])
}

// run and bare are the names of the clones that product and floor write into.
func (b *bed) run() string  { return b.prefix + "_run" }
func (b *bed) bare() string { return b.prefix + "_floor" }

// keysOf is the key service's file beside a database.
func (b *bed) keysOf(database string) string { return filepath.Join(b.Dir, "keys", database+".jsonl") }

// have reports whether a database exists.
func (b *bed) have(ctx context.Context, database string) (ok bool, err error) {
	err = b.super(ctx, "postgres", func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&ok)
	})
	return ok, err
}

// create makes an empty, migrated database with the shipped blueprints, after throwing away what was
// filled under the same kind with other migrations.
func (b *bed) create(ctx context.Context, kind, database string) error {
	old := b.prefix + "_" + kind + "_"
	if err := b.super(ctx, "postgres", func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT datname FROM pg_database WHERE datname ^@ $1 AND datname <> $2", old, database)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, name := range names {
			b.note("throwing away %s, which was filled with other migrations", name)
			if err := drop(ctx, c, name); err != nil {
				return err
			}
		}
		_, err = c.Exec(ctx, "CREATE DATABASE "+database)
		return err
	}); err != nil {
		return err
	}
	if _, err := migrations.Apply(ctx, b.url(database), ""); err != nil {
		return err
	}
	if err := os.Remove(b.keysOf(database)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	db, end, err := b.tenants(database, nil)
	if err != nil {
		return err
	}
	defer end()
	_, err = blueprint.PublishShipped(ctx, db)
	return err
}

func drop(ctx context.Context, c *pgx.Conn, database string) error {
	_, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)")
	return err
}

// clone copies a database with its keys, for a run that may write what it likes. Nobody may be
// connected to it meanwhile.
func (b *bed) clone(ctx context.Context, from, to string) error {
	begun := time.Now()
	err := b.super(ctx, "postgres", func(c *pgx.Conn) error {
		if err := drop(ctx, c, to); err != nil {
			return err
		}
		if _, err := c.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", from); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "CREATE DATABASE "+to+" TEMPLATE "+from+" STRATEGY FILE_COPY")
		return err
	})
	if err != nil {
		return fmt.Errorf("clone %s: %w", from, err)
	}
	b.ends = append(b.ends, func() { b.forget(to) })
	if err := copyFile(b.keysOf(to), b.keysOf(from)); err != nil {
		return err
	}
	b.note("cloned %s as %s in %.1f s", from, to, time.Since(begun).Seconds())
	return nil
}

// forget drops a clone and its keys; one that stays behind is dropped by the next run.
func (b *bed) forget(database string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = b.super(ctx, "postgres", func(c *pgx.Conn) error { return drop(ctx, c, database) })
	_ = os.Remove(b.keysOf(database))
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// tenants opens the data of a database.
func (b *bed) tenants(database string, rec *Recorder) (*tenants.DB, func(), error) {
	if err := os.MkdirAll(filepath.Dir(b.keysOf(database)), 0o700); err != nil {
		return nil, nil, err
	}
	service, err := keys.OpenFile(b.keysOf(database))
	if err != nil {
		return nil, nil, err
	}
	cfg := tenants.Config{Deployment: 1, Placements: map[string]string{tenants.Home: b.url(database)}, Keys: service}
	if rec != nil {
		cfg.Trace = rec.Hear
	}
	db, err := tenants.Open(cfg)
	if err != nil {
		service.Close()
		return nil, nil, err
	}
	return db, func() { db.Close(); service.Close() }, nil
}

// app opens the whole product on a database.
func (b *bed) app(ctx context.Context, database string, rec *Recorder) (*app.App, error) {
	if b.redis == "" {
		return nil, errors.New("bench: the product needs Redis and Kratos, and Options.Server has neither")
	}
	return app.New(ctx, config.Config{
		Database: b.url(database), Placements: map[string]string{tenants.Home: b.url(database)}, Deployment: 1, Redis: b.redis,
		KratosPublic: b.public, KratosAdmin: b.admin, PublicURL: "http://127.0.0.1", Keys: b.keysOf(database),
		Roots: filepath.Join(b.Dir, "roots"), Files: filepath.Join(b.Dir, "files"), Photo: 10 << 20, Dev: true,
	}, b.log, func(c *tenants.Config) {
		if rec != nil {
			c.Trace = rec.Hear
		}
	})
}

// finish adds what every result says and whether the goals were met.
func (b *bed) finish(ctx context.Context, r *Result, goals ...Goal) (*Result, error) {
	fsync, commit, err := b.durable(ctx)
	if err != nil {
		return nil, err
	}
	r.Detail["fsync"], r.Detail["synchronous_commit"], r.Detail["cores"] = fsync, commit, runtime.NumCPU()
	if b.Quick {
		r.Detail["quick"] = "the figures mean nothing"
	}
	return r.finish(goals...), nil
}
