package devstack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// TestMain lets the test binary play the parent that gets killed: see TestKilledParentLeavesNothing.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DEVSTACK_TEST_PARENT"); dir != "" {
		s, err := Start(context.Background(), Options{Dir: dir, CourierURL: "http://127.0.0.1:9/"})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println("postgres:", s.PostgresURL)
		select {}
	}
	os.Exit(m.Run())
}

func start(t *testing.T, opt Options) *Stack {
	t.Helper()
	if opt.Progress == nil {
		opt.Progress = func(line string) { t.Log(line) }
	}
	s, err := Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// children lists the processes whose command line mentions dir, as "pid name".
func children(t *testing.T, dir string) (found []string) {
	t.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(procs) == 0 {
		t.Fatal("this system has no /proc to look into: run these tests on Linux")
	}
	for _, p := range procs {
		pid := strings.Split(p, "/")[2]
		cmdline, _ := os.ReadFile(p)
		cwd, _ := os.Readlink("/proc/" + pid + "/cwd")
		if pid != strconv.Itoa(os.Getpid()) && (strings.Contains(string(cmdline), dir) || strings.HasPrefix(cwd, dir)) {
			name, _, _ := strings.Cut(string(cmdline), "\x00")
			found = append(found, pid+" "+filepath.Base(name))
		}
	}
	return found
}

// gone waits until no process of dir is left.
func gone(t *testing.T, dir string, within time.Duration) {
	t.Helper()
	begin := time.Now()
	for {
		left := children(t, dir)
		if len(left) == 0 {
			t.Logf("every server was gone after %s", time.Since(begin).Round(time.Millisecond))
			return
		}
		if time.Since(begin) > within {
			t.Fatalf("still running after %s: %q", within, left)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func query(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var v string
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func redisClient(t *testing.T, address string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	t.Cleanup(func() { c.Close() })
	return c
}

// A stack answers on all its addresses, keeps its data over a restart, refuses a second stack in the same folder, and
// leaves nothing behind when stopped. The second start is the one that a developer waits for many times a day.
func TestStartStopStartAgain(t *testing.T) {
	dir := t.TempDir()
	begin := time.Now()
	s := start(t, Options{Dir: dir, CourierURL: "http://127.0.0.1:9/"})
	t.Logf("first start: %s", time.Since(begin).Round(time.Millisecond))

	for setting, want := range map[string]string{
		"fsync": "off", "max_connections": "300", "jit": "off", "TimeZone": "UTC", "unix_socket_directories": socketFolder(filepath.Join(dir, "postgres")),
		"server_encoding": "UTF8", "listen_addresses": "127.0.0.1", "shared_buffers": "256MB",
	} {
		if got := query(t, s.PostgresURL, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if got := query(t, s.PostgresURL, "SELECT datcollate FROM pg_database WHERE datname='postgres'"); got != "C" {
		t.Errorf("the collation is %q, want C", got)
	}
	if got := query(t, s.kratosAddress(), "SELECT current_user || (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"); got != "kratosfalse" {
		t.Errorf("Kratos is %q in its database, want a role without powers", got)
	}
	policy, err := redisClient(t, s.RedisURL).ConfigGet(t.Context(), "maxmemory-policy").Result()
	if err != nil || (!s.InProcessRedis && policy["maxmemory-policy"] != "noeviction") {
		t.Errorf("maxmemory-policy: %v, %v", policy, err)
	}
	exec1(t, s.PostgresURL, "CREATE TABLE kept AS SELECT 42::text AS v")

	_, err = Start(t.Context(), Options{Dir: dir})
	if !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), fmt.Sprintf("(pid %d)", os.Getpid())) {
		t.Errorf("a second stack in the same folder: %v", err)
	}

	begin = time.Now()
	s.Stop()
	s.Stop()
	t.Logf("stop: %s", time.Since(begin).Round(time.Millisecond))
	gone(t, dir, 0)
	select {
	case err := <-s.Died():
		t.Errorf("a stopped server counts as died: %v", err)
	default:
	}

	begin = time.Now()
	s = start(t, Options{Dir: dir, CourierURL: "http://127.0.0.1:9/"})
	took := time.Since(begin)
	t.Logf("second start: %s", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Errorf("the second start took %s", took)
	}
	if got := query(t, s.PostgresURL, "SELECT v FROM kept"); got != "42" {
		t.Errorf("after the restart the table holds %q", got)
	}
}

// kratosAddress is KratosDSN without what only Kratos understands.
func (s *Stack) kratosAddress() string {
	u, _ := url.Parse(s.KratosDSN)
	u.RawQuery = "sslmode=disable"
	return u.String()
}

// Two checkouts run side by side.
func TestTwoStacks(t *testing.T) {
	a := start(t, Options{Dir: t.TempDir(), NoKratos: true})
	b := start(t, Options{Dir: t.TempDir(), NoKratos: true})
	exec1(t, a.PostgresURL, "CREATE DATABASE only_in_a")
	if got := query(t, b.PostgresURL, "SELECT count(*)::text FROM pg_database WHERE datname='only_in_a'"); got != "0" {
		t.Error("both stacks share one PostgreSQL")
	}
	if a.RedisURL == b.RedisURL {
		t.Error("both stacks share one Redis")
	}
}

// kill -9 of the program takes every server with it, although a client is still connected to PostgreSQL, and the next
// start finds its way.
func TestKilledParentLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "DEVSTACK_TEST_PARENT="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { parent.Process.Kill() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "postgres: ")
	if !ok {
		t.Fatalf("the parent says %q", line)
	}
	client, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close(context.Background())
	if _, err := client.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'yes'::text AS v"); err != nil {
		t.Fatal(err)
	}
	names := strings.Join(children(t, dir), " ")
	for _, want := range []string{"postgres", "redis-server", "kratos"} {
		if !strings.Contains(names, want) {
			t.Logf("%s does not run as a child (%s)", want, names)
			if want != "redis-server" { // miniredis may stand in for it
				t.Fail()
			}
		}
	}

	t.Cleanup(func() { // should the promise be broken
		for _, left := range children(t, dir) {
			pid, _, _ := strings.Cut(left, " ")
			if n, err := strconv.Atoi(pid); err == nil {
				syscall.Kill(n, syscall.SIGKILL)
			}
		}
	})

	parent.Process.Kill()
	parent.Wait()
	gone(t, dir, 5*time.Second)

	s := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	if got := query(t, s.PostgresURL, "SELECT v FROM kept"); got != "yes" {
		t.Errorf("after the kill the table holds %q", got)
	}
}

// After a crash postmaster.pid may name a process that is something else by now; PostgreSQL alone would refuse to start
// for as long as that process lives.
func TestStalePostmasterPid(t *testing.T) {
	dir := t.TempDir()
	s := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	exec1(t, s.PostgresURL, "CREATE TABLE kept AS SELECT 'yes'::text AS v")
	file := filepath.Join(s.dataDir(t), "postmaster.pid")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s.Stop()

	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()
	_, rest, _ := strings.Cut(string(content), "\n")
	stale := fmt.Sprintf("%d\n%s", other.Process.Pid, rest)
	if err := os.WriteFile(file, []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	if got := query(t, s.PostgresURL, "SELECT v FROM kept"); got != "yes" {
		t.Errorf("the table holds %q", got)
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the innocent process was ended: %v", err)
	}
}

// A PostgreSQL that outlived its parent is ended by the next start, not fought with.
func TestLeftoverPostgresIsEnded(t *testing.T) {
	dir := t.TempDir()
	s := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	// The lock goes, the server stays: what a kill -9 leaves where the kernel sends no parent-death signal.
	unlockDir(s.lock)
	s.lock = nil
	again := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	if got := query(t, again.PostgresURL, "SELECT 1::text"); got != "1" {
		t.Errorf("the second PostgreSQL answers %q", got)
	}
	if _, err := pgx.Connect(t.Context(), s.PostgresURL); err == nil {
		t.Error("the first PostgreSQL still answers")
	}
}

func (s *Stack) dataDir(t *testing.T) string {
	t.Helper()
	return query(t, s.PostgresURL, "SHOW data_directory")
}

// A server that ends by itself is reported with its name and what it said last.
func TestDied(t *testing.T) {
	s := start(t, Options{Dir: t.TempDir(), NoKratos: true, NoRedis: true})
	note, err := os.ReadFile(filepath.Join(s.dataDir(t), "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(note), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Died():
		for _, want := range []string{"postgres", "ended by itself", "database system is shut down"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("the error lacks %q: %v", want, err)
			}
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nobody noticed")
	}
}

// Durable promises what measurements need.
func TestDurable(t *testing.T) {
	s := start(t, Options{Dir: t.TempDir(), Durable: true, NoKratos: true, NoRedis: true})
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "2GB",
	} {
		if got := query(t, s.PostgresURL, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

// A start that is given up leaves nothing running and frees the folder.
func TestCancelledStart(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	if s, err := Start(ctx, Options{Dir: dir}); err == nil {
		s.Stop()
		t.Fatal("a whole stack within 150 ms?")
	}
	gone(t, dir, 0)
	start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
}

// Root whom no user namespace helps runs PostgreSQL as nobody, outside folders that nobody may enter.
func TestNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		if who := chooseIdentity("postgres", t.TempDir()); who != asOurselves {
			t.Errorf("an ordinary user would run PostgreSQL as %v and not as himself", who)
		}
		return
	}
	t.Run("namespaces are forbidden", func(t *testing.T) {
		forbidNamespaces = true
		defer func() { forbidNamespaces = false }()
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		asNobodyIn(t, dir)
	})
	t.Run("the folder is another user's", func(t *testing.T) {
		dir := t.TempDir()
		if err := errors.Join(os.Chmod(dir, 0o700), os.Chown(dir, 12345, 12345)); err != nil {
			t.Fatal(err)
		}
		asNobodyIn(t, filepath.Join(dir, "state"))
	})
}

func asNobodyIn(t *testing.T, dir string) {
	t.Helper()
	var said string
	s := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true, Progress: func(line string) { said += line + "\n" }})
	data := s.dataDir(t)
	t.Cleanup(func() { os.RemoveAll(filepath.Dir(data)) })
	if !strings.HasPrefix(data, "/var/tmp/wanjie-") || !strings.Contains(said, "nobody") {
		t.Errorf("data in %s; progress: %s", data, said)
	}
	s.Stop()
	again := start(t, Options{Dir: dir, NoKratos: true, NoRedis: true})
	if got := again.dataDir(t); got != data {
		t.Errorf("the second start uses %s, the first used %s", got, data)
	}
}
