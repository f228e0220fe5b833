package devstack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startPostgres finds PostgreSQL, makes its data folder when there is none, and runs it.
func (s *Stack) startPostgres(ctx context.Context) error {
	// The server may belong to nobody, see identity; then even the question which data there is depends on it.
	bin, err := s.findPostgres(ctx)
	if err != nil {
		return err
	}
	who := chooseIdentity(filepath.Join(bin.dir, "postgres"), s.dir)
	home, err := s.postgresHome(who)
	if err != nil {
		return err
	}
	data := filepath.Join(home, "postgres")
	if bin, err = s.matchData(bin, data); err != nil {
		return err
	}
	s.PostgresMajor = bin.major
	if !exists(filepath.Join(data, "PG_VERSION")) {
		if err := s.initdb(ctx, bin, who, data); err != nil {
			return err
		}
	}
	if err := s.endLeftover(ctx, data); err != nil {
		return err
	}
	ports, err := s.serve(ctx, 1, func(ports []int) (*child, error) {
		cmd := exec.Command(filepath.Join(bin.dir, "postgres"), s.postgresArgs(data, socketFolder(data), ports[0])...)
		cmd.Dir = home
		// A backend would give its memory back to the kernel after every statement and fault it in again for the next.
		cmd.Env = append(environment(), "MALLOC_TRIM_THRESHOLD_=16777216", "MALLOC_TOP_PAD_=1048576")
		who.apply(cmd)
		// SIGINT is the fast shutdown; SIGTERM would wait for every client to go.
		return spawn(s.dir, "postgres", cmd, syscall.SIGINT, syscall.SIGINT)
	}, func(ctx context.Context, _ *child, ports []int) error {
		conn, err := pgx.Connect(ctx, postgresURL("postgres", "postgres", ports[0]))
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		var running string
		if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&running); err != nil {
			return err
		}
		if running != data {
			return fmt.Errorf("port %d answers for another PostgreSQL, of %s", ports[0], running)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.PostgresURL = postgresURL("postgres", "postgres", ports[0])
	if folder := socketFolder(data); folder != "" {
		s.PostgresURL = socketURL("postgres", "postgres", folder, ports[0])
	}
	s.progress("PostgreSQL %d listens on port %d%s", bin.major, ports[0], map[bool]string{true: ", durable"}[s.opt.Durable])
	return nil
}

func postgresURL(user, database string, port int) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", user, port, database)
}

// socketURL is postgresURL by way of the socket in folder: a round trip costs less of the processor than over
// TCP, and only who may enter the folder reaches it.
func socketURL(user, database, folder string, port int) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%d&sslmode=disable", user, database, url.QueryEscape(folder), port)
}

// longestSocket is how long the path of a socket may be.
const longestSocket = len(syscall.RawSockaddrUnix{}.Path) - 1

// socketFolder is where the socket lies, behind the same permissions as the data; empty, when its path would
// be too long for one.
func socketFolder(data string) string {
	if len(filepath.Join(data, ".s.PGSQL.65535")) > longestSocket {
		return ""
	}
	return data
}

// postgresArgs are the settings. Without Durable a crash of the machine (not of a process) may lose the data.
func (s *Stack) postgresArgs(data, socket string, port int) []string {
	settings := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": socket,
		"port":                    strconv.Itoa(port),
		"max_connections":         "300",
		"jit":                     "off",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_line_prefix":         "%m [%p] %u@%d ",
		"log_min_messages":        "warning",
		"client_encoding":         "UTF8",
		"max_wal_size":            "4GB",
		"checkpoint_timeout":      "15min",
	}
	if s.opt.Durable {
		settings["shared_buffers"] = "2GB"
	} else {
		settings["shared_buffers"] = "256MB"
		settings["fsync"] = "off"
		settings["synchronous_commit"] = "off"
		settings["full_page_writes"] = "off"
	}
	args := []string{"-D", data}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// postgresHome is the folder that holds the data folder.
func (s *Stack) postgresHome(who identity) (string, error) {
	if who != asNobody {
		return s.dir, nil
	}
	// Nobody may not walk through root's home; /var/tmp is open to all and outlives a restart of the machine.
	home := fmt.Sprintf("/var/tmp/wanjie-%x", sha256.Sum256([]byte(s.dir)))[:len("/var/tmp/wanjie-")+12]
	if err := os.MkdirAll(home, 0o711); err != nil {
		return "", fmt.Errorf("devstack: %w", err)
	}
	// Somebody else could have made the folder before us, and own what is in it.
	info, err := os.Lstat(home)
	if err != nil {
		return "", fmt.Errorf("devstack: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || st.Uid != 0 {
		return "", fmt.Errorf("devstack: %s exists and is not ours: remove it", home)
	}
	s.progress("PostgreSQL runs as nobody, with its data in %s: root may not run it, and has no user namespace that reaches %s",
		home, s.dir)
	return home, nil
}

// initdb makes the data folder; it appears under its name only when complete.
func (s *Stack) initdb(ctx context.Context, bin postgresBin, who identity, data string) error {
	s.progress("making a new PostgreSQL %d in %s", bin.major, data)
	fresh := data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	if who == asNobody {
		if err := os.Chown(fresh, nobody, nobody); err != nil {
			return fmt.Errorf("devstack: %w", err)
		}
	}
	cmd := exec.Command(filepath.Join(bin.dir, "initdb"), "-D", fresh, "-U", "postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C")
	if !s.opt.Durable {
		cmd.Args = append(cmd.Args, "--no-sync")
	}
	cmd.Dir, cmd.Env = filepath.Dir(data), environment()
	who.apply(cmd)
	if err := run(ctx, cmd); err != nil {
		return fmt.Errorf("initdb of %s: %w", data, err)
	}
	if err := os.Rename(fresh, data); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	return nil
}

// endLeftover clears the way after a kill -9. We hold the lock of the folder, so a PostgreSQL that still runs on this
// data is on its way down, or hangs; and a postmaster.pid without one may name a process that is anything by now, which
// PostgreSQL would take for itself.
func (s *Stack) endLeftover(ctx context.Context, data string) error {
	file := filepath.Join(data, "postmaster.pid")
	pid, ok := leftover(file, data)
	if !ok {
		os.Remove(file)
		return nil
	}
	s.progress("the PostgreSQL of the last run (pid %d) still runs on this data, ending it", pid)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		syscall.Kill(pid, sig)
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if _, still := leftover(file, data); !still {
				os.Remove(file)
				return nil
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return fmt.Errorf("PostgreSQL (pid %d) still runs on %s and cannot be ended", pid, data)
}

// leftover tells whether the process named in a postmaster.pid is a PostgreSQL on that data.
func leftover(file, data string) (pid int, ok bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(b), "\n")
	if pid, err = strconv.Atoi(strings.TrimSpace(first)); err != nil || pid <= 1 {
		return 0, false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if errors.Is(err, os.ErrNotExist) && exists("/proc/self/cmdline") {
		return pid, false
	}
	if err != nil { // no /proc on this system: believe the file when the process lives
		return pid, syscall.Kill(pid, 0) == nil
	}
	return pid, strings.Contains(string(cmdline), "-D\x00"+data+"\x00")
}
