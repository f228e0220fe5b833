package devstack

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// kratosVersion is the version pinned in infra/kratos/go.mod.
const kratosVersion = "v1.3.1"

// kratosFiles is the configuration; kratos.yml is also the reference for installations with a Kratos of their own.
//
//go:embed kratos
var kratosFiles embed.FS

// kratosBinary returns the Kratos to run and builds it when it has not been built yet.
func (s *Stack) kratosBinary(ctx context.Context) (string, error) {
	if bin := os.Getenv("KRATOS_BIN"); bin != "" {
		if path, err := exec.LookPath(bin); err == nil {
			return filepath.Abs(path)
		}
		return "", fmt.Errorf("KRATOS_BIN is %s, which is no program", bin)
	}
	bin := filepath.Join(s.cache, "bin", "kratos-"+kratosVersion)
	if exists(bin) {
		return bin, nil
	}
	err := s.once(ctx, "kratos", func() error {
		if exists(bin) {
			return nil
		}
		return s.buildKratos(ctx, bin)
	})
	return bin, err
}

// buildKratos compiles the pinned module; bin appears under its name only when complete.
func (s *Stack) buildKratos(ctx context.Context, bin string) error {
	if s.root == "" {
		return fmt.Errorf("no Kratos: this is not a checkout of wanjie with infra/kratos; set KRATOS_BIN to a Kratos %s", kratosVersion)
	}
	compiler, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("no Kratos, and no go on PATH to build it with: install Go, or set KRATOS_BIN to a Kratos %s", kratosVersion)
	}
	if err := os.MkdirAll(filepath.Dir(bin), 0o755); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	fresh := bin + ".new"
	defer os.Remove(fresh)
	// Without cgo and sqlite: the binary is for PostgreSQL only, and needs no C compiler.
	cmd := exec.Command(compiler, "-C", filepath.Join(s.root, "infra", "kratos"), "build", "-trimpath",
		"-ldflags=-s -w -X github.com/ory/kratos/driver/config.Version="+kratosVersion, "-o", fresh, "github.com/ory/kratos")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if err := s.slowly("building Kratos "+kratosVersion+" (once, about two minutes)", func() error {
		return run(ctx, cmd)
	}); err != nil {
		return fmt.Errorf("build Kratos %s: %w", kratosVersion, err)
	}
	return os.Rename(fresh, bin)
}

