package devstack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// ErrRunning is wrapped by the error of Start when another process runs a stack in the same folder.
var ErrRunning = errors.New("already running")

// lockDir takes the lock of a state folder. The kernel frees it when the holder dies, however it dies.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("devstack: lock %s: %w", f.Name(), err)
		}
		pid, _ := io.ReadAll(io.LimitReader(f, 20))
		return nil, fmt.Errorf("a development stack in %s is %w (pid %s): stop it first, or use another folder",
			dir, ErrRunning, strings.TrimSpace(string(pid)))
	}
	// Who holds it is only for the message above; the lock holds without.
	if f.Truncate(0) == nil {
		fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return f, nil
}

func unlockDir(f *os.File) {
	if f != nil {
		_ = f.Truncate(0)
		f.Close()
	}
}

// once runs make under a lock of the cache folder, so that of several stacks starting at the same time one builds or
// installs and the others wait for it. make must look again whether there is still something to do.
func (s *Stack) once(ctx context.Context, name string, make func() error) error {
	if err := os.MkdirAll(s.cache, 0o755); err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(s.cache, name+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("devstack: %w", err)
	}
	defer f.Close()
	for waited := false; ; waited = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return make()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("devstack: lock %s: %w", f.Name(), err)
		}
		if !waited {
			s.progress("%s: another process is preparing it, waiting", name)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
