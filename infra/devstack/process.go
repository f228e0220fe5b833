package devstack

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// patience is how long a server may take to stop politely, and tailLines how much of its log an error shows.
const (
	patience  = 10 * time.Second
	tailLines = 15
)

// forks receives work for the one thread that starts every child. The kernel sends a child its parent-death signal when
// the *thread* that forked it ends, and Go ends threads as it likes; so this thread is locked and never ends.
var forks = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// launch starts cmd from the lasting thread, in a process group of its own so that Ctrl-C in a terminal reaches us
// alone, and with a signal that the kernel sends it should we die without stopping it.
func launch(cmd *exec.Cmd, ifOrphaned syscall.Signal) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	dieWithParent(cmd.SysProcAttr, ifOrphaned)
	result := make(chan error)
	forks() <- func() { result <- cmd.Start() }
	return <-result
}

// run runs a command to its end. An error carries the end of its output. The whole process group is killed when ctx
// ends.
func run(ctx context.Context, cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := launch(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	stop()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(out.String()))
	}
	return nil
}

// environment is what a server sees of ours: enough to run, none of the variables (PGDATA, DSN, LOG_LEVEL …) that would
// change its settings behind our back.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// child is one running server.
type child struct {
	name     string
	cmd      *exec.Cmd
	log      string
	polite   syscall.Signal
	stopping atomic.Bool
	done     chan struct{} // closed when the process has ended
	err      error         // how it ended; read after done
}

// spawn starts a server whose output goes to a log file in dir. The log of the run before is kept beside it.
func spawn(dir, name string, cmd *exec.Cmd, polite, ifOrphaned syscall.Signal) (*child, error) {
	c := &child{name: name, cmd: cmd, log: filepath.Join(dir, name+".log"), polite: polite, done: make(chan struct{})}
	_ = os.Rename(c.log, c.log+".before") // the first run has none
	f, err := os.Create(c.log)
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	if err := launch(cmd, ifOrphaned); err != nil {
		return nil, fmt.Errorf("start %s (%s): %w", name, cmd.Path, err)
	}
	go func() {
		c.err = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// stop implements stopper.
func (c *child) stop() {
	c.stopping.Store(true)
	_ = c.cmd.Process.Signal(c.polite) // an error says that it has ended already
	select {
	case <-c.done:
	case <-time.After(patience):
	}
	// Also after a polite end: whatever the server forked and left behind.
	syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.done
}

// failure describes a server that ended by itself.
func (c *child) failure() error {
	how := "exit status 0"
	if c.err != nil {
		how = c.err.Error()
	}
	b, _ := os.ReadFile(c.log)
	return fmt.Errorf("%s ended by itself (%s); end of %s:\n%s", c.name, how, c.log, tail(string(b)))
}

// serve starts a server on n ports that were free a moment ago, waits until it answers and watches it from then on.
// When another process took a port meanwhile it tries again with others.
func (s *Stack) serve(ctx context.Context, n int, start func(ports []int) (*child, error),
	ready func(ctx context.Context, c *child, ports []int) error) ([]int, error) {
	for attempt := 1; ; attempt++ {
		ports, err := freePorts(n)
		if err != nil {
			return nil, err
		}
		c, err := start(ports)
		if err != nil {
			return nil, err
		}
		err = c.await(ctx, func(ctx context.Context) error { return ready(ctx, c, ports) })
		if err == nil {
			s.keep(c)
			go s.watch(c)
			return ports, nil
		}
		c.stop()
		if attempt == 3 || ctx.Err() != nil || !strings.Contains(strings.ToLower(err.Error()), "address already in use") {
			return nil, err
		}
	}
}

func (s *Stack) watch(c *child) {
	<-c.done
	if !c.stopping.Load() {
		s.died <- c.failure()
	}
}

// await polls ready until it succeeds, the server ends or a minute is over.
func (c *child) await(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("no answer within a minute"))
	defer cancel()
	for {
		probe, done := context.WithTimeout(ctx, 2*time.Second)
		last := ready(probe)
		done()
		select {
		case <-c.done:
			return c.failure()
		default:
		}
		if last == nil {
			return nil
		}
		select {
		case <-c.done:
			return c.failure()
		case <-ctx.Done():
			return fmt.Errorf("%s does not become ready (%w): %w; its log is %s", c.name, context.Cause(ctx), last, c.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// freePorts asks the kernel for n different ports that nobody listens on.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("devstack: no free port: %w", err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// tail returns the last lines of an output.
func tail(out string) string {
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