// startKratos makes and migrates its database when needed, writes its configuration and runs it.
func (s *Stack) startKratos(ctx context.Context, bin string) error {
	dsn, err := s.kratosDatabase(ctx, bin)
	if err != nil {
		return err
	}
	conf := filepath.Join(s.dir, "kratos")
	if err := writeKratosFiles(conf); err != nil {
		return err
	}
	ports, err := s.serve(ctx, 2, func(ports []int) (*child, error) {
		overlay := filepath.Join(conf, "overlay.json")
		b, err := json.MarshalIndent(s.kratosOverlay(conf, dsn, ports), "", "  ")
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(overlay, b, 0o600); err != nil {
			return nil, fmt.Errorf("devstack: %w", err)
		}
		// --dev allows http addresses and quick password hashing.
		cmd := exec.Command(bin, "serve", "--dev", "-c", filepath.Join(conf, "kratos.yml"), "-c", overlay)
		if s.opt.CourierURL != "" {
			cmd.Args = append(cmd.Args, "--watch-courier")
		}
		cmd.Dir, cmd.Env = conf, environment()
		return spawn(s.dir, "kratos", cmd, syscall.SIGTERM, syscall.SIGKILL)
	}, func(ctx context.Context, _ *child, ports []int) error {
		for i, path := range []string{"/health/ready", "/admin/health/ready"} {
			if err := healthy(ctx, fmt.Sprintf("http://127.0.0.1:%d%s", ports[i], path)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.KratosDSN = dsn
	s.KratosPublicURL = fmt.Sprintf("http://127.0.0.1:%d", ports[0])
	s.KratosAdminURL = fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	s.progress("Kratos listens on ports %d (public) and %d (admin)", ports[0], ports[1])
	return nil
}

// kratosDatabase returns the address of Kratos' own database, made and migrated. The comment on the database says
// which version migrated it, because even a migration with nothing to do takes half a second.
func (s *Stack) kratosDatabase(ctx context.Context, bin string) (dsn string, err error) {
	conn, err := pgx.Connect(ctx, s.PostgresURL)
	if err != nil {
		return "", fmt.Errorf("make the database of Kratos: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	port := int(conn.Config().Port)
	dsn = postgresURL("kratos", "kratos", port) + "&max_conns=20&max_idle_conns=20"
	var migrated *string
	err = conn.QueryRow(ctx, "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'kratos'").Scan(&migrated)
	if errors.Is(err, pgx.ErrNoRows) {
		// The role is apart so that a crash between the two statements leaves something that can be done again.
		if _, err = conn.Exec(ctx, `DO $$ BEGIN CREATE ROLE kratos LOGIN; EXCEPTION WHEN duplicate_object THEN END $$`); err == nil {
			_, err = conn.Exec(ctx, "CREATE DATABASE kratos OWNER kratos")
		}
	}
	if err != nil {
		return "", fmt.Errorf("make the database of Kratos: %w", err)
	}
	version := kratosVersion
	if own := os.Getenv("KRATOS_BIN"); own != "" {
		version = own // which one that is, only its migration knows
	} else if migrated != nil && *migrated == version {
		return dsn, nil
	}
	s.progress("migrating the database of Kratos")
	cmd := exec.Command(bin, "migrate", "sql", "-y", dsn)
	cmd.Dir, cmd.Env = s.dir, environment()
	if err := run(ctx, cmd); err != nil {
		return "", fmt.Errorf("migrate the database of Kratos: %w", err)
	}
	if version == kratosVersion {
		if _, err := conn.Exec(ctx, "COMMENT ON DATABASE kratos IS '"+version+"'"); err != nil {
			return "", fmt.Errorf("mark the database of Kratos: %w", err)
		}
	}
	return dsn, nil
}

// writeKratosFiles lays the embedded configuration into a folder.
func writeKratosFiles(conf string) error {
	// os.CopyFS never overwrites; what is there may be of an older version.
	if err := os.RemoveAll(conf); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	files, err := fs.Sub(kratosFiles, "kratos")
	if err == nil {
		err = os.CopyFS(conf, files)
	}
	if err != nil {
		return fmt.Errorf("devstack: write the configuration of Kratos: %w", err)
	}
	return nil
}

type object = map[string]any

// kratosOverlay is what differs from kratos.yml on a developer's machine. Lists are replaced whole, maps are merged.
func (s *Stack) kratosOverlay(conf, dsn string, ports []int) object {
	file := func(name string) string { return "file://" + filepath.Join(conf, name) }
	listen := func(port int) object {
		return object{"host": "127.0.0.1", "port": port, "base_url": "http://127.0.0.1:" + strconv.Itoa(port) + "/"}
	}
	url := s.opt.CourierURL
	if url == "" {
		url = "http://127.0.0.1:9/nobody-listens"
	}
	webhook := object{
		"url": url, "method": "POST", "body": file("courier.jsonnet"), "headers": object{"Content-Type": "application/json"},
		"auth": object{"type": "api_key", "config": object{"in": "header", "name": "X-Courier-Key", "value": s.opt.CourierKey}},
	}
	return object{
		"dsn":   dsn,
		"serve": object{"public": listen(ports[0]), "admin": listen(ports[1])},
		"identity": object{"schemas": []object{
			{"id": "staff", "url": file("staff.schema.json")},
			{"id": "resident", "url": file("resident.schema.json")},
		}},
		"courier": object{
			"template_override_path": filepath.Join(conf, "templates"),
			"http":                   object{"request_config": webhook},
			"channels":               []object{{"id": "sms", "type": "http", "request_config": webhook}},
		},
		// Known to everybody, for a server that only this machine reaches.
		"secrets": object{
			"cookie": []string{"development-only-cookie-secret"},
			"cipher": []string{"development-only-cipher-secret-0"},
		},
		// A twentieth of the work per password of kratos.yml.
		"hashers": object{"bcrypt": object{"cost": 8}},
	}
}

// healthy asks a health address and wants 200.
func healthy(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return fmt.Errorf("%s answers %d: %s", url, res.StatusCode, b)
	}
	return nil
}
