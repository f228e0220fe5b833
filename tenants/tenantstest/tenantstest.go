// Package tenantstest gives tests a real PostgreSQL with two placements and a fresh tenant each.
// Nothing is truncated between tests: every test opens tenants of its own, so tests run in parallel
// and each is also a leak test against all the others.
package tenantstest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"wanjie/infra/devstack"
	"wanjie/migrations"
	"wanjie/tenants"
	"wanjie/tenants/blobs"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/keys"
)

// Other is the name of the second placement.
const Other = "other"

// EnvURL names the variable with the superuser's URL of a running test server. `make test` sets it,
// so that all packages share one server; without it a package starts its own.
const EnvURL = "WANJIE_TEST_DATABASE_URL"

// World is a database pair and what is needed to look at it from outside.
type World struct {
	DB      *tenants.DB
	Config  tenants.Config
	KeyFile string            // of the development key service
	Files   string            // folder of the files' content
	Owner   map[string]string // placement → superuser URL, for looking behind the fence
	// Blueprints are the ids of the shipped blueprints by key ("city-street"), published everywhere.
	Blueprints map[string]int32
}

var shared = sync.OnceValues(build)

// Open gives the test process's world, made at first use.
func Open(t testing.TB) *World {
	t.Helper()
	w, err := shared()
	if err != nil {
		t.Fatalf("tenantstest: no PostgreSQL to test on: %v", err)
	}
	return w
}

func build() (*World, error) {
	ctx := context.Background()
	server, err := server(ctx)
	if err != nil {
		return nil, err
	}
	w := &World{Owner: map[string]string{}}
	for _, place := range []string{tenants.Home, Other} {
		if w.Owner[place], err = Database(ctx, server, "t_"+place); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "wanjie-keys-")
	if err != nil {
		return nil, err
	}
	w.KeyFile = filepath.Join(dir, "keys.jsonl")
	service, err := keys.OpenFile(w.KeyFile)
	if err != nil {
		return nil, err
	}
	w.Files = filepath.Join(dir, "files")
	store, err := blobs.Open(w.Files)
	if err != nil {
		return nil, err
	}
	w.Config = tenants.Config{Deployment: 1, Placements: w.Owner, Keys: service, Blobs: store}
	if w.DB, err = tenants.Open(w.Config); err != nil {
		return nil, err
	}
	w.Blueprints, err = blueprint.PublishShipped(ctx, w.DB)
	return w, err
}

// Server answers the superuser's URL of a PostgreSQL for tests.
func server(ctx context.Context) (string, error) {
	if u := os.Getenv(EnvURL); u != "" {
		return u, nil
	}
	dir, err := os.MkdirTemp("", "wanjie-test-")
	if err != nil {
		return "", err
	}
	s, err := devstack.Start(ctx, devstack.Options{Dir: dir, NoKratos: true, NoRedis: true, Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }})
	if err != nil {
		return "", err
	}
	return s.PostgresURL, nil
}

// Database makes a migrated database on the server, cloned from a template that is built once for
// each state of the migrations, and answers the superuser's URL of it.
func Database(ctx context.Context, server, prefix string) (string, error) {
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer c.Close(ctx)
	template := "wanjie_template_" + fingerprint()
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock(7230411)"); err != nil {
		return "", err
	}
	defer c.Exec(ctx, "SELECT pg_advisory_unlock(7230411)") //nolint:errcheck // the connection's end unlocks too
	var have bool
	if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&have); err != nil {
		return "", err
	}
	if !have {
		building := template + "_building"
		for _, q := range []string{"DROP DATABASE IF EXISTS " + building, "CREATE DATABASE " + building} {
			if _, err := c.Exec(ctx, q); err != nil {
				return "", err
			}
		}
		if _, err := migrations.Apply(ctx, at(server, building), ""); err != nil {
			return "", err
		}
		if _, err := c.Exec(ctx, "ALTER DATABASE "+building+" RENAME TO "+template); err != nil {
			return "", err
		}
	}
	name := prefix + "_" + uuid.NewString()[:8]
	if _, err := c.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		return "", err
	}
	return at(server, name), nil
}

func at(server, database string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + database
	return u.String()
}

// fingerprint names the state of the migrations.
func fingerprint() string {
	h := sha256.New()
	_ = fs.WalkDir(migrations.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := fs.ReadFile(migrations.Files(), path)
			fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		}
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:6])
}

// Street opens a street of district 320505 in trial, from the shipped city-street, and answers it.
// change may alter the plan first.
func (w *World) Street(t testing.TB, change ...func(*tenants.Plan)) tenants.Tenant {
	t.Helper()
	p := tenants.Plan{
		Key: uuid.NewString(), Kind: tenants.Street, District: 320505, Name: "枫桥街道", ShortName: "枫桥",
		Slug: "s" + uuid.NewString()[:13], Blueprint: w.Blueprints["city-street"], State: tenants.Trial, Demo: true,
	}
	for _, c := range change {
		c(&p)
	}
	tenant, _, err := w.DB.OpenTenant(t.Context(), p)
	if err != nil {
		t.Fatalf("open a street: %v", err)
	}
	return tenant
}

// At puts a tenant into the named placement.
func At(placement string) func(*tenants.Plan) {
	return func(p *tenants.Plan) { p.Placement = placement }
}

// Super connects behind the fence, as superuser, to look at what is really there.
func (w *World) Super(t testing.TB, placement string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), w.Owner[placement])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })
	return c
}
