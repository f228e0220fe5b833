package devstack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// startRedis runs redis-server, or miniredis in this process when there is none and none can be installed.
func (s *Stack) startRedis(ctx context.Context) error {
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		bin, err = s.installRedis(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return s.startMiniredis(err)
	}
	ports, err := s.serve(ctx, 1, func(ports []int) (*child, error) {
		cmd := exec.Command(bin, "--bind", "127.0.0.1", "--port", strconv.Itoa(ports[0]), "--dir", s.dir,
			"--save", "", "--appendonly", "no",
			// asynq must never lose a key to memory pressure: a lost lease is a task that hangs for ever.
			"--maxmemory-policy", "noeviction")
		cmd.Dir, cmd.Env = s.dir, environment()
		return spawn(s.dir, "redis", cmd, syscall.SIGTERM, syscall.SIGKILL)
	}, func(ctx context.Context, c *child, ports []int) error {
		client := redis.NewClient(&redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", ports[0]), MaxRetries: -1})
		defer client.Close()
		info, err := client.Info(ctx, "server").Result()
		if err != nil {
			return err
		}
		if !strings.Contains(info, fmt.Sprintf("process_id:%d\r\n", c.cmd.Process.Pid)) {
			return fmt.Errorf("port %d answers for another Redis", ports[0])
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.RedisURL = fmt.Sprintf("redis://127.0.0.1:%d/0", ports[0])
	s.progress("Redis listens on port %d", ports[0])
	return nil
}

// installRedis gets redis-server from the distribution, which only root can do.
func (s *Stack) installRedis(ctx context.Context) (bin string, err error) {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return "", fmt.Errorf("no redis-server on PATH")
	}
	err = s.once(ctx, "apt", func() error {
		if bin, err = exec.LookPath("redis-server"); err == nil {
			return nil
		}
		aptGet := func(args ...string) error {
			cmd := exec.Command(apt, args...)
			cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
			return run(ctx, cmd)
		}
		install := func() error { return aptGet("install", "-y", "--no-install-recommends", "redis-server") }
		err := s.slowly("no redis-server found: installing it with apt-get (once)", func() error {
			if install() == nil {
				return nil
			}
			// A fresh machine has no package lists yet.
			if err := aptGet("update"); err != nil {
				return err
			}
			return install()
		})
		if err != nil {
			return fmt.Errorf("apt-get could not install redis-server: %w", err)
		}
		bin, err = exec.LookPath("redis-server")
		return err
	})
	return bin, err
}

// startMiniredis serves Redis from this process. It has no persistence, answers about five times slower, and its keys
// would never expire by themselves: we drive its clock.
func (s *Stack) startMiniredis(why error) error {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start miniredis: %w", err)
	}
	c := &clockedRedis{m: m, quit: make(chan struct{})}
	go c.drive()
	s.keep(c)
	s.RedisURL, s.InProcessRedis = "redis://"+m.Addr()+"/0", true
	s.progress("WARNING: %v", why)
	s.progress("WARNING: miniredis inside this process stands in for Redis on port %s: slower, and not what production runs",
		m.Port())
	return nil
}

// clockedRedis is a miniredis whose clock follows ours.
type clockedRedis struct {
	m    *miniredis.Miniredis
	quit chan struct{}
}

func (c *clockedRedis) drive() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-c.quit:
			return
		case <-tick.C:
			now := time.Now()
			c.m.FastForward(now.Sub(last))
			last = now
		}
	}
}

// stop implements stopper.
func (c *clockedRedis) stop() {
	close(c.quit)
	c.m.Close()
}
