package devstack

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bare makes a machine on which nothing is installed but the named programs, and returns the folder that is its PATH.
func bare(t *testing.T, programs ...string) string {
	t.Helper()
	path := t.TempDir()
	for _, p := range programs {
		real, err := exec.LookPath(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(path, p)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", path)
	t.Setenv("KRATOS_BIN", "")
	before := debianPostgres
	debianPostgres = filepath.Join(path, "nowhere", "*", "bin")
	t.Cleanup(func() { debianPostgres = before })
	return path
}

func refuse(t *testing.T, opt Options, want ...string) {
	t.Helper()
	s, err := Start(t.Context(), opt)
	if err == nil {
		s.Stop()
		t.Fatal("it started")
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error lacks %q: %v", w, err)
		}
	}
}

func TestMissingPostgres(t *testing.T) {
	bare(t)
	refuse(t, Options{Dir: t.TempDir(), Cache: t.TempDir(), NoKratos: true, NoRedis: true},
		"no PostgreSQL 15 or newer", "PATH", "apt-get install postgresql")
}

func TestMissingKratos(t *testing.T) {
	bare(t)
	s := &Stack{cache: t.TempDir(), root: "/somewhere"}
	if _, err := s.kratosBinary(t.Context()); err == nil || !strings.Contains(err.Error(), "KRATOS_BIN") ||
		!strings.Contains(err.Error(), "no go on PATH") {
		t.Errorf("without Go: %v", err)
	}
	s.root = ""
	if _, err := s.kratosBinary(t.Context()); err == nil || !strings.Contains(err.Error(), "not a checkout") {
		t.Errorf("outside a checkout: %v", err)
	}
	t.Setenv("KRATOS_BIN", "/no/such/kratos")
	if _, err := s.kratosBinary(t.Context()); err == nil || !strings.Contains(err.Error(), "/no/such/kratos") {
		t.Errorf("with a wrong KRATOS_BIN: %v", err)
	}
}

func TestOtherMajor(t *testing.T) {
	dir := t.TempDir()
	start(t, Options{Dir: dir, NoKratos: true, NoRedis: true}).Stop()
	data := filepath.Join(dir, "postgres")
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse(t, Options{Dir: dir, NoKratos: true, NoRedis: true}, data, "made by PostgreSQL 9", "remove the folder")
}

// A broken build says what the compiler said, and the next start tries again.
func TestBrokenKratosBuild(t *testing.T) {
	path := bare(t)
	script := "#!/bin/sh\necho 'cannot find module: flux capacitor' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(path, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s := &Stack{cache: t.TempDir(), root: "/somewhere"}
	for range 2 {
		_, err := s.kratosBinary(t.Context())
		if err == nil || !strings.Contains(err.Error(), "build Kratos v1.3.1") || !strings.Contains(err.Error(), "flux capacitor") {
			t.Errorf("the error is %v", err)
		}
	}
}

// Two starts at once compile once: the second waits and says so.
func TestOneBuildsKratos(t *testing.T) {
	path := bare(t, "sleep", "sh", "touch")
	count := filepath.Join(t.TempDir(), "builds")
	script := "#!/bin/sh\necho build >> " + count + "\nsleep 0.5\nwhile [ \"$1\" != -o ]; do shift; done\ntouch \"$2\"\n"
	if err := os.WriteFile(filepath.Join(path, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	said := make(chan string, 10)
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			s := &Stack{cache: cache, root: "/somewhere", opt: Options{Progress: func(line string) { said <- line }}}
			_, err := s.kratosBinary(context.Background())
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	close(said)
	var all string
	for line := range said {
		all += line + "\n"
	}
	if b, _ := os.ReadFile(count); string(b) != "build\n" {
		t.Errorf("built: %q", b)
	}
	if !strings.Contains(all, "two minutes") || !strings.Contains(all, "another process") {
		t.Errorf("progress:\n%s", all)
	}
}

// Without redis-server and without root's apt-get miniredis stands in, says so, and lets keys expire by itself.
func TestMiniredis(t *testing.T) {
	bare(t)
	var said string
	s := &Stack{dir: t.TempDir(), cache: t.TempDir(), opt: Options{Progress: func(line string) { said += line + "\n" }}}
	defer s.Stop()
	if err := s.startRedis(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !s.InProcessRedis || !strings.Contains(said, "WARNING: miniredis") {
		t.Errorf("in process: %v; progress: %s", s.InProcessRedis, said)
	}
	c := redisClient(t, s.RedisURL)
	if err := c.Set(t.Context(), "k", "v", 300*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(t.Context(), "k").Result(); v != "v" {
		t.Fatalf("the key is gone at once: %v", err)
	}
	for deadline := time.Now().Add(5 * time.Second); c.Exists(t.Context(), "k").Val() != 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the key never expires")
		}
	}
}

// Root on a fresh Debian gets Redis installed: the first attempt fails because there are no package lists yet. An
// ordinary user gets miniredis, and apt-get is left alone.
func TestInstallRedis(t *testing.T) {
	root := os.Geteuid() == 0
	server, err := exec.LookPath("redis-server")
	if err != nil && root {
		t.Fatal("no redis-server to pretend to install; make test installs it")
	}
	path := bare(t, "sh", "ln", "touch")
	script := `#!/bin/sh
here=` + path + `
case "$1" in
update) touch $here/lists ;;
install) [ -e $here/lists ] || { echo "E: Unable to locate package redis-server" >&2; exit 100; }
  ln -s ` + server + ` $here/redis-server ;;
esac
`
	if err := os.WriteFile(filepath.Join(path, "apt-get"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var said string
	s := &Stack{dir: t.TempDir(), cache: t.TempDir(), opt: Options{Progress: func(line string) { said += line + "\n" }}}
	defer s.Stop()
	if err := s.startRedis(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.InProcessRedis == root || strings.Contains(said, "installing it with apt-get") != root {
		t.Errorf("in process: %v; progress: %s", s.InProcessRedis, said)
	}
}
