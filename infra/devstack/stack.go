package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options says which servers to run and where. Only Dir is required.
type Options struct {
	// Dir holds the state of this stack: data, logs, lock. It is made when missing.
	Dir string
	// Cache holds what is built or installed once and shared by stacks: .local of the repository when empty.
	Cache string
	// Durable makes PostgreSQL keep its promises about power failure and gives it memory; measurements need it. The
	// default trades both for speed, which is right for tests.
	Durable bool
	// NoKratos and NoRedis leave that server out; its addresses stay empty.
	NoKratos, NoRedis bool
	// CourierURL is where Kratos posts every e-mail and text message, with CourierKey in the header X-Courier-Key.
	// When it is empty Kratos keeps its messages.
	CourierURL, CourierKey string
	// Progress hears one line per step, and one every five seconds during a long one. It is never called
	// concurrently. Nil is silence.
	Progress func(line string)
}

// Stack is a set of running servers. All of them listen on 127.0.0.1 only and trust whoever reaches them.
type Stack struct {
	// PostgresURL logs in as the superuser, to the database postgres.
	PostgresURL string
	// PostgresMajor is the major version that runs, 15 or higher.
	PostgresMajor int
	// RedisURL is empty with Options.NoRedis.
	RedisURL string
	// InProcessRedis tells that miniredis stands in for Redis.
	InProcessRedis bool
	// KratosPublicURL and KratosAdminURL have no trailing slash. They, and KratosDSN, the database that Kratos lives
	// in, are empty with Options.NoKratos.
	KratosPublicURL, KratosAdminURL, KratosDSN string

	opt      Options
	dir      string
	cache    string
	root     string
	lock     *os.File
	died     chan error
	stopOnce sync.Once

	mu      sync.Mutex // guards running and calls of Progress
	running []stopper
}

// stopper is a server that can be asked to end and waits until it has.
type stopper interface{ stop() }

// Start brings the stack up and returns when every server answers. ctx bounds the start only; afterwards the servers
// run until Stop or the end of this process. On failure nothing is left running. Errors name the server and what to do;
// ErrRunning tells that another process already runs a stack in this folder.
func Start(ctx context.Context, opt Options) (*Stack, error) {
	if opt.Dir == "" {
		return nil, errors.New("devstack: Options.Dir is empty")
	}
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	s := &Stack{opt: opt, dir: dir, root: repository(dir), died: make(chan error, 8)}
	if err := s.chooseCache(); err != nil {
		return nil, err
	}
	if s.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) error {
	var kratos string
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.startPostgres(gctx) })
	if !s.opt.NoRedis {
		g.Go(func() error { return s.startRedis(gctx) })
	}
	if !s.opt.NoKratos {
		g.Go(func() (err error) {
			kratos, err = s.kratosBinary(gctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if s.opt.NoKratos {
		return nil
	}
	return s.startKratos(ctx, kratos)
}

// Stop ends the servers in reverse order of their start and waits for them: politely at first, by force after ten
// seconds. It may be called more than once and on a stack whose servers have died.
func (s *Stack) Stop() {
	s.stopOnce.Do(func() {
		s.mu.Lock()
		running := s.running
		s.running = nil
		s.mu.Unlock()
		for i := len(running) - 1; i >= 0; i-- {
			running[i].stop()
		}
		unlockDir(s.lock)
	})
}

// Died receives an error for every server that ends without Stop; it names the server and shows the end of its log.
func (s *Stack) Died() <-chan error { return s.died }

// progress tells one line, formatted, to whoever started the stack.
func (s *Stack) progress(format string, args ...any) {
	if s.opt.Progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Progress(fmt.Sprintf(format, args...))
}

// slowly runs a step that may last minutes and tells every five seconds that it still does.
func (s *Stack) slowly(what string, step func() error) error {
	begin, done := time.Now(), make(chan error, 1)
	s.progress("%s …", what)
	go func() { done <- step() }()
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err == nil {
				s.progress("%s: done in %s", what, time.Since(begin).Round(100*time.Millisecond))
			}
			return err
		case <-tick.C:
			s.progress("%s … %d s", what, int(time.Since(begin).Seconds()))
		}
	}
}

// keep remembers a running server for Stop.
func (s *Stack) keep(server stopper) {
	s.mu.Lock()
	s.running = append(s.running, server)
	s.mu.Unlock()
}

// chooseCache settles the folder for built and installed things.
func (s *Stack) chooseCache() (err error) {
	switch {
	case s.opt.Cache != "":
		s.cache, err = filepath.Abs(s.opt.Cache)
	case s.root != "":
		s.cache = filepath.Join(s.root, ".local")
	default:
		s.cache = s.dir
	}
	return err
}

// repository finds the root of the checkout, which holds infra/kratos: upwards from the working folder, then from dir.
// It is empty outside a checkout; then Kratos cannot be built, only named by KRATOS_BIN.
func repository(dir string) string {
	wd, _ := os.Getwd()
	for _, from := range []string{wd, dir} {
		for at := from; at != "" && at != filepath.Dir(at); at = filepath.Dir(at) {
			if exists(filepath.Join(at, "infra", "kratos", "go.mod")) {
				return at
			}
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
