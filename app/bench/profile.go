package bench

import (
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
)

// profile writes the CPU profile of what runs until stop, where Options.Profile says. stop may be
// called more than once.
func (b *bed) profile() (stop func(), err error) {
	if b.Profile == "" {
		return func() {}, nil
	}
	f, err := os.Create(b.Profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("profile: %w", err)
	}
	return sync.OnceFunc(func() {
		pprof.StopCPUProfile()
		f.Close()
		b.note("CPU profile in %s", b.Profile)
	}), nil
}
