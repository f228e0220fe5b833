// Package migrations holds the numbered SQL that makes and changes the database, and runs it:
// forward only, expand then contract, each file once, one runner at a time.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// Files are the migrations themselves, for whoever must tell one state of them from another.
func Files() fs.FS { return files }

// Surfaces are the five ways into the database; each has a login wanjie_<surface>_login.
var Surfaces = []string{"gateway", "tenant", "district", "vendor", "system"}

// Apply brings the database at url to the newest migration and returns the versions it applied.
// url must be allowed to create roles and schemas; the product itself never uses it. password, when
// not empty, is set for the five surface logins.
func Apply(ctx context.Context, url, password string) ([]int64, error) {
	db, p, err := provider(ctx, url)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	done := make([]int64, 0, len(results))
	for _, r := range results {
		done = append(done, r.Source.Version)
	}
	if password != "" {
		for _, s := range Surfaces {
			q := fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", pgx.Identifier{"wanjie_" + s + "_login"}.Sanitize(), strings.ReplaceAll(password, "'", "''"))
			if _, err := db.ExecContext(ctx, q); err != nil {
				return done, fmt.Errorf("set password of surface %s: %w", s, err)
			}
		}
	}
	return done, nil
}

// Newest is the newest version that this binary knows.
func Newest() int64 {
	names, _ := fs.Glob(files, "*.sql")
	var n int64
	_, _ = fmt.Sscanf(names[len(names)-1], "%d_", &n)
	return n
}

func provider(ctx context.Context, url string) (*sql.DB, *goose.Provider, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, fmt.Errorf("database URL: %w", err)
	}
	db := stdlib.OpenDB(*cfg)
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS ctl"); err != nil {
		db.Close()
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithTableName("ctl.migrations"))
	if err != nil {
		db.Close()
		return nil, nil, fmt.Errorf("migrations: %w", err)
	}
	return db, p, nil
}
