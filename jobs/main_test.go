package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// The tests of this package share one pair of outboxes, so those that run relays are not parallel.

// quiet drops log lines of failures that the tests provoke.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// redisServer is a redis-server that can be killed and comes back empty.
type redisServer struct {
	t    *testing.T
	port int
	cmd  *exec.Cmd
}

func startRedis(t *testing.T) *redisServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &redisServer{t: t, port: l.Addr().(*net.TCPAddr).Port}
	l.Close()
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *redisServer) start() {
	r.cmd = exec.Command("redis-server", "--bind", "127.0.0.1", "--port", fmt.Sprint(r.port), "--save", "", "--appendonly", "no",
		"--maxmemory-policy", "noeviction", "--dir", r.t.TempDir())
	if err := r.cmd.Start(); err != nil {
		r.t.Fatalf("redis-server: %v", err)
	}
	c := r.client()
	defer c.Close()
	for range 100 {
		if c.Ping(context.Background()).Err() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.t.Fatal("redis-server does not answer")
}

func (r *redisServer) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

func (r *redisServer) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", r.port), DialTimeout: time.Second})
}

// run starts relay and worker for kinds, and stops them at the end of the test.
func run(t *testing.T, w *tenantstest.World, r *redisServer, allowed jobs.Allowed, kinds ...jobs.Kind) {
	t.Helper()
	client := r.client()
	relay := &jobs.Relay{DB: w.DB, Redis: client, Kinds: kinds, Log: quiet, Slack: 2 * time.Second}
	worker := &jobs.Worker{DB: w.DB, Redis: client, Kinds: kinds, Allowed: allowed, Log: quiet, Grace: 5 * time.Second, Done: relay.Wake}
	background(t, relay.Run, worker.Run)
}

// background runs loops until the end of the test, and waits for them.
func background(t *testing.T, loops ...func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, loop := range loops {
		wg.Go(func() {
			if err := loop(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
}

// eventually waits until ok answers true.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen within %v", what, within)
		}
	}
}

// count counts rows behind the fence.
func count(t *testing.T, w *tenantstest.World, placement, query string, args ...any) (n int) {
	t.Helper()
	c := w.Super(t, placement)
	defer c.Close(t.Context())
	if err := c.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func add(t *testing.T, w *tenantstest.World, id tenants.ID, list ...jobs.Job) {
	t.Helper()
	if err := w.DB.Write(t.Context(), id, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
		for _, j := range list {
			if _, err := jobs.Add(ctx, tx, j); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// tick counts under the payload's name how often a job took effect in its tenant.
func tick(ctx context.Context, tx tenants.Tx, payload json.RawMessage) error {
	var name string
	if err := json.Unmarshal(payload, &name); err != nil {
		return err
	}
	_, err := tx.Next(ctx, name)
	return err
}

var errBroken = errors.New("this kind is broken")
